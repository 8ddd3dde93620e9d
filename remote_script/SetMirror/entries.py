"""Records the changes in each write's history entry, so that an undo of this write can be checked by its effect.

Live's undo reverts the newest edit, and a person can edit properties without a listener. So after an undo that is
meant for one write, the changed properties are compared with those of that write; if they differ, the undo is
redone.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Dict, List, Set, Tuple

from .contract.errors import BridgeError
from .contract.values import alive, same
from .layouts import Row
from .refs import ref_of

ENTRIES_KEPT = 1000
"""Number of newest writes whose entries are kept; an undo of an older write is checked by the mirror's log only."""
PIECES_READ = 20
"""Pieces of content without a listener that are read, some 10 ms of Live's time; longer content counts as changed."""


class Entry:
    """The edits of one write: (id, index of the property), the classes of their objects, and the added objects."""

    __slots__ = ("added", "changed", "types")

    def __init__(self) -> None:
        self.changed: Set[Tuple[int, int]] = set()
        self.types: Dict[int, str] = {}
        self.added: Set[int] = set()


class Entries:
    """Entries by write id; `batcher` is the script's own."""

    def __init__(self, batcher: Any) -> None:
        self._batcher = batcher
        self._kept: OrderedDict[str, Entry] = OrderedDict()

    def note(self, write: str, changed: List[Tuple[int, int]], added: List[int]) -> None:
        """Add the edits of a sent batch to its write's entry."""
        entry = self._kept.get(write)
        if entry is None:
            entry = self._kept[write] = Entry()
            if len(self._kept) > ENTRIES_KEPT:
                self._kept.popitem(last=False)
        entry.added.update(added)
        rows = self._batcher.shadow.rows
        for id_, index in changed:
            if id_ in rows:
                entry.changed.add((id_, index))
                entry.types[id_] = rows[id_].layout.type

    def check_undo(self, write: str, operation: Any) -> None:
        """Check an undo of one write right after it ran: if anything else changed, redo and refuse."""
        if not write or operation.method.name != "undo":
            return
        foreign = self.foreign(write, self._batcher.attribution.marking)
        if not foreign:
            return
        self._batcher.song.redo()
        operation.moved = False
        raise BridgeError(
            "PRECONDITION_FAILED",
            "Undo reverted {}, which write {} had not changed; the undo was redone at once".format(
                foreign, write
            ),
            write,
            hint="the newest entry in Live's history is not this write's; set the values yourself",
            moved=foreign,
        )

    def foreign(self, write: str, marks: Dict[int, int]) -> str:
        """Name an object that an undo changed although this write had not changed it; "" when there is none.

        Args:
          marks: Properties that Live notified during the undo.
        """
        entry = self._kept.get(write)
        if entry is None:
            return ""
        moved = self._moved_quietly(entry)
        for id_, bits in marks.items():
            row = self._batcher.shadow.rows.get(id_)
            # A deleted object is covered by the list that contained it.
            if row is None or not alive(row.obj):
                continue
            for index in range(len(row.values)):
                if bits & row.layout.edit_bits & 1 << index and self._differs(row, index):
                    if not self._is_in(entry, row, index):
                        return "{} of {}".format(row.layout.names[index], ref_of(self._batcher.shadow, row))
                    moved = True
        return "" if moved or not entry.changed else "an unknown change"

    def _moved_quietly(self, entry: Entry) -> bool:
        """Read the properties without a listener that this write changed; True if one differs from its last value."""
        for id_, index in entry.changed:
            row = self._batcher.shadow.rows.get(id_)
            if row is None or not row.layout.quiet_bits & 1 << index or not alive(row.obj):
                continue
            if (
                self._content_differs(row, index)
                if index in row.layout.content
                else self._differs(row, index)
            ):
                return True
        return False

    def _content_differs(self, row: Row, index: int) -> bool:
        steps = self._batcher.reader.reading(row, index)
        for _ in range(PIECES_READ):
            try:
                next(steps)
            except StopIteration as end:
                return bool(end.value != row.values[index])
        return True

    def _is_in(self, entry: Entry, row: Row, index: int) -> bool:
        rows = self._batcher.shadow.rows
        if any(above.id in entry.added for above in self._batcher.shadow.lineage(row)):
            return True
        if (row.id, index) in entry.changed:
            return True
        # An object that undo restored has a new id: accept the same property of its class.
        return any(
            place == index and id_ not in rows and entry.types[id_] == row.layout.type
            for id_, place in entry.changed
        )

    def _differs(self, row: Row, index: int) -> bool:
        batcher, before = self._batcher, row.values[index]
        if row.layout.tree_bits & 1 << index:
            of = row.layout.properties[index].of
            known = [batcher.shadow.known(of, ptr) for ptr, _ in batcher.reader.children(row, index) or ()]
            now = [None if child is None or not alive(child.obj) else child.id for child in known]
            return now != list(before if isinstance(before, tuple) else [before] if before else [])
        if row.layout.long_bits & 1 << index:
            # Content is not read here: Live's notification suffices.
            return True
        return not same(batcher.reader.value(row, index), before)
