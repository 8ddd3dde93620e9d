"""The demo's report: chapters, the steps that passed or failed, and the summary at the end."""

from __future__ import annotations

import time
from typing import Any

from mcp_server.commands.console import say, style
from mcp_server.demo.latency import Distribution


class Story:
    """Prints as it goes; `failed` holds the steps that were not as they must be."""

    def __init__(self) -> None:
        self.checked = 0
        self.failed: list[str] = []
        self.latencies: dict[str, Distribution] = {}
        self._began = time.monotonic()

    def chapter(self, title: str) -> None:
        say()
        say(style(title, bold=True))

    def tell(self, text: str) -> None:
        """Something that happened and needs no check."""
        say(f"  {style(f'{time.monotonic() - self._began:6.2f}s', dim=True)}      {text}")

    def check(self, text: str, ok: bool, *, found: Any = None) -> bool:
        """A step: `ok` says whether it is as it must be; `found` is shown when it is not."""
        self.checked += 1
        mark = style("ok ", fg="green") if ok else style("BAD", fg="red", bold=True)
        say(f"  {style(f'{time.monotonic() - self._began:6.2f}s', dim=True)}  {mark} {text}")
        if not ok:
            self.failed.append(text)
            if found is not None:
                for each in found if isinstance(found, list) else [found]:
                    say(f"               found {each!r}"[:300])
        return ok

    def latency(self, name: str, samples_s: list[float], aim_ms: float) -> None:
        """A measurement; the aim is shown beside it and fails nothing: machines differ."""
        found = self.latencies[name] = Distribution.of_seconds(samples_s)
        reached = found.p50 < aim_ms
        aim = style(f"aim p50 < {aim_ms:g} ms", fg="green" if reached else "yellow")
        say(
            f"  {name:<36} p50 {found.p50:7.2f} ms   p95 {found.p95:7.2f} ms   p99 {found.p99:7.2f} ms"
            f"   n {len(samples_s):<4} {aim}"
        )

    def end(self) -> bool:
        """Say how it went; whether every step was as it must be."""
        say()
        if self.failed:
            say(style(f"{len(self.failed)} of {self.checked} steps failed:", fg="red", bold=True))
            for text in self.failed:
                say(f"  {text}")
            return False
        took = time.monotonic() - self._began
        say(style(f"all {self.checked} steps checked, {took:.1f} s", fg="green", bold=True))
        return True
