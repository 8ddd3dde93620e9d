"""The write queue: one write at a time, in order within a client, in turn between clients.

A write is checked against the mirror when its turn comes, sent once, and answered only when the mirror has reached
its revision. The possible outcomes:

* refused before sending: a MirrorError, nothing was done; cancelled before sending: the write is not sent;
* answered by the script: a WriteResult, or the script's refusal;
* the link was lost after sending: when it is back, `Recovery` finds the outcome; UnknownOutcome if it cannot.

Nothing is sent twice. A caller that is cancelled after sending lets the write finish; its outcome is kept by its
id. A write that was refused before it was sent may be tried again with its id; an id stands for one request.
"""

from __future__ import annotations

import logging
import re
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import anyio
import anyio.abc
import msgspec

from remote_script.SetMirror.contract import checks as rules

from . import checks, errors
from .asides import Aside, asides_of, is_in_history
from .identity import Resolve, bind
from .model import Call, Change, Set, WriteProgress, WriteResult
from .outcomes import Outcomes, content_of, read_result, result_or_raise
from .recovery import Recovery, SentWrite
from .request import WriteRequest
from .stats import Latencies
from .store import Store
from .undo import NEWEST, VALUES, UndoHistory, nothing_to_redo, nothing_to_undo

log = logging.getLogger("setmirror.writes")

WAITING = 512
"""Limit of waiting writes of all clients together; a further write is refused with Busy."""
WAITING_PER_CLIENT = 64
LOADS = 16
"""Loads that may run at once; the script performs one after the other."""
LINK_WAIT_S = 3.0
"""Seconds that a write waits for a lost link before it is refused."""
GRACE_S = 5.0
"""Seconds past the deadline for the script's own answer that the deadline was missed."""
SEEN_S = 5.0
_NOTHING = "\0nothing"
"""Stands for "no write" when an undo only restores values: no write has this id."""

_STEP = re.compile(r"-(undo|redo)-\d+$")

Progressed = Callable[[WriteProgress], Awaitable[None]]


class QueuedWrite:
    """One queued or running write."""

    __slots__ = (
        "content",
        "deadline",
        "epoch",
        "id",
        "moved",
        "outcome",
        "progress",
        "request",
        "sent",
        "since",
        "waiters",
    )

    def __init__(
        self, id_: str, request: WriteRequest, epoch: str | None, now: float, content: int = 0
    ) -> None:
        self.id = id_
        self.content = content
        self.request = request
        self.epoch = epoch
        """The epoch that its ids belong to; None when it was queued before the first snapshot."""
        self.deadline = now + request.deadline_s
        self.since = now
        self.sent = False
        self.waiters = 0
        self.moved = anyio.Event()
        """Set, and replaced by a new event, at every progress; remains set once there is an outcome."""
        self.progress: WriteProgress | None = None
        self.outcome: WriteResult | errors.MirrorError | None = None


