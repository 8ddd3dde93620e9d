"""What the mirror holds: every object by id, as of one revision. No I/O, no clock, nobody called back.

* `replace` makes the staged objects the whole Set: what is not among them is gone.
* `apply` takes one batch in one synchronous step, so a reader between two awaits sees exactly one revision.
* Nodes are frozen; a change makes a new node and leaves the old one to whoever holds it.
* The payload is not trusted: a bad object or change costs itself and a count, never the step.

All changes of one object within a batch are gathered before its node is made anew. Refs and encoded JSON are
cached and dropped when what they say may have changed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from remote_script.SetMirror.contract import menus, schema

from . import wire
from .model import Node, Note

Change = tuple[str, int, str, Any, Any]
"""(kind, id, name, before, after); see `Event.kind`. For add and move `name` is the role, for remove `before`
the node."""

_BAD = (KeyError, TypeError, ValueError, IndexError, AttributeError)
_DEEPEST = 64
"""Levels of the tree; Live's own end near 20. Parents that form a ring end here."""

_NOTES = frozenset(
    (name, prop.name)
    for name in schema.CLASSES
    for prop in schema.properties(name).values()
    if prop.type == "notes"
)
_NO_CHILDREN: dict[str, Any] = {}
_NOTES_NAMES = frozenset(name for _, name in _NOTES)
_REFERENCES = {
    name: frozenset(
        p.name for p in schema.properties(name).values() if p.type in ("ref", "refs", "envelopes")
    )
    for name in schema.CLASSES
}


class Applied(NamedTuple):
    """What one step changed.

    `gone` has the refs that removed objects had, `rebound` maps old ids to new ones when the epoch changed.
    """

    changes: list[Change]
    gone: dict[int, str]
    structural: bool
    rebound: dict[int, int] | None = None


