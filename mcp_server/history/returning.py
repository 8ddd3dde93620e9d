"""Objects that came back or were made again: a log has them as added, yet nobody created them.

An undo, a redo and the undoing of a failed write bring objects back, mostly with new ids. So does a person who presses
undo in Live; only the order of the log's events shows that. A write may also delete an object and make it again at
another position, which is how locators are moved. Pure functions over a log's events and the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from mirror import Event, Mirror
from mirror.store import Store
from mirror.writes import history_step

WasRolledBack = Callable[[str], bool]
"""True when the write with this id failed and was undone."""


@dataclass
class Returning:
    """Events of a log that are neither creations nor deletions.

    Attributes:
      came: Objects that the log has as added although nobody created them: id → the event.
      moved: Those objects in `came` that a write deleted and made again: id → the event of that deletion.
      gone: Former ids of objects that came back.
      same: Former id → present id, where type, name and place are the same, or only one object of that name went.
    """

    came: dict[int, Event] = field(default_factory=dict)
    moved: dict[int, Event] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    same: dict[int, int] = field(default_factory=dict)

    def renamed(self, events: Iterable[Event]) -> list[Event]:
        """The events, with the contents of objects that came back, and the names of moved ones, under present ids."""
        successors = self._successors()
        return [self._renamed(event, successors) for event in events]

    def _renamed(self, event: Event, successors: Mapping[int, int]) -> Event:
        if event.kind not in ("set", "content"):
            return event
        id_ = _followed(successors if event.name == "name" else self.same, event.id)
        if event.name == "automation_envelopes":
            sides = {"before": self._envelopes(event.before), "after": self._envelopes(event.after)}
            return msgspec.structs.replace(event, id=id_, **sides)
        return event if id_ == event.id else msgspec.structs.replace(event, id=id_)

    def _envelopes(self, envelopes: Any) -> Any:
        """A clip's envelopes, with the present ids of their parameters."""
        if not self.same or not isinstance(envelopes, list | tuple):
            return envelopes
        return [
            {**envelope, "parameter": self.present(envelope["parameter"])} if envelope else envelope
            for envelope in envelopes
        ]

    def present(self, id_: int) -> int:
        return _followed(self.same, id_)

    def successor(self, id_: int) -> int:
        """The present id of an object that came back or was made again; otherwise its own."""
        return _followed(self._successors(), id_)

    def _successors(self) -> dict[int, int]:
        return {**{removal.id: id_ for id_, removal in self.moved.items()}, **self.same}


def came_back_as(mirror: Mirror, id_: int) -> int | None:
    """The present id of an object that had this id and came back, as far as the log goes back; None for others."""
    removals = mirror.log.removals()
    if not any(removal.id == id_ for removal in removals):
        return None
    was_rolled_back = mirror.writes.history.was_rolled_back
    now = returning(mirror.log.whole(), removals, mirror.store, was_rolled_back).successor(id_)
    return now if now != id_ and now in mirror.store.nodes and not mirror.hides(now) else None


def _followed(ids: Mapping[int, int], id_: int) -> int:
    while id_ in ids:
        id_ = ids[id_]
    return id_


def returning(
    events: Sequence[Event], removals: Iterable[Event], store: Store, was_rolled_back: WasRolledBack
) -> Returning:
    """The objects of these events that came back.

    Args:
      removals: All removals that the log has of the epoch, also those before the events.
    """
    returned = Returning()
    removed: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in removals:
        removed[_key(event)].append(event)
        if event.write and was_rolled_back(event.write):
            returned.gone.add(event.id)
    names = {
        (event.write, event.id): str(event.after)
        for event in events
        if event.kind == "set" and event.name == "name" and event.write
    }
    for event in events:
        if event.kind != "add":
            continue
        # A write may name an object a tick after it made it.
        event = msgspec.structs.replace(
            event, object_name=names.get((event.write or "", event.id), event.object_name)
        )
        write, waiting = event.write or "", removed[_key(event)]
        of_write = [
            removal
            for removal in waiting
            if write
            and removal.write == write
            and removal.revision <= event.revision
            and removal.id != event.id
        ]
        if write and was_rolled_back(write):
            candidates = of_write
        elif write and not history_step(write):
            # Clips that a write moves are known as such, and go back to their places.
            candidates = [] if event.type == "Clip" else of_write
            if not candidates:
                continue
            returned.moved[event.id] = candidates[-1]
        else:
            if _undone_move(returned, event, waiting):
                continue
            candidates = [
                removal for removal in waiting if removal.seq < event.seq and not _is_same(removal, event)
            ]
            if not write and not candidates:
                continue
        returned.came[event.id] = event
        _pair(returned, event, candidates, waiting)
    _add_below(returned, events, store)
    return returned


def _key(event: Event) -> tuple[str, str]:
    return event.type, event.object_name or event.ref


def _is_same(removal: Event, event: Event) -> bool:
    """True when one step removed the one and added the other: an undo of a move, whose removal is another one."""
    return removal.write == event.write if event.write else removal.revision == event.revision


def _pair(returned: Returning, event: Event, candidates: list[Event], waiting: list[Event]) -> None:
    """Take the removal that this event undoes out of `waiting`: the newest candidate at its place, else the newest."""
    if not candidates:
        return
    there = [removal for removal in candidates if removal.ref == event.ref]
    former = (there or candidates)[-1]
    waiting.remove(former)
    returned.gone.add(former.id)
    if event.id in returned.moved:
        returned.moved[event.id] = former
    # Locators are listed as they were made: one that comes back is the last.
    elif (there or len(candidates) == 1) and former.id != event.id:
        returned.same[former.id] = event.id


def _undone_move(returned: Returning, event: Event, waiting: list[Event]) -> bool:
    """True when this step undoes a move (then all is as before) or redoes one (a move again)."""
    step = next((removal for removal in waiting if _is_same(removal, event) and removal.id != event.id), None)
    if step is None:
        return False
    waiting.remove(step)
    if history_step(event.write) == "redo":
        returned.moved[event.id] = step
    origin = returned.moved.get(step.id)
    returned.came[event.id] = event
    returned.gone.add(step.id)
    if event.id not in returned.moved:
        returned.same[step.id] = event.id
    if origin is not None:
        # This entry is made last: from the present object it leads to the state before the move.
        returned.same[origin.id] = event.id
    return True


def _add_below(returned: Returning, events: Iterable[Event], store: Store) -> None:
    """Add the objects that a write made below an object that it made again."""
    added = {event.id: event for event in events if event.kind == "add"}
    for id_ in [id_ for id_ in returned.moved if id_ in store.nodes]:
        for node in store.walk(id_):
            event = added.get(node.id)
            if event is not None and event.write == returned.came[id_].write and node.id not in returned.came:
                returned.came[node.id] = event
