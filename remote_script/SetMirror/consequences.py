"""Marks properties to read again after a write, since Live does not notify every consequence of a change.

This module only marks; the flush reads the marked properties.
"""

from __future__ import annotations

from typing import Iterable, List

from .attribution import LIVE
from .batches import Batcher
from .contract.values import same
from .layouts import Row
from .operations import Operation


def mark_consequences(batcher: Batcher, operations: List[Operation]) -> None:
    """Mark the properties without a listener on all objects that the operations touched."""
    for operation in operations:
        if not operation.changed and operation.kind == "set":
            continue
        for id_ in operation.touches:
            row = batcher.shadow.rows.get(id_)
            if row is not None:
                # The listener of a property that was set marks it and the properties that depend on it by the
                # table.
                bits = row.layout.polled_bits | row.layout.tree_bits
                if operation.kind == "set":
                    bits = row.layout.silent_bits | row.layout.bits_of((operation.asked.get("name"),))
                    if row is not batcher.shadow.root:
                        # Live notifies the song's own lists, which are long.
                        bits |= row.layout.tree_bits
                batcher.mark(row, bits | row.layout.within_bits)
                if operation.kind == "call" and row.layout.type == "Track":
                    _mark_slots(batcher, row)
                if operation.kind == "call" and row.layout.type == "Clip":
                    # Live notifies only the first and the last envelope.
                    batcher.mark_names(row, ("automation_envelopes",))
        if operation.is_history:
            mark_history(batcher)
        if operation.kind == "call":
            batcher.hurried = True
    root = batcher.shadow.root
    if root is not None:
        batcher.mark_names(root, ("can_undo", "can_redo"))


def mark_history(batcher: Batcher) -> None:
    """After an undo or redo, mark all lists, envelopes and properties without a listener."""
    for row in batcher.shadow.rows.values():
        if row.layout.tree_bits and row.layout.type in ("Song", "Track", "ClipSlot", "TakeLane", "Chain"):
            batcher.mark(row, row.layout.tree_bits)
        elif row.layout.type == "Clip" and row.value("automation_envelopes"):
            batcher.mark_names(row, ("automation_envelopes",))
        if row.layout.unheard_bits:
            batcher.mark(row, row.layout.unheard_bits)


def mark_unheard(batcher: Batcher, rows: Iterable[Row]) -> None:
    """Mark properties without a listener that somebody else changed before the write's own marks cover them."""
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
