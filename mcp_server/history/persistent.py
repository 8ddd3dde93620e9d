"""The properties that are values of a Set to a person: reverts restore them and differences report them."""

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
"""What goes on in Live, not what the Set holds."""
FOLLOWING = frozenset(("color_index", "display_value"))
"""Properties that another property of the same object says as well."""
SAME_AS = frozenset(("track_activator", "song_tempo"))
"""Roles of parameters that are a property of their track or of the song as well: that one counts."""


def is_persistent(node: Node, name: str) -> bool:
    """Whether a write can set this property, and the Set is another one afterwards."""
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
