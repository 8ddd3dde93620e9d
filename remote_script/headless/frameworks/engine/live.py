"""The way to Live for the frameworks: the module `Live` of whichever headless Live runs now.

Frameworks outlive a Live in one process, so none of them may keep its modules: `Live` here looks them up
at each use.
"""

from __future__ import annotations

import sys
from typing import Any


class _CurrentLive:
    """Stands for `import Live`."""

    def __getattr__(self, name: str) -> Any:
        module = sys.modules.get("Live")
        if module is None:
            raise ImportError("no Live is running here: `Live` can be imported in a hosted script only")
        return getattr(module, name)


Live: Any = _CurrentLive()


def application() -> Any:
    """Live's Application."""
    return Live.Application.get_application()


def liveobj_valid(obj: Any) -> bool:
    """Whether it is there at all: neither None nor a reference to something deleted."""
    return obj != None  # noqa: E711 - a dead reference equals None and is not None


def liveobj_changed(obj: Any, other: Any) -> bool:
    """Whether these are two objects (of two classes counts, even where Live calls them equal)."""
    return obj != other or type(obj) != type(other)


def is_parameter_bipolar(parameter: Any) -> bool:
    """Whether its range is symmetrical about 0."""
    return bool(parameter.min == -1 * parameter.max)


def duplicate_clip_loop(clip: Any) -> None:
    """Double the loop of a MIDI clip; what Live refuses stays undone."""
    if liveobj_valid(clip) and clip.is_midi_clip:
        try:
            clip.duplicate_loop()
        except RuntimeError:
            pass


def move_current_song_time(song: Any, delta: float, truncate_to_beat: bool = True) -> None:
    """Move the playhead by so many beats, not before the start."""
    moved = max(0.0, song.current_song_time + delta)
    if truncate_to_beat:
        moved = float(int(moved))
    song.current_song_time = moved
    if not song.is_playing:
        song.start_time = moved
