"""An artificial Set as the objects of a snapshot, with real classes and names, so that the store does its real work."""

from __future__ import annotations

import random
from typing import Any

Object = list[Any]

NOTES = 64


def objects(tracks: int, devices: int, parameters: int, scenes: int, *, seed: int = 1) -> list[Object]:
    """The objects of tracks with devices, their parameters, and a clip in every third slot."""
    chance = random.Random(seed)
    rows: list[Object] = []

    def add(type_: str, parent: int | None, role: str, props: dict[str, Any]) -> Object:
        made: Object = [len(rows) + 1, type_, parent, role, props, {}]
        rows.append(made)
        return made

    song = add("Song", None, "song", {"tempo": 120.0, "signature_numerator": 4, "is_playing": False})
    song[5]["tracks"] = [
        _track(add, song[0], number, devices, parameters, scenes, chance) for number in range(tracks)
    ]
    song[5]["scenes"] = [add("Scene", song[0], "scenes", {"name": f"Scene {n}"})[0] for n in range(scenes)]
    return rows


def _track(
    add: Any, song: int, number: int, devices: int, parameters: int, scenes: int, chance: random.Random
) -> int:
    track = add("Track", song, "tracks", {"name": f"Track {number}", "color": number, "mute": False})
    mixer = add("MixerDevice", track[0], "mixer_device", {})
    volume = add("DeviceParameter", mixer[0], "volume", _parameter("Track Volume", chance))
    mixer[5]["volume"] = volume[0]
    track[5]["mixer_device"] = mixer[0]
    track[5]["devices"] = []
    for place in range(devices):
        device = add("Device", track[0], "devices", {"name": f"Device {place}", "class_name": "Operator"})
        device[5]["parameters"] = [
            add("DeviceParameter", device[0], "parameters", _parameter(f"Macro {slot}", chance))[0]
            for slot in range(parameters)
        ]
        track[5]["devices"].append(device[0])
    track[5]["clip_slots"] = []
    for scene in range(scenes):
        slot = add("ClipSlot", track[0], "clip_slots", {"has_clip": scene % 3 == 0})
        slot[5]["clip"] = None
        if scene % 3 == 0:
            notes = [
                [n + 1, chance.randrange(36, 96), n * 0.25, 0.25, 100.0, False, 1.0, 0.0, 64.0]
                for n in range(NOTES)
            ]
            clip = add("Clip", slot[0], "clip", {"name": f"Clip {scene}", "length": 16.0, "notes": notes})
            slot[5]["clip"] = clip[0]
        track[5]["clip_slots"].append(slot[0])
    id_: int = track[0]
    return id_


def _parameter(name: str, chance: random.Random) -> dict[str, Any]:
    value = chance.random()
    return {
        "name": name,
        "value": value,
        "min": 0.0,
        "max": 1.0,
        "display": f"{value:.2f}",
        "is_quantized": False,
        "automation_state": 0,
        "is_enabled": True,
    }
