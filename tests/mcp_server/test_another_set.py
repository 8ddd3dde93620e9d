"""A write is meant for the Set that its client knows: in another Set, opened since, nothing is written.

Both Sets are made from one template, so all refs, names and ids of the first one exist in the second one too.
"""

from __future__ import annotations

from typing import Any

import mcp_types as types
import msgspec
import pytest
import trio
import trio.testing

from mcp_server.policy import Policy, PolicyFile
from mirror import Set, WriteRequest, errors
from remote_script.headless import default_set
from tests.touched import Difference, Reading
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
ASKS = Policy(msgspec.convert({"rule": [{"operations": ["delete", "undo"], "decide": "ask"}]}, PolicyFile))

WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "by index": ("set_track", {"track": 0, "name": "Changed"}),
    "by name": ("set_track", {"track": "1-MIDI", "mute": True}),
    "by id": ("delete", {"targets": ["{id}"]}),
    "in a batch": ("batch", {"calls": [{"tool": "set_song", "args": {"tempo": 99}}]}),
    "a method": ("call_method", {"target": "song", "method": "create_scene", "args": {"index": -1}}),
    "a recipe": ("recipe", {"action": "run", "name": "song-skeleton"}),
    "an undo": ("undo", {"anyone": True}),
}


async def open_another(whole: Whole) -> None:
    """A person opens another Set of the same template and edits it."""
    whole.stage.live.open_set(default_set())
    await trio.sleep(2)
    await whole.mirror.wait_synced()
    await whole.by_hand(lambda song: setattr(song, "tempo", 111.0))
    await trio.sleep(0.5)


def changes(whole: Whole, before: Reading) -> list[Any]:
    difference = Difference(before, Reading(whole.stage.live.song))
    return [*difference.created, *difference.removed, *difference.edited]


@pytest.mark.parametrize("how", WRITES)
async def test_a_client_that_has_not_seen_the_open_set_writes_nothing_into_it(
    how: str, autojump_clock: Clock
) -> None:
    tool, arguments = WRITES[how]
    async with whole_path(default_set()) as whole:
        id_ = (await whole.call("get_track", track=0))["track"]["id"]
        if "targets" in arguments:
            arguments = {"targets": [id_]}
        await open_another(whole)
        before = Reading(whole.stage.live.song)
        with pytest.raises(Refused, match=r"EPOCH_CHANGED.*Another Set was opened"):
            await whole.call(tool, **arguments)
        assert changes(whole, before) == []
        # After this refusal the client means the present Set.
        await whole.call(tool, **arguments)
        assert changes(whole, before)


async def test_a_client_that_read_the_open_set_writes_into_it(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.call("set_track", track=0, name="Before")
        await open_another(whole)
        assert (await whole.call("get_track", track=0))["track"]["name"] == "1-MIDI"
        assert (await whole.call("set_track", track=0, name="After"))["outcome"] == "verified"
        async with whole.another("new") as agent:
            result = await agent.client.call_tool("set_track", {"track": 1, "name": "Mine"})
            assert not result.is_error


@pytest.mark.parametrize("call", ["delete", "undo"])
async def test_a_consent_is_not_for_the_set_that_was_opened_during_the_question(
    call: str, autojump_clock: Clock
) -> None:
    asked: list[str] = []

    async def allow(context: Any, params: Any) -> Any:
        asked.append(params.message)
        if len(asked) == 1:
            await open_another(worlds[0])
            readings.append(Reading(worlds[0].stage.live.song))
        return types.ElicitResult(action="accept", content={"allow": True})

    worlds: list[Whole] = []
    readings: list[Reading] = []
    async with whole_path(default_set(), policy=ASKS, elicit=allow) as whole:
        worlds.append(whole)
        await whole.by_hand(lambda song: setattr(song, "tempo", 99.0))
        await trio.sleep(0.5)
        with pytest.raises(Refused, match="EPOCH_CHANGED"):
            await whole.call(call, **({"targets": ["tracks/0"]} if call == "delete" else {"anyone": True}))
        assert len(asked) >= 1
        assert changes(whole, readings[0]) == []


async def test_a_request_of_the_library_is_executed_in_its_own_epoch_only(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        request = WriteRequest.of(
            [Set(whole.mirror.resolve("tracks/0").id, "name", "A")], epoch=whole.mirror.epoch
        )
        bound = whole.mirror.bind(WriteRequest.of([Set("tracks/0", "name", "B")]))
        assert bound.epoch == whole.mirror.epoch
        await open_another(whole)
        for meant in (request, bound):
            with pytest.raises(errors.EpochChanged):
                await whole.mirror.submit(meant)
        assert whole.stage.live.song.tracks[0].name == "1-MIDI"
