"""Detects changes that automation makes: by an arrangement lane, or by the envelope of a playing session clip.

Such a change is not an edit. Pure functions over the store, called after the change was applied.
"""

from __future__ import annotations

from typing import Any

from remote_script.SetMirror.contract import lanes

from .model import Node
from .store import Store

AUTOMATION = "automation"
"""The author of automation's changes in the log."""
_OVERRIDDEN = 2
"""`automation_state` of a parameter that somebody touched since its lane played."""


def follows_lane(store: Store, id_: int, name: str) -> bool:
    """True when a lane moves this property."""
    if store.root is None or id_ not in store.nodes:
        return False

    def state_below(path: tuple[str, ...]) -> Any:
        at = store.nodes.get(id_)
        for step in path:
            child = at.children.get(step) if at is not None else None
            at = store.nodes.get(child) if isinstance(child, int) else None
        return at.props.get("automation_state") if at is not None else None

    return lanes.is_driven(store.nodes[id_].type, name, store.nodes[store.root].props.get, state_below)


def is_driven(store: Store, id_: int, name: str) -> bool:
    """True when automation moves this property now, so that neither Live's history nor the script's has the change.

    A parameter's display text counts as the same property.
    """
    node = store.nodes.get(id_)
    if node is None or (node.type == "DeviceParameter" and name not in _VALUE):
        return False
    if node.type == "DeviceParameter":
        name = "value"
    return follows_lane(store, id_, name) or (name == "value" and follows_clip(store, node))


_VALUE = ("value", "display", "display_value")


def follows_clip(store: Store, parameter: Node) -> bool:
    """True when the session clip that plays on the parameter's track has an envelope of the parameter."""
    if parameter.type != "DeviceParameter" or parameter.props.get("automation_state") == _OVERRIDDEN:
        return False
    if store.root is None or lanes.is_recording(store.nodes[store.root].props.get):
        return False
    track = next((node for node in store.lineage(parameter.id) if node.type == "Track"), None)
    index = track.props.get("playing_slot_index") if track is not None else None
    slots = track.children.get("clip_slots") if track is not None else None
    if not isinstance(index, int) or not isinstance(slots, tuple) or not 0 <= index < len(slots):
        return False
    clip = store.nodes[slots[index]].children.get("clip")
    envelopes = store.nodes[clip].props.get("automation_envelopes") if isinstance(clip, int) else None
    return any(envelope.get("parameter") == parameter.id for envelope in envelopes or ())
