"""Headless Lives for tests: in virtual time, closed at the end."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from remote_script.headless import HeadlessLive, SetSpec
from remote_script.headless.spec import DeviceSpec, ParameterSpec, SceneSpec, TrackSpec


def small_set() -> SetSpec:
    """Two MIDI tracks, one audio track, a return, three scenes, a device with a rack."""
    spec = SetSpec(name="Small", tempo=120.0)
    spec.scenes = [SceneSpec(name) for name in ("One", "Two", "Three")]
    device = DeviceSpec(
        "Reverb", "Reverb", "Reverb", parameters=[ParameterSpec("Dry/Wet", 0.5, unit="percent")]
    )
    rack = DeviceSpec("AudioEffectGroupDevice", "Audio Effect Rack", "Audio Effect Rack")
    spec.tracks = [
        TrackSpec("midi", "1-MIDI", user_name=""),
        TrackSpec("midi", "Bass", user_name="Bass"),
        TrackSpec("audio", "3-Audio", user_name="", devices=[device, rack]),
    ]
    spec.return_tracks = [TrackSpec("return", "A-Reverb", user_name="Reverb")]
    return spec


def script_module(instance: Any, name: str = "Guest") -> Any:
    """Something that `load_script` takes, with this instance."""
    return types.SimpleNamespace(__name__=name, create_instance=lambda c_instance: instance)


def state(live: HeadlessLive) -> Any:
    """Everything the history is to bring back: all values of all objects but selection and identity."""
    skipped = {"ptr", "doc", "parent", "listeners", "playback", "view", "session_engine", "routing_ready"}
    untold = {"can_undo", "can_redo", "data", "current_song_time", "_seen", "selected_track", "name"}

    def tell(value: Any) -> Any:
        if hasattr(value, "ptr"):
            return describe(value) if value not in seen else ("seen", order[value])
        if isinstance(value, tuple) and any(hasattr(each, "ptr") for each in value):
            return [tell(each) for each in value]
        if isinstance(value, dict):
            return {key: tell(each) for key, each in value.items()}
        return value

    seen: set[Any] = set()
    order: dict[Any, int] = {}

    def describe(node: Any) -> Any:
        seen.add(node)
        order[node] = len(order)
        kind = type(node)
        names = {name for name in node.__dict__ if name not in skipped | untold - {"name"}}
        names -= kind.UNTRACKED
        values = {}
        for name in sorted(names):
            value = node.__dict__[name]
            # A value that is back at its class's default may be spelled out.
            if name in kind.__dict__ and kind.__dict__[name] == value:
                continue
            values[name] = tell(value)
        return (node.lom, values)

    return describe(live.document.song)


def recorder() -> tuple[list[str], Callable[[str], Callable[[], None]]]:
    """A list, and a maker of listeners that write their name into it."""
    heard: list[str] = []

    def listener(name: str) -> Callable[[], None]:
        return lambda: heard.append(name)

    return heard, listener
