"""The control surface that Live calls, and the pump that does all other work on Live's main thread.

A `Live.Base.Timer` of 10 ms drives the pump; `update_display` (100 ms) takes over if the timer has stopped. One
pump: receive requests → flush marked changes → run writes and flush their changes → snapshots → audit with the
remaining time → send. No exception ever reaches Live, and after `disconnect` no listener, timer or socket remains.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import Any, Callable, Dict, Optional

from . import settings
from .attribution import AUDIT, BUILD, Lot
from .audit import Audit
from .audit_time import AuditTime
from .awake import NORMAL_S, Awake
from .batches import Batch, Batcher
from .call import MORE
from .clients import Client
from .contract import auth, schema
from .contract.errors import BridgeError
from .contract.limits import PROTOCOLS
from .contract.values import ABSENT, read
from .controllerless import ControllerlessSurface
from .executor import Executor
from .follow_ups import flush
from .guard import Guard
from .live_log import LiveLog
from .pace import Job, Pace
from .policy_requests import PolicyRequests
from .pump_timer import PumpTimer
from .questions import Questions
from .requests import Requests
from .rounds import Rounds
from .server import Server
from .timings import Collections, Timings
from .transport import TcpListener
from .wire import error_line, request_line
from .write import FLUSH, PUMP

VERSION = "0.1.0"
STEPS_END = 0.75
"""Fraction of the budget after which no new step starts."""
LAST_END = 0.1
"""Fraction of the budget by which the last step, and sending, may end after the budget: 4.1 ms become 4.5 ms."""
LONG_STEPS_END = 0.9
"""The same fraction for a write of many notes, whose steps take about half a millisecond each."""
FINISH_S = 0.003
"""Extra time in which a finished write's changes and its reply may still be sent in the same turn."""
FLUSHES_FIRST = 4
"""Pending changes are sent before a write continues, but at most this many batches, so endless edits cannot starve
it."""
SILENCE_S = 0.08
"""After this time without a pump, `update_display` runs one."""
PROGRESS_S = 0.5
REBUILD_S = 5.0
"""Pause before the Set is read again after an internal error."""


