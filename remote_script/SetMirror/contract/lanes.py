"""Detects changes by automation: a lane that plays moves values, and Live's history does not record these changes.

A parameter with `automation_state` 1 follows its lane. A person or a script that touches it overrides the lane
(state 2), so that change is an edit. While Live records, a touched parameter keeps state 1; then every change
counts as an edit. The tempo and a track's mute are parameters of the mixer as well.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Tuple

PLAYING = 1
"""Value of `DeviceParameter.automation_state` while the parameter follows its lane."""
RECORDING = ("record_mode", "session_record")
"""Properties of the song that are true while Live records a person's touches."""
FOLLOWERS = ("value", "display_value")
"""Properties of a parameter that its automation moves, and that are edits if somebody else changes them."""
_FOLLOWS: Dict[Tuple[str, str], Tuple[str, ...]] = {
    **{("DeviceParameter", name): () for name in FOLLOWERS},
    ("Song", "tempo"): ("master_track", "mixer_device", "song_tempo"),
    ("Track", "mute"): ("mixer_device", "track_activator"),
}
"""(class, property) → path from the object to the parameter whose lane moves the property."""


def is_driven(
    type_: str, name: str, song: Callable[[str], Any], below: Callable[[Tuple[str, ...]], Any]
) -> bool:
    """True when a change of this property comes from its automation lane.

    Args:
      song: Reads a property of the song.
      below: The automation state of the parameter at a path below the object; not a number without a parameter.
    """
    path: Optional[Tuple[str, ...]] = _FOLLOWS.get((type_, name))
    if path is None or below(path) != PLAYING:
        return False
    return not is_recording(song)


def is_recording(song: Callable[[str], Any]) -> bool:
    """True while Live records a person's touches: then every change counts as an edit."""
    return any(song(name) is True for name in RECORDING)
