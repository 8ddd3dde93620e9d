"""Clips, notes, envelopes and warp markers in the LiveAPI."""

import gc

import pytest

from remote_script.headless.sets.generate import default_set
from remote_script.headless.sets.spec import ClipSpec, WarpMarkerSpec
from tests.remote_script.headless.bench import Bench
from tests.remote_script.headless.test_audio_files import write_wave


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def clip(bench):
    return bench.slot().create_clip(4.0)


@pytest.fixture
def loop_file(tmp_path):
    """An audio file of four seconds, which is eight beats at 120 BPM."""
    write_wave(tmp_path / "Break.wav", 44100 * 4, 44100)
    return str(tmp_path / "Break.wav")


def add(bench, clip, *notes):
    return list(clip.add_new_notes(tuple(bench.MidiNoteSpecification(*each) for each in notes)))


def rows(clip):
    return [(n.note_id, n.pitch, n.start_time, n.duration) for n in clip.get_all_notes_extended()]


# Making and deleting


def test_a_new_clip_is_looped_empty_and_as_long_as_asked(bench, clip):
    assert (clip.length, clip.looping, clip.loop_start, clip.loop_end) == (4.0, True, 0.0, 4.0)
    assert (clip.is_midi_clip, clip.is_session_clip, clip.is_arrangement_clip) == (True, True, False)
    assert clip.canonical_parent == bench.slot()
    assert clip.color_index == bench.song.tracks[0].color_index
    assert bench.slot().has_clip


def test_a_slot_refuses_a_second_clip_a_wrong_kind_and_no_length(bench, clip):
    for refused in (
        lambda: bench.slot().create_clip(4.0),
        lambda: bench.slot(2).create_clip(4.0),
        lambda: bench.slot(0, 1).create_clip(0.0),
    ):
        with pytest.raises(RuntimeError):
            refused()


def test_an_audio_clip_is_refused_on_a_midi_track_with_lives_words(bench, loop_file):
    with pytest.raises(RuntimeError, match=r"^Audio clips can only be created on audio tracks$"):
        bench.slot().create_audio_clip(loop_file)


def test_a_file_that_is_not_audio_makes_no_clip(bench, tmp_path):
    with pytest.raises(RuntimeError):
        bench.slot(2).create_audio_clip(str(tmp_path / "missing.wav"))


def test_deleting_a_clip_kills_it_and_an_empty_slot_has_none_to_delete(bench, clip):
    told = bench.heard(bench.slot(), "has_clip")
    bench.slot().delete_clip()
    assert (clip == None, bench.slot().clip, told) == (True, None, ["has_clip"])  # noqa: E711
    with pytest.raises(RuntimeError):
        bench.slot().delete_clip()


def test_undoing_a_deletion_creates_a_new_object_with_the_same_notes(bench, clip):
    add(bench, clip, (60, 0.0, 1.0))
    bench.song.begin_undo_step()
    bench.slot().delete_clip()
    bench.undo()
    assert clip == None  # noqa: E711
    assert rows(bench.slot().clip) == [(1, 60, 0.0, 1.0)]


def test_a_copy_replaces_the_clip_of_its_target(bench, clip):
    clip.name = "Bass"
    add(bench, clip, (60, 0.0, 1.0))
    old = bench.slot(1, 3).create_clip(1.0)
    assert bench.slot().duplicate_clip_to(bench.slot(1, 3)) is None
    copy = bench.slot(1, 3).clip
    assert (old == None, copy.name, rows(copy)) == (True, "Bass", rows(clip))  # noqa: E711
    add(bench, copy, (62, 0.0, 1.0))
    assert len(rows(clip)) == 1


def test_a_copy_onto_the_other_kind_of_track_is_refused(bench, clip):
    with pytest.raises(RuntimeError, match=r"^Incompatible track types for clip duplication$"):
        bench.slot().duplicate_clip_to(bench.slot(2))
    with pytest.raises(RuntimeError):
        bench.slot(1).duplicate_clip_to(bench.slot())


