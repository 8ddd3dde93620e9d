"""The effects of an undo or redo, derived from the marks afterwards: they cannot be known in advance."""

from __future__ import annotations

from typing import Any, Dict, List

from .batches import Batcher
from .contract.reach import Effect
from .contract.values import alive, same
from .layouts import Row


def effects_of_marks(batcher: Batcher, marks: Dict[int, int]) -> List[Effect]:
    """The effects behind new marks: deleted objects and edited objects.

    New objects are left out: before their batch is sent they have no id, and no rule can match them. Changes that
    Live does not notify (envelopes, polled properties) are not detected.
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
    """Ids of the children that Live no longer has."""
    before: Any = row.values[index]
    ids = before if isinstance(before, tuple) else (before,)
    of = row.layout.properties[index].of
    known = [batcher.shadow.known(of, ptr) for ptr, _ in batcher.reader.children(row, index) or ()]
    now = {child.id for child in known if child is not None}
    return [id_ for id_ in ids if isinstance(id_, int) and id_ not in now]


def _differs(batcher: Batcher, row: Row, index: int) -> bool:
    if row.layout.long_bits & 1 << index:
        # Notes are not read here: a mark on them counts as an edit.
        return True
    return not same(batcher.reader.value(row, index), row.values[index])
