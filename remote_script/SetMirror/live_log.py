"""Writes lines and the tracebacks of internal errors to Live's Log.txt."""

from __future__ import annotations

import traceback
from typing import Any, Set

MOST_FAILURES = 50
"""The most different tracebacks in the log; a failure in every pump would fill Live's disk."""


class LiveLog:
    """The log of one run; writing to it never raises."""

    def __init__(self, c_instance: Any) -> None:
        self._c_instance = c_instance
        self._failures: Set[str] = set()

    def write(self, text: str) -> None:
        """Write a line to Live's Log.txt."""
        try:
            self._c_instance.log_message(text)
        except Exception:
            pass

    def failed(self, where: str) -> None:
        """Write the traceback of the exception that is handled now; equal tracebacks are written only once."""
        text = traceback.format_exc()
        if text not in self._failures and len(self._failures) < MOST_FAILURES:
            self._failures.add(text)
            self.write("SetMirror failed in {}: {}".format(where, text))
