import pytest

from remote_script.headless.music.clip_body import ClipBody, changed_names
from remote_script.headless.music.envelopes import Breakpoints
from remote_script.headless.music.loops import Region
from remote_script.headless.music.notes import Notes
from remote_script.headless.sets.spec import ClipSpec, NoteSpec, WarpMarkerSpec
from remote_script.SetMirror.contract.notes import Note


def audio(**more):
    return ClipBody.of_file("/music/Break 120.wav", 44100 * 4, 44100.0, 120.0, **more)


def test_a_clip_of_a_file_is_as_long_as_the_file_at_the_songs_tempo():
    body = audio()
    assert (body.name, body.region.length, body.region.looping) == ("Break 120", 8.0, False)
    assert body.audio.warp.beat_to_seconds(8.0) == pytest.approx(4.0)


def test_audio_members_refuse_midi_clips_as_live_does():
    body = ClipBody.midi(4.0)
    for name, text in (("gain", "Gain"), ("warping", "Warping")):
        with pytest.raises(RuntimeError, match=f"^{text} is only available for Audio Clips$"):
            body.audio_value(name)


def test_note_calls_refuse_audio_clips():
    with pytest.raises(RuntimeError):
        audio().midi_notes()


@pytest.mark.parametrize(
    ("cents", "coarse", "fine"), [(60, 1, -40), (50, 1, -50), (-50, -1, 50), (49, 0, 49), (250, 3, -50)]
)
def test_cents_carry_over_into_semitones_as_measured(cents, coarse, fine):
    body = audio().with_audio("pitch_fine", cents)
    assert (body.audio.pitch_coarse, body.audio.pitch_fine) == (coarse, fine)


@pytest.mark.parametrize(("name", "value"), [("gain", 1.1), ("pitch_coarse", 49), ("warp_mode", 5)])
def test_audio_values_out_of_range_are_refused(name, value):
    with pytest.raises(RuntimeError):
        audio().with_audio(name, value)


def test_unwarped_audio_counts_in_seconds_and_does_not_loop():
    body = audio().with_looping(True).with_warping(False)
    assert (body.region.looping, body.region.loop_end) == (False, pytest.approx(4.0))
    with pytest.raises(RuntimeError):
        body.with_looping(True)
    assert body.with_warping(True).region.loop_end == pytest.approx(8.0)


def test_setting_the_same_value_notifies_no_listener():
    body = ClipBody.midi(4.0)
    assert changed_names(body, body.with_color(body.color)) == []
    assert changed_names(body, body.with_region(body.region.with_loop_start(0.0))) == []


def test_only_listeners_of_changed_properties_are_notified():
    body = ClipBody.midi(4.0)
    assert changed_names(body, body.with_color_index(3)) == ["color", "color_index"]
    moved = body.with_region(body.region.with_loop_start(1.0))
    assert changed_names(body, moved) == ["loop_start", "position"]
    assert changed_names(body, body._replace(notes=body.notes.add([Note(0, 60, 0, 1)])[0])) == ["notes"]
    assert changed_names(body, body.created_envelope("p")) == ["has_envelopes"]


def test_a_second_envelope_for_a_parameter_is_refused():
    body = ClipBody.midi(4.0).created_envelope("volume")
    with pytest.raises(RuntimeError, match=r"^There is already an envelope for the parameter$"):
        body.created_envelope("volume")
    assert body.without_envelope("volume").envelopes == ()


def test_an_unlooped_arrangement_clip_gets_the_length_of_its_brace_up_to_the_next_clip():
    body = ClipBody.midi(4.0, start_time=8.0).with_looping(False)
    longer = body.with_region(body.region.with_loop_end(16.0))
    assert (longer.start_time, longer.end_time) == (8.0, 24.0)
    assert body.with_region(body.region.with_loop_end(16.0), limit=20.0).end_time == 20.0


def test_switching_the_loop_on_keeps_an_arrangement_clips_place_and_off_never_lengthens_it():
    body = ClipBody.midi(4.0, start_time=8.0)
    wide = body._replace(region=body.region.with_end_marker(32.0))
    off = wide.with_looping(False)
    assert (off.end_time, off.region.loop_end) == (12.0, 4.0)
    stretched = off.with_region(off.region.with_loop_end(16.0)).with_looping(True)
    assert (stretched.end_time, stretched.region.loop_end) == (24.0, 4.0)


def test_doubling_the_loop_doubles_notes_and_envelopes():
    body = ClipBody.midi(4.0)._replace(notes=Notes.of([Note(0, 60, 1, 1)]))
    body = body.with_envelope("pan", Breakpoints.of([(0, 0.0), (2, 1.0)])).with_doubled_loop()
    assert [n.start_time for n in body.notes] == [1.0, 5.0]
    assert [e.time for e in body.envelope("pan")] == [0, 2, 4, 6]
    assert body.region == Region.of_length(8.0)


def test_cropping_starts_at_the_earlier_of_start_marker_and_loop():
    body = ClipBody.midi(8.0)._replace(notes=Notes.of([Note(0, 60, t, 1) for t in range(8)]))
    body = body._replace(region=Region(True, 2.0, 4.0, 1.0, 8.0)).cropped()
    assert [n.start_time for n in body.notes] == [1.0, 2.0, 3.0]
    assert body.region == Region(True, 2.0, 4.0, 1.0, 4.0)


def test_quantizing_audio_moves_its_warp_markers():
    body = audio().with_warp(lambda markers: markers.add(4.1, 2.0), "add_warp_marker")
    assert [m.beat_time for m in body.quantized(1, 1.0).audio.warp][:2] == [0.0, 4.0]


def test_a_copy_renumbers_its_notes_and_has_its_place_on_the_timeline():
    body = ClipBody.midi(4.0)._replace(notes=Notes.of([Note(0, 60, 0, 1), Note(0, 61, 0, 1)]).remove_ids([1]))
    copy = body.copied(start_time=16.0)
    assert [n.note_id for n in copy.notes] == [1]
    assert (copy.start_time, copy.end_time) == (16.0, 20.0)


def test_a_clip_from_a_description_has_its_values():
    spec = ClipSpec(
        name="Lead",
        color=0xFF0000,
        looping=False,
        loop_start=1.0,
        loop_end=5.0,
        end_marker=5.0,
        hidden_loop_start=2.0,
        hidden_loop_end=3.0,
        notes=[NoteSpec(60, 1.0, 0.5, probability=0.25)],
    )
    body = ClipBody.of_spec(spec)
    assert (body.name, body.color_index, body.region.start_marker) == ("Lead", 14, 1.0)
    assert next(iter(body.notes)).probability == 0.25
    assert body.with_looping(True).region.loop_start == 2.0


def test_a_described_audio_clip_keeps_its_warp_markers():
    spec = ClipSpec(
        is_midi=False,
        file_path="/a.wav",
        sample_length=441000,
        warp_markers=[WarpMarkerSpec(0.0, 0.0), WarpMarkerSpec(1.0, 2.5)],
    )
    assert [tuple(m) for m in ClipBody.of_spec(spec).audio.warp] == [(0.0, 0.0), (1.0, 2.5)]