class SetMirror(ControllerlessSurface):
    """One run of the script, from `create_instance` to `disconnect`; Live makes a new instance for every Set."""

    def __init__(
        self,
        c_instance: Any,
        listener: Any = None,
        clock: Callable[[], float] = time.monotonic,
        budget_s: Optional[float] = None,
        audit_s: Optional[float] = None,
    ) -> None:
        self._c_instance = c_instance
        self._clock = clock
        self._live_log = LiveLog(c_instance)
        self.log = self._live_log.write
        chosen = settings.load(self.log)
        self._budget_s = budget_s
        """A fixed budget, for tests; None for a share of the distance between pumps."""
        self._budget_share = chosen.budget_ms / 1000 / NORMAL_S
        self._undo_apart = chosen.undo_apart
        self._credit_s = 0.0
        """Unused main-thread time of earlier pumps, at most one budget, so that a short write ends in one turn."""
        self._answers = 0
        self._advanced = False
        """True when the running write waits for the next pump."""
        self._acting_writes: Dict[str, bool] = {}
        """Ids of the writes that acted in this pump → True if the write has calls."""
        self.audit_time = AuditTime(chosen.audit_ms / 1000 if audit_s is None else audit_s)
        self._flushes = 0
        """Batches sealed since the current write last advanced, or since the next write waits to start."""
        self._closed = False
        self._pumping = False
        self._last_pump = self._last_display = self._began = clock()
        self._job: Optional[Job] = None
        self._long_steps = Pace()
        self._fill_next = False
        """True when the next part of the Set is read before further changes are sent."""
        self._batch: Optional[Batch] = None
        self._progress: Optional[float] = 0.0
        """Share of the Set that is read; None once the whole Set is read."""
        self._next_progress = 0.0
        self._rebuild_at = 0.0
        self.counters: Dict[str, Any] = {"pumps": 0, "fallback_pumps": 0, "failures": 0, "rebuilds": 0}
        self.timings = {name: Timings() for name in ("pump", "build", "flush", "write", "audit", "rest")}
        self.collections = Collections()
        self.distances = {"timer": Timings(), "update_display": Timings()}
        """Measured intervals between calls, to compare with the timer's setting."""
        self.live_module = self._import_live()
        self.batcher: Batcher
        self.executor: Executor = None  # type: ignore[assignment]
        self.audit: Audit
        self.rounds: Rounds
        self.server: Optional[Server] = None
        self.guard = Guard(clock, self.log)
        self._new_run()
        self.questions = Questions(clock, lambda: self.server.served() if self.server is not None else [])
        self.requests = Requests(
            lambda: (self.batcher, self.executor),
            lambda: self._progress,
            self.status,
            PolicyRequests(self.guard, self.questions, lambda: self.server),
            self._attend,
            lambda seconds: self.awake.tried(seconds),
        )
        try:
            token = auth.load_token()
        except auth.TokenUnusable as problem:
            self.log("SetMirror is off: {}".format(problem))
        else:
            self.log("SetMirror: its files are in {}".format(auth.home()))
            if listener is None:
                listener = TcpListener(chosen.port, clock, self.log)
            script = {"version": VERSION, "python": "{}.{}.{}".format(*sys.version_info[:3])}
            self.server = Server(listener, token, clock, self.requests.answer, self.welcome, script, self.log)
        # A transport without `wait` (in tests) disables waiting.
        self.awake = Awake(getattr(listener, "wait", None), chosen.awake_share)
        self._timer = PumpTimer(self.live_module, self.pump, self._failed)

    # -- methods that Live calls -----------------------------------------------------------------------

    def update_display(self) -> None:
        """Live's own tick of about 100 ms."""
        if self._closed:
            return
        self.executor.ticks += 1
        now = self._clock()
        self.distances["update_display"].add(now - self._last_display)
        self._last_display = now
        if now - self._last_pump > SILENCE_S:
            self.counters["fallback_pumps"] += 1
            self._timer.revive()
            self.pump()

    def disconnect(self) -> None:
        """Release everything: the Set is closed or the script switched off."""
        if self._closed:
            return
        self._closed = True
        for step in (
            self._timer.stop,
            self._close_executor,
            self._close_server,
            self.batcher.close,
            self.requests.listener_probe.close,
            self.collections.close,
            gc.unfreeze,
        ):
            try:
                step()
            except Exception:
                self._failed("disconnect")

    # -- the pump ----------------------------------------------------------------------------------

    def pump(self) -> None:
        """One turn on Live's main thread; never raises."""
        if self._closed or self._pumping:
            return
        self._pumping = True
        try:
            with self.collections.postponed():
                self._timed_turn()
        finally:
            self._pumping = False

    def _timed_turn(self) -> None:
        start = time.perf_counter()
        try:
            self.counters["pumps"] += 1
            now = self._clock()
            self.distances["timer"].add(now - self._last_pump)
            self.awake.pumped(now - self._last_pump)
            self.executor.gap_s = now - self._last_pump
            self._last_pump = now
            worked = self._turn(start)
        except Exception:
            worked = True
            self._failed("pump")
        spent = time.perf_counter() - start
        self._credit_s -= spent
        self.awake.ended(spent)
        self.timings["pump"].add(spent)
        if not worked:
            self.timings["rest"].add(spent)
            self.audit_time.charge(spent)

    def _turn(self, start: float) -> bool:
        server = self.server
        if server is None:
            return False
        self._acting_writes.clear()
        self._advanced = False
        # A step that starts just before the deadline ends after it: the budget is scaled by `STEPS_END`.
        budget = self.budget_s
        self._credit_s = min(2 * budget, self._credit_s + budget)
        # Reading the Set and sending snapshots continue in small steps, so no time is reserved for the last step.
        end = start + budget
        deadline = end if self._progress is not None else start + budget * STEPS_END
        # A short write may use the time that earlier pumps left, so that it ends in this turn.
        is_long = self.executor.is_long
        write_end = start + (budget * LONG_STEPS_END if is_long else self._credit_s * STEPS_END)
        # A snapshot may use the whole budget, so the audit, which has a share of every turn, comes before it.
        streams = server.is_encoding
        if streams and self._is_idle:
            self._audit(start, worked=True)
        worked = self._round(server, deadline, write_end, end) or streams
        while self._answered(server) and self.awake.more(start):
            worked = True
            deadline = self.awake.deadline(start)
            self._round(server, deadline, deadline, deadline)
        batcher = self.batcher
        if not streams and not server.is_encoding and self._is_idle:
            # At rest the whole pump must stay within this share.
            self._audit(time.perf_counter() if worked else start, worked)
        server.beat(batcher.epoch, batcher.revision, time.time())
        if self._progress is not None:
            self._tell_progress(server)
        server.send(batcher.epoch, batcher.revision, lambda: time.perf_counter() < self._last_end(end))
        self.requests.listener_probe.tend()
        if server.forget_closed(batcher.shadow):
            self._attend(batcher)
        return worked

    def _round(self, server: Server, deadline: float, write_deadline: float, end: float) -> bool:
        """Receive, work and send; True when any work was done. A running write may use the later deadline."""

        server.receive(lambda: time.perf_counter() < deadline)
        self.questions.expire()
        self.executor.look()
        worked = self._work(deadline, max(deadline, write_deadline))
        batcher = self.batcher
        batcher.attribution.end_turn()
        self._begin_snapshots()
        last_end = self._last_end(end)
        server.stream_snapshots(batcher.shadow, batcher.epoch, end, last_end)
        server.send(batcher.epoch, batcher.revision, lambda: time.perf_counter() < last_end)
        return worked

    def _last_end(self, end: float) -> float:
        """When the last step of a turn must have ended whose steps start before `end`."""
        return end + self.budget_s * LAST_END

    def _answered(self, server: Server) -> bool:
        """True when a request was answered since the last call."""
        before, self._answers = self._answers, server.answered
        return self._answers > before

    @property
    def budget_s(self) -> float:
        """Seconds of one pump for building and flushing: a share of the distance between two pumps."""
        if self._budget_s is not None:
            return self._budget_s
        return self._budget_share * self.awake.distance_s

    @property
    def _is_settled(self) -> bool:
        """True when no job is half done, i.e. the shadow equals the last sealed batch, apart from `coming`."""
        return self._job is None and self.batcher.outlined

    @property
    def _is_idle(self) -> bool:
        """True when the whole Set was read, and no change or write waits."""
        waits = self.batcher.attribution.due or self.executor.busy
        return self._progress is None and self._is_settled and not waits

    def _begin_snapshots(self) -> None:
        if self.server is not None and self._is_settled:
            batcher = self.batcher
            self.server.begin_snapshots(batcher.shadow, batcher.revision, batcher.coming.parts)

    def _work(self, deadline: float, write_deadline: float) -> bool:
        """Run jobs and writes until no work is left or the budget is spent; True when any work was done."""
        worked = False
        executor = self.executor
        while True:
            if self._job is not None:
                worked = True
                if not self._continue_job(deadline if executor.current is None else write_deadline):
                    return True
            elif not self.batcher.outlined:
                if self._clock() < self._rebuild_at:
                    return worked
                self._new_run()
                executor = self.executor
            elif self._may_fill():
                self._fill_next = False
                self._batch = Batch(Lot(BUILD))
                self._job = Job(self.batcher.fill(self._batch), self._long_steps)
            elif self.batcher.attribution.due and not (
                executor.busy and not self._advanced and self._flushes >= FLUSHES_FIRST
            ):
                self._start(self.batcher.attribution.take())
            elif executor.busy and not self._advanced and self._may_go_on():
                worked = True
                self._flushes = 0
                began = time.perf_counter()
                pause = executor.advance()
                self.timings["write"].add(time.perf_counter() - began)
                self._advanced = pause == PUMP
                if pause == MORE:
                    # A long write gets no time of earlier pumps.
                    long_deadline = deadline + self.budget_s * (LONG_STEPS_END - STEPS_END)
                    write_deadline = min(write_deadline, long_deadline)
                if pause == FLUSH:
                    # Its operations are done: extend the deadline so that the reply can be sent in this turn.
                    write_deadline = max(write_deadline, time.perf_counter() + FINISH_S)
            else:
                return worked
            if time.perf_counter() > (deadline if executor.current is None else write_deadline):
                return worked

    def _may_fill(self) -> bool:
        """True when the next part of the Set is to be read now.

        A client first gets the outline that it waits for. Reading and sending changes alternate, so that neither
        delays the other. The last batch reports that nothing is `coming`, even if the remaining objects were
        deleted.
        """
        if self._progress is None or (self.batcher.attribution.due and not self._fill_next):
            return False
        self._begin_snapshots()
        return self.server is None or not self.server.is_encoding

    def _may_go_on(self) -> bool:
        """True when the running write may continue, or the next write may start, in this turn.

        Two undo steps that end within one turn make two entries of Live's history (guess; see the probes). Until this
        is measured, a write with calls is alone in each turn in which it acts, and with `undo_apart` every write is.
        """
        write = self.executor.following
        if write is None or write.only_settles:
            return True
        others = [has_calls for id_, has_calls in self._acting_writes.items() if id_ != write.id]
        if others and (self._undo_apart or write.has_calls or any(others)):
            return False
        self._acting_writes[write.id] = write.has_calls
        return True

    def _continue_job(self, deadline: float) -> bool:
        """Continue the job; True when it has ended."""
        job = self._job
        assert job is not None
        began = time.perf_counter()
        kind = "build" if self._batch is None or self._batch.cause is BUILD else "flush"
        try:
            if not job.run(deadline, self._last_end(deadline)):
                return False
        except Exception:
            # The shadow may be half changed: read the Set again under a new epoch.
            self._failed(kind)
            self._rebuild("internal error")
            return True
        finally:
            if kind == "build":
                # Rows live as long as the Set: full garbage collections over 20,000 of them would block Live for
                # 50 ms and more. `disconnect` unfreezes them.
                gc.freeze()
            self.timings[kind].add(time.perf_counter() - began)
        self._job = None
        batch, self._batch = self._batch, None
        if batch is None:
            self._outlined()
            return True
        self._flushes = self._flushes + 1 if self.executor.busy else 0
        line = self.batcher.seal(batch, time.time())
        if line is not None and self.server is not None:
            self.server.broadcast(line)
        if batch.cause is BUILD and not self.batcher.coming:
            self._built()
        return True

    def _start(self, lot: Lot) -> None:
        # If flushes follow each other without a pause, snapshots can start only here.
        self._begin_snapshots()
        self._fill_next = True
        self._batch = Batch(lot)
        self._job = Job(flush(self.batcher, self._batch), self._long_steps)

    def _audit(self, since: float, worked: bool) -> None:
        """Compare a part of Live with the shadow: first the rounds, whose time the table bounds, then the audit.

        Args:
          since: Start of the time that the audit may use, by `perf_counter`.
          worked: True in a pump that did other work; at rest the whole pump is charged to the audit.
        """
        if self.batcher.hurried:
            self.batcher.hurried = not self.rounds.hurry()
        if self.audit_time.is_due(worked, self.rounds.is_hurried):
            self._compare(since, worked)
        marks = self.rounds.take()
        for id_, bits in self.audit.take().items():
            marks[id_] = marks.get(id_, 0) | bits
        if marks:
            self._start(Lot(AUDIT, marks))

    def _compare(self, since: float, worked: bool) -> None:
        began, times = time.perf_counter(), self.audit_time
        hurried = since + self.budget_s * STEPS_END
        deadline = hurried if self.rounds.is_hurried else times.rounds_end(since, worked)
        self.rounds.step(lambda: time.perf_counter() < deadline)
        deadline = times.audit_end(since, worked)
        self.audit.step(lambda: time.perf_counter() < deadline)
        took = time.perf_counter() - began
        if worked:
            times.charge(took)
        self.timings["audit"].add(took)

    def _attend(self, batcher: Batcher) -> None:
        """Attach all listeners to the attended objects, and detach the extra listeners from all others."""
        served = [] if self.server is None else self.server.served()
        wanted = set().union(*(client.attended for client in served))
        rows, observers = batcher.shadow.rows, batcher.observers
        for id_ in observers.attended - wanted:
            observers.neglect(rows[id_])
        for id_ in wanted - observers.attended:
            if id_ in rows:
                observers.attend(rows[id_])
                # Compare after attaching, so that no change in between is missed.
                self.rounds.look(rows[id_])

    # -- the Set -----------------------------------------------------------------------------------

    def _new_run(self) -> None:
        live = self.live_module
        application = live.Application.get_application() if live is not None else None
        parts = [read(application, "get_{}_version".format(part)) for part in ("major", "minor", "bugfix")]
        numbers = tuple(int(part()) for part in parts if part is not ABSENT) or (0,)
        self.live_version = schema.since_text(numbers)
        build = read(application, "get_build_id")
        self.live_build = "" if build is ABSENT else str(build())
        self.batcher = Batcher(
            self._c_instance.song(), application, numbers, os.urandom(8).hex(), self._clock
        )
        results = self.executor.answers.results if self.executor is not None else None
        self.executor = Executor(
            self.batcher,
            self._clock,
            lambda: self.live_module,
            Client.reply,
            Client.notify_progress,
            self.log,
            self.guard,
            results,
            self._undo_apart,
        )
        self.guard.forget()
        self.audit = Audit(self.batcher, self._clock)
        self.rounds = Rounds(self.batcher, self._clock)
        self._progress = 0.0
        self._batch = None
        self._job = Job(self.batcher.build(), self._long_steps)
        self._began = self._clock()

    def _outlined(self) -> None:
        """Let clients have the Set now, without the parts in `coming`."""
        self.counters["outline_s"] = round(self._clock() - self._began, 3)
        self._next_progress = 0.0
        if not self.batcher.coming:
            self._built()

    def _built(self) -> None:
        self._progress = None
        self.counters["build_s"] = round(self._clock() - self._began, 3)
        if self.server is not None:
            self.server.notify(
                "bridge.ready", {"epoch": self.batcher.epoch, "revision": self.batcher.revision}
            )

    def _rebuild(self, reason: str) -> None:
        self.counters["rebuilds"] += 1
        self._job, self._batch = None, None
        self._close_executor()
        self.batcher.close()
        self._rebuild_at = self._clock() + REBUILD_S
        self._progress = 0.0
        if self.server is not None:
            for client in self.server.served():
                client.drop_stream()
                client.attended.clear()
                if client.snapshot is not None:
                    client.push(
                        error_line(
                            client.snapshot[0], BridgeError("EPOCH_CHANGED", "The Set is being read again")
                        )
                    )
                    client.snapshot = None
                params = {"epoch": self.batcher.epoch, "reason": reason, "revision": self.batcher.revision}
                client.push(request_line("bridge.resync", params))

    def _tell_progress(self, server: Server) -> None:
        batcher = self.batcher
        self._progress = max(self._progress or 0.0, min(0.99, batcher.progress))
        now = self._clock()
        if now >= self._next_progress:
            self._next_progress = now + PROGRESS_S
            progress = {"progress": round(self._progress, 3), "outline": batcher.outlined}
            server.notify("bridge.progress", progress)

    # -- clients -----------------------------------------------------------------------------------

    def welcome(self) -> Dict[str, Any]:
        """The answer to bridge.authenticate."""
        batcher = self.batcher
        names = {name: read(batcher.song, name) for name in ("name", "file_path")}
        opened: Dict[str, Any] = {
            name: "" if value is ABSENT or value is None else str(value) for name, value in names.items()
        }
        # Headless Live lists here the parts of a Set's file that it does not support.
        opened["warnings"] = list(getattr(self._c_instance, "set_warnings", ()))
        return {
            "epoch": batcher.epoch,
            "ready": self._progress is None,
            "outline": batcher.outlined,
            "coming": batcher.coming.parts,
            "progress": 1.0 if self._progress is None else round(self._progress, 3),
            "revision": batcher.revision,
            "oldest_revision": batcher.history.oldest(batcher.revision),
            "protocols": list(PROTOCOLS),
            "live": {"version": self.live_version, "build": self.live_build},
            "script": {"version": VERSION, "python": "{}.{}.{}".format(*sys.version_info[:3])},
            "set": opened,
        }

    def status(self) -> Dict[str, Any]:
        """All counters of the script."""
        batcher, server = self.batcher, self.server
        report = self.welcome()
        report.update(
            objects=len(batcher.shadow.rows),
            listeners={"attached": batcher.observers.attached, "refused": batcher.observers.refused},
            history={"batches": len(batcher.history), "bytes": batcher.history.bytes},
            snapshots=len(batcher.shadow.snapshots),
            writes=dict(self.executor.answers.counters, waiting=self.executor.waiting),
            audit=dict(self.audit.counters),
            rounds=dict(self.rounds.counters),
            timings={name: timings.report() for name, timings in self.timings.items()},
            collections=self.collections.report(),
            distances={name: timings.report() for name, timings in self.distances.items()},
            budget={"pump_ms": round(self.budget_s * 1000, 3), "audit_ms": self.audit_time.share_s * 1000},
            awake=self.awake.report(),
            undo_apart=self._undo_apart,
            counters=dict(self.counters),
            timer=self._timer.is_running,
        )
        if server is not None:
            report["server"] = dict(server.counters)
            report["clients"] = [client.report() for client in server.clients]
        return report

    # -- parts -------------------------------------------------------------------------------------

    def _failed(self, where: str) -> None:
        """Count an internal error and log its traceback."""
        self.counters["failures"] += 1
        self._live_log.failed(where)

    def _import_live(self) -> Any:
        try:
            import Live  # type: ignore[import-not-found]

            return Live
        except ImportError:
            return None

    def _close_executor(self) -> None:
        self.executor.close("The Set was closed or is being read again")

    def _close_server(self) -> None:
        if self.server is not None:
            self.server.close("disconnect")
