"""A person at Live's mouse, keyboard and controller, as JSON lines: the actions that tests and demonstrations use.

    {"id": 1, "do": "set", "ref": "tracks/0", "name": "name", "value": "Bass"}
    {"id": 2, "do": "call", "ref": "song", "method": "create_midi_track", "args": [-1]}
    {"id": 3, "do": "get", "ref": "song", "name": "tempo"}                with "is": 120 refused for another value
    {"id": 4, "do": "open_set", "file": "Set.als", "seconds": 5}          without file: the Set that Live opens with
    {"id": 5, "do": "stall", "seconds": 2}                                the UI hangs; "menu": an open menu
    {"id": 6, "do": "dialog", "message": "Save?", "buttons": 2}           a message box; "press" answers it
    {"id": 7, "do": "midi", "script": "MyScript", "message": [144, 60, 127]}   a controller's message to a script
    {"id": 8, "do": "play", "notes": [{"pitch": 60, "at": 0.5, "seconds": 0.25, "velocity": 90}]}   a keyboard's
    keys
    {"id": 9, "do": "switch", "script": "MyScript", "on": false}   off or on in the settings; "reload" does both
    {"id": 10, "do": "quit"}

A ref is a path from the song ("tracks/2/devices/0", "song", "application"). `{"ref": …}` stands for an object among
the arguments and as a value; routings are given by their display names, notes are dicts. Each edit is its own entry
in the history. The answer has `t`, `time.monotonic()` right after the change. `person_script` reads a file of such
lines, with times.
"""

from __future__ import annotations

import json
import time
from typing import Any, Dict, NamedTuple, Optional, Tuple

from .api.boost import Enum, is_vector
from .api.handles import Handle
from .api.values import MidiNoteSpecification
from .model.application import Dialog


class Verb(NamedTuple):
    """The required and the optional keys of an action, besides `do` and `id`."""

    needs: Tuple[str, ...]
    may: Tuple[str, ...] = ()


VERBS: Dict[str, Verb] = {
    "set": Verb(("ref", "name", "value")),
    "call": Verb(("ref", "method"), ("args",)),
    "get": Verb(("ref", "name"), ("is",)),
    "open_set": Verb((), ("file", "seconds")),
    "stall": Verb(("seconds",)),
    "menu": Verb(("seconds",)),
    "dialog": Verb(("message",), ("buttons",)),
    "press": Verb((), ("button",)),
    "midi": Verb(("message",), ("script",)),
    "play": Verb(("notes",)),
    "switch": Verb(("script", "on")),
    "reload": Verb(("script",)),
    "quit": Verb(()),
}


class Refused(Exception):
    """A value in Live differs from the person's expectation (`is`)."""


def check(action: Any, more: Tuple[str, ...] = ()) -> None:
    """Raise ValueError for an invalid action. `more`: keys that are allowed besides the verb's keys."""
    if not isinstance(action, dict):
        raise ValueError("an action is a JSON object, got %s" % type(action).__name__)
    verb = VERBS.get(action.get("do", ""))
    if verb is None:
        raise ValueError("do must be one of %s, got %r" % (", ".join(VERBS), action.get("do")))
    missing = [key for key in verb.needs if key not in action]
    if missing:
        raise ValueError("%s needs %s" % (action["do"], ", ".join(missing)))
    known = ("do", "id", *verb.needs, *verb.may, *more)
    unknown = [key for key in action if key not in known]
    if unknown:
        raise ValueError("%s does not know %s" % (action["do"], ", ".join(unknown)))
    seconds = action.get("seconds", 0.0)
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0.0 <= seconds < 1e6:
        raise ValueError("seconds must be a number from 0 to a million, got %r" % (seconds,))


ROUTINGS = ("input_routing_type", "input_routing_channel", "output_routing_type", "output_routing_channel")


def find(live: Any, ref: str) -> Any:
    """The object at a path. LookupError for a path without an object."""
    parts = [part for part in ref.split("/") if part]
    reached = live.song
    if parts and parts[0] == "application":
        reached, parts = live.application, parts[1:]
    elif parts and parts[0] == "song":
        parts = parts[1:]
    for part in parts:
        try:
            reached = reached[int(part)] if part.lstrip("-").isdigit() else getattr(reached, part)
        except (IndexError, AttributeError, TypeError):
            raise LookupError("there is no %r in %r" % (part, ref)) from None
        if reached is None:
            raise LookupError("there is no %r in %r" % (part, ref))
    return reached


def incoming(live: Any, value: Any) -> Any:
    """A JSON value as a script would pass it."""
    if isinstance(value, dict) and set(value) == {"ref"}:
        return find(live, value["ref"])
    if isinstance(value, dict) and "pitch" in value:
        return MidiNoteSpecification(**{key: field for key, field in value.items() if key != "note_id"})
    if isinstance(value, list):
        return tuple(incoming(live, member) for member in value)
    return value


def outgoing(value: Any) -> Any:
    """A result of Live as JSON: numbers and texts as they are, objects as type and name."""
    if isinstance(value, Enum):
        return int(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)) or is_vector(value):
        return [outgoing(member) for member in value]
    if isinstance(value, Handle):
        return {"type": type(value).__name__, "name": getattr(value._node, "name", None)}
    return str(value)


def _same(actual: Any, wanted: Any) -> bool:
    if isinstance(actual, float) and isinstance(wanted, (int, float)):
        # Live stores some numbers in single precision.
        return abs(actual - wanted) <= 1e-6 * max(1.0, abs(wanted))
    return bool(actual == wanted)


