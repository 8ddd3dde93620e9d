"""Former values are set in an order that Live accepts; a value that somebody else changed is left, with the reason."""

from __future__ import annotations

from typing import Any

from mcp_server.history import notes
from mcp_server.history.chains import ValueChange
from mcp_server.history.former_values import FormerValues
from mirror import Event, Node, Note
from mirror.store import Store

CLIP, RACK, MACRO, CUTOFF = 5, 10, 11, 12


def store(**clip: Any) -> Store:
    """A song with an audio clip and a rack, whose macro moves a parameter of the device inside."""
    made = Store()
    made.root = 1
    off = {"is_enabled": False, "name": "Cutoff", "value": 0.5}
    nodes = [
        Node(1, "Song", None, "", {}, {}, 0),
        Node(CLIP, "Clip", 1, "arrangement_clips", {"name": "Loop", **clip}, {}, 0),
        Node(
            RACK, "RackDevice", 1, "devices", {"name": "Rack"}, {"parameters": (MACRO,), "chains": (20,)}, 0
        ),
        Node(MACRO, "DeviceParameter", RACK, "parameters", {"name": "Macro 1", "value": 1.0}, {}, 0),
        Node(20, "Chain", RACK, "chains", {}, {"devices": (21,)}, 0),
        Node(21, "Device", 20, "devices", {"name": "Filter"}, {"parameters": (CUTOFF,)}, 0),
        Node(CUTOFF, "DeviceParameter", 21, "parameters", off, {}, 0),
    ]
    made.nodes = {node.id: node for node in nodes}
    return made


def link(
    revision: int, id_: int, name: str, before: Any, after: Any, selected: bool = True, who: str = "agent"
) -> ValueChange:
    event = Event(revision, 0.0, "e", revision, "set", who, "", id_, "", name, "", before, after)
    return ValueChange(event, before, after, selected)


def former(present: Store, *links: ValueChange) -> FormerValues:
    chains: dict[tuple[int, str], list[ValueChange]] = {}
    for change in links:
        chains.setdefault((change.event.id, change.event.name), []).append(change)
    values = FormerValues(present, chains)
    for id_, name in chains:
        values.add(id_, name)
    return values


def in_order(values: FormerValues) -> list[tuple[Any, str, Any]]:
    return [(op.target, op.name, op.value) for op, _ in values.in_order()]


def test_the_newest_change_is_set_first_and_a_mode_before_it() -> None:
    present = store(gain=0.2, pitch_coarse=3, warping=False)
    values = former(
        present,
        link(1, CLIP, "gain", 0.4, 0.2),
        link(2, CLIP, "warping", True, False),
        link(3, CLIP, "pitch_coarse", 0, 3),
    )
    assert in_order(values) == [(CLIP, "warping", True), (CLIP, "pitch_coarse", 0), (CLIP, "gain", 0.4)]


def test_the_end_is_set_first_when_the_start_lies_after_the_present_end() -> None:
    present = store(loop_start=0.0, loop_end=4.0)
    moved = (link(1, CLIP, "loop_end", 16.0, 4.0), link(2, CLIP, "loop_start", 8.0, 0.0))
    assert in_order(former(present, *moved)) == [(CLIP, "loop_end", 16.0), (CLIP, "loop_start", 8.0)]


def test_the_start_is_set_first_when_the_end_lies_before_the_present_start() -> None:
    present = store(loop_start=8.0, loop_end=16.0)
    moved = (link(1, CLIP, "loop_start", 0.0, 8.0), link(2, CLIP, "loop_end", 4.0, 16.0))
    assert in_order(former(present, *moved)) == [(CLIP, "loop_start", 0.0), (CLIP, "loop_end", 4.0)]


def test_several_selected_changes_of_a_value_lead_back_to_the_value_before_the_first_of_them() -> None:
    present = store(gain=0.9)
    changes = (
        link(1, CLIP, "gain", 0.1, 0.3, selected=False),
        link(2, CLIP, "gain", 0.3, 0.6),
        link(3, CLIP, "gain", 0.6, 0.9),
    )
    assert in_order(former(present, *changes)) == [(CLIP, "gain", 0.3)]


def test_several_selected_changes_of_a_note_lead_back_to_the_note_before_the_first_of_them() -> None:
    first, second, third = (
        Note(1, 60, 0.0, 1.0, velocity, False, 1.0, 0.0, 64.0) for velocity in (30.0, 60.0, 90.0)
    )
    chain = [link(1, CLIP, "notes", first, second), link(2, CLIP, "notes", second, third)]
    assert notes.put_back([third], {1: chain}).changed == [first]
    assert notes.put_back([second], {1: chain}).others == 1


def test_a_value_changed_later_by_another_author_is_kept() -> None:
    present = store(gain=0.9)
    values = former(
        present,
        link(1, CLIP, "gain", 0.3, 0.6),
        link(2, CLIP, "gain", 0.6, 0.9, selected=False, who="live"),
    )
    assert in_order(values) == []
    [reason] = values.left
    assert reason.endswith("changed since by a person or Live (revision 2)")


def test_a_parameter_that_a_macro_moves_follows_the_macro() -> None:
    present = store()
    values = former(present, link(1, MACRO, "value", 0.0, 1.0), link(1, CUTOFF, "value", 0.1, 0.5))
    assert in_order(values) == [(MACRO, "value", 0.0)]


def test_a_disabled_parameter_is_set_itself_when_no_macro_around_it_is() -> None:
    present = store()
    values = former(present, link(1, CUTOFF, "value", 0.1, 0.5))
    assert in_order(values) == [(CUTOFF, "value", 0.1)]


def test_a_value_that_is_as_before_needs_no_operation() -> None:
    values = former(store(gain=0.3), link(1, CLIP, "gain", 0.3, 0.3))
    assert in_order(values) == []
    assert values.left == []
