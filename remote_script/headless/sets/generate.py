"""Generated Sets: Live's default Set, and a large Set for measurements and stress tests.

Both are the same on every run; `large_set` depends only on its seed.
"""

from __future__ import annotations

import random
from typing import Dict, Iterator, List, Optional

from .. import devices
from .spec import ClipSpec, CueSpec, DeviceSpec, NoteSpec, ParameterSpec, SceneSpec, SetSpec, TrackSpec

SCENES = 8
_PENTATONIC = (0, 3, 5, 7, 10)


def default_set() -> SetSpec:
    """Live's default Set: two MIDI and two audio tracks, returns with Reverb and Delay, 8 scenes, 120 BPM.

    Guess: the colours; Live chooses new colours for every Set.
    """
    spec = SetSpec(name="Untitled", creator="")
    for index, kind in enumerate(("midi", "midi", "audio", "audio")):
        name = "%d-%s" % (index + 1, "MIDI" if kind == "midi" else "Audio")
        spec.tracks.append(empty_track(kind, name, index + 2))
    spec.return_tracks = [
        empty_track("return", "A-Reverb", 9, sends=2),
        empty_track("return", "B-Delay", 23, sends=2),
    ]
    for track, class_name in zip(spec.return_tracks, ("Reverb", "Delay")):
        track.devices.append(native(class_name))
    spec.main_track = empty_track("main", "Main", 1, sends=0)
    spec.scenes = [SceneSpec() for _ in range(SCENES)]
    spec.selected_track = 0
    spec.selected_scene = 0
    return spec


def native(class_name: str, name: str = "", values: Optional[Dict[str, float]] = None) -> DeviceSpec:
    """A native device with its default parameters. KeyError when Live has no device of this name."""
    facts = devices.find(class_name)
    if facts is None:
        raise KeyError("no native device is called %r" % class_name)
    return devices.build(facts, name, values)


def empty_track(kind: str, name: str, color_index: int, sends: int = 2, scenes: int = SCENES) -> TrackSpec:
    """A new track as Live makes it: fader at 0 dB, sends at 0, monitoring Auto."""
    track = TrackSpec(kind, name, "", color_index)
    track.mixer.sends = [0.0] * sends
    track.output_routing_type = "Main" if kind != "midi" else "None"
    if kind == "main":
        track.output_routing_type = "Ext. Out"
        track.output_routing_channel = "1/2"
    if kind in ("midi", "audio"):
        track.clip_slots = [None] * scenes
        track.stop_buttons = [True] * scenes
        track.input_routing_type = "All Ins" if kind == "midi" else "Ext. In"
        track.input_routing_channel = "All Channels" if kind == "midi" else "1"
    return track


def large_set(
    tracks: int = 100,
    clips: int = 1000,
    notes: int = 20000,
    parameters: int = 20000,
    seed: int = 1,
) -> SetSpec:
    """A Set with exactly these numbers of tracks, clips, notes and device parameters ("Device On" counted).

    Every fifth track is audio; tracks are in groups of ten, including the group track. One clip in ten is in the
    Arrangement. Only MIDI clips have notes, without overlaps on one pitch.
    """
    chance = random.Random(seed)
    spec = SetSpec(name="Large %d" % seed, tempo=120.0)
    scenes = max(SCENES, -(-clips // max(1, tracks)) * 2)
    spec.scenes = [SceneSpec("Scene %d" % (index + 1)) for index in range(scenes)]
    spec.return_tracks = [empty_track("return", "%s-Return" % letter, 5) for letter in "AB"]
    spec.main_track = empty_track("main", "Main", 1, sends=0)
    for index in range(tracks):
        kind = "group" if index % 10 == 0 and tracks - index > 1 else "audio" if index % 5 == 4 else "midi"
        track = empty_track(kind, "Track %d" % (index + 1), chance.randrange(70), 2, scenes)
        track.user_name = track.name
        if kind != "group" and index - index % 10 < index:
            track.group = index - index % 10
        track.mixer.volume = round(chance.uniform(0.3, 0.9), 3)
        track.mixer.panning = round(chance.uniform(-1.0, 1.0), 2)
        spec.tracks.append(track)
    _add_clips(spec, chance, clips, notes)
    _add_parameters(spec, chance, parameters)
    spec.cue_points = [CueSpec(64.0 * index, "Part %d" % (index + 1)) for index in range(16)]
    return spec


def shares(total: int, parts: int) -> Iterator[int]:
    """`total` divided into `parts` whole numbers that differ by at most one."""
    for index in range(parts):
        yield total * (index + 1) // parts - total * index // parts


def _add_clips(spec: SetSpec, chance: random.Random, clips: int, notes: int) -> None:
    hosts = [track for track in spec.tracks if track.kind != "group"]
    made: List[ClipSpec] = []
    for index, count in enumerate(shares(clips, len(hosts)) if hosts else ()):
        track = hosts[index]
        arranged = count // 10 if count >= 10 else 0
        for number in range(count):
            clip = _clip(track.kind == "midi", "%s %d" % (track.name, number + 1), chance)
            if number >= count - arranged or number >= len(track.clip_slots):
                clip.start_time = 16.0 * len(track.arrangement_clips)
                clip.end_time = clip.start_time + 16.0
                track.arrangement_clips.append(clip)
            else:
                track.clip_slots[number] = clip
            made.append(clip)
    midi = [clip for clip in made if clip.is_midi]
    for clip, count in zip(midi, shares(notes, len(midi)) if midi else ()):
        clip.notes = list(_notes(count, chance))
        length = max([16.0] + [note.start_time + note.duration for note in clip.notes])
        clip.loop_end = clip.end_marker = float(-(-length // 4) * 4)


def _clip(is_midi: bool, name: str, chance: random.Random) -> ClipSpec:
    clip = ClipSpec(name=name, is_midi=is_midi, color_index=chance.randrange(70))
    clip.loop_end = clip.end_marker = 16.0
    if not is_midi:
        clip.file_path = "/Samples/%s.wav" % name
        clip.sample_length = 44100 * 8
    return clip


def _notes(count: int, chance: random.Random) -> Iterator[NoteSpec]:
    for index in range(count):
        yield NoteSpec(
            pitch=48 + 12 * chance.randrange(3) + chance.choice(_PENTATONIC),
            start_time=index * 0.25,
            duration=0.25,
            velocity=float(chance.randrange(40, 128)),
            probability=chance.choice((1.0, 1.0, 1.0, 0.5)),
        )


def _add_parameters(spec: SetSpec, chance: random.Random, parameters: int) -> None:
    for track, count in zip(spec.tracks, shares(parameters, max(1, len(spec.tracks)))):
        while count > 0:
            size = min(count, 100)
            count -= size
            is_instrument = track.kind == "midi" and not track.devices
            device = DeviceSpec("PluginDevice", "Plug-in %d" % (len(track.devices) + 1))
            device.class_display_name = device.name
            device.type = devices.INSTRUMENT if is_instrument else devices.AUDIO_EFFECT
            device.presets = ["Default"]
            for number in range(1, size):
                value = round(chance.random(), 4)
                device.parameters.append(ParameterSpec("Knob %d" % number, value, default=0.5))
            track.devices.append(device)
        if track.kind == "midi" and track.devices:
            track.output_routing_type = "Main"
