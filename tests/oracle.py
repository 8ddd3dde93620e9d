"""The oracle: walks Live's objects and compares every property of every object with the mirror.

It reads Live as any script would, with the schema's names but without the product's reading code, and walks the mirror
from its root at the same time. Only gauges are left out, which are never part of a revision.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from remote_script.SetMirror.contract import schema

UNREADABLE = (RuntimeError, AttributeError, TypeError)
"""Live's errors for a property that does not apply, is too new, or has no value."""

PITCH_FIELDS = ("index_in_octave", "octave", "frequency")
"""Attributes of a tuning system's pitches, which Live has as objects."""
ABSENT = "<absent>"
SPECIAL = ("child", "children", "ref", "refs", "envelopes", "notes")
"""Types of properties whose values are not compared as plain values."""


@cache
def _compared(name: str) -> list[schema.Property]:
    """The properties of a class that are compared: all but gauges."""
    return [prop for prop in schema.properties(name).values() if prop.kind != "gauge"]


def _class_of(thing: Any, declared: str) -> str:
    name = type(thing).__name__
    if name == "View" or name not in schema.CLASSES or not schema.is_a(name, declared):
        return declared
    return name


def _notes(clip: Any) -> list[list[Any]]:
    return sorted(
        [
            n.note_id,
            n.pitch,
            n.start_time,
            n.duration,
            n.velocity,
            n.mute,
            n.probability,
            n.velocity_deviation,
            n.release_velocity,
        ]
        for n in clip.get_notes_extended(0, 128, -1e9, 2e9)
    )


