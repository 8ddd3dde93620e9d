"""A write that deletes or copies a group names the tracks that go with it."""

from __future__ import annotations

from typing import Any

import pytest
import trio.testing

from mcp_server.policy import Policy, PolicyFile, Rule
from remote_script.headless import SetSpec
from remote_script.headless.sets.spec import TrackSpec
from tests.lean import demo_set
from tests.whole import whole_path

Clock = trio.testing.MockClock


def grouped() -> SetSpec:
    """TOP holds Low and INNER, which holds High; Alone and Last are in no group."""
    spec = demo_set()
    spec.tracks = [
        TrackSpec("group", "TOP"),
        TrackSpec("midi", "Low", group=0),
        TrackSpec("group", "INNER", group=0),
        TrackSpec("midi", "High", group=2),
        TrackSpec("midi", "Alone"),
        TrackSpec("midi", "Last"),
    ]
    return spec


@pytest.mark.parametrize(
    ("tool", "args", "what", "names"),
    [
        ("delete", {"targets": ["TOP"]}, "its 3 tracks are deleted", ["Low", "INNER", "High"]),
        ("delete", {"targets": ["TOP", "Alone"]}, "its 3 tracks are deleted", ["Low", "INNER", "High"]),
        ("delete", {"targets": ["INNER"]}, "its 1 track is deleted", ["High"]),
        ("duplicate", {"target": "TOP"}, "its 3 tracks are copied", ["Low", "INNER", "High"]),
        ("delete", {"targets": ["Alone"]}, "", []),
        ("duplicate", {"target": "Low"}, "", []),
        (
            "call_method",
            {"target": "song", "method": "delete_track", "args": {"index": 2}},
            "its 1 track is deleted",
            ["High"],
        ),
        (
            "batch",
            {"calls": [{"tool": "delete", "args": {"targets": ["INNER"]}}]},
            "its 1 track is deleted",
            ["High"],
        ),
    ],
)
async def test_a_write_names_the_tracks_that_go_with_a_group(
    tool: str, args: dict[str, Any], what: str, names: list[str], autojump_clock: Clock
) -> None:
    async with whole_path(grouped()) as whole:
        before = {track.name for track in whole.mirror.children("song", "tracks")}
        answer = await whole.call(tool, **args)
        notes = [note for note in answer.get("notes", ()) if "is a group" in note]
        if not names:
            assert notes == []
            return
        (note,) = notes
        assert f"{what} with it: {', '.join(map(repr, names))}" in note
        after = [track.name for track in whole.mirror.children("song", "tracks")]
        if tool == "duplicate":
            assert all(after.count(name) == 2 for name in names)
        else:
            assert before - set(after) >= set(names)
            assert before - set(after) - set(names) - {"TOP", "INNER", "Alone"} == set()


async def test_a_hidden_track_of_a_group_is_counted_and_not_named(autojump_clock: Clock) -> None:
    policy = Policy(PolicyFile(rule=(Rule("deny", operations=("read",), refs=("tracks/1",)),)))
    async with whole_path(grouped(), policy=policy) as whole:
        answer = await whole.call("duplicate", target="TOP")
        (note,) = answer["notes"]
        assert note.endswith("its 3 tracks are copied with it: 'INNER', 'High', 1 more")
