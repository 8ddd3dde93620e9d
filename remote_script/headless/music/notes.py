"""A MIDI clip's notes as an immutable value: every edit returns a new `Notes`, so undo has the old value.

`SetMirror.notes` has Live's rules for overlapping notes. Order: pitch, then start. Ids are unique within the clip
and never used twice, not even after undo (all versions of one clip's notes share the counter). Times and durations
are beats. The selection is not part of the value: Live's history does not record the selection.
"""

from __future__ import annotations

import math
from itertools import chain
from operator import attrgetter
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Optional,
    Sequence,
    Tuple,
)

from ...SetMirror.contract.notes import GRIDS, Note, PitchLane, duplicated, quantized, settled, shifted

MISSING_IDS = "All given IDs must be present in clip"
INVALID_QUANTIZATION = "Invalid quantization."


class NoteIds:
    """Hands out the ids of one clip, counting up from 1."""

    __slots__ = ("last",)

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def next(self) -> int:
        self.last += 1
        return self.last


def checked(note: Note) -> Note:
    """`note` with Live's types, or RuntimeError.

    Guess: the texts; the refusal of invalid values is documented.
    """
    if not 0 <= note.pitch <= 127:
        raise RuntimeError("Invalid pitch")
    if not (math.isfinite(note.start_time) and math.isfinite(note.duration)) or note.duration <= 0.0:
        raise RuntimeError("Invalid note duration")
    if not 0.0 <= note.velocity <= 127.0:
        raise RuntimeError("Invalid velocity")
    if not 0.0 <= note.probability <= 1.0:
        raise RuntimeError("Invalid probability")
    if not -127.0 <= note.velocity_deviation <= 127.0:
        raise RuntimeError("Invalid velocity deviation")
    if not 0.0 <= note.release_velocity <= 127.0:
        raise RuntimeError("Invalid release velocity")
    return note


_FIELDS = attrgetter(*Note._fields[1:])
_TYPES = (int, float, float, float, bool, float, float, float)


def _converted(spec: Any) -> Note:
    """A new note of Live's types from anything that has the attributes of a note."""
    values = _FIELDS(spec)
    if tuple(map(type, values)) == _TYPES:
        return Note(0, *values)
    return Note(0, *[type_(value) for type_, value in zip(_TYPES, values)])


