"""An agent's reads equal Live's values, on real Sets, before and after changes by hand and through tools."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import trio.testing

from remote_script.headless import load_als
from remote_script.headless.sets.generate import large_set
from tests import changes, sets
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

CHANGES = pytest.mark.parametrize("changes_made", [100, pytest.param(500, marks=pytest.mark.slow)])


async def a_session(whole: Whole, draw: random.Random, count: int) -> None:
    """Make a number of random changes, by hand and by tool."""
    done = 0
    for _ in range(count):
        try:
            if draw.random() < 0.5:
                await whole.by_hand(lambda song: changes.by_hand(song, draw))
            else:
                tool, arguments = changes.by_tool(whole.mirror, draw)
                await whole.call(tool, **arguments)
            done += 1
        except (*changes.REFUSALS, Refused):
            continue
        await trio.sleep(draw.randrange(4) / 100)
    assert done > count / 2
    await whole.by_hand(lambda song: song.stop_playing())


@CHANGES
@sets.parametrize_long
async def test_a_real_set_is_mirrored_before_and_after_a_session(
    als: Path, changes_made: int, autojump_clock: trio.testing.MockClock
) -> None:
    async with whole_path(load_als(str(als))) as whole:
        assert await whole.differences() == []
        await a_session(whole, random.Random(als.stem), changes_made)
        assert await whole.differences() == []


@CHANGES
@pytest.mark.parametrize("seed", range(2))
async def test_the_demo_set_is_mirrored_after_a_session(
    seed: int, changes_made: int, autojump_clock: trio.testing.MockClock
) -> None:
    async with whole_path(demo_set(), mode=("auto", "legacy")[seed]) as whole:
        await a_session(whole, random.Random(seed), changes_made)
        assert await whole.differences() == []


async def test_a_made_set_of_a_hundred_tracks_is_mirrored(autojump_clock: trio.testing.MockClock) -> None:
    async with whole_path(large_set(), tick_s=0.05) as whole:
        assert len(whole.mirror.children("song", "tracks")) == 100
        assert await whole.differences() == []
        await a_session(whole, random.Random(1), 60)
        assert await whole.differences() == []
