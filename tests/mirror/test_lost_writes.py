"""Writes whose link is lost on the way: the mirror finds their outcome and reports it truly."""

from __future__ import annotations

from typing import Any

import pytest
import trio

from mirror import Call, Set, errors
from mirror.recovery import RECOVER_S

from .conftest import Clock, Open
from .peer import Client, Peer
from .pipes import End

RENAME = Set("tracks/1", "name", "Sub")


def cut_once(peer: Peer, execute: bool, answer: bool = False, reboot: str = "") -> None:
    """Let the next write.execute end the link: before or after its execution, with or without an answer."""

    def hook(client: Client, id_: Any, params: Any) -> bool:
        del peer.hooks["write.execute"]
        following, client.following = client.following, False
        if execute:
            result = peer.execute(params)
            if answer:
                client.answer(id_, result)
        client.following = following
        if reboot:
            peer.epoch = reboot
            peer.results.clear()
            peer.history.clear()
            peer.oldest = peer.revision
        client.end.cut()
        return True

    peer.hooks["write.execute"] = hook


async def test_a_write_lost_before_execution_is_reported_as_not_done(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        cut_once(peer, execute=False)
        with pytest.raises(errors.Disconnected) as caught:
            await mirror.write([RENAME])
        assert caught.value.facts["executed"] is False
        assert peer.executed == []
        assert mirror.resolve("tracks/1").name == "Bass"


async def test_after_a_loss_before_the_reply_the_script_is_asked_for_the_result(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        cut_once(peer, execute=True)
        result = await mirror.write([RENAME])
        assert (result.outcome, result.recovered, result.seen) == ("verified", "script", True)
        assert len(peer.executed) == 1
        assert mirror.resolve("tracks/1").name == "Sub"


async def test_after_a_loss_between_reply_and_batch_the_write_is_still_visible(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        cut_once(peer, execute=True, answer=True)
        result = await mirror.write([RENAME])
        assert (result.outcome, result.seen) == ("verified", True)
        assert len(peer.executed) == 1
        assert mirror.resolve("tracks/1").name == "Sub"


@pytest.mark.parametrize("bytes_out", [0, 1, 20, 60, 100])
async def test_a_write_whose_line_was_cut_is_reported_as_not_done(
    clock: Clock, peer: Peer, opened: Open, bytes_out: int
) -> None:
    ends: list[End] = []
    peer.on_pipe = lambda theirs, ours: ends.append(theirs)
    async with opened() as mirror:
        ends[-1].cut_after = bytes_out
        with pytest.raises(errors.Disconnected) as caught:
            await mirror.write([RENAME])
        assert caught.value.facts["executed"] is False
        assert peer.executed == []
        assert mirror.resolve("tracks/1").name == "Bass"


async def test_after_a_reload_of_the_script_the_mirror_determines_the_outcome(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        cut_once(peer, execute=True, reboot="e2")
        result = await mirror.write([RENAME, Set("tracks/1", "mute", True)])
        assert (result.outcome, result.recovered) == ("verified", "mirror")
        assert [told.after for told in result.results] == ["Sub", True]
        assert len(peer.executed) == 1


async def test_a_forgotten_write_without_a_visible_effect_has_an_unknown_outcome(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        cut_once(peer, execute=False, reboot="e2")
        with pytest.raises(errors.UnknownOutcome) as caught:
            await mirror.write([RENAME])
        assert caught.value.facts["look_at"] == ["tracks/1"]
        assert peer.executed == []


async def test_a_forgotten_call_has_an_unknown_outcome(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        cut_once(peer, execute=True, reboot="e2")
        with pytest.raises(errors.UnknownOutcome):
            await mirror.write([Call("song", "create_midi_track")])
        assert len(peer.executed) == 1


async def test_without_a_reconnect_the_outcome_is_unknown(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        cut_once(peer, execute=True)
        peer.accepting = False
        start = trio.current_time()
        with pytest.raises(errors.UnknownOutcome):
            await mirror.write([RENAME], deadline_s=5)
        assert trio.current_time() - start == pytest.approx(RECOVER_S, abs=2)


async def test_a_lost_refusal_is_reported_after_the_reconnect(clock: Clock, peer: Peer, opened: Open) -> None:
    def refuse(client: Client, id_: Any, params: Any) -> bool:
        client.refuse(id_, "LIVE_REFUSED", "Live refused: no", op=0)
        return True

    async with opened() as mirror:
        cut_once(peer, execute=False)
        peer.hooks["write.result"] = refuse
        with pytest.raises(errors.LiveRefused):
            await mirror.write([RENAME])


async def test_the_result_of_a_running_write_is_polled_until_its_end(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    asked: list[int] = []

    def busy(client: Client, id_: Any, params: Any) -> bool:
        asked.append(id_)
        if len(asked) < 4:
            client.refuse(id_, "BUSY", "under way", retry_after_s=0.2)
            return True
        return False

    async with opened() as mirror:
        cut_once(peer, execute=True)
        peer.hooks["write.result"] = busy
        assert (await mirror.write([RENAME])).recovered == "script"
        assert len(asked) == 4
