"""Launching, stopping and recording in the Session through the LiveAPI."""

import pytest

from remote_script.headless.sets.generate import default_set, empty_track
from remote_script.headless.sets.spec import ClipSpec, TrackSpec
from tests.remote_script.headless.bench import Bench


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def clip(bench):
    return bench.slot().create_clip(4.0)


@pytest.fixture
def grouped():
    """A group with two MIDI tracks; the second has a clip in scene 1."""
    spec = default_set()
    group, one, two = TrackSpec("group", "Band"), empty_track("midi", "", 1), empty_track("midi", "", 2)
    one.group = two.group = 0
    two.clip_slots = [ClipSpec(name="Riff", color_index=7)]
    spec.tracks = [group, one, two]
    return Bench(spec)


def test_a_fire_settles_on_the_next_tick_and_starts_the_transport(bench, clip):
    track = bench.song.tracks[0]
    told = bench.heard(clip, "playing_status")
    song_told = bench.heard(bench.song, "is_playing", "back_to_arranger")
    clip.fire()
    assert (clip.is_playing, clip.is_triggered, bench.song.is_playing) == (False, False, False)
    bench.tick()
    assert (clip.is_playing, bench.slot().is_playing, bench.song.is_playing) == (True, True, True)
    assert (track.playing_slot_index, track.fired_slot_index, bench.song.back_to_arranger) == (0, -1, True)
    assert (told, sorted(song_told)) == (["playing_status"], ["back_to_arranger", "is_playing"])


def test_a_launch_while_playing_waits_for_the_bar(bench, clip):
    bench.song.start_playing()
    bench.play(1)
    slot_told = bench.heard(bench.slot(), "is_triggered")
    track_told = bench.heard(bench.song.tracks[0], "fired_slot_index", "playing_slot_index")
    bench.slot().fire()
    bench.tick()
    assert (clip.is_triggered, clip.is_playing, bench.song.tracks[0].fired_slot_index) == (True, False, 0)
    bench.play(3.5)
    assert (clip.is_triggered, clip.is_playing, bench.song.tracks[0].fired_slot_index) == (False, True, -1)
    assert slot_told == ["is_triggered", "is_triggered"]
    assert track_told == ["fired_slot_index", "playing_slot_index", "fired_slot_index"]
    assert clip.start_time == 4.0


def test_clips_fired_together_while_stopped_start_together(bench, clip):
    other = bench.slot(1, 3).create_clip(2.0)
    clip.fire()
    other.fire()
    bench.tick()
    assert (clip.is_playing, other.is_playing) == (True, True)
    assert clip.start_time == other.start_time == bench.song.start_time


def test_the_quantization_of_a_clip_overrides_that_of_the_song(bench, clip):
    clip.launch_quantization = 8  # a quarter
    bench.song.start_playing()
    bench.play(0.5)
    clip.fire()
    bench.play(0.6)
    assert clip.is_playing


def test_a_fire_can_have_its_own_quantization(bench, clip):
    bench.song.start_playing()
    bench.play(0.5)
    bench.slot().fire(launch_quantization=0)
    bench.tick()
    assert clip.is_playing


def test_the_play_head_circles_in_the_loop_and_jumps_notify_listeners(bench, clip):
    clip.loop_start, clip.loop_end = 1.0, 3.0
    told = bench.heard(clip, "loop_jump", "playing_position")
    clip.fire()
    bench.play(4.5)
    assert clip.playing_position == pytest.approx(2.5, abs=0.03)
    assert told.count("loop_jump") == 1
    assert told.count("playing_position") > 100
    clip.move_playing_pos(0.25)
    assert clip.playing_position == pytest.approx(2.75, abs=0.03)


def test_an_unlooped_clip_ends_and_its_track_stops(bench, clip):
    clip.looping = False
    told = bench.heard(clip, "playing_status")
    clip.fire()
    bench.play(4.1)
    assert (clip.is_playing, clip.playing_position, bench.song.tracks[0].playing_slot_index) == (
        False,
        0.0,
        -2,
    )
    assert told == ["playing_status", "playing_status"]


