"""Turns the refs, names and places of a request into ids when it is read, before it waits for its turn.

The Set may change meanwhile; an id still means the same object, or none. The rules are the script's own
(`remote_script.SetMirror.contract.places`), applied here to nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import msgspec

from remote_script.SetMirror.contract import late, places

from . import errors
from .checks import Problems
from .model import Node, Operation, Set
from .queries import resolve
from .request import WriteRequest
from .store import Store

Resolve = Callable[[Any], Node]


def bind(
    store: Store,
    request: WriteRequest,
    find: Resolve | None = None,
    lists: dict[str, list[int]] | None = None,
) -> WriteRequest:
    """The same request with ids of the present epoch for all refs, names and places.

    Args:
      find: Resolves a ref or a name; by default as all reads do.
      lists: Contents of the lists in which places count, by "id/name"; a missing list is added in its present
        state.

    Raises:
      MirrorError: the first target that names no object; `facts["problems"]` has all, as `checks.prepare` lists
        them.
      PreconditionFailed: with `if_revision`, a place in a list that changed since; `now` describes the object
        there.
    """
    lookup = _Nodes(
        store, request.if_revision, find or partial(resolve, store), {} if lists is None else lists
    )
    problems = Problems()
    seen = dict(request.seen)
    ops: list[Operation] = []
    for number, op in enumerate(request.ops):
        bound = problems.collect(number, partial(_bind, lookup, op, number, seen))
        ops.append(op if bound is None else bound)
    expect = [
        (problems.collect(-1, partial(lookup.resolve, target)), name, value)
        for target, name, value in request.expect
    ]
    problems.raise_first()
    return msgspec.structs.replace(
        request, ops=tuple(ops), expect=tuple(expect), seen=seen, epoch=request.epoch or store.epoch
    )


def _bind(lookup: _Nodes, op: Operation, number: int, seen: dict[int, int | None]) -> Operation:
    target = None if late.is_late(op.target) else lookup.resolve(op.target)
    type_ = "" if target is None else lookup.type_of(target)
    named = op.target if target is None else target
    if isinstance(op, Set):
        value = places.bind_value(lookup, type_, op.name, op.value)
        expect = places.bind_value(lookup, type_, op.name, op.expect)
        return msgspec.structs.replace(op, target=named, value=value, expect=expect)
    args = places.bind_args(lookup, target, op.method, op.args)
    if target is not None and number not in seen:
        known, id_ = places.content_of(lookup, target, op.method, args)
        if known:
            seen[number] = id_
    return msgspec.structs.replace(op, target=named, args=args)


class _Nodes(places.Lookup):
    """Looks objects up in the mirror."""

    def __init__(
        self, store: Store, if_revision: int | None, find: Resolve, lists: dict[str, list[int]]
    ) -> None:
        self._store = store
        self._lists = lists
        self._if_revision = if_revision
        self._find = find

    def resolve(self, target: Any) -> int:
        node = self._find(target)
        if isinstance(target, str) and not target.strip().isdigit() and "[" not in target:
            self._check_line(node, target)
        return node.id

    def _check_line(self, node: Node, ref: str) -> None:
        """Check every place on the way from the song to the object."""
        if self._if_revision is None or self._store.ref(node.id) != ref.strip().strip("/").removeprefix(
            "song/"
        ):
            # A name has no places to check.
            return
        for child, parent in pairwise(self._store.lineage(node.id)):
            siblings = parent.children.get(child.role)
            if isinstance(siblings, tuple) and child.id in siblings:
                self.check_place(parent.id, child.role, siblings.index(child.id))

    def type_of(self, id_: int) -> str:
        return self._store.nodes[id_].type

    def children(self, id_: int, name: str) -> Sequence[int]:
        key = f"{id_}/{name}"
        if key not in self._lists:
            node = self._store.nodes.get(id_)
            value = None if node is None else node.children.get(name, node.props.get(name))
            self._lists[key] = (
                list(value) if isinstance(value, tuple | list) else [] if value is None else [value]
            )
        return self._lists[key]

    def time_of(self, id_: int) -> float:
        return float(self._store.nodes[id_].props["time"])

    def check_place(self, id_: int, name: str, place: int) -> None:
        changed = self._store.list_change(id_, name)
        if self._if_revision is None or changed <= self._if_revision:
            return
        ids = self.children(id_, name)
        now = ids[place] if 0 <= place < len(ids) else None
        occupant = None
        if now is not None:
            occupant = {"id": now, "ref": self._store.ref(now), "name": self._store.nodes[now].name}
        raise errors.PreconditionFailed(
            f"{name} of {self._store.ref(id_)} changed at revision {changed}, after {self._if_revision}",
            place,
            hint=f"{occupant['ref']} is {occupant['name']!r} now: say which object is meant"
            if occupant
            else "no object is at this place now",
            now=occupant,
            revision=changed,
        )
