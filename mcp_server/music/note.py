"""A note with exact times, and the difference between a clip's notes and a list of edited notes.

`Note` has Live's nine fields, with start and duration in ticks. Edits never change a `Note`, they make new ones; a note
that comes from a note of the clip keeps its `note_id`, a new note has None.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction
from operator import attrgetter
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from mirror import Note as LiveNote

from .ticks import BEAT, Ticks, approximate, exact, from_beats, to_beats


class Note(Struct, frozen=True, gc=False):
    """One MIDI note; `start` counts from the clip's beat 0, `duration` is above 0, both in ticks.

    `msgspec.structs.replace` makes a copy with some fields changed.
    """

    pitch: int
    start: Ticks
    duration: Ticks
    velocity: float = 100.0
    mute: bool = False
    probability: float = 1.0
    velocity_deviation: float = 0.0
    release_velocity: float = 64.0
    note_id: int | None = None

    @property
    def end(self) -> Ticks:
        """The time at which the note ends."""
        return self.start + self.duration

    @classmethod
    def of(cls, note: LiveNote) -> Note:
        """The note of the mirror with exact times."""
        return cls(
            note.pitch,
            from_beats(note.start_time),
            from_beats(note.duration),
            note.velocity,
            note.mute,
            note.probability,
            note.velocity_deviation,
            note.release_velocity,
            note.note_id,
        )

    def fields(self) -> dict[str, Any]:
        """Live's field names and doubles, without the id."""
        return {
            "pitch": self.pitch,
            "start_time": to_beats(self.start),
            "duration": to_beats(self.duration),
            "velocity": self.velocity,
            "mute": self.mute,
            "probability": self.probability,
            "velocity_deviation": self.velocity_deviation,
            "release_velocity": self.release_velocity,
        }


Notes = Sequence[Note]


def in_order(notes: Iterable[Note]) -> list[Note]:
    """The notes by time, then by pitch; times that are equal as Live's doubles count as the same time."""
    ordered = list(notes)
    whole = all([type(note.start) is int for note in ordered])
    ordered.sort(key=_BY_START if whole else lambda note: (approximate(note.start), note.pitch))
    return ordered


_BY_START = attrgetter("start", "pitch")
"""The sort key where all times are whole ticks; implemented in C, since edits sort thousands of notes."""


def chords(notes: Iterable[Note], within: Ticks = 0) -> list[list[Note]]:
    """Groups of notes that start together, or at most `within` ticks after the first of them; by time, low to high."""
    groups: list[list[Note]] = []
    for note in in_order(notes):
        if groups and note.start - groups[-1][0].start <= within:
            groups[-1].append(note)
        else:
            groups.append([note])
    return [sorted(group, key=lambda note: note.pitch) for group in groups] if within else groups


def strummed(notes: Iterable[Note], within: Ticks) -> list[list[Note]]:
    """Chords, strummed ones included, each low to high, by time.

    Each note of a chord starts at most `within` ticks after the one before it, while the first one sounds.
    """
    groups: list[list[Note]] = []
    for note in in_order(notes):
        if groups and note.start - groups[-1][-1].start <= within and note.start < groups[-1][0].end:
            groups[-1].append(note)
        else:
            groups.append([note])
    return [sorted(group, key=lambda note: note.pitch) for group in groups]


SLIVER = BEAT // 16
"""A note that is cut to less than a 1/64 note by a later note of its pitch is too short to be heard."""


def cut_short(notes: Iterable[Note], by: Iterable[Note]) -> list[Note]:
    """The `notes` that Live would cut to less than a 1/64 note, because a note of `by` starts while they sound."""
    starts: dict[int, list[Ticks]] = {}
    for note in in_order(by):
        starts.setdefault(note.pitch, []).append(note.start)
    cut = []
    for note in notes:
        times = starts.get(note.pitch, ())
        after = bisect_right(times, note.start)
        if after < len(times) and times[after] < min(note.end, note.start + SLIVER):
            cut.append(note)
    return cut


HAIR = Fraction(BEAT, 10**9)
"""Doubles that count beats are rounded: notes of a clip that overlap by less touch each other."""


