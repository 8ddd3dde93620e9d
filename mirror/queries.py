"""Finding objects in the mirror: by ref, id, name, kind, or conditions on properties. All from memory.

A name of several objects is never resolved by a guess: the error lists the objects. For a name without an exact
match the error lists similar names.
"""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from remote_script.SetMirror.contract import checks as rules
from remote_script.SetMirror.contract import display, schema
from remote_script.SetMirror.contract.naming import suggestion

from . import errors, refs, values
from .model import Match, Node
from .store import Store

Target = int | str

CANDIDATES = 10
"""Candidates listed in an error."""
NEAR = 0.6
"""Similarity (0 to 1) from which a name counts as similar."""

SHORTEST_LIKE = 4
"""Minimum letters of a word for similar names; to a shorter word every name is similar."""

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "song": ("Song", {}),
    "track": ("Track", {}),
    "midi track": ("Track", {"role": "tracks", "has_midi_input": True, "is_foldable": [False, None]}),
    "audio track": ("Track", {"role": "tracks", "has_audio_input": True, "is_foldable": [False, None]}),
    "group track": ("Track", {"is_foldable": True}),
    "return track": ("Track", {"role": "return_tracks"}),
    "main track": ("Track", {"role": "master_track"}),
    "scene": ("Scene", {}),
    "clip": ("Clip", {}),
    "midi clip": ("Clip", {"is_midi_clip": True}),
    "audio clip": ("Clip", {"is_audio_clip": True}),
    "session clip": ("Clip", {"role": "clip"}),
    "arrangement clip": ("Clip", {"role": "arrangement_clips"}),
    "clip slot": ("ClipSlot", {}),
    "device": ("Device", {}),
    "instrument": ("Device", {"type": 1}),
    "audio effect": ("Device", {"type": 2}),
    "midi effect": ("Device", {"type": 4}),
    "rack": ("RackDevice", {}),
    "plugin": ("PluginDevice", {}),
    "parameter": ("DeviceParameter", {}),
    "chain": ("Chain", {}),
    "drum pad": ("DrumPad", {}),
    "cue point": ("CuePoint", {}),
    "locator": ("CuePoint", {}),
    "groove": ("Groove", {}),
    "take lane": ("TakeLane", {}),
}
"""Words of people → class and required properties; Live's class names are understood as well."""

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
_SECOND_CHOICE = ("DeviceParameter", "Song", "Application", "DrumPad")
"""Classes that a bare name means only if no other object has it: parameters are thousands, with equal names."""


