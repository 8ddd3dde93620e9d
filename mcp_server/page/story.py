"""The event log as entries for people: author, time, and changes with old and new values.

`history.changes` separates changes from their consequences. All changes of one write are one entry. A person's edits in
Live are entries too, except consequences of playing; successive edits of one property, such as a fader's move, are one
entry.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

import msgspec

from mirror import Event, Mirror, Node
from mirror.driven import follows_clip

from ..commands.events import short
from ..history import changes as history
from ..history.changes import changes
from ..history.persistent import is_persistent

log = logging.getLogger("setmirror.page")

ENTRIES = 400
CHANGES = 40
"""The most changes of one entry; further changes are only counted."""
TOGETHER_S = 2.0
"""Edits of one property within this number of seconds are one entry."""


class ChangeText(msgspec.Struct):
    """One change of an entry; `before` and `after` are texts, "" if there is no value."""

    where: str
    what: str
    before: str = ""
    after: str = ""
    id: int = 0
    ref: str = ""


class StoryEntry(msgspec.Struct):
    """A line of the log.

    `number` counts entries; `turn` rises with every addition to an entry. `write` names the write, None for a person's
    edit in Live.
    """

    number: int
    turn: int
    time: float
    who: str
    write: str | None
    epoch: str
    revision: int
    changes: list[ChangeText]
    more: int = 0


class Story:
    """The entries, oldest first; beyond the limit, the oldest are removed."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._entries: OrderedDict[int, StoryEntry] = OrderedDict()
        self._writes: dict[str, int] = {}
        self._number = 0
        self.turn = 0

    def since(self, turn: int) -> list[StoryEntry]:
        """Entries that are new or longer since `turn`."""
        return [entry for entry in self._entries.values() if entry.turn > turn]

    async def follow(self, changed: Callable[[Sequence[Event]], None]) -> None:
        """Read the log as it grows, until cancelled; `changed` is called with the added entries.

        Earlier events are a part of the story.
        """
        events, follower = self._mirror.log.last(1000), self._mirror.log.follow()
        while True:
            try:
                self.add(events)
            except Exception:
                # One event that cannot be put into words must not end the story.
                log.exception("events up to revision %d are missing", events[-1].revision)
            changed(events)
            events = await follower.some()

    def add(self, events: Iterable[Event]) -> None:
        """Add further events of the log."""
        for breaks, group in groupby(events, lambda event: event.kind in ("resynced", "skipped")):
            if breaks:
                for event in group:
                    self._enter(event, ChangeText("", self._resynced(event)))
                continue
            for change in changes(event for event in group if event.cause == "write" or self._is_edit(event)):
                if not change.event.type.endswith(".View"):
                    self._enter(change.event, self._change(change))

    def _resynced(self, event: Event) -> str:
        facts = event.after if isinstance(event.after, dict) else {}
        if facts.get("reason") == "first snapshot":
            return f"connected to Live: {facts.get('objects', 0)} objects"
        counts = ", ".join(
            f"{facts[name]} {name}" for name in ("added", "removed", "changed") if name in facts
        )
        return f"read the Set again: {counts or 'some changes were missed'}"

    def _is_edit(self, event: Event) -> bool:
        """True for a person's edit, False for a consequence of playing."""
        if event.cause != "live":
            return False
        node = self._mirror.store.nodes.get(event.id)
        if event.kind in ("add", "remove", "content", "move"):
            return True
        if event.kind != "set" or node is None:
            return False
        if event.type == "DeviceParameter":
            # A value that a lane or an envelope plays is no edit.
            return event.name in ("display", "value", "name") and not self._plays(event.id)
        return is_persistent(node, event.name)

    def _plays(self, parameter: int) -> bool:
        """True while automation moves a parameter: a lane, or an envelope of the clip that plays in the Session."""
        node = self._mirror.store.nodes.get(parameter)
        if node is None or node.props.get("automation_state") == 1:
            return True
        return follows_clip(self._mirror.store, node)

    def _enter(self, event: Event, change: ChangeText) -> None:
        self.turn += 1
        entry = self._joined(event)
        if entry is None:
            self._number += 1
            who = "Live" if event.cause == "live" else event.who
            entry = StoryEntry(
                self._number, self.turn, event.time, who, event.write, event.epoch, event.revision, []
            )
            self._entries[entry.number] = entry
            if event.write is not None:
                self._writes[event.write] = entry.number
            while len(self._entries) > ENTRIES:
                _, gone = self._entries.popitem(last=False)
                self._writes.pop(gone.write or "", None)
        entry.turn, entry.time = self.turn, event.time
        for known in entry.changes:
            if (known.id, known.what) == (change.id, change.what) and change.id and change.after:
                known.after = change.after
                return
        if len(entry.changes) < CHANGES:
            entry.changes.append(change)
        else:
            entry.more += 1

    def _joined(self, event: Event) -> StoryEntry | None:
        """The entry that an event belongs to, or None."""
        if event.write is not None:
            return self._entries.get(self._writes.get(event.write, 0))
        last = next(reversed(self._entries.values()), None)
        if last is None or last.write is not None or event.cause != "live" or last.who != "Live":
            return None
        if event.revision == last.revision and event.epoch == last.epoch:
            return last
        near = event.time - last.time <= TOGETHER_S
        same = any(change.id == event.id and event.id for change in last.changes)
        return last if near and same else None

    def _change(self, change: history.LoggedChange) -> ChangeText:
        event, where = change.event, self._where(change.event)
        line = ChangeText(where, event.name.replace("_", " "), id=event.id, ref=event.ref)
        match event.kind:
            case "add" | "remove":
                line.what = f"{_kind(event.type)} {'is new' if event.kind == 'add' else 'was deleted'}"
            case "content":
                more = f", {event.more} more" if event.more else ""
                line.what = f"{line.what}: {_notes(event.before, event.after)}{more}"
            case "move":
                line.what = "was moved"
            case "children":
                line.what = f"order of {line.what}"
            case _ if event.type == "DeviceParameter" and event.name == "value":
                node = self._mirror.store.nodes.get(event.id)
                now = node.props.get("display") if node is not None else None
                line.what = ""
                before, _, after = change.display.partition(" → ")
                line.before, line.after = before or str(now or ""), after or str(now or event.after)
            case _:
                line.before, line.after = _value(event, event.before), _value(event, event.after)
        return line

    def _where(self, event: Event) -> str:
        """The names of an object and of its owners: "Keys › Reverb › Dry/Wet"."""
        node = self._mirror.store.nodes.get(event.id)
        if node is None:
            track = event.ref.split("/")
            above = self._named("/".join(track[:2])) if len(track) > 2 else ""
            return " › ".join(filter(None, (above, event.object_name or event.ref)))
        names: list[str] = []
        for owner in self._mirror.store.lineage(node.id):
            name = owner.name.removeprefix("Track ") if owner.type == "DeviceParameter" else owner.name
            if owner.parent is not None and (name or owner.type in ("Track", "Scene", "Clip")):
                names.append(name or f"{owner.type} without a name")
        if event.type == "Scene" and not event.object_name:
            names = [f"Scene {int(event.ref.rpartition('/')[2]) + 1}"]
        return " › ".join(reversed(names)) or ("Song" if event.type == "Song" else event.ref)

    def _named(self, ref: str) -> str:
        store = self._mirror.store
        node: Node | None = next(
            (n for n in self._mirror.children("song", "tracks") if store.ref(n.id) == ref), None
        )
        return node.name if node is not None else ""


def _kind(type_: str) -> str:
    return {"CuePoint": "locator", "MidiTrack": "track"}.get(type_, type_.rpartition(".")[2].lower())


def _value(event: Event, value: Any) -> str:
    if value is None:
        return ""
    if event.name == "color" and isinstance(value, int):
        return f"#{value & 0xFFFFFF:06x}"
    return value[:200] if isinstance(value, str) else short(value)


def _notes(before: Any, after: Any) -> str:
    """The numbers of notes that were added, removed and changed, as text."""
    old, new = ({getattr(n, "note_id", id(n)) for n in notes or ()} for notes in (before, after))
    counts = [
        f"{len(ids)} {word}"
        for ids, word in ((new - old, "added"), (old - new, "removed"), (old & new, "changed"))
        if ids
    ]
    return ", ".join(counts) or "changed"
