"""The shadow: every object of the Set as last sent, by id. Snapshots are made from it without reading Live.

Ids are never reused in an epoch. A snapshot is the shadow at one revision: rows that change while it is sent are
copied first (copy on write), so a snapshot reads nothing from Live and blocks no client.
"""

from __future__ import annotations

from array import array
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from .contract.values import ABSENT, live_ptr
from .layouts import Row, class_of, root_class
from .menu_references import MenuReferences
from .snapshot_tables import State, Tables, state_of, view_of
from .wire import length

AT_ONCE = 128
"""Objects that are encoded together, about half a millisecond of work."""
_LONG = 32
"""Elements of a list that take as long to encode as an object."""


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
        self._kept: Dict[int, State] = {}
        self._tables = Tables(MenuReferences() if refers else None)

    def keep(self, row: Row) -> None:
        """Copy the present state of `row`, unless this snapshot has sent the row already."""
        if self.is_taken or row.id in self._kept:
            return
        if self._order[self._position] <= row.id <= self._order[-1]:
            self._kept[row.id] = state_of(row)

    @property
    def is_taken(self) -> bool:
        """True when nothing is left."""
        return self._position >= len(self._order)

    def take(self, rows: Dict[int, Row], most_bytes: int) -> List[bytes]:
        """The tables of the next objects, about `most_bytes` of them; empty at the end."""
        taken: List[bytes] = []
        size = 0
        while size < most_bytes and not self.is_taken:
            ids = self._next(rows)
            piece = self._tables.encoded(self._states(rows, ids))
            size += sum(map(len, piece))
            taken += piece
        return taken

    def _next(self, rows: Dict[int, Row]) -> List[int]:
        """The ids of the next objects that are encoded together."""
        ids: List[int] = []
        weight = 0
        while weight < AT_ONCE and not self.is_taken:
            id_ = self._order[self._position]
            self._position += 1
            row = rows.get(id_)
            if row is not None:
                weight += 1 + sum(length(row[index]) // _LONG for index in row.layout.slow)
            elif id_ not in self._kept:
                continue
            ids.append(id_)
        return ids

    def _states(self, rows: Dict[int, Row], ids: List[int]) -> Iterator[State]:
        preserved = self._kept
        for id_ in ids:
            if id_ in preserved:
                yield preserved.pop(id_)
            else:
                yield view_of(rows[id_])


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
            self._unpoint(row.id, index, row.values[index])
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

    def subtree(self, row: Row) -> List[Row]:
        """`row` and all rows below it, parents first."""
        rows = [row]
        for above in rows:
            for id_ in above.child_ids():
                child = self.rows.get(id_)
                # Only true children: a list may name an object that already has another parent.
                if child is not None and child.parent == above.id:
                    rows.append(child)
        return rows

    # -- references --------------------------------------------------------------------------------

    def point(self, row: Row, index: int, value: Any) -> None:
        """Replace the value of a ref or refs property and update the index of references."""
        self._unpoint(row.id, index, row.values[index])
        row.values[index] = value
        holder = (row.id, index)
        for id_ in _targets(value):
            holders = self._pointing.get(id_, ())
            if holder not in holders:
                self._pointing[id_] = (*holders, holder)

    def _unpoint(self, holder: int, index: int, value: Any) -> None:
        for id_ in _targets(value):
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
