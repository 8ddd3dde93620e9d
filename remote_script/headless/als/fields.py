"""Reads values out of elements: `<Name Value="…" />` as text, number, whole number or flag.

For a missing part the functions return the default. For a value that is unreadable, not finite or outside its limits
they return the nearest value within the limits, or the default if there is none, and count a warning (`notices`).
"""

from __future__ import annotations

import math
from typing import Iterator, Optional, Tuple
from xml.etree.ElementTree import Element

from . import notices

LONGEST_BEATS = 1e7
"""Beats; Live's own timeline ends at 1,576,800."""
_SHOWN = 40

TRUE, FALSE = "true", "false"


def attribute(element: Optional[Element], path: str, name: str = "Value") -> Optional[str]:
    """The text of an attribute, or None when the part is missing."""
    if element is None:
        return None
    part = element.find(path) if path else element
    return None if part is None else part.get(name)


def text(element: Optional[Element], path: str, default: str = "") -> str:
    written = attribute(element, path)
    return default if written is None else written


def to_number(
    written: str, where: str, low: float = -math.inf, high: float = math.inf, default: float = 0.0
) -> float:
    """`written` as a finite number within the limits."""
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if math.isfinite(number) and low <= number <= high:
        return number
    notices.add("value", "%s %r" % (where, written[:_SHOWN]))
    nearest = default if math.isnan(number) else min(max(number, low), high)
    return min(max(nearest if math.isfinite(nearest) else default, low), high)


def number(
    element: Optional[Element],
    path: str,
    default: float = 0.0,
    low: float = -math.inf,
    high: float = math.inf,
) -> float:
    written = attribute(element, path)
    return default if written is None else to_number(written, _name(element, path), low, high, default)


def beats(element: Optional[Element], path: str, default: float = 0.0) -> float:
    return number(element, path, default, -LONGEST_BEATS, LONGEST_BEATS)


def to_whole(written: str, where: str, low: int = -(2**63), high: int = 2**63, default: int = 0) -> int:
    """`written` as a whole number within the limits."""
    try:
        whole: Optional[int] = int(written) if len(written) < 25 else None
    except ValueError:
        whole = None
    if whole is not None and low <= whole <= high:
        return whole
    notices.add("value", "%s %r" % (where, written[:_SHOWN]))
    return min(max(default if whole is None else whole, low), high)


def whole(
    element: Optional[Element], path: str, default: int = 0, low: int = -(2**63), high: int = 2**63
) -> int:
    written = attribute(element, path)
    return default if written is None else to_whole(written, _name(element, path), low, high, default)


def flag(element: Optional[Element], path: str, default: bool = False) -> bool:
    written = attribute(element, path)
    if written is None:
        return default
    if written not in (TRUE, FALSE):
        notices.add("value", "%s %r" % (_name(element, path), written[:_SHOWN]))
        return default
    return written == TRUE


def children(element: Optional[Element], path: str) -> Iterator[Element]:
    """The elements inside the part at `path`; no element for a missing part."""
    part = None if element is None else element.find(path)
    return iter(() if part is None else part)


def signature(code: int) -> Tuple[int, int]:
    """Numerator and denominator from Live's code 0..494: 201 is 4/4."""
    return code % 99 + 1, 2 ** (code // 99)


def _name(element: Optional[Element], path: str) -> str:
    return "/".join(part for part in ("" if element is None else element.tag, path) if part)
