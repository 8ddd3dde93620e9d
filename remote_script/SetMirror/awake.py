"""Awake while somebody talks: after an answer the pump waits for the next request, briefly and within its budget.

A client that works in lock-step then gets many turns out of one tick of Live's. The wait is the transport's; it counts
as time on Live's main thread, which never exceeds its share of the distance between two pumps. It is tried only after
a round that answered a request, never at rest and never when Live came late. How long it may be follows the client:
longer while the next request comes soon after a wait has ended, short again when it comes in time; after many waits in
vain there is none for a while. It switches itself off for the rest of the run when waits take much longer than asked
(some systems round short ones) or when one raises.
"""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, Optional

PATIENCE_S = 0.002
"""The longest wait for a client of which nothing is known yet: a program needs less, an agent over MCP some more."""
GAPS = 3.0
"""After a request in time the next one may take so many times as long as it did."""
IN_VAIN = 16
"""So many waits in a row without a request: the client does not answer within the budget."""
REST_PUMPS = 50
"""Pumps without a wait after that, half a second of them: what it costs at most is then a twentieth."""
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
        self.patience_s = PATIENCE_S
        """How long a wait may be now."""
        self._strikes = 0
        self._stalled = False
        self._pump = 0
        self._missed_in = -1
        """Number of the pump whose last wait was in vain; -1 after a request."""
        self._in_vain = 0
        self._rests_until = 0

    def pumped(self, distance_s: float) -> None:
        """A pump begins, so many seconds after the last one did."""
        self._pump += 1
        self._stalled = distance_s > STALL * self.distance_s
        low, high = DISTANCES
        self.distance_s += (min(high, max(low, distance_s)) - self.distance_s) / 16

    def deadline(self, start: float) -> float:
        """When a pump that began at `start` has had its share."""
        return start + self._share * self.distance_s

    def more(self, start: float) -> bool:
        """Wait for the next request in the pump that began at `start`; True when it is there."""
        if self.off or self._stalled or self._wait is None or self._pump < self._rests_until:
            return False
        if self._missed_in >= 0:
            # The client goes on: its request came after the wait, or only after a pause.
            soon = self._missed_in == self._pump - 1
            self.patience_s = min(2 * self.patience_s, self.deadline(0.0)) if soon else PATIENCE_S
            self._missed_in = -1
        began = self._clock()
        asked = min(self.patience_s, self.deadline(start) - began)
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
        if ready:
            self._in_vain = 0
            self.patience_s += (max(PATIENCE_S, GAPS * took) - self.patience_s) / 4
            return True
        self._missed_in = self._pump
        self._strikes = self._strikes + 1 if took > LATE * asked else 0
        if self._strikes >= STRIKES:
            self.off = "a wait of {:.2f} ms took {:.2f} ms".format(asked * 1000, took * 1000)
        self._in_vain += 1
        if self._in_vain >= IN_VAIN:
            self._in_vain, self._missed_in, self.patience_s = 0, -1, PATIENCE_S
            self._rests_until = self._pump + REST_PUMPS
        return False

    def report(self) -> Dict[str, Any]:
        """For the bridge's status."""
        counters = dict(self.counters, wait_ms=round(self.counters["wait_ms"], 1))
        millis = {
            "distance_ms": round(self.distance_s * 1000, 2),
            "patience_ms": round(self.patience_s * 1000, 2),
        }
        return dict(counters, share=self._share, off=self.off, **millis)
