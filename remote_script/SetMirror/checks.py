"""Checks a value against the types, ranges and choices of the table, and of the object itself.

Every refusal is a BridgeError whose text is the rule; nothing here changes anything.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List, Optional, Tuple

from .contract import display, schema
from .contract.errors import BridgeError
from .contract.late import BY, WRITTEN, said
from .contract.places import is_identity
from .contract.values import ABSENT, NOTE_FIELDS, items, read
from .plans import Row

LONGEST_TEXT = 10000
"""Characters; Live's names stay far below, info texts may be long."""
NOTE_LIMITS: Dict[str, Tuple[float, float]] = {
    "pitch": (0, 127),
    "start_time": (-1576800.0, 1576800.0),
    "duration": (0.0, 1576800.0),
    "velocity": (0.0, 127.0),
    "probability": (0.0, 1.0),
    "velocity_deviation": (-127.0, 127.0),
    "release_velocity": (0.0, 127.0),
}
MOST_NOTES = 50000
"""In one operation: about a second on Live's main thread."""


def short(value: Any) -> Any:
    """`value`, small enough to be told."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 120 else text[:117] + "…"


def refuse(rule: str, value: Any, **facts: Any) -> BridgeError:
    return BridgeError("INVALID_VALUE", rule, short(value), **facts)


def to_bool(label: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise refuse("{} must be true or false".format(label), value)
    return value


def to_int(label: str, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse("{} must be a whole number".format(label), value)
    if not -(2**31) <= value < 2**63:
        raise refuse("{} must fit into 32 bits".format(label), value)
    return value


def to_float(label: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise refuse("{} must be a number".format(label), value)
    number = float(value)
    if not math.isfinite(number):
        raise refuse("{} must be a finite number".format(label), str(value))
    return number


def to_str(label: str, value: Any) -> str:
    if not isinstance(value, str):
        raise refuse("{} must be a text".format(label), value)
    if len(value) > LONGEST_TEXT:
        raise refuse("{} may have {} characters".format(label, LONGEST_TEXT), value)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise refuse("{} must be text that UTF-8 can say".format(label), repr(value))
    return value


_SCALARS: Dict[str, Callable[[str, Any], Any]] = {
    "bool": to_bool,
    "int": to_int,
    "float": to_float,
    "str": to_str,
}
_LISTS = {"bools": to_bool, "ints": to_int, "floats": to_float, "strs": to_str}


def to_type(type_: str, label: str, value: Any) -> Any:
    """`value` as a plain value of `type_`; types that name objects are resolved elsewhere."""
    if type_ in _SCALARS:
        return _SCALARS[type_](label, value)
    if type_ in _LISTS:
        if not isinstance(value, (list, tuple)):
            raise refuse("{} must be a list".format(label), value)
        return tuple(_LISTS[type_]("each of " + label, item) for item in value)
    if type_ == "warp_marker":
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            raise refuse("{} must be [sample_time in seconds, beat_time]".format(label), value)
        return (to_float("sample_time", value[0]), to_float("beat_time", value[1]))
    if type_ == "routing":
        return to_str(label, value)
    return value


def choice(prop: schema.Property, label: Any) -> Any:
    """The number of a choice from its label, in any case; None when it is no label."""
    if isinstance(label, str):
        for number, text in (prop.choices or {}).items():
            if _folded(text) == _folded(label):
                return number
    return None


def _folded(label: str) -> str:
    """Labels are compared without case; a space, "_" and "-" are the same: "Complex Pro"."""
    return " ".join(label.lower().replace("_", " ").replace("-", " ").split())


def in_bounds(prop: schema.Property, value: Any) -> Any:
    """`value` within the table's range or choices; a choice may be named by its label."""
    label = "`{}`".format(prop.name)
    if prop.choices is not None:
        named = choice(prop, value)
        if named is not None:
            return named
        if isinstance(value, (bool, list, dict)) or value not in prop.choices:
            shown = {str(number): text for number, text in prop.choices.items()}
            told = ["{} ({})".format(text, number) for number, text in prop.labels.items()] or shown
            raise refuse("{} must be one of {}".format(label, ", ".join(told)), value, choices=shown)
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    low, high = prop.minimum, prop.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        if high is None:
            rule = "{} must be at least {}".format(label, low)
        elif low is None:
            rule = "{} must be at most {}".format(label, high)
        else:
            rule = "{} must be between {} and {}".format(label, low, high)
        raise refuse("{}, got {}".format(rule, value), value, minimum=low, maximum=high)
    return value


