"""`find` compares displayed levels: "volume > -6 dB" of a track means its mixer."""

from __future__ import annotations

from typing import Any

import pytest
import trio.testing

from tests.lean import demo_set
from tests.whole import whole_path

Clock = trio.testing.MockClock


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("volume > -6 dB", {"Drums", "Keys", "Bass"}),
        ("volume < -6 dB", {"Vinyl"}),
        ("mixer_device.volume <= -12 dB", {"Vinyl"}),
        ("panning < 0", {"Keys"}),
    ],
)
async def test_tracks_are_found_by_their_levels(
    autojump_clock: Clock, where: str, expected: set[Any]
) -> None:
    async with whole_path(demo_set()) as whole:
        answer = await whole.call("find", kind="track", where=[where])
        names = {each["name"] for each in answer["found"]}
        assert expected <= names
        assert len(names) < len(whole.mirror.children("song", "tracks")) + 3
        assert ("Vinyl" in names) == ("Vinyl" in expected)
