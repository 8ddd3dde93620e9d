"""Reads Live's values as JSON values; `ABSENT` stands for a value that Live does not provide.

Every access to a getter goes through `read`: in Live a getter may raise RuntimeError (does not apply here), a Boost
ArgumentError (a TypeError: the object is dead) or AttributeError (another version), so `hasattr` proves nothing.
Values are plain and immutable: None, bool, int, float, str and tuples of these.
"""

from __future__ import annotations

import math
import struct
import sys
from operator import attrgetter
from typing import Any, Callable, Dict, List, Optional, Tuple


class _Absent:
    """The class of `ABSENT`, the only instance: a value that cannot be read."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Any = _Absent()

NOTE_FIELDS = (
    "note_id",
    "pitch",
    "start_time",
    "duration",
    "velocity",
    "mute",
    "probability",
    "velocity_deviation",
    "release_velocity",
)
"""The order of a note's values on the wire."""
EXPRESSIONS = ("gain", "pan", "pressure", "timbre", "transpose")
"""The values that follow `NOTE_FIELDS` if the host is Bitwig; Live's notes do not have them."""
ALL_NOTE_FIELDS = NOTE_FIELDS + EXPRESSIONS

_INTERN_BELOW = 48
"""Characters; shorter texts are names that repeat over thousands of parameters, longer texts do not repeat."""

_COMMON = {number: number for number in (0.0, 1.0, -1.0, 0.5, 2.0, 4.0, 100.0, 127.0)}
"""Shared objects for the bounds and defaults of thousands of parameters; Live creates a new object at every read."""

common, _intern = _COMMON.get, sys.intern

_STRUCTS = {
    "index_in_octave": ("index_in_octave", "octave", "frequency"),
    "bars": ("bars", "beats", "sub_division", "ticks"),
    "hours": ("hours", "minutes", "seconds", "frames"),
}
"""Small value objects of Live (pitches, beat and SMPTE times): identifying field → fields to send."""


def read(obj: Any, name: str) -> Any:
    """`obj.name`, or ABSENT."""
    try:
        return getattr(obj, name)
    except Exception:
        # Boost.Python raises any exception of the C++ side; such an exception may cost one property, but never the
        # pump.
        return ABSENT


def refusal(obj: Any, name: str) -> str:
    """Live's error text for reading `obj.name`, at most 400 characters; "" when it can be read."""
    try:
        getattr(obj, name)
    except Exception as problem:
        return (str(problem).strip() or type(problem).__name__)[:400]
    return ""


def alive(obj: Any) -> bool:
    """True when a Live object still exists; a deleted object equals None without being None."""
    try:
        return bool(obj != None)  # noqa: E711
    except Exception:
        return False


def live_ptr(obj: Any) -> Optional[int]:
    """The address that identifies a Live object; None for an object without address (browser items)."""
    ptr = read(obj, "_live_ptr")
    return ptr if isinstance(ptr, int) and not isinstance(ptr, bool) else None


def items(vector: Any) -> List[Any]:
    """The elements of one of Live's vectors; read by index if iteration fails."""
    if vector is None or vector is ABSENT:
        return []
    try:
        return list(vector)
    except Exception:
        return [vector[index] for index in range(len(vector))]


def as_bool(value: Any) -> Any:
    return None if value is None else bool(value)


def as_int(value: Any) -> Any:
    return None if value is None else int(value)


def as_float(value: Any) -> Any:
    if value is None:
        return None
    number = value if type(value) is float else float(value)
    # Neither infinity nor NaN has a difference of zero from itself.
    return common(number, number) if number - number == 0.0 else None


def as_str(value: Any) -> Any:
    if value is None:
        return None
    text = value if type(value) is str else str(value)
    return _intern(text) if type(text) is str and len(text) < _INTERN_BELOW else text


def as_strs(value: Any) -> Any:
    return tuple(as_str(item) for item in items(value))


def as_ints(value: Any) -> Any:
    return tuple(as_int(item) for item in items(value))


