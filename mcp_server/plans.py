"""What a write tool means to do, before it is a write: operations, and what they are in words.

A tool's plan is a pure function of its arguments and a `Scope`: the Set as the mirror shows it, and what earlier calls
of the same batch will make. Batch, dry run, policy, consent and recipes all use plans; `Desk.write` carries one out.

In a batch `$k` is what call k makes, `$k/clip_slots/1` what hangs below. Such an object is a `Node` whose id is the
text that the wire has for it. Within one plan, `made(n)` is what its own operation n makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from mirror import Call, Mirror, Node, Note, Operation, Set, errors
from mirror.queries import KINDS, named, schema_is_a
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.operations import RESULT
from remote_script.SetMirror.write import OPERATIONS

from . import reading, units, views

_AS_LONG_AS = {"clip_slots": "scenes", "sends": "return_tracks"}
"""Lists of a new track that are as long as one of the song's."""
_MADE = {
    "duplicate_track": "Track",
    "duplicate_scene": "Scene",
    "duplicate_device": "Device",
    "duplicate_clip_to": "Clip",
    "capture_and_insert_scene": "Scene",
}
"""What the methods make that return nothing, by class; `calls.PRODUCTS` finds them."""


class Own(str):
    """`$n` of a plan's own operation n; joined to other plans it gets their number."""


def made(number: int, path: str = "") -> str:
    """What the plan's own operation `number` makes, or what hangs below that."""
    return Own(f"${number}/{path}" if path else f"${number}")


