"""The changes of a log in chains: one chain for each value, note, envelope and list, oldest change first.

An undo takes the last change out of its chain, a redo puts it back. Changes that Live makes by itself, such as new
numbers in track names, are in no chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain as joined
from typing import Any, NamedTuple

from mirror import Event
from mirror.store import Store
from mirror.writes import history_step

from . import envelopes
from .changes import is_hand_move
from .lists import ListKey, is_ordering, is_renumbering


class ValueChange(NamedTuple):
    """One change of one value."""

    event: Event
    before: Any
    after: Any
    selected: bool


def newest_run(chain: list[ValueChange]) -> list[ValueChange] | None:
    """The selected changes at the end of a chain; None if the last change is not selected.

    Later changes by the same author that led back to the value of the last selected one do not count.
    """
    end = next((n for n in range(len(chain), 0, -1) if chain[n - 1].selected), 0)
    if end == 0:
        return None
    last = chain[end - 1]
    if end < len(chain) and (
        chain[-1].after != last.after or any(link.event.who != last.event.who for link in chain[end:])
    ):
        return None
    begin = next((n for n in range(end, 0, -1) if not chain[n - 1].selected), 0)
    return chain[begin:end]


def changed_since(chain: list[ValueChange], now: Any) -> str:
    """The reason why a value is left: its last change is not selected, or its present value is not in the log."""
    last = chain[-1]
    if last.after != now:
        return "left as it is: it changed since, which the log does not explain"
    return f"left as it is: changed since {author(last.event)}"


def author(event: Event) -> str:
    """The author and the revision of a change, in words."""
    names = {"live": "a person or Live", "audit": "somebody whose edit Live did not report"}
    return f"by {names.get(event.who, event.who)} (revision {event.revision})"


@dataclass
class Chains:
    """The changes of each value, of each note and envelope of a clip, and of each list's order, oldest first."""

    values: dict[tuple[int, str], list[ValueChange]] = field(default_factory=lambda: defaultdict(list))
    notes: dict[int, dict[int, list[ValueChange]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    envelopes: dict[tuple[int, int], list[ValueChange]] = field(default_factory=lambda: defaultdict(list))
    lists: dict[ListKey, list[ValueChange]] = field(default_factory=lambda: defaultdict(list))

    def seqs(self) -> set[int]:
        """The events that changed a value, note or envelope and were not undone."""
        return {link.event.seq for link in self._links()}

    def last_change(self) -> set[int]:
        """The events of the newest selected change that was not undone: one write, or one move of a control by hand."""
        events = {link.event.seq: link.event for link in self._links() if link.selected}
        newest_first = [events[seq] for seq in sorted(events, reverse=True)]
        last = newest_first[:1]
        for event in newest_first[1:]:
            if not is_one_change(event, last[-1]):
                break
            last.append(event)
        return {event.seq for event in last}

    def _links(self) -> Iterator[ValueChange]:
        of_notes = (chain for chains in self.notes.values() for chain in chains.values())
        return joined.from_iterable((*self.values.values(), *self.envelopes.values(), *of_notes))


def is_one_change(earlier: Event, later: Event) -> bool:
    """True when both events of one property are parts of one change, such as a control's move by hand."""
    if earlier.write is not None or later.write is not None:
        return earlier.write == later.write
    return earlier.revision == later.revision or is_hand_move(earlier, later)


def chains(events: Sequence[Event], chosen: set[int], store: Store) -> Chains:
    all_chains = Chains()
    undone: dict[int, list[ValueChange]] = {}
    came = {event.id: event.write for event in events if event.kind == "add"}

    def add(chain: list[ValueChange], event: Event, before: Any, after: Any) -> None:
        _append(chain, ValueChange(event, before, after, event.seq in chosen), undone)

    for event in events:
        if event.kind == "set" and event.name == "automation_envelopes":
            was, now = (envelopes.by_parameter(side) for side in (event.before, event.after))
            for parameter in was.keys() | now.keys():
                if was.get(parameter) != now.get(parameter):
                    add(
                        all_chains.envelopes[event.id, parameter],
                        event,
                        was.get(parameter),
                        now.get(parameter),
                    )
        elif event.kind == "set" and event.write is not None and came.get(event.id) == event.write:
            # The write made the object and then set its values: the object had no values before.
            continue
        elif event.kind == "set" and not is_renumbering(event):
            add(all_chains.values[event.id, event.name], event, event.before, event.after)
        elif event.kind == "content" and event.name == "notes":
            earlier, later = (
                {note.note_id: note for note in side or ()} for side in (event.before, event.after)
            )
            for note_id in earlier.keys() | later.keys():
                add(all_chains.notes[event.id][note_id], event, earlier.get(note_id), later.get(note_id))
        elif is_ordering(event, came, store):
            add(
                all_chains.lists[ListKey(event.id, event.name)],
                event,
                tuple(event.before),
                tuple(event.after),
            )
    return all_chains


def _append(chain: list[ValueChange], link: ValueChange, undone: dict[int, list[ValueChange]]) -> None:
    """Put a change at the end of a chain; an undo removes the last change, a redo appends it again."""
    step = history_step(link.event.write)
    if step == "undo" and chain and (chain[-1].before, chain[-1].after) == (link.after, link.before):
        undone.setdefault(id(chain), []).append(chain.pop())
        return
    again = undone.get(id(chain)) or []
    if step == "redo" and again and (again[-1].before, again[-1].after) == (link.before, link.after):
        link = again.pop()
    chain.append(link)
