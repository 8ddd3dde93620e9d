"""Finds the display law (see `display`) under which values show the texts that a real Live showed for them.

`fit` tries known laws first and invents a law last; an invented law is marked as a guess. Dumps round values to six
digits, so a value may differ from Live's value by half a unit of the sixth digit.
"""

from __future__ import annotations

import itertools
import math
import re
import struct
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..music import display

Pair = Tuple[float, str]
Range = Tuple[float, float]

ROUNDING = 6e-7
CURVES = ("lin", "log", "pow2", "pow3", "pow4", "pow5", "pow3.33", "spow2", "spow3", "spow3.33", "zlog")
_LOG_FIRST = ("log",) + tuple(curve for curve in CURVES if curve != "log")
_FLOAT = struct.Struct("f")
_NAMES = {
    "%": ("percent",),
    "dB": ("db", "volume", "send", "gain", "amp"),
    "Hz": ("hz",),
    "kHz": ("hz",),
    "ms": ("ms", "s"),
    "s": ("s", "ms"),
    "st": ("st",),
    "ct": ("ct",),
    "°": ("deg",),
    ": 1": ("ratio",),
}
_FADERS = ("volume", "send", "gain")
_PAN = re.compile(r"^(C|\d+[LR])$")
_NOTE = re.compile(r"^[A-G][#♯]?-?\d$")
_KEPT = re.compile(r"^\s*\+?-?[\d.]+")


class Fit(NamedTuple):
    unit: str
    value: Optional[float]
    """The value of the first text in single precision; None if no value of the range shows the text."""
    is_guess: bool


def shows(unit: str, pairs: Sequence[Pair], low: float, high: float) -> bool:
    """True when every value shows its text under this law, within six digits."""
    return all(_settled(unit, value, shown, low, high) is not None for value, shown in pairs)


def _settled(unit: str, value: float, shown: str, low: float, high: float) -> Optional[float]:
    """The 32-bit value next to `value` that shows this text, or None."""
    # The ends of a range are exact in any dump.
    near = 0.0 if value in (low, high) else ROUNDING * max(1.0, high - low)
    for by in (0.0, near / 4, -near / 4, near, -near):
        single: float = _FLOAT.unpack(_FLOAT.pack(min(max(value + by, low), high)))[0]
        if (by == 0.0 or low <= single <= high) and display.text(unit, single, low, high) == shown:
            return single
    return None


def _forms(shown: str) -> Iterator[str]:
    """The possible forms (the part of a law after "~") for such a text."""
    match = re.match(r"^\s*(\+?)-?\d+(?:\.(\d+))?", shown)
    if match is None:
        yield ""
        return
    plus = match.group(1)
    if not plus:
        yield ""
    decimals = str(min(3, len(match.group(2) or "")))
    for digits in ("s", decimals, "p", "w") if decimals != "0" else ("0", "s", "p", "w"):
        yield "~" + plus + digits


def _units(shown: str) -> Iterator[Tuple[str, str]]:
    """Names of units that write such a text, each with its form ("~…")."""
    if shown == display.MINUS_INFINITY:
        for name in _NAMES["dB"]:
            yield name, ""
    elif _PAN.match(shown):
        yield "pan", ""
    elif _NOTE.match(shown):
        yield "note", ""
    elif shown.startswith("1 : "):
        yield "over", ""
    elif re.match(r"^\d+ ?/ ?\d+$", shown) and "  /" not in shown:
        yield "blend", "~0" + re.sub(r"\d", "", shown)
    else:
        suffix = _KEPT.sub("", shown)
        for name in _NAMES.get(suffix.strip(), ()):
            for form in _forms(shown):
                yield name, form
        if suffix.strip() not in _NAMES:
            for form in _forms(shown):
                if form or not suffix:
                    yield "", form + suffix


def _ranges(name: str, filed: Optional[Range]) -> Iterator[Range]:
    """The range in shown numbers, from the range in the file."""
    if filed is None or (name == "db" and 0.0 <= filed[0] < 1e-3):
        return  # The file has a factor, not decibels.
    yield filed
    factors = {"percent": (100.0,), "ms": (1000.0,)}.get(name, ())
    for factor in factors:
        yield filed[0] * factor, filed[1] * factor


