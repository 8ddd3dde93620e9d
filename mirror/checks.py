"""Checks a write against the mirror before it is sent, and collects all of its problems.

The rules are `remote_script.SetMirror.contract.checks`, applied here to nodes. The script applies the same rules to
Live's objects: a write that passes here can still be refused there, for a reason that the mirror cannot know.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from remote_script.SetMirror.calls import PRODUCTS
from remote_script.SetMirror.contract import checks as rules
from remote_script.SetMirror.contract import display, late, note_checks, schema
from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.contract.places import ID, is_identity
from remote_script.SetMirror.contract.values import ABSENT, ALL_NOTE_FIELDS, NOTE_FIELDS, same
from remote_script.SetMirror.note_calls import NOTES_A_PIECE

from . import errors, values
from .model import Call, Node, Operation, Set
from .queries import resolve
from .request import WriteRequest
from .store import Store

_DEEPEST = 32
_REQUIRED_NOTE_FIELDS = {"apply_note_modifications": ("note_id",)}
NEW_NOTE_FIELDS = ("pitch", "start_time", "duration")
_TAKE_NOTES = frozenset(
    name for name, method in schema.methods("Clip").items() if any(arg.type == "notes" for arg in method.args)
)
_NOTES_IN_LINE = 500
"""A longer list of notes is sent in pieces."""


class Prepared(msgspec.Struct):
    """A write that passed all checks: operations in the wire's form, with targets as ids."""

    ops: list[dict[str, Any]]
    expect: list[dict[str, Any]]
    touched: set[int]
    wishes: list[tuple[str, str, str, str, Any, Any]] | None
    """(ref, type, name of the object, property, value before, requested value) if all operations set plain values:
    a resynced mirror can then decide whether they were done."""


class Problems:
    """Collects every problem of one request."""

    def __init__(self) -> None:
        self.problems: list[tuple[int, errors.MirrorError]] = []

    def collect(self, number: int, check: Callable[[], Any]) -> Any:
        try:
            return check()
        except errors.MirrorError as problem:
            self.problems.append((number, problem))
        except BridgeError as problem:
            self.problems.append((number, errors.from_bridge(problem)))
        return None

    def raise_first(self) -> None:
        if not self.problems:
            return
        first = self.problems[0][1]
        first.facts["op"] = self.problems[0][0]
        first.facts["problems"] = [
            {
                "op": number,
                "error": problem.error,
                "rule": problem.rule,
                "value": problem.value,
                "hint": problem.hint,
            }
            for number, problem in self.problems[:50]
        ]
        raise first


def prepare(store: Store, request: WriteRequest, live: str) -> Prepared:
    """Check a request against the mirror's present state and put it into the wire's form.

    Args:
      live: The version of Live, as "12.3.6"; "" when unknown.

    Raises:
      MirrorError: the first problem; `facts["problems"]` has all of them, each with op, error, rule, value, hint.
        `op` counts from 0; −1 is the write as a whole.
    """
    ops = request.ops
    problems = Problems()
    checked = _Write(store, schema.version(live), list(ops))
    operations = [problems.collect(number, partial(checked.operation, number)) for number in range(len(ops))]
    for number, id_ in request.seen.items():
        if operations[number] is not None:
            operations[number]["seen"] = id_
    if len(ops) > 1:
        for number, op in enumerate(ops):
            if isinstance(op, Call) and op.method in ("undo", "redo") and op.target in ("song", store.root):
                problems.problems.append((number, errors.from_bridge(rules.stands_alone())))
    wanted = [
        problems.collect(-1, partial(checked.expectation, *expectation)) for expectation in request.expect
    ]
    wanted += [problems.collect(-1, partial(checked.unchanged, *contents)) for contents in request.unchanged]
    since = request.if_revision
    if since is not None:
        problems.collect(-1, lambda: checked.unchanged_since(since))
    problems.raise_first()
    return Prepared(operations, wanted, checked.touched, checked.wishes if checked.plain else None)


