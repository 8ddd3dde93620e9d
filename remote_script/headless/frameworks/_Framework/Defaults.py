"""Numbers that the classes share."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.surface import TIMER_DELAY

MOMENTARY_DELAY = 0.3
MOMENTARY_DELAY_TICKS = int(MOMENTARY_DELAY / TIMER_DELAY)

__all__ = ["MOMENTARY_DELAY", "MOMENTARY_DELAY_TICKS", "TIMER_DELAY"]