def writable(row: Row, name: Any, live: Tuple[int, ...]) -> schema.Property:
    """The property, if it is known, applies to this object in this Live, and can be set."""
    if not isinstance(name, str):
        raise BridgeError("INVALID_PARAMS", "`name` is the name of a property", short(name))
    type_ = row.plan.type
    prop = schema.properties(type_).get(name)
    if prop is None:
        raise BridgeError("NOT_FOUND", "{} has no property {!r}".format(type_, name), short(name))
    if prop.since and prop.since > live:
        raise BridgeError(
            "NOT_AVAILABLE",
            "{}.{} needs Live {} or later".format(type_, name, schema.since_text(prop.since)),
            live=schema.since_text(live),
        )
    if not prop.write:
        raise BridgeError("NOT_WRITABLE", "{}.{} cannot be set".format(type_, name))
    return prop


def property_value(row: Row, prop: schema.Property, value: Any) -> Any:
    """The plain value to set; refuses what the table or the parameter's own range forbids."""
    if row.plan.type == "DeviceParameter" and prop.name == "value":
        return _parameter_value(row, value)
    by = said(value, BY) if prop.type in ("int", "float") else None
    if by is not None:
        value = read(row.obj, prop.name) + by
    if prop.choices is not None and "str" in (prop.type, type(value).__name__):
        return in_bounds(prop, value)
    return in_bounds(prop, to_type(prop.type, "`{}`".format(prop.name), value))


def _parameter_value(row: Row, value: Any) -> float:
    name = read(row.obj, "name") or "the parameter"
    if read(row.obj, "is_enabled") is False:
        raise BridgeError(
            "NOT_WRITABLE",
            "{!r} is controlled by a macro or a Max device".format(name),
            hint="change what controls it, or unmap it in Live",
        )
    return parameter_number(row.obj, repr(name), value)


def parameter_number(obj: Any, label: str, value: Any) -> float:
    """The inner value of a parameter, from a number or a text that Live shows of it, within its range.

    {"written": 4} is the text of a stepped parameter that shows numbers, else the inner value.
    """
    low, high = read(obj, "min"), read(obj, "max")
    written = said(value, WRITTEN)
    if written is not None:
        value = display.text_of_number(_labels(obj), written)
        if value is None:
            shown = ", ".join(_labels(obj)[:40])
            raise refuse("{} shows {}, not {:g}".format(label, shown, written), written)
    if isinstance(value, str):
        labels = _labels(obj)
        for position, text in enumerate(labels):
            if _folded(text) == _folded(value):
                return float((0 if low is ABSENT else low) + position)
        if labels or low is ABSENT or high is ABSENT:
            rule = "{} takes a number{}".format(label, " or one of its items" if labels else "")
            raise refuse(rule, value, items=labels)
        if len(value) > display.LONGEST_TEXT:
            raise refuse("a display text has up to {} characters".format(display.LONGEST_TEXT), value)
        try:
            return display.value_of(value, display.texts(obj), float(low), float(high), now=_now(obj))
        except display.Refused as problem:
            raise refuse("{}: {}".format(label, problem), value, minimum=low, maximum=high)
    number = to_float(label, value)
    # A value read back from Live's 32-bit floats may exceed the bound by its rounding.
    slack = 1e-6 * max(1.0, abs(number))
    if low is not ABSENT and high is not ABSENT:
        if number < low - slack or number > high + slack:
            rule = "{} must be between {:g} and {:g}, got {:g}".format(label, low, high, number)
            raise refuse(rule, value, minimum=low, maximum=high)
        number = min(max(number, low), high)
    return number


def _now(obj: Any) -> Optional[float]:
    value = read(obj, "value")
    return None if value is ABSENT else float(value)


def _labels(obj: Any) -> List[str]:
    if read(obj, "is_quantized"):
        return [str(item) for item in items(read(obj, "value_items"))]
    return []


def method_of(row: Row, name: Any, live: Tuple[int, ...]) -> schema.Method:
    """The method, if this object in this Live has it and clients may call it."""
    if not isinstance(name, str):
        raise BridgeError("INVALID_PARAMS", "`method` is the name of a method", short(name))
    type_ = row.plan.type
    method = schema.methods(type_).get(name)
    if method is None or method.effect == "internal":
        raise BridgeError("NOT_FOUND", "{} has no method {!r}".format(type_, name), short(name))
    if method.since and method.since > live:
        raise BridgeError(
            "NOT_AVAILABLE",
            "{}.{} needs Live {} or later".format(type_, name, schema.since_text(method.since)),
            live=schema.since_text(live),
        )
    return method


