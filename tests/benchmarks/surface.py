"""A model's costs: tokens of tools and answers, and latency over stdio and HTTP.

Tokens are UTF-8 bytes / 4 of compact JSON of the texts that a client gives its model: name, description and input
schema of each tool, and the text of an answer. `ableton-mcp` and `livemcp` are measured through their own servers, with
the same Set in the same headless Live, one after the other, since both scripts listen on the same fixed port.
"""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import trio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from mcp_server.commands import processes
from mcp_server.commands.processes import HeadlessProcess
from mcp_server.demo import measures
from mcp_server.demo.agent import Agent
from mcp_server.demo.tool_calls import ToolCalls
from tests import over_http, third_party
from tests.benchmarks import peers
from tests.benchmarks.measure import OURS, Distribution, Row
from tests.benchmarks.pipe import EMPTY_TOOL, Pipe, empty_tool

TRACKS, NOTES, PARAMETERS = 24, 100, 60
READS, CLIENTS, CHANGES, CALLS = 300, 8, 60, 60
LISTING = "tokens of the list of tools"
OVERVIEW = f"tokens of an overview of a Set of {TRACKS} tracks"
CLIP = f"tokens of a clip of {NOTES} notes"
DEVICE = f"tokens of a device of about {PARAMETERS} parameters"
READ = "read one track through the MCP server"
NOTICE = "a change in Live → notice at the MCP client"
POLLED = 20
LIVEMCP = third_party.LIVEMCP[0]
ABLETON_MCP = third_party.ABLETON_MCP[0]


def rows(*, with_peers: bool = True) -> Iterator[Row]:
    """All rows of this module."""
    measured: list[Row] = []
    trio.run(_measure, measured, with_peers)
    order = [LISTING, OVERVIEW, CLIP, DEVICE, READ, NOTICE]
    yield from sorted(measured, key=lambda row: order.index(row.question))


async def _measure(measured: list[Row], with_peers: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="setmirror-surface-") as name:
        ours = processes.environment()
        async with HeadlessProcess.started() as live:
            async with Agent.connected(live.port, environ=ours) as agent:
                await ToolCalls(agent).wait_synced()
                await _fill(agent)
                measured += await _our_tokens(agent)
            measured += await _latencies(live, ours)
        for subject, fetch in ((ABLETON_MCP, third_party.ableton_mcp), (LIVEMCP, third_party.livemcp)):
            try:
                if not with_peers:
                    raise peers.NotAvailable("not asked for")
                if not peers.free(peers.PORT):
                    raise peers.NotAvailable(f"port {peers.PORT} is taken")
                script, server = await trio.to_thread.run_sync(fetch, Path(name))
                measured += await _theirs(subject, script, server)
            except peers.NotAvailable as problem:
                measured.append(Row(LISTING, subject, note=f"not measured: {problem}"))


# -- ours ----------------------------------------------------------------------------------------------------


async def _fill(agent: Agent) -> None:
    """Extend the demo Set to a number of tracks, with a clip of a number of notes first on the first track."""
    have = len((await agent.call("get_set"))["set"]["tracks"])
    create = {"tool": "create", "args": {"kind": "midi"}}
    await agent.call("batch", calls=[create] * (TRACKS - have))
    notes = [
        {
            "pitch": 36 + n % 12,
            "start_time": n * 0.25 + (0.017 if n % 2 else 0),
            "duration": 0.2,
            "velocity": 60 + n % 50,
        }
        for n in range(NOTES)
    ]
    await agent.call("edit_notes", clip="tracks/0/clip_slots/1/clip", replace=notes)


def _tokens(text: str) -> int:
    return round(len(text.encode()) / 4)


async def _listing(client: Client) -> str:
    tools = (await client.list_tools()).tools
    tools_json = [
        {"name": tool.name, "description": tool.description or "", "inputSchema": tool.input_schema}
        for tool in tools
    ]
    return json.dumps({"tools": tools_json}, separators=(",", ":"), ensure_ascii=False)


