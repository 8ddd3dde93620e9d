"""One grammar for the arguments of all tools, generated from the schemas and checked on a Set without writes."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import trio.testing

from mcp_server import reading, schemas
from mcp_server.fields import settable
from mcp_server.plans import Plan, Scope
from mcp_server.shown_numbers import texts_of_numbers
from mcp_server.tool import Tool
from mcp_server.tools import TOOLS
from mirror import Set, errors
from tests.every_class import everything
from tests.whole import Whole, whole_path

Clock = trio.testing.MockClock
WRITES = [tool for tool in TOOLS.values() if tool.plan is not None and tool.name != "batch"]
CLIP, AUDIO = "tracks/6/clip_slots/0/clip", "tracks/7/clip_slots/0/clip"
RACK = "tracks/0/devices/0"

# -- schemas ---------------------------------------------------------------------------------------------------


def parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and all schemas inside it."""
    yield schema
    for each in schema.get("properties", {}).values():
        yield from parts(each)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from parts(schema[name])


@pytest.mark.parametrize("name", TOOLS)
def test_the_schema_suits_the_strictest_client(name: str) -> None:
    schema = TOOLS[name].declared.input_schema
    for part in parts(schema):
        assert isinstance(part["type"], str)
        assert not set(part) & {"$ref", "$defs", "anyOf", "oneOf", "allOf", "discriminator", "const"}
        assert all(isinstance(each, str) for each in part.get("enum", ()))
        for argument in part.get("properties", {}).values():
            assert argument.get("description"), (name, argument)


# -- numbers, booleans, lists, null ----------------------------------------------------------------------------


def fields(tool: Tool) -> Iterator[tuple[str, msgspec.inspect.Type]]:
    info = msgspec.inspect.type_info(tool.arguments)
    assert isinstance(info, msgspec.inspect.StructType)
    for field in info.fields:
        yield field.encode_name, field.type


SAMPLES: dict[type, list[tuple[Any, Any]]] = {
    msgspec.inspect.IntType: [("3", 3), ("3.0", 3), (3.0, 3)],
    msgspec.inspect.FloatType: [("0.5", 0.5), ("0,5", 0.5), ("2", 2.0)],
    msgspec.inspect.BoolType: [("true", True), ("Off", False), (1, True)],
    msgspec.inspect.StrType: [(808, "808"), ("808", "808"), ("1,500", "1,500")],
}


@pytest.mark.parametrize("name", TOOLS)
def test_a_value_means_the_same_quoted_or_not_and_null_is_not_given(name: str) -> None:
    tool = TOOLS[name]
    for field, type_ in fields(tool):
        plain = schemas.bare(type_)
        for written, meant in SAMPLES.get(type(plain), ()) if not schemas.kind(type_) else ():
            assert reading.fitted({field: written}, tool.arguments) == {field: meant}
        if isinstance(plain, msgspec.inspect.LiteralType):
            for each in plain.values:
                loud = str(each).upper().replace("_", " ")
                assert reading.fitted({field: loud}, tool.arguments) == {field: each}
        if not isinstance(plain, msgspec.inspect.AnyType):
            assert reading.fitted({field: None}, tool.arguments) == {}
        if isinstance(plain, msgspec.inspect.ListType) and not schemas.kind(type_):
            assert reading.fitted({field: "[]"}, tool.arguments) == {field: []}


@pytest.mark.parametrize("name", TOOLS)
def test_odd_values_are_refused_or_valid_json(name: str) -> None:
    tool = TOOLS[name]
    for field, _ in fields(tool):
        for value in ("²", "9" * 1000, 10**1000, "\ud83d", float("nan"), float("inf"), [["\udc00"]]):
            with contextlib.suppress(errors.AskerError):
                # Values that are not valid in JSON are refused.
                msgspec.json.encode(tool.checked({field: value}))


def test_a_list_of_numbers_in_one_text_is_refused_with_both_readings() -> None:
    with pytest.raises(errors.InvalidValue, match=re.escape("one number or the list [1, 2]")):
        TOOLS["edit_notes"].checked({"clip": CLIP, "remove": "1,2"})


# -- targets ---------------------------------------------------------------------------------------------------


