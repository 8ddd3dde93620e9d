"""The history of batches as readable events, kept in a bounded ring; readers go at their own pace.

A step is kept as it came and turned into events when somebody reads: an event says what happened, to whom and
by whom as it was then, since refs change. After a resync the log says `resynced` once, then only what
differs; the first snapshot is not told as happenings.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import anyio

from . import errors, values
from .model import Event, Node
from .store import Applied, Store

EVENTS_KEPT = 100_000
BYTES_KEPT = 64 * 1024 * 1024
"""In memory, about: whichever bound comes first, the oldest go."""
STEP_EVENTS = 5_000
"""Of one step; opening another Set is told as its first ones and a number."""
NOTES_TOLD = 100
"""Of one change of content."""
FOLLOW_SLICE = 500
"""Events turned out before a follower lets others run."""


CHANGE_BYTES = 300
"""A change with its ref and name, without its values."""
ITEM_BYTES = 120
"""Of a list: a note, a routing's name."""


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    return ITEM_BYTES * len(value) if isinstance(value, list | tuple | dict) else 0


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
        """About so many bytes."""
        return sum(CHANGE_BYTES + _size(each[3]) + _size(each[4]) for each in self.changes)

    def events(self, first: int = 0, notes: int = NOTES_TOLD) -> Iterator[Event]:
        """The events with seq `first` and up (0: all), each with at most so many notes."""
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
    """See the module; `oldest` and `latest` are revisions of the present epoch."""

    def __init__(
        self,
        store: Store,
        wall: Callable[[], float],
        kept: int = EVENTS_KEPT,
        kept_bytes: int = BYTES_KEPT,
    ) -> None:
        self.oldest = 0
        """`since(oldest)` is complete."""
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
        """Keep a batch that the store has just applied."""
        who = author or cause if cause == "write" else cause
        self._keep(applied, time or self._wall(), cause, who, write, None)

    def record_resync(self, applied: Applied, reason: str) -> None:
        """Keep what a snapshot changed; in a new epoch, revisions begin anew."""
        store = self._store
        new_epoch = not self._steps or self._steps[-1].epoch != store.epoch
        counts = {"added": 0, "removed": 0, "changed": 0}
        for change in applied.changes:
            counts[{"add": "added", "remove": "removed"}.get(change[0], "changed")] += 1
        told = {"reason": reason, "objects": len(store.nodes), **counts}
        if new_epoch:
            self.oldest = store.revision
        self._keep(applied, self._wall(), "resync", "resync", None, told)

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
                changes.append((kind, id_, name, None, None, gone.get(id_, str(id_)), was.type, was.name))
                continue
            node = nodes.get(id_)
            if node is None:
                # Changed, then removed, in one step: the removal tells enough.
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
        """Put what a journal has of the present epoch before all that is kept; how many events that were."""
        before = self._steps[0].revision if self._steps else self._store.revision + 1
        held = [
            each
            for each in events
            if each.epoch == self._store.epoch
            and each.revision <= before
            and each.kind not in ("resynced", "skipped")
        ][-self._kept :]
        seq = (self._steps[0].seq if self._steps else self._next) - len(held)
        steps = []
        for (revision, who, write), group in groupby(
            held, lambda each: (each.revision, each.who, each.write)
        ):
            part = list(group)
            changes = [(e.kind, e.id, e.name, e.before, e.after, e.ref, e.type, e.object_name) for e in part]
            left_out = sum(each.more for each in part)
            first = part[0]
            steps.append(
                _Step(
                    seq, first.time, first.epoch, revision, first.cause, who, write, None, left_out, changes
                )
            )
            seq += len(part)
        self._steps.extendleft(reversed(steps))
        self._length += len(held)
        self._bytes += sum(step.size for step in steps)
        if held:
            self.oldest = min(self.oldest, held[0].revision - 1)
        return len(held)

    # -- for readers -------------------------------------------------------------------------------

    def since(self, revision: int, *, epoch: str | None = None, limit: int | None = None) -> list[Event]:
        """Everything that happened after `revision` of the present epoch, oldest first.

        Args:
          revision: As a read or a write told it; 0 or more.
          epoch: The epoch that `revision` belongs to, if the asker knows it.
          limit: At most so many events, the oldest ones.

        Raises:
          RevisionTooOld: not all of it is kept any more; `facts["oldest"]` is the oldest that works.
          EpochChanged: `epoch` is over; its revisions mean nothing now.
        """
        store = self._store
        if epoch is not None and epoch != store.epoch:
            raise errors.EpochChanged(
                f"epoch {epoch} is over, the present one is {store.epoch}", epoch, epoch_now=store.epoch
            )
        if revision < self.oldest:
            raise errors.RevisionTooOld(
                f"revision {revision} is too old; the oldest kept is {self.oldest}",
                revision,
                hint="read the Set instead, or ask from the oldest",
                oldest=self.oldest,
            )
        found: list[Event] = []
        for step in self._steps:
            if step.epoch == store.epoch and step.revision > revision:
                found.extend(step.events())
                if limit is not None and len(found) >= limit:
                    return found[:limit]
        return found

    def whole(self, revision: int = 0, time: float = 0.0) -> list[Event]:
        """What is kept of the present epoch after `revision` and from `time` (seconds since 1970), with all notes."""
        epoch = self._store.epoch
        return [
            event
            for step in self._steps
            if step.epoch == epoch and step.revision > revision and step.time >= time
            for event in step.events(notes=sys.maxsize)
        ]

    def first_of(self, write: str) -> int | None:
        """The revision of the first batch of a write in the present epoch; None when it is not kept."""
        epoch = self._store.epoch
        return next(
            (step.revision for step in self._steps if step.write == write and step.epoch == epoch), None
        )

    def revision_at(self, time: float) -> int:
        """The revision of the present epoch as of `time` (seconds since 1970), as far as the log goes back."""
        epoch, found = self._store.epoch, self.oldest
        for step in self._steps:
            if step.epoch == epoch and step.time < time:
                found = max(found, step.revision)
        return found

    @property
    def began(self) -> float:
        """When the first step that is kept happened, in seconds since 1970; 0 when there is none."""
        return self._steps[0].time if self._steps else 0.0

    def last(self, count: int) -> list[Event]:
        """The newest `count` events, oldest first, whatever their epoch."""
        found: list[list[Event]] = []
        missing = count
        for step in reversed(self._steps):
            if missing <= 0:
                break
            found.append(list(step.events()))
            missing -= step.length
        return [event for step in reversed(found) for event in step][-count:] if count > 0 else []

    def follow(self, after_revision: int | None = None) -> Follower:
        """All events after `after_revision` of the present epoch (None: only new ones), then on for ever.

        Goes on over resyncs and epochs. A reader slower than the ring is told how many it missed by an event
        of kind "skipped".
        """
        position = self._next
        if after_revision is not None:
            for step in self._steps:
                if step.epoch == self._store.epoch and step.revision > after_revision:
                    position = step.seq
                    break
        return Follower(self, position)

    async def after(self, position: int) -> list[Event]:
        """Wait for events with seq `position` and up; at most `FOLLOW_SLICE` of them."""
        await anyio.lowlevel.checkpoint()
        while position >= self._next:
            if self._arrived is None:
                self._arrived = anyio.Event()
            await self._arrived.wait()
        first = self._steps[0].seq
        if position >= first:
            return self._slice(position)
        # What was missed stands for its last event, so that the numbers go on.
        now, epoch, missed = self._wall(), self._store.epoch, first - position
        skipped = Event(first - 1, now, epoch, self.latest, "skipped", "resync", "song", more=missed)
        return [skipped, *self._slice(first)]

    def _slice(self, position: int) -> list[Event]:
        if position >= self._next:
            return []
        found: list[Event] = []
        # Followers are near the end nearly always: look from there.
        start = len(self._steps)
        while start > 0 and self._steps[start - 1].seq + self._steps[start - 1].length > position:
            start -= 1
        for index in range(start, len(self._steps)):
            for event in self._steps[index].events(position):
                found.append(event)
                if len(found) >= FOLLOW_SLICE:
                    return found
        return found


class Follower:
    """An endless async iterator over events; holds nothing that would have to be closed."""

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
        """Wait for the next events and take all that are there, at most `FOLLOW_SLICE`."""
        if self._ready:
            told = list(self._ready)
            self._ready.clear()
            return told
        told = await self._log.after(self._position)
        self._position = told[-1].seq + 1
        return told
