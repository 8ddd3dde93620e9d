"""What Live's objects need."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.live import (
    duplicate_clip_loop,
    is_parameter_bipolar,
    liveobj_changed,
    liveobj_valid,
    move_current_song_time,
)

__all__ = [
    "duplicate_clip_loop",
    "is_parameter_bipolar",
    "liveobj_changed",
    "liveobj_valid",
    "move_current_song_time",
]