class _Write:
    def __init__(self, store: Store, live: tuple[int, ...], ops: list[Operation]) -> None:
        self.store = store
        self.live = live
        self.ops = ops
        self.touched: set[int] = set()
        self.wishes: list[tuple[str, str, str, str, Any, Any]] = []
        self.written: set[tuple[int, str]] = set()
        """Properties that earlier operations set: a later relative change starts from a value that only the script
        knows."""
        self.plain = True

    def operation(self, number: int) -> dict[str, Any]:
        op = self.ops[number]
        if not isinstance(op, Set | Call):
            raise errors.InvalidParams("An operation is a Set or a Call", str(op)[:100])
        payload: dict[str, Any] = {"op": "set" if isinstance(op, Set) else "call", "target": op.target}
        node: Node | None = None
        if self._is_late(op.target, number):
            self.plain = False
        else:
            node = resolve(self.store, op.target)
            payload["target"] = node.id
            self.touched.add(node.id)
        if isinstance(op, Set):
            finite(op.value, f"`{op.name}`")
            payload["name"] = op.name
            payload["value"] = op.value if node is None else self._set(number, node, op)
            if op.expect is not msgspec.UNSET:
                finite(op.expect, "`expect`")
                payload["expect"] = op.expect if node is None else self._expected(node, op.name, op.expect)
        else:
            self.plain = False
            payload["method"] = op.method
            args = self._call(number, node, op)
            payload["args"] = {**args, "notes": _in_pieces(args["notes"])} if "notes" in args else args
            if op.overwrite:
                payload["overwrite"] = True
        return payload

    def _is_late(self, target: Any, number: int) -> bool:
        """True when `target` is late; InvalidValue when it names an operation that cannot have created an object."""
        if not late.is_late(target):
            return False
        parsed = late.parse(target)
        for made in parsed.operations():
            if made >= number:
                raise errors.InvalidValue("$k names an earlier operation of the same write, from $0", target)
            earlier = self.ops[made]
            if isinstance(earlier, Set) or not _makes_object(self.store, earlier):
                raise rules.needs_object(made)
        if parsed.owner is not None:
            self.touched.add(resolve(self.store, parsed.owner).id)
        return True

    # -- set ---------------------------------------------------------------------------------------

    def _set(self, number: int, node: Node, op: Set) -> Any:
        value = self._value(number, node, op.name, op.value)
        if late.is_late(value) or (isinstance(value, str | dict) and node.type == "DeviceParameter"):
            # The final value is known only afterwards.
            self.plain = False
        now = node.props.get(op.name)
        self.wishes.append((self.store.ref(node.id), node.type, node.name, op.name, now, value))
        self.written.add((node.id, op.name))
        return value

    def _changes_choices(self, node: Node, name: str) -> bool:
        """True where the script knows other choices: a channel's after its type was set, those of a track just made."""
        by_type = name.replace("_channel", "_type")
        fills = node.props.get(f"available_{name}s") in ([], [""])
        return fills or (by_type != name and (node.id, by_type) in self.written)

    def _value(self, number: int, node: Node, name: str, value: Any) -> Any:
        prop = self._property(node, name)
        if prop is None:
            return value
        if prop.type == "ref":
            return self._object(number, value, prop.of) if value is not None else None
        if node.type == "DeviceParameter" and name == "value":
            return rules.parameter_value(_reading(node), value, partial(_left_to_script, node))
        rules.not_null(prop, value)
        if prop.type == "routing":
            text = rules.to_str(f"`{name}`", value)
            choices = node.props.get(f"available_{name}s")
            if isinstance(choices, list) and text not in choices and not self._changes_choices(node, name):
                raise rules.not_offered(name, text, choices)
            return text
        by = late.change_by(value) if prop.type in ("int", "float") else None
        if by is not None:
            # The script adds the change to the property's value at that time.
            self.plain = False
            now = node.props.get(name)
            if isinstance(now, int | float) and (node.id, name) not in self.written:
                rules.plain_value(prop, now + by)
            return value
        if prop.unit == "rgb" and isinstance(value, str):
            value = values.color(value, value)
        plain = rules.plain_value(prop, value)
        return list(plain) if isinstance(plain, tuple) else plain

    def _property(self, node: Node, name: str) -> schema.Property | None:
        """The table's row; None when the property is unknown here: a newer script may know it and judges."""
        if node.type not in schema.CLASSES:
            return None
        if name in node.props and name not in schema.properties(node.type):
            return None
        return rules.writable(node.type, name, self.live, _reading(node))

    def _object(self, number: int, value: Any, of: str) -> Any:
        """An object as its id; `$k` unchanged."""
        if self._is_late(value, number):
            return value
        rules.not_a_browser_item(of)
        node = resolve(self.store, value)
        rules.is_class(node.type, of, value, self.store.ref(node.id))
        self.touched.add(node.id)
        return node.id

    # -- call --------------------------------------------------------------------------------------

    def _call(self, number: int, node: Node | None, op: Call) -> dict[str, Any]:
        if node is None or node.type not in schema.CLASSES:
            # Only clips have methods with notes: what their class allows is known before the clip is made.
            late = node is None and op.method in _TAKE_NOTES
            finite(
                {name: value for name, value in op.args.items() if not (late and _is_notes(name))}, "`args`"
            )
            return {
                name: _notes(op.method, value) if late and _is_notes(name) else value
                for name, value in op.args.items()
            }
        method = rules.method_of(node.type, op.method, self.live)
        # Checked notes contain only values that JSON can express.
        notes = {arg.name for arg in method.args if arg.type == "notes"}
        finite({name: value for name, value in op.args.items() if str(name).lower() not in notes}, "`args`")
        arguments = rules.arguments(method, op.args)
        for arg in method.args:
            if arg.name not in arguments:
                continue
            if arg.type == "obj":
                arguments[arg.name] = self._object(number, arguments[arg.name], arg.of)
            elif arg.is_place:
                self._place(number, arguments[arg.name])
            elif arg.type == "notes":
                if node.props.get("is_midi_clip") is False:
                    raise errors.NotAvailable(f"{_label(node)} is an audio clip; only MIDI clips have notes")
                arguments[arg.name] = _notes(method.name, arguments[arg.name])
            elif isinstance(arguments[arg.name], tuple):
                arguments[arg.name] = list(arguments[arg.name])
        return arguments

    def _place(self, number: int, value: Any) -> None:
        """Check that the object at a place still exists; `$k` as in all operations."""
        if is_identity(value) and value[ID] is not None:
            self.touched.add(resolve(self.store, value[ID]).id)
        elif isinstance(value, str):
            self._is_late(value, number)

    # -- preconditions -----------------------------------------------------------------------------

    def expectation(self, target: Any, name: str, value: Any) -> dict[str, Any]:
        node = resolve(self.store, target)
        finite(value, "`expect`")
        return {"target": node.id, "name": name, "value": self._expected(node, name, value)}

    def _expected(self, node: Node, name: str, expected: Any) -> Any:
        prop = values.row(node.type, name)
        if prop is None and name not in node.props:
            raise rules.no_property(node.type, name, "describe lists the properties of each class")
        observed = node.props.get(name)
        if late.written(expected) is not None and node.type == "DeviceParameter":
            # Only the script knows whether the parameter shows this number.
            return expected
        wanted = self._meant(node, prop, expected, observed)
        if prop is not None and (prop.kind == "gauge" or prop.type == "notes"):
            return wanted
        if not same(observed, wanted):
            shown = values.shown(self.store, node.type, name, wanted)
            now = values.shown(self.store, node.type, name, observed)
            if isinstance(shown, str) and node.type == "DeviceParameter" and name == "value":
                now = node.props.get("display", now)
            raise rules.not_as_expected(name, self.store.ref(node.id), node.id, shown, now)
        return wanted

    def _meant(self, node: Node, prop: schema.Property | None, value: Any, now: Any) -> Any:
        """The expected value of a property, from the form that reads show: a label, a ref, a parameter's text."""
        if isinstance(value, int | float) and isinstance(now, float):
            text = node.props.get("display") if node.type == "DeviceParameter" else None
            return now if value in (now, values.neat(now, text or "")) else value
        if prop is None:
            return value
        if prop.choices is not None and value != now:
            # Some values that Live itself shows are outside of the bounds, such as -1 for none.
            return rules.in_bounds(prop, value)
        if prop.unit == "rgb" and isinstance(value, str):
            return values.color(value, value)
        if prop.type == "ref" and isinstance(value, str):
            return resolve(self.store, value).id
        if prop.type == "refs" and isinstance(value, list):
            return [resolve(self.store, target).id for target in value]
        if node.type == "DeviceParameter" and prop.name == "value" and isinstance(value, str):
            shown = node.props.get("display")
            items = node.props.get("value_items")
            if isinstance(shown, str) and display.says(shown, value):
                return now
            if isinstance(items, list) and value in items:
                return float((node.props.get("min") or 0) + items.index(value))
        return value

    def unchanged(self, id_: int, revision: int) -> dict[str, Any]:
        """The entry of `expect` with which the script refuses if the object was edited after this revision."""
        self._refuse_if_changed(resolve(self.store, id_), revision, unchanged=id_)
        return {"target": id_, "since": revision}

    def unchanged_since(self, revision: int) -> None:
        for id_ in self.touched:
            node = self.store.nodes.get(id_)
            # The song changes with every movement of the position; only the script knows which changes were edits.
            if node is not None and node.id != self.store.root:
                self._refuse_if_changed(node, revision)

    def _refuse_if_changed(self, node: Node, revision: int, **facts: Any) -> None:
        if node.revision > revision:
            ref = self.store.ref(node.id)
            raise rules.changed_after(
                ref, node.revision, revision, id=node.id, revision=node.revision, **facts
            )


