"""The rules for writes: the script applies them to Live, the server to the mirror.

A check takes the class of an object and a function that reads its properties (`Read`), so both sides use the same
code and the same error texts. Types, ranges and choices come from the table, or from the object itself. Every
refusal is a BridgeError whose text is the rule; no check changes anything.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, Iterable, List, Tuple

from . import display, schema
from .errors import BridgeError
from .late import written
from .limits import FOREVER_BEATS, OPERATIONS
from .naming import NEAR, near_names, suggestion
from .places import is_identity
from .values import ABSENT

Read = Callable[[str], Any]
"""Reads a property of one object by the property's name; returns ABSENT if the object does not have the property."""

LONGEST_TEXT = 10000
"""Characters; names in Live stay far below this limit, info texts may be long."""


def short(value: Any) -> Any:
    """`value`, shortened for an error."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 120 else text[:117] + "…"


def refuse(rule: str, value: Any, **facts: Any) -> BridgeError:
    return BridgeError("INVALID_VALUE", rule, short(value), **facts)


def check_apart(spans: Iterable[Tuple[float, float, str]]) -> None:
    """Refuse spans of time that overlap, with the names of both.

    Args:
      spans: (start in beats, end in beats, name) of each.
    """
    ordered = sorted(spans)
    for (start, end, name), (later, later_end, other) in zip(ordered, ordered[1:]):
        if later < end - 1e-6:
            rule = "{} ({:g} to {:g}) and {} ({:g} to {:g}) overlap: one would overwrite a part of the other"
            text = rule.format(name, start, end, other, later, later_end)
            raise refuse(text, other, hint="let them follow each other, or make a call for each")


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
        raise refuse("{} must be text that UTF-8 can encode".format(label), repr(value))
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
    """The number of a choice from its label, in any case; None when no choice has this label."""
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
            labels = ["{} ({})".format(text, number) for number, text in prop.labels.items()] or shown
            raise refuse("{} must be one of {}".format(label, ", ".join(labels)), value, choices=shown)
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    low, high = prop.minimum, prop.maximum
    if prop.unit == "beats" and low is None and high is None and abs(value) > FOREVER_BEATS:
        rule = "{} may be at most {:.0f} beats, the end of Live's time, got {:.10g}"
        raise refuse(rule.format(label, FOREVER_BEATS, value), value)
    if (low is not None and value < low) or (high is not None and value > high):
        if high is None:
            rule = "{} must be at least {}".format(label, low)
        elif low is None:
            rule = "{} must be at most {}".format(label, high)
        else:
            rule = "{} must be between {} and {}".format(label, low, high)
        raise refuse("{}, got {}".format(rule, value), value, minimum=low, maximum=high)
    return value


def object_label(type_: str, name: Any) -> str:
    return "{} {!r}".format(type_, name) if name and isinstance(name, str) else type_


def settable(type_: str, read: Read) -> str:
    """A hint that lists the object's properties that can be set."""
    names = [
        prop.name
        for prop in schema.properties(type_).values()
        if prop.write and (prop.kind == "gauge" or read(prop.name) is not ABSENT)
    ]
    return (
        "properties that can be set: {}".format(", ".join(names))
        if names
        else "it has no property that can be set"
    )


def _since(type_: str, member: Any, live: Tuple[int, ...]) -> None:
    if member.since and live and member.since > live:
        raise BridgeError(
            "NOT_AVAILABLE",
            "{}.{} needs Live {} or later".format(type_, member.name, schema.since_text(member.since)),
            live=schema.since_text(live),
        )


def writable(type_: str, name: Any, live: Tuple[int, ...], read: Read) -> schema.Property:
    """The property, if the table has it, this Live has it, it can be set, and this object has it.

    `live` is () when Live's version is unknown.
    """
    if not isinstance(name, str):
        raise BridgeError("INVALID_PARAMS", "`name` is the name of a property", short(name))
    prop = schema.properties(type_).get(name)
    if prop is None:
        raise no_property(type_, name, settable(type_, read))
    _since(type_, prop, live)
    if not prop.write:
        raise BridgeError(
            "NOT_WRITABLE", "{}.{} cannot be set".format(type_, name), name, hint=settable(type_, read)
        )
    if read(name) is ABSENT and prop.kind != "gauge":
        rule = "{} has no {!r}".format(object_label(type_, read("name")), name)
        if prop.on:
            rule += ": it exists on {} only".format(", ".join(prop.on))
        raise BridgeError("NOT_AVAILABLE", rule, name, hint=settable(type_, read))
    return prop


