"""Values as people say them, and back: decibels, panning, notes' names, musical times, display texts.

The fader's curve is Live's as measured on Live 12.4: dB = 40·v − 34 from 0.4 up, steeper below, −inf at 0. Sends use
the same curve 6 dB lower. What has no formula here is found by asking Live itself: see `parameters`.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from mirror import errors

_FLOOR_DB = -70.0
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?"
_DB = re.compile(rf"({_NUMBER}|-\s*inf)\s*db", re.IGNORECASE)
_PAN = re.compile(r"(\d+(?:\.\d*)?)\s*([lr])", re.IGNORECASE)
_NOTE = re.compile(r"([A-Ga-g])([#b♯♭]?)(-?\d+)")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_BARS = re.compile(r"\|?\s*(\d+)(?:\.(\d+))?(?:\.(\d+(?:\.\d+)?))?")
_LENGTH = re.compile(
    r"(\d+(?:\.\d*)?|\.\d+|\d+\s*/\s*\d+)\s*(bars?|beats?|sixteenths?)?(t|\.)?", re.IGNORECASE
)
_COLOR = re.compile(r"#?([0-9a-fA-F]{6})")


# -- mixer ---------------------------------------------------------------------------------------------------


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
        text = match.group(1).replace(" ", "").casefold()
        db = -math.inf if text == "-inf" else float(text)
        if db > 6.0 - offset_db:
            raise errors.InvalidValue(f"This fader goes up to {6.0 - offset_db:g} dB, got {db:g} dB", value)
        return fader_value(db + offset_db)
    return _between(value, 0.0, 1.0, "A volume as a number", "decibels are text: '-6 dB'")


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
    return _between(value, -1.0, 1.0, "A panning as a number", "as text it is '20L', 'C' or '20R'")


def panning_text(value: float) -> str:
    """As Live shows it: "20L", "C", "50R"."""
    amount = round(abs(value) * 50)
    return "C" if amount == 0 else f"{amount}{'L' if value < 0 else 'R'}"


def _between(value: float, low: float, high: float, what: str, hint: str) -> float:
    if not math.isfinite(value) or not low <= value <= high:
        raise errors.InvalidValue(f"{what} must be between {low} and {high}, got {value}", value, hint=hint)
    return float(value)


# -- notes and times -----------------------------------------------------------------------------------------


def pitch(value: int | str) -> int:
    """A MIDI pitch from 0..127 or from its name; Live calls 60 C3."""
    if isinstance(value, str) and value.strip().lstrip("-").isdigit():
        value = int(value)
    if isinstance(value, str):
        match = _NOTE.fullmatch(value.strip())
        if match is None:
            raise errors.InvalidValue("A pitch is 0 to 127 or a name such as C3 (60), F#1, Bb-1", value)
        letter, sign, octave = match.groups()
        number = (int(octave) + 2) * 12 + _STEPS[letter.upper()]
        number += {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[sign]
    else:
        number = value
    if not 0 <= number <= 127:
        raise errors.InvalidValue(f"A pitch must be between 0 (C-2) and 127 (G8), got {value}", value)
    return number


def pitch_name(number: int) -> str:
    """60 → "C3", as Live names it."""
    return f"{_NAMES[number % 12]}{number // 12 - 2}"


def bars(beats: float, numerator: int, denominator: int) -> str:
    """A song time as Live shows it, bars.beats.sixteenths, each from 1."""
    beat = 4.0 / denominator
    whole, rest = divmod(beats, numerator * beat)
    count, rest = divmod(rest, beat)
    return f"{int(whole) + 1}.{int(count) + 1}.{int(rest / 0.25) + 1}"


def position(value: float | str, numerator: int, denominator: int) -> float:
    """A song time in beats (quarters), from itself or from bars.beats.sixteenths: "5", "5.1", "|5.1.1".

    Text counts bars from 1 in the given signature.
    """
    if not isinstance(value, str):
        if not math.isfinite(value):
            raise errors.InvalidValue(f"A time must be a finite number of beats, got {value}", str(value))
        return float(value)
    match = _BARS.fullmatch(value.strip())
    if match is None:
        raise errors.InvalidValue(
            "A time is a number of beats, or bars.beats.sixteenths such as '5.1.1'", value
        )
    beat = 4.0 / denominator
    bar, count = int(match.group(1)), int(match.group(2) or 1)
    sixteenth = float(match.group(3) or 1)
    if bar < 1 or not 1 <= count <= numerator or not 1 <= sixteenth < 1 + beat / 0.25:
        raise errors.InvalidValue(
            f"In {numerator}/{denominator} beats go from 1 to {numerator}, "
            f"sixteenths from 1 to {max(1, int(beat / 0.25))}",
            value,
        )
    return (bar - 1) * numerator * beat + (count - 1) * beat + (sixteenth - 1) * 0.25


def length(value: float | str, numerator: int, denominator: int) -> float:
    """A duration in beats (quarters), above 0: a number, "2 bars", "3 beats", "1/8", "1/8t", "1/8."."""
    if isinstance(value, str):
        match = _LENGTH.fullmatch(value.strip())
        if match is None or (match.group(3) and "/" not in match.group(1)):
            raise errors.InvalidValue(
                "A length is a number of beats, or such as '2 bars', '1/8', '1/8t'", value
            )
        amount, unit = match.group(1), (match.group(2) or "").casefold()
        if "/" in amount:
            above, below = (int(part) for part in amount.split("/"))
            beats = 4.0 * above / below if below else 0.0
            beats *= {"t": 2 / 3, ".": 1.5}.get((match.group(3) or "").casefold(), 1.0)
        else:
            beats = float(amount)
        if unit.startswith("bar"):
            # "1/2 bar" is half a bar, not half a whole note's bars.
            beats = (beats / 4.0 if "/" in amount else beats) * numerator * 4.0 / denominator
        elif unit.startswith("beat"):
            beats = (beats / 4.0 if "/" in amount else beats) * 4.0 / denominator
        elif unit.startswith("six"):
            beats = (beats / 4.0 if "/" in amount else beats) * 0.25
    else:
        beats = float(value)
    if not math.isfinite(beats) or beats <= 0:
        raise errors.InvalidValue(f"A length must be above 0 beats, got {value}", str(value))
    return beats


# -- colours -------------------------------------------------------------------------------------------------


def color(value: int | str) -> int:
    """A colour as Live counts it, 0 to 0xFFFFFF; "#ff3636" is understood. Live takes the nearest it has."""
    if isinstance(value, str):
        match = _COLOR.fullmatch(value.strip())
        if match is None:
            raise errors.InvalidValue("A color is 0 to 16777215, or a text such as '#ff3636'", value)
        return int(match.group(1), 16)
    return int(_between(value, 0, 0xFFFFFF, "A color", "as text it is '#rrggbb'"))


def color_text(value: int) -> str:
    """16711680 → "#ff0000"."""
    return f"#{value:06x}"


# -- display texts -------------------------------------------------------------------------------------------


class Quantity(NamedTuple):
    """What a display text says: `amount` in `unit`; unit "" when none is written."""

    amount: float
    unit: str


_UNITS = {
    "hz": ("Hz", 1.0),
    "khz": ("Hz", 1000.0),
    "us": ("s", 1e-6),
    "µs": ("s", 1e-6),
    "ms": ("s", 1e-3),
    "s": ("s", 1.0),
    "sec": ("s", 1.0),
    "min": ("s", 60.0),
    "db": ("dB", 1.0),
    "%": ("%", 1.0),
    "st": ("st", 1.0),
    "semitones": ("st", 1.0),
    "ct": ("st", 0.01),
    "cents": ("st", 0.01),
    "°": ("°", 1.0),
    "deg": ("°", 1.0),
    "bpm": ("bpm", 1.0),
    "x": ("x", 1.0),
    "oct": ("oct", 1.0),
    "": ("", 1.0),
}
_QUANTITY = re.compile(rf"({_NUMBER}|[+-]?\s*inf)\s*([a-zµ%°]*)", re.IGNORECASE)
_RATIO = re.compile(rf"({_NUMBER}|inf)\s*:\s*({_NUMBER})", re.IGNORECASE)


def quantity(text: str) -> Quantity | None:
    """What a display text of Live's says; None when it is words.

    "2.50 kHz" and "2500 Hz" are the same, as are "20L" and −20 in pan, "4.00 : 1" and 4 in ratio.
    """
    text = text.strip().replace("−", "-").replace(",", "")
    if text.casefold() in ("c", "center", "centre"):
        return Quantity(0.0, "pan")
    pan = _PAN.fullmatch(text)
    if pan is not None:
        return Quantity(float(pan.group(1)) * (-1 if pan.group(2).casefold() == "l" else 1), "pan")
    ratio = _RATIO.fullmatch(text)
    if ratio is not None and float(ratio.group(2)):
        return Quantity(float(ratio.group(1)) / float(ratio.group(2)), "ratio")
    match = _QUANTITY.fullmatch(text)
    if match is None or match.group(2).casefold() not in _UNITS:
        return None
    unit, factor = _UNITS[match.group(2).casefold()]
    return Quantity(float(match.group(1).replace(" ", "")) * factor, unit)
