"""Values as people say them, and back: decibels, panning, and choices by name.

The fader's curve is Live's as measured on Live 12.4: dB = 40·v − 34 from 0.4 up, steeper below, −inf at 0. Sends use
the same curve 6 dB lower.
"""

from __future__ import annotations

import math
import re

from mirror import errors

_FLOOR_DB = -70.0
_DB = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+|inf))\s*db", re.IGNORECASE)
_PAN = re.compile(r"(\d+(?:\.\d*)?)\s*([lr])", re.IGNORECASE)


def fader_db(value: float) -> float:
    """Decibels of a fader at `value` 0..1; −inf at 0."""
    if value >= 0.4:
        return 40.0 * value - 34.0
    if value >= 0.15:
        return -(((399.751894 * value - 201.871345) ** 2 + 12630.61132) / 799.503788)
    return 118.426374 * value**0.741871 - 70.0 if value > 0.0 else -math.inf


def fader_value(db: float) -> float:
    """Where a fader stands at `db`: up to +6, 0 from −70 down. Found by bisection: the curve only rises."""
    if db > 6.0:
        raise errors.InvalidValue(f"A volume goes up to 6 dB, got {db:g} dB", db)
    if db <= _FLOOR_DB:
        return 0.0
    if db >= -18.0:
        return (db + 34.0) / 40.0
    low, high = 0.0, 0.4
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if fader_db(middle) < db else (low, middle)
    return high


def volume(value: float | str, *, offset_db: float = 0.0) -> float:
    """A fader's value from 0..1 or from decibels ("-6 dB", "-inf dB").

    Args:
      offset_db: What the parameter's texts stand below a track's fader: 6 for sends.
    """
    if isinstance(value, str):
        match = _DB.fullmatch(value.strip())
        if match is None:
            raise errors.InvalidValue("A volume is 0.0 to 1.0, or decibels such as '-6 dB'", value)
        return fader_value(float(match.group(1)) + offset_db)
    return _between(value, 0.0, 1.0, "A volume")


def panning(value: float | str) -> float:
    """−1..1 from itself or from Live's text: "50L" is hard left, "C" the centre."""
    if isinstance(value, str):
        text = value.strip()
        if text.casefold() in ("c", "centre", "center"):
            return 0.0
        match = _PAN.fullmatch(text)
        if match is None or float(match.group(1)) > 50:
            raise errors.InvalidValue(
                "A panning is -1.0 to 1.0, or a text from '50L' over 'C' to '50R'", value
            )
        amount = float(match.group(1)) / 50.0
        return -amount if match.group(2).casefold() == "l" else amount
    return _between(value, -1.0, 1.0, "A panning")


def _between(value: float, low: float, high: float, what: str) -> float:
    if not math.isfinite(value) or not low <= value <= high:
        raise errors.InvalidValue(f"{what} must be between {low} and {high}, got {value}", value)
    return float(value)


def bars(beats: float, numerator: int, denominator: int) -> str:
    """A song time as Live shows it, bars.beats.sixteenths, each from 1."""
    beat = 4.0 / denominator
    whole, rest = divmod(beats, numerator * beat)
    count, rest = divmod(rest, beat)
    return f"{int(whole) + 1}.{int(count) + 1}.{int(rest / 0.25) + 1}"
