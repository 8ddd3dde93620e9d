"""Both ends of a clip's span are set, whatever the span was before.

Live refuses a start beyond the present end and an end before the present start, so the order depends on the direction.
"""

from __future__ import annotations

from itertools import permutations, product

import pytest
import trio.testing

from mcp_server import spans
from mirror import Set
from remote_script.headless import demo_set
from tests.whole import whole_path

Clock = trio.testing.MockClock
PAIRS = [("loop_start", "loop_end"), ("start_marker", "end_marker")]
SPANS = [(start, start + length) for start, length in product((0.0, 2.0, 9.0), (1.0, 7.0))]
CLIP = "tracks/1/clip_slots/0/clip"


@pytest.mark.parametrize("pair", PAIRS)
async def test_a_span_moves_from_every_place_to_every_other(
    pair: tuple[str, str], autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        clip = whole.stage.live.song.tracks[1].clip_slots[0].clip
        for before, after in permutations(SPANS, 2):
            for span in (before, after):
                answer = await whole.call("set_clip", clip=CLIP, **dict(zip(pair, span, strict=True)))
                assert answer["outcome"] != "mismatch"
                assert (getattr(clip, pair[0]), getattr(clip, pair[1])) == span


async def test_a_loop_and_its_markers_move_to_an_earlier_place_in_one_call(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        clip = whole.stage.live.song.tracks[1].clip_slots[0].clip
        for start, end in ((16, 24), (2, 4)):
            await whole.call(
                "set_clip", clip=CLIP, loop_start=start, loop_end=end, start_marker=start, end_marker=end
            )
            assert (clip.loop_start, clip.loop_end, clip.start_marker, clip.end_marker) == (start, end) * 2


async def test_a_crop_takes_any_range_of_the_clip(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        clip = whole.stage.live.song.tracks[1].clip_slots[0].clip
        await whole.call("set_clip", clip=CLIP, loop_start=8, loop_end=12)
        await whole.call("transform_notes", clips=[CLIP], edits=[{"edit": "crop", "from": 2, "to": 4}])
        assert (clip.loop_start, clip.loop_end) == (2.0, 4.0)


@pytest.mark.parametrize("written", list(permutations(["loop_start", "loop_end", "name"])))
def test_other_properties_keep_their_places(written: tuple[str, ...]) -> None:
    spans_of = {"loop_start": 8.0, "loop_end": 12.0, "name": "A"}
    ordered = spans.in_order([Set(7, name, spans_of[name]) for name in written], lambda *_: 4.0)
    names = [op.name for op in ordered]
    assert names.index("name") == written.index("name")
    assert names.index("loop_end") < names.index("loop_start")
