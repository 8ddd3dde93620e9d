"""Names and laws for parameters without a dump, derived from the Set file.

All results are guesses: a name is the XML tag split into words; a range is that of a controller mapping, which is
the whole range unless the user narrowed the mapping; the unit follows from the range and the tag's words.
"""

from __future__ import annotations

import math
import re
from typing import Container, Optional, Tuple

from .laws import SMALLEST_FACTOR, Law

ON_OFF = ("Off", "On")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LOG_FROM = 50.0
"""A range that spans more than this factor is taken for logarithmic."""


def guess_name(path: str, used: Container[str] = ()) -> str:
    """A name for the parameter at `path` that is not among `used`: "Filter/Slot/Value/Freq" is "Freq"."""
    parts = [part for part in path.split("/") if part not in ("Slot", "Value")]
    name = ""
    while parts:
        words = " ".join(_WORDS.findall(parts.pop().replace("_", " ")))
        name = (words + " " + name).strip()
        if name and name not in used:
            return name
    return name or path


def guess_law(path: str, filed: str, limits: Optional[Tuple[float, float]], is_continuous: bool) -> Law:
    """A law for the parameter at `path` that has the value `filed` and is mapped to `limits` in the file."""
    if filed in ("true", "false"):
        return Law("", 0.0, 1.0, ON_OFF, False, False)
    number = float(filed)
    low, high = (min(limits), max(limits)) if limits else (0.0, max(1.0, number))
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, max(1.0, number)
    if not is_continuous:
        low, high = 0.0, float(round(max(high, number, 1.0)))
        items = tuple(str(index) for index in range(int(min(high, 127)) + 1)) if number >= 0 else ()
        return Law("", min(low, number), high, items, False, False)
    low, high = min(low, number), max(high, number)
    if high <= low:
        high = low + 1.0
    tag = path.rsplit("/", 1)[-1].lower()
    if 0.0 < low <= SMALLEST_FACTOR * 1.01:
        return _factor(high)
    if low > 0.0 and high / low >= _LOG_FROM:
        return Law("%s:log:%.9g:%.9g" % (_unit(tag), low, high), 0.0, 1.0, (), False, False)
    return Law(_linear_unit(tag, low, high), low, high, (), False, False)


def _factor(high: float) -> Law:
    if abs(high - 1.0) < 0.01:
        return Law("send", 0.0, 1.0, (), True, False)
    if abs(high - 1.99526238) < 0.01:
        return Law("volume", 0.0, 1.0, (), True, False)
    return Law("db:lin:-70:%.6g" % (20.0 * math.log10(high)), 0.0, 1.0, (), True, False)


def _unit(tag: str) -> str:
    if "freq" in tag or "cutoff" in tag or tag.endswith("rate"):
        return "hz"
    if any(word in tag for word in ("time", "attack", "release", "decay", "delay")):
        return "ms"
    return ""


def _linear_unit(tag: str, low: float, high: float) -> str:
    if "pan" in tag and low == -high and high in (1.0, 50.0):
        return "pan" if high == 1.0 else ""
    if any(word in tag for word in ("wet", "amount", "feedback", "depth")) and high <= 1.0 and low >= -1.0:
        return "percent"
    if "gain" in tag and 6.0 <= high <= 40.0:
        return "db"
    if any(word in tag for word in ("transpose", "coarse", "semi", "pitch")) and high <= 128.0:
        return "st"
    return ""
