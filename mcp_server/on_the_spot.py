"""A fast path for reads over HTTP: they are answered in the connection's own task, as one JSON body without a stream.

The SDK's transport makes task groups and streams for every request, and up to 2025-11-25 an event stream; that takes
longer than most reads. Here a read runs in a cancelled scope: it either returns its answer without waiting, or it is
cancelled where it would wait, report progress or ask a person. So no other task runs before it ends.

Only a simple request (see `_plain`) takes this path. All other requests, reads that would wait and refused requests go
to the SDK's session manager with their body; reads change nothing, so they may run twice. On both paths the SDK's
`ServerRunner` executes the call, with its middleware and its checks of request and result.
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
"""The largest request that takes the fast path."""
UNSEEN_S = 60.0
"""Seconds after which a session's next request goes to the SDK, so that the SDK does not count the session as idle."""
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
"""The methods that take the fast path; of the tools, only those that read and do not wait for an event."""
_TYPES = frozenset({"application/json", "text/event-stream"})


@dataclass(slots=True)
class _Session:
    """A session, in eras with sessions: its owner, and the runner that answers its requests."""

    owner: Any
    runner: ServerRunner[Any]
    seen_s: float
    """The time of the session's last request, by trio's clock."""


@dataclass
class _NoStream:
    """The SDK's `DispatchContext` of a call that only returns an answer: sending any other message cancels the call."""

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
    """Answers simple reads of `server` itself, and passes all other requests on to `app`, the SDK's session manager.

    Args:
      state: The state from the server's lifespan.
      places: The allowed values of the header `Host`.
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
        """Middleware of the SDK that records the session which an `initialize` opens."""
        result = await call_next(ctx)
        if ctx.method == "initialize" and ctx.request is not None:
            connection = connection_of(ctx)
            owner = authorization_context(ctx.request.scope["user"])
            runner = ServerRunner(self._server, connection, self._state)
            self._sessions[connection.session_id] = _Session(owner, runner, trio.current_time())
            connection.exit_stack.callback(self._sessions.pop, connection.session_id, None)
        return result

    def _plain(self, method: str, headers: dict[str, str]) -> bool:
        """True for a POST of at most BODY_BYTES of JSON to an allowed host, with the usual headers and no origin."""
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
        """The answer's body and, in eras with sessions, its session id; None if the SDK must answer."""
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
            # The SDK refuses the request too, and words the refusal.
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
        """The runner for the request's era; None if the request belongs to no session of its client."""
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
    """The request's body, and its messages, which the SDK may read again."""
    received = [await receive()]
    while received[-1].get("more_body"):
        received.append(await receive())
    return b"".join(message.get("body", b"") for message in received), received
