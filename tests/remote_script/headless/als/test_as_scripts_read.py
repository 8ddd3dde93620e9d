"""A Set as a script reads it in headless Live, compared with the values in the XML.

At least 60 properties each of tracks, clips and devices are compared over all Sets, real and made.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from remote_script.headless import HeadlessLive
from tests import sets
from tests.remote_script.headless.als import making, more, shown
from tests.remote_script.headless.als import xml_view as view
from tests.remote_script.headless.als.making import VARIANTS
from tests.remote_script.headless.als.test_properties import color_of
from tests.remote_script.headless.als.xml_view import flag, number, value

LEAST = 60
"""Distinct properties of each of the three kinds, over all Sets."""
ARRANGED = ("midi", "audio")


class Compared:
    """The compared properties; failed comparisons are collected and reported together."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.wrong: list[str] = []

    def __call__(self, where: str, **pairs: tuple[Any, Any]) -> None:
        for name, (seen, wanted) in pairs.items():
            self.one(where, name, seen == wanted, seen, wanted)

    def one(self, where: str, name: str, equal: bool, seen: Any, wanted: Any) -> None:
        self.names.add(name)
        if not equal:
            self.wrong.append(f"{where}.{name}: Live {seen!r}, file {wanted!r}")

    def shows(self, where: str, name: str, parameter: Any, kind: str, written: str) -> None:
        text = parameter.str_for_value(parameter.value)
        self.one(where, name, shown.same(kind, written, parameter.value, text), text, written)


