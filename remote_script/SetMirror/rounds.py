"""Re-reads, in rounds, properties that Live could notify but that normally have no listener.

Name, state and automation state of 20,000 parameters would need 60,000 listeners, although they hardly ever change.
The table's `within` bounds how late such a change is noticed; a round takes this long, its objects spread evenly
over the pumps. Other signs of a change are faster: the listeners in `after`, a write, an undo, or an event of the
Set (`hurry`) that starts the next round at once. If the Set is so large, or Live so slow, that a pump's time does
not suffice, rounds take longer: the counters show the duration of the last one.

A difference is only marked here; the following flush reads the property again and sends it with cause "audit".
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Sequence

from .batches import Batcher
from .contract import schema
from .contract.values import alive, same
from .layouts import Row

SPARE = 0.95
"""Share of the time allowed for a round; the rest is for the last pump, the flush and the sending."""
WITHIN_S = min(
    prop.within_s
    for class_ in schema.CLASSES.values()
    for prop in class_.properties.values()
    if prop.within_s
)
"""Seconds for one round: it covers all classes, so the shortest `within` of the table applies."""
HURRIED_S = 0.5
"""Minimum time between two hurried rounds, so that a series of calls does not keep Live busy with them."""
AT_ONCE = 32
"""Objects between two readings of the clock, which cost as much as reading one object."""


class Rounds:
    """Rounds over all objects with such properties; `marks` collects the differences."""

    def __init__(self, batcher: Batcher, clock: Callable[[], float]) -> None:
        self.marks: Dict[int, int] = {}
        self.counters: Dict[str, Any] = {"rounds": 0, "hurried": 0, "found": 0, "last_round_s": 0.0}
        self._batcher = batcher
        self._clock = clock
        self._order: Sequence[int] = ()
        self._position: Optional[int] = None
        """Position of the current round in `_order`; None between two rounds."""
        self._began = clock()
        self._hurried = False
        self._next_hurry = 0.0

    def hurry(self) -> bool:
        """Start a new round at once, since any of these properties may have changed.

        Returns False if the last hurried round is too recent; then call it again in the next pump.
        """
        now = self._clock()
        if now < self._next_hurry:
            return False
        self._next_hurry = now + HURRIED_S
        self._hurried = True
        self._position = None
        self.counters["hurried"] += 1
        return True

    @property
    def is_hurried(self) -> bool:
        """True when the current or next round uses all available time instead of spreading its work."""
        return self._hurried

    def step(self, spend: Callable[[], bool]) -> None:
        """Compare the objects that are due while `spend()` allows, at least a few of them."""
        now = self._clock()
        position = self._position
        if position is None:
            self._start(now)
            position = 0
        size = len(self._order)
        due = size if self._hurried else min(size, int(size * (now - self._began) / (SPARE * WITHIN_S)))
        find = self._batcher.shadow.rows.get
        while position < due:
            end = min(due, position + AT_ONCE)
            for row in map(find, self._order[position:end]):
                # The hot path: 20,000 objects in two seconds.
                if row is None or row.glance is None:
                    continue
                obj = row.obj
                try:
                    if row.glance(obj) == row.glanced(row):
                        continue
                except Exception:
                    # The property does not apply here; the audit finds deleted objects.
                    if obj is None or not alive(obj):
                        continue
                self.look(row)
            self._position = position = end
            if not spend():
                return
        if position >= size:
            self.counters["rounds"] += 1
            self.counters["last_round_s"] = round(now - self._began, 3)
            self._position, self._hurried = None, False

    def _start(self, now: float) -> None:
        """Begin a round over all objects."""
        self._order = self._batcher.shadow.order()
        self._position, self._began = 0, now

    def take(self) -> Dict[int, int]:
        """Return the marks collected so far, to be flushed, and start again with none."""
        marks, self.marks = self.marks, {}
        return marks

    def look(self, row: Row) -> None:
        """Compare one object with Live, whether it has listeners or not."""
        layout = row.layout
        pending = self._batcher.attribution.pending.get(row.id, 0) if layout.within else 0
        for index in layout.within:
            if not pending & 1 << index and not same(
                self._batcher.reader.value(row, index), row.values[index]
            ):
                self.marks[row.id] = self.marks.get(row.id, 0) | layout.marked_by[index]
                self.counters["found"] += 1
