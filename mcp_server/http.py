"""MCP over Streamable HTTP on 127.0.0.1, for clients with a named token.

A client is identified by its bearer token (`name.key`, see `setmirror client-config --http`), not by the name that it
gives itself, and a session belongs to the client that opened it. Requests that name another host, port or origin are
refused. There are at most `SESSIONS` sessions: at the limit the oldest one without a stream or a subscription ends.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import trio
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.inbound import MCP_PROTOCOL_VERSION_HEADER
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from mirror.token import AGENT, read_bearer

from .front import build
from .http_server import Application, HttpServer
from .on_the_spot import OnTheSpot
from .ports import HOST, listeners_on
from .server import ToolServer

log = logging.getLogger("setmirror.http")

HTTP_PORT = 9861
PATH = "/mcp"
BODY_BYTES = 4 * 1024 * 1024
SESSIONS = 200
IDLE_S = 600.0
"""Seconds after which a session without requests and open streams ends."""
GRACE_S = 0.5
"""Seconds for open streams to end when the server stops."""
_SESSION = b"mcp-session-id"


async def http(
    engine: ToolServer,
    token: str,
    version: str,
    http_port: int,
    stop: anyio.Event,
    ready: Callable[[str], None],
) -> None:
    """Serve HTTP over an engine until `stop`; open streams then get a last message.

    Raises:
      NotAvailable: the port cannot be opened.
    """
    listeners = await listeners_on(http_port, "--http-port")
    port = listeners[0].socket.getsockname()[1]
    stopped = trio.Event()

    async def stopping() -> None:
        await stop.wait()
        engine.listening.close()
        stopped.set()

    async with anyio.create_task_group() as tasks, application(engine, version, port) as app:
        tasks.start_soon(stopping)
        ready(f"http://{HOST}:{port}{PATH}")
        await HttpServer(guarded(app, token)).serve(listeners, stopped, GRACE_S)
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def application(engine: ToolServer, version: str, port: int) -> AsyncIterator[Application]:
    """The SDK's session manager with our limit on sessions; it refuses other hosts, ports and origins."""
    names = [f"{HOST}:{port}", f"localhost:{port}"]
    server = build(engine, version)
    manager = StreamableHTTPSessionManager(
        server,
        max_request_body_size=BODY_BYTES,
        session_idle_timeout=IDLE_S,
        max_sessions=SESSIONS,
        security_settings=TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=names,
            allowed_origins=[f"http://{name}" for name in names],
        ),
    )
    async with server.lifespan(server) as state, manager.run():
        reads = OnTheSpot(manager.handle_request, server, engine, state, names)
        yield Sessions(reads, engine.subscribes)


def guarded(app: Application, token: str) -> Application:
    """`app` for requests with a named token; all others get 401 before their body is read."""

    async def check(scope: Any, receive: Any, send: Any) -> None:
        identity = _proved(token, scope["headers"])
        if identity is None:
            why = b"401: send a named token as the bearer; `setmirror client-config --http` makes one\n"
            await _plain(send, 401, why, (b"www-authenticate", b'Bearer realm="setmirror"'))
        elif scope["path"] != PATH:
            await _plain(send, 404, b"404: MCP is served at /mcp\n")
        else:
            proof = AccessToken(token="", client_id=identity, scopes=[])
            await app({**scope, "user": AuthenticatedUser(proof)}, receive, send)

    return check


def _proved(token: str, headers: list[tuple[bytes, bytes]]) -> str | None:
    """The identity of the agent with this bearer token; None without a valid token, or for a person's token."""
    credentials = [value for name, value in headers if name == b"authorization"]
    if len(credentials) != 1:
        return None
    scheme, _, shown = credentials[0].partition(b" ")
    if scheme.lower() != b"bearer":
        return None
    who = read_bearer(token, shown.strip().decode("latin-1"))
    return who[1] if who is not None and who[0] == AGENT else None


async def _plain(send: Any, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    head = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


@dataclass(slots=True)
class _Open:
    """One session: the user who opened it, and the number of its open requests and streams."""

    user: Any
    host: bytes
    under_way: int = 0


class Sessions:
    """`app` with a limit on sessions: before a new session over the limit, the oldest abandoned session ends.

    Sessions are tracked by passing messages: answers with a new session's id, requests with a session's id, and the
    answer 404 for a session that has ended. DELETE ends a session, as if its client had sent it.
    """

    def __init__(self, app: Application, subscribes: Callable[[str], bool]) -> None:
        self._app = app
        self._subscribes = subscribes
        self._open: dict[str, _Open] = {}
        """Session id → session, in the order of their last request."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        name = _header(scope["headers"], _SESSION)
        session = self._open.get(name)
        if session is not None:
            self._open[name] = self._open.pop(name)
            session.under_way += 1
        elif not name and scope["method"] == "POST" and _handshakes(scope["headers"]):
            await self._make_room()

        async def watch(message: Any) -> None:
            if message["type"] == "http.response.start":
                self._learn(scope, name, message)
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            if session is not None:
                session.under_way -= 1

    def _learn(self, scope: Any, name: str, message: Any) -> None:
        if name and (message["status"] == 404 or scope["method"] == "DELETE"):
            self._open.pop(name, None)
        made = _header(message.get("headers", ()), _SESSION)
        if made and not name and message["status"] < 400:
            self._open[made] = _Open(scope["user"], _header(scope["headers"], b"host").encode())

    async def _make_room(self) -> None:
        while len(self._open) >= SESSIONS:
            idle = (
                name
                for name, session in self._open.items()
                if not session.under_way and not self._subscribes(name)
            )
            name = next(idle, None)
            if name is None:
                return
            session = self._open.pop(name)
            log.warning("the session %s… of %s was abandoned and ends", name[:8], session.user.display_name)
            await self._end(name, session)

    async def _end(self, name: str, session: _Open) -> None:
        scope = {
            "type": "http",
            "method": "DELETE",
            "path": PATH,
            "query_string": b"",
            "headers": [(_SESSION, name.encode()), (b"host", session.host)],
            "user": session.user,
        }

        async def nothing() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def ignore(message: Any) -> None:
            await anyio.lowlevel.checkpoint()

        await self._app(scope, nothing, ignore)


def _handshakes(headers: Any) -> bool:
    """True for requests of protocol eras that open a session with `initialize`."""
    version = _header(headers, MCP_PROTOCOL_VERSION_HEADER.encode())
    return not version or version in HANDSHAKE_PROTOCOL_VERSIONS


def _header(headers: Any, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), "")
