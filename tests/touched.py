"""The real effects in headless Live: the difference of two full readings, by object.

It reads Live as any script would, with the schema's names but without the product's reading code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from mcp_server.effects import effects_of
from mirror import Call
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.layouts import root_class
from tests.oracle import ABSENT, UNREADABLE, Oracle, _class_of, _notes
from tests.whole import Whole

Key = tuple[str, int]
"""The base class and the pointer of an object: pointers of different bases may be equal."""

SOUNDING = ("is_playing", "is_triggered", "is_recording")
LAUNCHED = ("Clip", "Scene", "ClipSlot")
CONTENT = ("notes", "warp_markers", "envelopes")


@cache
def _relevant(name: str) -> list[schema.Property]:
    """The properties of a class that a reading stores or follows: children, content, values and playing state."""
    return [
        prop
        for prop in schema.properties(name).values()
        if prop.kind != "gauge"
        and prop.name != "application"
        and (
            prop.is_tree
            or prop.is_edit
            or prop.type in CONTENT
            or (prop.name in SOUNDING and name in LAUNCHED)
        )
    ]


@dataclass
class Object:
    """An object at the time of reading: its place, its editable values, and its playing state."""

    key: Key
    type: str
    ref: str
    parent: Key | None
    edits: dict[str, Any] = field(default_factory=dict)
    sounds: dict[str, Any] = field(default_factory=dict)


class Reading:
    """All objects of the Set at one moment."""

    def __init__(self, song: Any) -> None:
        self.objects: dict[Key, Object] = {}
        self._clips: list[tuple[Object, Any, list[Any]]] = []
        self._walk(song, "Song", "song", None, [])
        for record, clip, parameters in self._clips:
            record.edits["automation_envelopes"] = self._envelopes(clip, parameters)

    def _walk(self, thing: Any, declared: str, ref: str, parent: Key | None, parameters: list[Any]) -> None:
        name = _class_of(thing, declared)
        key = (root_class(name), thing._live_ptr)
        record = self.objects[key] = Object(key, name, ref, parent)
        if name == "Track":
            parameters = []
        elif name == "DeviceParameter":
            parameters.append(thing)
        path = "" if ref == "song" else f"{ref}/"
        for prop in _relevant(name):
            try:
                value = _notes(thing) if prop.type == "notes" else getattr(thing, prop.name, ABSENT)
            except UNREADABLE:
                continue
            if value is ABSENT:
                continue
            if prop.type == "child":
                if value != None:  # noqa: E711 - a dead object is equal to None
                    self._walk(value, prop.of, f"{path}{prop.name}", key, parameters)
            elif prop.type == "children":
                for number, child in enumerate(value):
                    self._walk(child, prop.of, f"{path}{prop.name}/{number}", key, parameters)
            elif prop.type == "envelopes":
                self._clips.append((record, thing, parameters))
            elif prop.name in SOUNDING and name in LAUNCHED:
                record.sounds[prop.name] = bool(value)
            else:
                record.edits[prop.name] = self._plain(value, prop)

    @staticmethod
    def _plain(value: Any, prop: schema.Property) -> Any:
        if prop.type == "ref":
            return None if value == None else value._live_ptr  # noqa: E711
        if prop.type == "refs":
            return [reference._live_ptr for reference in value]
        return Oracle._plain(value, prop)

    @staticmethod
    def _envelopes(clip: Any, parameters: list[Any]) -> Any:
        envelopes = {}
        for parameter in parameters if clip.has_envelopes else ():
            envelope = clip.automation_envelope(parameter)
            if envelope is not None and hasattr(envelope, "events_in_range"):
                envelopes[parameter._live_ptr] = [
                    (e.time, e.value) for e in envelope.events_in_range(-1e6, 1e6)
                ]
        return envelopes

    def line(self, key: Key) -> list[Key]:
        """The keys of the object and of all objects above."""
        lineage = []
        ancestor: Key | None = key
        while ancestor is not None:
            lineage.append(ancestor)
            ancestor = self.objects[ancestor].parent
        return lineage


@dataclass
class Difference:
    """The effects between two readings."""

    created: list[Object]
    removed: list[Object]
    edited: list[tuple[Object, str, Any, Any]]
    sounded: list[Object]

    def __init__(self, before: Reading, after: Reading) -> None:
        self.created = [after.objects[key] for key in after.objects if key not in before.objects]
        self.removed = [before.objects[key] for key in before.objects if key not in after.objects]
        self.edited, self.sounded = [], []
        for key, was in before.objects.items():
            now = after.objects.get(key)
            if now is None:
                continue
            for name in was.edits.keys() & now.edits.keys():
                if was.edits[name] != now.edits[name]:
                    self.edited.append((was, name, was.edits[name], now.edits[name]))
            if was.sounds != now.sounds:
                self.sounded.append(was)


class Watch:
    """The predicted effects of a call and, after the call, its effects beyond these."""

    def __init__(
        self,
        whole: Whole,
        target: Any,
        method: schema.Method,
        args: dict[str, Any],
        before: Reading | None = None,
    ) -> None:
        """Start watching; `before` is a reading of the present Live, if the test has one already."""
        self.effects = effects_of(whole.mirror.store, [Call(target, method.name, args)])
        self._method = method
        self._song = whole.stage.live.song
        self._before = before or Reading(self._song)
        rows = whole.stage.script.batcher.shadow.rows
        self._keys = {
            id_: (rows[id_].layout.root, rows[id_].ptr) for effect in self.effects for id_ in effect.ids
        }

    def undeclared(self) -> list[str]:
        """The effects that the method's row in the schema does not declare."""
        after = Reading(self._song)
        really = Difference(self._before, after)
        going = {self._keys[id_] for effect in self.effects if effect.kind == "delete" for id_ in effect.ids}
        about = set(self._keys.values())
        made = {created.key for created in really.created}
        differences = []
        for touched in really.removed:
            if not going.intersection(self._before.line(touched.key)):
                differences.append(f"{touched.ref} ({touched.type}) went")
        for touched in really.created:
            inside = made.intersection(after.line(touched.key)[1:])
            if not inside and not any(schema.is_a(touched.type, type_) for type_ in self._method.creates):
                differences.append(f"{touched.ref} ({touched.type}) came")
        for touched, name, was, now in really.edited:
            automated = self._method.plays is not None and touched.type == "DeviceParameter"
            # A playing clip moves the parameters in its envelopes.
            if touched.key not in about and not automated and not _follows(name, was, now):
                differences.append(
                    f"{name} of {touched.ref} ({touched.type}) was edited: {was!r}, now {now!r}"
                )
        for touched in really.sounded:
            if touched.key not in about and touched.type == "Clip":
                differences.append(f"{touched.ref} sounds otherwise")
        return differences


_NUMBER = re.compile(r"(\d+|[A-Z])(?=-)")


def _follows(name: str, was: Any, now: Any) -> bool:
    """True for Live's own new numbers and letters in default names of tracks and returns."""
    return name == "name" and _NUMBER.sub("", was, 1) == _NUMBER.sub("", now, 1)
