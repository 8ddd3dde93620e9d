"""Tells changes by automation from edits: Live's history does not record them, so they block no undo.

A lane moves a parameter, and the tempo or the mute that belongs to it (see `contract.lanes`). An envelope of the
Session clip that plays moves a parameter of the clip's track; its `automation_state` is 0 meanwhile (measured on
12.4.6). When a person moves such a parameter, the change looks like the envelope's: the check of each undo by its
effect detects it.
"""

from __future__ import annotations

from typing import Any, Optional, Tuple

from .contract.lanes import FOLLOWERS, is_driven, is_recording
from .contract.values import alive, items, read
from .layouts import Row
from .shadow import Shadow


def is_automated(shadow: Shadow, reader: Any, row: Row, name: str, now: bool = False) -> bool:
    """True when automation moves this property, by the lane's state as last sent, with `now` by its present state.

    A person who overrides a lane changes its state together with the value.
    """
    root = shadow.root
    if root is None:
        return False

    def state_below(path: Tuple[str, ...]) -> Any:
        at: Optional[Row] = row
        for step in path:
            at = shadow.rows.get(at.value(step)) if at is not None else None
        if at is None or not now:
            return None if at is None else at.value("automation_state")
        return reader.now(at, "automation_state")

    if is_driven(row.layout.type, name, root.value, state_below):
        return True
    return (
        row.layout.type == "DeviceParameter"
        and name in FOLLOWERS
        and not is_recording(root.value)
        and _follows_clip(shadow, row)
    )


def _follows_clip(shadow: Shadow, parameter: Row) -> bool:
    """True when the Session clip that plays on the parameter's track has an envelope of the parameter."""
    track = next((row for row in shadow.lineage(parameter) if row.layout.type == "Track"), None)
    index = read(track.obj, "playing_slot_index") if track is not None and alive(track.obj) else None
    if track is None or not isinstance(index, int) or index < 0:
        return False
    slots = items(read(track.obj, "clip_slots"))
    clip: Any = read(slots[index], "clip") if index < len(slots) else None
    try:
        return bool(clip.has_envelopes) and clip.automation_envelope(parameter.obj) is not None
    except Exception:
        # The clip or the parameter was deleted just now.
        return False
