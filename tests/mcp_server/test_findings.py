"""Frequent difficulties of models: values out of range, limits, examples in schemas, wrong indices, dry runs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import trio.testing

from mcp_server.tools import TOOLS
from remote_script.headless import default_set
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.contract.errors import TABLE
from remote_script.SetMirror.contract.limits import FOREVER_BEATS
from tests.every_class import everything
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
CLIP = "tracks/0/clip_slots/3"


async def refused(whole: Whole, tool: str, **args: Any) -> dict[str, Any]:
    with pytest.raises(Refused) as caught:
        await whole.call(tool, **args)
    found: dict[str, Any] = caught.value.data
    return found


# -- values out of range ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["+60 dB", "by 60 dB", "60 dB", "-100 dB", "by -200 dB", -6, "-6", 1.5])
async def test_a_volume_out_of_range_is_refused_and_not_limited(value: Any, autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        told = await refused(whole, "set_track", track=1, volume=value)
        assert told["error"] == "INVALID_VALUE"
        assert "out of range" in told["rule"] or "between 0 and 1" in told["rule"]
        assert whole.history() == []


async def test_each_parameter_refuses_a_change_beyond_its_range_as_it_refuses_the_value(
    autojump_clock: Clock,
) -> None:
    """A limited change must not be reported as `verified`, since it is not the requested one."""
    async with whole_path(everything(), tick_s=0.02) as whole:
        parameters = [
            node
            for node in whole.mirror.store.nodes.values()
            if node.type == "DeviceParameter" and node.props.get("is_enabled")
            and not node.props.get("is_quantized")
            and re.match(r"-?[0-9.]+ (dB|Hz|kHz|ms|s|%|st|ct|°)\Z", str(node.props.get("display")))
        ]  # fmt: skip
        kinds = {str(node.props["display"]).partition(" ")[2]: node for node in parameters}
        assert len(kinds) >= 4
        for unit, node in kinds.items():
            for text in (f"+1000000 {unit}", f"by -1000000 {unit}"):
                told = await refused(
                    whole, "set_property", target=f"id:{node.id}", property="value", value=text
                )
                assert "out of range" in told["rule"] or "in that unit" in told["rule"], (unit, told)


async def test_a_bare_number_out_of_range_is_refused_with_the_text_to_write(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        for name, value, text in (
            ("volume", -6, "'-6 dB'"),
            ("panning", 30, "'30R'"),
            ("panning", -30, "'30L'"),
        ):
            assert f"write {text} " in (await refused(whole, "set_track", track=1, **{name: value}))["hint"]


async def test_a_bare_number_for_a_new_device_is_refused_with_a_valid_text(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("insert_device", name="Compressor", to=1)
        for parameter, number, text, shown in (
            ("Attack", "10", "10 ms", "10.0 ms"),
            ("Ratio", 4, "4 : 1", "4.00 : 1"),
            ("Threshold", "-20", "-20 dB", "-20.0 dB"),
        ):
            wrong: dict[str, Any] = {"device": "tracks/1/devices/3", "parameters": {parameter: number}}
            hint = (await refused(whole, "set_device", **wrong))["hint"]
            assert f"write {text!r} for the shown value" in hint, hint
            await whole.call("set_device", device="tracks/1/devices/3", parameters={parameter: text})
            parameters = whole.mirror.children("tracks/1/devices/3", "parameters")
            assert [node.props["display"] for node in parameters if node.name == parameter] == [shown]


BEATS = [name for name, prop in schema.properties("Clip").items() if prop.write and prop.unit == "beats"]


@pytest.mark.parametrize("name", BEATS)
async def test_no_time_in_a_clip_exceeds_lives_limit(name: str, autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        for args in (
            {"tool": "set_clip", "clip": CLIP, name: FOREVER_BEATS + 1},
            {"tool": "set_property", "target": f"{CLIP}/clip", "property": name, "value": 1e12},
        ):
            assert "1576800 beats" in (await refused(whole, **args))["rule"]
        beyond = -1e12 if "start" in name else 1e12
        with pytest.raises(ValueError, match="out of bounds"):
            await whole.by_hand(lambda song: setattr(song.tracks[0].clip_slots[3].clip, name, beyond))


# -- lists -----------------------------------------------------------------------------------------------------

LISTS: dict[str, list[dict[str, Any]]] = {
    "browse": [{}, {"path": "audio_effects"}, {"match": "e", "deep": True, "path": "audio_effects"}],
    "find": [{"kind": "track"}, {"name": "a"}],
    "get": [{"target": "song", "children": "tracks"}, {"target": "song", "depth": 2}],
    "get_changes": [{}, {"since": 0}],
    "get_device": [{"device": "tracks/1/devices/0", "all": True}],
    "get_notes": [{"clip": CLIP}, {"clip": [CLIP, "tracks/1/clip_slots/0"]}],
}
"""The tools with `limit`, with calls that have more than two elements to list."""
NOT_LISTED_HERE = {"compare"}
"""Tools whose limit is checked elsewhere."""
MORE = {"more", "more_since", "next_cursor", "cut", "left", "total"}


def test_each_tool_with_a_limit_is_tested() -> None:
    limited = {
        name for name, tool in TOOLS.items() if "limit" in tool.declared.input_schema.get("properties", {})
    }
    assert limited - NOT_LISTED_HERE == set(LISTS)


@pytest.mark.parametrize("tool", LISTS)
async def test_a_limit_is_kept_and_the_answer_mentions_omitted_results(
    tool: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        for number in range(3):
            await whole.call("set_track", track=number, name=f"Take {number}")
        for args in LISTS[tool]:
            answer = await whole.call(tool, **args, limit=2)
            lists = [value for value in answer.values() if isinstance(value, list)]
            if tool == "get_device":
                lists = [answer["device"]["parameters"]]
            if tool == "get_notes" and isinstance(args["clip"], list):
                lists = [[note for each in answer["notes"] for note in each.get("notes", ())]]
            assert max(map(len, lists), default=0) <= 2, (tool, args)
            assert MORE & {*answer, *_keys(answer)}, (tool, args, answer)


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {*value, *(key for each in value.values() for key in _keys(each))}
    return {key for each in value for key in _keys(each)} if isinstance(value, list) else set()


# -- schemas ---------------------------------------------------------------------------------------------------


def _walk(shown: dict[str, Any], where: str) -> list[tuple[str, dict[str, Any]]]:
    found = [(where, shown)]
    for name, each in shown.get("properties", {}).items():
        found += _walk(each, f"{where}.{name}")
    if isinstance(shown.get("items"), dict):
        found += _walk(shown["items"], f"{where}[]")
    return found


SCHEMAS = [pair for name, tool in TOOLS.items() for pair in _walk(tool.declared.input_schema, name)]


def test_an_example_in_a_description_has_a_type_that_its_schema_accepts() -> None:
    """A client that follows the schema must be able to send the description's examples."""
    wrong = []
    for where, shown in SCHEMAS:
        text = shown.get("description", "")
        if "enum" in shown:
            # The description is about the answer.
            continue
        types = {shown.get("type"), shown.get("items", {}).get("type") if "items" in shown else None}
        if re.search(r"\{['\w]", text) and "object" not in types and "JSON" not in text:
            wrong.append((where, text))
        if re.search(r"(?:^|\s)\[", text) and shown.get("type") != "array" and "JSON" not in text:
            wrong.append((where, text))
        quoted = re.search(r"(?:^|such as |e\.g\. )'[^']+'", text)
        if quoted and not types & {"string", None}:
            wrong.append((where, text))
    assert not wrong


