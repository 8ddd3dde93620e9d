"""The history of batches as readable events, kept in a bounded ring; readers go at their own pace.

A step is stored as it arrived and is converted to events when somebody reads it. An event has the refs and names at
its time, since they change. After a resync the log has one event `resynced`, then an event for each difference; the
first snapshot of a run makes no further events.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import anyio

from remote_script.SetMirror.contract import checks as rules

from . import errors, values
from .driven import AUTOMATION, is_driven
from .model import Change, Event, Node
from .store import Applied, Store

EVENTS_KEPT = 100_000
BYTES_KEPT = 64 * 1024 * 1024
"""Approximate size in memory; at either bound the oldest steps are dropped."""
STEP_EVENTS = 5_000
"""Changes recorded for one step, such as the opening of another Set; the last event counts the omitted ones in
`more`."""
NOTES_PER_CHANGE = 100
"""Notes shown in one change of content."""
FOLLOW_SLICE = 500
"""Events that a follower returns before it lets other tasks run."""
REMADE = {"CuePoint": ("time",)}
"""Class → properties of a removed object that the log keeps: with its name they suffice to create the object
again."""


CHANGE_BYTES = 300
"""Estimated size of a change with its ref and name, without its values."""
ITEM_BYTES = 120
"""Estimated size of one list item, such as a note or a routing's name."""


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    return ITEM_BYTES * len(value) if isinstance(value, list | tuple | dict) else 0


def _is_driven(store: Store, change: Change) -> bool:
    return change[0] == "set" and is_driven(store, change[1], change[2])


class _Step(NamedTuple):
    seq: int
    time: float
    epoch: str
    revision: int
    cause: str
    who: str
    write: str | None
    resynced: dict[str, Any] | None
    left_out: int
    changes: list[tuple[str, int, str, Any, Any, str, str, str]]

    @property
    def length(self) -> int:
        return len(self.changes) + (self.resynced is not None)

    @property
    def size(self) -> int:
        """Approximate size in memory, in bytes."""
        return sum(CHANGE_BYTES + _size(change[3]) + _size(change[4]) for change in self.changes)

    def events(self, first: int = 0, notes: int = NOTES_PER_CHANGE) -> Iterator[Event]:
        """The events with seq `first` and up (0: all), with at most `notes` notes per change."""
        seq = self.seq
        first = first or seq
        if self.resynced is not None:
            if seq >= first:
                yield Event(
                    seq,
                    self.time,
                    self.epoch,
                    self.revision,
                    "resynced",
                    "resync",
                    "song",
                    after=self.resynced,
                    cause="resync",
                    more=self.left_out,
                )
            seq += 1
        last = len(self.changes) - 1
        for number in range(max(0, first - seq), len(self.changes)):
            kind, id_, name, before, after, ref, type_, object_name = self.changes[number]
            more = self.left_out if number == last and self.resynced is None else 0
            if kind == "content":
                more += max(0, len(before) - notes) + max(0, len(after) - notes)
                before, after = before[:notes], after[:notes]
            yield Event(
                seq + number,
                self.time,
                self.epoch,
                self.revision,
                kind,
                self.who,
                ref,
                id_,
                type_,
                name,
                object_name,
                before,
                after,
                self.cause,
                self.write,
                more,
            )