_PLAYED = {"pitch": (0, 127), "velocity": (1, 127), "at": (0, 1e6), "seconds": (0.001, 1e6)}


def _played(note: Any) -> Dict[str, Any]:
    """The checked arguments of one key press; ValueError for unknown keys and for values out of range."""
    if not isinstance(note, dict) or "pitch" not in note:
        raise ValueError("a note that is played has a pitch, and may have %s" % ", ".join(_PLAYED))
    for name, value in note.items():
        if name not in _PLAYED:
            raise ValueError("a note that is played has %s, not %s" % (", ".join(_PLAYED), name))
        low, high = _PLAYED[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise ValueError("%s must be a number from %g to %g, got %r" % (name, low, high, value))
    return dict(note, pitch=int(note["pitch"]))


class Actions:
    """Carries out actions, one after the other, on Live's main thread."""

    def __init__(self, live: Any, load: Any) -> None:
        self._live, self._load = live, load

    def answer(self, line: str) -> Optional[Dict[str, Any]]:
        """Carry out a line; None for an empty line."""
        if not line.strip():
            return None
        number: Any = None
        try:
            action = json.loads(line)
            number = action.get("id") if isinstance(action, dict) else None
            result = self.carry_out(action)
        except Exception as problem:
            return {"id": number, "ok": False, "error": "%s: %s" % (type(problem).__name__, problem)}
        moment = result.pop("t", None)
        answer: Dict[str, Any] = {
            "id": number,
            "ok": True,
            "t": time.monotonic() if moment is None else moment,
        }
        answer.update(result)
        return answer

    def carry_out(self, action: Dict[str, Any]) -> Dict[str, Any]:
        """Carry out an action; returns its result, with the time `t` of an edit. Raises Live's errors."""
        check(action)
        done: Dict[str, Any] = getattr(self, "_" + action["do"])(action)
        return done

    def _set(self, action: Dict[str, Any]) -> Dict[str, Any]:
        return self._edit(lambda song: self._assign(action["ref"], action["name"], action["value"]))

    def _call(self, action: Dict[str, Any]) -> Dict[str, Any]:
        return self._edit(lambda song: self._invoke(action["ref"], action["method"], action.get("args", [])))

    def _get(self, action: Dict[str, Any]) -> Dict[str, Any]:
        result = outgoing(getattr(find(self._live, action["ref"]), action["name"]))
        if "is" in action and not _same(result, action["is"]):
            raise Refused("%s %s is %r, not %r" % (action["ref"], action["name"], result, action["is"]))
        return {"result": result}

    def _open_set(self, action: Dict[str, Any]) -> Dict[str, Any]:
        file = action.get("file")
        self._live.open_set(self._load(file) if file else None, action.get("seconds"))
        return {}

    def _stall(self, action: Dict[str, Any]) -> Dict[str, Any]:
        live = self._live
        live.scheduler.after(0.0, lambda: live.stall(float(action["seconds"])))
        return {}

    _menu = _stall

    def _dialog(self, action: Dict[str, Any]) -> Dict[str, Any]:
        """Open one of Live's own message boxes, which do not stop Live's ticks (native boxes do: use `stall`)."""
        dialog = Dialog(str(action["message"]), int(action.get("buttons", 1)))
        self._live.document.application.open_dialog(dialog)
        return {}

    def _press(self, action: Dict[str, Any]) -> Dict[str, Any]:
        self._live.application.press_current_dialog_button(int(action.get("button", 0)))
        return {}

    def _midi(self, action: Dict[str, Any]) -> Dict[str, Any]:
        self._script(action.get("script")).receive_midi(tuple(int(byte) for byte in action["message"]))
        return {}

    def _play(self, action: Dict[str, Any]) -> Dict[str, Any]:
        notes = [_played(note) for note in action["notes"]]
        for note in notes:
            self._live.person.play(**note)
        return {}

    def _switch(self, action: Dict[str, Any]) -> Dict[str, Any]:
        script = self._script(action["script"])
        (script.create if action["on"] else script.disconnect)()
        return {}

    def _reload(self, action: Dict[str, Any]) -> Dict[str, Any]:
        self._script(action["script"]).reload()
        return {}

    def _quit(self, action: Dict[str, Any]) -> Dict[str, Any]:
        self._live.stop()
        return {}

    def _script(self, name: Optional[str]) -> Any:
        """The hosted script of that name; without a name, the script that was loaded last."""
        scripts = [script for script in self._live.scripts if name in (None, script.name)]
        if not scripts:
            names = ", ".join(script.name for script in self._live.scripts)
            raise LookupError("there is no script %r, only %s" % (name, names or "none"))
        return scripts[-1]

    def _edit(self, edit: Any) -> Dict[str, Any]:
        def timed(song: Any) -> Dict[str, Any]:
            result = edit(song)
            return {"t": time.monotonic(), "result": outgoing(result)}

        done: Dict[str, Any] = self._live.person.do(timed)
        return done

    def _assign(self, ref: str, name: str, value: Any) -> None:
        target = find(self._live, ref)
        value = incoming(self._live, value)
        if name in ROUTINGS and isinstance(value, str):
            offered = getattr(target, "available_%ss" % name)
            value = next((choice for choice in offered if choice.display_name == value), value)
        setattr(target, name, value)

    def _invoke(self, ref: str, method: str, args: Any) -> Any:
        target = getattr(find(self._live, ref), method)
        if isinstance(args, dict):
            return target(**{key: incoming(self._live, argument) for key, argument in args.items()})
        return target(*[incoming(self._live, argument) for argument in args])
