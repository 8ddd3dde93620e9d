"""The authors of marks: lots of one author each, in order."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from remote_script.SetMirror.attribution import LIVE, Attribution, Cause, Claim, Lot

MINE = Cause("write", "w1", "me")
YOURS = Cause("write", "w2", "you")
ALIVE = SimpleNamespace()


class SecondProperty(Claim):
    """Declares changes of the property with index 1."""

    def claims(self, row: Any, index: int, value: Any) -> bool:
        return index == 1


class World:
    """Two rows with two plain and two long properties each, the first long one late; `now` has Live's values."""

    def __init__(self) -> None:
        layout = SimpleNamespace(
            ref_bits=0,
            late_bits=0b100,
            tree_bits=0,
            long_bits=0b1100,
            properties=[SimpleNamespace(type="json")] * 4,
        )
        self.rows = {
            id_: SimpleNamespace(id=id_, layout=layout, obj=ALIVE, parent=None, values=[]) for id_ in (1, 2)
        }
        self.now: dict[tuple[int, int], Any] = {}
        shadow: Any = SimpleNamespace(rows=self.rows, root=None)
        reader: Any = SimpleNamespace(value=lambda row, index: self.now.get((row.id, index)))
        self.attribution = Attribution(shadow, reader)

    def put(self, id_: int, index: int, value: Any) -> None:
        """Change a value in Live and notify."""
        self.now[id_, index] = value
        self.attribution.mark(id_, 1 << index)

    def sent(self) -> list[tuple[str | None, dict[tuple[int, int], Any]]]:
        """(author, values) of all lots, read when they are taken."""
        found = []
        while self.attribution.due:
            lot = self.attribution.take()
            found.append((lot.cause.author, self._read(lot)))
        return found

    def _read(self, lot: Lot) -> dict[tuple[int, int], Any]:
        return {
            (id_, index): lot.values.get((id_, index), self.now.get((id_, index)))
            for id_, bits in lot.marks.items()
            for index in range(4)
            if bits & 1 << index
        }


def test_only_changes_marked_during_a_call_are_attributed_to_its_write() -> None:
    world = World()
    world.put(1, 0, "person")
    with world.attribution.acting(MINE):
        world.put(2, 0, "me")
    world.put(2, 1, "person")
    assert world.sent() == [(None, {(1, 0): "person"}), ("me", {(2, 0): "me"}), (None, {(2, 1): "person"})]


def test_a_property_changed_by_two_authors_in_one_tick_is_sent_once_per_author() -> None:
    world = World()
    with world.attribution.acting(MINE):
        world.put(1, 0, "mine")
    world.attribution.end_turn()
    world.put(1, 0, "theirs")
    assert world.sent() == [("me", {(1, 0): "mine"}), (None, {(1, 0): "theirs"})]


def test_a_persons_change_just_before_a_write_is_read_before_the_write() -> None:
    world = World()
    world.put(1, 0, "theirs")
    with world.attribution.acting(MINE):
        world.put(1, 0, "mine")
    assert world.sent() == [(None, {(1, 0): "theirs"}), ("me", {(1, 0): "mine"})]


def test_a_long_write_is_one_lot_without_edits_in_between() -> None:
    world = World()
    for value in ("a", "b"):
        with world.attribution.acting(MINE):
            world.put(1, 0, value)
        world.attribution.end_turn()
    assert world.sent() == [("me", {(1, 0): "b"})]


def test_two_writes_are_never_in_one_lot() -> None:
    world = World()
    for cause in (MINE, YOURS, MINE):
        with world.attribution.acting(cause):
            world.put(1, 0, cause.author)
        world.attribution.end_turn()
    assert world.sent() == [
        ("me", {(1, 0): "me"}),
        ("you", {(1, 0): "you"}),
        ("me", {(1, 0): "me"}),
    ]


def test_held_changes_wait_for_the_end_or_for_another_authors_change() -> None:
    world = World()
    world.attribution.withheld = {1: 0b1}
    with world.attribution.acting(MINE):
        world.put(1, 0, "half")
        world.put(1, 1, "told")
    world.attribution.end_turn()
    assert world.sent() == [("me", {(1, 1): "told"})]
    world.put(1, 0, "theirs")
    assert world.sent() == [("me", {(1, 0): "half"}), (None, {(1, 0): "theirs"})]


def test_long_values_are_attributed_to_the_last_author() -> None:
    for index in (2, 3):
        world = World()
        with world.attribution.acting(MINE):
            world.put(1, index, "mine")
        world.attribution.end_turn()
        world.put(1, index, "theirs")
        assert world.sent() == [(None, {(1, index): "theirs"})]


def test_routing_lists_and_other_changes_are_read_alternately() -> None:
    world = World()
    world.put(1, 2, "list")
    world.put(1, 0, "first")
    taken = [world.attribution.take().marks]
    world.put(2, 0, "second")
    taken += [world.attribution.take().marks, world.attribution.take().marks]
    assert taken == [{1: 0b1}, {1: 0b100}, {2: 0b1}]


def test_changes_that_a_write_did_not_declare_have_no_author() -> None:
    world = World()
    world.attribution.declare(SecondProperty(MINE, math.inf))
    world.put(1, 0, "person")
    world.put(1, 1, "later")
    assert world.sent() == [("me", {(1, 1): "later"}), (None, {(1, 0): "person"})]


def test_a_change_after_the_end_of_a_declaration_has_no_author() -> None:
    world = World()
    world.attribution.declare(SecondProperty(MINE, -math.inf))
    world.put(1, 1, "person")
    assert world.sent() == [(None, {(1, 1): "person"})]


def test_a_change_that_two_writes_declared_belongs_to_the_newer_write() -> None:
    world = World()
    for cause in (MINE, YOURS):
        world.attribution.declare(SecondProperty(cause, math.inf))
    world.put(1, 1, "later")
    assert world.sent() == [("you", {(1, 1): "later"})]


def test_a_persons_change_beside_a_declared_change_keeps_its_value_when_a_write_follows() -> None:
    world = World()
    world.attribution.declare(SecondProperty(MINE, math.inf))
    world.put(1, 0, "person")
    world.put(1, 1, "later")
    with world.attribution.acting(YOURS):
        world.put(1, 0, "yours")
    assert world.sent() == [
        ("me", {(1, 1): "later"}),
        (None, {(1, 0): "person"}),
        ("you", {(1, 0): "yours"}),
    ]


def test_a_deleted_object_is_no_longer_marked() -> None:
    world = World()
    world.put(1, 0, "x")
    world.put(2, 2, "list")
    world.put(2, 0, "x")
    # The list of the second object waits until its other change is sent.
    assert world.attribution.take().marks == {1: 0b1, 2: 0b1}
    world.put(1, 0, "x")
    for id_ in (1, 2):
        world.attribution.forget(id_)
    assert not world.attribution.due
    assert world.attribution.take().marks == {}
    assert world.attribution.take().cause is LIVE
