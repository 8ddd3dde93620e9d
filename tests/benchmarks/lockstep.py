"""A client that waits for each answer before its next request: the effect of the awake pump on the number of writes.

Headless Live is a process with its 10 ms timer, the mirror is in this process, connected by a socket, in real time.
Each share of Live's main thread is a separate run; with share 0 the pump waits for its timer. In Lives before 12.4 a
parameter joins the undo history only on Live's ticks, and the next write waits for that: so its p50 is measured with
pauses, and the time of writes in a row is another figure. Many notes in one write are measured here too.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import trio

from mcp_server.commands import processes
from mcp_server.commands.link import linked
from mcp_server.commands.processes import HeadlessProcess
from mcp_server.demo.agent import Agent
from mcp_server.demo.tool_calls import ToolCalls
from mirror import Call, Mirror, Set
from mirror.model import Node
from tests.benchmarks.measure import OURS, Distribution, Row

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)
VERSIONS = ("12.4", "12.3", "11.3")
NOTES = (5_000, 20_000)
MANY, FEW, CLIPS = 100, 20, 5
TEMPO, PARAMETER = "set the tempo in lock-step, verified", "set a parameter in lock-step, verified"
OVER_MCP = ", over MCP"
OLDER = {VERSIONS[0]: "", **{version: f", Live {version}" for version in VERSIONS[1:]}}
IN_ONE_WRITE = "write many notes into an empty clip in one write, verified"
ORDER = [
    what + how + older for older in OLDER.values() for what in (TEMPO, PARAMETER) for how in ("", OVER_MCP)
]
ORDER.append(IN_ONE_WRITE)
APART_S = 0.3
"""Seconds between two writes that do not wait for each other's undo step."""

Write = Callable[[int], Awaitable[Any]]


def rows() -> Iterator[Row]:
    """All rows of this module."""
    measured: list[Row] = []
    for version in VERSIONS:
        # With share 0 all versions have the same result.
        for share in SHARES if version == VERSIONS[0] else SHARES[1:]:
            trio.run(_measure, measured, version, share)
    for count in NOTES:
        trio.run(_notes, measured, count)
    yield from sorted(measured, key=lambda row: ORDER.index(row.question))


@asynccontextmanager
async def _running(version: str, share: float | None = None) -> AsyncIterator[tuple[HeadlessProcess, Mirror]]:
    """Headless Live and a mirror with separate folders; without `share` the script uses its default."""
    settings = {} if share is None else {"awake_share": share}
    with tempfile.TemporaryDirectory(prefix="setmirror-lockstep-") as home:
        await trio.Path(home, "script.json").write_text(json.dumps(settings), "utf-8")
        before = os.environ.get("SETMIRROR_HOME")
        os.environ["SETMIRROR_HOME"] = home
        try:
            async with (
                HeadlessProcess.started(
                    more=["--live-version", version], environ=processes.environment(SETMIRROR_HOME=home)
                ) as live,
                linked(live.port, sync_s=60.0) as mirror,
            ):
                yield live, mirror
        finally:
            if before is None:
                del os.environ["SETMIRROR_HOME"]
            else:
                os.environ["SETMIRROR_HOME"] = before


async def _measure(measured: list[Row], version: str, share: float) -> None:
    subject = f"{OURS}, Live {version}, share {share:g}" + (" (waits for the timer)" if not share else "")
    older = OLDER[version]
    async with (
        _running(version, share) as (live, mirror),
        Agent.connected(live.port, environ=processes.environment()) as agent,
    ):
        calls = ToolCalls(agent)
        await calls.wait_synced()
        spans = [
            (node, node.props["min"], node.props["max"])
            for node in mirror.walk("song")
            if node.type == "DeviceParameter"
            and node.role == "parameters"
            and node.props.get("is_enabled")
            and not node.props["is_quantized"]
        ][:MANY]

        def parameter(number: int, shift: float) -> tuple[Node, float]:
            node, low, high = spans[number % len(spans)]
            return node, low + (high - low) * (shift + 0.3 * (number // len(spans) % 2))

        async def set_value(number: int) -> None:
            node, value = parameter(number, 0.3)
            await mirror.write([Set(node.id, "value", value)], author="bench")

        async def call_set_device(number: int) -> None:
            node, value = parameter(number, 0.35)
            device = mirror.ref(node.parent or 0)
            await agent.call("set_device", device=device, parameters={node.name: value})

        tempo = await _lockstep(
            TEMPO + older, subject, lambda n: mirror.write([Set("song", "tempo", 100.0 + n % 7)])
        )
        tempo.facts.update(await _awake(mirror))
        measured += [
            tempo,
            await _lockstep(PARAMETER + older, subject, set_value, waits=bool(older)),
            await _lockstep(TEMPO + OVER_MCP + older, subject, lambda n: calls.tempo(100.0 + n % 7)),
            await _lockstep(PARAMETER + OVER_MCP + older, subject, call_set_device, waits=bool(older)),
        ]


async def _lockstep(question: str, subject: str, write: Write, waits: bool = False) -> Row:
    """Time writes in a row; with `waits`, each waits for the previous undo step, so writes with pauses are timed."""
    singly = [await _timed(write, number) for number in range(FEW if waits else MANY)]
    samples, note = singly, ""
    if waits:
        samples, note = [], f"a write every {APART_S:g} s"
        for number in range(FEW, 2 * FEW):
            await trio.sleep(APART_S)
            samples.append(await _timed(write, number))
    facts = {f"{len(singly)} singly ms": sum(singly) * 1000}
    return Row(question, subject, Distribution.of_seconds(samples), facts, note)


async def _notes(measured: list[Row], count: int) -> None:
    """Measure each number of notes in a separate process, since the script reports the longest of all its steps."""
    notes = [
        {"pitch": 36 + n % 48, "start_time": n / 80, "duration": 0.05, "velocity": 100.0}
        for n in range(count)
    ]
    async with _running(VERSIONS[0]) as (_, mirror):
        made = await mirror.write([Call("song", "create_midi_track", {"index": -1})])
        slots = [f"@{made.results[0].result['id']}/clip_slots/{number}" for number in range(CLIPS)]
        samples = []
        for slot in slots:
            made = await mirror.write([Call(slot, "create_clip", {"pages": count / 80})])
            call = Call(made.results[0].result["id"], "add_new_notes", {"notes": notes})
            samples.append(await _timed(lambda _, call=call: mirror.write([call], author="bench"), 0))
        timings = (await mirror.script_status())["timings"]
    facts = {f"longest {name} ms": timings[name]["max_ms"] for name in ("write", "flush", "pump")}
    measured.append(Row(IN_ONE_WRITE, f"{OURS}, {count:,} notes", Distribution.of_seconds(samples), facts))


async def _timed(write: Write, number: int) -> float:
    began = time.perf_counter()
    await write(number)
    return time.perf_counter() - began


async def _awake(mirror: Mirror) -> dict[str, Any]:
    awake = (await mirror.script_status())["awake"]
    return {
        "waits": awake["waits"],
        "woken": awake["woken"],
        **({"off": awake["off"]} if awake["off"] else {}),
    }