class Notes:
    """One version of a clip's notes. Falsy when empty; iterates by pitch, then start."""

    __slots__ = ("_by_id", "_lanes", "ids")

    def __init__(
        self, lanes: Optional[Dict[int, Tuple[Note, ...]]] = None, ids: Optional[NoteIds] = None
    ) -> None:
        self._lanes = lanes or {}
        self._by_id: Optional[Dict[int, Note]] = None
        self.ids = ids if ids is not None else NoteIds()

    @classmethod
    def of(cls, specs: Iterable[Any]) -> Notes:
        """Notes from anything that has the attributes of a note (`NoteSpec`, `MidiNoteSpecification`)."""
        return cls().add(specs)[0]

    def copied(self) -> Notes:
        """The same notes for another clip: ids start at 1 again there."""
        return Notes().add(self)[0]

    # Reading

    def __iter__(self) -> Iterator[Note]:
        return chain.from_iterable(self._lanes[pitch] for pitch in sorted(self._lanes))

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    def __bool__(self) -> bool:
        return bool(self._lanes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Notes) and self._lanes == other._lanes

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __repr__(self) -> str:
        return "Notes(%r)" % (list(self),)

    @property
    def by_id(self) -> Dict[int, Note]:
        if self._by_id is None:
            self._by_id = {note.note_id: note for note in self}
        return self._by_id

    def in_range(self, from_pitch: int, pitch_span: int, from_time: float, time_span: float) -> List[Note]:
        """The notes that start in the area; both ends of the spans are exclusive."""
        notes: List[Note] = []
        for pitch in sorted(self._lanes):
            if from_pitch <= pitch < from_pitch + pitch_span:
                notes.extend(
                    n for n in self._lanes[pitch] if from_time <= n.start_time < from_time + time_span
                )
        return notes

    def with_ids(self, ids: Iterable[int]) -> List[Note]:
        """The notes with these ids, in the clip's order. RuntimeError when one is not in the clip."""
        wanted = self._present(ids)
        return [note for note in self if note.note_id in wanted]

    def _present(self, ids: Iterable[int]) -> FrozenSet[int]:
        wanted = frozenset(ids)
        if not wanted.issubset(self.by_id):
            raise RuntimeError(MISSING_IDS)
        return wanted

    # Editing

    def _with_lanes(self, changed: Dict[int, Tuple[Note, ...]]) -> Notes:
        lanes = dict(self._lanes)
        for pitch, lane in changed.items():
            if lane:
                lanes[pitch] = lane
            else:
                lanes.pop(pitch, None)
        return Notes(lanes, self.ids)

    def add(self, specs: Iterable[Any]) -> Tuple[Notes, List[int]]:
        """Add notes one after the other; returns the ids of the notes that the later ones did not remove."""
        new = [checked(_converted(spec)) for spec in specs]
        lanes: Dict[int, PitchLane] = {}
        ids: List[int] = []
        for values in new:
            note = Note(self.ids.next(), *values[1:])
            ids.append(note.note_id)
            if note.pitch not in lanes:
                lanes[note.pitch] = PitchLane(self._lanes.get(note.pitch, ()))
            lanes[note.pitch].add(note)
        changed = {pitch: tuple(lane.notes) for pitch, lane in lanes.items()}
        removed = {note.note_id for lane in lanes.values() for note in lane.removed}
        return self._with_lanes(changed), [note_id for note_id in ids if note_id not in removed]

    def remove_ids(self, ids: Iterable[int]) -> Notes:
        """The notes without those with these ids. RuntimeError if an id is not in the clip."""
        return self._without(self._present(ids))

    def _without(self, ids: FrozenSet[int]) -> Notes:
        if not ids:
            return self
        pitches = {self.by_id[note_id].pitch for note_id in ids}
        return self._with_lanes(
            {p: tuple(n for n in self._lanes[p] if n.note_id not in ids) for p in pitches}
        )

    def remove_range(self, from_pitch: int, pitch_span: int, from_time: float, time_span: float) -> Notes:
        """The notes without those that start in the area."""
        return self._without(
            frozenset(n.note_id for n in self.in_range(from_pitch, pitch_span, from_time, time_span))
        )

    def modify(self, modified: Iterable[Note]) -> Notes:
        """Replace the notes with the same ids by these notes.

        RuntimeError if an id is not in the clip. If an id occurs twice, the last note counts.
        """
        replacements = {note.note_id: checked(note) for note in modified}
        self._present(replacements)
        changed = {n: r for n, r in replacements.items() if self.by_id[n] != r}
        if not changed:
            return self
        pitches = {self.by_id[n].pitch for n in changed} | {r.pitch for r in changed.values()}
        lanes = {p: [n for n in self._lanes.get(p, ()) if n.note_id not in changed] for p in pitches}
        for note in changed.values():
            lanes[note.pitch].append(note)
        return self._with_lanes({p: tuple(settled(lane)) for p, lane in lanes.items()})

    def _mapped(
        self, change: Callable[[Note], Note], keep: Callable[[Note], bool] = lambda note: True
    ) -> Notes:
        return self.modify([change(note) for note in self if keep(note)])

    def duplicate_ids(
        self, ids: Iterable[int], destination_time: Optional[float] = None, transposition: int = 0
    ) -> Tuple[Notes, List[int]]:
        """Copy notes so that the earliest starts at `destination_time`; None puts them after the last of them."""
        chosen = self.with_ids(ids)
        return self.add(duplicated(chosen, destination_time, transposition)) if chosen else (self, [])

    def duplicate_region(
        self, start: float, length: float, destination: float, pitch: int = -1, transposition: int = 0
    ) -> Tuple[Notes, List[int]]:
        """Copy the notes that start in `start`..`start + length` to `destination`.

        `pitch` is one pitch, or −1 for all.
        """
        chosen = (
            self.in_range(0, 128, start, length) if pitch == -1 else self.in_range(pitch, 1, start, length)
        )
        return self.add(shifted(chosen, destination - start, transposition))

    def quantize(self, grid: int, amount: float, swing: float = 0.0, pitch: Optional[int] = None) -> Notes:
        """Move starts towards the grid (RecordingQuantization 1..8) by `amount` 0..1; durations stay."""
        if grid not in GRIDS:
            raise RuntimeError(INVALID_QUANTIZATION)
        return self._mapped(quantized(grid, amount, swing), lambda note: pitch is None or note.pitch == pitch)

    def crop(self, start: float, end: float) -> Notes:
        """The notes in `start`..`end`.

        Guess: a note that starts before is dropped, a note that ends later is cut.
        """
        outside = frozenset(n.note_id for n in self if not start <= n.start_time < end)
        return self._without(outside)._mapped(
            lambda note: note._replace(duration=end - note.start_time), lambda note: note.end_time > end
        )

    def duplicate_loop(self, start: float, end: float) -> Notes:
        """Repeat `start`..`end` right after itself; notes from `end` on move back by its length."""
        length = end - start
        pushed = self._mapped(
            lambda note: note._replace(start_time=note.start_time + length),
            lambda note: note.start_time >= end,
        )
        return pushed.add(shifted(self.in_range(0, 128, start, length), length, 0))[0]


def legacy_tuple(note: Note) -> Tuple[int, float, float, float, bool]:
    """A note in the form of `get_notes`: pitch, time, duration, velocity, mute."""
    return (note.pitch, note.start_time, note.duration, note.velocity, note.mute)


def from_legacy(item: Sequence[Any]) -> Note:
    """A note from the five values of `set_notes`."""
    pitch, start_time, duration, velocity, mute = item
    return Note(0, int(pitch), float(start_time), float(duration), float(velocity), bool(mute))