def no_property(type_: str, name: str, otherwise: str) -> BridgeError:
    """The refusal of a name that the class does not have; `otherwise` is the hint if no name is similar."""
    return BridgeError(
        "NOT_FOUND",
        "{} has no property {!r}".format(type_, name[:60]),
        short(name),
        hint=suggestion(name, schema.properties(type_), otherwise, NEAR),
    )


def plain_value(prop: schema.Property, value: Any) -> Any:
    """The checked value of a property that names no object: within the table's range or choices."""
    if prop.choices is not None and "str" in (prop.type, type(value).__name__):
        return in_bounds(prop, value)
    return in_bounds(prop, to_type(prop.type, "`{}`".format(prop.name), value))


def not_null(prop: schema.Property, value: Any) -> None:
    if value is None and prop.type != "json":
        raise refuse("`{}` cannot be null".format(prop.name), None)


def not_offered(name: str, value: Any, choices: List[str], **facts: Any) -> BridgeError:
    """The refusal of a routing that is not among the track's choices."""
    rule = "`{}` must be one of the available ones, got {!r}".format(name, value)
    return refuse(rule, value, choices=choices[:100], **facts)


def is_class(type_: str, wanted: str, value: Any, ref: Any) -> None:
    """Refuse an object whose class is not the one that an argument needs."""
    if wanted and not schema.is_a(type_, wanted):
        raise refuse("a {} is needed, {} is a {}".format(wanted, ref, type_), value)


def not_a_browser_item(wanted: str) -> None:
    if wanted == "BrowserItem":
        raise BridgeError("NOT_AVAILABLE", "Browser items have no id", hint="use load with the item's path")


def parameter_value(read: Read, value: Any, search: Callable[[Any], Any]) -> Any:
    """A device parameter's value: a number in its range, one of its items, else the result of `search`."""
    name = read("name") or "the parameter"
    if read("is_enabled") is False:
        raise BridgeError(
            "NOT_WRITABLE",
            "{!r} is controlled by a macro or a Max device".format(name),
            hint="change the macro or Max device, or unmap the parameter in Live",
        )
    return parameter_number(read, repr(name), value, search)


def parameter_number(read: Read, label: str, value: Any, search: Callable[[Any], Any]) -> Any:
    """The internal value of a parameter, from a number or from a text that Live shows for it, within the range.

    `search` gets a text, or a number beyond the range of a parameter without items. {"written": 4} selects the item
    whose text is that number, or the item at that place if the items are words; `search` gets it without items.
    """
    low, high = read("min"), read("max")
    labels = parameter_items(read)
    bare = written(value)
    if bare is not None and not labels:
        return search(value)
    if bare is not None:
        number = display.number(bare) if isinstance(bare, str) else bare
        value = None if number is None else display.text_of_number(labels, number)
        if value is None:
            raise refuse("{} shows {}, not {}".format(label, ", ".join(labels[:40]), bare), bare)
    if isinstance(value, str):
        for position, text in enumerate(labels):
            if _folded(text) == _folded(value):
                return float((0 if low is ABSENT else low) + position)
        if labels:
            rule = "{} takes a number or one of its items, got {!r}".format(label, value[:60])
            raise refuse(rule, value, items=labels, minimum=low, maximum=high)
        return search(to_str(label, value))
    number = to_float(label, value)
    # Live stores 32-bit floats: a value that was read from Live may exceed the bound by a rounding error.
    slack = 1e-6 * max(1.0, abs(number))
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        if number < low - slack or number > high + slack:
            if not labels:
                return search(number)
            raise out_of_range(label, number, low, high)
        number = min(max(number, float(low)), float(high))
    return number


def out_of_range(label: str, number: float, low: float, high: float, **facts: Any) -> BridgeError:
    """The refusal of an internal value outside of the parameter's range."""
    rule = "{} must be between {:g} and {:g}, got {:g}".format(label, low, high, number)
    return refuse(rule, number, minimum=low, maximum=high, **facts)


def parameter_items(read: Read) -> List[str]:
    """The texts of a stepped parameter; empty for a continuous one."""
    shown = read("value_items") if read("is_quantized") is True else None
    return [str(item) for item in shown] if isinstance(shown, (list, tuple)) else []


