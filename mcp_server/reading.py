"""Reads the arguments that clients send. All tools read through this module, so all have the same grammar.

    5, "5", "5,5"      a number is the same quoted or not; an ambiguous text is refused with both readings
    "true", "[1, 2]"   booleans, lists and objects sent as text; a single element stands for a list of it
    "Complex Pro"      a choice in any case, with spaces, "_" or "-"
    null               leaves the argument out
    3, "3"             an index from 0 if only one list is possible; otherwise refused with the readings
    "id:19"            an id; "tracks/2", "tracks/2[Bass]" a ref; any other text is a name, which must match exactly

`fitted` needs only the types; `target`, `parameter` and `property_value` also need the Set.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from types import UnionType
from typing import Any, Protocol

import msgspec
from msgspec import inspect

from mirror import Node, errors
from mirror.queries import CANDIDATES
from remote_script.SetMirror.contract import display, late, naming, schema
from remote_script.SetMirror.contract.checks import choice
from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.contract.values import ALL_NOTE_FIELDS, EXPRESSIONS, NOTE_FIELDS

from . import notation, schemas, units
from .shown_numbers import shows_no_unit, texts_of_numbers

_YES, _NO = ("true", "on", "yes", "1"), ("false", "off", "no", "0")
_DIGITS = re.compile(r"-?[0-9]{1,15}")
CLEAR = ("none", "no", "")
"""Texts that clear a reference to an object, besides null."""


class Resolver(Protocol):
    """The part of the Set that reading needs; `plans.Scope` implements it."""

    def resolve(self, target: int | str, *kinds: str) -> Node: ...
    def ref(self, node: Node) -> str: ...
    def children(self, node: Node | str, role: str) -> tuple[Node, ...]: ...
    def named(self, name: str, *kinds: str) -> list[Node]: ...
    def has_id(self, id_: int) -> bool: ...
    def later(self, owner: Node, role: str, text: str) -> Node: ...
    def same(self, words: str, node: Node) -> Node: ...
    def parameter_below(self, node: Node, name: str) -> Node | None: ...


# -- by type ---------------------------------------------------------------------------------------------------


def fitted(payload: dict[str, Any], arguments: type[msgspec.Struct]) -> dict[str, Any]:
    """The arguments of a payload, every value converted to the type of its field where that is unambiguous.

    Raises:
      InvalidValue: a value can be read two ways.
    """
    return _struct(payload, _type_info(arguments), "")


_type_info = cache(inspect.type_info)
"""Cached by tool, since translating a tool's types takes longer than most calls."""


def _struct(payload: dict[str, Any], type_: inspect.Type, label: str) -> dict[str, Any]:
    assert isinstance(type_, inspect.StructType)
    fields = {field.encode_name: field for field in type_.fields}
    values: dict[str, Any] = {}
    for name, value in payload.items():
        field = fields.get(name)
        if field is None:
            values[name] = value
        elif value is not None or isinstance(schemas.bare(field.type), inspect.AnyType):
            values[name] = _fit(value, field.type, f"{label}.{name}" if label else name)
    return values


def _fit(value: Any, type_: inspect.Type, label: str) -> Any:
    """`value` converted to `type_`; an inconvertible value is returned unchanged, and its type check refuses it."""
    if schemas.kind(type_):
        # The tool converts these values itself; a JSON number without a fraction is whole.
        return int(value) if isinstance(value, float) and value.is_integer() else value
    plain = schemas.bare(type_)
    if isinstance(plain, inspect.ListType):
        value = _paired(value, schemas.bare(plain.item_type))
        return [
            _fit(element, plain.item_type, f"{label}[{number}]")
            for number, element in enumerate(_list(value, plain, label))
        ]
    if isinstance(plain, inspect.StructType | inspect.DictType):
        value = _parsed(value, dict)
        if isinstance(value, dict) and isinstance(plain, inspect.StructType):
            return _struct(value, plain, label)
        if isinstance(value, dict) and isinstance(plain, inspect.DictType):
            return {name: _fit(entry, plain.value_type, f"{label}.{name}") for name, entry in value.items()}
        return value
    read = _READ.get(type(plain))
    return value if read is None else read(value, plain, label)


def _parsed(value: Any, wanted: type | UnionType) -> Any:
    """A list or an object sent as its JSON text."""
    if isinstance(value, str) and value.strip()[:1] in "[{":
        try:
            decoded = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return value
        return decoded if isinstance(decoded, wanted) else value
    return value


def parsed(value: Any) -> Any:
    """An object, also from its JSON text; other values unchanged."""
    return _parsed(value, dict)


