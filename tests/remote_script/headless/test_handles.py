"""Handles of scripts: identity, deletion, vectors, enums, types, texts."""

from __future__ import annotations

import linecache
import sys
import threading
import types
from typing import Any

import pytest

from remote_script.headless import HeadlessLive, OffMainThread, demo_set

from .world import script_module, small_set


@pytest.fixture
def live() -> Any:
    live = HeadlessLive(small_set())
    yield live
    live.close()


def test_each_access_gives_a_new_wrapper_that_is_equal(live: Any) -> None:
    first, second = live.song.tracks[0], live.song.tracks[0]
    assert first is not second
    assert first == second
    assert hash(first) == hash(second)
    assert first._live_ptr == second._live_ptr
    assert first != live.song.tracks[1]
    assert first.canonical_parent == live.song
    assert live.song.canonical_parent is None


def test_a_deleted_object_equals_none_and_cannot_be_used(live: Any) -> None:
    track = live.song.tracks[1]
    volume = track.mixer_device.volume
    live.song.delete_track(1)
    for dead in (track, volume):
        assert dead == None  # noqa: E711
        assert dead is not None
    with pytest.raises(TypeError, match=r"Python argument types in\n    None\.None") as caught:
        _ = track.name
    assert type(caught.value).__module__ == "Boost.Python"
    assert type(caught.value).__name__ == "ArgumentError"
    with pytest.raises(TypeError):
        volume.value = 0.5
    with pytest.raises(TypeError):
        track.add_name_listener(print)
    with pytest.raises(TypeError):
        track.stop_all_clips()


def test_a_vector_is_a_sequence_without_list_methods(live: Any) -> None:
    tracks = live.song.tracks
    assert len(tracks) == 3
    assert tracks[-1] == tracks[2]
    assert [track.name for track in tracks[:2]] == ["1-MIDI", "Bass"]
    assert live.song.tracks[0] in tracks
    assert None not in tracks
    with pytest.raises(IndexError, match="Index out of range"):
        tracks[3]
    with pytest.raises(RuntimeError, match=r"Cannot modify read only container\."):
        tracks.append(tracks[0])
    assert not hasattr(tracks, "index")
    assert not hasattr(tracks, "count")
    assert [cls.__name__ for cls in type(tracks).__mro__] == ["Vector", "instance", "object"]


def test_the_module_of_a_class_is_its_leaf_name(live: Any) -> None:
    assert repr(type(live.song)) == "<class 'Song.Song'>"
    assert repr(live.song.tracks).startswith("<Base.Vector object at 0x")
    assert repr(type(live.song.view)) == "<class 'Song.View'>"
    names = [cls.__name__ for cls in type(live.song.tracks[0]).__mro__]
    assert names[:3] == ["Track", "DeviceContainer", "LomObject"]
    assert names[-2:] == ["instance", "object"]


def test_a_class_of_live_cannot_be_instantiated_by_a_script(live: Any) -> None:
    import Live

    with pytest.raises(RuntimeError, match="cannot be instantiated"):
        Live.Song.Song()


def test_enums_are_ints_with_names(live: Any) -> None:
    import Live

    quantization = live.song.clip_trigger_quantization
    assert quantization == 4
    assert str(quantization) == "q_bar"
    assert isinstance(quantization, int)
    assert Live.Song.Quantization.names["q_bar"] == 4
    assert Live.Song.Quantization.values[4] is Live.Song.Quantization.q_bar
    live.song.clip_trigger_quantization = Live.Song.Quantization.q_no_q
    assert live.song.clip_trigger_quantization == 0


def test_a_missing_setter_raises_the_error_of_that_python() -> None:
    for version, text in (
        ("12.4", "property 'is_foldable' of 'Track' object has no setter"),
        ("11.3", "can't set"),
    ):
        live = HeadlessLive(small_set(), version=version)
        with pytest.raises(AttributeError, match=text):
            live.song.tracks[0].is_foldable = True
        live.close()


def test_a_wrong_type_is_an_argument_error_with_the_signature(live: Any) -> None:
    with pytest.raises(
        TypeError, match=r"None\.None\(Song, str\)\ndid not match C\+\+ signature:\n    None\("
    ):
        live.song.tempo = "fast"
    with pytest.raises(TypeError, match=r"create_scene\(Song, str\)(.|\n)*create_scene\("):
        live.song.create_scene("first")
    with pytest.raises(TypeError):
        live.song.create_scene()
    with pytest.raises(TypeError):
        live.song.create_scene(0, 1)
    with pytest.raises(TypeError):
        live.song.view.selected_track = live.song.scenes[0]
    with pytest.raises(TypeError):
        live.song.tracks[0].name = 5
    assert live.history == []