def test_the_next_clip_of_a_track_replaces_the_playing_one(bench, clip):
    other = bench.slot(0, 1).create_clip(4.0)
    clip.fire()
    bench.tick()
    other.fire()
    bench.play(4.1)
    assert (clip.is_playing, other.is_playing, bench.song.tracks[0].playing_slot_index) == (False, True, 1)


def test_stop_waits_for_the_grid_and_shows_minus_two(bench, clip):
    clip.fire()
    bench.play(1)
    clip.stop()
    bench.tick()
    assert (clip.is_playing, bench.song.tracks[0].fired_slot_index) == (True, -2)
    bench.play(3.1)
    assert (clip.is_playing, bench.song.tracks[0].playing_slot_index) == (False, -2)
    bench.song.back_to_arranger = False
    bench.tick()
    assert (bench.song.tracks[0].playing_slot_index, bench.song.back_to_arranger) == (-1, False)


def test_stopping_all_clips_unquantized_is_at_once(bench, clip):
    clip.fire()
    bench.play(1)
    bench.song.stop_all_clips(False)
    bench.tick()
    assert not clip.is_playing


@pytest.mark.parametrize("quantization", [0, 4])
@pytest.mark.parametrize(
    "stop",
    [
        lambda bench, clip: bench.song.stop_all_clips(),
        lambda bench, clip: bench.song.stop_all_clips(False),
        lambda bench, clip: bench.song.tracks[0].stop_all_clips(),
        lambda bench, clip: clip.stop(),
        lambda bench, clip: bench.slot().stop(),
        lambda bench, clip: bench.slot(0, 1).fire(),
        lambda bench, clip: bench.song.scenes[1].fire(),
    ],
    ids=["all", "all at once", "track", "clip", "slot", "empty slot", "empty scene"],
)
@pytest.mark.parametrize("song_first", [True, False])
def test_a_clip_stop_in_the_same_turn_as_the_songs_stop_is_not_lost(
    bench, clip, stop, song_first, quantization
):
    bench.song.clip_trigger_quantization = quantization
    clip.fire()
    bench.play(1)
    if song_first:
        bench.song.stop_playing()
    stop(bench, clip)
    if not song_first:
        bench.song.stop_playing()
    bench.tick(2)
    assert (bench.song.is_playing, clip.is_playing) == (False, False)
    assert bench.song.tracks[0].playing_slot_index == -2
    bench.song.start_playing()
    bench.play(5)
    assert not clip.is_playing


def test_a_stop_that_waits_for_the_grid_happens_when_the_song_stops(bench, clip):
    clip.fire()
    bench.play(1)
    clip.stop()
    bench.play(1)
    assert clip.is_playing
    bench.song.stop_playing()
    bench.tick()
    assert (clip.is_playing, bench.song.tracks[0].fired_slot_index) == (False, -1)


def test_a_fire_after_the_songs_stop_restarts_the_song_and_one_before_is_cancelled(bench, clip):
    bench.song.start_playing()
    bench.play(1)
    clip.fire()
    bench.song.stop_playing()
    bench.tick(2)
    assert (bench.song.is_playing, clip.is_playing, clip.is_triggered) == (False, False, False)
    bench.song.start_playing()
    bench.play(1)
    bench.song.stop_playing()
    clip.fire()
    bench.tick(2)
    assert (bench.song.is_playing, clip.is_playing) == (True, True)


def test_a_clip_deleted_or_replaced_in_the_turn_that_fired_it_does_not_start(bench, clip):
    other = bench.slot(0, 1)
    other.create_clip(8.0)
    clip.fire()
    bench.slot().delete_clip()
    bench.tick(2)
    assert not bench.song.is_playing
    other.duplicate_clip_to(bench.slot())
    bench.slot().clip.fire()
    other.duplicate_clip_to(bench.slot())
    bench.tick(2)
    assert not bench.song.is_playing


def test_an_empty_slot_stops_its_track_unless_it_has_no_stop_button(bench, clip):
    clip.fire()
    bench.play(1)
    bench.slot(0, 1).has_stop_button = False
    bench.slot(0, 1).fire()
    bench.play(4)
    assert clip.is_playing
    bench.slot(0, 2).fire()
    bench.play(4)
    assert not clip.is_playing


def test_a_toggling_clip_stops_at_the_second_fire(bench, clip):
    clip.launch_mode = 2
    clip.fire()
    bench.play(1)
    clip.fire()
    bench.play(3.1)
    assert not clip.is_playing


