"""Saved mixes: recalled values are as saved; objects are found by id, and after a restart by name and place."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.history import mixes, set_folder, state_of
from mcp_server.history.mixes import Mix
from mcp_server.history.shelf import Shelf
from mirror import errors, files
from mirror.store import Store
from remote_script.headless import HeadlessLive
from tests.lean import demo_set
from tests.whole import QUIET_S, Refused, Whole, whole_path

Clock = trio.testing.MockClock


async def by_hand(whole: Whole, edit: Any) -> None:
    await whole.by_hand(edit)
    await trio.sleep(QUIET_S)


def levels(song: Any) -> dict[str, tuple[Any, ...]]:
    """The mixer values of each track, by name."""
    return {
        track.name: (
            track.mixer_device.volume.value,
            track.mixer_device.panning.value,
            tuple(send.value for send in track.mixer_device.sends),
            track.mute,
            track.solo,
        )
        for track in song.tracks
    }


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETMIRROR_HOME", str(tmp_path))


async def test_a_mix_is_recalled_in_one_undo_and_compared_in_the_parameters_own_texts(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        before = levels(song)
        saved = await whole.call("mix", action="save", name="verse")
        assert (await trio.Path(saved["file"]).read_text()).startswith("# SetMirror mix 1\nname: verse\n")
        await whole.call(
            "set_track", track="Bass", volume="-12 dB", mute=True, sends=[{"send": 0, "value": "-6 dB"}]
        )
        await whole.call("set_track", track="Keys", panning="30L")
        await whole.call("set_song", tempo=99)
        compared = await whole.call("mix", action="compare", name="verse")
        assert compared["count"] == 4
        assert "Bass: Track Volume -2.8 dB → -12.0 dB" in compared["different"]
        entries = len(whole.history())
        planned = await whole.call("mix", action="recall", name="verse", dry_run=True)
        assert "Bass: Track Volume -12.0 dB → -2.8 dB" in planned["notes"]
        answer = await whole.call("mix", action="recall", name="verse")
        assert answer["outcome"] == "verified"
        # Numbers without 32-bit rounding noise, as in all answers.
        assert all(len(str(each["after"])) < 12 for each in answer["results"])
        assert len(whole.history()) == entries + 1
        assert levels(song) == before
        assert song.tempo == 99.0
        assert (await whole.call("mix", action="recall", name="verse"))["outcome"] == "unchanged"
        assert await whole.differences() == []


async def test_objects_are_found_after_a_rename_a_new_track_a_deletion_and_its_undo(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        await whole.call("mix", action="save", name="a", scope=["tracks"])
        before = levels(song)
        await whole.call("set_track", track="Bass", name="Low", volume="-20 dB")
        await whole.call("create", kind="midi", index=0, name="New")
        await whole.call("set_track", track="Keys", volume="-20 dB")
        await whole.call("delete", targets=["Drums"])
        answer = await whole.call("mix", action="recall", name="a")
        assert answer["notes"] == [
            "left: track 'Drums' is not there",
            "left: track 'New' is new and stays as it is",
        ]
        now = levels(song)
        assert now["Low"] == before["Bass"]
        assert now["Keys"] == before["Keys"]
        await whole.call("undo")
        await whole.call("undo")
        await whole.call("set_track", track="Drums", volume="-20 dB")
        again = await whole.call("mix", action="recall", name="a")
        assert again["notes"] == ["left: track 'New' is new and stays as it is"]
        assert levels(song)["Drums"] == before["Drums"]


async def test_a_mix_survives_restarts_and_missing_objects_are_named(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        before = levels(whole.stage.live.song)
        await whole.call("mix", action="save", name="a", scope=["mixer", "sends", "devices"])
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        await by_hand(whole, lambda song: song.delete_track(1))
        await by_hand(whole, lambda song: song.create_midi_track(0))
        for track in list(song.tracks)[1:]:
            await by_hand(whole, lambda song, track=track: setattr(track.mixer_device.volume, "value", 0.1))
        answer = await whole.call("mix", action="recall", name="a")
        assert answer["notes"][0] == "left: track 'Keys' is not there"
        assert [note for note in answer["notes"][1:] if not note.endswith("is new and stays as it is")] == []
        assert len(answer["notes"]) == 2
        now = levels(song)
        assert {name: now[name] for name in before if name in now} == {
            name: each for name, each in before.items() if name != "Keys"
        }


@pytest.mark.parametrize("scope", [["mixer", "sends", "devices"], ["tracks"], ["Keys", "Bass"]])
async def test_added_removed_and_moved_devices_of_a_mix_are_named(
    scope: list[str], autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        gone = whole.stage.live.song.tracks[1].devices[-1].name
        await whole.call("mix", action="save", name="A", scope=scope)
        await whole.call("mix", action="save", name="levels", scope=["mixer"])
        await whole.call(
            "delete", targets=[f"tracks/1/devices/{len(whole.stage.live.song.tracks[1].devices) - 1}"]
        )
        for name in ("Auto Filter", "Compressor"):
            await whole.call("call_method", target="Keys", method="insert_device", args={"device_name": name})
        mine = {"missing": [f"device {gone!r} in 'Keys'"]}
        mine["new"] = ["device 'Auto Filter' in 'Keys'", "compressor 'Compressor' in 'Keys'"]
        await whole.call("mix", action="save", name="B", scope=scope)
        for answer in (
            await whole.call("mix", action="compare", name="A"),
            await whole.call("mix", action="compare", name="A", other="B"),
            await whole.call("compare", old="mix A"),
            await whole.call("compare", old="mix A", new="mix B"),
        ):
            assert {name: answer[name] for name in mine} == mine
            assert answer["count"] == 0
        recalled = await whole.call("mix", action="recall", name="A")
        assert recalled["outcome"] == "unchanged"
        assert recalled["notes"][1:] == [f"left: {name} is new and stays as it is" for name in mine["new"]]
        # A mix with only levels does not cover devices.
        for first, second in (("levels", ""), ("levels", "A"), ("A", "levels")):
            answer = await whole.call(
                "mix", action="compare", name=first, **({"other": second} if second else {})
            )
            assert not mine.keys() & answer.keys()


async def test_the_input_of_a_sidechain_belongs_to_its_device_and_is_recalled(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call(
            "call_method", target="Keys", method="insert_device", args={"device_name": "Compressor"}
        )
        compressor = next(
            device for device in whole.stage.live.song.tracks[1].devices if device.name == "Compressor"
        )
        ref = f"tracks/1/devices/{list(whole.stage.live.song.tracks[1].devices).index(compressor)}"
        await whole.call("mix", action="save", name="A", scope=["devices"])
        before = compressor.input_routing_type.display_name
        other = next(
            kind.display_name
            for kind in compressor.available_input_routing_types
            if kind.display_name != before
        )
        await whole.call("set_property", target=ref, property="input_routing_type", value=other)
        compared = await whole.call("mix", action="compare", name="A")
        assert any("input routing type" in text for text in compared["different"])
        await whole.call("mix", action="recall", name="A")
        assert compressor.input_routing_type.display_name == before
        assert (await whole.call("mix", action="compare", name="A"))["different"] == []


async def test_toggle_recalls_the_mix_that_is_not_active(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        await whole.call("mix", action="save", name="A", scope=["tracks/2"])
        await whole.call("set_track", track="Bass", volume="-12 dB")
        await whole.call("set_track", track="Keys", volume="-20 dB")
        await whole.call("mix", action="save", name="B", scope=["tracks/2"])
        found = []
        for _ in range(4):
            found.append((await whole.call("mix", action="toggle", name="A", other="B"))["recalled"])
        assert found == ["A", "B", "A", "B"]
        assert str(song.tracks[1].mixer_device.volume).strip() == "-20.0 dB"


async def test_wrong_arguments_are_refused_with_the_valid_ones(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("mix", action="save", name="verse")
        for arguments, told in (
            ({"action": "recall", "name": "chorus"}, "verse"),
            ({"action": "save", "name": "Verse"}, "already"),
            ({"action": "save", "name": "x" * 61}, "1 to 60"),
            ({"action": "save", "name": "../x\n"}, "one line"),
            ({"action": "save"}, "needs `name`"),
            ({"action": "toggle", "name": "verse"}, "needs `other`"),
            ({"action": "list", "name": "verse"}, "no effect"),
            ({"action": "save", "name": "b", "scope": ["view"]}, "no values"),
            ({"action": "delete", "name": "b"}, "verse"),
        ):
            with pytest.raises(Refused) as caught:
                await whole.call("mix", **arguments)
            assert told in f"{caught.value.data['rule']} {caught.value.data['hint']}", arguments
        await whole.call("mix", action="save", name="verse", overwrite=True)
        await whole.call("mix", action="save", name="../../odd %2f.mix")
        assert [each["name"] for each in (await whole.call("mix"))["mixes"]] == ["../../odd %2f.mix", "verse"]
        await whole.call("mix", action="delete", name="verse")


# -- files ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store() -> Store:
    live = HeadlessLive(demo_set())
    try:
        return state_of(live)
    finally:
        live.close()


def made(store: Store, name: str = "a", scope: tuple[str, ...] = mixes.SCOPES) -> Mix:
    return Mix(name, "now by me", "Demo", scope, mixes.take(store, scope))


def test_a_mix_is_read_as_written_and_equals_itself(store: Store) -> None:
    mix = made(store)
    back = mixes.parse(mixes.text(mix))
    assert back.store.nodes == mix.store.nodes
    assert (back.name, back.saved, back.set, back.scope) == (mix.name, mix.saved, mix.set, mix.scope)
    for other in (store, mix):
        assert mixes.compare(back, other) == mixes.Comparison()
    assert mixes.recall(back, store) == mixes.Recall()


def test_a_mix_file_cut_at_any_byte_loses_at_most_its_last_line(store: Store) -> None:
    data = mixes.text(made(store, scope=("mixer",))).encode()
    whole = mixes.parse(data.decode())
    for length in range(len(mixes.HEAD) + 1, len(data), 7):
        part = data[:length].decode(errors="ignore")
        held = mixes.parse(part)
        assert len(held.store.nodes) == max(0, part.count("\n") - 6)
        assert held.torn == (not part.endswith("\n"))
        assert all(whole.store.nodes[id_].type == node.type for id_, node in held.store.nodes.items())


def test_a_crash_while_writing_keeps_the_previous_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path)
    path = shelf.save(made(store))
    before = path.read_bytes()

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    for step in ("replace", "fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, crash)
            with pytest.raises(KeyboardInterrupt):
                shelf.save(made(store, scope=("mixer",)), overwrite=True)
        assert path.read_bytes() == before
        assert shelf.names() == ["a"]


def test_damaged_files_and_exceeded_limits_are_reported(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path)
    shelf.save(made(store))
    (tmp_path / "b.mix").write_bytes(b"\xff\x00")
    for text in (
        "no mix",
        f"{mixes.HEAD}\nsong #1 Song\n  tracks/0 #2 Track mute=?\n",
        f"{mixes.HEAD}\n???\n",
    ):
        (tmp_path / "c.mix").write_text(text)
        for name in ("b", "c"):
            with pytest.raises(errors.InvalidValue, match="cannot be read"):
                shelf.read(name)
    monkeypatch.setattr("mcp_server.history.shelf.MIXES", 3)
    with pytest.raises(errors.TooLarge, match="3 mixes"):
        shelf.save(made(store, "d"))
    monkeypatch.setattr("mcp_server.history.shelf.FILE_BYTES", 100)
    with pytest.raises(errors.TooLarge, match="at most"):
        shelf.save(made(store), overwrite=True)


def test_two_writers_take_turns_and_a_stuck_one_is_reported(store: Store, tmp_path: Path) -> None:
    with files.locked(tmp_path), pytest.raises(errors.Busy), files.locked(tmp_path, wait_s=0.0):
        raise AssertionError
    with files.locked(tmp_path):
        pass


def test_a_moved_set_is_recognized_and_another_set_is_not(tmp_path: Path) -> None:
    def state(path: Path, name: str = "") -> Store:
        live = HeadlessLive(demo_set())
        try:
            if name:
                for track in live.song.tracks:
                    track.name = f"{name} {track.name}"
            found = state_of(live)
        finally:
            live.close()
        assert found.root is not None
        found.nodes[found.root].props["file_path"] = str(path)
        return found

    sets, one, two = tmp_path / "sets", tmp_path / "one.als", tmp_path / "two.als"
    one.touch()
    first = set_folder.folder_of(state(one), sets)
    (first / "a.mix").touch()
    assert set_folder.folder_of(state(one, "x"), sets) == first
    assert set_folder.folder_of(state(one), sets) == first
    two.touch()
    copy = set_folder.folder_of(state(two), sets)
    assert copy != first
    assert (first / "a.mix").exists()
    moved = tmp_path / "moved.als"
    one.rename(moved)
    taken = set_folder.folder_of(state(moved), sets)
    assert (taken / "a.mix").exists()
    assert not first.exists()
