"""Calls that need more than their arguments: notes, cue points, envelopes, the browser."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import pytest

from remote_script.SetMirror.call import UNCHANGED, PendingCall
from remote_script.SetMirror.calls import perform
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.load_request import LoadRequest

from . import fake_live

LIVE = fake_live.live_module()


def run(
    obj: Any, type_: str, method: str, song: Any = None, between: Callable[[], None] = bool, **args: Any
) -> Any:
    """Run a call until its end; `between` is called from pump to pump."""
    row: Any = types.SimpleNamespace(
        obj=obj, layout=types.SimpleNamespace(type=type_), value=lambda name: None
    )
    steps = perform(PendingCall(row, schema.methods(type_)[method], args, song, LIVE))
    for _ in range(10_000):
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        between()
    raise AssertionError("it never ended")


class Notes:
    """A MIDI clip's note calls, with strict checks of their arguments."""

    is_midi_clip = True

    def __init__(self, *notes: Any) -> None:
        self.notes = {note.note_id: note for note in notes}
        self.modified: list[Any] = []

    def get_all_notes_extended(self) -> list[Any]:
        return [types.SimpleNamespace(**vars(note)) for note in self.notes.values()]

    def get_notes_by_id(self, ids: tuple[int, ...]) -> fake_live.Any:
        assert isinstance(ids, tuple)
        return _Vector(types.SimpleNamespace(**vars(self.notes[id_])) for id_ in ids)

    def apply_note_modifications(self, vector: Any) -> None:
        if not isinstance(vector, _Vector):
            raise TypeError("Python argument types did not match C++ signature")
        self.modified.append([note.note_id for note in vector])
        self.notes.update({note.note_id: note for note in vector})

    def remove_notes_by_id(self, ids: tuple[int, ...]) -> None:
        for id_ in ids:
            del self.notes[id_]

    def remove_notes_extended(self, from_pitch: int, span: int, from_time: float, time: float) -> None:
        assert (from_pitch, span) == (0, 128)
        self.notes.clear()

    def add_new_notes(self, specifications: tuple[Any, ...]) -> list[int]:
        assert isinstance(specifications, tuple)
        new = {100 + n: fake_live.note(100 + n, **vars(each)) for n, each in enumerate(specifications)}
        self.notes.update(new)
        return list(new)


class _Vector(list[Any]):
    """A vector, which only Live can create."""


def test_notes_are_changed_in_the_vector_that_live_returned() -> None:
    clip = Notes(fake_live.note(1), fake_live.note(2), fake_live.note(3))
    run(
        clip,
        "Clip",
        "apply_note_modifications",
        notes=[{"note_id": 2, "velocity": 10}, {"note_id": 3, "pitch": 61}],
    )
    assert clip.modified == [[2, 3]]
    assert (clip.notes[2].velocity, clip.notes[3].pitch, clip.notes[1].velocity) == (10, 61, 100)


def test_notes_already_equal_are_not_written() -> None:
    clip = Notes(fake_live.note(1))
    assert run(clip, "Clip", "apply_note_modifications", notes=[{"note_id": 1, "velocity": 100}]) is UNCHANGED
    assert run(clip, "Clip", "add_new_notes", notes=[]) is UNCHANGED
    assert clip.modified == []


@pytest.mark.parametrize("method", ["apply_note_modifications", "remove_notes_by_id"])
def test_deleted_notes_are_reported_as_stale(method: str) -> None:
    args: dict[str, Any] = {"notes": [{"note_id": 9}]} if "modif" in method else {"note_ids": (1, 9)}
    clip = Notes(fake_live.note(1))
    with pytest.raises(BridgeError) as caught:
        run(clip, "Clip", method, **args)
    assert (caught.value.name, caught.value.value) == ("STALE_REFERENCE", [9])
    assert list(clip.notes) == [1]


def test_all_notes_can_be_replaced_in_one_operation() -> None:
    clip = Notes(fake_live.note(1), fake_live.note(2))
    assert run(clip, "Clip", "replace_notes", notes=[{"pitch": 50, "start_time": 0, "duration": 1}]) == [100]
    assert [note.pitch for note in clip.notes.values()] == [50]


def test_an_audio_clip_has_no_notes() -> None:
    clip = Notes()
    clip.is_midi_clip = False
    with pytest.raises(BridgeError, match="Only MIDI clips"):
        run(clip, "Clip", "add_new_notes", notes=[])


class Arrangement:
    """A song whose position changes one tick late, and whose cue points toggle at the position."""

    is_playing = False

    def __init__(self, *times: float, grid: float = 0.0) -> None:
        self.cue_points = [types.SimpleNamespace(time=time, name="", _live_ptr=id(time)) for time in times]
        self.grid = grid
        self._position = self.wanted = 7.0

    @property
    def current_song_time(self) -> float:
        return self._position

    @current_song_time.setter
    def current_song_time(self, time: float) -> None:
        self.wanted = time

    def tick(self) -> None:
        self._position = self.wanted

    def set_or_delete_cue(self) -> None:
        time = self._position if not self.grid else round(self._position / self.grid) * self.grid
        here = [cue for cue in self.cue_points if cue.time == time]
        if here:
            self.cue_points.remove(here[0])
        else:
            self.cue_points.append(types.SimpleNamespace(time=time, name="", _live_ptr=object().__hash__()))