def arguments(method: schema.Method, given: Any) -> Dict[str, Any]:
    """The arguments by their names, checked but for objects; missing optional ones are left out."""
    if given is None:
        given = {}
    if not isinstance(given, dict):
        raise BridgeError("INVALID_PARAMS", "`args` is an object, argument names to values", short(given))
    known = {arg.name.lower(): arg for arg in method.args}
    found: Dict[str, Any] = {}
    for name, value in given.items():
        arg = known.get(name.lower())
        if arg is None:
            rule = "{} takes {}, not {!r}".format(
                method.name, ", ".join(a.name for a in method.args) or "nothing", name
            )
            raise BridgeError("INVALID_PARAMS", rule, short(name))
        if value is None and not arg.required:
            continue
        if arg.type in ("notes", "obj", "json") or _names_object(arg, value):
            found[arg.name] = value
        elif arg.is_place:
            found[arg.name] = to_int("`{}`".format(arg.name), value)
        else:
            found[arg.name] = to_type(arg.type, "`{}`".format(arg.name), value)
    for arg in method.args:
        if arg.required and arg.name not in found:
            raise BridgeError("INVALID_PARAMS", "{} needs `{}`".format(method.name, arg.name))
    return found


def _names_object(arg: schema.Arg, value: Any) -> bool:
    """Whether a place is given by the object that stands there; see `places`."""
    return arg.is_place and (
        is_identity(value) or (isinstance(value, str) and ("/" in value or "$" in value))
    )


_NUMBERS = (float, int)


def notes(value: Any, required: Tuple[str, ...], first: int = 0) -> List[Dict[str, Any]]:
    """Notes as dictionaries with checked fields; a note may also be given as the wire's list of nine.

    `first` is the number of the first one, where they are checked in pieces.
    """
    if not isinstance(value, (list, tuple)):
        raise refuse("notes must be a list", value)
    if first + len(value) > MOST_NOTES:
        raise BridgeError(
            "TOO_LARGE", "At most {} notes in one operation, got {}".format(MOST_NOTES, first + len(value))
        )
    found: List[Dict[str, Any]] = []
    for number, item in enumerate(value, first):
        if isinstance(item, (list, tuple)) and len(item) == len(NOTE_FIELDS):
            item = dict(zip(NOTE_FIELDS, item))
        if not isinstance(item, dict):
            raise refuse("note {} must be an object".format(number), item)
        note: Dict[str, Any] = {}
        for name, field in item.items():
            if field is None:
                continue
            limits = NOTE_LIMITS.get(name)
            # Nearly all are of this kind: texts for refusals are made for the others alone.
            if limits is not None and type(field) in _NUMBERS and limits[0] <= field <= limits[1]:
                if name == "pitch" and type(field) is int:
                    note[name] = field
                    continue
                if name != "pitch" and (name != "duration" or field > 0):
                    note[name] = float(field)
                    continue
            label = "{} of note {}".format(name, number)
            if name in ("note_id", "pitch"):
                note[name] = to_int(label, field)
            elif name == "mute":
                note[name] = to_bool(label, field)
            elif name in NOTE_LIMITS:
                note[name] = to_float(label, field)
            else:
                raise refuse("a note has {}, not {!r}".format(", ".join(NOTE_FIELDS), name), name)
            if limits is not None and not limits[0] <= note[name] <= limits[1]:
                rule = "{} must be between {:g} and {:g}, got {:g}".format(
                    label, limits[0], limits[1], note[name]
                )
                raise refuse(rule, field)
            if name == "duration" and note[name] <= 0:
                raise refuse("{} must be above 0".format(label), field)
        for name in required:
            if name not in note:
                raise refuse("note {} needs `{}`".format(number, name), item)
        found.append(note)
    return found


def object_label(row: Row) -> str:
    name = row.value("name")
    return "{} {!r}".format(row.plan.type, name) if isinstance(name, str) else row.plan.type


def missing(prop: schema.Property, row: Row) -> BridgeError:
    """The error for a property that Live does not let be read here."""
    rule = "{} has no {!r}".format(object_label(row), prop.name)
    if prop.on:
        rule += ": it exists on {} only".format(", ".join(prop.on))
    return BridgeError("NOT_AVAILABLE", rule, prop.name)


def is_property(row: Row, name: str) -> bool:
    """Whether the table knows the property for this class of object."""
    return name in schema.properties(row.plan.type)


def not_long(row: Row, name: str) -> None:
    """BridgeError NOT_AVAILABLE for a property that is read in pieces: one turn is not for it."""
    index = row.plan.index.get(name)
    if index is not None and row.plan.long_bits & 1 << index:
        rule = "{} of a {} is too long to be read in one turn".format(name, row.plan.type)
        raise BridgeError("NOT_AVAILABLE", rule, name, hint="the mirror holds it")