class Product(NamedTuple):
    """What a call of a batch makes: the operation that makes it, and its class."""

    operation: int
    type: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Operations that are one write.

    Attributes:
      label: What for, in a few words.
      operations: In order; `made(n)` stands for what operation n makes.
      makes: What `$k` is for a batch that holds this plan.
      notes: What the answer says besides, such as which clip the selection meant.
      tools: The tools whose calls a batch holds: rules about a tool hold inside of a batch, too.
      if_revision, expect, dry_run: As `WriteRequest` has them.
    """

    label: str
    operations: tuple[Operation, ...]
    makes: Product | None = None
    notes: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    if_revision: int | None = None
    expect: tuple[tuple[Any, str, Any], ...] = ()
    dry_run: bool = False

    @classmethod
    def of(cls, label: str, operations: Iterable[Operation], **more: Any) -> Plan:
        """The plan; what it makes is what its first operation that makes something makes.

        Args:
          overwrite: Let its calls remove what is in their way.
        """
        ops = tuple(operations)
        if more.pop("overwrite", False):
            ops = tuple(
                msgspec.structs.replace(op, overwrite=True) if isinstance(op, Call) else op for op in ops
            )
        more.setdefault(
            "makes", next((found for found in map(_product, range(len(ops)), ops) if found), None)
        )
        return cls(label=label, operations=ops, **more)

    def final(self, offset: int = 0) -> tuple[Operation, ...]:
        """The operations as the mirror takes them, after `offset` others."""
        return tuple(_final(op, offset) for op in self.operations)


def _product(number: int, op: Operation) -> Product | None:
    if not isinstance(op, Call):
        return None
    if op.method in _MADE:
        return Product(number, _MADE[op.method])
    found = {
        method.returns_of
        for name in schema.CLASSES
        if (method := schema.methods(name).get(op.method)) is not None and method.returns == "obj"
    }
    return Product(number, found.pop()) if len(found) == 1 else None


def _final(op: Operation, offset: int) -> Operation:
    def plain(value: Any) -> Any:
        if isinstance(value, Own):
            match = RESULT.match(value)
            assert match is not None
            path = f"/{match[2]}" if match[2] else ""
            return f"${int(match[1]) + offset}{path}"
        return value

    if isinstance(op, Set):
        return msgspec.structs.replace(op, target=plain(op.target), value=plain(op.value))
    args = {name: plain(value) for name, value in op.args.items()}
    return msgspec.structs.replace(op, target=plain(op.target), args=args)


class Scope:
    """What plans are made from. One scope serves all calls of a batch, so that they know of each other."""

    def __init__(self, mirror: Mirror, meant: dict[str, int] | None = None) -> None:
        """Over what a client sees.

        Args:
          meant: Which object each ref and name stood for when the call was first read; it is added to.
        """
        self.mirror = mirror
        self._meant: dict[str, int] = {} if meant is None else meant
        self.made: list[Product | None] = []
        """What the calls of the batch so far make."""
        self.operations = 0
        """How many operations they have."""
        self.taken: set[Any] = set()
        """Slots that plans of this scope fill."""
        self.scenes = 0
        """Scenes that plans of this scope append."""
        self.notes: list[str] = []

    # -- objects -----------------------------------------------------------------------------------

    def resolve(self, target: int | str, *kinds: str) -> Node:
        """The object of a target that is no index; `$k` is what call k of the batch makes."""
        if isinstance(target, str) and target.startswith("$"):
            return self._made(target, kinds)
        if not isinstance(target, str):
            return self.mirror.resolve(target, *kinds)
        # What a person was asked about stays what it was.
        node = self.mirror.resolve(self._meant.get(target, target), *kinds)
        self._meant[target] = node.id
        return node

    def target(self, value: Any, *kinds: str, within: Node | None = None, role: str = "") -> Node:
        """As `reading.target`."""
        return reading.target(self, value, *kinds, within=within, role=role)

    def prefer(self, value: Any, *kinds: str) -> Node:
        """The object; where several have the name, those that make sense here are meant."""
        text = str(value).strip()
        known = text.isdecimal() or self.named(text, *kinds)
        return self.target(value, *(kinds if known else ()))

    def clip(self, value: Any) -> Node:
        """A clip, or the clip in a slot."""
        return self.clip_in(self.target(value, "Clip", "ClipSlot"))

    def clip_in(self, node: Node) -> Node:
        """The clip itself, or the one in the slot."""
        if node.type == "Clip":
            return node
        held = self.child(node, "clip")
        if held is None:
            raise errors.NotFound(f"{self.ref(node)} has no clip", hint="create_clip makes one there")
        return held

    def meant(self, value: Any, kind: str) -> Node:
        """The object that is given, else the one that is selected in Live; the answer says so.

        For reading and creating only: what is deleted, overwritten or moved is named.
        """
        if value is not msgspec.UNSET:
            return self.clip(value) if kind == "Clip" else self.target(value, kind)
        prop = {"Track": "selected_track", "Clip": "detail_clip", "Scene": "selected_scene"}[kind]
        id_ = self.mirror.resolve("view").props.get(prop)
        if not isinstance(id_, int):
            raise errors.InvalidParams(
                f"No {kind.casefold()} is given, and none is selected in Live",
                hint=f"give {kind.casefold()} by index, ref or name",
            )
        node = self.mirror.node(id_)
        self.notes.append(
            f"{self.ref(node)} {node.name!r} is meant: it is selected in Live".replace(" ''", "")
        )
        return node

    def ref(self, node: Node) -> str:
        """Where it is; of what does not exist yet the text that stands for it."""
        return self.mirror.ref(node.id) if isinstance(node.id, int) else str(node.id)

    def named(self, name: str, *kinds: str) -> list[Node]:
        """As `mirror.queries.named`."""
        return named(self.mirror.store, name, *kinds)

    def has_id(self, id_: int) -> bool:
        """True when an object has this id."""
        return id_ in self.mirror.store.nodes

    def children(self, node: Node | str, role: str) -> tuple[Node, ...]:
        """The objects in a list; those of a new object as far as their number is known."""
        if isinstance(node, str) or isinstance(node.id, int):
            return self.mirror.children(node, role)
        if role not in _AS_LONG_AS:
            raise errors.NotAvailable(
                f"What {node.id} has as {role} is known only once it exists",
                hint="use a call after this batch, or an index: " + f"{node.id}/{role}/0",
            )
        count = len(self.mirror.children("song", _AS_LONG_AS[role])) + self.scenes * (role == "clip_slots")
        return tuple(self._below(node, f"{role}/{number}") for number in range(count))

    def child(self, node: Node, role: str) -> Node | None:
        """The single object `role`; of a new object whatever the table says that it has."""
        if isinstance(node.id, int):
            return self.mirror.child(node, role)
        return self._below(node, role)

    def parent(self, node: Node) -> Node:
        """The owner; InvalidParams for the song and for what does not exist yet."""
        if node.parent is None:
            raise errors.InvalidParams(
                f"{self.ref(node)} ({node.type}) cannot be deleted, duplicated or moved"
            )
        return self.mirror.node(node.parent)

    def _made(self, target: str, kinds: Sequence[str]) -> Node:
        match = RESULT.match(target)
        number = int(match[1]) if match is not None else -1
        if match is None or not number < len(self.made):
            raise errors.InvalidValue(
                f"$k is what an earlier call of the batch makes, from $0; {target[:40]!r} is none",
                target[:40],
            )
        product = self.made[number]
        if product is None:
            raise errors.InvalidValue(f"Call {number} of the batch makes no object", target[:40])
        top = Node(f"${product.operation}", product.type, None, "", {}, {})  # type: ignore[arg-type]
        node = self._below(top, match[2]) if match[2] else top
        classes = [KINDS.get(each, (each, {}))[0] for each in kinds]
        if node.type and classes and not any(schema_is_a(node.type, each) for each in classes):
            raise errors.InvalidValue(f"A {' or '.join(kinds)} is needed, {target} is a {node.type}", target)
        return node

    def _below(self, node: Node, path: str) -> Node:
        """What is at a path below an object that does not exist yet, by the table."""
        type_, steps = node.type, path.strip("/").split("/")
        for step in steps:
            if step.isascii() and step.isdigit():
                continue
            prop = schema.properties(type_).get(step) if type_ in schema.CLASSES else None
            if prop is None or not prop.is_tree:
                raise errors.InvalidValue(f"{node.id} ({type_}) has no {step!r} below it", path)
            type_ = prop.of
        return Node(f"{node.id}/{'/'.join(steps)}", type_, None, steps[-1], {}, {})  # type: ignore[arg-type]

    # -- values ------------------------------------------------------------------------------------

    def position(self, value: float | str) -> float:
        """A time in beats: a number, or bars in the song's signature."""
        return units.position(value, *views.signature(self.mirror))

    def length(self, value: float | str) -> float:
        """A duration in beats: a number, "2 bars", "1/8"."""
        return units.length(value, *views.signature(self.mirror))

    def note_list(self, clip: Node) -> tuple[Note, ...]:
        """The notes of a clip; none of one that does not exist yet. NotAvailable for an audio clip."""
        return self.mirror.notes(clip) if isinstance(clip.id, int) else ()

    def set(self, node: Node, name: str, value: Any) -> Set:
        """A property set to what was written."""
        return Set(node.id, name, reading.property_value(self, node, name, value))

    def sets(self, node: Node, values: Mapping[str, Any]) -> list[Operation]:
        """The properties that were given."""
        return [self.set(node, name, value) for name, value in values.items() if value is not msgspec.UNSET]

    # -- joining -----------------------------------------------------------------------------------

    def join(self, plan: Plan) -> tuple[Operation, ...]:
        """The plan's operations after those of the calls before; what it makes is the next `$k`.

        Raises:
          TooLarge: the batch has too many operations.
        """
        ops = plan.final(self.operations)
        shifted = None
        if plan.makes is not None:
            shifted = plan.makes._replace(operation=plan.makes.operation + self.operations)
        self.made.append(shifted)
        self.operations += len(ops)
        if self.operations > OPERATIONS:
            raise errors.TooLarge(
                f"A batch has at most {OPERATIONS} operations; call {len(self.made) - 1} makes it"
                f" {self.operations}",
                self.operations,
                hint="split it: each part is one undo step",
            )
        return ops