class Store:
    """See the module; `revision` 0 and an empty `epoch` mean that nothing is held."""

    def __init__(self) -> None:
        self.epoch = ""
        self.revision = 0
        self.root: int | None = None
        self.nodes: dict[int, Node] = {}
        self.structure = 0
        """Counts the steps that changed where objects are; what is derived from refs is good for one value.
        """
        self.naming = 0
        """Counts the steps that changed names, or where objects are."""
        self.bad: Counter[str] = Counter()
        self._values: dict[Any, Any] = {}
        self._numbers: dict[Any, Any] = {}
        """Values and ids of one step, to keep equal ones once."""
        self._holders: dict[str, type] = {}
        self._staged: list[Any] = []
        self._by_type: dict[str, dict[int, None]] = {}
        self._by_name: dict[str, dict[int, None]] = {}
        self._refs: dict[int, str] = {}
        self._places: dict[str, int] = {}
        self._encoded: dict[int, bytes] = {}
        self._lists: dict[tuple[int, str], int] = {}
        self._oldest_list = 0

    # -- reading -----------------------------------------------------------------------------------

    def ref(self, id_: int) -> str:
        """Where the object is now, "song" for the root; its id as text when it hangs nowhere. KeyError."""
        found = self._refs.get(id_)
        if found is None:
            found = self._refs[id_] = self._find_ref(self.nodes[id_], 0)
            self._places[found] = id_
        return found

    def at(self, ref: str) -> int | None:
        """The id of the object at a plain ref that was told before; None says nothing."""
        return self._places.get(ref)

    def _find_ref(self, node: Node, depth: int) -> str:
        if node.id == self.root:
            return "song"
        parent = self.nodes.get(node.parent) if node.parent is not None else None
        if parent is None or depth > _DEEPEST:
            return str(node.id)
        held = parent.children.get(node.role)
        if held == node.id:
            part = node.role
        elif isinstance(held, tuple) and node.id in held:
            part = f"{node.role}/{held.index(node.id)}"
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
            for held in node.children.values():
                below.extend(_ids(held))
            stack.extend(reversed(below))

    def of_type(self, type_: str) -> Iterable[int]:
        """The ids of all objects of exactly this class."""
        return self._by_type.get(type_, {})

    def types(self) -> Iterable[str]:
        return self._by_type

    def named(self, name: str) -> Iterable[int]:
        """The ids of all objects of this name, upper and lower case alike."""
        return self._by_name.get(name.casefold(), {})

    def names(self) -> Iterable[str]:
        """All names there are, casefolded."""
        return self._by_name

    def encoded(self, id_: int) -> bytes:
        """The node as JSON, encoded once per change. KeyError."""
        found = self._encoded.get(id_)
        if found is None:
            found = self._encoded[id_] = encode(self.nodes[id_])
        return found

    def list_change(self, id_: int, name: str) -> int:
        """The last revision in which this list is known to have changed; that of the snapshot at least."""
        return self._lists.get((id_, name), self._oldest_list)

    # -- snapshots ---------------------------------------------------------------------------------

    def stage(self, objects: list[Any], first: bool) -> None:
        """Keep objects for `replace`; `first` drops what was staged before."""
        if first:
            self._staged = []
        self._staged.extend(objects)

    def replace(self, epoch: str, revision: int) -> Applied:
        """Make the staged objects the whole Set; tells what differs from what was held before."""
        old, old_root, same_epoch = self.nodes, self.root, epoch == self.epoch
        old_refs = {} if same_epoch else {node.id: self.ref(node.id) for node in self.walk()}
        fresh: dict[int, Node] = {}
        root: int | None = None
        for told in self._staged:
            try:
                node = self._node(told, revision)
            except _BAD:
                self.bad["objects"] += 1
                continue
            held = old.get(node.id) if same_epoch else None
            if held is not None and _equal(held, node):
                node = held
            fresh[node.id] = node
            if node.parent is None and root is None:
                root = node.id
        self._staged = []
        self._values, self._numbers = {}, {}
        before_refs = {id_: self.ref(id_) for id_ in old if id_ not in fresh} if same_epoch else old_refs
        self.nodes, self.root, self.epoch, self.revision = fresh, root, epoch, revision
        self._lists, self._oldest_list = {}, revision
        self.structure += 1
        self.naming += 1
        self._refs, self._places = {}, {}
        self._index()
        if same_epoch:
            self._encoded = {
                id_: text for id_, text in self._encoded.items() if fresh.get(id_) is old.get(id_)
            }
            return self._differences(old, before_refs)
        self._encoded = {}
        return self._differences_by_ref(old, old_root, old_refs)

    def _differences(self, old: dict[int, Node], gone: dict[int, str]) -> Applied:
        changes: list[Change] = []
        for id_, node in self.nodes.items():
            held = old.get(id_)
            if held is None:
                changes.append(("add", id_, node.role, None, None))
            elif held is not node:
                _compare(held, node, changes)
        changes.extend(("remove", id_, old[id_].role, old[id_], None) for id_ in gone)
        return Applied(changes, gone, True)

    def _differences_by_ref(
        self, old: dict[int, Node], old_root: int | None, old_refs: dict[int, str]
    ) -> Applied:
        """Another epoch has other ids: what is at the same place is the same, as far as anybody can see."""
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
                changes.append(("add", id_, node.role, None, None))
            else:
                _compare(_translated(old[before], node, translate), node, changes)
        gone = {
            id_: ref
            for id_, ref in old_refs.items()
            if ref not in now or self.nodes[now[ref]].type != old[id_].type
        }
        changes.extend(("remove", id_, old[id_].role, old[id_], None) for id_ in gone)
        return Applied(changes, gone, True, rebound)

    def _index(self) -> None:
        self._by_type, self._by_name = {}, {}
        for node in self.nodes.values():
            self._enter(node)

    def _enter(self, node: Node) -> None:
        self._by_type.setdefault(node.type, {})[node.id] = None
        if node.name:
            self._by_name.setdefault(node.name.casefold(), {})[node.id] = None

    def _leave(self, node: Node) -> None:
        self._by_type.get(node.type, {}).pop(node.id, None)
        self._unname(node.name, node.id)

    def _unname(self, name: Any, id_: int) -> None:
        if isinstance(name, str):
            key = name.casefold()
            held = self._by_name.get(key)
            if held is not None:
                held.pop(id_, None)
                if not held:
                    del self._by_name[key]

    def _node(self, told: Any, revision: int) -> Node:
        id_, type_, parent, role, props, children = told
        if type(id_) is not int or not isinstance(type_, str) or not isinstance(role, str):
            raise TypeError("an object is [id, type, parent, role, props, children]")
        if not isinstance(props, dict) or not isinstance(children, dict):
            raise TypeError("properties and children are objects")
        if parent is not None and type(parent) is not int:
            raise TypeError("a parent is an id")
        props, numbers = self._compact(type_, props), self._numbers
        for name in _NOTES_NAMES:
            if name in props and (type_, name) in _NOTES:
                props[name] = self._notes(props[name])
        return Node(
            numbers.setdefault(id_, id_),
            sys.intern(type_),
            numbers.setdefault(parent, parent),
            sys.intern(role),
            props,
            {name: _children(held, numbers) for name, held in children.items()} if children else _NO_CHILDREN,
            revision,
        )

    def _compact(self, type_: str, props: dict[str, Any]) -> dict[str, Any]:
        """The same properties in half the memory: 20,000 parameters have the same names, bounds and texts.

        CPython lets the attributes of a class's objects share one table of names; the dict stays when the object goes.
        """
        known = type_ if type_ in schema.CLASSES else ""
        holder = self._holders.get(known)
        if holder is None:
            holder = self._holders[known] = type("Properties", (), {})
        found: dict[str, Any] = holder().__dict__
        values = self._values
        for name, value in props.items():
            kind = type(value)
            found[sys.intern(name)] = (
                values.setdefault(value, value) if kind is float or kind is str else value
            )
        return found

    def _notes(self, items: Any) -> Any:
        if items is None:
            return None
        return tuple(sorted(self._note_list(items), key=_note_order))

    def _note_list(self, items: Any) -> list[Note]:
        if not isinstance(items, list):
            raise TypeError("notes are a list")
        found = []
        for item in items:
            try:
                note = Note(*item)
                if type(note.note_id) is not int:
                    raise TypeError("a note's id is a number")
                # Notes are put in order by these.
                if note.start_time + note.pitch != note.start_time + note.pitch:
                    raise ValueError("a note's place is a number")
                found.append(note)
            except _BAD:
                self.bad["notes"] += 1
        return found

    # -- batches -----------------------------------------------------------------------------------

    def apply(self, revision: int, changes: list[Any]) -> Applied:
        """One atomic step; whoever reads afterwards sees all of it."""
        nodes = self.nodes
        told: list[Change] = []
        props: dict[int, dict[str, Any]] = {}
        kids: dict[int, dict[str, Any]] = {}
        gone = self._refs_of_removed(changes)
        structural = False
        for change in changes:
            try:
                tag = change[0]
                if tag == "set":
                    _, id_, name, value = change
                    held = props.get(id_)
                    if held is None:
                        held = props[id_] = dict(nodes[id_].props)
                    if type(name) is not str:
                        raise TypeError("a property has a name")
                    if name in _NOTES_NAMES and (nodes[id_].type, name) in _NOTES:
                        value = self._notes(value)
                    elif name == "name":
                        self._rename(id_, held.get("name"), value)
                        self.naming += 1
                    told.append(("set", id_, name, held.get(name), value))
                    held[name] = value
                elif tag == "children":
                    _, id_, name, value = change
                    below = kids.get(id_)
                    if below is None:
                        below = kids[id_] = dict(nodes[id_].children)
                    value = _children(value, {})
                    if type(name) is not str:
                        raise TypeError("a property has a name")
                    told.append(("children", id_, name, below.get(name), value))
                    below[name] = value
                    self._lists[id_, name] = revision
                    structural = True
                elif tag == "add":
                    self._add(change[1], revision, props, kids, told)
                    structural = True
                elif tag == "remove":
                    id_ = change[1]
                    node = nodes.pop(id_)
                    if id_ in props:
                        self._unname(props.pop(id_).get("name"), id_)
                    kids.pop(id_, None)
                    self._leave(node)
                    self._encoded.pop(id_, None)
                    told.append(("remove", id_, node.role, node, None))
                    structural = True
                    if id_ == self.root:
                        self.root = None
                elif tag == "content":
                    _, id_, name, upserted, removed = change
                    held = props.get(id_)
                    if held is None:
                        held = props[id_] = dict(nodes[id_].props)
                    self._content(id_, name, upserted, removed, held, told)
                elif tag == "menus":
                    self._edit_menus(change, props, told)
                elif tag == "absent":
                    _, id_, name = change
                    held = props.get(id_)
                    if held is None:
                        held = props[id_] = dict(nodes[id_].props)
                    if name == "name":
                        self._unname(held.get("name"), id_)
                        self.naming += 1
                    told.append(("absent", id_, name, held.pop(name), None))
                else:
                    self.bad[f"unknown change {tag!r}"[:40]] += 1
            except _BAD:
                self.bad["changes"] += 1
        for id_, held in props.items():
            node = nodes[id_]
            children = kids.pop(id_, None)
            nodes[id_] = Node(
                id_, node.type, node.parent, node.role, held,
                node.children if children is None else children, revision,
            )  # fmt: skip
            self._encoded.pop(id_, None)
        for id_, children in kids.items():
            node = nodes[id_]
            nodes[id_] = Node(id_, node.type, node.parent, node.role, node.props, children, revision)
            self._encoded.pop(id_, None)
        if structural:
            self.structure += 1
            self.naming += 1
            self._refs, self._places = {}, {}
            self._values, self._numbers = {}, {}
        self.revision = revision
        return Applied(told, gone, structural)

    def _edit_menus(self, change: list[Any], props: dict[int, dict[str, Any]], told: list[Change]) -> None:
        """The same edit of the lists of choices of many objects: to each of them its list is another."""
        _, ids, name, edit = change
        for id_ in ids:
            try:
                held = props.get(id_) or dict(self.nodes[id_].props)
                before = held[name]
                after = menus.edited(before, edit)
            except _BAD:
                self.bad["changes"] += 1
                continue
            held[name] = after
            props[id_] = held
            told.append(("set", id_, name, before, after))

    def _refs_of_removed(self, changes: list[Any]) -> dict[int, str]:
        """Where those that go are now; afterwards nobody could tell."""
        gone: dict[int, str] = {}
        for change in changes:
            try:
                if change[0] == "remove" and change[1] in self.nodes:
                    gone[change[1]] = self.ref(change[1])
            except _BAD:
                # It is counted when its turn comes.
                continue
        return gone

    def _add(
        self,
        told: Any,
        revision: int,
        props: dict[int, dict[str, Any]],
        kids: dict[int, dict[str, Any]],
        changes: list[Change],
    ) -> None:
        """A new object, or one that is known and hangs elsewhere now; its subtree stays."""
        node = self._node(told, revision)
        held = self.nodes.get(node.id)
        if held is not None:
            known = props.pop(node.id, None)
            below = kids.pop(node.id, None)
            if known is not None:
                self._unname(known.get("name"), node.id)
            held = msgspec.structs.replace(
                held, props=held.props if known is None else known, children=below or held.children
            )
            self._leave(held)
            _compare(held, node, changes)
            self._encoded.pop(node.id, None)
        else:
            changes.append(("add", node.id, node.role, None, None))
            if node.parent is None and self.root is None:
                self.root = node.id
        self.nodes[node.id] = node
        self._enter(node)

    def _rename(self, id_: int, before: Any, after: Any) -> None:
        self._unname(before, id_)
        if isinstance(after, str) and after:
            self._by_name.setdefault(after.casefold(), {})[id_] = None

    def _content(
        self, id_: int, name: Any, upserted: Any, removed: Any, held: dict[str, Any], told: list[Change]
    ) -> None:
        if (self.nodes[id_].type, name) not in _NOTES:
            raise TypeError("only notes are told as differences")
        before = {note.note_id: note for note in held.get(name) or ()}
        notes = dict(before)
        arrived = self._note_list(upserted)
        for note in arrived:
            notes[note.note_id] = note
        for key in removed:
            notes.pop(key, None)
        held[name] = tuple(sorted(notes.values(), key=_note_order))
        replaced = [before[note.note_id] for note in arrived if note.note_id in before]
        lost = [before[key] for key in removed if key in before]
        told.append(("content", id_, name, tuple(replaced + lost), tuple(arrived)))

    # -- proof -------------------------------------------------------------------------------------

    def faults(self) -> list[str]:
        """What does not fit together; empty when all is well. For tests: it walks everything."""
        found = []
        for node in self.nodes.values():
            for role, held in node.children.items():
                for id_ in _ids(held):
                    child = self.nodes.get(id_)
                    if child is None:
                        found.append(f"{node.id}.{role} names {id_}, which is not there")
                    elif child.parent != node.id or child.role != role:
                        found.append(
                            f"{node.id}.{role} names {id_}, which hangs in {child.parent}.{child.role}"
                        )
            if node.parent is not None and node.parent not in self.nodes:
                found.append(f"{node.id} hangs in {node.parent}, which is not there")
            if node.id not in self._by_type.get(node.type, {}):
                found.append(f"{node.id} is missing among the {node.type}s")
            if node.name and node.id not in self._by_name.get(node.name.casefold(), {}):
                found.append(f"{node.id} is missing under its name {node.name!r}")
        entries = sum(len(held) for held in self._by_name.values())
        if entries != sum(1 for node in self.nodes.values() if node.name):
            found.append("the index of names has entries too many")
        if sum(len(held) for held in self._by_type.values()) != len(self.nodes):
            found.append("the index of classes has entries too many")
        return found


