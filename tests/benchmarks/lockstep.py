"""A client that waits for each answer before its next request: what the awake pump makes of Live's tick.

Headless Live as a process with its 10 ms timer, the mirror in this one, both over a socket, in real time. Each share
of Live's main thread is a run of its own; share 0 is the pump that waits for its timer, as it was before. On Lives
before 12.4 a parameter joins the undo history on Live's ticks only: the next write waits for that.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import trio

from mcp_server.commands import processes
from mcp_server.commands.link import linked
from mcp_server.commands.processes import HeadlessProcess
from mcp_server.demo.agent import Agent
from mcp_server.demo.tool_calls import ToolCalls
from mirror import Mirror, Set
from tests.benchmarks.measure import OURS, Distribution, Row

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)
VERSIONS = ("12.4", "12.3", "11.3")
MANY = 100
TEMPO, PARAMETER = "set the tempo in lock-step, verified", "set a parameter in lock-step, verified"
OVER_MCP = "set the tempo in lock-step, verified, over MCP"
APART_S = 0.3
"""Between two writes that do not wait for each other's undo step."""


def rows() -> Iterator[Row]:
    """All rows of this module."""
    found: list[Row] = []
    for share in SHARES:
        trio.run(_measure, found, "12.4", share)
    for version in VERSIONS[1:]:
        trio.run(_measure, found, version, 0.4)
    yield from sorted(found, key=lambda row: (TEMPO, OVER_MCP, PARAMETER).index(row.question))


async def _measure(found: list[Row], version: str, share: float) -> None:
    subject = f"{OURS}, Live {version}, share {share:g}" + (" (waits for the timer)" if not share else "")
    with tempfile.TemporaryDirectory(prefix="setmirror-lockstep-") as home:
        await trio.Path(home, "script.json").write_text(json.dumps({"awake_share": share}), "utf-8")
        before = os.environ.get("SETMIRROR_HOME")
        os.environ["SETMIRROR_HOME"] = home
        try:
            environ = processes.environment(SETMIRROR_HOME=home)
            async with (
                HeadlessProcess.started(more=["--live-version", version], environ=environ) as live,
                linked(live.port, sync_s=60.0) as mirror,
            ):
                await _sets(found, mirror, subject, version)
                if version == VERSIONS[0]:
                    async with Agent.connected(live.port, environ=environ) as agent:
                        await _over_mcp(found, agent, subject)
        finally:
            if before is None:
                del os.environ["SETMIRROR_HOME"]
            else:
                os.environ["SETMIRROR_HOME"] = before


async def _sets(found: list[Row], mirror: Mirror, subject: str, version: str) -> None:
    tempo = [await _timed(mirror, Set("song", "tempo", 100.0 + number % 7)) for number in range(2 * MANY)]
    found.append(Row(TEMPO, subject, Distribution.of_seconds(tempo), await _awake(mirror)))
    nodes = [
        node
        for node in mirror.walk("song")
        if node.type == "DeviceParameter" and node.props.get("is_enabled") and not node.props["is_quantized"]
    ]
    spans = [(node.id, node.props["min"], node.props["max"]) for node in nodes][:MANY]
    together = version == VERSIONS[0]
    if not together:
        spans = spans[: MANY // 5]
    samples: list[float] = []
    began = time.perf_counter()
    for round_ in range(2):
        for id_, low, high in spans:
            if not together:
                await trio.sleep(APART_S)
            samples.append(await _timed(mirror, Set(id_, "value", low + (high - low) * (0.3 + 0.3 * round_))))
    whole = (time.perf_counter() - began) / 2
    facts = {f"{MANY} singly ms": whole * 1000} if together else {}
    note = "" if together else f"a write every {APART_S:g} s"
    found.append(Row(PARAMETER, subject, Distribution.of_seconds(samples), facts, note))


async def _over_mcp(found: list[Row], agent: Agent, subject: str) -> None:
    calls = ToolCalls(agent)
    await calls.wait_synced()
    samples = []
    for number in range(MANY):
        began = time.perf_counter()
        await calls.tempo(100.0 + number % 7)
        samples.append(time.perf_counter() - began)
    found.append(Row(OVER_MCP, subject, Distribution.of_seconds(samples)))


async def _timed(mirror: Mirror, what: Set) -> float:
    began = time.perf_counter()
    await mirror.write([what], author="bench")
    return time.perf_counter() - began


async def _awake(mirror: Mirror) -> dict[str, Any]:
    awake = (await mirror.script_status())["awake"]
    return {
        "waits": awake["waits"],
        "woken": awake["woken"],
        **({"off": awake["off"]} if awake["off"] else {}),
    }
