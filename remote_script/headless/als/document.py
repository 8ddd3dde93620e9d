"""A whole Set out of its file: `load_als`.

What Live keeps elsewhere (metronome, exclusive solo, the selected scene) has its default. Where files of
different Lives differ: Live 9 and 10 have `SceneNames` and name a scene's tempo and signature in its text, 11
and later have `Scenes` with fields; the main track is `MasterTrack` until Live 11; the scale is a name until
Live 11 and a number in the order of Live's list from 12.
"""

from __future__ import annotations

import os
import re
from typing import Dict, List, Optional, Union
from xml.etree.ElementTree import Element

from ...SetMirror.scales import SCALES
from ..spec import CueSpec, GrooveSpec, SceneSpec, SetSpec, TrackSpec, TuningSpec
from . import colors, fields, tracks
from .devices import FADER
from .errors import SetFileError
from .files import stem
from .reader import GENEROUS, Limits, read_tree

MOST_TRACKS = 10000
_SCENE_TEMPO = re.compile(r"(\d{2,3}(?:[.,]\d+)?)\s*bpm", re.IGNORECASE)
_SCENE_SIGNATURE = re.compile(r"(?<![\d/])(\d{1,2})\s*/\s*(1|2|4|8|16)(?![\d/])")


def load_als(path: Union[str, "os.PathLike[str]"], limits: Limits = GENEROUS) -> SetSpec:
    """The Set in the file at `path`, written by Live 9 to 12.

    Optional parts that are missing get Live's defaults, and a line in the result's `warnings`.

    Raises:
      SetFileError: the file is missing, no Set, damaged, hostile, or larger than `limits` allow.
    """
    root = read_tree(path, limits)
    try:
        return _set(root, os.fspath(path))
    except RecursionError:
        raise SetFileError("racks must not be nested so deep", "too many levels", "The Set is damaged.")


def _set(root: Element, path: str) -> SetSpec:
    live_set = root.find("LiveSet")
    if live_set is None:
        raise SetFileError("a Set must have a LiveSet element", "none", "Choose a Set, not a preset.")
    spec = SetSpec(name=stem(path), file_path=os.path.abspath(path), creator=root.get("Creator", ""))
    grooves = _grooves(live_set, spec)
    _tracks(live_set, spec, grooves)
    _main(live_set, spec, grooves)
    _scenes(live_set, spec)
    _even_slots(spec)
    _transport(live_set, spec)
    _scale(live_set, spec)
    for locator in fields.children(live_set, "Locators/Locators"):
        time = fields.beats(locator, "Time", 0.0)
        spec.cue_points.append(CueSpec(time, fields.text(locator, "Name")))
    selected = fields.whole(live_set, "HighlightedTrackIndex", -1)
    if 0 <= selected < len(spec.tracks):
        spec.selected_track = selected
    return spec


def _tracks(live_set: Element, spec: SetSpec, grooves: Dict[str, int]) -> None:
    holder = live_set.find("Tracks")
    if holder is None:
        spec.warnings.append("no Tracks: the Set has none")
        return
    if len(holder) > MOST_TRACKS:
        raise SetFileError("a Set must have at most %d tracks" % MOST_TRACKS, len(holder), "It is damaged.")
    elements: List[Element] = []
    for element in holder:
        if element.tag not in tracks.KINDS:
            spec.warnings.append("a track of unknown kind %r was left out" % element.tag)
        elif element.tag == "ReturnTrack":
            spec.return_tracks.append(tracks.load(element, grooves, spec.warnings))
        else:
            elements.append(element)
            spec.tracks.append(tracks.load(element, grooves, spec.warnings))
    tracks.settle_groups(elements, spec.tracks)


def _main(live_set: Element, spec: SetSpec, grooves: Dict[str, int]) -> None:
    element: Optional[Element] = None
    for tag in ("MainTrack", "MasterTrack"):
        element = live_set.find(tag) if element is None else element
    if element is None:
        spec.warnings.append("no main track: tempo 120, signature 4/4 and the mixer are Live's defaults")
        return
    spec.main_track = tracks.load(element, grooves, spec.warnings)
    mixer = element.find("DeviceChain/Mixer")
    if mixer is None or mixer.find("Tempo") is None:
        spec.warnings.append("the main track has no tempo: 120")
    spec.tempo = fields.number(mixer, "Tempo/Manual", 120.0, 20.0, 999.0)
    code = fields.whole(mixer, "TimeSignature/Manual", 201, 0, 494)
    spec.signature_numerator, spec.signature_denominator = fields.signature(code)
    spec.groove_amount = fields.number(mixer, "GlobalGrooveAmount/Manual", 100.0, 0.0, 131.25) / 100.0
    cue = live_set.find("PreHearTrack/DeviceChain/Mixer")
    spec.main_track.mixer.cue_volume = FADER.value(fields.number(cue, "Volume/Manual", 1.0, 0.0, 1e6))


def _scenes(live_set: Element, spec: SetSpec) -> None:
    if live_set.find("Scenes") is not None:
        for scene in fields.children(live_set, "Scenes"):
            one = SceneSpec(fields.text(scene, "Name"), colors.index(scene))
            if fields.flag(scene, "IsTempoEnabled"):
                one.tempo = fields.number(scene, "Tempo", 120.0, 20.0, 999.0)
            if fields.flag(scene, "IsTimeSignatureEnabled"):
                one.signature = fields.signature(fields.whole(scene, "TimeSignatureId", 201, 0, 494))
            spec.scenes.append(one)
    elif live_set.find("SceneNames") is not None:
        for scene in fields.children(live_set, "SceneNames"):
            # Index 0 stands for no colour of its own here.
            spec.scenes.append(_named_scene(scene.get("Value", ""), (colors.index(scene) or 0) or None))
    else:
        slots = max([len(track.clip_slots) for track in spec.tracks] + [1])
        spec.warnings.append("no scenes: as many as the tracks have slots (%d)" % slots)
        spec.scenes = [SceneSpec() for _ in range(slots)]


