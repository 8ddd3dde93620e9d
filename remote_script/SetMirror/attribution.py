"""Who caused which marks: the author is known at the moment of marking.

What is marked while the executor's own call runs is that write's: Live notifies synchronously, and nothing else runs
on its main thread meanwhile. All other marks are a person's or Live's. Marks are kept in lots, one author each, in
the order made; a lot is sent as one batch, so no batch merges two authors. Before another author can change a value
again it is read and kept with its lot; what is too long to be read at once is left to the newer lot instead.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from typing import Any, Callable, Deque, Dict, Iterator, List, Optional, Tuple

from .content import begun
from .contract.values import alive
from .layouts import Row
from .shadow import Shadow

LATE_ROWS = 8
"""Tracks whose routing lists are read for one batch; of a hundred tracks each takes about a millisecond."""
CLAIMS = 64
"""Declarations of late changes at once; the oldest go."""
KEPT_VALUES = 150
"""Values read at once for one lot, some 4 ms of Live's time; only undo marks more, to look for what moved."""


class Cause:
    """Who changed it: cause "live", "write", "audit" or "resync", and for a write its id and author."""

    __slots__ = ("author", "name", "write")

    def __init__(self, name: str, write: Optional[str] = None, author: Optional[str] = None) -> None:
        self.name = name
        self.write = write
        self.author = author


LIVE = Cause("live")
AUDIT = Cause("audit")


class Claim:
    """What a write declared to change later: `claims` is asked of each change that nobody makes, before it is sent."""

    def __init__(self, cause: Cause, until: float) -> None:
        self.cause = cause
        self.until = until
        """By the script's clock; then it is forgotten."""

    def claims(self, row: Row, index: int, value: Any) -> bool:
        """Whether this property was declared and its value fits; of a list, `value` are (pointer, object) pairs."""
        raise NotImplementedError


class Lot:
    """Marks of one author: id → bits of properties; `values` holds what was read of them right after the marking."""

    __slots__ = ("cause", "marks", "values")

    def __init__(self, cause: Cause, marks: Optional[Dict[int, int]] = None) -> None:
        self.cause = cause
        self.marks: Dict[int, int] = {} if marks is None else marks
        self.values: Dict[Tuple[int, int], Any] = {}