def _laws(name: str, form: str, span: Range, filed: Optional[Range], is_same: bool) -> Iterator[str]:
    """Laws of one unit; a file whose range differs from the parameter's indicates a curve."""
    if name in ("hz", "ms") and filed is None and span not in ((0.0, 1.0), (-1.0, 1.0)) and span[1] < 6.0:
        # The value is the number's logarithm.
        yield "%s:log:%.6g:%.6g%s" % (name, 10.0 ** span[0], 10.0 ** span[1], form)
    if is_same:
        yield name + form
    if name in _FADERS or name == "note":
        if not is_same:
            yield name + form
        return
    if name == "pan":
        yield "pan:lin:-50:50"
    if name == "ratio":
        yield "ratio:inv:1:100" + form
    for low, high in _ranges(name, filed):
        for curve in _LOG_FIRST if name == "hz" else CURVES:
            if high > low and (low > 0.0 or not curve.endswith("log")):
                yield "%s:%s:%.6g:%.6g%s" % (name, curve, low, high, form)
    if not is_same:
        yield name + form


def _inverse(unit: str, shown: str, low: float, high: float) -> Optional[float]:
    """The value in the range that shows this text, or None."""
    try:
        value = 0.0 if shown == display.MINUS_INFINITY else display.parse(unit, shown, low, high)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    if isinstance(value, complex) or not math.isfinite(value):
        return None
    return _settled(unit, value, shown, low, high)


_USUAL = {
    "hz": (20.0, 20000.0),
    "ms": (1.0, 10000.0),
    "s": (0.01, 10.0),
    "percent": (0.0, 100.0),
    "db": (-36.0, 36.0),
}
"""Guess: the range of a knob 0..1 whose range no source has."""


def _invented(
    shown: str, value: Optional[float], low: float, high: float, filed: Optional[Range]
) -> Iterator[str]:
    """Laws constructed to show one text at one value."""
    for name, form in _units(shown):
        if name in _FADERS or name in ("pan", "note", "over", "blend"):
            continue
        try:
            number = display.split(shown)[0] if shown[:1] != "-i" else display.SILENCE_DB
        except ValueError:
            continue
        if shown.endswith(" kHz") or (name == "ms" and shown.endswith(" s")):
            number *= 1000.0
        if name == "s" and shown.endswith(" ms"):
            number /= 1000.0
        if not math.isfinite(number):
            continue
        first, last = filed or _USUAL.get(name, (0.0, 1.0))
        if name == "percent" and (filed is None or max(map(abs, filed)) <= 2.0):
            first, last = (-100.0 if low < 0.0 else 0.0), 100.0
        first, last = min(first, number), max(last, number)
        share = None if value is None else (value - low) / (high - low)
        if share is None:
            curve = "log" if name == "hz" and first > 0.0 else "lin"
        elif share <= 0.0:
            first, curve = number, "lin"
        elif share >= 1.0:
            last, curve = number, "lin"
        elif first < number < last:
            curve = "pow%.7g" % (math.log((number - first) / (last - first)) / math.log(share))
        else:
            first, last, curve = number - 1.0 * share, number + 1.0 * (1.0 - share), "lin"
        if last > first:
            yield "%s:%s:%.6g:%.6g%s" % (name, curve, first, last, form)


def fit(
    pairs: Sequence[Pair],
    text: str,
    low: float,
    high: float,
    *,
    filed: Optional[Range] = None,
    known: Sequence[str] = (),
) -> Optional[Fit]:
    """The law for values and their texts; `text` is a text without a known value. None if no law fits."""
    first = pairs[0][1] if pairs else text
    known = list(_dressed(known, first))
    is_same = filed in (None, (low, high))
    if filed is None and known and display.law(known[-1]).curve not in ("", "inv"):
        filed = display.law(known[-1]).low, display.law(known[-1]).high
    laws: List[str] = list(known)
    laws += [law for name, form in _units(first) for law in _laws(name, form, (low, high), filed, is_same)]
    if pairs:
        return _through(pairs, low, high, filed, laws, _invented(first, pairs[0][0], low, high, filed))
    invented = _invented(first, None, low, high, filed)
    for is_guess, units in ((False, known), (True, _likely(laws)), (True, invented)):
        for unit in units:
            value = _inverse(unit, first, low, high) if _is_law(unit) else None
            if value is not None:
                return Fit(unit, value, is_guess)
    return None


