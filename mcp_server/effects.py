"""The effects of an operation on the Set, which the policy judges, each with words for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from mirror import Call, Mirror, Node, Operation, Set, errors
from mirror.queries import resolve
from mirror.store import Store
from remote_script.SetMirror.contract import reach, schema
from remote_script.SetMirror.contract.late import is_late, parse

Kind = Literal["read", "set", "create", "delete", "edit", "play", "undo"]

UNDO_EVENTS = 5_000
"""The number of newest events that are searched for an edit; the log has at most as many of one undo step."""
_PRECIOUS = ("delete_track", "delete_return_track", "delete_scene")


class StoreTree(reach.Tree):
    """A store in the form of a tree that `reach` and `rules` walk."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.root = -1 if store.root is None else store.root

    def type(self, id_: int) -> str:
        name = self.store.nodes[id_].type
        return name if name in schema.CLASSES else "Application"

    def parent(self, id_: int) -> int | None:
        return self.store.nodes[id_].parent

    def value(self, id_: int, name: str) -> Any:
        node = self.store.nodes[id_]
        return node.children[name] if name in node.children else node.props.get(name)

    def children(self, id_: int) -> Iterator[reach.Membership]:
        node = self.store.nodes.get(id_)
        for role, children in node.children.items() if node is not None else ():
            if isinstance(children, int):
                yield reach.Membership(children, role, None)
            for number, child in enumerate(children if isinstance(children, tuple) else ()):
                yield reach.Membership(child, role, number)

    def named(self, name: str) -> list[int]:
        return [id_ for id_ in self.store.named(name) if self.store.nodes[id_].name == name]

    def line(self, id_: int) -> list[reach.Membership]:
        parts = self.store.ref(id_).split("/")
        links: list[reach.Membership] = []
        node: Node | None = self.store.nodes[id_]
        while node is not None and node.parent is not None and parts:
            last = parts.pop()
            listed = last.isdigit() and bool(parts)
            links.append(reach.Membership(node.id, node.role, int(last) if listed else None))
            if listed:
                parts.pop()
            node = self.store.nodes.get(node.parent)
        return links[::-1]


@dataclass(frozen=True)
class NamedEffect:
    """One effect of an operation for the policy: its kind, its objects, and a description for a person."""

    kind: Kind
    what: str
    ids: tuple[int, ...] = ()
    precious: bool = False
    """True for a deletion that people would miss: it needs a person's consent even without a rule."""
    gone: tuple[tuple[str, str], ...] = ()
    """Refs and names of deleted objects that the effect restores."""
    unknown: bool = False
    """True when the affected objects are unknown."""
    op: int | None = field(default=None, compare=False)
    """The number of the operation that has this effect."""

    @property
    def reach(self) -> reach.Effect:
        """The effect in the form that the rules use."""
        return reach.Effect(self.kind, self.ids)


def object_of(store: Store, target: Any) -> Node | None:
    """The object that a target means now; None if the same write creates it, or if it does not exist."""
    try:
        return resolve(store, target)
    except errors.MirrorError:
        # The mirror reports this error when it checks the write.
        return None


def is_history(store: Store, op: Operation) -> bool:
    """True for the song's undo and redo; other classes have methods with the same names."""
    node = object_of(store, op.target) if isinstance(op, Call) else None
    method = schema.methods(node.type).get(op.method) if node and node.type in schema.CLASSES else None  # type: ignore[union-attr]
    return method is not None and method.undoes


def effects_of(store: Store, ops: Iterable[Operation]) -> list[NamedEffect]:
    """The effects of all operations."""
    return [replace(effect, op=number) for number, op in enumerate(ops) for effect in _effects(store, op)]


