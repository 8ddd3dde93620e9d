"""Notes that a person plays on a keyboard: received by armed tracks, recorded, overdubbed, captured."""

from __future__ import annotations

from typing import Any

import pytest

from remote_script.headless import HeadlessLive, VirtualClock
from remote_script.headless.person import Actions
from remote_script.headless.sets.generate import default_set

BEAT_S = 0.5
"""Seconds of a beat at 120 BPM."""


@pytest.fixture
def live() -> HeadlessLive:
    made = HeadlessLive(default_set(), clock=VirtualClock())
    made.run_for(0.1)
    return made


def arm(live: HeadlessLive, *tracks: int) -> None:
    for index in tracks:
        live.person.do(lambda song, index=index: setattr(song.tracks[index], "arm", True))


def notes(clip: Any) -> list[tuple[int, float, float]]:
    return [(n.pitch, round(n.start_time, 1), round(n.duration, 1)) for n in clip.get_all_notes_extended()]


def test_an_unarmed_track_receives_no_notes(live: HeadlessLive) -> None:
    live.person.play(60)
    live.run_for(1)
    assert live.song.can_capture_midi is False
    with pytest.raises(RuntimeError, match="Nothing to capture"):
        live.song.capture_midi()


@pytest.mark.parametrize("how", ["arm", "monitoring"])
def test_an_armed_or_monitored_midi_track_receives_notes_and_notifies_listeners(
    live: HeadlessLive, how: str
) -> None:
    told: list[bool] = []
    live.song.add_can_capture_midi_listener(lambda: told.append(live.song.can_capture_midi))
    if how == "arm":
        arm(live, 0)
    else:
        live.person.do(lambda song: setattr(song.tracks[0], "current_monitoring_state", 0))
    live.person.play(60)
    live.person.play(64, at=0.5)
    live.run_for(2)
    assert told == [True]
    live.song.capture_midi()
    assert told == [True, False]


def test_capture_while_stopped_creates_a_playing_clip(live: HeadlessLive) -> None:
    arm(live, 0)
    for number, pitch in enumerate((60, 64, 67, 72, 74)):
        live.person.play(pitch, 0.25, at=0.3 + number * BEAT_S)
    live.run_for(4)
    live.song.capture_midi()
    clip = live.song.tracks[0].clip_slots[0].clip
    assert notes(clip) == [(60, 0.0, 0.5), (64, 1.0, 0.5), (67, 2.0, 0.5), (72, 3.0, 0.5), (74, 4.0, 0.5)]
    assert (clip.length, clip.looping) == (8.0, True)
    live.run_for(0.1)
    assert (live.song.is_playing, clip.is_playing) == (True, True)
    live.person.do(lambda song: song.undo())
    assert not live.song.tracks[0].clip_slots[0].has_clip


def test_capture_while_playing_keeps_positions_in_the_bars(live: HeadlessLive) -> None:
    arm(live, 0)
    live.song.start_playing()
    live.run_for(2.5 * BEAT_S)
    live.person.play(60, BEAT_S)
    live.run_for(2 * BEAT_S)
    live.song.capture_midi(1)
    ((pitch, start, duration),) = notes(live.song.tracks[0].clip_slots[0].clip)
    assert (pitch, duration) == (60, 1.0)
    assert start == pytest.approx(2.5, abs=0.1)


def test_capture_targets_the_arrangement_when_requested_or_visible(live: HeadlessLive) -> None:
    for destination, front in ((2, "Session"), (0, "Arranger")):
        live.application.view.show_view(front)
        arm(live, 0)
        live.person.play(60)
        live.run_for(1)
        count = len(live.song.tracks[0].arrangement_clips)
        live.song.capture_midi(destination)
        made = live.song.tracks[0].arrangement_clips
        assert len(made) == max(1, count)
        assert notes(made[0]) == [(60, 0.0, 0.5)]
        assert not any(slot.has_clip for slot in live.song.tracks[0].clip_slots)


