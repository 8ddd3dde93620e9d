"""Copies of nodes, for everything that Live duplicates: same values, new identity, listeners left behind."""

from __future__ import annotations

from typing import Any, Dict

from ..node import Node

SKIPPED = frozenset(("ptr", "parent", "listeners", "doc"))


def copy_node(node: Any) -> Any:
    """A copy with all below; references within the subtree point to the copies."""
    made: Dict[int, Node] = {}
    copy = _copy(node, made)
    for each in list(made.values()):
        for field, value in list(each.__dict__.items()):
            if field in each.OWNS or field in SKIPPED:
                continue
            each.__dict__[field] = _redirected(value, made)
    for each in made.values():
        each.on_copied(made)
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
        held = getattr(node, field, None)
        if held is None:
            continue
        if isinstance(held, tuple):
            copy.own(field, tuple(_copy(each, made) for each in held))
        else:
            copy.own(field, _copy(held, made))
    return copy


def _redirected(value: Any, made: Dict[int, Node]) -> Any:
    if isinstance(value, Node):
        return made.get(id(value), value)
    if isinstance(value, tuple) and any(isinstance(each, Node) for each in value) and type(value) is tuple:
        return tuple(_redirected(each, made) for each in value)
    return value