def method_of(type_: str, name: Any, live: Tuple[int, ...]) -> schema.Method:
    """The method, if the class and this version of Live have it and clients may call it."""
    if not isinstance(name, str):
        raise BridgeError("INVALID_PARAMS", "`method` is the name of a method", short(name))
    known = {key: row for key, row in schema.methods(type_).items() if row.effect != "internal"}
    method = known.get(name)
    if method is None:
        offered = near_names(name, known, NEAR) or sorted(known)
        raise BridgeError(
            "NOT_FOUND",
            "{} has no method {!r}".format(type_, name[:60]),
            short(name),
            hint="there is {}".format(", ".join(offered)) if offered else "it has no methods",
        )
    _since(type_, method, live)
    return method


def needs_object(number: int) -> BridgeError:
    return BridgeError("INVALID_VALUE", "${} returns no object".format(number), "${}".format(number))


def stands_alone() -> BridgeError:
    return BridgeError(
        "INVALID_PARAMS", "undo and redo must be alone in a write, because they end the undo step"
    )


def other_write(id_: str) -> BridgeError:
    """The refusal of a request with the id of an earlier write whose author or content is different."""
    return BridgeError(
        "INVALID_VALUE",
        "The write id {!r} stands for another write: an id is of one request of one author".format(id_[:100]),
        id_[:100],
        hint="nothing was done; take a new id. The same request with its id gets the result of the first one",
    )


def not_as_expected(name: str, ref: str, id_: int, expected: Any, observed: Any) -> BridgeError:
    return BridgeError(
        "PRECONDITION_FAILED",
        "{} of {} is expected to be {!r} but is {!r}".format(name, ref, short(expected), short(observed)),
        short(expected),
        id=id_,
        name=name,
        expected=short(expected),
        observed=short(observed),
    )


def changed_after(name: str, changed: int, asked: int, **facts: Any) -> BridgeError:
    """The refusal of a write with `if_revision`, because `name` changed after that revision."""
    return BridgeError(
        "PRECONDITION_FAILED",
        "{} changed at revision {}, after {}".format(name, changed, asked),
        asked,
        hint="read the changes since revision {}, then decide again".format(asked),
        **facts,
    )


def too_old(revision: int, oldest: int, **facts: Any) -> BridgeError:
    """The refusal of a revision whose changes are not kept any more."""
    rule = "revision {} is too old; the oldest kept is {}".format(revision, oldest)
    return BridgeError("REVISION_TOO_OLD", rule, revision, oldest=oldest, **facts)


def operation_count(count: int) -> None:
    """Refuse a write without operations or with too many."""
    if not 0 < count <= OPERATIONS:
        rule = "A write has 1 to {} operations, got {}".format(OPERATIONS, count)
        raise BridgeError("TOO_LARGE", rule, count)


def arguments(method: schema.Method, values: Any) -> Dict[str, Any]:
    """The checked arguments by name, without missing optional ones; objects are checked elsewhere."""
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise BridgeError("INVALID_PARAMS", "`args` is an object, argument names to values", short(values))
    known = {arg.name.lower(): arg for arg in method.args}
    checked: Dict[str, Any] = {}
    for name, value in values.items():
        arg = known.get(name.lower())
        if arg is None:
            rule = "{} takes {}, not {!r}".format(
                method.name, ", ".join(a.name for a in method.args) or "nothing", name
            )
            raise BridgeError("INVALID_PARAMS", rule, short(name))
        if value is None and not arg.required:
            continue
        if arg.type in ("notes", "obj", "json") or _names_object(arg, value):
            checked[arg.name] = value
        elif arg.is_place:
            checked[arg.name] = to_int("`{}`".format(arg.name), value)
        else:
            checked[arg.name] = to_type(arg.type, "`{}`".format(arg.name), value)
    for arg in method.args:
        if arg.required and arg.name not in checked:
            raise BridgeError("INVALID_PARAMS", "{} needs `{}`".format(method.name, arg.name))
    return checked


def _names_object(arg: schema.Arg, value: Any) -> bool:
    """True when a value gives a place by the object at that place; see `places`."""
    return arg.is_place and (
        is_identity(value) or (isinstance(value, str) and ("/" in value or "$" in value))
    )
