"""Random changes of any Set: edits by a person in Live, and tool calls of an agent.

Each change draws from `draw`, so that a seed determines a session. Live or the bridge refuse changes that make no sense
for the present Set, as in real use.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from mirror import Mirror, Node

REFUSALS = (RuntimeError, IndexError, ValueError, TypeError, AttributeError)
"""Live's errors for an edit that makes no sense for the present Set."""


def by_hand(song: Any, draw: random.Random) -> None:
    """Make one random edit of a person."""
    tracks = list(song.tracks)
    track = draw.choice(tracks)
    slots = list(track.clip_slots)
    slot = draw.choice(slots)
    other = draw.choice(list(draw.choice(tracks).clip_slots))
    devices = list(track.devices)
    parameters = list(draw.choice(devices).parameters) if devices else list(track.mixer_device.sends)
    parameter = draw.choice(parameters or [track.mixer_device.volume])
    draw.choice(
        [
            lambda: song.create_midi_track(draw.randrange(-1, len(tracks))),
            lambda: song.create_audio_track(-1),
            lambda: song.delete_track(draw.randrange(len(tracks))),
            lambda: song.duplicate_track(draw.randrange(len(tracks))),
            lambda: song.create_scene(draw.randrange(-1, len(song.scenes))),
            lambda: song.delete_scene(draw.randrange(len(song.scenes))),
            lambda: song.duplicate_scene(draw.randrange(len(song.scenes))),
            lambda: slot.create_clip(4.0),
            lambda: slot.delete_clip(),
            lambda: slot.duplicate_clip_to(other),
            lambda: slot.fire(),
            lambda: track.stop_all_clips(),
            lambda: setattr(track, "name", draw.choice(["A", "#", "B # C"])),
            lambda: setattr(track, "color_index", draw.randrange(70)),
            lambda: setattr(track, "mute", not track.mute),
            lambda: setattr(track.mixer_device.volume, "value", draw.random()),
            lambda: setattr(parameter, "value", draw.choice([parameter.min, parameter.max])),
            lambda: track.insert_device(draw.choice(["Reverb", "Drift", "Drum Rack", "Simpler"]), -1),
            lambda: track.delete_device(0),
            lambda: song.move_device(devices[0], draw.choice(tracks), 0),
            lambda: song.undo(),
            lambda: song.redo(),
            lambda: setattr(song, "tempo", draw.uniform(60, 180)),
            lambda: song.start_playing(),
            lambda: setattr(song.view, "selected_track", track),
        ]
    )()


def by_tool(mirror: Mirror, draw: random.Random) -> tuple[str, dict[str, Any]]:
    """A random tool and its arguments, for the present Set."""
    tracks = mirror.children("song", "tracks")
    track = draw.choice(tracks)
    scene = draw.randrange(len(mirror.children("song", "scenes")))
    devices = mirror.children(track, "devices")
    clips = [node for node in mirror.walk(track) if node.type == "Clip" and "notes" in node.props]
    makers: list[Callable[[], tuple[str, dict[str, Any]]]] = [
        lambda: ("set_song", {"tempo": round(draw.uniform(60, 180), 2)}),
        lambda: ("set_song", {"loop": draw.random() < 0.5, "loop_start": float(draw.randrange(16))}),
        lambda: ("set_track", {"track": f"id:{track.id}", "volume": f"{draw.randrange(-40, 6)} dB"}),
        lambda: ("set_track", {"track": f"id:{track.id}", "panning": round(draw.uniform(-1, 1), 3)}),
        lambda: ("create", {"kind": draw.choice(["midi", "audio"]), "name": "Made"}),
        lambda: ("create_clip", {"track": f"id:{track.id}", "slot": scene, "notes": _notes(draw)}),
        lambda: ("undo", {}),
        lambda: ("batch", {"calls": [_set(track.id, "name", draw.choice(["X", "Y"]))]}),
        lambda: ("batch", {"calls": [_call("song", "delete_track", index=draw.randrange(len(tracks)))]}),
        lambda: ("batch", {"calls": [_call("song", "duplicate_scene", index=scene)]}),
        lambda: ("batch", {"calls": _rack(track, draw)}),
    ]
    if devices:
        makers.append(lambda: ("batch", {"calls": _turned(mirror, draw.choice(devices), draw)}))
    if clips:
        clip = draw.choice(clips)
        makers.append(lambda: ("batch", {"calls": [_automated(mirror, track, clip, draw)]}))
        makers.append(lambda: ("edit_notes", {"clip": f"id:{clip.id}", "add": _notes(draw)}))
        notes = mirror.notes(clip)
        if notes:
            makers.append(
                lambda: ("edit_notes", {"clip": f"id:{clip.id}", "remove": [draw.choice(notes).note_id]})
            )
    return draw.choice(makers)()


def _notes(draw: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "pitch": draw.randrange(36, 84),
            "start_time": draw.randrange(16) / 4,
            "duration": 0.25,
            "velocity": float(draw.randrange(1, 128)),
        }
        for _ in range(draw.randrange(1, 9))
    ]


def _set(target: int | str, name: str, value: Any) -> dict[str, Any]:
    return {"tool": "set_property", "args": {"target": _target(target), "property": name, "value": value}}


def _call(target: int | str, method: str, **args: Any) -> dict[str, Any]:
    return {"tool": "call_method", "args": {"target": _target(target), "method": method, "args": args}}


def _target(target: int | str) -> str:
    return f"id:{target}" if isinstance(target, int) else target


def _rack(track: Node, draw: random.Random) -> list[dict[str, Any]]:
    """A batch that inserts a device and sets its name."""
    name = draw.choice(["Reverb", "Drift", "Audio Effect Rack", "EQ Eight"])
    return [_call(track.id, "insert_device", device_name=name), _set("$0", "name", "Fresh")]


def _automated(mirror: Mirror, track: Node, clip: Node, draw: random.Random) -> dict[str, Any]:
    """A call that adds a step to the clip's envelope of the track's volume."""
    fader = mirror.resolve(f"{mirror.ref(track.id)}/mixer_device/volume")
    return _call(
        clip.id,
        "insert_envelope_step",
        device_parameter=f"id:{fader.id}",
        time=float(draw.randrange(4)),
        length=0.5,
        value=draw.random(),
    )


def _turned(mirror: Mirror, device: Node, draw: random.Random) -> list[dict[str, Any]]:
    """A call that sets some of a device's parameters to their limits."""
    enabled = [
        parameter
        for parameter in mirror.children(device, "parameters")
        if parameter.props.get("is_enabled", True)
    ]
    some = draw.sample(enabled, min(len(enabled), 3))
    return [_set(parameter.id, "value", parameter.props[draw.choice(["min", "max"])]) for parameter in some]
