"""HTTP by raw keep-alive clients, which cost next to nothing: ours, and an empty tool of the SDK's on two servers.

Both eras: up to 2025-11-25 each call is an event stream within a session, from 2026-07-28 on a plain answer. The empty
tools stand on the SDK's own session manager, once on our HTTP server and once on uvicorn, which the SDK brings.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import trio

from mcp_server.commands import processes
from mcp_server.commands.processes import HeadlessProcess
from mirror import load_token
from mirror.token import bearer
from tests import over_http
from tests.benchmarks.measure import OURS, Distribution, Row

CALLS, CLIENTS = 300, 8
LEGACY, MODERN = "2025-11-25", "2026-07-28"
ONE = "one call over HTTP, a raw keep-alive client"
EIGHT = f"the same, {CLIENTS} clients at once"
EMPTY = """
import sys, mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

async def tools(ctx, params):
    return types.ListToolsResult(tools=[types.Tool(name="nothing", input_schema={"type": "object"})])

async def call(ctx, params):
    return types.CallToolResult(content=[types.TextContent(type="text", text="nothing")])

manager = StreamableHTTPSessionManager(Server("empty", version="0", on_list_tools=tools, on_call_tool=call))

def tell(port):
    print(f"http://127.0.0.1:{port}/mcp", file=sys.stderr, flush=True)

async def ours():
    import trio
    from mcp_server.http_server import HttpServer
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    tell(listeners[0].socket.getsockname()[1])
    async with manager.run():
        await HttpServer(manager.handle_request).serve(listeners, trio.Event(), 0)

async def theirs():
    import socket, uvicorn
    sock = socket.create_server(("127.0.0.1", 0))
    tell(sock.getsockname()[1])
    config = uvicorn.Config(manager.handle_request, log_level="error", lifespan="off", interface="asgi3")
    async with manager.run():
        await uvicorn.Server(config).serve(sockets=[sock])

if sys.argv[1] == "ours":
    import trio
    trio.run(ours)
else:
    import asyncio
    asyncio.run(theirs())
"""


def rows() -> Iterator[Row]:
    """All rows of this module."""
    found: list[Row] = []
    trio.run(_measure, found)
    yield from sorted(found, key=lambda row: row.question)


async def _measure(found: list[Row]) -> None:
    async with (
        HeadlessProcess.started(environ=processes.environment()) as live,
        over_http.serving(live.port) as (url, _),
    ):
        await _ask(found, OURS, url, "get_track", {"track": "tracks/0"})
    async with _empty("ours") as url:
        await _ask(found, "an empty tool, this HTTP server", url, "nothing", {})
    async with _empty("uvicorn") as url:
        await _ask(found, "an empty tool, uvicorn", url, "nothing", {})


@asynccontextmanager
async def _empty(name: str) -> AsyncIterator[str]:
    command = [sys.executable, "-c", EMPTY, name]
    process = await trio.lowlevel.open_process(command, stderr=-1, env=processes.environment())
    assert process.stderr is not None
    try:
        text = b""
        with trio.fail_after(over_http.START_S):
            while b"/mcp" not in text:
                text += await process.stderr.receive_some()
        yield text.split()[0].decode()
    finally:
        process.kill()
        await process.wait()
        await process.stderr.aclose()


async def _ask(found: list[Row], subject: str, url: str, tool: str, arguments: dict[str, Any]) -> None:
    for era in (LEGACY, MODERN):
        for question, clients in ((ONE, 1), (EIGHT, CLIENTS)):
            samples: list[float] = []
            began = time.perf_counter()
            async with trio.open_nursery() as nursery:
                for number in range(clients):
                    nursery.start_soon(_client, samples, url, era, tool, arguments, f"bench-{number}")
            rate = len(samples) / (time.perf_counter() - began)
            times = Distribution.of_seconds(samples)
            found.append(Row(f"{question}, {era}", subject, times, {"calls/s": rate}))


async def _client(
    samples: list[float], url: str, era: str, tool: str, arguments: dict[str, Any], name: str
) -> None:
    host = url.split("/")[2]
    stream = await trio.open_tcp_stream("127.0.0.1", int(host.split(":")[1]))
    async with stream:
        raw = _Raw(stream, host, name)
        call: dict[str, Any] = {"name": tool, "arguments": arguments}
        if era == LEGACY:
            await raw.greet()
        else:
            raw.headers |= {"mcp-protocol-version": era, "mcp-method": "tools/call", "mcp-name": tool}
            about = {
                "clientInfo": {"name": name, "version": "0"},
                "clientCapabilities": {},
                "protocolVersion": era,
            }
            call["_meta"] = {f"io.modelcontextprotocol/{key}": value for key, value in about.items()}
        await raw.post("tools/call", call)
        for _ in range(CALLS):
            began = time.perf_counter()
            answer = await raw.post("tools/call", call)
            samples.append(time.perf_counter() - began)
            assert b'"content"' in answer, answer[:300]


class _Raw:
    """Just enough of HTTP for answers of known length and in chunks."""

    def __init__(self, stream: trio.SocketStream, host: str, name: str) -> None:
        self._stream = stream
        self._held = b""
        self._number = 0
        self.headers = {
            "host": host,
            "authorization": f"Bearer {bearer(load_token(), name)}",
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
        }

    async def greet(self) -> None:
        params = {
            "protocolVersion": LEGACY,
            "capabilities": {},
            "clientInfo": {"name": "raw", "version": "0"},
        }
        await self.post("initialize", params)
        self.headers["mcp-protocol-version"] = LEGACY
        await self.post("notifications/initialized")

    async def post(self, method: str, params: Any = None) -> bytes:
        """The body of the answer."""
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            self._number += 1
            message |= {"id": self._number, "params": params}
        body = json.dumps(message).encode()
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        await self._stream.send_all(
            f"POST /mcp HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body
        )
        head_lines = (await self._until(b"\r\n\r\n")).decode().lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head_lines[1:] if ": " in line)
        if "mcp-session-id" in headers:
            self.headers["mcp-session-id"] = headers["mcp-session-id"]
        if headers.get("transfer-encoding") != "chunked":
            return await self._exactly(int(headers.get("content-length", "0")))
        found = b""
        while size := int(await self._until(b"\r\n"), 16):
            found += (await self._exactly(size + 2))[:-2]
        await self._exactly(2)
        return found

    async def _until(self, end: bytes) -> bytes:
        while end not in self._held:
            await self._more()
        found, _, self._held = self._held.partition(end)
        return found

    async def _exactly(self, count: int) -> bytes:
        while len(self._held) < count:
            await self._more()
        found, self._held = self._held[:count], self._held[count:]
        return found

    async def _more(self) -> None:
        part = await self._stream.receive_some(65536)
        if not part:
            raise ConnectionResetError("the server closed the connection")
        self._held += bytes(part)
