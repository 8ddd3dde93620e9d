"""What to read again after a write: Live announces not all that follows from a change.

Marks only; what is marked is read when it is flushed.
"""

from __future__ import annotations

from typing import Iterable, List

from .attribution import LIVE
from .batches import Batcher
from .contract.values import same
from .layouts import Row
from .operations import Operation


def mark_consequences(batcher: Batcher, operations: List[Operation]) -> None:
    """Mark what no listener tells of, on all objects that the operations touched."""
    for operation in operations:
        if not operation.changed and operation.kind == "set":
            continue
        for id_ in operation.touches:
            row = batcher.shadow.rows.get(id_)
            if row is not None:
                # A value that is set is told by its listener, with all that follows from it by the table.
                bits = row.layout.polled_bits
                if operation.kind == "set":
                    bits = row.layout.untold_bits | row.layout.bits_of((operation.asked.get("name"),))
                batcher.mark(row, bits | row.layout.within_bits | row.layout.tree_bits)
                if operation.kind == "call" and row.layout.type == "Track":
                    _mark_slots(batcher, row)
                if operation.kind == "call" and row.layout.type == "Clip":
                    # Live tells of the first and the last envelope only.
                    batcher.mark_names(row, ("automation_envelopes",))
        if operation.is_history:
            mark_history(batcher)
        if operation.kind == "call":
            batcher.hurried = True
    root = batcher.shadow.root
    if root is not None:
        batcher.mark_names(root, ("can_undo", "can_redo"))


def mark_history(batcher: Batcher) -> None:
    """After undo and redo anything may be another: mark all lists, envelopes, and what nobody tells of."""
    for row in batcher.shadow.rows.values():
        if row.layout.tree_bits and row.layout.type in ("Song", "Track", "ClipSlot", "TakeLane", "Chain"):
            batcher.mark(row, row.layout.tree_bits)
        elif row.layout.type == "Clip" and row.value("automation_envelopes"):
            batcher.mark_names(row, ("automation_envelopes",))
        if row.layout.unheard_bits:
            batcher.mark(row, row.layout.unheard_bits)


def mark_unheard(batcher: Batcher, rows: Iterable[Row]) -> None:
    """Mark what somebody else changed of these and no listener tells of, before a write's own marks cover it."""
    with batcher.attribution.acting(LIVE):
        for row in rows:
            for index in row.layout.polled if row.layout.unheard_bits else ():
                bit = 1 << index
                if row.layout.unheard_bits & bit and not same(
                    batcher.reader.value(row, index), row.values[index]
                ):
                    batcher.mark(row, bit)


def _mark_slots(batcher: Batcher, track: Row) -> None:
    for id_ in track.value("clip_slots") or ():
        slot = batcher.shadow.rows.get(id_)
        if slot is not None:
            batcher.mark_names(slot, ("clip", "has_clip"))
