"""Objects that came back or were created again: the log lists them as added, but they are not new.

An undo, a redo and the undoing of a failed write bring objects back, mostly with new ids. So does a person who presses
undo in Live; only the order of the log's events shows that. A write may also delete an object and create it again at
another position; locators are moved that way. Pure functions over a log's events and the store.
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
    """The objects of a log's events that came back or were created again.

    Attributes:
      came: Objects that the log has as added although they are not new: id → the event.
      moved: Objects in `came` that a write deleted and created again: id → the event of that deletion.
      gone: Former ids of objects that came back.
      same: Former id → present id, if type, name and place are the same or only one object of that name was removed.
      unharmed: Those in `same` that a failed write removed: the script brought back exactly these.
    """

    came: dict[int, Event] = field(default_factory=dict)
    moved: dict[int, Event] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    same: dict[int, int] = field(default_factory=dict)
    unharmed: dict[int, int] = field(default_factory=dict)

    def renamed(self, events: Iterable[Event]) -> list[Event]:
        """The events with present ids: contents of objects that came back, and names of moved objects."""
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

    def after_failures(self, id_: int) -> int:
        """The present id of an object that failed writes removed, and that came back as these were undone."""
        return _followed(self.unharmed, id_)

    def present(self, id_: int) -> int:
        return _followed(self.same, id_)

    def successor(self, id_: int) -> int:
        """The present id of an object that came back or was created again; for other objects, `id_` itself."""
        return _followed(self._successors(), id_)

    def _successors(self) -> dict[int, int]:
        return {**{removal.id: id_ for id_, removal in self.moved.items()}, **self.same}


def came_back_as(mirror: Mirror, id_: int) -> int | None:
    """The present id of an object that had this id and came back within the log's range; None for other objects."""
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
    """The objects of these events that came back or were created again.

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
        # A write may name an object one tick after it created the object.
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
            # `lists.clip_moves` finds moved clips, and the revert moves them back.
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
        if write and was_rolled_back(write):
            formers = {removal.id for removal in candidates} & returned.same.keys()
            returned.unharmed.update(
                {former: event.id for former in formers if returned.same[former] == event.id}
            )
    _add_below(returned, events, store)
    return returned


def _key(event: Event) -> tuple[str, str]:
    return event.type, event.object_name or event.ref


def _is_same(removal: Event, event: Event) -> bool:
    """True when one step made both events, as an undo of a move does; then the removal does not match the addition."""
    return removal.write == event.write if event.write else removal.revision == event.revision


def _pair(returned: Returning, event: Event, candidates: list[Event], waiting: list[Event]) -> None:
    """Take the removal that this event undoes out of `waiting`: the newest at its place, else the newest of all."""
    if not candidates:
        return
    there = [removal for removal in candidates if removal.ref == event.ref]
    former = (there or candidates)[-1]
    waiting.remove(former)
    returned.gone.add(former.id)
    if event.id in returned.moved:
        returned.moved[event.id] = former
    # The list of locators is in order of creation, so a locator that comes back is last.
    elif (there or len(candidates) == 1) and former.id != event.id:
        returned.same[former.id] = event.id


def _undone_move(returned: Returning, event: Event, waiting: list[Event]) -> bool:
    """True when this step undoes a move, or redoes a move."""
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
        # Added last, so that this entry leads from the object before the move to the present one.
        returned.same[origin.id] = event.id
    return True


def _add_below(returned: Returning, events: Iterable[Event], store: Store) -> None:
    """Add the objects that a write created below an object that it created again."""
    added = {event.id: event for event in events if event.kind == "add"}
    for id_ in [id_ for id_ in returned.moved if id_ in store.nodes]:
        for node in store.walk(id_):
            event = added.get(node.id)
            if event is not None and event.write == returned.came[id_].write and node.id not in returned.came:
                returned.came[node.id] = event
