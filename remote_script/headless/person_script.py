"""A person's actions as a file: JSON lines as `person` has them, with times, in real or in virtual time.

    # An empty line and a line that begins with # are nothing.
    {"at": 0.5, "do": "set", "ref": "song", "name": "tempo", "value": 90}
    {"wait": 1, "do": "menu", "seconds": 2}
    {"do": "call", "ref": "scenes/0", "method": "fire"}

`at` is seconds from the beginning, `wait` seconds after the line before; without either a line follows at once. What
a person cannot do while the UI hangs waits until it does no longer. The file is checked before anything is done. The
first line that Live refuses ends the script, unless it says `"fails": true`, and then it has to fail.
`python -m remote_script.headless --person FILE` ends then with status 1.
"""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from .person import Wishes, check

TIMES = ("at", "wait", "fails")


class PersonScriptError(ValueError):
    """A file that is no such script, or a line of it that went wrong; the text names file and line."""


class Line(NamedTuple):
    number: int
    at: float
    wish: Dict[str, Any]
    fails: bool


def read(text: str, name: str = "person") -> List[Line]:
    """The lines of a script, each with its moment in seconds from the beginning.

    Raises:
      PersonScriptError: one is no wish, or goes back in time.
    """
    lines: List[Line] = []
    now = 0.0
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        try:
            wish = json.loads(raw)
            check(wish, TIMES)
            now = _moment(wish, now)
        except (ValueError, RecursionError) as problem:
            raise PersonScriptError("%s, line %d: %s" % (name, number, problem)) from None
        fails = bool(wish.pop("fails", False))
        lines.append(Line(number, now, {key: wish[key] for key in wish if key not in TIMES}, fails))
    return lines


def _moment(wish: Dict[str, Any], now: float) -> float:
    if "at" in wish and "wait" in wish:
        raise ValueError("a line has at or wait, not both")
    given = wish.get("at", wish.get("wait", 0.0))
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0.0 <= given < 1e6:
        raise ValueError("at and wait must be numbers from 0 to a million, got %r" % (given,))
    if "at" not in wish:
        return now + float(given)
    if given < now:
        raise ValueError("at must not be before the line above it, which is at %g, got %g" % (now, given))
    return float(given)


class PersonScript:
    """Plays a script on a headless Live; `done` once it has ended, `failed` with what ended it early."""

    def __init__(self, live: Any, load: Any, lines: List[Line], name: str = "person") -> None:
        self._live, self._lines, self._name = live, list(lines), name
        self._wishes = Wishes(live, load)
        self._told: Optional[Callable[[Dict[str, Any]], None]] = None
        self._began = 0.0
        self.done = not lines
        self.failed: Optional[PersonScriptError] = None

    def begin(self, told: Optional[Callable[[Dict[str, Any]], None]] = None) -> None:
        """From now on; `told` hears the answer of each line (`line`, `ok`, `error`, `result`)."""
        self._told, self._began = told, self._live.clock.now()
        self._next()

    def _next(self) -> None:
        if not self._lines:
            self.done = True
            return
        live = self._live
        due = max(self._began + self._lines[0].at, live.stalled_until, live.clock.now())
        live.scheduler.at(due, self._do)

    def _do(self) -> None:
        if self._live.clock.now() < self._live.stalled_until:
            # The UI began to hang within this very moment.
            self._next()
            return
        line = self._lines.pop(0)
        answer: Dict[str, Any] = {"line": line.number, "ok": True}
        try:
            answer.update(self._wishes.carry_out(line.wish))
            problem = "this was to fail, and did not" if line.fails else ""
        except Exception as refusal:
            problem = "" if line.fails else "%s: %s" % (type(refusal).__name__, refusal)
        if problem:
            self.failed = PersonScriptError("%s, line %d: %s" % (self._name, line.number, problem))
            answer.update(ok=False, error=str(self.failed))
            self._lines = []
        if self._told is not None:
            self._told(answer)
        self._next()
