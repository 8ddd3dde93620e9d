"""The demo's report: chapters, the steps that passed or failed, and the summary at the end."""

from __future__ import annotations

import time
from typing import Any

from mcp_server.commands.console import say, say_json, style
from mcp_server.demo.latency import Distribution


class Story:
    """Prints the report as text or as one JSON object per line; `failed` are the steps that failed."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.checked = 0
        self.failed: list[str] = []
        self.latencies: dict[str, Distribution] = {}
        self._began = time.monotonic()
        self._as_json = as_json

    def _print(self, facts: dict[str, Any], *lines: str) -> None:
        if self._as_json:
            say_json({"at_s": round(time.monotonic() - self._began, 2), **facts})
            return
        for line in lines:
            say(line)

    def _stamp(self) -> str:
        return style(f"{time.monotonic() - self._began:6.2f}s", dim=True)

    def chapter(self, title: str) -> None:
        self._print({"chapter": title}, "", style(title, bold=True))

    def tell(self, text: str) -> None:
        """Print a text that needs no check."""
        self._print({"event": text}, f"  {self._stamp()}      {text}")

    def line(self, text: str) -> None:
        """Print a line of the event log, as `tail` shows it."""
        self._print({"change": text}, f"  {text}")

    def check(self, text: str, ok: bool, *, actual: Any = None) -> bool:
        """Report a step: `ok` is True when it passed; `actual` is shown when it failed."""
        self.checked += 1
        label = style("ok ", fg="green") if ok else style("BAD", fg="red", bold=True)
        facts: dict[str, Any] = {"step": text, "ok": ok}
        shown = []
        if not ok:
            self.failed.append(text)
            if actual is not None:
                shown = [repr(value)[:300] for value in (actual if isinstance(actual, list) else [actual])]
                facts["found"] = shown
        more = [f"               found {line}" for line in shown]
        self._print(facts, f"  {self._stamp()}  {label} {text}", *more)
        return ok

    def latency(self, name: str, samples_s: list[float], aim_ms: float) -> None:
        """Print a measurement beside its aim; a missed aim is not a failure, since machines differ."""
        times = self.latencies[name] = Distribution.of_seconds(samples_s)
        reached = times.p50 < aim_ms
        aim = style(f"aim p50 < {aim_ms:g} ms", fg="green" if reached else "yellow")
        self._print(
            {"measured": name, **times.to_json(), "aim_p50_ms": aim_ms},
            f"  {name:<36} p50 {times.p50:7.2f} ms   p95 {times.p95:7.2f} ms   p99 {times.p99:7.2f} ms"
            f"   n {len(samples_s):<4} {aim}",
        )

    def end(self) -> bool:
        """Print the summary; True when every step passed."""
        ok = not self.failed
        facts = {"ok": ok, "steps": self.checked, "failed": self.failed}
        if ok:
            took = time.monotonic() - self._began
            line = style(f"all {self.checked} steps checked, {took:.1f} s", fg="green", bold=True)
            self._print(facts, "", line)
        else:
            line = style(f"{len(self.failed)} of {self.checked} steps failed:", fg="red", bold=True)
            self._print(facts, "", line, *(f"  {text}" for text in self.failed))
        return ok
