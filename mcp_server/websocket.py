"""A websocket over an HTTP connection: wsproto implements the protocol, ASGI events connect it with the application.

The application gets a scope of type "websocket" and the events `websocket.connect`, `.receive` and `.disconnect`; it
sends `websocket.accept`, `.send` and `.close`. Only texts are accepted, of at most TEXT_BYTES. The closing handshake
takes at most GOODBYE_S seconds in all cases, so a client that does not read cannot block the server.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import trio
from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)
from wsproto.utilities import RemoteProtocolError

TEXT_BYTES = 64 * 1024
"""The most bytes of one received message; pages send short messages."""
CHUNK = 64 * 1024
GOODBYE_S = 0.2
GOING_AWAY, UNSUPPORTED, TOO_BIG = 1001, 1003, 1009


def wanted(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """True for a request that asks for a websocket."""
    upgrades = [value.lower() for name, value in headers if name == b"upgrade"]
    return upgrades == [b"websocket"]


class WebSocket:
    """The server's side of one websocket.

    Args:
      headers, target: Those of the request for the websocket, in h11's form.
        ahead: The bytes that the client sent after the request.

    Raises:
      RemoteProtocolError: the request breaks RFC 6455.
    """

    def __init__(
        self, stream: trio.SocketStream, headers: list[tuple[bytes, bytes]], target: bytes, ahead: bytes
    ) -> None:
        self._stream = stream
        self._ws = WSConnection(ConnectionType.SERVER)
        self._ws.initiate_upgrade_connection(headers, target)
        self._events = iter(self._ws.events())
        if not isinstance(next(self._events, None), Request):
            raise RemoteProtocolError("no request for a websocket")
        self._ahead = ahead
        self._received: deque[dict[str, Any]] = deque([{"type": "websocket.connect"}])
        self._text = ""
        self._ended = False
        self._sending = trio.Lock()

    @property
    def accepted(self) -> bool:
        """True after the application has accepted the websocket."""
        return self._ws.state is not ConnectionState.CONNECTING

    async def receive(self) -> dict[str, Any]:
        """The next event for the application; after a `websocket.disconnect`, this event again."""
        await trio.lowlevel.checkpoint()
        while not self._received:
            if self._ended:
                return {"type": "websocket.disconnect", "code": 1006}
            data, self._ahead = self._ahead, b""
            if not data:
                try:
                    data = bytes(await self._stream.receive_some(CHUNK))
                except (trio.BrokenResourceError, trio.ClosedResourceError):
                    data = b""
            self._ws.receive_data(data or None)
            for event in self._ws.events():
                await self._take(event)
        return self._received.popleft()

    async def _take(self, event: Any) -> None:
        if isinstance(event, TextMessage):
            self._text += event.data
            if len(self._text) > TEXT_BYTES:
                await self.close(TOO_BIG, "too long")
            elif event.message_finished:
                text, self._text = self._text, ""
                self._received.append({"type": "websocket.receive", "text": text})
        elif isinstance(event, BytesMessage):
            await self.close(UNSUPPORTED, "only texts are taken")
        elif isinstance(event, Ping):
            await self._write(event.response())
        elif isinstance(event, CloseConnection):
            if self._ws.state is ConnectionState.REMOTE_CLOSING:
                await self._write(event.response())
            self._ended = True
            self._received.append({"type": "websocket.disconnect", "code": event.code})

    async def send(self, message: dict[str, Any]) -> None:
        """Send an event of the application; waits while the client does not read. No effect after the client left."""
        match message["type"]:
            case "websocket.accept":
                headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
                await self._write(AcceptConnection(extra_headers=headers))
            case "websocket.send":
                await self._write(TextMessage(data=message["text"]))
            case "websocket.close" if self.accepted:
                await self.close(message.get("code", 1000), message.get("reason", ""))
            case "websocket.close":
                await self._refuse()

    async def _refuse(self) -> None:
        body = b"403: this page may not connect\n"
        head = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
        head.append((b"connection", b"close"))
        await self._write(
            RejectConnection(status_code=403, headers=head, has_body=True), RejectData(data=body)
        )
        self._ended = True

    async def close(self, code: int, reason: str = "") -> None:
        """Start the closing handshake; the application gets `websocket.disconnect` next."""
        if not self._ended and self._ws.state is ConnectionState.OPEN:
            await self._write(CloseConnection(code=code, reason=reason))
        self._ended = True

    async def leave(self) -> None:
        """End the websocket within GOODBYE_S seconds, also when the server stops; the client need not wait."""
        with (
            trio.CancelScope(shield=True),
            trio.move_on_after(GOODBYE_S),
            suppress(trio.BrokenResourceError, trio.ClosedResourceError),
        ):
            if not self.accepted and not self._ended:
                await self._refuse()
            await self.close(GOING_AWAY, "the server ends")
            # Closing a connection with unread bytes resets it, and the client would lose the closing frame.
            await self._stream.send_eof()
            while await self._stream.receive_some(CHUNK):
                pass

    async def _write(self, *events: Any) -> None:
        async with self._sending:
            leaving = self.accepted and self._ws.state is not ConnectionState.OPEN
            if self._ended or (leaving and isinstance(events[0], TextMessage)):
                # A client that is closing gets no more texts; the application gets the end by `receive`.
                return
            try:
                await self._stream.send_all(b"".join(self._ws.send(event) for event in events))
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                # The application gets the end by `receive`.
                self._ended = True
