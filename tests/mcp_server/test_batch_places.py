"""Indices in a batch mean the Set before it; an ambiguous index is refused with both readings."""

from __future__ import annotations

from typing import Any

import pytest
import trio.testing

from remote_script.SetMirror.contract import schema
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
INSERTING = {
    ("Song", "create_audio_track"),
    ("Song", "create_midi_track"),
    ("Song", "create_scene"),
    ("Song", "move_device"),
    ("Track", "insert_device"),
    ("Chain", "insert_device"),
    ("RackDevice", "insert_chain"),
}


def call(tool: str, /, **args: Any) -> dict[str, Any]:
    return {"tool": tool, "args": args}


def names(whole: Whole, owner: str, role: str) -> list[str]:
    return [each.name for each in whole.mirror.children(owner, role)]


def test_all_inserting_methods_are_tested_here() -> None:
    found = {
        (class_, name)
        for class_ in schema.CLASSES
        for name, method in schema.methods(class_).items()
        if method.effect == "edit" and any(arg.type == "insert" for arg in method.args)
    }
    assert {name for _, name in found} == {name for _, name in INSERTING}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (call("create", kind="midi", index=1), call("create", kind="audio", index=1)),
        (call("create", kind="scene", index=0), call("create", kind="scene", index=2)),
        (
            call("insert_device", to="tracks/0", name="Echo", index=0),
            call("insert_device", to="tracks/0", name="Reverb", index=1),
        ),
        (
            call("insert_device", to="tracks/0", name="Echo", index=0),
            call("move", target="tracks/1/devices/1", to="tracks/0", position=1),
        ),
        (
            call("move", target="tracks/1/devices/1", to="tracks/0", position=0),
            call("insert_device", to="tracks/0", name="Reverb", index=2),
        ),
        (
            call("duplicate", target="tracks/0"),
            call("call_method", target="song", method="create_midi_track", args={"index": 2}),
        ),
        (
            call("call_method", target="tracks/0/devices/0", method="insert_chain", args={"index": 0}),
            call("call_method", target="tracks/0/devices/0", method="insert_chain", args={"index": 1}),
        ),
    ],
)
async def test_an_index_with_two_readings_is_refused_with_both(
    autojump_clock: Clock, first: dict[str, Any], second: dict[str, Any]
) -> None:
    async with whole_path(demo_set()) as whole:
        entries = len(whole.history())
        with pytest.raises(Refused, match=r"call 1 .*before this batch, and before") as refused:
            await whole.call("batch", calls=[first, second])
        assert refused.value.data["error"] == "AMBIGUOUS"
        assert "before" in refused.value.data["hint"]
        assert len(whole.history()) == entries


async def test_an_index_that_means_the_same_place_in_both_readings_is_accepted(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        first = names(whole, "tracks/0", "devices")
        await whole.call(
            "batch",
            calls=[
                call("insert_device", to="tracks/0", name="Echo"),
                call("insert_device", to="tracks/0", name="Reverb", index=1),
            ],
        )
        assert names(whole, "tracks/0", "devices") == [first[0], "Reverb", *first[1:], "Echo"]


async def test_a_device_is_inserted_before_one_of_the_same_batch(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create", kind="midi", name="New")
        track = whole.mirror.ref(whole.mirror.resolve("New").id)
        calls = [
            call("insert_device", to=track, name="Wavetable"),
            call("insert_device", to=track, name="Echo"),
            call("insert_device", to=track, name="Auto Filter", index=1),
        ]
        with pytest.raises(Refused, match="no place as the devices were before this batch") as refused:
            await whole.call("batch", calls=calls)
        assert "'$1'" in refused.value.data["hint"]
        calls[2]["args"]["index"] = "$1"
        answer = await whole.call("batch", calls=calls)
        assert names(whole, track, "devices") == ["Wavetable", "Auto Filter", "Echo"]
        assert answer["results"][2]["result"]["ref"] == f"{track}/devices/1"


@pytest.mark.parametrize(
    "second",
    [
        call("set_device", device="tracks/0/devices/9", on=True),
        call("insert_device", to="tracks/0", name="Echo", index=9),
        call("set_track", track=40, mute=True),
        call("set_track", track="Nope", mute=True),
    ],
)
async def test_a_missing_object_is_reported_as_missing_before_the_batch(
    autojump_clock: Clock, second: dict[str, Any]
) -> None:
    async with whole_path(demo_set()) as whole:
        with pytest.raises(Refused, match="as it was before this batch") as refused:
            await whole.call("batch", calls=[call("insert_device", to="tracks/0", name="Echo"), second])
        assert "write $k for the object that call k of the batch makes" in refused.value.data["hint"]
        with pytest.raises(Refused) as refused:
            await whole.call(second["tool"], **second["args"])
        assert "batch" not in str(refused.value)
