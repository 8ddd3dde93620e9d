"""Meters and recorded audio: a mix can be measured, changed and measured again."""

from __future__ import annotations

import math
import os
import types
import wave
from array import array
from collections.abc import Iterator
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

UNITY, ZERO_DBFS = 0.85, 70.0 / 76.0


@pytest.fixture
def live() -> Iterator[HeadlessLive]:
    made = HeadlessLive()
    yield made
    made.close()


def note(live: HeadlessLive, pitch: int, start: float, length: float, velocity: float = 127.0) -> Any:
    return live.surface.classes["MidiNoteSpecification"](pitch, start, length, velocity)


def player(live: HeadlessLive, *notes: Any, device: str = "Drift") -> Any:
    """A track that plays a clip of four beats from the start of the Arrangement."""
    track = live.song.create_midi_track(-1)
    if device:
        track.insert_device(device, 0)
    clip = track.create_midi_clip(0.0, 4.0)
    clip.add_new_notes(tuple(notes or (note(live, 60, 0.0, 4.0),)))
    return track


def decibels(raw: float) -> float:
    return 76.0 * raw - 70.0


def play(live: HeadlessLive, seconds: float = 1.2) -> None:
    live.song.start_playing()
    live.run_for(seconds)


def test_a_meter_follows_its_law_from_the_note_through_the_fader(live: HeadlessLive) -> None:
    track = player(live)
    play(live)
    assert decibels(track.output_meter_level) == pytest.approx(-12.04, abs=0.01)
    for fader, change in ((0.7, -6.0), (0.6, -10.0), (1.0, 6.0), (0.85, 0.0)):
        track.mixer_device.volume.value = fader
        live.run_for(0.02)
        assert decibels(track.output_meter_left) == pytest.approx(-12.04 + change, abs=0.02)


def test_full_scale_is_0_921_and_levels_below_the_floor_are_zero() -> None:
    from remote_script.headless.music.display import meter_of

    assert meter_of(1.0) == pytest.approx(ZERO_DBFS)
    assert (meter_of(0.0), meter_of(10 ** (-69.6 / 20))) == (0.0, 0.0)
    assert decibels(meter_of(10 ** (-69.4 / 20))) == pytest.approx(-69.4)
    assert meter_of(10.0) == 1.0


def test_level_is_the_larger_side_and_panning_lowers_the_other(live: HeadlessLive) -> None:
    track = player(live)
    play(live)
    track.mixer_device.panning.value = -1.0
    live.run_for(0.02)
    assert track.output_meter_right == 0.0
    assert track.output_meter_left > 0.7
    assert track.output_meter_level == pytest.approx(track.output_meter_left)
    track.mixer_device.panning.value = 0.5
    live.run_for(0.02)
    assert decibels(track.output_meter_left) == pytest.approx(
        decibels(track.output_meter_right) - 6.02, abs=0.01
    )


def test_level_holds_for_a_second_after_a_short_note(live: HeadlessLive) -> None:
    track = player(live, note(live, 60, 0.0, 0.25))
    play(live, 0.1)
    loud = track.output_meter_left
    live.run_for(0.5)
    assert track.output_meter_left == 0.0
    assert track.output_meter_level == pytest.approx(loud)
    live.run_for(1.0)
    assert track.output_meter_level == 0.0


def test_level_holds_for_a_second_after_a_stop(live: HeadlessLive) -> None:
    track = player(live)
    play(live, 0.5)
    loud = track.output_meter_level
    live.song.stop_playing()
    live.run_for(0.5)
    assert (track.output_meter_left, track.output_meter_level) == (0.0, loud)
    live.run_for(0.6)
    assert track.output_meter_level == 0.0


