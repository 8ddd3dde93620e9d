"""A write id is of one request of one author: no other request gets its result, in the mirror or in the script."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import trio
import trio.testing

from mirror import Call, Set, WriteRequest, errors, load_token, open_mirror, outcomes
from remote_script.SetMirror.write import parse_write
from tests.whole import LONG_S, Whole, whole_path

from .conftest import Clock, Open
from .peer import Peer

FIRST = WriteRequest.of([Set("tracks/1", "name", "Sub")], author="ada", write_id="w1")
OTHERWISE: dict[str, Any] = {
    "ops": (Set("tracks/0", "name", "Sub"),),
    "author": "bob",
    "if_revision": 10_000,
    "expect": (("song", "tempo", 120.0),),
    "dry_run": True,
    "undoes": "w0",
    "epoch": "of another Set",
}
"""The fields that say what a write does and for whom, with another value than in `FIRST`."""
SAME: dict[str, Any] = {
    "label": "again",
    "client": "another queue",
    "deadline_s": 7.0,
    "policy": {"client": "ada", "version": 1},
    "owner": "ada",
    "unchanged": ((1, 10_000),),
    "seen": {0: 1},
}
"""The fields that may differ when the same request is sent again."""


def test_each_field_of_a_request_is_tested_here() -> None:
    assert {*OTHERWISE, *SAME, "write_id"} == set(WriteRequest.__struct_fields__)


@pytest.mark.parametrize("field", OTHERWISE)
async def test_another_request_with_a_finished_writes_id_is_refused(
    field: str, clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        first = await mirror.submit(FIRST)
        other = msgspec.structs.replace(FIRST, **{field: OTHERWISE[field]})
        with pytest.raises(errors.InvalidValue, match="'w1' stands for another write"):
            await mirror.submit(other)
        assert await mirror.submit(FIRST) == first
        assert peer.executed == ["w1"]


@pytest.mark.parametrize("field", SAME)
async def test_the_same_request_sent_again_gets_the_first_result(
    field: str, clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        first = await mirror.submit(FIRST)
        assert await mirror.submit(msgspec.structs.replace(FIRST, **{field: SAME[field]})) == first
        assert peer.executed == ["w1"]


async def test_another_request_with_a_waiting_writes_id_is_refused(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    peer.hooks["write.execute"] = lambda client, id_, params: True
    async with opened() as mirror, trio.open_nursery() as nursery:
        nursery.start_soon(mirror.submit, FIRST)
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(errors.InvalidValue, match="'w1' stands for another write"):
            await mirror.submit(msgspec.structs.replace(FIRST, author="bob"))
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize("value", [10**400, float("nan"), object(), "\ud800"])
def test_a_request_that_cannot_be_sent_has_a_content_too(value: Any) -> None:
    odd, plain = (WriteRequest.of([Set("song", "tempo", v)]) for v in (value, 90.0))
    assert outcomes.content_of(odd) == outcomes.content_of(odd) != outcomes.content_of(plain)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ops", [{"op": "set", "target": 2, "name": "name", "value": "Sub"}]),
        ("author", "bob"),
        ("if_revision", 3),
        ("expect", [{"target": 1, "name": "tempo", "value": 120.0}]),
        ("dry_run", True),
        ("undoes", "w0"),
    ],
)
def test_the_script_distinguishes_requests_by_each_part_of_their_content(field: str, value: Any) -> None:
    params: dict[str, Any] = {
        "write": "w1",
        "author": "ada",
        "ops": [{"op": "set", "target": 1, "name": "name", "value": "Sub", "seen": 7}],
    }
    first, again = parse_write(params, 0.0), parse_write({**params, "label": "again", "deadline_s": 3.0}, 9.0)
    assert first.content == again.content
    assert parse_write({**params, field: value}, 0.0).content != first.content
    params["ops"][0]["seen"] = None
    assert parse_write(params, 0.0).content == first.content


async def test_two_clients_that_choose_the_same_id_do_not_get_each_others_results(clock: Clock) -> None:
    async with whole_path() as whole, open_mirror(whole.connect, load_token(), "second", "1") as second:
        await second.wait_synced(LONG_S)
        assert (await whole.mirror.submit(FIRST)).outcome == "verified"
        for author, target in (("ada", "tracks/0"), ("bob", "tracks/1")):
            with pytest.raises(errors.InvalidValue, match="'w1' stands for another write"):
                await second.submit(
                    WriteRequest.of([Set(target, "name", "Sub")], author=author, write_id="w1")
                )
        assert (await second.submit(FIRST)).outcome == "verified"
        await _while_the_first_waits(whole, second)
        assert [track.name for track in whole.stage.song.tracks[:2]] == ["1-MIDI", "Sub"]


async def _while_the_first_waits(whole: Whole, second: Any) -> None:
    """Both requests reach the script before it runs either of them."""
    refusals: list[str] = []

    async def write(mirror: Any, author: str, tempo: float) -> None:
        request = WriteRequest.of(
            [Call("song", "create_scene", {"index": -1}), Set("song", "tempo", tempo)],
            author=author,
            write_id="w2",
        )
        try:
            await mirror.submit(request)
        except errors.InvalidValue as problem:
            refusals.append(f"{author}: {problem.rule}")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(write, whole.mirror, "ada", 91.0)
        nursery.start_soon(write, second, "bob", 92.0)
    assert len(refusals) == 1
    assert whole.stage.song.tempo == (92.0 if refusals[0].startswith("ada") else 91.0)


async def test_a_lost_write_does_not_get_the_result_of_another_clients_write_with_its_id(
    clock: Clock,
) -> None:
    async with whole_path() as whole, open_mirror(whole.connect, load_token(), "second", "1") as second:
        await second.wait_synced(LONG_S)
        whole.lines[0].sent_before_cut = 10
        outcomes: dict[str, Any] = {}

        async def write(mirror: Any, author: str) -> None:
            request = WriteRequest.of([Set("song", "tempo", 91.0)], author=author, write_id="w3")
            try:
                outcomes[author] = (await mirror.submit(request)).outcome
            except errors.Disconnected as problem:
                outcomes[author] = problem.facts["executed"]

        async with trio.open_nursery() as nursery:
            nursery.start_soon(write, whole.mirror, "ada")
            nursery.start_soon(write, second, "bob")
        assert outcomes == {"ada": False, "bob": "verified"}


async def test_a_write_whose_reply_is_lost_gets_its_own_result(clock: Clock) -> None:
    async with whole_path() as whole:
        whole.cut(after=30)
        result = await whole.mirror.submit(FIRST)
        assert (result.outcome, result.recovered) == ("verified", "script")
