"""The `Live.Base.Timer` that drives the pump; where Live has none, `update_display` drives it ten times a second."""

from __future__ import annotations

from typing import Any, Callable

from .contract.values import read

TIMER_MS = 10
"""Live keeps this interval on macOS (measured 10.3 ms); on one Windows PC it was 34 ms for every setting."""


class PumpTimer:
    """Runs from the start until `stop`; `failed` receives the name of this part when Live raises."""

    def __init__(self, live_module: Any, pump: Callable[[], None], failed: Callable[[str], None]) -> None:
        self._failed = failed
        self._timer: Any = None
        try:
            timer = live_module.Base.Timer
            self._timer = timer(callback=pump, interval=TIMER_MS, repeat=True, start=True)
        except Exception:
            failed("timer")

    @property
    def is_running(self) -> bool:
        """True while Live calls the pump."""
        return bool(read(self._timer, "running"))

    def revive(self) -> None:
        """Start a stopped timer again; a timer that merely stalled with Live is left alone."""
        try:
            if self._timer is not None and not self._timer.running:
                self._timer.start()
        except Exception:
            self._failed("timer")

    def stop(self) -> None:
        """Stop for good, also when Live's timer raises."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()
