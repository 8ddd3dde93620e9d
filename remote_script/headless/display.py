"""How Live writes a parameter's value, by unit law, and back: `text("volume", 0.85)` is "0.0 dB".

A unit is one of "volume", "send", "pan", "db", "hz", "ms", "s", "percent", "st", "ct", "int", "note",
"ratio", "deg", "x", "gain" and "" (a plain number). With "hz", "ms" … the value is the shown number itself;
"percent" of a range within ±2 counts 1.0 as 100 %. "unit:CURVE:LOW:HIGH" says that the parameter's own range
runs from LOW to HIGH of that unit, as with an EQ's frequency knob 0..1; the curve is lin, log, powP (the
share to the power P) or inv (1 / (1 − share): a compressor's ratio). "gain" is a fader that ends at +24 dB.
Faders are measured on Live 12.4.5 (one decimal); device texts have three significant digits (reported).
Guess: the texts of x, deg, ratio and fractions of a percent.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple, Tuple

from ..SetMirror.scales import note_name, pitch_of

MINUS_INFINITY = "-inf dB"
SILENCE_DB = -70.0
"""Where Live's faders and gain knobs end; shown as minus infinity."""
UNITS = (
    "volume",
    "send",
    "pan",
    "db",
    "hz",
    "ms",
    "s",
    "percent",
    "st",
    "ct",
    "int",
    "note",
    "ratio",
    "deg",
    "x",
    "gain",
    "",
)

# The fader: linear above 0.4, a parabola down to 0.15, a power below. Fitted by its users to what Live shows;
# the power's factors are chosen to meet the parabola at 0.15 and to give -48.6 dB at 0.1, as measured.
_LINEAR_FROM, _PARABOLA_FROM = 0.4, 0.15


def _parabola(value: float) -> float:
    return -((399.751894 * value - 201.871345) ** 2 + 12630.61132) / 799.503788


_POWER = math.log((_parabola(_PARABOLA_FROM) + 70.0) / 21.44) / math.log(1.5)
_FACTOR = 21.44 * 10.0**_POWER


def fader_to_db(value: float) -> float:
    """Decibels of a track volume 0..1; -inf at 0."""
    if value >= _LINEAR_FROM:
        return 40.0 * value - 34.0
    if value >= _PARABOLA_FROM:
        return _parabola(value)
    if value <= 0.0:
        return -math.inf
    return float(_FACTOR * value**_POWER - 70.0)


def db_to_fader(decibels: float) -> float:
    """The track volume that shows as `decibels`, 0..1 for -70 dB and less up to +6 dB."""
    if decibels >= fader_to_db(_LINEAR_FROM):
        return (decibels + 34.0) / 40.0
    if decibels >= fader_to_db(_PARABOLA_FROM):
        return (201.871345 - math.sqrt(max(0.0, -decibels * 799.503788 - 12630.61132))) / 399.751894
    if decibels <= -70.0:
        return 0.0
    return float(((decibels + 70.0) / _FACTOR) ** (1.0 / _POWER))


def gain_to_db(gain: float) -> float:
    """Decibels of a clip's gain 0..1: 0.4 is 0 dB, 1.0 is +24 dB.

    Guess: below 0.4 it is a fader up to 0 dB.
    """
    if gain >= 0.4:
        return 40.0 * (gain - 0.4)
    return fader_to_db(max(0.0, gain) / 0.4 * 0.85)


def gain_text(gain: float) -> str:
    """A clip's gain as `gain_display_string` says it."""
    return _one_decimal_db(gain_to_db(gain))


def significant(number: float) -> str:
    """Three significant digits, at most three decimals: "-0.811", "-6.00", "12.3", "440", and "0.00" for
    nothing.
    """
    size = abs(number)
    for decimals, below in ((3, 1.0), (2, 10.0), (1, 100.0)):
        if round(size, decimals) < below:
            break
    else:
        decimals = 0
    if round(size, decimals) == 0.0:
        return "0.00"
    return "%.*f" % (decimals, number)


def _one_decimal_db(decibels: float) -> str:
    if decibels <= SILENCE_DB:
        return MINUS_INFINITY
    return "%.1f dB" % (round(decibels, 1) + 0.0)


_GAIN_ABOVE_FADER = 18.0
"""A side-chain's gain reads 0.4 at 0 dB and 1.0 at +24 dB (seen in Live 12): a fader shifted."""


class Law(NamedTuple):
    unit: str
    curve: str
    low: float
    high: float


@lru_cache(maxsize=4096)
def law(unit: str) -> Law:
    """The parts of a unit. ValueError when it is none."""
    name, _, rest = unit.partition(":")
    if name not in UNITS:
        raise ValueError("a unit must be one of %s, got %r" % (", ".join(repr(u) for u in UNITS), unit))
    if not rest:
        return Law(name, "", 0.0, 0.0)
    curve, low, high = rest.split(":")
    if curve not in ("lin", "log", "inv") and not curve.startswith("pow"):
        raise ValueError("a unit's curve must be lin, log, inv or powP, got %r" % unit)
    return Law(name, curve, float(low), float(high))


def _bent(parts: Law, share: float) -> float:
    if parts.curve == "log":
        return parts.low * float((parts.high / parts.low) ** share)
    if parts.curve == "inv":
        return math.inf if share >= 1.0 else 1.0 / (1.0 - share)
    if parts.curve.startswith("pow"):
        share = float(max(0.0, share) ** float(parts.curve[3:]))
    return parts.low + (parts.high - parts.low) * share


