"""Opens a `.als` file: gzipped or plain XML, into a tree of elements, bounded in time, memory and depth.

The bytes are decompressed piece by piece, never all at once; a document type declaration (which allows entity bombs
and references to other files) is refused as soon as the parser meets it, and the rest is not read. Parts that describe
only the look of Live's windows or a plug-in's private data are left out of the tree while parsing: no other module
reads them. Every reason why a file cannot be read is a `SetFileError`.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Callable, Dict, Iterator, Union
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from . import notices
from .errors import SetFileError, SetTooOld

PIECE = 1 << 16


@dataclass(frozen=True)
class Limits:
    """Limits for one file. The largest real Sets need a tenth of these limits."""

    compressed_bytes: int = 1 << 28
    bytes: int = 1 << 30
    elements: int = 2000000
    """Elements in the tree, about 300 bytes each."""
    seen_elements: int = 20000000
    """Parsed elements, in the tree or not: limits the time."""
    break_points: int = 500000
    """Breakpoints; further ones are left out with a warning."""
    depth: int = 400
    tag_bytes: int = 1 << 22
    """The longest single tag with its attributes, which the parser buffers."""
    kept_bytes: int = 1 << 28
    """Bytes of attribute values in the tree."""


GENEROUS = Limits()

LEFT_OUT = frozenset(
    """
    AutomationLanes AutomationTransformViewState BeatSlicePoints BlobSlot Buffer ClientSize
    ClipEnvelopeChooserViewState ContentLanes ControllerState CurveControl1X EnvelopeChooser
    ExpressionGrid ExpressionLanes FileDropList FollowAction FreezeSequencer IdRefList
    InitialSlicePointsFromOnsets LockEnvelope LomId LomIdView MidiCCOnOffThresholds
    MpeSettings NoteAlgorithms Onsets PerNoteEventStore PersistentKeyString ProcessorState Routables
    SavedWarpMarkersForStretched ScrollerTimePreserver SequencerNavigator TimeSelection VideoWindowRect
    ViewData ViewStates
    """.split()  # noqa: SIM905
)

_BREAKPOINTS = frozenset(("FloatEvent", "BoolEvent", "EnumEvent"))
_GZIP = b"\x1f\x8b"
_BINARY_SET = b"\xab\x1e\x56\x78"
"""First bytes of Sets of Live 7 and older."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_REPORTS = 100
_RESAVE = "Open it in Live and save it again, or choose another file."


def _plain_pieces(stream: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """A file of plain XML in pieces of at most `PIECE` bytes."""
    total = 0
    while True:
        piece = stream.read(PIECE)
        if not piece:
            return
        total += len(piece)
        if total > limits.bytes:
            _too_large(limits)
        yield piece


def _too_large(limits: Limits) -> None:
    raise SetFileError(
        "a Set must unpack to at most %d bytes" % limits.bytes, "more", "Raise Limits.bytes if it is genuine."
    )


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
            _too_large(limits)
        if piece:
            yield piece
        if unpacker.eof:
            pending = unpacker.unused_data or stream.read(PIECE)
            if pending[:2] != _GZIP:
                return
            unpacker = zlib.decompressobj(wbits=31)


class _Tree:
    """Builds the tree from the parser's calls, and checks the limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.builder = TreeBuilder()
        self.depth = 0
        self.left_out_from = 0
        self.kept = self.seen = self.kept_bytes = 0
        self.break_points = 0

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
        if tag in LEFT_OUT or (tag in _BREAKPOINTS and self._is_one_too_many()):
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
        self.builder.start(tag, attributes)

    def end(self, tag: str) -> None:
        if self.left_out_from:
            if self.left_out_from == self.depth:
                self.left_out_from = 0
        else:
            self.builder.end(tag)
        self.depth -= 1

    def _is_one_too_many(self) -> bool:
        self.break_points += 1
        if self.break_points <= self.limits.break_points:
            return False
        notices.add("break points")
        return True

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
        raise SetTooOld(creator[:60] or "a Live of format %s" % major)


def read_tree(
    path: Union[str, "os.PathLike[str]"],
    limits: Limits = GENEROUS,
    progress: Callable[[float], None] = lambda share: None,
) -> Element:
    """The root element of the Set file at `path`; `progress` is called with the share 0..1 that has been read.

    Raises:
      SetFileError: the file is missing, not a Set, damaged, hostile or beyond `limits`.
    """
    where = os.fspath(path)
    try:
        with open(where, "rb") as stream:
            return _parse(stream, limits, _Progress(stream, os.fstat(stream.fileno()).st_size, progress))
    except OSError as error:
        raise SetFileError(
            "a Set file must be readable", "%r (%s)" % (where, error.strerror), "Check the path."
        )


class _Progress:
    """Reports the share of a file that has been read, at most `_REPORTS` times."""

    def __init__(self, stream: BinaryIO, size: int, report: Callable[[float], None]) -> None:
        self._stream, self._size, self._report = stream, max(1, size), report
        self._reported = 0

    def __call__(self) -> None:
        reached = _REPORTS * self._stream.tell() // self._size
        if reached > self._reported:
            self._reported = reached
            self._report(min(1.0, reached / _REPORTS))


def _format_of(stream: BinaryIO) -> Callable[[BinaryIO, Limits], Iterator[bytes]]:
    """The function that reads the file, chosen by its first bytes. SetFileError for a file that is not a Set."""
    magic = stream.read(64)
    stream.seek(0)
    if magic.startswith(_GZIP):
        return _pieces
    if magic.startswith(_BINARY_SET):
        raise SetTooOld("Live 7 or older")
    text = magic[len(_BYTE_ORDER_MARK) :] if magic.startswith(_BYTE_ORDER_MARK) else magic
    if text.lstrip().startswith(b"<"):
        return _plain_pieces
    raise SetFileError(
        "a Set file must be gzip-compressed or plain XML",
        "one that begins %s" % magic[:4].hex() if magic else "an empty file",
        "Choose a .als file that Live wrote.",
    )


def _parse(stream: BinaryIO, limits: Limits, progress: Callable[[], None]) -> Element:
    pieces = _format_of(stream)
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
        for piece in pieces(stream, limits):
            parser.Parse(piece, False)
            fed += len(piece)
            progress()
            # The parser buffers an unfinished tag and parses it again with each piece.
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
