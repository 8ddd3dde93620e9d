"""MCP over this process's own stdin and stdout, on trio: lines in, lines out, and an end that comes at once.

File descriptors 0 and 1 are taken for the wire and pointed elsewhere, so that a stray `print` lands on stderr and
cannot corrupt it. Cancelling ends it without waiting for stdin: reads are trio's own where the platform lets them
(POSIX), and threads that may be abandoned elsewhere. A client that closes its end is the end of the session, no error.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any

import anyio
import mcp_types as types
import msgspec
import trio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage

LINE_BYTES = 16 * 1024 * 1024
"""A longer line is no request that anybody means."""
CHUNK_BYTES = 65536

Receive = Callable[[], Awaitable[bytes]]
Send = Callable[[bytes], Awaitable[None]]


def _take(fd: int, instead: int) -> int:
    """The wire of `fd` under another number; `fd` itself is `instead` from now on."""
    wire = os.dup(fd)
    os.dup2(instead, fd)
    return wire


@asynccontextmanager
async def _wires() -> AsyncIterator[tuple[Receive, Send]]:
    null = os.open(os.devnull, os.O_RDONLY)
    source, sink = _take(0, null), _take(1, 2)
    os.close(null)
    if sys.platform == "win32":

        async def receive() -> bytes:
            return await trio.to_thread.run_sync(os.read, source, CHUNK_BYTES, abandon_on_cancel=True)

        async def send(data: bytes) -> None:
            unwritten = memoryview(data)
            while unwritten:
                count = await trio.to_thread.run_sync(os.write, sink, unwritten, abandon_on_cancel=True)
                unwritten = unwritten[count:]

        yield receive, send
        return
    async with trio.lowlevel.FdStream(source) as reader, trio.lowlevel.FdStream(sink) as writer:

        async def receive_some() -> bytes:
            return bytes(await reader.receive_some(CHUNK_BYTES))

        yield receive_some, writer.send_all


Refuse = Callable[[int | str, Exception], Awaitable[None]]
"""Answers the request with this id, of which no more could be read, with the reason."""


async def _messages(receive: Receive, refuse: Refuse) -> AsyncGenerator[SessionMessage | Exception, None]:
    """The client's messages, until it closes its end; for a line that is no message and has no id, the reason."""
    buffer = bytearray()
    too_long = False
    while True:
        try:
            data = await receive()
        except (OSError, trio.BrokenResourceError):
            return
        if not data:
            return
        buffer += data
        *lines, rest = buffer.split(b"\n")
        buffer = bytearray(rest)
        for line in lines:
            if too_long or not line.strip():
                # The end of a line that was too long; the next line may be a request again.
                too_long = False
                continue
            message = _message(bytes(line))
            if isinstance(message, Exception) and (id_ := _request_id(bytes(line))) is not None:
                # A request always gets an answer: the SDK would drop it.
                await refuse(id_, message)
            else:
                yield message
        if len(buffer) > LINE_BYTES or too_long:
            buffer.clear()
            if not too_long:
                yield ValueError(f"a line of more than {LINE_BYTES} bytes came in on stdin")
            too_long = True


def _message(line: bytes) -> SessionMessage | Exception:
    try:
        return SessionMessage(types.jsonrpc_message_adapter.validate_json(line, by_name=False))
    except (ValueError, RecursionError) as problem:
        return problem


_ID = re.compile(rb'"id"\s*:\s*(-?[0-9]{1,18}|"(?:[^"\\]|\\.){0,200}")\s*[,}]')


def _request_id(line: bytes) -> int | str | None:
    """The id of a request that cannot be read whole: half a character in a text, a number of thousands of digits."""
    match = _ID.search(line)
    if match is None or b'"method"' not in line:
        return None
    try:
        id_ = msgspec.json.decode(match[1])
    except (ValueError, RecursionError):
        return None
    return id_ if isinstance(id_, int | str) else None


def _refusal(id_: int | str, problem: Exception) -> SessionMessage:
    why = next((line.strip() for line in str(problem).splitlines()[1:] if line.strip()), str(problem))
    message = f"INVALID_REQUEST: the request cannot be read: {why.partition(' [type=')[0][:200]}"
    error = types.ErrorData(code=types.INVALID_REQUEST, message=message)
    return SessionMessage(types.JSONRPCError(jsonrpc="2.0", id=id_, error=error))


async def _write(
    send: Send, out: MemoryObjectReceiveStream[SessionMessage], answered: Callable[[], None]
) -> None:
    async with out:
        async for message in out:
            try:
                await send(_line(message.message) + b"\n")
                answered()
            except (OSError, trio.BrokenResourceError):
                return


def _line(message: Any) -> bytes:
    if type(message) is types.JSONRPCResponse:
        # Its result is plain JSON already, and this is twice as fast as the SDK's models.
        return msgspec.json.encode({"jsonrpc": "2.0", "id": message.id, "result": message.result})
    text: str = message.model_dump_json(by_alias=True, exclude_unset=True)
    return text.encode()


@asynccontextmanager
async def stdio(answered: Callable[[], None] = lambda: None) -> AsyncIterator[tuple[Any, Any]]:
    """What comes in, for `sessions`, and the stream for what goes out; `answered` is called after each line sent."""
    writing, out = anyio.create_memory_object_stream[SessionMessage](0)

    async def refuse(id_: int | str, problem: Exception) -> None:
        await writing.send(_refusal(id_, problem))

    async with (
        _wires() as (receive, send),
        anyio.create_task_group() as tasks,
        aclosing(_messages(receive, refuse)) as reading,
    ):

        async def write() -> None:
            await _write(send, out, answered)
            tasks.cancel_scope.cancel()

        tasks.start_soon(write)
        yield reading, writing
        tasks.cancel_scope.cancel()


Run = Callable[[Any, Any], Coroutine[Any, Any, None]]
"""A session: takes the read and the write stream, ends when the read stream does."""


async def sessions(reading: Any, writing: Any, run: Run) -> None:
    """Run one session after the other on one connection: `initialize` begins a new one.

    A session's first request decides the era of the protocol for good. A client that first asks as of the modern era
    and then falls back to `initialize` would be refused for ever; to it this is a server that was just started.
    """
    async with anyio.create_task_group() as tasks, writing:
        into: MemoryObjectSendStream[Any] | None = None
        async for message in reading:
            if into is None or _initializes(message):
                if into is not None:
                    await into.aclose()
                into, part = anyio.create_memory_object_stream[Any](0)
                tasks.start_soon(run, part, writing.clone())
            try:
                await into.send(message)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                break
        if into is not None:
            await into.aclose()


def _initializes(message: Any) -> bool:
    inner = getattr(message, "message", None)
    return isinstance(inner, types.JSONRPCRequest) and inner.method == "initialize"
