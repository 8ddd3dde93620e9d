"""The mirror's store, batch by batch."""

from __future__ import annotations

import copy
from typing import Any

from mirror.model import Note
from mirror.store import Store

from .peer import apply_change, note, obj, plain, small_set, truth


def filled(rows: dict[int, list[Any]] | None = None, epoch: str = "e1", revision: int = 5) -> Store:
    store = Store()
    refill(store, small_set() if rows is None else rows, epoch, revision)
    return store


def refill(store: Store, rows: dict[int, list[Any]], epoch: str = "e1", revision: int = 6) -> Any:
    store.collect([], True)
    store.collect(copy.deepcopy(list(rows.values())), False)
    return store.replace(epoch, revision)


def test_a_snapshot_is_stored_completely() -> None:
    rows = small_set()
    store = filled(rows)
    assert plain(store.nodes) == truth(rows)
    assert store.faults() == []
    assert (store.epoch, store.revision, store.root) == ("e1", 5, 1)


def test_refs_are_paths_in_lives_words() -> None:
    store = filled()
    wanted = {
        1: "song",
        2: "tracks/0",
        23: "tracks/0/mixer_device/volume",
        40: "tracks/0/clip_slots/0/clip",
        5: "scenes/1",
        8: "master_track",
        26: "tracks/0/devices/0/parameters/1",
    }
    assert {id_: store.ref(id_) for id_ in wanted} == wanted


def test_refs_follow_their_objects_when_a_list_changes() -> None:
    store = filled()
    assert store.ref(33) == "tracks/1/mixer_device/volume"
    store.apply(6, [["children", 1, "tracks", [3, 2]]])
    assert store.ref(33) == "tracks/0/mixer_device/volume"


def test_a_batch_creates_new_nodes_and_keeps_former_ones_unchanged() -> None:
    store = filled()
    before = store.nodes[3]
    applied = store.apply(6, [["set", 3, "name", "Sub"], ["set", 3, "mute", True]])
    assert (before.name, before.props["mute"], before.revision) == ("Bass", False, 5)
    assert (store.nodes[3].name, store.nodes[3].props["mute"], store.nodes[3].revision) == ("Sub", True, 6)
    assert applied.changes == [("set", 3, "name", "Bass", "Sub"), ("set", 3, "mute", False, True)]
    assert not applied.structural
    assert list(store.named("sub")) == [3]
    assert list(store.named("bass")) == []


def test_a_track_is_added_and_removed_with_its_children() -> None:
    store, rows = filled(), small_set()
    changes = [
        ["add", obj(100, "Track", 1, "tracks", {"name": "New"}, clip_slots=[101])],
        ["add", obj(101, "ClipSlot", 100, "clip_slots", {"has_clip": False}, clip=None)],
        ["children", 1, "tracks", [2, 100, 3]],
    ]
    store.apply(6, copy.deepcopy(changes))
    assert store.ref(101) == "tracks/1/clip_slots/0"
    gone = [
        ["children", 1, "tracks", [100, 3]],
        *[["remove", id_] for id_ in (40, 20, 21, 23, 22, 25, 26, 24, 2)],
    ]
    applied = store.apply(7, copy.deepcopy(gone))
    for change in changes + gone:
        apply_change(rows, change)
    assert plain(store.nodes) == truth(rows)
    assert store.faults() == []
    assert applied.gone[40] == "tracks/0/clip_slots/0/clip"


def test_an_add_of_a_known_object_moves_it_with_its_children() -> None:
    store = filled()
    moved = obj(
        24, "Device", 3, "devices", {"name": "Filter", "class_name": "AutoFilter"}, parameters=[25, 26]
    )
    applied = store.apply(
        6, [["add", moved], ["children", 2, "devices", []], ["children", 3, "devices", [24]]]
    )
    assert store.ref(26) == "tracks/1/devices/0/parameters/1"
    assert ("move", 24, "devices", 2, 3) in applied.changes
    assert store.faults() == []


def test_names_are_derived_again_after_a_new_name_and_after_a_new_place() -> None:
    store = filled()
    numbers = [(store.structure, store.naming)]
    for revision, change in enumerate(
        (["set", 3, "mute", True], ["set", 3, "name", "Sub"], ["children", 1, "tracks", [3, 2]]), 6
    ):
        store.apply(revision, [change])
        numbers.append((store.structure, store.naming))
    (structure, naming), *others = numbers
    assert others == [(structure, naming), (structure, naming + 1), (structure + 1, naming + 2)]


