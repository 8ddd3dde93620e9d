"""Reads a whole Set from its file: `load_als`.

Values that are not in the file (metronome, exclusive solo, the selected scene) have their default. Differences
between versions: Live 9 and 10 have `SceneNames`, with a scene's tempo and signature in its text, Live 11 and later
have `Scenes` with fields; the main track is `MasterTrack` until Live 11; the scale is a name until Live 11 and a number
in the order of Live's list from 12.
"""

from __future__ import annotations

import os
import re
from typing import Callable, Dict, List, Optional, Tuple, Union
from xml.etree.ElementTree import Element

from ...SetMirror.contract.scales import INTERVALS, SCALES
from ..sets.spec import CueSpec, GrooveSpec, SceneSpec, SetSpec, TrackSpec, TuningSpec
from . import colors, fields, notices, tracks
from .devices import FADER
from .errors import SetFileError
from .files import stem
from .parameters import Targets
from .reader import GENEROUS, Limits, read_tree

MOST_TRACKS = 10000
_SCENE_TEMPO = re.compile(r"(\d{2,3}(?:[.,]\d+)?)\s*bpm", re.IGNORECASE)
_SCENE_SIGNATURE = re.compile(r"(?<![\d/])(\d{1,2})\s*/\s*(1|2|4|8|16)(?![\d/])")


def load_als(
    path: Union[str, "os.PathLike[str]"],
    limits: Limits = GENEROUS,
    progress: Callable[[float], None] = lambda share: None,
) -> SetSpec:
    """The Set in the file at `path`, gzipped or plain XML, written by Live 9 to 12.

    Missing, impossible or reversed parts are corrected or left out; the result's `warnings` count them by kind.

    Args:
      progress: Called with the share 0..1 of the file that has been read, at most about a hundred times.

    Raises:
      SetFileError: the file is missing, not a Set, damaged, hostile, or larger than `limits` allow.
    """
    with notices.collecting() as collector:
        root = read_tree(path, limits, progress)
        try:
            spec = _set(root, os.fspath(path))
        except RecursionError:
            raise SetFileError("racks must not be nested so deep", "too many levels", "The Set is damaged.")
    spec.warnings = collector.warnings
    return spec


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
    _even_sends(spec)
    _playing_slots(spec)
    _transport(live_set, spec)
    _scale(live_set, spec)
    _tunings(live_set, spec)
    _locators(live_set, spec)
    selected = fields.whole(live_set, "HighlightedTrackIndex", -1)
    if 0 <= selected < len(spec.tracks):
        spec.selected_track = selected
    return spec


def _tracks(live_set: Element, spec: SetSpec, grooves: Dict[str, int]) -> None:
    holder = live_set.find("Tracks")
    if holder is None:
        notices.add("missing", "Tracks")
        return
    if len(holder) > MOST_TRACKS:
        raise SetFileError("a Set must have at most %d tracks" % MOST_TRACKS, len(holder), "It is damaged.")
    elements: List[Element] = []
    for element in holder:
        if element.tag not in tracks.KINDS:
            notices.add("track kind", element.tag[:40])
        elif element.tag == "ReturnTrack":
            spec.return_tracks.append(tracks.load(element, grooves))
        else:
            elements.append(element)
            spec.tracks.append(tracks.load(element, grooves))
    tracks.settle_groups(elements, spec.tracks)


def _main(live_set: Element, spec: SetSpec, grooves: Dict[str, int]) -> None:
    element: Optional[Element] = None
    for tag in ("MainTrack", "MasterTrack"):
        element = live_set.find(tag) if element is None else element
    if element is None:
        notices.add("missing", "MainTrack")
        return
    spec.main_track = tracks.load(element, grooves)
    mixer = element.find("DeviceChain/Mixer")
    if mixer is None or mixer.find("Tempo") is None:
        notices.add("missing", "the main track's Tempo")
    spec.tempo = fields.number(mixer, "Tempo/Manual", 120.0, 20.0, 999.0)
    code = fields.whole(mixer, "TimeSignature/Manual", 201, 0, 494)
    spec.signature_numerator, spec.signature_denominator = fields.signature(code)
    spec.groove_amount = fields.number(mixer, "GlobalGrooveAmount/Manual", 100.0, 0.0, 131.25) / 100.0
    signature = None if mixer is None else mixer.find("TimeSignature")
    codes = Targets(element).lane(signature, lambda code: min(max(code, 0.0), 494.0))
    spec.signature_automation = [(time, fields.signature(int(code))) for time, code in codes]
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
            # Index 0 means no colour here.
            spec.scenes.append(_named_scene(scene.get("Value", ""), (colors.index(scene) or 0) or None))
    else:
        slots = max([len(track.clip_slots) for track in spec.tracks] + [1])
        notices.add("missing", "Scenes, as many as the tracks have slots (%d)" % slots)
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
    """Give every track as many slots as there are scenes; no scene could launch the clips of further slots."""
    for track in spec.tracks:
        if len(track.clip_slots) > len(spec.scenes):
            missing = len(track.clip_slots) - len(spec.scenes)
            notices.add("scenes", "track %r, %d slots" % (track.name, len(track.clip_slots)), missing)
            while len(spec.scenes) < len(track.clip_slots):
                spec.scenes.append(SceneSpec())


