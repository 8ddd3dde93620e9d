"""The definition of an edit, so that undo reverts the right write: over the whole path, in virtual time."""

from __future__ import annotations

from typing import Any

import pytest
import trio.testing

from mirror import Call, Mirror, Set, errors
from mirror.undo import UndoHistory
from remote_script.headless.sets.generate import default_set
from tests.whole import QUIET_S, whole_path

from .conftest import Open
from .peer import Client, Peer, plain, truth
from .test_store import filled

Clock = trio.testing.MockClock
RENAME = Set("tracks/1", "name", "Sub")
CLIP = "tracks/0/clip_slots/0/clip"
STEP = {"device_parameter": "tracks/0/mixer_device/volume", "time": 1.0, "length": 1.0, "value": 0.5}


async def _clip(mirror: Mirror) -> None:
    await mirror.write([Call("tracks/0/clip_slots/0", "create_clip", {"pages": 4.0})])


@pytest.mark.parametrize("version", ["12.0", "12.4"])
async def test_a_clips_envelope_is_an_edit_that_can_be_undone(version: str, autojump_clock: Clock) -> None:
    async with whole_path(default_set(), version) as whole:
        mirror = whole.mirror
        await _clip(mirror)
        made = await mirror.write([Call(CLIP, "insert_envelope_step", STEP)])
        assert mirror.resolve(CLIP).props["has_envelopes"] is True
        await mirror.undo_mine(made.write)
        assert mirror.resolve(CLIP).props["has_envelopes"] is False
        assert len(whole.history()) == 1


