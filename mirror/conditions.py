"""Conditions on objects, as `find` takes them: {"arm": True, "length": ">32"}, or texts such as "name contains bass".

A condition compares a property of the object, or one that is reached by dots: "mixer_device.volume.value > 0.5". A
condition that no object of the class can meet (an unknown property, a value of another type) is refused.

A number is compared with a parameter's inner value, a text in quotes with what Live shows. A number that decides
differently for the two is refused, with the fact `shown`; {"raw": 2} is always compared with the inner value.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeGuard

from remote_script.SetMirror.contract import checks as rules
from remote_script.SetMirror.contract import display, schema
from remote_script.SetMirror.contract.naming import suggestion

from . import errors, values
from .model import Node
from .store import Store

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, wanted: _same(value, wanted),
    "==": lambda value, wanted: _same(value, wanted),
    "!=": lambda value, wanted: not _same(value, wanted),
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CONDITION = re.compile(r"\s*([\w.]+)\s*(==|!=|<=|>=|=|<|>|~|contains)\s*(.+?)\s*\Z", re.DOTALL)

_OWN = ("id", "type", "role", "parent")
"""Attributes that every object has besides Live's properties."""

Condition = Callable[[Store, Node], bool]


def conditions(where: Mapping[str, Any] | Iterable[str] | str | None, class_: str = "") -> list[Condition]:
    """The conditions of an argument `where`; `class_` is the class of the objects, "" for any.

    Raises:
      InvalidValue: a condition that cannot be parsed, or that no object can meet.
    """
    if where is None:
        return []
    if isinstance(where, str):
        where = [where]
    if isinstance(where, Mapping):
        for name in where:
            _check_known(name, class_)
        return [_of_item(name, wanted, class_) for name, wanted in where.items()]
    return [_of_text(text, class_) for text in where]


@cache
def known_properties(class_: str = "") -> frozenset[str]:
    """Names of all properties of a class, its bases and its subclasses; of every class for ""."""
    return frozenset(
        name
        for type_ in schema.CLASSES
        if not class_ or schema.is_a(type_, class_) or schema.is_a(class_, type_)
        for name in schema.properties(type_)
    )


def _check_known(path: str, class_: str) -> None:
    """InvalidValue, with similar names, for a property that no class has: the condition could match nothing."""
    for number, part in enumerate(path.split(".")):
        known = known_properties(class_ if number == 0 else "")
        if number == 0 and class_ in ("Track", "Chain") and part in schema.properties("MixerDevice"):
            continue
        if part in known or part in (*_OWN, "ref", "count") or part.isdecimal():
            continue
        of = f"No {class_}" if class_ and number == 0 else "No object"
        raise errors.InvalidValue(
            f"{of} has a property {part[:60]!r}",
            path[:100],
            hint=suggestion(part, known, f"it has {', '.join(sorted(known)[:60])}"),
        )


def _of_item(name: str, wanted: Any, class_: str) -> Condition:
    if isinstance(wanted, Mapping) and set(wanted) != {"raw"}:
        parts = [_condition(name, sign, value, class_=class_) for sign, value in wanted.items()]
        return lambda store, node: all(part(store, node) for part in parts)
    if isinstance(wanted, str):
        match = re.match(r"(==|!=|<=|>=|<|>|~)\s*(.+)\Z", wanted, re.DOTALL)
        if match is not None:
            return _condition(name, match.group(1), _literal(match.group(2)), match.group(2), class_)
    if isinstance(wanted, list | tuple):
        any_of = [_condition(name, "=", item, class_=class_) for item in wanted]
        return lambda store, node: any(holds(store, node) for holds in any_of)
    return _condition(name, "=", wanted, class_=class_)


def _of_text(text: str, class_: str) -> Condition:
    match = _CONDITION.match(text)
    if match is None:
        raise errors.InvalidValue(
            f"A condition is `property sign value`, not {text[:100]!r}", text[:100],
            hint='such as "length > 32", "arm = true", "name contains bass"',
        )  # fmt: skip
    _check_known(match.group(1), class_)
    return _condition(match.group(1), match.group(2), _literal(match.group(3)), match.group(3), class_)


