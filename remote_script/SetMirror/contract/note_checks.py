"""The rules for notes in an operation, applied by the script and by the server like the rules in `checks`.

Most lists of notes are valid and have the same fields in every note: these lists are checked field by field, which
takes a tenth of the time. Every other list is checked note by note, so that a refusal names the note. Both ways
accept the same notes and return the same values.
"""

from __future__ import annotations

import math
from operator import itemgetter
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .checks import refuse, to_bool, to_float, to_int
from .errors import BridgeError
from .limits import FOREVER_BEATS
from .values import ALL_NOTE_FIELDS, EXPRESSIONS, NOTE_FIELDS

LIMITS: Dict[str, Tuple[float, float]] = {
    "pitch": (0, 127),
    "start_time": (-FOREVER_BEATS, FOREVER_BEATS),
    "duration": (0.0, FOREVER_BEATS),
    "velocity": (0.0, 127.0),
    "probability": (0.0, 1.0),
    "velocity_deviation": (-127.0, 127.0),
    "release_velocity": (0.0, 127.0),
    "gain": (0.0, 1000.0),
    "pan": (-1.0, 1.0),
    "pressure": (0.0, 1.0),
    "timbre": (-1.0, 1.0),
    "transpose": (-127.0, 127.0),
}
MOST_NOTES = 50000
"""Notes in one operation; so many take about a second on Live's main thread."""

TOGETHER = 250
"""Notes that are checked field by field at once; larger groups only cost more garbage collection."""

_IDS = (-(2**31), 2**63 - 1)
_WIRE_LENGTHS = (len(NOTE_FIELDS), len(ALL_NOTE_FIELDS))
_NUMBERS = frozenset((float, int))

Plain = Dict[str, Any]


def notes(value: Any, required: Tuple[str, ...], first: int = 0) -> List[Plain]:
    """Checked notes as dictionaries; a note may also be given as a list of values in the order of the wire.

    Args:
      required: Fields that every note must have.
      first: Number of the first note, for notes that are checked in pieces.

    Raises:
      BridgeError: INVALID_VALUE with the number of the first wrong note; TOO_LARGE for more than `MOST_NOTES`.
    """
    if not isinstance(value, (list, tuple)):
        raise refuse("notes must be a list", value)
    count = first + len(value)
    if count > MOST_NOTES:
        raise BridgeError("TOO_LARGE", "At most {} notes in one operation, got {}".format(MOST_NOTES, count))
    checked: List[Plain] = []
    for start in range(0, len(value), TOGETHER):
        part = value[start : start + TOGETHER]
        alike = _alike(part, required)
        if alike is None:
            alike = [_note(item, required, number) for number, item in enumerate(part, first + start)]
        checked += alike
    return checked


def only_lives(checked: List[Plain], first: int = 0) -> None:
    """Refuse note fields that Live does not have; `first` as for `notes`."""
    if not checked or (set(EXPRESSIONS).isdisjoint(checked[0]) and len(set(map(frozenset, checked))) == 1):
        return
    for number, note in enumerate(checked, first):
        for name in EXPRESSIONS:
            if name in note:
                raise BridgeError(
                    "NOT_AVAILABLE",
                    "note {} has `{}`: notes in Live have no such property".format(number, name),
                    note[name],
                    hint="leave it out; notes in Bitwig have it",
                )


# -- field by field ------------------------------------------------------------------------------


def _alike(items: Sequence[Any], required: Tuple[str, ...]) -> Optional[List[Plain]]:
    """The checked notes if all of them have the same fields and are valid; else None."""
    kinds, lengths = set(map(type, items)), set(map(len, items)) if _are_sized(items) else set()
    if len(lengths) != 1:
        return None
    length = lengths.pop()
    if kinds == {dict} and length > 1:
        names = tuple(items[0])
        try:
            columns = list(zip(*map(itemgetter(*names), items)))
        except KeyError:
            return None
    elif kinds <= {list, tuple} and length in _WIRE_LENGTHS:
        names, columns = ALL_NOTE_FIELDS[:length], list(zip(*items))
    else:
        return None
    checked: Dict[str, Sequence[Any]] = {}
    gaps = False
    for name, column in zip(names, columns):
        values = [value for value in column if value is not None] if None in column else column
        if not values:
            continue
        plain = _column(name, values)
        missing = len(values) < len(column)
        if plain is None or (missing and name in required):
            return None
        if missing:
            gaps, present = True, iter(plain)
            plain = [None if value is None else next(present) for value in column]
        checked[name] = plain
    if not checked or not all(name in checked for name in required):
        return None
    names, rows = tuple(checked), zip(*checked.values())
    if gaps:
        return [{name: value for name, value in zip(names, row) if value is not None} for row in rows]
    return [dict(zip(names, row)) for row in rows]


def _are_sized(items: Sequence[Any]) -> bool:
    return all(type(item) in (dict, list, tuple) for item in items)


def _column(name: str, column: Sequence[Any]) -> Optional[Sequence[Any]]:
    """The checked values of one field of many notes; None if any value is wrong or needs a conversion."""
    kinds = set(map(type, column))
    if name == "mute":
        return column if kinds == {bool} else None
    low, high = _IDS if name == "note_id" else LIMITS.get(name, (1, 0))
    whole = name in ("note_id", "pitch")
    if not (kinds == {int} if whole else kinds <= _NUMBERS):
        return None
    # A NaN escapes the comparisons, but not the sum.
    least = min(column)
    if not low <= least or not max(column) <= high or not math.isfinite(sum(column)):
        return None
    if name == "duration" and least <= 0:
        return None
    return column if whole or kinds == {float} else tuple(map(float, column))


# -- note by note --------------------------------------------------------------------------------


def _note(item: Any, required: Tuple[str, ...], number: int) -> Plain:
    """One checked note; `number` is for the error text."""
    if isinstance(item, (list, tuple)) and len(item) in _WIRE_LENGTHS:
        item = dict(zip(ALL_NOTE_FIELDS, item))
    if not isinstance(item, dict):
        raise refuse("note {} must be an object".format(number), item)
    note = {name: _field(name, value, number) for name, value in item.items() if value is not None}
    for name in required:
        if name not in note:
            raise refuse("note {} needs `{}`".format(number, name), item)
    return note


def _field(name: str, value: Any, number: int) -> Any:
    label = "{} of note {}".format(name, number)
    if name == "mute":
        return to_bool(label, value)
    if name == "note_id":
        return to_int(label, value)
    limits = LIMITS.get(name)
    if limits is None:
        raise refuse("a note has {}, not {!r}".format(", ".join(NOTE_FIELDS), name), name)
    plain = to_int(label, value) if name == "pitch" else to_float(label, value)
    if not limits[0] <= plain <= limits[1]:
        rule = "{} must be between {:g} and {:g}, got {:g}".format(label, limits[0], limits[1], plain)
        raise refuse(rule, value)
    if name == "duration" and plain <= 0:
        raise refuse("{} must be above 0".format(label), value)
    return plain
