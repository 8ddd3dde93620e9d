"""Eight clients that write for ten minutes of virtual time, with cuts: no write is lost, doubled or starved."""

from __future__ import annotations

import random
from collections import defaultdict
from statistics import mean

import pytest
import trio
import trio.testing

from mirror import Mirror, Set, errors, load_token, open_mirror
from tests.lean import demo_set
from tests.whole import LONG_S, Whole, whole_path

CLIENTS = 8
STEPS = 100_000
"""The number of values of a fader: a write's number is its value, so that Live's value identifies the last write."""


class Writers:
    """Clients with one mirror each, as eight servers of one Live have; each writes its own track's fader."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self.confirmed: dict[str, list[float]] = defaultdict(list)
        self.unknown: dict[str, list[float]] = defaultdict(list)
        self.executed: list[bool] = []
        """The reports to clients whose writes ended with "disconnected"."""
        self.waits: dict[str, list[float]] = defaultdict(list)

    async def run(self, number: int, until: float) -> None:
        draw = random.Random(number)
        name = f"writer {number}"
        async with open_mirror(self.whole.connect, load_token(), name, "1") as mirror:
            await mirror.wait_synced(LONG_S)
            ref = f"tracks/{number}/mixer_device/volume"
            turn = 0
            while trio.current_time() < until:
                turn += 1
                await self.write(mirror, name, ref, turn / STEPS)
                await trio.sleep(draw.random() / 4)

    async def write(self, mirror: Mirror, name: str, ref: str, value: float) -> None:
        began = trio.current_time()
        try:
            result = await mirror.write([Set(ref, "value", value)], author=name)
        except errors.UnknownOutcome:
            self.unknown[name].append(value)
            return
        except errors.Disconnected as problem:
            self.executed.append(problem.facts["executed"])
            await mirror.wait_synced(LONG_S)
            return
        assert result.outcome == "verified"
        self.confirmed[name].append(value)
        self.waits[name].append(trio.current_time() - began)


async def written(minutes: float, cuts: bool) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.by_hand(lambda song: [song.create_midi_track(-1) for _ in range(CLIENTS - 6)])
        await trio.sleep(1)
        writers = Writers(whole)
        until = trio.current_time() + minutes * 60
        draw = random.Random(8)
        async with trio.open_nursery() as nursery:
            for number in range(CLIENTS):
                nursery.start_soon(writers.run, number, until)
            while cuts and trio.current_time() < until - 10:
                await trio.sleep(draw.uniform(5, 15))
                # The witness has no faults: the other logs are compared with its log.
                line = draw.choice(whole.lines[1:] or whole.lines)
                line.cut_after = draw.randrange(3000)
        await trio.sleep(1)
        told: dict[str, list[float]] = defaultdict(list)
        for event in whole.mirror.log.last(1_000_000):
            if event.name == "value" and event.who.startswith("writer"):
                told[event.who].append(round(event.after, 5))
        assert set(told) == {f"writer {number}" for number in range(CLIENTS)}
        for name, values in told.items():
            sure = [round(value, 5) for value in writers.confirmed[name]]
            maybe = {round(value, 5) for value in writers.unknown[name]}
            # The client's own writes in order, each once.
            assert [value for value in values if value not in maybe] == sure
            assert len(values) == len(set(values))
        assert not any(writers.executed)
        waits = {name: mean(values) for name, values in writers.waits.items()}
        assert max(waits.values()) < 2 * mean(waits.values()), waits
        assert await whole.differences() == []


@pytest.mark.parametrize("cuts", [pytest.param(False, marks=pytest.mark.slow), True])
async def test_eight_clients_write_at_once(cuts: bool, autojump_clock: trio.testing.MockClock) -> None:
    await written(0.3, cuts)


@pytest.mark.slow
async def test_eight_clients_write_for_ten_minutes_with_cuts(autojump_clock: trio.testing.MockClock) -> None:
    await written(10, True)
