"""Automation of the Arrangement for a script in Live: written by copied clips, read at the playhead, overridden."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

CUTOFF = "Flt 1 Freq"


@pytest.fixture
def live() -> Iterator[HeadlessLive]:
    made = HeadlessLive()
    yield made
    made.close()


def instrument_track(live: HeadlessLive) -> Any:
    track = live.song.create_midi_track(-1)
    track.insert_device("Wavetable", 0)
    return track


def parameter(track: Any, name: str = CUTOFF) -> Any:
    return next(each for each in track.devices[0].parameters if each.name == name)


def steps(track: Any, target: Any, *values: float, slot: int = 0) -> Any:
    """Create a clip of four beats whose envelope of `target` has each value for an equal time."""
    if not track.clip_slots[slot].has_clip:
        track.clip_slots[slot].create_clip(4.0)
    clip = track.clip_slots[slot].clip
    envelope = clip.create_automation_envelope(target)
    for index, value in enumerate(values):
        envelope.insert_step(index * 4.0 / len(values), 4.0 / len(values), value)
    return clip


def lane(live: HeadlessLive, track: Any, name: str = CUTOFF) -> list[tuple[float, float]]:
    node = live.document.song.tracks[list(live.song.tracks).index(track)]
    found = next(each for each in node.devices[0].parameters if each.name == name)
    return [(event.time, event.value) for event in found.lane or ()]


def read_at(live: HeadlessLive, target: Any, *times: float) -> list[float]:
    values = []
    for time in times:
        live.song.current_song_time = time
        live.run_for(0.12)
        values.append(round(target.value, 4))
    return values


class Reader:
    """A Remote Script like those of the measurements: it writes, then reads one position per tick."""

    def __init__(self, c_instance: Any) -> None:
        self.c_instance = c_instance
        self.read: list[tuple[float, float, int]] = []
        self.places = [7.0, 9.0, 11.0, 14.0]

    def begin(self) -> None:
        song = self.c_instance.song()
        track = song.tracks[-1]
        self.target = next(each for each in track.devices[0].parameters if each.name == CUTOFF)
        clip = steps(track, self.target, 0.25, 0.75)
        song.begin_undo_step()
        track.duplicate_clip_to_arrangement(clip, 8.0)
        song.sync_parameter_changes()
        song.end_undo_step()
        self.ask()

    def ask(self) -> None:
        if self.places:
            self.c_instance.song().current_song_time = self.places[0]

    def update_display(self) -> None:
        if hasattr(self, "target") and self.places:
            song = self.c_instance.song()
            if abs(song.current_song_time - self.places[0]) < 1e-6 and self.waited:
                self.read.append(
                    (self.places.pop(0), round(self.target.value, 3), self.target.automation_state)
                )
                self.ask()
            self.waited = not getattr(self, "waited", False)

    waited = False

    def disconnect(self) -> None:
        pass


def test_a_script_stamps_a_clip_and_reads_the_lane_at_the_play_head(live: HeadlessLive) -> None:
    instrument_track(live)
    made: list[Reader] = []

    def create_instance(c_instance: Any) -> Reader:
        made.append(Reader(c_instance))
        return made[-1]

    live.load_script(types.SimpleNamespace(__name__="Reader", create_instance=create_instance))
    live.run_for(0.2)
    made[0].begin()
    live.run_for(2.0)
    assert made[0].read == [(7.0, 1.0, 1), (9.0, 0.25, 1), (11.0, 0.75, 1), (14.0, 1.0, 1)]


def test_a_stamp_writes_its_span_and_returns_to_the_former_value(live: HeadlessLive) -> None:
    track = instrument_track(live)
    track.duplicate_clip_to_arrangement(steps(track, parameter(track), 0.25, 0.75), 8.0)
    assert lane(live, track) == [(8, 1.0), (8, 0.25), (10, 0.25), (10, 0.75), (12, 0.75), (12, 1.0)]
    track.duplicate_clip_to_arrangement(steps(track, parameter(track), 0.5, slot=1), 9.0)
    assert read_at(live, parameter(track), 8.5, 9.5, 12.5, 13.5) == [0.25, 0.5, 0.5, 1.0]


def test_a_lane_returns_to_the_former_value_at_the_end_of_a_longer_envelope(live: HeadlessLive) -> None:
    track = instrument_track(live)
    track.clip_slots[0].create_clip(4.0)
    clip = track.clip_slots[0].clip
    clip.create_automation_envelope(parameter(track)).insert_step(0.0, 16.0, 0.25)
    track.duplicate_clip_to_arrangement(clip, 8.0)
    assert lane(live, track)[-2:] == [(12, 0.25), (12, 1.0)]
    assert read_at(live, parameter(track), 10.0, 13.0) == [0.25, 1.0]


def test_an_arrangement_clip_that_kept_its_envelope_writes_no_lane(live: HeadlessLive) -> None:
    track = live.song.create_midi_track(-1)
    volume = track.mixer_device.volume
    track.duplicate_clip_to_arrangement(steps(track, volume, 0.5), 0.0)
    track.insert_device("Wavetable", 0)
    track.duplicate_clip_to_arrangement(track.arrangement_clips[0], 16.0)
    assert volume.automation_state == 0


def test_other_parameters_and_other_times_are_unchanged(live: HeadlessLive) -> None:
    track = instrument_track(live)
    resonance = parameter(track, "Flt 1 Res")
    track.duplicate_clip_to_arrangement(steps(track, resonance, 0.9), 0.0)
    before = lane(live, track, "Flt 1 Res")
    track.duplicate_clip_to_arrangement(steps(track, parameter(track), 0.5, slot=1), 16.0)
    assert lane(live, track, "Flt 1 Res") == before
    assert read_at(live, resonance, 2.0, 17.0) == [0.9, 0.0]


def test_deleting_or_copying_an_arrangement_clip_keeps_the_lane(live: HeadlessLive) -> None:
    track = instrument_track(live)
    track.duplicate_clip_to_arrangement(steps(track, parameter(track), 0.5), 0.0)
    before = lane(live, track)
    clip = track.arrangement_clips[0]
    assert clip.automation_envelope(parameter(track)) is None
    track.duplicate_clip_to_arrangement(clip, 32.0)
    track.delete_clip(clip)
    assert lane(live, track) == before


def test_a_midi_track_without_audio_keeps_the_envelope_in_the_clip(live: HeadlessLive) -> None:
    track = live.song.create_midi_track(-1)
    clip = steps(track, track.mixer_device.volume, 0.5)
    track.duplicate_clip_to_arrangement(clip, 0.0)
    assert track.mixer_device.volume.automation_state == 0
    assert track.arrangement_clips[0].has_envelopes


def test_mixer_and_rack_parameters_are_stamped_and_a_chain_s_volume_is_not(live: HeadlessLive) -> None:
    track = live.song.create_midi_track(-1)
    track.insert_device("Instrument Rack", 0)
    rack = track.devices[0]
    rack.insert_chain(0)
    rack.chains[0].insert_device("Wavetable", 0)
    inner = next(each for each in rack.chains[0].devices[0].parameters if each.name == CUTOFF)
    mixer = track.mixer_device
    targets = [mixer.volume, mixer.panning, mixer.sends[0], mixer.track_activator, rack.parameters[1], inner]
    for each in [*targets, rack.chains[0].mixer_device.volume]:
        steps(track, each, each.min)
    track.duplicate_clip_to_arrangement(track.clip_slots[0].clip, 0.0)
    assert [each.automation_state for each in targets] == [1] * len(targets)
    assert rack.chains[0].mixer_device.volume.automation_state == 0


def test_unwarped_audio_clips_write_no_automation(live: HeadlessLive) -> None:
    from remote_script.headless.sets.spec import ClipSpec, SetSpec, TrackSpec

    clip = ClipSpec(
        is_midi=False, warping=False, loop_end=2.0, end_marker=2.0, sample_length=88200, looping=False
    )
    spec = SetSpec(tracks=[TrackSpec("audio", "A", clip_slots=[clip])])
    other = HeadlessLive(spec)
    track = other.song.tracks[0]
    track.clip_slots[0].clip.create_automation_envelope(track.mixer_device.volume).insert_step(0.0, 1.0, 0.1)
    track.duplicate_clip_to_arrangement(track.clip_slots[0].clip, 0.0)
    assert track.mixer_device.volume.automation_state == 0
    other.close()


def test_a_write_overrides_and_enabling_again_takes_effect_a_tick_later(live: HeadlessLive) -> None:
    track = instrument_track(live)
    target = parameter(track)
    track.duplicate_clip_to_arrangement(steps(track, target, 0.5), 0.0)
    assert read_at(live, target, 1.0) == [0.5]
    target.value = 0.1
    assert (target.automation_state, live.song.re_enable_automation_enabled) == (2, True)
    assert read_at(live, target, 2.0) == [pytest.approx(0.1)]
    target.re_enable_automation()
    assert target.automation_state == 2
    live.run_for(0.12)
    assert (target.automation_state, live.song.re_enable_automation_enabled) == (1, False)
    assert target.value == 0.5


def test_while_the_session_plays_the_state_is_0_and_the_clip_moves_the_parameter(live: HeadlessLive) -> None:
    track = instrument_track(live)
    target = parameter(track)
    clip = steps(track, target, 0.2, 0.8)
    track.duplicate_clip_to_arrangement(clip, 16.0)
    clip.fire()
    live.run_for(0.5)
    assert (track.playing_slot_index, target.automation_state) == (0, 0)
    assert target.value == pytest.approx(0.2)
    live.run_for(1.0)
    assert target.value == pytest.approx(0.8)
    live.song.back_to_arranger = False
    live.run_for(0.1)
    assert (track.playing_slot_index, target.automation_state) == (-1, 1)


def test_a_lane_plays_back_and_notifies_listeners(live: HeadlessLive) -> None:
    track = instrument_track(live)
    target = parameter(track)
    track.duplicate_clip_to_arrangement(steps(track, target, 0.25, 0.75), 0.0)
    heard: list[float] = []
    target.add_value_listener(lambda: heard.append(round(target.value, 2)))
    live.song.start_playing()
    live.run_for(2.2)
    assert heard[:3] == [0.25, 0.75, 1.0]


@pytest.mark.parametrize("synced", [True, False])
def test_a_lane_is_in_the_step_of_its_clip_only_if_parameters_are_synced_first(
    live: HeadlessLive, synced: bool
) -> None:
    track = instrument_track(live)
    target = parameter(track)
    clip = steps(track, target, 0.5)
    live.song.end_undo_step()
    live.song.begin_undo_step()
    track.duplicate_clip_to_arrangement(clip, 0.0)
    if synced:
        live.song.sync_parameter_changes()
    live.song.end_undo_step()
    live.run_for(0.2)
    written = lane(live, track)
    live.song.undo()
    assert (lane(live, track), target.automation_state) == ([], 0)
    assert len(track.arrangement_clips) == (0 if synced else 1)
    live.song.redo()
    assert (lane(live, track), target.automation_state, len(track.arrangement_clips)) == (written, 1, 1)


def test_a_duplicated_track_has_independent_lanes(live: HeadlessLive) -> None:
    track = instrument_track(live)
    track.duplicate_clip_to_arrangement(steps(track, parameter(track), 0.5), 0.0)
    live.song.duplicate_track(list(live.song.tracks).index(track))
    copy = live.song.tracks[-1]
    assert read_at(live, parameter(copy), 1.0, 20.0) == [0.5, 1.0]
    parameter(copy).value = 0.3
    assert [parameter(each).automation_state for each in (track, copy)] == [1, 2]