def test_out_of_range_is_refused_with_lives_texts(live: Any) -> None:
    volume = live.song.tracks[0].mixer_device.volume
    for act, text in (
        (lambda: setattr(live.song, "tempo", 10.0), "Tempo out of range"),
        (lambda: setattr(volume, "value", 1.5), r"Invalid value\. Check the parameters range with min/max"),
        (lambda: volume.value_items, "Only quantized parameters have value items"),
        (lambda: live.song.master_track.mute, "Main track has no 'mute' property!"),
        (lambda: live.song.return_tracks[0].arm, "Main and Return Tracks have no 'Arm' state!"),
        (lambda: live.song.tracks[0].mixer_device.crossfader, "Only the main track has a crossfader!"),
        (lambda: live.song.tracks[0].input_meter_left, "MIDI tracks have no 'input_meter_left' property!"),
        (lambda: live.song.tracks[2].devices[1].drum_pads, "Only drum racks can have pads!"),
    ):
        with pytest.raises(RuntimeError, match=text):
            act()


def test_parameters_hold_single_floats(live: Any) -> None:
    volume = live.song.tracks[0].mixer_device.volume
    volume.value = 0.3
    assert volume.value == 0.30000001192092896
    assert volume.str_for_value(0.85) == "0.0 dB"
    assert str(live.song.tracks[0].mixer_device.sends[0].name) == "A-Reverb"


def test_keywords_work_where_live_names_them(live: Any) -> None:
    track = live.song.create_midi_track(Index=1)
    assert live.song.tracks[1] == track
    with pytest.raises(TypeError):
        live.song.create_midi_track(index=1)


def test_members_of_later_lives_are_absent() -> None:
    old, new = HeadlessLive(version="11.3"), HeadlessLive(version="12.4")
    assert not hasattr(type(old.song), "sync_parameter_changes")
    assert hasattr(type(new.song), "sync_parameter_changes")
    assert not hasattr(type(old.song.tracks[0]), "take_lanes")
    with pytest.raises(AttributeError):
        _ = old.song.tuning_system
    old.close()
    new.close()


def test_an_unimplemented_member_is_named_in_its_error(live: Any) -> None:
    import Live

    with pytest.raises(NotImplementedError, match=r"Live\.Licensing\.launch_web_browser: it opens a web"):
        Live.Licensing.launch_web_browser("https://www.ableton.com")
    bridge = (
        r"Live\.Licensing\.PythonLicensingBridge\.process_license_response: it checks and writes a licence"
    )
    with pytest.raises(NotImplementedError, match=bridge):
        live.licensing.process_license_response([])


def test_the_live_module_has_its_parts(live: Any) -> None:
    import Live

    assert Live.Application.get_application() == live.application
    assert Live.Application.get_application().get_document() == live.song
    assert Live.Application.get_application().get_major_version() == 12
    assert issubclass(Live.Base.LimitationError, Exception)
    assert Live.Track.Track.monitoring_states.AUTO == 1
    assert sys.modules["Live.Song"] is Live.Song
    assert "Major" in [name for name, _ in Live.Song.get_all_scales_ordered()]


def _on_a_thread(action: Any) -> list[BaseException]:
    problems: list[BaseException] = []

    def run() -> None:
        try:
            action()
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=run, name="socket")
    thread.start()
    thread.join()
    return problems


def test_use_on_another_thread_is_refused_and_located(live: Any) -> None:
    song = live.song
    problems = _on_a_thread(lambda: song.tempo)
    assert isinstance(problems[0], OffMainThread)
    assert "Song.tempo on thread 'socket'" in str(problems[0])
    assert __file__ in str(problems[0])
    ((file, line, what),) = live.off_main_calls
    assert (file, what) == (__file__, "Song.tempo")
    assert "lambda: song.tempo" in linecache.getline(file, line)


def test_use_on_another_thread_can_be_counted_only() -> None:
    live = HeadlessLive(small_set(), threads="count")
    song = live.song
    assert _on_a_thread(lambda: [song.tempo, song.create_scene(-1), song.tracks]) == []
    assert sorted(what for _, _, what in live.off_main_calls) == [
        "Song.create_scene",
        "Song.tempo",
        "Song.tracks",
    ]
    live.close()


@pytest.mark.parametrize(
    ("version", "path"),
    [
        ("11.3", "Clip.AutomationEnvelope"),
        ("12.1.5", "Clip.AutomationEnvelope"),
        ("12.3", "Envelope.Envelope"),
    ],
)
def test_an_envelope_has_the_class_of_its_version_of_live(version: str, path: str) -> None:
    live = HeadlessLive(demo_set(), version=version)
    bass = live.song.tracks[2]
    clip = next(slot.clip for slot in bass.clip_slots if slot.has_clip)
    envelope = clip.create_automation_envelope(bass.mixer_device.panning)
    module, name = path.split(".")
    assert type(envelope) is getattr(getattr(live.modules["Live"], module), name)
    envelope.insert_step(0.0, 1.0, -1.0)
    assert envelope.value_at_time(0.5) == -1.0
    live.close()


