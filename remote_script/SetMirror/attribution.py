"""Who caused which marks: the author is known at the moment of marking.

What is marked while the executor's own call runs is that write's: Live notifies synchronously, and nothing else runs
on its main thread meanwhile. All other marks are a person's or Live's. Marks are kept in lots, one author each, in
the order made; a lot is sent as one batch, so no batch merges two authors. Before another author can change a value
again it is read and kept with its lot; what is too long to be read at once is left to the newer lot instead.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from typing import Any, Deque, Dict, Iterable, Iterator, List, Optional, Set, Tuple

from .content import begun
from .plans import Row
from .shadow import Shadow
from .values import alive

LATE_ROWS = 4
"""Tracks whose routing lists are read for one batch; of a hundred tracks each takes about a millisecond."""
KEPT_VALUES = 1000
"""Values read at once for one lot, some 2 ms of Live's time; only undo marks more, to look for what moved."""


class Cause:
    """Who changed it: cause "live", "write", "audit" or "resync", and for a write its id and author."""

    __slots__ = ("author", "name", "write")

    def __init__(self, name: str, write: Optional[str] = None, author: Optional[str] = None) -> None:
        self.name = name
        self.write = write
        self.author = author


LIVE = Cause("live")
AUDIT = Cause("audit")


class Lot:
    """Marks of one author: id → bits of properties; `values` holds what was read of them right after the marking."""

    __slots__ = ("cause", "marks", "values")

    def __init__(self, cause: Cause, marks: Optional[Dict[int, int]] = None) -> None:
        self.cause = cause
        self.marks: Dict[int, int] = {} if marks is None else marks
        self.values: Dict[Tuple[int, int], Any] = {}


class Attribution:
    """All marks that are not sent yet, oldest lot first; the last lot is the one that marks go into."""

    def __init__(self, shadow: Shadow, reader: Any) -> None:
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
        self.settling: Optional[Cause] = None
        """The write that waits for Live; what changes of the objects that it touched is its own."""
        self.touched: Set[int] = set()

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
            for index in _indices(bits & ~row.plan.ref_bits & ~row.plan.late_bits):
                if (id_, index) not in lot.values:
                    self._keep_value(lot, row, index)
            if len(lot.values) > KEPT_VALUES:
                return

    def _keep_value(self, lot: Lot, row: Row, index: int) -> None:
        if row.plan.tree_bits & 1 << index:
            lot.values[row.id, index] = self._reader.children(row, index)
        elif not row.plan.long_bits & 1 << index:
            lot.values[row.id, index] = self._reader.value(row, index)
        elif row.plan.properties[index].type == "notes":
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
            late = bits & row.plan.late_bits
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

    def _claimed(self, found: Lot, lot: Lot) -> Lot:
        """Of marks that nobody made, those that are a write's: sent first, the rest goes back."""
        if self.settling is None:
            return found
        concerned = self._concerned(found.marks, self.touched)
        if not concerned:
            return found
        mine = Lot(self.settling)
        for id_ in concerned:
            mine.marks[id_] = found.marks.pop(id_)
        for id_, bits in found.marks.items():
            # Structure first settles where objects are; the rest follows in the next round.
            lot.marks[id_] = lot.marks.get(id_, 0) | bits
        for key, value in found.values.items():
            (mine if key[0] in concerned else lot).values[key] = value
        if lot.marks and lot not in self._lots:
            self._lots.appendleft(lot)
        return mine

    def _concerned(self, ids: Iterable[int], touched: Set[int]) -> Set[int]:
        """Those of `ids` that the write touched, or that are above or below one (the song apart)."""
        above = set(touched)
        for id_ in touched:
            above.update(self._line_of(id_))
        return {id_ for id_ in ids if id_ in above or not touched.isdisjoint(self._line_of(id_))}

    def _line_of(self, id_: int) -> Iterator[int]:
        """An object and all above it, but for the song."""
        rows, root = self._shadow.rows, self._shadow.root
        row = rows.get(id_)
        while row is not None and row is not root:
            yield row.id
            row = rows.get(row.parent) if row.parent is not None else None


def _indices(bits: int) -> List[int]:
    return [index for index in range(bits.bit_length()) if bits & 1 << index]