def _literal(text: str) -> Any:
    word = text.strip()
    named = {"true": True, "false": False, "yes": True, "no": False, "none": None, "null": None}
    if word.casefold() in named:
        return named[word.casefold()]
    try:
        if word.startswith("{"):
            return json.loads(word)
        return float(word) if re.search(r"[.eE]", word) else int(word)
    except ValueError:
        return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word


def _condition(name: str, sign: str, wanted: Any, text: str = "", class_: str = "") -> Condition:
    """A test that compares a property with a value; `text` is the value as written, possibly a choice's label."""
    last = name.rpartition(".")[2]
    if sign in ("~", "contains"):
        part = str(wanted).casefold()
        return lambda store, node: part in str(_shown_at(store, node, name) or "").casefold()
    if sign not in _OPERATORS:
        raise errors.InvalidValue(
            f"A sign is one of {', '.join(_OPERATORS)}, ~ or contains, not {sign!r}", sign
        )
    # A path with dots leads to an object of another class.
    _check_wanted(last, sign, wanted, text, class_ if last == name else "")
    compare = _OPERATORS[sign]
    named = values.color_name(values.color(wanted)) if _names_color(wanted) else ""

    def holds(store: Store, node: Node) -> bool:
        at = _holder(store, node, name)
        parameter = parameter_below(store, at, last)
        if parameter is not None:
            return _parameter_compares(compare, parameter, wanted, last)
        value, meant = _step_to(store, at, last), wanted
        prop = values.row(at.type, last) if isinstance(at, Node) else None
        if isinstance(at, Node) and at.type == "DeviceParameter" and last == "value":
            if isinstance(wanted, str):
                return _shown_compares(compare, at, wanted) is True
            return _inner_compares(compare, at, wanted, store.ref(at.id))
        if prop is not None and prop.type == "ref" and isinstance(wanted, str):
            value = values.shown(store, at.type, last, value)
        elif prop is not None and prop.unit == "rgb" and named and isinstance(value, int):
            value, meant = named if values.is_color(value, named) else values.color_name(value), named
        elif prop is not None and prop.type in _COMPARED:
            meant = _meant(prop, wanted, text)
        elif isinstance(value, list | tuple) and isinstance(meant, int | float):
            value = len(value)
        try:
            return compare(value, meant)
        except TypeError:
            return False

    return holds


def parameter_below(store: Store, at: Any, name: str) -> Node | None:
    """The parameter `name` right below an object, or of its mixer: "volume" of a track."""
    if not isinstance(at, Node) or name in at.props:
        return None
    mixer = store.nodes.get(at.children.get("mixer_device", -1))
    for holder in (at, mixer):
        id_ = holder.children.get(name) if holder is not None else None
        node = store.nodes.get(id_) if isinstance(id_, int) else None
        if node is not None and node.type == "DeviceParameter":
            return node
    return None


def _parameter_compares(compare: Callable[[Any, Any], bool], parameter: Node, wanted: Any, name: str) -> bool:
    """Compare a parameter's display text with a text such as "-6 dB", its internal value with a number.

    Raises:
      InvalidValue: a number beyond the internal range, or a text in another unit: it could match no parameter.
    """
    shown = str(parameter.props.get("display") or "")
    low, high = parameter.props.get("min"), parameter.props.get("max")
    if isinstance(wanted, str):
        result = _shown_compares(compare, parameter, wanted)
        if result is None:
            raise errors.InvalidValue(
                f"`{name}` shows values such as {shown!r}, not {wanted[:60]!r}", wanted[:60]
            )
        return result
    if low is not None and high is not None and _is_number(wanted) and not low <= wanted <= high:
        raise errors.InvalidValue(
            f"A bare number for `{name}` is Live's inner value, {low:g} to {high:g}, not {wanted:g}",
            wanted,
            hint=f"write it as Live shows it, with the unit, such as {shown!r}",
        )
    return _inner_compares(compare, parameter, wanted, name)