Planner = Callable[[Scope, Any], Plan]


def only(given: msgspec.Struct, when: str, *allowed: str, of: Iterable[str]) -> None:
    """Refuse arguments that have no effect here.

    Args:
      when: What makes them so: "action 'play'".
      allowed: Those that have.
      of: All that depend on it.
    """
    defaults = type(given)(**{name: getattr(given, name) for name in _required(type(given))})
    for name in of:
        if name not in allowed and getattr(given, name) != getattr(defaults, name):
            raise errors.InvalidParams(
                f"`{name}` has no effect with {when}",
                hint=f"with {when} there is {', '.join(allowed)}" if allowed else f"leave `{name}` out",
            )


def _required(type_: type[msgspec.Struct]) -> list[str]:
    return [each.name for each in msgspec.structs.fields(type_) if each.required]


def words(scope: Scope, op: Operation) -> str:
    """One operation in words, for people and for a dry run."""
    where = op.target
    if isinstance(where, int) and scope.has_id(where):
        node = scope.mirror.node(where)
        where = scope.ref(node) + (f" {node.name!r}" if node.name else "")
    if isinstance(op, Set):
        return f"set {op.name} of {where} to {op.value!r}"
    args = ", ".join(f"{name}={value!r}"[:60] for name, value in op.args.items())
    return f"{op.method}({args}) of {where}"
