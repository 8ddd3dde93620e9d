"""Notes about the tracks of a group that is deleted or copied: Live deletes or copies them together with the group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from mirror import Call, Node, Operation
from mirror.queries import tracks_in
from mirror.store import Store
from remote_script.SetMirror.contract.places import ID, is_identity

if TYPE_CHECKING:
    from .plans import Scope

_WITH_MEMBERS = {"delete_track": "are deleted with it", "duplicate_track": "are copied with it"}
"""Methods of the song that take a group's tracks along → what happens to these, in words."""
MOST_NAMED = 10
"""The most tracks of one group that a note names."""


def notes(scope: Scope, store: Store, operations: Iterable[Operation]) -> Iterator[str]:
    """A note for each group that the operations delete or copy; a group inside such a group is in the note of that.

    Args:
      store: The whole Set: a track that is hidden from the client is counted, but not named.
    """
    tracks: tuple[Node, ...] | None = None
    covered: set[tuple[str, Any]] = set()
    for op in operations:
        if not isinstance(op, Call) or op.method not in _WITH_MEMBERS:
            continue
        tracks = scope.children("song", "tracks") if tracks is None else tracks
        group = _at(tracks, op.args.get("index"))
        if group is None or (op.method, group.id) in covered:
            continue
        members = tracks_in(store, int(group.id))
        if not members:
            continue
        covered |= {(op.method, id_) for id_ in members}
        names = [repr(store.nodes[id_].name) for id_ in members if not scope.mirror.hides(id_)][:MOST_NAMED]
        more = [f"{len(members) - len(names)} more"] if len(names) < len(members) else []
        named = ", ".join([*names, *more])
        count = f"{len(members)} track{'' if len(members) == 1 else 's'}"
        what = _WITH_MEMBERS[op.method] if len(members) > 1 else _WITH_MEMBERS[op.method].replace("are", "is")
        yield f"{scope.ref(group)} {group.name!r} is a group: its {count} {what}: {named}"


def _at(tracks: tuple[Node, ...], position: Any) -> Node | None:
    if is_identity(position):
        return next((node for node in tracks if node.id == position[ID]), None)
    known = isinstance(position, int) and 0 <= position < len(tracks)
    return tracks[position] if known else None