def _note_order(note: Note) -> tuple[float, int, int]:
    return (note.start_time, note.pitch, note.note_id)


def _children(value: Any, numbers: dict[Any, Any]) -> Any:
    """Children as a node has them; `numbers` keeps equal ids once."""
    if value is None or type(value) is int:
        return numbers.setdefault(value, value)
    if isinstance(value, list) and all(type(id_) is int for id_ in value):
        return tuple([numbers.setdefault(id_, id_) for id_ in value])
    raise TypeError("children are an id, null or a list of ids")


def _ids(held: Any) -> tuple[int, ...]:
    if held is None:
        return ()
    return held if isinstance(held, tuple) else (held,)


def _equal(one: Node, other: Node) -> bool:
    """Equal but for the revision; True and 1 differ."""
    return (
        one.type == other.type
        and one.parent == other.parent
        and one.role == other.role
        and one.children == other.children
        and one.props.keys() == other.props.keys()
        and all(_same(value, other.props[name]) for name, value in one.props.items())
    )


def _same(one: Any, other: Any) -> bool:
    return one is other or (one == other and type(one) is type(other))


def _compare(held: Node, node: Node, changes: list[Change]) -> None:
    """Tell every difference between two states of one object."""
    if held.parent != node.parent or held.role != node.role:
        changes.append(("move", node.id, node.role, held.parent, node.parent))
    for name, value in node.props.items():
        if name not in held.props:
            changes.append(("set", node.id, name, None, value))
        elif not _same(held.props[name], value):
            if (node.type, name) in _NOTES and isinstance(value, tuple):
                _compare_notes(node.id, name, held.props[name] or (), value, changes)
            else:
                changes.append(("set", node.id, name, held.props[name], value))
    for name, value in held.props.items():
        if name not in node.props:
            changes.append(("absent", node.id, name, value, None))
    for name in held.children.keys() | node.children.keys():
        if held.children.get(name) != node.children.get(name):
            changes.append(("children", node.id, name, held.children.get(name), node.children.get(name)))


