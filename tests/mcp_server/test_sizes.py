"""The tokens of reads: bytes / 4 of the answer, for a Set of realistic size."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio.testing

from remote_script.headless.sets.generate import default_set, large_set
from tests import jobs
from tests.whole import whole_path

Clock = trio.testing.MockClock
TRACKS, SCENES, CLIPS = 100, 200, 10_000
MOST_TOKENS = 25_000


@pytest.mark.slow
async def test_a_set_of_100_tracks_and_200_scenes_is_read_in_pages_of_25000_tokens(
    autojump_clock: Clock,
) -> None:
    spec = large_set(TRACKS, CLIPS, notes=CLIPS, parameters=2000)
    assert (len(spec.tracks), len(spec.scenes)) == (TRACKS, SCENES)
    held = sum(clip is not None for track in spec.tracks for clip in track.clip_slots)
    async with whole_path(spec, tick_s=0.1) as whole:
        me = jobs.Model(whole.call)
        grid = await jobs.read_grid(me)
        assert me.largest / 4 <= MOST_TOKENS
        assert sum(len(row) for row in grid.values()) == held


async def test_a_lo_fi_beat_in_an_empty_set_takes_at_most_12_calls(
    tmp_path: Path, autojump_clock: Clock
) -> None:
    async with whole_path(default_set()) as whole:
        me = jobs.Model(whole.call)
        shown = await jobs.lo_fi(me, tmp_path)
        assert [each["arrangement_clips"] for each in shown["tracks"][:4]] == [2, 3, 2, 1]
        assert [each["name"] for each in shown["cue_points"]] == ["Intro", "Verse", "Chorus"]
        assert me.calls <= 12
        assert me.refusals == 0
