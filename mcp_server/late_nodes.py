"""Objects that do not exist yet: objects that a batch creates, and objects below them, as the schema defines them.

Such a `LateNode` takes the place of a `Node` in plans. Its id is its text on the wire (see
`remote_script.SetMirror.contract.late`); the Remote Script resolves the names of objects below it when the operation
runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from mirror import Call, Node, Operation, Set, errors
from mirror.kinds import KINDS, schema_is_a
from remote_script.SetMirror.contract import late, schema

_MADE = {
    "duplicate_track": "Track",
    "duplicate_scene": "Scene",
    "duplicate_device": "Device",
    "duplicate_clip_to": "Clip",
    "move_clip_to": "Clip",
    "capture_and_insert_scene": "Scene",
}
"""Methods that return nothing → the class of the object that they make; `calls.PRODUCTS` finds the object."""
_ROLES = {
    "Track": "tracks",
    "Scene": "scenes",
    "CuePoint": "cue_points",
    "Device": "devices",
    "Chain": "chains",
}
_OF_SONG = ("Track", "Scene", "CuePoint")


class Own(str):
    """`$n` for operation n of the same plan; when plans are joined, n is changed to the new number."""


def made(number: int, path: str = "") -> str:
    """The text for the object that operation `number` of the same plan makes, or for an object below it."""
    return Own(f"${number}/{path}" if path else f"${number}")


class LateNode(Node, frozen=True):
    """An object that does not exist yet; `above` is its owner, None if the owner is not known."""

    above: Node | None = None


def late_node(id_: str, type_: str, above: Node | None = None, role: str = "", name: str = "") -> LateNode:
    """A late node with the text that stands for it."""
    return LateNode(id_, type_, None, role, {"name": name} if name else {}, {}, 0, above)  # type: ignore[arg-type]


def new(number: int, type_: str) -> LateNode:
    """The object that operation `number` of the same plan creates."""
    return late_node(made(number), type_)


class Product(msgspec.Struct, frozen=True):
    """An object that a plan makes: the operation that makes it, its class, owner, list and name."""

    operation: int
    type: str
    owner: int | str | None = None
    role: str = ""
    name: str = ""


def product(number: int, ops: tuple[Operation, ...]) -> Product | None:
    """The object that operation `number` creates; None if there is none, or if the table does not define it."""
    op = ops[number]
    if not isinstance(op, Call):
        return None
    type_ = _MADE.get(op.method, "")
    if not type_:
        types = {
            method.returns_of
            for name in schema.CLASSES
            if (method := schema.methods(name).get(op.method)) is not None and method.returns == "obj"
        }
        if len(types) != 1:
            return None
        type_ = types.pop()
    owner, role = _owner_and_list(op, type_)
    names = [
        operation.value
        for operation in ops
        if isinstance(operation, Set) and operation.target == made(number) and operation.name == "name"
    ]
    name = op.args.get("name") if not names else names[-1]
    return Product(number, type_, owner, role, name if isinstance(name, str) else "")


def _owner_and_list(op: Call, type_: str) -> tuple[int | str | None, str]:
    """The owner and the list of the object that a call makes."""
    if type_ == "TakeLane":
        return op.target, "take_lanes"
    if type_ != "Clip":
        role = "return_tracks" if op.method == "create_return_track" else _ROLES.get(type_, "")
        return ("song" if type_ in _OF_SONG else op.target), role
    if "target_clip_slot" in op.args:
        return op.args["target_clip_slot"], "clip"
    if "arrangement" in op.method or op.args.keys() & {"start_time", "position", "destination_time"}:
        return op.target, "arrangement_clips"
    return op.target, "clip"


def shifted(value: Any, offset: int) -> Any:
    """A late target of the same plan with its number after `offset` operations of other plans."""
    if not isinstance(value, Own):
        return value
    number, slash, path = value[1:].partition("/")
    return f"${int(number) + offset}{slash}{path}"


def fits(node: Node, kinds: tuple[str, ...]) -> LateNode | None:
    """The node as one of these kinds, if it is or may become of that kind; otherwise None."""
    assert isinstance(node, LateNode)
    classes = [KINDS.get(kind, (kind, {}))[0] for kind in kinds]
    if not classes or not node.type or any(schema_is_a(node.type, class_) for class_ in classes):
        return node
    below = [class_ for class_ in classes if schema_is_a(class_, node.type)]
    return msgspec.structs.replace(node, type=below[0]) if below else None


def tree_property(type_: str, step: str) -> schema.Property | None:
    """The list or child `step` of a class or of one of its subclasses."""
    for name in _itself_and_below(type_):
        prop = schema.properties(name).get(step)
        if prop is not None and (prop.is_tree or (name, step) == ("Scene", "clip_slots")):
            return prop
    return None


def _itself_and_below(type_: str) -> Iterator[str]:
    if type_ in schema.CLASSES:
        yield type_
        yield from (
            class_name
            for class_name in schema.CLASSES
            if class_name != type_ and schema.is_a(class_name, type_)
        )


def wire(node: Node) -> str:
    """The first part of a late target for an object below a node."""
    return f"@{node.id}" if isinstance(node.id, int) else node.id


def step_below(node: Node, role: str, *steps: str) -> LateNode:
    """The object at `role` below a node, or an object of that list.

    Raises:
      InvalidValue: the schema has no such list or child.
    """
    prop = tree_property(node.type, role)
    if prop is None:
        raise errors.InvalidValue(f"A {node.type} has no {role!r} below it", role)
    kind = Own if isinstance(node.id, Own) else str
    return late_node(kind("/".join([wire(node), role, *steps])), prop.of, node, role)


def listed(node: Node, role: str, text: str) -> LateNode:
    """The object of a list that a text means; the Remote Script finds it by name, otherwise by index."""
    return step_below(node, role, late.name_step(text))


_NUMBER = re.compile(r"\$([0-9]+)")


def in_calls(text: str, operations: list[int | None]) -> str:
    """A wire text with the numbers of calls instead of the numbers of operations.

    Args:
      operations: For each call, the operation that makes its object, or None.
    """
    names = {f"${op}": f"${call}" for call, op in enumerate(operations) if op is not None}
    return _NUMBER.sub(lambda match: names.get(match[0], match[0]), text).replace("/=", "/")
