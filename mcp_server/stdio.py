"""MCP over this process's own stdin and stdout, on trio: one message per line, with immediate cancellation.

The protocol uses copies of file descriptors 0 and 1; the original ones are redirected, so that a stray `print` goes to
stderr and cannot corrupt the protocol. Cancelling does not wait for stdin: on POSIX trio itself reads it, on Windows a
thread that may be abandoned. A client that closes its end ends the session without an error.
"""

from __future__ import annotations

import os
import re
import sys
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any, NamedTuple, Self

import anyio
import mcp_types as types
import msgspec
import trio
from mcp.shared.message import SessionMessage

LINE_BYTES = 16 * 1024 * 1024
"""The longest line that is accepted as a request."""
CHUNK_BYTES = 65536

Receive = Callable[[], Awaitable[bytes]]
Send = Callable[[bytes], Awaitable[None]]


def _take(fd: int, instead: int) -> int:
    """A copy of the descriptor `fd`; afterwards `fd` refers to the file of `instead`."""
    wire = os.dup(fd)
    os.dup2(instead, fd)
    return wire


class _Wires(NamedTuple):
    """The wire's two ends; `fd` takes writes that do not block, None where the platform has none."""

    receive: Receive
    send: Send
    fd: int | None


@asynccontextmanager
async def _wires() -> AsyncIterator[_Wires]:
    null = os.open(os.devnull, os.O_RDONLY)
    source, sink = _take(0, null), _take(1, 2)
    os.close(null)
    if sys.platform == "win32":

        async def receive() -> bytes:
            return await trio.to_thread.run_sync(os.read, source, CHUNK_BYTES, abandon_on_cancel=True)

        async def send(data: bytes) -> None:
            view = memoryview(data)
            while view:
                view = view[await trio.to_thread.run_sync(os.write, sink, view, abandon_on_cancel=True) :]

        yield _Wires(receive, send, None)
        return
    async with trio.lowlevel.FdStream(source) as reader, trio.lowlevel.FdStream(sink) as writer:

        async def receive_some() -> bytes:
            return bytes(await reader.receive_some(CHUNK_BYTES))

        # The stream has made it one that does not block.
        yield _Wires(receive_some, writer.send_all, sink)


class _Stream:
    """What the SDK asks of every stream besides its messages."""

    async def aclose(self) -> None:
        """Nothing: the wire outlives the sessions."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.aclose()


Refuse = Callable[[int | str, Exception], Awaitable[None]]
"""Answers a request of which only the id could be read, with the reason."""


async def _messages(receive: Receive, refuse: Refuse) -> AsyncGenerator[SessionMessage | Exception, None]:
    """The client's messages until it closes its end; for a line that is no message and has no id, the error."""
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
        lines: list[bytearray] = []
        if b"\n" in data:
            # Only here: splitting copies all that a long line has so far.
            *lines, buffer = buffer.split(b"\n")
        for line in lines:
            if too_long or not line.strip():
                # The rest of a line that was too long; the next line may be a request again.
                too_long = False
                continue
            message = _message(bytes(line))
            if isinstance(message, Exception) and (id_ := _request_id(bytes(line))) is not None:
                # Answered here, since the SDK would drop the request without an answer.
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
    """The id of a request that is not valid JSON, for example because of an incomplete character or a huge number."""
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