class Attribution:
    """All marks that are not sent yet, oldest lot first; the last lot is the one that marks go into."""

    def __init__(self, shadow: Shadow, reader: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._shadow = shadow
        self._reader = reader
        self._lots: Deque[Lot] = deque((Lot(LIVE),))
        self._open = self._lots[0].marks
        self._late: Dict[int, Tuple[int, Cause]] = {}
        self._late_turn = False
        self.marks = 0
        """How often something was marked: who does one step of many sees whether it moved anything."""
        self.held: Dict[int, int] = {}
        """Marks of the write under way that wait: what it changes in many turns is sent once, at its end."""
        self._clock = clock
        self._claims: List[Claim] = []

    # -- marking -----------------------------------------------------------------------------------

    def mark(self, id_: int, bits: int) -> None:
        """A listener's whole work."""
        marks = self._open
        marks[id_] = marks.get(id_, 0) | bits
        self.marks += 1

    @contextmanager
    def acting(self, cause: Cause) -> Iterator[None]:
        """What is marked within this block has this cause."""
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
            # The call to come may change these values.
            self._keep(lots[-1])
        if lots and lots[-1].cause is cause:
            lots[-1].values.clear()
        else:
            lots.append(Lot(cause))
        self._open = lots[-1].marks

    def end_turn(self) -> None:
        """Live goes on: read what writes have marked before somebody else can change it."""
        for lot in self._lots:
            if lot.cause.write is not None:
                self._keep(lot)

    def _keep(self, lot: Lot) -> None:
        for id_, bits in lot.marks.items():
            row = self._shadow.rows.get(id_)
            if row is None or not alive(row.obj):
                continue
            for index in _indices(bits & ~row.layout.ref_bits & ~row.layout.late_bits):
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
            # Live hands out a copy of all notes; it is read on when its turn comes.
            lot.values[row.id, index] = begun(self._reader.reading(row, index))

    def forget(self, id_: int) -> None:
        """The object is gone from the shadow."""
        for lot in self._lots:
            lot.marks.pop(id_, None)
        self._late.pop(id_, None)

    def clear(self) -> None:
        self._lots = deque((Lot(LIVE),))
        self._open = self._lots[0].marks
        self._late.clear()

    @property
    def marking(self) -> Dict[int, int]:
        """What was marked since the present author acts, and is not sent yet."""
        return self._lots[-1].marks

    def marked(self, id_: int) -> int:
        """The properties of an object that are marked and not sent yet."""
        bits = self._late.get(id_, (0, LIVE))[0]
        for lot in self._lots:
            bits |= lot.marks.get(id_, 0)
        return bits

    # -- what is to be sent ------------------------------------------------------------------------

    @property
    def pending(self) -> Dict[int, int]:
        """All marks, whoever made them."""
        found = {id_: bits for id_, (bits, _) in self._late.items()}
        for lot in self._lots:
            for id_, bits in lot.marks.items():
                found[id_] = found.get(id_, 0) | bits
        return found

    @property
    def due(self) -> bool:
        """Whether something is to be sent now."""
        if self._late:
            return True
        for lot in self._lots:
            if lot.marks and (not self.held or any(b & ~self._waiting(lot, i) for i, b in lot.marks.items())):
                return True
        return False

    def take(self) -> Lot:
        """The lot to be sent next; empty when nothing is due.

        A name is in the routing lists of all other tracks: nobody waits for these. They come a few rows at a time,
        turn about with the rest, so that neither keeps the other waiting.
        """
        if not (self._late and self._late_turn):
            for lot in list(self._lots):
                found = self._ready(lot)
                if not lot.marks and lot is not self._lots[-1]:
                    self._lots.remove(lot)
                if found.marks:
                    self._late_turn = bool(self._late)
                    return found
        self._late_turn = False
        return self._take_late()

    def _ready(self, lot: Lot) -> Lot:
        """Take out of a lot what can be sent now."""
        if lot.cause.write is not None:
            self._keep(lot)
        found = Lot(lot.cause)
        for id_, bits in list(lot.marks.items()):
            row = self._shadow.rows.get(id_)
            waiting = bits & self._waiting(lot, id_)
            if waiting:
                lot.marks[id_] = waiting
            else:
                del lot.marks[id_]
            bits &= ~waiting
            if row is None:
                continue
            late = bits & row.layout.late_bits
            if late:
                self._late[id_] = (self._late.get(id_, (0, LIVE))[0] | late, lot.cause)
            bits &= ~late
            newer = bits & self._newer(lot, id_)
            for index in _indices(bits):
                if (id_, index) in lot.values:
                    found.values[id_, index] = lot.values.pop((id_, index))
                elif newer & 1 << index:
                    # It has another author's value by now: that lot sends it.
                    bits &= ~(1 << index)
            if bits:
                found.marks[id_] = bits
        return self._claimed(found, lot) if lot.cause is LIVE else found

    def _waiting(self, lot: Lot, id_: int) -> int:
        """Held bits: of a write's lot, and only while nobody else changed the same."""
        held = self.held.get(id_, 0)
        if not held or lot.cause.write is None:
            return 0
        return held & ~self._newer(lot, id_)

    def _newer(self, lot: Lot, id_: int) -> int:
        """What newer lots have of an object."""
        found, after = 0, False
        for each in self._lots:
            if after:
                found |= each.marks.get(id_, 0)
            after = after or each is lot
        return found

    def _take_late(self) -> Lot:
        if not self._late:
            return Lot(LIVE)
        cause = next(iter(self._late.values()))[1]
        chosen = [id_ for id_, (_, by) in self._late.items() if by is cause][:LATE_ROWS]
        return Lot(cause, {id_: self._late.pop(id_)[0] for id_ in chosen})

    # -- what follows from a write later -----------------------------------------------------------

    def declare(self, claim: Claim) -> None:
        """A write says what it will change later; the newest that fits has it."""
        self._claims.insert(0, claim)
        del self._claims[CLAIMS:]

    def _claimed(self, found: Lot, lot: Lot) -> Lot:
        """Of changes that nobody made just now, those that a write declared: sent first, the rest goes back."""
        now = self._clock()
        self._claims = [each for each in self._claims if each.until > now]
        if not self._claims:
            return found
        mine: Optional[Lot] = None
        for id_, bits in found.marks.items():
            row = self._shadow.rows[id_]
            for index in _indices(bits & ~row.layout.long_bits):
                value = self._value_of(found, row, index)
                cause = next((each.cause for each in self._claims if each.claims(row, index, value)), None)
                if cause is None or (mine is not None and cause is not mine.cause):
                    continue
                mine = mine or Lot(cause)
                mine.marks[id_] = mine.marks.get(id_, 0) | 1 << index
                if not row.layout.ref_bits & 1 << index:
                    mine.values[id_, index] = value
        if mine is None:
            return found
        for id_, bits in mine.marks.items():
            found.marks[id_] &= ~bits
        for id_, bits in found.marks.items():
            if bits:
                lot.marks[id_] = lot.marks.get(id_, 0) | bits
        for key, value in found.values.items():
            if key not in mine.values:
                lot.values[key] = value
        return mine

    def _value_of(self, found: Lot, row: Row, index: int) -> Any:
        if (row.id, index) in found.values:
            return found.values[row.id, index]
        if row.layout.tree_bits & 1 << index:
            return self._reader.children(row, index)
        return self._reader.value(row, index)


def _indices(bits: int) -> List[int]:
    return [index for index in range(bits.bit_length()) if bits & 1 << index]