def _inner_compares(compare: Callable[[Any, Any], bool], parameter: Node, wanted: Any, name: str) -> bool:
    """Compare a parameter's inner value with a number, or with that of {"raw": number}.

    Raises:
      InvalidValue: the number compares differently with the number that the parameter shows.
    """
    value, shown = parameter.props.get("value"), str(parameter.props.get("display") or "")
    number = wanted if (raw := _raw(wanted)) is None else raw
    try:
        result = compare(value, number)
    except TypeError:
        return False
    parsed = display.quantity(shown)
    if raw is not None or parsed is None or not _is_number(number) or not _is_number(value):
        return result
    if display.on_another_scale(shown, value) and compare(parsed.amount, number) != result:
        raise errors.InvalidValue(
            f"`{name}` shows {shown!r} and its inner value is {values.neat(value):g}: {number:g} can mean either",
            number,
            hint=f"""write "{number:g}" in quotes for what Live shows, or {{"raw": {number:g}}}""",
            shown=shown,
        )
    return result


def _raw(wanted: Any) -> float | None:
    """The number in {"raw": number}; None for any other value."""
    number = wanted["raw"] if isinstance(wanted, Mapping) and set(wanted) == {"raw"} else None
    return number if _is_number(number) else None


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown_compares(compare: Callable[[Any, Any], bool], parameter: Node, wanted: str) -> bool | None:
    """Compare a parameter's display text with a text; None if the two cannot be compared."""
    shown = str(parameter.props.get("display") or "")
    now, other = display.quantity(shown), display.quantity(wanted)
    if now is not None and other is not None and display.same_unit(now, other):
        return compare(now.amount, other.amount)
    if now is None and compare in [_OPERATORS[sign] for sign in ("=", "==", "!=")]:
        return compare(shown, wanted)
    return None


def _number(prop: schema.Property, wanted: Any, text: str) -> Any:
    """Map a choice's label to its number; other values pass unchanged."""
    named = (rules.choice(prop, label) for label in (text, wanted))
    return next((number for number in named if number is not None), wanted)


def _check_wanted(name: str, sign: str, wanted: Any, text: str, class_: str) -> None:
    """InvalidValue for a value that no object can have in this property: the condition could match nothing."""
    rows = values.rows(name, class_) or values.rows(name)
    kinds = {prop.type for prop in rows}
    if not rows or name in _OWN or wanted is None:
        return
    if kinds <= _COUNTED and (not isinstance(wanted, int | float) or isinstance(wanted, bool)):
        raise errors.InvalidValue(
            f"`{name}` contains several elements: compare their number, not {str(wanted)[:60]!r}",
            str(wanted)[:60],
            hint=f"such as '{name} > 2', or a property of one of them: '{name}.0.name = A'",
        )
    if not kinds <= _COMPARED:
        return
    if sign in _ORDER and not kinds & {"int", "float"}:
        raise errors.InvalidValue(f"`{name}` has no order: compare it with =, != or contains", sign)
    if name == "value" and (isinstance(wanted, str) or _raw(wanted) is not None):
        return
    if meant := [(prop, value) for prop in rows if (value := _meant(prop, wanted, text)) is not None]:
        if not any(_is_possible(prop, sign, value) for prop, value in meant):
            ranges = dict.fromkeys(f"{prop.minimum:g} to {prop.maximum:g}" for prop, _ in meant)
            raise errors.InvalidValue(f"`{name}` is {' or '.join(ranges)}, never {sign} {wanted}", wanted)
        return
    known = list(dict.fromkeys(label for prop in rows for label in prop.labels.values()))
    forms = {"bool": "true or false", "int": "a number", "float": "a number"}
    form = f"one of {', '.join(known)}" if known else forms.get(rows[0].type, "a text")
    unit = f" ({rows[0].unit})" if rows[0].unit and not known else ""
    facts: dict[str, Any] = {"choices": known} if known else {}
    shown = f"{name}_display_string"
    if values.rows(shown):
        facts["hint"] = f"compare it with a number, or Live's text for it: '{shown} contains -6'"
    raise errors.InvalidValue(
        f"`{name}` is {form}{unit}, not {str(wanted)[:60]!r}", str(wanted)[:60], **facts
    )


