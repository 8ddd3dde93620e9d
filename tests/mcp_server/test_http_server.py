"""The HTTP server alone, with the bytes of all kinds of clients."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server import http_server
from mcp_server.http_server import HttpServer

GRACE_S = 0.5
LONG_S = 60.0
"""The time limit for a busy machine, in seconds."""
Clock = trio.testing.MockClock


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the method, the path and the body; /fail raises, /stream sends events until the client leaves."""
    if scope["path"] == "/fail":
        raise ZeroDivisionError("oh")
    if scope["path"] == "/nothing":
        return
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        if not message["more_body"]:
            break
    if scope["path"] == "/stream":
        head = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        assert (await receive())["type"] == "http.disconnect"
        return
    text = f"{scope['method']} {scope['path']}?{scope['query_string'].decode()} ".encode() + body
    head = [(b"content-type", b"text/plain"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": text})


class Served:
    """A running server and its clients, which are closed at the end."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.stop = trio.Event()
        self.clients: list[trio.SocketStream] = []

    async def connect(self) -> trio.SocketStream:
        self.clients.append(await trio.open_tcp_stream("127.0.0.1", self.port))
        return self.clients[-1]


@asynccontextmanager
async def serving(app: Any = echo) -> AsyncIterator[Served]:
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    served = Served(listeners[0].socket.getsockname()[1])
    async with trio.open_nursery() as nursery:
        nursery.start_soon(HttpServer(app).serve, listeners, served.stop, GRACE_S)
        try:
            yield served
        finally:
            for client in served.clients:
                await trio.aclose_forcefully(client)
            served.stop.set()


async def until(stream: trio.SocketStream, end: bytes) -> bytes:
    """The bytes up to and including `end`, or up to the end of the connection."""
    found = b""
    while end not in found:
        part = await stream.receive_some(65536)
        if not part:
            break
        found += bytes(part)
    return found


GET = b"GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n"


async def test_one_connection_serves_many_requests_also_pipelined() -> None:
    async with serving() as served:
        stream = await served.connect()
        await stream.send_all(GET + b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nxyz" + GET)
        told = await until(stream, b"POST /b? xyz")
        if told.count(b"GET /a?b=c ") < 2:
            # The last answer may arrive in the same read, in a later read, or in parts.
            told += await until(stream, b"GET /a?b=c ")
        assert told.count(b"HTTP/1.1 200") == 3
        assert told.index(b"GET /a?b=c ") < told.index(b"POST /b? xyz") < told.rindex(b"GET /a?b=c ")
        await stream.send_all(GET)
        assert b"GET /a?b=c" in await until(stream, b"b=c ")


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        b"POST /p HTTP/1.0\r\nContent-Length: 5\r\n\r\nabcde",
        b"POST /p HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\nconnection: close\r\n\r\nabcde",
    ],
    ids=["chunked", "HTTP/1.0", "close"],
)
async def test_a_body_is_received_in_any_chunks(sent: bytes) -> None:
    async with serving() as served:
        for size in (len(sent), 1):
            stream = await served.connect()
            for start in range(0, len(sent), size):
                await stream.send_all(sent[start : start + size])
            assert (await until(stream, b"abcde")).endswith(b"POST /p? abcde")


async def test_a_client_with_expect_100_continue_is_answered() -> None:
    async with serving() as served:
        stream = await served.connect()
        head = b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        await stream.send_all(head)
        assert b"100" in await until(stream, b"\r\n\r\n")
        await stream.send_all(b"ok")
        assert (await until(stream, b"? ok")).endswith(b"POST /p? ok")


async def test_a_head_request_gets_no_body() -> None:
    async with serving() as served:
        stream = await served.connect()
        await stream.send_all(b"HEAD /h HTTP/1.1\r\nHost: x\r\n\r\n" + GET)
        told = await until(stream, b"GET /a?b=c ")
        assert b"HEAD /h" not in told
        assert told.count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", b"501"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 100_000, b"431"),
    ],
    ids=["no HTTP", "TLS", "no host", "negative", "two lengths", "encoding", "long head"],
)
async def test_an_invalid_request_is_refused_and_the_connection_closed(sent: bytes, status: bytes) -> None:
    async with serving() as served:
        stream = await served.connect()
        await stream.send_all(sent)
        told = await until(stream, b"never")
        assert told.startswith(b"HTTP/1.1 " + status), told[:200]


@pytest.mark.parametrize("path", [b"/fail", b"/nothing"])
async def test_a_failing_application_fails_only_its_request(
    path: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving() as served:
        stream = await served.connect()
        await stream.send_all(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await until(stream, b"never")).startswith(b"HTTP/1.1 500")
        other = await served.connect()
        await other.send_all(GET)
        assert b"200" in await until(other, b"b=c ")
    assert path.decode() in caplog.text


async def test_an_event_stream_starts_at_once_and_notices_a_disconnect() -> None:
    gone = trio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await echo(scope, receive, send)
        gone.set()

    async with serving(app) as served:
        stream = await served.connect()
        await stream.send_all(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"event-stream" in await until(stream, b"\r\n\r\n")
        await stream.aclose()
        with trio.fail_after(LONG_S):
            await gone.wait()


async def test_stopping_closes_idle_connections_at_once_and_others_after_the_grace_period() -> None:
    async with serving() as served:
        idle, streaming = await served.connect(), await served.connect()
        await idle.send_all(GET)
        await until(idle, b"b=c ")
        await streaming.send_all(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(streaming, b"\r\n\r\n")
        ended: list[str] = []

        async def end(name: str, connection: Any) -> None:
            await until(connection, b"never")
            ended.append(name)

        served.stop.set()
        with trio.fail_after(LONG_S):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(end, "streaming", streaming)
                nursery.start_soon(end, "idle", idle)
        assert ended == ["idle", "streaming"]
        with pytest.raises(OSError):
            await served.connect()


async def test_a_client_too_slow_with_its_head_or_body_is_disconnected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_server, "REQUEST_S", 0.05)
    async with serving() as served:
        for begun in (b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"):
            slow = await served.connect()
            await slow.send_all(begun)
            with trio.fail_after(LONG_S):
                assert await until(slow, b"never") == b""


async def test_idle_connections_do_not_block_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "CONNECTIONS", 4)
    async with serving() as served:
        used = await served.connect()
        await used.send_all(GET)
        await until(used, b"b=c ")
        idle = [await served.connect() for _ in range(8)]
        newcomer = await served.connect()
        await newcomer.send_all(GET)
        assert b"200" in await until(newcomer, b"b=c ")
        # A connection that was served before stays open while others only wait.
        await used.send_all(GET)
        assert b"200" in await until(used, b"b=c ")
        assert await until(idle[0], b"never") == b""
