"""A person's actions as a file: JSON lines as `person` has them, with times, in real or in virtual time.

    # Empty lines and lines that begin with # are ignored.
    {"at": 0.5, "do": "set", "ref": "song", "name": "tempo", "value": 90}
    {"wait": 1, "do": "menu", "seconds": 2}
    {"do": "call", "ref": "scenes/0", "method": "fire"}

`at` is seconds from the start, `wait` seconds after the line before; a line without either follows at once. Actions
wait while the UI hangs. The whole file is checked before the first action. The script ends at the first line that
Live refuses, except at a line with `"fails": true`; the script also ends when Live accepts such a line.
`python -m remote_script.headless --person FILE` then exits with status 1.
"""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from .person import Actions, check

TIMES = ("at", "wait", "fails")


class PersonScriptError(ValueError):
    """An invalid script file, or a line that failed; the text names the file and the line."""


class Line(NamedTuple):
    number: int
    at: float
    action: Dict[str, Any]
    fails: bool


def read(text: str, name: str = "person") -> List[Line]:
    """The lines of a script, each with its time in seconds from the start.

    Raises:
      PersonScriptError: a line is not a valid action, or its time is before the time of the line above.
    """
    lines: List[Line] = []
    now = 0.0
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        try:
            action = json.loads(raw)
            check(action, TIMES)
            now = _moment(action, now)
        except (ValueError, RecursionError) as problem:
            raise PersonScriptError("%s, line %d: %s" % (name, number, problem)) from None
        fails = bool(action.pop("fails", False))
        lines.append(Line(number, now, {key: action[key] for key in action if key not in TIMES}, fails))
    return lines


def _moment(action: Dict[str, Any], now: float) -> float:
    if "at" in action and "wait" in action:
        raise ValueError("a line has at or wait, not both")
    moment = action.get("at", action.get("wait", 0.0))
    if isinstance(moment, bool) or not isinstance(moment, (int, float)) or not 0.0 <= moment < 1e6:
        raise ValueError("at and wait must be numbers from 0 to a million, got %r" % (moment,))
    if "at" not in action:
        return now + float(moment)
    if moment < now:
        raise ValueError("at must not be before the line above it, which is at %g, got %g" % (now, moment))
    return float(moment)


class PersonScript:
    """Plays a script on a headless Live; `done` at its end, `failed` has the error that ended the script early."""

    def __init__(self, live: Any, load: Any, lines: List[Line], name: str = "person") -> None:
        self._live, self._lines, self._name = live, list(lines), name
        self._actions = Actions(live, load)
        self._on_answer: Optional[Callable[[Dict[str, Any]], None]] = None
        self._began = 0.0
        self.done = not lines
        self.failed: Optional[PersonScriptError] = None

    def begin(self, on_answer: Optional[Callable[[Dict[str, Any]], None]] = None) -> None:
        """Start now; `on_answer` is called with each line's answer (`line`, `ok`, `error`, `result`)."""
        self._on_answer, self._began = on_answer, self._live.clock.now()
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
            # An earlier action of this tick made the UI hang.
            self._next()
            return
        line = self._lines.pop(0)
        answer: Dict[str, Any] = {"line": line.number, "ok": True}
        try:
            answer.update(self._actions.carry_out(line.action))
            problem = "the line has fails: true, but Live accepted it" if line.fails else ""
        except Exception as refusal:
            problem = "" if line.fails else "%s: %s" % (type(refusal).__name__, refusal)
        if problem:
            self.failed = PersonScriptError("%s, line %d: %s" % (self._name, line.number, problem))
            answer.update(ok=False, error=str(self.failed))
            self._lines = []
        if self._on_answer is not None:
            self._on_answer(answer)
        self._next()
