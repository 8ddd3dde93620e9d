"""The kinds of objects that a query may name: Live's classes, and people's words for some of their objects."""

from __future__ import annotations

import difflib
from typing import Any

from remote_script.SetMirror.contract import schema

from . import errors
from .model import Node

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "song": ("Song", {}),
    "track": ("Track", {}),
    "midi track": ("Track", {"role": "tracks", "has_midi_input": True, "is_foldable": [False, None]}),
    "audio track": ("Track", {"role": "tracks", "has_audio_input": True, "is_foldable": [False, None]}),
    "group track": ("Track", {"is_foldable": True}),
    "return track": ("Track", {"role": "return_tracks"}),
    "main track": ("Track", {"role": "master_track"}),
    "scene": ("Scene", {}),
    "clip": ("Clip", {}),
    "midi clip": ("Clip", {"is_midi_clip": True}),
    "audio clip": ("Clip", {"is_audio_clip": True}),
    "session clip": ("Clip", {"role": "clip"}),
    "arrangement clip": ("Clip", {"role": "arrangement_clips"}),
    "clip slot": ("ClipSlot", {}),
    "device": ("Device", {}),
    "instrument": ("Device", {"type": 1}),
    "audio effect": ("Device", {"type": 2}),
    "midi effect": ("Device", {"type": 4}),
    "rack": ("RackDevice", {}),
    "plugin": ("PluginDevice", {}),
    "parameter": ("DeviceParameter", {}),
    "chain": ("Chain", {}),
    "drum pad": ("DrumPad", {}),
    "cue point": ("CuePoint", {}),
    "locator": ("CuePoint", {}),
    "groove": ("Groove", {}),
    "take lane": ("TakeLane", {}),
}
"""Words of people → class and required properties; Live's class names are understood as well."""


def schema_is_a(type_: str, class_: str) -> bool:
    """True when objects of class `type_` are `class_`; a class that the table does not know only equals itself."""
    return type_ == class_ or (type_ in schema.CLASSES and schema.is_a(type_, class_))


def class_and_properties(kind: str) -> tuple[str, dict[str, Any]]:
    """The class of a kind, and the properties that its objects have; InvalidValue for an unknown kind."""
    if kind in schema.CLASSES:
        return kind, {}
    word = kind.casefold().replace("_", " ").strip()
    for form in (word, word[:-1] if word.endswith("s") else word):
        if form in KINDS:
            return KINDS[form]
    for name in schema.CLASSES:
        if name.casefold() == word.replace(" ", ""):
            return name, {}
    near = difflib.get_close_matches(word, [*KINDS, *schema.CLASSES], 5, 0.5)
    hint = f"kinds are {', '.join(near or KINDS)}; Live's class names work too"
    raise errors.InvalidValue(f"{kind!r} is no kind of object", kind, hint=hint)


def is_kind(node: Node, kind: str) -> bool:
    """True when an object is of a kind."""
    class_, required = class_and_properties(kind)
    return schema_is_a(node.type, class_) and has_properties(node, required)


def has_properties(node: Node, required: dict[str, Any]) -> bool:
    """True when an object has each of these values, or one of a list of values."""
    for name, wanted in required.items():
        value = node.role if name == "role" else node.props.get(name)
        if isinstance(wanted, list):
            if value not in wanted:
                return False
        elif value != wanted:
            return False
    return True
