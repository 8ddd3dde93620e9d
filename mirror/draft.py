"""One batch on its way into the store: collects the changes of each object before its new node is made.

The payload is not trusted: a bad change is skipped and counted in `bad`, and the rest of the batch is applied. The
kinds of changes are those of `mirror/PROTOCOL.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from remote_script.SetMirror.contract import menus

from . import wire
from .comparison import NOTES, compare
from .model import Change, Node
from .node_index import NodeIndex
from .payloads import BAD, Payloads, note_order

_NOTES_NAMES = frozenset(name for _, name in NOTES)


class Draft:
    """Takes the changes of one batch in their order; `finish` makes the nodes."""

    def __init__(
        self, nodes: dict[int, Node], index: NodeIndex, payloads: Payloads, root: int | None, revision: int
    ) -> None:
        self.changes: list[Change] = []
        self.lists: dict[tuple[int, str], int] = {}
        """The lists of children that changed, with the revision."""
        self.structural = False
        self.renamed = False
        self.root = root
        self._nodes = nodes
        self._index = index
        self._payloads = payloads
        self._bad = payloads.bad
        self._revision = revision
        self._props: dict[int, dict[str, Any]] = {}
        self._children: dict[int, dict[str, Any]] = {}
        self._touched: set[int] = set()
        self._kinds: dict[str, Callable[..., None]] = {
            "set": self._set,
            "children": self._set_children,
            "add": self._add,
            "tables": self._add_tables,
            "remove": self._remove,
            "content": self._content,
            "menus": self._edit_menus,
            "absent": self._absent,
        }

    def take(self, payload: Any) -> None:
        """Apply one change in its wire form."""
        try:
            kind, *rest = payload
            apply = self._kinds.get(kind)
            if apply is None:
                self._bad[f"unknown change {kind!r}"[:40]] += 1
            else:
                apply(*rest)
        except BAD:
            self._bad["changes"] += 1

    def finish(self) -> Iterable[int]:
        """Make the new nodes; returns the ids of all objects whose node was replaced or removed."""
        for id_ in self._props.keys() | self._children.keys():
            node = self._nodes[id_]
            self._nodes[id_] = Node(
                id_,
                node.type,
                node.parent,
                node.role,
                self._props.get(id_, node.props),
                self._children.get(id_, node.children),
                self._revision,
            )
            self._touched.add(id_)
        return self._touched

    def _props_of(self, id_: int) -> dict[str, Any]:
        props = self._props.get(id_)
        if props is None:
            props = self._props[id_] = dict(self._nodes[id_].props)
        return props

    def _props_now(self, id_: int) -> dict[str, Any]:
        props = self._props.get(id_)
        return self._nodes[id_].props if props is None else props

    def _set(self, id_: int, name: str, value: Any) -> None:
        props = self._props_of(id_)
        if type(name) is not str:
            raise TypeError("a property has a name")
        if name in menus.NAMES:
            value = self._payloads.menu(id_, name, value, self._props_now)
        elif name in _NOTES_NAMES and (self._nodes[id_].type, name) in NOTES:
            value = self._payloads.notes(value)
        elif name == "name":
            self._index.rename(id_, props.get("name"), value)
            self.renamed = True
        self.changes.append(Change("set", id_, name, props.get(name), value))
        props[name] = value

    def _absent(self, id_: int, name: str) -> None:
        props = self._props_of(id_)
        if name == "name":
            self._index.rename(id_, props.get("name"), None)
            self.renamed = True
        self.changes.append(Change("absent", id_, name, props.pop(name)))

    def _set_children(self, id_: int, name: str, value: Any) -> None:
        children = self._children.get(id_)
        if children is None:
            children = self._children[id_] = dict(self._nodes[id_].children)
        value = self._payloads.children(value)
        if type(name) is not str:
            raise TypeError("a property has a name")
        self.changes.append(Change("children", id_, name, children.get(name), value))
        children[name] = value
        self.lists[id_, name] = self._revision
        self.structural = True

    def _add(self, payload: Any) -> None:
        """Add a new object, or move a known object to another parent; the subtree of a known object stays."""
        node = self._payloads.node(payload, self._revision, self._props_now)
        previous = self._nodes.get(node.id)
        if previous is not None:
            props = self._props.pop(node.id, None)
            children = self._children.pop(node.id, None)
            if props is not None:
                self._index.rename(node.id, props.get("name"), None)
            previous = msgspec.structs.replace(
                previous,
                props=previous.props if props is None else props,
                children=children or previous.children,
            )
            self._index.leave(previous)
            compare(previous, node, self.changes)
        else:
            self.changes.append(Change("add", node.id, node.role))
            if node.parent is None and self.root is None:
                self.root = node.id
        self._nodes[node.id] = node
        self._touched.add(node.id)
        self._index.enter(node)
        self.structural = True

    def _add_tables(self, tables: Any) -> None:
        """Add new objects in the form of a snapshot; a bad object is skipped and counted."""
        for table in tables:
            for payload in wire.objects_of(table):
                try:
                    self._add(payload)
                except BAD:
                    self._bad["objects"] += 1

    def _remove(self, id_: int) -> None:
        node = self._nodes.pop(id_)
        if id_ in self._props:
            self._index.rename(id_, self._props.pop(id_).get("name"), None)
        self._children.pop(id_, None)
        self._index.leave(node)
        self._touched.add(id_)
        self.changes.append(Change("remove", id_, node.role, node))
        self.structural = True
        if id_ == self.root:
            self.root = None

    def _content(self, id_: int, name: str, upserted: Any, removed: Any) -> None:
        if (self._nodes[id_].type, name) not in NOTES:
            raise TypeError("only notes are sent as differences")
        props = self._props_of(id_)
        before = {note.note_id: note for note in props.get(name) or ()}
        notes = dict(before)
        arrived = self._payloads.note_list(upserted)
        for note in arrived:
            notes[note.note_id] = note
        for key in removed:
            notes.pop(key, None)
        props[name] = tuple(sorted(notes.values(), key=note_order))
        replaced = [before[note.note_id] for note in arrived if note.note_id in before]
        lost = [before[key] for key in removed if key in before]
        self.changes.append(Change("content", id_, name, tuple(replaced + lost), tuple(arrived)))

    def _edit_menus(self, ids: Any, name: str, edit: Any) -> None:
        """Apply one edit to the menus of many objects; their current menus may differ, equal ones stay one object."""
        edited: dict[int, Any] = {}
        for id_ in ids:
            try:
                before = self._props_now(id_)[name]
                after = edited.get(id(before))
                if after is None:
                    after = edited[id(before)] = menus.edited(before, edit)
            except BAD:
                self._bad["changes"] += 1
                continue
            self._props_of(id_)[name] = after
            self.changes.append(Change("set", id_, name, before, after))