def test_changed_notes_are_merged_by_their_id() -> None:
    store = filled()
    applied = store.apply(6, [["content", 40, "notes", [note(2, 40, 1.0), note(3, 42, 0.5)], [1]]])
    notes = store.nodes[40].props["notes"]
    assert [(n.note_id, n.pitch, n.start_time) for n in notes] == [(3, 42, 0.5), (2, 40, 1.0)]
    assert all(isinstance(n, Note) for n in notes)
    kind, id_, name, lost, came = applied.changes[0]
    assert (kind, id_, name) == ("content", 40, "notes")
    assert [n.note_id for n in lost] == [2, 1]
    assert [n.note_id for n in came] == [2, 3]


def test_an_edit_of_many_lists_is_a_change_of_each_list() -> None:
    store = filled()
    store.apply(6, [["set", id_, "menu", ["Bass", "Main", "Bass"]] for id_ in (2, 3)])
    before = store.nodes[2]
    applied = store.apply(7, [["menus", [2, 3], "menu", {"relabel": {"Bass": "Sub"}}]])
    assert before.props["menu"] == ["Bass", "Main", "Bass"]
    assert applied.changes == [
        ("set", id_, "menu", ["Bass", "Main", "Bass"], ["Sub", "Main", "Sub"]) for id_ in (2, 3)
    ]
    assert store.nodes[2].props["menu"] == store.nodes[3].props["menu"] == ["Sub", "Main", "Sub"]
    store.apply(8, [["menus", [999, 2, 4], "menu", {"splice": [["Main", ["Sub"], ["Low"]]]}]])
    assert store.nodes[2].props["menu"] == ["Sub", "Main", "Low"]
    assert store.bad["changes"] == 2


def test_an_absent_property_is_removed() -> None:
    store = filled()
    store.apply(6, [["absent", 3, "arm"], ["absent", 3, "name"]])
    assert "arm" not in store.nodes[3].props
    assert store.nodes[3].name == ""
    assert store.faults() == []


def test_an_invalid_change_is_skipped_and_counted() -> None:
    store = filled()
    bad: list[Any] = [
        7,
        None,
        [],
        ["set"],
        ["set", 999, "name", "x"],
        ["set", 3, ["no name"], 1],
        ["add", [1, 2]],
        ["add", None],
        ["remove", 12345],
        ["children", 3, "devices", "no list"],
        ["content", 3, "name", [], []],
        ["absent", 3, "never"],
        ["menus", [3], "never", {"relabel": {"a": "b"}}],
        ["menus", 3, "name", {"relabel": {"a": "b"}}],
        ["menus", [3], "name", {"splice": [["nothing", [], []]]}],
        ["menus", [3], "name", 5],
        ["menus", [3]],
        ["set", {"a": 1}, "name", 1],
        ["add", [{}, "Track", 1, "tracks", {}, {}]],
        ["explode", 3],
    ]
    store.apply(6, [*bad, ["set", 3, "name", "Sub"]])
    assert store.nodes[3].name == "Sub"
    assert sum(store.bad.values()) == len(bad)
    assert store.faults() == []


def test_an_invalid_object_in_a_snapshot_is_skipped() -> None:
    rows = small_set()
    store = Store()
    store.collect([], True)
    store.collect([*rows.values(), [1], None, ["x", "Track", 1, "tracks", {}, {}], 5], False)
    store.replace("e1", 1)
    assert len(store.nodes) == len(rows)
    assert store.bad["objects"] == 4


def test_an_invalid_note_is_skipped() -> None:
    store = filled()
    store.apply(6, [["set", 40, "notes", [note(1), [1, 2], None, ["a"] * 9, note(2)]]])
    assert [n.note_id for n in store.nodes[40].props["notes"]] == [1, 2]
    assert store.bad["notes"] == 3


def test_a_removed_track_is_absent_after_a_resync() -> None:
    store, rows = filled(), small_set()
    rows[1][5]["tracks"] = [3]
    for id_ in (40, 20, 21, 23, 22, 25, 26, 24, 2):
        del rows[id_]
    applied = refill(store, rows)
    assert plain(store.nodes) == truth(rows)
    assert {change[1] for change in applied.changes if change[0] == "remove"} == {
        40,
        20,
        21,
        23,
        22,
        25,
        26,
        24,
        2,
    }
    assert applied.gone[2] == "tracks/0"
    assert store.faults() == []


