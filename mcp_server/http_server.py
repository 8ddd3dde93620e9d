"""HTTP/1.1 and websockets for ASGI applications on this machine, with h11, wsproto and trio.

Each connection has one task, in which the application runs. Everything has a limit: connections, the head of a request,
the time to send it, the time that a connection may idle. Stopping ends idle connections at once and the others after a
grace period, also those whose client does not read. A head and the first part of its body are sent together.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable
from typing import Any

import h11
import trio
from wsproto.utilities import RemoteProtocolError

from . import websocket

log = logging.getLogger("setmirror.http")

Application = Callable[[Any, Any, Any], Awaitable[None]]

CONNECTIONS = 512
"""The most connections; at the limit the one that idles longest is closed, or the new one if none idles."""
HEAD_BYTES = 64 * 1024
REQUEST_S = 20.0
"""The longest time for the head of a request, and between two parts of its body."""
IDLE_S = 120.0
"""The longest time between two requests of one connection."""
CHUNK = 64 * 1024
DRAIN_S, DRAINED = 0.5, 64
"""Limits of further reading after a refused request: seconds, and parts of CHUNK bytes."""
_PLAIN = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]


class Gone(Exception):
    """The client has closed the connection, or was too slow."""


class HttpServer:
    """Serves `app` on listeners made by `trio.open_tcp_listeners`, and `sockets` for requests of a websocket.

    Without `sockets`, `app` gets a request for a websocket as a plain request, which HTTP allows.
    """

    def __init__(self, app: Application, sockets: Application | None = None) -> None:
        self.app = app
        self._sockets = sockets
        self._connections: dict[_Connection, None] = {}
        """The connections in the order of their last request."""
        self._stopping = False

    async def serve(self, listeners: list[trio.SocketListener], stop: trio.Event, grace_s: float) -> None:
        """Serve until `stop`; running requests may then continue for `grace_s` seconds."""
        async with trio.open_nursery() as handlers:
            async with trio.open_nursery() as accepting:
                accepting.start_soon(self._accept, listeners, handlers)
                await stop.wait()
                accepting.cancel_scope.cancel()
            handlers.cancel_scope.deadline = trio.current_time() + grace_s
            self._stopping = True
            for connection in self._connections:
                connection.stop_idling()

    async def _accept(self, listeners: list[trio.SocketListener], handlers: trio.Nursery) -> None:
        await trio.serve_listeners(self._handle, listeners, handler_nursery=handlers)

    async def _handle(self, stream: trio.SocketStream) -> None:
        connection = _Connection(stream)
        if len(self._connections) >= CONNECTIONS and not self._drop_idle():
            await trio.aclose_forcefully(stream)
            return
        self._connections[connection] = None
        try:
            while not self._stopping and await connection.serve_one(self.app, self._sockets):
                # Move the connection to the end of the queue, since it was served last.
                del self._connections[connection]
                self._connections[connection] = None
        except (Gone, trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        finally:
            self._connections.pop(connection, None)
            await trio.aclose_forcefully(stream)

    def _drop_idle(self) -> bool:
        """End an idle connection: first one without any served request, then the oldest."""
        waiting = sorted(
            (connection for connection in self._connections if connection.idle),
            key=lambda connection: connection.served,
        )
        idle = waiting[0] if waiting else None
        if idle is not None:
            idle.stop_idling()
            del self._connections[idle]
        return idle is not None


def _scope(request: h11.Request) -> dict[str, Any]:
    """The part of an ASGI scope that is the same for HTTP and websockets."""
    path, _, query = request.target.partition(b"?")
    return {
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": request.http_version.decode("ascii"),
        "path": path.decode("ascii"),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name, value) for name, value in request.headers],
        "state": {},
    }


class _Connection:
    """One connection and its current request."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self.idle = True
        """True until the whole head of a request has arrived."""
        self.served = False
        """True after the first answered request."""
        self._stream = stream
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
        self._idling = trio.CancelScope()
        self._body_done = self._gone = False
        self._head_only = False
        """True for HEAD: the answer is a head without its body."""
        self._pending_head = b""
        """The head of the response, kept until the first part of its body."""

    def stop_idling(self) -> None:
        """End the connection if it waits for a request."""
        self._idling.cancel()

    async def serve_one(self, app: Application, sockets: Application | None = None) -> bool:
        """Answer the next request; True when this connection may get another request."""
        try:
            request = await self._next_request()
            if request is None:
                return False
            self.idle = False
            if sockets is not None and websocket.wanted(request.headers):
                await self._socket(sockets, request)
                return False
            await self._run(app, request)
            if self._http.our_state is h11.MUST_CLOSE or self._http.their_state is not h11.DONE:
                return False
            self._http.start_next_cycle()
        except h11.RemoteProtocolError as problem:
            await self._refuse(problem.error_status_hint, str(problem))
            return False
        except RemoteProtocolError as problem:
            await self._refuse(400, str(problem))
            return False
        except h11.LocalProtocolError as problem:
            log.error("the response broke HTTP: %s", problem)
            return False
        self.idle = self.served = True
        return True

    async def _next_request(self) -> h11.Request | None:
        with trio.CancelScope(deadline=trio.current_time() + IDLE_S) as self._idling:
            event = await self._event(first_s=math.inf)
            return event if isinstance(event, h11.Request) else None
        return None

    async def _event(self, first_s: float | None = None) -> Any:
        """The next event of the request; each part may take REQUEST_S seconds, the first one `first_s` if it is set."""
        patience = REQUEST_S if first_s is None else first_s
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            with trio.move_on_after(patience):
                self._http.receive_data(await self._stream.receive_some(CHUNK))
                patience = REQUEST_S
                continue
            raise Gone

    async def _run(self, app: Application, request: h11.Request) -> None:
        self._body_done, self._pending_head, self._head_only = False, b"", request.method == b"HEAD"
        scope = {
            **_scope(request),
            "type": "http",
            "scheme": "http",
            "method": request.method.decode("ascii"),
        }
        try:
            await app(scope, self._receive, self._send)
        except Exception:
            if not self._gone:
                log.exception("%s %s failed", scope["method"], scope["path"])
                await self._refuse(500, "the server failed; its log says why")
                return
        if self._gone:
            raise Gone
        if self._http.our_state in (h11.SEND_RESPONSE, h11.SEND_BODY):
            log.error("%s %s was not answered to its end", scope["method"], scope["path"])
            await self._refuse(500, "the server gave no answer")
            return
        while not self._body_done and not self._gone:
            # The unread rest of the request must be read before the next request.
            await self._receive()

    async def _socket(self, app: Application, request: h11.Request) -> None:
        """Use the connection as a websocket until its end."""
        scope = {**_scope(request), "type": "websocket", "scheme": "ws", "subprotocols": []}
        ahead, _ = self._http.trailing_data
        socket = websocket.WebSocket(self._stream, scope["headers"], request.target, ahead)
        try:
            await app(scope, socket.receive, socket.send)
        except Exception:
            log.exception("the websocket %s failed", scope["path"])
        finally:
            await socket.leave()

    async def _refuse(self, status: int, reason: str) -> None:
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        body = f"{status}: {reason}\n".encode()
        head = [*_PLAIN, (b"content-length", str(len(body)).encode())]
        await self._write(h11.Response(status_code=status, headers=head), h11.Data(body), h11.EndOfMessage())
        # Closing a connection with unread bytes resets it, and the client loses the answer.
        with trio.move_on_after(DRAIN_S):
            await self._stream.send_eof()
            for _ in range(DRAINED):
                if not await self._stream.receive_some(CHUNK):
                    break

    async def _write(self, *events: Any) -> None:
        data = b"".join(self._http.send(event) or b"" for event in events)
        if data:
            await self._stream.send_all(data)

    # -- called by the application -----------------------------------------------------------------

    async def _receive(self) -> dict[str, Any]:
        if self._body_done:
            return await self._disconnected()
        if self._http.they_are_waiting_for_100_continue:
            await self._write(h11.InformationalResponse(status_code=100, headers=[]))
        try:
            event = await self._event()
        except (Gone, h11.RemoteProtocolError, trio.BrokenResourceError, trio.ClosedResourceError):
            event = None
        if isinstance(event, h11.Data):
            return {"type": "http.request", "body": bytes(event.data), "more_body": True}
        if isinstance(event, h11.EndOfMessage):
            self._body_done = True
            return {"type": "http.request", "body": b"", "more_body": False}
        self._gone = True
        return {"type": "http.disconnect"}

    async def _disconnected(self) -> dict[str, Any]:
        """Wait until the client has closed the connection; data that arrives meanwhile belongs to its next request."""
        ahead = 0
        while self._http.our_state in (h11.SEND_RESPONSE, h11.SEND_BODY, h11.IDLE):
            if ahead > HEAD_BYTES:
                await trio.sleep_forever()
            try:
                data = await self._stream.receive_some(CHUNK)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                data = b""
            if not data:
                self._gone = True
                break
            self._http.receive_data(data)
            ahead += len(data)
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
            head = h11.Response(status_code=message["status"], headers=headers)
            self._pending_head = self._http.send(head) or b""
            if any(name.lower() == b"content-type" and b"event-stream" in value for name, value in headers):
                # The first event of the stream may take long.
                await self._flush(b"")
            return
        if message["type"] != "http.response.body":
            return
        data = b""
        if message.get("body") and not self._head_only:
            data = self._http.send(h11.Data(message["body"])) or b""
        if not message.get("more_body", False):
            data += self._http.send(h11.EndOfMessage()) or b""
        await self._flush(data)

    async def _flush(self, data: bytes) -> None:
        data, self._pending_head = self._pending_head + data, b""
        if data and not self._gone:
            try:
                await self._stream.send_all(data)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                # The application gets the disconnection by `receive`.
                self._gone = True