def _playing_slots(spec: SetSpec) -> None:
    for track in spec.tracks:
        slot = track.playing_slot
        if slot >= 0 and not (slot < len(track.clip_slots) and track.clip_slots[slot] is not None):
            notices.add("playing slot", "track %r, slot %d" % (track.name, slot))
            track.playing_slot = -2


def _even_sends(spec: SetSpec) -> None:
    """Give every track as many sends as there are returns; Live writes no others."""
    returns = len(spec.return_tracks)
    for track in spec.tracks + spec.return_tracks:
        surplus = len(track.mixer.sends) - returns
        if surplus > 0:
            notices.add("sends", "track %r" % track.name, surplus)
            del track.mixer.sends[returns:]


def _locators(live_set: Element, spec: SetSpec) -> None:
    for locator in fields.children(live_set, "Locators/Locators"):
        time, name = fields.beats(locator, "Time", 0.0), fields.text(locator, "Name")
        if any(cue.time == time for cue in spec.cue_points):
            notices.add("locator", "%r at %g" % (name, time))
        else:
            spec.cue_points.append(CueSpec(time, name))


def _transport(live_set: Element, spec: SetSpec) -> None:
    transport = live_set.find("Transport")
    if transport is None:
        notices.add("missing", "Transport")
    spec.loop = fields.flag(transport, "LoopOn")
    spec.loop_start = fields.beats(transport, "LoopStart", 0.0)
    spec.loop_length = fields.number(
        transport, "LoopLength", 16.0, -fields.LONGEST_BEATS, fields.LONGEST_BEATS
    )
    if spec.loop_length < 0.0:
        notices.add("loop", "the song's loop")
        spec.loop_start, spec.loop_length = spec.loop_start + spec.loop_length, -spec.loop_length
    elif spec.loop_length == 0.0:
        notices.add("loop length", "the song's loop")
        spec.loop_length = 1.0
    spec.punch_in = fields.flag(transport, "PunchIn")
    spec.punch_out = fields.flag(transport, "PunchOut")
    spec.draw_mode = fields.flag(transport, "DrawMode")
    spec.metronome = fields.flag(transport, "MetronomeOn")
    spec.start_time = fields.beats(transport, "CurrentTime", 0.0)
    spec.arrangement_overdub = fields.flag(live_set, "ArrangementOverdub")
    # Until Live 11 a Set has `AutomationMode`; it is the Session's automation arm.
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
            notices.add("scale", "number %d" % index)
    elif written:
        if written in INTERVALS:
            spec.scale_name = written
        else:
            notices.add("scale", repr(written[:40]))
    spec.scale_mode = fields.flag(live_set, "InKey")


def _tunings(live_set: Element, spec: SetSpec) -> None:
    for tuning in fields.children(live_set, "TuningSystems"):
        if spec.tuning is None:
            spec.tuning = _tuning(tuning)
        else:
            notices.add("tuning", repr(fields.text(tuning, "TuningSystemName")[:40]))


def _tuning(tuning: Element) -> TuningSpec:
    """The tuning system. Guess: the pseudo octave's name; the other parts follow a program whose Sets Live opens."""
    cents = [fields.number(one, "Cents", 0.0, -1e5, 1e5) for one in tuning.iter("NoteTuning")]
    reference, allowed = tuning.find("ReferencePitch"), tuning.find("AllowedNoteRange")
    return TuningSpec(
        fields.text(tuning, "TuningSystemName") or fields.text(tuning, "Name"),
        cents,
        fields.number(tuning, "PseudoOctaveInCents", 1200.0, 0.0, 1e5),
        fields.number(reference, "FrequencyInHz", 440.0, 0.0, 1e5),
        _note_place(reference, "NoteIndexWithinOctave", "Octave"),
        _note_place(allowed, "MinNoteIndexWithinOctave", "MinOctave"),
        _note_place(allowed, "MaxNoteIndexWithinOctave", "MaxOctave"),
    )


def _note_place(element: Optional[Element], index: str, octave: str) -> Optional[Tuple[int, int]]:
    """(index in the pseudo octave, octave); None if the file does not have it."""
    if element is None or element.find(octave) is None:
        return None
    return fields.whole(element, index, 0, 0, 1000), fields.whole(element, octave, 0, -1000, 1000)


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
    """The contents of the Set as text for readers, one line for each track."""
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