def test_a_resync_reports_only_differences_and_keeps_equal_nodes() -> None:
    store, rows = filled(), small_set()
    kept = store.nodes[3]
    text = store.encoded(3)
    assert b"90.0" not in store.encoded(1)
    rows[1][4]["tempo"] = 90.0
    rows[40][4]["notes"].append(note(9, 50, 2.0))
    applied = refill(store, rows)
    assert [change[:3] for change in applied.changes] == [("set", 1, "tempo"), ("content", 40, "notes")]
    assert store.nodes[3] is kept
    assert store.encoded(3) is text
    assert b"90.0" in store.encoded(1)


def test_a_new_epoch_with_other_ids_reports_only_differences() -> None:
    store = filled()
    shifted = renumbered(small_set(), 500)
    shifted[503][4]["name"] = "Sub"
    applied = refill(store, shifted, epoch="e2", revision=0)
    assert applied.changes == [("set", 503, "name", "Bass", "Sub")]
    assert applied.rebound is not None
    assert applied.rebound[2] == 502
    assert 3 not in applied.rebound
    assert plain(store.nodes) == truth(shifted)


def test_a_new_epoch_reports_added_and_removed_objects() -> None:
    store = filled()
    rows = renumbered(small_set(), 500)
    rows[501][5]["scenes"] = [504]
    del rows[505]
    applied = refill(store, rows, epoch="e2", revision=0)
    assert next(change for change in applied.changes if change[0] == "remove")[1] == 5
    assert applied.gone == {5: "scenes/1"}


def test_an_envelope_of_the_same_parameter_is_no_difference_in_another_epoch() -> None:
    rows = small_set()
    rows[40][4]["automation_envelopes"] = [{"parameter": 33, "events": [[0.0, 33.0]]}]
    store = filled(rows)
    shifted = renumbered(rows, 500)
    shifted[540][4]["automation_envelopes"] = [{"parameter": 533, "events": [[0.0, 33.0]]}]
    assert refill(store, shifted, epoch="e2", revision=0).changes == []
    shifted = renumbered(shifted, 500)
    shifted[1040][4]["automation_envelopes"] = [{"parameter": 1023, "events": [[0.0, 33.0]]}]
    changes = refill(store, shifted, epoch="e3", revision=0).changes
    assert [change[:3] for change in changes] == [("set", 1040, "automation_envelopes")]


def renumbered(rows: dict[int, list[Any]], by: int) -> dict[int, list[Any]]:
    def there(value: Any) -> Any:
        return (
            [each + by for each in value]
            if isinstance(value, list)
            else None
            if value is None
            else value + by
        )

    found = {}
    for row in rows.values():
        id_, type_, parent, role, props, kids = copy.deepcopy(row)
        for name in ("selected_track", "clip_slots"):
            if name in props:
                props[name] = there(props[name])
        found[id_ + by] = [
            id_ + by,
            type_,
            there(parent),
            role,
            props,
            {n: there(v) for n, v in kids.items()},
        ]
    return found


def test_encoded_json_is_cached_until_the_node_changes() -> None:
    store = filled()
    text = store.encoded(3)
    assert store.encoded(3) is text
    store.apply(6, [["set", 2, "name", "Kit"]])
    assert store.encoded(3) is text
    store.apply(7, [["set", 3, "name", "Sub"]])
    assert b'"Sub"' in store.encoded(3)


def test_a_cycle_of_parents_ends_the_search_for_a_ref() -> None:
    rows = small_set()
    rows[200] = obj(200, "Chain", 201, "chains", {}, chains=[201])
    rows[201] = obj(201, "Chain", 200, "chains", {}, chains=[200])
    store = filled(rows)
    assert isinstance(store.ref(200), str)
    assert len(list(store.walk(200))) == 2


def test_unknown_classes_and_properties_of_a_newer_script_are_kept_as_they_are() -> None:
    rows = small_set()
    rows[300] = obj(300, "Hologram", 1, "holograms", {"depth": [1, {"a": 2}]})
    rows[1][5]["holograms"] = [300]
    store = filled(rows)
    assert store.ref(300) == "holograms/0"
    assert store.nodes[300].props == {"depth": [1, {"a": 2}]}