def _paired(value: Any, item: inspect.Type) -> Any:
    """A list of pairs, also from an object of names and values: {"A-Reverb": "-20 dB"}."""
    value = _parsed(value, dict)
    if not isinstance(value, dict) or not isinstance(item, inspect.StructType) or len(item.fields) != 2:
        return value
    name, other = item.fields
    if not (name.required and other.required) or value.keys() & {name.encode_name, other.encode_name}:
        return value
    return [{name.encode_name: key, other.encode_name: entry} for key, entry in value.items()]


def _list(value: Any, type_: inspect.ListType, label: str) -> list[Any]:
    value = _parsed(value, list)
    if isinstance(value, list):
        return value
    item = schemas.bare(type_.item_type)
    if isinstance(value, str) and "," in value and isinstance(item, inspect.FloatType | inspect.IntType):
        parts = ", ".join(value.split(","))
        raise errors.InvalidValue(
            f"{label}: {value[:60]!r} can be one number or the list [{parts[:60]}]",
            value[:60],
            hint="write a JSON list",
        )
    return [value]


def _int(value: Any, type_: inspect.Type, label: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | float):
        return value
    number = _labelled(label, units.whole, value)
    return value if number is None else number


def _float(value: Any, type_: inspect.Type, label: str) -> Any:
    if not isinstance(value, str):
        return value
    number = _labelled(label, units.number, value)
    return value if number is None else number


def _bool(value: Any, type_: inspect.Type, label: str) -> Any:
    text = str(value).strip().casefold() if isinstance(value, str | int) else ""
    return True if text in _YES else False if text in _NO else value


def _str(value: Any, type_: inspect.Type, label: str) -> Any:
    # A track may have the name 808.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _choice(value: Any, type_: inspect.Type, label: str) -> Any:
    assert isinstance(type_, inspect.LiteralType)
    folded = {folded_label(str(literal)): literal for literal in type_.values}
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    return folded.get(folded_label(str(value)), str(value))


_READ: dict[type, Callable[[Any, inspect.Type, str], Any]] = {
    inspect.IntType: _int,
    inspect.FloatType: _float,
    inspect.BoolType: _bool,
    inspect.StrType: _str,
    inspect.LiteralType: _choice,
}


def folded_label(text: str) -> str:
    """A label without case, and with a space for "_" and "-"."""
    return " ".join(re.sub(r"[\s_-]+", " ", text.casefold()).split())


def _labelled(label: str, read: Callable[[str | float], Any], value: str | float) -> Any:
    try:
        return read(value)
    except errors.InvalidValue as problem:
        raise errors.InvalidValue(f"{label}: {problem.rule}", problem.value, hint=problem.hint) from None


# -- targets ---------------------------------------------------------------------------------------------------

LISTS = {"Track": "tracks", "Scene": "scenes", "CuePoint": "cue_points"}
"""Kind of object → the song's list that a bare index refers to."""


