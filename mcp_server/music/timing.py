"""Positions of notes on the grid: the swing of a pattern, and notes off the grid. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .note import Note
from .ticks import BEAT, Ticks, approximate, ratio, scaled


def swing(notes: Iterable[Note], step: int = BEAT // 4) -> float | None:
    """The measured swing in percent: the position of off-beats within their pair of steps; 50 straight, 66.7 triplets.

    None where fewer than four notes lie near an off-beat.
    """
    pair = 2 * step
    shares = []
    for note in notes:
        within = float(note.start % pair) / pair
        if 0.4 < within < 0.8:
            shares.append(within)
    if len(shares) < 4:
        return None
    shares.sort()
    return round(100 * shares[len(shares) // 2], 1)


def feel(notes: Sequence[Note]) -> tuple[float, str] | None:
    """The swing of a pattern as (percent, grid) of the edit that would produce it; None for a straight pattern."""
    for step, grid in ((BEAT // 4, "1/16"), (BEAT // 2, "1/8")):
        percent = swing(notes, step)
        if percent is not None and 51 <= percent <= 75:
            return percent, grid
    return None


class OffGrid(NamedTuple):
    """How far notes lie from the grid that fits them best."""

    notes: int
    by: float
    """Median distance in beats."""
    grid: str


OFF_GRID = 3 * BEAT // 100
"""Ticks; notes that lie nearer to a line pass as played by a person (15 ms at 120 beats a minute)."""


def off_grid(notes: Sequence[Note]) -> OffGrid | None:
    """The notes off the grid where they are half of at least four notes, None elsewhere.

    The grid is the nearer one of sixteenths and eighth triplets. Notes that swing are on their grid.
    """
    if len(notes) < 4:
        return None
    swung = feel(notes)
    if swung is not None:
        pair = BEAT // 2 if swung[1] == "1/16" else BEAT
        distances = _distances(notes, (0, scaled(pair, ratio(swung[0]) / 100), pair))
        if 4 * sum(distance > OFF_GRID for distance in distances) < len(notes):
            return None
    grids = {"1/16": _distances(notes, (0, BEAT // 4)), "1/8T": _distances(notes, (0, BEAT // 3))}
    grid, distances = min(grids.items(), key=lambda entry: sum(entry[1]))
    off = sorted(distance for distance in distances if distance > OFF_GRID)
    return OffGrid(len(off), off[len(off) // 2] / BEAT, grid) if 2 * len(off) >= len(notes) else None


def _distances(notes: Sequence[Note], lines: tuple[Ticks, ...]) -> list[float]:
    """Each note's distance from the nearest line, in ticks; the lines repeat from the last one on."""
    places = [approximate(line) for line in lines]
    offsets = [approximate(note.start) % places[-1] for note in notes]
    return [min([abs(offset - place) for place in places]) for offset in offsets]
