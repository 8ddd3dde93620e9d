"""Reads long values in pieces: notes, envelopes, warp markers, lists of routings.

A reading is a generator that yields between two pieces, so that no clip blocks Live's main thread however many
notes the clip has; it returns the value or ABSENT. Live returns a copy: a change made meanwhile is not partly in
this copy, and its listener marks the property. Notes and envelopes are encoded while they are read (see `Encoded`).
"""

from __future__ import annotations

import re
from itertools import islice
from operator import attrgetter
from typing import Any, Callable, Dict, Generator, Iterator, List, Set, Tuple

from .contract.limits import FOREVER_BEATS
from .contract.values import ABSENT, alive, as_expressive_note, as_note, as_str, as_warp_marker, read
from .layouts import Row
from .pace import LONG
from .shadow import Shadow
from .wire import Encoded, elements_of, encode

Note = List[Any]
Reading = Generator[Any, None, Any]

PIECE = 100
"""Elements; reading and encoding so many notes takes about half a millisecond in headless Live."""
_MOST_PARAMETERS = 4096
"""Parameters searched for a clip's envelopes; envelopes of further parameters are left out, to bound the time."""


def reading(shadow: Shadow, row: Row, index: int) -> Reading:
    """Read a long property; returns its present value, or ABSENT."""
    prop = row.layout.properties[index]
    try:
        if prop.type == "notes":
            of_live = read(row.obj, "note_expressions") is ABSENT
            read_note = as_note if of_live else as_expressive_note
            vector = all_notes(row.obj)
            # A reading that is only started takes Live's copy, but does not read the copy yet.
            yield
            return (yield from encoded_in_pieces(vector, read_note))
        if prop.type == "envelopes":
            return (yield from _read_envelopes(shadow, row))
        if prop.type == "routings":
            yield LONG
            return (yield from _read_labels(getattr(row.obj, prop.name)))
        vector = getattr(row.obj, prop.name)
        elements: List[Any] = []
        for piece in _pieces(vector, as_warp_marker):
            elements.extend(piece)
            yield
        return tuple(elements)
    except Exception:
        # Not a MIDI clip, not warped, or deleted: Live raises various exceptions for these.
        return ABSENT


def whole(steps: Generator[Any, None, Any]) -> Any:
    """Run a generator to its end at once; returns its value."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def begun(steps: Reading) -> Reading:
    """Start a reading, so that Live's copy is taken now; returns the rest of the reading."""
    try:
        next(steps)
    except StopIteration as end:
        return _constant(end.value)
    return steps


def _constant(value: Any) -> Reading:
    return value
    yield


def all_notes(clip: Any) -> Any:
    """The notes of a MIDI clip in Live's own vector of copies, by pitch, then start."""
    if read(clip, "get_all_notes_extended") is not ABSENT:
        return clip.get_all_notes_extended()
    # Live 11.0 has no such method; a clip may have notes before its start.
    return clip.get_notes_extended(0, 128, -FOREVER_BEATS, 2 * FOREVER_BEATS)


_LABEL = attrgetter("display_name")


def _read_labels(vector: Any) -> Reading:
    """The labels of routings; there are as many in a Set as the square of its tracks."""
    labels: List[Any] = []
    elements = iter(vector)
    while True:
        piece = list(map(_LABEL, islice(elements, PIECE)))
        if not piece:
            return tuple(labels)
        labels += map(as_str, piece)
        yield


def _pieces(vector: Any, plain: Callable[[Any], Any]) -> Iterator[List[Any]]:
    elements = iter(vector)
    while True:
        piece = [plain(element) for element in islice(elements, PIECE)]
        if not piece:
            return
        yield piece


def encoded_in_pieces(elements: Any, plain: Callable[[Any], Any] = lambda element: element) -> Reading:
    """The elements as plain values in an `Encoded`."""
    texts: List[bytes] = []
    count = 0
    for piece in _pieces(elements, plain):
        count += len(piece)
        texts.append(encode(piece)[1:-1])
        yield
    return Encoded(texts, count)


def _read_envelopes(shadow: Shadow, row: Row) -> Reading:
    """Guess: no version of Live gives an envelope's parameter, so ask the clip about each parameter."""
    clip = row.obj
    track = _track_of(shadow, row)
    if not clip.has_envelopes or track is None:
        return ()
    parameters: List[Row] = []
    for number, below in enumerate(shadow.below(track), 1):
        if number % PIECE == 0:
            yield
        if below.layout.type == "DeviceParameter":
            parameters.append(below)
            if len(parameters) == _MOST_PARAMETERS:
                break
    texts: List[bytes] = []
    for number, parameter in enumerate(parameters):
        if number % PIECE == PIECE - 1:
            yield
        # A device may be deleted between two pieces.
        envelope = clip.automation_envelope(parameter.obj) if alive(parameter.obj) else None
        if envelope is None or read(envelope, "events_in_range") is ABSENT:
            continue
        events = yield from encoded_in_pieces(
            envelope.events_in_range(-FOREVER_BEATS, FOREVER_BEATS), _as_event
        )
        texts.append(b'{"parameter":' + encode(parameter.id) + b',"events":' + events.json + b"}")
    return Encoded(texts, len(texts)) if texts else ()


def _as_event(event: Any) -> Tuple[float, float]:
    return float(event.time), float(event.value)


def _track_of(shadow: Shadow, row: Row) -> Any:
    return next((above for above in shadow.lineage(row) if above.layout.type == "Track"), None)


def note_differences(old: Encoded, new: Encoded) -> Reading:
    """Returns (notes new or changed, encoded; ids of the removed notes).

    Only pieces with a note that is in both lists are decoded; of all others the ids suffice.
    """
    if not old:
        return new, []
    alike = set(old).intersection(new)
    left = yield from _with_ids(old, alike)
    present = yield from _with_ids(new, alike)
    ids = set().union(*[ids for _, ids in present])
    before: Dict[int, Note] = {}
    removed: List[int] = []
    for piece, old_ids in left:
        removed += [id_ for id_ in old_ids if id_ not in ids]
        if not ids.isdisjoint(old_ids):
            before.update((note[0], note) for note in elements_of(piece))
            yield
    texts: List[bytes] = []
    size = 0
    for piece, new_ids in present:
        if before.keys().isdisjoint(new_ids):
            texts.append(piece)
            size += len(new_ids)
            continue
        changed = [note for note in elements_of(piece) if before.get(note[0]) != note]
        size += len(changed)
        if changed:
            texts.append(encode(changed)[1:-1])
        yield
    return Encoded(texts, size), removed


def _with_ids(notes: Encoded, alike: Set[bytes]) -> Generator[Any, None, List[Tuple[bytes, List[int]]]]:
    """The pieces of `notes` that are not in `alike`, each with the ids of its notes: the first field of each."""
    pieces: List[Tuple[bytes, List[int]]] = []
    for piece in notes:
        if piece not in alike:
            pieces.append((piece, list(map(int, _FIRST_FIELDS(piece)))))
            if len(pieces) % _PIECES_OF_IDS == 0:
                yield
    return pieces


_PIECES_OF_IDS = 16
"""Pieces whose ids are read between two looks at the clock, a fifth of a millisecond."""
_FIRST_FIELDS = re.compile(rb"\[(-?[0-9]+),").findall
