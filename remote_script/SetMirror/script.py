"""SetMirror as Live sees it: what Live calls, and the pump that does everything else on Live's main thread.

A `Live.Base.Timer` of 10 ms drives the pump; `update_display` (100 ms) takes over when the timer has died.
One pump: take requests → tell what changed → run writes, telling what they changed → snapshots → audit with
the time left → send. Nothing is ever raised into Live, and after `disconnect` nothing is left: no listener,
timer or socket.
"""

from __future__ import annotations

import gc
import os
import sys
import time
import traceback
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from . import settings
from .attribution import AUDIT, Lot
from .audit import Audit
from .awake import NORMAL_S, Awake
from .batches import Batch, Batcher
from .clients import Client
from .contract import auth, schema
from .contract.errors import BridgeError
from .contract.limits import PROTOCOLS
from .contract.values import ABSENT, read
from .executor import Executor
from .guard import Guard
from .layouts import Row
from .policy_requests import PolicyRequests
from .questions import Questions
from .requests import Requests
from .rounds import Rounds
from .server import Server
from .timings import Timings
from .transport import TcpListener
from .wire import error_line, request_line, result_line
from .write import FLUSH, PUMP

VERSION = "0.1.0"
TIMER_MS = 10
"""Live keeps about that on macOS (measured 10.3 ms); on one Windows PC it was 34 ms whatever was asked."""
STEPS_END = 0.75
"""Of the budget: the last step begins before."""
FINISH_S = 0.002
"""For sending what a write changed, and for its answer."""
AUDIT_LEFT = 0.3
"""Of the audit's time, whatever the rounds took of it."""
FLUSHES_FIRST = 4
"""A write goes on when everything before is told; where that has no end, after so many batches."""
SILENCE_S = 0.08
"""Without a pump for so long, `update_display` pumps instead."""
PROGRESS_S = 0.5
REBUILD_S = 5.0
"""Between attempts to read the Set anew after a mistake of ours."""
_HURRYING = {
    "Song": ("re_enable_automation_enabled", "back_to_arranger"),
    "Track": ("back_to_arranger",),
    "RackDevice": ("macros_mapped", "visible_macro_count"),
}
"""Class → what shows that parameters have another automation, mapping or name."""


