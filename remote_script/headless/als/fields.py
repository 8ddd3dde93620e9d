"""Reads values out of elements: `<Name Value="…" />` as text, number, whole number or flag.

A part that is not there answers the default. A part that is there must make sense: what is no number, not
finite or outside its limits is a `SetFileError`, because a Set with one such value cannot be trusted.
"""

from __future__ import annotations

import math
from typing import Iterator, Optional, Tuple
from xml.etree.ElementTree import Element

from .errors import SetFileError

LONGEST_BEATS = 1e7
"""Beats; Live's own timeline ends at 1,576,800."""
_ADVICE = "Open the Set in Live and save it again; if Live shows the value, report the file."

TRUE, FALSE = "true", "false"


def attribute(element: Optional[Element], path: str, name: str = "Value") -> Optional[str]:
    """The text of an attribute, or None when the part is missing."""
    if element is None:
        return None
    found = element.find(path) if path else element
    return None if found is None else found.get(name)


def text(element: Optional[Element], path: str, default: str = "") -> str:
    found = attribute(element, path)
    return default if found is None else found


def to_number(written: str, where: str, low: float = -math.inf, high: float = math.inf) -> float:
    """`written` as a finite number within the limits. SetFileError when it is not."""
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or not low <= number <= high:
        limits = ""
        if low > -math.inf or high < math.inf:
            limits = " between %g and %g" % (low, high)
        raise SetFileError("%s must be a number%s" % (where, limits), repr(written[:40]), _ADVICE)
    return number


def number(
    element: Optional[Element],
    path: str,
    default: float = 0.0,
    low: float = -math.inf,
    high: float = math.inf,
) -> float:
    found = attribute(element, path)
    return default if found is None else to_number(found, _name(element, path), low, high)


def beats(element: Optional[Element], path: str, default: float = 0.0) -> float:
    return number(element, path, default, -LONGEST_BEATS, LONGEST_BEATS)


def to_whole(written: str, where: str, low: int = -(2**63), high: int = 2**63) -> int:
    try:
        whole = int(written) if len(written) < 25 else high + 1
    except ValueError:
        whole = high + 1
    if not low <= whole <= high:
        raise SetFileError(
            "%s must be a whole number between %d and %d" % (where, low, high), repr(written[:40]), _ADVICE
        )
    return whole


def whole(
    element: Optional[Element], path: str, default: int = 0, low: int = -(2**63), high: int = 2**63
) -> int:
    found = attribute(element, path)
    return default if found is None else to_whole(found, _name(element, path), low, high)


def flag(element: Optional[Element], path: str, default: bool = False) -> bool:
    found = attribute(element, path)
    if found is None:
        return default
    if found not in (TRUE, FALSE):
        raise SetFileError("%s must be true or false" % _name(element, path), repr(found[:40]), _ADVICE)
    return found == TRUE


def children(element: Optional[Element], path: str) -> Iterator[Element]:
    """The elements inside the part at `path`; none when it is missing."""
    found = None if element is None else element.find(path)
    return iter(() if found is None else found)


def signature(code: int) -> Tuple[int, int]:
    """Numerator and denominator from Live's code: 201 is 4/4."""
    if not 0 <= code <= 494:
        raise SetFileError("a time signature's code must be between 0 and 494", code, _ADVICE)
    return code % 99 + 1, 2 ** (code // 99)


def _name(element: Optional[Element], path: str) -> str:
    return "/".join(part for part in ("" if element is None else element.tag, path) if part)
