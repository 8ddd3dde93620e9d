"""Removed and moved locators come back with their time and name; the song's position does not change."""

from __future__ import annotations

from typing import Any

import pytest
import trio
import trio.testing

from remote_script.headless import default_set
from tests.lean import demo_set
from tests.whole import QUIET_S, Refused, Whole, whole_path

Clock = trio.testing.MockClock
POSITION = 5.5


def locators(whole: Whole) -> list[tuple[float, str]]:
    return sorted((float(cue.time), cue.name) for cue in whole.stage.live.song.cue_points)


async def by_hand(whole: Whole, edit: Any) -> None:
    await whole.by_hand(edit)
    await trio.sleep(QUIET_S)


async def stand_at(whole: Whole) -> None:
    await by_hand(whole, lambda song: setattr(song, "current_song_time", POSITION))


async def test_removed_locators_are_restored_in_one_undo_step(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await stand_at(whole)
        await by_hand(whole, lambda song: setattr(song.cue_points[2], "name", ""))
        before = locators(whole)
        written = await whole.call("delete", targets=["cue_points/0", "cue_points/2", "cue_points/3"])
        entries = len(whole.history())
        planned = await whole.call("revert", write=written["write"], dry_run=True)
        assert "locator 'Intro' is at beat 0 again" in planned["notes"]
        assert len(locators(whole)) == 1
        answer = await whole.call("revert", write=written["write"])
        assert answer["outcome"] == "verified"
        assert locators(whole) == before
        assert len(whole.history()) == entries + 1
        assert whole.stage.live.song.current_song_time == POSITION
        assert await whole.differences() == []
        with pytest.raises(Refused, match="all values are as they were before"):
            await whole.call("revert", write=written["write"])
        await whole.call("revert", write=answer["write"])
        assert len(locators(whole)) == 1


async def test_moved_locators_return_and_keep_names_given_by_others(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        for time in (16.0, 32.0, 40.0):
            await whole.call("create", kind="cue_point", name=f"L{time:g}", time=time)
        await stand_at(whole)
        before, since = locators(whole), whole.mirror.revision
        await whole.call("arrange", action="insert", range=[8, 16])
        await whole.call("arrange", action="insert", range=[0, 8])
        assert not set(before) & set(locators(whole))
        await by_hand(whole, lambda song: setattr(song.cue_points[0], "name", "Drop"))
        moved = locators(whole)
        answer = await whole.call("revert", since=since)
        assert [time for time, _ in locators(whole)] == [time for time, _ in before]
        assert sorted(name for _, name in locators(whole)) == sorted(name for _, name in moved)
        assert whole.stage.live.song.current_song_time == POSITION
        await whole.call("revert", write=answer["write"])
        assert locators(whole) == moved


async def test_while_the_song_plays_everything_but_locators_is_reverted(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        before, since = locators(whole), whole.mirror.revision
        await whole.call("delete", targets=["cue_points/1"])
        await whole.call("set_song", tempo=99)
        await by_hand(whole, lambda song: song.start_playing())
        position = song.current_song_time
        answer = await whole.call("revert", since=since)
        assert song.tempo == 82.0
        assert "only while the song is stopped" in str(answer["notes"])
        assert position <= song.current_song_time < position + 8
        await by_hand(whole, lambda song: song.stop_playing())
        await whole.call("revert", since=since)
        assert locators(whole) == before


@pytest.mark.parametrize("who", ["person", "agent"])
async def test_a_renamed_and_deleted_locator_is_restored_with_its_former_name(
    who: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        since = whole.mirror.revision
        await by_hand(whole, lambda song: song.set_or_delete_cue())
        await by_hand(whole, lambda song: song.set_or_delete_cue())
        made = next(cue for cue in whole.mirror.children("song", "cue_points") if cue.props["time"] == 0.0)
        if who == "agent":
            await whole.call("set_property", target=f"id:{made.id}", property="name", value="Mine")
        else:
            await by_hand(
                whole, lambda song: [setattr(c, "name", "Theirs") for c in song.cue_points if c.time == 0]
            )
        await whole.call("delete", targets=[f"id:{made.id}"])
        await whole.call("revert", since=since)
        assert locators(whole)[0] == (0.0, "Theirs" if who == "person" else made.name)


async def test_a_locator_is_not_restored_at_an_occupied_time(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await by_hand(whole, lambda song: song.tracks[0].create_midi_clip(0.0, 200.0))
        for time, name in ((0, "Old"), (180, "Far")):
            await whole.call("create", kind="cue_point", name=name, time=time)
        written = await whole.call("delete", targets=["cue_points/0", "cue_points/1"])
        await by_hand(whole, lambda song: song.set_or_delete_cue())
        await by_hand(whole, lambda song: song.tracks[0].delete_clip(song.tracks[0].arrangement_clips[0]))
        assert locators(whole) == [(0.0, "1")]
        with pytest.raises(Refused) as caught:
            await whole.call("revert", write=written["write"])
        said = str(caught.value.data)
        assert "locator 'Old' stays away: '1' is at beat 0 now" in said
        assert "locator 'Far' was at beat 180, behind the present end of the song" in said
        assert locators(whole) == [(0.0, "1")]


async def test_a_locator_displaced_by_the_grid_is_refused_and_removed(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await stand_at(whole)
        before = locators(whole)
        with pytest.raises(Refused, match=r"no cue point at 17\.4: the position snaps to the grid"):
            await whole.call("create", kind="cue_point", name="X", time=17.4)
        assert locators(whole) == before
        assert whole.stage.live.song.current_song_time == POSITION


async def test_pieces_of_an_arrangement_clip_are_never_deleted_by_a_revert(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await by_hand(whole, lambda song: song.tracks[0].create_midi_clip(0.0, 32.0))
        written = await whole.call("arrange", action="insert", range=[8, 16])
        track = whole.stage.live.song.tracks[0]
        parts = [(clip.start_time, clip.end_time) for clip in track.arrangement_clips]
        assert len(parts) == 2
        with pytest.raises(Refused, match=f"Live's undo can: undo with write '{written['write']}'"):
            await whole.call("revert", write=written["write"])
        assert [(clip.start_time, clip.end_time) for clip in track.arrangement_clips] == parts
