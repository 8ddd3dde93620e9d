"""The mirror's state: every object by id, as of one revision. No I/O, no clock, no callbacks.

* `replace` makes the collected objects the whole Set and removes all others.
* `apply` takes one batch in one synchronous step, so a reader between two awaits sees exactly one revision.
* Nodes are frozen; a change makes a new node, and readers may keep the old one.
* The payload is not trusted: a bad object or change is skipped and counted; the rest of the step is applied.

All changes of one object within a batch are collected before its new node is made. Refs and encoded JSON are cached
and dropped when they may have changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from . import wire
from .comparison import compare, equal, translated
from .draft import Draft
from .garbage import exempt_present, postponed
from .model import Change, Node
from .node_index import NodeIndex
from .payloads import BAD, Payloads

_DEEPEST = 64
"""Limit of levels in the tree; Live's own trees end near 20. The limit also ends a cycle of parents."""


class Applied(NamedTuple):
    """The differences that one step made.

    `gone` has the last refs of removed objects, `rebound` maps old ids to new ids when the epoch changed. `problem`
    is not empty if a menu referred to no menu: the state lacks this menu, so it must be fetched again.
    """

    changes: list[Change]
    gone: dict[int, str]
    structural: bool
    rebound: dict[int, int] | None = None
    problem: str = ""