def test_velocity_and_chords_change_the_level(live: HeadlessLive) -> None:
    soft = player(live, note(live, 60, 0.0, 4.0, 63.5))
    chord = player(live, *(note(live, pitch, 0.0, 4.0) for pitch in (60, 64, 67, 71)))
    one = player(live)
    play(live)
    levels = [decibels(each.output_meter_left) for each in (soft, chord, one)]
    assert levels[0] == pytest.approx(levels[2] - 6.02, abs=0.01)
    assert levels[1] == pytest.approx(levels[2] + 6.02, abs=0.01)


def test_mute_solo_and_a_switched_off_instrument_silence_a_track(live: HeadlessLive) -> None:
    first, second = player(live), player(live)
    play(live)
    first.mute = True
    live.run_for(0.02)
    assert first.output_meter_left == 0.0
    first.mute = False
    second.solo = True
    live.run_for(0.02)
    assert (first.output_meter_left, second.output_meter_left > 0.5) == (0.0, True)
    second.devices[0].parameters[0].value = 0.0
    live.run_for(0.02)
    assert second.output_meter_left == 0.0


def test_the_main_track_sums_its_inputs(live: HeadlessLive) -> None:
    first, second = player(live), player(live)
    play(live)
    alone = decibels(first.output_meter_left)
    assert decibels(live.song.master_track.output_meter_left) == pytest.approx(alone + 3.01, abs=0.01)
    second.output_routing_type = next(
        each for each in second.available_output_routing_types if each.display_name == "Sends Only"
    )
    live.run_for(0.02)
    assert decibels(live.song.master_track.output_meter_left) == pytest.approx(alone, abs=0.01)


def test_a_send_feeds_its_return_after_the_fader(live: HeadlessLive) -> None:
    track = player(live)
    play(live)
    track.mixer_device.sends[0].value = 1.0
    track.mixer_device.volume.value = 0.7
    live.run_for(0.02)
    target = live.song.return_tracks[0]
    assert decibels(target.output_meter_left) == pytest.approx(-18.04, abs=0.02)
    assert live.song.return_tracks[1].output_meter_left == 0.0


def test_a_group_carries_its_tracks(live: HeadlessLive) -> None:
    from remote_script.headless.sets.spec import ClipSpec, SetSpec, TrackSpec

    clip = ClipSpec(is_midi=False, start_time=0.0, end_time=4.0, sample_length=88200)
    spec = SetSpec(
        tracks=[
            TrackSpec("group", "G"),
            TrackSpec("audio", "A", group=0, arrangement_clips=[clip], output_routing_type="Group"),
        ]
    )
    other = HeadlessLive(spec)
    other.song.tracks[0].mixer_device.volume.value = 0.7
    other.song.start_playing()
    other.run_for(0.5)
    group, main = other.song.tracks[0], other.song.master_track
    assert decibels(group.output_meter_left) == pytest.approx(-18.04, abs=0.02)
    assert main.output_meter_left == pytest.approx(group.output_meter_left)
    other.close()


def test_levels_are_zero_while_the_song_is_stopped(live: HeadlessLive) -> None:
    track = player(live)
    live.run_for(0.5)
    assert track.output_meter_level == 0.0
    assert live.song.master_track.output_meter_level == 0.0


def test_a_midi_track_without_an_instrument_meters_midi(live: HeadlessLive) -> None:
    track = player(live, note(live, 60, 0.0, 4.0, 100.0), device="")
    play(live)
    assert track.output_meter_level == pytest.approx(100.0 / 127.0)
    with pytest.raises(RuntimeError, match="output_meter_left"):
        _ = track.output_meter_left
    assert live.song.master_track.output_meter_level == 0.0


def test_clip_gain_and_volume_automation_change_the_level(live: HeadlessLive) -> None:
    track = player(live)
    track.clip_slots[0].create_clip(4.0)
    clip = track.clip_slots[0].clip
    clip.add_new_notes((note(live, 60, 0.0, 4.0),))
    volume = track.mixer_device.volume
    clip.create_automation_envelope(volume).insert_step(0.0, 4.0, 0.7)
    track.duplicate_clip_to_arrangement(clip, 0.0)
    play(live, 0.5)
    assert decibels(track.output_meter_left) == pytest.approx(-18.04, abs=0.02)


