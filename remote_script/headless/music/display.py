"""Converts a parameter's value to Live's text by its display law, and back: `text("volume", 0.85)` is "0.0 dB".

A law is written `UNIT[:CURVE:LOW:HIGH][~DIGITS[SUFFIX]]`. Without a curve the value itself is the shown number
("percent" of a range within ±2 counts 1.0 as 100 %). A curve says that the parameter's range runs from LOW to HIGH
of the unit: lin; log; zlog (log, and nothing at its very bottom: an attack of 0 ms); powP (the share to the power
P); spowP (the same on both sides of the middle); inv (1 / (1 − share): a compressor's ratio).
`UNIT:via:SHARE=NUMBER;…` runs straight from point to point, where texts of a Live fit no curve. DIGITS is 0 to 3
decimals, "s" (three significant digits, at most two decimals), "p" (one decimal below 10, none above) or "w" (none
for a whole number, else two), with "+" in front where Live writes the plus sign; SUFFIX replaces the unit's own.
`steps:FIRST:a|b|c` names the texts of whole numbers from FIRST on.

Faders are measured on Live 12.4.5; digits follow the texts that Live 12.4.6 shows for fresh devices.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Callable, Dict, Iterator, NamedTuple, Sequence, Tuple

from ...SetMirror.contract.scales import note_name, pitch_of

MINUS_INFINITY = "-inf dB"
SILENCE_DB = -70.0
"""The end of Live's faders and gain knobs, shown as minus infinity."""

_DIGITS = {
    "volume": "1",
    "send": "1",
    "gain": "1",
    "amp": "1",
    "pan": "",
    "db": "s",
    "hz": "s",
    "ms": "s",
    "s": "s",
    "percent": "p",
    "st": "w",
    "ct": "w",
    "int": "0",
    "note": "",
    "ratio": "s",
    "over": "2",
    "blend": "0",
    "deg": "p",
    "x": "s",
    "": "s",
}
"""Units → the form of their numbers; "w" writes whole numbers without decimals, others with two decimals.

"amp" is a linear factor shown in decibels, "over" a ratio written "1 : 2.00", "blend" a share written "30/70"."""

_SUFFIXES = {
    "db": " dB",
    "volume": " dB",
    "send": " dB",
    "gain": " dB",
    "amp": " dB",
    "percent": " %",
    "st": " st",
    "ct": " ct",
    "deg": "°",
    "x": "x",
    "blend": "/",
}
_FORM = re.compile(r"^(\+?)([0-3spw]?)(.*)$", re.DOTALL)

# The fader: linear above 0.4, a parabola down to 0.15, a power below. Users fitted this law to Live's texts; the
# power's factors are chosen to meet the parabola at 0.15 and to give -48.6 dB at 0.1, as measured.
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

    Guess: below 0.4 the law is that of a fader up to 0 dB.
    """
    if gain >= 0.4:
        return 40.0 * (gain - 0.4)
    return fader_to_db(max(0.0, gain) / 0.4 * 0.85)


def gain_text(gain: float) -> str:
    """A clip's gain as `gain_display_string` writes it."""
    return _decibels(gain_to_db(gain), law("gain"))


def decibels(factor: float) -> float:
    """Decibels of a linear factor, −inf for 0 and less."""
    return 20.0 * math.log10(factor) if factor > 0.0 else -math.inf


_METER_FLOOR_DB = -69.5


def meter_of(amplitude: float) -> float:
    """A meter's value 0..1 for a linear amplitude: dBFS = 76·raw − 70, so 0 dBFS is 0.921 (measured on 12.4.6)."""
    shown = decibels(amplitude)
    return 0.0 if shown < _METER_FLOOR_DB else min(1.0, (shown + 70.0) / 76.0)


_FADER_TOPS = {"volume": 0.0, "send": -6.0, "gain": 18.0}
"""Decibels above a track's fader. A side-chain's gain reads 0.4 at 0 dB and 1.0 at +24 dB (seen in Live 12)."""


class Law(NamedTuple):
    unit: str
    curve: str = ""
    low: float = 0.0
    high: float = 0.0
    digits: str = ""
    suffix: str = ""
    plus: bool = False
    texts: Tuple[str, ...] = ()
    """The texts of steps, from `low` on."""
    points: Tuple[Tuple[float, float], ...] = ()
    """(share of the range, shown number) in order, for the curve via."""


