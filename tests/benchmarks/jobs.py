"""The costs of jobs for a model that has only the tools: calls, refusals, bytes, tokens; tests run the same jobs.

The jobs run in one process and in virtual time, since these are counts. Tokens are UTF-8 bytes / 4 of compact JSON.
"""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import trio
import trio.testing

from mcp_server.tools import TOOLS, chosen
from remote_script.headless import demo_set
from remote_script.headless.sets.generate import default_set, large_set
from tests import jobs
from tests.benchmarks.measure import OURS, Row
from tests.whole import whole_path

TRACKS, CLIPS = 100, 10_000
LISTED = "tokens of the list of tools, by toolset"
UNDERSTOOD = "understand the demo Set: tracks, grid, all notes, settings that are not default"
LO_FI = "a lo-fi beat from nothing, arranged and mixed"
PAGED = f"get_set of {TRACKS} tracks and 200 scenes, all pages"


def rows() -> Iterator[Row]:
    """All rows of this module."""
    for name, tools in (("all", TOOLS), ("core", chosen(["core"]))):
        shown = [tool.declared for tool in tools.values()]
        listed = [
            {"name": tool.name, "description": tool.description, "inputSchema": tool.input_schema}
            for tool in shown
        ]
        facts = {"tools": len(listed), "tokens": round(sum(map(jobs.size, listed)) / 4)}
        yield Row(LISTED, f"{OURS}, {name}", facts=facts)
    yield _row(UNDERSTOOD, demo_set(), jobs.understand)
    with tempfile.TemporaryDirectory(prefix="setmirror-jobs-") as folder:
        yield _row(LO_FI, default_set(), lambda me: jobs.lo_fi(me, Path(folder)))
    spec = large_set(TRACKS, CLIPS, notes=CLIPS, parameters=2000)
    yield _row(PAGED, spec, jobs.read_grid, tick_s=0.1)


def _row(question: str, spec: Any, job: Callable[[jobs.Model], Awaitable[Any]], **how: Any) -> Row:
    async def do() -> jobs.Model:
        async with whole_path(spec, **how) as whole:
            me = jobs.Model(whole.call)
            await job(me)
            return me

    me = trio.run(do, clock=trio.testing.MockClock(autojump_threshold=0))
    return Row(question, OURS, facts={**me.facts, "tokens of the largest answer": round(me.largest / 4)})
