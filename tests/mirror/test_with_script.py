"""The mirror with the Remote Script itself on a fake Live: both real sides of the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio
import anyio.abc
import pytest
import trio

from mirror import Call, Mirror, Set, errors, load_token, open_mirror
from tests.remote_script.script.guest import Guest
from tests.whole import Stream

from .conftest import Clock


class Bridge:
    """A script on a fake Live whose timer runs in trio's time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.guest = Guest(monkeypatch)
        self.lines: list[Stream] = []
        self.stalled = False

    async def connect(self) -> anyio.abc.ByteStream:
        self.lines.append(Stream(self.guest.listener.connect()))
        return self.lines[-1]

    async def run(self) -> None:
        while True:
            await trio.sleep(0.01)
            if not self.stalled:
                self.guest.pump()
                self.guest.script.update_display()
            for line in self.lines:
                line.look()


Open = Callable[[], AbstractAsyncContextManager[Mirror]]


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch, nursery: trio.Nursery, clock: Clock) -> Bridge:
    made = Bridge(monkeypatch)
    nursery.start_soon(made.run)
    return made


@pytest.fixture
def opened(bridge: Bridge) -> Open:
    @asynccontextmanager
    async def make() -> AsyncIterator[Mirror]:
        async with open_mirror(bridge.connect, load_token(), "tests", "1") as mirror:
            await mirror.wait_synced(60)
            yield mirror

    return make


async def alike(mirror: Mirror, bridge: Bridge) -> None:
    """Check that after a quiet heartbeat the mirror equals the script's shadow."""
    await trio.sleep(3)
    await mirror.wait_synced(30)
    rows = bridge.guest.script.batcher.shadow.rows
    assert mirror.store.faults() == []
    assert mirror.store.nodes.keys() == rows.keys()
    for id_, row in rows.items():
        _, type_, parent, role, props, children = row.plain()
        node = mirror.node(id_)
        assert (node.type, node.parent, node.role) == (type_, parent, role)
        assert {n: v for n, v in node.children.items() if v} == {n: v for n, v in children.items() if v}
        plain = {
            n: [list(x) if isinstance(x, tuple) else x for x in v] if isinstance(v, tuple) else v
            for n, v in props.items()
        }
        assert {n: v for n, v in node.props.items() if n != "notes"} == {
            n: v for n, v in plain.items() if n != "notes"
        }
        assert ("notes" in node.props) == ("notes" in props)
        assert sorted(n.note_id for n in node.props.get("notes", ())) == sorted(
            n[0] for n in props.get("notes", ())
        )


async def test_the_mirror_equals_the_state_of_the_script(clock: Clock, bridge: Bridge, opened: Open) -> None:
    async with opened() as mirror:
        assert mirror.resolve("tracks/0").type == "Track"
        assert mirror.live_version.startswith("12")
        await alike(mirror, bridge)


async def test_a_persons_change_is_seen(clock: Clock, bridge: Bridge, opened: Open) -> None:
    async with opened() as mirror, mirror.subscribe(["tracks/0"]) as stream:
        bridge.guest.song.tracks[0].name = "Kick"
        with trio.fail_after(5):
            notice = await anext(stream)
        assert notice.refs == ("tracks/0",)
        assert mirror.resolve("tracks/0[Kick]")
        assert mirror.log.last(1)[0].who == "live"
        await alike(mirror, bridge)


async def test_a_write_reaches_live_and_returns_in_the_mirror(
    clock: Clock, bridge: Bridge, opened: Open
) -> None:
    async with opened() as mirror:
        result = await mirror.write(
            [Set("tracks/0", "name", "Kick"), Set("song", "tempo", 99.0)], author="agent"
        )
        assert result.outcome == "verified"
        assert bridge.guest.song.tempo == 99.0
        assert mirror.resolve("song").props["tempo"] == 99.0
        assert {event.who for event in mirror.log.since(0) if event.name in ("tempo",)} == {"agent"}
        again = await mirror.write([Set("song", "tempo", 99.0)])
        assert (again.outcome, again.undo_steps) == ("unchanged", 0)
        await alike(mirror, bridge)


async def test_my_write_is_undone_in_live(clock: Clock, bridge: Bridge, opened: Open) -> None:
    async with opened() as mirror:
        before = bridge.guest.song.tempo
        mine = await mirror.write([Set("song", "tempo", 99.0)], author="agent")
        await mirror.undo_mine(mine.write)
        assert bridge.guest.song.tempo == before
        await alike(mirror, bridge)


async def test_a_refusal_by_live_is_reported_with_its_reason(
    clock: Clock, bridge: Bridge, opened: Open
) -> None:
    async with opened() as mirror:
        with pytest.raises(errors.MirrorError) as caught:
            await mirror.write([Call("song", "delete_track", {"index": 99})])
        assert caught.value.rule
        assert caught.value.hint


async def test_a_lost_connection_is_resumed_from_the_history(
    clock: Clock, bridge: Bridge, opened: Open
) -> None:
    async with opened() as mirror:
        bridge.lines[-1].pipe.failing = True
        bridge.guest.song.tracks[0].name = "Kick"
        await trio.sleep(1)
        await mirror.wait_synced(10)
        assert mirror.resolve("tracks/0").name == "Kick"
        assert mirror.status().counters["replaced"] == 1
        await alike(mirror, bridge)


async def test_the_mirror_waits_for_the_end_of_a_stall(clock: Clock, bridge: Bridge, opened: Open) -> None:
    async with opened() as mirror:
        bridge.stalled = True
        await trio.sleep(30)
        assert not mirror.synced
        bridge.stalled = False
        bridge.guest.song.tracks[0].name = "Kick"
        await mirror.wait_synced(30)
        await alike(mirror, bridge)
        assert mirror.resolve("tracks/0").name == "Kick"


async def test_a_write_during_a_stall_is_reported_truly(clock: Clock, bridge: Bridge, opened: Open) -> None:
    async with opened() as mirror:
        bridge.stalled = True
        told: list[str] = []

        async def write() -> None:
            try:
                told.append((await mirror.write([Set("song", "tempo", 99.0)])).outcome)
            except errors.Disconnected as problem:
                told.append(f"executed: {problem.facts['executed']}")

        async with trio.open_nursery() as nursery:
            nursery.start_soon(write)
            await trio.sleep(15)
            bridge.stalled = False
        done = bridge.guest.song.tempo == 99.0
        assert told == (["verified"] if done else ["executed: False"])
        await alike(mirror, bridge)


async def test_values_are_read_from_live_itself(clock: Clock, bridge: Bridge, opened: Open) -> None:
    async with opened() as mirror:
        values = await mirror.read_now([("song", "mood"), ("song", "tempo")])
        assert isinstance(values[0], errors.NotAvailable)
        assert values[1] == bridge.guest.song.tempo
        assert (await mirror.script_status())["objects"] == len(mirror.store.nodes)
