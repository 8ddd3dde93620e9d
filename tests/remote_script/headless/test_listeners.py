"""Listeners: times of calls, references to them, and forbidden actions."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

from .world import recorder, small_set


@pytest.fixture
def live() -> Any:
    live = HeadlessLive(small_set())
    yield live
    live.close()


def test_a_listener_is_called_inside_the_setter_and_not_for_an_equal_value(live: Any) -> None:
    heard: list[float] = []
    live.song.add_tempo_listener(lambda: heard.append(live.song.tempo))
    live.song.tempo = 99.0
    assert heard == [99.0]
    live.song.tempo = 99.0
    assert heard == [99.0]


def test_adding_twice_and_removing_an_unknown_one_are_refused(live: Any) -> None:
    def listener() -> None: ...

    live.song.add_tempo_listener(listener)
    assert live.song.tempo_has_listener(listener)
    with pytest.raises(RuntimeError, match="Observer already connected"):
        live.song.add_tempo_listener(listener)
    live.song.remove_tempo_listener(listener)
    assert not live.song.tempo_has_listener(listener)
    with pytest.raises(RuntimeError, match="Observer not connected"):
        live.song.remove_tempo_listener(listener)


class Owner:
    def __init__(self) -> None:
        self.calls = 0

    def heard(self) -> None:
        self.calls += 1


def test_a_bound_method_is_held_by_a_weak_reference_to_its_owner(live: Any) -> None:
    owner = Owner()
    live.song.add_tempo_listener(owner.heard)
    with pytest.raises(RuntimeError, match="Observer already connected"):
        live.song.add_tempo_listener(owner.heard)
    live.song.tempo = 99.0
    assert owner.calls == 1
    assert live.listener_count() == 1
    del owner
    gc.collect()
    assert live.listener_count() == 0
    live.song.tempo = 98.0


def test_a_plain_function_is_held(live: Any) -> None:
    heard, listener = recorder()
    live.song.add_tempo_listener(listener("tempo"))
    gc.collect()
    live.song.tempo = 99.0
    assert heard == ["tempo"]


def test_a_change_inside_a_notification_is_refused_unless_it_changes_nothing(live: Any) -> None:
    problems: list[str] = []

    def listener() -> None:
        live.song.tempo = live.song.tempo
        for act in (
            lambda: setattr(live.song, "tempo", 50.0),
            lambda: live.song.create_scene(-1),
            lambda: setattr(live.song.view, "selected_track", live.song.tracks[1]),
            lambda: live.song.start_playing(),
        ):
            try:
                act()
            except RuntimeError as problem:
                problems.append(str(problem))

    live.song.add_tempo_listener(listener)
    live.song.tempo = 99.0
    text = "Changes cannot be triggered by notifications. You will need to defer your response."
    assert problems == [text] * 4
    assert live.song.tempo == 99.0
    assert len(live.song.scenes) == 3


def test_a_change_inside_undo_is_refused_with_its_own_text(live: Any) -> None:
    problems: list[str] = []
    live.song.tempo = 99.0

    def listener() -> None:
        try:
            live.song.tempo = 50.0
        except RuntimeError as problem:
            problems.append(str(problem))

    live.song.add_tempo_listener(listener)
    live.song.undo()
    assert problems == ["Changes cannot be triggered during undo or redo."]
    assert live.song.tempo == 120.0


def test_an_exception_in_a_listener_is_logged_and_the_next_one_is_called(live: Any) -> None:
    heard, listener = recorder()
    live.song.add_tempo_listener(lambda: 1 // 0)
    live.song.add_tempo_listener(listener("second"))
    live.song.tempo = 99.0
    assert heard == ["second"]
    assert any("ZeroDivisionError" in line for line in live.log_lines)


def test_a_listener_follows_its_object_not_its_index(live: Any) -> None:
    heard, listener = recorder()
    live.song.tracks[1].add_name_listener(listener("bass"))
    live.song.create_midi_track(0)
    live.song.tracks[1].name = "Other"
    assert heard == []
    live.song.tracks[2].name = "Deep Bass"
    assert heard == ["bass"]


def test_listeners_see_a_consistent_set(live: Any) -> None:
    sizes: list[Any] = []

    def look() -> None:
        song = live.song
        sizes.append((len(song.tracks), {len(scene.clip_slots) for scene in song.scenes}))

    live.song.add_tracks_listener(look)
    live.song.scenes[0].add_clip_slots_listener(look)
    live.song.create_midi_track(-1)
    assert sizes == [(4, {4}), (4, {4})]


def test_derived_changes_notify_listeners_too(live: Any) -> None:
    heard, listener = recorder()
    song = live.song
    track = song.tracks[0]
    track.add_muted_via_solo_listener(listener("muted_via_solo"))
    track.add_name_listener(listener("name"))
    track.add_clip_slots_listener(listener("clip_slots"))
    track.add_color_listener(listener("color"))
    song.master_track.mixer_device.song_tempo.add_value_listener(listener("song_tempo"))
    song.tracks[1].solo = True
    song.create_midi_track(0)
    song.create_scene(-1)
    track.color_index = 7
    song.tempo = 90.0
    assert heard == ["muted_via_solo", "name", "clip_slots", "color", "song_tempo"]
    assert track.name == "2-MIDI"


def test_a_mixer_parameter_and_the_track_property_are_the_same_value(live: Any) -> None:
    heard, listener = recorder()
    track = live.song.tracks[0]
    activator = track.mixer_device.track_activator
    track.add_mute_listener(listener("mute"))
    activator.add_value_listener(listener("value"))
    track.mute = True
    assert activator.value == 0.0
    activator.value = 1.0
    assert track.mute is False
    assert heard == ["value", "mute", "value", "mute"]


def test_a_missing_listener_method_is_an_attribute_error(live: Any) -> None:
    with pytest.raises(AttributeError):
        live.song.add_can_undo_listener(lambda: None)


def test_view_visibility_is_listened_to_by_name(live: Any) -> None:
    heard, listener = recorder()
    view = live.application.view
    view.add_is_view_visible_listener("Arranger", listener("arranger"))
    view.add_is_view_visible_listener("Browser", listener("browser"))
    view.show_view("Arranger")
    assert view.is_view_visible("Arranger")
    assert not view.is_view_visible("Session")
    assert heard == ["arranger"]


def test_opening_a_set_invalidates_objects_and_listeners(live: Any) -> None:
    song = live.song
    song.add_tempo_listener(lambda: None)
    live.open_set(small_set())
    assert song == None  # noqa: E711
    assert live.listener_count() == 0