def test_a_gated_clip_plays_while_its_button_is_held(bench, clip):
    clip.launch_mode = 1
    clip.set_fire_button_state(True)
    bench.play(1)
    assert clip.is_playing
    clip.set_fire_button_state(False)
    bench.play(3.1)
    assert not clip.is_playing


def test_a_repeating_clip_restarts_on_every_grid_line_until_release(bench, clip):
    clip.launch_mode, clip.launch_quantization = 3, 8
    clip.set_fire_button_state(True)
    bench.play(2.5)
    assert clip.playing_position == pytest.approx(0.5, abs=0.05)
    clip.set_fire_button_state(False)
    bench.play(1.0)
    assert clip.playing_position == pytest.approx(1.5, abs=0.05)


def test_a_legato_clip_continues_at_the_position_of_the_former(bench, clip):
    other = bench.slot(0, 1).create_clip(8.0)
    other.legato, other.launch_quantization = True, 1
    clip.fire()
    bench.play(1.5)
    other.fire()
    bench.tick()
    assert other.playing_position == pytest.approx(1.5, abs=0.05)


def test_legato_and_record_length_are_refused_where_meaningless(bench, clip):
    with pytest.raises(RuntimeError, match=r"^Can only pass force_legato to non-empty slots.$"):
        bench.slot(0, 1).fire(force_legato=True)
    with pytest.raises(RuntimeError):
        bench.slot().fire(4.0)


def test_a_fire_inside_a_notification_is_refused(bench, clip):
    refused = []

    def listener():
        try:
            clip.fire()
        except RuntimeError as error:
            refused.append(str(error))

    clip.add_name_listener(listener)
    clip.name = "x"
    assert refused == ["Changes cannot be triggered by notifications. You will need to defer your response."]


def test_deleting_the_clip_that_plays_stops_its_track(bench, clip):
    clip.fire()
    bench.tick()
    told = bench.heard(bench.song.tracks[0], "playing_slot_index")
    bench.slot().delete_clip()
    assert (bench.song.tracks[0].playing_slot_index, told) == (-2, ["playing_slot_index"])
    bench.play(1)
    assert not any("Traceback" in line for line in bench.live.log_lines)


def test_the_playing_slot_index_follows_the_scenes_also_in_undo(bench, clip):
    track = bench.song.tracks[0]
    clip.fire()
    bench.tick()
    bench.song.end_undo_step()
    told = bench.heard(track, "playing_slot_index", "fired_slot_index")
    bench.song.create_scene(0)
    assert (track.playing_slot_index, told) == (1, ["playing_slot_index"])
    bench.undo()
    assert (track.playing_slot_index, told) == (0, ["playing_slot_index"] * 2)
    bench.song.redo()
    assert track.playing_slot_index == 1
    bench.song.delete_scene(0)
    assert (track.playing_slot_index, told) == (0, ["playing_slot_index"] * 4)


def test_a_track_restored_by_undo_plays_no_clip(bench, clip):
    clip.fire()
    bench.play(1)
    bench.song.end_undo_step()
    told = bench.heard(bench.song, "back_to_arranger")
    assert bench.song.back_to_arranger
    bench.song.delete_track(0)
    assert (bench.song.back_to_arranger, told) == (False, ["back_to_arranger"])
    bench.undo()
    track = bench.song.tracks[0]
    assert (track.playing_slot_index, track.fired_slot_index, track.back_to_arranger) == (-1, -1, False)
    assert not track.clip_slots[0].is_playing
    bench.play(8)
    assert (track.playing_slot_index, told) == (-1, ["back_to_arranger"])


def test_a_clip_restarted_with_the_transport_notifies_at_its_time(bench, clip):
    clip.fire()
    bench.play(6)
    bench.song.stop_playing()
    bench.tick()
    told = bench.heard(clip, "start_time")
    bench.song.start_playing()
    bench.play(1)
    assert told == ["start_time"]


def test_a_replaced_clip_notifies_has_clip_of_its_slot(bench, clip):
    other = bench.slot(0, 1)
    other.create_clip(8.0)
    told = bench.heard(bench.slot(), "has_clip")
    other.duplicate_clip_to(bench.slot())
    assert (bench.slot().clip.length, told) == (8.0, ["has_clip"])


