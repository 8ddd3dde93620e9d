"""What a plan says beside its operations is said of a batch of it, too: dry run, expectations, notes, what is left."""

from __future__ import annotations

from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.desk import Desk
from mcp_server.plans import Plan
from mcp_server.tools import TOOLS
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
CLIP = "tracks/1/clip_slots/3/clip"
UP = [{"edit": "transpose", "semitones": 2}]
DRY: dict[str, dict[str, Any]] = {
    "transform_notes": {"clips": [CLIP], "edits": UP, "dry_run": True},
    "arrange": {"action": "copy", "range": [0, 16], "start": 200, "dry_run": True},
    "revert": {"who": "anyone", "since": 0, "dry_run": True},
}
JOINED = {"operations", "makes", "notes", "left", "expect", "dry_run"}
"""The parts of a plan that a batch takes over; a batch has its own label and calls."""
OF_BATCHES = {"label", "calls", "if_revision"}


def test_each_part_of_a_plan_is_tested_here() -> None:
    assert set(Plan.__struct_fields__) == JOINED | OF_BATCHES
    dry = {
        name for name, tool in TOOLS.items() if tool.plan and "dry_run" in tool.arguments.__struct_fields__
    }
    assert dry - {"batch"} == set(DRY)


async def renamed_since(whole: Whole) -> str:
    """The id of a write of two values, of which a person changed one."""
    write = await whole.call("set_track", track="Bass", name="Sub", volume="-9 dB")
    await whole.by_hand(lambda song: setattr(song.tracks[2], "name", "Mine"))
    await trio.sleep(0.5)
    return str(write["write"])


@pytest.mark.parametrize("tool", DRY)
async def test_a_dry_run_within_a_batch_is_refused_or_stays_one(tool: str, autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await renamed_since(whole)
        calls = [{"tool": "set_song", "args": {"tempo": 90}}, {"tool": tool, "args": DRY[tool]}]
        entries, revision = whole.history(), whole.mirror.revision
        with pytest.raises(Refused, match=rf"call 1 \({tool}\): `dry_run` is of all calls or of none"):
            await whole.call("batch", calls=calls)
        assert (await whole.call("batch", calls=calls, dry_run=True))["dry_run"]
        assert (whole.history(), whole.mirror.revision) == (entries, revision)


async def test_a_batch_says_what_its_calls_leave_and_note(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        write = await renamed_since(whole)
        alone = await whole.call("revert", write=write, dry_run=True)
        both = await whole.call(
            "batch",
            calls=[
                {"tool": "revert", "args": {"write": write}},
                {"tool": "transform_notes", "args": {"clips": ["Keys"], "edits": UP}},
            ],
        )
        assert (both["outcome"], both["summary"]) == ("partial", alone["summary"])
        left = [note for note in alone["notes"] if note.startswith("left: ")]
        assert len(left) == 1
        assert [f"call 0 (revert): {note}" for note in left] == [n for n in both["notes"] if "left: " in n]
        assert any(note.startswith("call 1 (transform_notes): ") for note in both["notes"])


async def test_an_expectation_of_a_call_holds_in_a_batch(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = Desk._execute

    async def late(self: Desk, scope: Any, plan: Plan) -> dict[str, Any]:
        await whole.by_hand(lambda song: setattr(song.tracks[2], "name", "Mine"))
        return await execute(self, scope, plan)

    async with whole_path(demo_set()) as whole:
        write = (await whole.call("set_track", track="Bass", name="Sub"))["write"]
        monkeypatch.setattr(Desk, "_execute", late)
        with pytest.raises(Refused, match="PRECONDITION_FAILED"):
            await whole.call("batch", calls=[{"tool": "revert", "args": {"write": write}}])
        assert whole.stage.song.tracks[2].name == "Mine"
