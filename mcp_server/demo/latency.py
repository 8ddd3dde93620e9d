"""Latencies as distributions, since a mean hides the slow calls that an agent notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Distribution:
    """Sorted samples in milliseconds."""

    samples_ms: tuple[float, ...]

    @classmethod
    def of_seconds(cls, samples_s: Iterable[float]) -> Distribution:
        return cls(tuple(sorted(sample * 1000 for sample in samples_s)))

    def quantile(self, share: float) -> float:
        """The nearest-rank quantile in ms: a value that was measured; `share` in (0, 1].

        Raises:
          ValueError: there are no samples.
        """
        count = len(self.samples_ms)
        if not count:
            raise ValueError("a distribution needs at least one sample")
        rank = -(-round(share * 1000) * count // 1000)
        return self.samples_ms[min(max(rank, 1), count) - 1]

    @property
    def p50(self) -> float:
        return self.quantile(0.50)

    @property
    def p95(self) -> float:
        return self.quantile(0.95)

    @property
    def p99(self) -> float:
        return self.quantile(0.99)

    def to_json(self) -> dict[str, float | int]:
        """n, p50, p95, p99 and the extremes, in ms."""
        if not self.samples_ms:
            return {"n": 0}
        return {
            "n": len(self.samples_ms),
            "p50_ms": round(self.p50, 6),
            "p95_ms": round(self.p95, 6),
            "p99_ms": round(self.p99, 6),
            "min_ms": round(self.samples_ms[0], 6),
            "max_ms": round(self.samples_ms[-1], 6),
        }

    def __str__(self) -> str:
        if not self.samples_ms:
            return "not measured"
        return f"p50 {self.p50:.2f} ms, p95 {self.p95:.2f} ms ({len(self.samples_ms)} samples)"
