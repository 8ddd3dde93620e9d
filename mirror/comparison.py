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


def equal(one: Node, other: Node) -> bool:
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


def compare(held: Node, node: Node, changes: list[Change]) -> None:
    """Add every difference between two states of one object to `changes`."""
    if held.parent != node.parent or held.role != node.role:
        changes.append(Change("move", node.id, node.role, held.parent, node.parent))
    for name, value in node.props.items():
        if name not in held.props:
            changes.append(Change("set", node.id, name, None, value))
        elif not _same(held.props[name], value):
            if (node.type, name) in NOTES and isinstance(value, tuple):
                _compare_notes(node.id, name, held.props[name] or (), value, changes)
            else:
                changes.append(Change("set", node.id, name, held.props[name], value))
    for name, value in held.props.items():
        if name not in node.props:
            changes.append(Change("absent", node.id, name, value, None))
    for name in held.children.keys() | node.children.keys():
        if held.children.get(name) != node.children.get(name):
            changes.append(
                Change("children", node.id, name, held.children.get(name), node.children.get(name))
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


def translated(held: Node, node: Node, ids: dict[int, int]) -> Node:
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