def target(
    resolver: Resolver,
    value: Any,
    *kinds: str,
    within: Node | None = None,
    role: str = "",
) -> Node:
    """The object that an argument stands for.

    Args:
      kinds: The accepted kinds, as in `mirror.kinds.KINDS`, or Live's classes; empty for any object.
      within, role: The owner and its list for an index; by default the song's list of tracks, scenes or cue points
        if the only kind is one of them.

    Raises:
      InvalidValue: the index may refer to several lists, or the text is both an index and a name.
      MirrorError: as `mirror.queries.resolve`.
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise errors.InvalidValue(f"A target is an index, an id, a ref or a name, not {str(value)[:100]!r}")
    text = str(value).strip()
    if _DIGITS.fullmatch(text) is None:
        return resolver.resolve(value, *kinds)
    number = int(text)
    if not role and len(kinds) == 1:
        role = LISTS.get(kinds[0], "")
    named = resolver.named(text, *kinds)
    if not role:
        if len(named) == 1 and not _indexed(resolver, number, kinds) and not resolver.has_id(number):
            return named[0]
        raise _many_readings(resolver, number, named, kinds)
    owner: Node | str = within if within is not None else "song"
    if within is not None and not isinstance(within.id, int):
        return resolver.later(within, role, text)
    children = resolver.children(owner, role)
    at = children[number] if 0 <= number < len(children) else None
    if at is not None and within is None:
        at = resolver.resolve(f"{role}/{number}")
    elif at is not None and within is not None:
        at = resolver.same(f"{number} in {role} of {within.id}", at)
    if len(named) == 1 and named[0] is not at and (at is None or named[0].id != at.id):
        if at is None:
            return named[0]
        raise errors.Ambiguous(
            f"{text!r} is the name of {resolver.ref(named[0])} and the index of {resolver.ref(at)}",
            text,
            hint=f"write '{resolver.ref(named[0])}' or '{resolver.ref(at)}'",
        )
    if at is None:
        where = "The Set" if within is None else resolver.ref(within)
        raise errors.StaleReference(
            f"{where} has {len(children)} {role}, counted from 0, so there is none at {number}",
            number,
            hint=_numbered(children) or None,
        )
    return at


MOST_NUMBERED = 24


def _numbered(nodes: Sequence[Node]) -> str:
    """The objects that the client can choose from: "there are 0 Drums, 1 Keys"."""
    names = [f"{number} {node.name}".rstrip() for number, node in enumerate(nodes[:MOST_NUMBERED])]
    more = f" and {len(nodes) - MOST_NUMBERED} more" if len(nodes) > MOST_NUMBERED else ""
    return f"there are {', '.join(names)}{more}" if names else ""


def _many_readings(
    resolver: Resolver, number: int, named: list[Node], kinds: Sequence[str]
) -> errors.Ambiguous:
    """The refusal of an index that may refer to several lists."""
    candidates = [resolver.ref(node) for node in (*named, *_indexed(resolver, number, kinds))]
    if resolver.has_id(number):
        candidates.append(f"id:{number}")
    readings = ", ".join(candidates[:CANDIDATES])
    return errors.Ambiguous(
        f"{number} alone does not say which object is meant",
        number,
        hint=f"write {readings.replace(', ', ' or ')}"
        if candidates
        else "write a ref, a name, or id:… for an id",
    )


def _indexed(resolver: Resolver, number: int, kinds: Sequence[str]) -> list[Node]:
    """The objects that an index may mean, in the song's lists of these kinds."""
    lists = [role for class_, role in LISTS.items() if not kinds or class_ in kinds]
    return [nodes[number] for role in lists if 0 <= number < len(nodes := resolver.children("song", role))]


def child(
    resolver: Resolver, owner: Node, role: str, value: Any, what: str, names: Sequence[str] = ()
) -> Node:
    """A child of an owner by index from 0, id, ref or exact name.

    If the batch creates the owner, the Remote Script looks the child up when the operation runs.

    Args:
      what: The kind of children, for a refusal: "send", "parameter".
      names: Other names of the children, such as those of the returns that the sends go to.
    """
    text = str(value).strip()
    if not isinstance(owner.id, int):
        return resolver.later(owner, role, text)
    children = resolver.children(owner, role)
    shown = list(names) or [node.name for node in children]
    try:
        return children[naming.chosen(shown[: len(children)], text, resolver.ref(owner), what)]
    except BridgeError as problem:
        if problem.name == "NOT_FOUND" and (text.startswith("id:") or "/" in text):
            matches = [node for node in children if node.id == resolver.resolve(text).id]
            if matches:
                return matches[0]
        raise errors.from_bridge(problem) from None


# -- values ----------------------------------------------------------------------------------------------------


def parameter(node: Node, value: Any) -> float | str | dict[str, float | str]:
    """The value to which a parameter is set: Live's inner number, or a text for the script to search.

    {"raw": 4} is always the inner value. A bare number is the inner value, too, except where the parameter shows
    numbers without a unit on another scale: if all its items are numbers, it is the item's text; without items only
    the script knows all texts (`display.meant`): a quoted number is the shown one, and a plain number that can be
    either is refused.
    """
    value = _parsed(value, dict)
    if isinstance(value, dict):
        raw = value.get("raw")
        number = units.number(raw) if set(value) == {"raw"} and isinstance(raw, int | float | str) else None
        if number is None or isinstance(raw, bool):
            raise errors.InvalidValue(
                f"{node.name!r} takes a number, a text, or {{'raw': number}}", str(value)[:60]
            )
        return number
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise errors.InvalidValue(f"{node.name!r} takes a number or a text, not {str(value)[:60]!r}")
    if isinstance(value, str) and display.change(value) is not None:
        return value
    number = units.number(value)
    if number is None:
        return str(value)
    if not isinstance(node.id, int) or shows_no_unit(node):
        # The texts of a new parameter are known only after it exists.
        return {late.WRITTEN: value.strip().replace("−", "-") if isinstance(value, str) else number}
    texts = texts_of_numbers(node)
    text: float | str | None = display.text_of_number(texts, number)
    if text is None:
        raise errors.InvalidValue(
            f"{node.name!r} shows {', '.join(texts[:40])}, not {number:g}",
            number,
            hint="write one of these, or {'raw': …} for the inner value",
        )
    return text


