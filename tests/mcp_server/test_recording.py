"""Recording into the Session and the arrangement by actions; the answer has the reason if nothing is recorded."""

from __future__ import annotations

from typing import Any

import pytest
import trio
import trio.testing

from tests.lean import demo_set
from tests.whole import Whole, whole_path

Clock = trio.testing.MockClock


async def notes(whole: Whole, **args: Any) -> str:
    return "; ".join((await whole.call("transport", **args)).get("notes", ()))


@pytest.mark.parametrize("action", ["session_record", "record"])
async def test_without_an_armed_track_the_answer_warns_that_nothing_is_recorded(
    action: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        for track in range(6):
            await whole.call("set_track", track=track, arm=False)
        assert "no track is armed; set_track with arm: true" in await notes(whole, action=action)


async def test_an_armed_track_without_input_records_nothing(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("set_track", track=1, arm=True, input_routing_type="No Input")
        assert "no input (Keys)" in await notes(whole, action="session_record")


async def test_the_arrangement_records_when_the_song_plays(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("set_track", track=1, arm=True)
        assert "before the song plays" in await notes(whole, action="record")
        await whole.call("transport", action="play")
        assert await notes(whole, action="record") == ""
        await whole.call("set_song", punch_in=True, loop_start="9.1.1")
        assert "before 9.1.1" in await notes(whole, action="record")
        assert await notes(whole, action="record", on=False) == ""


async def test_arming_and_playing_in_the_same_batch_are_considered(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        calls = [
            {"tool": "create", "args": {"kind": "midi"}},
            {"tool": "set_track", "args": {"track": "$0", "arm": True}},
            {"tool": "transport", "args": {"action": "play"}},
            {"tool": "transport", "args": {"action": "record"}},
        ]
        answer = await whole.call("batch", calls=calls)
        assert answer["notes"] == ["call 2 (transport): plays from 1.1.1, the song's start_time"]


async def test_a_clip_is_recorded_with_the_given_length_and_quantization(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("set_track", track=5, arm=True)
        answer = await whole.call(
            "fire", target="tracks/5/clip_slots/0", record_length="2 bars", quantization="None"
        )
        assert answer["outcome"] == "verified"
        await trio.sleep(10)
        clip = whole.mirror.resolve("tracks/5/clip_slots/0/clip")
        assert clip.props["length"] == 8.0
        assert not clip.props["is_recording"]