class Settled(NamedTuple):
    """Notes without overlaps of the same pitch, and the notes that were removed or cut to avoid overlaps."""

    notes: list[Note]
    replaced: list[Note]
    """Removed notes, because a newer note has their pitch and start."""
    slivers: list[Note]
    """Removed notes, because they would be cut to less than a 1/64 note."""
    cut: int
    """Number of notes that end earlier now, where the next note of their pitch starts."""


def settled(notes: Iterable[Note]) -> Settled:
    """Notes as a clip keeps them: the newest per pitch and start, each cut where the next note of its pitch starts.

    A note without an id is newer than all notes with ids, and newer than those before it.
    """
    lanes: dict[int, list[Note]] = {}
    for note in in_order(notes):
        lanes.setdefault(note.pitch, []).append(note)
    result, cut = Settled([], [], [], 0), 0
    for lane in lanes.values():
        following: Note | None = None
        for note in reversed(_newest_per_start(lane, result.replaced)):
            meet = following is not None and not _is_before(note, following)
            over = note.end - following.start if following is not None and meet else 0
            if following is not None and over > (0 if note.note_id is None else HAIR):
                length = exact(following.start - note.start)
                if length < SLIVER:
                    result.slivers.append(note)
                    continue
                note, cut = replace(note, duration=length), cut + (over > HAIR)
            result.notes.append(note)
            following = note
    return result._replace(notes=in_order(result.notes), cut=cut)


def _newest_per_start(lane: list[Note], replaced: list[Note]) -> list[Note]:
    """The newest notes of one pitch per start; older notes of the same start are added to `replaced`."""
    newest: list[Note] = []
    for note in lane:
        if newest and _start_together(newest[-1], note):
            older, note = sorted((newest.pop(), note), key=_age)
            replaced.append(older)
        newest.append(note)
    return newest


_NEAR = 1e-3
"""Times that differ by less, in ticks, are compared as exact fractions, which takes many times as long."""


def _is_before(note: Note, following: Note) -> bool:
    """True when a note ends before the other note starts, by more than rounding errors."""
    return approximate(note.start) + approximate(note.duration) < approximate(following.start) - _NEAR


def _start_together(earlier: Note, later: Note) -> bool:
    """True when both have the same start as Live's doubles."""
    return approximate(later.start) - approximate(earlier.start) < _NEAR and to_beats(
        earlier.start
    ) == to_beats(later.start)


def _age(note: Note) -> float:
    return math.inf if note.note_id is None else note.note_id


class NoteDifference(NamedTuple):
    """The changes that turn a clip's notes into the wanted notes."""

    removed: list[int]
    changed: list[dict[str, Any]]
    added: list[dict[str, Any]]

    @property
    def counts(self) -> dict[str, int]:
        """The number of notes of each part, without empty parts."""
        parts = {"changed": len(self.changed), "added": len(self.added), "removed": len(self.removed)}
        return {name: count for name, count in parts.items() if count}


def difference(before: Iterable[Note], after: Iterable[Note]) -> NoteDifference:
    """The notes to remove by id, to change by id (only the fields that differ) and to add."""
    old = {note.note_id: note for note in before}
    changed: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    for note in after:
        was = old.pop(note.note_id, None) if note.note_id is not None else None
        if was is None:
            added.append(note.fields() | {"duration": _not_past_its_end(note)})
        elif was != note:
            now, then = note.fields(), was.fields()
            changes = {name: value for name, value in now.items() if value != then[name]}
            if changes:
                changed.append({"note_id": note.note_id, **changes})
    return NoteDifference([id_ for id_ in old if id_ is not None], changed, added)


def _not_past_its_end(note: Note) -> float:
    """The duration of a new note in beats, so that start + duration as doubles is not above the end.

    Live removes a note that starts inside a new note, even if they overlap only by a rounding error.
    """
    start, duration, end = to_beats(note.start), to_beats(note.duration), to_beats(note.end)
    while start + duration > end:
        duration = math.nextafter(duration, 0.0)
    return duration
