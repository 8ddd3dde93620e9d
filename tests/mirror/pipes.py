"""A byte stream in memory with the faults of real ones: split data, stalls, disconnects after a number of bytes."""

from __future__ import annotations

from collections import deque

import anyio
import anyio.abc


class End(anyio.abc.ByteStream):
    """One end of a pipe; both ends share the faults of their own direction."""

    def __init__(self) -> None:
        self.other: End
        self.chunks: deque[bytes] = deque()
        self.arrived = anyio.Event()
        self.closed = False
        self.broken = False
        self.split = 0
        """The most bytes of one delivery; 0 = as sent."""
        self.stalled = False
        """True if data that is sent from now on does not arrive."""
        self.cut_after: int | None = None
        """The number of bytes that this end can still send before the line is cut."""
        self.sent = 0

    async def receive(self, max_bytes: int = 65536) -> bytes:
        await anyio.lowlevel.checkpoint()
        while not self.chunks:
            if self.closed:
                raise anyio.ClosedResourceError
            if self.broken:
                raise anyio.BrokenResourceError
            if self.other.closed:
                raise anyio.EndOfStream
            self.arrived = anyio.Event()
            await self.arrived.wait()
        data = self.chunks.popleft()
        most = min(max_bytes, self.split or max_bytes)
        if len(data) > most:
            self.chunks.appendleft(data[most:])
        return data[:most]

    async def send(self, item: bytes) -> None:
        await anyio.lowlevel.checkpoint()
        self.send_now(item)

    def send_now(self, item: bytes) -> None:
        if self.closed:
            raise anyio.ClosedResourceError
        if self.broken or self.other.closed:
            raise anyio.BrokenResourceError
        if self.cut_after is not None and len(item) >= self.cut_after:
            item = item[: self.cut_after]
            self.cut_after = None
            self._deliver(bytes(item))
            self.cut()
            return
        if self.cut_after is not None:
            self.cut_after -= len(item)
        self._deliver(bytes(item))

    def _deliver(self, item: bytes) -> None:
        self.sent += len(item)
        if item and not self.stalled:
            self.other.chunks.append(item)
            self.other.arrived.set()

    def cut(self) -> None:
        """Break the line for both ends; delivered data can still be read."""
        for end in (self, self.other):
            end.broken = True
            end.arrived.set()

    async def aclose(self) -> None:
        self.closed = True
        self.arrived.set()
        self.other.arrived.set()

    async def send_eof(self) -> None:
        await self.aclose()


def pipe() -> tuple[End, End]:
    one, other = End(), End()
    one.other, other.other = other, one
    return one, other