def test_capture_uses_the_slot_below_existing_clips_or_a_new_scene(
    live: HeadlessLive,
) -> None:
    arm(live, 0)
    count = len(live.song.scenes)
    for number in range(count + 1):
        live.person.play(40 + number)
        live.run_for(1)
        live.song.capture_midi(1)
        live.run_for(0.1)
    assert len(live.song.scenes) == count + 1
    assert [slot.clip.get_all_notes_extended()[0].pitch for slot in live.song.tracks[0].clip_slots] == [
        40 + number for number in range(count + 1)
    ]


def test_notes_played_into_a_recording_are_in_the_clip(live: HeadlessLive) -> None:
    arm(live, 0)
    live.song.clip_trigger_quantization = 0
    live.song.tracks[0].clip_slots[1].fire()
    live.run_for(0.02)
    live.person.play(62, BEAT_S, at=BEAT_S)
    live.run_for(2.2)
    clip = live.song.tracks[0].clip_slots[1].clip
    assert clip.is_recording
    ((pitch, start, duration),) = notes(clip)
    assert (pitch, duration) == (62, 1.0)
    assert start == pytest.approx(1.0, abs=0.1)
    live.song.stop_playing()
    live.run_for(0.1)
    assert len(notes(clip)) == 1


def test_record_quantization_moves_played_notes_to_its_grid(live: HeadlessLive) -> None:
    arm(live, 0)
    live.song.clip_trigger_quantization = 0
    live.song.midi_recording_quantization = 1
    live.song.tracks[0].clip_slots[0].fire()
    live.run_for(0.02)
    live.person.play(62, BEAT_S, at=1.2 * BEAT_S)
    live.run_for(2)
    assert notes(live.song.tracks[0].clip_slots[0].clip)[0][:2] == (62, 1.0)


def test_overdub_adds_to_the_clip_that_plays_and_can_be_undone(live: HeadlessLive) -> None:
    arm(live, 0)
    live.person.do(lambda song: song.tracks[0].clip_slots[0].create_clip(4.0))
    clip = live.song.tracks[0].clip_slots[0].clip
    live.song.clip_trigger_quantization = 0
    clip.fire()
    live.run_for(0.1)
    live.person.play(50, 0.2)
    live.run_for(1)
    assert notes(clip) == [], "without Session Record nothing is added"
    live.song.session_record = True
    live.run_for(1)
    live.person.play(51, 0.25)
    live.run_for(1)
    ((pitch, start, _),) = notes(clip)
    assert pitch == 51
    assert 0.0 <= start < 4.0
    live.person.do(lambda song: song.undo())
    assert notes(clip) == []


def test_the_arrangement_records_played_notes(live: HeadlessLive) -> None:
    arm(live, 0, 1)
    live.song.record_mode = True
    live.run_for(0.02)
    live.person.play(70, BEAT_S, at=2 * BEAT_S)
    live.run_for(3)
    live.song.stop_playing()
    live.run_for(0.2)
    for track in live.song.tracks[:2]:
        if track.arm:
            ((pitch, start, duration),) = notes(track.arrangement_clips[0])
            assert (pitch, duration) == (70, 1.0)
            assert start == pytest.approx(2.0, abs=0.1)


def test_a_person_script_plays(live: HeadlessLive) -> None:
    arm(live, 0)
    actions = Actions(live, None)
    action = {"do": "play", "notes": [{"pitch": 60}, {"pitch": 61, "at": 0.5, "seconds": 1, "velocity": 30}]}
    actions.carry_out(action)
    live.run_for(3)
    live.song.capture_midi()
    assert len(notes(live.song.tracks[0].clip_slots[0].clip)) == 2


@pytest.mark.parametrize(
    "note",
    [
        {},
        {"pitch": 128},
        {"pitch": "C3"},
        {"pitch": True},
        {"pitch": 60, "seconds": 0},
        {"pitch": 60, "x": 1},
        60,
    ],
)
def test_an_invalid_key_number_is_refused(live: HeadlessLive, note: Any) -> None:
    with pytest.raises(ValueError, match=r"pitch|seconds"):
        Actions(live, None).carry_out({"do": "play", "notes": [note]})
