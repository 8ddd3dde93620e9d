"""What a step in Live's history really did, by the marks that it left: nobody can say before what undo will change."""

from __future__ import annotations

from typing import Any, Dict, List

from .batches import Batcher
from .contract.reach import Effect
from .contract.values import alive, same
from .layouts import Row


def effects_of_marks(batcher: Batcher, marks: Dict[int, int]) -> List[Effect]:
    """The effects behind marks that were just made: objects that went, and objects that were edited.

    What came is not among them: an object that nobody was told of yet has no id, and no rule is about it. What Live
    does not notify (envelopes, polled properties) is not seen.
    """
    gone: List[int] = []
    edited: List[int] = []
    for id_, bits in marks.items():
        row = batcher.shadow.rows.get(id_)
        if row is None:
            continue
        if not alive(row.obj):
            gone.append(id_)
            continue
        for index in range(len(row.values)):
            if not bits & row.layout.edit_bits & 1 << index:
                continue
            if row.layout.tree_bits & 1 << index:
                gone += _missing(batcher, row, index)
            elif _differs(batcher, row, index):
                edited.append(id_)
    effects = [Effect("delete", tuple(dict.fromkeys(gone)))] if gone else []
    return effects + [Effect("undo", tuple(dict.fromkeys(edited)))]


def _missing(batcher: Batcher, row: Row, index: int) -> List[int]:
    """The children that are not there any more."""
    before: Any = row.values[index]
    held = before if isinstance(before, tuple) else (before,)
    of = row.layout.properties[index].of
    known = [batcher.shadow.known(of, ptr) for ptr, _ in batcher.reader.children(row, index) or ()]
    now = {child.id for child in known if child is not None}
    return [id_ for id_ in held if isinstance(id_, int) and id_ not in now]


def _differs(batcher: Batcher, row: Row, index: int) -> bool:
    if row.layout.long_bits & 1 << index:
        # Notes are not read here: that they were marked says enough.
        return True
    return not same(batcher.reader.value(row, index), row.values[index])
