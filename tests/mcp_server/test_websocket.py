"""Websockets on the HTTP server, with wsproto's client and with invalid bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trio
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    Pong,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.frame_protocol import FrameProtocol

from mcp_server.http_server import HttpServer
from mcp_server.websocket import TEXT_BYTES, TOO_BIG, UNSUPPORTED

GRACE_S = 0.5


async def shout(scope: Any, receive: Any, send: Any) -> None:
    """Sends texts back in capitals; refuses /no, and sends without end on /flood."""
    assert (await receive())["type"] == "websocket.connect"
    if scope["path"] == "/no":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    while scope["path"] == "/flood":
        await send({"type": "websocket.send", "text": "x" * 100_000})
    if scope["path"] == "/both":
        await both(receive, send)
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"].upper()})


async def both(receive: Any, send: Any) -> None:
    """Send until the client has left."""
    async with trio.open_nursery() as nursery:

        async def flood() -> None:
            while True:
                await send({"type": "websocket.send", "text": "x"})
                await trio.lowlevel.checkpoint()

        nursery.start_soon(flood)
        await receive()
        await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()


async def never(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("a websocket is none of HTTP's")


class Client:
    """The client's end of one websocket."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self.stream = stream
        self.ws = WSConnection(ConnectionType.CLIENT)

    async def send(self, event: Any) -> None:
        await self.stream.send_all(self.ws.send(event))

    async def event(self) -> Any:
        while True:
            for event in self.ws.events():
                return event
            self.ws.receive_data(await self.stream.receive_some(65536) or None)

    async def text(self) -> str:
        found = ""
        while True:
            event = await self.event()
            assert isinstance(event, TextMessage), event
            found += event.data
            if event.message_finished:
                return found


class Served:
    def __init__(self, port: int, stop: trio.Event) -> None:
        self.port, self.stop = port, stop
        self.streams: list[trio.SocketStream] = []

    async def connect(self, path: str = "/", ahead: bytes = b"") -> Client:
        self.streams.append(await trio.open_tcp_stream("127.0.0.1", self.port))
        client = Client(self.streams[-1])
        await client.stream.send_all(client.ws.send(Request(host="x", target=path)) + ahead)
        return client


@asynccontextmanager
async def serving() -> AsyncIterator[Served]:
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    served = Served(listeners[0].socket.getsockname()[1], trio.Event())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(HttpServer(never, shout).serve, listeners, served.stop, GRACE_S)
        try:
            yield served
        finally:
            for stream in served.streams:
                await trio.aclose_forcefully(stream)
            served.stop.set()


async def test_texts_are_exchanged_whole_fragmented_or_before_the_handshake_answer() -> None:
    async with serving() as served:
        ahead = FrameProtocol(client=True, extensions=[]).send_data("early", fin=True)
        client = await served.connect(ahead=ahead)
        assert isinstance(await client.event(), AcceptConnection)
        assert await client.text() == "EARLY"
        await client.send(TextMessage("hal", message_finished=False))
        await client.send(Ping(payload=b"there?"))
        await client.send(TextMessage("lo ß"))
        assert await client.event() == Pong(payload=b"there?")
        assert await client.text() == "HALLO SS"
        await client.send(CloseConnection(code=1000))
        assert await client.event() == CloseConnection(code=1000, reason="")
        assert await client.stream.receive_some(1) == b""


async def test_a_client_disconnecting_during_a_send_is_not_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving() as served:
        for _ in range(5):
            client = await served.connect("/both")
            assert isinstance(await client.event(), AcceptConnection)
            await client.send(CloseConnection(code=1000))
            while not isinstance(await client.event(), CloseConnection):
                pass
    assert caplog.records == []


async def test_an_application_can_refuse_a_connection() -> None:
    async with serving() as served:
        client = await served.connect("/no")
        event = await client.event()
        assert isinstance(event, RejectConnection)
        assert event.status_code == 403


@pytest.mark.parametrize(
    ("sent", "code"),
    [(BytesMessage(b"x"), UNSUPPORTED), (TextMessage("x" * (TEXT_BYTES + 1)), TOO_BIG)],
    ids=["bytes", "too long"],
)
async def test_unsupported_frames_close_the_connection_with_their_code(sent: Any, code: int) -> None:
    async with serving() as served:
        client = await served.connect()
        assert isinstance(await client.event(), AcceptConnection)
        await client.send(sent)
        event = await client.event()
        assert isinstance(event, CloseConnection)
        assert event.code == code


@pytest.mark.parametrize(
    "headers",
    [
        b"Upgrade: websocket\r\n",
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 7\r\nSec-WebSocket-Key: x\r\n",
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
    ],
    ids=["no upgrade", "old version", "no key"],
)
async def test_a_broken_handshake_is_refused(headers: bytes) -> None:
    async with serving() as served:
        stream = await trio.open_tcp_stream("127.0.0.1", served.port)
        served.streams.append(stream)
        await stream.send_all(b"GET / HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n")
        assert (await stream.receive_some(4096)).startswith(b"HTTP/1.1 400 ")


async def test_garbage_after_the_handshake_ends_that_connection_only() -> None:
    async with serving() as served:
        broken, other = await served.connect(), await served.connect()
        assert isinstance(await broken.event(), AcceptConnection)
        assert isinstance(await other.event(), AcceptConnection)
        await broken.stream.send_all(b"\xff" * 64)
        assert isinstance(await broken.event(), CloseConnection)
        await other.send(TextMessage("a"))
        assert await other.text() == "A"


async def test_stopping_closes_open_and_unresponsive_connections_with_a_goodbye(
    autojump_clock: trio.testing.MockClock,
) -> None:
    autojump_clock.autojump_threshold = 0.01
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    stop, ended = trio.Event(), trio.Event()

    async def serve() -> None:
        await HttpServer(never, shout).serve(listeners, stop, GRACE_S)
        ended.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        served = Served(listeners[0].socket.getsockname()[1], stop)
        quiet, deaf = await served.connect(), await served.connect("/flood")
        assert isinstance(await quiet.event(), AcceptConnection)
        assert isinstance(await deaf.event(), AcceptConnection)
        await trio.sleep(0.1)
        began = trio.current_time()
        stop.set()
        assert await quiet.event() == CloseConnection(code=1001, reason="the server ends")
        await quiet.stream.aclose()
        await ended.wait()
        assert trio.current_time() - began <= 1
        await deaf.stream.aclose()
