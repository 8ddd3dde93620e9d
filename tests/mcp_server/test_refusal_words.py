"""Refusals are in terms of arguments and tools, without Python types and Live methods, and list existing names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import trio.testing

from mcp_server.tools import TOOLS
from mirror import errors
from remote_script.SetMirror.contract import schema
from tests.lean import demo_set
from tests.whole import Refused, whole_path

Clock = trio.testing.MockClock
WRONG: tuple[Any, ...] = (7, 7.5, "no such", True, [], [[]], [3], {}, {"x": 1}, [{"x": 1}], [True])
PYTHON = re.compile(r"`(?:str|int|float|bool|array|null|list|dict|NoneType)[ |`]|(?:Expected|got) `")
CLIP, VOLUME = "tracks/0/clip_slots/0", "tracks/0/mixer_device/volume"


def wrong_calls() -> Iterator[tuple[str, dict[str, Any]]]:
    """All tools with a wrong value for each argument and each part of an argument."""
    for name, tool in TOOLS.items():
        for argument, about in tool.declared.input_schema.get("properties", {}).items():
            for value in WRONG:
                yield name, {argument: value}
            parts = about.get("items", {}).get("properties", {})
            for part in parts:
                for value in WRONG:
                    yield name, {argument: [{part: value}]}


def test_no_refusal_of_an_argument_names_a_type_of_python() -> None:
    said = []
    for name, args in wrong_calls():
        try:
            TOOLS[name].checked(args)
        except errors.MirrorError as problem:
            said.append(f"{problem.rule} {problem.hint}")
    assert len(said) > 500
    assert [each for each in said if PYTHON.search(each)] == []


@pytest.mark.parametrize(
    ("tool", "args", "rule"),
    [
        ("set_song", {"signature_denominator": 3}, "cannot be 3.* is one of 1, 2, 4, 8, 16"),
        ("set_track", {"track": 0, "mute": "perhaps"}, '`mute` cannot be "perhaps".*mute is true or false'),
        ("edit_notes", {"clip": CLIP, "remove": ["x"]}, r'`remove\[0\]` cannot be "x".*is a whole number'),
        ("edit_notes", {"clip": CLIP, "add": [{"p": 60, "t": "1.1.3", "d": 1}]}, "number of beats"),
        (
            "edit_envelope",
            {"clip": CLIP, "parameter": VOLUME, "clear": True},
            "no envelope for this parameter",
        ),
        (
            "edit_envelope",
            {
                "clip": CLIP,
                "parameter": VOLUME,
                "steps": [{"time": 0, "length": 1, "value": 0.5}],
                "delete": [[0, 1]],
            },
            "no envelope for this parameter",
        ),
        (
            "edit_envelope",
            {
                "clip": CLIP,
                "parameter": "tracks/1/mixer_device/volume",
                "steps": [{"time": 0, "length": 1, "value": 0.5}],
            },
            "parameters of its own track only",
        ),
        ("duplicate", {"target": CLIP, "time": ["bar 40"]}, "duplicate would overwrite"),
    ],
)
async def test_a_refusal_names_accepted_values(
    autojump_clock: Clock, tool: str, args: dict[str, Any], rule: str
) -> None:
    methods = {name for type_ in schema.CLASSES for name in schema.methods(type_)} - {*TOOLS}
    async with whole_path(demo_set()) as whole:
        with pytest.raises(Refused) as refused:
            await whole.call(tool, **args)
        text = f"{refused.value} {refused.value.data['hint']}"
        assert re.search(rule, text)
        assert {each for each in re.findall(r"\w+_\w+", text) if each in methods} == set()


@pytest.mark.parametrize(
    ("tool", "args", "near"),
    [
        ("set_track", {"track": "Guitar", "mute": True}, "tracks/0 (Drums)"),
        ("get_device", {"device": "Kompressor"}, "(Compressor)"),
        ("get_device", {"device": "qqqq"}, "(Drum Buss)"),
        ("get", {"target": "qqqq"}, "tracks/0 (Drums)"),
        ("set_track", {"track": "LEAD", "mute": True}, "tracks/1 (🔥 Lead 🎹)"),
        (
            "arrange",
            {"sections": [{"name": "a", "bars": 4, "scene": 0, "without": ["Guitar"]}]},
            "tracks/0 (Drums)",
        ),
        ("arrange", {"sections": [{"name": "Nowhere", "bars": 4}]}, "scenes/"),
        ("batch", {"calls": [{"tool": "Nope", "args": {}}]}, "set_track"),
    ],
)
async def test_an_unknown_name_is_refused_with_existing_names(
    autojump_clock: Clock, tool: str, args: dict[str, Any], near: str
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("set_track", track=1, name="🔥 Lead 🎹")
        with pytest.raises(Refused) as refused:
            await whole.call(tool, **args)
        assert near in refused.value.data["hint"]


@pytest.mark.parametrize(
    "sends",
    [
        [{"send": "A", "value": "-20 dB"}, {"send": "b", "value": "-30 dB"}],
        {"A-Reverb": "-20 dB", "Delay": "-30 dB"},
        '{"A": "-20 dB", "B": "-30 dB"}',
    ],
)
async def test_sends_are_given_by_letter_and_as_one_object(autojump_clock: Clock, sends: Any) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("set_track", track=0, sends=sends)
        levels = whole.mirror.children("tracks/0/mixer_device", "sends")
        assert [each.props["display"] for each in levels] == ["-20.0 dB", "-30.0 dB"]
