"""A batch with a place that has gone stale is refused before its first operation: no object is deleted and restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import trio.testing

from mirror import Call, Operation, Set, errors
from tests.crowd import small
from tests.whole import Whole, whole_path

from .test_places import meanwhile

Clock = trio.testing.MockClock
SLOT, NEXT = "tracks/0/clip_slots/0", "tracks/0/clip_slots/1"
GONE = Call("song", "delete_scene", {"index": 5})
"""The first operation of each batch: a scene that is deleted and restored has a new id."""
DELETE_CUE = Call("song", "delete_cue_point", {"time": 8.0})


def clip(start: float) -> Call:
    return Call("tracks/0", "create_midi_clip", {"start_time": start, "length": 4.0})


def copied(slot: str) -> Call:
    return Call(SLOT, "duplicate_clip_to", {"target_clip_slot": slot})


def arranged(song: Any) -> None:
    song.tracks[0].create_midi_clip(16.0, 4.0)


STALE: dict[str, tuple[Operation, Callable[[Any], Any], type[errors.MirrorError]]] = {
    "a device on another track": (
        Call("tracks/2", "delete_device", {"device": 1}),
        lambda song: song.move_device(song.tracks[2].devices[1], song.tracks[3], 0),
        errors.StaleReference,
    ),
    "a place before a device on another track": (
        Call("tracks/2", "insert_device", {"device_name": "Reverb", "device_index": 1}),
        lambda song: song.move_device(song.tracks[2].devices[1], song.tracks[3], 0),
        errors.StaleReference,
    ),
    "a place on another track before a device that has left it": (
        Call(
            "song",
            "move_device",
            {"device": "tracks/3/devices/0", "target": "tracks/2", "target_position": 1},
        ),
        lambda song: song.move_device(song.tracks[2].devices[1], song.tracks[3], 1),
        errors.StaleReference,
    ),
    "a slot that is taken": (
        copied(NEXT),
        lambda song: song.tracks[0].clip_slots[1].create_clip(4.0),
        errors.WouldOverwrite,
    ),
    "the next slot": (
        Call("tracks/0", "duplicate_clip_slot", {"index": 0}),
        lambda song: song.tracks[0].clip_slots[1].create_clip(4.0),
        errors.WouldOverwrite,
    ),
    "a time that is taken": (clip(18.0), arranged, errors.WouldOverwrite),
    "a time for a copy that is taken": (
        Call("tracks/0", "duplicate_clip_to_arrangement", {"clip": f"{SLOT}/clip", "destination_time": 14.0}),
        arranged,
        errors.WouldOverwrite,
    ),
}


async def prepared(whole: Whole) -> None:
    await whole.mirror.write([Call(SLOT, "create_clip", {"pages": 4.0})])
    await whole.mirror.write([Call("song", "create_cue_point", {"time": 8.0})])
    await whole.mirror.write([clip(0.0), clip(40.0)])


@pytest.mark.parametrize("place", STALE)
async def test_a_batch_with_a_stale_place_is_refused_before_anything_runs(
    place: str, autojump_clock: Clock
) -> None:
    operation, edit, refusal = STALE[place]
    async with whole_path(small()) as whole:
        await prepared(whole)
        scenes = [scene.id for scene in whole.mirror.children("song", "scenes")]
        entries = len(whole.history())
        with pytest.raises(refusal) as caught:
            await meanwhile(whole, [GONE, Set("tracks/3", "name", "Vox"), operation], edit)
        assert [problem["op"] for problem in caught.value.facts["problems"]] == [2]
        assert "applied" not in caught.value.facts
        assert "{" not in caught.value.rule
        assert [scene.id for scene in whole.mirror.children("song", "scenes")] == scenes
        assert len(whole.history()) == entries + 1


async def test_a_cue_point_at_a_time_that_has_one_is_refused_before_anything_runs(
    autojump_clock: Clock,
) -> None:
    async with whole_path(small()) as whole:
        await prepared(whole)
        scenes = [scene.id for scene in whole.mirror.children("song", "scenes")]
        with pytest.raises(errors.InvalidValue, match="there is a cue point at 8 already"):
            await whole.mirror.write([GONE, Call("song", "create_cue_point", {"time": 8.0})])
        assert [scene.id for scene in whole.mirror.children("song", "scenes")] == scenes


@pytest.mark.parametrize(
    "ops",
    [
        [Call(SLOT, "move_clip_to", {"target_clip_slot": "tracks/1/clip_slots/0"}),
         Call(NEXT, "create_clip", {"pages": 4.0}),
         Call(NEXT, "duplicate_clip_to", {"target_clip_slot": SLOT})],
        [Call(NEXT, "create_clip", {"pages": 4.0}),
         Call(SLOT, "delete_clip"),
         Call(NEXT, "duplicate_clip_to", {"target_clip_slot": SLOT})],
        [Call("tracks/0", "delete_clip", {"slot": "tracks/0/arrangement_clips/0"}), clip(0.0)],
        [Call("tracks/0", "move_clip_to_arrangement",
              {"clip": "tracks/0/arrangement_clips/0", "destination_time": 32.0}), clip(0.0)],
        [DELETE_CUE, Call("song", "create_cue_point", {"time": 8.0})],
        [Set("tracks/0/arrangement_clips/0", "looping", False),
         Set("tracks/0/arrangement_clips/0", "loop_end", 2.0), clip(2.5)],
        [Set(f"{SLOT}/clip", "loop_end", 2.0),
         Call("tracks/0", "duplicate_clip_to_arrangement",
              {"clip": f"{SLOT}/clip", "destination_time": 38.0})],
    ],
    ids=["moved away", "deleted", "arrangement", "moved in the arrangement", "cue", "shortened", "length"],
)  # fmt: skip
async def test_a_place_that_an_earlier_operation_frees_is_not_stale(
    ops: list[Operation], autojump_clock: Clock
) -> None:
    async with whole_path(small()) as whole:
        await prepared(whole)
        assert (await whole.mirror.write(ops)).outcome == "verified"


async def test_a_device_that_an_earlier_operation_moves_there_is_not_stale(autojump_clock: Clock) -> None:
    async with whole_path(small()) as whole:
        device = whole.mirror.resolve("tracks/2/devices/1").id
        move = {"device": device, "target": "tracks/3", "target_position": 0}
        ops = [
            Call("song", "move_device", move),
            Call("tracks/3", "delete_device", {"device": {"id": device}}),
        ]
        assert (await whole.mirror.write(ops)).outcome == "verified"
