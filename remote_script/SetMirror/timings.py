"""Statistics of durations: p50 and p95 of the last thousand, and the longest ever."""

from __future__ import annotations

import gc
import time
from array import array
from contextlib import contextmanager
from typing import Any, Dict, Iterator

KEPT = 1024


class Timings:
    """Takes durations in seconds, reports milliseconds."""

    def __init__(self) -> None:
        self.count = 0
        self.longest = 0.0
        self.total = 0.0
        self._last = array("d")

    def add(self, seconds: float) -> None:
        if len(self._last) < KEPT:
            self._last.append(seconds)
        else:
            self._last[self.count % KEPT] = seconds
        self.count += 1
        self.longest = max(self.longest, seconds)
        self.total += seconds

    def report(self) -> Dict[str, float]:
        ordered = sorted(self._last) or [0.0]
        return {
            "count": self.count,
            "p50_ms": round(ordered[len(ordered) // 2] * 1000, 4),
            "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 4),
            "max_ms": round(self.longest * 1000, 4),
            "total_ms": round(self.total * 1000, 3),
        }


class Collections(Timings):
    """The durations of all garbage collections in Live's Python: each collection stops Live's main thread."""

    def __init__(self) -> None:
        super().__init__()
        self._began = 0.0
        gc.callbacks.append(self._collected)

    def _collected(self, phase: str, info: Dict[str, Any]) -> None:
        if phase == "start":
            self._began = time.perf_counter()
        else:
            self.add(time.perf_counter() - self._began)

    @contextmanager
    def postponed(self) -> Iterator[None]:
        """Let no collection start within the block: it walks all that Python has in Live; no pump has time for it."""
        collecting = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collecting:
                gc.enable()

    def close(self) -> None:
        """Stop measuring."""
        if self._collected in gc.callbacks:
            gc.callbacks.remove(self._collected)