def _left_to_script(node: Node, wanted: Any) -> Any:
    """A value that only the script can judge, unchanged: a display text, or a number that may mean one; else raises."""
    if isinstance(wanted, str) or late.written(wanted) is not None or node.props.get("display"):
        return wanted
    raise rules.out_of_range(repr(node.name), wanted, node.props["min"], node.props["max"])


def _reading(node: Node) -> rules.Read:
    """A function that reads a node's property by name, as the shared rules expect it."""

    def read(name: str) -> Any:
        value = node.props.get(name, ABSENT)
        if value is ABSENT and name in node.children:
            return node.children[name]
        return node.name if value is ABSENT and name == "name" else value

    return read


def _makes_object(store: Store, call: Operation) -> bool:
    if not isinstance(call, Call):
        return False
    if any(name == call.method for _, name in PRODUCTS):
        return True
    candidates = [
        methods[call.method] for methods in map(schema.methods, schema.CLASSES) if call.method in methods
    ]
    return not candidates or any(method.returns == "obj" for method in candidates)


def _is_notes(name: Any) -> bool:
    return str(name).lower() == "notes"


def _notes(method: str, value: Any) -> list[dict[str, Any]]:
    """The checked notes of a call."""
    return note_checks.notes(value, _REQUIRED_NOTE_FIELDS.get(method, NEW_NOTE_FIELDS))


