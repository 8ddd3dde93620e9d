"""Writes: checked before, made once, in order, and reported truly for all faults of the line."""

from __future__ import annotations

import json
import math
from functools import partial
from typing import Any

import pytest
import trio
import trio.testing

from mirror import Call, Set, WriteProgress, errors
from mirror.writes import WAITING_PER_CLIENT

from .conftest import Clock, Open
from .peer import Client, Peer, obj, small_set

RENAME = Set("tracks/1", "name", "Sub")


async def test_a_write_is_seen_when_it_returns(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        result = await mirror.write([RENAME], author="agent", label="rename")
        assert mirror.resolve("tracks/1").name == "Sub"
        assert (result.outcome, result.undo_steps, result.seen, result.recovered) == ("verified", 1, True, "")
        told = result.results[0]
        assert (told.changed, told.before, told.after, told.verified) == (True, "Bass", "Sub", True)
        sent = next(params for method, params in peer.requests if method == "write.execute")
        assert sent["ops"] == [{"op": "set", "target": 3, "name": "name", "value": "Sub"}]
        assert (sent["author"], sent["label"]) == ("agent", "rename")


async def test_setting_the_present_value_is_reported_unchanged(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        result = await mirror.write([Set("tracks/1", "name", "Bass")])
        assert (result.outcome, result.undo_steps, result.results[0].changed) == ("unchanged", 0, False)


async def test_a_reply_alone_changes_nothing_in_the_mirror(clock: Clock, peer: Peer, opened: Open) -> None:
    def lie(client: Client, id_: Any, params: Any) -> bool:
        result = {"changed": True, "before": "Bass", "after": "Sub", "verified": True}
        told = {
            "write": params["write"],
            "outcome": "verified",
            "epoch": "e1",
            "revision": 0,
            "results": [result],
        }
        client.answer(id_, told)
        return True

    peer.hooks["write.execute"] = lie
    async with opened() as mirror:
        await mirror.write([RENAME])
        assert mirror.resolve("tracks/1").name == "Bass"


async def test_a_write_returns_only_when_the_mirror_has_its_revision(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    def early(client: Client, id_: Any, params: Any) -> bool:
        client.answer(
            id_,
            {"write": params["write"], "outcome": "verified", "epoch": "e1", "revision": 1, "results": []},
        )
        peer.nursery.start_soon(later)
        return True

    async def later() -> None:
        await trio.sleep(3)
        peer.set(3, "name", "Sub")

    peer.hooks["write.execute"] = early
    async with opened() as mirror:
        start = trio.current_time()
        result = await mirror.write([RENAME])
        assert trio.current_time() - start == pytest.approx(3)
        assert result.seen
        assert mirror.resolve("tracks/1").name == "Sub"


def notes(*told: dict[str, Any]) -> Call:
    return Call("Beat", "add_new_notes", {"notes": list(told)})


BAD = [
    (Set("tracks/9", "name", "x"), errors.StaleReference),
    (Set("tracks/1[Drums]", "name", "x"), errors.StaleReference),
    (Set("Nobody", "name", "x"), errors.NotFound),
    (Set(999, "name", "x"), errors.StaleReference),
    (Set("tracks/1", "nome", "x"), errors.NotFound),
    (Set("tracks/1", "name", 7), errors.InvalidValue),
    (Set("tracks/1", "name", None), errors.InvalidValue),
    (Set("tracks/1", "can_be_armed", True), errors.NotWritable),
    (Set("tracks/1", "solo", True), errors.NotAvailable),
    (Set("tracks/1", "color_index", 3), errors.NotAvailable),
    (Set("song", "tempo", 5.0), errors.InvalidValue),
    (Set("song", "tempo", 1000), errors.InvalidValue),
    (Set("song", "tempo", math.nan), errors.InvalidValue),
    (Set("song", "tempo", math.inf), errors.InvalidValue),
    (Set("song", "tempo", "fast"), errors.InvalidValue),
    (Set("song", "tempo", True), errors.InvalidValue),
    (Set("tracks/0/mixer_device/volume", "value", 1.5), errors.InvalidValue),
    (Set("tracks/0/mixer_device/volume", "value", -0.1), errors.InvalidValue),
    (Set("tracks/0/mixer_device/volume", "value", ["-6 dB"]), errors.InvalidValue),
    (Set("tracks/0/mixer_device/volume", "value", math.nan), errors.InvalidValue),
    (Set("view", "selected_track", "scenes/0"), errors.InvalidValue),
    (Set("view", "selected_track", "tracks/9"), errors.StaleReference),
    (Call("song", "fly"), errors.NotFound),
    (Call("song", "begin_undo_step"), errors.NotFound),
    (Call("song", "create_scene"), errors.InvalidParams),
    (Call("song", "create_scene", {"index": "first"}), errors.InvalidValue),
    (Call("song", "create_scene", {"index": 0, "color": 1}), errors.InvalidParams),
    (Call("song", "create_scene", {"index": math.inf}), errors.InvalidValue),
    (notes({"pitch": 200, "start_time": 0, "duration": 1}), errors.InvalidValue),
    (notes({"pitch": 60}), errors.InvalidValue),
    (notes({"pitch": 60, "start_time": math.nan, "duration": 1}), errors.InvalidValue),
    (Set("$0", "name", "x"), errors.InvalidValue),
]  # fmt: skip


@pytest.mark.parametrize(("op", "error"), BAD, ids=[str(n) for n in range(len(BAD))])
async def test_an_impossible_write_is_refused_before_it_is_sent(
    clock: Clock, peer: Peer, opened: Open, op: Any, error: type[Exception]
) -> None:
    async with opened() as mirror:
        with pytest.raises(errors.MirrorError) as caught:
            await mirror.write([op])
        assert type(caught.value) is error
        assert caught.value.hint
        assert peer.executed == []
        assert not any(method == "write.execute" for method, _ in peer.requests)


async def test_many_notes_are_sent_as_texts_parsed_one_by_one(clock: Clock, peer: Peer, opened: Open) -> None:
    asked: list[Any] = []

    def refuses(client: Client, id_: Any, params: dict[str, Any]) -> bool:
        asked.extend(params["ops"])
        client.refuse(id_, "LIVE_REFUSED", "enough seen")
        return True

    peer.hooks["write.execute"] = refuses
    told = [{"pitch": n % 128, "start_time": n / 4, "duration": 0.25, "mute": True} for n in range(750)]
    async with opened() as mirror:
        with pytest.raises(errors.LiveRefused):
            await mirror.write(
                [
                    notes(*told),
                    notes(*told[:3]),
                    Call("song", "create_midi_track"),
                    Call("$2", "add_new_notes", {"notes": told}),
                ]
            )
    many, few, _, later = (op["args"].get("notes") for op in asked)
    assert len(few) == 3
    for pieces in (many, later):
        rows = [row for text in pieces["pieces"] for row in json.loads(text)]
        assert max(map(len, (json.loads(text) for text in pieces["pieces"]))) <= 100
        assert [(row[1], row[2], row[3], row[5]) for row in rows] == [
            (note["pitch"], note["start_time"], note["duration"], note["mute"]) for note in told
        ]
        assert all(row[0] is row[4] is row[6] is None for row in rows)


async def test_all_problems_of_a_batch_are_reported_together(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        ops = [op for op, _ in BAD[:5]] + [RENAME] + [op for op, _ in BAD[5:]]
        with pytest.raises(errors.StaleReference) as caught:
            await mirror.write(ops)
        problems = caught.value.facts["problems"]
        assert [problem["op"] for problem in problems] == [*range(5), *range(6, len(BAD) + 1)]
        assert all(problem["hint"] and problem["rule"] for problem in problems)


async def test_a_property_too_new_for_this_live_is_refused(clock: Clock, peer: Peer, opened: Open) -> None:
    peer.version = "11.0.5"
    peer.rows[26][4]["display_value"] = 0.5
    async with opened() as mirror:
        with pytest.raises(errors.NotAvailable, match=r"12\.2"):
            await mirror.write([Set(26, "display_value", 0.7)])
        with pytest.raises(errors.NotAvailable, match=r"12\.3"):
            await mirror.write([Call("tracks/0", "insert_device", {"device_name": "Reverb"})])


async def test_values_can_be_labels_and_objects_any_of_their_names(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        await mirror.write(
            [Set("tracks/0/devices/0/parameters/0", "value", "off"), Set("view", "selected_track", "Bass")]
        )
        sent = next(params for method, params in peer.requests if method == "write.execute")
        assert [op["value"] for op in sent["ops"]] == [0.0, 3]


async def test_operations_can_use_objects_of_earlier_ones(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        result = await mirror.write(
            [Call("song", "create_midi_track", {"Index": -1}), Set("$0", "name", "Keys")]
        )
        made = result.results[0].result
        assert mirror.node(made["id"]).name == "Keys"
        assert mirror.ref(made["id"]) == made["ref"] == "tracks/2"
        with pytest.raises(errors.InvalidValue, match="returns no object"):
            await mirror.write([RENAME, Set("$0", "name", "x")])


async def test_a_failed_precondition_refuses_the_write(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        with pytest.raises(errors.PreconditionFailed) as caught:
            await mirror.write([RENAME], expect=[("tracks/1", "name", "Kick")])
        assert caught.value.facts["observed"] == "Bass"
        with pytest.raises(errors.PreconditionFailed):
            await mirror.write([Set("tracks/1", "name", "Sub", expect="Kick")])
        revision = mirror.revision
        peer.set(3, "mute", True)
        await mirror.wait_for(peer.revision)
        with pytest.raises(errors.PreconditionFailed, match="after 0"):
            await mirror.write([RENAME], if_revision=revision)
        await mirror.write([RENAME], if_revision=mirror.revision, expect=[("tracks/1", "mute", True)])
        assert peer.rows[3][4]["name"] == "Sub"


async def test_a_dry_run_changes_nothing(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        result = await mirror.write([RENAME], dry_run=True)
        assert result.dry_run
        assert peer.rows == small_set()


async def test_the_same_write_id_is_executed_once(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        async with trio.open_nursery() as nursery:
            found: list[Any] = []

            async def write() -> None:
                found.append(await mirror.write([RENAME], write_id="w1"))

            for _ in range(3):
                nursery.start_soon(write)
        found.append(await mirror.write([RENAME], write_id="w1"))
        assert len(found) == 4
        assert all(result == found[0] for result in found)
        assert peer.executed == ["w1"]


def hold_first(peer: Peer) -> list[Any]:
    """Hold the first write.execute: it is put into the returned list and not answered."""
    held: list[Any] = []

    def hold(client: Client, id_: Any, params: Any) -> bool:
        if not held:
            held.append((client, id_, params))
            return True
        return False

    peer.hooks["write.execute"] = hold
    return held


async def test_clients_take_turns(clock: Clock, peer: Peer, opened: Open) -> None:
    held = hold_first(peer)
    async with opened() as mirror:
        async with trio.open_nursery() as nursery:
            for number, client in enumerate(["a"] * 20 + ["b"] * 3 + ["c"] * 2, 1):
                ops = [Set("song", "tempo", 60.0 + number)]
                write = partial(mirror.write, ops, client=client, write_id=f"{client}{number}")
                nursery.start_soon(write)
                await trio.testing.wait_all_tasks_blocked()
            client, id_, params = held[0]
            client.answer(id_, peer.execute(params))
        assert peer.executed[:9] == ["a1", "a2", "b21", "c24", "a3", "b22", "c25", "a4", "b23"]
        assert peer.executed[9:] == [f"a{number}" for number in range(5, 21)]


async def test_too_many_waiting_writes_of_a_client_are_refused(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    hold_first(peer)
    async with opened() as mirror, trio.open_nursery() as nursery:
        for number in range(WAITING_PER_CLIENT + 1):
            nursery.start_soon(partial(mirror.write, [Set("song", "tempo", 60.0 + number)], client="a"))
            await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(errors.Busy):
            await mirror.write([RENAME], client="a")
        assert mirror.status().waiting_writes == WAITING_PER_CLIENT
        nursery.cancel_scope.cancel()


async def test_a_write_cancelled_before_it_is_sent_is_not_sent(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    held = hold_first(peer)
    async with opened() as mirror, trio.open_nursery() as nursery:
        nursery.start_soon(lambda: mirror.write([Set("song", "tempo", 90.0)], write_id="first"))
        await trio.sleep(0.1)
        with trio.move_on_after(0.1) as scope:
            await mirror.write([RENAME], write_id="second")
        assert scope.cancelled_caught
        client, id_, params = held[0]
        client.answer(id_, peer.execute(params))
        await trio.sleep(1)
        assert peer.executed == ["first"]
        assert mirror.status().counters["writes cancelled"] > 0


async def test_a_write_that_was_not_sent_can_be_tried_again_by_its_id(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        peer.hooks["write.execute"] = lambda client, id_, params: True
        async with trio.open_nursery() as nursery:

            async def hang() -> None:
                with pytest.raises(errors.MirrorError):
                    await mirror.write([Set("song", "tempo", 90.0)], deadline_s=1)

            nursery.start_soon(hang)
            await trio.sleep(0.1)
            with trio.move_on_after(0.1):
                await mirror.write([RENAME], write_id="mine")
            peer.hooks.clear()
        assert (await mirror.write([RENAME], write_id="mine")).outcome == "verified"


async def test_a_write_cancelled_after_it_is_sent_is_finished_and_kept(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    held: list[Any] = []
    peer.hooks["write.execute"] = lambda client, id_, params: not held.append((client, id_, params))
    async with opened() as mirror:
        with trio.move_on_after(0.1):
            await mirror.write([RENAME], write_id="w1")
        client, id_, params = held[0]
        client.answer(id_, peer.execute(params))
        await trio.sleep(1)
        assert mirror.writes.results["w1"].outcome == "verified"
        assert mirror.resolve("tracks/1").name == "Sub"


async def test_progress_of_a_long_write_is_reported_to_its_caller(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    def slowly(client: Client, id_: Any, params: dict[str, Any]) -> bool:
        async def work() -> None:
            for done in (1, 2, 3):
                await trio.sleep(0.1)
                about = {"op": 0, "ops": 2, "done": done, "of": 4, "so_far": f"{done} of 4"}
                client.notify("write.progress", write=params["write"], **about)
                client.notify("write.progress", write="somebody else's", **about)
            await trio.sleep(0.1)
            client.answer(id_, peer.execute(params))

        peer.nursery.start_soon(work)
        return True

    told: list[tuple[float, str]] = []

    async def progress(each: WriteProgress) -> None:
        told.append((each.share, each.so_far))
        # A reader that is slower than the updates gets the newest one, and delays nothing.
        await trio.sleep(0.11)

    peer.hooks["write.execute"] = slowly
    async with opened() as mirror:
        assert (await mirror.write([RENAME], progress=progress)).outcome == "verified"
        assert told == [(0.125, "1 of 4"), (0.25, "2 of 4"), (0.375, "3 of 4")]
        assert mirror.synced


async def test_a_failing_progress_callback_does_not_affect_the_outcome(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    def slowly(client: Client, id_: Any, params: dict[str, Any]) -> bool:
        async def work() -> None:
            for done in range(1, 4):
                await trio.sleep(0.1)
                client.notify("write.progress", write=params["write"], op=0, ops=1, done=done, of=4)
            await trio.sleep(0.1)
            client.answer(id_, peer.execute(params))

        peer.nursery.start_soon(work)
        return True

    async def progress(each: WriteProgress) -> None:
        raise ValueError("nobody is there")

    peer.hooks["write.execute"] = slowly
    async with opened() as mirror:
        assert (await mirror.write([RENAME], progress=progress)).outcome == "verified"


def test_progress_without_a_known_end_never_decreases() -> None:
    shares = [
        WriteProgress("w", op=op, ops=3, done=done).share
        for op in range(3)
        for done in (0, 1, 50, 5000, 10**9)
    ]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1


async def test_invalid_progress_ends_the_link_and_not_the_write(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    def lies(client: Client, id_: Any, params: dict[str, Any]) -> bool:
        client.notify("write.progress", write=params["write"], ops=0)
        peer.execute(params)
        return True

    peer.hooks["write.execute"] = lies
    async with opened() as mirror:
        result = await mirror.write([RENAME])
        assert (result.outcome, result.recovered) == ("verified", "script")


async def test_a_write_whose_deadline_passes_in_the_queue_is_not_sent(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    peer.hooks["write.execute"] = lambda client, id_, params: True
    async with opened() as mirror, trio.open_nursery() as nursery:

        async def unanswered() -> None:
            with pytest.raises(errors.UnknownOutcome):
                await mirror.write([Set("song", "tempo", 90.0)], deadline_s=4)

        nursery.start_soon(unanswered)
        await trio.sleep(0.1)
        with pytest.raises(errors.DeadlinePassed):
            await mirror.write([RENAME], deadline_s=2)


async def test_without_a_link_a_write_is_refused_and_nothing_is_sent(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        peer.accepting = False
        peer.cut()
        await trio.sleep(0.1)
        with pytest.raises(errors.Disconnected) as caught:
            await mirror.write([RENAME])
        assert caught.value.facts["sent"] is False
        peer.accepting = True
        await mirror.wait_synced(10)
        assert peer.executed == []


async def test_a_write_in_a_short_break_of_the_link_waits_for_it(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        peer.cut()
        result = await mirror.write([RENAME])
        assert result.outcome == "verified"
        assert peer.executed == [result.write]


async def test_closing_the_mirror_ends_all_waiting_calls(clock: Clock, peer: Peer, opened: Open) -> None:
    peer.hooks["write.execute"] = lambda client, id_, params: True
    told: list[str] = []

    async def write(mirror: Any, number: int) -> None:
        try:
            await mirror.write([Set("song", "tempo", 60.0 + number)])
        except errors.MirrorError as problem:
            told.append(problem.error)

    async with opened() as mirror:
        for number in range(3):
            peer.nursery.start_soon(write, mirror, number)
        await trio.sleep(0.1)
    await trio.sleep(0.1)
    assert sorted(told) == ["CANCELLED", "CANCELLED", "UNKNOWN_OUTCOME"]


async def test_a_request_too_long_for_the_script_is_not_sent(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        with pytest.raises(errors.TooLarge):
            await mirror.write([Set("tracks/1", "name", "x" * 9000) for _ in range(600)])
        assert peer.executed == []
        assert mirror.synced


async def test_an_unknown_class_of_a_newer_script_is_checked_only_by_the_script(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    peer.rows[500] = obj(500, "Hologram", 1, "holograms", {"depth": 3})
    peer.rows[1][5]["holograms"] = [500]
    async with opened() as mirror:
        await mirror.write([Set(500, "depth", 4)])
        assert mirror.node(500).props["depth"] == 4