def test_launching_is_not_in_the_history(bench, clip):
    before = bench.history
    clip.fire()
    bench.play(1)
    clip.stop()
    bench.play(4)
    assert bench.history == before


def test_firing_an_empty_slot_of_an_armed_track_records_a_clip(bench):
    track, slot = bench.song.tracks[0], bench.slot()
    track.arm = True
    told = bench.heard(slot, "has_clip")
    slot.fire()
    bench.play(5)
    clip = slot.clip
    assert (slot.is_recording, clip.is_recording, clip.is_playing, told) == (True, True, True, ["has_clip"])
    assert clip.length == 8.0
    told = bench.heard(clip, "is_recording", "loop_end")
    slot.fire()
    bench.play(3.1)
    assert (clip.is_recording, clip.is_playing, clip.length, told) == (False, True, 8.0, ["is_recording"])
    assert bench.history == ["Record"]
    bench.undo()
    assert slot.clip is None


def test_a_recording_of_a_given_length_plays_on_by_itself(bench):
    bench.song.tracks[2].arm = True
    bench.slot(2).fire(2.0)
    bench.play(2.5)
    clip = bench.slot(2).clip
    assert (clip.is_audio_clip, clip.is_recording, clip.is_playing, clip.length) == (True, False, True, 2.0)
    assert clip.sample_length == 44100
    assert clip.playing_position == pytest.approx(0.5, abs=0.05)


def test_stopping_the_transport_ends_a_recording(bench):
    bench.song.tracks[0].arm = True
    bench.slot().fire()
    bench.play(2)
    bench.song.stop_playing()
    bench.tick(2)
    clip = bench.slot().clip
    assert (clip.is_recording, clip.length) == (False, pytest.approx(2.0, abs=0.05))


def _session_take(bench):
    """Record a take in the second track's first slot."""
    bench.song.tracks[1].arm = True
    bench.slot(1).fire()
    bench.play(2)
    bench.song.stop_playing()
    bench.tick(2)
    return lambda: bench.slot(1).clip is not None


def _arrangement_take(bench):
    bench.song.tracks[1].arm = True
    bench.song.record_mode = True
    bench.play(4)
    bench.song.stop_playing()
    bench.tick(2)
    return lambda: len(bench.song.tracks[1].arrangement_clips) == 1


def _overdub(bench):
    """Overdub a note into a clip of the second track."""
    bench.slot(1).create_clip(4.0)
    bench.song.tracks[1].arm = True
    bench.slot(1).fire()
    bench.song.session_record = True
    bench.tick(2)
    bench.live.person.play(60)
    bench.play(2)
    bench.song.stop_playing()
    bench.tick(2)
    return lambda: len(bench.slot(1).clip.get_all_notes_extended()) == 1


ACTIONS = {
    "a scene": (lambda b: b.song.create_scene(-1), lambda b: len(b.song.scenes) == 9),
    "a track": (lambda b: b.song.create_midi_track(-1), lambda b: len(b.song.tracks) == 5),
    "a clip": (lambda b: b.slot(0, 3).create_clip(2.0), lambda b: b.slot(0, 3).has_clip),
    "the tempo": (lambda b: setattr(b.song, "tempo", 90.0), lambda b: b.song.tempo == 90.0),
    "a mute": (lambda b: setattr(b.song.tracks[3], "mute", True), lambda b: b.song.tracks[3].mute),
    "a late property": (
        lambda b: setattr(b.song, "loop", True),
        lambda b: b.song.loop,
    ),
    "a parameter": (
        lambda b: setattr(b.song.tracks[3].mixer_device.volume, "value", 0.5),
        lambda b: b.song.tracks[3].mixer_device.volume.value == 0.5,
    ),
}


@pytest.mark.parametrize("take", [_session_take, _arrangement_take, _overdub])
@pytest.mark.parametrize("action", ACTIONS)
def test_undo_reverts_changes_after_a_recording_before_the_take(bench, take, action):
    act, done = ACTIONS[action]
    bench.song.tracks[0].name = "Before"
    taken = take(bench)
    assert taken()
    act(bench)
    bench.tick(20)
    assert done(bench)
    bench.song.undo()
    assert (done(bench), taken(), bench.song.tracks[0].name) == (False, True, "Before")
    bench.song.undo()
    assert (taken(), bench.song.tracks[0].name) == (False, "Before")
    while bench.song.tracks[0].name == "Before":
        assert bench.song.undo()
    for _ in range(10):
        bench.song.redo()
    assert (done(bench), taken(), bench.song.tracks[0].name) == (True, True, "Before")


