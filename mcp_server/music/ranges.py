"""Ranges of the arrangement: copied, opened (time is inserted) or closed (time is removed), on all tracks at once.

Clips that lie wholly in or behind a range are copied or moved as they are. A MIDI clip that a range cuts is written
anew from its notes, so it loses envelopes and groove; Live's API cannot cut audio, so a copy leaves such a clip out and
names it, and opening or closing is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from mirror import errors

from .form import Copy, NewClip
from .note import Note
from .ticks import BEAT, Ticks


@dataclass(frozen=True)
class Placed:
    """A clip of the arrangement; `notes` with song times as it plays them, None of audio."""

    clip: int
    track: int
    name: str
    start: Ticks
    end: Ticks
    notes: tuple[Note, ...] | None = None
    color: int | None = None


@dataclass(frozen=True)
class Cue:
    """A locator."""

    id: int
    time: Ticks
    name: str


@dataclass
class Change:
    """What has to be done, in this order: delete, then move, copy and write clips, and set the locators anew."""

    deleted: list[Placed] = field(default_factory=list)
    moves: list[Copy] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    written: list[tuple[NewClip, int | None]] = field(default_factory=list)
    """New clips, and their colours."""
    gone_cues: list[Cue] = field(default_factory=list)
    new_cues: list[tuple[Ticks, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def copied(placed: Iterable[Placed], cues: Iterable[Cue], low: Ticks, high: Ticks, to: Ticks) -> Change:
    """The range's clips and locators once more, its start at `to`.

    Raises:
      InvalidValue: the copy would lie in the range itself.
    """
    _check(low, high)
    if to < high and to + high - low > low:
        raise errors.InvalidValue(
            "A range cannot be copied into itself",
            float(to) / BEAT,
            hint=f"copy it to {float(high) / BEAT:g} beats or later",
        )
    change = Change()
    for each in placed:
        if low <= each.start and each.end <= high:
            change.copies.append(Copy(each.clip, each.track, each.start - low + to))
        elif each.start < high and each.end > low:
            if each.notes is None:
                change.left_out.append(f"{each.name} is audio and only partly in the range: it is not copied")
            else:
                _write(change, each, max(low, each.start), min(high, each.end), to - low)
    change.new_cues = [(cue.time - low + to, cue.name) for cue in cues if low <= cue.time < high]
    change.copies.sort(key=lambda each: float(each.start))
    return change


def opened(placed: Sequence[Placed], cues: Iterable[Cue], low: Ticks, high: Ticks) -> Change:
    """Everything from the range's start on, later by its length.

    Raises:
      NotAvailable: it would cut an audio clip.
    """
    length = _check(low, high)
    change = Change()
    _refuse_cuts(placed, (low,))
    for each in placed:
        if each.start >= low:
            change.moves.append(Copy(each.clip, each.track, each.start + length))
        elif each.end > low:
            change.deleted.append(each)
            _write(change, each, each.start, low, 0)
            _write(change, each, low, each.end, length)
    # From the right, so that none lands on one that is still there.
    change.moves.sort(key=lambda each: -float(each.start))
    _shift(change, cues, low, length)
    return change


def closed(placed: Sequence[Placed], cues: Sequence[Cue], low: Ticks, high: Ticks) -> Change:
    """Without the range: its clips are deleted, what is behind it is earlier by its length.

    Raises:
      NotAvailable: it would cut an audio clip.
    """
    length = _check(low, high)
    change = Change()
    _refuse_cuts(placed, (low, high))
    for each in placed:
        if each.start >= high:
            change.moves.append(Copy(each.clip, each.track, each.start - length))
        elif each.end > low:
            change.deleted.append(each)
            if each.start < low:
                _write(change, each, each.start, low, 0)
            if each.end > high:
                _write(change, each, high, each.end, -length)
    change.moves.sort(key=lambda each: float(each.start))
    change.gone_cues = [cue for cue in cues if low <= cue.time < high]
    _shift(change, cues, high, -length)
    return change


def _check(low: Ticks, high: Ticks) -> Ticks:
    if not 0 <= low < high:
        raise errors.InvalidValue(
            f"A range ends after it begins, got {float(low) / BEAT:g} to {float(high) / BEAT:g} beats",
            [float(low) / BEAT, float(high) / BEAT],
        )
    return high - low


def _refuse_cuts(placed: Iterable[Placed], edges: Sequence[Ticks]) -> None:
    cut = [
        each for each in placed if each.notes is None and any(each.start < edge < each.end for edge in edges)
    ]
    if cut:
        where = ", ".join(
            f"{each.name} ({float(each.start) / BEAT:g} to {float(each.end) / BEAT:g} beats)"
            for each in cut[:5]
        )
        raise errors.NotAvailable(
            f"Live's API cannot cut audio clips, and the range cuts {where}",
            hint="choose a range that begins and ends where these do, or split them in Live",
        )


def _write(change: Change, each: Placed, low: Ticks, high: Ticks, shift: Ticks) -> None:
    """A part of a MIDI clip as a clip of its own; notes that sound into it from before begin at its start."""
    notes = []
    for note in each.notes or ():
        start, end = max(note.start, low), min(note.end, high)
        if start < end:
            notes.append(replace(note, start=start - low, duration=end - start, note_id=None))
    new = NewClip(each.track, low + shift, high - low, each.name, tuple(notes))
    change.written.append((new, each.color))
    text = (
        f"{each.name} is cut and written anew: its notes, name and colour stay, envelopes and groove do not"
    )
    if text not in change.left_out:
        change.left_out.append(text)


def _shift(change: Change, cues: Iterable[Cue], at: Ticks, by: Ticks) -> None:
    for cue in cues:
        if cue.time >= at:
            change.gone_cues.append(cue)
            change.new_cues.append((cue.time + by, cue.name))