def as_floats(value: Any) -> Any:
    return tuple(as_float(item) for item in items(value))


def as_bools(value: Any) -> Any:
    return tuple(as_bool(item) for item in items(value))


def as_routing(value: Any) -> Any:
    return None if value is None else as_str(value.display_name)


def as_json(value: Any) -> Any:
    """Any of Live's values as JSON data; a value without JSON form becomes its text."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return as_float(value)
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    for mark, fields in _STRUCTS.items():
        if read(value, mark) is not ABSENT:
            return {name: as_json(read(value, name)) for name in fields if read(value, name) is not ABSENT}
    if isinstance(value, (list, tuple)) or read(value, "__len__") is not ABSENT:
        plain = tuple(items(value))
        # Thousands of note ids come as such a list.
        return plain if _PLAIN_TYPES.issuperset(map(type, plain)) else tuple(as_json(item) for item in plain)
    return str(value)


_PLAIN_TYPES = frozenset((int, bool, type(None)))
"""Types whose values are JSON data without conversion."""
_NOTE = attrgetter(*NOTE_FIELDS)
_NOTE_TYPES = (int, int, float, float, float, bool, float, float, float)


def as_note(note: Any) -> Tuple[Any, ...]:
    """One MIDI note in the order of `NOTE_FIELDS`."""
    fields: Tuple[Any, ...] = _NOTE(note)
    if tuple(map(type, fields)) == _NOTE_TYPES:
        return fields
    return tuple([type_(value) for type_, value in zip(_NOTE_TYPES, fields)])


def as_expressive_note(note: Any) -> Tuple[Any, ...]:
    """One MIDI note in the order of `NOTE_FIELDS`, then `EXPRESSIONS`."""
    return as_note(note) + tuple([float(getattr(note, name)) for name in EXPRESSIONS])


def as_notes(vector: Any) -> Tuple[Tuple[Any, ...], ...]:
    return tuple(as_note(note) for note in vector)


def as_warp_marker(marker: Any) -> Tuple[float, float]:
    """(seconds into the sample, beats into the clip)."""
    return float(marker.sample_time), float(marker.beat_time)


PLAIN: Dict[str, Callable[[Any], Any]] = {
    "bool": as_bool,
    "int": as_int,
    "float": as_float,
    "str": as_str,
    "bools": as_bools,
    "ints": as_ints,
    "floats": as_floats,
    "strs": as_strs,
    "routing": as_routing,
    "json": as_json,
}
"""Type of the table → function that makes its value plain; the other types need more than one call."""


PLAIN_ALREADY: Dict[str, str] = {
    "bool": "v{n} if type(v{n}) is bool else plain{n}(v{n})",
    "int": "v{n} if type(v{n}) is int else plain{n}(v{n})",
    "float": "common(v{n}, v{n}) if type(v{n}) is float and v{n} - v{n} == 0.0 else plain{n}(v{n})",
    "str": "intern(v{n}) if type(v{n}) is str and len(v{n}) < %d else plain{n}(v{n})" % _INTERN_BELOW,
}
"""The same rules as expressions for value `v{n}`, without a call where it is plain already; see `first_reading`."""


def float32(value: float) -> float:
    """`value` as Live's 32-bit floats hold it."""
    try:
        result: float = struct.unpack("<f", struct.pack("<f", value))[0]
        return result
    except (OverflowError, struct.error):
        return value


def same(value: Any, other: Any) -> bool:
    """True when two plain values are equal within the precision of Live's 32-bit floats."""
    if isinstance(value, float) or isinstance(other, float):
        if not isinstance(value, (int, float)) or not isinstance(other, (int, float)):
            return False
        return (
            value == other
            or math.isclose(value, other, rel_tol=2e-7, abs_tol=1e-9)
            or float32(value) == float32(other)
        )
    if isinstance(value, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(value) == len(other) and all(same(a, b) for a, b in zip(value, other))
    return bool(value == other)
