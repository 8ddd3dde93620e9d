"""Awake while somebody talks: after an answer the pump waits for the next request, briefly and within its budget.

A client that works in lock-step then gets many turns out of one tick of Live's. The wait is the transport's; it counts
as time on Live's main thread, which never exceeds its share of the distance between two pumps. It is tried only after
a round that answered a request, never at rest and never when Live came late. It switches itself off for the rest of
the run when waits take much longer than asked (some systems round short ones) or when one raises.
"""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, Optional

LONGEST_S = 0.002
"""A client that takes longer for its next request is not in a hurry."""
SHORTEST_S = 0.0002
LATE = 2.0
"""So many times what was asked is too long for a wait."""
STRIKES = 12
"""Late waits in a row: a system that rounds them makes all late, one that is busy only some."""
STALL = 3.0
"""After so many times the usual distance Live has other things to do than to wait for us."""
NORMAL_S = 0.010
DISTANCES = (0.008, 0.050)
"""Between two pumps, as far as the budget follows: 10 ms on macOS, 34 ms on one Windows PC."""

Wait = Callable[[float], bool]


class Awake:
    """When to wait, and for how long; `wait(seconds)` is True when a request or a newcomer is there."""

    def __init__(
        self, wait: Optional[Wait], share: float, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.distance_s = NORMAL_S
        """Between two pumps, smoothed; what the share is a share of."""
        self.counters: Dict[str, Any] = {"waits": 0, "woken": 0, "wait_ms": 0.0}
        self.off = "" if wait is not None and share > 0 else "not wanted"
        """Why it does not wait; "" while it does."""
        self._wait = wait
        self._share = share
        self._clock = clock
        self._strikes = 0
        self._stalled = False

    def pumped(self, distance_s: float) -> None:
        """A pump begins, so many seconds after the last one did."""
        self._stalled = distance_s > STALL * self.distance_s
        low, high = DISTANCES
        self.distance_s += (min(high, max(low, distance_s)) - self.distance_s) / 16

    def deadline(self, start: float) -> float:
        """When a pump that began at `start` has had its share."""
        return start + self._share * self.distance_s

    def more(self, start: float) -> bool:
        """Wait for the next request in the pump that began at `start`; True when it is there."""
        if self.off or self._stalled or self._wait is None:
            return False
        began = self._clock()
        asked = min(LONGEST_S, self.deadline(start) - began)
        if asked < SHORTEST_S:
            return False
        try:
            ready = self._wait(asked)
        except Exception as problem:
            self.off = "a wait failed: {!r}".format(problem)
            return False
        took = self._clock() - began
        self.counters["waits"] += 1
        self.counters["woken"] += ready
        self.counters["wait_ms"] += took * 1000
        if not ready:
            self._strikes = self._strikes + 1 if took > LATE * asked else 0
        if self._strikes >= STRIKES:
            self.off = "a wait of {:.2f} ms took {:.2f} ms".format(asked * 1000, took * 1000)
        return ready

    def report(self) -> Dict[str, Any]:
        """For the bridge's status."""
        counters = dict(self.counters, wait_ms=round(self.counters["wait_ms"], 1))
        return dict(counters, share=self._share, distance_ms=round(self.distance_s * 1000, 2), off=self.off)