def _dressed(known: Sequence[str], shown: str) -> Iterator[str]:
    """Known laws, then each with the digits that the text needs, then its curve in the text's unit."""
    yield from known
    for law in known:
        base = law.partition("~")[0]
        for name, form in _units(shown):
            if display.law(law).unit == name:
                yield base + form
        for name, form in _units(shown):
            if ":" in base and not base.startswith("steps"):
                yield name + base[base.index(":") :] + form


def _through(
    pairs: Sequence[Pair],
    low: float,
    high: float,
    filed: Optional[Range],
    laws: Sequence[str],
    invented: Iterator[str],
) -> Optional[Fit]:
    """The first law that shows all texts: first choice at the exact values, else within their rounding."""
    laws = [law for law in laws if _is_law(law)]
    value, shown = pairs[0]
    exact = [law for law in laws if all(display.text(law, at, low, high) == one for at, one in pairs)]
    for unit in list(laws[:1]) + exact + list(laws):
        if shows(unit, pairs, low, high):
            # One text at an end of the range does not determine the curve.
            is_end = len(pairs) == 1 and value in (low, high) and not unit.startswith("steps")
            open_ended = is_end and (":" in unit or filed not in (None, (low, high)))
            return Fit(unit, _settled(unit, value, shown, low, high), open_ended)
    steps = _steps(pairs, low, high)
    if steps and shows(steps, pairs, low, high):
        return Fit(steps, _settled(steps, value, shown, low, high), False)
    for unit in itertools.chain(invented, _via(pairs, low, high)):
        if _is_law(unit) and shows(unit, pairs, low, high):
            return Fit(unit, _settled(unit, value, shown, low, high), True)
    # No law shows all texts: take the law that shows most of them.
    candidates = laws[:1] + list(_via(pairs, low, high))
    most = max(
        candidates, key=lambda unit: sum(shows(unit, [pair], low, high) for pair in pairs), default=None
    )
    return None if most is None else Fit(most, _settled(most, value, shown, low, high), True)


def _steps(pairs: Sequence[Pair], low: float, high: float) -> str:
    """A law with every text of a range of whole numbers, if the dump has all of them; else ""."""
    texts = {value: shown for value, shown in pairs if float(value).is_integer()}
    numbers = [low + step for step in range(int(high - low) + 1)] if high - low < len(pairs) else []
    if not numbers or any(number not in texts or "|" in texts[number] for number in numbers):
        return ""
    return "steps:%g:%s" % (low, "|".join(texts[number] for number in numbers))


def _via(pairs: Sequence[Pair], low: float, high: float) -> Iterator[str]:
    """Straight lines through several texts. Guess: the values between them."""
    by_share = {(value - low) / (high - low): shown for value, shown in pairs}
    if len(by_share) < 2:
        return
    for name, form in _units(max(by_share.values(), key=len)):
        try:
            points = [(share, display.number_of(name, shown)) for share, shown in sorted(by_share.items())]
        except ValueError:
            continue
        lowest = display.SILENCE_DB if name == "db" else -math.inf
        written = ("%.7g=%.7g" % (share, max(number, lowest)) for share, number in points)
        if name != "amp" and name not in _FADERS:
            yield "%s:via:%s%s" % (name, ";".join(written), form)


def _likely(laws: Sequence[str]) -> Iterator[str]:
    """The laws for a text without a value; first those that use the range in the file."""
    curved = [law for law in laws if ":" in law.partition("~")[0]]
    straight = [law for law in laws if law not in curved]
    for law in curved:
        if ("log:" in law) == law.startswith(("hz", "ms", "s:")):
            yield law
    yield from straight
    yield from curved


def _is_law(unit: str) -> bool:
    try:
        display.law(unit)
    except ValueError:
        return False
    return True