def elsewhere(resolver: Resolver, node: Node, name: str) -> str:
    """A hint for a name that is no property of the object but a parameter below it; "" without such a parameter."""
    if not isinstance(node.id, int):
        return ""
    last = name.rpartition("/")[2]
    named = [
        node for node in resolver.children(node, "parameters") if node.name.casefold() == last.casefold()
    ]
    parameter = resolver.parameter_below(node, last) or (named[0] if len(named) == 1 else None)
    if parameter is None:
        return ""
    return f"{last[:60]!r} is an object of its own: {resolver.ref(parameter)}, and its property `value`"


def property_of(node: Node, name: str) -> schema.Property | None:
    """The schema's row of a property; for a new object also a row of the subclasses that it may have."""
    if node.type not in schema.CLASSES:
        return None
    prop = schema.properties(node.type).get(name)
    if prop is None and not isinstance(node.id, int):
        below = (class_ for class_ in schema.CLASSES if schema.is_a(class_, node.type))
        prop = next((row for class_ in below if (row := schema.properties(class_).get(name))), None)
    return prop


def property_value(resolver: Resolver, node: Node, name: str, value: Any) -> Any:
    """A property's value from an argument, by the type in the schema; values of unknown properties are not changed."""
    prop = property_of(node, name)
    if prop is None or not prop.write:
        return value
    if node.type == "DeviceParameter" and name == "value":
        return parameter(node, value)
    if prop.type == "ref":
        if value is None or (isinstance(value, str) and value.strip().casefold() in CLEAR):
            if name in _KEPT:
                raise errors.NotAvailable(f"Live's API cannot clear `{name}`: {_KEPT[name]}", name)
            return None
        return target(resolver, value, *([prop.of] if prop.of else [])).id
    if prop.choices is not None and isinstance(value, str):
        known = choice(prop, value) is not None or display.change(value) is not None
        number = None if known else units.whole(value)
        # A label or the number of a label; any other value, also a change, is refused later, with all labels.
        return value if number is None else number
    if prop.type in ("int", "float"):
        return number_of(prop, value, node.props.get(name), known=isinstance(node.id, int))
    if prop.type == "bool":
        return _bool(value, inspect.BoolType(), name)
    if prop.type in ("str", "routing"):
        return _str(value, inspect.StrType(), name)
    return _parsed(value, list | dict)


def number_of(prop: schema.Property, value: Any, now: Any, known: bool = True) -> Any:
    """A number in the property's own unit, or a change from `now`: "+5", "by -3 st", "120 bpm".

    Args:
      known: False when the property's value before the change is not known yet, because the object is new.
    """
    if not isinstance(value, str):
        return value
    if prop.unit == "rgb":
        return units.color(value)
    said = display.change(value)
    quantity = display.quantity(said if said is not None else value)
    wanted = display.quantity(f"1 {prop.unit}") if prop.unit not in ("", "beats") else None
    number = _labelled(f"`{prop.name}`", units.number, said if said is not None else value)
    if number is None and quantity is not None and wanted is not None and quantity.unit == wanted.unit:
        number = quantity.amount / wanted.amount
    if number is None and said is None and prop.name in _WRITTEN:
        return _labelled(f"`{prop.name}`", _WRITTEN[prop.name], value)
    if number is None:
        if prop.unit == "beats":
            return value
        unit = f" of {prop.unit}" if prop.unit else ""
        low, high = prop.minimum, prop.maximum
        within = f" from {low:g} to {high:g}" if low is not None and high is not None else ""
        rule = f"`{prop.name}` takes a number{unit}{within}, not {value[:60]!r}"
        raise errors.InvalidValue(rule, value[:60], hint=_ELSEWHERE.get(prop.name))
    if prop.type == "int" and math.isfinite(number) and number.is_integer():
        number = int(number)
    if said is None:
        return number
    if known and (isinstance(now, bool) or not isinstance(now, int | float)):
        raise errors.InvalidValue(f"`{prop.name}` has no number to count {value[:60]!r} from", value[:60])
    # The script adds the change to the value at the time when the write runs.
    return {late.BY: number}


def _percent(text: str) -> float:
    quantity = display.quantity(text)
    if quantity is None or quantity.unit != "%":
        raise errors.InvalidValue(
            f"Live shows it as a percentage such as '60 %', not {text[:60]!r}", text[:60]
        )
    return quantity.amount / 100


