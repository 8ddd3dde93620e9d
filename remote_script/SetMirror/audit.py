"""Compares Live with the shadow continuously, a few properties in every pump.

The audit bounds the age of polled properties and finds changes without a notification: values, lists, deleted
objects. It only marks a difference; the following flush reads the property again and sends it with cause "audit".
"""

from __future__ import annotations

from itertools import repeat
from operator import attrgetter, is_not, itemgetter
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .batches import Batcher
from .content import Reading, whole
from .contract.values import ABSENT, alive
from .layouts import Layout, Row
from .wire import length

FAST_S = 0.25
"""Seconds between reads of the few polled properties of the song and its view, which a person changes most often."""
_FAST_TYPES = ("Song", "Song.View", "Application", "Application.View")
_LARGEST = {"notes": 400, "routings": 30, "warp_markers": 400, "envelopes": 0}
"""Number of elements by type: a longer value is read only in one of eight passes, so that a pass stays short."""
LARGE_EVERY = 8
_LONG_EVERY = 2
"""The same for all other values that are read in pieces: Live notifies their changes, and they cost most."""
RARE_EVERY = 4
"""Passes between reads of absent properties (an exception costs more than ten values) and of generated texts."""
UNASKED = 8
"""Properties that are compared between two looks at the clock, some 5 µs of work."""
_SINGLE = ("bool", "int", "float", "str")
"""Types whose values in Live are equal to the plain values of rows."""


class _Glance:
    """Compares most plain properties of a row in two calls; for rows of one layout with the same properties."""

    def __init__(self, layout: Layout, has: bytes, constants: Any) -> None:
        """`has`: for each place of a row 1 if its object has this property, else 0. `constants`: see `Layout`."""
        # The rounds compare those in `within`.
        often = [entry for entry in layout.often if has[entry[0]] and entry[0] not in layout.within]
        places = [i for i, _ in often if layout.properties[i].type in _SINGLE]
        # For a single name a getter returns no tuple.
        if len(places) < 2:
            places = []
        self.live: Any = attrgetter(*[layout.names[i] for i in places]) if places else None
        self.stored: Any = itemgetter(*places) if places else None
        skipped = {*layout.lacking(constants), *layout.within}
        self.all = [often, [entry for entry in layout.simple if entry[0] not in skipped]]
        """The properties to compare, with their readers: in most passes, and in one of `RARE_EVERY`."""
        self.apart = [[entry for entry in entries if entry[0] not in places] for entries in self.all]
        """The same without those that `live` and `stored` compare."""


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
        self._glances: Dict[Tuple[Layout, bytes, Any], _Glance] = {}
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
                if not self._compare_simple(row):
                    self._place = len(row.layout.changing)
                else:
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

    def _compare_simple(self, row: Row) -> bool:
        """Compare the plain properties of a row; False when its object is deleted.

        Most of an audit's time is spent here, so mostly two calls read and compare all values.
        """
        obj, layout = row.obj, row.layout
        rare = not (self.counters["passes"] + row.id) % RARE_EVERY
        key = (layout, bytes(map(is_not, row, repeat(ABSENT))), layout.stored_constants(row))
        glance = self._glances.get(key)
        if glance is None:
            glance = self._glances[key] = _Glance(*key)
        try:
            is_same = glance.live is not None and glance.live(obj) == glance.stored(row)
        except Exception:
            # The object is deleted, or lacks a property now.
            is_same = False
        if not is_same and not self._is_alive(row):
            return False
        for index, reader in (glance.apart if is_same else glance.all)[rare]:
            old, new = row[index], reader(obj)
            if new is old or (new == old and type(new) is type(old)):
                continue
            if not self._batcher.attribution.pending.get(row.id, 0) & 1 << index:
                self._mark(row, index)
        return True

    def _compare(self, row: Row, index: int) -> None:
        layout, batcher = row.layout, self._batcher
        old = row.values[index]
        bit = 1 << index
        if layout.tree_bits & bit:
            now = batcher.reader.pointers(row, index)
            if now is None or old is ABSENT:
                same = now is None and old is ABSENT
            else:
                ids = old if isinstance(old, tuple) else () if old is None else (old,)
                children = [child for child in map(batcher.shadow.rows.get, ids) if child is not None]
                # A list that names an object with another parent is compared as if it lacked the object.
                same = now == [
                    child.ptr
                    for child in children
                    if child.parent == row.id and child.role == layout.names[index]
                ]
        else:
            new = batcher.reader.value(row, index)
            same = new is old or (new == old and type(new) is type(old))
        if not same and not batcher.attribution.pending.get(row.id, 0) & bit:
            self._mark(row, index)

    def _compare_long(self, row: Row, index: int) -> Reading:
        batcher, old = self._batcher, row.values[index]
        most = _LARGEST[row.layout.properties[index].type]
        every = RARE_EVERY if old is ABSENT else LARGE_EVERY if length(old) > most else _LONG_EVERY
        if (self.counters["passes"] + row.id) % every:
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
