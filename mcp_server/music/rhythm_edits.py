"""Edits that write rhythms: euclidean patterns, drum grids as text, polymeter; `edits` has their base class."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from mirror import errors

from .context import Context
from .edits import Creates, Edit, Fraction01, Time, Velocity, edit, whole_step
from .note import Note
from .ticks import ratio, scaled


def euclid(hits: int, steps: int, rotation: int = 0) -> list[bool]:
    """`hits` spread as evenly as possible over `steps`; the first is on step 0, then `rotation` moves all to the right.

    The necklace is Bjorklund's: E(3,8) is x..x..x. and E(5,16) is x..x..x..x..x....
    """
    if not 0 <= hits <= steps or steps < 1:
        raise errors.InvalidValue(f"A euclidean pattern has 0 to {steps} hits on {steps} steps", hits)
    pattern = _bjorklund(hits, steps)
    return [pattern[(n - rotation) % steps] for n in range(steps)]


def _bjorklund(hits: int, steps: int) -> list[bool]:
    if hits == 0:
        return [False] * steps
    heads, tails = [[True] for _ in range(hits)], [[False] for _ in range(steps - hits)]
    while len(tails) > 1:
        pairs = min(len(heads), len(tails))
        joined = [heads[n] + tails[n] for n in range(pairs)]
        heads, tails = joined, heads[pairs:] or tails[pairs:]
    return [step for part in heads + tails for step in part]


@edit("euclid")
class Euclid(Creates):
    """Notes of one pitch on a euclidean pattern, repeated through the range; replaces that pitch's notes there.

    A range without notes of this pitch gets new notes; `accent` is added to the velocity on the pattern's first step.
    """

    pitch: int | str
    hits: Annotated[int, Meta(ge=0, le=256)]
    steps: Annotated[int, Meta(ge=1, le=256)] = 16
    rotation: int = 0
    grid: Time = "1/16"
    velocity: Velocity = 100.0
    accent: Annotated[float, Meta(ge=0, le=126)] = 0.0
    length: Time | UnsetType = UNSET

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        pitch, step = context.pitch(self.pitch), whole_step(context, self.grid)
        low, high = self.select.times(context)
        length = step if self.length is UNSET else context.length(self.length)
        pattern = euclid(self.hits, self.steps, self.rotation)
        others = [note for note in notes if note.pitch != pitch or not low <= note.start < high]
        made, n, at = [], 0, low
        while at < high:
            if pattern[n % self.steps]:
                loud = min(127.0, self.velocity + (self.accent if n % self.steps == 0 else 0))
                made.append(Note(pitch, at, min(length, high - at), loud))
            n, at = n + 1, at + step
        return others + made


_CELL = re.compile(r"([xXo.\-_]|[0-9])(?:\?(\d{1,3}))?")
_LOUD = {"x": 100.0, "X": 120.0, "o": 45.0}
"""x is a hit, X an accent, o a ghost note; 1 to 9 are ninths of 127."""


def grid_line(text: str) -> list[tuple[float, float] | None]:
    """One line of a drum grid as (velocity, probability) or None per step.

    `x` hit (100), `X` accent (120), `o` ghost note (45), `1`..`9` velocity in ninths of 127, `.` `-` `_` rest; `?60`
    behind a hit is its probability in percent. Blanks and bars `|` only help reading.

    Raises:
      InvalidValue: the line has another sign.
    """
    plain = text.replace(" ", "").replace("|", "")
    cells: list[tuple[float, float] | None] = []
    index = 0
    while index < len(plain):
        match = _CELL.match(plain, index)
        if match is None or match[1] == "0":
            raise errors.InvalidValue(
                f"{plain[index]!r} is no step: x X o 1-9 are hits, . is a rest, ?60 behind a hit its chance",
                text,
            )
        index = match.end()
        sign = match[1]
        if sign in ".-_":
            if match[2]:
                raise errors.InvalidValue("A rest has no probability", text)
            cells.append(None)
            continue
        loud = _LOUD[sign] if sign in _LOUD else round(int(sign) * 127 / 9)
        chance = int(match[2]) / 100 if match[2] else 1.0
        if chance > 1:
            raise errors.InvalidValue("A probability is 0 to 100 percent", text)
        cells.append((float(loud), chance))
    if not cells:
        raise errors.InvalidValue("A drum grid needs at least one step", text)
    return cells


@edit("drums")
class Drums(Creates):
    """Drum grids as text, one per pad: {"Kick": "x...x...", "Snare": "....X..o"}; lines repeat through the range.

    Each line may have its own length (polymeter). Replaces the named pads' notes in the range.
    """

    lines: dict[str, str]
    grid: Time = "1/16"
    swing: Annotated[float, Meta(ge=50, le=75)] = 50.0
    gate: Annotated[float, Meta(gt=0, le=1)] = 1.0

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        step = whole_step(context, self.grid)
        low, high = self.select.times(context)
        late = scaled(2 * step, ratio(self.swing) / 100) - step
        length = scaled(step, ratio(self.gate))
        lines = {context.pitch(pad): grid_line(text) for pad, text in self.lines.items()}
        if len(lines) < len(self.lines):
            raise errors.InvalidValue("Two lines name the same pad", list(self.lines))
        made = [note for note in notes if note.pitch not in lines or not low <= note.start < high]
        for pitch, cells in lines.items():
            for n in range(int(-(-(high - low) // step))):
                cell, start = cells[n % len(cells)], low + n * step + (late if n % 2 else 0)
                if cell is not None and start < high:
                    made.append(Note(pitch, start, min(length, high - start), cell[0], probability=cell[1]))
        return made


@edit("polymeter")
class Polymeter(Edit):
    """Repeats the notes of the range's first `length` through the whole range, so that they drift against the bar."""

    length: Time

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        low, high = self.select.times(context)
        length = context.length(self.length)
        cell = [note for note in notes if low <= note.start < low + length]
        made = [note for note in notes if not low <= note.start < high]
        offset = 0 * length
        while low + offset < high:
            for note in cell:
                if note.start + offset < high:
                    made.append(
                        replace(note, start=note.start + offset, note_id=None if offset else note.note_id)
                    )
            offset += length
        return made


__all__ = ["Drums", "Euclid", "Fraction01", "Polymeter", "euclid", "grid_line"]
