"""DAW MCP's wire: JSON-RPC 2.0, one object per line, over TCP on this machine; `daw_mcp` implements the methods.

The protocol has no authentication, so it is off by default and listens on the loopback address only. A page in a
browser could post to that port: a connection whose first line is not a JSON object is closed without an answer. Calls
of one connection are answered in order.
"""

from __future__ import annotations

import logging
from typing import Any

import msgspec
import trio

from mirror import errors

from .. import readiness
from ..desk import Caller
from ..ports import listeners_on
from ..server import ToolServer
from ..tools import TOOLS
from . import daw_mcp
from .daw_mcp import Dialect

log = logging.getLogger("setmirror.daw_mcp")

PORT = 8182
CONNECTIONS = 64
LINE_BYTES = 1024 * 1024
IDENTITY = "daw-mcp"
"""The policy's name for all clients of this protocol, which cannot prove an identity."""
FAILED, UNSUPPORTED = -32000, -32001
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INTERNAL = -32700, -32600, -32601, -32603


class _Nobody:
    """A person who cannot be asked: the protocol has no questions."""

    asked: dict[str, Any] | None = None

    async def ask(self, question: str, about: dict[str, Any]) -> bool | None:
        await trio.lowlevel.checkpoint()
        return None


async def _silent(done: float, whole: float, text: str) -> None:
    await trio.lowlevel.checkpoint()


class DawMcp:
    """Serves the protocol over an engine."""

    def __init__(self, engine: ToolServer, dialect: Dialect = daw_mcp.DOCUMENT) -> None:
        self.engine = engine
        self.dialect = dialect
        self._connections = 0

    async def handle(self, stream: trio.abc.Stream, peer: str) -> None:
        """Serve one connection until its client closes it."""
        if self._connections >= CONNECTIONS:
            log.warning("%s is turned away: there are %d connections", peer, CONNECTIONS)
            await trio.aclose_forcefully(stream)
            return
        self._connections += 1
        try:
            await self._talk(stream, peer)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        finally:
            self._connections -= 1
            await trio.aclose_forcefully(stream)

    async def _talk(self, stream: trio.abc.Stream, peer: str) -> None:
        rest, proved = b"", False
        while data := await stream.receive_some(65536):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                line = line.strip()
                if not proved and line:
                    if not line.startswith(b"{"):
                        log.warning("%s does not speak this protocol and is turned away", peer)
                        return
                    proved = True
                answer = await self.answer(line, peer) if line else None
                if answer is not None:
                    await stream.send_all(msgspec.json.encode(answer) + b"\n")
            if len(rest) > LINE_BYTES:
                log.warning("%s sent a line of more than %d bytes and is turned away", peer, LINE_BYTES)
                return

    async def answer(self, line: bytes, peer: str) -> dict[str, Any] | None:
        """The response to one line; None for a notification."""
        try:
            request = msgspec.json.decode(line)
        except (ValueError, RecursionError):
            return _error(None, PARSE_ERROR, "Parse error: a request is one JSON object on a line")
        id_ = request.get("id") if isinstance(request, dict) else None
        if not _is_request(request):
            known = id_ if _is_id(id_) else None
            rule = "Invalid request: jsonrpc is '2.0', method a text, id a text or number, params an object"
            return _error(known, INVALID_REQUEST, rule)
        answer = await self._answer(request["method"], request.get("params") or {}, peer)
        return {"jsonrpc": "2.0", "id": id_, **answer} if "id" in request else None

    async def _answer(self, method: str, params: Any, peer: str) -> dict[str, Any]:
        if method not in daw_mcp.METHODS:
            return _failure(METHOD_NOT_FOUND, f"Method not found: {method[:60]}")
        scrub = self.engine.sight("get", IDENTITY).scrub
        try:
            return {"result": await self._call(method, params, peer)}
        except daw_mcp.Unsupported as problem:
            return _failure(UNSUPPORTED, str(problem))
        except errors.MirrorError as problem:
            return _failure(FAILED, scrub(f"{problem.rule.rstrip('.')}. {problem.hint}".strip()))
        except TimeoutError:
            return _failure(FAILED, f"{method} was not done in time")
        except Exception:
            # A fault in one call must not end the other clients' connections.
            log.exception("%s failed", method)
            return _failure(INTERNAL, f"{method} failed inside SetMirror; its log has the traceback")

    async def _call(self, method: str, params: Any, peer: str) -> Any:
        name = daw_mcp.METHODS[method].tool
        tool = TOOLS[name]
        if name not in self.engine.tools and not (self.engine.policy.read_only and not tool.reads):
            raise errors.Denied(f"{method} needs the tool {name}, which this server does not offer")
        if method == "ping":
            # A ping is also answered without Live, since it is about this server.
            daw_mcp.read(method, params)
            return {"pong": True}
        await readiness.awaited(self.engine.mirror)
        if not self.engine.mirror.epoch:
            raise readiness.not_ready(self.engine.mirror)
        await readiness.complete(self.engine.mirror)
        caller = Caller(f"{peer} {IDENTITY}", f"{IDENTITY}#{peer}")
        async with self.engine.working:
            desk = self.engine.desk(tool, caller, _Nobody(), _silent)
            if tool.reads:
                self.engine.policy.check_reading(name, caller.who)
            return desk.sight.scrub(await daw_mcp.call(desk, self.dialect, method, params))


def _is_id(id_: Any) -> bool:
    return id_ is None or (isinstance(id_, str | int | float) and not isinstance(id_, bool))


def _is_request(request: Any) -> bool:
    return (
        isinstance(request, dict)
        and request.get("jsonrpc") == "2.0"
        and isinstance(request.get("method"), str)
        and _is_id(request.get("id"))
        and isinstance(request.get("params", {}), dict | None)
    )


def _failure(code: int, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _error(id_: Any, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, **_failure(code, message)}


async def serve(
    engine: ToolServer,
    port: int = PORT,
    dialect: Dialect = daw_mcp.DOCUMENT,
    task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Listen on 127.0.0.1 until cancelled; 0 takes any free port.

    Raises:
      NotAvailable: the port is taken.
    """
    server = DawMcp(engine, dialect)

    async def handle(stream: trio.SocketStream) -> None:
        host, number = stream.socket.getpeername()[:2]
        await server.handle(stream, f"{host}:{number}")

    listeners = await listeners_on(port, "`setmirror daw-mcp --daw-mcp-port`")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, handle, listeners)
        task_status.started(listeners[0].socket.getsockname()[1])
