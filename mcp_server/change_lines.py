"""Changes and envelopes as answers show them: notes as compact text, parameters by ref and owner, times of day."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from mirror import Mirror, Note, values

from . import notation, units
from .history.changes import LoggedChange

LONGEST = 300
"""Characters of the notes in one line; more notes are shown as their number."""


def line(mirror: Mirror, change: LoggedChange) -> dict[str, Any]:
    """A change as one line of an answer."""
    event = change.event
    shown: dict[str, Any] = {}
    for name, value in change.to_json().items():
        if name == "time":
            shown["at"] = clock(event.time, mirror.log.now())
        elif name == "object_name" and event.type == "DeviceParameter":
            shown[name] = with_owner(mirror, event.id, value)
        elif name in ("before", "after") and event.kind == "content":
            shown[name] = note_text(getattr(event, name))
        elif name in ("before", "after") and event.name == "automation_envelopes":
            shown[name] = envelopes(mirror, getattr(event, name))
        elif name in ("before", "after"):
            shown[name] = values.answered(event.type, event.name, value)
        else:
            shown[name] = value
    return shown


def clock(at: float, now: float) -> str:
    """A time by the local clock, with the date if it is not today's."""
    date, present = (time.strftime("%Y-%m-%d", time.localtime(moment)) for moment in (at, now))
    text = time.strftime("%H:%M:%S", time.localtime(at))
    return text if date == present else f"{date} {text}"


def with_owner(mirror: Mirror, id_: int, name: str) -> str:
    """A parameter's name after the name of its device, or of its track for mixer parameters: "Bass: Track Volume"."""
    owner = next((node for node in mirror.store.lineage(id_) if node.name and node.id != id_), None)
    return f"{owner.name}: {name}" if owner is not None else name


def note_text(notes: Sequence[Any]) -> Any:
    """Notes in the compact form; only their number if the text would be long."""
    text = notation.timeline(msgspec.convert(msgspec.to_builtins(notes), list[Note]), name=units.pitch_name)
    return text if len(text) <= LONGEST else {"notes": len(notes)}


def envelopes(mirror: Mirror, value: Any) -> Any:
    """The envelopes of a clip with their parameters as refs and names; points as (beats, Live's value)."""
    if not isinstance(value, list | tuple):
        return value
    return [_envelope(mirror, envelope) for envelope in value]


def _envelope(mirror: Mirror, envelope: Any) -> Any:
    id_: Any = envelope.get("parameter") if isinstance(envelope, dict) else None
    parameter = mirror.store.nodes.get(id_)
    if parameter is None:
        return envelope
    return {
        **envelope,
        "parameter": mirror.store.ref(parameter.id),
        "name": with_owner(mirror, parameter.id, parameter.name),
        "events": [[point[0], *map(_neat, point[1:])] for point in envelope.get("events") or ()],
    }


def _neat(value: Any) -> Any:
    return values.neat(value) if isinstance(value, float) else value
