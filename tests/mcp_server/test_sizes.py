"""What reads cost a model: bytes / 4 of the answer, for a Set as large as people make them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import trio.testing

from remote_script.headless.sets.generate import large_set
from tests.whole import whole_path

Clock = trio.testing.MockClock
TRACKS, SCENES, CLIPS = 100, 200, 10_000
MOST_TOKENS = 25_000


def tokens(answer: Any) -> float:
    return len(json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode()) / 4


@pytest.mark.slow
async def test_a_set_of_100_tracks_and_200_scenes_is_read_in_pages_of_25000_tokens(
    autojump_clock: Clock,
) -> None:
    spec = large_set(TRACKS, CLIPS, notes=CLIPS, parameters=2000)
    assert (len(spec.tracks), len(spec.scenes)) == (TRACKS, SCENES)
    held = sum(clip is not None for track in spec.tracks for clip in track.clip_slots)
    async with whole_path(spec, tick_s=0.1) as whole:
        answer = await whole.call("get_set")
        assert tokens(answer) <= MOST_TOKENS
        grid = dict(answer["set"]["grid"])
        following = answer["set"].get("grid_next")
        while following is not None:
            page = await whole.call("get_set", cursor=following)
            assert tokens(page) <= MOST_TOKENS
            assert not grid.keys() & page["set"]["grid"].keys()
            grid |= page["set"]["grid"]
            following = page["set"].get("grid_next")
        assert sum(len(row) for row in grid.values()) == held
