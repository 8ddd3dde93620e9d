"""Answers report silent effects: inaudible notes, gaps, overridden automation, a chosen slot."""

from __future__ import annotations

from typing import Any

import pytest
import trio
import trio.testing

from tests.lean import demo_set
from tests.whole import Refused, whole_path

Clock = trio.testing.MockClock
CLIP, VOLUME = "tracks/0/clip_slots/0", "tracks/0/mixer_device/volume"


@pytest.mark.parametrize(
    ("tool", "args", "note"),
    [
        (
            "edit_notes",
            {"clip": CLIP, "add": "C3@-1 D3@15:90 E3@0:.25"},
            "2 notes start outside of what",
        ),
        ("edit_notes", {"clip": CLIP, "add": "D3@3:90"}, "1 of the notes ends beyond beat 4, where"),
        ("edit_notes", {"clip": CLIP, "replace": "C3@900 E3@0:.25"}, "1 of the notes starts outside"),
        (
            "edit_envelope",
            {"clip": CLIP, "parameter": VOLUME, "ramps": [{"time": "bar 90", "length": 1, "to": 0.5}]},
            "1 of the steps and ramps starts outside",
        ),
        (
            "duplicate",
            {"target": CLIP, "time": ["bar 100"], "until": "107|2"},
            "are left as they were",
        ),
        ("move", {"target": CLIP, "to": "Keys"}, "the first free slot of tracks/1"),
        ("duplicate", {"target": CLIP, "to": ["tracks/2"]}, "the first free slot of tracks/2"),
    ],
)
async def test_the_answer_warns_of_writes_without_audible_effect(
    autojump_clock: Clock, tool: str, args: dict[str, Any], note: str
) -> None:
    async with whole_path(demo_set()) as whole:
        answer = await whole.call(tool, **args)
        assert any(note in each for each in answer["notes"])


async def test_a_note_within_the_clip_gets_no_warning(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        answer = await whole.call("edit_notes", clip=CLIP, add="E5@0:.25")
        assert "notes" not in answer


async def test_an_empty_replacement_is_refused_and_the_text_none_clears(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        clip = whole.mirror.resolve(f"{CLIP}/clip")
        before = len(whole.mirror.notes(clip))
        with pytest.raises(Refused, match="`replace` is empty"):
            await whole.call("edit_notes", clip=CLIP, replace="")
        assert len(whole.mirror.notes(clip)) == before > 0
        await whole.call("edit_notes", clip=CLIP, replace="none")
        assert len(whole.mirror.notes(whole.mirror.resolve(f"{CLIP}/clip"))) == 0


async def test_a_write_of_an_automated_parameter_warns_of_the_overridden_automation(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        volume = "tracks/1/mixer_device/volume"
        steps = [{"time": "bar 90", "length": "1 bar", "value": "-6 dB"}]
        await whole.call("edit_envelope", parameter=volume, track=1, steps=steps)
        await trio.sleep(5)
        assert whole.mirror.resolve(volume).props["automation_state"] == 1
        answer = await whole.call("set_track", track=1, volume="-3 dB")
        assert any("is automated: this overrides it" in each for each in answer["notes"])
