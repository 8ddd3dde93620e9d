"""Counts and durations; bounded in memory."""

from __future__ import annotations

from collections import deque

SAMPLES = 2048
"""Durations kept per latency; the percentiles are those of the newest ones."""


class Latency:
    """Takes durations in seconds, reports percentiles in milliseconds."""

    def __init__(self) -> None:
        self.count = 0
        self._last: deque[float] = deque(maxlen=SAMPLES)

    def add(self, seconds: float) -> None:
        self.count += 1
        self._last.append(seconds)

    def report(self) -> dict[str, float]:
        """count, p50, p95, p99 and max of the last `SAMPLES`; empty when there are none."""
        if not self._last:
            return {}
        ordered = sorted(self._last)

        def percentile(share: float) -> float:
            return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 3)

        return {
            "count": self.count,
            "p50": percentile(0.50),
            "p95": percentile(0.95),
            "p99": percentile(0.99),
            "max": round(ordered[-1] * 1000, 3),
        }


class Latencies:
    """Latencies by name."""

    def __init__(self) -> None:
        self._by_name: dict[str, Latency] = {}

    def add(self, name: str, seconds: float) -> None:
        self._by_name.setdefault(name, Latency()).add(seconds)

    def report(self) -> dict[str, dict[str, float]]:
        return {name: latency.report() for name, latency in self._by_name.items()}
