"""The values of a write that Live's undo does not revert, or not alone; an undo of the write sets them one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from . import values
from .model import Call, OpResult, Set
from .store import Store


class Aside(NamedTuple):
    """A value set by a write: arm, the selection, which have no history; a parameter in an entry of several writes."""

    id: int
    name: str
    before: Any
    after: Any


def asides_of(
    store: Store, ops: Sequence[Set | Call], results: Sequence[OpResult]
) -> tuple[list[Aside], list[Aside]]:
    """The values set by a write that Live's history does not record; and the values of parameters."""
    outside: dict[tuple[int, str], Aside] = {}
    parameters: dict[tuple[int, str], Aside] = {}
    for op, result in zip(ops, results, strict=False):
        if not result.changed:
            continue
        node = store.nodes.get(op.target) if isinstance(op, Set) and isinstance(op.target, int) else None
        prop = values.row(node.type, op.name) if node is not None and isinstance(op, Set) else None
        is_parameter = node is not None and node.type == "DeviceParameter" and prop is not None and prop.undo
        if node is None or prop is None or prop.one_way or prop.kind == "gauge":
            continue
        if is_parameter or not prop.undo:
            key, chosen = (node.id, prop.name), parameters if is_parameter else outside
            before = chosen[key].before if key in chosen else result.before
            chosen[key] = Aside(node.id, prop.name, before, result.after)
    return list(outside.values()), list(parameters.values())


def is_in_history(store: Store, value: Aside) -> bool:
    """True when Live's history records this property."""
    prop = values.row(store.nodes[value.id].type, value.name)
    return prop is not None and prop.undo
