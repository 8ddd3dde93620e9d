"""Each property of tracks, clips and devices of real Sets, read again from the XML and compared."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from remote_script.headless.sets.spec import ClipSpec, DeviceSpec, SetSpec
from tests import sets
from tests.remote_script.headless.als import xml_view as view
from tests.remote_script.headless.als.xml_view import flag, number, value


def color_of(element) -> int | None:  # type: ignore[no-untyped-def]
    new = value(element, "Color")
    if new:
        return None if new == "-1" else int(new)
    old = value(element, "ColorIndex")
    if not old:
        return None
    return int(old) - 140 if int(old) >= 140 else int(old)


def pairs(spec: SetSpec, root) -> list:  # type: ignore[no-untyped-def,type-arg]
    specs = [*spec.tracks, *spec.return_tracks, spec.main_track]
    return list(zip(specs, [*view.tracks(root), *view.returns(root), view.main(root)], strict=True))


def same_fader(seen: float, factor: float) -> bool:
    wanted = view.fader(factor)
    if wanted is None:
        return 0.0 <= seen < 0.4
    return math.isclose(seen, wanted, abs_tol=1e-9)


def mixer_of(element) -> dict[str, object]:  # type: ignore[no-untyped-def]
    mixer = element.find("DeviceChain/Mixer")
    return {
        "panning": number(mixer, "Pan/Manual"),
        "panning_mode": int(value(mixer, "PanMode", "0")),
        "left_split_stereo": number(mixer, "SplitStereoPanL/Manual", -1.0),
        "right_split_stereo": number(mixer, "SplitStereoPanR/Manual", 1.0),
        "is_on": flag(mixer, "Speaker/Manual"),
        "crossfade_assign": int(value(mixer, "CrossFadeState/Manual")),
    }


@sets.parametrize
def test_tracks_have_the_properties_of_the_file(als: Path) -> None:
    spec, root = sets.spec(als), view.live_set(als)
    kinds = {
        "MidiTrack": "midi",
        "AudioTrack": "audio",
        "GroupTrack": "group",
        "ReturnTrack": "return",
        "MasterTrack": "main",
        "MainTrack": "main",
    }
    ids = [one.get("Id") for one in view.tracks(root)]
    for track, element in pairs(spec, root):
        kind = kinds[element.tag]
        group = value(element, "TrackGroupId")
        name = value(element, "Name/EffectiveName")
        wanted = {
            "kind": kind,
            "name": "Main" if kind == "main" else name,
            "user_name": value(element, "Name/UserName"),
            "color_index": color_of(element),
            "group": None if group == "-1" else ids.index(group),
            "is_frozen": flag(element, "Freeze"),
            "delay": number(element, "TrackDelay/Value"),
            "delay_is_samples": flag(element, "TrackDelay/IsValueSampleBased"),
            "solo": flag(element, "DeviceChain/Mixer/SoloSink"),
            "is_collapsed": not flag(element, "TrackUnfolded"),
            "devices": [one.tag for one in view.top_devices(element)],
            "filled slots": [index for index, clip in enumerate(view.slots(element)) if clip is not None],
            "slots": len(view.slots(element)),
            "arrangement": len(view.arrangement_clips(element)),
            "take lanes": len(element.findall("TakeLanes/TakeLanes/TakeLane")),
        }
        if kind in ("midi", "audio"):
            sequencer = element.find("DeviceChain/MainSequencer")
            wanted["arm"] = flag(sequencer, "Recorder/IsArmed")
            wanted["monitoring"] = int(value(sequencer, "MonitoringEnum"))
            wanted["stop buttons"] = [
                flag(slot, "HasStop") for slot in sequencer.findall("ClipSlotList/ClipSlot")
            ]
        seen = {name: getattr(track, name) for name in wanted if hasattr(track, name)}
        seen["devices"] = [device.class_name for device in track.devices]
        seen["filled slots"] = [index for index, clip in enumerate(track.clip_slots) if clip is not None]
        seen["slots"] = len(track.clip_slots)
        seen["arrangement"] = len(track.arrangement_clips)
        seen["take lanes"] = len(track.take_lanes)
        if kind in ("midi", "audio"):
            seen["stop buttons"] = track.stop_buttons
        assert seen == wanted
        assert {name: getattr(track.mixer, name) for name in mixer_of(element)} == mixer_of(element)
        mixer = element.find("DeviceChain/Mixer")
        assert same_fader(track.mixer.volume, number(mixer, "Volume/Manual"))
        sends = [number(one, "Send/Manual") for one in mixer.findall("Sends/TrackSendHolder")]
        assert len(track.mixer.sends) == len(sends)
        for send, factor in zip(track.mixer.sends, sends, strict=True):
            # A send shows 6 dB less than a fader with the same value.
            assert same_fader(send, factor * 10 ** (6 / 20)) or factor < 0.001


@sets.parametrize
def test_routings_carry_the_names_that_choosers_show(als: Path) -> None:
    spec, root = sets.spec(als), view.live_set(als)
    for track, element in pairs(spec, root):
        chain = element.find("DeviceChain")
        has_instrument = any(device.type == 1 for device in track.devices)
        output = "Audio" if track.kind != "midi" or has_instrument else "Midi"
        routing = chain.find(output + "OutputRouting")
        shown = value(routing, "UpperDisplayString")
        fixed = {"AudioOut/Main": "Main", "AudioOut/Master": "Main", "MidiOut/None": "No Output"}
        assert track.output_routing_type == fixed.get(value(routing, "Target"), shown)
        assert track.output_routing_channel == (value(routing, "LowerDisplayString") or None)
        if track.kind == "midi":
            shown = value(chain, "MidiInputRouting/UpperDisplayString")
            assert track.input_routing_type == shown.removeprefix("Ext: ")
        elif track.kind == "audio":
            assert track.input_routing_type == value(chain, "AudioInputRouting/UpperDisplayString")
            assert track.input_routing_channel == (
                value(chain, "AudioInputRouting/LowerDisplayString") or None
            )
        else:
            assert track.input_routing_type is None


def clip_properties(clip) -> dict[str, object]:  # type: ignore[no-untyped-def]
    loop = clip.find("Loop")
    looping = flag(loop, "LoopOn")
    start = number(loop, "LoopStart")
    wanted: dict[str, object] = {
        "name": value(clip, "Name"),
        "color_index": color_of(clip),
        "is_midi": clip.tag == "MidiClip",
        "loop_start": start,
        "loop_end": number(loop, "LoopEnd"),
        "start_marker": start + number(loop, "StartRelative"),
        "end_marker": number(loop, "OutMarker"),
        "looping": looping,
        "hidden_loop_start": None if looping else number(loop, "HiddenLoopStart"),
        "hidden_loop_end": None if looping else number(loop, "HiddenLoopEnd"),
        "muted": flag(clip, "Disabled"),
        "launch_mode": int(value(clip, "LaunchMode")),
        "launch_quantization": int(value(clip, "LaunchQuantisation")),
        "legato": flag(clip, "Legato"),
        "velocity_amount": number(clip, "VelocityAmount"),
        "signature_numerator": int(value(clip, "TimeSignature/TimeSignatures/*/Numerator")),
        "signature_denominator": int(value(clip, "TimeSignature/TimeSignatures/*/Denominator")),
        "ram_mode": flag(clip, "Ram"),
        "warping": flag(clip, "IsWarped"),
    }
    if clip.tag == "AudioClip":
        wanted["warp_mode"] = int(value(clip, "WarpMode"))
        wanted["pitch_coarse"] = int(value(clip, "PitchCoarse"))
        wanted["pitch_fine"] = number(clip, "PitchFine")
        wanted["sample_length"] = int(value(clip, "SampleRef/DefaultDuration"))
        wanted["sample_rate"] = number(clip, "SampleRef/DefaultSampleRate")
    return wanted


def compare_clip(spec: ClipSpec, clip, grooves: list[str]) -> None:  # type: ignore[no-untyped-def]
    wanted = clip_properties(clip)
    assert {name: getattr(spec, name) for name in wanted} == wanted
    groove = value(clip, "GrooveSettings/GrooveId")
    assert spec.groove == (None if groove == "-1" else grooves.index(groove))
    fields = ("pitch", "start_time", "duration", "velocity", "mute", "probability")
    fields += ("velocity_deviation", "release_velocity")
    assert sorted(tuple(getattr(note, name) for name in fields) for note in spec.notes) == sorted(
        (
            key,
            float(note.get("Time", "")),
            float(note.get("Duration", "")),
            float(note.get("Velocity", "")),
            note.get("IsEnabled", "true") == "false",
            float(note.get("Probability", "1")),
            float(note.get("VelocityDeviation", "0")),
            float(note.get("OffVelocity", "64")),
        )
        for key, note in view.notes(clip)
    )
    if clip.tag == "AudioClip":
        compare_audio(spec, clip)


def compare_audio(spec: ClipSpec, clip) -> None:  # type: ignore[no-untyped-def]
    markers = clip.findall("WarpMarkers/WarpMarker")
    wanted = sorted((float(one.get("BeatTime")), float(one.get("SecTime"))) for one in markers)
    assert [(one.beat_time, one.sample_time) for one in spec.warp_markers] == wanted
    factor = number(clip, "SampleVolume")
    decibels = 20 * math.log10(factor)
    if decibels >= 0.0:
        assert spec.gain == pytest.approx(0.4 + decibels / 40.0)
    else:
        assert 0.0 < spec.gain < 0.4
    reference = clip.find("SampleRef/FileRef")
    path = value(reference, "Path")
    if path:
        assert spec.file_path == path
    else:
        assert spec.file_path.endswith(value(reference, "Name"))
        hints = [one.get("Dir") for one in reference.findall("SearchHint/PathHint/RelativePathElement")]
        if hints:
            assert spec.file_path.split("/")[1:-1] == hints or spec.file_path.split("/")[:-1] == hints


@sets.parametrize
def test_clips_have_the_properties_of_the_file(als: Path) -> None:
    spec, root = sets.spec(als), view.live_set(als)
    grooves = [one.get("Id", "") for one in root.findall("GroovePool/Grooves/Groove")]
    for track, element in pairs(spec, root):
        for slot, clip in zip(track.clip_slots, view.slots(element), strict=True):
            if clip is not None:
                assert slot is not None
                compare_clip(slot, clip, grooves)
                assert slot.start_time is None
        for arranged, clip in zip(track.arrangement_clips, view.arrangement_clips(element), strict=True):
            compare_clip(arranged, clip, grooves)
            assert arranged.start_time == number(clip, "CurrentStart")
            assert arranged.end_time == number(clip, "CurrentEnd")


def compare_device(spec: DeviceSpec, device) -> None:  # type: ignore[no-untyped-def]
    assert spec.class_name == device.tag
    assert spec.is_on == flag(device, "On/Manual")
    assert spec.is_collapsed == (not flag(device, "IsExpanded"))
    if value(device, "UserName"):
        assert spec.name == value(device, "UserName")
    assert spec.name
    if "GroupDevice" in device.tag:
        compare_rack(spec, device)
    elif device.tag in ("PluginDevice", "AuPluginDevice"):
        compare_plugin(spec, device)
    elif device.tag == "OriginalSimpler":
        part = device.find("Player/MultiSampleMap/SampleParts/MultiSamplePart")
        assert (spec.sample is None) == (part is None)
        if part is not None and spec.sample is not None:
            assert spec.sample.start_marker == int(value(part, "SampleStart"))
            assert spec.sample.end_marker == int(value(part, "SampleEnd"))
            path = value(part, "SampleRef/FileRef/Path")
            name = value(part, "SampleRef/FileRef/Name")
            assert spec.sample.file_path.endswith(path or name)


def compare_rack(spec: DeviceSpec, device) -> None:  # type: ignore[no-untyped-def]
    assert spec.parameters == []
    held = [device.find(f"MacroControls.{index}") for index in range(16)]
    values = [0.0 if one is None else number(one, "Manual") for one in held]
    assert spec.macros == pytest.approx(values)
    names = [value(device, f"MacroDisplayNames.{index}", f"Macro {index + 1}") for index in range(16)]
    assert spec.macro_names == names
    assert spec.visible_macro_count == int(value(device, "NumVisibleMacroControls", "8"))
    assert spec.variation_count == len(device.findall("MacroVariations/MacroSnapshots/MacroSnapshot"))
    assert spec.chain_selector == number(device, "ChainSelector/Manual")
    branches = device.findall("Branches/*")
    assert len(spec.chains) == len(branches)
    assert len(spec.return_chains) == len(device.findall("ReturnBranches/*"))
    for chain, branch in zip(spec.chains, branches, strict=True):
        assert chain.name == value(branch, "Name/EffectiveName")
        assert chain.color_index == color_of(branch)
        assert chain.solo == flag(branch, "IsSoloed")
        assert chain.mute != flag(branch, "MixerDevice/Speaker/Manual")
        assert same_fader(chain.volume, number(branch, "MixerDevice/Volume/Manual"))
        assert chain.panning == pytest.approx(number(branch, "MixerDevice/Panorama/Manual"))
        if device.tag == "DrumGroupDevice":
            stored = int(value(branch, "BranchInfo/ReceivingNote"))
            assert chain.in_note == (128 - stored if stored else -1)
            assert chain.out_note == int(value(branch, "BranchInfo/SendingNote"))
            assert chain.choke_group == int(value(branch, "BranchInfo/ChokeGroup"))
        inner = branch.findall("DeviceChain/*/Devices/*")
        for one, found in zip(chain.devices, inner, strict=True):
            compare_device(one, found)


def compare_plugin(spec: DeviceSpec, device) -> None:  # type: ignore[no-untyped-def]
    shown = [value(device, "PluginDesc/*/" + name) for name in ("Name", "PlugName")]
    assert spec.class_display_name in shown
    configured = [one for one in device.findall("ParameterList/*") if value(one, "ParameterName")]
    assert [one.name for one in spec.parameters] == [value(one, "ParameterName") for one in configured]
    for seen, one in zip(spec.parameters, configured, strict=True):
        written = value(one, "ParameterValue/Manual")
        if written not in ("true", "false"):
            assert seen.value == pytest.approx(float(written))


@sets.parametrize
def test_devices_have_the_properties_of_the_file(als: Path) -> None:
    spec, root = sets.spec(als), view.live_set(als)
    for track, element in pairs(spec, root):
        for device, found in zip(track.devices, view.top_devices(element), strict=True):
            compare_device(device, found)


@sets.parametrize
def test_the_song_has_the_properties_of_the_file(als: Path) -> None:
    spec, root = sets.spec(als), view.live_set(als)
    mixer = view.main(root).find("DeviceChain/Mixer")
    assert mixer is not None
    code = int(value(mixer, "TimeSignature/Manual"))
    transport = root.find("Transport")
    assert transport is not None
    wanted = {
        "tempo": number(mixer, "Tempo/Manual"),
        "signature_numerator": code % 99 + 1,
        "signature_denominator": 2 ** (code // 99),
        "loop": flag(transport, "LoopOn"),
        "loop_start": number(transport, "LoopStart"),
        "loop_length": number(transport, "LoopLength"),
        "punch_in": flag(transport, "PunchIn"),
        "punch_out": flag(transport, "PunchOut"),
        "start_time": number(transport, "CurrentTime"),
        "arrangement_overdub": flag(root, "ArrangementOverdub"),
        "clip_trigger_quantization": int(value(root, "GlobalQuantisation")),
        "midi_recording_quantization": int(value(root, "AutoQuantisation")),
        "groove_amount": number(mixer, "GlobalGrooveAmount/Manual") / 100.0,
    }
    assert {name: getattr(spec, name) for name in wanted} == pytest.approx(wanted)
    assert spec.main_track.mixer.crossfader == number(mixer, "CrossFade/Manual")
    locators = root.findall("Locators/Locators/Locator")
    assert [(cue.time, cue.name) for cue in spec.cue_points] == [
        (number(one, "Time"), value(one, "Name")) for one in locators
    ]
    for scene, element in zip(spec.scenes, view.scenes(root), strict=True):
        assert scene.name == (element.get("Value") or value(element, "Name"))
        if flag(element, "IsTempoEnabled"):
            assert scene.tempo == number(element, "Tempo")
