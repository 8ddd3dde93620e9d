"""Lists of edits in Live: one call has the same result as several calls, and every removed note is reported."""

from __future__ import annotations

import random
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest

from mcp_server.music import EDITS
from remote_script.headless import demo_set
from tests.mcp_server.music.test_edits import OPTIONS
from tests.whole import Refused, Whole, whole_path

BEAT = "C1@0:.25v110 D1@1 C1@2 D1@3"
GHOSTS = {"edit": "ghost", "select": {"pitch": "D1"}, "velocity": 28, "probability": 1}
SWING = {"edit": "swing", "percent": 58}
PATTERN = "C3@0:.25v110 E3@0 G3@.24 D3@1:.5 C3@1.5:1 E3@2:.3 A3@2:.3 D3@3.01:.9v60 C3@3.5:.5 G3@3.75:.25"
ONE, APART = ("tracks/1/clip_slots/1", "tracks/1/clip_slots/6")


async def empty_clips(whole: Whole) -> None:
    for slot in (1, 6):
        await whole.call("create_clip", track=1, slot=slot, length="1 bar")


def sounds(whole: Whole, slot: str) -> list[tuple[Any, ...]]:
    notes = whole.mirror.notes(f"{slot}/clip")
    return sorted(
        (note.pitch, round(note.start_time, 9), round(note.duration, 9), round(note.velocity, 6), note.mute)
        for note in notes
    )


async def test_ghost_notes_swung_in_the_same_call_keep_the_backbeat(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await empty_clips(whole)
        await whole.call("edit_notes", clip=ONE, replace=BEAT)
        answer = await whole.call("transform_notes", clips=[ONE], edits=[GHOSTS, SWING])
        notes = whole.mirror.notes(f"{ONE}/clip")
        assert len(notes) == 18
        assert {note.start_time for note in notes if note.velocity == 110} == {0.0, 1.0, 2.0, 3.0}
        cut = next(note for note in notes if note.start_time == 0.79)
        assert cut.start_time + cut.duration == 1.0
        assert any("7 cut" in note for note in answer["notes"])


async def test_one_call_with_many_edits_is_the_same_as_one_call_for_each(autojump_clock: Any) -> None:
    draw, options = random.Random(1), {**OPTIONS, "velocity": {"factor": 0.8}}
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await empty_clips(whole)
        names = sorted(EDITS, key=lambda name: draw.random())
        for first, second in pairwise([*names, names[0]]):
            edits = [{"edit": name, **options.get(name, {})} for name in (first, second)]
            for slot in (ONE, APART):
                await whole.call("edit_notes", clip=slot, replace=PATTERN)
            await whole.call("transform_notes", clips=[ONE], edits=edits, overwrite=True)
            for edit in edits:
                # An edit that would change nothing is refused.
                with suppress(Refused):
                    await whole.call("transform_notes", clips=[APART], edits=[edit], overwrite=True)
            assert sounds(whole, ONE) == sounds(whole, APART), edits
        assert await whole.differences() == []


@pytest.mark.parametrize(
    ("edits", "named"),
    [
        (
            [{"edit": "velocity", "to": 80}, {"edit": "quantize", "grid": "1/1"}],
            ["edit 1 (quantize)", "C3@1, C3@1.5"],
        ),
        ([{"edit": "transpose", "semitones": 2, "select": {"pitch": 60}}], ["edit 0 (transpose)", "D3@1"]),
        ([{"edit": "repeat", "times": 2, "length": 1.5}], ["edit 0 (repeat)", "C3@1.5"]),
    ],
)
async def test_a_note_that_an_edit_would_replace_is_named_before_the_edit(
    autojump_clock: Any, edits: list[dict[str, Any]], named: list[str]
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await empty_clips(whole)
        await whole.call("edit_notes", clip=ONE, replace="D3@1 C3@1:.5 C3@1.5:.5 D3@3:.25 C3@0:1")
        before = sounds(whole, ONE)
        with pytest.raises(Refused) as caught:
            await whole.call("transform_notes", clips=[ONE], edits=edits)
        assert caught.value.data["error"] == "WOULD_OVERWRITE"
        assert all(word in str(caught.value) for word in named), str(caught.value)
        assert sounds(whole, ONE) == before
        answer = await whole.call("transform_notes", clips=[ONE], edits=edits, overwrite=True)
        lost = caught.value.data["count"]
        assert any(f"{lost} replaced by others" in note for note in answer["notes"])


async def test_replacing_notes_of_the_same_batch_needs_permission_too(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        quantize = {"clips": ["$0"], "edits": [{"edit": "quantize", "grid": "1/1"}]}
        calls: list[dict[str, Any]] = [
            {"tool": "create_clip", "args": {"track": 1, "slot": 1, "notes": "C3@0 C3@1 D3@2"}},
            {"tool": "transform_notes", "args": quantize},
        ]
        with pytest.raises(Refused, match=r"call 1 \(transform_notes\).*C3@0.* 3 → 2"):
            await whole.call("batch", calls=calls)
        quantize["overwrite"] = True
        await whole.call("batch", calls=calls)
        assert len(whole.mirror.notes(f"{ONE}/clip")) == 2
