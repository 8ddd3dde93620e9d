"""Headless Lives for tests, in virtual time, closed at the end."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from remote_script.headless import HeadlessLive, SetSpec
from remote_script.headless.sets.spec import DeviceSpec, ParameterSpec, SceneSpec, TrackSpec


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
    """A module for `load_script` that returns this instance."""
    return types.SimpleNamespace(__name__=name, create_instance=lambda c_instance: instance)


def state(live: HeadlessLive) -> Any:
    """All values that undo must restore: all properties of all objects except selection and identity."""
    skipped = {"ptr", "doc", "parent", "listeners", "playback", "view", "song_clock", "routing_ready"}
    untold = {"can_undo", "can_redo", "data", "current_song_time", "_seen", "selected_track", "name"}

    def tell(value: Any) -> Any:
        if hasattr(value, "ptr"):
            return describe(value) if value not in seen else ("seen", order[value])
        if isinstance(value, tuple) and any(hasattr(member, "ptr") for member in value):
            return [tell(member) for member in value]
        if isinstance(value, dict):
            return {key: tell(member) for key, member in value.items()}
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
            # A value that is its class's default again may be stored explicitly.
            if hasattr(kind, name) and getattr(kind, name) == value:
                continue
            values[name] = tell(value)
        return (node.lom, values)

    return describe(live.document.song)


def check_set(live: HeadlessLive) -> None:
    """Check the Set's consistency: lists and parents, slots and scenes, sends and returns, pointers and ids."""
    song = live.document.song
    pointers = []
    for node in song.walk():
        assert node.ptr is not None, node
        pointers.append(node.ptr)
        for child in node.owned():
            assert child.parent is node, (node, child)
    assert len(set(pointers)) == len(pointers)
    for track in song.tracks:
        assert len(track.clip_slots) == len(song.scenes)
        assert track.group_track is None or track.group_track in song.tracks
        starts = [clip.body.start_time for clip in track.arrangement_clips]
        assert starts == sorted(starts)
    for index, scene in enumerate(song.scenes):
        assert scene.clip_slots == tuple(track.clip_slots[index] for track in song.tracks)
    for track in song.tracks + song.return_tracks:
        assert len(track.mixer_device.sends) == len(song.return_tracks)
    assert song.view.selected_track in song.everyone()
    assert song.view.selected_scene in song.scenes
    assert set(song.visible_tracks) <= set(song.tracks)
    cues = [cue.time for cue in song.cue_points]
    assert len(cues) == len(set(cues))
    for node in song.walk():
        if node.lom == "Clip" and node.body.is_midi:
            ids = [note.note_id for note in node.body.notes]
            assert len(set(ids)) == len(ids), node
            assert node.body.region.loop_start < node.body.region.loop_end
        if node.lom == "DeviceParameter":
            value = node.get_value() if hasattr(node, "get_value") else node.value
            assert node.min <= value <= node.max, node


def recorder() -> tuple[list[str], Callable[[str], Callable[[], None]]]:
    """A list, and a function that creates listeners which append their name to the list."""
    heard: list[str] = []

    def listener(name: str) -> Callable[[], None]:
        return lambda: heard.append(name)

    return heard, listener
