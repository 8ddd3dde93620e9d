"""Faults of Bitwig (slow, silent, disconnected, wrong answers): reads are never wrong, and no write is made twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.bitwig.extension import REPLY_S, SILENT_S
from mcp_server.bitwig.project import STALE_S
from tests.whole import LONG_S, Refused

from .standin import Refusal
from .world import BitwigWhole, bitwig

Clock = trio.testing.MockClock


async def test_a_slow_bitwig_is_polled_less_often_and_still_followed(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        whole.line.delay_s = 0.4
        asked = len(whole.standin.asked)
        await trio.sleep(10.0)
        assert len(whole.standin.asked) - asked < 500
        whole.standin.project.bpm = 77.0
        whole.standin.project.tracks[0].volume = 0.3
        assert await whole.differences() == []
        assert (await whole.call("set_track", track=1, volume=0.6))["outcome"] == "verified"
        assert whole.standin.project.tracks[1].volume == 0.6
        assert await whole.differences() == []


async def test_heartbeats_continue_during_a_long_write(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        whole.line.delay_s = 0.2
        server, beats = whole.stage.script.server, [whole.stage.time.now()]
        notify = server.notify

        def noted(method: str, params: Any) -> None:
            if method == "bridge.heartbeat":
                beats.append(whole.stage.time.now())
            notify(method, params)

        server.notify = noted
        values = {"volume": 0.1, "panning": 0.5, "mute": True, "solo": True, "name": "X"}
        calls = [
            {"tool": "set_track", "args": {"track": ref, **values}}
            for ref in ("tracks/0", "tracks/1", "tracks/2", "return_tracks/0")
        ]
        assert (await whole.call("batch", calls=calls))["outcome"] == "verified"
        assert beats[-1] - beats[0] > 6.0
        assert max(later - earlier for earlier, later in pairwise(beats)) < 3.0


async def test_a_change_shown_one_poll_after_a_write_belongs_to_the_write(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        late: list[Any] = []

        def change(line: bytes) -> bytes:
            """Let the first reading after the change still show the old name."""
            answer = json.loads(line)
            result = answer.get("result")
            if isinstance(result, dict) and result.get("name") == "Late" and len(late) < 3:
                late.append(answer)
                result["name"] = "Bass"
            return json.dumps(answer).encode() + b"\n"

        whole.line.change = change
        revision = whole.mirror.revision
        assert (await whole.call("set_track", track=0, name="Late"))["outcome"] == "verified"
        assert len(late) == 3
        assert {event.who for event in whole.mirror.log.whole(revision)} == {"tests"}


async def reconnected(whole: BitwigWhole, epoch: str) -> None:
    with trio.fail_after(LONG_S):
        while whole.mirror.epoch == epoch or not whole.mirror.stamp().synced:  # noqa: ASYNC110
            await trio.sleep(0.1)


def cut(whole: BitwigWhole) -> None:
    whole.line.is_cut = True


def silent(whole: BitwigWhole) -> None:
    whole.line.silent = True


def garbage(whole: BitwigWhole) -> None:
    whole.line.change = lambda line: b"HTTP/1.1 400 Bad Request\r\n"


def endless(whole: BitwigWhole) -> None:
    whole.line.change = lambda line: b"x" * (17 * 1024 * 1024)


def wrong(whole: BitwigWhole) -> None:
    whole.line.change = lambda line: json.dumps({**json.loads(line), "result": {"odd": 1}}).encode() + b"\n"


LOSSES: list[Callable[[BitwigWhole], None]] = [cut, silent, garbage, endless, wrong]


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_lost_connection_ends_the_epoch_and_starts_a_new_one(
    loss: Callable[[BitwigWhole], None], autojump_clock: Clock
) -> None:
    async with bitwig() as whole:
        epoch = whole.mirror.epoch
        loss(whole)
        with trio.fail_after(SILENT_S + 10):
            while whole.mirror.stamp().synced:  # noqa: ASYNC110
                await trio.sleep(0.1)
        whole.standin.project.bpm = 66.0
        await reconnected(whole, epoch)
        assert whole.line is not whole.stage.lines[0]
        assert whole.stage.lines[0].closed
        assert await whole.differences() == []


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_write_without_answer_has_an_unknown_outcome_and_is_not_sent_again(
    loss: Callable[[BitwigWhole], None], autojump_clock: Clock
) -> None:
    async with bitwig() as whole:
        epoch = whole.mirror.epoch
        answer = whole.standin.answer

        def lost_at_delete(line: bytes) -> bytes:
            if b'"track.delete"' in line:
                loss(whole)
            return answer(line)

        whole.standin.answer = lost_at_delete  # type: ignore[method-assign]
        with pytest.raises(Refused) as refusal:
            await whole.call("delete", targets=["tracks/0"])
        assert refusal.value.data["error"] == "UNKNOWN_OUTCOME"
        await reconnected(whole, epoch)
        assert whole.standin.asked.count("track.delete") == 1
        assert [track.name for track in whole.standin.project.tracks] == ["Drums", "Vocals", "Reverb"]
        assert await whole.differences() == []


async def test_an_unanswered_request_blocks_the_bridge_for_seconds_only(
    autojump_clock: Clock,
) -> None:
    async with bitwig() as whole:
        silent(whole)
        began = whole.stage.time.now()
        with pytest.raises(Refused):
            await whole.call("set_track", track=0, mute=True)
        assert whole.stage.time.now() - began < 2 * REPLY_S + 3


TRACK = {"index": 1, "name": "A", "type": "audio", "volume": 0.5, "pan": 0, "mute": False, "solo": False}
WRONG: dict[str, Any] = {
    "track.list": [
        None, [], {"tracks": "none"}, {"tracks": [{"index": 0}]},
        {"tracks": [{**TRACK, "name": 5}]}, {"tracks": [{**TRACK, "volume": 7}]}, {"tracks": [{**TRACK, "index": -1}]},
    ],
    "project.getInfo": ["text", {"bpm": None}, {"bpm": -1, "timeSignatureNumerator": 4}],
    "clip.list": [{"clips": [{"slotIndex": "1"}]}, {"clips": [{"slotIndex": 1, "name": "A", "length": -4}]}, 7],
    "clip.getNotes": [{"notes": [[0, 60, 100, 0.5]]}, {"notes": [{"x": -1, "y": 60}]}, {"notes": [{"x": 0, "y": 200}]}],
    "clip.getSceneCount": [{"sceneCount": -1}, {"sceneCount": 10**9}, {}],
    "clip.getSelection": [{"trackIndex": None}, {}],
    "transport.getStatus": [{"isPlaying": 1}, {}],
}  # fmt: skip


@pytest.mark.parametrize("method", WRONG)
async def test_a_malformed_answer_does_not_affect_other_answers(method: str, autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        await whole.settled()
        epoch, revision = whole.mirror.epoch, whole.mirror.revision
        for answer in WRONG[method]:
            whole.standin.wrong[method] = answer
            await trio.sleep(0.4)
            del whole.standin.wrong[method]
            await trio.sleep(0.4)
        assert whole.mirror.epoch == epoch
        assert whole.mirror.revision == revision
        assert whole.stage.runner.project.facts()["wrong"] >= len(WRONG[method])
        assert any(method in line for line in whole.stage.log)
        whole.standin.project.bpm = 50.0
        assert await whole.differences() == []


async def test_each_malformed_answer_is_logged_once(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        whole.standin.wrong["clip.getSelection"] = {}
        await trio.sleep(STALE_S - 2)
        assert sum("clip.getSelection" in line for line in whole.stage.log) == 1


async def test_reads_fail_until_bitwig_starts_and_work_afterwards(
    autojump_clock: Clock,
) -> None:
    async with bitwig() as whole:
        epoch = whole.mirror.epoch
        whole.stage.away = True
        cut(whole)
        await trio.sleep(30.0)
        assert whole.stage.script is None
        assert not whole.mirror.stamp().synced
        # The last known values can still be read.
        assert (await whole.call("get_set"))["synced"] is False
        attempts = [line for line in whole.stage.log if "no Bitwig extension answers" in line]
        assert len(attempts) == 1
        whole.stage.away = False
        await reconnected(whole, epoch)
        assert await whole.differences() == []


async def test_an_extension_that_counts_from_0_is_refused_before_any_write(
    autojump_clock: Clock,
) -> None:
    async with bitwig() as whole:
        whole.standin.wrong["track.list"] = {"tracks": [{**TRACK, "index": 0}, {**TRACK, "index": 1}]}
        await trio.sleep(3.0)
        assert whole.stage.script is None
        assert any("counts tracks from 0" in line for line in whole.stage.log)


async def test_refused_notes_become_absent_and_return_when_readable(autojump_clock: Clock) -> None:
    clip = "tracks/0/clip_slots/0/clip"
    async with bitwig() as whole:
        whole.standin.refuse["clip.getNotes"] = Refusal("no notes today")
        whole.standin.project.tracks[0].name = "Sub"
        await whole.settled()
        assert whole.mirror.resolve("tracks/0").name == "Sub"
        assert "notes" not in whole.mirror.resolve(clip).props
        whole.standin.refuse.clear()
        assert await whole.differences() == []
        assert len(whole.mirror.notes(clip)) == 2


@pytest.mark.parametrize("method", ["track.list", "project.getInfo", "clip.getSceneCount"])
async def test_a_request_answered_wrongly_for_long_ends_the_epoch(method: str, autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        epoch = whole.mirror.epoch
        whole.standin.wrong[method] = {"odd": 1}
        await trio.sleep(STALE_S - 1)
        assert whole.mirror.stamp().synced
        await trio.sleep(2)
        assert any(f"does not answer {method} any more" in line for line in whole.stage.log)
        del whole.standin.wrong[method]
        await reconnected(whole, epoch)
        assert await whole.differences() == []
