"""Undo: steps, merging, late parameters, identity, and exact return to the initial state."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from remote_script.headless import HeadlessLive

from .world import check_set, small_set, state


@pytest.fixture
def live() -> Any:
    live = HeadlessLive(small_set())
    yield live
    live.close()


def test_changes_between_begin_and_end_are_one_step(live: Any) -> None:
    song = live.song
    song.begin_undo_step()
    song.tempo = 90.0
    song.create_midi_track(-1)
    song.tracks[0].name = "Lead"
    song.end_undo_step()
    assert len(live.history) == 1
    assert song.undo() == "Undo Custom Action"
    assert (song.tempo, len(song.tracks), song.tracks[0].name) == (120.0, 3, "1-MIDI")
    assert song.redo() == "Redo Custom Action"
    assert (song.tempo, len(song.tracks), song.tracks[0].name) == (90.0, 4, "Lead")


def test_steps_do_not_nest_and_empty_ones_leave_no_entry(live: Any) -> None:
    song = live.song
    song.end_undo_step()
    song.begin_undo_step()
    song.end_undo_step()
    assert live.history == []
    song.begin_undo_step()
    song.begin_undo_step()
    song.tempo = 90.0
    song.end_undo_step()
    song.tempo = 91.0
    song.end_undo_step()
    assert len(live.history) == 2


def test_without_a_pair_changes_merge_until_the_next_boundary(live: Any) -> None:
    song = live.song
    song.tempo = 90.0
    live.run_for(0.5)
    song.tracks[0].name = "Lead"
    assert len(live.history) == 1
    song.end_undo_step()
    song.tempo = 80.0
    assert len(live.history) == 2


def test_a_persons_edits_are_separate_entries(live: Any) -> None:
    song = live.song
    song.tempo = 90.0
    live.person.do(lambda song: setattr(song.tracks[0], "name", "Lead"), "Rename")
    song.tempo = 80.0
    assert live.history == ["Custom Action", "Rename", "Custom Action"]


def test_a_parameter_enters_the_history_when_live_syncs_it(live: Any) -> None:
    song = live.song
    volume = song.tracks[0].mixer_device.volume
    song.begin_undo_step()
    song.tempo = 90.0
    volume.value = 0.5
    song.end_undo_step()
    assert len(live.history) == 1
    live.run_for(0.1)
    assert len(live.history) == 2
    song.undo()
    assert (volume.value, song.tempo) == (pytest.approx(0.85), 90.0)


def test_synced_before_the_end_a_parameter_belongs_to_the_step(live: Any) -> None:
    song = live.song
    song.begin_undo_step()
    song.tempo = 90.0
    song.tracks[0].mixer_device.volume.value = 0.5
    song.sync_parameter_changes()
    song.end_undo_step()
    live.run_for(0.2)
    assert len(live.history) == 1


def test_changes_that_live_does_not_record_are_not_recorded(live: Any) -> None:
    song = live.song
    song.begin_undo_step()
    song.tracks[0].arm = True
    song.tracks[0].current_monitoring_state = 0
    song.view.selected_track = song.tracks[2]
    song.set_data("key", 1)
    song.metronome = True
    song.end_undo_step()
    live.run_for(0.2)
    assert live.history == []
    song.tempo = 90.0
    song.undo()
    assert song.tracks[0].arm
    assert song.get_data("key", None) == 1


def test_undoing_a_deletion_creates_a_new_object(live: Any) -> None:
    song = live.song
    track = song.tracks[1]
    old_ptr = track._live_ptr
    track.add_name_listener(lambda: None)
    song.delete_track(1)
    song.undo()
    again = song.tracks[1]
    assert again.name == "Bass"
    assert again._live_ptr != old_ptr
    assert again != track
    assert track == None  # noqa: E711
    assert live.listener_count() == 0
    with pytest.raises(TypeError):
        _ = track.name


def test_a_late_setting_belongs_to_the_step_of_its_call(live: Any) -> None:
    song = live.song
    song.begin_undo_step()
    song.loop = True
    song.end_undo_step()
    live.run_for(0.02)
    assert song.loop
    assert len(live.history) == 1
    song.undo()
    assert not song.loop


def test_a_new_change_drops_undone_steps(live: Any) -> None:
    song = live.song
    song.tempo = 90.0
    song.undo()
    song.tempo = 80.0
    assert song.redo() == ""
    assert song.tempo == 80.0


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("# Keys", "2 Keys"), ("## Keys", "02 Keys"), ("Take ###", "Take 002"), ("a#b#", "a2b2")],
)
def test_number_signs_in_a_name_show_the_tracks_number(live: Any, typed: str, shown: str) -> None:
    track = live.song.tracks[1]
    track.name = typed
    assert track.name == shown
    live.song.end_undo_step()
    live.song.create_midi_track(0)
    assert track.name == shown.replace("2", "3")


def test_undo_with_nothing_to_undo_does_nothing(live: Any) -> None:
    assert live.song.undo() == ""
    assert live.song.tempo == 120.0


class SetMachine(RuleBasedStateMachine):
    """Random editing; the Set is consistent after every step, and undo restores the initial state."""

    def __init__(self) -> None:
        super().__init__()
        self.live = HeadlessLive(small_set())
        self.start = state(self.live)
        self.seen: set[int] = set()

    @property
    def song(self) -> Any:
        return self.live.song

    def track(self, index: int) -> Any:
        tracks = self.song.tracks
        return tracks[index % len(tracks)]

    def attempt(self, action: Any) -> None:
        """Make an edit as one step; an edit that Live refuses must change nothing."""
        before = state(self.live)
        self.song.begin_undo_step()
        try:
            action()
        except (RuntimeError, IndexError, ValueError):
            assert state(self.live) == before
        finally:
            self.song.sync_parameter_changes()
            self.song.end_undo_step()

    @rule(index=st.integers(-1, 6), midi=st.booleans())
    def create_track(self, index: int, midi: bool) -> None:
        create = self.song.create_midi_track if midi else self.song.create_audio_track
        self.attempt(lambda: create(index))

    @rule(index=st.integers(0, 5))
    def delete_track(self, index: int) -> None:
        self.attempt(lambda: self.song.delete_track(index))

    @rule(index=st.integers(0, 5))
    def duplicate_track(self, index: int) -> None:
        if len(self.song.tracks) < 10:
            self.attempt(lambda: self.song.duplicate_track(index))

    @rule(index=st.integers(-1, 6))
    def create_scene(self, index: int) -> None:
        self.attempt(lambda: self.song.create_scene(index))

    @rule(index=st.integers(0, 5))
    def delete_scene(self, index: int) -> None:
        self.attempt(lambda: self.song.delete_scene(index))

    @rule(index=st.integers(0, 5))
    def duplicate_scene(self, index: int) -> None:
        if len(self.song.scenes) < 10:
            self.attempt(lambda: self.song.duplicate_scene(index))

    @rule()
    def create_return(self) -> None:
        self.attempt(lambda: self.song.create_return_track())

    @rule(index=st.integers(0, 3))
    def delete_return(self, index: int) -> None:
        self.attempt(lambda: self.song.delete_return_track(index))

    @rule(track=st.integers(0, 9), slot=st.integers(0, 9), length=st.sampled_from([4.0, 1.0, 2.0, 0.0]))
    def create_clip(self, track: int, slot: int, length: float) -> None:
        self.attempt(lambda: self.track(track).clip_slots[slot % len(self.song.scenes)].create_clip(length))

    @rule(track=st.integers(0, 9), slot=st.integers(0, 9))
    def delete_clip(self, track: int, slot: int) -> None:
        self.attempt(lambda: self.track(track).clip_slots[slot % len(self.song.scenes)].delete_clip())

    @rule(track=st.integers(0, 9), slot=st.integers(0, 9))
    def duplicate_slot(self, track: int, slot: int) -> None:
        self.attempt(lambda: self.track(track).duplicate_clip_slot(slot % len(self.song.scenes)))

    @rule(
        track=st.integers(0, 9),
        name=st.sampled_from(["Reverb", "Delay", "Drift", "Arpeggiator", "Drum Rack"]),
    )
    def insert_device(self, track: int, name: str) -> None:
        self.attempt(lambda: self.track(track).insert_device(name))

    @rule(track=st.integers(0, 9), device=st.integers(0, 3))
    def delete_device(self, track: int, device: int) -> None:
        self.attempt(lambda: self.track(track).delete_device(device))

    @rule(source=st.integers(0, 9), goal=st.integers(0, 9), position=st.integers(-1, 4))
    def move_device(self, source: int, goal: int, position: int) -> None:
        def move() -> None:
            self.song.move_device(self.track(source).devices[0], self.track(goal), position)

        self.attempt(move)

    @rule(track=st.integers(0, 9), value=st.floats(0.0, 1.0))
    def volume(self, track: int, value: float) -> None:
        self.attempt(lambda: setattr(self.track(track).mixer_device.volume, "value", value))

    @rule(track=st.integers(0, 9), what=st.sampled_from(["mute", "solo"]), value=st.booleans())
    def switch(self, track: int, what: str, value: bool) -> None:
        self.attempt(lambda: setattr(self.track(track), what, value))

    @rule(track=st.integers(0, 9), name=st.sampled_from(["", "A", "# Keys", "1-MIDI", "Bass"]))
    def rename(self, track: int, name: str) -> None:
        self.attempt(lambda: setattr(self.track(track), "name", name))

    @rule()
    def toggle_cue(self) -> None:
        self.attempt(lambda: self.song.set_or_delete_cue())

    @rule()
    def undo(self) -> None:
        self.song.undo()

    @rule()
    def redo(self) -> None:
        self.song.redo()

    @rule()
    def wait(self) -> None:
        self.live.run_for(0.12)

    @invariant()
    def the_set_agrees_with_itself(self) -> None:
        check_set(self.live)

    def teardown(self) -> None:
        self.live.run_for(0.2)
        while self.live.history:
            assert self.song.undo()
        assert state(self.live) == self.start
        self.live.close()


TestSet = SetMachine.TestCase
TestSet.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
