"""Which changes automation makes by itself: a lane that plays moves values, and Live's history holds nothing of that.

A parameter whose `automation_state` is 1 follows its lane. A person or a script that touches it overrides the lane
(state 2), so that change is an edit. While Live records, a touched parameter keeps state 1: then every change counts as
an edit. The tempo and a track's mute are parameters of the mixer as well.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Tuple

PLAYING = 1
"""`DeviceParameter.automation_state` while the lane is followed."""
RECORDING = ("record_mode", "session_record")
"""Properties of the song that are true while touches are recorded."""
_FOLLOWS: Dict[Tuple[str, str], Tuple[str, ...]] = {
    ("DeviceParameter", "value"): (),
    ("DeviceParameter", "display_value"): (),
    ("Song", "tempo"): ("master_track", "mixer_device", "song_tempo"),
    ("Track", "mute"): ("mixer_device", "track_activator"),
}
"""(class, property) → the way from the object to the parameter whose lane moves it."""


def is_driven(
    type_: str, name: str, song: Callable[[str], Any], below: Callable[[Tuple[str, ...]], Any]
) -> bool:
    """Whether a change of this property is its lane's.

    Args:
      song: A property of the song.
      below: The automation state of the parameter at a path below the object; anything else where there is none.
    """
    path: Optional[Tuple[str, ...]] = _FOLLOWS.get((type_, name))
    if path is None or below(path) != PLAYING:
        return False
    return not any(song(name) is True for name in RECORDING)
