"""Reverting positions of devices and clips; recognizing Live's numbers in track names.

Live's API moves devices and clips, never tracks, scenes or chains. Pure functions over a log's events and the store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mirror import Call, Event
from mirror.store import Store
from remote_script.SetMirror.contract.places import ID

from .difference import out_of_order

DEVICES = "devices"
_ARRANGED = "arrangement_clips"
_NUMBERED = re.compile(r"(\d+|[A-Z])([- ].+)", re.DOTALL)


class ListKey(NamedTuple):
    """The key of a list of children: the owner's id and the list's name."""

    owner: int
    name: str


def is_renumbering(event: Event) -> bool:
    """True when Live itself renamed a track whose name begins with its number: '4-Audio' → '5-Audio', 'A-X' → 'B-X'."""
    if event.kind != "set" or event.name != "name" or event.type != "Track":
        return False
    before, after = (_NUMBERED.fullmatch(str(name)) for name in (event.before, event.after))
    index = event.ref.rpartition("/")[2]
    if before is None or after is None or before[2] != after[2] or not index.isdecimal():
        return False
    return after[1] in (str(int(index) + 1), chr(ord("A") + int(index) % 26))


def is_ordering(event: Event, came: Iterable[int], store: Store) -> bool:
    """True when objects of a list moved: their order changed, or objects came from or went to another list."""
    before, after = event.before, event.after
    if (
        event.kind != "children"
        or not isinstance(before, list | tuple)
        or not isinstance(after, list | tuple)
    ):
        return False
    common = set(before) & set(after)
    if [id_ for id_ in before if id_ in common] != [id_ for id_ in after if id_ in common]:
        return True
    moved_in = set(after) - common - set(came)
    moved_out = {id_ for id_ in set(before) - common if id_ in store.nodes}
    return bool(moved_in or moved_out)


def put_back(store: Store, former: Mapping[ListKey, tuple[int, ...]], leave: Iterable[int]) -> Iterator[Call]:
    """The moves that restore the former order of lists of devices; devices added since stay beside their neighbours.

    Args:
      former: The lists in their former order.
      leave: Ids of objects that must not be moved.
    """
    assert store.root is not None
    left_out = set(leave)
    for key, listed in former.items():
        wanted = [device for device in listed if device in store.nodes and device not in left_out]
        now = [
            device for device in store.nodes[key.owner].children.get(key.name) or () if device in set(wanted)
        ]
        staying = [device for device in wanted if device in set(now)]
        movers = (set(wanted) - set(now)) | out_of_order(now, staying)
        following: int | None = None
        for device in reversed(wanted):
            if device in movers:
                position: dict[str, Any] = {ID: following}
                args = {"device": device, "target": key.owner, "target_position": position}
                yield Call(store.root, "move_device", args)
            following = device


class ClipMove(NamedTuple):
    """A clip that a write moved or made again, which gives it a new id; `slot` is its former slot, if it had one."""

    event: Event
    clip: int
    slot: int | None


def clip_moves(events: Iterable[Event], store: Store) -> Iterator[ClipMove]:
    """The clips that writes moved or made again, and that are still in their new position.

    A write that inserts or cuts time in the arrangement deletes clips of a track and creates others there, in another
    number and under other names: every clip that it creates there counts as made from a clip that it deleted there.
    """
    writes: dict[str, list[Event]] = {}
    for event in events:
        if event.write is not None:
            writes.setdefault(event.write, []).append(event)
    for group in writes.values():
        slots = {
            event.before: event.id for event in group if event.kind == "children" and event.name == "clip"
        }
        gone = [event for event in group if event.kind == "remove" and event.type == "Clip"]
        arranged = {_lane(removal): removal for removal in gone if removal.name == _ARRANGED}
        for event in group:
            if event.kind != "add" or event.type != "Clip" or event.id not in store.nodes:
                continue
            former = next((removal for removal in gone if removal.object_name == event.object_name), None)
            if former is not None:
                gone.remove(former)
            elif event.name == _ARRANGED:
                former = arranged.get(_lane(event))
            if former is not None:
                yield ClipMove(former, event.id, slots.get(former.id))


def _lane(event: Event) -> str:
    """The ref of the track or take lane of an arrangement clip."""
    return event.ref.rpartition(f"/{_ARRANGED}/")[0]
