"""Latencies for an agent (reads, notifications and verified writes over MCP) and for a mirror (arriving changes).

Each function repeats one action `count` times and returns the durations in seconds. Changes are made at random phases
of Live's timer, like a person's changes; the seed is fixed, so that two runs are equal.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import trio

from mcp_server.commands.processes import HeadlessProcess
from mcp_server.demo.agent import Agent

if TYPE_CHECKING:
    from mirror import Mirror

PHASE_S = 0.02
"""Two ticks of Live's timer: the phase of a change within a tick is random."""
APART_S = 0.06
"""The server notifies of one resource at most every 50 ms; a longer pause measures a change without that delay."""
ARRIVAL_S = 5.0


def same(shown: Any, wanted: Any) -> bool:
    """True when Live shows the wanted value; Live's numbers have 24 bits."""
    if isinstance(shown, float) and isinstance(wanted, (int, float)):
        return math.isclose(shown, wanted, rel_tol=1e-6, abs_tol=1e-6)
    return bool(shown == wanted)


async def calls(ask: Callable[[], Awaitable[Any]], count: int, *, warm: int = 5) -> list[float]:
    """The duration of one call, repeated without pause."""
    for _ in range(warm):
        await ask()
    durations_s = []
    for _ in range(count):
        began = time.perf_counter()
        await ask()
        durations_s.append(time.perf_counter() - began)
    return durations_s


async def notifications(
    live: HeadlessProcess, agent: Agent, uri: str, ref: str, name: str, values: Sequence[Any], count: int
) -> list[float]:
    """Seconds from a person's change in Live to its notification at the MCP client, which subscribes to `uri`.

    Raises:
      TimeoutError: a notification did not arrive within `ARRIVAL_S`.
    """
    chance = random.Random(7)
    durations_s = []
    for number in range(count):
        await trio.sleep(APART_S + chance.uniform(0, PHASE_S))
        before = len(agent.updates)
        changed = await live.set(ref, name, values[number % len(values)])
        durations_s.append(await agent.update_after(before, uri, timeout_s=ARRIVAL_S) - changed)
    return durations_s


async def arrivals(
    live: HeadlessProcess, witness: Mirror, ref: str, name: str, values: Sequence[Any], count: int
) -> list[float]:
    """Seconds from a person's change in Live to a subscriber of a mirror in this process.

    Raises:
      TooSlowError: a change did not arrive within `ARRIVAL_S`.
    """
    chance = random.Random(8)
    durations_s = []
    async with witness.subscribe([ref]) as stream:
        for number in range(count):
            await trio.sleep(chance.uniform(0, PHASE_S))
            value = values[number % len(values)]
            changed = await live.set(ref, name, value)
            with trio.fail_after(ARRIVAL_S):
                async for _ in stream:
                    now = time.monotonic()
                    if same(witness.resolve(ref).props.get(name), value):
                        durations_s.append(now - changed)
                        break
    return durations_s


async def storm(live: HeadlessProcess, ref: str, name: str, values: Sequence[Any], a_second: int) -> None:
    """Change one property `a_second` times per second, like fast automation, until cancelled."""
    async with trio.open_nursery() as nursery:
        began, number = trio.current_time(), 0
        while True:
            nursery.start_soon(live.set, ref, name, values[number % len(values)])
            number += 1
            await trio.sleep_until(began + number / a_second)