class EventLog:
    """Records steps and gives them to readers as events; `oldest` and `latest` are revisions of the present epoch."""

    def __init__(
        self,
        store: Store,
        wall: Callable[[], float],
        kept: int = EVENTS_KEPT,
        kept_bytes: int = BYTES_KEPT,
    ) -> None:
        self.oldest = 0
        """The oldest revision for which `since` returns all later events."""
        self.latest = 0
        self.dropped = 0
        self._store = store
        self._wall = wall
        self._kept = kept
        self._kept_bytes = kept_bytes
        self._bytes = 0
        self._steps: deque[_Step] = deque()
        self._length = 0
        self._next = 1
        self._arrived: anyio.Event | None = None

    def __len__(self) -> int:
        return self._length

    # -- for the mirror ----------------------------------------------------------------------------

    def record(
        self, applied: Applied, time: float, cause: str, author: str | None, write: str | None
    ) -> None:
        """Record a batch that the store has just applied; changes by automation become a step of their own."""
        who, time = author or cause if cause == "write" else cause, time or self._wall()
        driven: list[Change] = []
        if write is None:
            driven = [change for change in applied.changes if _is_driven(self._store, change)]
        if driven:
            moved = {(change[1], change[2]) for change in driven}
            others = [change for change in applied.changes if (change[1], change[2]) not in moved]
            self._keep(applied._replace(changes=others), time, cause, who, write, None)
            self._keep(applied._replace(changes=driven), time, cause, AUTOMATION, write, None)
        else:
            self._keep(applied, time, cause, who, write, None)

    def record_resync(self, applied: Applied, reason: str) -> None:
        """Record the differences that a snapshot made; a new epoch starts its revisions again."""
        store = self._store
        new_epoch = not self._steps or self._steps[-1].epoch != store.epoch
        counts = {"added": 0, "removed": 0, "changed": 0}
        for change in applied.changes:
            counts[{"add": "added", "remove": "removed"}.get(change[0], "changed")] += 1
        about = {"reason": reason, "objects": len(store.nodes), **counts}
        if new_epoch:
            self.oldest = store.revision
        self._keep(applied, self._wall(), "resync", "resync", None, about)

    def _keep(
        self,
        applied: Applied,
        time: float,
        cause: str,
        who: str,
        write: str | None,
        resynced: dict[str, Any] | None,
    ) -> None:
        store = self._store
        nodes, gone, ref = store.nodes, applied.gone, store.ref
        changes = []
        for kind, id_, name, before, after in applied.changes[:STEP_EVENTS]:
            if kind == "remove":
                was: Node = before
                remade = {prop: was.props.get(prop) for prop in REMADE.get(was.type, ())} or None
                changes.append((kind, id_, name, remade, None, gone.get(id_, str(id_)), was.type, was.name))
                continue
            node = nodes.get(id_)
            if node is None:
                # An object changed and then removed within one step: the event of the removal suffices.
                continue
            if kind in ("set", "absent"):
                before = values.shown(store, node.type, name, before, gone)
                after = values.shown(store, node.type, name, after, gone)
            changes.append((kind, id_, name, before, after, ref(id_), node.type, node.name))
        self.latest = store.revision
        if not changes and resynced is None:
            return
        left_out = max(0, len(applied.changes) - STEP_EVENTS)
        step = _Step(
            self._next, time, store.epoch, store.revision, cause, who, write, resynced, left_out, changes
        )
        self._steps.append(step)
        self._next += step.length
        self._length += step.length
        self._bytes += step.size
        while (self._length > self._kept or self._bytes > self._kept_bytes) and len(self._steps) > 1:
            lost = self._steps.popleft()
            self._length -= lost.length
            self._bytes -= lost.size
            self.dropped += lost.length
            if lost.epoch == store.epoch:
                self.oldest = lost.revision
        if self._arrived is not None:
            self._arrived.set()
            self._arrived = None

    def now(self) -> float:
        """The time of an event that would happen now, in seconds since 1970."""
        return self._wall()

    def seed(self, events: Iterable[Event]) -> int:
        """Insert a journal's older events of the current epoch before the log's own; returns their number."""
        before = self._steps[0].revision if self._steps else self._store.revision + 1
        earlier = [
            event
            for event in events
            if event.epoch == self._store.epoch
            and event.revision <= before
            and event.kind not in ("resynced", "skipped")
        ][-self._kept :]
        seq = (self._steps[0].seq if self._steps else self._next) - len(earlier)
        steps = []
        for (revision, who, write), group in groupby(
            earlier, lambda event: (event.revision, event.who, event.write)
        ):
            part = list(group)
            changes = [(e.kind, e.id, e.name, e.before, e.after, e.ref, e.type, e.object_name) for e in part]
            left_out = sum(event.more for event in part)
            first = part[0]
            steps.append(
                _Step(
                    seq, first.time, first.epoch, revision, first.cause, who, write, None, left_out, changes
                )
            )
            seq += len(part)
        self._steps.extendleft(reversed(steps))
        self._length += len(earlier)
        self._bytes += sum(step.size for step in steps)
        if earlier:
            self.oldest = min(self.oldest, earlier[0].revision - 1)
        return len(earlier)

    # -- for readers -------------------------------------------------------------------------------

    def since(self, revision: int, *, epoch: str | None = None, limit: int | None = None) -> list[Event]:
        """All events after `revision` of the current epoch, oldest first.

          Args:
            revision: As returned by a read or a write; 0 or more.
            epoch: The epoch that `revision` belongs to, if the caller knows it.
            limit: Return at most this many events, the oldest ones.

          Raises:
            RevisionTooOld: some of these events were evicted; `facts["oldest"]` is the oldest revision that works.
            EpochChanged: `epoch` is over; its revisions mean nothing now.
        InvalidValue: there is no such revision yet.
        """
        store = self._store
        if epoch is not None and epoch != store.epoch:
            raise errors.EpochChanged(
                f"epoch {epoch} is over, the present epoch is {store.epoch}", epoch, epoch_now=store.epoch
            )
        if revision < self.oldest:
            hint = "read the Set instead, or ask from the oldest"
            raise errors.from_bridge(rules.too_old(revision, self.oldest, hint=hint))
        latest = max(self.latest, store.revision)
        if revision > latest:
            raise errors.InvalidValue(
                f"revision {revision} is not reached; now {latest}",
                revision,
                hint="give a revision from an earlier answer, or a time; after a restart of Live revisions start again",
                latest=latest,
            )
        events: list[Event] = []
        for step in self._steps:
            if step.epoch == store.epoch and step.revision > revision:
                events.extend(step.events())
                if limit is not None and len(events) >= limit:
                    return events[:limit]
        return events

    def whole(self, revision: int = 0, time: float = 0.0) -> list[Event]:
        """Events of the current epoch after `revision` and from `time` (seconds since 1970), with all notes."""
        epoch = self._store.epoch
        return [
            event
            for step in self._steps
            if step.epoch == epoch and step.revision > revision and step.time >= time
            for event in step.events(notes=sys.maxsize)
        ]

    def names(self, revision: int) -> Iterator[tuple[int, str, str]]:
        """(id, ref, name) of objects that were named, added or removed after `revision`: each name before and after."""
        for step in self._steps:
            if step.epoch != self._store.epoch or step.revision <= revision:
                continue
            for kind, id_, name, before, after, ref, _, object_name in step.changes:
                texts = (before, after) if kind == "set" and name == "name" else ()
                for text in texts or ((object_name,) if kind in ("add", "remove") else ()):
                    if isinstance(text, str) and text:
                        yield id_, ref, text

    def removals(self) -> list[Event]:
        """All removals of the current epoch, oldest first."""
        epoch = self._store.epoch
        return [
            event
            for step in self._steps
            if step.epoch == epoch and any(change[0] == "remove" for change in step.changes)
            for event in step.events(notes=0)
            if event.kind == "remove"
        ]

    def first_of(self, write: str) -> int | None:
        """The revision of the first batch of a write in the current epoch; None when the log does not have it."""
        epoch = self._store.epoch
        return next(
            (step.revision for step in self._steps if step.write == write and step.epoch == epoch), None
        )

    def revision_at(self, time: float) -> int:
        """The current epoch's revision at `time` (seconds since 1970), or `oldest` if the log starts later."""
        epoch, revision = self._store.epoch, self.oldest
        for step in self._steps:
            if step.epoch == epoch and step.time < time:
                revision = max(revision, step.revision)
        return revision

    @property
    def began(self) -> float:
        """Time of the oldest step in the log, in seconds since 1970; 0 when the log is empty."""
        return self._steps[0].time if self._steps else 0.0

    def last(self, count: int) -> list[Event]:
        """The newest `count` events, oldest first, whatever their epoch."""
        steps: list[list[Event]] = []
        missing = count
        for step in reversed(self._steps):
            if missing <= 0:
                break
            steps.append(list(step.events()))
            missing -= step.length
        return [event for step in reversed(steps) for event in step][-count:] if count > 0 else []

    def follow(self, after_revision: int | None = None) -> Follower:
        """All events after `after_revision` of the present epoch (None: only new events), then all later ones.

        Continues over resyncs and epochs. A reader slower than the ring gets an event of kind "skipped", which
        counts the events that it missed.
        """
        position = self._next
        if after_revision is not None:
            for step in self._steps:
                if step.epoch == self._store.epoch and step.revision > after_revision:
                    position = step.seq
                    break
        return Follower(self, position)

    async def after(self, position: int) -> list[Event]:
        """Wait for events with seq `position` and up; returns at most `FOLLOW_SLICE` of them."""
        await anyio.lowlevel.checkpoint()
        while position >= self._next:
            if self._arrived is None:
                self._arrived = anyio.Event()
            await self._arrived.wait()
        return self.available(position)

    def available(self, position: int) -> list[Event]:
        """As `after`, without waiting; empty when there are no such events yet."""
        if position >= self._next:
            return []
        first = self._steps[0].seq
        if position >= first:
            return self._slice(position)
        # "skipped" takes the seq of the last missed event, so that numbers continue without a gap.
        now, epoch, missed = self._wall(), self._store.epoch, first - position
        skipped = Event(first - 1, now, epoch, self.latest, "skipped", "resync", "song", more=missed)
        return [skipped, *self._slice(first)]

    def _slice(self, position: int) -> list[Event]:
        if position >= self._next:
            return []
        events: list[Event] = []
        # Followers are nearly always near the end: search from there.
        start = len(self._steps)
        while start > 0 and self._steps[start - 1].seq + self._steps[start - 1].length > position:
            start -= 1
        for index in range(start, len(self._steps)):
            for event in self._steps[index].events(position):
                events.append(event)
                if len(events) >= FOLLOW_SLICE:
                    return events
        return events


class Follower:
    """An endless async iterator over events; it needs no close."""

    def __init__(self, log: EventLog, position: int) -> None:
        self._log = log
        self._position = position
        self._ready: deque[Event] = deque()

    def __aiter__(self) -> Follower:
        return self

    async def __anext__(self) -> Event:
        if not self._ready:
            self._ready.extend(await self.some())
        return self._ready.popleft()

    async def some(self) -> list[Event]:
        """Wait for the next events; returns all that are available, at most `FOLLOW_SLICE`."""
        if not self._ready:
            self._take(await self._log.after(self._position))
        return self.available()

    def available(self) -> list[Event]:
        """The next events, at most `FOLLOW_SLICE`; empty when there are none yet."""
        if not self._ready:
            self._take(self._log.available(self._position))
        events = list(self._ready)
        self._ready.clear()
        return events

    def _take(self, events: list[Event]) -> None:
        self._ready.extend(events)
        if events:
            self._position = events[-1].seq + 1