def test_duplicating_a_slot_overwrites_the_next(bench, clip):
    clip.name = "One"
    bench.slot(0, 1).create_clip(1.0).name = "Two"
    assert bench.song.tracks[0].duplicate_clip_slot(0) == 1
    assert bench.slot(0, 1).clip.name == "One"


# Notes


def test_adding_notes_returns_their_ids_and_notifies_the_clip(bench, clip):
    told = bench.heard(clip, "notes")
    ids = clip.add_new_notes(
        (bench.MidiNoteSpecification(60, 0.0, 1.0), bench.MidiNoteSpecification(64, 1.0, 1.0))
    )
    assert (list(ids), type(ids).__name__, told) == ([1, 2], "IntU64Vector", ["notes"])
    note = clip.get_notes_extended(from_pitch=64, pitch_span=1, from_time=0.0, time_span=4.0)[0]
    assert (note.note_id, note.velocity, note.probability, note.release_velocity) == (2, 100.0, 1.0, 64.0)


def test_only_note_specifications_are_accepted(bench, clip):
    with pytest.raises(TypeError):
        clip.add_new_notes(({"pitch": 60, "start_time": 0.0, "duration": 1.0},))
    assert rows(clip) == []


def test_a_note_is_changed_by_handing_lives_vector_back(bench, clip):
    add(bench, clip, (60, 0.0, 1.0), (64, 1.0, 1.0))
    vector = clip.get_notes_by_id((1,))
    vector[0].pitch, vector[0].velocity = 67, 30.0
    assert rows(clip)[0] == (1, 60, 0.0, 1.0)
    clip.apply_note_modifications(vector)
    assert [(n.note_id, n.pitch, n.velocity) for n in clip.get_all_notes_extended()] == [
        (2, 64, 100.0),
        (1, 67, 30.0),
    ]


def test_a_plain_list_of_notes_is_refused(bench, clip):
    add(bench, clip, (60, 0.0, 1.0))
    with pytest.raises(TypeError, match="did not match C\\+\\+ signature"):
        clip.apply_note_modifications(list(clip.get_all_notes_extended()))


def test_notes_of_another_clip_are_refused(bench, clip):
    other = bench.slot(0, 1).create_clip(4.0)
    add(bench, other, (60, 0.0, 1.0))
    with pytest.raises(RuntimeError, match=r"^All given IDs must be present in clip$"):
        clip.apply_note_modifications(other.get_all_notes_extended())


def test_selection_replaces_and_is_not_in_the_history(bench, clip):
    add(bench, clip, (60, 0.0, 1.0), (64, 1.0, 1.0))
    before = bench.history
    clip.select_notes_by_id((2, 99))
    assert [n.pitch for n in clip.get_selected_notes_extended()] == [64]
    assert bench.history == before
    clip.replace_selected_notes(((72, 2.0, 1.0, 90.0, False),))
    assert [r[1] for r in rows(clip)] == [60, 72]
    assert clip.get_selected_notes() == ((72, 2.0, 1.0, 90.0, False),)
    clip.select_all_notes()
    assert len(clip.get_selected_notes_extended()) == 2
    clip.deselect_all_notes()
    assert len(clip.get_selected_notes_extended()) == 0


def test_the_deprecated_note_calls_work(bench, clip):
    clip.set_notes(((60, 0.0, 0.5, 100, False), (62, 1.0, 0.5, 80, True)))
    assert clip.get_notes(0.0, 61, 4.0, 10) == ((62, 1.0, 0.5, 80.0, True),)
    clip.remove_notes(0.0, 0, 0.5, 128)
    assert [r[1] for r in rows(clip)] == [62]


