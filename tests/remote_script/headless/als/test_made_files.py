"""Generated Set files with one kind of content or damage each, which headless Live shows as Live would."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from remote_script.headless import HeadlessLive, load_als
from remote_script.headless.als import notices
from tests.remote_script.headless.als import making as m

BEAT = [(60, 0, 1, 100), (62, 1, 1, 100)]


@contextmanager
def opened(tmp_path: Path, text: str, *kinds: str, version: str = "12.4") -> Iterator[Any]:
    """The song in headless Live, after a check that the file's warnings have exactly these kinds."""
    spec = load_als(m.write(tmp_path / "Made.als", text))
    assert [warning.kind for warning in spec.warnings] == list(kinds)
    live = HeadlessLive(spec, version=version)
    try:
        yield live
    finally:
        live.close()


def names(found: Any) -> list[str]:
    return [each.display_name for each in found]


def test_the_small_file_is_the_output_of_its_script_and_opens_without_a_warning(tmp_path: Path) -> None:
    again = m.write(tmp_path / "small.als", m.small())
    assert gzip.decompress(again.read_bytes()) == gzip.decompress(m.SMALL.read_bytes())
    assert load_als(m.SMALL).warnings == []


def test_envelopes_of_controllers_and_modulation_count_though_no_call_reaches_them(tmp_path: Path) -> None:
    # Written once to get the ids, and again with references to them.
    m.track(probe := m.Ids(), "MidiTrack", "Keys", 1)
    ids = m.Ids()
    points = [(m.NEVER, 0), (0, 0), (2, 1)]
    held = {
        "Bend": probe.named["Keys controller 0"],
        "Wheel": probe.named["Keys controller 3"],
        "Pressure": probe.named["Keys controller 1"],
        "Modulated": probe.named["Keys volume modulation"],
    }
    slots = [m.midi_clip(name, BEAT, envelopes=m.envelope(id_, points)) for name, id_ in held.items()][:3]
    keys = m.track(
        ids,
        "MidiTrack",
        "Keys",
        1,
        slots=slots,
        arranged=m.midi_clip("Modulated", BEAT, start=4, envelopes=m.envelope(held["Modulated"], points)),
    )
    with opened(tmp_path, m.whole_set(ids, keys)) as live:
        track = live.song.tracks[0]
        clips = [slot.clip for slot in track.clip_slots] + list(track.arrangement_clips)
        assert [(clip.has_envelopes, len(clip.automation_envelopes)) for clip in clips] == [(True, 0)] * 4
        told: list[str] = []
        clips[0].add_has_envelopes_listener(lambda: told.append("has_envelopes"))
        clips[0].clear_all_envelopes()
        assert (clips[0].has_envelopes, told) == (False, ["has_envelopes"])
        live.song.end_undo_step()
        live.song.undo()
        assert clips[0].has_envelopes
        track.duplicate_clip_slot(1)
        assert track.clip_slots[2].clip.has_envelopes


def test_an_envelope_without_a_target_is_omitted_with_a_warning(tmp_path: Path) -> None:
    ids = m.Ids()
    lost = m.midi_clip("Lost", BEAT, envelopes=m.envelope(7, [(0, 1)]))
    keys = m.track(ids, "MidiTrack", "Keys", 1, slots=[lost], lanes=m.lane(8, [(0, 1), (4, 0)]))
    with opened(tmp_path, m.whole_set(ids, keys), "envelope") as live:
        assert not live.song.tracks[0].clip_slots[0].clip.has_envelopes
        assert live.document.warnings == [
            "2 × envelope of something that is not in the Set, left out "
            "(track 'Keys', clip 'Lost', target '7'; track 'Keys', target '8')"
        ]


def automated(live: Any) -> dict[str, int]:
    """The automation state of everything in the first track, its chains and the main track."""
    track, main = live.song.tracks[0], live.song.master_track
    rack = track.devices[0]
    mixer = track.mixer_device
    found = {
        "volume": mixer.volume, "pan": mixer.panning, "activator": mixer.track_activator, "send 0": mixer.sends[0],
        "Kit macro 3": rack.parameters[4], "Kit Kick volume": rack.chains[0].mixer_device.volume,
        "DrumGroupDevice on": rack.parameters[0], "tempo": main.mixer_device.song_tempo,
    }  # fmt: skip
    return {name: parameter.automation_state for name, parameter in found.items()}


