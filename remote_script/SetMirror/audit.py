"""Compares Live with the shadow continuously, a few properties in every pump.

The audit bounds the age of polled properties and finds changes without a notification: values, lists, deleted
objects. It only marks a difference; the following flush reads the property again and sends it with cause "audit".
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence

from .batches import Batcher
from .content import Reading, whole
from .contract.values import ABSENT, alive
from .layouts import Row
from .wire import length

FAST_S = 0.25
"""Seconds between reads of the few polled properties of the song and its view, which a person changes most often."""
_FAST_TYPES = ("Song", "Song.View", "Application", "Application.View")
_LARGEST = {"notes": 400, "routings": 30, "warp_markers": 400, "envelopes": 0}
"""Number of elements by type: a longer value is read only in one of eight passes, so that a pass stays short."""
LARGE_EVERY = 8
_RARE_EVERY = 4
"""Passes between reads of absent properties (an exception costs more than ten values) and of generated texts."""
UNASKED = 8


class Audit:
    """Continuous passes over all rows; `marks` collects the differences."""

    def __init__(self, batcher: Batcher, clock: Callable[[], float]) -> None:
        self.marks: Dict[int, int] = {}
        self.counters: Dict[str, Any] = {
            "passes": 0,
            "objects": 0,
            "missed": 0,
            "polled": 0,
            "last_pass_s": 0.0,
            "by": {},
        }
        self._batcher = batcher
        self._clock = clock
        self._order: Sequence[int] = ()
        """Ids of rows, some of which may be deleted when their turn comes."""
        self._position = 0
        self._row: Optional[Row] = None
        self._place = 0
        self._unasked = 0
        """Number of properties read since the clock was last read."""
        self._reading: Optional[Reading] = None
        """The reading of a long property, which takes several turns."""
        self._pass_began = clock()
        self._next_fast = 0.0

    def step(self, spend: Callable[[], bool]) -> None:
        """Compare properties while `spend()` allows, at least one."""
        now = self._clock()
        if now >= self._next_fast:
            self._next_fast = now + FAST_S
            self._fast()
        if self._reading is not None and not self._read_on(spend):
            return
        passes = self.counters["passes"]
        # At most one pass per turn: nothing changes within a turn.
        while self.counters["passes"] == passes:
            row = self._row
            if row is None or row.obj is None or self._place >= len(row.layout.changing):
                row = self._row = self._next_row(now)
                self._place = 0
                if row is None:
                    return
                if not self._is_alive(row):
                    self._place = len(row.layout.changing)
                elif row.layout.simple:
                    self._compare_simple(row)
                    # Reading the clock costs as much as reading a property.
                    self._unasked += len(row.layout.simple)
            if self._place < len(row.layout.changing):
                index = row.layout.changing[self._place]
                self._place += 1
                if row.layout.long_bits & 1 << index:
                    self._reading = self._compare_long(row, index)
                    if not self._read_on(spend):
                        return
                else:
                    self._compare(row, index)
                self._unasked += 1
            if self._unasked >= UNASKED:
                self._unasked = 0
                if not spend():
                    return

    def _read_on(self, spend: Callable[[], bool]) -> bool:
        """Continue the reading of a long property; True when it is complete and time is left."""
        assert self._reading is not None
        for _ in self._reading:
            if not spend():
                return False
        self._reading = None
        return spend()

    def _next_row(self, now: float) -> Optional[Row]:
        """The next row, cyclically; None in an empty Set."""
        rows = self._batcher.shadow.rows
        for _ in range(2):
            while self._position < len(self._order):
                row = rows.get(self._order[self._position])
                self._position += 1
                if row is not None:
                    self.counters["objects"] += 1
                    return row
            if self._order:
                self.counters["passes"] += 1
                self.counters["last_pass_s"] = round(now - self._pass_began, 3)
            self._pass_began = now
            self._order = self._batcher.shadow.order()
            self._position = 0
        return None

    def take(self) -> Dict[int, int]:
        """Return the marks collected so far, to be flushed, and start again with none."""
        marks, self.marks = self.marks, {}
        return marks

    def _fast(self) -> None:
        for row in self._fast_rows():
            for index in row.layout.polled:
                self._compare(row, index)

    def _fast_rows(self) -> List[Row]:
        root = self._batcher.shadow.root
        if root is None:
            return []
        rows = [root] + [
            self._batcher.shadow.rows[id_] for id_ in root.child_ids() if id_ in self._batcher.shadow.rows
        ]
        return [row for row in rows if row.layout.type in _FAST_TYPES]

    def look(self, row: Row) -> None:
        """Compare all properties of one row with Live and mark the differences."""
        if self._is_alive(row):
            for index in [index for index, _ in row.layout.simple] + row.layout.changing:
                if row.layout.long_bits & 1 << index:
                    whole(self._compare_long(row, index))
                else:
                    self._compare(row, index)

    def _is_alive(self, row: Row) -> bool:
        """True when the object exists; otherwise marks the list that still contains it."""
        if alive(row.obj):
            return True
        parent = self._batcher.shadow.rows.get(row.parent) if row.parent is not None else None
        if parent is not None:
            self._mark(parent, parent.layout.index[row.role])
        return False

    def _compare_simple(self, row: Row) -> None:
        """Compare the plain properties of a row; an inlined `_compare`, since most of an audit's time is spent here."""
        obj, values = row.obj, row.values
        every = not (self.counters["passes"] + row.id) % _RARE_EVERY
        for index, reader in row.layout.simple if every else row.layout.often:
            old = values[index]
            if old is ABSENT and not every:
                continue
            new = reader(obj)
            if new is old or (new == old and type(new) is type(old)):
                continue
            if not self._batcher.attribution.pending.get(row.id, 0) & 1 << index:
                self._mark(row, index)

    def _compare(self, row: Row, index: int) -> None:
        layout, batcher = row.layout, self._batcher
        old = row.values[index]
        bit = 1 << index
        if layout.tree_bits & bit:
            children = batcher.reader.children(row, index)
            if children is None:
                same = old is ABSENT
            else:
                prop = layout.properties[index]
                ids = []
                for ptr, _ in children:
                    child = batcher.shadow.known(prop.of, ptr)
                    here = child is not None and child.parent == row.id and child.role == prop.name
                    ids.append(child.id if child is not None and here else -1)
                now: Any = (ids[0] if ids else None) if prop.type == "child" else tuple(ids)
                same = now == old
        else:
            new = batcher.reader.value(row, index)
            same = new is old or (new == old and type(new) is type(old))
        if not same and not batcher.attribution.pending.get(row.id, 0) & bit:
            self._mark(row, index)

    def _compare_long(self, row: Row, index: int) -> Reading:
        batcher, old = self._batcher, row.values[index]
        most = _LARGEST[row.layout.properties[index].type]
        if length(old) > most and (self.counters["passes"] + row.id) % LARGE_EVERY:
            return
        new = yield from batcher.reader.reading(row, index)
        # A value or deletion that was sent meanwhile is newer than the value read here.
        superseded = (
            row.obj is None
            or row.values[index] is not old
            or batcher.attribution.pending.get(row.id, 0) & 1 << index
        )
        if not superseded and not (new == old and type(new) is type(old)):
            self._mark(row, index)

    def _mark(self, row: Row, index: int) -> None:
        self.marks[row.id] = self.marks.get(row.id, 0) | 1 << index
        prop = row.layout.properties[index]
        polled = prop.kind == "polled"
        by, name = self.counters["by"], "{}.{}".format(row.layout.type, prop.name)
        by[name] = by.get(name, 0) + 1
        self.counters["polled" if polled else "missed"] += 1
