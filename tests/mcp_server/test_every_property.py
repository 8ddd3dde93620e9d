"""Every settable property of the schema, through MCP: set, set to the same value, and refused in all ways."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
import trio.testing

from mirror import Node, Set, errors
from remote_script.SetMirror.contract import schema
from tests.every_class import everything
from tests.whole import QUIET_S, Refused, Whole, whole_path

Clock = trio.testing.MockClock
WRITABLE = sorted(
    name for name, each in schema.CLASSES.items() if any(p.write for p in each.properties.values())
)
NOT_TAKEN = {
    "Song.is_ableton_link_start_stop_sync_enabled": "needs Link",
    "Song.overdub": "ignored by Live without an armed track",
    "Song.session_record": "ignored by Live without an armed track",
    "Song.nudge_up": "a button: Live shows it as pressed only while it is held",
    "Song.nudge_down": "a button",
    "Song.back_to_arranger": "lit by Live alone; can be put out",
    "Track.back_to_arranger": "lit by Live alone; can be put out",
    "Device.is_using_compare_preset_b": "a device that can compare",
    "Browser.hotswap_target": "set by loading",
}
"""Properties whose change needs more than a value."""
FIRST = {
    "CompressorDevice.input_routing_channel": ("input_routing_type",),
    "DeviceIO.routing_channel": ("routing_type",),
}
"""Properties that must be set first, so that there is another value to choose."""
TRIES = 6


def objects(whole: Whole, class_: str, name: str) -> list[Node]:
    """Objects of the class that have the property, the first ones of each kind."""
    prop = schema.properties(class_)[name]
    return [
        node
        for node in whole.mirror.walk()
        if node.type in schema.CLASSES
        and schema.is_a(node.type, class_)
        and (prop.kind == "gauge" or name in node.props)
    ]


def others(whole: Whole, node: Node, prop: schema.Property) -> Iterator[Any]:
    """Valid values other than the present one."""
    now = node.props.get(prop.name)
    if prop.type == "routing":
        yield from (each for each in node.props[f"available_{prop.name}s"] if each != now)
    elif prop.type == "ref":
        for other in whole.mirror.walk():
            if other.type in schema.CLASSES and schema.is_a(other.type, prop.of) and other.id != now:
                yield whole.mirror.ref(other.id)
    elif prop.choices is not None:
        yield from (value for value in prop.choices if value != now)
    elif prop.type == "bool":
        yield not now
    elif prop.type == "str":
        yield from ("Minor", "Dorian") if prop.name == "scale_name" else (f"{now} anew",)
    elif node.type == "DeviceParameter":
        yield from (each for each in (node.props["min"], node.props["max"]) if each != now)
    elif prop.type == "int":
        low, high = prop.minimum, prop.maximum
        held = now if isinstance(now, int) else 0
        yield from (
            each
            for each in (held + 1, held - 1, 0, 1, 2, low, high)
            if each is not None
            and each != now
            and (low is None or each >= low)
            and (high is None or each <= high)
        )
    elif prop.type == "float":
        held = now if isinstance(now, int | float) else 0.0
        low, high = prop.minimum, prop.maximum
        yield from (
            each
            for each in (held + 1.0, held + 0.125, held - 0.125, held / 2, 0.5)
            if each != now and (low is None or each >= low) and (high is None or each <= high)
        )
    elif prop.type == "json":
        if isinstance(now, list):
            yield [*now[:1], *[each + 3.0 for each in now[1:-1]], *now[-1:]]
        elif isinstance(now, dict):
            yield {
                name: value + 1 if isinstance(value, int | float) else value for name, value in now.items()
            }
        elif now is None:
            yield None


def beyond(prop: schema.Property, node: Node) -> list[Any]:
    """Values of the right type outside the range."""
    if node.type == "DeviceParameter":
        return [node.props["max"] + 1.0, node.props["min"] - 1.0]
    if prop.choices is not None:
        return ["no such choice", 9999] if prop.type == "int" else ["no such choice"]
    found: list[Any] = []
    if prop.minimum is not None:
        found.append(prop.minimum - 1)
    if prop.maximum is not None:
        found.append(prop.maximum + 1)
    if prop.type == "routing":
        found.append("no such routing")
    if prop.type == "ref":
        found += ["tracks/99", "id:10000000"]
    return found


def wrong(prop: schema.Property) -> list[Any]:
    """Values of a wrong type."""
    found: list[Any] = [{"a": 1}, ["x"]]
    if prop.type != "str" and prop.type != "routing":
        found.append("certainly not")
    if prop.type == "int":
        found.append(1.5)
    if prop.type not in ("bool", "json") and not prop.choices:
        found.append(True)
    return [] if prop.type == "json" else found


async def refused(whole: Whole, target: Any, name: str, value: Any) -> str:
    return await whole.refused("set_property", target=target, property=name, value=value)


async def taken(whole: Whole, class_: str, prop: schema.Property) -> tuple[Node, Any] | None:
    """Set the property of an object to another value; returns both, or None if Live accepted no value."""
    nodes = objects(whole, class_, prop.name)
    # Not only the first objects: filled pads and special clips are later.
    full = [node for node in nodes if node.props.get("chains") or node.type == "Clip"]
    for node in [*nodes[:TRIES], *nodes[-TRIES:], *full[:TRIES]]:
        for before in FIRST.get(f"{class_}.{prop.name}", ()):
            # The first choice is the sound card, which has no channels here.
            _, value, *_ = others(whole, node, schema.properties(node.type)[before])
            await whole.call("set_property", target=f"id:{node.id}", property=before, value=value)
            await trio.sleep(0.2)
            node = whole.mirror.node(node.id)
        for value in list(others(whole, node, prop))[:TRIES]:
            entries = whole.history()
            try:
                answer = await whole.call(
                    "set_property", target=f"id:{node.id}", property=prop.name, value=value
                )
            except Refused:
                assert whole.history() == entries, (prop.name, value)
                continue
            (result,) = answer["results"]
            made = len(whole.history()) - len(entries)
            assert made == answer["undo_steps"], (class_, prop.name, value, answer)
            if answer["outcome"] != "verified" or not result["changed"]:
                assert made == 0, (class_, prop.name, value, answer)
                continue
            assert made == (1 if prop.undo else 0), (class_, prop.name, value, answer)
            return node, value
    return None


@pytest.mark.parametrize("class_", WRITABLE)
async def test_every_property_is_set_verified_and_undone_and_refused_for_every_reason(
    class_: str, autojump_clock: Clock
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        for name, prop in schema.CLASSES[class_].properties.items():
            nodes = objects(whole, class_, name)
            if not prop.write:
                if nodes:
                    held = nodes[0].props.get(name, 0)
                    code = await refused(
                        whole, f"id:{nodes[0].id}", name, held if prop.type != "notes" else []
                    )
                    assert code == "NOT_WRITABLE", name
                continue
            lacks = "remote_script/headless/model/ lacks it (a device: SPECIAL in device.py), or tests/every_class.py"
            assert nodes, f"no object has {class_}.{name}: {lacks}"
            done = await taken(whole, class_, prop)
            assert done is not None or f"{class_}.{name}" in NOT_TAKEN, f"{class_}.{name} was never taken"
            if done is not None:
                await again_and_back(whole, *done, prop)
            for value in beyond(prop, nodes[0]):
                code = await refused(whole, f"id:{nodes[0].id}", name, value)
                # Only Live knows the range of displayed values.
                refused_by = ("LIVE_REFUSED",) if name == "display_value" else ()
                assert code in ("INVALID_VALUE", "NOT_FOUND", "STALE_REFERENCE", *refused_by), (
                    name,
                    value,
                    code,
                )
            for value in wrong(prop):
                code = await refused(whole, f"id:{nodes[0].id}", name, value)
                assert code in ("INVALID_VALUE", "NOT_FOUND", "AMBIGUOUS"), (name, value, code)
            for number in (math.nan, math.inf, -math.inf):
                entries = whole.history()
                with pytest.raises(errors.InvalidValue):
                    await whole.mirror.write([Set(nodes[0].id, name, number)])
                assert whole.history() == entries
        assert await refused(whole, "id:10000000", "name", "x") == "STALE_REFERENCE"
        for number in (10**7, "3"):
            # The value could be an id or an index.
            assert await refused(whole, number, "name", "x") == "AMBIGUOUS"
        assert await refused(whole, "tracks/99", "name", "x") == "STALE_REFERENCE"
        assert await refused(whole, "tracks/0[Nobody]", "name", "x") == "STALE_REFERENCE"
        assert await whole.differences() == []


async def again_and_back(whole: Whole, node: Node, value: Any, prop: schema.Property) -> None:
    """Check that setting the same value again changes nothing, and that undo restores the former value."""
    entries = whole.history()
    held = whole.mirror.node(node.id).props.get(prop.name, value)
    if prop.type == "ref" and isinstance(held, int):
        held = whole.mirror.ref(held)
    if prop.kind != "gauge":
        again = await whole.call("set_property", target=f"id:{node.id}", property=prop.name, value=held)
        assert again["outcome"] == "unchanged", (prop.name, again)
        assert not again["results"][0]["changed"]
        assert whole.history() == entries
    if prop.undo and node.type != "TuningSystem":
        await whole.call("undo")
        await trio.sleep(QUIET_S)
        back = whole.mirror.node(node.id).props.get(prop.name)
        if isinstance(back, float):
            back = pytest.approx(back)
        assert node.props[prop.name] == back, prop.name


@pytest.mark.parametrize("version", ["11.0", "12.0"])
async def test_properties_of_a_later_live_or_of_another_kind_are_refused(
    version: str, autojump_clock: Clock
) -> None:
    checked = 0
    async with whole_path(everything(), version, tick_s=0.02) as whole:
        live = schema.version(whole.mirror.live_version)
        seen: set[tuple[str, str]] = set()
        for node in whole.mirror.walk():
            for name, prop in schema.properties(node.type).items():
                if not prop.write or (node.type, name) in seen or prop.kind == "gauge":
                    continue
                late = bool(prop.since) and prop.since > live
                if late or name not in node.props:
                    seen.add((node.type, name))
                    value = {"bool": True, "int": 1, "float": 1.0, "str": "x"}.get(prop.type)
                    code = await refused(whole, f"id:{node.id}", name, value)
                    assert code == "NOT_AVAILABLE", (node.type, name, code)
                    checked += 1
    assert checked > 5