class Oracle:
    """One comparison; `differences` has texts such as "ref.property: Live …, mirror …"."""

    def __init__(self, song: Any, application: Any, mirror: Any) -> None:
        self.mirror = mirror
        self.application = application
        self.differences: list[str] = []
        self.objects = 0
        self.values = 0
        self._ids: dict[int, int] = {}
        self._later: list[tuple[str, Any, Any, schema.Property]] = []
        self._clips: list[tuple[str, Any, Any, int]] = []
        self._parameters: dict[int, list[Any]] = {}
        self._track = 0
        self._walk("song", song, "Song", mirror.resolve("song"))
        for where, live, node, prop in self._later:
            self._reference(where, live, node, prop)
        for where, clip, node, track in self._clips:
            self._envelopes(where, clip, node, self._parameters.get(track, []))

    def _differ(self, where: str, live: Any, mirrored: Any) -> None:
        self.differences.append(f"{where}: Live {live!r}, mirror {mirrored!r}")

    def _read(self, thing: Any, prop: schema.Property) -> Any:
        try:
            if prop.name == "application":
                return self.application
            if prop.reads:
                method, argument = prop.reads
                return getattr(thing, method)(getattr(thing, argument))
            if prop.type == "notes":
                return _notes(thing)
            return getattr(thing, prop.name)
        except UNREADABLE:
            return ABSENT

    def _walk(self, where: str, thing: Any, declared: str, node: Any) -> None:
        name = _class_of(thing, declared)
        self.objects += 1
        pointer = getattr(thing, "_live_ptr", None)
        if pointer is not None:
            self._ids[pointer] = node.id
        if node.type != name:
            self._differ(f"{where} (class)", name, node.type)
            return
        above = self._track
        if name == "Track":
            self._track = pointer or 0
        elif name == "DeviceParameter":
            self._parameters.setdefault(self._track, []).append(thing)
        self._properties(where, thing, name, node)
        self._track = above

    def _properties(self, where: str, thing: Any, name: str, node: Any) -> None:
        for prop in _compared(name):
            self.values += 1
            value = self._read(thing, prop)
            if prop.type not in SPECIAL:
                mirrored, value = node.props.get(prop.name, ABSENT), self._plain(value, prop)
                if value != mirrored:
                    self._differ(f"{where}.{prop.name}", value, mirrored)
                continue
            spot = f"{where}.{prop.name}"
            if prop.is_tree:
                self._tree(where, spot, value, node, prop)
            elif prop.type in ("ref", "refs"):
                self._later.append((spot, value, node, prop))
            elif prop.type == "envelopes":
                self._clips.append((spot, thing, node, self._track))
            else:
                mirrored = (
                    ABSENT if "notes" not in node.props and value is ABSENT
                    else sorted([*self._note(n)] for n in self.mirror.notes(node.id))
                )  # fmt: skip
                if value != mirrored:
                    self._differ(spot, value, mirrored)

    @staticmethod
    def _note(note: Any) -> tuple[Any, ...]:
        return (
            note.note_id, note.pitch, note.start_time, note.duration, note.velocity, note.mute,
            note.probability, note.velocity_deviation, note.release_velocity,
        )  # fmt: skip

    @staticmethod
    def _plain(value: Any, prop: schema.Property) -> Any:
        if value is ABSENT or value is None:
            return value
        if prop.type == "routing":
            return value.display_name
        if prop.type == "routings":
            return [v.display_name for v in value]
        if prop.type == "warp_markers":
            return [[m.sample_time, m.beat_time] for m in value]
        if prop.type in ("bools", "ints", "floats", "strs"):
            return list(value)
        if prop.type == "bool":
            return bool(value)
        if prop.type == "int":
            return int(value)
        if prop.type == "json":
            return {name: getattr(value, name) for name in PITCH_FIELDS if hasattr(value, name)} or value
        if prop.type == "float" and not math.isfinite(value):
            return None  # JSON has no infinity, such as a compressor's ratio has
        return value

    def _tree(self, where: str, spot: str, value: Any, node: Any, prop: schema.Property) -> None:
        path = "" if where == "song" else where + "/"
        mirrored = node.children.get(prop.name, ABSENT)
        if value is ABSENT:
            if mirrored not in (ABSENT, None, ()):
                self._differ(spot, value, mirrored)
        elif prop.type == "child":
            if (value == None) != (mirrored in (ABSENT, None)):  # noqa: E711 - a dead object is equal to None
                self._differ(spot, value, mirrored)
            elif value != None:  # noqa: E711
                self._walk(f"{path}{prop.name}", value, prop.of, self.mirror.node(mirrored))
        elif mirrored is ABSENT or len(value) != len(mirrored):
            self._differ(f"{spot} (length)", len(value), mirrored)
        else:
            for index, (child, identity) in enumerate(zip(value, mirrored, strict=True)):
                self._walk(f"{path}{prop.name}/{index}", child, prop.of, self.mirror.node(identity))

    def _envelopes(self, spot: str, clip: Any, node: Any, parameters: list[Any]) -> None:
        in_live = {}
        for parameter in parameters if clip.has_envelopes else ():
            envelope = clip.automation_envelope(parameter)
            if envelope is not None and hasattr(envelope, "events_in_range"):
                events = envelope.events_in_range(-1e6, 1e6)
                in_live[self._ids[parameter._live_ptr]] = [[e.time, e.value] for e in events]
        mirrored = {
            lane["parameter"]: [list(event) for event in lane["events"]]
            for lane in node.props.get("automation_envelopes") or ()
        }
        if in_live != mirrored:
            self._differ(spot, in_live, mirrored)

    def _reference(self, spot: str, value: Any, node: Any, prop: schema.Property) -> None:
        mirrored = node.props.get(prop.name, ABSENT)
        if value is ABSENT:
            expected: Any = ABSENT
        elif prop.type == "ref":
            expected = None if value == None else self._ids.get(value._live_ptr, "an object not reached")  # noqa: E711
        else:
            expected = [self._ids.get(one._live_ptr, "an object not reached") for one in value]
        if expected != (list(mirrored) if isinstance(mirrored, tuple) else mirrored):
            self._differ(spot, expected, mirrored)


def differences(song: Any, application: Any, mirror: Any) -> list[str]:
    """Every difference between Live and the mirror; empty when they are equal."""
    return Oracle(song, application, mirror).differences