@pytest.mark.parametrize(
    "what",
    ["volume", "pan", "activator", "send 0", "Kit macro 3", "Kit Kick volume", "DrumGroupDevice on", "tempo"],
)
def test_exactly_the_parameters_with_a_lane_are_shown_as_automated(tmp_path: Path, what: str) -> None:
    def written(ids: m.Ids, pointee: int, main: int) -> str:
        kit = m.drum_rack(ids, "Kit", [("Kick", 36)])
        mixed = m.mixer(ids, "Drums", [(0.5, True)])
        kind = "BoolEvent" if what in ("activator", "DrumGroupDevice on") else "FloatEvent"
        values = ("true", "false") if kind == "BoolEvent" else (90, 100) if what == "tempo" else (0.5, 0.25)
        points = [(m.NEVER, values[0]), (0, values[0]), (8, values[1])]
        lanes = m.lane(pointee, points, kind) if pointee else ""
        drums = m.track(ids, "MidiTrack", "Drums", 1, devices=kit, mixer=mixed, lanes=lanes)
        back = m.track(ids, "ReturnTrack", "A-Echo", 2, sends=[(0, True)])
        return m.whole_set(ids, drums, back, main_lanes=lambda ids: m.lane(main, points) if main else "")

    written(probe := m.Ids(), 0, 0)
    if what == "tempo":
        text = written(m.Ids(), 0, probe.named["tempo"])
    else:
        known = {f"Drums {what}", what} & set(probe.named)
        text = written(m.Ids(), probe.named[known.pop()], 0)
    with opened(tmp_path, text) as live:
        states = automated(live)
        assert states == {name: int(name == what) for name in states}


def test_tempo_and_signature_follow_their_lanes_while_the_song_plays(tmp_path: Path) -> None:
    ids = m.Ids()
    text = m.whole_set(
        ids,
        m.track(ids, "MidiTrack", "Keys", 1),
        tempo=100,
        main_lanes=lambda ids: (
            m.lane(ids.named["tempo"], [(m.NEVER, 100), (4, 100), (12, 180)])
            + m.lane(ids.named["signature"], [(m.NEVER, 201), (8, 200)], "EnumEvent")
        ),
    )
    with opened(tmp_path, text) as live:
        song = live.song
        told: list[str] = []
        song.add_tempo_listener(lambda: told.append("tempo"))
        live.run_for(1.0)
        assert (song.tempo, song.signature_numerator, told) == (100.0, 4, [])
        song.start_playing()
        live.run_for(60.0 / 100.0 * 4)
        assert (song.tempo, song.signature_numerator) == (pytest.approx(100.0, abs=1.0), 4)
        while song.current_song_time < 8.0:
            live.run_for(0.01)
        assert (song.tempo, song.signature_numerator) == (pytest.approx(140.0, abs=1.0), 3)
        assert str(song.master_track.mixer_device.song_tempo)
        song.tempo = 99.0
        live.run_for(0.5)
        assert (song.tempo, song.re_enable_automation_enabled) == (99.0, True)
        song.re_enable_automation()
        live.run_for(0.1)
        assert song.tempo > 140.0
        song.stop_playing()
        live.run_for(0.1)
        song.current_song_time = 0.0
        live.run_for(0.3)
        assert (song.tempo, song.signature_numerator) == (100.0, 4)


def test_lanes_of_the_file_move_their_parameters_when_the_play_head_moves(tmp_path: Path) -> None:
    written = lambda ids, lanes: m.whole_set(ids, m.track(ids, "AudioTrack", "Voice", 1, lanes=lanes))  # noqa: E731
    written(probe := m.Ids(), "")
    lanes = m.lane(probe.named["Voice pan"], [(m.NEVER, -1), (0, -1), (16, 1)])
    lanes += m.lane(probe.named["Voice activator"], [(m.NEVER, "true"), (8, "false")], "BoolEvent")
    with opened(tmp_path, written(m.Ids(), lanes)) as live:
        mixer = live.song.tracks[0].mixer_device
        live.run_for(1.0)
        assert (mixer.panning.value, live.song.tracks[0].mute) == (0.0, False)
        live.song.current_song_time = 4.0
        live.run_for(0.3)
        assert (mixer.panning.value, live.song.tracks[0].mute) == (pytest.approx(-0.5), False)
        live.song.current_song_time = 8.5
        live.run_for(0.3)
        assert (mixer.panning.value, live.song.tracks[0].mute) == (pytest.approx(0.0625), True)


