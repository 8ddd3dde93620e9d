"""The user's settings of the script: `script.json` in SetMirror's folder (see `auth.home`), read at the start.

    {"port": 9860, "budget_ms": 4.1, "audit_ms": 0.14, "awake_share": 0.4, "undo_apart": false}

Every key is optional. For an invalid value the script writes a line to Live's log and uses the default.
"""

from __future__ import annotations

import json
import os
from typing import Any, Callable, Dict, NamedTuple

from .contract import auth
from .contract.files import Unreadable, read_regular
from .contract.limits import PORT

BUDGET_MS = 4.1
"""Time in one pump for building and flushing: with the last step and sending the pump stays below 5 ms."""
AUDIT_MS = 0.14
"""Average time of an idle pump, with rounds and audit: invisible in Live's CPU meter; see `audit_time`."""
AWAKE_SHARE = 0.4
"""Share of Live's main thread while a client works in lock-step; see `awake`."""
_LIMITS = {"port": (0, 65535), "budget_ms": (0.5, 12.0), "audit_ms": (0.01, 4.0), "awake_share": (0.0, 0.8)}
_SWITCHES = ("undo_apart",)
_FILE_BYTES = 64 * 1024


class Settings(NamedTuple):
    """`port` 0 is any free port; milliseconds are those of one pump of 10 ms on Live's main thread."""

    port: int = PORT
    budget_ms: float = BUDGET_MS
    audit_ms: float = AUDIT_MS
    awake_share: float = AWAKE_SHARE
    undo_apart: bool = False
    """Run at most one write per tick of the timer, in case Live merges two undo steps of one turn into one entry."""


def load(log: Callable[[str], None]) -> Settings:
    """The user's settings. `SETMIRROR_PORT` overrides the file's port; never raises."""
    settings: Dict[str, Any] = {}
    path = os.path.join(auth.home(), "script.json")
    try:
        loaded = json.loads(read_regular(path, _FILE_BYTES).decode("utf-8"))
        if not isinstance(loaded, dict):
            raise ValueError("it must be an object")
    except FileNotFoundError:
        loaded = {}
    except (OSError, Unreadable, ValueError, RecursionError) as problem:
        log("SetMirror: {} is ignored: {}".format(path, problem))
        loaded = {}
    named = os.environ.get("SETMIRROR_PORT", "").strip()
    if named:
        loaded["port"] = int(named) if named.isascii() and named.isdigit() and len(named) < 10 else named
    for name, value in loaded.items():
        wrong = _wrong(name, value)
        if wrong:
            source = "SETMIRROR_PORT" if named and name == "port" else path
            log("SetMirror: {}: {}; the default is used".format(source, wrong))
        else:
            settings[name] = value
    return Settings(**settings)


def _wrong(name: str, value: Any) -> str:
    if name in _SWITCHES:
        return "" if isinstance(value, bool) else "{} must be true or false, got {!r}".format(name, value)
    if name not in _LIMITS:
        known = sorted(_LIMITS) + list(_SWITCHES)
        return "there is no setting {!r}; there are {}".format(name, ", ".join(known))
    low, high = _LIMITS[name]
    right = isinstance(value, int) if name == "port" else isinstance(value, (int, float))
    if not right or isinstance(value, bool) or not low <= value <= high:
        return "{} must be {} to {}, got {!r}".format(name, low, high, value)
    return ""
