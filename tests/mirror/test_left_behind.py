"""The refusal of a write that could not be reverted lists what remains of it, and what of this is only history."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from mirror import Call, errors
from tests.crowd import small
from tests.whole import whole_path

Clock = trio.testing.MockClock


@pytest.mark.parametrize(("deleted", "remains"), [(True, ["only its undo entry remains"]), (False, [])])
async def test_a_creation_that_a_person_deleted_is_listed_as_an_undo_entry_only(
    deleted: bool, remains: list[str], autojump_clock: Clock
) -> None:
    async with whole_path(small()) as whole:
        problems: list[errors.MirrorError] = []
        tracks = len(whole.stage.song.tracks)

        async def write() -> None:
            # Live needs ticks for a cue point; a second one at the same time is refused in its turn.
            cue = Call("song", "create_cue_point", {"time": 8.0})
            try:
                await whole.mirror.write([Call("song", "create_midi_track", {"index": -1}), cue, cue])
            except errors.MirrorError as problem:
                problems.append(problem)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(write)
            await whole.until(lambda: len(whole.stage.song.tracks) > tracks)
            # A person's edit of any kind splits the write's undo step, so the write cannot be undone.
            await whole.by_hand(lambda song: song.delete_track(tracks if deleted else 0))
        (problem,) = problems
        first = problem.facts["applied"][0]
        assert (first["op"], first["method"]) == (0, "create_midi_track")
        assert [note.rpartition(": ")[2] for note in [first.get("note")] if note] == remains
