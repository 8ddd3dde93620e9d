"""Assigns every mark to its author at the moment of marking.

Marks made during the executor's own call belong to that write: Live notifies synchronously, and nothing else runs
on its main thread meanwhile. All other marks come from a person or from Live. Marks are collected in lots of one
author, in the order of marking; a lot becomes one batch, so no batch merges two authors. Before another author can
change a marked value again, the value is read and stored in its lot; a value that is too long to read at once is
left to the newer lot.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Callable, Deque, Dict, Iterator, List, Optional, Tuple

from .content import begun
from .contract.values import alive
from .layouts import Row
from .shadow import Shadow

LATE_ROWS = 8
"""Tracks whose routing lists are read for one batch; in a Set of 100 tracks one track takes about a millisecond."""
CLAIMS = 64
"""Pending declarations of late changes; the oldest are dropped."""
KEPT_VALUES = 150
"""Largest number of values read at once for one lot (some 4 ms of Live's time); only an undo marks more."""


class Cause:
    """The author of a change: "live", "write", "audit" or "build", and for a write its id and author."""

    __slots__ = ("author", "history", "name", "shares", "write")

    def __init__(self, name: str, write: Optional[str] = None, author: Optional[str] = None) -> None:
        self.name = name
        self.write = write
        self.author = author
        self.shares: Optional[str] = None
        """The write whose undo entry this write shares; None for an entry of its own."""
        self.history = ""
        """ "undo" or "redo" once this write has moved in Live's history."""


LIVE = Cause("live")
AUDIT = Cause("audit")
BUILD = Cause("build")
"""Properties read after the outline of a Set: nobody changed them."""


class Claim:
    """A write's declaration of later changes: `claims` judges every change without an author before it is sent."""

    def __init__(self, cause: Cause, until: float) -> None:
        self.cause = cause
        self.until = until
        """Time of the script's clock at which the claim is dropped."""

    def claims(self, row: Row, index: int, value: Any) -> bool:
        """True when the property was declared and its value fits; for a list `value` is (pointer, object) pairs."""
        raise NotImplementedError


class Lot:
    """Marks of one author: id → bits of properties; `values` has the values that were read right after marking."""

    __slots__ = ("cause", "marks", "values")

    def __init__(self, cause: Cause, marks: Optional[Dict[int, int]] = None) -> None:
        self.cause = cause
        self.marks: Dict[int, int] = {} if marks is None else marks
        self.values: Dict[Tuple[int, int], Any] = {}


class Attribution:
    """All marks that are not sent yet, oldest lot first; new marks go into the last lot."""

    def __init__(self, shadow: Shadow, reader: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._shadow = shadow
        self._reader = reader
        self._lots: Deque[Lot] = deque((Lot(LIVE),))
        self._open = self._lots[0].marks
        self._late: Dict[int, Tuple[int, Cause]] = {}
        self._late_turn = False
        self.marks = 0
        """Number of marks made so far: a step that leaves it equal changed nothing that Live notifies."""
        self.withheld: Dict[int, int] = {}
        """Marks of the running write that are sent only at its end, because it changes them over many turns."""
        self._clock = clock
        self._claims: List[Claim] = []

    # -- marking -----------------------------------------------------------------------------------

    def mark(self, id_: int, bits: int) -> None:
        """Mark properties of an object; a listener does only this."""
        marks = self._open
        marks[id_] = marks.get(id_, 0) | bits
        self.marks += 1

    @contextmanager
    def acting(self, cause: Cause) -> Iterator[None]:
        """Marks made within this block have this cause."""
        before = self._lots[-1].cause
        self._switch(cause)
        try:
            yield
        finally:
            self._switch(before)

    def _switch(self, cause: Cause) -> None:
        lots = self._lots
        if lots[-1].cause is cause:
            return
        if not lots[-1].marks:
            lots.pop()
        elif lots[-1].cause.write is None:
            # The next call may change these values.
            self._keep(lots[-1])
        if lots and lots[-1].cause is cause:
            lots[-1].values.clear()
        else:
            lots.append(Lot(cause))
        self._open = lots[-1].marks

    def end_turn(self) -> None:
        """Read the values that writes marked; called before Live continues and others can change them."""
        for lot in self._lots:
            if lot.cause.write is not None:
                self._keep(lot)

    def _keep(self, lot: Lot) -> None:
        for id_, bits in lot.marks.items():
            row = self._shadow.rows.get(id_)
            if row is None or not alive(row.obj):
                continue
            for index in indices(bits & ~row.layout.ref_bits & ~row.layout.late_bits):
                if (id_, index) not in lot.values:
                    self._keep_value(lot, row, index)
            if len(lot.values) > KEPT_VALUES:
                return

    def _keep_value(self, lot: Lot, row: Row, index: int) -> None:
        if row.layout.tree_bits & 1 << index:
            lot.values[row.id, index] = self._reader.children(row, index)
        elif not row.layout.long_bits & 1 << index:
            lot.values[row.id, index] = self._reader.value(row, index)
        elif row.layout.properties[index].type == "notes":
            # Live returns a copy of all notes, so the rest of the copy can be read in a later turn.
            lot.values[row.id, index] = begun(self._reader.reading(row, index))

    def forget(self, id_: int) -> None:
        """Drop the marks of an object that is no longer in the shadow."""
        for lot in self._lots:
            lot.marks.pop(id_, None)
        self._late.pop(id_, None)

    def clear(self) -> None:
        self._lots = deque((Lot(LIVE),))
        self._open = self._lots[0].marks
        self._late.clear()

    @property
    def marking(self) -> Dict[int, int]:
        """Marks that are not sent yet, made since the current author began to act."""
        return self._lots[-1].marks

    def marked(self, id_: int) -> int:
        """The properties of an object that are marked and not sent yet."""
        bits = self._late.get(id_, (0, LIVE))[0]
        for lot in self._lots:
            bits |= lot.marks.get(id_, 0)
        return bits

    # -- sending ----------------------------------------------------------------------------------

    @property
    def pending(self) -> Dict[int, int]:
        """The marks of all authors that are not sent yet."""
        marks = {id_: bits for id_, (bits, _) in self._late.items()}
        for lot in self._lots:
            for id_, bits in lot.marks.items():
                marks[id_] = marks.get(id_, 0) | bits
        return marks

    @property
    def due(self) -> bool:
        """True when a lot is ready to be sent."""
        if self._late:
            return True
        for lot in self._lots:
            if lot.marks and (
                not self.withheld or any(b & ~self._waiting(lot, i) for i, b in lot.marks.items())
            ):
                return True
        return False

    def take(self) -> Lot:
        """Remove and return the lot to be sent next; empty when nothing is due.

        The routing lists of all other tracks contain a renamed track's name, and no client needs them at once. They
        are sent for a few rows at a time, alternating with other marks, so that neither delays the other.
        """
        if not (self._late and self._late_turn):
            for lot in list(self._lots):
                ready = self._ready(lot)
                if not lot.marks and lot is not self._lots[-1]:
                    self._lots.remove(lot)
                if ready.marks:
                    self._late_turn = bool(self._late)
                    return ready
        self._late_turn = False
        return self._take_late()

    def _ready(self, lot: Lot) -> Lot:
        """Remove and return the marks of a lot that can be sent now."""
        if lot.cause.write is not None:
            self._keep(lot)
        ready = Lot(lot.cause)
        rows, late_marks = self._shadow.rows, self._late
        marks = list(lot.marks.items())
        lot.marks.clear()
        # Mostly a person's lot is the only one, and as many objects are marked as the Set has tracks.
        is_plain = not lot.values and lot is self._lots[-1]
        for id_, bits in marks:
            row = rows.get(id_)
            waiting = bits & self._waiting(lot, id_) if self.withheld else 0
            if waiting:
                lot.marks[id_] = waiting
            bits &= ~waiting
            if row is None:
                continue
            late = bits & row.layout.late_bits
            if late:
                late_marks[id_] = (late_marks.get(id_, (0, LIVE))[0] | late, lot.cause)
            bits &= ~late
            newer = 0 if is_plain else bits & self._newer(lot, id_)
            for index in () if is_plain else indices(bits):
                if (id_, index) in lot.values:
                    ready.values[id_, index] = lot.values.pop((id_, index))
                elif newer & 1 << index:
                    # Another author has changed the value since then: the newer lot sends it.
                    bits &= ~(1 << index)
            if bits:
                ready.marks[id_] = bits
        return self._claimed(ready, lot) if lot.cause is LIVE else ready

    def _waiting(self, lot: Lot, id_: int) -> int:
        """Withheld bits of an object in a write's lot, without the bits that another author changed since then."""
        withheld = self.withheld.get(id_, 0)
        if not withheld or lot.cause.write is None:
            return 0
        return withheld & ~self._newer(lot, id_)

    def _newer(self, lot: Lot, id_: int) -> int:
        """Bits of an object that newer lots have marked."""
        newer, after = 0, False
        for other in self._lots:
            if after:
                newer |= other.marks.get(id_, 0)
            after = after or other is lot
        return newer

    def _take_late(self) -> Lot:
        if not self._late:
            return Lot(LIVE)
        cause = next(iter(self._late.values()))[1]
        chosen = [id_ for id_, (_, by) in self._late.items() if by is cause][:LATE_ROWS]
        return Lot(cause, {id_: self._late.pop(id_)[0] for id_ in chosen})

    # -- later changes of a write ------------------------------------------------------------------

    def declare(self, claim: Claim) -> None:
        """Declare later changes of a write; if several claims fit a change, the newest claim gets it."""
        self._claims.insert(0, claim)
        del self._claims[CLAIMS:]

    def _claimed(self, ready: Lot, lot: Lot) -> Lot:
        """Split off the changes that a write declared, to be sent first in its name; the rest returns to `lot`."""
        now = self._clock()
        self._claims = [claim for claim in self._claims if claim.until > now]
        if not self._claims:
            return ready
        mine: Optional[Lot] = None
        for id_, bits in ready.marks.items():
            row = self._shadow.rows[id_]
            for index in indices(bits & ~row.layout.long_bits):
                value = self._value_of(ready, row, index)
                cause = next((claim.cause for claim in self._claims if claim.claims(row, index, value)), None)
                if cause is None or (mine is not None and cause is not mine.cause):
                    continue
                mine = mine or Lot(cause)
                mine.marks[id_] = mine.marks.get(id_, 0) | 1 << index
                if not row.layout.ref_bits & 1 << index:
                    mine.values[id_, index] = value
        if mine is None:
            return ready
        for id_, bits in mine.marks.items():
            ready.marks[id_] &= ~bits
        for id_, bits in ready.marks.items():
            if bits:
                lot.marks[id_] = lot.marks.get(id_, 0) | bits
        for key, value in ready.values.items():
            if key not in mine.values:
                lot.values[key] = value
        return mine

    def _value_of(self, ready: Lot, row: Row, index: int) -> Any:
        if (row.id, index) in ready.values:
            return ready.values[row.id, index]
        if row.layout.tree_bits & 1 << index:
            return self._reader.children(row, index)
        return self._reader.value(row, index)


@lru_cache(1024)
def indices(bits: int) -> Tuple[int, ...]:
    """The places of the bits that are set."""
    return tuple([index for index in range(bits.bit_length()) if bits & 1 << index])