def _straightened(parts: Law, number: float) -> float:
    if parts.curve == "log":
        return math.log(number / parts.low) / math.log(parts.high / parts.low)
    if parts.curve == "inv":
        return 1.0 - 1.0 / number
    share = (number - parts.low) / (parts.high - parts.low)
    if parts.curve.startswith("pow"):
        share = float(max(0.0, share) ** (1.0 / float(parts.curve[3:])))
    return share


def shown_number(unit: str, value: float, minimum: float = 0.0, maximum: float = 1.0) -> float:
    """The number that Live's interface shows for `value`, without unit (Hz, not kHz)."""
    parts = law(unit)
    if parts.curve:
        share = (value - minimum) / (maximum - minimum) if maximum > minimum else 0.0
        return _bent(parts, share)
    if parts.unit == "gain":
        return max(SILENCE_DB, fader_to_db(value) + _GAIN_ABOVE_FADER)
    if parts.unit == "volume":
        return max(SILENCE_DB, fader_to_db(value))
    if parts.unit == "send":
        return max(SILENCE_DB, fader_to_db(value) - 6.0)
    if parts.unit == "pan":
        return value * 50.0
    if parts.unit == "percent" and minimum >= -2.0 and maximum <= 2.0:
        return value * 100.0
    return value


def value_of_number(unit: str, number: float, minimum: float = 0.0, maximum: float = 1.0) -> float:
    """The value that shows as `number`: the other way round of `shown_number`."""
    parts = law(unit)
    if parts.curve:
        return minimum + (maximum - minimum) * _straightened(parts, number)
    if parts.unit == "gain":
        return db_to_fader(number - _GAIN_ABOVE_FADER)
    if parts.unit == "volume":
        return db_to_fader(number)
    if parts.unit == "send":
        return db_to_fader(number + 6.0)
    if parts.unit == "pan":
        return number / 50.0
    if parts.unit == "percent" and minimum >= -2.0 and maximum <= 2.0:
        return number / 100.0
    return number


def _pan(number: float) -> str:
    steps = math.floor(abs(number) + 0.5)
    if steps == 0:
        return "C"
    return "%d%s" % (steps, "L" if number < 0 else "R")


def _scaled(number: float, small: str, large: str) -> str:
    if round(abs(number), 0) >= 1000.0:
        return "%s %s" % (significant(number / 1000.0), large)
    return "%s %s" % (significant(number), small)


def text(unit: str, value: float, minimum: float = 0.0, maximum: float = 1.0) -> str:
    """What `str_for_value` answers for `value` of a parameter in `minimum`..`maximum` with this unit."""
    name = law(unit).unit
    number = shown_number(unit, value, minimum, maximum)
    if name in ("volume", "send", "gain"):
        return _one_decimal_db(number)
    if name == "pan":
        return _pan(number)
    if name == "db":
        return MINUS_INFINITY if number <= SILENCE_DB else "%s dB" % significant(number)
    if name == "hz":
        return _scaled(number, "Hz", "kHz")
    if name == "ms":
        return _scaled(number, "ms", "s")
    if name == "s":
        return _scaled(number * 1000.0, "ms", "s")
    if name == "percent":
        return "%.*f %%" % (1 if round(abs(number), 1) < 10.0 else 0, round(number, 1) + 0.0)
    if name in ("st", "ct"):
        whole = float(number).is_integer()
        return "%s %s" % ("%d" % number if whole else "%.2f" % number, name)
    if name == "int":
        return "%d" % round(number)
    if name == "note":
        return note_name(round(number))
    if name == "ratio":
        return "inf : 1" if number == math.inf else "%s : 1" % significant(number)
    if name == "deg":
        return "%d°" % round(number)
    if name == "x":
        return "%sx" % significant(number)
    return significant(number)


_NUMBER = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+|inf))\s*(.*?)\s*$", re.IGNORECASE)
_FACTORS = {
    ("hz", "khz"): 1000.0,
    ("ms", "s"): 1000.0,
    ("s", "ms"): 0.001,
}


def _split(written: str) -> Tuple[float, str]:
    match = _NUMBER.match(written)
    if match is None:
        raise ValueError("not a value: %r" % written)
    return float(match.group(1)), match.group(2).lower()


def parse(unit: str, written: str, minimum: float = 0.0, maximum: float = 1.0) -> float:
    """The value that `written` names, as far as its digits tell; not limited to the range.

    Raises:
      ValueError: `written` is not a value of this unit.
    """
    name = law(unit).unit
    if name == "note":
        return value_of_number(unit, float(pitch_of(written)), minimum, maximum)
    if name == "pan" and written.strip().upper() == "C":
        return value_of_number(unit, 0.0, minimum, maximum)
    number, suffix = _split(written)
    if name == "pan" and suffix in ("l", "r"):
        number = -number if suffix == "l" else number
    return value_of_number(unit, number * _FACTORS.get((name, suffix), 1.0), minimum, maximum)


def internal_value(unit: str, value: float, minimum: float = 0.0, maximum: float = 1.0) -> float:
    """The value in the engine's own unit, as `EnvelopeEvent.value` has it: Hz, linear gain.

    Measured for frequencies and volume. Guess: everything else stays the shown number.
    """
    parts = law(unit)
    number = shown_number(unit, value, minimum, maximum)
    if parts.unit in ("volume", "send", "gain"):
        return 0.0 if number <= SILENCE_DB else float(10.0 ** (number / 20.0))
    if parts.unit in ("pan", "percent"):
        return value
    return number
