"""A batch holds the tools themselves: one grammar, one undo step, `$k` for what call k makes."""

from __future__ import annotations

from typing import Any

import pytest
import trio.testing

from mcp_server.plans import Scope, made
from mcp_server.tools import TOOLS
from mirror import Call, Set
from remote_script.headless import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock


def call(tool: str, /, **args: Any) -> dict[str, Any]:
    return {"tool": tool, "args": args}


async def test_a_part_is_built_from_nothing_in_one_undo_step(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        entries = len(whole.history())
        answer = await whole.call(
            "batch",
            calls=[
                call("create", kind="midi", name="Lead", color="#00ff00"),
                call("set_track", track="$0", volume="-6 dB", sends=[{"send": "Reverb", "value": "-12 dB"}]),
                call("create_clip", track="$0", slot=1, length="2 bars", name="Riff", notes="C3@0:1 E3@1"),
                call("set_clip", clip="$2", launch_mode="Gate"),
                call("edit_notes", clip="$0/clip_slots/1/clip", add="G3@2"),
                call("create", kind="scene", name="Drop"),
                call("set_property", target="$5", property="tempo", value="90"),
            ],
        )
        assert answer["outcome"] == "verified"
        assert len(whole.history()) == entries + 1
        track = whole.mirror.resolve("Lead")
        mixer = f"{whole.mirror.ref(track.id)}/mixer_device"
        assert whole.mirror.resolve(f"{mixer}/volume").props["display"] == "-6.0 dB"
        clip = whole.mirror.resolve("Riff")
        assert [note.pitch for note in whole.mirror.notes(clip)] == [60, 64, 67]
        assert whole.mirror.shown(clip, "launch_mode") == "gate"
        assert whole.mirror.resolve("Drop").props["tempo"] == 90.0


async def test_clips_without_a_slot_take_free_ones_and_make_scenes_where_there_are_none(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        scenes = len(whole.mirror.children("song", "scenes"))
        await whole.call("batch", calls=[call("create_clip", track=3 - 2, name=f"New {n}") for n in range(4)])
        places = [whole.mirror.ref(whole.mirror.resolve(f"New {n}").id) for n in range(4)]
        assert len(set(places)) == 4
        assert all(place.startswith("tracks/1/") for place in places)
        assert len(whole.mirror.children("song", "scenes")) == scenes + 2


@pytest.mark.parametrize(
    ("calls", "rule"),
    [
        ([call("set_song", tempo=99), call("set_song", tempo=5000)], "tempo"),
        (
            [call("set_song", tempo=99), call("load", path="x")],
            "call 1 (load): load cannot be part of a batch",
        ),
        ([call("get_set")], "call 0 (get_set): get_set cannot be part of a batch: it only reads"),
        ([call("set_song", tempo=99), call("undo")], "call 1 (undo)"),
        ([call("call_method", target="song", method="undo")], "call 0 (call_method): undo and redo"),
        ([call("batch", calls=[])], "call 0 (batch): A batch holds no batch"),
        ([call("fly")], "call 0 (fly): There is no tool 'fly'"),
        ([call("set_track", track="$0", mute=True)], "call 0 (set_track): $k is what an earlier call"),
        (
            [call("set_song", tempo=99), call("set_track", track="$0", mute=True)],
            "Call 0 of the batch makes no",
        ),
        (
            [call("create", kind="midi"), call("set_clip", clip="$0", name="x")],
            "A Clip or ClipSlot is needed",
        ),
        ([call("create", kind="midi"), call("set_track", trak="$0")], "call 1 (set_track)"),
        ([call("set_track", track=0)], "call 0 (set_track): nothing to change"),
    ],
)
async def test_a_refusal_says_which_call_and_nothing_is_done(
    calls: list[dict[str, Any]], rule: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        entries, revision = whole.history(), whole.mirror.revision
        with pytest.raises(Refused) as caught:
            await whole.call("batch", calls=calls)
        assert rule in caught.value.data["rule"]
        assert (whole.history(), whole.mirror.revision) == (entries, revision)


async def test_too_many_operations_are_refused_before_anything_runs(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        many = [call("duplicate", target="tracks/0/clip_slots/0", time=[0.0] * 200) for _ in range(6)]
        with pytest.raises(Refused, match=r"call 5 .* at most 1000 operations"):
            await whole.call("batch", calls=many)
        assert whole.history() == []


async def test_a_dry_run_says_in_words_what_would_change(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        answer = await whole.call("batch", calls=[call("set_track", track=0, mute=True)], dry_run=True)
        assert answer["dry_run"]
        assert answer["notes"] == ["set mute of tracks/0 'Drums' to True"]
        assert whole.history() == []


async def plan_of(whole: Whole, tool: str, **args: Any) -> Any:
    return TOOLS[tool].planned(Scope(whole.mirror), args)


async def test_plans_are_pure_and_joined_with_their_numbers(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        plan = await plan_of(whole, "create", kind="midi", name="$0 bills")
        assert plan == await plan_of(whole, "create", kind="midi", name="$0 bills")
        assert plan.operations[1] == Set(made(0), "name", "$0 bills")
        # What is meant as an object gets the number; what is only a text stays.
        assert plan.final(7)[1] == Set("$7", "name", "$0 bills")
        scope = Scope(whole.mirror)
        ops = [*scope.join(plan), *scope.join(plan)]
        assert [op.target for op in ops] == ["song", "$0", "song", "$2"]
        assert isinstance(ops[2], Call)
        assert scope.ref(scope.resolve("$1/clip_slots/2")) == "$2/clip_slots/2"