async def test_edits_are_accepted_as_objects_texts_and_json(autojump_clock: Clock) -> None:
    edit = {"edit": "quantize", "grid": "1/8"}
    async with whole_path(demo_set()) as whole:
        for edits in ([edit], [json.dumps(edit)], json.dumps([edit]), json.dumps(edit), ["quantize"]):
            answer = await whole.call("transform_notes", clips=[CLIP], edits=edits, dry_run=True)
            assert answer["dry_run"]


# -- refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("track", [99, "99", -1, "-1"])
@pytest.mark.parametrize("tool", ["get_track", "set_track"])
async def test_an_invalid_index_is_refused_with_the_valid_ones(
    tool: str, track: Any, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        told = await refused(whole, tool, track=track, **({"mute": True} if tool == "set_track" else {}))
        assert "has 6 tracks, counted from 0" in told["rule"]
        assert "0 Drums, 1 Keys" in told["hint"]


async def test_a_clip_of_the_other_kind_is_refused_with_the_alternative(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        for args in ({"slot": 2}, {"time": 500}, {"notes": "C3@0"}):
            told = await refused(whole, "create_clip", track="Vinyl", **args)
            assert "is an audio track" in told["rule"]
            assert "`file_path`" in told["hint"]
            assert "tracks/1 'Keys'" in told["hint"]
        told = await refused(whole, "create_clip", track="Keys", file_path="/music/a.wav")
        assert "tracks/4 'Vinyl'" in told["hint"]


WRITES = [
    name
    for name, tool in TOOLS.items()
    if tool.plan is not None and "dry_run" not in tool.declared.input_schema["properties"]
]


@pytest.mark.parametrize("tool", WRITES)
async def test_an_attempted_dry_run_is_answered_with_the_option(tool: str, autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        hint = (await refused(whole, tool, dry_run=True))["hint"]
        assert f"batch {{calls: [{{tool: '{tool}'" in hint


async def test_a_mistyped_argument_is_near_another_one(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        assert "near it: mute" in (await refused(whole, "set_track", track=1, mutee=True))["hint"]


GENERIC = [TABLE[name][1] for name in ("INVALID_VALUE", "INVALID_PARAMS", "NOT_FOUND", "LIVE_REFUSED")]


@pytest.mark.parametrize(
    ("tool", "args"),
    [
        ("set_track", {"track": "Zzz", "mute": True}),
        ("get", {"target": "tracks/99"}),
        ("set_song", {"tempo": 1000}),
        ("call_method", {"target": "song", "method": "zzz"}),
        ("set_property", {"target": "song", "property": "zzz", "value": 1}),
        ("transport", {"action": "jump_to", "time": 100_000}),
        ("edit_notes", {"clip": CLIP, "remove": [10**9]}),
    ],
)
async def test_no_refusal_ends_with_a_generic_phrase(
    tool: str, args: dict[str, Any], autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        result = await whole.agent.client.call_tool(tool, args)
        assert result.is_error
        (content,) = result.content
        assert not any(words in getattr(content, "text", "") for words in GENERIC)


# -- notes -----------------------------------------------------------------------------------------------------


async def test_compact_notes_accept_a_decimal_comma_and_state_their_defaults(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("edit_notes", clip=CLIP, replace="C3@0,5:1,25v90,5 E3@2", overwrite=True)
        notes = whole.mirror.notes(f"{CLIP}/clip")
        assert [(n.pitch, n.start_time, n.duration, n.velocity) for n in notes] == [
            (60, 0.5, 1.25, 90.5),
            (64, 2.0, 1.25, 90.5),
        ]
        told = await refused(whole, "edit_notes", clip=CLIP, add="C3@1,500:1")
        assert "1.500 or as 1500" in told["rule"]
        answer = await whole.call("get_notes", clip=CLIP, form="compact")
        assert "at first .25 and 100" in answer["form"]
        description = TOOLS["edit_notes"].declared.input_schema["properties"]["add"]["description"]
        assert "at first .25, 100" in description


@pytest.mark.parametrize("form", ["objects", "short", "compact"])
async def test_velocities_are_shown_rounded(form: str, autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("edit_notes", clip=CLIP, replace="C3@0:1v90.123456", overwrite=True)
        text = json.dumps((await whole.call("get_notes", clip=CLIP, form=form))["notes"])
        assert "90.12" in text
        assert "90.123" not in text
