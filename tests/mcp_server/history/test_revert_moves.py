"""Reverts of moves: devices and clips return to their places beside objects of others."""

from __future__ import annotations

import random
from typing import Any

import pytest
import trio
import trio.testing

from tests.lean import demo_set
from tests.mcp_server.history.test_revert import by_hand
from tests.whole import Refused, whole_path

Clock = trio.testing.MockClock


def devices(song: Any, track: int) -> list[str]:
    return [device.name for device in song.tracks[track].devices]


async def test_moved_devices_return_to_their_places_beside_devices_of_others(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        before = devices(song, 0), devices(song, 1)
        since = whole.mirror.revision
        await whole.call("move", target="tracks/0/devices/1", to="tracks/1", position=1)
        await whole.call("move", target="tracks/1/devices/3", to="tracks/1", position=2)
        await by_hand(whole, lambda song: song.tracks[0].insert_device("Auto Filter", 2))
        planned = await whole.call("revert", since=since, dry_run=True)
        assert all("returns to its place in" in note for note in planned["notes"])
        answer = await whole.call("revert", since=since)
        assert answer["outcome"] == "verified"
        assert devices(song, 1) == before[1]
        assert devices(song, 0) == [*before[0], "Auto Filter"]
        await whole.call("undo")
        assert devices(song, 1) != before[1]


async def test_a_device_moves_to_the_end_and_to_any_place_of_its_own_track(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        first, second, third = devices(song, 0)
        await whole.call("move", target="tracks/0/devices/1", to="tracks/0")
        assert devices(song, 0) == [first, third, second]
        await whole.call("move", target="tracks/0/devices/1", position=2)
        assert devices(song, 0) == [first, second, third]
        assert (await whole.call("move", target="tracks/0/devices/1", position=1))["outcome"] == "unchanged"


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_of_devices_is_restored(seed: int, autojump_clock: Clock) -> None:
    draw = random.Random(seed)
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        for name in ("Auto Filter", "Reverb", "Utility"):
            await by_hand(whole, lambda song, name=name: song.tracks[0].insert_device(name, 2))
        before, since = (devices(song, 0), devices(song, 1)), whole.mirror.revision
        for _ in range(4):
            # The first device of each track is its instrument.
            source, target = draw.randrange(2), draw.randrange(2)
            if len(devices(song, source)) < 3:
                continue
            place = draw.randrange(1, len(devices(song, source)))
            last = len(devices(song, target)) - 1
            await whole.call(
                "move",
                target=f"tracks/{source}/devices/{place}",
                to=f"tracks/{target}",
                position=draw.randrange(1, last + 1),
            )
        if (devices(song, 0), devices(song, 1)) == before:
            return
        await whole.call("revert", since=since)
        assert (devices(song, 0), devices(song, 1)) == before
        assert await whole.differences() == []


async def test_a_moved_clip_returns_and_is_never_deleted(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        slots = song.tracks[2].clip_slots
        free = next(n for n, slot in enumerate(slots) if not slot.has_clip)
        name = slots[1].clip.name
        moved = await whole.call(
            "move", target="tracks/2/clip_slots/1/clip", to=f"tracks/2/clip_slots/{free}"
        )
        planned = await whole.call("revert", write=moved["write"], dry_run=True)
        assert planned["notes"] == [f"clip {name!r} in 'Bass' returns to tracks/2/clip_slots/1"]
        await whole.call("revert", write=moved["write"])
        assert (slots[1].has_clip, slots[free].has_clip) == (True, False)
        assert slots[1].clip.name == name
        moved = await whole.call(
            "move", target="tracks/2/clip_slots/1/clip", to=f"tracks/2/clip_slots/{free}"
        )
        await by_hand(whole, lambda song: slots[1].create_clip(4.0))
        with pytest.raises(Refused, match="has another clip now"):
            await whole.call("revert", write=moved["write"])
        assert slots[free].has_clip
