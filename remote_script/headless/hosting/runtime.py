"""Time in headless Live: one main thread, a clock, and a heap of actions with their due times.

Three rhythms (measured): the engine settles late changes about every 10 ms, `Live.Base.Timer` fires
every 10.3 ms with an interval of 10 or less, `update_display` comes every 100 ms. Due actions run in order of
their time; each due action runs once per pass, so that no action starves another. While the UI hangs no action
runs; the missed actions come in a burst afterwards (reported; Guess: a timer catches up at most `BURST` of its
intervals).
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
import traceback
from collections import deque
from typing import Any, Callable, Deque, List, Optional, Set, Tuple

from ..api.boost import Instance, mismatch

ENGINE_S = 0.010
DISPLAY_S = 0.100
TIMER_FLOOR_MS = 10
TIMER_LAG_S = 0.0003
"""Live's timer with an interval of 10 ms fires after 10.3 ms (median, macOS)."""
BURST = 10


class VirtualClock:
    """A clock that only `advance_to` moves."""

    def __init__(self, start: float = 1000.0) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def advance_to(self, moment: float) -> None:
        self._now = max(self._now, moment)


class RealClock:
    """`time.monotonic`."""

    def now(self) -> float:
        return time.monotonic()


class TimedAction:
    """An action for the time `due`, then every `interval` seconds (0: once)."""

    __slots__ = ("action", "active", "due", "interval")

    def __init__(self, due: float, action: Callable[[], None], interval: float) -> None:
        self.due, self.action, self.interval = due, action, interval
        self.active = True

    def cancel(self) -> None:
        self.active = False


class Scheduler:
    """The heap of due actions; independent of the rest of headless Live."""

    def __init__(self, clock: Any, log: Callable[[str], None]) -> None:
        self.clock = clock
        self._log = log
        self._heap: List[Tuple[float, int, TimedAction]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._posted: Deque[Callable[[], None]] = deque()
        self._stopped = False

    def at(self, due: float, action: Callable[[], None], interval: float = 0.0) -> TimedAction:
        entry = TimedAction(due, action, interval)
        heapq.heappush(self._heap, (due, next(self._order), entry))
        return entry

    def after(self, delay: float, action: Callable[[], None], interval: float = 0.0) -> TimedAction:
        return self.at(self.clock.now() + delay, action, interval)

    def post(self, action: Callable[[], None]) -> None:
        """Run `action` on the main thread as soon as this thread is free; callable from any thread."""
        with self._wake:
            self._posted.append(action)
            self._wake.notify_all()

    def run_posted(self) -> None:
        while self._posted:
            action = self._posted.popleft()
            try:
                action()
            except Exception:
                self._log(traceback.format_exc())

    def next_due(self) -> float:
        """Clock time of the next action; infinity without one."""
        while self._heap and not self._heap[0][2].active:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else float("inf")

    def run_due(self) -> None:
        """Run every action that is due now once, in order of time."""
        self.run_posted()
        now = self.clock.now()
        due = []
        while self._heap and self._heap[0][0] <= now:
            due.append(heapq.heappop(self._heap)[2])
        for entry in due:
            if not entry.active:
                continue
            if entry.interval > 0.0:
                following = entry.due + entry.interval
                # A late timer catches up, but at most BURST intervals.
                entry.due = max(following, now - BURST * entry.interval)
                heapq.heappush(self._heap, (entry.due, next(self._order), entry))
            else:
                entry.active = False
            try:
                entry.action()
            except Exception:
                self._log(traceback.format_exc())

    def run(self) -> None:
        """Run in real time on the calling thread until `stop`; returns at once if `stop` was called before."""
        while not self._stopped:
            wait = self.next_due() - self.clock.now()
            if wait > 0.0 and not self._posted:
                with self._wake:
                    if not self._stopped and not self._posted:
                        self._wake.wait(min(wait, 0.5))
            else:
                self.run_due()
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """True after `stop`, until a `run` has ended because of it."""
        return self._stopped

    def stop(self) -> None:
        """End `run`; callable from any thread."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()


def make_timer_class(scheduler: Scheduler, on_error: Callable[[str], None]) -> Any:
    """`Live.Base.Timer` on this scheduler. An error in the callback stops the timer for good (measured)."""

    class Timer(Instance):
        __slots__ = ("_broken", "_callback", "_entry", "_interval", "_repeat")
        all_running: Set[Any] = set()

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            names = ("callback", "interval", "repeat", "start")
            values = dict(zip(names, args))
            clash = [key for key in kwargs if key not in names or key in values]
            values.update(kwargs)
            if (
                clash
                or len(args) > 4
                or "callback" not in values
                or not isinstance(values.get("interval"), int)
            ):
                raise mismatch(
                    "Timer",
                    "__init__",
                    (self,) + tuple(values.values()),
                    "__init__(_object*, boost::python::api::object callback, int interval "
                    "[, bool repeat=False [, bool start=False]])",
                )
            self._callback = values["callback"]
            self._interval = max(TIMER_FLOOR_MS, int(values["interval"])) / 1000.0 + TIMER_LAG_S
            self._repeat = bool(values.get("repeat", False))
            self._entry: Optional[TimedAction] = None
            self._broken = False
            if values.get("start", False):
                self.start()

        @property
        def running(self) -> bool:
            return self._entry is not None and self._entry.active

        def start(self) -> None:
            if not self.running and not self._broken:
                self._entry = scheduler.after(
                    self._interval, self.fire, self._interval if self._repeat else 0.0
                )
                self.all_running.add(self)

        def stop(self) -> None:
            if self._entry is not None:
                self._entry.cancel()
                self._entry = None
            self.all_running.discard(self)

        def restart(self) -> None:
            self.stop()
            self.start()

        def fire(self) -> None:
            """Call the callback now."""
            if not self._repeat:
                self.stop()
            try:
                self._callback()
            except Exception:
                self.stop()
                self._broken = True
                on_error(traceback.format_exc())

    Timer.__module__ = "Base"
    Timer.__qualname__ = "Timer"
    return Timer