async def test_a_persons_envelope_keeps_an_earlier_write_from_being_undone(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        mirror = whole.mirror
        await _clip(mirror)
        mine = await mirror.write([Set("tracks/0", "name", "Mine")])

        def draw(song: object) -> None:
            track = song.tracks[0]  # type: ignore[attr-defined]
            track.clip_slots[0].clip.create_automation_envelope(track.mixer_device.volume)

        await whole.by_hand(draw)
        await trio.sleep(QUIET_S)
        with pytest.raises(errors.PreconditionFailed):
            await mirror.undo_mine(mine.write)
        assert len(whole.history()) == 3


async def test_a_reverted_failed_write_does_not_block_undo(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole:
        mirror = whole.mirror
        mine = await mirror.write([Set("tracks/1", "name", "Mine")])
        with pytest.raises(errors.LiveRefused) as caught:
            # The deleted track comes back as another object, which Live notifies.
            await mirror.write(
                [
                    Call("song", "delete_track", {"index": 0}),
                    Call("tracks/1", "insert_device", {"device_name": "No Such"}),
                ]
            )
        assert caught.value.facts["taken_back"] == 1
        assert [edit["write"] for edit in mirror.writes.history.last()] == [mine.write]
        await mirror.undo_mine(mine.write)
        assert whole.history() == []
        assert await whole.differences() == []


async def test_a_call_without_effect_makes_no_undo_step_during_late_notifications(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole:
        mirror = whole.mirror
        await _clip(mirror)
        note = {"pitch": 120, "start_time": 0.0, "duration": 1.0}
        for _ in range(2):
            # Undone, so that the second write removes the redo, which Live notifies late.
            added = await mirror.write([Call(CLIP, "add_new_notes", {"notes": [note]})])
            await mirror.undo_mine(added.write)
        added = await mirror.write([Call(CLIP, "add_new_notes", {"notes": [note]})])
        ids = added.results[0].result
        args = {"note_ids": ids, "destination_time": 2.0, "transposition_amount": 12}
        nothing = await mirror.write([Call(CLIP, "duplicate_notes_by_id", args)])
        assert (nothing.outcome, nothing.undo_steps) == ("unchanged", 0)
        await mirror.undo_mine(added.write)
        assert mirror.notes(CLIP) == ()


async def test_an_undo_reported_in_two_batches_undoes_one_edit(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        first = await mirror.write([Set("tracks/0", "name", "A")])
        second = await mirror.write([Set("tracks/1", "name", "B")])
        await mirror.write([Set("tracks/1", "color", 5)])
        execute = peer.execute

        def twice(client: Client, id_: Any, params: dict[str, Any]) -> bool:
            result = dict(execute(params))
            peer.batch(["set", 2, "mute", True], cause="write", write=params["write"], author="x")
            result["revision"] = peer.revision
            client.answer(id_, result)
            return True

        peer.hooks["write.execute"] = twice
        await mirror.undo()
        del peer.hooks["write.execute"]
        with pytest.raises(errors.PreconditionFailed):
            await mirror.undo_mine(first.write)
        await mirror.undo_mine(second.write)


async def test_a_write_of_more_than_one_step_is_not_undone_in_part(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    def split(client: Client, id_: Any, params: dict[str, Any]) -> bool:
        client.answer(id_, {**peer.execute(params), "undo_steps": 2})
        return True

    async with opened() as mirror:
        peer.hooks["write.execute"] = split
        mine = await mirror.write([Set("tracks/1", "name", "Sub")])
        with pytest.raises(errors.PreconditionFailed, match="2 entries") as caught:
            await mirror.undo_mine(mine.write)
        assert "undo with `anyone`, 2 times" in str(caught.value.hint)
        peer.hooks.clear()
        await mirror.write([Set("song", "tempo", 90.0)])
        with pytest.raises(errors.PreconditionFailed, match="somebody changed the Set") as caught:
            await mirror.undo_mine(mine.write)
        assert "`anyone`" not in str(caught.value.hint)
        assert peer.rows[3][4]["name"] == "Sub"


# -- with a peer instead of Live ------------------------------------------------------------------


async def test_my_last_write_is_undone(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        before = plain(mirror.store.nodes)
        first = await mirror.write([RENAME], author="agent")
        second = await mirror.write([Set("song", "tempo", 90.0)], author="agent")
        await mirror.undo_mine(second.write, author="agent")
        await mirror.undo_mine(first.write, author="agent")
        assert plain(mirror.store.nodes) == before == truth(peer.rows)
        with pytest.raises(errors.InvalidValue, match="undone already"):
            await mirror.undo_mine(first.write)


async def test_a_write_is_not_undone_after_a_later_edit_by_another(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        mine = await mirror.write([RENAME], author="me")
        theirs = await mirror.write([Set("song", "tempo", 90.0)], author="you")
        with pytest.raises(errors.PreconditionFailed, match="last by you") as caught:
            await mirror.undo_mine(mine.write)
        assert caught.value.facts["since"][0]["write"] == theirs.write
        peer.set(2, "name", "Kit")
        await mirror.wait_for(peer.revision)
        with pytest.raises(errors.PreconditionFailed, match="last by live"):
            await mirror.undo_mine(theirs.write)
        assert len(peer.undo_stack) == 2


async def test_changes_that_are_no_edits_do_not_block_undo(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        mine = await mirror.write([RENAME])
        peer.set(3, "arm", False)
        peer.set(1, "is_playing", True)
        await mirror.wait_for(peer.revision)
        assert mirror.writes.history.base_of(mine.write) == mine.revision


async def test_a_write_that_changed_nothing_cannot_be_undone(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        mine = await mirror.write([Set("tracks/1", "name", "Bass")])
        with pytest.raises(errors.InvalidValue, match="no entry"):
            await mirror.undo_mine(mine.write)
        with pytest.raises(errors.NotFound):
            await mirror.undo_mine("never")


def test_a_write_reported_late_is_ordered_before_later_edits() -> None:
    history = UndoHistory()
    for write, revision in (("theirs", 7), ("last", 8), ("mine", 5)):
        history.wrote(write, 1, write)
        history.entered(write, write, revision)
    assert [edit["write"] for edit in history.last()] == ["mine", "theirs", "last"]
    assert history.base_of("last") == 8
    with pytest.raises(errors.PreconditionFailed, match="changed after write mine, last by last"):
        history.base_of("mine")


def test_a_redo_that_arrives_in_two_batches_redoes_one_edit() -> None:
    history, store = UndoHistory(), filled()

    def arrives(write: str, value: str, name: str = "name") -> None:
        applied = store.apply(store.revision + 1, [["set", 3, name, value]])
        history.observe(store, applied, store.revision, write, "me")

    for write in ("first", "second"):
        history.wrote(write, 1, "me")
        arrives(write, write)
    for undo, write, value in (("u1", "second", "first"), ("u2", "first", "Bass")):
        history.undoing(undo, write)
        arrives(undo, value)
        history.undone(undo)
    assert history.last() == []
    history.redoing("r1")
    for value in ("half", "first"):
        arrives("r1", value)
    history.redone("r1")
    assert [edit["write"] for edit in history.last()] == ["first"]


async def test_the_undo_of_a_value_outside_of_the_history_restores_the_value_before_the_write(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole:
        mirror = whole.mirror
        before = mirror.resolve("tracks/0").props["current_monitoring_state"]
        others = [state for state in (0, 1, 2) if state != before]
        mine = await mirror.write([Set("tracks/0", "current_monitoring_state", state) for state in others])
        assert mirror.resolve("tracks/0").props["current_monitoring_state"] == others[-1]
        await mirror.undo_mine(mine.write)
        assert mirror.resolve("tracks/0").props["current_monitoring_state"] == before


async def test_the_undo_and_redo_of_another_server_move_in_the_history_of_this_one(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole, whole.person() as other:
        mirror = whole.mirror
        mine = await mirror.write([Set("song", "tempo", 99.0)], author="me")
        theirs = await other.write([Set("tracks/0", "name", "Bass")], author="you")
        await other.undo_mine(theirs.write)
        await mirror.wait_for(other.store.revision)
        assert [edit["write"] for edit in mirror.writes.history.last()] == [mine.write]
        await other.redo()
        await mirror.wait_for(other.store.revision)
        with pytest.raises(errors.PreconditionFailed, match="last by you"):
            await mirror.undo_mine(mine.write)
        await other.undo()
        await mirror.wait_for(other.store.revision)
        await mirror.undo_mine(mine.write)
        assert whole.history() == []


async def test_an_undo_that_was_taken_back_is_no_undo_for_another_server(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole, whole.person() as other:
        mirror = whole.mirror
        mine = await mirror.write([Set("song", "tempo", 99.0)], author="me")
        document = whole.stage.live.document
        # In Live's history without a notification.
        document.history.boundary()
        document.history.record(document.song.tracks[0], "name", "1-MIDI", "Quiet")
        document.history.end()
        with pytest.raises(errors.PreconditionFailed):
            await mirror.undo_mine(mine.write)
        await other.wait_for(mirror.store.revision)
        assert mine.write in [edit["write"] for edit in other.writes.history.last()]


async def test_a_parameter_that_blocks_an_undo_is_named_with_lives_texts(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole, whole.person() as other:
        mine = await whole.mirror.write([Set("song", "tempo", 99.0)])
        await other.write([Set("tracks/0/mixer_device/volume", "value", 0.5)], author="you")
        await whole.mirror.wait_for(other.store.revision)
        with pytest.raises(errors.PreconditionFailed, match=r"last by you: .*volume.*: 0\.0 dB → -14\.0 dB"):
            await whole.mirror.undo_mine(mine.write)
