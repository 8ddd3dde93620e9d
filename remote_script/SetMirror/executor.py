"""Executes writes one at a time: each is validated, applied in one undo step, read back, and reverted if it fails.

A write is a generator that the pump advances. If Live allows it, the write runs in a single main-thread turn; when
it has to wait it yields `FLUSH` (send the changes so far), `PUMP` (until the next pump) or `MORE` (long work that
continues in this turn if there is time). The clients of a long write get progress notices. A write starts only when
all earlier changes are sent, so its batches contain only its own changes. `Answers` keeps results by write id: the
same id is never executed twice.
"""

from __future__ import annotations

import time
from collections import deque
from functools import partial
from typing import Any, Callable, Deque, Dict, Generator, List, Optional, Set, Tuple

from .answers import Answers
from .batches import Batcher
from .beside import Beside, Parked
from .call import BESIDE, EARLY, MORE, PendingCall
from .calls import perform
from .consequences import mark_consequences, mark_unheard
from .contract import checks
from .contract.errors import BridgeError
from .expectations import check_expectations
from .finished_writes import FinishedWrites
from .guard import Guard
from .identity import bind
from .later import claim_of
from .open_entry import OpenEntry
from .operations import Operation, Problems, prepare
from .redo_line import RedoLine
from .results import entries_of, refusal_of, result_of
from .stale_places import check_places
from .undo_step import UndoStep
from .write import FLUSH, PUMP, Write, parse_write

WRITES_WAITING = 256
"""Limit of waiting writes, since more would take seconds; further writes are refused with BUSY."""
SETTLE_S = 0.5
"""Live applies transport and launch changes on its next tick, 10 to 100 ms later; this allows for a busy Live."""
SETTLE_PUMPS = 12
"""Wait for at least this many pumps too: a stall of Live must not make a write fail."""
EARLY_S = 2.0
"""Wait for the routing lists of a track that the write created: one tick, seconds under load."""
NOTIFYING_PUMPS = 10
"""Live refuses changes while it notifies; some 50 ms between two mutations are reported to help."""

Steps = Generator[str, None, Dict[str, Any]]


