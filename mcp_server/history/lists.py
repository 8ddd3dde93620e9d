"""Taking back where things are: the order of devices, devices and clips in other places, Live's own numbering of names.

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
_NUMBERED = re.compile(r"(\d+|[A-Z])([- ].+)", re.DOTALL)


class ListKey(NamedTuple):
    """A list of children: its owner and its name."""

    owner: int
    name: str


def is_renumbering(event: Event) -> bool:
    """True when Live itself renamed a track whose name begins with its place: '4-Audio' → '5-Audio', 'A-X' → 'B-X'."""
    if event.kind != "set" or event.name != "name" or event.type != "Track":
        return False
    before, after = (_NUMBERED.fullmatch(str(each)) for each in (event.before, event.after))
    place = event.ref.rpartition("/")[2]
    if before is None or after is None or before[2] != after[2] or not place.isdecimal():
        return False
    return after[1] in (str(int(place) + 1), chr(ord("A") + int(place) % 26))


def is_ordering(event: Event, came: Iterable[int], store: Store) -> bool:
    """True when a list's objects changed places: another order, or objects of another list."""
    before, after = event.before, event.after
    if (
        event.kind != "children"
        or not isinstance(before, list | tuple)
        or not isinstance(after, list | tuple)
    ):
        return False
    common = set(before) & set(after)
    if [each for each in before if each in common] != [each for each in after if each in common]:
        return True
    moved_in = set(after) - common - set(came)
    moved_out = {each for each in set(before) - common if each in store.nodes}
    return bool(moved_in or moved_out)


def put_back(store: Store, former: Mapping[ListKey, tuple[int, ...]], leave: Iterable[int]) -> Iterator[Call]:
    """The moves that give lists of devices their former order; what came since stays beside its neighbours.

    Args:
      former: Each list as it was.
      leave: Objects that are not moved.
    """
    assert store.root is not None
    left_out = set(leave)
    for key, listed in former.items():
        wanted = [each for each in listed if each in store.nodes and each not in left_out]
        now = [each for each in store.nodes[key.owner].children.get(key.name) or () if each in set(wanted)]
        staying = [each for each in wanted if each in set(now)]
        movers = (set(wanted) - set(now)) | out_of_order(now, staying)
        following: int | None = None
        for device in reversed(wanted):
            if device in movers:
                place: dict[str, Any] = {ID: following}
                told = {"device": device, "target": key.owner, "target_position": place}
                yield Call(store.root, "move_device", told)
            following = device


class ClipMove(NamedTuple):
    """A clip that a write put elsewhere or made anew, a new object then; `slot` is where it was, if in a slot."""

    event: Event
    clip: int
    slot: int | None


def clip_moves(events: Iterable[Event], store: Store) -> Iterator[ClipMove]:
    """The clips that writes moved and that are still where they were put."""
    writes: dict[str, list[Event]] = {}
    for event in events:
        if event.write is not None:
            writes.setdefault(event.write, []).append(event)
    for group in writes.values():
        slots = {each.before: each.id for each in group if each.kind == "children" and each.name == "clip"}
        gone = [each for each in group if each.kind == "remove" and each.type == "Clip"]
        for event in group:
            if event.kind != "add" or event.type != "Clip" or event.id not in store.nodes:
                continue
            former = next((each for each in gone if each.object_name == event.object_name), None)
            if former is not None:
                gone.remove(former)
                yield ClipMove(former, event.id, slots.get(former.id))
