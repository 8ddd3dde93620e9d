"""Index of the objects by class and by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .model import Node


class NodeIndex:
    """The ids of all nodes that were added and not removed."""

    def __init__(self, nodes: Iterable[Node] = ()) -> None:
        self._by_type: dict[str, dict[int, None]] = {}
        self._by_name: dict[str, dict[int, None]] = {}
        for node in nodes:
            self.enter(node)

    def of_type(self, type_: str) -> Iterable[int]:
        """The ids of all objects of exactly this class."""
        return self._by_type.get(type_, {})

    def types(self) -> Iterable[str]:
        return self._by_type

    def named(self, name: str) -> Iterable[int]:
        """The ids of all objects of this name, in any case."""
        return self._by_name.get(name.casefold(), {})

    def names(self) -> Iterable[str]:
        """All names, casefolded."""
        return self._by_name

    def enter(self, node: Node) -> None:
        self._by_type.setdefault(node.type, {})[node.id] = None
        if node.name:
            self._by_name.setdefault(node.name.casefold(), {})[node.id] = None

    def leave(self, node: Node) -> None:
        self._by_type.get(node.type, {}).pop(node.id, None)
        self.rename(node.id, node.name, None)

    def rename(self, id_: int, before: Any, after: Any) -> None:
        """Index an object under another name; only a text that is not empty counts as a name."""
        if isinstance(before, str):
            ids = self._by_name.get(before.casefold())
            if ids is not None:
                ids.pop(id_, None)
                if not ids:
                    del self._by_name[before.casefold()]
        if isinstance(after, str) and after:
            self._by_name.setdefault(after.casefold(), {})[id_] = None

    def faults(self, nodes: dict[int, Node]) -> list[str]:
        """Differences between the index and these nodes; empty when they agree."""
        problems = []
        for node in nodes.values():
            if node.id not in self._by_type.get(node.type, {}):
                problems.append(f"{node.id} is missing among the {node.type}s")
            if node.name and node.id not in self._by_name.get(node.name.casefold(), {}):
                problems.append(f"{node.id} is missing under its name {node.name!r}")
        entries = sum(len(ids) for ids in self._by_name.values())
        if entries != sum(1 for node in nodes.values() if node.name):
            problems.append("the index of names has entries too many")
        if sum(len(ids) for ids in self._by_type.values()) != len(nodes):
            problems.append("the index of classes has entries too many")
        return problems