def _named_scene(name: str, color_index: Optional[int]) -> SceneSpec:
    scene = SceneSpec(name, color_index)
    tempo = _SCENE_TEMPO.search(name)
    if tempo is not None:
        bpm = float(tempo.group(1).replace(",", "."))
        scene.tempo = bpm if 20.0 <= bpm <= 999.0 else None
    signature = _SCENE_SIGNATURE.search(name)
    if signature is not None and int(signature.group(1)) > 0:
        scene.signature = (int(signature.group(1)), int(signature.group(2)))
    return scene


def _even_slots(spec: SetSpec) -> None:
    """As many slots a track as scenes; a surplus would be clips that no scene can launch."""
    for track in spec.tracks:
        if len(track.clip_slots) > len(spec.scenes):
            spec.warnings.append(
                "track %r: %d slots for %d scenes; scenes were added"
                % (track.name, len(track.clip_slots), len(spec.scenes))
            )
            while len(spec.scenes) < len(track.clip_slots):
                spec.scenes.append(SceneSpec())


def _transport(live_set: Element, spec: SetSpec) -> None:
    transport = live_set.find("Transport")
    if transport is None:
        spec.warnings.append("no Transport: loop and punch are off")
    spec.loop = fields.flag(transport, "LoopOn")
    spec.loop_start = fields.beats(transport, "LoopStart", 0.0)
    spec.loop_length = fields.number(transport, "LoopLength", 16.0, 0.0, fields.LONGEST_BEATS)
    spec.punch_in = fields.flag(transport, "PunchIn")
    spec.punch_out = fields.flag(transport, "PunchOut")
    spec.metronome = fields.flag(transport, "MetronomeOn")
    spec.start_time = fields.beats(transport, "CurrentTime", 0.0)
    spec.arrangement_overdub = fields.flag(live_set, "ArrangementOverdub")
    # Until Live 11 a Set says `AutomationMode`; it is the Session's automation arm.
    spec.session_automation_record = fields.flag(live_set, "AutomationMode", True)
    spec.clip_trigger_quantization = fields.whole(live_set, "GlobalQuantisation", 4, 0, 13)
    spec.midi_recording_quantization = fields.whole(live_set, "AutoQuantisation", 0, 0, 8)


def _scale(live_set: Element, spec: SetSpec) -> None:
    scale = live_set.find("ScaleInformation")
    spec.root_note = fields.whole(scale, "Root", fields.whole(scale, "RootNote", 0, 0, 11), 0, 11)
    written = fields.text(scale, "Name")
    if written.isdigit():
        index = fields.to_whole(written, "ScaleInformation/Name", 0, 10000)
        if index < len(SCALES):
            spec.scale_name = SCALES[index][0]
        else:
            spec.warnings.append("scale number %d is unknown: Major" % index)
    elif written:
        spec.scale_name = written
    spec.scale_mode = fields.flag(live_set, "InKey")
    for tuning in fields.children(live_set, "TuningSystems"):
        if spec.tuning is None:
            spec.tuning = _tuning(tuning)


def _tuning(tuning: Element) -> TuningSpec:
    """Guess: no file with a tuning has been seen; names follow Live's API."""
    notes = [
        fields.to_number(one.get("Value", "0"), "a note's tuning", -1e5, 1e5)
        for one in fields.children(tuning, "NoteTunings")
    ]
    return TuningSpec(
        fields.text(tuning, "Name"),
        notes,
        fields.number(tuning, "PseudoOctaveInCents", 1200.0, 0.0, 1e5),
        fields.number(tuning, "ReferencePitch/Frequency", 440.0, 0.0, 1e5),
    )


def _grooves(live_set: Element, spec: SetSpec) -> Dict[str, int]:
    by_id: Dict[str, int] = {}
    for groove in fields.children(live_set, "GroovePool/Grooves"):
        by_id[groove.get("Id", "")] = len(spec.grooves)
        spec.grooves.append(
            GrooveSpec(
                fields.text(groove, "Name"),
                fields.whole(groove, "Grid", 3, 0, 100),
                fields.number(groove, "QuantizationAmount", 0.0, 0.0, 1e3),
                fields.number(groove, "TimingAmount", 100.0, 0.0, 1e3),
                fields.number(groove, "RandomAmount", 0.0, -1e3, 1e3),
                fields.number(groove, "VelocityAmount", 0.0, -1e3, 1e3),
            )
        )
    return by_id


def summary(spec: SetSpec) -> List[str]:
    """What is in the Set, a line a track: for people who look at a file."""
    lines = ["%s: %g BPM, %d scenes" % (spec.name, spec.tempo, len(spec.scenes))]
    everything: List[TrackSpec] = spec.tracks + spec.return_tracks + [spec.main_track]
    for track in everything:
        clips = sum(1 for clip in track.clip_slots if clip is not None)
        lines.append(
            "%-7s %-32s %2d clips, %2d in the Arrangement, devices: %s"
            % (
                track.kind,
                track.name[:32],
                clips,
                len(track.arrangement_clips),
                ", ".join(device.name for device in track.devices) or "none",
            )
        )
    return lines