def test_notes_are_removed_duplicated_and_quantized(bench, clip):
    add(bench, clip, (60, 0.1, 0.5), (62, 1.1, 0.5))
    clip.quantize(5, 1.0)
    assert [r[2] for r in rows(clip)] == [0.0, 1.0]
    assert list(clip.duplicate_notes_by_id((1,), destination_time=2.0, transposition_amount=12)) == [3]
    clip.duplicate_region(0.0, 2.0, 4.0)
    assert [(r[1], r[2]) for r in rows(clip)] == [(60, 0.0), (60, 4.0), (62, 1.0), (62, 5.0), (72, 2.0)]
    clip.remove_notes_by_id((1,))
    clip.remove_notes_extended(0, 128, 4.0, 8.0)
    assert [(r[1], r[2]) for r in rows(clip)] == [(62, 1.0), (72, 2.0)]
    with pytest.raises(RuntimeError, match=r"^Invalid quantization.$"):
        clip.quantize(9, 1.0)


def test_undo_restores_notes_with_their_ids(bench, clip):
    add(bench, clip, (60, 0.0, 1.0))
    bench.song.end_undo_step()
    clip.remove_notes_by_id((1,))
    told = bench.heard(clip, "notes")
    bench.undo()
    assert (rows(clip), told) == ([(1, 60, 0.0, 1.0)], ["notes"])
    assert add(bench, clip, (64, 0.0, 1.0)) == [2]


def test_note_names_follow_the_scale(bench, clip):
    assert clip.note_number_to_name(61) == "C♯3"
    bench.song.scale_mode, bench.song.root_note, bench.song.scale_name = True, 5, "Major"
    assert clip.note_number_to_name(70) == "B♭3"


# Loop


def test_the_loop_keeps_its_order_and_doubles(bench, clip):
    told = bench.heard(clip, "loop_start", "loop_end", "end_marker", "looping")
    with pytest.raises(RuntimeError, match=r"^Cannot set LoopStart behind LoopEnd$"):
        clip.loop_start = 4.0
    clip.duplicate_loop()
    assert (clip.loop_end, clip.end_marker, told) == (8.0, 8.0, ["loop_end", "end_marker"])
    clip.looping = False
    clip.start_marker = 2.0
    assert (clip.start_marker, clip.loop_start) == (0.0, 0.0)


def test_read_only_properties_cannot_be_written(clip):
    for name in ("length", "is_midi_clip", "start_time", "has_envelopes"):
        with pytest.raises(AttributeError):
            setattr(clip, name, 1)


def test_a_colour_snaps_and_cannot_be_none(bench, clip):
    told = bench.heard(clip, "color", "color_index")
    clip.color = 0xFF0000
    assert (clip.color, clip.color_index, told) == (0xFF3636, 14, ["color", "color_index"])
    with pytest.raises(TypeError):
        clip.color_index = None


def test_a_groove_cannot_be_cleared(clip):
    assert (clip.groove, clip.has_groove) == (None, False)
    with pytest.raises(TypeError):
        clip.groove = None


# Audio


def test_an_audio_clip_has_a_file_and_refuses_notes(bench, loop_file):
    clip = bench.slot(2).create_audio_clip(loop_file)
    assert (clip.name, clip.file_path, clip.sample_length, clip.sample_rate) == (
        "Break",
        loop_file,
        176400,
        44100.0,
    )
    assert (clip.gain, clip.gain_display_string, list(clip.available_warp_modes)) == (
        0.4,
        "0.0 dB",
        [0, 1, 2, 3, 4, 6],
    )
    with pytest.raises(RuntimeError):
        clip.get_all_notes_extended()


def test_a_midi_clip_refuses_audio_properties(clip):
    with pytest.raises(RuntimeError, match=r"^Warping is only available for Audio Clips$"):
        _ = clip.warping


