"""Objects that came back or were made anew: a log has them as added, yet nobody created them.

An undo, a redo and a write that was refused and taken back bring objects back, mostly with new ids; so does a person
who presses undo in Live, of which only the log's order tells. A write may also delete an object and make it anew
elsewhere, as Live's API moves locators. Pure functions over a log's events and the store.
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
"""Whether the write of this id was refused and taken back."""


@dataclass
class Returning:
    """What is no creation and no deletion.

    Attributes:
      came: Objects that stand in the log as added: id → its event.
      moved: Those of them that a write deleted and made anew.
      gone: Ids under which objects were known before.
      same: Former id → present id, where type, name and place agree.
    """

    came: dict[int, Event] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    same: dict[int, int] = field(default_factory=dict)

    def renamed(self, events: Iterable[Event]) -> list[Event]:
        """The events, with the values of objects that came back under their present ids."""
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
    """What came back in these events.

    Args:
      removals: All that the log has of the epoch, also from before the events.
    """
    found = Returning()
    removed: dict[tuple[str, str], list[Event]] = defaultdict(list)
    of_write: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for event in removals:
        removed[_key(event)].append(event)
        if event.write:
            of_write[event.write, *_key(event)].append(event)
            if is_taken_back(event.write):
                found.gone.add(event.id)
    for event in events:
        if event.kind != "add":
            continue
        write = event.write or ""
        matches: list[Event]
        if write and not history_step(write) and not is_taken_back(write):
            # Clips that a write moves are known as such, and go back to their places.
            matches = [] if event.type == "Clip" else of_write[write, *_key(event)]
            if not matches:
                continue
            found.moved.add(event.id)
        elif write and is_taken_back(write):
            matches = of_write[write, *_key(event)]
        else:
            matches = [each for each in removed[_key(event)] if each.seq < event.seq]
            if not write and not matches:
                continue
        found.came[event.id] = event
        _pair(found, event, matches)
    _add_below(found, events, store)
    return found


def _key(event: Event) -> tuple[str, str]:
    return event.type, event.object_name or event.ref


def _pair(found: Returning, event: Event, matches: list[Event]) -> None:
    """Take the removal that this event makes undone: the newest one of the same place, else the newest."""
    there = [each for each in matches if each.ref == event.ref]
    if not matches:
        return
    former = (there or matches)[-1]
    matches.remove(former)
    found.gone.add(former.id)
    if there and former.id != event.id and event.id not in found.moved:
        found.same[former.id] = event.id


def _add_below(found: Returning, events: Iterable[Event], store: Store) -> None:
    """What a write made together with an object that it made anew belongs to it."""
    added = {event.id: event for event in events if event.kind == "add"}
    for id_ in [each for each in found.moved if each in store.nodes]:
        for node in store.walk(id_):
            event = added.get(node.id)
            if event is not None and event.write == found.came[id_].write and node.id not in found.came:
                found.came[node.id] = event