_ID = re.compile(r"id:\s*([0-9]{1,18})", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+")


def resolve(store: Store, target: Target, *kinds: str | None) -> Node:
    """The one object that an id (19 or "id:19"), a ref or a name stands for now.

    Args:
      kinds: Words of `KINDS` or Live's classes; of several objects with one name only these are meant.

    Raises:
      StaleReference: no object has this id, no object is at this ref (any more), or the object there has another
      name.
      NotFound: no object has this name; `facts["candidates"]` are similar.
      Ambiguous: several objects have this name, or a number as text could be an id or an index; the hint lists
      both.
      InvalidValue: the object is none of `kinds`.
    """
    wanted = tuple(kind for kind in kinds if kind is not None)
    if isinstance(target, bool) or not isinstance(target, int | str):
        raise errors.InvalidValue(f"A target is an id, a ref or a name, not {str(target)[:100]!r}")
    if isinstance(target, str) and (by_id := _ID.fullmatch(target.strip())) is not None:
        target = int(by_id[1])
    if isinstance(target, int):
        node = store.nodes.get(target)
        if node is None:
            raise errors.StaleReference(f"There is no object with id {str(target)[:20]}", str(target)[:20])
    elif (known := store.at(target)) is not None:
        node = store.nodes[known]
    elif "/" in target or refs.looks_like_ref(target):
        node = _walk(store, target)
        # A ref that was used once is likely to be used again: cache it.
        store.ref(node.id)
    else:
        node = _by_name(store, target, wanted)
    if not _is_any(node, wanted):
        raise errors.InvalidValue(
            f"A {' or '.join(wanted)} is needed, {store.ref(node.id)} is a {node.type}",
            target,
            ref=store.ref(node.id),
        )
    return node


def _is_any(node: Node, kinds: Iterable[str]) -> bool:
    fits = [_is_kind(node, kind) for kind in kinds]
    return any(fits) or not fits


def _walk(store: Store, ref: str) -> Node:
    if store.root is None:
        raise errors.NotReady("No Set has been read yet", ref)
    node = store.nodes[store.root]
    steps = refs.parse(ref)
    if steps[0].name == "song":
        _check_name(store, node, steps[0].expected, ref)
        steps = steps[1:]
    position = 0
    while position < len(steps):
        name, expected = steps[position]
        position += 1
        value = node.children.get(name) if name in node.children else node.props.get(name)
        if name not in node.children and (name not in refs.EDGES or name not in node.props):
            raise errors.StaleReference(
                f"{store.ref(node.id)} ({node.type}) has no {name!r}",
                ref,
                hint=f"it has {', '.join(sorted(node.children)) or 'nothing below'}",
                at=store.ref(node.id),
            )
        if isinstance(value, tuple | list):
            if position == len(steps) or not steps[position].name.isdigit():
                raise errors.InvalidValue(
                    f"{name!r} is a list of {len(value)}: give an index, from 0",
                    ref,
                    hint=f"{name}/0 is the first",
                )
            number, expected = steps[position]
            position += 1
            if int(number) >= len(value):
                raise errors.StaleReference(
                    f"{store.ref(node.id)} has {len(value)} {name}, so {name}/{number} does not exist", ref
                )
            value = value[int(number)]
        child = store.nodes.get(value) if isinstance(value, int) else None
        if child is None:
            raise errors.StaleReference(f"{store.ref(node.id)} has no {name} now", ref)
        node = child
        _check_name(store, node, expected, ref)
    return node


def _check_name(store: Store, node: Node, expected: str | None, ref: str) -> None:
    if expected is not None and node.name != expected:
        now = [store.ref(id_) for id_ in store.named(expected) if store.nodes[id_].type == node.type]
        raise errors.StaleReference(
            f"{store.ref(node.id)} is expected to be named {expected!r} but is {node.name!r}",
            ref,
            hint=f"{expected!r} is now at {now[0]}" if len(now) == 1 else None,
            candidates=[
                _candidate(store, store.nodes[id_]) for id_ in list(store.named(expected))[:CANDIDATES]
            ],
        )


def named(store: Store, name: str, *kinds: str) -> list[Node]:
    """The objects of these kinds with this name: with exactly this spelling, else in any case.

    Parameters, pads and the like only if no other object has the name: they are thousands, with equal names.
    """
    nodes = [store.nodes[id_] for id_ in store.named(name.strip())]
    nodes = [node for node in nodes if _is_any(node, kinds)]
    nodes = [node for node in nodes if node.name == name] or nodes
    return [node for node in nodes if node.type not in _SECOND_CHOICE] or nodes


def _by_name(store: Store, name: str, kinds: tuple[str, ...]) -> Node:
    nodes = named(store, name, *kinds)
    if len(nodes) == 1:
        return nodes[0]
    if nodes:
        raise errors.Ambiguous(
            f"{len(nodes)} objects are named {name!r}",
            name,
            hint=f"write one of their refs: {_refs_of(store, nodes)}",
            candidates=[_candidate(store, node) for node in nodes[:CANDIDATES]],
        )
    if _DIGITS.fullmatch(name.strip()):
        raise _only_a_number(store, name.strip()[:18])
    near = [
        match for kind in kinds or (None,) for match in find(store, name=name, kind=kind, limit=CANDIDATES)
    ]
    raise errors.NotFound(
        f"Nothing is named {name[:100]!r}",
        name[:100],
        hint=f"near it are {_refs_of(store, [match.node for match in near])}"
        if near
        else _there_are(store, kinds),
        candidates=[_candidate(store, match.node) for match in near],
    )


def _there_are(store: Store, kinds: tuple[str, ...]) -> str | None:
    """A few candidates for an error, when no name is similar; None if there are none."""
    nodes = [
        match.node
        for kind in kinds or ("track", "scene")
        for match in find(store, kind=kind, limit=5 * CANDIDATES)
        if match.node.name and match.node.type not in _SECOND_CHOICE
    ]
    more = f" and {len(nodes) - CANDIDATES} more: find lists them" if len(nodes) > CANDIDATES else ""
    return f"there are {_refs_of(store, nodes)}{more}" if nodes else None


def _only_a_number(store: Store, text: str) -> errors.Ambiguous:
    """The refusal of a number as text when no object has this name: it may be an id or an index."""
    number = int(text)
    refs_of_number = [f"id:{number}"] if number in store.nodes else []
    refs_of_number += [
        ref for role in ("tracks", "scenes") if store.at(ref := f"{role}/{number}") is not None
    ]
    return errors.Ambiguous(
        f"{number} alone does not say which object is meant",
        number,
        hint=f"write {' or '.join(refs_of_number)}"
        if refs_of_number
        else "write a ref such as tracks/2, a name, or id:19",
    )


def _refs_of(store: Store, nodes: list[Node]) -> str:
    return ", ".join(f"{store.ref(node.id)} ({node.name})" for node in nodes[:CANDIDATES])


def _candidate(store: Store, node: Node) -> dict[str, Any]:
    return {"id": node.id, "type": node.type, "ref": store.ref(node.id), "name": node.name}


# -- finding ---------------------------------------------------------------------------------------


def find(
    store: Store,
    *,
    name: str | None = None,
    kind: str | None = None,
    where: Mapping[str, Any] | Iterable[str] | str | None = None,
    under: Target | None = None,
    limit: int = 50,
) -> list[Match]:
    """All objects that match every argument; best name first, then in the order of the Set.

    Args:
      name: Equal, contained, or similar; case does not matter. Scores: 1.0 equal, then names that begin with it,
      contain it, or are similar.
      kind: A word of `KINDS` or one of Live's classes; subclasses count.
      where: Conditions, all of which must hold: {"arm": True, "length": ">32", "color": [1, 2]} (a list: any of
      these), or texts such as "length > 32", "name contains bass", "arm = true". Dots lead to properties of objects
      below or referred to: "mixer_device.volume.value > 0.5".
      under: Only objects below this object.
      limit: At most so many; 1 or more.

    Raises:
      InvalidValue: an unknown kind, or a condition that cannot be parsed.
    """
    if limit < 1:
        raise errors.InvalidValue(f"`limit` must be at least 1, got {limit}", limit)
    class_, facts = _kind(kind) if kind is not None else ("", {})
    conditions = _conditions(where, class_)
    words = name.casefold().strip() if name is not None else None
    scores = _scores(store, words) if words is not None else None
    pool: Iterable[Node]
    if under is not None:
        top = resolve(store, under)
        pool = (node for node in store.walk(top.id) if node.id != top.id)
    elif scores is not None:
        pool = (store.nodes[id_] for key in scores for id_ in store.named(key))
    elif class_:
        pool = (
            store.nodes[id_]
            for type_ in store.types()
            if schema_is_a(type_, class_)
            for id_ in store.of_type(type_)
        )
    else:
        pool = store.walk()
    matches: list[Match] = []
    for node in pool:
        if class_ and not schema_is_a(node.type, class_):
            continue
        score = 1.0
        if scores is not None:
            score = scores.get(node.name.casefold(), 0.0)
            if not score or not node.name:
                continue
        if not _facts_hold(node, facts) or not all(holds(store, node) for holds in conditions):
            continue
        matches.append(Match(node, "", score))
        if words is None and len(matches) >= limit:
            break
    matches.sort(key=lambda match: -match.score)
    return [Match(match.node, store.ref(match.node.id), match.score) for match in matches[:limit]]


def _scores(store: Store, words: str) -> dict[str, float]:
    """Casefolded names that fit, with their scores."""
    scores: dict[str, float] = {}
    matcher = difflib.SequenceMatcher(b=words, autojunk=False)
    for key in store.names():
        if key == words:
            scores[key] = 1.0
        elif key.startswith(words):
            scores[key] = 0.9
        elif words in key:
            scores[key] = 0.8
        elif (
            len(words) >= SHORTEST_LIKE and abs(len(key) - len(words)) <= len(words) // 2 and len(key) <= 100
        ):
            matcher.set_seq1(key)
            if matcher.quick_ratio() >= NEAR:
                ratio = matcher.ratio()
                if ratio >= NEAR:
                    scores[key] = round(0.7 * ratio, 3)
    return scores


def schema_is_a(type_: str, class_: str) -> bool:
    """True when objects of class `type_` are `class_`; a class that the table does not know only equals itself."""
    return type_ == class_ or (type_ in schema.CLASSES and schema.is_a(type_, class_))


def _kind(kind: str) -> tuple[str, dict[str, Any]]:
    if kind in schema.CLASSES:
        return kind, {}
    word = kind.casefold().replace("_", " ").strip()
    for form in (word, word[:-1] if word.endswith("s") else word):
        if form in KINDS:
            return KINDS[form]
    for name in schema.CLASSES:
        if name.casefold() == word.replace(" ", ""):
            return name, {}
    near = difflib.get_close_matches(word, [*KINDS, *schema.CLASSES], 5, 0.5)
    hint = f"kinds are {', '.join(near or KINDS)}; Live's class names work too"
    raise errors.InvalidValue(f"{kind!r} is no kind of object", kind, hint=hint)


def _is_kind(node: Node, kind: str) -> bool:
    class_, facts = _kind(kind)
    return schema_is_a(node.type, class_) and _facts_hold(node, facts)


def _facts_hold(node: Node, facts: dict[str, Any]) -> bool:
    for name, wanted in facts.items():
        value = node.role if name == "role" else node.props.get(name)
        if isinstance(wanted, list):
            if value not in wanted:
                return False
        elif value != wanted:
            return False
    return True


_Condition = Callable[[Store, Node], bool]


def _conditions(where: Mapping[str, Any] | Iterable[str] | str | None, class_: str = "") -> list[_Condition]:
    if where is None:
        return []
    if isinstance(where, str):
        where = [where]
    if isinstance(where, Mapping):
        for name in where:
            _check_known(name, class_)
        return [_of_item(name, wanted) for name, wanted in where.items()]
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


def _of_item(name: str, wanted: Any) -> _Condition:
    if isinstance(wanted, Mapping):
        parts = [_condition(name, sign, value) for sign, value in wanted.items()]
        return lambda store, node: all(part(store, node) for part in parts)
    if isinstance(wanted, str):
        match = re.match(r"(==|!=|<=|>=|<|>|~)\s*(.+)\Z", wanted, re.DOTALL)
        if match is not None:
            return _condition(name, match.group(1), _literal(match.group(2)), match.group(2))
    if isinstance(wanted, list | tuple):
        any_of = [_condition(name, "=", item) for item in wanted]
        return lambda store, node: any(holds(store, node) for holds in any_of)
    return _condition(name, "=", wanted)


def _of_text(text: str, class_: str) -> _Condition:
    match = _CONDITION.match(text)
    if match is None:
        raise errors.InvalidValue(
            f"A condition is `property sign value`, not {text[:100]!r}", text[:100],
            hint='such as "length > 32", "arm = true", "name contains bass"',
        )  # fmt: skip
    _check_known(match.group(1), class_)
    return _condition(match.group(1), match.group(2), _literal(match.group(3)), match.group(3))


def _literal(text: str) -> Any:
    word = text.strip()
    named = {"true": True, "false": False, "yes": True, "no": False, "none": None, "null": None}
    if word.casefold() in named:
        return named[word.casefold()]
    try:
        return float(word) if re.search(r"[.eE]", word) else int(word)
    except ValueError:
        return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word


def _condition(name: str, sign: str, wanted: Any, text: str = "") -> _Condition:
    """A test that compares a property with a value; `text` is the value as written, possibly a choice's label."""
    last = name.rpartition(".")[2]
    if sign in ("~", "contains"):
        part = str(wanted).casefold()
        return lambda store, node: part in str(_shown_at(store, node, name) or "").casefold()
    if sign not in _OPERATORS:
        raise errors.InvalidValue(
            f"A sign is one of {', '.join(_OPERATORS)}, ~ or contains, not {sign!r}", sign
        )
    _check_wanted(last, sign, wanted, text)
    compare = _OPERATORS[sign]

    def holds(store: Store, node: Node) -> bool:
        at = _holder(store, node, name)
        parameter = parameter_below(store, at, last)
        if parameter is not None:
            return _parameter_compares(compare, parameter, wanted, last)
        value, meant = _step_to(store, at, last), wanted
        prop = values.row(at.type, last) if isinstance(at, Node) else None
        if (
            isinstance(at, Node)
            and at.type == "DeviceParameter"
            and last == "value"
            and isinstance(wanted, str)
        ):
            return _shown_compares(compare, at, wanted) is True
        if prop is not None and prop.type == "ref" and isinstance(wanted, str):
            value = values.shown(store, at.type, last, value)
        elif prop is not None and prop.type in _COMPARED:
            meant = _meant(prop, wanted, text)
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
      InvalidValue: a number beyond the internal range, or a text in another unit: true for no track or for all.
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
    if low is not None and high is not None and isinstance(wanted, int | float) and not low <= wanted <= high:
        raise errors.InvalidValue(
            f"A bare number for `{name}` is Live's inner value, {low:g} to {high:g}, not {wanted:g}",
            wanted,
            hint=f"write it as Live shows it, with the unit, such as {shown!r}",
        )
    return compare(parameter.props.get("value"), wanted)


def _shown_compares(compare: Callable[[Any, Any], bool], parameter: Node, wanted: str) -> bool | None:
    """Compare a parameter's display text with a text; None if the two cannot be compared."""
    shown = str(parameter.props.get("display") or "")
    now, other = display.quantity(shown), display.quantity(wanted)
    if now is not None and other is not None and now.unit == other.unit:
        return compare(now.amount, other.amount)
    if now is None and compare in [_OPERATORS[sign] for sign in ("=", "==", "!=")]:
        return compare(shown, wanted)
    return None


def _number(prop: schema.Property, wanted: Any, text: str) -> Any:
    """Map a choice's label to its number; other values pass unchanged."""
    named = (rules.choice(prop, label) for label in (text, wanted))
    return next((number for number in named if number is not None), wanted)


def _check_wanted(name: str, sign: str, wanted: Any, text: str) -> None:
    """InvalidValue for a value that no object can have in this property: the condition could match nothing."""
    rows = values.rows(name)
    kinds = {prop.type for prop in rows}
    if not rows or name in _OWN or not kinds <= _COMPARED or wanted is None:
        return
    if sign in _ORDER and not kinds & {"int", "float"}:
        raise errors.InvalidValue(f"`{name}` has no order: compare it with =, != or contains", sign)
    if any(_meant(prop, wanted, text) is not None for prop in rows) or (
        name == "value" and isinstance(wanted, str)
    ):
        return
    known = list(dict.fromkeys(label for prop in rows for label in prop.labels.values()))
    forms = {"bool": "true or false", "int": "a number", "float": "a number"}
    form = f"one of {', '.join(known)}" if known else forms.get(rows[0].type, "a text")
    unit = f" ({rows[0].unit})" if rows[0].unit and not known else ""
    facts: dict[str, Any] = {"choices": known} if known else {}
    raise errors.InvalidValue(
        f"`{name}` is {form}{unit}, not {str(wanted)[:60]!r}", str(wanted)[:60], **facts
    )


_COMPARED = frozenset(("bool", "int", "float", "str", "routing"))
"""Types of properties whose possible values are known."""
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
