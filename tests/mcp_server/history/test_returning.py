"""Reverts delete only created objects, not those that an undo, a redo or a failed write brought back, or moved ones."""

from __future__ import annotations

import time
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.history import notes
from mcp_server.history.chains import ValueChange
from mcp_server.history.when import moment
from mirror import Event, Note
from mirror.errors import InvalidValue
from tests.lean import demo_set
from tests.whole import QUIET_S, Refused, Whole, whole_path

Clock = trio.testing.MockClock


def contents(song: Any) -> tuple[list[str], list[str], list[Any]]:
    clips = [slot.clip.name if slot.has_clip else None for track in song.tracks for slot in track.clip_slots]
    return [each.name for each in song.tracks], [each.name for each in song.scenes], clips


async def reverted(whole: Whole, **arguments: Any) -> str:
    """All texts of a revert's answer or refusal."""
    try:
        return str(await whole.call("revert", **arguments))
    except Refused as problem:
        return str(problem.data)


@pytest.mark.parametrize("kind", ["scenes", "tracks"])
@pytest.mark.parametrize("how", ["since", "write"])
async def test_after_a_refused_deletion_a_revert_deletes_nothing(
    kind: str, how: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        before, since = contents(song), whole.mirror.revision
        refs = [f"{kind}/{number}" for number in range(len(getattr(song, kind)))]
        with pytest.raises(Refused) as caught:
            await whole.call("delete", targets=refs)
        if "taken_back" in caught.value.data:
            assert "the write was undone" in caught.value.data["hint"]
            assert "new ids" in caught.value.data["hint"]
            choice = {"since": since} if how == "since" else {"write": caught.value.data["write"]}
            said = await reverted(whole, **choice)
            assert "cannot be restored" not in said
            assert "not new, so not deleted" in said
            await reverted(whole, since=since, who="anyone")
        assert contents(song) == before
        assert await whole.differences() == []


@pytest.mark.parametrize("target", ["tracks/2/clip_slots/4/clip", "tracks/6", "scenes/1"])
@pytest.mark.parametrize("span", ["after", "all"])
async def test_an_object_restored_by_undo_is_not_reported_as_created(
    target: str, span: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, whole.another("second") as second:
        song = whole.stage.live.song
        first = whole.mirror.revision
        made = {
            "tracks/6": {"kind": "midi", "name": "Q"},
            "scenes/1": {"kind": "scene", "name": "Q", "index": 1},
        }
        if target in made:
            await second.client.call_tool("create", made[target])
        else:
            await second.client.call_tool(
                "create_clip", {"track": "tracks/2", "slot": 4, "name": "Q", "length": 4}
            )
        before, since = contents(song), whole.mirror.revision
        assert "Q" in str(before)
        await whole.call("delete", targets=[target])
        assert contents(song) != before
        await whole.call("undo")
        assert contents(song) == before
        said = await reverted(whole, since=since if span == "after" else first)
        assert contents(song) == before
        assert "cannot be restored" not in said
        assert "not new, so not deleted" in said


async def test_objects_restored_by_a_persons_undo_are_not_reported_as_new(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        before = contents(song)
        await whole.call("delete", targets=["tracks/2"])
        since = whole.mirror.revision
        await whole.by_hand(lambda song: song.undo())
        await trio.sleep(QUIET_S)
        assert contents(song) == before
        said = await reverted(whole, since=since, who="anyone")
        assert contents(song) == before
        assert "an undo in Live" in said


async def test_work_of_others_in_a_new_clip_survives_its_deletion_and_undo(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, whole.another("second") as second:
        song, since = whole.stage.live.song, whole.mirror.revision
        await whole.call("create", kind="midi", name="Mine")
        track = len(song.tracks) - 1
        clip = f"tracks/{track}/clip_slots/0/clip"
        await whole.call("create_clip", track=f"tracks/{track}", slot=0, name="C", length=4)
        note = {"pitch": 60, "start_time": 0, "duration": 1}
        await second.client.call_tool("edit_notes", {"clip": clip, "add": [note]})
        await second.client.call_tool("set_clip", {"clip": clip, "color": "#FF3636"})
        color = song.tracks[track].clip_slots[0].clip.color
        await whole.call("delete", targets=[clip])
        await whole.call("undo")
        said = await reverted(whole, since=since)
        held = song.tracks[track].clip_slots[0].clip
        assert len(held.get_all_notes_extended()) == 1, said
        assert held.color == color


async def test_a_new_track_is_deleted_with_its_restored_clip(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        before, since = contents(whole.stage.live.song), whole.mirror.revision
        await whole.call("create", kind="midi", name="Mine")
        clip = f"{whole.mirror.ref(whole.mirror.resolve('Mine').id)}/clip_slots/0/clip"
        await whole.call("create_clip", track="Mine", slot=0, name="C", length=4)
        await whole.call("edit_notes", clip=clip, add="C3@0:1")
        await whole.call("delete", targets=[clip])
        await whole.call("undo")
        answer = await whole.call("revert", since=since)
        assert contents(whole.stage.live.song) == before
        assert answer["outcome"] == "verified", answer


async def test_values_are_reverted_in_objects_deleted_and_restored_since(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song, since = whole.stage.live.song, whole.mirror.revision
        await whole.call("set_track", track="tracks/1", name="Piano")
        await whole.call("set_track", track="tracks/1", name="Organ")
        await whole.call("set_track", track="tracks/1", volume="-9 dB")
        await whole.call("delete", targets=["scenes/1"])
        await whole.call("undo")
        await whole.call("set_track", track="tracks/2", name="Low")
        await whole.call("revert", since=since)
        assert [song.tracks[1].name, song.tracks[2].name] == ["Keys", "Bass"]


@pytest.mark.parametrize("gone", ["tracks/2/clip_slots/1/clip", "tracks/2"])
@pytest.mark.parametrize("by_hand", [False, True])
async def test_edits_of_notes_and_envelopes_are_reverted_after_their_clip_was_deleted_and_undone(
    gone: str, by_hand: bool, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        clip, volume = "tracks/2/clip_slots/1/clip", "tracks/2/mixer_device/volume"
        since = whole.mirror.revision
        present = whole.mirror.notes(whole.mirror.resolve(clip))

        def content() -> Any:
            clip = whole.stage.live.song.tracks[2].clip_slots[1].clip
            played = [(n.pitch, n.start_time, n.duration, n.velocity) for n in clip.get_all_notes_extended()]
            return sorted(played), clip.has_envelopes

        before, former = content(), whole.mirror.resolve(clip).id
        change = [{"id": present[0].note_id, "velocity": 11}]
        await whole.call("edit_notes", clip=clip, add="C6@0:1", remove=[present[2].note_id], change=change)
        step = {"time": 1, "length": 1, "value": "-40 dB"}
        await whole.call("edit_envelope", clip=clip, parameter=volume, steps=[step])
        await whole.call("delete", targets=[gone])
        if by_hand:
            await whole.by_hand(lambda song: song.undo())
            await trio.sleep(QUIET_S)
        else:
            await whole.call("undo")
        now = whole.mirror.resolve(clip).id
        assert now != former
        with pytest.raises(Refused) as caught:
            await whole.call("get_notes", clip=f"id:{former}")
        assert caught.value.data["hint"] == f"it came back as id:{now} ({clip}): write that"
        answer = await whole.call("revert", under=clip, since=since)
        assert answer["outcome"] == "verified"
        assert content() == before


def test_a_restored_note_with_another_id_is_matched_by_its_content() -> None:
    rest: Any = {"probability": 1.0, "velocity_deviation": 0.0, "release_velocity": 64.0}

    def note(id_: int, pitch: int, velocity: float = 100.0) -> Note:
        return Note(
            note_id=id_, pitch=pitch, start_time=0.0, duration=1.0, velocity=velocity, mute=False, **rest
        )

    def link(before: Note | None, after: Note | None) -> ValueChange:
        return ValueChange(Event(1, 0.0, "e", 1, "content", "me", ""), before, after, True)

    chains = {
        1: [link(note(1, 60), note(1, 60, 11.0))],
        2: [link(None, note(2, 62))],
        3: [link(note(3, 64), None)],
    }
    changes = notes.put_back([note(71, 60, 11.0), note(72, 62), note(73, 65)], chains)
    assert (changes.changed, changes.gone, changes.back) == ([note(71, 60)], [72], [note(3, 64)])
    assert not changes.others
    # The person's note belongs to no other author.
    assert notes.put_back([note(71, 60, 12.0)], {1: chains[1]}).others == 1


async def test_an_object_created_and_deleted_in_one_write_is_no_change(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        since = whole.mirror.revision
        ramp = {"time": 0, "length": 4, "from": "-20 dB", "to": "0 dB"}
        await whole.call(
            "edit_envelope",
            track="tracks/1",
            parameter="tracks/1/mixer_device/volume",
            ramps=[ramp],
            overwrite=True,
        )
        await trio.sleep(QUIET_S)
        events = whole.mirror.log.whole(since)
        gone = {each.id for each in events if each.kind == "remove"}
        scratch = {each.id for each in events if each.kind == "add" and each.id in gone}
        told = (await whole.call("get_changes", since=since, limit=500))["events"]
        assert told
        assert scratch
        assert not [each for each in told if each.get("id") in {f"id:{id_}" for id_ in scratch}]
        shown = [each["id"] for each in told if each["kind"] == "add"]
        assert len(shown) == len(set(shown))


async def test_a_future_revision_is_refused_with_the_present_one(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("set_song", tempo=99)
        for tool in ("get_changes", "revert"):
            with pytest.raises(Refused, match=r"revision 100000 is not reached; now \d+"):
                await whole.call(tool, since="100000")
        assert (await whole.call("get_changes", since=whole.mirror.revision))["events"] == []


def test_a_future_time_of_day_means_yesterday_and_the_answer_says_so() -> None:
    now = time.mktime((2026, 11, 26, 13, 20, 0, 0, 0, -1))
    at = moment("14:05", now)
    assert at.time == time.mktime((2026, 11, 25, 14, 5, 0, 0, 0, -1))
    assert at.notes(now)[0] == "that time has not come today: yesterday's is meant, 2026-11-25 14:05"
    assert "the log begins at 13:20:00" in at.notes(now)[1]
    assert moment("13:05", now).notes(0.0) == []
    with pytest.raises(InvalidValue, match="is in the future"):
        moment("2026-11-26 14:05", now)
