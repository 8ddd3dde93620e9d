"""Ranges of the arrangement: copied, opened (time is inserted) or closed (time is removed), on all tracks at once.

Clips that are wholly inside or after a range are copied or moved without change. A MIDI clip that a range cuts is
written again from its notes, so it loses envelopes and groove. Live's API cannot cut audio: copying leaves such a clip
out and reports it, opening and closing are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from mirror import errors

from .form import Copy, NewClip
from .note import SLIVER, Note
from .ticks import BEAT, Ticks


@dataclass(frozen=True)
class Placed:
    """A clip of the arrangement; `notes` are the notes that it plays, at song times; None for audio."""

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
class RangeEdit:
    """Edits of the arrangement, in this order: delete, move, copy and write clips, then delete and create locators."""

    deleted: list[Placed] = field(default_factory=list)
    moves: list[Copy] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    written: list[tuple[NewClip, int | None]] = field(default_factory=list)
    """New clips with their colours."""
    gone_cues: list[Cue] = field(default_factory=list)
    new_cues: list[tuple[Ticks, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def copied(placed: Iterable[Placed], cues: Iterable[Cue], low: Ticks, high: Ticks, to: Ticks) -> RangeEdit:
    """Copy the range's clips and locators, so that the copy starts at `to`.

    Raises:
      InvalidValue: the copy would overlap the range.
    """
    _check(low, high)
    if to < high and to + high - low > low:
        raise errors.InvalidValue(
            "A range cannot be copied into itself",
            float(to) / BEAT,
            hint=f"copy it to {float(high) / BEAT:g} beats or later",
        )
    change = RangeEdit()
    for clip in placed:
        if low <= clip.start and clip.end <= high:
            change.copies.append(Copy(clip.clip, clip.track, clip.start - low + to))
        elif clip.start < high and clip.end > low:
            if clip.notes is None:
                change.left_out.append(f"{clip.name} is audio and only partly in the range: it is not copied")
            else:
                _write(change, clip, max(low, clip.start), min(high, clip.end), to - low)
    change.new_cues = [(cue.time - low + to, cue.name) for cue in cues if low <= cue.time < high]
    change.copies.sort(key=lambda copy: float(copy.start))
    return change


def opened(placed: Sequence[Placed], cues: Iterable[Cue], low: Ticks, high: Ticks) -> RangeEdit:
    """Move all clips from the range's start on later by the range's length.

    Raises:
      NotAvailable: an audio clip would be cut.
    """
    length = _check(low, high)
    change = RangeEdit()
    _refuse_cuts(placed, (low,))
    for clip in placed:
        if clip.start >= low:
            change.moves.append(Copy(clip.clip, clip.track, clip.start + length))
        elif clip.end > low:
            change.deleted.append(clip)
            _write(change, clip, clip.start, low, 0)
            _write(change, clip, low, clip.end, length)
    # From the right, so that no clip is moved onto a clip that has not moved yet.
    change.moves.sort(key=lambda move: -float(move.start))
    _shift(change, cues, low, length)
    return change


def closed(placed: Sequence[Placed], cues: Sequence[Cue], low: Ticks, high: Ticks) -> RangeEdit:
    """Remove the range: delete its clips and move all later clips earlier by its length.

    Raises:
      NotAvailable: an audio clip would be cut.
    """
    length = _check(low, high)
    change = RangeEdit()
    _refuse_cuts(placed, (low, high))
    for clip in placed:
        if clip.start >= high:
            change.moves.append(Copy(clip.clip, clip.track, clip.start - length))
        elif clip.end > low:
            change.deleted.append(clip)
            if clip.start < low:
                _write(change, clip, clip.start, low, 0)
            if clip.end > high:
                _write(change, clip, high, clip.end, -length)
    change.moves.sort(key=lambda move: float(move.start))
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
        clip for clip in placed if clip.notes is None and any(clip.start < edge < clip.end for edge in edges)
    ]
    if cut:
        where = ", ".join(
            f"{clip.name} ({float(clip.start) / BEAT:g} to {float(clip.end) / BEAT:g} beats)"
            for clip in cut[:5]
        )
        raise errors.NotAvailable(
            f"Live's API cannot cut audio clips, and the range cuts {where}",
            hint="choose a range that begins and ends where these do, or split them in Live",
        )


def _write(change: RangeEdit, clip: Placed, low: Ticks, high: Ticks, shift: Ticks) -> None:
    """Write a part of a MIDI clip as a new clip; notes that started before the part start with it.

    A note that would be cut to less than a 1/64 note is left out.
    """
    notes = []
    for note in clip.notes or ():
        start, end = max(note.start, low), min(note.end, high)
        if start < end and end - start >= min(SLIVER, note.duration):
            notes.append(replace(note, start=start - low, duration=end - start, note_id=None))
    new = NewClip(clip.track, low + shift, high - low, clip.name, tuple(notes))
    change.written.append((new, clip.color))
    text = (
        f"{clip.name} is cut and written anew: its notes, name and colour stay, envelopes and groove do not"
    )
    if text not in change.left_out:
        change.left_out.append(text)


def _shift(change: RangeEdit, cues: Iterable[Cue], at: Ticks, by: Ticks) -> None:
    for cue in cues:
        if cue.time >= at:
            change.gone_cues.append(cue)
            change.new_cues.append((cue.time + by, cue.name))
