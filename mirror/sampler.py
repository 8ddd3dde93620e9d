"""Gauges at every reader's own rate from one sampler: meters, clips' positions, any property for `set.read`.

    async with mirror.gauges([("tracks/0", "output_meter_level"), ("song", "current_song_time")], hz=20) as stream:
        async for sample in stream: …

Gauges of all readers that fall due together are read by one request to Live. A slow reader misses samples and gets
the newest; without a link there are no samples, and sampling continues when the link is back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import anyio

from . import errors
from .queries import Target

SLOWEST_HZ, FASTEST_HZ = 0.1, 50.0
"""Live shows meters at about 25 Hz; its own clock ticks every 10 ms."""
MOST_ITEMS = 512
MOST_STREAMS = 100
TOGETHER_S = 0.004
"""Gauges that fall due within this time share one request."""

Read = Callable[[Sequence[tuple[Target, str]]], Awaitable[list[Any]]]


class Sample(NamedTuple):
    """`values` in the order of the request; a MirrorError in place of a value that could not be read."""

    time: float
    """Time of the request to Live, in seconds of the mirror's clock."""
    values: tuple[Any, ...]


class GaugeStream:
    """An async iterator of samples, and a context manager that ends it."""

    def __init__(self, sampler: Sampler, items: tuple[tuple[Target, str], ...], period: float) -> None:
        self.items = items
        self.period = period
        self.due = sampler.clock()
        self.missed = 0
        """Samples that were replaced by newer ones before they were read."""
        self._sampler = sampler
        self._latest: Sample | None = None
        self._arrived = anyio.Event()

    def put(self, sample: Sample) -> None:
        """Called by the sampler: replaces the waiting sample, read or not, by the newest."""
        self.missed += self._latest is not None
        self._latest = sample
        self._arrived.set()

    def __aiter__(self) -> GaugeStream:
        return self

    async def __anext__(self) -> Sample:
        while self._latest is None:
            await self._arrived.wait()
            self._arrived = anyio.Event()
        sample, self._latest = self._latest, None
        await anyio.lowlevel.checkpoint()
        return sample

    async def __aenter__(self) -> GaugeStream:
        self._sampler.add(self)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._sampler.remove(self)


class Sampler:
    """Reads the gauges that are due, for all streams."""

    def __init__(self, read: Read, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.questions = 0
        self._read = read
        self._streams: list[GaugeStream] = []
        self._wanted = anyio.Event()

    def stream(self, items: Sequence[tuple[Target, str]], hz: float) -> GaugeStream:
        """A stream that starts when it is entered.

        Raises:
          InvalidValue: the rate is out of range, or the list of gauges is empty or too long.
        """
        if not SLOWEST_HZ <= hz <= FASTEST_HZ:
            raise errors.InvalidValue(f"`hz` must be {SLOWEST_HZ:g} to {FASTEST_HZ:g}, got {hz:g}", str(hz))
        if not 1 <= len(items) <= MOST_ITEMS:
            raise errors.InvalidValue(
                f"1 to {MOST_ITEMS} gauges can be sampled together, got {len(items)}", str(len(items))
            )
        return GaugeStream(self, tuple(items), 1 / hz)

    def add(self, stream: GaugeStream) -> None:
        """Register a stream; called by the stream."""
        if len(self._streams) >= MOST_STREAMS:
            raise errors.TooLarge(f"{MOST_STREAMS} streams of gauges are open already; close one")
        stream.due = self.clock()
        self._streams.append(stream)
        self._wanted.set()

    def remove(self, stream: GaugeStream) -> None:
        """Remove a stream; called by the stream."""
        if stream in self._streams:
            self._streams.remove(stream)

    async def run(self) -> None:
        """Sample until cancelled; idle without streams."""
        while True:
            if not self._streams:
                self._wanted = anyio.Event()
                await self._wanted.wait()
            first = min(stream.due for stream in self._streams)
            with anyio.move_on_after(max(0.0, first - self.clock())):
                self._wanted = anyio.Event()
                await self._wanted.wait()
            await self._ask([stream for stream in self._streams if stream.due <= self.clock() + TOGETHER_S])

    async def _ask(self, streams: list[GaugeStream]) -> None:
        items = list(dict.fromkeys(item for stream in streams for item in stream.items))
        now = self.clock()
        for stream in streams:
            # The average rate is exact; after a pause the schedule starts again from now.
            stream.due = max(stream.due + stream.period, now)
        if not items:
            await anyio.lowlevel.checkpoint()
            return
        self.questions += 1
        try:
            values = dict(zip(items, await self._read(items), strict=True))
        except errors.MirrorError:
            # No link: retry after the shortest period.
            await anyio.sleep(min(stream.period for stream in streams))
            return
        for stream in streams:
            stream.put(Sample(now, tuple(values[item] for item in stream.items)))
