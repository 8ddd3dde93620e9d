"""A method's declared effects equal its real effects, by two full readings of headless Live."""

from __future__ import annotations

from typing import Any

import pytest
import trio
import trio.testing

from remote_script.SetMirror.contract import schema
from tests.every_class import everything
from tests.lean import demo_set
from tests.mcp_server.test_every_method import (
    DRUMS,
    INSTRUMENTS,
    MIDI,
    First,
    prepare,
)
from tests.touched import Watch
from tests.whole import Refused, whole_path

Clock = trio.testing.MockClock


MIDI_SLOT = f"{INSTRUMENTS}/clip_slots/0"
BY_SITUATION: dict[str, tuple[str, str, dict[str, Any], First, set[str]]] = {
    # description: class.method, target, arguments, preparation, the kinds of its effects
    "a clip is copied over another": (
        "ClipSlot.duplicate_clip_to", "tracks/0/clip_slots/0", {"target_clip_slot": "tracks/0/clip_slots/1"}, [],
        {"create", "delete"},
    ),
    "a clip is copied to an empty slot": (
        "ClipSlot.duplicate_clip_to", MIDI_SLOT, {"target_clip_slot": f"{INSTRUMENTS}/clip_slots/4"}, [], {"create"},
    ),
    "a pad is copied over a full one": (
        "RackDevice.copy_pad", f"{DRUMS}/devices/0", {"source_index": 36, "destination_index": 38}, [],
        {"create", "delete"},
    ),
    "a clip is made over one in the arrangement": (
        "Track.create_midi_clip", INSTRUMENTS, {"start_time": 0.0, "length": 4.0}, [], {"create", "delete"},
    ),
    "a clip is copied over one in the arrangement": (
        "Track.duplicate_clip_to_arrangement", INSTRUMENTS, {"clip": MIDI, "destination_time": 0.0}, [],
        {"create", "delete"},
    ),
    "a cue point is toggled away": (
        "Song.set_or_delete_cue", "song", {}, [("song", "set:current_song_time", {"value": 16.0})],
        {"create", "delete"},
    ),
    "a scene goes with its clips": ("Song.delete_scene", "song", {"index": 0}, [], {"delete"}),
    "a group goes with its members": ("Song.delete_track", "song", {"index": 3}, [], {"delete"}),
    "a return goes with its sends": ("Song.delete_return_track", "song", {"index": 0}, [], {"delete"}),
    "a scene ends what plays": (
        "Scene.fire", "scenes/1", {}, [("scenes/0", "fire", {}), ("song", "start_playing", {})], {"play"},
    ),
    "a clip ends what plays on its track": (
        "Clip.fire", "tracks/0/clip_slots/1/clip", {}, [("tracks/0/clip_slots/0", "fire", {})], {"play"},
    ),
    "all clips are stopped": ("Song.stop_all_clips", "song", {}, [("scenes/0", "fire", {})], {"play"}),
}  # fmt: skip


@pytest.mark.parametrize("situation", BY_SITUATION)
async def test_objects_that_a_call_replaces_at_its_target_are_known_before(
    situation: str, autojump_clock: Clock
) -> None:
    key, target, args, first, kinds = BY_SITUATION[situation]
    class_, _, name = key.rpartition(".")
    async with whole_path(everything(), tick_s=0.02) as whole:
        await prepare(whole, first)
        await whole.audited()
        watch = Watch(whole, target, schema.CLASSES[class_].methods[name], args)
        overwrite = kinds == {"create", "delete"} and name != "set_or_delete_cue"
        await whole.call("call_method", target=target, method=name, args=args, overwrite=overwrite)
        await trio.sleep(1.0)
        assert watch.undeclared() == []
    assert {act.kind for act in watch.effects} == kinds


async def test_empty_slots_among_deleted_clips_are_reported_before_any_change(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        slots = whole.mirror.children("tracks/2", "clip_slots")
        empty = [slot for slot in slots if not slot.props["has_clip"]]
        revision = whole.mirror.revision
        with pytest.raises(Refused) as caught:
            await whole.call("delete", targets=[whole.mirror.ref(slot.id) for slot in slots])
        refs = ", ".join(whole.mirror.ref(slot.id) for slot in empty)
        assert caught.value.data["rule"] == f"There is no clip to delete in {refs}"
        assert whole.mirror.revision == revision
        # A clip of the same batch counts too.
        place = {"track": "tracks/2", "slot": slots.index(empty[0])}
        calls = [("create_clip", place), ("delete", {"targets": [whole.mirror.ref(empty[0].id)]})]
        await whole.call("batch", calls=[{"tool": tool, "args": args} for tool, args in calls])
        assert not whole.mirror.node(empty[0].id).props["has_clip"]
