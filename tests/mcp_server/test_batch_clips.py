"""Clips that a batch itself makes: every tool that takes a clip takes them, in the same batch."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
import trio
import trio.testing

from mcp_server.tools import TOOLS
from tests.lean import demo_set
from tests.whole import Refused, whole_path

Clock = trio.testing.MockClock


def call(tool: str, /, **args: Any) -> dict[str, Any]:
    return {"tool": tool, "args": args}


UP = {"edit": "transpose", "semitones": 2}
WAYS = {
    "what the call made": ([call("create_clip", track=5, slot=2, length=8, notes="C3@0:1 E3@1:1")], "$0"),
    "its slot": ([call("create_clip", track=5, slot=2, length=8, notes="C3@0:1")], "tracks/5/clip_slots/2"),
    "in its slot": ([call("create_clip", track=5, slot=2, notes="C3@0:1")], "tracks/5/clip_slots/2/clip"),
    "by its name": ([call("create_clip", track=5, slot=2, notes="C3@0:1", name="New one")], "New one"),
    "on a new track": (
        [call("create", kind="midi"), call("create_clip", track="$0", slot=1, notes="C3@0:2 D3@1:3 C3@1:1")],
        "$0/clip_slots/1",
    ),
    "all of a new track": (
        [call("create", kind="midi"), call("create_clip", track="$0", notes="C3@0:1")],
        "$0",
    ),
    "a composed one": ([call("compose", part="chords", into="tracks/5", text="Dm7 | G7")], "$0"),
    "a copy": ([call("duplicate", target="tracks/1/clip_slots/0", to=["tracks/1/clip_slots/8"])], "$0"),
    "in the arrangement": ([call("create_clip", track=5, time="bar 200", notes="C3@0:1 E3@1:1")], "$0"),
}
"""Calls that create a clip, and the target by which the next call names it."""


@pytest.mark.parametrize("way", WAYS)
async def test_notes_of_a_new_clip_are_transformed_as_in_a_separate_call(
    way: str, autojump_clock: Clock
) -> None:
    makes, target = WAYS[way]
    more = (
        [call("edit_notes", clip=target, add="G3@2:1")] if way not in ("all of a new track", "a copy") else []
    )
    edits = [UP, {"edit": "velocity", "to": 77}]
    results = []
    async with whole_path(demo_set()) as whole:
        await whole.call("create", kind="scene")
        answer = await whole.call(
            "batch", calls=[*makes, *more, call("transform_notes", clips=[target], edits=edits)]
        )
        made = next(each for each in answer["results"] if each.get("result", {}).get("type") == "Clip")
        results.append(
            [n[1:] for n in map(msgspec.structs.astuple, whole.mirror.notes(made["result"]["ref"]))]
        )
        await whole.call("undo")
        answer = await whole.call("batch", calls=[*makes, *more])
        made = next(each for each in answer["results"] if each.get("result", {}).get("type") == "Clip")
        await whole.call("transform_notes", clips=[made["result"]["ref"]], edits=edits)
        results.append(
            [n[1:] for n in map(msgspec.structs.astuple, whole.mirror.notes(made["result"]["ref"]))]
        )
    assert results[0] == results[1] != []


@pytest.mark.parametrize(
    ("calls", "rule"),
    [
        ([call("transform_notes", clips=["tracks/1/clip_slots/0"], edits=[UP])], "after call 0"),
        ([call("edit_notes", clip="tracks/1/clip_slots/0", replace="C3@0")], "after call 0"),
        ([call("call_method", target="tracks/1/clip_slots/0/clip", method="crop")], "after call 0"),
        ([call("duplicate", target="tracks/1")], "known only after"),
    ],
)
async def test_notes_that_only_live_has_are_not_guessed(
    calls: list[dict[str, Any]], rule: str, autojump_clock: Clock
) -> None:
    """A second call on the former notes would silently undo the first call."""
    target = "$0" if calls[0]["tool"] == "duplicate" else "tracks/1/clip_slots/0"
    async with whole_path(demo_set()) as whole:
        with pytest.raises(Refused) as caught:
            await whole.call("batch", calls=[*calls, call("transform_notes", clips=[target], edits=[UP])])
        assert caught.value.data["rule"].startswith("call 1 (transform_notes): ")
        assert rule in caught.value.data["rule"]
        assert "end the batch before this call" in caught.value.data["hint"]
        assert whole.history() == []


ON_A_CLIP: dict[str, dict[str, Any]] = {
    "set_clip": {"clip": "", "name": "X", "loop_start": 1, "loop_end": 2},
    "fire": {"target": ""},
    "edit_envelope": {
        "clip": "",
        "parameter": "tracks/5/mixer_device/volume",
        "steps": [{"time": 0, "length": 1, "value": 0}],
    },
    "edit_notes": {"clip": "", "add": "G3@2:1"},
    "transform_notes": {"clips": [""], "edits": [UP]},
    "compose": {"part": "bass", "into": "", "text": "Dm7", "at": 8},
    "delete": {"targets": [""]},
    "duplicate": {"target": "", "time": ["bar 200"], "until": "bar 210"},
    "move": {"target": "", "time": "bar 200"},
    "set_property": {"target": "", "property": "name", "value": "X"},
    "call_method": {"target": "", "method": "duplicate_loop"},
}
"""The tools that take a clip, with arguments; "" stands for the clip."""
ON_NONE = {
    "arrange", "batch", "create", "create_clip", "insert_device", "revert", "set_device", "set_song", "set_track",
    "transport",
}  # fmt: skip


def test_each_batchable_tool_is_tested_with_a_new_clip_or_accepts_none() -> None:
    assert {name for name, tool in TOOLS.items() if tool.plan is not None} == {*ON_A_CLIP, *ON_NONE}


@pytest.mark.parametrize("ref", ["$0", "tracks/5/clip_slots/2/clip"])
@pytest.mark.parametrize("tool", ON_A_CLIP)
async def test_each_tool_accepts_a_clip_created_in_the_same_batch(
    tool: str, ref: str, autojump_clock: Clock
) -> None:
    args = json.loads(json.dumps(ON_A_CLIP[tool]).replace('""', json.dumps(ref)))
    async with whole_path(demo_set()) as whole:
        first = call("create_clip", track=5, slot=2, length=4, notes="C3@0:1")
        answer = await whole.call("batch", calls=[first, call(tool, **args)])
        # An object that is created and deleted leaves nothing.
        assert answer["outcome"] == ("unchanged" if tool == "delete" else "verified")
        assert await whole.differences() == []


@pytest.mark.parametrize(
    "last",
    [
        call("fire", target="$1"),
        call("fire", target="$1", stop=True),
        call("fire", target="$0", stop=True),
        call("fire", target="$0/clip_slots/2"),
        call("fire", target="$2"),
        call("call_method", target="$0", method="stop_all_clips"),
        call("set_property", target="$1", property="is_playing", value=True),
    ],
)
async def test_clips_created_in_a_batch_are_launched_and_stopped_in_it(
    last: dict[str, Any], autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        makes = [
            call("create", kind="midi"),
            call("create_clip", track="$0", slot=1),
            call("create", kind="scene"),
        ]
        answer = await whole.call("batch", calls=[*makes, last])
        assert answer["outcome"] == "verified"
        await trio.sleep(1)
        assert await whole.differences() == []
