"""A person at Live's mouse and keyboard, as JSON lines: what tests and demonstrations let them do.

    {"id": 1, "do": "set", "ref": "tracks/0", "name": "name", "value": "Bass"}
    {"id": 2, "do": "call", "ref": "song", "method": "create_midi_track", "args": [-1]}
    {"id": 3, "do": "get", "ref": "song", "name": "tempo"}
    {"id": 4, "do": "open_set", "file": "Set.als"}        no file: the Set that Live opens with
    {"id": 5, "do": "stall", "seconds": 2}

A ref is a path from the song ("tracks/2/devices/0", "song", "application"). `{"ref": …}` stands for an
object among the arguments and as a value; routings are named by their display names, notes are dicts.
Each edit is an entry of its own in the history. The answer tells `t`, `time.monotonic()` right when the
change was made.
"""

from __future__ import annotations

import json
import time
from typing import Any, Dict, Optional

from .boost import Enum, is_vector
from .handles import Handle
from .values import MidiNoteSpecification

ROUTINGS = ("input_routing_type", "input_routing_channel", "output_routing_type", "output_routing_channel")


def find(live: Any, ref: str) -> Any:
    """The object at a path. LookupError when there is none."""
    parts = [part for part in ref.split("/") if part]
    held = live.song
    if parts and parts[0] == "application":
        held, parts = live.application, parts[1:]
    elif parts and parts[0] == "song":
        parts = parts[1:]
    for part in parts:
        try:
            held = held[int(part)] if part.lstrip("-").isdigit() else getattr(held, part)
        except (IndexError, AttributeError, TypeError):
            raise LookupError("there is no %r in %r" % (part, ref)) from None
        if held is None:
            raise LookupError("there is no %r in %r" % (part, ref))
    return held


def incoming(live: Any, value: Any) -> Any:
    """A JSON value as a script would pass it."""
    if isinstance(value, dict) and set(value) == {"ref"}:
        return find(live, value["ref"])
    if isinstance(value, dict) and "pitch" in value:
        return MidiNoteSpecification(**{key: each for key, each in value.items() if key != "note_id"})
    if isinstance(value, list):
        return tuple(incoming(live, each) for each in value)
    return value


def outgoing(value: Any) -> Any:
    """What can be told of a result in JSON."""
    if isinstance(value, Enum):
        return int(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)) or is_vector(value):
        return [outgoing(each) for each in value]
    if isinstance(value, Handle):
        return {"type": type(value).__name__, "name": getattr(value._node, "name", None)}
    return str(value)


class Wishes:
    """Carries out one line after the other on Live's main thread."""

    def __init__(self, live: Any, load: Any) -> None:
        self._live, self._load = live, load

    def answer(self, line: str) -> Optional[Dict[str, Any]]:
        """Do what a line says; None for an empty one."""
        if not line.strip():
            return None
        number: Any = None
        try:
            wish = json.loads(line)
            number = wish.get("id")
            result = self._do(wish)
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

    def _do(self, wish: Dict[str, Any]) -> Dict[str, Any]:
        live, what = self._live, wish["do"]
        if what == "set":
            return self._edit(lambda song: self._set(wish["ref"], wish["name"], wish["value"]))
        if what == "call":
            return self._edit(lambda song: self._call(wish["ref"], wish["method"], wish.get("args", [])))
        if what == "get":
            return {"result": outgoing(getattr(find(live, wish["ref"]), wish["name"]))}
        if what == "open_set":
            file = wish.get("file")
            live.open_set(self._load(file) if file else None)
            return {}
        if what == "stall":
            live.scheduler.after(0.0, lambda: live.stall(float(wish["seconds"])))
            return {}
        raise ValueError("do must be one of set, call, get, open_set, stall, got %r" % what)

    def _edit(self, action: Any) -> Dict[str, Any]:
        def timed(song: Any) -> Dict[str, Any]:
            result = action(song)
            return {"t": time.monotonic(), "result": outgoing(result)}

        done: Dict[str, Any] = self._live.person.do(timed)
        return done

    def _set(self, ref: str, name: str, value: Any) -> None:
        target = find(self._live, ref)
        value = incoming(self._live, value)
        if name in ROUTINGS and isinstance(value, str):
            offered = getattr(target, "available_%ss" % name)
            value = next((each for each in offered if each.display_name == value), value)
        setattr(target, name, value)

    def _call(self, ref: str, method: str, args: Any) -> Any:
        target = getattr(find(self._live, ref), method)
        if isinstance(args, dict):
            return target(**{key: incoming(self._live, each) for key, each in args.items()})
        return target(*[incoming(self._live, each) for each in args])
