"""A thousand writes of 1 to 40 operations: one entry each in Live's history, and undoing all leads back exactly."""

from __future__ import annotations

import random
from typing import Any

import pytest
import trio.testing

from mcp_server.commands.picture import differences, picture
from remote_script.headless import demo_set
from tests import changes
from tests.whole import Refused, Whole, whole_path

OPERATIONS = 40
RISKY = {"delete_track", "insert_device"}
"""Refuse, or let others be refused, too often for writes of forty operations."""


def operations(whole: Whole, draw: random.Random) -> list[dict[str, Any]]:
    """So many of what agents do, in one write; later ones may not make sense after earlier ones."""
    found: list[dict[str, Any]] = []
    wanted = draw.randrange(1, OPERATIONS + 1)
    while len(found) < wanted:
        tool, arguments = changes.by_tool(whole.mirror, draw)
        risky = {each["args"].get("method") for each in arguments.get("calls", ())} & RISKY
        if risky and draw.random() < 0.97:
            continue
        if tool == "batch":
            base = len(found)
            for each in arguments["calls"]:
                target = each["args"]["target"]
                if target.startswith("$"):
                    each = {**each, "args": {**each["args"], "target": f"${int(target[1:]) + base}"}}
                found.append(each)
        elif tool == "set_song" and "tempo" in arguments:
            found.append({"tool": tool, "args": {"tempo": arguments["tempo"]}})
    return found


async def many(seed: int, count: int) -> None:
    draw = random.Random(seed)
    async with whole_path(demo_set()) as whole:
        await whole.audited()
        first, began = picture(whole.mirror), len(whole.history())
        done = refused = 0
        for _ in range(count):
            entries = whole.history()
            try:
                answer = await whole.call("batch", calls=operations(whole, draw))
            except Refused:
                refused += 1
                assert whole.history() == entries
                continue
            changed = any(result.get("changed") for result in answer["results"])
            assert answer["undo_steps"] == len(whole.history()) - len(entries) == (1 if changed else 0)
            done += 1
            if len(whole.mirror.children("song", "scenes")) > 60 or len(whole.history()) - began > 80:
                # Live keeps so many steps that going back is what takes the time: do it on the way.
                await all_undone(whole, began)
        assert done > refused
        await all_undone(whole, began)
        await whole.audited()
        assert differences(first, picture(whole.mirror)) == []
        assert await whole.differences() == []


async def all_undone(whole: Whole, began: int) -> None:
    while len(whole.history()) > began:
        entries = len(whole.history())
        await whole.call("undo")
        assert len(whole.history()) == entries - 1


async def test_writes_of_many_operations_are_one_entry_each(autojump_clock: trio.testing.MockClock) -> None:
    await many(1, 60)


@pytest.mark.slow
async def test_a_thousand_writes_of_many_operations_are_one_entry_each(
    autojump_clock: trio.testing.MockClock,
) -> None:
    await many(2, 1000)