async def _answer(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    if result.is_error:
        raise peers.NotAvailable(f"{tool}: {result.content}")
    return "".join(getattr(block, "text", "") for block in result.content)


async def _our_tokens(agent: Agent) -> list[Row]:
    client = agent.client
    device, count = "", 0
    for device_row in (await agent.call("find", kind="device", limit=200))["found"]:
        size = len(
            (await agent.call("get_device", device=device_row["ref"], all=True))["device"]["parameters"]
        )
        if abs(size - PARAMETERS) < abs(count - PARAMETERS) and device_row["ref"].startswith("tracks/"):
            device, count = device_row["ref"], size
    clip = "tracks/0/clip_slots/1/clip"
    listing = await _listing(client)
    questions = [
        (LISTING, OURS, listing, {"tools": len(json.loads(listing)["tools"])}),
        (OVERVIEW, OURS, await _answer(client, "get_set"), {"calls": 1}),
        (
            CLIP,
            f"{OURS}, compact",
            await _answer(client, "get_notes", clip=clip, form="compact", ids=False),
            {"calls": 1},
        ),
        (CLIP, f"{OURS}, objects", await _answer(client, "get_notes", clip=clip), {"calls": 1}),
        (
            DEVICE,
            OURS,
            await _answer(client, "get_device", device=device, all=True),
            {"parameters": count, "device": device},
        ),
    ]
    return [Row(q, subject, facts={"tokens": _tokens(text), **more}) for q, subject, text, more in questions]


# -- theirs --------------------------------------------------------------------------------------------------


async def _theirs(subject: str, script: Path, server: Path) -> list[Row]:
    environ = processes.environment(**peers.QUIET)
    parameters = StdioServerParameters(command=str(server), args=[], env=environ)
    with open(os.devnull, "w") as nowhere:  # noqa: ASYNC230 - it is no file
        async with (
            HeadlessProcess.started(
                remote_scripts=[script], more=["--threads", "count"], environ=environ
            ) as live,
            Agent.connected(live.port) as agent,
        ):
            await ToolCalls(agent).wait_synced()
            await _fill(agent)
            async with Client(stdio_client(parameters, errlog=nowhere), mode="legacy") as client:
                listing = await _listing(client)
                measured = [
                    Row(
                        LISTING,
                        subject,
                        facts={"tokens": _tokens(listing), "tools": len(json.loads(listing)["tools"])},
                    )
                ]
                measured += await (_ableton_mcp if subject == ABLETON_MCP else _livemcp)(client, agent)
                times = await measures.calls(lambda: _answer(client, "get_track_info", track_index=0), CALLS)
                measured.append(Row(READ, f"{subject}, its own server", Distribution.of_seconds(times)))
                measured.append(await _polled(subject, live, client))
                return measured


async def _polled(subject: str, live: HeadlessProcess, client: Client) -> Row:
    """Seconds from a change in Live to the first answer that shows it, with repeated questions."""
    chance, samples = random.Random(9), []
    for number in range(POLLED):
        name, seen = f"Polled {number}", []

        async def ask(name: str = name, seen: list[float] = seen) -> None:
            with trio.fail_after(measures.ARRIVAL_S):
                while name not in await _answer(client, "get_track_info", track_index=0):
                    pass
            seen.append(time.monotonic())

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask)
            await trio.sleep(chance.uniform(0, measures.PHASE_S))
            changed = await live.set("tracks/0", "name", name)
        samples.append(seen[0] - changed)
    note = "it tells nothing by itself"
    return Row(
        NOTICE, f"{subject}, its own server, asked without pause", Distribution.of_seconds(samples), note=note
    )


async def _ableton_mcp(client: Client, agent: Agent) -> list[Row]:
    overview = await _answer(client, "get_session_snapshot", include_notes=False, include_params=False)
    notes = await _answer(client, "get_clip_notes", track_index=0, clip_index=1)
    return [
        Row(OVERVIEW, ABLETON_MCP, facts={"tokens": _tokens(overview), "calls": 1}),
        Row(CLIP, ABLETON_MCP, facts={"tokens": _tokens(notes), "calls": 1}),
        await _their_device(ABLETON_MCP, client, agent),
    ]


