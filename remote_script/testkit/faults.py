"""The faults of a Remote Script that headless Live recorded: crashes, LiveAPI off the main thread, leaks.

All functions read the lines of Log.txt and counters of a `HeadlessLive`; no function runs a script.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any, Dict, List, NamedTuple, Sequence

KINDS: Dict[str, str] = {
    "crash": "the script raised an exception that Live had to catch, or ended Live",
    "logged": "the script logged an exception that it had caught itself",
    "off-thread": "the script used the LiveAPI on a thread that is not Live's main thread",
    "left-behind": "listeners, timers, sockets or threads of the script lived on after it was switched off",
}
"""Kind of fault → what it means."""
THREAD_GRACE_S = 2.0
"""Seconds after `disconnect` in which a thread may end: it may wait in `accept` or `recv` with a timeout."""
LIMIT = "headless Live does not"
"""First words of every message about a part of Live that headless Live does not have."""
_HEAD = "Traceback (most recent call last):"
_PREFIX = "RemoteScriptError: "
_MESSAGE = "RemoteScriptMessage: "
_LOGGING = "Python: "
"""First words of lines from `c_instance.log_message` and from Python's `logging`."""
_LEFT = "LeftBehind: "
_HEADLESS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "headless", "")


class Fault(NamedTuple):
    """One fault; `kind` is a key of `KINDS`."""

    kind: str
    text: str

    @property
    def is_limit(self) -> bool:
        """True when the script used a part of Live that headless Live does not have: no fault of the script."""
        return LIMIT in error_of(self.text)


def crashes(lines: Sequence[str]) -> List[Fault]:
    """Every traceback in lines of Log.txt, as kind "crash" or "logged"; without headless Live's frames."""
    faults: List[Fault] = []
    current: List[str] = []
    kind, previous = "crash", ""
    is_ours = has_error = False
    for line in [*lines, ""]:
        is_marked = line.startswith(_PREFIX)
        text = line[len(_PREFIX) :] if is_marked else line
        if current and (_HEAD in text or (has_error and not is_marked)):
            faults.append(Fault(kind, "\n".join(current)))
            current = []
        if _HEAD in text:
            kind = "logged" if line.startswith(_MESSAGE) or previous.startswith(_LOGGING) else "crash"
            current, is_ours, has_error = [_HEAD], False, False
        elif current:
            if text.startswith('  File "'):
                is_ours = _is_ours(text.split('"')[1])
            # A message may have more lines, which Live marks like the first.
            has_error = has_error or text[:1] not in (" ", "")
            if has_error or not is_ours:
                current.append(text)
        previous = line
    return faults


def error_of(text: str) -> str:
    """The line of a traceback that names the exception; of any other text the first line."""
    lines = text.splitlines()
    return next((line for line in lines[1:] if line[:1] != " "), lines[0]) if lines else ""


def _is_ours(file: str) -> bool:
    """True for files of headless Live; files of the frameworks count as a script's, as in Live."""
    return file.startswith(_HEADLESS) and not file.startswith(_HEADLESS + "frameworks" + os.sep)


def off_thread(live: Any) -> List[Fault]:
    """Every place in a script from which the LiveAPI was used off the main thread, the most frequent first."""
    calls = sorted(live.off_main_calls.items(), key=lambda call: -call[1])
    return [
        Fault("off-thread", "%s at %s:%d, %d times" % (access, file, line, count))
        for (file, line, access), count in calls
    ]


def left_behind(lines: Sequence[str]) -> List[Fault]:
    """Leftovers of scripts that were switched off, after waiting up to `THREAD_GRACE_S` for their threads to end."""
    leftovers = [line[len(_LEFT) :] for line in lines if line.startswith(_LEFT)]
    deadline = time.monotonic() + THREAD_GRACE_S
    while (
        any(_is_thread(leftover) and _lives(leftover) for leftover in leftovers)
        and time.monotonic() < deadline
    ):
        time.sleep(0.01)
    leftovers = [leftover for leftover in leftovers if not _is_thread(leftover) or _lives(leftover)]
    return [Fault("left-behind", leftover) for leftover in leftovers]


def _is_thread(text: str) -> bool:
    return " a running thread " in text


def _lives(text: str) -> bool:
    return any(text.endswith(" a running thread %r" % thread.name) for thread in threading.enumerate())


def all_faults(live: Any) -> List[Fault]:
    """All faults of all scripts of this Live so far, in the order of `KINDS`."""
    faults = crashes(live.log_lines)
    if live.ended:
        faults.append(Fault("crash", "the script ended Live: %s" % live.ended))
    return faults + off_thread(live) + left_behind(live.log_lines)
