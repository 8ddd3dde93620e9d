"""The stream for outgoing messages over stdio: whole lines in order, whatever the client reads and cancels."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp_types as types
import msgspec
import pytest
import trio
import trio.testing
from mcp.shared.message import SessionMessage

from mcp_server.stdio import _Outgoing, _Wires

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes that do not block")

LONG = 300_000
"""Characters: more than a pipe takes at once."""


@asynccontextmanager
async def _outgoing(answered: list[int]) -> AsyncIterator[tuple[_Outgoing, trio.lowlevel.FdStream]]:
    """The stream, and the client's end of it."""
    source, sink = os.pipe()

    async def receive() -> bytes:
        return await trio.sleep_forever()

    async with trio.lowlevel.FdStream(source) as client, trio.lowlevel.FdStream(sink) as writer:
        outgoing = _Outgoing(_Wires(receive, writer.send_all, sink), lambda: answered.append(1))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(outgoing.run)
            yield outgoing, client
            nursery.cancel_scope.cancel()


def _message(number: int, size: int = 1) -> SessionMessage:
    return SessionMessage(types.JSONRPCResponse(jsonrpc="2.0", id=number, result={"text": "x" * size}))


async def _read(client: trio.lowlevel.FdStream, lines: int, received: bytes = b"") -> list[Any]:
    with trio.fail_after(5):
        while received.count(b"\n") < lines:
            received += await client.receive_some(65536)
    return [msgspec.json.decode(line) for line in received.splitlines()]


async def test_a_short_line_is_written_before_send_returns() -> None:
    answered: list[int] = []
    async with _outgoing(answered) as (outgoing, client):
        await outgoing.send(_message(1))
        assert answered == [1]
        assert [line["id"] for line in await _read(client, 1)] == [1]


async def test_a_client_that_reads_late_gets_whole_lines_in_order_also_of_cancelled_requests() -> None:
    answered: list[int] = []
    async with _outgoing(answered) as (outgoing, client), trio.open_nursery() as nursery:
        scopes = [trio.CancelScope() for _ in range(4)]

        async def send(number: int) -> None:
            with scopes[number]:
                await outgoing.send(_message(number, LONG if number % 2 == 0 else 1))

        for number in range(4):
            nursery.start_soon(send, number)
            await trio.testing.wait_all_tasks_blocked()
        scopes[0].cancel()
        scopes[3].cancel()
        lines = await _read(client, 4)
        assert [line["id"] for line in lines] == [0, 1, 2, 3]
        assert [len(line["result"]["text"]) for line in lines] == [LONG, 1, LONG, 1]
        assert len(answered) == 4


async def test_a_short_line_does_not_overtake_the_rest_of_a_long_one() -> None:
    async with _outgoing([]) as (outgoing, client), trio.open_nursery() as nursery:
        nursery.start_soon(outgoing.send, _message(0, LONG))
        await trio.testing.wait_all_tasks_blocked()
        # The pipe has room again before the rest is sent.
        received = os.read(client.fileno(), 65536)
        nursery.start_soon(outgoing.send, _message(2))

        async def read() -> None:
            assert [line["id"] for line in await _read(client, 3, received)] == [0, 1, 2]

        nursery.start_soon(read)
        with trio.fail_after(5):
            await outgoing.send(_message(1))


async def test_whoever_sends_waits_while_the_client_does_not_read() -> None:
    async with _outgoing([]) as (outgoing, client), trio.open_nursery() as nursery:
        sent = trio.Event()

        async def send() -> None:
            await outgoing.send(_message(0, LONG))
            sent.set()

        nursery.start_soon(send)
        await trio.testing.wait_all_tasks_blocked()
        assert not sent.is_set()
        await _read(client, 1)
        with trio.fail_after(5):
            await sent.wait()


async def test_a_client_that_closed_its_end_ends_the_stream() -> None:
    async with _outgoing([]) as (outgoing, client):
        await client.aclose()
        with trio.fail_after(5):
            await outgoing.send(_message(0))
            with pytest.raises(anyio.BrokenResourceError):
                await outgoing.send(_message(1))