@pytest.fixture(scope="module")
def every_set(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """All real Sets, and those of `making`."""
    folder = tmp_path_factory.mktemp("made")
    return [*sets.files(), *(making.write(folder / f"{name}.als", make()) for name, make in VARIANTS.items())]


@pytest.fixture(scope="module")
def lives() -> Iterator[dict[Path, Any]]:
    """Open Lives by Set, since opening a large Set is slow."""
    held: dict[Path, Any] = {}
    yield held
    for live, _ in held.values():
        live.close()


def open_set(als: Path, lives: dict[Path, Any]) -> Any:
    if als not in lives:
        lives[als] = HeadlessLive(sets.spec(als)), view.live_set(als)
    live, root = lives[als]
    tracks = [*live.song.tracks, *live.song.return_tracks, live.song.master_track]
    elements = [*view.tracks(root), *view.returns(root), view.main(root)]
    return live.song, root, list(zip(tracks, elements, strict=True))


def kind_of(element: Any) -> str:
    kinds = {"MidiTrack": "midi", "AudioTrack": "audio", "GroupTrack": "group", "ReturnTrack": "return"}
    return kinds.get(element.tag, "main")


def compare_track(compared: Compared, track: Any, element: Any, names: dict[str | None, str]) -> None:
    kind, where = kind_of(element), value(element, "Name/EffectiveName")
    mixer, filed = track.mixer_device, element.find("DeviceChain/Mixer")
    group = value(element, "TrackGroupId", "-1")
    clips = view.slots(element)
    compared(
        where,
        name=(track.name, "Main" if kind == "main" else where),
        color_index=(track.color_index, color_of(element)),
        is_foldable=(track.is_foldable, kind == "group"),
        is_grouped=(track.is_grouped, group != "-1"),
        group_track=(track.group_track.name if track.is_grouped else None, names.get(group)),
        can_be_armed=(track.can_be_armed, kind in ARRANGED),
        has_midi_input=(track.has_midi_input, kind == "midi"),
        devices=([each.class_name for each in track.devices], [e.tag for e in view.top_devices(element)]),
        is_collapsed=(track.view.is_collapsed, not flag(element, "TrackUnfolded")),
        is_frozen=(track.is_frozen, flag(element, "Freeze")),
        panning_mode=(mixer.panning_mode, int(value(filed, "PanMode", "0"))),
        sends=(len(mixer.sends), len(filed.findall("Sends/TrackSendHolder"))),
    )
    compared.shows(where, "volume", mixer.volume, shown.FACTOR, value(filed, "Volume/Manual"))
    for name, parameter, path, default in (
        ("panning", mixer.panning, "Pan/Manual", 0.0),
        ("left_split_stereo", mixer.left_split_stereo, "SplitStereoPanL/Manual", -1.0),
        ("right_split_stereo", mixer.right_split_stereo, "SplitStereoPanR/Manual", 1.0),
    ):
        wanted = number(filed, path, default)
        compared.one(
            where, name, math.isclose(parameter.value, wanted, abs_tol=1e-6), parameter.value, wanted
        )
    for send, holder in zip(mixer.sends, filed.findall("Sends/TrackSendHolder"), strict=True):
        compared.shows(where, "send", send, shown.FACTOR, value(holder, "Send/Manual"))
    if kind == "main":
        compared.shows(where, "song_tempo", mixer.song_tempo, shown.SHOWN, value(filed, "Tempo/Manual"))
        crossfader = number(filed, "CrossFade/Manual")
        compared(where, crossfader=(mixer.crossfader.value, pytest.approx(crossfader, abs=1e-6)))
        return
    compared(
        where,
        mute=(track.mute, not flag(filed, "Speaker/Manual")),
        track_activator=(mixer.track_activator.value, float(flag(filed, "Speaker/Manual"))),
        solo=(track.solo, flag(filed, "SoloSink")),
        crossfade_assign=(mixer.crossfade_assign, int(value(filed, "CrossFadeState/Manual"))),
    )
    if kind == "return":
        return
    if kind == "group":
        compared(where, group_slots=({slot.is_group_slot for slot in track.clip_slots}, {True}))
        return
    compared(
        where,
        clip_slots=(len(track.clip_slots), len(clips)),
        has_clip=([slot.has_clip for slot in track.clip_slots], [clip is not None for clip in clips]),
    )
    sequencer, chain = element.find("DeviceChain/MainSequencer"), element.find("DeviceChain")
    source = "MidiInputRouting" if kind == "midi" else "AudioInputRouting"
    arranged = view.arrangement_clips(element)
    lanes = element.findall("TakeLanes/TakeLanes/TakeLane")
    compared(
        where,
        arm=(track.arm, flag(sequencer, "Recorder/IsArmed")),
        current_monitoring_state=(track.current_monitoring_state, int(value(sequencer, "MonitoringEnum"))),
        has_stop_button=(
            [slot.has_stop_button for slot in track.clip_slots],
            [flag(slot, "HasStop") for slot in sequencer.findall("ClipSlotList/ClipSlot")],
        ),
        arrangement_clips=(len(track.arrangement_clips), len(arranged)),
        arrangement_starts=(
            [clip.start_time for clip in track.arrangement_clips],
            [number(clip, "CurrentStart") for clip in arranged],
        ),
        arrangement_ends=(
            [clip.end_time for clip in track.arrangement_clips],
            [number(clip, "CurrentEnd") for clip in arranged],
        ),
        take_lanes=(len(track.take_lanes), len(lanes)),
        take_lane_clips=(
            [len(lane.arrangement_clips) for lane in track.take_lanes],
            [sum(1 for each in lane.iter() if each.tag in view.CLIPS) for lane in lanes],
        ),
        has_audio_input=(track.has_audio_input, kind == "audio"),
        input_routing_type=(
            track.input_routing_type.display_name,
            value(chain, source + "/UpperDisplayString").removeprefix("Ext: "),
        ),
    )


def compare_clip(compared: Compared, clip: Any, element: Any, grooves: dict[str, str]) -> None:
    loop, where = element.find("Loop"), value(element, "Name") or element.tag
    is_midi, is_arranged = element.tag == "MidiClip", clip.is_arrangement_clip
    looping, start = flag(loop, "LoopOn"), number(loop, "LoopStart")
    groove = value(element, "GrooveSettings/GrooveId", "-1")
    end = number(loop, "LoopEnd")
    compared(
        where,
        name=(clip.name, value(element, "Name")),
        color_index=(clip.color_index, color_of(element)),
        is_midi_clip=(clip.is_midi_clip, is_midi),
        is_audio_clip=(clip.is_audio_clip, not is_midi),
        looping=(clip.looping, looping),
        loop_start=(clip.loop_start, start),
        loop_end=(clip.loop_end, end),
        start_marker=(clip.start_marker, start + number(loop, "StartRelative")),
        end_marker=(clip.end_marker, number(loop, "OutMarker")),
        is_session_clip=(clip.is_session_clip, not is_arranged),
        muted=(clip.muted, flag(element, "Disabled")),
        launch_mode=(clip.launch_mode, int(value(element, "LaunchMode"))),
        launch_quantization=(clip.launch_quantization, int(value(element, "LaunchQuantisation"))),
        legato=(clip.legato, flag(element, "Legato")),
        velocity_amount=(clip.velocity_amount, pytest.approx(number(element, "VelocityAmount"))),
        signature_numerator=(
            clip.signature_numerator,
            int(value(element, "TimeSignature/TimeSignatures/*/Numerator")),
        ),
        signature_denominator=(
            clip.signature_denominator,
            int(value(element, "TimeSignature/TimeSignatures/*/Denominator")),
        ),
        has_groove=(clip.has_groove, groove != "-1"),
        groove=(clip.groove.name if clip.has_groove else None, grooves.get(groove)),
    )
    if is_arranged:
        compared(
            where,
            start_time=(clip.start_time, number(element, "CurrentStart")),
            end_time=(clip.end_time, number(element, "CurrentEnd")),
        )
    else:
        compared(where, length=(clip.length, pytest.approx(end - start)))
    if is_midi:
        compare_notes(compared, where, clip, element)
    else:
        compare_audio(compared, where, clip, element)


NOTES = (
    ("start_time", "Time", ""),
    ("duration", "Duration", ""),
    ("velocity", "Velocity", ""),
    ("probability", "Probability", "1"),
    ("velocity_deviation", "VelocityDeviation", "0"),
    ("release_velocity", "OffVelocity", "64"),
)


def compare_notes(compared: Compared, where: str, clip: Any, element: Any) -> None:
    seen = list(clip.get_all_notes_extended())
    filed = view.notes(element)
    compared(
        where,
        notes=(len(seen), len(filed)),
        note_pitch=(sorted(note.pitch for note in seen), sorted(key for key, _ in filed)),
        note_mute=(
            sorted((note.pitch, note.start_time, note.mute) for note in seen),
            sorted((key, float(n.get("Time")), n.get("IsEnabled", "true") == "false") for key, n in filed),
        ),
        note_id=(len({note.note_id for note in seen}), len(filed)),
    )
    for name, attribute, default in NOTES:
        held = sorted((note.pitch, note.start_time, getattr(note, name)) for note in seen)
        wanted = sorted((k, float(n.get("Time")), float(n.get(attribute, default))) for k, n in filed)
        close = len(held) == len(wanted) and all(
            a[0] == b[0] and math.isclose(a[1], b[1], abs_tol=1e-9) and math.isclose(a[2], b[2], rel_tol=1e-6)
            for a, b in zip(held, wanted, strict=True)
        )
        compared.one(where, "note_" + name, close, held[:3], wanted[:3])


def compare_audio(compared: Compared, where: str, clip: Any, element: Any) -> None:
    markers = element.findall("WarpMarkers/WarpMarker")
    path = value(element, "SampleRef/FileRef/Path") or value(element, "SampleRef/FileRef/Name")
    factor = number(element, "SampleVolume", 1.0)
    decibels = 20.0 * math.log10(factor)
    gain, digit = shown.number_of(clip.gain_display_string)
    compared.one(where, "gain", abs(gain - decibels) <= digit, clip.gain_display_string, decibels)
    compared(
        where,
        warping=(clip.warping, flag(element, "IsWarped")),
        warp_mode=(clip.warp_mode, int(value(element, "WarpMode"))),
        pitch_coarse=(clip.pitch_coarse, int(value(element, "PitchCoarse"))),
        pitch_fine=(clip.pitch_fine, pytest.approx(number(element, "PitchFine"))),
        ram_mode=(clip.ram_mode, flag(element, "Ram")),
        file_path=(clip.file_path.endswith(path), True),
        sample_length=(clip.sample_length, int(value(element, "SampleRef/DefaultDuration"))),
        sample_rate=(clip.sample_rate, number(element, "SampleRef/DefaultSampleRate")),
    )
    if clip.warping:
        wanted = sorted((float(one.get("BeatTime")), float(one.get("SecTime"))) for one in markers)
        # Live shows one more marker, which ends the last segment.
        seen = [(one.beat_time, one.sample_time) for one in clip.warp_markers][: len(wanted)]
        flat = [each for pair in seen for each in pair]
        close = flat == pytest.approx([each for pair in wanted for each in pair])
        compared.one(where, "warp_markers", close, seen, wanted)


def compare_device(compared: Compared, device: Any, element: Any, is_reached: bool) -> None:
    where = device.name
    on = flag(element, "On/Manual")
    compared(
        where,
        class_name=(device.class_name, element.tag),
        is_on=(device.parameters[0].value, float(on)),
        first=(device.parameters[0].name, "Device On"),
        is_active=(device.is_active, on and is_reached),
        is_collapsed=(device.view.is_collapsed, not flag(element, "IsExpanded")),
        can_have_chains=(device.can_have_chains, "GroupDevice" in element.tag),
        can_have_drum_pads=(device.can_have_drum_pads, element.tag == "DrumGroupDevice"),
    )
    if value(element, "UserName"):
        compared(where, name=(device.name, value(element, "UserName")))
    held = {parameter.name: parameter for parameter in device.parameters}
    for name, path, kind in shown.SHOWN_BY.get(element.tag, ()):
        written = shown.filed(element, path)
        if written is not None and name in held:
            compared.shows(where, f"{element.tag} {name}", held[name], kind, written)
    if device.can_have_chains:
        compare_rack(compared, where, device, element, on and is_reached)


def compare_rack(compared: Compared, where: str, rack: Any, element: Any, is_reached: bool) -> None:
    branches = element.findall("Branches/*")
    compared(
        where,
        chains=(len(rack.chains), len(branches)),
        return_chains=(len(rack.return_chains), len(element.findall("ReturnBranches/*"))),
        visible_macro_count=(rack.visible_macro_count, int(value(element, "NumVisibleMacroControls", "8"))),
        variation_count=(
            rack.variation_count,
            len(element.findall("MacroVariations/MacroSnapshots/MacroSnapshot")),
        ),
    )
    for index in range(16):
        wanted = number(element, f"MacroControls.{index}/Manual")
        seen = rack.parameters[index + 1].value
        compared.one(where, f"macro {index + 1}", math.isclose(seen, wanted, abs_tol=1e-4), seen, wanted)
    for chain, branch in zip(rack.chains, branches, strict=True):
        mixer = branch.find("MixerDevice")
        compared(
            where + " " + chain.name,
            chain_name=(chain.name, value(branch, "Name/EffectiveName")),
            chain_color_index=(chain.color_index, color_of(branch)),
            chain_solo=(chain.solo, flag(branch, "IsSoloed")),
            chain_mute=(chain.mute, not flag(mixer, "Speaker/Manual")),
            chain_devices=(
                [each.class_name for each in chain.devices],
                [each.tag for each in branch.findall("DeviceChain/*/Devices/*")],
            ),
        )
        where_chain = f"{where} {chain.name}"
        volume = chain.mixer_device.volume
        compared.shows(where_chain, "chain_volume", volume, shown.FACTOR, value(mixer, "Volume/Manual"))
        if element.tag == "DrumGroupDevice":
            compared(
                where_chain,
                out_note=(chain.out_note, int(value(branch, "BranchInfo/SendingNote"))),
                choke_group=(chain.choke_group, int(value(branch, "BranchInfo/ChokeGroup"))),
            )
        # A muted chain's devices stay active.
        for inner, found in zip(chain.devices, branch.findall("DeviceChain/*/Devices/*"), strict=True):
            compare_device(compared, inner, found, is_reached)


def compare_tracks(compared: Compared, root: Any, pairs: list[tuple[Any, Any]]) -> None:
    names = {element.get("Id"): value(element, "Name/EffectiveName") for _, element in pairs}
    for track, element in pairs:
        compare_track(compared, track, element, names)
        more.track(compared, track, element, root)


def compare_clips(compared: Compared, root: Any, pairs: list[tuple[Any, Any]]) -> None:
    grooves = {each.get("Id", ""): value(each, "Name") for each in root.findall("GroovePool/Grooves/Groove")}
    for track, element in pairs:
        held = zip(track.clip_slots, view.slots(element), strict=False)
        found = [(slot.clip, clip) for slot, clip in held if clip is not None]
        if kind_of(element) in ARRANGED:
            found += zip(track.arrangement_clips, view.arrangement_clips(element), strict=True)
        for seen, clip in found:
            compare_clip(compared, seen, clip, grooves)
            more.clip(compared, seen, clip, element)


def compare_devices(compared: Compared, root: Any, pairs: list[tuple[Any, Any]]) -> None:
    for track, element in pairs:
        for device, found in zip(track.devices, view.top_devices(element), strict=True):
            compare_device(compared, device, found, True)
            more.device(compared, device, found, element)


KINDS = {"tracks": compare_tracks, "clips": compare_clips, "devices": compare_devices}


@pytest.mark.parametrize("kind", KINDS)
def test_sixty_properties_equal_those_of_the_files(
    kind: str, every_set: list[Path], lives: dict[Path, Any]
) -> None:
    names: set[str] = set()
    for als in every_set:
        _, root, pairs = open_set(als, lives)
        compared = Compared()
        KINDS[kind](compared, root, pairs)
        assert compared.wrong == [], als.name
        names |= compared.names
    assert len(names) >= LEAST, sorted(names)


def test_the_only_warnings_of_these_sets_are_guesses_about_devices(every_set: list[Path]) -> None:
    for als in every_set:
        warnings = sets.spec(als).warnings
        assert {each.kind for each in warnings} <= {"device names", "device values"}, als.name
