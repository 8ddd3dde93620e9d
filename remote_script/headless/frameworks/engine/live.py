"""The frameworks' access to Live: the module `Live` of the headless Live that runs now.

Frameworks outlive a Live in one process, so none of them may keep Live's modules: `Live` here looks them up at each
use.
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
    """True for a living object: neither None nor a reference to a deleted object."""
    return obj != None  # noqa: E711 - a dead reference equals None and is not None


def liveobj_changed(obj: Any, other: Any) -> bool:
    """True for two different objects, and for objects of different classes that are equal for Live."""
    return obj != other or type(obj) != type(other)


def is_parameter_bipolar(param: Any) -> bool:
    """True for a parameter whose range is symmetrical about 0."""
    return bool(param.min == -1 * param.max)


def duplicate_clip_loop(clip: Any) -> None:
    """Double the loop of a MIDI clip; does nothing if Live refuses."""
    if liveobj_valid(clip) and clip.is_midi_clip:
        try:
            clip.duplicate_loop()
        except RuntimeError:
            pass


def move_current_song_time(song: Any, delta: float, truncate_to_beat: bool = True) -> None:
    """Move the playhead by this number of beats, not before the start."""
    moved = max(0.0, song.current_song_time + delta)
    if truncate_to_beat:
        moved = float(int(moved))
    song.current_song_time = moved
    if not song.is_playing:
        song.start_time = moved


def device_to_appoint(device: Any) -> Any:
    """The device itself; for a drum rack without mapped macros the first device of its selected chain."""
    if not liveobj_valid(device) or not device.can_have_drum_pads or device.has_macro_mappings:
        return device
    chain = device.view.selected_chain
    if len(device.chains) and liveobj_valid(chain) and len(chain.devices):
        return device_to_appoint(chain.devices[0])
    return device


def select_and_appoint_device(song: Any, device_to_select: Any, ignore_unmapped_macros: bool = True) -> None:
    """Select a device in Live, and let the controllers follow it."""
    song.appointed_device = (
        device_to_appoint(device_to_select) if ignore_unmapped_macros else device_to_select
    )
    song.view.select_device(device_to_select, False)