@lru_cache(maxsize=8192)
def law(written: str) -> Law:
    """The parts of a display law. ValueError for a text that is not a display law."""
    if written.startswith("steps:"):
        _, first, texts = written.split(":", 2)
        return Law("steps", "", float(first), texts=tuple(texts.split("|")))
    unit, _, form = written.partition("~")
    name, _, rest = unit.partition(":")
    if name not in _DIGITS:
        known = ", ".join(repr(unit) for unit in _DIGITS)
        raise ValueError("a unit must be one of %s, got %r" % (known, written))
    matched = _FORM.match(form)
    assert matched is not None
    plus, digits, suffix = matched.groups()
    made = Law(name, "", 0.0, 0.0, digits or _DIGITS[name], suffix or _SUFFIXES.get(name, ""), bool(plus))
    if not rest:
        return made
    if rest.startswith("via:"):
        points = tuple((float(share), float(number)) for share, number in _pairs(rest[len("via:") :]))
        return made._replace(curve="via", low=points[0][1], high=points[-1][1], points=points)
    curve, low, high = rest.split(":")
    if curve not in ("lin", "log", "zlog", "inv") and not re.match(r"^s?pow[\d.]+$", curve):
        raise ValueError("a unit's curve must be lin, log, zlog, inv, powP or spowP, got %r" % written)
    return made._replace(curve=curve, low=float(low), high=float(high))


def _pairs(written: str) -> Iterator[Tuple[str, str]]:
    for pair in written.split(";"):
        share, _, number = pair.partition("=")
        yield share, number


# Values and shown numbers


def _power(base: float, exponent: float) -> float:
    return math.copysign(abs(base) ** exponent, base)


def _between(points: Sequence[Tuple[float, float]], at: float) -> float:
    """The straight line through points in order of their first number; beyond the ends the last one."""
    for (x1, y1), (x2, y2) in zip(points, points[1:]):
        if at <= x2:
            return y1 if x2 <= x1 else y1 + (y2 - y1) * (max(at, x1) - x1) / (x2 - x1)
    return points[-1][1]


def _bent(parts: Law, share: float) -> float:
    curve = parts.curve
    if curve == "via":
        return _between(parts.points, share)
    if curve == "zlog" and share <= 0.0:
        return 0.0
    if curve in ("log", "zlog"):
        return parts.low * float((parts.high / parts.low) ** share)
    if curve == "inv":
        return math.inf if share >= 1.0 else 1.0 / (1.0 - share)
    if curve.startswith("spow"):
        share = (_power(2.0 * share - 1.0, float(curve[4:])) + 1.0) / 2.0
    elif curve.startswith("pow"):
        share = _power(max(0.0, share), float(curve[3:]))
    return parts.low + (parts.high - parts.low) * share


def _straightened(parts: Law, number: float) -> float:
    curve = parts.curve
    if curve == "via":
        return _between(sorted((shown, share) for share, shown in parts.points), number)
    if curve in ("log", "zlog"):
        if number * parts.low <= 0.0:
            return 0.0
        return math.log(number / parts.low) / math.log(parts.high / parts.low)
    if curve == "inv":
        return 1.0 - 1.0 / number
    share = (number - parts.low) / (parts.high - parts.low)
    if curve.startswith("spow"):
        share = (_power(2.0 * share - 1.0, 1.0 / float(curve[4:])) + 1.0) / 2.0
    elif curve.startswith("pow"):
        share = _power(max(0.0, share), 1.0 / float(curve[3:]))
    return share


def shown_number(unit: str, value: float, minimum: float = 0.0, maximum: float = 1.0) -> float:
    """The number that Live's interface shows for `value`, without unit (Hz, not kHz)."""
    return _shown(law(unit), value, minimum, maximum)


def _shown(parts: Law, value: float, minimum: float, maximum: float) -> float:
    if parts.curve:
        share = (value - minimum) / (maximum - minimum) if maximum > minimum else 0.0
        number = _bent(parts, share)
        return decibels(number) if parts.unit == "amp" else number
    if parts.unit in _FADER_TOPS:
        return max(SILENCE_DB, fader_to_db(value) + _FADER_TOPS[parts.unit])
    if parts.unit == "amp":
        return decibels(value)
    if parts.unit == "pan":
        return value * 50.0
    if parts.unit == "blend" or (parts.unit == "percent" and minimum >= -2.0 and maximum <= 2.0):
        return value * 100.0
    return value


def value_of_number(unit: str, number: float, minimum: float = 0.0, maximum: float = 1.0) -> float:
    """The value that shows as `number`: the inverse of `shown_number`."""
    parts = law(unit)
    if parts.unit == "amp":
        number = 10.0 ** (number / 20.0)
    if parts.curve:
        return minimum + (maximum - minimum) * _straightened(parts, number)
    if parts.unit in _FADER_TOPS:
        return db_to_fader(number - _FADER_TOPS[parts.unit])
    if parts.unit == "pan":
        return number / 50.0
    if parts.unit == "blend" or (parts.unit == "percent" and minimum >= -2.0 and maximum <= 2.0):
        return number / 100.0
    return number


# Texts


def written(number: float, digits: str) -> str:
    """A number with these digits; Live chooses the decimals by the exact size: 99.99 becomes "100.0"."""
    size = abs(number)
    if size == math.inf:
        return "inf" if number > 0.0 else "-inf"
    if digits == "s":
        decimals = 2 if size < 10.0 else 1 if size < 100.0 else 0
    elif digits == "p":
        decimals = 1 if size < 10.0 else 0
    elif digits == "w":
        decimals = 0 if float(number).is_integer() else 2
    else:
        decimals = int(digits or "2")
    if number <= 0.0 and round(size, decimals) == 0.0:
        # No minus sign.
        number = 0.0
    return "%.*f" % (decimals, number)


