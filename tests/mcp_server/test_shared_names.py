"""A name that objects of several classes share means, in an argument, the one object that the argument takes.

Generated from the tools' schemas: one object of each class gets the same name. Where the call can be planned with the
ref of exactly one of them, the name means that object; where several fit, the refusal names all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import trio
import trio.testing

from mcp_server import schemas
from mcp_server.plans import Scope
from mcp_server.tool import Tool
from mirror import errors
from tests.every_class import everything
from tests.whole import Refused, whole_path

from .test_arguments import BASES, RACK, WRITES, fields

Clock = trio.testing.MockClock
NAME = "Shared"
REFS = (
    "tracks/6",
    "tracks/6/clip_slots/0/clip",
    "tracks/7/clip_slots/0/clip",
    "scenes/1",
    RACK,
    f"{RACK}/chains/0",
    "cue_points/0",
)
ANY = {"call_method", "set_property", "revert"}
"""Tools whose target may be any object."""


def _rename(song: Any, name: str = NAME) -> None:
    rack = song.tracks[0].devices[0]
    track = song.tracks[6]
    for obj in (
        track, track.clip_slots[0].clip, song.scenes[1], rack, rack.chains[0], song.cue_points[0],
        song.tracks[7].clip_slots[0].clip,
    ):  # fmt: skip
        obj.name = name


def _targets(tool: Tool) -> Iterator[tuple[str, bool]]:
    """The arguments that take an object: their names, and whether they take a list."""
    for name, type_ in fields(tool):
        plain = schemas.bare(type_)
        is_list = isinstance(plain, msgspec.inspect.ListType)
        if schemas.kind(plain.item_type if is_list else type_) == "target" or name == "into":
            yield name, is_list


def _outcome(scope: Scope, tool: Tool, arguments: dict[str, Any]) -> Any:
    try:
        plan = tool.planned(scope, arguments)
    except errors.MirrorError as problem:
        return problem
    return plan.operations


@pytest.mark.parametrize("name", [NAME, "Kick/Snare", '7/8 "wide" 50% / A'])
async def test_a_shared_name_means_the_object_that_the_argument_takes(
    name: str, autojump_clock: Clock
) -> None:
    checked = 0
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.by_hand(lambda song: _rename(song, name))
        await trio.sleep(1)
        assert {whole.mirror.resolve(ref).name for ref in REFS} == {name}

        def outcome(tool: Tool, base: dict[str, Any], field: str, is_list: bool, value: str) -> Any:
            arguments = {**base, field: [value] if is_list else value}
            return _outcome(Scope(whole.mirror), tool, arguments)

        cases = [
            (tool, base, *target)
            for tool in WRITES
            if tool.name not in ANY
            for base in BASES[tool.name]
            for target in _targets(tool)
        ]
        for case in cases:
            plans = {ref: outcome(*case, ref) for ref in REFS}
            fitting = {ref: plan for ref, plan in plans.items() if not isinstance(plan, errors.MirrorError)}
            named = outcome(*case, name)
            what = (case[0].name, *case[1:], list(fitting), named)
            checked += bool(fitting)
            if len(fitting) == 1:
                assert named in fitting.values(), what
            elif fitting:
                assert isinstance(named, errors.Ambiguous), what
                assert all(ref in str(named.hint) for ref in fitting), what
    assert checked > 10


async def test_other_arguments_decide_which_object_of_a_shared_name_is_meant(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.by_hand(_rename)
        await trio.sleep(1)
        part = {"part": "chords", "text": "Dm9", "into": NAME}
        assert await whole.refused("compose", **part) == "AMBIGUOUS"
        answer = await whole.call("compose", **part, overwrite=True)
        assert answer["results"][-1]["ref"] == "tracks/6/clip_slots/0/clip"
        await whole.call("compose", **part, name="New")
        assert whole.mirror.find(name="New")[0].ref.startswith("tracks/6/")
        for view in ("mixer", "session", "arrangement", "device"):
            await whole.call("look", **{"targets": [NAME], "view": view, "as": "text"})


async def test_a_name_with_a_slash_is_taken_by_reads_and_followed(autojump_clock: Clock) -> None:
    name = "Gtr L / R"
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.call("set_track", track="tracks/6", name=name)
        assert (await whole.call("get_track", track=name))["track"]["ref"] == "tracks/6"
        await whole.call("set_track", track=name, mute=True)
        answer = await whole.call("get_changes", match=[name], since="0")
        assert {"mute", "name"} <= {event["name"] for event in answer["events"]}
        with pytest.raises(Refused, match="Nothing is named") as caught:
            await whole.call("set_track", track="Gtr L / Q", mute=True)
        assert f"tracks/6 ({name})" in caught.value.data["hint"]
