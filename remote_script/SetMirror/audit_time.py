"""How much of Live's main thread the rounds and the audit may use, and in which pumps they run.

At rest a pump may last as long as its share on average, with all that it does. The share of several pumps is saved for
one run: a long run takes half as long as many short ones, since Live uses the processor's caches in between. A pump
that works anyway runs them too. The rounds, whose duration the table bounds, may use more than the share there.
"""

from __future__ import annotations

import time
from typing import Callable

SAVED_PUMPS = 8
"""Pumps whose share is saved for one run at rest."""
LONGEST_BREAK = 16
"""Most pumps between two runs at rest, even if the pumps alone use the whole share."""
MOST_DEBT = 2
"""In shares: a pump that took longer does not shorten the next runs by more."""
WORKING_SHARES = 4
"""Shares that the rounds may use in a pump that works anyway."""
AUDIT_LEFT = 0.2
"""Fraction of a run that is left to the audit, however long the rounds took."""


class AuditTime:
    """The time for rounds and audit; `share_s` is the part of one pump, in seconds."""

    def __init__(self, share_s: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self.share_s = share_s
        self._clock = clock
        self._saved_s = 0.0
        """Saved time; below 0 after a pump that took too long."""
        self._pumps = 0
        """Pumps since the last run."""
        self._worked = False
        """True if the previous pump worked: Live settles some values a tick later."""

    def is_due(self, worked: bool, hurried: bool) -> bool:
        """True when rounds and audit run in this pump; called once in each pump that could run them."""
        whole = SAVED_PUMPS * self.share_s
        self._saved_s = min(whole, self._saved_s + self.share_s)
        self._pumps += 1
        settles, self._worked = self._worked, worked
        is_saved = self._saved_s >= whole - self.share_s / 2
        if not (worked or settles or hurried or is_saved or self._pumps >= LONGEST_BREAK):
            return False
        self._pumps = 0
        return True

    def charge(self, seconds: float) -> None:
        """Record the duration of an idle pump, or of a run in a pump that worked."""
        self._saved_s = max(-MOST_DEBT * self.share_s, self._saved_s - seconds)

    def rounds_end(self, since: float, worked: bool) -> float:
        """The time at which the rounds end, for a run that may use the time since `since`."""
        return since + (WORKING_SHARES * self.share_s if worked else self._saved_s)

    def audit_end(self, since: float, worked: bool) -> float:
        """The time at which the audit ends, which begins now."""
        left = AUDIT_LEFT * self.share_s * (1 if worked else SAVED_PUMPS)
        return max(since + self._saved_s, self._clock() + left)