class Writes:
    """The queue; `run` is its only task.

    `request(method, params)` sends the script a request, `wait_synced(timeout_s)` and `wait_for(revision,
    timeout_s)` wait for the mirror, `coming()` names the missing parts of the Set, `place()` identifies Live and
    the Set: (version, Set's name and path).
    """

    def __init__(
        self,
        store: Store,
        request: Callable[[str, dict[str, Any]], Awaitable[Any]],
        wait_synced: Callable[[float], Awaitable[None]],
        coming: Callable[[], Sequence[str]],
        wait_for: Callable[[int, float], Awaitable[None]],
        place: Callable[[], tuple[str, Any]],
        clock: Callable[[], float],
        wall: Callable[[], float],
        session: str,
        latencies: Latencies,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self.history = UndoHistory()
        self.results = Outcomes()
        self._store = store
        self._request = request
        self._recovery = Recovery(store, request, wait_synced, lambda: place()[1], clock, self.counters)
        self._wait_synced = wait_synced
        self._coming = coming
        self._wait_for = wait_for
        self._place = place
        self._clock = clock
        self._wall = wall
        self._session = session
        self._latencies = latencies
        self._number = 0
        self._queues: OrderedDict[str, deque[QueuedWrite]] = OrderedDict()
        self._current: QueuedWrite | None = None
        self._beside: dict[str, QueuedWrite] = {}
        """Running loads: Live may need a minute for one, and other writes continue meanwhile."""
        self._wake = anyio.Event()
        self._tasks: anyio.abc.TaskGroup | None = None

    @property
    def waiting(self) -> int:
        """Number of writes that are not sent yet."""
        return sum(len(queue) for queue in self._queues.values())

    # -- submitting -------------------------------------------------------------------------------

    async def submit(self, request: WriteRequest, progress: Progressed | None = None) -> WriteResult:
        """Queue a write and wait for its outcome; see Mirror.submit."""
        entry = self._find(request.write_id) if request.write_id else None
        content = content_of(request)
        if entry is not None and entry.content != content:
            raise errors.from_bridge(rules.other_write(entry.id))
        if entry is None:
            if request.write_id in self.results:
                return result_or_raise(self.results.of(request.write_id, content))
            self.check_epoch(request.epoch)
            # While parts of the Set are missing, no object can be named.
            epoch = None if self._coming() else self._store.epoch or None
            entry = self._enqueue(request if epoch is None else self.bind(request), epoch, content)
        entry.waiters += 1
        reported: WriteProgress | None = None
        try:
            while entry.outcome is None:
                if progress is not None and entry.progress is not None and entry.progress is not reported:
                    reported = entry.progress
                    try:
                        await progress(reported)
                    except Exception:
                        # The caller still gets the outcome.
                        log.exception("reporting the progress of write %s failed", entry.id)
                        progress = None
                else:
                    await entry.moved.wait()
        finally:
            entry.waiters -= 1
            if not entry.waiters and entry.outcome is None:
                self._cancel(entry)
        return result_or_raise(entry.outcome)

    def bind(
        self, request: WriteRequest, find: Resolve | None = None, lists: dict[str, list[int]] | None = None
    ) -> WriteRequest:
        """The request with ids for all refs, names and places; see `identity.bind`."""
        try:
            return bind(self._store, request, find, lists)
        except errors.PreconditionFailed:
            raise
        except errors.MirrorError:
            # Report this problem together with every other problem of the request.
            checks.prepare(self._store, request, self._place()[0])
            raise

    def check_epoch(self, epoch: str) -> None:
        """Refuse a write that was meant for another epoch; "" stands for the present one."""
        if epoch and epoch != self._store.epoch:
            raise errors.EpochChanged(
                "Another Set was opened, or the script was reloaded, before the write was sent",
                hint="nothing was done; read the Set and send the write again",
            )

    def progressed(self, progress: WriteProgress) -> None:
        """Record the script's notice about the progress of a running write."""
        entry = self._beside.get(progress.write, self._current)
        if entry is not None and entry.id == progress.write:
            entry.progress = progress
            moved, entry.moved = entry.moved, anyio.Event()
            moved.set()

    def _find(self, write_id: str) -> QueuedWrite | None:
        waiting = [entry for queue in self._queues.values() for entry in queue]
        for entry in [*waiting, *self._beside.values(), self._current]:
            if entry is not None and entry.id == write_id:
                return entry
        return None

    def _enqueue(self, request: WriteRequest, epoch: str | None, content: int) -> QueuedWrite:
        queue = self._queues.get(request.queue)
        if self.waiting >= WAITING or (queue is not None and len(queue) >= WAITING_PER_CLIENT):
            self.counters["turned away"] += 1
            most = WAITING if self.waiting >= WAITING else WAITING_PER_CLIENT
            raise errors.Busy(f"{most} writes are waiting already", retry_after_s=1.0)
        self._number += 1
        entry = QueuedWrite(
            request.write_id or f"{self._session}-{self._number}", request, epoch, self._clock(), content
        )
        if queue is None:
            queue = self._queues[request.queue] = deque()
        queue.append(entry)
        self.counters["submitted"] += 1
        self._wake.set()
        return entry

    def _cancel(self, entry: QueuedWrite) -> None:
        """Handle a cancelled caller: drop a waiting write, cancel a load; let any other write that was sent finish."""
        if entry.id in self._beside and self._tasks is not None:
            self._tasks.start_soon(self._cancel_load, entry)
            return
        queue = self._queues.get(entry.request.queue)
        if queue is None or entry not in queue:
            return
        queue.remove(entry)
        if not queue:
            del self._queues[entry.request.queue]
        self.counters["cancelled"] += 1
        self._finish(entry, errors.Cancelled("The write was cancelled before it was sent"))

    async def _cancel_load(self, entry: QueuedWrite) -> None:
        self.counters["cancelled"] += 1
        try:
            await self._request("write.cancel", {"write": entry.id})
        except errors.MirrorError:
            # The link is down: the load ends by its deadline.
            log.warning("the load of write %s could not be cancelled", entry.id)

    # -- the one task ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Run one write after the other, loads concurrently, until cancelled."""
        try:
            async with anyio.create_task_group() as self._tasks:
                await self._run(self._tasks)
        finally:
            self._close()

    async def _run(self, tasks: anyio.abc.TaskGroup) -> None:
        while True:
            while not self._queues:
                self._wake = anyio.Event()
                await self._wake.wait()
            # The client whose turn it was goes to the end, so no client waits for another's whole queue.
            key, queue = next(iter(self._queues.items()))
            entry = queue.popleft()
            del self._queues[key]
            if queue:
                self._queues[key] = queue
            if not entry.request.loads:
                self._current = entry
                outcome = await self._outcome(entry)
                self._current = None
                self._finish(entry, outcome)
            elif len(self._beside) < LOADS:
                self._beside[entry.id] = entry
                tasks.start_soon(self._load, entry)
            else:
                self._finish(entry, errors.Busy(f"{LOADS} loads are under way", retry_after_s=1.0))

    async def _load(self, entry: QueuedWrite) -> None:
        outcome = await self._outcome(entry)
        del self._beside[entry.id]
        self._finish(entry, outcome)

    async def _outcome(self, entry: QueuedWrite) -> WriteResult | errors.MirrorError:
        try:
            return await self._execute(entry)
        except errors.MirrorError as problem:
            return problem
        except Exception as problem:
            log.exception("write %s failed", entry.id)
            return errors.Internal(f"The write failed in the mirror: {problem!r}")

    def _close(self) -> None:
        """End all waiting writes when the mirror is closed."""
        under_way = [*self._beside.values(), *([self._current] if self._current is not None else [])]
        self._current, self._beside = None, {}
        waiting = [entry for queue in self._queues.values() for entry in queue]
        self._queues.clear()
        for entry in under_way:
            closed: errors.MirrorError = errors.Cancelled("The mirror was closed before the write was sent")
            if entry.sent:
                closed = errors.UnknownOutcome("The mirror was closed while the write was under way")
            self._finish(entry, closed)
        for entry in waiting:
            self._finish(entry, errors.Cancelled("The mirror was closed before the write was sent"))

    def _finish(self, entry: QueuedWrite, outcome: WriteResult | errors.MirrorError) -> None:
        entry.outcome = outcome
        name = outcome.outcome if isinstance(outcome, WriteResult) else outcome.error.lower()
        self.counters[name] += 1
        if isinstance(outcome, WriteResult):
            self._latencies.add("write", self._clock() - entry.since)
        if isinstance(outcome, WriteResult | errors.UnknownOutcome):
            # A refused write was not done: the script keeps its refusal if it was sent.
            self.results.add(entry.id, outcome, entry.content)
        else:
            if outcome.facts.pop("in_redo", False):
                self.history.failed_in_redo(entry.id, entry.request.author)
            if "taken_back" in outcome.facts:
                self.history.record_rollback(entry.id)
                outcome.facts["write"] = entry.id
        entry.moved.set()

    def _not_synced(self) -> errors.MirrorError:
        coming, hint = self._coming(), "nothing was sent; try again"
        if coming:
            rule = f"Live's Set is still being read, {', '.join(coming)} are to come"
            return errors.NotReady(rule, hint=hint, sent=False)
        return errors.Disconnected("The mirror is not synced with Live now", hint=hint, sent=False)

    async def _execute(self, entry: QueuedWrite) -> WriteResult:
        while True:
            left = entry.deadline - self._clock()
            if left <= 0:
                raise errors.DeadlinePassed(
                    "The deadline passed before the write was sent", hint="nothing was done; send again"
                )
            try:
                await self._wait_synced(min(left, LINK_WAIT_S))
            except TimeoutError:
                raise self._not_synced() from None
            version, place = self._place()
            request = entry.request
            if entry.epoch is None:
                # The mirror was empty when the write was queued.
                self.check_epoch(request.epoch)
                request = self.bind(request)
            else:
                self.check_epoch(entry.epoch)
            prepared = checks.prepare(self._store, request, version)
            epoch = self._store.epoch
            left = entry.deadline - self._clock()
            params = request.to_wire(entry.id, epoch, prepared.ops, prepared.expect, left, self._wall())
            sent = SentWrite(params, request, entry.deadline, prepared, place)
            # From here on assume that the script has it, unless Disconnected says sent=False.
            entry.sent = True
            try:
                with anyio.fail_after(max(0.0, entry.deadline - self._clock()) + GRACE_S):
                    reply = await self._request("write.execute", params)
            except errors.Disconnected as problem:
                if problem.facts.get("sent") is False:
                    entry.sent = False
                    continue
                self.counters["lost"] += 1
                return await self._seen(entry, await self._recovery.outcome(sent))
            except errors.UnknownOutcome:
                self.counters["lost"] += 1
                return await self._seen(entry, await self._recovery.outcome(sent))
            except TimeoutError:
                self.counters["unanswered"] += 1
                raise self._recovery.unknown(sent, "Live did not answer before the deadline") from None
            return await self._seen(entry, read_result(entry.id, entry.request, reply))

    async def _seen(self, entry: QueuedWrite, result: WriteResult) -> WriteResult:
        """Return the result once reads show it, or after `SEEN_S` with `seen=False`."""
        if result.dry_run:
            return result
        if result.epoch != self._store.epoch:
            # Another Set was opened meanwhile: the ids in the result are of the former one, and so is the history.
            self.counters["not seen"] += 1
            return msgspec.structs.replace(result, seen=False)
        request = entry.request
        aside, parameters = asides_of(self._store, request.ops, result.results)
        self.history.wrote(
            result.write,
            result.undo_steps,
            request.owner or request.queue,
            aside,
            parameters=parameters,
            shares=result.shares,
        )
        if aside:
            names = [f"{value.name} of {self._store.ref(value.id)}" for value in aside]
            result = msgspec.structs.replace(result, not_in_history=names)
        try:
            if self._store.revision < result.revision:
                await self._wait_for(result.revision, SEEN_S)
            if result.epoch == self._store.epoch:
                self.history.entered(result.write, request.author, result.revision)
                return result
        except (TimeoutError, errors.MirrorError):
            pass
        self.counters["not seen"] += 1
        return msgspec.structs.replace(result, seen=False)

    # -- undo --------------------------------------------------------------------------------------

    def resynced(self, same_epoch: bool) -> None:
        """Forget what a snapshot makes unknown: the authors of recent edits, and in another Set all writes."""
        if not same_epoch:
            # The values set beside Live's history name objects by ids, which mean other objects now.
            self.history = UndoHistory()
        self.history.forget(self._store.revision)

    async def undo(self, **options: Any) -> WriteResult:
        """Live's undo of the newest edit, by any author."""
        return await self._undo(NEWEST, label="undo", **options)

    async def undo_mine(self, write_id: str, **options: Any) -> WriteResult:
        """Revert one write; see Mirror.undo_mine."""
        label = f"undo {write_id}"
        aside = self.history.aside(write_id)
        if aside and not self.history.has_entry(write_id):
            return await self._put_back(write_id, aside, label, **options)
        base = self.history.base_of(write_id)
        result = await self._undo(write_id, label=label, if_revision=base, undoes=write_id, **options)
        if aside:
            back = await self._put_back(write_id, aside, label, **options)
            result = msgspec.structs.replace(result, put_back=back.put_back, revision=back.revision)
        return result

    async def undo_last(self, owner: str, **options: Any) -> WriteResult:
        """Revert a client's last write; see Mirror.undo_last."""
        return await self.undo_mine(self.history.last_of(owner), **options)

    async def redo(self, **options: Any) -> WriteResult:
        """Live's redo.

        Raises:
          PreconditionFailed: Live redid nothing: `can_redo`, which Live updates late, was no longer true.
        """
        self._number += 1
        redo_id = f"{self._session}-redo-{self._number}"
        self.history.redoing(redo_id)
        result = await self.submit(
            WriteRequest.of([Call("song", "redo")], write_id=redo_id, label="redo", **options)
        )
        if result.results and result.results[0].result == "":
            # Live returns the name of what it redid.
            raise nothing_to_redo()
        self.history.redone(redo_id)
        return result

    async def _put_back(self, write_id: str, aside: list[Aside], label: str, **options: Any) -> WriteResult:
        """Restore values that Live's history does not record, unless somebody changed them since the write."""
        nodes = self._store.nodes
        still = [
            value
            for value in aside
            if value.id in nodes and nodes[value.id].props.get(value.name) == value.after
        ]
        if not still:
            raise errors.PreconditionFailed(
                f"the values that write {write_id} set were changed since then",
                write_id,
                hint="there is nothing to revert",
            )
        self.history.put_back(write_id)
        restored = [
            self.history.words(self._store, Change("set", value.id, value.name, value.after, value.before))
            for value in still
        ]
        ops = [Set(value.id, value.name, value.before, value.after) for value in still]
        self._number += 1
        back_id = f"{self._session}-undo-{self._number}"
        in_history = all(is_in_history(self._store, value) for value in still)
        self.history.undoing(back_id, VALUES if in_history else _NOTHING)
        result = await self.submit(WriteRequest.of(ops, write_id=back_id, label=label, **options))
        if in_history:
            restored = self.history.came_back(back_id)
        return msgspec.structs.replace(result, put_back=restored, not_in_history=[])

    async def _undo(self, write: str, **options: Any) -> WriteResult:
        self._number += 1
        undo_id = f"{self._session}-undo-{self._number}"
        self.history.undoing(undo_id, write)
        try:
            request = WriteRequest.of([Call("song", "undo")], write_id=undo_id, **options)
            result = await self.submit(request)
            if result.results and result.results[0].result == "":
                # Live returns the name of what it undid.
                raise nothing_to_undo()
            self.history.undone(undo_id)
            return result
        except errors.MirrorError:
            self.history.not_undone(undo_id)
            raise


def history_step(write: str | None) -> str:
    """ "undo" or "redo" if a write of this id is one; "" for any other."""
    match = _STEP.search(write or "")
    return match[1] if match is not None else ""
