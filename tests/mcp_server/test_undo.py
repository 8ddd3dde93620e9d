"""Every write through a tool is one entry in Live's undo history, and undoing it restores the Set exactly."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import trio
import trio.testing

from mcp_server.demo.contents import Picture, differences, picture
from remote_script.headless import load_als
from tests import changes, sets
from tests.every_class import everything
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

WRITES = 80
STEP_S = 0.25


async def state(whole: Whole) -> Picture:
    await whole.audited()
    return picture(whole.mirror)


async def written_and_undone(whole: Whole, draw: random.Random, count: int) -> None:
    """Make a number of writes, count their entries, and check that the same number of undos restores the Set."""
    # Restored tracks play the arrangement and show their lanes, so all tracks must do so before the comparison.
    await whole.by_hand(lambda song: setattr(song, "back_to_arranger", False))
    await trio.sleep(STEP_S)
    first, began = await state(whole), len(whole.history())
    for _ in range(count):
        tool, arguments = changes.by_tool(whole.mirror, draw)
        if tool == "undo":
            continue
        entries, revision = whole.history(), whole.mirror.revision
        try:
            answer = await whole.call(tool, **arguments)
        except Refused:
            assert whole.history() == entries, (tool, arguments)
            continue
        # Before 12.4 parameters join the history on Live's ticks, after the answer.
        await trio.sleep(STEP_S)
        changed = any(result.get("changed") for result in answer["results"])
        assert answer["undo_steps"] == len(whole.history()) - len(entries), (tool, arguments, answer)
        assert answer["undo_steps"] == (1 if changed else 0), (tool, arguments, answer)
        assert answer["revision"] >= revision
    made = len(whole.history()) - began
    assert made > count / 3
    for _ in range(made):
        await whole.call("undo")
    assert len(whole.history()) == began
    assert differences(first, await state(whole)) == []
    assert await whole.differences() == []


@pytest.mark.parametrize("version", ["11.3", "12.4"])
async def test_each_write_is_one_undo_entry_and_undoing_all_restores_the_set(
    version: str, autojump_clock: trio.testing.MockClock
) -> None:
    async with whole_path(demo_set(), version) as whole:
        await written_and_undone(whole, random.Random(version), WRITES)


@pytest.mark.parametrize("writes", [20, pytest.param(WRITES, marks=pytest.mark.slow)])
@sets.parametrize_long
async def test_each_write_on_a_real_set_is_one_undo_entry_and_undoing_all_restores_it(
    als: Path, writes: int, autojump_clock: trio.testing.MockClock
) -> None:
    async with whole_path(load_als(str(als))) as whole:
        await written_and_undone(whole, random.Random(als.stem), writes)


async def test_the_undo_of_another_object_is_not_the_songs(autojump_clock: trio.testing.MockClock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        (looper,) = [node for node in whole.mirror.walk() if node.type == "LooperDevice"]
        await whole.call("set_song", tempo=99)
        entries = whole.history()
        await whole.call("call_method", target=f"id:{looper.id}", method="undo")
        call = {"tool": "call_method", "args": {"target": f"id:{looper.id}", "method": "undo"}}
        await whole.call("batch", calls=[call])
        assert whole.history() == entries
        assert whole.stage.song.tempo == 99.0
