"""Reads over HTTP that are answered on the spot: in the connection's own task, in one JSON body, without a stream.

The SDK's transport makes task groups and streams for every request, and up to 2025-11-25 an event stream: that takes
longer than most reads. Here a read runs with its cancellation pending, so it comes to its answer without ever waiting,
or ends where it would wait, report or ask. In between nobody can cancel it, drop its connection or end its session.

Only a request that is plain in every respect is tried. Any other one, a read that would wait, and whatever is refused
go to the SDK's session manager, body included, as if this module did not exist; reads change nothing, so they may run
again. The call itself is the SDK's in both ways (`ServerRunner`): its middleware, its checks of request and result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
import msgspec
import pydantic_core
import trio
from mcp.server.auth.middleware.bearer_auth import authorization_context
from mcp.server.connection import Connection
from mcp.server.lowlevel import Server
from mcp.server.runner import ServerRunner
from mcp.shared.inbound import (
    MCP_PROTOCOL_VERSION_HEADER,
    InboundModernRoute,
    classify_inbound_request,
)
from mcp.shared.message import ServerMessageMetadata
from mcp.shared.transport_context import TransportContext
from mcp_types import JSONRPCRequest
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.requests import Request

from .clients import connection_of
from .http_server import Application

SESSION = "mcp-session-id"
BODY_BYTES = 64 * 1024
"""A longer request is no read that is over in an instant."""
UNSEEN_S = 60.0
"""The SDK counts how long a session idles: after this time one of its requests goes to the SDK again."""
METHODS = frozenset(
    {
        "completion/complete",
        "prompts/get",
        "prompts/list",
        "resources/list",
        "resources/read",
        "resources/templates/list",
        "tools/call",
        "tools/list",
    }
)
"""What may be answered here; of the tools, those that read and do not wait for an event."""
_TYPES = frozenset({"application/json", "text/event-stream"})


@dataclass(slots=True)
class _Session:
    """A session of the eras that have them: whose it is, and what answers its requests."""

    owner: Any
    runner: ServerRunner[Any]
    seen_s: float
    """The time of the session's last request, by trio's clock."""


@dataclass
class _NoStream:
    """The SDK's `DispatchContext` of a call that has its answer and nothing else: sending anything ends the try."""

    request_id: int | str
    transport: TransportContext
    message_metadata: ServerMessageMetadata
    can_send_request: bool = False
    cancel_requested: anyio.Event = field(default_factory=anyio.Event)

    async def send_raw_request(self, method: str, params: Any, opts: Any = None) -> dict[str, Any]:
        return await trio.sleep_forever()

    async def notify(self, method: str, params: Any, opts: Any = None) -> None:
        await trio.sleep_forever()

    async def progress(self, progress: float, total: float | None = None, message: str | None = None) -> None:
        await trio.sleep_forever()


class OnTheSpot:
    """`app`, the SDK's session manager, behind the reads of `server` that need no more than an answer.

    Args:
      state: What the server's lifespan gave.
      places: The hosts, with their port, by which it may be called.
    """

    def __init__(
        self, app: Application, server: Server[Any], engine: Any, state: Any, places: list[str]
    ) -> None:
        self._app = app
        self._server = server
        self._engine = engine
        self._state = state
        self._places = frozenset(places)
        self._sessions: dict[str, _Session] = {}
        server.middleware.append(self._learn)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if len(headers) < len(scope["headers"]) or not self._plain(scope["method"], headers):
            await self._pass_on(headers, scope, receive, send)
            return
        body, received = await _read(receive)
        answer = await self._answer(Request(scope), headers, body)
        if answer is not None:
            await _send(send, *answer)
        else:

            async def replay() -> Any:
                return received.pop(0) if received else await receive()

            await self._pass_on(headers, scope, replay, send)

    async def _pass_on(self, headers: dict[str, str], scope: Any, receive: Any, send: Any) -> None:
        session = self._sessions.get(headers.get(SESSION, ""))
        if session is not None:
            session.seen_s = trio.current_time()
        await self._app(scope, receive, send)

    async def _learn(self, ctx: Any, call_next: Any) -> Any:
        """Note the session that an `initialize` opens; the SDK's middleware."""
        result = await call_next(ctx)
        if ctx.method == "initialize" and ctx.request is not None:
            connection = connection_of(ctx)
            owner = authorization_context(ctx.request.scope["user"])
            runner = ServerRunner(self._server, connection, self._state)
            self._sessions[connection.session_id] = _Session(owner, runner, trio.current_time())
            connection.exit_stack.callback(self._sessions.pop, connection.session_id, None)
        return result

    def _plain(self, method: str, headers: dict[str, str]) -> bool:
        """True for a POST without anything that would have to be thought about."""
        return (
            method == "POST"
            and headers.get("host") in self._places
            and headers.get("content-type") == "application/json"
            and {part.strip() for part in headers.get("accept", "").split(",")} == _TYPES
            and headers.get("content-length", "").isdecimal()
            and int(headers["content-length"]) <= BODY_BYTES
            and "origin" not in headers
        )

    async def _answer(
        self, request: Request, headers: dict[str, str], body: bytes
    ) -> tuple[bytes, str | None] | None:
        """The answer's body, and its session in the eras that have them; None where the SDK is to answer."""
        try:
            message = pydantic_core.from_json(body)
            call = JSONRPCRequest.model_validate(message, by_name=False)
            runner = self._runner(request, headers, message)
            if runner is None or not self._only_reads(call):
                return None
            metadata = ServerMessageMetadata(request_context=request, can_send_request=False)
            transport = TransportContext(kind="streamable-http", can_send_request=False, headers=headers)
            with trio.CancelScope() as scope:
                scope.cancel()
                result = await runner.on_request(
                    _NoStream(call.id, transport, metadata), call.method, call.params
                )
                body = msgspec.json.encode({"jsonrpc": "2.0", "id": call.id, "result": result})
                return body, runner.connection.session_id
        except Exception:
            # The SDK comes to the same refusal, and has the words for it.
            return None
        return None

    def _only_reads(self, call: JSONRPCRequest) -> bool:
        if call.method != "tools/call":
            return call.method in METHODS
        tool = self._engine.tools.get((call.params or {}).get("name"))
        return tool is not None and tool.reads and not tool.waits

    def _runner(
        self, request: Request, headers: dict[str, str], message: Mapping[str, Any]
    ) -> ServerRunner[Any] | None:
        """What answers the request, by its era; None where it does not belong to a session of its client."""
        version = headers.get(MCP_PROTOCOL_VERSION_HEADER)
        if version is not None and version not in HANDSHAKE_PROTOCOL_VERSIONS:
            route = classify_inbound_request(message, headers=headers)
            if not isinstance(route, InboundModernRoute):
                return None
            connection = Connection.from_envelope(
                route.protocol_version, route.client_info, route.client_capabilities
            )
            return ServerRunner(self._server, connection, self._state)
        session = self._sessions.get(headers.get(SESSION, ""))
        if session is None or session.owner != authorization_context(request.scope["user"]):
            return None
        return session.runner if trio.current_time() - session.seen_s < UNSEEN_S else None


async def _send(send: Any, body: bytes, session: str | None) -> None:
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if session is not None:
        head.append((SESSION.encode(), session.encode()))
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def _read(receive: Any) -> tuple[bytes, list[Any]]:
    """The body, and the messages it came in: for those who read it again."""
    received = [await receive()]
    while received[-1].get("more_body"):
        received.append(await receive())
    return b"".join(message.get("body", b"") for message in received), received
