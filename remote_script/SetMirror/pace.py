"""Bounds one turn on Live's main thread by its last step: a step that would end too late waits for the next turn.

A turn has two ends. After `end` no step starts; before it a step starts only if it will probably be over at `limit`.
Most steps are short. Of a step that grows with the Set (a list of all tracks, a menu of all routings, one long line) a
job says so by `yield LONG` before it; how long such steps take is measured here, since it depends on Live and on the
machine.
"""

from __future__ import annotations

import time
from typing import Any, Iterator

LONG = True
"""What a job yields before a step that grows with the Set; before other steps it yields None."""
Steps = Iterator[Any]
_RISE, _FALL, _MOST = 1 / 2, 1 / 8, 2.0
"""Parts of the difference by which the expected duration follows a longer and a shorter step. No step counts as more
than so many times the expected duration: one that the system interrupted must not hold up the following ones."""


class Pace:
    """The expected duration of the next step of one kind, in seconds, smoothed towards the longer ones."""

    def __init__(self) -> None:
        self.expected_s = 0.0

    def add(self, seconds: float) -> None:
        """Record the duration of a step."""
        self.expected_s = self.expected_s or seconds
        difference = min(seconds, _MOST * self.expected_s) - self.expected_s
        self.expected_s += difference * (_RISE if difference > 0 else _FALL)

    def fits(self, now: float, end: float, limit: float) -> bool:
        """True when another step may start at `now`."""
        return now < end and now + self.expected_s <= limit


class Job:
    """Work in steps, continued in several turns."""

    def __init__(self, steps: Steps, long: Pace) -> None:
        """`long`: the pace of steps announced by LONG, of all jobs."""
        self._steps = steps
        self._long = long
        self._is_long = False

    def run(self, end: float, limit: float) -> bool:
        """Do at least one step, and further steps while they fit; True when the job has ended."""
        clock, long = time.perf_counter, self._long
        began = clock()
        for is_long in self._steps:
            now = clock()
            if self._is_long:
                long.add(now - began)
            self._is_long = bool(is_long)
            if now >= end:
                return False
            if is_long:
                if not long.fits(now, end, limit):
                    return False
                began = now
        return True