_UNSET = -1
"""The number that Live shows where an object has none, such as a scene without a tempo."""


def _is_possible(prop: schema.Property, sign: str, wanted: Any) -> bool:
    """True if a value in the property's range can meet the comparison."""
    low, high = prop.minimum, prop.maximum
    if low is None or high is None or not _is_number(wanted) or prop.type not in ("int", "float"):
        return True
    low = min(low, _UNSET)
    if sign in ("<", "<="):
        return bool(_OPERATORS[sign](low, wanted))
    if sign in (">", ">="):
        return bool(_OPERATORS[sign](high, wanted))
    return sign == "!=" or low <= wanted <= high


_COMPARED = frozenset(("bool", "int", "float", "str", "routing"))
"""Types of properties whose possible values are known."""
_COUNTED = frozenset(("children", "refs", "notes"))
"""Types of properties that are compared by the number of their elements."""
_ORDER = ("<", "<=", ">", ">=")
_SWITCH = {"on": True, "off": False}


def _meant(prop: schema.Property, wanted: Any, text: str) -> Any:
    """The value that is meant for this property: a label's or a colour's number; None if its type does not fit."""
    if prop.labels:
        number = _number(prop, wanted, text)
        return None if isinstance(number, str) else number
    if prop.type in ("str", "routing"):
        return wanted if isinstance(wanted, str) else text or None
    if prop.type == "bool":
        meant = _SWITCH.get(wanted.casefold()) if isinstance(wanted, str) else wanted
        return meant if isinstance(meant, bool) or meant in (0, 1) else None
    if prop.unit == "rgb" and isinstance(wanted, str):
        return values.color(wanted)
    if prop.type in ("int", "float"):
        return wanted if isinstance(wanted, int | float) else None
    return wanted


def _names_color(wanted: Any) -> bool:
    """True for a colour's name; a number or "#ff3636" means exactly that colour."""
    return isinstance(wanted, str) and wanted.strip().casefold() in values.COLORS


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return value.casefold() == wanted.casefold()
    return bool(value == wanted)


def value_at(store: Store, node: Node, path: str) -> Any:
    """A property's value, with dots also of an object below or referred to: "mixer_device.volume.value".

    None if there is none. A list has its length as `count`; `type`, `id`, `ref`, `role` and `parent` are the
    object's own unless Live has such a property.
    """
    return _step_to(store, _holder(store, node, path), path.rpartition(".")[2])


def _shown_at(store: Store, node: Node, path: str) -> Any:
    """`value_at`, in the form of reads: a choice by its label, an object by its ref."""
    at, last = _holder(store, node, path), path.rpartition(".")[2]
    value = _step_to(store, at, last)
    return values.shown(store, at.type, last, value) if isinstance(at, Node) else value


def _holder(store: Store, node: Node, path: str) -> Any:
    """The object or value from which the last part of a path is read."""
    at: Any = node
    for part in path.split(".")[:-1]:
        at = _step_to(store, at, part)
        if isinstance(at, int) and not isinstance(at, bool):
            at = store.nodes.get(at)
    return at


def _step_to(store: Store, at: Any, part: str) -> Any:
    if isinstance(at, Node):
        if part in at.props:
            return at.props[part]
        if part in at.children:
            return at.children[part]
        if part in _OWN:
            return getattr(at, part)
        return store.ref(at.id) if part == "ref" else None
    if isinstance(at, tuple | list):
        if part == "count":
            return len(at)
        if part.isdigit() and int(part) < len(at):
            return at[int(part)]
    return None
