"""Live's rules for overlapping notes of one pitch, as pure functions; used by the script, headless Live and the tools.

Live's rules (measured on Live 12.4.5): notes of one pitch never overlap. A new note replaces a note with the same
start, removes a note that starts inside the new note, and cuts a note that sounds at its start. Changing notes
(transpose, move, quantize): of several notes with the same start the newest id survives, and each note is cut at
the next one. Guess: the grid lines of the mixed quantizations, and how swing moves them. Times and durations are
beats.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import islice
from typing import Callable, Dict, Generator, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

GRIDS: Dict[int, Tuple[float, ...]] = {
    1: (1.0,),
    2: (1.0 / 2,),
    3: (1.0 / 3,),
    4: (1.0 / 2, 1.0 / 3),
    5: (1.0 / 4,),
    6: (1.0 / 6,),
    7: (1.0 / 4, 1.0 / 6),
    8: (1.0 / 8,),
}
"""RecordingQuantization 1..8 → its steps in beats; 4 and 7 have straight and triplet lines."""


PIECE = 500
"""Notes between two pauses of a generator: about a millisecond."""


class Note(NamedTuple):
    """One note: `pitch` 0..127, `velocity` 0..127, `probability` 0..1, `velocity_deviation` ±127; id 0 is new."""

    note_id: int
    pitch: int
    start_time: float
    duration: float
    velocity: float = 100.0
    mute: bool = False
    probability: float = 1.0
    velocity_deviation: float = 0.0
    release_velocity: float = 64.0

    @property
    def end_time(self) -> float:
        return self.start_time + self.duration


class NoteEffects(NamedTuple):
    """The side effects of an edit on a clip's notes."""

    removed: Tuple[Note, ...]
    """Notes of the clip that the edit removes."""
    shortened: Tuple[Note, ...]
    """Notes of the clip that end earlier, though the edit gave them no new duration."""
    after: int
    """Number of notes in the clip after the edit."""


Steps = Generator[None, None, NoteEffects]
Span = Tuple[int, float, float]
"""Pitch, start and duration of a new note; a plain tuple, because garbage collection does not scan thousands of
them."""


# -- one pitch ----------------------------------------------------------------------------------


class PitchLane:
    """The notes of one pitch, sorted by start, while notes are added to it."""

    __slots__ = ("_starts", "notes", "removed")

    def __init__(self, notes: Iterable[Note] = ()) -> None:
        self.notes = list(notes)
        self.removed: List[Note] = []
        """Notes that an added note replaced or covered."""
        self._starts: Optional[List[float]] = None

    def add(self, note: Note) -> None:
        """Add a note; it has precedence over the notes that were added before."""
        notes, starts, start = self.notes, self._starts, note.start_time
        if not notes or notes[-1].start_time < start >= notes[-1].end_time:
            # Most lists of notes are sorted by time.
            notes.append(note)
            if starts is not None:
                starts.append(start)
            return
        if starts is None:
            starts = self._starts = [note.start_time for note in notes]
        low = bisect_left(starts, start)
        high = bisect_left(starts, note.end_time, low)
        if low == high and low < len(starts) and starts[low] == start:
            high = low + 1
        if low > 0:
            earlier = notes[low - 1]
            if earlier.end_time > start:
                notes[low - 1] = earlier._replace(duration=start - earlier.start_time)
        self.removed += notes[low:high]
        notes[low:high] = [note]
        starts[low:high] = [start]


def settled(notes: Iterable[Note]) -> List[Note]:
    """The notes of one pitch after a change: of equal starts one note remains, overlaps are cut at the next note."""
    by_start: Dict[float, Note] = {}
    for note in notes:
        other = by_start.get(note.start_time)
        if other is None or note.note_id > other.note_id:
            by_start[note.start_time] = note
    ordered = [by_start[start] for start in sorted(by_start)]
    for index in range(len(ordered) - 1):
        note, following = ordered[index], ordered[index + 1]
        if note.end_time > following.start_time:
            ordered[index] = note._replace(duration=following.start_time - note.start_time)
    return ordered


# -- a clip; generators that pause every `PIECE` notes ---------------------------------------------


def after_adding(notes: Iterable[Note], new: Iterable[Span]) -> Steps:
    """The outcome for a clip's `notes` when notes at `new` are added in this order.

    Fast path: usually no two notes of a pitch meet, and then no note is removed or cut.
    """
    lanes = yield from _by_pitch(list(notes))
    after = sum(map(len, lanes.values()))
    added: Dict[int, List[Tuple[float, float]]] = {}
    for number, (pitch, start, duration) in enumerate(new):
        if number % PIECE == PIECE - 1:
            yield
        added.setdefault(pitch, []).append((start, duration))
    before: List[Note] = []
    left: List[List[Note]] = []
    compared = 0
    for pitch in sorted(added):
        present, fresh = lanes.get(pitch, []), added[pitch]
        compared += len(present) + len(fresh)
        if compared >= PIECE:
            compared = 0
            yield
        if _are_apart([(note.start_time, note.duration) for note in present] + fresh):
            after += len(fresh)
            continue
        lane = PitchLane(present)
        for number, span in enumerate(fresh):
            if number % PIECE == PIECE - 1:
                yield
            lane.add(Note(0, pitch, *span))
        before += present
        left.append(lane.notes)
        after += len(lane.notes) - len(present)
    outcome = yield from _outcome(before, left, {})
    return outcome._replace(after=after)