async def _livemcp(client: Client, agent: Agent) -> list[Row]:
    overview = await _answer(client, "get_session_info") + await _answer(client, "get_all_tracks_info")
    notes = await _answer(client, "get_notes_extended", track_index=0, clip_index=1)
    return [
        Row(OVERVIEW, LIVEMCP, facts={"tokens": _tokens(overview), "calls": 2}),
        Row(CLIP, LIVEMCP, facts={"tokens": _tokens(notes), "calls": 1}),
        await _their_device(LIVEMCP, client, agent),
    ]


async def _their_device(subject: str, client: Client, agent: Agent) -> Row:
    """The device that our measurement reads, read through the other server."""
    (ours,) = [row for row in await _our_tokens(agent) if row.question == DEVICE]
    _, track, _, device = ours.facts["device"].split("/")[:4]
    text = await _answer(client, "get_device_parameters", track_index=int(track), device_index=int(device))
    return Row(DEVICE, subject, facts={"tokens": _tokens(text), "parameters": ours.facts["parameters"]})


# -- latency -------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _over_stdio(live: HeadlessProcess, environ: dict[str, str]) -> AsyncIterator[Agent]:
    async with Agent.connected(live.port, environ=environ) as agent:
        await ToolCalls(agent).wait_synced()
        yield agent


async def _latencies(live: HeadlessProcess, environ: dict[str, str]) -> list[Row]:
    measured = [await _at_the_pipe(live, environ)]
    async with _over_stdio(live, environ) as agent:
        measured.append(await _one(f"{OURS}, stdio, SDK client", agent))
    measured.append(await _floor(environ))
    async with _over_stdio(live, environ) as agent:
        measured.append(await _notices(f"{OURS}, stdio", live, agent))
    measured.append(await _eight(f"{OURS}, stdio, {CLIENTS} servers", lambda: _over_stdio(live, environ)))
    async with over_http.serving(live.port, environ=environ) as (url, _):

        @asynccontextmanager
        async def connected() -> AsyncIterator[Agent]:
            async with over_http.connected(url) as agent:
                yield agent

        async with connected() as agent:
            measured.append(await _one(f"{OURS}, HTTP", agent))
            measured.append(await _notices(f"{OURS}, HTTP", live, agent))
        measured.append(await _eight(f"{OURS}, HTTP, {CLIENTS} clients of one server", connected))
    return measured


async def _floor(environ: dict[str, str]) -> Row:
    """A tool that does nothing, on the SDK's own server and transport: what no server of the SDK's goes below."""
    async with empty_tool(environ) as call:
        times = await measures.calls(call, READS)
    return Row(READ, f"{EMPTY_TOOL}, stdio, SDK client", Distribution.of_seconds(times), note="no Live")


async def _at_the_pipe(live: HeadlessProcess, environ: dict[str, str]) -> Row:
    """Without the SDK's client, which costs more than the server: a line in, a line out."""
    async with Pipe.connected(live.port, environ) as pipe:
        times = await measures.calls(lambda: pipe.call("get_track", track="tracks/1"), READS)
    return Row(READ, f"{OURS}, stdio, at the pipe", Distribution.of_seconds(times))


async def _one(subject: str, agent: Agent) -> Row:
    times = await measures.calls(lambda: agent.call("get_track", track="tracks/1"), READS)
    return Row(READ, subject, Distribution.of_seconds(times))


async def _eight(subject: str, connect: Callable[[], Any]) -> Row:
    times: list[float] = []
    ready = [trio.Event() for _ in range(CLIENTS)]

    async def client(number: int) -> None:
        async with connect() as agent:
            ready[number].set()
            for event in ready:
                await event.wait()
            times.extend(await measures.calls(lambda: agent.call("get_track", track="tracks/1"), READS // 3))

    async with trio.open_nursery() as nursery:
        for number in range(CLIENTS):
            nursery.start_soon(client, number)
    return Row(READ, subject, Distribution.of_seconds(times), note="all at once, without pause")


async def _notices(subject: str, live: HeadlessProcess, agent: Agent) -> Row:
    fader = "tracks/1/mixer_device/volume"
    uri = f"live://ref/{fader}"
    async with agent.subscribed(uri):
        samples = await measures.notifications(live, agent, uri, fader, "value", [0.3, 0.4, 0.5], CHANGES)
    return Row(NOTICE, subject, Distribution.of_seconds(samples))
