"""Clients of DAW MCP's protocol at 200 calls a second: their waiting time, and the load on Live's main thread.

Headless Live is a process with its 10 ms timer; mirror, policy and that protocol's server are in this process, with a
client over TCP. Calls are sent at fixed times, without waiting for the previous answer. The first row is Live at rest.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec
import trio

from mcp_server.commands.link import linked
from mcp_server.commands.processes import HeadlessProcess
from mcp_server.dialects import daw_mcp_server
from mcp_server.policy import Policy
from mcp_server.server import open_engine
from mirror import Mirror
from tests.benchmarks.measure import OURS, Distribution, Row

PER_SECOND = 200
SECONDS = 10
QUESTION = f"{PER_SECOND} calls a second of DAW MCP's protocol, for {SECONDS} s"
READS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("track.list", {}),
    ("track.get", {"trackIndex": 1}),
    ("clip.list", {"trackIndex": 1}),
    ("clip.getNotes", {"trackIndex": 1, "slotIndex": 1}),
    ("project.getInfo", {}),
)
WRITES_EACH = 10
"""In runs with writes, one of this number of calls is a write."""


def rows() -> Iterator[Row]:
    """All rows of this module."""
    measured: list[Row] = []
    trio.run(_measure, measured)
    yield from measured


async def _measure(measured: list[Row]) -> None:
    async with (
        HeadlessProcess.started() as live,
        linked(live.port, sync_s=60.0) as mirror,
        open_engine(mirror, Policy()) as engine,
        trio.open_nursery() as nursery,
    ):
        port = await nursery.start(daw_mcp_server.serve, engine, 0)
        await trio.sleep(SECONDS)
        measured.append(Row(QUESTION, "Live at rest, no calls", facts=await _thread(mirror)))
        for subject, writes in (("reads", False), (f"one in {WRITES_EACH} writes", True)):
            began = time.perf_counter()
            samples, refused = await _calls(port, writes)
            rate = round(len(samples) / (time.perf_counter() - began))
            facts = {"refused": refused, "calls per s": rate, **await _thread(mirror)}
            measured.append(Row(QUESTION, f"{OURS}, {subject}", Distribution.of_seconds(samples), facts))
        nursery.cancel_scope.cancel()


def _call(number: int, writes: bool) -> tuple[str, dict[str, Any]]:
    if writes and number % WRITES_EACH == 0:
        return "track.setVolume", {"trackIndex": 1, "volume": 0.5 + number % 40 / 100}
    return READS[number % len(READS)]


async def _calls(port: int, writes: bool) -> tuple[list[float], int]:
    """Seconds from each call's planned time to its answer, and the number of refused calls."""
    due: list[float] = []
    samples: list[float] = []
    refused = 0
    stream = await trio.open_tcp_stream("127.0.0.1", port)

    async def send() -> None:
        began = trio.current_time()
        for number in range(PER_SECOND * SECONDS):
            await trio.sleep_until(began + number / PER_SECOND)
            method, params = _call(number, writes)
            due.append(time.perf_counter())
            request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            await stream.send_all(msgspec.json.encode(request) + b"\n")

    async with stream, trio.open_nursery() as nursery:
        nursery.start_soon(send)
        buffer = b""
        while len(samples) < PER_SECOND * SECONDS:
            *lines, buffer = (buffer + await stream.receive_some(1 << 16)).split(b"\n")
            for line in lines:
                reply = msgspec.json.decode(line)
                samples.append(time.perf_counter() - due[reply["id"]])
                refused += "error" in reply
    return samples, refused


async def _thread(mirror: Mirror) -> dict[str, Any]:
    """Live's main thread: the script's time in one turn of 10 ms, and the time between two turns."""
    status = await mirror.script_status()
    pump, timer = status["timings"]["pump"], status["distances"]["timer"]
    return {
        "pump p50 ms": pump["p50_ms"],
        "pump p95 ms": pump["p95_ms"],
        "timer p50 ms": timer["p50_ms"],
        "timer p95 ms": timer["p95_ms"],
    }
