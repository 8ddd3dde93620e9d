"""Objects that came back or were made again: a log has them as added, yet nobody created them.

An undo, a redo and the undoing of a failed write bring objects back, mostly with new ids. So does a person who presses
undo in Live; only the order of the log's events shows that. A write may also delete an object and make it again at
another position, which is how locators are moved. Pure functions over a log's events and the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from mirror import Event
from mirror.store import Store
from mirror.writes import history_step

IsTakenBack = Callable[[str], bool]
"""True when the write with this id failed and was undone."""


@dataclass
class Returning:
    """Events of a log that are neither creations nor deletions.

    Attributes:
      came: Objects that the log has as added although nobody created them: id → the event.
      moved: Those objects in `came` that a write deleted and made again: id → the event of that deletion.
      gone: Former ids of objects that came back.
      same: Former id → present id, where type, name and place are the same.
    """

    came: dict[int, Event] = field(default_factory=dict)
    moved: dict[int, Event] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    same: dict[int, int] = field(default_factory=dict)

    def renamed(self, events: Iterable[Event]) -> list[Event]:
        """The events; changed values of objects that came back have the object's present id."""
        return [
            msgspec.structs.replace(event, id=self.present(event.id))
            if event.kind == "set" and event.id in self.same and event.name != "automation_envelopes"
            else event
            for event in events
        ]

    def present(self, id_: int) -> int:
        while id_ in self.same:
            id_ = self.same[id_]
        return id_


def returning(
    events: Sequence[Event], removals: Iterable[Event], store: Store, is_taken_back: IsTakenBack
) -> Returning:
    """The objects that came back in these events.

    Args:
      removals: All removals that the log has of the epoch, also those before the events.
    """
    returned = Returning()
    removed: dict[tuple[str, str], list[Event]] = defaultdict(list)
    of_write: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for event in removals:
        removed[_key(event)].append(event)
        if event.write:
            of_write[event.write, *_key(event)].append(event)
            if is_taken_back(event.write):
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
        write = event.write or ""
        matches: list[Event]
        if write and not history_step(write) and not is_taken_back(write):
            # Clips that a write moves are known as such, and go back to their places.
            matches = [] if event.type == "Clip" else of_write[write, *_key(event)]
            if not matches:
                continue
            returned.moved[event.id] = matches[-1]
        elif write and is_taken_back(write):
            matches = of_write[write, *_key(event)]
        else:
            matches = [removal for removal in removed[_key(event)] if removal.seq < event.seq]
            if not write and not matches:
                continue
        returned.came[event.id] = event
        _pair(returned, event, matches)
    _add_below(returned, events, store)
    return returned


def _key(event: Event) -> tuple[str, str]:
    return event.type, event.object_name or event.ref


def _pair(returned: Returning, event: Event, matches: list[Event]) -> None:
    """Take the removal that this event undoes out of `matches`: the newest at the same place, else the newest."""
    there = [removal for removal in matches if removal.ref == event.ref]
    if not matches:
        return
    former = (there or matches)[-1]
    matches.remove(former)
    returned.gone.add(former.id)
    if event.id in returned.moved:
        returned.moved[event.id] = former
    elif there and former.id != event.id:
        returned.same[former.id] = event.id


def _add_below(returned: Returning, events: Iterable[Event], store: Store) -> None:
    """Add the objects that a write made below an object that it made again."""
    added = {event.id: event for event in events if event.kind == "add"}
    for id_ in [id_ for id_ in returned.moved if id_ in store.nodes]:
        for node in store.walk(id_):
            event = added.get(node.id)
            if event is not None and event.write == returned.came[id_].write and node.id not in returned.came:
                returned.came[node.id] = event
