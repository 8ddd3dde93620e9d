"""Opens a `.als` file: gzip, then XML, into a tree of elements, bounded in time, memory and depth.

The bytes are decompressed piece by piece and never held as a whole; a document type declaration (the door
to entity bombs and outside files) is refused as soon as the parser meets it, and nothing behind it is read.
Parts that describe only how Live's windows looked or what a plug-in keeps to itself are left out of the tree
while parsing, as are breakpoints of Arrangement automation past the third: nobody downstream asks for them.
Everything wrong with a file is a `SetFileError`.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Dict, Iterator, List, Union
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from .errors import SetFileError

PIECE = 1 << 16


@dataclass(frozen=True)
class Limits:
    """What a file may cost. The largest real Sets unpack to a tenth of these."""

    compressed_bytes: int = 1 << 28
    bytes: int = 1 << 30
    elements: int = 2000000
    """Elements kept in the tree, about 300 bytes each."""
    seen_elements: int = 20000000
    """Elements met, kept or not: bounds the time."""
    depth: int = 400
    tag_bytes: int = 1 << 22
    """The longest single tag with its attributes; the parser holds it whole."""
    kept_bytes: int = 1 << 28
    """Bytes of attribute values kept in the tree."""


GENEROUS = Limits()

LEFT_OUT = frozenset(
    """
    AutomationLanes AutomationTransformViewState BeatSlicePoints BlobSlot Buffer ClientSize
    ClipEnvelopeChooserViewState ContentLanes ControllerState CurveControl1X EnvelopeChooser
    ExpressionGrid ExpressionLanes FileDropList FollowAction FreezeSequencer IdRefList
    InitialSlicePointsFromOnsets LockEnvelope LomId LomIdView MidiCCOnOffThresholds MidiControllers
    MpeSettings NoteAlgorithms Onsets PerNoteEventStore PersistentKeyString ProcessorState Routables
    SavedWarpMarkersForStretched ScrollerTimePreserver SequencerNavigator TimeSelection VideoWindowRect
    ViewData ViewStates
    """.split()  # noqa: SIM905
)

_BREAKPOINTS = frozenset(("FloatEvent", "BoolEvent", "EnumEvent"))
_KEPT_BREAKPOINTS = 3
_RESAVE = "Open it in Live and save it again, or choose another file."


def _pieces(stream: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """The decompressed file in pieces of at most `PIECE` bytes."""
    unpacker = zlib.decompressobj(wbits=31)
    pending = b""
    total = packed = 0
    while True:
        if not pending:
            pending = stream.read(PIECE)
            packed += len(pending)
            if packed > limits.compressed_bytes:
                raise SetFileError(
                    "a Set file must be at most %d bytes" % limits.compressed_bytes,
                    "more",
                    "Raise Limits.compressed_bytes if it is genuine.",
                )
            if not pending:
                raise SetFileError("a Set file must be complete", "one that breaks off", _RESAVE)
        try:
            piece = unpacker.decompress(pending, PIECE)
        except zlib.error as error:
            raise SetFileError("a Set file must be intact gzip", "damaged data (%s)" % error, _RESAVE)
        pending = unpacker.unconsumed_tail
        total += len(piece)
        if total > limits.bytes:
            raise SetFileError(
                "a Set must unpack to at most %d bytes" % limits.bytes,
                "more",
                "Raise Limits.bytes if it is genuine.",
            )
        if piece:
            yield piece
        if unpacker.eof:
            pending = unpacker.unused_data or stream.read(PIECE)
            if pending[:2] != b"\x1f\x8b":
                return
            unpacker = zlib.decompressobj(wbits=31)


class _Tree:
    """Builds the tree from the parser's calls, counting what it costs."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.builder = TreeBuilder()
        self.depth = 0
        self.left_out_from = 0
        self.kept = self.seen = self.kept_bytes = 0
        self.in_clip_envelope = 0
        self.children: List[int] = [0]

    def start(self, tag: str, attributes: Dict[str, str]) -> None:
        self.depth += 1
        self.seen += 1
        if self.depth > self.limits.depth:
            raise SetFileError("elements must be nested at most %d deep" % self.limits.depth, "more", _RESAVE)
        if self.seen > self.limits.seen_elements:
            self._too_many(self.limits.seen_elements)
        if self.left_out_from:
            return
        if self.depth == 1:
            _check_root(tag, attributes)
        if tag in LEFT_OUT or (
            tag in _BREAKPOINTS and not self.in_clip_envelope and self.children[-1] >= _KEPT_BREAKPOINTS
        ):
            self.left_out_from = self.depth
            return
        self.kept += 1
        if self.kept > self.limits.elements:
            self._too_many(self.limits.elements)
        for value in attributes.values():
            self.kept_bytes += len(value)
        if self.kept_bytes > self.limits.kept_bytes:
            raise SetFileError(
                "a Set's values must be at most %d bytes" % self.limits.kept_bytes, "more", _RESAVE
            )
        self.children[-1] += 1
        self.children.append(0)
        if tag == "ClipEnvelope":
            self.in_clip_envelope += 1
        self.builder.start(tag, attributes)

    def end(self, tag: str) -> None:
        if self.left_out_from:
            if self.left_out_from == self.depth:
                self.left_out_from = 0
        else:
            self.children.pop()
            if tag == "ClipEnvelope":
                self.in_clip_envelope -= 1
            self.builder.end(tag)
        self.depth -= 1

    def _too_many(self, limit: int) -> None:
        raise SetFileError(
            "a Set must have at most %d elements" % limit, "more", "Raise Limits if it is genuine."
        )

    def doctype(self, *_: object) -> None:
        raise SetFileError(
            "a Set must have no document type declaration", "a DOCTYPE", "Live writes none: do not trust it."
        )

    def entity(self, *_: object) -> None:
        raise SetFileError(
            "a Set must declare no entities", "an entity", "Live writes none: do not trust it."
        )

    def external(self, *_: object) -> int:
        self.entity()
        return 0