def test_a_step_interrupted_by_a_recording_continues_in_a_separate_entry(bench):
    bench.song.begin_undo_step()
    bench.song.tracks[0].name = "Before"
    taken = _session_take(bench)
    bench.song.tempo = 90.0
    bench.song.end_undo_step()
    assert bench.history == ["Custom Action", "Record", "Custom Action"]
    bench.song.undo()
    assert (bench.song.tempo, taken(), bench.song.tracks[0].name) == (120.0, True, "Before")


def test_recording_without_an_armed_track_stays_on_and_creates_no_clip(bench):
    bench.song.record_mode = True
    bench.tick(2)
    assert (bench.song.record_mode, bench.song.is_playing) == (True, True)
    bench.play(4)
    bench.song.record_mode = False
    bench.tick(2)
    assert (bench.song.record_mode, bench.history) == (False, [])


def test_recording_into_the_arrangement_creates_clips_on_armed_tracks(bench):
    midi, other, audio = (bench.song.tracks[i] for i in (0, 1, 2))
    midi.arm = audio.arm = True
    told = bench.heard(midi, "arrangement_clips")
    bench.song.start_time = 4.0
    bench.song.start_playing()
    bench.tick(2)
    bench.song.record_mode = True
    bench.play(8)
    bench.song.record_mode = False
    bench.tick(2)
    clip = midi.arrangement_clips[0]
    assert (clip.start_time, clip.end_time) == (pytest.approx(4.0, abs=0.1), pytest.approx(12.0, abs=0.2))
    assert (len(other.arrangement_clips), audio.arrangement_clips[0].is_audio_clip, told) == (
        0,
        True,
        ["arrangement_clips"],
    )
    assert bench.history == ["Record"]
    bench.undo()
    assert len(midi.arrangement_clips) == len(audio.arrangement_clips) == 0


def test_recording_is_limited_to_the_punch_points(bench):
    song = bench.song
    song.tracks[0].arm = True
    song.loop_start, song.loop_length = 2.0, 4.0
    song.punch_in = song.punch_out = True
    song.record_mode = True
    bench.play(9)
    song.stop_playing()
    bench.tick(2)
    clip = song.tracks[0].arrangement_clips[0]
    assert (clip.start_time, clip.end_time) == (2.0, 6.0)


def test_a_scene_fires_its_clips_and_stops_the_others(bench, clip):
    other = bench.slot(1, 1).create_clip(4.0)
    clip.fire()
    bench.play(1)
    bench.song.scenes[1].fire()
    bench.play(3.2)
    assert (clip.is_playing, other.is_playing) == (False, True)


def test_a_group_slot_controls_the_slots_of_its_members(grouped):
    bench = grouped
    slot, clip = bench.slot(0), bench.slot(2).clip
    assert (slot.is_group_slot, slot.controls_other_clips, slot.color_index) == (True, True, 7)
    assert (bench.slot(2).color_index, bench.slot(2).controls_other_clips) == (None, False)
    told = bench.heard(slot, "playing_status", "is_triggered", "controls_other_clips", "color")
    slot.fire()
    bench.tick()
    assert (clip.is_playing, slot.is_playing, int(slot.playing_status), str(slot.playing_status)) == (
        True,
        True,
        1,
        "started",
    )
    clip.muted = True
    clip.color_index = 9
    assert (slot.controls_other_clips, slot.color_index) == (False, 9)
    slot.stop()
    bench.play(4.1)
    assert (clip.is_playing, int(slot.playing_status)) == (False, 0)
    assert set(told) == {"playing_status", "controls_other_clips", "color"}


def test_a_group_slot_holds_no_clips(grouped):
    with pytest.raises(RuntimeError):
        grouped.slot(0).create_clip(4.0)
    with pytest.raises(RuntimeError):
        grouped.slot(2).duplicate_clip_to(grouped.slot(0))
