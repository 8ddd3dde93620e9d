"""Conversions of a script's arguments, as Boost.Python does them: each returns the value or raises TypeError.

`handles` converts instances of Live's own classes. `OVERLOADS` has second signatures of methods.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

# Conversions as Boost.Python does them


def to_bool(value: Any) -> bool:
    if value is None or isinstance(value, int):
        return bool(value)
    raise TypeError


def to_int(value: Any) -> int:
    if isinstance(value, int):
        return int(value)
    raise TypeError


def to_float(value: Any) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    raise TypeError


def to_str(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise TypeError


def instance_of(value: Any, cls: Any) -> Any:
    if not isinstance(value, cls):
        raise TypeError
    return value


OVERLOADS: Dict[Tuple[str, str], Tuple[Tuple[str, Callable[[Any], Any], Any], ...]] = {
    ("ClipSlot", "fire"): (
        ("record_length", to_float, math.inf),
        ("launch_quantization", to_int, None),
        ("force_legato", to_bool, None),
    ),
}
"""A second signature with these optional arguments (reported; the capture has only the first)."""


def overloaded(
    overload: Iterable[Tuple[str, Callable[[Any], Any], Any]],
    positional: Tuple[Any, ...],
    named: Dict[str, Any],
) -> Optional[List[Any]]:
    """The converted arguments in order, with defaults; None when the call does not match this signature."""
    rows = list(overload)
    if len(positional) > len(rows) or any(key not in [row[0] for row in rows] for key in named):
        return None
    values = []
    for index, (key, convert, default) in enumerate(rows):
        if index < len(positional):
            value = positional[index]
        elif key in named:
            value = named[key]
        else:
            values.append(default)
            continue
        try:
            values.append(convert(value))
        except TypeError:
            return None
    return values
