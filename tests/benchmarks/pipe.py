"""What calls of our tools are compared with: our server without the SDK's client, and the SDK without our server."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import trio
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client

from mcp_server.demo import measures
from mcp_server.demo.agent import Agent

EMPTY_TOOL = "an empty tool of the SDK's"
EMPTY_SERVER = """
import mcp_types as types, trio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

async def tools(ctx, params):
    return types.ListToolsResult(tools=[types.Tool(name="nothing", input_schema={"type": "object"})])

async def call(ctx, params):
    return types.CallToolResult(content=[types.TextContent(type="text", text="nothing")])

async def main():
    server = Server("empty", version="0", on_list_tools=tools, on_call_tool=call)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())

trio.run(main)
"""


class Pipe:
    """Our server over stdio with a client of a few lines: a line of JSON out, a line in."""

    def __init__(self, process: trio.Process) -> None:
        self._process = process
        self._numbers = itertools.count(1)
        self._buffered = b""

    @classmethod
    @asynccontextmanager
    async def connected(cls, port: int, environ: dict[str, str]) -> AsyncIterator[Pipe]:
        """Start the server on the bridge at `port` and wait until it is in step with Live."""
        command = [sys.executable, "-m", "mcp_server.cli", "serve", "--port", str(port)]
        process = await trio.lowlevel.open_process(command, stdin=-1, stdout=-1, env=environ)
        assert process.stdin is not None
        pipe = cls(process)
        try:
            about = {"name": "pipe", "version": "0"}
            await pipe.ask("initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo=about)
            await process.stdin.send_all(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
            with trio.fail_after(measures.ARRIVAL_S * 6):
                while b'"synced":true' not in await pipe.call("get_set"):  # noqa: ASYNC110 - it is asked
                    await trio.sleep(0.05)
            yield pipe
        finally:
            process.kill()
            await process.wait()

    async def call(self, tool: str, **arguments: Any) -> bytes:
        """Call a tool; its answer as the line that came."""
        return await self.ask("tools/call", name=tool, arguments=arguments)

    async def ask(self, method: str, **params: Any) -> bytes:
        """Send a request; the line of its answer, without notifications before it."""
        number = next(self._numbers)
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        assert self._process.stdin is not None
        await self._process.stdin.send_all(json.dumps(message).encode() + b"\n")
        while True:
            line = await self._line()
            if b'"id":%d,' % number in line[:40]:
                return line

    async def _line(self) -> bytes:
        assert self._process.stdout is not None
        while b"\n" not in self._buffered:
            self._buffered += await self._process.stdout.receive_some()
        line, _, self._buffered = self._buffered.partition(b"\n")
        return line


@asynccontextmanager
async def empty_tool(environ: dict[str, str]) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """A function that calls a tool which does nothing, on the SDK's own server, with the SDK's client."""
    server = StdioServerParameters(command=sys.executable, args=["-c", EMPTY_SERVER], env=environ)
    async with Agent.over(stdio_client(server)) as agent:
        yield lambda: agent.client.call_tool("nothing", {})
