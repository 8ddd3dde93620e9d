"""The differences between two states of one object, as changes."""

from __future__ import annotations

from typing import Any

from remote_script.SetMirror.contract import schema

from .model import Change, Node, Note

NOTES = frozenset(
    (name, prop.name)
    for name in schema.CLASSES
    for prop in schema.properties(name).values()
    if prop.type == "notes"
)
"""(class, property) of all lists of notes."""
_REFERENCES = {
    name: frozenset(
        p.name for p in schema.properties(name).values() if p.type in ("ref", "refs", "envelopes")
    )
    for name in schema.CLASSES
}


def equal(node: Node, other: Node) -> bool:
    """True when two nodes are equal apart from the revision; True and 1 differ."""
    return (
        node.type == other.type
        and node.parent == other.parent
        and node.role == other.role
        and node.children == other.children
        and node.props.keys() == other.props.keys()
        and all(_same(value, other.props[name]) for name, value in node.props.items())
    )


def _same(value: Any, other: Any) -> bool:
    return value is other or (value == other and type(value) is type(other))


def compare(previous: Node, node: Node, changes: list[Change]) -> None:
    """Add every difference between two states of one object to `changes`."""
    if previous.parent != node.parent or previous.role != node.role:
        changes.append(Change("move", node.id, node.role, previous.parent, node.parent))
    for name, value in node.props.items():
        if name not in previous.props:
            changes.append(Change("set", node.id, name, None, value))
        elif not _same(previous.props[name], value):
            if (node.type, name) in NOTES and isinstance(value, tuple):
                _compare_notes(node.id, name, previous.props[name] or (), value, changes)
            else:
                changes.append(Change("set", node.id, name, previous.props[name], value))
    for name, value in previous.props.items():
        if name not in node.props:
            changes.append(Change("absent", node.id, name, value, None))
    for name in previous.children.keys() | node.children.keys():
        if previous.children.get(name) != node.children.get(name):
            changes.append(
                Change("children", node.id, name, previous.children.get(name), node.children.get(name))
            )


def _compare_notes(
    id_: int, name: str, before: tuple[Note, ...], after: tuple[Note, ...], changes: list[Change]
) -> None:
    old = {note.note_id: note for note in before}
    new = {note.note_id: note for note in after}
    lost = tuple(note for note in before if new.get(note.note_id) != note)
    came = tuple(note for note in after if old.get(note.note_id) != note)
    if lost or came:
        changes.append(Change("content", id_, name, lost, came))


def translated(previous: Node, node: Node, ids: dict[int, int]) -> Node:
    """`previous`, a node of another epoch, rewritten with this epoch's ids, so that only real differences remain."""

    def there(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return type(value)(there(item) for item in value)
        if isinstance(value, dict):
            # An envelope refers to its parameter by id.
            return {n: there(item) if n == "parameter" else item for n, item in value.items()}
        return ids.get(value, -value) if type(value) is int else value

    references = _REFERENCES.get(previous.type, frozenset())
    return Node(
        node.id,
        previous.type,
        node.parent,
        node.role,
        {name: there(value) if name in references else value for name, value in previous.props.items()},
        {name: there(value) for name, value in previous.children.items()},
        previous.revision,
    )
