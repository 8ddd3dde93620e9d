"""Properties without a listener at rest are sent within the schema's time, and at once while a client attends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless.sets.generate import default_set, large_set
from remote_script.SetMirror.contract import schema
from tests.every_class import everything

from .stage import Stage

WITHIN = [
    (class_, name)
    for class_ in schema.CLASSES
    for name, prop in schema.CLASSES[class_].properties.items()
    if prop.within_s
]
OTHER: dict[str, Any] = {"name": "Renamed", "state": 1, "automation_state": 2}
AT_ONCE_S = 0.05


def test_each_property_without_a_listener_is_polled_within_two_seconds() -> None:
    assert {name for _, name in WITHIN} == set(OTHER)
    for class_, name in WITHIN:
        prop = schema.CLASSES[class_].properties[name]
        assert prop.kind == "observed"
        assert prop.within_s <= 2.0
        # Changes that a round finds are no edits; otherwise an undo could depend on unknown changes.
        assert not prop.is_edit


def seconds_until(stage: Stage, client: Any, seen: Callable[[], bool], most: float) -> float:
    began = stage.live.clock.now()
    while not seen() and stage.live.clock.now() - began < most:
        stage.pump()
        client.follow()
    assert seen(), f"not told within {most} s"
    return float(stage.live.clock.now() - began)


def knob(stage: Stage, place: int = 3) -> tuple[Any, Any, Any]:
    """A parameter in headless Live, its row in the script, and its device's row."""
    shadow = stage.script.batcher.shadow
    rows = [
        row
        for row in shadow.rows.values()
        if row.layout.type == "DeviceParameter" and row.role == "parameters"
    ]
    row = rows[place]
    node = next(each for each in stage.live.document.parameters() if each.ptr == row.ptr)
    return node, row, shadow.rows[row.parent]


@pytest.mark.parametrize("name", sorted(OTHER))
@pytest.mark.parametrize("place", [0, 77, -1])
def test_a_change_without_notification_is_sent_within_the_time_of_the_table(name: str, place: int) -> None:
    stage = Stage(everything())
    client = stage.follower()
    node, row, _ = knob(stage, place)
    setattr(node, name, OTHER[name])
    within_s = schema.properties("DeviceParameter")[name].within_s
    seconds_until(stage, client, lambda: client.objects[row.id][4][name] == OTHER[name], within_s)
    stage.live.close()


@pytest.mark.parametrize("name", sorted(OTHER))
def test_attended_objects_are_sent_at_once_until_attention_ends(name: str) -> None:
    stage = Stage(everything())
    client = stage.follower()
    node, row, _ = knob(stage)
    before = stage.live.listener_count()
    client.result("set.attend", ids=[row.id])
    assert stage.live.listener_count() == before + len(WITHIN)
    node.derive(name, OTHER[name])
    seconds_until(stage, client, lambda: client.objects[row.id][4][name] == OTHER[name], AT_ONCE_S)
    client.result("set.attend", ids=[])
    assert stage.live.listener_count() == before
    stage.live.close()


def test_listeners_of_a_disconnected_client_are_removed_unless_another_attends() -> None:
    stage = Stage(everything())
    client, other = stage.follower(), stage.client()
    _, row, _ = knob(stage)
    before = stage.live.listener_count()
    for each in (client, other):
        each.result("set.attend", ids=[row.id])
    other.pipe.closed_by_client = True
    stage.pump(3)
    assert stage.live.listener_count() == before + len(WITHIN)
    client.pipe.closed_by_client = True
    stage.pump(3)
    assert stage.live.listener_count() == before
    stage.live.close()


def test_attending_sends_earlier_changes_at_once() -> None:
    stage = Stage(everything())
    client = stage.follower()
    node, row, _ = knob(stage)
    node.name = "Renamed before"
    client.result("set.attend", ids=[row.id])
    seconds_until(stage, client, lambda: client.objects[row.id][4]["name"] == "Renamed before", AT_ONCE_S)
    stage.live.close()


def test_a_changed_choice_sends_at_once_the_enabled_parameters_of_the_device() -> None:
    stage = Stage(everything())
    client = stage.follower()
    shadow = stage.script.batcher.shadow
    choice = next(
        row for row in shadow.rows.values() if row.value("is_quantized") and row.role == "parameters"
    )
    siblings = [id_ for id_ in shadow.rows[choice.parent].value("parameters") if id_ != choice.id]
    other = next(
        each for each in stage.live.document.parameters() if each.ptr == shadow.rows[siblings[0]].ptr
    )
    other.state = 1
    stage.live.person.do(lambda song: setattr(choice.obj, "value", choice.obj.max - choice.obj.value))
    seconds_until(stage, client, lambda: client.objects[siblings[0]][4]["state"] == 1, AT_ONCE_S)
    stage.live.close()


def test_events_that_can_change_all_automation_are_followed_at_once() -> None:
    stage = Stage(everything())
    client = stage.follower()
    rows = [row for row in stage.script.batcher.shadow.rows.values() if row.layout.type == "DeviceParameter"]
    nodes = {node.ptr: node for node in stage.live.document.parameters()}
    stage.live.run_for(1.0)
    for row in rows:
        nodes[row.ptr].automation_state = 2
    stage.live.document.song.notify("re_enable_automation_enabled")
    seconds_until(
        stage, client, lambda: all(client.objects[row.id][4]["automation_state"] == 2 for row in rows), 0.2
    )
    stage.live.close()


def test_a_set_of_20_000_parameters_has_at_most_60_000_listeners() -> None:
    stage = Stage(large_set(100, 1000, 1000, 20_000))
    stage.until_ready()
    assert stage.script.status()["listeners"]["attached"] <= 60_000
    assert stage.script.batcher.observers.refused == {}
    stage.live.close()


def test_a_slot_or_clip_has_no_listener_for_what_its_kind_lacks() -> None:
    stage = Stage(default_set())
    stage.until_ready()
    song = stage.song
    song.tracks[0].clip_slots[0].create_clip(4.0)
    stage.pump(3)
    rows = stage.script.batcher.shadow.rows.values()
    for row in rows:
        attached = {
            listener.name
            for number, listener in enumerate(row.layout.listeners)
            if row.attached & 1 << number
        }
        if row.layout.type == "ClipSlot":
            assert attached == {"has_clip", "has_stop_button", "is_triggered"}
        elif row.layout.type == "Clip":
            assert "notes" in attached
            assert not attached & {"warping", "warp_markers", "gain"}
    stage.live.close()