async def test_an_index_in_one_list_counts_from_0(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        scope = Scope(whole.mirror)
        for number in range(3):
            for value in (number, str(number)):
                assert scope.ref(scope.target(value, "Track")) == f"tracks/{number}"
                assert scope.ref(scope.target(value, "Scene")) == f"scenes/{number}"
        song = whole.mirror.resolve("song")
        for value in (f"id:{song.id}", f"ID: {song.id}"):
            assert scope.target(value).id == song.id
        for value in (1, "1", song.id):
            with pytest.raises(errors.Ambiguous) as caught:
                scope.target(value)
            assert "id:" in caught.value.hint or "tracks/1" in caught.value.hint


async def test_a_name_that_is_an_index_too_is_refused_with_both(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.call("set_track", track=0, name="1")
        await whole.call("set_track", track=2, name=80808)
        scope = Scope(whole.mirror)
        with pytest.raises(errors.Ambiguous, match="is the name of tracks/0 and the index of tracks/1"):
            scope.target("1", "Track")
        assert scope.ref(scope.target("80808", "Track")) == "tracks/2"
        assert scope.ref(scope.target(80808)) == "tracks/2"


async def test_among_objects_of_the_same_name_only_suitable_ones_match(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.call("set_property", target="scenes/1", property="name", value="Verse")
        await whole.call("set_property", target="cue_points/0", property="name", value="Verse")
        assert TOOLS["fire"].planned(Scope(whole.mirror), {"target": "verse"}).operations
        for tool, arguments in (
            ("get", {"target": "Verse"}),
            ("delete", {"targets": ["Verse"]}),
        ):
            assert await whole.refused(tool, **arguments) == "AMBIGUOUS"
        await whole.by_hand(lambda song: [setattr(each, "name", "Space") for each in song.return_tracks])
        await trio.sleep(1)
        told = {"track": 0, "sends": [{"send": "Space", "value": 0}]}
        assert await whole.refused("set_track", **told) == "AMBIGUOUS"


# -- values ----------------------------------------------------------------------------------------------------


async def shown(whole: Whole, target: str) -> Any:
    return whole.mirror.resolve(target).props["display"]


@pytest.mark.parametrize(
    ("value", "display"),
    [
        (0.85, "0.0 dB"),
        ("0.85", "0.0 dB"),
        ("0,85", "0.0 dB"),
        (0, "-inf dB"),
        ("0", "-inf dB"),
        ("0 dB", "0.0 dB"),
        ("-6,0 dB", "-6.0 dB"),
        ({"raw": 0.7}, "-6.0 dB"),
        ('{"raw": 0.7}', "-6.0 dB"),
    ],
)
async def test_a_bare_number_is_in_lives_scale_and_a_unit_overrides(
    value: Any, display: str, autojump_clock: Clock
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        fader = "tracks/1/mixer_device/volume"
        for tool, arguments in (
            ("set_track", {"track": 1, "volume": value}),
            ("set_property", {"target": fader, "property": "value", "value": value}),
        ):
            await whole.call("set_track", track=1, volume=0.5)
            await whole.call(tool, **arguments)
            assert await shown(whole, fader) == display


async def test_a_relative_change_is_accepted_wherever_a_value_is(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.call("set_song", tempo=100)
        for value, tempo in (("+5", 105), ("by -15 bpm", 90), ("120 bpm", 120), ("98,5", 98.5)):
            await whole.call("set_song", tempo=value)
            assert whole.mirror.resolve("song").props["tempo"] == tempo
        await whole.call("set_track", track=1, volume="-6 dB", sends=[{"send": 0, "value": "-12 dB"}])
        await whole.call("set_track", track=1, volume="+3 dB", sends=[{"send": 0, "value": "by -3 dB"}])
        assert await shown(whole, "tracks/1/mixer_device/volume") == "-3.0 dB"
        assert await shown(whole, "tracks/1/mixer_device/sends/0") == "-15.0 dB"
        await whole.call("set_clip", clip=AUDIO, pitch_coarse="-3 st", gain="-6 dB")
        await whole.call("set_clip", clip=AUDIO, pitch_coarse="+1 st", gain="+2 dB")
        props = whole.mirror.resolve(AUDIO).props
        assert (props["pitch_coarse"], props["gain_display_string"]) == (-2, "-4.0 dB")


async def test_lives_texts_are_accepted_and_none_clears(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.call("set_track", track=1, current_monitoring_state="Off", arm="on")
        assert whole.mirror.shown(whole.mirror.resolve("tracks/1"), "current_monitoring_state") == "off"
        await whole.call("set_clip", clip=AUDIO, warp_mode="Complex Pro")
        assert whole.mirror.shown(whole.mirror.resolve(AUDIO), "warp_mode") == "complex_pro"
        groove = whole.mirror.find(kind="Groove")[0].ref
        await whole.call("set_clip", clip=CLIP, groove=groove)
        assert whole.mirror.resolve(CLIP).props["has_groove"]
        await whole.call("set_property", target="view", property="detail_clip", value=CLIP)
        for value in ("none", None):
            # Measured on Live: a groove can be chosen but not cleared.
            assert await whole.refused("set_property", target=CLIP, property="groove", value=value)
        assert await whole.refused("set_song", key="B flat minr") == "INVALID_VALUE"
        await whole.call("set_song", key="b flat MINOR")
        song = whole.mirror.resolve("song").props
        assert (song["root_note"], song["scale_name"]) == (10, "Minor")


async def test_numeric_texts_of_a_stepped_parameter_take_precedence(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        stepped = [
            node
            for node in whole.mirror.walk()
            if node.type == "DeviceParameter" and texts_of_numbers(node) and node.props["is_enabled"]
        ]
        assert stepped
        for node in stepped[:3]:
            texts = texts_of_numbers(node)
            for index, text in ((len(texts) - 1, texts[-1]), (0, texts[0])):
                for value in (text, float(text), {"raw": node.props["min"] + index}):
                    where = f"id:{node.id}"
                    await whole.call("set_property", target=where, property="value", value=value)
                    assert await shown(whole, whole.mirror.ref(node.id)) == text


async def test_a_parameter_can_be_given_by_number(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        rack = next(n for n in whole.mirror.walk() if n.props.get("class_name") == "AudioEffectGroupDevice")
        for number in ("2", "12"):
            plan = TOOLS["set_device"].planned(
                Scope(whole.mirror), {"device": f"id:{rack.id}", "parameters": {number: 1}}
            )
            assert plan.operations[0].target == whole.mirror.children(rack, "parameters")[int(number)].id


# -- every argument has an effect ------------------------------------------------------------------------------

BASES: dict[str, list[dict[str, Any]]] = {
    "set_song": [{}],
    "transport": [
        {"action": "play"},
        {"action": "jump_to", "time": 1},
        {"action": "jump_to_cue", "cue": 0},
        {"action": "session_record"},
        {"action": "record"},
        {"action": "nudge_up"},
        {"action": "scrub_by", "time": 1},
    ],
    "create": [
        {"kind": kind, **more}
        for kind, more in (
            ("midi", {}),
            ("audio", {}),
            ("return", {}),
            ("scene", {}),
            ("take_lane", {"track": 8}),
            ("cue_point", {"time": 3}),
        )
    ],
    "set_track": [{"track": 1}, {"track": "master_track"}, {"track": f"{RACK}/chains/0"}],
    "delete": [{"targets": [CLIP]}],
    "duplicate": [{"target": CLIP}, {"target": "tracks/1"}, {"target": f"{RACK}/drum_pads/36"}],
    "move": [{"target": CLIP, "time": 16}, {"target": "tracks/1/devices/0", "to": "tracks/2"}],
    "create_clip": [
        {"track": 6},
        {"track": 6, "slot": 3},
        {"track": 6, "time": 64},
        {"track": 8, "time": 64},
        {"track": 7, "slot": 3, "file_path": "/samples/a.wav"},
    ],
    "set_clip": [{"clip": CLIP}, {"clip": AUDIO}],
    "fire": [
        {"target": CLIP},
        {"target": "tracks/6/clip_slots/4"},
        {"target": "scenes/1"},
        {"target": "song", "stop": True},
    ],
    "edit_envelope": [
        {"clip": CLIP, "parameter": "tracks/6/mixer_device/volume"},
        {"parameter": "tracks/6/mixer_device/volume", "steps": [{"time": 400, "length": 1, "value": 0.5}]},
    ],
    "edit_notes": [{"clip": CLIP}],
    "transform_notes": [{"clips": [CLIP], "edits": [{"edit": "transpose", "semitones": 1}]}],
    "compose": [
        {"part": "chords", "into": "tracks/0/clip_slots/4", "text": "Dm9 | IV"},
        {"part": "bass", "into": "tracks/0/clip_slots/4", "text": "Dm9 | IV"},
        {"part": "melody", "into": "tracks/0/clip_slots/4", "text": "1 3 5 8"},
        {"part": "drums", "into": "tracks/0/clip_slots/4"},
        {"part": "drums", "into": CLIP},
        {"part": "fill", "into": "tracks/0/clip_slots/4"},
    ],
    "arrange": [
        {"sections": [{"name": "0", "bars": 4, "scene": 0}], "start": 400},
        {"sections": [{"name": "0", "bars": 4, "scene": 0, "fill": True}], "start": 400},
        {"action": "copy", "range": [0, 64], "start": 400},
        {"action": "insert", "range": [0, 4000]},
    ],
    "insert_device": [{"to": 1, "name": "Reverb"}],
    "set_device": [
        {"device": RACK},
        {"device": RACK, "action": "insert_chain"},
        {"device": RACK, "action": "add_macro"},
    ],
    "revert": [
        {"under": "song", "property": "tempo"},
        {"since": 0},
        {"dry_run": True},
        {"write": "w-1"},
    ],
    "set_property": [{"target": "song", "property": "tempo", "value": 98}],
    "call_method": [{"target": "song", "method": "stop_all_clips"}],
}
VALUES: dict[str, Any] = {
    "add": "D3@1",
    "amount": 0.75,
    "args": {"quantized": False},
    "calls": [],
    "change": "C3@1#1",
    "clear": True,
    "clip": AUDIO,
    "cue": 1,
    "delete": [[0, 1]],
    "device": "tracks/1/devices/0",
    "file_path": "/samples/b.wav",
    "from_pitch": "C2",
    "from_time": 1.0,
    "grid": "1/8",
    "groove": "groove_pool/grooves/0",
    "index": 2,
    "key": "D Dorian",
    "kind": "audio",
    "length": "2 bars",
    "method": "tap_tempo",
    "note_ids": [],
    "notes": "C3@0",
    "operation": "select",
    "parameter": "tracks/6/mixer_device/panning",
    "parameters": {"1": 0.5},
    "position": 1,
    "properties": {"selected_variation_index": 0},
    "property": "swing_amount",
    "quantization": "1/8",
    "ramps": [{"time": 2, "length": 1, "to": 0.3}],
    "record_length": 8,
    "remove": [1],
    "replace": "C3@0",
    "scale_name": "Dorian",
    "sends": [{"send": 0, "value": 0.5}],
    "slot": 4,
    "steps": [{"time": 0, "length": 1, "value": 0.5}],
    "take_lane": 0,
    "target": "tracks/6/clip_slots/5",
    "targets": ["tracks/1"],
    "time": 8,
    "to": "tracks/6/clip_slots/6",
    "to_pitch": "C5",
    "to_time": 9.0,
    "track": 3,
    "until": 64,
    "value": 0.5,
}


OWN: dict[str, dict[str, Any]] = {
    "duplicate": {"target": "tracks/6/arrangement_clips/0", "to": "tracks/6/clip_slots/6"},
    "move": {"target": "tracks/1/devices/1", "to": "tracks/3"},
    "insert_device": {"to": 2, "name": "Echo"},
    "edit_notes": {"clip": "tracks/0/clip_slots/0/clip"},
    "edit_envelope": {"clip": "tracks/0/clip_slots/0/clip", "track": 6},
    "transform_notes": {
        "clips": ["tracks/6"],
        "edits": [{"edit": "velocity", "add": -7}],
    },
    "arrange": {
        "action": "remove",
        "sections": [{"name": "0", "bars": 3, "scene": 0}],
        "seed": 5,
        "range": [0, 48],
        "start": 500,
    },
    "revert": {
        "write": "w-1",
        "who": "a",
        "under": "tracks/1",
        "property": "name",
        "but": ["tracks/1", "tracks/2"],
    },
    "compose": {
        "part": "bass",
        "into": "tracks/0/clip_slots/5",
        "text": "ii9 V7",
        "grid": "1/4",
        "key": "F# minor",
        "rhythm": "x.x",
        "style": "walking",
        "octave": 4,
        # A value that differs from the base call's, which would be accepted as a default is.
        "length": "3 bars",
    },
}
"""Values for tools that need another value than the rest."""


def other(tool: Tool, field: str, type_: msgspec.inspect.Type) -> Any:
    """A value other than the default."""
    if field in {**VALUES, **OWN.get(tool.name, {})}:
        return {**VALUES, **OWN.get(tool.name, {})}[field]
    plain = schemas.bare(type_)
    if isinstance(plain, msgspec.inspect.BoolType):
        default = next(f.default for f in msgspec.structs.fields(tool.arguments) if f.name == field)
        return default is not True
    if isinstance(plain, msgspec.inspect.LiteralType):
        return plain.values[-1]
    kinds = {"color": "#00ff00", "time": "3|1"}
    if schemas.kind(type_) in kinds:
        return kinds[schemas.kind(type_)]
    schema = tool.declared.input_schema["properties"][field]
    if schema["type"] in ("number", "integer"):
        return schema.get("maximum", 3)
    return "1/8" if "1/" in schema.get("description", "") else "x1"


def planned(whole: Whole, tool: Tool, given: dict[str, Any]) -> Plan | None:
    """The plan's operations; None for a refusal or a plan without operations."""
    try:
        plan = tool.planned(Scope(whole.mirror), given)
    except errors.MirrorError:
        return None
    return plan if plan.operations else None


async def with_history(whole: Whole) -> int:
    """Changes by two authors, for `revert`; a revision in between."""
    await whole.mirror.write([Set("song", "tempo", 91.0)], author="a")
    await whole.mirror.write(
        [Set("tracks/1", "name", "A"), Set("tracks/2", "name", "A")], author="a", write_id="w-1"
    )
    await whole.mirror.write(
        [Set("song", "tempo", 92.0), Set("tracks/1/mixer_device/panning", "value", 0.5)], author="b"
    )
    between = whole.mirror.revision
    for tempo in (93.0, 94.0):
        await whole.mirror.write([Set("song", "tempo", tempo)], author="b")
    await whole.mirror.write([Set("tracks/1", "name", "B")], author="b")
    return between


ADVICE = "BASES of tests/mcp_server/test_arguments.py has calls of each tool that writes"
ELSEWHERE = {"transform_notes": {"copies", "drums"}, "arrange": {"file_path", "session", "song"}}
"""Arguments that need another Set or a file: `music/test_tools` and `music/test_arranging` show their effect."""


def written(plan: Plan) -> tuple[Any, ...]:
    """A plan's operations without its texts."""
    return plan.operations, plan.dry_run


@pytest.mark.parametrize("name", [tool.name for tool in WRITES])
async def test_every_argument_has_an_effect_or_is_refused(name: str, autojump_clock: Clock) -> None:
    tool = TOOLS[name]
    values = {field: other(tool, field, type_) for field, type_ in fields(tool)}
    async with whole_path(everything(), tick_s=0.02) as whole:
        # Each limit of the range excludes a note that no other limit excludes.
        await whole.call("edit_notes", clip=CLIP, replace="C3@0.2:.1 @9.2 C1@4.2 C6@5.2 C3@6.2 @7.2 @8.2")
        if name == "revert":
            values["since"] = await with_history(whole)
        if "note_ids" in values:
            values["note_ids"] = [n.note_id for n in whole.mirror.notes(CLIP) if n.start_time != 6.2]
        ignored, had_effect = [], set()
        assert name in BASES, ADVICE
        for base in BASES[name]:
            # Each argument alone, then with every other one, compared with the same call without it.
            for extra in [{}, *({field: values[field]} for field in values if field not in base)]:
                without = {**base, **extra}
                plan = planned(whole, tool, without)
                for field in values:
                    if field in without and field not in base:
                        continue
                    given = {**without, field: values[field]}
                    if given == without:
                        continue
                    more = planned(whole, tool, given)
                    if more is None:
                        continue
                    had_effect.add(field)
                    if plan is not None and written(more) == written(plan):
                        ignored.append((base, sorted(extra), field))
        assert not ignored, ignored[:10]
        idle = set(values) - had_effect - ELSEWHERE.get(name, set())
        assert not idle, (
            f"without effect: {idle}; change the tool, or their values in VALUES or OWN of {__file__}"
        )
        assert not ELSEWHERE.get(name, set()) - set(values)


@pytest.mark.parametrize(
    ("class_", "name", "rule"),
    [
        ("Track", "no_such", "contract have no Track.no_such"),
        ("Clip", "notes", "notes: _type of .*fields.py"),
    ],
)
def test_a_property_that_no_argument_can_have_is_refused_with_the_file(
    class_: str, name: str, rule: str
) -> None:
    with pytest.raises(ValueError, match=rule):
        settable(class_, name)


def test_each_tool_that_writes_has_a_base_call() -> None:
    assert set(BASES) ^ {tool.name for tool in WRITES} == set(), ADVICE
    assert len(list(itertools.chain(*BASES.values()))) > 40