def _decibels(number: float, parts: Law) -> str:
    if number <= SILENCE_DB + 1e-4:
        return MINUS_INFINITY
    return written(number, parts.digits) + parts.suffix


def _pan(number: float, parts: Law) -> str:
    steps = math.floor(abs(number) + 0.5)
    if steps == 0:
        return "C"
    return "%d%s" % (steps, "L" if number < 0 else "R")


def _scaled(number: float, digits: str, suffix: str, small: str, large: str) -> str:
    if suffix:
        return written(number, digits) + suffix
    if abs(number) >= 1000.0:
        return "%s %s" % (written(number / 1000.0, digits), large)
    return "%s %s" % (written(number, digits), small)


def _plain(number: float, parts: Law) -> str:
    sign = "+" if parts.plus and number > 0.0 else ""
    return sign + written(number, parts.digits) + parts.suffix


def _blend(number: float, parts: Law) -> str:
    return "%s%s%s" % (written(100.0 - number, parts.digits), parts.suffix, written(number, parts.digits))


_TEXTS: Dict[str, Callable[[float, Law], str]] = {
    "pan": _pan,
    "hz": lambda number, parts: _scaled(number, parts.digits, parts.suffix, "Hz", "kHz"),
    "ms": lambda number, parts: _scaled(number, parts.digits, parts.suffix, "ms", "s"),
    "s": lambda number, parts: _scaled(number * 1000.0, parts.digits, parts.suffix, "ms", "s"),
    "note": lambda number, parts: note_name(round(number)),
    "ratio": lambda number, parts: "%s : 1" % written(number, parts.digits),
    "over": lambda number, parts: "1 : %s" % written(number, parts.digits),
    "blend": _blend,
    "steps": lambda number, parts: parts.texts[min(max(round(number - parts.low), 0), len(parts.texts) - 1)],
}
for _name in ("volume", "send", "gain", "amp", "db"):
    _TEXTS[_name] = _decibels


def text(unit: str, value: float, minimum: float = 0.0, maximum: float = 1.0) -> str:
    """The text of `str_for_value` for `value` of a parameter in `minimum`..`maximum` with this law."""
    parts = law(unit)
    return _TEXTS.get(parts.unit, _plain)(_shown(parts, value, minimum, maximum), parts)


_NUMBER = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+|inf))\s*(.*?)\s*$", re.IGNORECASE)
_FACTORS = {
    ("hz", "khz"): 1000.0,
    ("ms", "s"): 1000.0,
    ("s", "ms"): 0.001,
}


def split(shown: str) -> Tuple[float, str]:
    """The number at the beginning of `shown`, and the rest. ValueError for a text without a number there."""
    match = _NUMBER.match(shown)
    if match is None:
        raise ValueError("not a value: %r" % shown)
    return float(match.group(1)), match.group(2)


def number_of(unit: str, shown: str) -> float:
    """The number in a shown text, in the base unit: 2500.0 for "2.50 kHz". ValueError for a text without a number."""
    parts = law(unit)
    if parts.unit == "note":
        return float(pitch_of(shown))
    if parts.unit == "steps":
        if shown not in parts.texts:
            raise ValueError("not a value: %r" % shown)
        return parts.low + parts.texts.index(shown)
    if parts.unit == "pan" and shown.strip().upper() == "C":
        return 0.0
    if parts.unit == "over":
        shown = shown.split(":")[-1]
    elif parts.unit == "blend":
        shown = shown.split(parts.suffix.strip() or "/")[-1]
    number, suffix = split(shown)
    if parts.unit == "pan" and suffix.upper() == "L":
        number = -number
    return number * _FACTORS.get((parts.unit, suffix.lower()), 1.0)


def parse(unit: str, shown: str, minimum: float = 0.0, maximum: float = 1.0) -> float:
    """The value that `shown` names, as exact as its digits; not limited to the range.

    Raises:
      ValueError: `shown` is not a value of this unit.
    """
    return value_of_number(unit, number_of(unit, shown), minimum, maximum)


def has_number(unit: str) -> bool:
    """False for steps that show words or note values: `display_value` raises on those (measured on 12.4.6)."""
    return law(unit).unit != "steps"


def internal_value(unit: str, value: float, minimum: float = 0.0, maximum: float = 1.0) -> float:
    """The value in the engine's own unit, as `EnvelopeEvent.value` has it: Hz, linear gain.

    Measured for frequencies and volume. Guess: everything else stays the shown number.
    """
    parts = law(unit)
    number = shown_number(unit, value, minimum, maximum)
    if parts.unit in ("volume", "send", "gain", "amp"):
        return 0.0 if number <= SILENCE_DB else float(10.0 ** (number / 20.0))
    if parts.unit in ("pan", "percent"):
        return value
    return number
