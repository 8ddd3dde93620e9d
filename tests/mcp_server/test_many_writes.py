"""A thousand writes of 1 to 40 operations: one entry each in Live's history, and undoing all restores the Set."""

from __future__ import annotations

import random
from typing import Any

import pytest
import trio.testing

from mcp_server.demo.contents import differences, picture
from tests import changes
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

OPERATIONS = 40
RISKY = {"delete_track", "insert_device"}
"""Operations that are refused, or cause refusals, too often in long writes, such as envelopes of arrangement clips."""


def operations(whole: Whole, draw: random.Random) -> list[dict[str, Any]]:
    """A number of an agent's operations in one write; later ones may be invalid after earlier ones."""
    found: list[dict[str, Any]] = []
    wanted = draw.randrange(1, OPERATIONS + 1)
    since: set[tuple[str, str]] = set()
    while len(found) < wanted:
        tool, arguments = changes.by_tool(whole.mirror, draw)
        calls = arguments.get("calls", [])
        if tool == "set_song" and "tempo" in arguments:
            calls = [{"tool": tool, "args": {"tempo": arguments["tempo"]}}]
        if any(is_risky(whole, each) for each in calls) and draw.random() < 0.97:
            continue
        sets = {key for each in calls if (key := set_by(each)) is not None}
        if sets & since:
            # A property is set twice only with a method call in between.
            continue
        since = sets if any(each["tool"] == "call_method" for each in calls) else since | sets
        base = len(found)
        found += [moved(each, base) for each in calls]
    return found


def is_risky(whole: Whole, call: dict[str, Any]) -> bool:
    method = call["args"].get("method")
    if method == "insert_envelope_step":
        clip = whole.mirror.resolve(int(call["args"]["target"].removeprefix("id:")))
        return bool(clip.props["is_arrangement_clip"])
    return method in RISKY


def set_by(call: dict[str, Any]) -> tuple[str, str] | None:
    """The target and the property that a call sets."""
    if call["tool"] == "set_song":
        return "song", "tempo"
    return (call["args"]["target"], call["args"]["property"]) if call["tool"] == "set_property" else None


def moved(call: dict[str, Any], base: int) -> dict[str, Any]:
    """The call after `base` other calls, with its `$k` renumbered."""
    target = call["args"].get("target", "")
    if not target.startswith("$"):
        return call
    return {**call, "args": {**call["args"], "target": f"${int(target[1:]) + base}"}}


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
            # The answer of a write of more than a dozen operations counts its changes.
            changed = answer["outcome"] != "unchanged"
            assert answer["undo_steps"] == len(whole.history()) - len(entries) == (1 if changed else 0)
            done += 1
            if len(whole.mirror.children("song", "scenes")) > 60 or len(whole.history()) - began > 80:
                # Undoing many steps takes most of the time, so the writes are undone in between.
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
