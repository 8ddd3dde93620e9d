"""HTTP with raw keep-alive clients, which cost almost nothing: our server, and an empty tool of the SDK on two servers.

Both eras are measured: up to 2025-11-25 a client has a session, from 2026-07-28 on each call is independent. The empty
tools run on the SDK's own session manager, once on our HTTP server and once on uvicorn, which the SDK uses. The SDK's
client, which costs more than the server, is measured too. On a busy machine the server's processor time per call is the
most reliable figure.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import trio

from mcp_server.commands import processes
from mcp_server.commands.processes import HeadlessProcess
from mcp_server.demo import measures
from tests import over_http
from tests.benchmarks.measure import OURS, Distribution, Row
from tests.benchmarks.raw_http import LEGACY, MODERN, RawClient, all_called

CALLS, CLIENTS = 300, 8
READ = {"track": "tracks/0"}
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
    # Of this protocol by name, or asyncio sends small parts late.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    sock.listen()
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


class Served(NamedTuple):
    """A running server, and the call that it gets."""

    subject: str
    url: str
    pid: int
    tool: str
    arguments: dict[str, Any]


def rows() -> Iterator[Row]:
    """All rows of this module."""
    measured: list[Row] = []
    trio.run(_measure, measured)
    yield from sorted(measured, key=lambda row: row.question)


async def _measure(measured: list[Row]) -> None:
    async with (
        HeadlessProcess.started(environ=processes.environment()) as live,
        over_http.serving(live.port) as (url, process),
    ):
        await _ask(measured, Served(OURS, url, process.pid, "get_track", READ))
        for era, mode in ((LEGACY, "legacy"), (MODERN, "auto")):
            measured.append(await _sdk_clients(url, process.pid, era, mode))
    for name, subject in (("ours", "this HTTP server"), ("uvicorn", "uvicorn")):
        async with _empty(name) as (url, pid):
            await _ask(measured, Served(f"an empty tool, {subject}", url, pid, "nothing", {}))


@asynccontextmanager
async def _empty(name: str) -> AsyncIterator[tuple[str, int]]:
    command = [sys.executable, "-c", EMPTY, name]
    process = await trio.lowlevel.open_process(command, stderr=-1, env=processes.environment())
    assert process.stderr is not None
    try:
        text = b""
        with trio.fail_after(over_http.START_S):
            while b"/mcp" not in text:
                text += await process.stderr.receive_some()
        yield text.split()[0].decode(), process.pid
    finally:
        process.kill()
        await process.wait()
        await process.stderr.aclose()


async def _ask(measured: list[Row], served: Served) -> None:
    for era in (LEGACY, MODERN):
        for question, count in ((ONE, 1), (EIGHT, CLIENTS)):
            row = await trio.to_thread.run_sync(_raw_clients, f"{question}, {era}", served, era, count)
            measured.append(row)


def _raw_clients(question: str, served: Served, era: str, count: int) -> Row:
    clients = [
        RawClient(served.url, era, served.tool, served.arguments, f"bench-{number}", CALLS)
        for number in range(count)
    ]
    try:
        before = _computed_s(served.pid)
        took_s = all_called(clients)
        computed_s = _computed_s(served.pid) - before
    finally:
        for client in clients:
            client.socket.close()
    samples = [time_s for client in clients for time_s in client.times_s]
    facts = _facts(len(samples), took_s, computed_s)
    return Row(question, served.subject, Distribution.of_seconds(samples), facts)


async def _sdk_clients(url: str, pid: int, era: str, mode: str) -> Row:
    samples: list[float] = []
    ready = [trio.Event() for _ in range(CLIENTS)]

    async def client(number: int) -> None:
        async with over_http.connected(url, mode, f"sdk-{number}") as agent:
            ready[number].set()
            for event in ready:
                await event.wait()
            samples.extend(await measures.calls(lambda: agent.call("get_track", **READ), CALLS // 3, warm=0))

    async with trio.open_nursery() as nursery:
        for number in range(CLIENTS):
            nursery.start_soon(client, number)
        for event in ready:
            await event.wait()
        before, began = _computed_s(pid), time.perf_counter()
    took_s = time.perf_counter() - began
    facts = _facts(len(samples), took_s, _computed_s(pid) - before)
    times = Distribution.of_seconds(samples)
    return Row(f"{EIGHT}, {era}", f"{OURS}, the SDK's client", times, facts, note="in one process")


def _facts(calls: int, took_s: float, computed_s: float) -> dict[str, Any]:
    facts: dict[str, Any] = {"calls/s": calls / took_s}
    if computed_s:
        facts |= {"ms of CPU a call": computed_s * 1000 / calls}
    return facts


def _computed_s(pid: int) -> float:
    """The processor seconds of a process so far; 0.0 if the system does not report them."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            user, system = stat.read().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0.0
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
