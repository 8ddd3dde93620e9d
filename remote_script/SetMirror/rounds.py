"""Reads again, round after round, what Live could notify and no listener at rest tells of.

A name, a state and an automation state on each of 20,000 parameters are 60,000 listeners for what hardly ever changes.
The table's `within` says how late such a change may be noticed; a round takes as long as that, its objects spread
evenly over the pumps. What else shows that something changed is quicker: the listeners in `after`, a write, an undo,
or an event of the Set (`hurry`) that makes the next round run at once. In a Set so large, or a Live so slow, that a
pump's bound is not enough, rounds take longer: the counters say how long the last one took.

A difference is only marked here; the flush that follows reads it again and sends it with cause "audit".
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List

from .batches import Batcher
from .contract import schema
from .contract.values import alive, same
from .layouts import Row

SPARE = 0.9
"""Of the time allowed for a round: the rest is for the last pump, the flush and the line."""
WITHIN_S = min(
    prop.within_s
    for class_ in schema.CLASSES.values()
    for prop in class_.properties.values()
    if prop.within_s
)
"""A round goes over all of them, so the shortest time of the table holds."""
HURRIED_S = 0.5
"""Between two hurried rounds, so that one call after the other does not keep Live busy with them."""
AT_ONCE = 32
"""Objects between two looks at the clock, which costs as much as reading one of them."""


class Rounds:
    """One round after the other over all objects with such properties; `found` collects the marks of differences."""

    def __init__(self, batcher: Batcher, clock: Callable[[], float]) -> None:
        self.found: Dict[int, int] = {}
        self.counters: Dict[str, Any] = {"rounds": 0, "hurried": 0, "found": 0, "last_round_s": 0.0}
        self._batcher = batcher
        self._clock = clock
        self._order: List[Row] = []
        self._position = 0
        self._began = clock()
        self._hurried = False
        self._next_hurry = 0.0

    def hurry(self) -> bool:
        """Something happened after which any of these may be another: run a round from its start, at once.

        False while the last hurried round is too recent: ask again in the next pump.
        """
        now = self._clock()
        if now < self._next_hurry:
            return False
        self._next_hurry = now + HURRIED_S
        self._hurried = True
        self._order = []
        self.counters["hurried"] += 1
        return True

    @property
    def is_hurried(self) -> bool:
        """Whether the round under way, or the next, takes what time there is."""
        return self._hurried

    def step(self, spend: Callable[[], bool]) -> None:
        """Compare as many objects as are due while `spend()` allows; at least some, if any are."""
        now = self._clock()
        if not self._order:
            self._order = list(self._batcher.shadow.rows.values())
            self._position, self._began = 0, now
        due = len(self._order)
        if not self._hurried:
            due = min(due, int(due * (now - self._began) / (SPARE * WITHIN_S)))
        while self._position < due:
            end = min(due, self._position + AT_ONCE)
            for row in self._order[self._position : end]:
                # The hot path: 20,000 of these in two seconds.
                glance, glanced = row.layout.glance, row.layout.glanced
                if glance is not None and glanced is not None and row.obj is not None:
                    try:
                        if glance(row.obj) == glanced(row.values):
                            continue
                    except Exception:
                        # One that Live does not give here; that an object died, the audit finds.
                        if not alive(row.obj):
                            continue
                    self.look(row)
            self._position = end
            if not spend():
                return
        if self._position >= len(self._order):
            self.counters["rounds"] += 1
            self.counters["last_round_s"] = round(now - self._began, 3)
            self._order, self._hurried = [], False

    def take(self) -> Dict[int, int]:
        """The marks found so far, to be flushed."""
        found, self.found = self.found, {}
        return found

    def look(self, row: Row) -> None:
        """Compare one object, listeners or not."""
        layout = row.layout
        pending = self._batcher.attribution.pending.get(row.id, 0) if layout.within else 0
        for index in layout.within:
            if not pending & 1 << index and not same(
                self._batcher.reader.value(row, index), row.values[index]
            ):
                self.found[row.id] = self.found.get(row.id, 0) | layout.told_by[index]
                self.counters["found"] += 1
