"""What a Remote Script did wrong, as headless Live recorded it: crashes, LiveAPI off the main thread, leaks.

Everything here reads Log.txt's lines and counters of a `HeadlessLive`; nothing runs a script.
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
"""A thread that waits in `accept` or `recv` with a timeout ends so much later than `disconnect`; that is no leak."""
LIMIT = "headless Live does not"
"""How every message begins that says that headless Live, not the script, lacks something."""
_HEAD = "Traceback (most recent call last):"
_PREFIX = "RemoteScriptError: "
_MESSAGE = "RemoteScriptMessage: "
_LOGGING = "Python: "
"""How lines begin that come from `c_instance.log_message` and from Python's `logging`."""
_LEFT = "LeftBehind: "
_HEADLESS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "headless", "")


class Fault(NamedTuple):
    """One fault; `kind` is a key of `KINDS`."""

    kind: str
    text: str

    @property
    def is_limit(self) -> bool:
        """True when headless Live lacks what the script used: then nothing is known about the script."""
        return LIMIT in error_of(self.text)


def crashes(lines: Sequence[str]) -> List[Fault]:
    """Every traceback in lines of Log.txt, as a crash or as logged by the script; without headless Live's frames."""
    found: List[Fault] = []
    current: List[str] = []
    kind, previous = "crash", ""
    is_ours = said = False
    for line in [*lines, ""]:
        is_marked = line.startswith(_PREFIX)
        text = line[len(_PREFIX) :] if is_marked else line
        if current and (_HEAD in text or (said and not is_marked)):
            found.append(Fault(kind, "\n".join(current)))
            current = []
        if _HEAD in text:
            kind = "logged" if line.startswith(_MESSAGE) or previous.startswith(_LOGGING) else "crash"
            current, is_ours, said = [_HEAD], False, False
        elif current:
            if text.startswith('  File "'):
                is_ours = _is_ours(text.split('"')[1])
            # A message may have more lines, which Live marks like the first.
            said = said or text[:1] not in (" ", "")
            if said or not is_ours:
                current.append(text)
        previous = line
    return found


def error_of(text: str) -> str:
    """The line of a traceback that names the exception; another text's first line."""
    lines = text.splitlines()
    return next((each for each in lines[1:] if each[:1] != " "), lines[0]) if lines else ""


def _is_ours(file: str) -> bool:
    """True for code of headless Live that no script has a part in; the frameworks are a script's as in Live."""
    return file.startswith(_HEADLESS) and not file.startswith(_HEADLESS + "frameworks" + os.sep)


def off_thread(live: Any) -> List[Fault]:
    """Every place in a script from which the LiveAPI was used off the main thread, the most frequent first."""
    calls = sorted(live.off_main_calls.items(), key=lambda call: -call[1])
    return [
        Fault("off-thread", "%s at %s:%d, %d times" % (what, file, line, count))
        for (file, line, what), count in calls
    ]


def left_behind(lines: Sequence[str]) -> List[Fault]:
    """What scripts left behind when they were switched off, once their threads had `THREAD_GRACE_S` to end."""
    told = [line[len(_LEFT) :] for line in lines if line.startswith(_LEFT)]
    deadline = time.monotonic() + THREAD_GRACE_S
    while any(_is_thread(each) and _lives(each) for each in told) and time.monotonic() < deadline:
        time.sleep(0.01)
    told = [each for each in told if not _is_thread(each) or _lives(each)]
    return [Fault("left-behind", each) for each in told]


def _is_thread(text: str) -> bool:
    return " a running thread " in text


def _lives(text: str) -> bool:
    return any(text.endswith(" a running thread %r" % each.name) for each in threading.enumerate())


def all_faults(live: Any) -> List[Fault]:
    """All faults of all scripts of this Live so far, in the order of `KINDS`."""
    found = crashes(live.log_lines)
    if live.ended:
        found.append(Fault("crash", "the script ended Live: %s" % live.ended))
    return found + off_thread(live) + left_behind(live.log_lines)