def _are_apart(spans: List[Tuple[float, float]]) -> bool:
    """True when each note of one pitch, as start and duration, ends before the next one starts."""
    spans.sort()
    return all(
        start + duration <= following > start
        for (start, duration), (following, _) in zip(spans, islice(spans, 1, None))
    )


def after_changing(notes: Iterable[Note], changed: Iterable[Note]) -> Steps:
    """The outcome for a clip's `notes` when the notes with the ids of `changed` get these values."""
    previous = list(notes)
    present = {note.note_id: note for note in previous}
    wanted: Dict[int, Note] = {}
    touched: Set[int] = set()
    for number, note in enumerate(changed):
        if number % PIECE == PIECE - 1:
            yield
        before = present.get(note.note_id)
        if before is not None and before != note:
            wanted[note.note_id] = note
            touched.update((before.pitch, note.pitch))
    lanes = yield from _by_pitch([wanted.get(note.note_id, note) for note in previous])
    done = 0
    for pitch in touched & set(lanes):
        done += len(lanes[pitch])
        lanes[pitch] = settled(lanes[pitch])
        if done >= PIECE:
            done = 0
            yield
    return (yield from _outcome(previous, list(lanes.values()), wanted))


def _by_pitch(notes: Sequence[Note]) -> Generator[None, None, Dict[int, List[Note]]]:
    lanes: Dict[int, List[Note]] = {}
    for start in range(0, len(notes), PIECE):
        if start:
            yield
        for note in notes[start : start + PIECE]:
            lanes.setdefault(note.pitch, []).append(note)
    for lane in lanes.values():
        lane.sort(key=lambda note: note.start_time)
    return lanes


def _outcome(previous: Sequence[Note], lanes: Sequence[Sequence[Note]], wanted: Dict[int, Note]) -> Steps:
    left = {note.note_id: note for lane in lanes for note in lane}
    removed: List[Note] = []
    shortened: List[Note] = []
    for number, note in enumerate(previous):
        if number % PIECE == PIECE - 1:
            yield
        now = left.get(note.note_id)
        if now is None:
            removed.append(note)
        elif now.duration < wanted.get(note.note_id, note).duration:
            shortened.append(note)
    return NoteEffects(tuple(removed), tuple(shortened), sum(map(len, lanes)))


# -- edits --------------------------------------------------------------------------------------


def nearest_line(time: float, grid: int, swing: float = 0.0) -> float:
    """The grid line nearest to `time`; halfway between two lines, the later line."""
    best: Optional[float] = None
    for step in GRIDS[grid]:
        base = math.floor(time / step)
        for index in (base - 1, base, base + 1, base + 2):
            line = index * step + (step / 3.0 * swing if index % 2 else 0.0)
            if best is None or (abs(line - time), -line) < (abs(best - time), -best):
                best = line
    assert best is not None
    return best


def quantized(grid: int, amount: float, swing: float = 0.0) -> Callable[[Note], Note]:
    """A function that moves a note's start towards the grid by `amount` 0..1 and keeps its duration.

    Guess: `swing` 0..1 delays every second line by up to a third of the step.
    """

    def moved(note: Note) -> Note:
        line = nearest_line(note.start_time, grid, swing)
        # The sum start + (line - start) would miss the line by a rounding error.
        start = line if amount == 1.0 else note.start_time + (line - note.start_time) * amount
        return note._replace(start_time=start)

    return moved


def shifted(notes: Iterable[Note], beats: float, transposition: int) -> List[Note]:
    """Copies `beats` later and `transposition` semitones higher. Guess: copies outside of 0..127 are dropped."""
    moved = (n._replace(start_time=n.start_time + beats, pitch=n.pitch + transposition) for n in notes)
    return [note for note in moved if 0 <= note.pitch <= 127]


def duplicated(chosen: Sequence[Note], destination_time: Optional[float], transposition: int) -> List[Note]:
    """The copies that `duplicate_notes_by_id` adds; the default destination is the end of the last note."""
    if not chosen:
        return []
    first = min(note.start_time for note in chosen)
    if destination_time is None:
        destination_time = max(note.end_time for note in chosen)
    return shifted(chosen, destination_time - first, transposition)