def test_warping_settles_a_tick_late_and_turns_beats_into_seconds(bench, loop_file):
    clip = bench.slot(2).create_audio_clip(loop_file)
    told = bench.heard(clip, "warping", "loop_end")
    clip.warping = False
    assert (clip.warping, clip.loop_end, told) == (True, 8.0, [])
    bench.tick()
    assert (clip.warping, clip.loop_end, told) == (False, 4.0, ["loop_end", "warping"])
    assert clip.seconds_to_sample_time(1.0) == 44100.0
    with pytest.raises(RuntimeError):
        clip.beat_to_sample_time(1.0)


def test_warp_markers_are_added_moved_and_removed(bench, loop_file):
    clip = bench.slot(2).create_audio_clip(loop_file)
    told = bench.heard(clip, "warp_markers")
    clip.add_warp_marker(bench.WarpMarker(2.0, 4.0))
    clip.move_warp_marker(4.0, 1.0)
    assert [(m.sample_time, m.beat_time) for m in clip.warp_markers][:2] == [(0.0, 0.0), (2.0, 5.0)]
    assert clip.beat_to_sample_time(5.0) == 88200.0
    assert clip.sample_to_beat_time(88200.0) == 5.0
    clip.remove_warp_marker(5.0)
    assert (len(clip.warp_markers), told) == (2, ["warp_markers"] * 3)
    with pytest.raises(RuntimeError, match=r"^Warp marker sample time is out of range$"):
        clip.add_warp_marker(bench.WarpMarker(20.0, 40.0))


def test_fine_pitch_carries_over_and_notifies_both_listeners(bench, loop_file):
    clip = bench.slot(2).create_audio_clip(loop_file)
    told = bench.heard(clip, "pitch_coarse", "pitch_fine")
    clip.pitch_fine = 60.0
    assert (clip.pitch_coarse, clip.pitch_fine, told) == (1, -40.0, ["pitch_coarse", "pitch_fine"])


# Envelopes


def test_an_envelope_is_created_once_and_only_for_the_clips_track(bench, clip):
    volume = bench.song.tracks[0].mixer_device.volume
    assert (clip.automation_envelope(volume), clip.has_envelopes) == (None, False)
    told = bench.heard(clip, "has_envelopes")
    envelope = clip.create_automation_envelope(volume)
    assert (clip.automation_envelope(volume) == envelope, list(clip.automation_envelopes)) == (
        True,
        [envelope],
    )
    assert told == ["has_envelopes"]
    with pytest.raises(RuntimeError, match=r"^There is already an envelope for the parameter$"):
        clip.create_automation_envelope(volume)
    foreign = bench.song.tracks[1].mixer_device.volume
    assert clip.automation_envelope(foreign) is None
    with pytest.raises(RuntimeError):
        clip.create_automation_envelope(foreign)


def test_a_step_starts_after_its_time(bench, clip):
    pan = bench.song.tracks[0].mixer_device.panning
    pan.value = 0.5
    envelope = clip.create_automation_envelope(pan)
    assert envelope.value_at_time(1.0) == 0.5
    envelope.insert_step(1.0, 1.0, -0.5)
    assert [envelope.value_at_time(t) for t in (1.0, 1.5, 2.0, 2.5)] == [0.5, -0.5, -0.5, 0.5]
    events = envelope.events_in_range(0.0, 4.0)
    assert [(e.time, e.value) for e in events] == [(1.0, 0.5), (1.0, -0.5), (2.0, -0.5), (2.0, 0.5)]
    assert {getattr(events[0].control_coefficients, name) for name in ("x1", "y1", "x2", "y2")} == {0.5}
    envelope.delete_events_in_range(2.0, 2.0)
    assert len(envelope.events_in_range(0.0, 4.0)) == 2
    with pytest.raises(ValueError, match=r"^Range out of bounds.$"):
        envelope.events_in_range(0.0, 2e6)