_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "groove_amount": _percent,
    "swing_amount": _percent,
    "in_note": units.pitch,
    "out_note": units.pitch,
    "root_note": units.pitch_class,
}
"""Property → how to read the text that Live shows for its number."""
_ELSEWHERE = {"gain": "of a clip: set_clip takes '-6 dB'"}
"""Property → where the text that Live shows for its number is taken."""


def pitch(value: Any) -> int:
    """A MIDI pitch from 0..127 or from its name."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise errors.InvalidValue(f"A pitch is 0 to 127 or a name such as C3, not {str(value)[:60]!r}")
    return units.pitch(value)


_NOTE_FIELDS: dict[str, tuple[str, inspect.Type | None]] = {
    "id": ("note_id", inspect.IntType()),
    "p": ("pitch", None),
    "t": ("start_time", inspect.FloatType()),
    "d": ("duration", inspect.FloatType()),
    "v": ("velocity", inspect.FloatType()),
    "m": ("mute", inspect.BoolType()),
    "pr": ("probability", inspect.FloatType()),
    "vd": ("velocity_deviation", inspect.FloatType()),
    "rv": ("release_velocity", inspect.FloatType()),
    **{name: (name, inspect.FloatType()) for name in EXPRESSIONS},
}
"""Short name → Live's name and type; clients may write either name."""
_LONG = {name: (name, type_) for name, type_ in _NOTE_FIELDS.values()}


def notes(value: Any) -> list[dict[str, Any]]:
    """Notes in the mirror's form, from the compact text or from objects with short or Live's names."""
    value = _parsed(value, list)
    if isinstance(value, str):
        return notation.read(value)
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise errors.InvalidValue(
            f"Notes are a text or a list of objects, not {str(value)[:60]!r}", hint=notation.HINT
        )
    return [_note(number, note) for number, note in enumerate(value)]


def _note(number: int, note: Any) -> dict[str, Any]:
    if isinstance(note, list | tuple) and len(note) in (len(NOTE_FIELDS), len(ALL_NOTE_FIELDS)):
        # The form in which a read of the property returns a note.
        note = dict(zip(ALL_NOTE_FIELDS, note, strict=False))
    if not isinstance(note, dict):
        raise errors.InvalidValue(
            f"Note {number} must be an object, got {str(note)[:60]!r}", hint=notation.HINT
        )
    read_note: dict[str, Any] = {}
    for name, value in note.items():
        known = _NOTE_FIELDS.get(name) or _LONG.get(name)
        if known is None or known[0] in read_note:
            fields = ", ".join(
                f"{short} ({long})" for short, (long, _) in _NOTE_FIELDS.items() if short != long
            )
            wrong = f"has no field {name[:40]!r}" if known is None else f"has {known[0]} twice"
            raise errors.InvalidValue(f"Note {number} {wrong}", name[:40], hint=f"a note has {fields}")
        if value is not None:
            long, type_ = known
            read_note[long] = (
                pitch(value) if type_ is None else _fit(value, type_, f"{long} of note {number}")
            )
            if isinstance(type_, inspect.FloatType) and not isinstance(read_note[long], int | float):
                raise _no_number(number, name, long, value)
    return read_note


def _no_number(note: int, name: str, long: str, value: Any) -> errors.InvalidValue:
    beats = long in ("start_time", "duration")
    wanted = "a number of beats, such as 2.5" if beats else "a number"
    return errors.InvalidValue(
        f"`{name}` of note {note} is {wanted}, not {str(value)[:60]!r}",
        str(value)[:60],
        hint="times of notes count in beats from 0 at the clip's 1.1.1: in 4/4 bar 2 begins at 4"
        if beats
        else None,
    )


_KEPT = {"groove": "choose another one, or set this one's amounts to 0"}
"""References that Live's API cannot clear (measured), and the advice for each of them."""
_ARGUMENTS: dict[str, inspect.Type] = {
    "bool": inspect.BoolType(),
    "int": inspect.IntType(),
    "float": inspect.FloatType(),
    "str": inspect.StrType(),
    "bools": inspect.ListType(inspect.BoolType()),
    "ints": inspect.ListType(inspect.IntType()),
    "floats": inspect.ListType(inspect.FloatType()),
    "strs": inspect.ListType(inspect.StrType()),
}


def argument(type_: str, name: str, value: Any) -> Any:
    """An argument of a method of Live, by the type in the schema."""
    if type_ == "notes":
        return notes(value)
    plain = _ARGUMENTS.get(type_)
    if plain is None:
        return _parsed(value, list | dict)
    return _fit(value, plain, f"`{name}`")
