"""Reverts: an agent's changes go, what others did in between stays and is named, and it is one undo step."""

from __future__ import annotations

from typing import Any

import pytest
import trio
import trio.testing

from mirror import Set
from remote_script.headless import demo_set
from tests.whole import QUIET_S, Refused, Whole, whole_path

Clock = trio.testing.MockClock


async def by_hand(whole: Whole, edit: Any) -> None:
    await whole.by_hand(edit)
    await trio.sleep(QUIET_S)


def volume(song: Any, track: int) -> float:
    return float(song.tracks[track].mixer_device.volume.value)


async def test_two_minutes_of_an_agent_go_and_a_persons_edits_between_stay(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        before = volume(song, 2), song.tracks[2].name, song.tempo
        since = whole.mirror.revision
        await whole.call("set_track", track="tracks/2", volume="-12 dB", name="Low")
        await by_hand(whole, lambda song: setattr(song.tracks[2].mixer_device.panning, "value", 0.5))
        await whole.call("set_track", track="tracks/2", volume="-20 dB", mute=True)
        await by_hand(whole, lambda song: setattr(song.tracks[2], "color", 0xFF3636))
        await whole.call("set_song", tempo=99)
        entries = len(whole.history())
        planned = await whole.call("revert", since=since, dry_run=True)
        assert any("Track Volume" in each for each in planned["notes"])
        assert song.tempo == 99.0
        answer = await whole.call("revert", since=since)
        assert answer["outcome"] == "verified"
        assert len(whole.history()) == entries + 1
        assert (volume(song, 2), song.tracks[2].name, song.tempo) == before
        assert not song.tracks[2].mute
        assert song.tracks[2].mixer_device.panning.value == pytest.approx(0.5)
        assert song.tracks[2].color == 0xFF3636
        assert await whole.differences() == []
        # The revert itself is a write that can be taken back.
        await whole.call("undo")
        assert song.tempo == 99.0


async def test_a_fader_is_put_back_and_named_once(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        written = await whole.call("set_track", track="tracks/2", volume="-12 dB")
        planned = await whole.call("revert", write=written["write"], dry_run=True)
        assert sum("Track Volume" in note for note in planned["notes"]) == 1
        answer = await whole.call("revert", write=written["write"])
        assert len(answer["results"]) == 1


async def test_a_value_that_somebody_else_changed_since_stays_and_is_named(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        since = whole.mirror.revision
        await whole.call("set_song", tempo=99)
        await whole.call("set_track", track="tracks/1", name="Piano")
        await by_hand(whole, lambda song: setattr(song, "tempo", 101.0))
        answer = await whole.call("revert", since=since)
        assert song.tempo == 101.0
        assert song.tracks[1].name == "Keys"
        (left,) = answer["notes"]
        assert left.startswith("left: song 'Lo-Fi Demo': tempo")
        assert "a person or Live" in left


async def test_between_two_of_its_own_changes_the_persons_value_comes_back(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        since = whole.mirror.revision
        await whole.call("set_song", tempo=99)
        await by_hand(whole, lambda song: setattr(song, "tempo", 101.0))
        await whole.call("set_song", tempo=103)
        await whole.call("revert", since=since)
        assert whole.stage.live.song.tempo == 101.0


async def test_one_write_everything_under_a_ref_or_one_property(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        first = await whole.call("set_track", track="tracks/1", name="Piano", volume="-9 dB")
        await whole.call("set_track", track="tracks/2", name="Low")
        await whole.call("revert", write=first["write"])
        assert song.tracks[1].name == "Keys"
        assert song.tracks[2].name == "Low"
        since = whole.mirror.revision
        await whole.call("set_track", track="tracks/1", volume="-9 dB", name="P")
        await by_hand(whole, lambda song: setattr(song.tracks[1], "mute", True))
        await whole.call("set_track", track="tracks/2", volume="-9 dB")
        held = volume(song, 2)
        await whole.call("revert", under="tracks/1", property="name")
        assert song.tracks[1].name == "Keys"
        assert song.tracks[1].mute
        await whole.call("revert", under="tracks/1", since=since, who="anyone")
        assert not song.tracks[1].mute
        assert volume(song, 2) == held


async def test_notes_come_back_and_those_of_others_stay(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        clip = "tracks/2/clip_slots/1/clip"
        live_clip = whole.stage.live.song.tracks[2].clip_slots[1].clip

        def content() -> set[Any]:
            return {
                (n.pitch, n.start_time, n.duration, n.velocity) for n in live_clip.get_all_notes_extended()
            }

        before = content()
        notes = (await whole.call("get_notes", clip=clip))["notes"]
        since = whole.mirror.revision
        await whole.call(
            "edit_notes",
            clip=clip,
            remove=[notes[0]["note_id"]],
            change=[{"id": notes[1]["note_id"], "velocity": 11}],
            add=[{"pitch": 100, "start_time": 0, "duration": 0.25}],
        )
        await by_hand(
            whole,
            lambda song: live_clip.add_new_notes(
                (whole.stage.live.modules["Live"].Clip.MidiNoteSpecification(101, 1.0, 0.5, 90.0),)
            ),
        )
        answer = await whole.call("revert", since=since)
        assert answer["outcome"] == "verified"
        assert content() == before | {(101, 1.0, 0.5, 90.0)}


async def test_what_was_created_is_deleted_unless_somebody_works_with_it(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        count, since = len(song.tracks), whole.mirror.revision
        await whole.call("create", kind="midi", name="Mine")
        await whole.call("create", kind="midi", name="Used")
        await by_hand(whole, lambda song: setattr(song.tracks[-1].mixer_device.volume, "value", 0.3))
        answer = await whole.call("revert", since=since)
        assert len(song.tracks) == count + 1
        assert song.tracks[-1].name == "Used"
        assert any("'Used' is new and stays" in each for each in answer["notes"])
        assert await whole.differences() == []


async def test_what_was_deleted_says_so_and_offers_lives_undo_where_it_is_next(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        gone = await whole.call("delete", targets=["tracks/2"])
        with pytest.raises(Refused, match=r"track 'Bass' .* is next") as caught:
            await whole.call("revert", write=gone["write"])
        assert gone["write"] in caught.value.data["rule"]
        await by_hand(whole, lambda song: setattr(song, "tempo", 101.0))
        with pytest.raises(Refused, match="would take back later changes first"):
            await whole.call("revert", write=gone["write"])


async def test_what_was_undone_is_no_change_and_a_redo_is_its_authors_again(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        write = (await whole.call("set_song", tempo=99))["write"]
        await whole.call("undo")
        with pytest.raises(Refused, match="nothing to put back"):
            await whole.call("revert", write=write)
        await whole.call("undo", redo=True)
        assert song.tempo == 99.0
        await whole.call("revert", write=write)
        assert song.tempo == 82.0


async def test_anothers_changes_by_name_and_wrong_arguments_are_refused_with_what_there_is(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.mirror.write([Set("song", "tempo", 90.0)], author="claude (Claude Code)")
        for arguments, told in (
            ({"who": "nobody", "since": 0}, "claude"),
            ({}, "revert needs"),
            ({"property": "name"}, "needs `under`"),
            ({"under": "tracks/1", "property": "colour"}, "no property 'colour'"),
            ({"since": "yesterday-ish"}, "is no moment"),
            ({"write": "w", "since": 1}, "no effect"),
            ({"write": "w"}, "no change by write 'w'"),
            ({"since": 10**9}, "no such change"),
        ):
            with pytest.raises(Refused) as caught:
                await whole.call("revert", **arguments)
            assert told in f"{caught.value.data['rule']} {caught.value.data['hint']}", arguments
        await whole.call("revert", who="claude", since="1 h")
        assert whole.stage.live.song.tempo == 82.0


async def test_times_of_the_loop_come_back_whatever_their_order(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        clip = whole.stage.live.song.tracks[2].clip_slots[1].clip
        names = ("loop_start", "loop_end", "looping", "start_marker", "end_marker")
        before = [getattr(clip, name) for name in names]
        since = whole.mirror.revision
        target = "tracks/2/clip_slots/1/clip"
        await whole.call("set_clip", clip=target, loop_start=8, loop_end=12)
        await whole.call("set_clip", clip=target, start_marker=16, end_marker=20, looping=False)
        await whole.call("revert", since=since)
        assert [getattr(clip, name) for name in names] == before
