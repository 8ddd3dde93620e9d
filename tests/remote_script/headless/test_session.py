from hypothesis import given
from hypothesis import strategies as st

from remote_script.headless.session import STOP, Launch, LaunchEvent, Playback, slot_indices


def whats(events):
    return [(e.what, e.slot) for e in events]


def test_a_fire_takes_effect_on_the_next_tick():
    track = Playback()
    track.ask(Launch("A"))
    assert (track.fired, track.playing) == (None, None)
    assert whats(track.tick(0.0, 0.0, True)) == [("fired", "A"), ("unfired", "A"), ("started", "A")]
    assert track.playing == "A"


def test_a_launch_waits_for_its_grid_and_starts_exactly_on_it():
    track = Playback()
    track.ask(Launch("A", grid=4.0))
    assert whats(track.tick(10.0, 1.5, True)) == [("fired", "A")]
    assert track.fired == "A"
    assert track.tick(12.0, 3.5, True) == []
    track.tick(12.6, 4.1, True)
    assert (track.playing, track.start_beat, track.start_song_time) == ("A", 12.5, 4.0)
    assert track.played(13.0) == 0.5


def test_a_launch_waits_for_the_transport():
    track = Playback()
    track.ask(Launch("A", grid=4.0))
    assert track.wants_transport
    assert whats(track.tick(0.0, 0.0, False)) == [("fired", "A")]
    assert whats(track.tick(0.0, 0.0, True))[-1] == ("started", "A")


def test_the_clip_that_played_stops_when_the_next_starts():
    track = Playback()
    track.ask(Launch("A"))
    track.tick(0.0, 0.0, True)
    track.ask(Launch("B", grid=1.0))
    assert whats(track.tick(0.5, 0.5, True)) == [("fired", "B")]
    assert track.playing == "A"
    assert whats(track.tick(1.0, 1.0, True)) == [("unfired", "B"), ("stopped", "A"), ("started", "B")]


def test_a_stop_leaves_the_track_stopped_in_the_session():
    track = Playback()
    index = {"A": 3}.__getitem__
    assert slot_indices(track, index) == (-1, -1)
    track.ask(Launch("A"))
    track.tick(0.0, 0.0, True)
    assert slot_indices(track, index) == (3, -1)
    track.ask(Launch(STOP, 1.0))
    track.tick(0.5, 0.5, True)
    assert slot_indices(track, index) == (3, -2)
    assert LaunchEvent("stopped", "A") in track.tick(1.0, 1.0, True)
    assert slot_indices(track, index) == (-2, -1)
    track.back_to_arrangement()
    assert slot_indices(track, index) == (-1, -1)


def test_a_later_fire_replaces_a_waiting_one():
    track = Playback()
    track.ask(Launch("A", grid=4.0))
    track.tick(0.5, 0.5, True)
    track.ask(Launch("B", grid=4.0))
    assert whats(track.tick(1.0, 1.0, True)) == [("unfired", "A"), ("fired", "B")]


def test_a_recording_of_a_given_length_continues_as_playback():
    track = Playback()
    track.ask(Launch("A", record=True, record_beats=4.0))
    track.tick(0.0, 0.0, True)
    assert track.recording
    assert whats(track.tick(4.1, 4.1, True)) == [("recorded", "A")]
    assert track.recorded_beats == 4.0
    assert (track.playing, track.recording) == ("A", False)


def test_firing_a_recording_clip_ends_the_recording():
    track = Playback()
    track.ask(Launch("A", record=True))
    track.tick(0.0, 0.0, True)
    track.ask(Launch("A", grid=1.0))
    track.tick(1.5, 1.5, True)
    assert ("recorded", "A") in whats(track.tick(2.0, 2.0, True))
    assert track.playing == "A"


def test_a_repeating_launch_starts_again_on_every_line():
    track = Playback()
    track.ask(Launch("A", grid=1.0, repeat=True))
    track.tick(0.0, 0.0, True)
    assert ("started", "A") in whats(track.tick(1.0, 1.0, True))
    assert track.start_beat == 1.0


def test_a_deleted_clip_stops_and_its_launch_is_cancelled():
    track = Playback()
    track.ask(Launch("A"))
    track.tick(0.0, 0.0, True)
    track.ask(Launch("A", grid=4.0))
    track.tick(0.5, 0.5, True)
    assert whats(track.forget("A")) == [("unfired", "A"), ("stopped", "A")]
    assert track.idle


def test_stopping_the_transport_ends_recording_and_launches_but_keeps_the_clip_chosen():
    track = Playback()
    track.ask(Launch("A", record=True))
    track.tick(0.0, 0.0, True)
    track.ask(Launch("B", grid=4.0))
    track.tick(1.0, 1.0, True)
    assert whats(track.halt()) == [("unfired", "B"), ("recorded", "A")]
    track.resume(9.0, 0.0)
    assert (track.playing, track.played(9.5)) == ("A", 0.5)


asks = st.one_of(
    st.builds(Launch, st.sampled_from("ABC"), st.sampled_from([0.0, 1.0, 4.0]), st.booleans()),
    st.builds(Launch, st.just(STOP), st.sampled_from([0.0, 4.0])),
    st.floats(0.01, 3.0),
)


@given(st.lists(asks, max_size=20), st.booleans())
def test_starts_and_stops_of_clips_take_turns(sequence, running):
    track, beat = Playback(), 0.0
    sounding = blinking = None
    for item in sequence:
        if isinstance(item, Launch):
            track.ask(item)
            continue
        beat += item
        for event in track.tick(beat, beat, running):
            if event.what == "started":
                assert sounding in (None, event.slot)
                sounding = event.slot
            elif event.what == "stopped":
                assert sounding == event.slot
                sounding = None
            elif event.what == "fired":
                assert blinking in (None, event.slot)
                blinking = event.slot
            elif event.what == "unfired":
                assert blinking == event.slot
                blinking = None
        assert (track.playing, track.fired) == (sounding, blinking)
