"""The selection of a revert's changes: by write, author, time and object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mirror import Event, errors
from mirror.store import Store


class Selection(NamedTuple):
    """The conditions for changes that are reverted; a change must match every condition that is set.

    Attributes:
      write: The id of a write.
      who: An author as the log names it; "" is anybody.
      since: Only changes after this revision.
      time: Only changes from this time on, in seconds since 1970.
      under: The id of an object: only changes of this object and the objects below it.
      name: The name of a property.
      last: Only the newest of these changes that was not undone; a control's move by hand is one change.
    """

    write: str = ""
    who: str = ""
    since: int = 0
    time: float = 0.0
    under: int | None = None
    name: str = ""
    last: bool = False


def name_is(name: str, who: str) -> bool:
    """True when `who` is the full name in the log or the part before the parentheses ("claude" for "claude (Code)")."""
    name, wanted = name.casefold(), who.strip().casefold()
    return name == wanted or name.partition(" (")[0] == wanted


def selected(events: Sequence[Event], selection: Selection, store: Store) -> set[int]:
    """The `seq` of the selected events.

    Raises:
      NotFound: no event is selected; the hint lists the log's authors and writes.
    """
    inside = _inside(store, selection.under)
    chosen = {event.seq for event in events if _is_selected(event, selection, inside)}
    if not chosen:
        raise _nothing(events, selection)
    return chosen


def _inside(store: Store, under: int | None) -> Callable[[Event], bool]:
    if under is None:
        return lambda event: True
    ids = {node.id for node in store.walk(under)}
    ref = store.ref(under)
    gone = "" if ref == "song" else f"{ref}/"
    return lambda event: event.id in ids or (event.id not in store.nodes and event.ref.startswith(gone))


def _is_selected(event: Event, selection: Selection, inside: Callable[[Event], bool]) -> bool:
    return (
        event.kind not in ("resynced", "skipped")
        and (not selection.write or event.write == selection.write)
        and (not selection.who or name_is(event.who, selection.who))
        and event.revision > selection.since
        and event.time >= selection.time
        and (not selection.name or (event.name == selection.name and event.id == selection.under))
        and inside(event)
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
