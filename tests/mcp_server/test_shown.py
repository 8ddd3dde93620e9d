"""Writes and conditions accept the values that reads show: in `get`, resources, events, `expect`, `set` and `find`.

Generated from the schema: every choice, every reference and every plain property of every class.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable
from typing import Any

import pytest
import trio.testing

from mirror import Node
from remote_script.SetMirror.contract import schema
from tests.every_class import everything
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
CHOICES = [
    (name, prop.name)
    for name, class_ in schema.CLASSES.items()
    for prop in class_.properties.values()
    if prop.choices is not None
]
NO_CONDITION = ("json", "routings", "warp_markers", "envelopes", "notes", "refs")
"""Types whose values are neither a single word nor a number."""

NONE = [("Scene", name) for name in ("tempo", "time_signature_numerator", "time_signature_denominator")]
"""Properties that show -1 for a scene without its own value, which another property switches."""


def having(whole: Whole, class_: str, name: str) -> list[Node]:
    return [
        node
        for node in whole.mirror.walk()
        if node.type in schema.CLASSES and schema.is_a(node.type, class_) and name in node.props
    ]


async def shown(whole: Whole, node: Node, name: str) -> Any:
    """The value that `get` and the resource show, which must be equal."""
    got = (await whole.call("get", target=f"id:{node.id}", fields=[name]))["object"][name]
    uri = f"live://ref/{whole.mirror.ref(node.id)}"
    read = await whole.agent.client.read_resource(uri)
    assert json.loads(read.contents[0].text)[name] == got
    return got


async def only_if(whole: Whole, node: Node, name: str, value: Any) -> dict[str, Any]:
    """Make a dry run of a change under the condition."""
    return await whole.call(
        "batch",
        calls=[{"tool": "set_song", "args": {"tempo": whole.mirror.resolve("song").props["tempo"]}}],
        expect=[{"target": f"id:{node.id}", "property": name, "value": value}],
        dry_run=True,
    )


async def test_every_choice_is_accepted_by_label_and_number_and_shown_by_label(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        for class_, name in CHOICES:
            prop = schema.CLASSES[class_].properties[name]
            nodes = having(whole, class_, name)
            assert nodes, f"no object has {class_}.{name}"
            # A scene without its own signature shows -1, which is no choice.
            node = next(each for each in nodes if each.props[name] in prop.choices)
            number, told = node.props[name], await shown(whole, node, name)
            assert told == (prop.labels[number] if prop.labels else number)
            for meant in (told, number, prop.choices[number].upper()):
                assert (await only_if(whole, node, name, meant))["outcome"] == "unchanged", (name, meant)
                if name != "type":
                    assert node.id in await ids(whole, node, f"{name} = {told}")
                if prop.write:
                    answer = await whole.call(
                        "set_property", target=f"id:{node.id}", property=name, value=meant
                    )
                    (result,) = answer["results"]
                    assert answer["outcome"] == "unchanged", (name, meant, answer)
                    assert result["before"] == result["after"] == told, (name, meant, answer)
            for wrong in ("no such choice", 9999):
                await names_the_choices(prop, only_if(whole, node, name, wrong))
                if prop.write:
                    setting = whole.call("set_property", target=f"id:{node.id}", property=name, value=wrong)
                    await names_the_choices(prop, setting)
            if name != "type" and prop.labels:
                looking = whole.call("find", kind=class_, where=[f"{name} = no such choice"])
                await names_the_choices(prop, looking)


async def names_the_choices(prop: schema.Property, call: Awaitable[Any]) -> None:
    """Check that the call is refused with all choices."""
    with pytest.raises(Refused) as problem:
        await call
    told = problem.value.data
    assert told["error"] == "INVALID_VALUE"
    assert all(label in told["rule"] for label in (prop.choices or {}).values()), told


async def ids(whole: Whole, node: Node, condition: str) -> list[int]:
    """The ids of objects of the same kind and owner that meet the condition."""
    near = {"under": f"id:{node.parent}"} if node.parent is not None else {}
    found = await whole.call("find", kind=node.type, where=[condition], limit=1000, **near)
    return [int(each["id"].removeprefix("id:")) for each in found["found"]]


async def test_every_value_of_a_read_is_accepted_by_a_write(autojump_clock: Clock) -> None:
    """For every property of every class: as a condition of a write, as its own value, and as a filter."""
    seen: set[tuple[str, str]] = set()
    async with whole_path(everything(), tick_s=0.02) as whole:
        for node in list(whole.mirror.walk()):
            for name, prop in schema.properties(node.type).items():
                held = node.props.get(name)
                if (
                    (node.type, name) in seen
                    or name not in node.props
                    or prop.type == "notes"
                    or held is None
                ):
                    continue
                seen.add((node.type, name))
                told = await shown(whole, node, name)
                assert (await only_if(whole, node, name, told))["outcome"] == "unchanged", (node.type, name)
                with pytest.raises(Refused):
                    await only_if(whole, node, name, {"no": "such value"})
                if prop.type not in NO_CONDITION and not isinstance(told, dict | list) and name != "type":
                    assert node.id in await ids(whole, node, f"{name} = {said(told)}"), (name, told)
                if told == -1 and (node.type, name) in NONE:
                    code = await whole.refused(
                        "set_property", target=f"id:{node.id}", property=name, value=told
                    )
                    assert code == "INVALID_VALUE"
                elif prop.write and prop.kind != "gauge":
                    answer = await whole.call(
                        "set_property", target=f"id:{node.id}", property=name, value=told
                    )
                    assert answer["outcome"] == "unchanged", (node.type, name, told, answer)
                    assert answer["results"][0]["after"] == told, (node.type, name, told, answer)
        assert {(class_, name) for class_, name in CHOICES} <= {
            (class_, name) for type_, name in seen for class_ in schema.CLASSES if schema.is_a(type_, class_)
        }


def said(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else json.dumps(value)


async def test_events_and_refusals_show_choices_and_objects_as_reads_do(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        clip = "tracks/6/clip_slots/0/clip"
        began = whole.mirror.revision
        answer = await whole.call("set_property", target=clip, property="launch_mode", value="gate")
        assert [answer["results"][0][side] for side in ("before", "after")] == ["trigger", "gate"]
        await whole.call("set_property", target="song/view", property="selected_track", value="tracks/3")
        events = (await whole.call("get_changes", since=began))["events"]
        told = {each["name"]: (each.get("before"), each.get("after")) for each in events}
        assert told["launch_mode"] == ("trigger", "gate")
        assert told["selected_track"] == ("tracks/0", "tracks/3")
        with pytest.raises(Refused, match="is expected to be 'toggle' but is 'gate'") as problem:
            await only_if(whole, whole.mirror.resolve(clip), "launch_mode", "Toggle")
        assert problem.value.data["observed"] == "gate"
        made = await whole.call(
            "batch",
            calls=[
                {"tool": "create_clip", "args": {"track": 6, "slot": 1, "length": "1 bar"}},
                {"tool": "set_clip", "args": {"clip": "$0", "launch_mode": "Repeat"}},
            ],
        )
        result = made["results"][1]
        assert (result["before"], result["after"]) == ("trigger", "repeat")
        assert result["ref"] == "tracks/6/clip_slots/1/clip"


async def test_a_parameter_can_be_expected_by_lives_text(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        volume = whole.mirror.resolve("tracks/0/mixer_device/volume")
        assert (await only_if(whole, volume, "value", volume.props["display"]))["outcome"] == "unchanged"
        with pytest.raises(Refused) as problem:
            await only_if(whole, volume, "value", "-69 dB")
        assert problem.value.data["error"] == "PRECONDITION_FAILED"