def _effects(store: Store, op: Operation) -> list[NamedEffect]:
    if is_late(op.target):
        return _late_effects(store, op)
    node = object_of(store, op.target)
    label = label_of(store, node) if node is not None else str(op.target)
    if not isinstance(op, Call):
        effects = reach.effects_of_set(node.id if node is not None else 0, op.name)
        return [
            NamedEffect(effect.kind, f"set {op.name} of {label}", effect.ids if node is not None else ())  # type: ignore[arg-type]
            for effect in effects
        ]
    if node is None:
        return []
    method = schema.methods(node.type).get(op.method) if node.type in schema.CLASSES else None
    if method is None:
        return [NamedEffect("edit", f"{op.method} ({label})", (node.id,))]
    args = dict(_argument(store, method, name, value) for name, value in op.args.items())
    named = []
    for effect in reach.effects(StoreTree(store), node.id, method, args, op.overwrite):
        about = store.nodes.get(effect.ids[0]) if effect.kind == "delete" and effect.ids else node
        what = f"{op.method} ({label_of(store, about or node)})"
        precious = op.method in _PRECIOUS and effect.kind == "delete"
        named.append(NamedEffect(effect.kind, what, effect.ids, precious))  # type: ignore[arg-type]
    return named or [NamedEffect("read", f"{op.method} ({label})", (node.id,))]


def _late_effects(store: Store, op: Operation) -> list[NamedEffect]:
    """Effects on an object that the same write creates; rules can match only their kind and the existing owner."""
    owner = parse(str(op.target)).owner
    ids = () if owner is None or owner not in store.nodes else (owner,)
    if isinstance(op, Set):
        effects = reach.effects_of_set(0, op.name)
        return [NamedEffect(effect.kind, f"set {op.name} of {op.target}", ids) for effect in effects]  # type: ignore[arg-type]
    named = [methods[op.method] for methods in map(schema.methods, schema.CLASSES) if op.method in methods]
    kinds = dict.fromkeys(effect.kind for method in named for effect in reach.kinds_of(method))
    return [NamedEffect(kind, f"{op.method} ({op.target})", ids) for kind in kinds]  # type: ignore[arg-type]


def _argument(store: Store, method: schema.Method, name: str, value: Any) -> tuple[str, Any]:
    """An argument under the table's name, with an object as its id; names are compared without case."""
    arg = next((arg for arg in method.args if arg.name.lower() == str(name).lower()), None)
    if arg is None or not reach.names_object(arg):
        return name if arg is None else arg.name, value
    node = object_of(store, value)
    return arg.name, None if node is None else node.id


def effects_of_undo(mirror: Mirror, what: str, write: str | None) -> list[NamedEffect]:
    """The effects of undoing the newest edit, as far as the log has it; `write` is the write to be undone."""
    edits = mirror.writes.history.last(1)
    if not edits:
        return [NamedEffect("undo", what, unknown=True)]
    newest = edits[-1]
    if write is not None and newest["write"] != write:
        # Such an undo is refused with its reason before it runs.
        return [NamedEffect("undo", what)]
    events = [
        event
        for event in mirror.log.last(UNDO_EVENTS)
        if event.epoch == mirror.epoch
        and (event.write == newest["write"] if newest["write"] else event.revision == newest["revision"])
    ]
    if not events or any(event.more and event.kind != "content" for event in events):
        return [NamedEffect("undo", what, unknown=True)]
    nodes = mirror.store.nodes
    made = tuple(dict.fromkeys(e.id for e in events if e.kind == "add" and e.id in nodes))
    gone = tuple(dict.fromkeys((e.ref, e.object_name) for e in events if e.kind == "remove"))
    edited = dict.fromkeys(e.id for e in events if e.kind in ("set", "content", "move") and e.id in nodes)
    effects = [NamedEffect("delete", what, made)] if made else []
    return [*effects, NamedEffect("undo", what, tuple(id_ for id_ in edited if id_ not in made), gone=gone)]


def label_of(store: Store, node: Node) -> str:
    """An object's label in a question to a person."""
    ref = store.ref(node.id)
    return f"{ref} {node.name!r}" if node.name else ref
