"""Loads that wait for Live outside the queue of writes: other writes continue, other loads wait for their turn.

A load is aimed and started in one turn of the queue. Until Live shows the loaded object, the write is parked here:
it is checked once per pump, resumed when an object arrived, and ended when its deadline passes or its client
cancels it. An object that Live loads afterwards is still attributed to that write. Meanwhile no write may change
the target of the load.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, Generator, List, Optional, Set

from .attribution import Cause, Claim
from .batches import Batcher
from .call import PendingCall
from .contract.errors import BridgeError
from .layouts import Row
from .operations import Operation
from .write import Write

LATE_S = 120.0
"""For this long after an abandoned load its arrivals are attributed to it: a first plug-in takes over a minute."""
AFTER_S = 0.25
"""Two of Live's ticks: the selection follows the loaded object."""
LOOK_S = 1.0
"""Finds a plug-in that arrives without a notification within a second; walking a track takes some milliseconds."""

_AIMED: Dict[str, FrozenSet[str]] = {
    "Song.View": frozenset(("selected_track", "selected_chain", "highlighted_clip_slot", "select_device")),
    "Track.View": frozenset(("device_insert_mode", "select_instrument")),
    "RackDevice.View": frozenset(("selected_drum_pad", "selected_chain")),
    "Browser": frozenset(("hotswap_target", "load_item")),
    "Song": frozenset(("duplicate_track",)),
}
"""Class → properties and methods that change the target of a load; Live selects a duplicated track."""

_BROUGHT: Dict[str, FrozenSet[str]] = {
    "Track": frozenset(("devices",)),
    "Chain": frozenset(("devices",)),
    "DrumChain": frozenset(("devices",)),
    "RackDevice": frozenset(("chains", "drum_pads")),
    "ClipSlot": frozenset(("clip", "has_clip")),
    "Song": frozenset(("tracks",)),
    "SimplerDevice": frozenset(("sample",)),
}
_FOLLOWS: Dict[str, FrozenSet[str]] = {
    "Song": frozenset(("visible_tracks", "appointed_device")),
    "Song.View": frozenset(("selected_track", "selected_chain", "selected_parameter", "detail_clip")),
    "Track.View": frozenset(("selected_device",)),
    "DrumPad": frozenset(("chains", "name")),
    "RackDevice": frozenset(("visible_drum_pads", "can_show_chains")),
    "Browser": frozenset(("hotswap_target", "filter_type")),
}
"""Class → properties that change when a load arrives, or shortly afterwards."""


class Arrival(Claim):
    """Claims for a load's write the new object with the item's name, and the selection that follows the object."""

    def __init__(self, cause: Cause, until: float, watch: Any, clock: Callable[[], float]) -> None:
        super().__init__(cause, until)
        self._watch = watch
        self._clock = clock
        self._came = False

    def claims(self, row: Row, index: int, value: Any) -> bool:
        type_, name = row.layout.type, row.layout.names[index]
        if name in _BROUGHT.get(type_, ()) and self._brings(row, value):
            if not self._came:
                self._came, self.until = True, self._clock() + AFTER_S
            return True
        return self._came and name in _FOLLOWS.get(type_, ())

    def _brings(self, row: Row, value: Any) -> bool:
        if isinstance(value, (list, tuple)):
            return any(self._watch.is_its(obj) for _, obj in value)
        # "has_clip" does not identify the clip: look at the clip itself.
        return row.layout.type == "ClipSlot" and self._watch.is_its(getattr(row.obj, "clip", None))


class Parked:
    """One waiting write; `call` is its load, None while it waits for an earlier load to end."""

    def __init__(
        self, write: Write, steps: Generator[str, None, Any], number: int, call: Optional[PendingCall]
    ) -> None:
        self.write = write
        self.steps = steps
        self.number = number
        self.call = call
        self._marks = -1
        self._look_at = 0.0

    def is_over(self, marks: int, now: float) -> bool:
        """True when Live shows the loaded object; checked after every mark, and once a second."""
        assert self.call is not None
        if marks == self._marks and now < self._look_at:
            return False
        self._marks, self._look_at = marks, now + LOOK_S
        return bool(self.call.waiting.is_over())


class Beside:
    """The parked writes in the order of their loads; the first load is running, the others wait for it."""

    def __init__(self, batcher: Batcher, clock: Callable[[], float]) -> None:
        self.parked: List[Parked] = []
        self._batcher = batcher
        self._clock = clock

    def find(self, id_: Any) -> Optional[Parked]:
        """The parked write with this id."""
        return next((parked for parked in self.parked if parked.write.id == id_), None)

    def next(self) -> Optional[Parked]:
        """Remove and return a write that can continue; None if no write can."""
        if not self.parked:
            return None
        first = self.parked[0]
        if first.call is not None and not first.is_over(self._batcher.attribution.marks, self._clock()):
            return None
        return self.parked.pop(0)

    def overdue(self) -> List[Parked]:
        """Remove and return the writes whose deadline has passed, except a write whose load has arrived meanwhile."""
        now = self._clock()
        late = [
            parked
            for parked in self.parked
            if now > parked.write.deadline and not (parked.call is not None and parked.call.waiting.is_over())
        ]
        self.parked = [parked for parked in self.parked if parked not in late]
        return late

    def begun(self, write: Write, call: PendingCall) -> None:
        """Claim a started load's arrivals for its write, also after the write was abandoned."""
        until = max(write.deadline, self._clock()) + LATE_S
        self._batcher.attribution.declare(Arrival(write.cause, until, call.waiting, self._clock))

    def check(self, write: Write, operations: List[Operation]) -> None:
        """Refuse operations that would change the target of a waiting load.

        Raises:
          BridgeError: BUSY, naming the load.
        """
        for parked in self.parked:
            if parked.call is None:
                continue
            aimed = self._line(parked.call.waiting.aimed)
            for operation in operations:
                if operation.is_history or _changes_aim(operation) or not aimed.isdisjoint(operation.deleted):
                    raise self._busy(parked, operation)

    def _line(self, objects: List[Any]) -> Set[int]:
        """The ids of the objects at which a load is aimed, and of all objects above them."""
        shadow = self._batcher.shadow
        ids: Set[int] = set()
        for obj in objects:
            row = shadow.row_of(obj)
            if row is not None:
                ids.update(above.id for above in shadow.lineage(row))
        return ids

    def _busy(self, parked: Parked, operation: Operation) -> BridgeError:
        name = operation.asked.get("method") or operation.asked.get("name")
        label = parked.write.label or "a load"
        rule = "{} has to wait: {!r} of {} is under way".format(name, label, parked.write.author)
        hint = "send it again in a moment, or cancel the load"
        return BridgeError(
            "BUSY", rule, hint=hint, op=operation.number, load=parked.write.id, retry_after_s=1.0
        )


def _changes_aim(operation: Operation) -> bool:
    if operation.row is None:
        return False
    name = operation.asked.get("method") or operation.asked.get("name")
    return name in _AIMED.get(operation.row.layout.type, ())
