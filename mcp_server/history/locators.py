"""Creating removed and moved locators again at their former time; Live's API can do so while the song is stopped.

Live's API cannot move a locator: a write deletes it and creates another one. So the former time and name of a present
locator are those of the first locator that selected writes removed on the way to it. Live creates and deletes locators
only at the song's position; `create_cue_point` moves this position there and back, inaudible while the song is stopped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from mirror import Call, Event, Node
from mirror.store import Store

from .chains import ValueChange, newest_run
from .returning import Returning

CLASS = "CuePoint"
CREATE, DELETE = "create_cue_point", "delete_cue_point"
ONLY_STOPPED = (
    "Live's API sets and deletes locators only while the song is stopped: stop it, then revert this again"
)
SAME_TIME_BEATS = 1e-6
"""Live's own precision of a locator's time."""


class Former(NamedTuple):
    """A locator as it was before the selected changes.

    Attributes:
      event: The newest selected event that removed or moved it.
      time: In beats; None if the log has no time, as in journals of older versions.
      present: The id of the locator that a write created for it; None if it was removed.
      is_new: True if selected changes created it, so it has no former time.
    """

    event: Event | None
    name: str
    time: float | None
    present: int | None = None
    is_new: bool = False

    def __str__(self) -> str:
        return f"locator {self.name!r}"

    def made_again(self) -> Call:
        """The operation that creates the locator again."""
        return Call("song", CREATE, {"time": self.time, "name": self.name})


def formers(
    removals: Iterable[Event],
    created: Mapping[int, Event],
    is_selected: Callable[[Event], bool],
    values: Mapping[tuple[int, str], list[ValueChange]],
    back: Returning,
    store: Store,
) -> Iterator[Former]:
    """The former states of locators that selected changes removed or moved.

    Args:
      removals: The newest removal of each id.
      created: Id → the event that added it.
      values: The chains of changes by id and property.
    """

    older = {present: former for former, present in back.same.items()}

    def former(removal: Event | None, present: int | None) -> Former:
        if present is None:
            assert removal is not None
            id_, time, name = removal.id, _time(removal), removal.object_name
        else:
            node = store.nodes[present]
            id_, time, name = present, node.props.get("time"), node.name
        newest, is_others = removal, False
        while not is_others:
            chain = values.get((id_, "time"), [])
            run = newest_run(chain)
            if run is not None:
                newest, time = newest or run[-1].event, run[0].before
            is_others = len(run or ()) < len(chain)
            if is_others:
                break
            if id_ in older:
                id_ = older[id_]
            elif id_ in back.moved and is_selected(created[id_]):
                removal = back.moved[id_]
                newest, time, id_ = newest or removal, _time(removal), removal.id
            else:
                break
        first = created.get(id_)
        is_new = not is_others and first is not None and is_selected(first) and id_ not in back.came
        run = newest_run(values.get((present or newest.id if newest else 0, "name"), []))
        return Former(newest, name if run is None else str(run[0].before), time, present, is_new)

    moved = {back.present(id_) for id_, removal in back.moved.items() if is_selected(created[id_])}
    moved |= {id_ for (id_, name), chain in values.items() if name == "time" and newest_run(chain)}
    for id_ in sorted(moved):
        if id_ in store.nodes and store.nodes[id_].type == CLASS:
            yield former(None, id_)
    for removal in removals:
        if removal.type == CLASS and is_selected(removal) and removal.id not in back.gone:
            yield former(removal, None)


def _time(removal: Event) -> float | None:
    time = removal.before.get("time") if isinstance(removal.before, dict) else None
    return float(time) if isinstance(time, int | float) else None


def already_back(store: Store, formers: Iterable[Former]) -> set[int]:
    """Ids of present locators with the time and the name of a removed locator."""
    ids = set()
    for former in formers:
        if former.present is None and former.time is not None and not former.is_new:
            standing = _standing(store, former, ())
            if standing is not None and standing.name == former.name:
                ids.add(standing.id)
    return ids


def put_back(
    store: Store, formers: Iterable[Former], going: Iterable[int]
) -> tuple[list[Former], list[tuple[Former, str]]]:
    """The locators that can return to their former time, and the others with the reason.

    Args:
      going: Ids of locators that the revert deletes.
    """
    back: list[Former] = []
    blocked: list[tuple[Former, str]] = []
    for former in formers:
        if former.is_new or (former.present and former.time == store.nodes[former.present].props.get("time")):
            continue
        if former.time is None:
            fate = "was moved and stays" if former.present else "was deleted and cannot be restored"
            blocked.append((former, f" {fate}: its former time is not in the log"))
        elif former.time > _end(store):
            why = f" was at beat {former.time:g}, behind the present end of the song ({_end(store):g})"
            blocked.append((former, f"{why}, where Live sets no locator"))
        elif any(abs(former.time - (other.time or 0.0)) < SAME_TIME_BEATS for other in back):
            blocked.append(
                (former, " was deleted, and another one that was deleted later comes back in its place")
            )
        else:
            back.append(former)
    free = False
    while not free:
        leaving = {*going, *(former.present for former in back)}
        free = True
        for former in list(back):
            standing = _standing(store, former, leaving)
            if standing is None:
                continue
            back.remove(former)
            free = False
            if former.present is not None or standing.name != former.name:
                why = f" stays away: {standing.name!r} is at beat {former.time:g} now"
                blocked.append((former, why))
    return back, blocked


def _end(store: Store) -> float:
    """The last beat that Live accepts as the song's position."""
    assert store.root is not None
    length = store.nodes[store.root].props.get("song_length")
    return float(length) if isinstance(length, int | float) else math.inf


def _standing(store: Store, former: Former, leaving: Collection[int | None]) -> Node | None:
    """A present locator at the former time, except one that the revert moves or deletes."""
    assert store.root is not None
    listed = store.nodes[store.root].children.get("cue_points")
    for id_ in listed if isinstance(listed, tuple) else ():
        node = store.nodes[id_]
        if (
            id_ not in leaving
            and abs(float(node.props.get("time") or 0.0) - (former.time or 0.0)) < SAME_TIME_BEATS
        ):
            return node
    return None