def test_an_envelope_event_can_be_created_since_12_4(bench, clip):
    envelope = clip.create_automation_envelope(bench.song.tracks[0].mixer_device.panning)
    envelope.create_event(
        bench.EnvelopeEvent(1.0, 0.25, bench.EnvelopeEventControlCoefficients(0.1, 0.2, 0.3, 0.4))
    )
    assert (envelope.value_at_time(2.0), envelope.events_in_range(0.0, 4.0)[0].control_coefficients.y2) == (
        0.25,
        0.4,
    )
    old = Bench(version="12.3")
    old_envelope = (
        old.slot().create_clip(4.0).create_automation_envelope(old.song.tracks[0].mixer_device.panning)
    )
    assert not hasattr(old_envelope, "create_event")


def test_cleared_envelopes_are_invalid_and_restored_as_new_objects(bench, clip):
    volume = bench.song.tracks[0].mixer_device.volume
    envelope = clip.create_automation_envelope(volume)
    envelope.insert_step(0.0, 1.0, 0.5)
    bench.song.end_undo_step()
    clip.clear_all_envelopes()
    assert (envelope == None, clip.has_envelopes) == (True, False)  # noqa: E711
    bench.undo()
    again = clip.automation_envelope(volume)
    assert (envelope == None, again.value_at_time(0.5)) == (True, 0.5)  # noqa: E711
    clip.clear_envelope(volume)
    assert clip.automation_envelope(volume) is None


def test_a_duplicated_track_automates_its_own_parameters(bench, clip):
    clip.create_automation_envelope(bench.song.tracks[0].mixer_device.volume)
    bench.song.duplicate_track(0)
    copy = bench.slot(1).clip
    assert copy.automation_envelope(bench.song.tracks[1].mixer_device.volume) is not None
    assert copy.automation_envelope(bench.song.tracks[0].mixer_device.volume) is None


# Views


def test_the_view_keeps_its_grid(bench, clip):
    clip.view.grid_quantization = bench.enum("Clip.GridQuantization").g_eighth
    clip.view.grid_is_triplet = True
    assert (str(clip.view.grid_quantization), clip.view.grid_is_triplet) == ("g_eighth", True)
    clip.view.show_envelope()
    clip.view.show_loop()
    assert bench.history == ["Custom Action"]


# The Arrangement


def spans(track):
    return [(c.start_time, c.end_time) for c in track.arrangement_clips]


def test_arrangement_clips_are_sorted_by_time_and_do_not_overlap(bench):
    track = bench.song.tracks[0]
    told = bench.heard(track, "arrangement_clips")
    long = track.create_midi_clip(4.0, 12.0)
    track.create_midi_clip(0.0, 2.0)
    assert (spans(track), told) == ([(0.0, 2.0), (4.0, 16.0)], ["arrangement_clips"] * 2)
    track.create_midi_clip(8.0, 4.0)
    assert spans(track) == [(0.0, 2.0), (4.0, 8.0), (8.0, 12.0), (12.0, 16.0)]
    track.create_midi_clip(0.0, 5.0)
    assert spans(track) == [(0.0, 5.0), (5.0, 8.0), (8.0, 12.0), (12.0, 16.0)]
    assert (long.start_time, long.start_marker) == (5.0, 1.0)


def test_an_arrangement_clip_is_never_shown_as_playing(bench):
    clip = bench.song.tracks[0].create_midi_clip(0.0, 4.0)
    clip.fire()
    bench.song.start_playing()
    bench.play(1)
    assert (clip.is_playing, clip.is_triggered, clip.playing_position) == (False, False, 0.0)
    assert (clip.is_arrangement_clip, clip.is_take_lane_clip, clip.canonical_parent) == (
        True,
        False,
        bench.song.tracks[0],
    )


@pytest.mark.parametrize("start", [-1.0, 1576801.0])
def test_a_clip_beyond_the_timeline_is_refused(bench, start):
    with pytest.raises(RuntimeError):
        bench.song.tracks[0].create_midi_clip(start, 4.0)