class SetMirror:
    """One script run: from `create_instance` to `disconnect`; a Set that is opened begins another."""

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
        chosen = settings.load(self.log)
        self._budget_s = budget_s
        """A fixed one, as tests have it."""
        self._budget_share = chosen.budget_ms / 1000 / NORMAL_S
        self._undo_apart = chosen.undo_apart
        self._credit_s = 0.0
        """Main-thread time that earlier pumps left unused, at most one budget: a short write is done in one turn."""
        self._answers = 0
        self._advanced = False
        """Whether the write under way waits for the next pump."""
        self._began_writes: List[bool] = []
        """Of this pump: whether they have calls."""
        self._audit_s = chosen.audit_ms / 1000 if audit_s is None else audit_s
        self._flushes = 0
        """Ended since the write under way moved last, or since one waits to begin."""
        self._closed = False
        self._pumping = False
        self._timer: Any = None
        self._last_pump = self._last_display = self._began = clock()
        self._job: Optional[Iterator[None]] = None
        self._batch: Optional[Batch] = None
        self._progress: Optional[float] = 0.0
        self._next_progress = 0.0
        self._rebuild_at = 0.0
        self._logged: Dict[str, int] = {}
        self.counters: Dict[str, Any] = {"pumps": 0, "fallback_pumps": 0, "failures": 0, "rebuilds": 0}
        self.timings = {name: Timings() for name in ("pump", "build", "flush", "write", "audit", "rest")}
        self.distances = {"timer": Timings(), "update_display": Timings()}
        """From one call to the next: what Live makes of the interval that the timer was asked for."""
        self.live_module = self._import_live()
        self.batcher: Batcher
        self.executor: Executor = None  # type: ignore[assignment]
        self.audit: Audit
        self.rounds: Rounds
        self.server: Optional[Server] = None
        self.guard = Guard(clock, self.log)
        self._new_engine()
        self.questions = Questions(clock, lambda: self.server.served() if self.server is not None else [])
        self.requests = Requests(
            lambda: (self.batcher, self.executor),
            lambda: self._progress,
            self.status,
            PolicyRequests(self.guard, self.questions, lambda: self.server),
            self._attend,
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
        # Only a transport of real time can wait.
        self.awake = Awake(getattr(listener, "wait", None), chosen.awake_share)
        self._start_timer()

    # -- what Live calls ---------------------------------------------------------------------------

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
            self._revive_timer()
            self.pump()

    def disconnect(self) -> None:
        """The Set is closed or the script switched off: leave nothing behind."""
        if self._closed:
            return
        self._closed = True
        for step in (
            self._stop_timer,
            self._close_executor,
            self._close_server,
            self.batcher.close,
            gc.unfreeze,
        ):
            try:
                step()
            except Exception:
                self._failed("disconnect")

    def connect_script_instances(self, instances: Any) -> None:
        """Other surfaces are none of ours."""

    def build_midi_map(self, handle: Any) -> None:
        """No MIDI is mapped."""

    def receive_midi(self, data: Any) -> None:
        """No MIDI is heard."""

    def refresh_state(self) -> None:
        """No lights to refresh."""

    def can_lock_to_devices(self) -> bool:
        return False

    def suggest_input_port(self) -> str:
        return ""

    def suggest_output_port(self) -> str:
        return ""

    def suggest_map_mode(self, control: Any, channel: Any) -> int:
        return 0

    # -- the pump ----------------------------------------------------------------------------------

    def pump(self) -> None:
        """One turn on Live's main thread; never raises."""
        if self._closed or self._pumping:
            return
        self._pumping = True
        start = time.perf_counter()
        try:
            self.counters["pumps"] += 1
            now = self._clock()
            self.distances["timer"].add(now - self._last_pump)
            self.awake.pumped(now - self._last_pump)
            self._last_pump = now
            worked = self._turn(start)
        except Exception:
            worked = True
            self._failed("pump")
        finally:
            self._pumping = False
        spent = time.perf_counter() - start
        self._credit_s -= spent
        self.timings["pump"].add(spent)
        if not worked:
            self.timings["rest"].add(spent)

    def _turn(self, start: float) -> bool:
        server = self.server
        if server is None:
            return False
        self._began_writes.clear()
        self._advanced = False
        # A step that begins just before the deadline ends after it.
        budget = self.budget_s
        self._credit_s = min(2 * budget, self._credit_s + budget)
        worked = self._round(server, start + budget * STEPS_END, start + self._credit_s * STEPS_END)
        while self._answered(server) and self.awake.more(start):
            worked = True
            deadline = self.awake.deadline(start)
            self._round(server, deadline, deadline)
        batcher = self.batcher
        if self._is_whole and not batcher.attribution.due and not self.executor.busy:
            self._audit()
        server.beat(batcher.epoch, batcher.revision, time.time())
        if self._progress is not None:
            self._tell_progress(server)
        server.send(batcher.epoch, batcher.revision)
        if server.forget_closed(batcher.shadow):
            self._attend(batcher)
        return worked

    def _round(self, server: Server, deadline: float, write_deadline: float) -> bool:
        """Take what came, work, send; whether anything was done. A write under way may take longer than the rest."""

        def spend() -> bool:
            return time.perf_counter() < deadline

        server.receive(spend)
        self.questions.expire()
        self.executor.look()
        worked = self._work(deadline, max(deadline, write_deadline))
        batcher = self.batcher
        batcher.attribution.end_turn()
        self._begin_snapshots()
        server.stream_snapshots(batcher.shadow, batcher.epoch, spend)
        server.send(batcher.epoch, batcher.revision)
        return worked

    def _answered(self, server: Server) -> bool:
        """Whether a request was answered since this was asked last."""
        before, self._answers = self._answers, server.answered
        return self._answers > before

    @property
    def budget_s(self) -> float:
        """Of one pump, for building and flushing: a share of the distance from one to the next."""
        if self._budget_s is not None:
            return self._budget_s
        return self._budget_share * self.awake.distance_s

    @property
    def _is_whole(self) -> bool:
        """Whether the shadow is what the last batch made it: only so between two jobs."""
        return self._job is None and self._progress is None

    def _begin_snapshots(self) -> None:
        if self.server is not None and self._is_whole:
            self.server.begin_snapshots(self.batcher.shadow, self.batcher.revision)

    def _work(self, deadline: float, write_deadline: float) -> bool:
        """Jobs and writes until there is nothing to do or the budget is spent; whether anything was done."""
        worked = False
        executor = self.executor
        while True:
            if self._job is not None:
                worked = True
                if not self._continue_job(deadline if executor.current is None else write_deadline):
                    return True
            elif self._progress is not None:
                if self._clock() < self._rebuild_at:
                    return worked
                self._new_engine()
                executor = self.executor
            elif self.batcher.attribution.due and not (
                executor.busy and not self._advanced and self._flushes >= FLUSHES_FIRST
            ):
                self._start(self.batcher.attribution.take())
            elif executor.busy and not self._advanced and self._may_go_on():
                worked = True
                self._flushes = 0
                began = time.perf_counter()
                wish = executor.advance()
                self.timings["write"].add(time.perf_counter() - began)
                self._advanced = wish == PUMP
                if wish == FLUSH:
                    # Its operations are done: who asked gets the answer in this turn if the rest is short.
                    write_deadline = max(write_deadline, time.perf_counter() + FINISH_S)
            else:
                return worked
            if time.perf_counter() > (deadline if executor.current is None else write_deadline):
                return worked

    def _may_go_on(self) -> bool:
        """Whether the write under way may go on, or the next one begin, in this turn.

        Two undo steps that are closed within one turn are two entries of Live's history (guess; see the probes): until
        that is measured a write with calls is alone in its turn, and with `undo_apart` each write is.
        """
        if self.executor.current is not None:
            return True
        following = self.executor.following
        if following is None:
            return True
        began = self._began_writes
        if began and (self._undo_apart or following.has_calls or any(began)):
            return False
        began.append(following.has_calls)
        return True

    def _continue_job(self, deadline: float) -> bool:
        """Work on at the job; True when it has ended."""
        job = self._job
        assert job is not None
        began = time.perf_counter()
        kind = "build" if self._batch is None else "flush"
        collecting = gc.isenabled()
        gc.disable()
        try:
            for _ in job:
                if time.perf_counter() > deadline:
                    return False
        except Exception:
            # The shadow may be half changed: only a new reading under a new epoch is honest.
            self._failed(kind)
            self._rebuild("internal error")
            return True
        finally:
            if kind == "build":
                # The rows live as long as the Set: full collections that walk 20,000 of them again and again
                # while they grow, holds Live up for 50 ms and more. `disconnect` gives them back.
                gc.freeze()
            if collecting:
                gc.enable()
            self.timings[kind].add(time.perf_counter() - began)
        self._job = None
        batch, self._batch = self._batch, None
        if batch is None:
            self._built()
        else:
            self._flushes = self._flushes + 1 if self.executor.busy else 0
            line = self.batcher.seal(batch, time.time())
            if line is not None and self.server is not None:
                self.server.broadcast(line)
        return True

    def _start(self, lot: Lot) -> None:
        # Where one flush follows the other, there is no other time.
        self._begin_snapshots()
        self._spread(lot.marks)
        self._batch = Batch(lot)
        self._job = self.batcher.flush(self._batch)

    def _spread(self, dirty: Dict[int, int]) -> None:
        """Some properties have no listener of their own, but another object's listener tells of them.

        The list of visible tracks tells folding and grouping, the selected track what is selected, a slot's
        clip and the list of tracks whether a scene is empty, a clip whether its slot plays, a choice of a device
        which of its other parameters have a meaning. After some events any automation or mapping may be another.
        """
        rows, root = self.batcher.shadow.rows, self.batcher.shadow.root
        if root is None:
            return
        for id_, bits in list(dirty.items()):
            row = rows.get(id_)
            if row is None:
                continue
            type_ = row.layout.type
            if type_ == "Song" and bits & row.layout.bits_of(("visible_tracks", "tracks")):
                self._mark_tracks(
                    dirty, ("fold_state", "is_visible", "is_grouped", "group_track", "is_foldable")
                )
                for id_ in (root.value("scenes") or ()) if bits & row.layout.bits_of(("tracks",)) else ():
                    self._mark_in(dirty, id_, ("is_empty",))
            elif type_ == "Song.View" and bits & row.layout.bits_of(("selected_track",)):
                self._mark_tracks(dirty, ("is_part_of_selection",))
            elif type_ == "ClipSlot" and bits & row.layout.bits_of(("has_clip",)) and row.parent in rows:
                slots = rows[row.parent].value("clip_slots") or ()
                scenes = root.value("scenes") or ()
                place = slots.index(id_) if id_ in slots else len(scenes)
                if place < len(scenes):
                    self._mark_in(dirty, scenes[place], ("is_empty",))
            elif type_ == "Clip" and bits & row.layout.bits_of(("is_playing",)):
                slot = rows.get(row.parent) if row.parent is not None else None
                if slot is not None and slot.layout.type == "ClipSlot":
                    self._mark_in(dirty, row.parent, ("is_playing", "is_recording"))
            elif type_ == "DeviceParameter" and bits & row.layout.bits_of(("value",)):
                self._mark_siblings(dirty, row)
            self.batcher.hurried = self.batcher.hurried or bool(
                type_ in _HURRYING and bits & row.layout.bits_of(_HURRYING[type_])
            )

    def _mark_siblings(self, dirty: Dict[int, int], row: Row) -> None:
        device = self.batcher.shadow.rows.get(row.parent) if row.parent is not None else None
        if row.value("is_quantized") and device is not None:
            for id_ in device.value("parameters") or ():
                self._mark_in(dirty, id_, ("state", "is_enabled"))

    def _mark_tracks(self, dirty: Dict[int, int], names: Tuple[str, ...]) -> None:
        root = self.batcher.shadow.root
        if root is not None:
            tracks = (root.value("tracks") or ()) + (root.value("return_tracks") or ())
            for id_ in tracks + (root.value("master_track"),):
                self._mark_in(dirty, id_, names)

    def _mark_in(self, dirty: Dict[int, int], id_: Any, names: Tuple[str, ...]) -> None:
        row = self.batcher.shadow.rows.get(id_)
        if row is not None:
            dirty[id_] = dirty.get(id_, 0) | row.layout.bits_of(names)

    def _audit(self) -> None:
        """Compare a little of Live with the shadow: first what has its time in the table, then the rest."""
        if self.batcher.hurried:
            self.batcher.hurried = not self.rounds.hurry()
        began = time.perf_counter()
        deadline = began + (self.budget_s * STEPS_END if self.rounds.is_hurried else self._audit_s)
        self.rounds.step(lambda: time.perf_counter() < deadline)
        deadline = max(began + self._audit_s, time.perf_counter() + self._audit_s * AUDIT_LEFT)
        self.audit.step(lambda: time.perf_counter() < deadline)
        self.timings["audit"].add(time.perf_counter() - began)
        found = self.rounds.take()
        for id_, bits in self.audit.take().items():
            found[id_] = found.get(id_, 0) | bits
        if found:
            self._start(Lot(AUDIT, found))

    def _attend(self, batcher: Batcher) -> None:
        """Give the objects that clients attend to all their listeners, and take these off from the others."""
        served = [] if self.server is None else self.server.served()
        wanted = set().union(*(client.attended for client in served))
        rows, observers = batcher.shadow.rows, batcher.observers
        for id_ in observers.attended - wanted:
            observers.neglect(rows[id_])
        for id_ in wanted - observers.attended:
            if id_ in rows:
                observers.attend(rows[id_])
                # Attached first, so that no change falls between.
                self.rounds.look(rows[id_])

    # -- the Set -----------------------------------------------------------------------------------

    def _new_engine(self) -> None:
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
        results = self.executor.results if self.executor is not None else None
        self.executor = Executor(
            self.batcher,
            self._clock,
            lambda: self.live_module,
            self._reply,
            self._tell_write_progress,
            self.log,
            self.guard,
            results,
        )
        self.guard.forget()
        self.audit = Audit(self.batcher, self._clock)
        self.rounds = Rounds(self.batcher, self._clock)
        self._progress = 0.0
        self._batch = None
        self._job = self.batcher.build()
        self._began = self._clock()

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
                        error_line(client.snapshot[0], BridgeError("EPOCH_CHANGED", "The Set is read anew"))
                    )
                    client.snapshot = None
                params = {"epoch": self.batcher.epoch, "reason": reason, "revision": self.batcher.revision}
                client.push(request_line("bridge.resync", params))

    def _tell_progress(self, server: Server) -> None:
        batcher = self.batcher
        self._progress = max(self._progress or 0.0, min(0.99, batcher.built / max(1, batcher.expected)))
        now = self._clock()
        if now >= self._next_progress:
            self._next_progress = now + PROGRESS_S
            server.notify("bridge.progress", {"progress": round(self._progress, 3)})

    # -- clients -----------------------------------------------------------------------------------

    def _reply(self, client: Client, request: Any, outcome: Any) -> None:
        if isinstance(outcome, BridgeError):
            client.answer(error_line(request, outcome))
        else:
            client.answer(result_line(request, outcome))

    def _tell_write_progress(self, client: Client, progress: Dict[str, Any]) -> None:
        line = request_line("write.progress", progress)
        if client.has_room(line):
            client.stream(line)

    def welcome(self) -> Dict[str, Any]:
        """The answer to bridge.authenticate."""
        batcher = self.batcher
        names = {name: read(batcher.song, name) for name in ("name", "file_path")}
        opened: Dict[str, Any] = {
            name: "" if value is ABSENT or value is None else str(value) for name, value in names.items()
        }
        # Headless Live says here what it could not take over from a Set's file.
        opened["warnings"] = list(getattr(self._c_instance, "set_warnings", ()))
        return {
            "epoch": batcher.epoch,
            "ready": self._progress is None,
            "progress": 1.0 if self._progress is None else round(self._progress, 3),
            "revision": batcher.revision,
            "oldest_revision": batcher.history.oldest(batcher.revision),
            "protocols": list(PROTOCOLS),
            "live": {"version": self.live_version, "build": self.live_build},
            "script": {"version": VERSION, "python": "{}.{}.{}".format(*sys.version_info[:3])},
            "set": opened,
        }

    def status(self) -> Dict[str, Any]:
        """Everything the script counts about itself."""
        batcher, server = self.batcher, self.server
        found = self.welcome()
        found.update(
            objects=len(batcher.shadow.rows),
            listeners={"attached": batcher.observers.attached, "refused": batcher.observers.refused},
            history={"batches": len(batcher.history), "bytes": batcher.history.bytes},
            snapshots=len(batcher.shadow.snapshots),
            writes=dict(self.executor.counters, waiting=self.executor.waiting),
            audit=dict(self.audit.counters),
            rounds=dict(self.rounds.counters),
            timings={name: timings.report() for name, timings in self.timings.items()},
            distances={name: timings.report() for name, timings in self.distances.items()},
            budget={"pump_ms": round(self.budget_s * 1000, 3), "audit_ms": self._audit_s * 1000},
            awake=self.awake.report(),
            counters=dict(self.counters),
            timer=bool(read(self._timer, "running")),
        )
        if server is not None:
            found["server"] = dict(server.counters)
            found["clients"] = [
                {
                    "name": client.name,
                    "role": client.role,
                    "identity": client.identity,
                    "state": client.state,
                    "following": client.following,
                    "outbox": client.outbox_bytes,
                }
                for client in server.clients
            ]
        return found

    # -- the small print ---------------------------------------------------------------------------

    def log(self, text: str) -> None:
        """A line in Live's Log.txt."""
        try:
            self._c_instance.log_message(text)
        except Exception:
            pass

    def _failed(self, where: str) -> None:
        """Log a mistake of ours with its traceback, each only once; count it always."""
        self.counters["failures"] += 1
        text = traceback.format_exc()
        self._logged[text] = self._logged.get(text, 0) + 1
        if self._logged[text] == 1 and len(self._logged) <= 50:
            self.log("SetMirror failed in {}: {}".format(where, text))

    def _import_live(self) -> Any:
        try:
            import Live  # type: ignore[import-not-found]

            return Live
        except ImportError:
            return None

    def _start_timer(self) -> None:
        try:
            timer = self.live_module.Base.Timer
            self._timer = timer(callback=self.pump, interval=TIMER_MS, repeat=True, start=True)
        except Exception:
            # update_display goes on pumping, ten times a second.
            self._timer = None
            self._failed("timer")

    def _revive_timer(self) -> None:
        """A stopped timer is started again; one that merely stalled with Live is left alone."""
        try:
            if self._timer is not None and not self._timer.running:
                self._timer.start()
        except Exception:
            self._failed("timer")

    def _stop_timer(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()

    def _close_executor(self) -> None:
        self.executor.close("The Set was closed or is read anew")

    def _close_server(self) -> None:
        if self.server is not None:
            self.server.close("disconnect")