class Store:
    """The Set by id, as of one revision; `revision` 0 and an empty `epoch` mean that the store is empty."""

    def __init__(self) -> None:
        self.epoch = ""
        self.revision = 0
        self.root: int | None = None
        self.nodes: dict[int, Node] = {}
        self.structure = 0
        """Incremented when objects moved, were added or removed; values derived from refs are valid for one number."""
        self.naming = 0
        """Incremented with `structure`, and when a name changed."""
        self.bad: Counter[str] = Counter()
        self._payloads = Payloads(self.bad)
        self._collected: list[Any] = []
        self._index = NodeIndex()
        self._refs: dict[int, str] = {}
        self._places: dict[str, int] = {}
        self._encoded: dict[int, bytes] = {}
        self._lists: dict[tuple[int, str], int] = {}
        self._oldest_list = 0

    @classmethod
    def of_nodes(cls, nodes: Iterable[Node], epoch: str, root: int | None) -> Store:
        """A store that contains these nodes."""
        store = cls()
        store.nodes = {node.id: node for node in nodes}
        store.root, store.epoch = root, epoch
        store._index = NodeIndex(store.nodes.values())
        return store

    @classmethod
    def of_objects(cls, objects: list[Any], epoch: str) -> Store:
        """A store that contains these objects, in a snapshot's form."""
        store = cls()
        store.collect(objects, first=True)
        store.replace(epoch, 1)
        return store

    # -- reading -----------------------------------------------------------------------------------

    def ref(self, id_: int) -> str:
        """The object's present path, "song" for the root; its id as text if it has no place. KeyError if unknown."""
        known = self._refs.get(id_)
        if known is None:
            known = self._refs[id_] = self._find_ref(self.nodes[id_], 0)
            self._places[known] = id_
        return known

    def at(self, ref: str) -> int | None:
        """The id of the object at a plain ref that `ref` has returned before; None when it is not cached."""
        return self._places.get(ref)

    def _find_ref(self, node: Node, depth: int) -> str:
        if node.id == self.root:
            return "song"
        parent = self.nodes.get(node.parent) if node.parent is not None else None
        if parent is None or depth > _DEEPEST:
            return str(node.id)
        siblings = parent.children.get(node.role)
        if siblings == node.id:
            part = node.role
        elif isinstance(siblings, tuple) and node.id in siblings:
            part = f"{node.role}/{siblings.index(node.id)}"
        else:
            return str(node.id)
        above = self._refs.get(parent.id)
        if above is None:
            above = self._refs[parent.id] = self._find_ref(parent, depth + 1)
        return part if above == "song" else f"{above}/{part}"

    def walk(self, top: int | None = None) -> Iterator[Node]:
        """The object `top` (the song) and all below it, parents first, in Live's order."""
        stack = [self.root if top is None else top]
        seen: set[int] = set()
        while stack:
            id_ = stack.pop()
            node = None if id_ is None else self.nodes.get(id_)
            if node is None or node.id in seen:
                continue
            seen.add(node.id)
            yield node
            below: list[int] = []
            for children in node.children.values():
                below.extend(_ids(children))
            stack.extend(reversed(below))

    def lineage(self, id_: int) -> Iterator[Node]:
        """The object with this id, its parent, and so on up to the song; nothing if there is no such object."""
        node = self.nodes.get(id_)
        while node is not None:
            yield node
            node = self.nodes.get(node.parent) if node.parent is not None else None

    def of_type(self, type_: str) -> Iterable[int]:
        """The ids of all objects of exactly this class."""
        return self._index.of_type(type_)

    def types(self) -> Iterable[str]:
        return self._index.types()

    def named(self, name: str) -> Iterable[int]:
        """The ids of all objects of this name, in any case."""
        return self._index.named(name)

    def names(self) -> Iterable[str]:
        """All names, casefolded."""
        return self._index.names()

    def encoded(self, id_: int) -> bytes:
        """The node as JSON, encoded once per change. KeyError."""
        text = self._encoded.get(id_)
        if text is None:
            text = self._encoded[id_] = encode(self.nodes[id_])
        return text

    def list_change(self, id_: int, name: str) -> int:
        """The last revision that changed this list; the snapshot's revision if no batch did."""
        return self._lists.get((id_, name), self._oldest_list)

    # -- snapshots ---------------------------------------------------------------------------------

    def collect(self, objects: list[Any], first: bool) -> None:
        """Keep objects for `replace`; `first` drops objects collected earlier."""
        if first:
            self._collected = []
        self._collected.extend(objects)
        exempt_present()

    def replace(self, epoch: str, revision: int) -> Applied:
        """Make the collected objects the whole Set; returns the differences from the previous contents."""
        with postponed():
            return self._replace(epoch, revision)

    def _replace(self, epoch: str, revision: int) -> Applied:
        old, old_root, same_epoch = self.nodes, self.root, epoch == self.epoch
        old_refs = {} if same_epoch else {node.id: self.ref(node.id) for node in self.walk()}
        fresh: dict[int, Node] = {}
        root: int | None = None

        def props_of(id_: int) -> dict[str, Any]:
            return fresh[id_].props

        for payload in self._collected:
            try:
                node = self._payloads.node(payload, revision, props_of)
            except BAD:
                self.bad["objects"] += 1
                continue
            previous = old.get(node.id) if same_epoch else None
            if previous is not None and equal(previous, node):
                node = previous
            fresh[node.id] = node
            if node.parent is None and root is None:
                root = node.id
        self._collected = []
        problem = self._payloads.problem
        self._payloads.forget()
        before_refs = {id_: self.ref(id_) for id_ in old if id_ not in fresh} if same_epoch else old_refs
        self.nodes, self.root, self.epoch, self.revision = fresh, root, epoch, revision
        self._lists, self._oldest_list = {}, revision
        self.structure += 1
        self.naming += 1
        self._refs, self._places = {}, {}
        self._index = NodeIndex(fresh.values())
        if same_epoch:
            self._encoded = {
                id_: text for id_, text in self._encoded.items() if fresh.get(id_) is old.get(id_)
            }
            return self._differences(old, before_refs)._replace(problem=problem)
        self._encoded = {}
        return self._differences_by_ref(old, old_root, old_refs)._replace(problem=problem)

    def _differences(self, old: dict[int, Node], gone: dict[int, str]) -> Applied:
        changes: list[Change] = []
        for id_, node in self.nodes.items():
            previous = old.get(id_)
            if previous is None:
                changes.append(Change("add", id_, node.role))
            elif previous is not node:
                compare(previous, node, changes)
        changes.extend(Change("remove", id_, old[id_].role, old[id_]) for id_ in gone)
        return Applied(changes, gone, True)

    def _differences_by_ref(
        self, old: dict[int, Node], old_root: int | None, old_refs: dict[int, str]
    ) -> Applied:
        """Differences between two epochs, whose ids are unrelated: objects at the same place count as the same."""
        changes: list[Change] = []
        if old_root is None:
            return Applied(changes, {}, True, {})
        now = {self.ref(node.id): node.id for node in self.walk()}
        there = {ref: id_ for id_, ref in old_refs.items()}
        rebound: dict[int, int] = {}
        for ref, id_ in now.items():
            before = there.get(ref)
            if before is None or old[before].type != self.nodes[id_].type:
                continue
            if old[before].name == self.nodes[id_].name:
                rebound[before] = id_
        translate = {before: now[ref] for before, ref in old_refs.items() if ref in now}
        for ref, id_ in now.items():
            node = self.nodes[id_]
            before = there.get(ref)
            if before is None or old[before].type != node.type:
                changes.append(Change("add", id_, node.role))
            else:
                compare(translated(old[before], node, translate), node, changes)
        gone = {
            id_: ref
            for id_, ref in old_refs.items()
            if ref not in now or self.nodes[now[ref]].type != old[id_].type
        }
        changes.extend(Change("remove", id_, old[id_].role, old[id_]) for id_ in gone)
        return Applied(changes, gone, True, rebound)

    # -- batches -----------------------------------------------------------------------------------

    def apply(self, revision: int, changes: list[Any]) -> Applied:
        """Apply a batch in one atomic step."""
        gone = self._refs_of_removed(changes)
        draft = Draft(self.nodes, self._index, self._payloads, self.root, revision)
        for change in changes:
            draft.take(change)
        for id_ in draft.finish():
            self._encoded.pop(id_, None)
        problem = self._payloads.problem
        self._payloads.forget()
        self.root = draft.root
        self._lists.update(draft.lists)
        if draft.structural:
            self.structure += 1
            self._refs, self._places = {}, {}
        self.naming += draft.structural or draft.renamed
        self.revision = revision
        return Applied(draft.changes, gone, draft.structural, problem=problem)

    def _refs_of_removed(self, changes: list[Any]) -> dict[int, str]:
        """The last refs of the objects that the batch removes, computed before it is applied."""
        gone: dict[int, str] = {}
        for change in changes:
            try:
                if change[0] == "remove" and change[1] in self.nodes:
                    gone[change[1]] = self.ref(change[1])
            except BAD:
                # `Draft.take` counts it.
                continue
        return gone

    # -- consistency -------------------------------------------------------------------------------

    def faults(self) -> list[str]:
        """Inconsistencies of the tree and the index; empty when there are none. For tests: it walks all nodes."""
        problems = []
        for node in self.nodes.values():
            for role, children in node.children.items():
                for id_ in _ids(children):
                    child = self.nodes.get(id_)
                    if child is None:
                        problems.append(f"{node.id}.{role} names {id_}, which does not exist")
                    elif child.parent != node.id or child.role != role:
                        problems.append(
                            f"{node.id}.{role} names {id_}, whose parent is {child.parent}.{child.role}"
                        )
            if node.parent is not None and node.parent not in self.nodes:
                problems.append(f"{node.id} has the parent {node.parent}, which does not exist")
        return problems + self._index.faults(self.nodes)


def _ids(children: Any) -> tuple[int, ...]:
    if children is None:
        return ()
    return children if isinstance(children, tuple) else (children,)


def encode(node: Node) -> bytes:
    """A node as JSON."""
    try:
        return wire.encode(node)
    except (ValueError, OverflowError, TypeError):
        # A number that cannot be encoded as JSON: leave this property out.
        safe = {name: value for name, value in node.props.items() if _encodable(value)}
        return wire.encode(msgspec.structs.replace(node, props=safe))


def _encodable(value: Any) -> bool:
    try:
        wire.encode(value)
    except (ValueError, OverflowError, TypeError):
        return False
    return True