def test_meters_notify_listeners_only_while_clips_play(live: HeadlessLive) -> None:
    track = player(live)
    heard: list[float] = []
    track.add_output_meter_level_listener(lambda: heard.append(track.output_meter_level))
    live.run_for(0.5)
    assert heard == []
    play(live, 1.0)
    assert 8 <= len(heard) <= 11


# Recorded audio


def samples(path: str) -> tuple[float, float]:
    """Seconds and peak in dBFS of a WAV file."""
    with wave.open(path, "rb") as file:
        data = array("h", file.readframes(file.getnframes()))
        seconds = file.getnframes() / file.getframerate()
    return seconds, 20.0 * math.log10(max(map(abs, data)) / 32767.0) if any(data) else -math.inf


def armed_to(live: HeadlessLive, source: str) -> Any:
    track = live.song.create_audio_track(-1)
    assert [each.display_name for each in track.available_input_routing_types] == [""]
    live.run_for(0.05)
    offered = track.available_input_routing_types
    track.input_routing_type = next(each for each in offered if each.display_name == source)
    track.arm = True
    return track


def test_a_recorded_section_is_a_file_with_the_level_of_its_input(live: HeadlessLive) -> None:
    source = player(live)
    source.mixer_device.volume.value = 0.7
    track = armed_to(live, "Resampling")
    live.run_for(0.05)
    live.song.record_mode = True
    live.run_for(1.6)
    assert track.input_meter_level > 0.5
    live.song.stop_playing()
    live.run_for(0.2)
    clip = track.arrangement_clips[0]
    assert os.path.isabs(clip.file_path)
    assert os.path.join("Samples", "Recorded") in clip.file_path
    seconds, loud = samples(clip.file_path)
    assert seconds == pytest.approx(clip.sample_length / 44100.0, abs=1e-4)
    assert seconds == pytest.approx(1.6, abs=0.1)
    assert loud == pytest.approx(-18.04, abs=0.1)


def test_a_session_recording_of_a_silent_input_is_silence(live: HeadlessLive) -> None:
    track = live.song.create_audio_track(-1)
    track.name = "Take: 1"
    track.arm = True
    live.run_for(0.05)
    track.clip_slots[0].fire()
    live.run_for(2.2)
    track.clip_slots[0].fire()
    live.run_for(2.5)
    path = track.clip_slots[0].clip.file_path
    assert "Take_ 1" in os.path.basename(path)
    assert samples(path)[1] == -math.inf


def test_a_recording_played_back_is_as_loud_as_it_was(live: HeadlessLive) -> None:
    player(live)
    track = armed_to(live, "Resampling")
    live.run_for(0.05)
    live.song.record_mode = True
    live.run_for(1.5)
    live.song.stop_playing()
    live.run_for(0.2)
    live.song.tracks[-2].mute = True
    track.arm = False
    live.song.stop_playing()
    play(live, 0.8)
    assert decibels(track.output_meter_left) == pytest.approx(-12.04, abs=0.1)


def test_the_files_of_recordings_go_with_the_set(live: HeadlessLive) -> None:
    other = HeadlessLive()
    track = other.song.create_audio_track(-1)
    track.arm = True
    other.run_for(0.05)
    other.song.record_mode = True
    other.run_for(0.5)
    other.song.stop_playing()
    other.run_for(0.2)
    path = track.arrangement_clips[0].file_path
    assert os.path.exists(path)
    other.close()
    assert not os.path.exists(path)