class _Outgoing(_Stream):
    """The stream for outgoing messages. A line that the pipe takes at once is written without waiting for a task.

    The rest of a line, and the lines behind it, are sent by `run`, so that cancelling a request cuts no line off.
    """

    def __init__(self, wires: _Wires, answered: Callable[[], None]) -> None:
        self._wires = wires
        self._answered = answered
        self._waiting: deque[bytes] = deque()
        self._wake = trio.Event()
        self._sent = trio.Event()
        self._ended = False

    async def send(self, message: SessionMessage) -> None:
        """Send a message; waits while the client does not read.

        Raises:
          BrokenResourceError: the client closed its end.
        """
        if self._ended:
            raise anyio.BrokenResourceError
        line = _line(message.message) + b"\n"
        if not self._waiting:
            line = line[self._at_once(line) :]
        if not line:
            self._answered()
            await trio.lowlevel.checkpoint_if_cancelled()
            return
        self._waiting.append(line)
        self._wake.set()
        await self._sent.wait()

    def _at_once(self, line: bytes) -> int:
        """Write what the pipe takes now; the number of bytes."""
        if self._wires.fd is None:
            return 0
        try:
            return os.write(self._wires.fd, line)
        except BlockingIOError:
            return 0
        except OSError:
            # `run` meets the same error, and ends.
            return 0

    async def run(self) -> None:
        """Send the waiting lines until the client closes its end."""
        try:
            while True:
                while not self._waiting:
                    self._wake = trio.Event()
                    await self._wake.wait()
                await self._wires.send(self._waiting[0])
                self._waiting.popleft()
                self._answered()
                if not self._waiting:
                    sent, self._sent = self._sent, trio.Event()
                    sent.set()
        except (OSError, trio.BrokenResourceError):
            return
        finally:
            self._ended = True
            self._sent.set()


def _line(message: Any) -> bytes:
    if type(message) is types.JSONRPCResponse:
        # The result is plain JSON already, so encoding it here is twice as fast as with the SDK's models.
        return msgspec.json.encode({"jsonrpc": "2.0", "id": message.id, "result": message.result})
    text: str = message.model_dump_json(by_alias=True, exclude_unset=True)
    return text.encode()


@asynccontextmanager
async def stdio(answered: Callable[[], None] = lambda: None) -> AsyncIterator[tuple[Any, Any]]:
    """The incoming messages and the stream for outgoing ones; `answered` is called after each sent line."""
    async with _wires() as wires, anyio.create_task_group() as tasks:
        writing = _Outgoing(wires, answered)

        async def refuse(id_: int | str, problem: Exception) -> None:
            await writing.send(_refusal(id_, problem))

        async def write() -> None:
            await writing.run()
            tasks.cancel_scope.cancel()

        async with aclosing(_messages(wires.receive, refuse)) as reading:
            tasks.start_soon(write)
            yield reading, writing
            tasks.cancel_scope.cancel()


class _Part(_Stream):
    """The messages of one session: those up to the next `initialize`, which is kept in `following`."""

    def __init__(self, reading: AsyncIterator[Any], first: Any = None) -> None:
        self._reading = reading
        self._first = first
        self._begun = False
        self._ended = False
        self.following: Any = None

    async def receive(self) -> Any:
        """The next message.

        Raises:
          EndOfStream: the session has ended.
        """
        try:
            return await anext(self)
        except StopAsyncIteration:
            raise anyio.EndOfStream from None

    def __aiter__(self) -> _Part:
        return self

    async def __anext__(self) -> Any:
        if self._ended:
            raise StopAsyncIteration
        message, self._first = self._first, None
        if message is None:
            message = await anext(self._reading)
        if self._begun and _initializes(message):
            self.following, self._ended = message, True
            raise StopAsyncIteration
        self._begun = True
        return message


Run = Callable[[Any, Any], Coroutine[Any, Any, None]]
"""A session: takes the read stream and the write stream, and ends when the read stream ends."""


async def sessions(reading: Any, writing: Any, run: Run) -> None:
    """Run one session after the other on one connection: each `initialize` starts a new session.

    The first request of a session determines the protocol's era for the whole session. Without a new session, a
    client that starts with a request of the modern era and then falls back to `initialize` would always be refused.
    """
    part = _Part(reading)
    await run(part, writing)
    while part.following is not None:
        part = _Part(reading, part.following)
        await run(part, writing)


def _initializes(message: Any) -> bool:
    inner = getattr(message, "message", None)
    return isinstance(inner, types.JSONRPCRequest) and inner.method == "initialize"
