"""Many clients of one server that subscribe, read, write and leave at random; each ends with the newest state."""

from __future__ import annotations

import gc
import json
import random
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.demo.agent import Agent
from mcp_server.front import build
from tests.lean import demo_set
from tests.whole import LONG_S, Whole, whole_path

Clock = trio.testing.MockClock
QUIET_S = 5.0
TRACKS = 6


class Member:
    """One client, which reads a resource again after each notification, as a client with a cache does."""

    def __init__(self, whole: Whole, number: int, until: float) -> None:
        self.whole = whole
        self.name = f"client {number}"
        self.draw = random.Random(number)
        self.until = until
        self.held: dict[str, Any] = {}
        self.calls = 0
        self.slowest = 0.0
        self.left = 0

    async def run(self) -> None:
        while trio.current_time() < self.until:
            lasts = min(self.draw.uniform(5, 120), self.until + QUIET_S - trio.current_time())
            last = trio.current_time() + lasts >= self.until
            mode = self.draw.choice(["auto", "legacy"])
            # The cache of an earlier connection is invalid.
            self.held.clear()
            with trio.move_on_after(lasts if not last else LONG_S * 1000):
                async with Agent.over(build(self.whole.engine), mode=mode, name=self.name) as agent:
                    await self.member(agent, last)
            self.left += not last
            await trio.sleep(self.draw.random())

    async def member(self, agent: Agent, last: bool) -> None:
        uris = [f"live://tracks/{n}" for n in self.draw.sample(range(TRACKS), 2)] + ["live://ref/song"]
        async with agent.subscribed(*uris), trio.open_nursery() as nursery:
            for uri in uris:
                self.held[uri] = await agent.read(uri)
            nursery.start_soon(self.follow, agent)
            while trio.current_time() < self.until:
                began = trio.current_time()
                await self.call(agent)
                self.slowest = max(self.slowest, trio.current_time() - began)
                await trio.sleep(self.draw.uniform(0.2, 3))
            if last:
                await trio.sleep(QUIET_S)
                await self.compare()
            nursery.cancel_scope.cancel()

    async def follow(self, agent: Agent) -> None:
        seen = 0
        while True:
            arrived = agent._arrived
            fresh = agent.updates[seen:]
            seen += len(fresh)
            for uri in {uri for _, uri in fresh}:
                self.held[uri] = await agent.read(uri)
            if not fresh:
                await arrived.wait()

    async def call(self, agent: Agent) -> None:
        self.calls += 1
        track = f"tracks/{self.draw.randrange(TRACKS)}"
        match self.draw.randrange(5):
            case 0:
                await agent.call("get_set")
            case 1:
                await agent.call("set_track", track=track, volume=round(self.draw.random(), 3))
            case 2:
                await agent.call("set_song", tempo=self.draw.randrange(60, 180))
            case 3:
                await agent.call("find", name="e", limit=5)
            case _:
                await agent.call("get_track", track=track)

    async def compare(self) -> None:
        """Check that the last read state equals the present state."""
        for uri, held in self.held.items():
            now = json.loads(self.whole.engine.bodies.read(uri))
            for stamp in ("revision", "synced", "age_ms"):
                held.pop(stamp, None)
                now.pop(stamp, None)
            assert held == now, (self.name, uri)


async def meeting(count: int, lasts: float) -> list[Member]:
    async with whole_path(demo_set()) as whole:
        began = trio.current_time()
        members = [Member(whole, number, began + lasts) for number in range(count)]
        sizes: list[int] = []
        async with trio.open_nursery() as nursery:
            for member in members:
                nursery.start_soon(member.run)
            for _ in range(4):
                await trio.sleep(lasts / 4)
                gc.collect()
                sizes.append(len(gc.get_objects()))
        await trio.sleep(QUIET_S)
        assert await whole.differences() == []
        # No client is left: no watch, no stream, and only the server's own subscribers.
        assert whole.engine.watches.count == 0
        assert whole.mirror.status().subscribers == 0
        assert len(whole.engine.listening._handlers) == 0
        # Counted by objects, since a client's leftovers are tasks, streams and closures.
        assert sizes[-1] < sizes[0] * 1.5 + 20_000, sizes
        return members


async def test_eight_clients_connect_and_disconnect(autojump_clock: Clock) -> None:
    members = await meeting(8, 40.0)
    assert sum(member.calls for member in members) > 100


@pytest.mark.slow
async def test_fifty_clients_for_ten_minutes(autojump_clock: Clock) -> None:
    members = await meeting(50, 600.0)
    assert sum(member.left for member in members) > 50
    mean = sum(member.calls for member in members) / len(members)
    assert min(member.calls for member in members) > mean / 2
    assert max(member.slowest for member in members) < 5.0
