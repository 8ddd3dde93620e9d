"""How reads show values, and how writes accept the same forms: one rule for all reads and writes.

A choice is shown by its label, an object by its ref, every other value unchanged. Writes accept a value in the form
that reads show, and also the number or the id behind it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from typing import Any

from remote_script.SetMirror.contract import schema

from .store import Store

_COLOR = re.compile(r"#?([0-9a-fA-F]{6})")
_SHORT_COLOR = re.compile(r"#([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])")
COLORS = {
    "red": 0xFF0000,
    "orange": 0xFFA500,
    "yellow": 0xFFFF00,
    "lime": 0x00FF00,
    "green": 0x008000,
    "teal": 0x008080,
    "turquoise": 0x40E0D0,
    "cyan": 0x00FFFF,
    "blue": 0x0000FF,
    "navy": 0x000080,
    "purple": 0x800080,
    "violet": 0xEE82EE,
    "magenta": 0xFF00FF,
    "pink": 0xFFC0CB,
    "brown": 0xA52A2A,
    "gold": 0xFFD700,
    "black": 0x000000,
    "white": 0xFFFFFF,
    "gray": 0x808080,
    "grey": 0x808080,
}
"""The names of colours that people use, as CSS has them."""


_FOLLOWING = ("available_", "can_")
"""Prefixes of properties that always follow from other properties, such as menus that list the tracks' names."""


def follows(name: str) -> bool:
    """True for a property that nobody changes: Live derives its value from other properties."""
    return name.startswith(_FOLLOWING)


_FLOAT = struct.Struct("f")
NOTHING = 1e-6
"""A number nearer to 0 is shown as 0: it is the rounding error of a 32-bit sum, and no control of Live's shows it."""
_NUMBER = re.compile(r"[-−+]?\d+(?:\.\d+)?")


def neat(value: float, text: str = "") -> float:
    """The number with the fewest digits that is the same 32-bit float: 0.7 for 0.699999988079071.

    Args:
      text: Live's display text, such as "-14.0 dB": its number is used if it differs only by 32-bit rounding.
    """
    match = _NUMBER.match(text)
    if match is not None:
        shown = float(match[0].replace("−", "-"))
        if abs(shown - value) <= 1e-5 * max(1.0, abs(shown)):
            return shown
    if abs(value) < NOTHING:
        return 0.0
    try:
        packed = _FLOAT.pack(value)
    except OverflowError:
        return value
    for digits in (6, 7, 8):
        short = float(f"{value:.{digits}g}")
        if _FLOAT.pack(short) == packed:
            return short
    return value


def row(type_: str, name: str) -> schema.Property | None:
    """The table's row of a property; None when the table does not know it."""
    return schema.properties(type_).get(name) if type_ in schema.CLASSES else None


def shown(store: Store, type_: str, name: str, value: Any, gone: Mapping[int, str] | None = None) -> Any:
    """A property's value in the form of reads.

    Args:
      gone: Last refs of deleted objects by id; other deleted objects are shown by their id.
    """
    prop = row(type_, name)
    if prop is None or value is None:
        return value
    if prop.labels:
        return prop.labels.get(value, value) if isinstance(value, int | float) else value
    if prop.type == "ref":
        return _ref(store, value, gone or {})
    if prop.type == "refs" and isinstance(value, tuple | list):
        return [_ref(store, id_, gone or {}) for id_ in value]
    return value


LONGEST_TEXT = 400
"""Characters of a text in an answer; what the client wrote itself need not come back whole."""


def answered(type_: str, name: str, value: Any) -> Any:
    """A shown value as answers and lines of changes write it: colours as "#ff3636", long texts cut."""
    prop = row(type_, name)
    if prop is not None and prop.unit == "rgb" and isinstance(value, int):
        return f"#{value:06x}"
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[:LONGEST_TEXT]}… ({len(value)} characters)"
    return value


def color(text: str, otherwise: Any = None) -> Any:
    """The number of a colour that is written "#ff3636", "ff3636", "#f33" or "red"; `otherwise` for another text."""
    text = text.strip()
    if (short := _SHORT_COLOR.fullmatch(text)) is not None:
        return int("".join(digit * 2 for digit in short.groups()), 16)
    match = _COLOR.fullmatch(text)
    return COLORS.get(text.casefold(), otherwise) if match is None else int(match[1], 16)


def color_name(number: int) -> str:
    """The named colour nearest to a number: Live shows the nearest one of its palette for any colour that is set."""

    def distance(name: str) -> int:
        named = COLORS[name]
        return sum(((number >> bits & 255) - (named >> bits & 255)) ** 2 for bits in (0, 8, 16))

    return min(COLORS, key=distance)


_SHOWN = {"green": 0x3DC300, "blue": 0x1A2F96, "purple": 0xCC2E6E}
"""Names of colours for which Live's palette has only a colour that is nearer to another name."""


def is_color(number: int, name: str) -> bool:
    """True for the colours that a name means: those nearest to it, and the one that Live shows when it is set."""
    return color_name(number) == name or _SHOWN.get(name) == number


def _ref(store: Store, id_: Any, gone: Mapping[int, str]) -> Any:
    if not isinstance(id_, int):
        return id_
    return store.ref(id_) if id_ in store.nodes else gone.get(id_, id_)


def rows(name: str, class_: str = "") -> list[schema.Property]:
    """The rows of all classes that have a property of this name; with `class_` of it, its bases and its subclasses."""
    return [
        row.properties[name]
        for type_, row in schema.CLASSES.items()
        if name in row.properties and (not class_ or schema.is_a(type_, class_) or schema.is_a(class_, type_))
    ]
