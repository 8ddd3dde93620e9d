"""The MCP server over HTTP as a process, and its clients, for tests and benchmarks."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio
import anyio.abc
import httpx2 as httpx
from mcp.client.streamable_http import streamable_http_client

from mcp_server.commands import processes
from mcp_server.demo.agent import Agent
from mcp_server.demo.tool_calls import ToolCalls
from mirror import load_token
from mirror.token import bearer

START_S = 120.0


@asynccontextmanager
async def serving(
    port: int, *, environ: dict[str, str] | None = None, words: Sequence[str] = ()
) -> AsyncIterator[tuple[str, anyio.abc.Process]]:
    """Run `setmirror serve --http`, or another module, as a process on the bridge at `port`; yields its URL."""
    serve = ("mcp_server.cli", "serve", "--http", "--http-port", "0", "--port")
    command = [sys.executable, "-m", *(words or serve), str(port)]
    async with await anyio.open_process(command, env=environ or processes.environment()) as process:
        try:
            assert process.stderr is not None
            text = b""
            with anyio.fail_after(START_S):
                while b"/mcp" not in text:
                    text += await process.stderr.receive()
            yield next(word.decode() for word in text.split() if word.startswith(b"http://")), process
        finally:
            process.kill()


def client(name: str = "agent", **headers: str) -> httpx.AsyncClient:
    """A client with the token of that name."""
    return httpx.AsyncClient(
        headers={"authorization": f"Bearer {bearer(load_token(), name)}", **headers}, timeout=120
    )


@asynccontextmanager
async def connected(url: str, mode: str = "auto", name: str = "agent") -> AsyncIterator[Agent]:
    """An agent over HTTP, after the server has reported that it is synced with Live."""
    async with (
        client(name) as http,
        Agent.over(streamable_http_client(url, http_client=http), mode=mode, name=name) as agent,
    ):
        await ToolCalls(agent).wait_synced(START_S)
        yield agent