def _check_root(tag: str, attributes: Dict[str, str]) -> None:
    if tag != "Ableton":
        raise SetFileError("a Set's outermost element must be Ableton", repr(tag[:60]), _RESAVE)
    major = attributes.get("MajorVersion", "")
    creator = attributes.get("Creator", "")
    if not (major.isdigit() and len(major) < 9):
        raise SetFileError("MajorVersion must be a number", repr(major[:60]), _RESAVE)
    too_old = int(major) < 4 or creator.startswith(tuple("Ableton Live %d." % n for n in range(1, 9)))
    if too_old:
        raise SetFileError(
            "a Set must be written by Live 9 or later",
            "%s, format %s" % (repr(creator[:60]), major),
            "Open it in Live 9 or later and save it again.",
        )


def read_tree(path: Union[str, "os.PathLike[str]"], limits: Limits = GENEROUS) -> Element:
    """The root element of the Set file at `path`.

    Raises:
      SetFileError: the file is missing, no Set, damaged, hostile or beyond `limits`.
    """
    where = os.fspath(path)
    try:
        with open(where, "rb") as stream:
            return _parse(stream, limits)
    except OSError as error:
        raise SetFileError(
            "a Set file must be readable", "%r (%s)" % (where, error.strerror), "Check the path."
        )


def _parse(stream: BinaryIO, limits: Limits) -> Element:
    magic = stream.read(2)
    if magic != b"\x1f\x8b":
        raise SetFileError(
            "a Set file must be gzip-compressed, beginning 1f 8b",
            magic.hex() or "an empty file",
            "Choose a .als file that Live wrote.",
        )
    stream.seek(0)
    tree = _Tree(limits)
    parser = expat.ParserCreate()
    parser.buffer_text = False
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.StartDoctypeDeclHandler = tree.doctype
    parser.EntityDeclHandler = tree.entity
    parser.ExternalEntityRefHandler = tree.external
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    fed = 0
    try:
        for piece in _pieces(stream, limits):
            parser.Parse(piece, False)
            fed += len(piece)
            # The parser buffers an unfinished tag and starts it anew with each piece.
            if fed - parser.CurrentByteIndex > limits.tag_bytes:
                raise SetFileError("a tag must be at most %d bytes" % limits.tag_bytes, "more", _RESAVE)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise SetFileError("a Set file must be well-formed XML", str(error), _RESAVE)
    except (UnicodeError, LookupError) as error:
        raise SetFileError("a Set file must be UTF-8", str(error), _RESAVE)
    finally:
        # The handlers are methods of an object that the parser would keep alive in a cycle.
        parser.StartElementHandler = parser.EndElementHandler = None
    return tree.builder.close()