def test_a_cue_point_is_created_at_its_time_and_the_position_restored() -> None:
    song = Arrangement(0.0)
    made = run(song, "Song", "create_cue_point", song=song, between=song.tick, time=32.0, name="Drop")
    assert (made.time, made.name) == (32.0, "Drop")
    assert song.wanted == 7.0
    assert len(song.cue_points) == 2


def test_a_cue_point_is_deleted_by_its_time_and_no_other_is() -> None:
    song = Arrangement(0.0, 16.0)
    run(song, "Song", "delete_cue_point", song=song, between=song.tick, time=16.0)
    assert [cue.time for cue in song.cue_points] == [0.0]
    with pytest.raises(BridgeError, match="no cue point at 5"):
        run(song, "Song", "delete_cue_point", song=song, between=song.tick, time=5.0)


def test_a_cue_point_that_the_grid_would_delete_is_kept() -> None:
    song = Arrangement(16.0, grid=4.0)
    with pytest.raises(RuntimeError, match="snaps to the grid"):
        run(song, "Song", "create_cue_point", song=song, between=song.tick, time=16.5)
    assert [cue.time for cue in song.cue_points] == [16.0]


def test_cue_points_wait_for_the_song_to_stop() -> None:
    song = Arrangement()
    song.is_playing = True
    with pytest.raises(BridgeError) as caught:
        run(song, "Song", "create_cue_point", song=song, time=4.0)
    assert caught.value.name == "NOT_AVAILABLE"


def test_an_envelope_is_created_with_its_first_step_and_values_are_within_the_range() -> None:
    steps: list[Any] = []
    envelopes: dict[int, Any] = {}
    parameter = types.SimpleNamespace(min=0.0, max=1.0, str_for_value="{:g}".format)
    envelope = types.SimpleNamespace(
        insert_step=lambda *step: steps.append(step), value_at_time=lambda time: time / 8
    )

    def create(wanted: Any) -> Any:
        return envelopes.setdefault(id(wanted), envelope)

    clip = types.SimpleNamespace(
        automation_envelope=lambda wanted: envelopes.get(id(wanted)), create_automation_envelope=create
    )
    with pytest.raises(BridgeError, match="no envelope"):
        run(clip, "Clip", "envelope_value", device_parameter=parameter, time=1.0)
    for value in (0.5, 0.75):
        run(
            clip,
            "Clip",
            "insert_envelope_step",
            device_parameter=parameter,
            time=1.0,
            length=2.0,
            value=value,
        )
    assert steps == [(1.0, 2.0, 0.5), (1.0, 2.0, 0.75)]
    assert run(clip, "Clip", "envelope_value", device_parameter=parameter, time=4.0) == 0.5
    with pytest.raises(BridgeError, match="between 0 and 1, got 2"):
        run(clip, "Clip", "insert_envelope_step", device_parameter=parameter, time=0.0, length=1.0, value=2.0)


class Track:
    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.devices: list[Any] = []
        self._live_ptr = 100 + number


class Browser:
    """A browser that loads onto the selected track, some ticks late."""

    hotswap_target = None

    def __init__(self) -> None:
        drift = item("Drift.adv", loadable=True)
        self.instruments = item("Instruments", drift, *[item(f"I{n}") for n in range(300)])
        self.loading = -1
        self.tracks = [Track(n, number) for number, n in enumerate("AB")]
        self.view = types.SimpleNamespace(selected_track=self.tracks[0])

    def load_item(self, wanted: Any) -> None:
        self.loading = 5

    def tick(self) -> None:
        self.loading -= 1
        if self.loading == 0:
            self.view.selected_track.devices.append(types.SimpleNamespace(name="Drift", _live_ptr=7))


def item(name: str, *children: Any, loadable: bool = False) -> Any:
    return types.SimpleNamespace(
        name=name,
        children=list(children),
        is_loadable=loadable,
        is_folder=bool(children),
        is_device=loadable,
        uri=name,
    )


def test_a_load_ends_when_the_device_is_on_the_target_track() -> None:
    live = Browser()
    result = run(
        live, "Browser", "load", song=live, between=live.tick, path="instruments/Drift", target=live.tracks[1]
    )
    assert result == {"loaded": "Drift.adv", "devices": ["Drift"], "tracks_added": 0}
    assert [len(track.devices) for track in live.tracks] == [0, 1]


def test_items_are_listed_a_page_at_a_time() -> None:
    live = Browser()
    page = run(live, "Browser", "list_items", song=live, path="instruments", offset=100, limit=120)
    assert (page["total"], len(page["items"]), page["items"][0]["name"]) == (301, 120, "I99")
    for path, rule in (
        ("nowhere", "no root"),
        ("instruments/Nope", "has no item"),
        ("", "starts with a root"),
    ):
        with pytest.raises(BridgeError, match=rule):
            run(live, "Browser", "list_items", song=live, path=path)


@pytest.mark.parametrize(
    ("shown", "loaded"),
    [
        ("Drift", "Drift"),
        ("Sub 1.5", "Sub 1.5"),
        ("Sub 1.5.adv", "Sub 1.5"),
        ("Kick.WAV", "Kick"),
        ("a.b.adg", "a.b"),
    ],
)
def test_a_loaded_device_has_the_name_of_the_item_without_file_extension(shown: str, loaded: str) -> None:
    item = types.SimpleNamespace(name=shown, is_device=False)
    track = fake_live.Track(None)
    call: Any = types.SimpleNamespace(args={"path": "user_library/" + shown, "target": track}, song=None)
    assert LoadRequest(call, item).name == loaded