class Balancer:
    """A Remote Script that mixes by measured levels: every track to −18 dBFS, then the main track to −12."""

    def __init__(self, c_instance: Any) -> None:
        self.song = c_instance.song()
        self.rounds = 0

    def update_display(self) -> None:
        if not self.song.is_playing or self.rounds >= 12:
            return
        self.rounds += 1
        if self.rounds < 9:
            for track in self.song.tracks:
                if track.has_audio_output and track.output_meter_left > 0.0:
                    self.correct(track, -18.0)
        else:
            self.correct(self.song.master_track, -12.0)

    def correct(self, track: Any, wanted: float) -> None:
        volume = track.mixer_device.volume
        measured = max(decibels(track.output_meter_left), decibels(track.output_meter_right))
        # A fader runs 40 dB per unit above 0.4.
        volume.value = min(max(volume.value + (wanted - measured) / 40.0, 0.0), 1.0)

    def disconnect(self) -> None:
        pass


def test_a_script_can_mix_by_the_meters(live: HeadlessLive) -> None:
    loud = player(live, *(note(live, pitch, 0.0, 4.0) for pitch in (48, 55, 60, 64)))
    soft = player(live, note(live, 72, 0.0, 4.0, 60.0))
    soft.mixer_device.volume.value = 0.5
    module = types.SimpleNamespace(__name__="Balancer", create_instance=Balancer)
    live.load_script(module)
    play(live, 1.8)
    assert [round(decibels(each.output_meter_left), 1) for each in (loud, soft)] == [-18.0, -18.0]
    assert decibels(live.song.master_track.output_meter_left) == pytest.approx(-12.0, abs=0.05)


@pytest.mark.parametrize(("tap", "loud"), [("Post FX", -12.04), ("Post Mixer", -18.04)])
def test_a_track_records_another_before_or_after_its_mixer(live: HeadlessLive, tap: str, loud: float) -> None:
    source = player(live)
    source.name = "Source"
    source.mixer_device.volume.value = 0.7
    track = armed_to(live, "Source")
    track.input_routing_channel = next(
        each for each in track.available_input_routing_channels if each.display_name == tap
    )
    live.song.record_mode = True
    live.run_for(1.0)
    live.song.stop_playing()
    live.run_for(0.2)
    assert samples(track.arrangement_clips[0].file_path)[1] == pytest.approx(loud, abs=0.1)


def test_chains_of_a_rack_are_mixed(live: HeadlessLive) -> None:
    track = player(live, device="Instrument Rack")
    rack = track.devices[0]
    play(live, 0.3)
    assert track.output_meter_left == 0.0, "an empty rack is silent"
    for index in range(2):
        rack.insert_chain(index)
        rack.chains[index].insert_device("Drift", 0)
    live.run_for(0.1)
    assert decibels(track.output_meter_left) == pytest.approx(-12.04 + 3.01, abs=0.02)
    rack.chains[0].mute = True
    rack.chains[1].mixer_device.volume.value = 0.7
    live.run_for(0.02)
    assert decibels(track.output_meter_left) == pytest.approx(-18.04, abs=0.02)


def test_a_drum_rack_sounds_where_a_pad_has_a_chain_for_the_note(live: HeadlessLive) -> None:
    track = player(live, note(live, 36, 0.0, 1.0), note(live, 50, 1.0, 1.0), device="Drum Rack")
    rack = track.devices[0]
    rack.insert_chain(0)
    rack.chains[0].in_note = 36
    rack.chains[0].insert_device("Simpler", 0)
    play(live, 0.4)
    assert track.output_meter_left > 0.5
    live.run_for(0.4)
    assert track.output_meter_left == 0.0


def test_a_monitoring_track_forwards_its_input(live: HeadlessLive) -> None:
    source = player(live)
    source.name = "Source"
    track = armed_to(live, "Source")
    track.mixer_device.volume.value = 0.7
    play(live, 0.4)
    assert decibels(track.output_meter_left) == pytest.approx(-18.04, abs=0.02)
    track.arm = False
    live.run_for(0.02)
    assert track.output_meter_left == 0.0