USES: dict[str, tuple[Any, str]] = {
    "a property": (lambda held: held["song"].tempo, "Song.tempo"),
    "a setting": (lambda held: setattr(held["song"], "tempo", 90.0), "Song.tempo"),
    "a method": (lambda held: held["song"].stop_playing(), "Song.stop_playing"),
    "adding a listener": (
        lambda held: held["song"].add_tempo_listener(print),
        "Song.add_tempo_listener",
    ),
    "asking for a listener": (
        lambda held: held["song"].tempo_has_listener(print),
        "Song.tempo_has_listener",
    ),
    "removing a listener": (
        lambda held: held["song"].remove_is_playing_listener(held["listener"]),
        "Song.remove_is_playing_listener",
    ),
    "a pointer": (lambda held: held["song"]._live_ptr, "Song._live_ptr"),
    "a comparison": (lambda held: held["song"] != None, "Song =="),  # noqa: E711
    "a vector's length": (lambda held: len(held["tracks"]), "Vector: length"),
    "a vector's item": (lambda held: held["tracks"][0], "Vector: item"),
    "a vector's slice": (lambda held: held["tracks"][:1], "Vector: item"),
    "a vector's iteration": (lambda held: next(iter(held["tracks"])), "Vector: iteration"),
    "a search in a vector": (lambda held: held["song"] in held["tracks"], "Vector: search"),
    "a vector of numbers": (lambda held: len(held["visible"]), "StringVector: length"),
    "an item of the browser": (lambda held: held["item"].name, "BrowserItem.name"),
    "a module's function": (
        lambda held: held["module"].Application.get_application(),
        "Live.Application.get_application",
    ),
    "a listener's handle": (lambda held: held["handle"].disconnect(), "ListenerHandle.disconnect"),
    "the song of c_instance": (lambda held: held["c_instance"].song(), "c_instance.song"),
}


@pytest.mark.parametrize("use", USES)
def test_every_access_to_the_object_model_checks_the_thread(live: Any, use: str) -> None:
    import Live

    song = live.song
    song.add_is_playing_listener(print)
    script = live.load_script(script_module(types.SimpleNamespace()))
    held = {
        "song": song,
        "tracks": song.tracks,
        "visible": live.application.view.available_main_views(),
        "item": live.application.browser.instruments,
        "module": Live,
        "listener": print,
        "handle": live.listeners()[0],
        "c_instance": script.c_instance,
    }
    action, what = USES[use]
    (problem,) = _on_a_thread(lambda: action(held))
    assert isinstance(problem, OffMainThread)
    ((file, _, told),) = live.off_main_calls
    assert (file, told) == (__file__, what)
    assert song.tempo == 120.0
    live.threads = "log"
    assert _on_a_thread(lambda: action(held)) == []
    assert any(f"got {what} on thread 'socket' at {__file__}:" in line for line in live.log_lines)


def test_python_shows_a_parameter_as_live_displays_it(live: HeadlessLive) -> None:
    mixer = live.song.tracks[0].mixer_device
    shown = {mixer.volume: "0.0 dB", mixer.panning: "C", mixer.track_activator: "On"}
    assert {parameter: str(parameter) for parameter in shown} == {
        parameter: parameter.str_for_value(parameter.value) for parameter in shown
    }
    tempo = live.song.master_track.mixer_device.song_tempo
    live.song.tempo = 97.5
    assert (str(tempo), tempo.display_value) == (tempo.str_for_value(97.5), 97.5)
    live.song.delete_track(0)
    with pytest.raises(TypeError):
        str(mixer.volume)


def test_python_shows_song_times_as_displays_do(live: HeadlessLive) -> None:
    live.song.current_song_time = 9.25
    live.run_for(0.02)
    assert str(live.song.get_current_beats_song_time()).split(".") == ["003", "02", "02", "001"]
    assert str(live.song.get_current_smpte_song_time(0)).split(":") == ["000", "00", "04", "625"]
    assert sum(character.isdigit() for character in str(live.song.get_beats_loop_start())) == 10


def test_calls_off_the_main_thread_are_reported_by_place_most_frequent_first() -> None:
    live = HeadlessLive(small_set(), threads="count")
    song = live.song

    def work() -> None:
        for _ in range(3):
            _ = song.tempo
        _ = song.metronome

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    head, first, second = live.off_main_report()
    assert head == "LiveAPI off the main thread: 4 calls from 2 places"
    assert "3 × Song.tempo at " in first
    assert "1 × Song.metronome at " in second
    live.close()
