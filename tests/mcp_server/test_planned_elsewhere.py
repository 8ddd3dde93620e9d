"""A plan that is computed again is about the same objects, independent of positions and selection."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.desk import Desk
from mcp_server.dialects import daw_mcp
from mcp_server.dialects.daw_mcp_server import DawMcp
from tests.lean import demo_set
from tests.whole import Whole, whole_path

Clock = trio.testing.MockClock
NAME = "Made meanwhile"


def shifted(song: Any) -> None:
    """Edit the clip, insert a track and a scene before the others, and change the selection."""
    track, slot = song.tracks[2], song.tracks[2].clip_slots[4]
    slot.clip.name = NAME
    song.create_midi_track(0)
    song.create_scene(0)
    song.view.selected_track = song.tracks[0]
    song.view.highlighted_clip_slot = song.tracks[0].clip_slots[0]
    assert song.tracks[3] == track


def in_between(whole: Whole, patch: pytest.MonkeyPatch, edit: Callable[[Any], None]) -> None:
    """Let a person edit after the first plan is computed and before it runs."""
    execute, edits = Desk._execute, [edit]

    async def late(self: Desk, scope: Any, plan: Any) -> dict[str, Any]:
        if edits:
            await whole.by_hand(edits.pop())
        return await execute(self, scope, plan)

    patch.setattr(Desk, "_execute", late)


async def test_an_index_or_the_selection_keeps_its_meaning_in_daw_mcp(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = daw_mcp.DOCUMENT.first
    for at in ({"trackIndex": first + 2, "slotIndex": first + 4}, {}):
        async with whole_path(demo_set()) as whole:
            await whole.call("create_clip", track=2, slot=4, length=4, notes="C3@0")
            clip = whole.mirror.resolve("tracks/2/clip_slots/4/clip").id
            await whole.by_hand(
                lambda song: setattr(song.view, "highlighted_clip_slot", song.tracks[2].clip_slots[4])
            )
            await whole.mirror.wait_synced()
            await trio.sleep(1)
            with monkeypatch.context() as patch:
                in_between(whole, patch, shifted)
                request = {
                    "jsonrpc": "2.0",
                    "id": 1,
                    "method": "clip.transpose",
                    "params": {**at, "semitones": 5},
                }
                server = DawMcp(whole.engine, daw_mcp.DOCUMENT)
                answer = await server.answer(json.dumps(request).encode(), "127.0.0.1:50000")
            assert answer is not None
            assert answer["result"] == {"success": True}
            assert [note.pitch for note in whole.mirror.notes(clip)] == [65]
            assert whole.mirror.node(clip).name == NAME


async def test_a_clip_without_a_slot_goes_to_the_track_that_was_selected(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole_path(demo_set()) as whole:
        track = whole.mirror.resolve("tracks/2")
        slots = whole.mirror.children(track, "clip_slots")
        first = next(n for n, slot in enumerate(slots) if whole.mirror.child(slot, "clip") is None)
        await whole.by_hand(lambda song: setattr(song.view, "selected_track", song.tracks[2]))
        await trio.sleep(1)

        def edit(song: Any) -> None:
            song.tracks[2].clip_slots[first].create_clip(4.0)
            song.view.selected_track = song.tracks[0]

        with monkeypatch.context() as patch:
            in_between(whole, patch, edit)
            answer = await whole.call("create_clip", length=4, name=NAME)
        assert answer["outcome"] == "verified"
        (made,) = whole.mirror.find(kind="Clip", where=[f"name = {NAME}"], limit=2)
        assert made.ref.startswith("tracks/2/")