class Executor:
    """The queue of writes and the running write.

    `reply(client, request, outcome)` answers a request; `tell(client, progress)` reports the progress of a long
    write.
    """

    def __init__(
        self,
        batcher: Batcher,
        clock: Callable[[], float],
        live_module: Callable[[], Any],
        reply: Callable[[Any, Any, Any], None],
        tell: Callable[[Any, Dict[str, Any]], None],
        log: Callable[[str], None],
        guard: Guard,
        results: Optional[FinishedWrites] = None,
        undo_apart: bool = False,
    ) -> None:
        self.batcher = batcher
        self._guard = guard
        self.answers = Answers(clock, reply, tell, FinishedWrites() if results is None else results)
        self.ticks = 0
        self.wall: Callable[[], float] = time.time
        self.gap_s = 0.0
        """Seconds since the previous turn: a request that is read in this turn waited at most this long."""
        self._turns = 0
        """Number of turns so far: within one turn only the script changes Live."""
        self.current: Optional[Write] = None
        self._clock = clock
        self._live_module = live_module
        self._log = log
        self._queue: Deque[Write] = deque()
        self._steps: Optional[Steps] = None
        self._step = UndoStep(batcher, log)
        self._undo_apart = undo_apart
        self._redo_line = RedoLine(batcher)
        self._beside = Beside(batcher, clock)
        self._resumed: Optional[Parked] = None
        self._loading: Tuple[int, Optional[PendingCall]] = (0, None)
        """The load for which the write is being parked: its operation's number, and its call once that has started."""

    # -- the queue ---------------------------------------------------------------------------------

    def submit(self, client: Any, request: Any, params: Dict[str, Any]) -> None:
        """Queue a write; a known id gets the kept result, or waits for the running write with this id."""
        write = parse_write(params, self._clock())
        # The deadline counts from the sending. A clock of another machine may differ, so the gap limits the wait.
        write.deadline -= 0.0 if write.sent is None else min(max(0.0, self.wall() - write.sent), self.gap_s)
        if self.answers.repeat(client, request, write, self._find(write.id)):
            return
        epoch = params.get("epoch")
        if epoch is not None and epoch != self.batcher.epoch:
            raise BridgeError(
                "EPOCH_CHANGED",
                "The epoch is {}".format(self.batcher.epoch),
                checks.short(epoch),
                epoch=self.batcher.epoch,
                hint="nothing was done; read the Set and send the write again",
            )
        if len(self._queue) >= WRITES_WAITING:
            raise BridgeError(
                "BUSY", "{} writes are waiting already".format(WRITES_WAITING), retry_after_s=1.0
            )
        bind(self.batcher, write)
        write.waiters.append((client, request))
        self._queue.append(write)

    def result(self, params: Dict[str, Any]) -> Any:
        """The encoded result or BridgeError of the write with this id, of this request if `params` contain it.

        Raises:
          BridgeError: BUSY while the write waits or runs, NOT_FOUND for an unknown id and for another request's,
            INVALID_PARAMS for a wrong shape.
        """
        id_ = params.get("write")
        content = parse_write(params, self._clock()).content if "ops" in params else None
        return self.answers.result(id_, content, self._find(id_))

    def _find(self, id_: Any) -> Optional[Write]:
        """The running, parked or waiting write with this id."""
        resumed = None if self._resumed is None else self._resumed.write
        every = [self.current, resumed] + [parked.write for parked in self._beside.parked] + list(self._queue)
        return next((write for write in every if write is not None and write.id == id_), None)

    def cancel(self, id_: Any, client: Any) -> bool:
        """Cancel a write of this client that waits for its turn or for a load.

        Returns False for a running write, which ends soon anyway, and for a write of another client.
        """
        write = self._find(id_)
        if write is None or client not in [waiter for waiter, _ in write.waiters]:
            return False
        parked = self._beside.find(id_)
        if parked is not None:
            self._beside.parked.remove(parked)
            self._give_up(parked, "CANCELLED", "was cancelled")
            return True
        if write in self._queue:
            self._queue.remove(write)
            self.answers.finish(write, BridgeError("CANCELLED", "The write was cancelled before it began"))
            return True
        return False

    def look(self) -> None:
        """End the loads whose deadline passed, and send the progress of the others; called once a turn."""
        self._turns += 1
        for parked in self._beside.overdue():
            self._give_up(parked, "DEADLINE", "was not done in time")
        for parked in self._beside.parked:
            call = parked.call
            if call is not None:
                call.done += 1
                call.so_far = call.waiting.progress()
                self.answers.tell_progress(parked.write, parked.number, call)

    def _give_up(self, parked: Parked, error: str, label: str) -> None:
        """End a parked write at once; the operations before its load stay done and are listed in the error."""
        call = parked.call
        if call is None:
            rule, hint = (
                "load {}: it waited for another load".format(label),
                "nothing was loaded; send it again",
            )
        else:
            rule = "load {}: {}".format(label, call.waiting.progress())
            hint = "an object that Live still loads is recorded as this write's; undo removes it"
        parked.steps.close()
        self.answers.finish(
            parked.write, BridgeError(error, rule, hint=hint, op=parked.number, begun=call is not None)
        )

    @property
    def waiting(self) -> int:
        return len(self._queue) + len(self._beside.parked)

    @property
    def following(self) -> Optional[Write]:
        """The write that `advance` continues or starts, or whose open entry it closes first."""
        if self.current is not None:
            return self.current
        return (
            self._step.entry.write
            if self._step.entry is not None and self._closes(self._step.entry)
            else self._first
        )

    @property
    def busy(self) -> bool:
        closing = self._step.entry is not None and self._step.entry.is_due(self.ticks)
        return self.current is not None or bool(self._queue) or self._resumes() or closing

    @property
    def _first(self) -> Optional[Write]:
        """The first write that waits for its turn, for a load or in the queue."""
        if self._resumes():
            assert self._resumed is not None
            return self._resumed.write
        return self._queue[0] if self._queue else None

    def _closes(self, entry: OpenEntry) -> bool:
        """True when this entry must be closed before the next write runs."""
        apart = self._undo_apart or self._step.is_split or self._resumes()
        return entry.is_due(self.ticks) or not entry.takes(self._first, self._clock(), apart)

    @property
    def is_long(self) -> bool:
        """True once the running write has paused within long work."""
        return self.current is not None and self.current.is_long

    def _resumes(self) -> bool:
        """True when a parked write can continue; it becomes the current one at the next turn."""
        self._resumed = self._resumed or self._beside.next()
        return self._resumed is not None

    def advance(self) -> str:
        """Run the current write, or start the next write, until it yields; returns the yielded word, "" at the end."""
        if self._steps is None and self._step.entry is not None and self._closes(self._step.entry):
            if not self._step.entry.is_due(self.ticks):
                return PUMP
            self.current, self._steps = self._step.entry.write, self._close_entry(self._step.entry)
        elif self._steps is None and self._resumes():
            assert self._resumed is not None
            self.current, self._steps, self._resumed = self._resumed.write, self._resumed.steps, None
        elif self._steps is None:
            self.current = self._queue.popleft()
            self._steps = self._run(self.current)
        write = self.current
        assert write is not None
        outcome: Any
        try:
            with self.batcher.attribution.acting(write.cause):
                pause = next(self._steps)
            if pause == BESIDE:
                self._park(write)
                return ""
            write.is_long = write.is_long or pause == MORE
            return pause
        except StopIteration as end:
            outcome = end.value
        except BridgeError as problem:
            outcome = problem
        except Exception as problem:
            self._log("SetMirror: write {} failed: {!r}".format(write.id, problem))
            outcome = BridgeError("INTERNAL", "The write failed: {!r}".format(problem))
        self._step.end()
        self._steps = None
        self.current = None
        self.answers.finish(write, outcome)
        return ""

    def _park(self, write: Write) -> None:
        """Let other writes run while this write waits for a load, its own or an earlier one."""
        assert self._steps is not None
        number, call = self._loading
        self._beside.parked.append(Parked(write, self._steps, number, call))
        self._steps = self.current = None

    def close(self, reason: str) -> None:
        """End the running write, close its undo step, and reply to all clients that wait."""
        steps, self._steps = self._steps, None
        self._step.entry = None
        try:
            if steps is not None:
                steps.close()
        except ValueError:
            # Live closes the Set during a call of this write.
            pass
        self._step.end()
        write, self.current = self.current, None
        if write is not None and not write.answered:
            self.answers.finish(
                write, BridgeError("UNKNOWN_OUTCOME", reason + " while the write was under way")
            )
        parked = ([self._resumed] if self._resumed is not None else []) + self._beside.parked
        self._resumed, self._beside.parked = None, []
        for waiting in parked:
            self._give_up(waiting, "UNKNOWN_OUTCOME", "ended: " + reason)
        while self._queue:
            hint = "nothing was done; read the Set and send the write again"
            refusal = BridgeError("EPOCH_CHANGED", reason + " before the write began", hint=hint)
            for client, request in self._queue.popleft().waiters:
                self.answers.reply(client, request, refusal)

    # -- one write ---------------------------------------------------------------------------------

    def _run(self, write: Write) -> Steps:
        batcher = self.batcher
        if self._clock() > write.deadline:
            raise BridgeError(
                "DEADLINE", "The deadline passed before the write began", hint="nothing was done; send again"
            )
        problems = Problems()
        operations = prepare(batcher, write, problems)
        check_expectations(batcher, write, operations, problems)
        problems.raise_first()
        if self._step.entry is not None:
            write.cause.shares = self._step.entry.write.id
        self._guard.admit(batcher, write, operations)
        self._beside.check(write, operations)
        check_places(batcher, operations, self._live_module(), problems)
        problems.raise_first()
        for operation in operations:
            write.touched.update(operation.touches)
        write.named = {id_: batcher.shadow.rows[id_] for id_ in write.touched}
        mark_unheard(batcher, write.named.values())
        began = batcher.revision
        if write.dry_run:
            forecasts: List[Any] = []
            cleared: Set[Any] = set()
            earlier: Set[str] = set()
            for operation in operations:
                steps = operation.forecast(batcher, self._live_module(), cleared, earlier)
                forecasts.append((yield from _paced(steps)))
                cleared.update(operation.clears)
                earlier.add(operation.name)
            return self._result(write, "unchanged", forecasts, 0, dry_run=True)
        for number, operation in enumerate(operations):
            try:
                yield from self._patiently(operation, operations, write)
                if write.apart:
                    self._step.end(operation.changed and operation.moves_parameters)
            except Exception as problem:
                # Any exception of Live's is a refusal; the whole write is reverted.
                refusal = problem if isinstance(problem, BridgeError) else refusal_of(problem)
                refusal.facts.setdefault("op", number)
                failed = operation if operation.moved else None
                refusal.facts.update((yield from self._step.roll_back(operations[:number], failed)))
                if refusal.facts.get("in_redo"):
                    self._redo_line.failed(write.id)
                raise refusal
        parameters = any(op.changed and op.moves_parameters for op in operations)
        split = self._step.is_split
        keep_open = parameters and self._step.is_open and not self._step.syncs
        if not keep_open:
            self._step.end(parameters)
        mark_consequences(batcher, operations)
        turn = self._turns
        yield FLUSH
        write.only_settles = not keep_open
        yield from self._settle(write, operations)
        if self._turns != turn:
            # Live continued meanwhile.
            mark_consequences(batcher, operations)
            yield FLUSH
        answer = self._outcome(write, operations, began, split)
        if keep_open:
            # The values are verified, so the answer does not wait for Live's tick, which records them.
            if self._step.entry is None:
                self._step.entry = OpenEntry(write, answer, batcher.shadow, self.ticks, self._clock())
            self._step.entry.add(write, operations, self.ticks)
        return answer

    def _close_entry(self, entry: OpenEntry) -> Steps:
        """Close the step of answered parameter writes; the result is the first one's answer with its true entries."""
        split = self._step.is_split
        self._step.entry = None
        self._step.end()
        for write, operations in entry.parts:
            with self.batcher.attribution.acting(write.cause):
                mark_consequences(self.batcher, operations)
        yield FLUSH
        return dict(entry.answer, undo_steps=1 + split)

    def _outcome(self, write: Write, operations: List[Operation], began: int, split: bool) -> Dict[str, Any]:
        batcher = self.batcher
        for operation in operations:
            operation.settled(batcher.last_change > began)
        results = [result_of(batcher, operation) for operation in operations]
        changed = any(op.changed for op in operations)
        if all(result["verified"] for result in results):
            outcome = "verified" if changed else "unchanged"
        else:
            outcome = "mismatch"
        entries = entries_of(operations, write.apart) if self._step.has_history else 0
        if entries:
            # An edit that no batch shows has an entry as well: undoing it must then change nothing visible.
            batcher.entries.note(write.id, [], [])
            if not any(operation.is_history for operation in operations):
                self._redo_line.edited()
        if self._step.entry is not None and changed:
            return dict(self._result(write, outcome, results, 0), shares=self._step.entry.write.id)
        return self._result(write, outcome, results, entries + (split if entries else 0))

    def _result(
        self,
        write: Write,
        outcome: str,
        results: List[Dict[str, Any]],
        undo_steps: int,
        dry_run: bool = False,
    ) -> Dict[str, Any]:
        answer = {
            "write": write.id,
            "outcome": outcome,
            "epoch": self.batcher.epoch,
            "revision": self.batcher.revision,
            "results": results,
            "undo_steps": undo_steps,
        }
        if dry_run:
            answer["dry_run"] = True
        return answer

    def _patiently(
        self, operation: Operation, operations: List[Operation], write: Write
    ) -> Generator[str, None, None]:
        """Apply an operation; retry it in the next pumps while Live still processes earlier operations."""
        until = min(write.deadline, self._clock() + EARLY_S)
        attempt = 0
        while True:
            try:
                yield from self._apply(operation, operations, write)
                return
            except BridgeError as problem:
                after = problem.facts.pop(EARLY, None)
                done = [""] + [earlier.name for earlier in operations[: operation.number]]
                if after not in done or self._clock() >= until:
                    raise
                yield PUMP
                continue
            except RuntimeError as problem:
                attempt += 1
                if "triggered by notifications" not in str(problem) or attempt == NOTIFYING_PUMPS:
                    raise
            yield PUMP

    def _apply(
        self, operation: Operation, operations: List[Operation], write: Write
    ) -> Generator[str, None, None]:
        batcher = self.batcher
        if operation.self_contained and self._beside.parked:
            yield from self._wait_beside(write, operation, None)
        if write.has_calls:
            write.forget_dead()
        if write.deleted.intersection(operation.deleted):
            operation.verified, operation.note = True, "an earlier operation deleted it"
            return
        row = operation.resolve_now(batcher, operations)
        if row.id:
            write.touched.add(row.id)
        self._guard.check(batcher, write, operation, operations)
        if operation.kind == "set":
            operation.look(batcher)
            if operation.undoable and not operation.is_already_so(batcher):
                self._step.begin()
            self._declare(write, operation)
            self._watched(operation, lambda: operation.apply_set(batcher, operations))
            return
        if operation.undoable and not operation.self_contained:
            self._step.begin()
        if operation.is_history:
            self._redo_line.check(operation.method.name)
        call = operation.new_call(batcher, operations, self._live_module())
        if operation.self_contained:
            self._step.close_foreign()
            call.begin = partial(self._begin_load, operation)
            call.apart = self._step.end
        self._declare(write, operation)
        steps = perform(call)
        try:
            while True:
                try:
                    with write.deleting():
                        pause = self._watched(operation, lambda: next(steps))
                except StopIteration as end:
                    operation.finish_call(call, end.value)
                    break
                if self._clock() > write.deadline:
                    steps.close()
                    rule = "{} was not done in time".format(operation.method.name)
                    raise BridgeError("DEADLINE", "{}: {}".format(rule, call.so_far) if call.so_far else rule)
                if call.holds:
                    # An object that this write created gets its real row once its batch is sent.
                    known = row if row.id else batcher.shadow.known(row.layout.type, row.ptr)
                    batcher.attribution.withheld = (
                        {} if known is None else {known.id: known.layout.bits_of(call.holds)}
                    )
                if pause == BESIDE:
                    yield from self._wait_beside(write, operation, call)
                    continue
                self.answers.tell_progress(write, operation.number, call)
                yield pause if pause == MORE else PUMP
        finally:
            batcher.attribution.withheld = {}
            operation.moved = operation.moved or call.acted
        if operation.is_history:
            batcher.entries.check_undo(write.undoes, operation)
            self._guard.check_history(batcher, write, operation)
            self._redo_line.moved(operation.method.name)
            write.cause.history = operation.method.name
        if operation.self_contained:
            self._step.close_foreign()

    def _declare(self, write: Write, operation: Operation) -> None:
        """Declare the changes that Live will make later because of this operation."""
        word, row = operation.later, operation.row
        if word and row is not None:
            batcher = self.batcher
            wanted = operation.value if operation.kind == "set" else None
            claim = claim_of(batcher.shadow, self._clock, write.cause, word, row, operation.name, wanted)
            batcher.attribution.declare(claim)

    def _wait_beside(
        self, write: Write, operation: Operation, call: Optional[PendingCall]
    ) -> Generator[str, None, None]:
        """Let the queue continue; the operations before the load get their own undo entry."""
        self._step.end()
        if call is not None:
            self._beside.begun(write, call)
        self._loading = (operation.number, call)
        yield BESIDE

    def _begin_load(self, operation: Operation) -> None:
        operation.in_step = True
        self._step.begin()

    def _watched(self, operation: Operation, step: Callable[[], Any]) -> Any:
        """Run `step` and record whether it changed anything; other authors make the changes between two steps."""
        attribution, row = self.batcher.attribution, operation.row
        marks = attribution.marks
        marked = attribution.marked(row.id) if row is not None else 0
        try:
            return step()
        finally:
            if row is not None:
                operation.own_bits |= attribution.marked(row.id) & ~marked
            operation.moved = operation.moved or attribution.marks != marks

    def _settle(self, write: Write, operations: List[Operation]) -> Generator[str, None, None]:
        """Wait for values that Live applies late, until they have arrived or their time has passed."""
        waiting = [op for op in operations if op.changed and not op.verified]
        start, pumps = self._clock(), 0
        while waiting:
            now = self._clock()
            if now > write.deadline or (now - start > SETTLE_S and pumps >= SETTLE_PUMPS):
                return
            yield PUMP
            pumps += 1
            waiting = [op for op in waiting if not op.observe(self.batcher)]


def _paced(steps: Generator[str, None, Dict[str, Any]]) -> Steps:
    """Translate an adapter's yields into a write's: `MORE` stays, every other yield becomes `PUMP`."""
    while True:
        try:
            pause = next(steps)
        except StopIteration as end:
            result: Dict[str, Any] = end.value
            return result
        yield pause if pause == MORE else PUMP