ROUTED = {
    "MIDI without an output": ("MidiTrack", "output", "MidiOut/None", "None", "", "No Output", ""),
    "MIDI without an input": ("MidiTrack", "input", "MidiIn/None", "No Input", "", "No Input", ""),
    "audio without an input": ("AudioTrack", "input", "AudioIn/None", "No Output", "", "No Input", ""),
    "hardware that is not here": (
        "AudioTrack", "output", "AudioOut/External/S3", "Ext. Out", "7/8", "Ext. Out", "7/8"
    ),
    "a MIDI port that is not here": (
        "MidiTrack", "input", "MidiIn/External.Dev:Launch/0", "Ext: Launch Pad", "Ch. 2", "Launch Pad", "Ch. 2"
    ),
    "an instrument's output": (
        "AudioTrack", "output", "AudioOut/Track.9/DeviceIn", "Gone", "Kit | Chain In", "Gone", "Kit | Chain In"
    ),
    "the main track": ("AudioTrack", "output", "AudioOut/Master", "Master", "", "Main", ""),
    "sends only": ("AudioTrack", "output", "AudioOut/None", "Sends Only", "", "Sends Only", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", ROUTED)
def test_a_routing_reads_as_live_shows_it_and_is_in_its_list(tmp_path: Path, what: str) -> None:
    tag, side, target, upper, lower, wanted, channel = ROUTED[what]
    element = {"output": "OutputRouting", "input": "InputRouting"}[side]
    element = ("Midi" if target.startswith("Midi") else "Audio") + element
    ids = m.Ids()
    text = m.whole_set(ids, m.track(ids, tag, "One", 1, routings={element: (target, upper, lower)}))
    with opened(tmp_path, text) as live:
        track = live.song.tracks[0]
        assert getattr(track, f"{side}_routing_type").display_name == wanted
        assert getattr(track, f"{side}_routing_channel").display_name == channel
        assert wanted in names(getattr(track, f"available_{side}_routing_types"))
        assert channel in names(getattr(track, f"available_{side}_routing_channels"))
        # The present choice can be set again, and another choice can be set.
        setattr(track, f"{side}_routing_type", getattr(track, f"{side}_routing_type"))
        setattr(track, f"{side}_routing_type", getattr(track, f"available_{side}_routing_types")[0])


@pytest.mark.parametrize(
    ("target", "upper", "lower", "wanted"),
    [
        ("AudioIn/None", "No Output", "", ("No Input", "")),
        ("AudioIn/Track.1/PostFxOut", "Drums", "Post FX", ("Drums", "Post FX")),
        (
            "AudioIn/Track.1/DeviceOut.0",
            "Drums",
            "Kit | Snare | Post Mixer",
            ("Drums", "Kit | Snare | Post Mixer"),
        ),
        (
            "AudioIn/Track.1/DeviceOut.7",
            "Drums",
            "Old Kit | Clap | Pre FX",
            ("Drums", "Old Kit | Clap | Pre FX"),
        ),
        ("AudioIn/Track.5/TrackOut", "Gone", "Post Mixer", ("Gone", "Post Mixer")),
    ],
)
def test_a_sidechain_keeps_its_source_and_tap(
    tmp_path: Path, target: str, upper: str, lower: str, wanted: tuple[str, str]
) -> None:
    ids = m.Ids()
    kit = m.drum_rack(ids, "Kit", [("Kick", 36), ("Snare", 38)])
    squeezed = m.device(ids, "Compressor2", m.sidechain(target, upper, lower))
    drums = m.track(ids, "MidiTrack", "Drums", 1, devices=kit)
    with opened(
        tmp_path, m.whole_set(ids, drums + m.track(ids, "AudioTrack", "Bass", 2, devices=squeezed))
    ) as live:
        device = live.song.tracks[1].devices[0]
        assert (device.input_routing_type.display_name, device.input_routing_channel.display_name) == wanted
        assert wanted[0] in names(device.available_input_routing_types)
        assert wanted[1] in names(device.available_input_routing_channels)


@pytest.mark.parametrize("reference", ["MxPatchRef", "MxDPatchRef"])
def test_a_max_device_has_the_name_of_its_patch_and_lives_class(tmp_path: Path, reference: str) -> None:
    ids = m.Ids()
    held = m.max_device(ids, reference, "/Max/Step Sequencer.amxd")
    with opened(tmp_path, m.whole_set(ids, m.track(ids, "MidiTrack", "Keys", 1, devices=held))) as live:
        device = live.song.tracks[0].devices[0]
        assert (device.name, device.class_name) == ("Step Sequencer", "MxDeviceMidiEffect")
        assert device.class_display_name == "Max MIDI Effect"


def test_a_tuning_system_is_read_completely(tmp_path: Path) -> None:
    ids = m.Ids()
    systems = m.tuning("Five", [0.0, 240.0, 480.0, 720.0, 960.0]) + m.tuning("Other", [0.0])
    with opened(
        tmp_path, m.whole_set(ids, m.track(ids, "MidiTrack", "K", 1), tuning=systems), "tuning"
    ) as live:
        tuning = live.song.tuning_system
        assert (tuning.name, list(tuning.note_tunings)) == ("Five", [0.0, 240.0, 480.0, 720.0, 960.0])
        assert tuning.number_of_notes_in_pseudo_octave == 5
        pitch = tuning.reference_pitch
        assert (pitch.frequency, pitch.index_in_octave, pitch.octave) == (432.0, 2, 3)
        assert (tuning.lowest_note.index_in_octave, tuning.lowest_note.octave) == (1, -1)
        assert (tuning.highest_note.index_in_octave, tuning.highest_note.octave) == (4, 7)


def test_playing_clips_draw_mode_and_disabled_devices_are_read_from_the_file(tmp_path: Path) -> None:
    ids = m.Ids()
    keys = m.track(
        ids, "MidiTrack", "Keys", 1, playing=1, sends=[(0.5, False), (0.5, True)],
        slots=["", m.midi_clip("Riff", BEAT, grid={"FixedDenominator": 8, "Ntoles": 3}), ""],
    )  # fmt: skip
    stopped, arranged = m.track(ids, "MidiTrack", "B", 2, playing=-2), m.track(ids, "MidiTrack", "C", 3)
    returns = "".join(
        m.track(ids, "ReturnTrack", title, 9, sends=[(0, True)] * 2) for title in ("A-X", "B-Y")
    )
    with opened(tmp_path, m.whole_set(ids, keys + stopped + arranged, returns, draw=True)) as live:
        song = live.song
        assert song.view.draw_mode
        assert [track.playing_slot_index for track in song.tracks] == [1, -2, -1]
        assert [track.back_to_arranger for track in song.tracks] == [True, True, False]
        assert song.back_to_arranger
        clip = song.tracks[0].clip_slots[1].clip
        assert (int(clip.view.grid_quantization), clip.view.grid_is_triplet) == (7, True)
        assert [int(send.state) for send in song.tracks[0].mixer_device.sends] == [1, 0]
        song.start_playing()
        live.run_for(0.6)
        assert (clip.is_playing, clip.playing_position > 0.5) == (True, True)


@pytest.mark.parametrize("playing", [0, 2, 40])
def test_a_playing_slot_without_a_clip_is_one_that_stopped(tmp_path: Path, playing: int) -> None:
    ids = m.Ids()
    keys = m.track(ids, "MidiTrack", "Keys", 1, playing=playing, slots=["", m.midi_clip("Riff", BEAT)])
    with opened(tmp_path, m.whole_set(ids, keys), "playing slot") as live:
        assert live.song.tracks[0].playing_slot_index == -2


DAMAGED = {
    "groove": lambda ids: m.track(ids, "MidiTrack", "K", 1, slots=[m.midi_clip("C", BEAT, groove=4)]),
    "warp marker": lambda ids: m.track(
        ids, "AudioTrack", "K", 1, slots=[m.audio_clip("C", markers=((0, 0), (2, 4), (1, 8), (2, 4)))]
    ),
    "sends": lambda ids: m.track(ids, "MidiTrack", "K", 1, sends=[(1, True)]),
    "clip kind": lambda ids: m.track(ids, "MidiTrack", "K", 1, slots=[m.audio_clip("C")]),
    "order": lambda ids: m.track(
        ids,
        "MidiTrack",
        "K",
        1,
        slots=[m.midi_clip("C", BEAT, envelopes=m.envelope(1008, [(3, 1), (1, 0.5)]))],
    ),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_each_kind_of_damage_opens_with_its_warning(tmp_path: Path, kind: str) -> None:
    text = m.whole_set(ids := m.Ids(), DAMAGED[kind](ids))
    if kind == "order":
        # The volume of the track, independent of its number.
        text = text.replace('"1008"', f'"{ids.named["K volume"]}"', 1)
    with opened(tmp_path, text, kind) as live:
        live.run_for(0.2)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"locators": ((4, "A"), (4, "B"))}, "locator"),
        ({"scenes": 1}, "scenes"),
        ({"transport": {"LoopLength": 0}}, "loop length"),
        ({"transport": {"LoopStart": 16, "LoopLength": -8}}, "loop"),
    ],
)
def test_damage_of_the_song_opens_with_its_warning(tmp_path: Path, given: dict[str, Any], kind: str) -> None:
    ids = m.Ids()
    with opened(tmp_path, m.whole_set(ids, m.track(ids, "MidiTrack", "K", 1), **given), kind) as live:
        assert live.song.loop_length > 0.0
        assert len({cue.time for cue in live.song.cue_points}) == len(live.song.cue_points)


def test_every_kind_of_warning_is_explained_in_one_line() -> None:
    assert all(text and "\n" not in text and "," in text for text in notices.KINDS.values())


def test_warnings_are_logged_once_and_available_to_scripts(tmp_path: Path) -> None:
    ids = m.Ids()
    text = m.whole_set(
        ids, m.track(ids, "MidiTrack", "K", 1, slots=[m.midi_clip("C", [(60, 0, 0, 100)] * 3)])
    )
    with opened(tmp_path, text, "note length") as live:
        (line,) = (each for each in live.log_lines if each.startswith("Set file: "))
        assert line.startswith(
            "Set file: 3 × note without length, made as short as a note can be (track 'K', clip 'C'"
        )