def _compare_notes(
    id_: int, name: str, before: tuple[Note, ...], after: tuple[Note, ...], changes: list[Change]
) -> None:
    old = {note.note_id: note for note in before}
    new = {note.note_id: note for note in after}
    lost = tuple(note for note in before if new.get(note.note_id) != note)
    came = tuple(note for note in after if old.get(note.note_id) != note)
    if lost or came:
        changes.append(("content", id_, name, lost, came))


def _translated(held: Node, node: Node, ids: dict[int, int]) -> Node:
    """`held` of another epoch, told with the ids of this one, so that only true differences show."""

    def there(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return type(value)(there(each) for each in value)
        if isinstance(value, dict):
            # An envelope names its parameter.
            return {n: there(each) if n == "parameter" else each for n, each in value.items()}
        return ids.get(value, -value) if type(value) is int else value

    references = _REFERENCES.get(held.type, frozenset())
    return Node(
        node.id,
        held.type,
        node.parent,
        node.role,
        {name: there(value) if name in references else value for name, value in held.props.items()},
        {name: there(value) for name, value in held.children.items()},
        held.revision,
    )


def encode(node: Node) -> bytes:
    """A node as JSON."""
    try:
        return wire.encode(node)
    except (ValueError, OverflowError, TypeError):
        # A number that no JSON encoder takes: tell the rest.
        safe = {name: value for name, value in node.props.items() if _encodable(value)}
        return wire.encode(msgspec.structs.replace(node, props=safe))


def _encodable(value: Any) -> bool:
    try:
        wire.encode(value)
    except (ValueError, OverflowError, TypeError):
        return False
    return True
