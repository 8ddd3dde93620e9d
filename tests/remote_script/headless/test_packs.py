"""Headless Live's library: real files, an index in Live's form, and loading from it as Live does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trio.testing

from mcp_server import index
from remote_script.headless import HeadlessLive, demo_set
from remote_script.headless.sets import audio_files
from remote_script.headless.sets.packs import FILES, IDS, RATE, Library, frames
from tests.whole import whole_path


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = Library(str(tmp_path_factory.mktemp("library")))
    made.write()
    return made


def items(item: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for child in item.children:
        yield f"{path}/{child.name}".strip("/"), child
        yield from items(child, f"{path}/{child.name}")


def test_every_file_of_the_table_is_written_and_samples_have_the_given_length(library: Library) -> None:
    for each in FILES:
        path = library.path(each)
        assert Path(path).is_file(), path
        if each.sound is not None:
            info = audio_files.read(path)
            assert (info.frames, info.sample_rate) == (frames(each.sound), RATE)


def test_a_complete_library_is_unchanged_and_an_incomplete_one_completed(tmp_path: Path) -> None:
    folder = Path(Library(str(tmp_path)).write())
    kick = Path(Library(str(tmp_path)).path(FILES[0]))
    kick.write_bytes(b"mine")
    Library(str(tmp_path)).write()
    assert kick.read_bytes() == b"mine"
    next(folder.glob("*.db")).unlink()
    (folder / "Live-files-12400.db.part").write_bytes(b"half")
    Library(str(tmp_path)).write()
    assert audio_files.read(str(kick)) is not None
    assert [each.name for each in folder.glob("*.db*")] == ["Live-files-12400.db"]


def test_without_a_folder_files_are_written_when_needed_and_go_with_live() -> None:
    live = HeadlessLive()
    path = live.packs.path(FILES[0])
    assert Path(path).is_file()
    assert not Path(path).parents[3].joinpath("Dusty Drums").exists()
    live.close()
    live.packs = Library()
    assert not Path(path).exists()


def test_packs_and_user_library_show_the_places_of_the_table_and_the_ids_of_the_index(
    library: Library,
) -> None:
    live = HeadlessLive()
    browser = live.application.browser
    shown = {f"packs/{path}": item for path, item in items(browser.packs)}
    shown.update((f"user_library/{path}", item) for path, item in items(browser.user_library))
    for each in FILES:
        root = "user_library" if each.place == "User Library" else f"packs/{each.place}"
        item = shown[f"{root}/{each.folder}/{each.name}"]
        assert (item.is_loadable, item.uri.rpartition("FileId_")[2]) == (True, str(IDS[each]))
        live.run_for(0.02)
    live.close()


async def test_items_found_by_tags_and_similarity_can_be_loaded(
    library: Library, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    monkeypatch.setenv(index.VARIABLE, library.write())
    async with whole_path(demo_set(), tick_s=0.02) as whole:

        async def found(**wish: object) -> list[dict[str, Any]]:
            answer: list[dict[str, Any]] = (await whole.call("browse", **wish))["items"]
            return answer

        kicks = await found(tags=["Kick"])
        assert {Path(each["file"]).name for each in kicks} == {
            "Kick Dusty.wav",
            "Kick Low.wav",
            "Kick Punch.wav",
        }
        assert {each["file"] for each in kicks} <= {library.path(each) for each in FILES}
        (mine,) = await found(tags=["Mine"], path="samples")
        assert mine["path"] == "user_library/Samples/My Door Slam.wav"
        near = await found(similar_to="Kick Low.wav", limit=2)
        assert [Path(each["file"]).name for each in near] == ["Kick Dusty.wav", "Kick Punch.wav"]
        dark = await found(tags=["Dark", "Pad"])
        await whole.call(
            "load",
            path=dark[0]["path"],
            to=(await whole.call("create", kind="midi"))["results"][0]["result"]["ref"],
        )
        assert whole.stage.song.tracks[-1].devices[0].name == "Night Pad"


def load(live: Any, root: str, *path: str) -> None:
    item = getattr(live.application.browser, root)
    for name in path:
        item = next(each for each in item.children if each.name == name)
    live.application.browser.load_item(item)


@pytest.fixture
def live() -> Iterator[Any]:
    made = HeadlessLive()
    yield made
    made.close()


def test_a_clip_is_loaded_in_the_highlighted_slot_only_while_the_session_is_visible(live: Any) -> None:
    song, view = live.song, live.application.view
    view.focus_view("Session")
    song.view.highlighted_clip_slot = song.tracks[0].clip_slots[2]
    load(live, "clips", "Chord Walk.alc")
    assert (song.tracks[0].clip_slots[2].clip.name, len(song.tracks)) == ("Chord Walk", 4)
    view.focus_view("Arranger")
    song.view.highlighted_clip_slot = song.tracks[0].clip_slots[3]
    load(live, "clips", "Bass Steps.alc")
    assert (song.tracks[0].clip_slots[3].has_clip, len(song.tracks)) == (False, 5)


def test_a_sample_becomes_a_simpler_on_a_midi_track_and_a_clip_on_an_audio_track(live: Any) -> None:
    song = live.song
    song.view.selected_track = song.tracks[0]
    load(live, "packs", "Dusty Drums", "Samples", "Kicks", "Kick Low.wav")
    sample = song.tracks[0].devices[0].sample
    assert (sample.length, Path(sample.file_path).is_file()) == (frames(FILES[6].sound), True)
    live.application.view.focus_view("Session")
    song.view.selected_track = song.tracks[2]
    song.view.highlighted_clip_slot = song.tracks[2].clip_slots[1]
    load(live, "samples", "Loops", "Break 90 bpm.wav")
    clip = song.tracks[2].clip_slots[1].clip
    assert (clip.name, clip.sample_rate, Path(clip.file_path).is_file()) == ("Break 90 bpm", RATE, True)


def test_a_preset_is_loaded_on_the_selected_pad_and_replaces_the_hot_swap_target(live: Any) -> None:
    song, browser = live.song, live.application.browser
    song.view.selected_track = song.tracks[0]
    load(live, "drums", "606 Core Kit.adg")
    rack = song.tracks[0].devices[0]
    song.view.select_device(rack)
    rack.view.selected_drum_pad = rack.drum_pads[50]
    load(live, "sounds", "Bass", "Sub Bass.adv")
    assert [device.name for device in rack.drum_pads[50].chains[0].devices] == ["Sub Bass"]
    song.view.selected_track = song.tracks[1]
    load(live, "sounds", "Pad", "Wide Pad.adv")
    drift = song.tracks[1].devices[0]
    song.view.select_device(drift)
    dial = next(each for each in drift.parameters if not each.is_quantized and each.value != each.max)
    dial.value = dial.max
    browser.hotswap_target = drift
    load(live, "sounds", "Lead", "Saw Lead.adv")
    # A preset of the same device is loaded into the present device; another device replaces it.
    assert (song.tracks[1].devices[0] == drift, drift.name) == (True, "Saw Lead")
    assert dial.value != dial.max
    load(live, "sounds", "Bass", "Sub Bass.adv")
    assert (drift == None, song.tracks[1].devices[0].name) == (True, "Sub Bass")  # noqa: E711
    load(live, "sounds", "Lead", "Saw Lead.adv")
    assert [device.name for device in song.tracks[1].devices] == ["Saw Lead"]
    load(live, "audio_effects", "Reverb")
    assert [device.name for device in song.tracks[1].devices] == ["Saw Lead"]
