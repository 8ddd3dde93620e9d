"""A working day in virtual time, with automation, edits, undo, other Sets and clients: memory does not grow."""

from __future__ import annotations

import gc
import os
import random
from pathlib import Path

import pytest
import trio
import trio.testing

from mirror import errors, load_token, open_mirror
from remote_script.headless.sets.generate import default_set
from remote_script.SetMirror.sent_batches import HISTORY_BYTES
from tests import changes
from tests.lean import demo_set
from tests.whole import LONG_S, Refused, Whole, whole_path

HOUR_S = 3600.0
TICK_S = 0.1
GROWTH_BYTES = 64 * 1024 * 1024
"""The most growth of the whole process in the second half, when all bounded buffers are full; includes headless Live's
own undo history, which has no bound."""


def resident() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def a_minute(whole: Whole, draw: random.Random) -> None:
    """Let a minute pass with an automated knob, an edit by hand, an edit by an agent, and sometimes an undo."""
    song = whole.stage.live.song
    for step in range(12):
        value = step / 12
        await whole.by_hand(
            lambda song, value=value: setattr(song.tracks[0].mixer_device.volume, "value", value)
        )
        await trio.sleep(1)
    for _ in range(3):
        try:
            if len(song.tracks) < 30 and len(song.scenes) < 40:
                await whole.by_hand(lambda song: changes.by_hand(song, draw))
                tool, arguments = changes.by_tool(whole.mirror, draw)
                await whole.call(tool, **arguments)
            else:
                for _ in range(30):
                    await whole.by_hand(lambda song: song.undo())
        except (*changes.REFUSALS, Refused):
            pass
        await trio.sleep(4)
    await trio.sleep(24 + 12 * draw.random())


async def a_guest(whole: Whole) -> None:
    """Connect a client for a minute."""
    async with open_mirror(whole.connect, load_token(), "guest", "1") as mirror:
        await mirror.wait_synced(LONG_S)
        async with mirror.subscribe(["**"]) as stream:
            with trio.move_on_after(60):
                async for _ in stream:
                    pass


async def a_day(hours: float) -> None:
    draw = random.Random(24)
    options = {"audit_s": 0.00002}
    async with whole_path(demo_set(), tick_s=TICK_S, **options) as whole, trio.open_nursery() as guests:
        end = trio.current_time() + hours * HOUR_S
        opened, minutes, early = 0, 0, 0
        await whole.by_hand(lambda song: song.start_playing())
        while trio.current_time() < end:
            try:
                await a_minute(whole, draw)
            except errors.MirrorError:
                await whole.mirror.wait_synced(LONG_S)
            minutes += 1
            if minutes % 7 == 0:
                guests.start_soon(a_guest, whole)
            share = 1 - (end - trio.current_time()) / (hours * HOUR_S)
            if share > (opened + 1) / 4 and opened < 3:
                opened += 1
                whole.stage.live.open_set((default_set, demo_set)[opened % 2]())
                await trio.sleep(5)
                await whole.mirror.wait_synced(LONG_S)
                await whole.by_hand(lambda song: song.start_playing())
            if share > 0.5 and not early:
                early = resident()
            if minutes % 60 == 0:
                attached, told = whole.listeners()
                assert attached == told
        await trio.sleep(90)
        await whole.by_hand(lambda song: song.stop_playing())
        assert await whole.differences() == []
        status = whole.stage.script.status()
        assert opened == 3
        assert status["history"]["bytes"] <= HISTORY_BYTES
        assert len(status["clients"]) == 1
        assert status["snapshots"] == 0
        assert len(whole.mirror.store.nodes) == status["objects"]
        assert resident() - early < GROWTH_BYTES
        guests.cancel_scope.cancel()


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="this system does not tell a process's memory"
)
async def test_memory_is_stable_over_a_quarter_of_an_hour(autojump_clock: trio.testing.MockClock) -> None:
    await a_day(0.25)


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="this system does not tell a process's memory"
)
async def test_memory_is_stable_over_a_day(autojump_clock: trio.testing.MockClock) -> None:
    await a_day(24)