def _in_pieces(notes: Any) -> Any:
    """Many notes as JSON texts: the script parses the line fast, and decodes each text when Live has time."""
    if not isinstance(notes, list) or len(notes) <= _NOTES_IN_LINE:
        return notes
    fields = set().union(*notes) if set(map(type, notes)) == {dict} else {None}
    if not fields.issubset(ALL_NOTE_FIELDS):
        # Not a list of notes: the script's refusal names the fault.
        return notes
    names = NOTE_FIELDS if fields.issubset(NOTE_FIELDS) else ALL_NOTE_FIELDS
    texts: list[str] = []
    for start in range(0, len(notes), NOTES_A_PIECE):
        piece = notes[start : start + NOTES_A_PIECE]
        columns = [
            [note.get(name) for note in piece] if name in fields else [None] * len(piece) for name in names
        ]
        texts.append(msgspec.json.encode(list(zip(*columns, strict=True))).decode())
    return {"pieces": texts}


def _label(node: Node) -> str:
    return f"{node.type} {node.name!r}" if node.name else node.type


def finite(value: Any, label: str, depth: int = 0) -> None:
    """Refuse a value that JSON cannot express, at any depth: it would be sent as null, or not at all."""
    if isinstance(value, float) and not math.isfinite(value):
        raise errors.InvalidValue(f"{label} must be a finite number, got {value}", str(value))
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise errors.InvalidValue(f"{label} must fit into 64 bits, got {_short(value)}", _short(value))
    if depth > _DEEPEST:
        raise errors.TooLarge(f"{label} is nested more than {_DEEPEST} deep")
    if isinstance(value, str):
        _encodable(value, label)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str):
                raise errors.InvalidValue(f"{label} must have texts as keys, got {name!r}")
            _encodable(name, label)
            finite(item, label, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            finite(item, label, depth + 1)
    elif value is not None and not isinstance(value, bool | int | float):
        raise errors.InvalidValue(f"{label} must be plain JSON, got a {type(value).__name__}")


def _encodable(text: str, label: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise errors.InvalidValue(
            f"{label} must be text that UTF-8 can encode, got {text[:40]!a}", ascii(text[:40])
        ) from None


def _short(number: int) -> str:
    """A number as text, also when Python refuses to write out thousands of digits."""
    return f"a number of {number.bit_length()} bits"
