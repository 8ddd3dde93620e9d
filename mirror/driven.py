"""Which changes automation makes: a lane of the arrangement, or the envelope of a session clip that plays.

Nobody edits then. Pure functions over the store, after the change was applied.
"""

from __future__ import annotations

from typing import Any

from remote_script.SetMirror.contract import lanes

from .model import Node
from .store import Store

AUTOMATION = "automation"
"""The author of such changes in the log."""
_OVERRIDDEN = 2
"""`automation_state` of a parameter that somebody touched since."""


def follows_lane(store: Store, id_: int, name: str) -> bool:
    """Whether a lane moves this property: what the script's own history leaves out."""
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
    """Whether automation moves this property now, with the text that Live shows for it."""
    node = store.nodes.get(id_)
    if node is None or (node.type == "DeviceParameter" and name not in _VALUE):
        return False
    if node.type == "DeviceParameter":
        name = "value"
    return follows_lane(store, id_, name) or (name == "value" and _follows_clip(store, node))


_VALUE = ("value", "display", "display_value")


def _follows_clip(store: Store, parameter: Node) -> bool:
    """Whether the session clip that the parameter's track plays has an envelope of it."""
    if parameter.props.get("automation_state") == _OVERRIDDEN:
        return False
    track: Node | None = parameter
    while track is not None and track.type != "Track":
        track = store.nodes.get(track.parent) if track.parent is not None else None
    index = track.props.get("playing_slot_index") if track is not None else None
    slots = track.children.get("clip_slots") if track is not None else None
    if not isinstance(index, int) or not isinstance(slots, tuple) or not 0 <= index < len(slots):
        return False
    clip = store.nodes[slots[index]].children.get("clip")
    envelopes = store.nodes[clip].props.get("automation_envelopes") if isinstance(clip, int) else None
    return any(envelope.get("parameter") == parameter.id for envelope in envelopes or ())
