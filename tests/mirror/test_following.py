"""A mirror and an honest peer: reads equal the peer's Set, through every fault of the line."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import trio
import trio.testing

from mirror import errors, open_mirror
from mirror.sync import State
from mirror.wire import LINE_BYTES
from remote_script.SetMirror.contract.limits import STRANGER_BYTES

from .conftest import Clock, Open
from .peer import TOKEN, Client, Peer, note, obj, plain, small_set, truth
from .pipes import End


async def quiet(mirror: Any, peer: Peer) -> None:
    """Wait for a heartbeat, and until no message is under way."""
    await trio.sleep(5)
    await mirror.wait_synced(30)
    await mirror.wait_for(peer.revision, 30)


def equal(mirror: Any, peer: Peer) -> bool:
    return plain(mirror.store.nodes) == truth(peer.rows) and mirror.store.faults() == []


async def test_a_new_mirror_becomes_equal(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        assert equal(mirror, peer)
        assert mirror.state is State.FOLLOWING
        assert mirror.stamp().synced
        assert mirror.status().live_version == "12.4.0"


async def test_a_change_in_live_is_seen_without_asking(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        asked = len(peer.requests)
        revision = peer.set(3, "name", "Sub")
        await mirror.wait_for(revision)
        assert mirror.resolve("tracks/1").name == "Sub"
        peer.batch(["content", 40, "notes", [note(7, 50, 0.25)], [1]])
        await mirror.wait_for(peer.revision)
        assert [n.note_id for n in mirror.notes("tracks/0/clip_slots/0/clip")] == [7, 2]
        assert len(peer.requests) == asked
        assert equal(mirror, peer)


async def test_a_lost_last_batch_is_detected_by_the_heartbeat(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        peer.set(3, "name", "Sub", tell=False)
        await trio.sleep(2.1)
        assert mirror.resolve("tracks/1").name == "Sub"
        assert mirror.status().counters["rewatches"] == 1


async def test_a_lost_batch_is_detected_by_the_next_one(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        peer.set(3, "name", "Sub", tell=False)
        peer.set(3, "mute", True)
        await mirror.wait_for(peer.revision)
        assert equal(mirror, peer)


async def test_a_lost_history_is_replaced_by_one_snapshot(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        peer.remove_track(2, tell=False)
        peer.forget_history()
        await quiet(mirror, peer)
        assert equal(mirror, peer)
        assert mirror.status().counters["replaced"] == 2


async def test_the_history_is_resumed_after_a_reconnect(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        peer.cut()
        await trio.sleep(0.01)
        assert not mirror.synced
        assert mirror.resolve("tracks/1").name == "Bass"
        peer.set(3, "name", "Sub")
        await mirror.wait_synced()
        assert mirror.resolve("tracks/1").name == "Sub"
        assert mirror.status().counters["replaced"] == 1
        assert mirror.status().counters["resumes"] == 1


async def test_reads_give_their_age_while_live_is_disconnected(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        peer.accepting = False
        peer.cut()
        await trio.sleep(100)
        stamp = mirror.stamp()
        assert not stamp.synced
        assert stamp.age_ms is not None
        assert 99_000 < stamp.age_ms < 103_000
        assert mirror.node(3).name == "Bass"
        peer.accepting = True
        await mirror.wait_synced(6)
        assert mirror.stamp().age_ms == 0


async def test_a_silent_connection_is_closed_after_three_heartbeats_and_reopened(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        peer.line.end.stalled = True
        peer.set(3, "name", "Sub")
        await trio.sleep(5.5)
        assert len(peer.clients) == 1
        await trio.sleep(2)
        assert len(peer.clients) == 2
        await mirror.wait_synced()
        assert mirror.resolve("tracks/1").name == "Sub"
        assert mirror.status().counters["silences"] == 1


async def test_another_set_replaces_the_first_completely(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        rows = {1: obj(1, "Song", None, "song", {"tempo": 99.0}, tracks=[2], scenes=[]),
                2: obj(2, "Track", 1, "tracks", {"name": "Solo"}, clip_slots=[])}  # fmt: skip
        peer.open_set(rows, "e2")
        await quiet(mirror, peer)
        assert equal(mirror, peer)
        assert mirror.epoch == "e2"


async def test_the_mirror_waits_while_the_set_is_being_read(clock: Clock, peer: Peer, opened: Open) -> None:
    peer.ready = False
    async with opened(sync=False) as mirror:
        await trio.sleep(3)
        assert not mirror.synced
        assert mirror.status().progress == 0.5
        with pytest.raises(errors.NotReady):
            mirror.resolve("tracks/0")
        peer.ready = True
        peer.line.notify("bridge.ready", epoch="e1", revision=0)
        await mirror.wait_synced(0.1)


async def test_the_mirror_waits_while_reading_progresses_and_reports_progress(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    peer.ready = False
    shares: list[float] = []
    async with opened(sync=False) as mirror, trio.open_nursery() as nursery:
        nursery.start_soon(partial(mirror.wait_read, stalled_s=5.0, tell=shares.append))
        for step in range(1, 13):
            await trio.sleep(4)
            # Reading finds further objects, so the share may stay the same.
            peer.line.notify("bridge.progress", progress=min(0.6, 0.5 + step / 40))
        peer.ready = True
        peer.line.notify("bridge.ready", epoch="e1", revision=0)
    assert len(shares) >= 12
    # The last share may already be 100 %.
    assert max(share for share in shares if share < 1.0) == 0.6


async def test_reading_without_progress_is_abandoned(clock: Clock, peer: Peer, opened: Open) -> None:
    peer.ready = False
    async with opened(sync=False) as mirror:
        began = trio.current_time()
        with pytest.raises(TimeoutError):
            await mirror.wait_read(stalled_s=5.0)
        assert 5.0 <= trio.current_time() - began < 7.0


async def test_an_overflowed_outbox_is_answered_with_a_snapshot(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        peer.line.following = False
        peer.set(3, "name", "Sub")
        peer.line.notify("bridge.resync", epoch="e1", reason="outbox overflow", revision=peer.revision)
        await quiet(mirror, peer)
        assert equal(mirror, peer)
        assert mirror.status().counters["snapshots: outbox overflow"] == 1


async def test_a_goodbye_is_followed_by_a_new_link(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        peer.line.notify("bridge.bye", reason="disconnect")
        peer.open_set(small_set(), "e2")
        await trio.sleep(1)
        await mirror.wait_synced()
        assert mirror.epoch == "e2"


async def test_a_peer_without_the_token_gets_no_data(clock: Clock, peer: Peer, opened: Open) -> None:
    peer.token = "cd" * 32
    async with opened(sync=False) as mirror:
        await trio.sleep(3)
        assert not mirror.synced
        assert {method for method, _ in peer.requests} == {"bridge.hello"}
        assert "token" in mirror.status().last_problem
        peer.token = TOKEN
        await mirror.wait_synced(10)


async def test_a_script_of_another_protocol_is_refused_with_the_side_to_update(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    def refuse(client: Client, id_: Any, params: Any) -> bool:
        client.refuse(
            id_, "UNSUPPORTED_PROTOCOL", "no common protocol", hint="update the Remote Script in Live"
        )
        return True

    peer.hooks["bridge.hello"] = refuse
    async with opened(sync=False) as mirror:
        await trio.sleep(1)
        assert "update the Remote Script" in mirror.status().last_problem


def notice(method: str, params: bytes) -> bytes:
    return b'{"jsonrpc":"2.0","method":"' + method.encode() + b'","params":' + params + b"}\n"


HOSTILE = {
    "no JSON": b"hello\n",
    "HTTP": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "bad UTF-8": b'{"jsonrpc":"2.0","method":"\xff\xfe"}\n',
    "NaN": notice("set.batch", b'{"epoch":"e1","revision":1,"changes":[["set",3,"x",NaN]]}'),
    "infinity": notice("bridge.heartbeat", b'{"epoch":"e1","revision":0,"time":1e999}'),
    "nested": b'{"jsonrpc":"2.0","method":"set.batch","params":' + b"[" * 10_000 + b"]" * 10_000 + b"}\n",
    "a list": b"[1,2]\n",
    "old JSON-RPC": b'{"id":1,"result":2}\n',
    "a request": b'{"jsonrpc":"2.0","id":1,"method":"set.batch","params":{}}\n',
    "a batch of no shape": b'{"jsonrpc":"2.0","method":"set.batch","params":{"epoch":1,"revision":"x"}}\n',
    "a negative revision": notice("bridge.heartbeat", b'{"epoch":"e1","revision":-1}'),
}  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE.keys())
async def test_an_invalid_message_closes_the_link_with_a_reason(
    clock: Clock, peer: Peer, opened: Open, line: bytes
) -> None:
    async with opened() as mirror:
        peer.line.say(line.rstrip(b"\r\n"))
        await trio.sleep(0.01)
        assert not mirror.synced
        assert mirror.status().last_problem
        await mirror.wait_synced(10)
        assert len(peer.clients) == 2
        assert equal(mirror, peer)


async def test_long_lines_of_an_unauthenticated_peer_are_refused(nursery: trio.Nursery, clock: Clock) -> None:
    peer = Peer(nursery)
    peer.answering = False

    async def flood() -> End:
        end = await peer.connect()
        peer.line.end.send_now(b"x" * (STRANGER_BYTES + 1))
        return end

    async with open_mirror(flood, TOKEN) as mirror:
        await trio.sleep(0.05)
        assert f"{STRANGER_BYTES} bytes" in mirror.status().last_problem


async def test_a_line_without_an_end_closes_the_link(
    clock: Clock, peer: Peer, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mirror.wire.LINE_BYTES", 10_000)
    assert LINE_BYTES == 64 * 1024 * 1024
    async with opened() as mirror:
        for _ in range(11):
            peer.line.end.send_now(b"x" * 1000)
        await trio.sleep(0.01)
        assert "10000 bytes" in mirror.status().last_problem
        await mirror.wait_synced(10)


async def test_a_newer_script_is_followed_and_unknown_data_ignored(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        peer.line.notify("set.weather", epoch="e1", wind=[1, {"a": None}])
        peer.line.notify("bridge.heartbeat", epoch="e1", revision=0, time=1.0, phase="moon")
        new = obj(500, "Hologram", 1, "holograms", {"depth": 3, "future": {"deep": [1]}})
        peer.revision += 1
        peer.line.notify(
            "set.batch",
            epoch="e1",
            revision=1,
            time=1.0,
            cause="dream",
            colour="red",
            changes=[
                ["swap", 2, 3],
                ["add", new],
                ["children", 1, "holograms", [500]],
                ["set", 3, "aura", 9],
                ["set", 3, "name", "Sub"],
            ],
        )
        await mirror.wait_for(1)
        assert mirror.resolve("holograms/0").props == {"depth": 3, "future": {"deep": [1]}}
        assert mirror.resolve("tracks/1").props["aura"] == 9
        assert mirror.resolve("tracks/1").name == "Sub"
        await trio.sleep(5)
        assert mirror.synced
        assert len(peer.clients) == 1
        assert mirror.status().counters["unknown notices"] == 1
        assert mirror.status().counters["bad unknown change 'swap'"] == 1


async def test_bytes_can_arrive_in_any_chunks(clock: Clock, peer: Peer, opened: Open) -> None:
    def split(theirs: End, ours: End) -> None:
        theirs.split = 1

    peer.on_pipe = split
    async with opened() as mirror:
        peer.set(3, "name", "Süß ♪")
        await mirror.wait_for(peer.revision)
        assert equal(mirror, peer)


@pytest.mark.parametrize("after", [0, 1, 10, 100, 200, 400, 700, 1000, 2000, 3000])
async def test_a_connection_cut_after_any_byte_is_reopened(
    clock: Clock, peer: Peer, opened: Open, after: int
) -> None:
    cuts = [after, after * 2]

    def cut(theirs: End, ours: End) -> None:
        if cuts:
            ours.cut_after = cuts.pop()

    peer.on_pipe = cut
    async with opened() as mirror:
        for number in range(30):
            peer.set(3, "name", f"Bass {number}")
            await trio.sleep(0.05)
        await quiet(mirror, peer)
        assert equal(mirror, peer)


async def test_two_mirrors_do_not_affect_each_other(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as one, opened() as other:
        peer.clients[0].end.cut()
        peer.set(3, "name", "Sub")
        await other.wait_for(peer.revision)
        await one.wait_synced()
        await one.wait_for(peer.revision)
        assert equal(one, peer)
        assert equal(other, peer)


async def test_an_internal_error_leads_to_a_snapshot(
    clock: Clock, peer: Peer, opened: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened() as mirror:
        apply = mirror.store.apply

        def fails(*args: Any) -> Any:
            monkeypatch.setattr(mirror.store, "apply", apply)
            raise RuntimeError("a bug")

        monkeypatch.setattr(mirror.store, "apply", fails)
        peer.set(3, "name", "Sub")
        await quiet(mirror, peer)
        assert equal(mirror, peer)
        assert "a bug" in caplog.text


async def test_waiting_for_a_revision_ends_with_the_epoch(clock: Clock, peer: Peer, opened: Open) -> None:
    async def open_another() -> None:
        await trio.sleep(1)
        peer.open_set(small_set(), "e2")

    async with opened() as mirror:
        peer.nursery.start_soon(open_another)
        with pytest.raises(errors.EpochChanged):
            await mirror.wait_for(99, 60)


async def test_waiting_for_a_revision_ends_with_the_time(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        with pytest.raises(TimeoutError):
            await mirror.wait_for(99, 3)


async def test_errors_of_the_block_are_raised_unchanged(clock: Clock, peer: Peer, opened: Open) -> None:
    with pytest.raises(errors.StaleReference):
        async with opened() as mirror:
            mirror.resolve("tracks/99")


async def test_backoff_grows_to_its_bound_and_restarts_after_a_success(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    peer.accepting = False
    async with opened(sync=False) as mirror:
        await trio.sleep(60)
        failed = mirror.status().counters["link: connects failed"]
        assert 10 <= failed <= 25
        peer.accepting = True
        await mirror.wait_synced(6)
        peer.cut()
        start = trio.current_time()
        await trio.sleep(0.001)
        await mirror.wait_synced(6)
        assert trio.current_time() - start < 0.5
