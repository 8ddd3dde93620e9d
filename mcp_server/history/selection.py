"""The selection of a revert's changes: by write, author, time and object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from mirror import Event, errors
from mirror.queries import tracks_in
from mirror.store import Store


class Selection(NamedTuple):
    """The conditions for changes that are reverted; a change must match every condition that is set.

    Attributes:
      write: The id of a write.
      who: An author as the log names it; "" is anybody.
      since: Only changes after this revision.
      time: Only changes from this time on, in seconds since 1970.
      under: The id of an object: only changes of this object and the objects in it; see `with_contents`.
      properties: Only these properties, as (id, name).
      last: Only the newest of these changes that was not undone; a control's move by hand is one change.
      but: Ids of objects whose changes, and those of all objects in them, are not selected.
    """

    write: str = ""
    who: str = ""
    since: int = 0
    time: float = 0.0
    under: int | None = None
    properties: frozenset[tuple[int, str]] = frozenset()
    last: bool = False
    but: tuple[int, ...] = ()


def name_is(name: str, who: str) -> bool:
    """True when `who` is the full name in the log or the part before the parentheses ("claude" for "claude (Code)")."""
    name, wanted = name.casefold(), who.strip().casefold()
    return name == wanted or name.partition(" (")[0] == wanted


def selected(events: Sequence[Event], selection: Selection, store: Store) -> set[int]:
    """The `seq` of the selected events.

    Raises:
      NotFound: no event is selected; the hint lists the log's authors and writes.
    """
    removals = [event for event in events if event.kind == "remove"]
    is_inside = inside(store, selection.under, removals)
    left_out = [inside(store, id_, removals) for id_ in selection.but]
    matches = [event for event in events if _is_selected(event, selection, is_inside)]
    chosen = {event.seq for event in matches if not any(is_out(event) for is_out in left_out)}
    if matches and not chosen:
        raise errors.NotFound(
            f"`but` leaves out all of these changes: {', '.join(map(store.ref, selection.but))}",
            hint="leave out fewer objects; song stands for the whole Set",
        )
    if not chosen:
        raise _nothing(events, selection)
    return chosen


def inside(store: Store, under: int | None, removals: Iterable[Event] = ()) -> Callable[[Event], bool]:
    """A function that tells the events of an object and of all in it; without an object, all events.

    Args:
      removals: Removals in the log: what went with another object that had the same place is not below this one.
    """
    if under is None:
        return lambda event: True
    tops = with_contents(store, under)
    ids = {node.id for top in tops for node in store.walk(top)}
    gone = tuple("" if ref == "song" else f"{ref}/" for ref in map(store.ref, tops))
    elsewhere = {event.id for event, top in _removed_with(removals) if not top.startswith(gone)}
    return lambda event: (
        event.id in ids
        or (event.id not in store.nodes and event.id not in elsewhere and event.ref.startswith(gone))
    )


_CONTENTS = {"Scene": "clip_slots", "DrumPad": "chains"}
"""Class → the property with the objects that people find in such an object, although they have another owner."""


def with_contents(store: Store, id_: int) -> list[int]:
    """An object and what people find in it elsewhere: a scene's slots, a pad's chains, a group's tracks."""
    node = store.nodes[id_]
    tops = [id_, *(node.props.get(_CONTENTS.get(node.type, "")) or ())]
    if node.type == "Track":
        tops += tracks_in(store, id_)
    return [top for top in tops if top in store.nodes]


def _removed_with(removals: Iterable[Event]) -> Iterator[tuple[Event, str]]:
    """Removals, each with the ref of the topmost object that was removed at once with it, or its own."""
    for _, group in groupby(removals, lambda event: event.revision):
        events = list(group)
        refs = {event.ref for event in events}
        for event in events:
            steps = event.ref.split("/")
            above = ("/".join(steps[:length]) for length in range(1, len(steps) + 1))
            yield event, next(ref for ref in above if ref in refs)


def _is_selected(event: Event, selection: Selection, is_inside: Callable[[Event], bool]) -> bool:
    return (
        event.kind not in ("resynced", "skipped")
        and (not selection.write or event.write == selection.write)
        and (not selection.who or name_is(event.who, selection.who))
        and event.revision > selection.since
        and event.time >= selection.time
        and (not selection.properties or (event.id, event.name) in selection.properties)
        and is_inside(event)
    )


def _nothing(events: Sequence[Event], selection: Selection) -> errors.NotFound:
    if selection.write:
        known = [event.write for event in events if event.write]
        rule, what = f"The log has no change by write {selection.write[:100]!r}", "its newest writes are"
    else:
        known = [event.who for event in events if event.kind not in ("resynced", "skipped")]
        by = f" by {selection.who[:60]!r}" if selection.who else ""
        rule, what = f"The log has no such change{by}", "it has changes by"
    newest = list(dict.fromkeys(reversed([str(name) for name in known])))[:8]
    return errors.NotFound(rule, hint=f"{what} {', '.join(newest)}" if newest else "nothing changed since")
