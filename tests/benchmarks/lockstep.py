"""A client that waits for each answer before its next request: what the awake pump makes of Live's tick.

Headless Live as a process with its 10 ms timer, over a socket, in real time; the mirror in this process, then over MCP
with the SDK's client and with one of a few lines, beside an empty tool of the SDK. Each share of Live's main thread is
a run of its own; share 0 is the pump that waits for its timer. On Lives before 12.4 parameters join the undo history on
Live's ticks only: the writes of a row share entries there. Many notes in one write are measured here, too.
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
from tests.benchmarks.measure import OURS, Distribution, Row
from tests.benchmarks.pipe import EMPTY_TOOL, Pipe, empty_tool

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)
VERSIONS = ("12.4", "12.3", "11.3")
NOTES = (5_000, 20_000)
MANY, CLIPS = 100, 5
TEMPO, PARAMETER = "set the tempo in lock-step, verified", "set a parameter in lock-step, verified"
OVER_MCP = ", over MCP"
SDK, PIPE = "SDK client", "at the pipe"
SINGLY = f"{MANY} singly ms"
OLDER = {VERSIONS[0]: "", **{version: f", Live {version}" for version in VERSIONS[1:]}}
IN_ONE_WRITE = "write many notes into an empty clip in one write, verified"
ORDER = [
    what + how + older for older in OLDER.values() for what in (TEMPO, PARAMETER) for how in ("", OVER_MCP)
]
ORDER.append(IN_ONE_WRITE)
CLOSED_S = 0.3
"""On a Live before 12.4 the entry of a parameter is closed by then."""

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
async def _running(version: str, share: float | None = None) -> AsyncIterator[HeadlessProcess]:
    """Headless Live with folders of its own; without `share` the script's own is taken."""
    settings = {} if share is None else {"awake_share": share}
    with tempfile.TemporaryDirectory(prefix="setmirror-lockstep-") as home:
        await trio.Path(home, "script.json").write_text(json.dumps(settings), "utf-8")
        before = os.environ.get("SETMIRROR_HOME")
        os.environ["SETMIRROR_HOME"] = home
        try:
            async with HeadlessProcess.started(
                more=["--live-version", version], environ=processes.environment(SETMIRROR_HOME=home)
            ) as live:
                yield live
        finally:
            if before is None:
                del os.environ["SETMIRROR_HOME"]
            else:
                os.environ["SETMIRROR_HOME"] = before


class _Parameters:
    """The first continuous parameters of the Set, and a value for each write; all can be named without a mirror."""

    def __init__(self, mirror: Mirror) -> None:
        self._spans = [
            (node.id, mirror.ref(node.parent or 0), node.name, node.props["min"], node.props["max"])
            for node in mirror.walk("song")
            if node.type == "DeviceParameter"
            and node.role == "parameters"
            and node.props.get("is_enabled")
            and not node.props["is_quantized"]
        ][:MANY]

    def operation(self, number: int) -> Set:
        id_, _, _, low, high = self._spans[number % len(self._spans)]
        return Set(id_, "value", self._value(number, low, high, 0.3))

    def arguments(self, number: int, shift: float) -> dict[str, Any]:
        """The arguments of `set_device`."""
        _, device, name, low, high = self._spans[number % len(self._spans)]
        return {"device": device, "parameters": {name: {"raw": self._value(number, low, high, shift)}}}

    def _value(self, number: int, low: float, high: float, shift: float) -> float:
        return low + (high - low) * (shift + 0.3 * (number // len(self._spans) % 2))


def subject_of(version: str, share: float, client: str = "") -> str:
    """The subject of the rows of this Live, with this share of its main thread; `client` over MCP."""
    timer = " (waits for the timer)" if not share else ""
    return f"{OURS}, Live {version}, share {share:g}{timer}{client and ', '}{client}"


async def _measure(measured: list[Row], version: str, share: float) -> None:
    subject = subject_of(version, share)
    older = OLDER[version]

    async def rows(how: str, subject: str, tempo: Write, parameter: Write) -> None:
        await trio.sleep(CLOSED_S)
        measured.append(await _lockstep(TEMPO + how + older, subject, tempo))
        measured.append(await _lockstep(PARAMETER + how + older, subject, parameter))

    async with _running(version, share) as live:
        # One client after the other: each one that is connected gets all changes.
        async with linked(live.port, sync_s=60.0) as mirror:
            spans = _Parameters(mirror)
            await rows(
                "",
                subject,
                lambda n: mirror.write([Set("song", "tempo", 100.0 + n % 7)]),
                lambda n: mirror.write([spans.operation(n)], author="bench"),
            )
            measured[-2].facts.update(await _awake(mirror))
        environ = processes.environment()
        async with Agent.connected(live.port, environ=environ) as agent:
            calls = ToolCalls(agent)
            await calls.wait_synced()
            await rows(
                OVER_MCP,
                subject_of(version, share, SDK),
                lambda n: calls.tempo(100.0 + n % 7),
                lambda n: agent.call("set_device", **spans.arguments(n, 0.35)),
            )
        async with Pipe.connected(live.port, environ) as pipe:
            await rows(
                OVER_MCP,
                subject_of(version, share, PIPE),
                lambda n: pipe.call("set_song", tempo=100.0 + n % 7),
                lambda n: pipe.call("set_device", **spans.arguments(n, 0.25)),
            )
    async with empty_tool(environ) as call:
        measured.append(await _lockstep(TEMPO + OVER_MCP + older, f"{EMPTY_TOOL}, {SDK}", lambda n: call()))


async def _lockstep(question: str, subject: str, write: Write) -> Row:
    """Writes in a row."""
    samples = [await _timed(write, number) for number in range(MANY)]
    return Row(question, subject, Distribution.of_seconds(samples), {SINGLY: sum(samples) * 1000})


async def _notes(measured: list[Row], count: int) -> None:
    """Measure each number of notes in a separate process, since the script reports the longest of all its steps."""
    notes = [
        {"pitch": 36 + n % 48, "start_time": n / 80, "duration": 0.05, "velocity": 100.0}
        for n in range(count)
    ]
    async with _running(VERSIONS[0]) as live, linked(live.port, sync_s=60.0) as mirror:
        made = await mirror.write([Call("song", "create_midi_track", {"index": -1})])
        slots = [f"@{made.results[0].result['id']}/clip_slots/{number}" for number in range(CLIPS)]
        samples = []
        for slot in slots:
            made = await mirror.write([Call(slot, "create_clip", {"pages": count / 80})])
            call = Call(made.results[0].result["id"], "add_new_notes", {"notes": notes})
            samples.append(await _timed(lambda _, call=call: mirror.write([call], author="bench"), 0))
        status = await mirror.script_status()
    timings = {**status["timings"], "collection of garbage": status["collections"]}
    facts = {
        f"longest {name} ms": timings[name]["max_ms"]
        for name in ("write", "flush", "pump", "collection of garbage")
    }
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