def test_a_session_clip_is_copied_to_the_arrangement_and_deleted_there(bench, clip):
    add(bench, clip, (60, 0.0, 1.0))
    clip.create_automation_envelope(bench.song.tracks[0].mixer_device.volume)
    track = bench.song.tracks[0]
    copy = track.duplicate_clip_to_arrangement(clip, 8.0)
    assert (spans(track), rows(copy), copy.has_envelopes) == ([(8.0, 12.0)], rows(clip), True)
    with pytest.raises(RuntimeError):
        bench.song.tracks[1].delete_clip(copy)
    track.delete_clip(copy)
    assert (copy == None, spans(track)) == (True, [])  # noqa: E711
    with pytest.raises(RuntimeError, match=r"^Incompatible track types for clip duplication$"):
        bench.song.tracks[2].duplicate_clip_to_arrangement(clip, 8.0)


def test_a_copy_to_a_track_with_an_instrument_loses_its_envelopes(bench, clip):
    track = bench.song.tracks[0]
    clip.create_automation_envelope(track.mixer_device.volume)
    track.insert_device("Operator")
    assert not track.duplicate_clip_to_arrangement(clip, 8.0).has_envelopes


def test_take_lanes_have_separate_clips(bench):
    track = bench.song.tracks[0]
    lane = track.create_take_lane()
    clip = lane.create_midi_clip(0.0, 4.0)
    assert (clip.is_take_lane_clip, clip.is_arrangement_clip) == (True, True)
    assert (len(lane.arrangement_clips), len(track.arrangement_clips)) == (1, 0)


def test_an_unlooped_arrangement_clip_grows_up_to_its_neighbour(bench):
    track = bench.song.tracks[0]
    clip = track.create_midi_clip(0.0, 4.0)
    track.create_midi_clip(8.0, 4.0)
    told = bench.heard(clip, "end_time")
    clip.looping = False
    clip.loop_end = 16.0
    assert (clip.end_time, told) == (8.0, ["end_time"])


def test_a_described_set_has_its_clips():
    spec = default_set()
    spec.tracks[0].clip_slots = [None, ClipSpec(name="Hook", looping=False, loop_end=8.0, end_marker=8.0)]
    spec.tracks[2].arrangement_clips = [
        ClipSpec(
            is_midi=False,
            file_path="/a.wav",
            sample_length=88200,
            start_time=4.0,
            end_time=8.0,
            warp_markers=[WarpMarkerSpec(0.0, 0.0), WarpMarkerSpec(0.5, 1.0)],
        )
    ]
    bench = Bench(spec)
    assert (bench.slot(0, 1).clip.name, bench.slot(0, 1).clip.length) == ("Hook", 8.0)
    clip = bench.song.tracks[2].arrangement_clips[0]
    assert (clip.start_time, clip.end_time, [m.beat_time for m in clip.warp_markers]) == (
        4.0,
        8.0,
        [0.0, 1.0],
    )


def unknown(thing, name):
    try:
        getattr(thing, name)
    except NotImplementedError:
        return True
    except RuntimeError:
        return False
    return False


def test_every_member_of_the_clip_classes_does_something(bench, clip, loop_file):
    """No member raises NotImplementedError."""
    envelope = clip.create_automation_envelope(bench.song.tracks[0].mixer_device.volume)
    audio = bench.slot(2).create_audio_clip(loop_file)
    gc.collect()
    for thing in (clip, clip.view, audio, bench.slot(), envelope, bench.song.tracks[0].create_take_lane()):
        for cls in type(thing).__mro__:
            for name, member in vars(cls).items():
                if name.startswith("_"):
                    continue
                if isinstance(member, property):
                    assert not unknown(thing, name), f"{cls.__name__}.{name}"
                elif callable(member) and not isinstance(member, type) and "listener" not in name:
                    assert hasattr(thing._node, "call_" + name), f"{cls.__name__}.{name}"
