"""A call on a place means what is there when it is read: a slot's clip, a pad's chain (the table's `means`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import trio.testing

from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.executor import Executor
from tests.lean import demo_set
from tests.touched import Difference, Reading
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
SLOT, RACK = "tracks/1/clip_slots/3", "tracks/0/devices/0"
KICK, SNARE, FREE = 36, 38, 70
Edit = Callable[[Any], None]


def another_clip(song: Any) -> None:
    """A person puts another clip into the slot."""
    song.tracks[1].clip_slots[2].duplicate_clip_to(song.tracks[1].clip_slots[3])


def another_chain(song: Any) -> None:
    """A person gives the kick's pad to the snare."""
    chains = {chain.in_note: chain for chain in song.tracks[0].devices[0].chains}
    chains[KICK].in_note, chains[SNARE].in_note = FREE + 1, KICK


def no_chain(song: Any) -> None:
    song.tracks[0].devices[0].chains[0].in_note = FREE + 1


CALLS: dict[tuple[str, str], tuple[str, dict[str, Any], tuple[Edit, ...]]] = {
    ("ClipSlot", "delete_clip"): (SLOT, {}, (another_clip,)),
    ("ClipSlot", "duplicate_clip_to"): (SLOT, {"target_clip_slot": "tracks/1/clip_slots/1"}, (another_clip,)),
    ("ClipSlot", "move_clip_to"): (SLOT, {"target_clip_slot": "tracks/1/clip_slots/1"}, (another_clip,)),
    ("ClipSlot", "fire"): (SLOT, {}, (another_clip,)),
    ("Track", "duplicate_clip_slot"): ("tracks/1", {"index": 3}, (another_clip,)),
    ("RackDevice", "copy_pad"): (
        RACK,
        {"source_index": KICK, "destination_index": FREE},
        (another_chain, no_chain),
    ),
    ("DrumPad", "delete_all_chains"): (f"{RACK}/drum_pads/{KICK}", {}, (another_chain, no_chain)),
}


def test_each_method_that_means_a_content_is_tested_here() -> None:
    methods = [(name, method) for name, of in schema.CLASSES.items() for method in of.methods.values()]
    assert {(name, method.name) for name, method in methods if method.means} == set(CALLS)


def meanwhile(whole: Whole, patch: pytest.MonkeyPatch, edit: Edit) -> list[Reading]:
    """Let a person edit once the script has read a write and before it runs; readings of Live after this edit."""
    submit, readings = Executor.submit, list[Reading]()

    def late(self: Executor, *args: Any) -> None:
        submit(self, *args)
        if not readings:
            whole.stage.live.person.do(edit)
            readings.append(Reading(whole.stage.song))

    patch.setattr(Executor, "submit", late)
    return readings


@pytest.mark.parametrize(
    ("key", "edit"), [(key, edit) for key, (_, _, edits) in CALLS.items() for edit in edits]
)
async def test_a_content_that_was_replaced_meanwhile_is_left_alone(
    key: tuple[str, str], edit: Edit, autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, args, _ = CALLS[key]
    async with whole_path(demo_set()) as whole:
        readings = meanwhile(whole, monkeypatch, edit)
        with pytest.raises(Refused, match=r"STALE_REFERENCE.*has another (clip|chain) than"):
            await whole.call("call_method", target=target, method=key[1], args=args, overwrite=True)
        difference = Difference(readings[0], Reading(whole.stage.song))
        effects = [*difference.created, *difference.removed, *difference.edited, *difference.sounded]
        assert effects == []


async def test_a_chain_that_the_same_batch_moves_to_a_pad_is_meant(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        calls = [
            {"tool": "set_track", "args": {"track": f"{RACK}/chains/0", "in_note": FREE}},
            {
                "tool": "duplicate",
                "args": {"target": f"{RACK}/drum_pads/{FREE}", "to": [f"{RACK}/drum_pads/80"]},
            },
        ]
        assert (await whole.call("batch", calls=calls))["outcome"] == "verified"
        notes = [chain.in_note for chain in whole.stage.song.tracks[0].devices[0].chains]
        assert (notes[0], notes[-1]) == (FREE, 80)


@pytest.mark.parametrize("action", ["recall_variation", "delete_variation"])
async def test_an_index_of_a_variation_is_refused_after_another_was_deleted(
    action: str, autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_deleted(song: Any) -> None:
        rack = song.tracks[1].devices[0]
        rack.selected_variation_index = 0
        rack.delete_selected_variation()

    async with whole_path(demo_set()) as whole:
        rack = whole.stage.song.tracks[1].devices[0]
        for value in (10, 20, 30):
            await whole.call("set_device", device="Worn Rhodes", parameters={"1": value})
            await whole.call("set_device", device="Worn Rhodes", action="store_variation")
        with monkeypatch.context() as patch:
            meanwhile(whole, patch, first_deleted)
            with pytest.raises(
                Refused, match="variation_count of tracks/1/devices/0 is expected to be 3 but is 2"
            ):
                await whole.call("set_device", device="Worn Rhodes", action=action, index=1)
        assert (rack.variation_count, rack.parameters[1].value) == (2, 30.0)
        assert (await whole.call("set_device", device="Worn Rhodes", action=action, index=0))["undo_steps"]
