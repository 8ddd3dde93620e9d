"""Rows of a measurement: the question, the subject that answered, and the duration as a distribution."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mcp_server.demo.latency import Distribution

OURS = "SetMirror"
SHORT_S = 20e-6
"""Shorter work is timed in bundles, since the clock itself costs 0.05 µs."""


@dataclass(frozen=True)
class Row:
    """`question` asked of `subject`; `facts` are single numbers, such as a rate or a count."""

    question: str
    subject: str
    times: Distribution = field(default_factory=lambda: Distribution(()))
    facts: dict[str, Any] = field(default_factory=dict)
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"question": self.question, "subject": self.subject}
        if self.times.samples_ms:
            fields.update(self.times.to_json())
            # Quantiles for pictures; `Distribution.to_json` has the other figures.
            fields.update({f"p{n}_ms": round(self.times.quantile(n / 100), 6) for n in (5, 25, 75)})
        fields.update(self.facts)
        if self.note:
            fields["note"] = self.note
        return fields


def timed(work: Callable[[], Any], *, samples: int = 300, warm: int = 20) -> Distribution:
    """The duration of `work()` per call; bundles calls that are too short for the clock."""
    for _ in range(warm):
        work()
    began = time.perf_counter()
    work()
    once = time.perf_counter() - began
    bundle = max(1, int(SHORT_S / max(once, 1e-8)) * 5) if once < SHORT_S else 1
    collecting = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        seconds = []
        for _ in range(samples):
            began = time.perf_counter()
            for _ in range(bundle):
                work()
            seconds.append((time.perf_counter() - began) / bundle)
    finally:
        if collecting:
            gc.enable()
    return Distribution.of_seconds(seconds)


def table(rows: Iterable[Row]) -> list[str]:
    """The rows as text, questions in the order of their first row; ×N is the ratio to the first row's p50."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.question, []).append(row)
    lines = []
    for question, answers in grouped.items():
        lines.append("")
        lines.append(question)
        width = max(len(row.subject) for row in answers)
        first = answers[0].times
        for row in answers:
            ratio = ""
            if row is not answers[0] and row.times.samples_ms and first.samples_ms:
                ratio = f"×{row.times.p50 / first.p50:.3g}"
            lines.append(f"  {row.subject:<{width}}  {_figures(row, ratio)}".rstrip())
    return lines


def _figures(row: Row, ratio: str) -> str:
    parts: list[str] = []
    if row.times.samples_ms:
        times = row.times
        parts.append(
            f"p50 {duration(times.p50)}  p95 {duration(times.p95)}  p99 {duration(times.p99)}"
            f"  n={len(times.samples_ms)}"
        )
    if ratio:
        parts.append(ratio)
    parts.extend(f"{name} {_number(value)}" for name, value in row.facts.items())
    if row.note:
        parts.append(f"({row.note})")
    return "  ".join(parts)


def duration(milliseconds: float) -> str:
    """A duration in the unit that people read."""
    if milliseconds < 1:
        return f"{milliseconds * 1000:7.2f} µs"
    if milliseconds < 1000:
        return f"{milliseconds:7.2f} ms"
    return f"{milliseconds / 1000:7.2f} s "


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def cycle(items: Sequence[Any]) -> Callable[[], Any]:
    """A function that returns the items one after another, repeatedly."""
    position = 0

    def following() -> Any:
        nonlocal position
        position = (position + 1) % len(items)
        return items[position]

    return following
