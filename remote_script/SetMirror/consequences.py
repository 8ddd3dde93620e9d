"""What to read again after a write: Live announces not all that follows from a change.

Marks only; what is marked is read when it is flushed.
"""

from __future__ import annotations

from typing import Iterable, List

from .attribution import LIVE
from .batches import Engine
from .contract.values import same
from .operations import Operation
from .plans import Row


def mark_consequences(engine: Engine, operations: List[Operation]) -> None:
    """Mark what no listener tells of, on all objects that the operations touched."""
    for operation in operations:
        if not operation.changed and operation.kind == "set":
            continue
        for id_ in operation.touches:
            row = engine.shadow.rows.get(id_)
            if row is not None:
                # A value that is set is told by its listener, with all that follows from it by the table.
                bits = row.plan.polled_bits
                if operation.kind == "set":
                    bits = row.plan.untold_bits | row.plan.bits_of((operation.asked.get("name"),))
                engine.mark(row, bits | row.plan.within_bits | row.plan.tree_bits)
                if operation.kind == "call" and row.plan.type == "Track":
                    _mark_slots(engine, row)
                if operation.kind == "call" and row.plan.type == "Clip":
                    # Live tells of the first and the last envelope only.
                    engine.mark_names(row, ("automation_envelopes",))
        if operation.is_history:
            mark_history(engine)
        if operation.kind == "call":
            engine.hurried = True
    root = engine.shadow.root
    if root is not None:
        engine.mark_names(root, ("can_undo", "can_redo"))


def mark_history(engine: Engine) -> None:
    """After undo and redo anything may be another: mark all lists, envelopes, and what nobody tells of."""
    for row in engine.shadow.rows.values():
        if row.plan.tree_bits and row.plan.type in ("Song", "Track", "ClipSlot", "TakeLane", "Chain"):
            engine.mark(row, row.plan.tree_bits)
        elif row.plan.type == "Clip" and row.value("automation_envelopes"):
            engine.mark_names(row, ("automation_envelopes",))
        if row.plan.unheard_bits:
            engine.mark(row, row.plan.unheard_bits)


def mark_unheard(engine: Engine, rows: Iterable[Row]) -> None:
    """Mark what somebody else changed of these and no listener tells of, before a write's own marks cover it."""
    with engine.attribution.acting(LIVE):
        for row in rows:
            for index in row.plan.polled if row.plan.unheard_bits else ():
                bit = 1 << index
                if row.plan.unheard_bits & bit and not same(
                    engine.reader.value(row, index), row.values[index]
                ):
                    engine.mark(row, bit)


def _mark_slots(engine: Engine, track: Row) -> None:
    for id_ in track.value("clip_slots") or ():
        slot = engine.shadow.rows.get(id_)
        if slot is not None:
            engine.mark_names(slot, ("clip", "has_clip"))
