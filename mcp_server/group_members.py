"""Notes about the tracks of a group that is deleted or copied: Live deletes or copies them together with the group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from mirror import Call, Node, Operation
from mirror.queries import tracks_in
from remote_script.SetMirror.contract.places import ID, is_identity

if TYPE_CHECKING:
    from .plans import Scope

_WITH_MEMBERS = {"delete_track": "are deleted with it", "duplicate_track": "are copied with it"}
"""Methods of the song that take a group's tracks along → what happens to these, in words."""
MOST_NAMED = 10
"""The most tracks of one group that a note names."""


def notes(scope: Scope, operations: Iterable[Operation]) -> Iterator[str]:
    """A note for each group that the operations delete or copy; a group inside such a group is in the note of that."""
    tracks: tuple[Node, ...] | None = None
    covered: set[tuple[str, Any]] = set()
    for op in operations:
        if not isinstance(op, Call) or op.method not in _WITH_MEMBERS:
            continue
        tracks = scope.children("song", "tracks") if tracks is None else tracks
        group = _at(tracks, op.args.get("index"))
        if group is None or (op.method, group.id) in covered:
            continue
        members = [scope.mirror.node(id_) for id_ in tracks_in(scope.mirror.store, int(group.id))]
        if not members:
            continue
        covered |= {(op.method, node.id) for node in members}
        named = ", ".join(repr(node.name) for node in members[:MOST_NAMED])
        more = f" and {len(members) - MOST_NAMED} more" if len(members) > MOST_NAMED else ""
        count = f"{len(members)} track{'' if len(members) == 1 else 's'}"
        what = _WITH_MEMBERS[op.method] if len(members) > 1 else _WITH_MEMBERS[op.method].replace("are", "is")
        yield f"{scope.ref(group)} {group.name!r} is a group: its {count} {what}: {named}{more}"


def _at(tracks: tuple[Node, ...], position: Any) -> Node | None:
    if is_identity(position):
        return next((node for node in tracks if node.id == position[ID]), None)
    known = isinstance(position, int) and 0 <= position < len(tracks)
    return tracks[position] if known else None
