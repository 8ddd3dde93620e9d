"""Keeps the script awake for a client in lock-step: after an answer the pump waits briefly for the next request.

Such a client then gets many turns out of one tick of Live's. The transport waits; the time counts as time on Live's
main thread, of which pumps never have more than their share on average. The script waits only after a round that
answered a request, never at rest and never when Live was late. The length of a wait follows the client: longer while
the next request arrives soon after a wait has ended, short again when it arrives in time. If less time is left than
the client usually needs, the script does not wait: the next pump gets that time besides its own. After many waits in
vain there are none for a while. Waiting is disabled for the rest of the run if waits take much longer than asked
(some systems round short waits) or if a wait raises.
"""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, Optional, Tuple

PATIENCE_S = 0.002
"""Longest wait for a client whose speed is not known yet: a program needs less, an agent over MCP slightly more."""
GAPS = 3.0
"""Factor: after a request in time the next wait may last so many times as long as this one did."""
SAVED = 0.5
"""Fraction of its share that a pump may leave unused for the next pump."""
DEBT = 2.0
"""In shares of a pump: by so much time at most a pump that took longer than its share shortens the next ones."""
MOST = 0.8
"""Fraction of the distance between two pumps that no pump exceeds, whatever the previous pump left unused."""
IN_VAIN = 16
"""After so many waits in a row without a request the client is too slow for the budget."""
REST_PUMPS = 50
"""Pumps without a wait after that, half a second in all: fruitless waits then cost at most a twentieth of the
budget."""
SHORTEST_S = 0.0002
LATE = 2.0
"""A wait that takes so many times as long as asked is late."""
STRIKES = 12
"""Late waits in a row that disable waiting, with a request or without: a system that rounds waits makes all of them
late, a busy one only some."""
STALL = 3.0
"""If a pump comes after so many times the usual distance, Live is busy, so the script does not wait."""
USED_PUMPS = 64
"""Pumps over which the used share of Live's time is smoothed: two thirds of a second."""
NORMAL_S = 0.010
DISTANCES = (0.008, 0.050)
"""Smallest and largest distance between two pumps that the budget follows: 10 ms on macOS, 34 ms on one Windows
PC."""

Wait = Callable[[float], bool]


class Awake:
    """Decides when to wait, and for how long; `wait(seconds)` is True when a request or a new connection is there."""

    def __init__(
        self, wait: Optional[Wait], share: float, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.distance_s = NORMAL_S
        """Smoothed seconds between two pumps; the share of Live's time is a share of this distance."""
        self.used = 0.0
        """Smoothed share of Live's main thread that the pumps used, waits included."""
        self.counters: Dict[str, Any] = {"waits": 0, "woken": 0, "wait_ms": 0.0}
        self.off = "" if wait is not None and share > 0 else "not wanted"
        """The reason why waiting is disabled; "" while it is enabled."""
        self._wait = wait
        self._share = share
        self._clock = clock
        self.patience_s = PATIENCE_S
        """Longest duration of the next wait."""
        self._gap_s = 0.0
        """Time between an answer and the next request in time, smoothed towards short times; 0 before the first."""
        self._saved_s = 0.0
        """Time that earlier pumps left to the next one; below 0 if they took longer than their share."""
        self._strikes = 0
        self._stalled = False
        self._pump = 0
        self._missed_in = -1
        """Number of the pump whose last wait was in vain; -1 after a request."""
        self._waited_in = -1
        """Number of the pump of the last wait."""
        self._in_vain = 0
        self._rests_until = 0

    def pumped(self, distance_s: float) -> None:
        """Record that a pump begins, so many seconds after the previous one."""
        self._pump += 1
        self._stalled = distance_s > STALL * self.distance_s
        low, high = DISTANCES
        self.distance_s += (min(high, max(low, distance_s)) - self.distance_s) / 16

    def ended(self, spent_s: float) -> None:
        """Record the duration of a pump: the next one gets a part of the unused time, or less if it took too long."""
        self.used += (spent_s / self.distance_s - self.used) / USED_PUMPS
        share = self._share * self.distance_s
        self._saved_s = min(SAVED * share, max(-DEBT * share, self._saved_s + share - spent_s))

    def deadline(self, start: float) -> float:
        """The time at which a pump that began at `start` has used its share and the time left by earlier pumps."""
        return start + min(self._share * self.distance_s + self._saved_s, MOST * self.distance_s)

    def more(self, start: float) -> bool:
        """Wait for the next request in the pump that began at `start`; True when it is there."""
        if self.off or self._stalled or self._wait is None or self._pump < self._rests_until:
            return False
        if self._missed_in >= 0:
            # The client is still active: its request came right after the wait, or after a pause.
            soon = self._missed_in == self._pump - 1
            self.patience_s = min(2 * self.patience_s, self.deadline(0.0)) if soon else self._usual_s
            self._missed_in = -1
        asked = min(self.patience_s, self.deadline(start) - self._clock())
        # The first wait of a pump is always tried: it shows how fast the client is now.
        if asked < max(SHORTEST_S, self._gap_s if self._waited_in == self._pump else 0.0):
            return False
        self._waited_in = self._pump
        waited = self._timed(asked)
        if waited is None:
            return False
        ready, took = waited
        self.counters["waits"] += 1
        self.counters["woken"] += ready
        self.counters["wait_ms"] += took * 1000
        late = took > LATE * asked
        if late or not ready:
            # A request in time shows nothing about the length of waits.
            self._strikes = self._strikes + 1 if late else 0
        if self._strikes >= STRIKES:
            self.off = "a wait of {:.2f} ms took {:.2f} ms".format(asked * 1000, took * 1000)
        if ready:
            self._in_vain = 0
            # A client that is late once in a while is still worth a wait: a longer gap counts less than a shorter one.
            self._gap_s += (took - self._gap_s) / (1 if not self._gap_s else 4 if took < self._gap_s else 16)
            self.patience_s += (max(PATIENCE_S, GAPS * took) - self.patience_s) / 4
            return True
        self._missed_in = self._pump
        self._in_vain += 1
        if self._in_vain >= IN_VAIN:
            self._in_vain, self._missed_in, self._gap_s, self.patience_s = 0, -1, 0.0, PATIENCE_S
            self._rests_until = self._pump + REST_PUMPS
        return False

    def tried(self, seconds: float) -> Optional[float]:
        """The duration of one wait of so many seconds, which a request may end; None while waiting is disabled."""
        waited = None if self.off else self._timed(seconds)
        return None if waited is None else waited[1]

    def _timed(self, seconds: float) -> Optional[Tuple[bool, float]]:
        """Wait; True when a request is there, and the duration. None if waiting is disabled because it failed."""
        if self._wait is None:
            return None
        began = self._clock()
        try:
            ready = self._wait(seconds)
        except Exception as problem:
            self.off = "a wait failed: {!r}".format(problem)
            return None
        return ready, self._clock() - began

    @property
    def _usual_s(self) -> float:
        """Duration of a wait for a client whose requests arrive as they usually do."""
        return max(PATIENCE_S, GAPS * self._gap_s)

    def report(self) -> Dict[str, Any]:
        """Counters and state for the bridge's status."""
        counters = dict(self.counters, wait_ms=round(self.counters["wait_ms"], 1))
        millis = {
            "distance_ms": round(self.distance_s * 1000, 2),
            "patience_ms": round(self.patience_s * 1000, 2),
            "gap_ms": round(self._gap_s * 1000, 2),
        }
        return dict(counters, share=self._share, used=round(self.used, 4), off=self.off, **millis)
