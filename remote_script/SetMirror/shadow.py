"""The shadow: every object of the Set as last sent, by id. Snapshots are made from it without reading Live.

Ids are never reused in an epoch. A snapshot is the shadow at one revision: rows that change while it is sent are
copied first (copy on write), so a snapshot reads nothing from Live and blocks no client.
"""

from __future__ import annotations

from array import array
from collections import deque
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .contract.values import ABSENT, live_ptr
from .layouts import Row, class_of, root_class
from .menu_references import MenuReferences
from .snapshot_tables import Tables
from .wire import length

AT_ONCE = 64
"""Objects that are encoded together, about a quarter of a millisecond of work."""
_LONG = 32
"""Elements of a list that take as long to encode as an object."""
_PASSED = 2048
"""Ids of deleted objects that are passed over at once; this takes as long as encoding `AT_ONCE` objects."""


class Snapshot:
    """A snapshot that is being sent; `revision` and `count` are known from the start."""

    def __init__(
        self,
        rows: Dict[int, Row],
        revision: int,
        coming: List[str],
        order: Optional[Sequence[int]] = None,
        refers: bool = True,
    ) -> None:
        """`order`: the ids of `rows`, ascending; some of them may be gone. `refers`: the client knows references."""
        self.revision = revision
        self.coming = coming
        """The parts of the Set that were not read yet."""
        self.count = len(rows)
        self._order = array("I", rows) if order is None else order
        self._position = 0
        self._kept: Dict[int, Row] = {}
        self._tables = Tables(MenuReferences() if refers else None)

    def keep(self, row: Row) -> None:
        """Copy the present state of `row`, unless this snapshot has sent the row already."""
        if self.is_taken or row.id in self._kept:
            return
        if self._order[self._position] <= row.id <= self._order[-1]:
            self._kept[row.id] = row.state()

    @property
    def is_taken(self) -> bool:
        """True when nothing is left."""
        return self._position >= len(self._order)

    def take(self, rows: Dict[int, Row]) -> List[bytes]:
        """The tables of the next objects, in one step of bounded work; none if all of the next ids are gone."""
        return self._tables.encoded(self._next(rows))

    def _next(self, rows: Dict[int, Row]) -> List[Row]:
        """The next objects that are encoded together."""
        order, kept, position = self._order, self._kept, self._position
        end = min(len(order), position + _PASSED)
        following: List[Row] = []
        weight = 0
        while position < end and weight < AT_ONCE:
            id_ = order[position]
            position += 1
            row = kept.pop(id_, None) or rows.get(id_)
            if row is None:
                continue
            following.append(row)
            weight += 1
            for index in row.layout.listed:
                weight += length(row[index]) // _LONG
        self._position = position
        return following


class Shadow:
    """Rows by id, ids by pointer, and references by target."""

    def __init__(self) -> None:
        self.rows: Dict[int, Row] = {}
        self.revisions: Dict[int, int] = {}
        """The last revision that changed an object; no entry for an object that is unchanged since the Set was read."""
        self.root: Optional[Row] = None
        self.snapshots: List[Snapshot] = []
        self.is_copied = False
        """True since the first snapshot began: from then on clients may need every change and every addition."""
        self._next_id = 1
        self._ids: Dict[str, Dict[int, int]] = {}
        self._pointing: Dict[int, Tuple[Tuple[int, int], ...]] = {}
        """Target → (id, index) of its references; tuples, because most targets have only one reference."""

    # -- objects -----------------------------------------------------------------------------------

    def new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def order(self) -> Sequence[int]:
        """The ids of all objects, ascending, as is the order of reading; up to half of them may be gone.

        A list of 200,000 ids would take a slice to make.
        """
        if self._next_id <= 2 * len(self.rows):
            return range(1, self._next_id)
        return array("I", self.rows)

    def add(self, row: Row) -> None:
        self.rows[row.id] = row
        self.pointers(row.layout.root)[row.ptr] = row.id

    def pointers(self, root: str) -> Dict[int, int]:
        """Ids by pointer, of all objects whose topmost class is `root`."""
        ids = self._ids.get(root)
        if ids is None:
            ids = self._ids[root] = {}
        return ids

    def discard(self, row: Row) -> None:
        """Remove a row; the pointer may already belong to a newer object."""
        del self.rows[row.id]
        self.revisions.pop(row.id, None)
        known = self._ids[row.layout.root]
        if known.get(row.ptr) == row.id:
            del known[row.ptr]
        for index in row.layout.refs:
            self._unpoint(row.id, index, _targets(row.values[index]))
        row.obj = None

    def known(self, declared: str, ptr: int) -> Optional[Row]:
        """The row of the object at `ptr` whose class is `declared` or derives from it."""
        ids = self._ids.get(root_class(declared))
        id_ = ids.get(ptr) if ids else None
        return None if id_ is None else self.rows[id_]

    def row_of(self, obj: Any, declared: str = "") -> Optional[Row]:
        """The row of a Live object, or None when it is not in the shadow."""
        if obj is None:
            return None
        type_ = declared or class_of(obj, "")
        ptr = live_ptr(obj)
        if not type_ or ptr is None:
            return None
        return self.known(type_, ptr)

    def lineage(self, row: Row) -> Iterator[Row]:
        """`row`, the row of its parent, and so on up to the song."""
        above: Optional[Row] = row
        while above is not None:
            yield above
            above = self.rows.get(above.parent) if above.parent is not None else None

    def below(self, row: Row) -> Iterator[Row]:
        """`row` and all rows below it, parents first; the caller may remove the row that it has just got."""
        rows = deque((row,))
        while rows:
            above = rows.popleft()
            for id_ in above.child_ids():
                child = self.rows.get(id_)
                # Only true children: a list may name an object that already has another parent.
                if child is not None and child.parent == above.id:
                    rows.append(child)
            yield above

    # -- references --------------------------------------------------------------------------------

    def point(self, row: Row, index: int, value: Any) -> None:
        """Replace the value of a ref or refs property and update the index of references."""
        # A list of all tracks mostly differs from its former state by one track.
        before, now = set(_targets(row.values[index])), set(_targets(value))
        self._unpoint(row.id, index, before - now)
        row.values[index] = value
        holder = (row.id, index)
        for id_ in now - before:
            self._pointing[id_] = (*self._pointing.get(id_, ()), holder)

    def _unpoint(self, holder: int, index: int, targets: Iterable[int]) -> None:
        for id_ in targets:
            left = tuple([pair for pair in self._pointing.get(id_, ()) if pair != (holder, index)])
            if left:
                self._pointing[id_] = left
            else:
                self._pointing.pop(id_, None)

    def pointing_at(self, id_: int) -> List[Tuple[int, int]]:
        """(id, index) of every reference to `id_`."""
        return list(self._pointing.get(id_, ()))

    # -- snapshots ---------------------------------------------------------------------------------

    def snapshot(self, revision: int, coming: List[str], refers: bool = True) -> Snapshot:
        started = Snapshot(self.rows, revision, coming, self.order(), refers)
        self.is_copied = True
        self.snapshots.append(started)
        return started

    def end_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot in self.snapshots:
            self.snapshots.remove(snapshot)

    def preserve(self, row: Row) -> None:
        """Copy a row for running snapshots; must be called before it changes or is removed."""
        for snapshot in self.snapshots:
            snapshot.keep(row)


def _targets(value: Any) -> Tuple[int, ...]:
    if value is None or value is ABSENT:
        return ()
    return value if isinstance(value, tuple) else (value,)
