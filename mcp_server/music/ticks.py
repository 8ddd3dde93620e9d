"""Musical time as exact numbers: whole ticks of a fixed grid, fractions of a tick only where a time is off the grid.

Live's times are doubles that count beats (quarters). A double that is the nearest one to a whole number of ticks
becomes that whole number; any other double becomes the exact fraction that it stands for. So a note that no edit moves
keeps its double bit for bit, and sums, halves and thirds are exact until one rounding at the very end.
"""

from __future__ import annotations

from fractions import Fraction

BEAT = 40320
"""Ticks of a quarter: 2^7 · 3^2 · 5 · 7, so 1/512 notes, triplets, quintuplets and septuplets are whole."""

Ticks = int | Fraction


def exact(value: Ticks) -> Ticks:
    """`value` as an int where it is whole."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def from_beats(beats: float) -> Ticks:
    """The exact time of a double that counts beats."""
    whole = round(beats * BEAT)
    return whole if whole / BEAT == beats else exact(Fraction(beats) * BEAT)


def to_beats(ticks: Ticks) -> float:
    """The double nearest to a time, in beats."""
    return ticks / BEAT if isinstance(ticks, int) else float(ticks / BEAT)


def approximate(ticks: Ticks) -> float:
    """The double nearest to a time; `float` of a fraction takes four times as long."""
    return ticks.numerator / ticks.denominator


def ratio(value: float | str) -> Fraction:
    """A factor as the decimal fraction that people write: 0.58 is 29/50, not the double's 53-bit fraction."""
    return Fraction(str(value)).limit_denominator(1_000_000)


def scaled(ticks: Ticks, factor: Fraction) -> Ticks:
    """`ticks` times `factor`, exactly."""
    product, share = ticks.numerator * factor.numerator, ticks.denominator * factor.denominator
    return Fraction(product, share) if product % share else product // share


def nearest(ticks: Ticks, step: int) -> int:
    """The multiple of `step` that is nearest to `ticks`; the later one of two equally near."""
    whole: int = (2 * ticks + step) // (2 * step) * step
    return whole
