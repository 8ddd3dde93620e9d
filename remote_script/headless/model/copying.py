"""Copies of nodes for all of Live's duplications: same values, new pointers, no listeners."""

from __future__ import annotations

from typing import Any, Dict

from ..node import Node

SKIPPED = frozenset(("ptr", "parent", "listeners", "doc"))


def copy_node(node: Any) -> Any:
    """A copy of a node and all nodes below; references within the subtree point to the copies."""
    made: Dict[int, Node] = {}
    copy = _copy(node, made)
    for node_copy in list(made.values()):
        for field, value in list(node_copy.__dict__.items()):
            if field in node_copy.OWNS or field in SKIPPED:
                continue
            node_copy.__dict__[field] = _redirected(value, made)
    for node_copy in made.values():
        node_copy.on_copied(made)
    return copy


def _copy(node: Node, made: Dict[int, Node]) -> Node:
    copy = node.__class__.__new__(node.__class__)
    copy.doc = node.doc
    made[id(node)] = copy
    for field, value in node.__dict__.items():
        if field in SKIPPED or field in node.OWNS:
            continue
        copy.__dict__[field] = value
    for field in node.OWNS:
        children = getattr(node, field, None)
        if children is None:
            continue
        if isinstance(children, tuple):
            copy.own(field, tuple(_copy(child, made) for child in children))
        else:
            copy.own(field, _copy(children, made))
    return copy


def _redirected(value: Any, made: Dict[int, Node]) -> Any:
    if isinstance(value, Node):
        return made.get(id(value), value)
    if (
        isinstance(value, tuple)
        and any(isinstance(member, Node) for member in value)
        and type(value) is tuple
    ):
        return tuple(_redirected(member, made) for member in value)
    return value
