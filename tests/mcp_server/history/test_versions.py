"""`compare`: the open Set with its file, its backups, other allowed files, a visit and mixes."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.history import versions
from mcp_server.policy import Policy, PolicyFile, Rule
from mirror import errors
from remote_script.headless import load_als
from tests.whole import QUIET_S, Refused, Whole, whole_path

Clock = trio.testing.MockClock
SMALL = Path(__file__).parents[2] / "remote_script" / "headless" / "als" / "small.als"


@pytest.fixture
def song(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A saved Set with three backups; the middle one has another tempo."""
    monkeypatch.setenv("SETMIRROR_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    folder = tmp_path / "Project"
    (folder / "Backup").mkdir(parents=True)
    shutil.copy(SMALL, folder / "Song.als")
    for name in (
        "Song [2026-01-01 120000].als",
        "Song [2026-01-09 120000].als",
        "Other [2026-01-05 120000].als",
    ):
        shutil.copy(SMALL, folder / "Backup" / name)
    older(folder / "Backup" / "Song [2026-01-05 120000].als")
    return folder / "Song.als"


def older(path: Path) -> None:
    """The same Set at another tempo, with the bass under its former name."""
    xml = gzip.decompress(SMALL.read_bytes())
    for now, then in ((b'Value="96"/><MidiC', b'Value="99"/><MidiC'), (b'Value="Bass"/>', b'Value="Sub"/>')):
        assert now in xml
        xml = xml.replace(now, then)
    path.write_bytes(gzip.compress(xml))


OLDER = "Backup/Song [2026-01-05 120000].als"
SAID = {
    "song 'Song'": ["song 'Song': tempo 99.0 → 96.0"],
    "track 'Bass'": ["track 'Sub' is now called 'Bass'"],
}


def groups(answer: dict[str, Any]) -> dict[str, list[str]]:
    return {each["object"]: each["changes"] for each in answer["groups"]}


async def by_hand(whole: Whole, edit: Any) -> None:
    await whole.by_hand(edit)
    await trio.sleep(QUIET_S)


async def test_the_open_set_is_compared_with_its_file_a_backup_and_a_moment(
    autojump_clock: Clock, song: Path
) -> None:
    async with whole_path(load_als(song)) as whole:
        assert groups(await whole.call("compare", old="saved")) == {}
        await by_hand(whole, lambda song: setattr(song.tracks[3], "mute", True))
        changed = groups(await whole.call("compare", old="saved"))
        assert changed == {"track 'Voice'": ["track 'Voice': mute False → True"]}
        for old in (OLDER, str(song.parent / OLDER), "2026-01-07 10:00", "2026-01-06"):
            answer = await whole.call("compare", old=old)
            assert answer["old"] == "Song [2026-01-05 120000].als", old
            assert {name: groups(answer).get(name) for name in SAID} == SAID, old
        assert (await whole.call("compare", old="last week"))["old"] == "Song [2026-01-09 120000].als"
        # Two files can be compared independent of the open Set.
        answer = await whole.call("compare", old=OLDER, new="saved")
        assert "track 'Voice'" not in groups(answer)
        details = await whole.call("compare", old=OLDER, about="track 'Bass'")
        assert details["changes"] == SAID["track 'Bass'"]
        listed = await whole.call("compare")
        assert listed["saved"] == "Song.als"
        assert listed["backups"][0] == "Backup/Song [2026-01-09 120000].als"
        assert len(listed["backups"]) == 3


async def test_each_track_is_one_object_of_a_comparison_that_its_ref_and_its_name_find(
    autojump_clock: Clock, song: Path
) -> None:
    def edit(live: Any) -> None:
        for track in live.tracks[2:4]:
            track.name = "Twin"
            track.mixer_device.volume.value = 0.25
        live.create_return_track()

    async with whole_path(load_als(song)) as whole:
        await by_hand(whole, edit)
        answer = await whole.call("compare", old="saved")
        shown = [(group["object"], len(group["changes"])) for group in answer["groups"]]
        assert sorted(shown)[-2:] == [("track 'Twin'", 2)] * 2
        # A return track is one change, without a send in each other track.
        assert answer["count"] == len(shown) + 2 == 5
        for ref in ("tracks/2", "tracks/3"):
            details = await whole.call("compare", old="saved", about=ref)
            assert details["count"] == 2
            assert all("Twin" in line for line in details["changes"])
        volume = await whole.call("compare", old="saved", about="tracks/2/mixer_device/volume")
        assert volume["count"] == 1
        for name in ("Twin", "track 'Twin'"):
            assert (await whole.call("compare", old="saved", about=name))["count"] == 4
        await whole.refused("compare", old="saved", about="tracks/1")


async def test_a_visit_and_a_mix_are_compared_in_the_same_words(autojump_clock: Clock, song: Path) -> None:
    async with whole_path(load_als(song)) as whole:
        await whole.call("mix", action="save", name="Rough Mix")
        await whole.call("set_track", track="Bass", volume="-20 dB")
        answer = await whole.call("compare", old="mix Rough Mix")
        assert answer["count"] == len(answer["changes"]) == 1
        assert answer["changes"][0].startswith("Bass: Track Volume")
        assert answer["changes"][0].endswith("→ -20.0 dB")
        assert (await whole.call("compare"))["mixes"] == ["Rough Mix"]
        with pytest.raises(Refused, match="first visit"):
            await whole.call("compare", old="visit")


async def test_wrong_versions_are_refused_with_a_next_step(autojump_clock: Clock, song: Path) -> None:
    async with whole_path(load_als(song)) as whole:
        for arguments, said in (
            ({"old": "banana"}, "give a path that ends with .als"),
            ({"old": "120"}, "give a path"),
            ({"old": "2020-01-01"}, "the oldest is Backup/Song [2026-01-01"),
            ({"old": "Gone.als"}, "cannot be read"),
            ({"old": "mix Nothing"}, "no mix 'Nothing'"),
            ({"old": OLDER, "new": "mix Nothing"}, "give `old` 'mix NAME'"),
            ({"old": OLDER, "about": "track 'Voice'"}, "there are changes in"),
            ({"about": "Bass"}, "no effect"),
        ):
            with pytest.raises(Refused) as caught:
                await whole.call("compare", **arguments)
            assert said in f"{caught.value.data['rule']} {caught.value.data['hint']}", arguments


async def test_only_sets_in_allowed_folders_are_read(
    autojump_clock: Clock, song: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.copy(SMALL, outside / "Other.als")
    (outside / "secret.txt").write_text("secret")
    (song.parent / "link.als").symlink_to(outside / "Other.als")
    (song.parent / "text.als").symlink_to(outside / "secret.txt")
    (song.parent / "notes.txt").write_text("x")
    os.mkfifo(song.parent / "pipe.als")
    (song.parent / "folder.als").mkdir()
    denied = ("../outside/Other.als", str(outside / "Other.als"), "link.als", "text.als", "/etc/passwd.als",
              "~/x.als", "Backup/../../outside/gone.als")  # fmt: skip
    async with whole_path(load_als(song)) as whole:
        for path in denied:
            assert await whole.refused("compare", old=path) == "DENIED", path
        for path in ("pipe.als", "folder.als", "x\0.als", "gone.als"):
            assert await whole.refused("compare", old=path) == "INVALID_VALUE", path
    policy = Policy(PolicyFile(set_folders=(str(outside),)))
    async with whole_path(load_als(song), policy=policy) as whole:
        assert groups(await whole.call("compare", old=str(outside / "Other.als"), new="saved")) == {}
        assert await whole.refused("compare", old="text.als") == "DENIED"


async def test_a_too_large_or_damaged_set_is_refused_with_little_memory(
    autojump_clock: Clock, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (song.parent / "bomb.als").write_bytes(gzip.compress(b"<Ableton>" + b" " * 3_000_000))
    (song.parent / "torn.als").write_bytes(SMALL.read_bytes()[:900])
    monkeypatch.setattr(versions, "FILE", versions.Limits(bytes=1_000_000))
    async with whole_path(load_als(song)) as whole:
        for path in ("bomb.als", "torn.als"):
            assert await whole.refused("compare", old=path) == "INVALID_VALUE"


@pytest.mark.parametrize("ref", ["tracks/*[Bass]", "tracks/2"])
async def test_an_object_hidden_in_one_version_is_hidden_in_both(
    ref: str, autojump_clock: Clock, song: Path
) -> None:
    policy = Policy(PolicyFile(rule=(Rule("deny", operations=("read",), refs=(ref,)),)))
    async with whole_path(load_als(song), policy=policy) as whole:
        await by_hand(whole, lambda song: setattr(song.tracks[2].mixer_device.volume, "value", 0.1))
        await by_hand(whole, lambda song: setattr(song.tracks[3], "mute", True))
        answer = await whole.call("compare", old=OLDER)
        text = str(answer)
        assert "tempo 99.0" in text
        assert "'Voice': mute" in text
        assert "Bass" not in text
        assert "Sub" not in text
        await by_hand(whole, lambda song: song.create_midi_track(0))
        text = str(await whole.call("compare", old="saved"))
        assert "was added" in text
        assert "Bass" not in text
        assert "hidden" not in text


def test_the_difference_of_a_file_with_itself_is_empty_and_it_is_read_once(
    song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Path] = []
    monkeypatch.setattr(versions, "read_set", lambda path, limits: reads.append(path) or object())
    first = versions.state_in(song)
    assert versions.state_in(song) is first
    os.utime(song, ns=(1, 1))
    assert versions.state_in(song) is not first
    assert reads == [song, song]


def test_backups_of_another_set_are_not_offered_as_versions(song: Path) -> None:
    names = [each.path.name for each in versions.backups(str(song))]
    assert names == [f"Song [2026-01-0{day} 120000].als" for day in (1, 5, 9)]
    assert versions.backups("") == []
    with pytest.raises(errors.NotAvailable, match="never saved"):
        versions.file_meant("saved", "", Policy(), time.time())
