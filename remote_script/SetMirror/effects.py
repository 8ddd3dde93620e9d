"""What a step in Live's history really did, by the marks that it left: nobody can say before what undo will change."""

from __future__ import annotations

from typing import Any, Dict, List

from .batches import Engine
from .contract.reach import Act
from .contract.values import alive, same
from .plans import Row


def acts_of_marks(engine: Engine, marks: Dict[int, int]) -> List[Act]:
    """The acts behind marks that were just made: objects that went, and objects that were edited.

    What came is not among them: an object that nobody was told of yet has no id, and no rule is about it. What Live
    does not notify (envelopes, polled properties) is not seen.
    """
    gone: List[int] = []
    edited: List[int] = []
    for id_, bits in marks.items():
        row = engine.shadow.rows.get(id_)
        if row is None:
            continue
        if not alive(row.obj):
            gone.append(id_)
            continue
        for index in range(len(row.values)):
            if not bits & row.plan.edit_bits & 1 << index:
                continue
            if row.plan.tree_bits & 1 << index:
                gone += _missing(engine, row, index)
            elif _differs(engine, row, index):
                edited.append(id_)
    acts = [Act("delete", tuple(dict.fromkeys(gone)))] if gone else []
    return acts + [Act("undo", tuple(dict.fromkeys(edited)))]


def _missing(engine: Engine, row: Row, index: int) -> List[int]:
    """The children that are not there any more."""
    before: Any = row.values[index]
    held = before if isinstance(before, tuple) else (before,)
    of = row.plan.properties[index].of
    known = [engine.shadow.known(of, ptr) for ptr, _ in engine.reader.children(row, index) or ()]
    now = {child.id for child in known if child is not None}
    return [id_ for id_ in held if isinstance(id_, int) and id_ not in now]


def _differs(engine: Engine, row: Row, index: int) -> bool:
    if row.plan.long_bits & 1 << index:
        # Notes are not read here: that they were marked says enough.
        return True
    return not same(engine.reader.value(row, index), row.values[index])
