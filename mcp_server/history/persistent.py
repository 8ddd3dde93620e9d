"""The properties that count as values of a Set: reverts restore them and differences report them."""

from __future__ import annotations

from mirror import Node
from remote_script.SetMirror.contract import schema

_MOMENTARY = frozenset(
    (
        "is_playing",
        "nudge_up",
        "nudge_down",
        "overdub",
        "record_mode",
        "session_record",
        "implicit_arm",
        "appointed_device",
        "is_using_compare_preset_b",
        "is_editor_open",
    )
)
"""Properties of Live's present activity, which are not part of the Set."""
FOLLOWING = frozenset(("color_index", "display_value"))
"""Properties that follow from another property of the same object."""
SAME_AS = frozenset(("track_activator", "song_tempo"))
"""Roles of parameters that repeat a property of their track or of the song; only that property counts."""


def is_persistent(node: Node, name: str) -> bool:
    """True when a write can set this property and thereby changes the Set."""
    if node.role in SAME_AS or node.type not in schema.CLASSES or node.type.endswith(".View"):
        return False
    prop = schema.properties(node.type).get(name)
    return (
        prop is not None
        and prop.write
        and not prop.one_way
        and prop.kind != "gauge"
        and name not in _MOMENTARY
        and name not in FOLLOWING
        and node.type != "Browser"
    )
