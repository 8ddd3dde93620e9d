"""Replaces the refs and places in a write's operations by ids when the request is read.

This only checks that an object exists; whether the operation is possible is judged when the write's turn comes.
"""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence

from .batches import Batcher
from .contract import places
from .contract.errors import BridgeError
from .contract.late import is_late
from .refs import ref_of, resolve
from .write import SEEN, Write


def bind(batcher: Batcher, write: Write) -> None:
    """Replace refs and places in a write's operations; refusals of unknown refs go to `write.unbound`."""
    lookup = _Shadow(batcher, write.if_revision)
    for number, asked in enumerate(write.operations):
        try:
            _bind_operation(lookup, asked)
        except BridgeError as problem:
            write.unbound[number] = problem
    for expectation in write.expect:
        try:
            expectation["target"] = lookup.resolve(expectation["target"])
        except BridgeError as problem:
            write.unbound[-1] = problem


def _bind_operation(lookup: _Shadow, asked: Dict[str, Any]) -> None:
    target: Optional[int] = None
    if not is_late(asked.get("target")):
        target = asked["target"] = lookup.resolve(asked.get("target"))
    type_ = "" if target is None else lookup.type_of(target)
    if asked.get("op") == "set":
        for name in ("value", "expect"):
            if name in asked:
                asked[name] = places.bind_value(lookup, type_, asked.get("name"), asked[name])
    elif asked.get("op") == "call":
        asked["args"] = places.bind_args(lookup, target, asked.get("method"), asked.get("args"))
        if target is not None and SEEN not in asked:
            known, id_ = places.content_of(lookup, target, asked.get("method"), asked["args"])
            if known:
                asked[SEEN] = id_


class _Shadow(places.Lookup):
    """Looks objects up in the script's shadow."""

    def __init__(self, batcher: Batcher, if_revision: Optional[int]) -> None:
        self._batcher = batcher
        self._if_revision = if_revision

    def resolve(self, target: Any) -> int:
        row = resolve(self._batcher.shadow, target)
        if isinstance(target, str) and not target.strip().isdigit() and "[" not in target:
            above = row
            while above.parent is not None:
                parent = self._batcher.shadow.rows[above.parent]
                children = parent.value(above.role)
                if isinstance(children, tuple) and above.id in children:
                    self.check_place(parent.id, above.role, children.index(above.id))
                above = parent
        return row.id

    def type_of(self, id_: int) -> str:
        type_: str = self._batcher.shadow.rows[id_].layout.type
        return type_

    def children(self, id_: int, name: str) -> Sequence[int]:
        row = self._batcher.shadow.rows.get(id_)
        value = row.value(name) if row is not None else None
        if isinstance(value, tuple):
            return value
        return (value,) if isinstance(value, int) else ()

    def time_of(self, id_: int) -> float:
        return float(self._batcher.shadow.rows[id_].value("time"))

    def check_place(self, id_: int, name: str, place: int) -> None:
        row = self._batcher.shadow.rows[id_]
        changed = self._batcher.list_change(row, name)
        if self._if_revision is None or changed <= self._if_revision:
            return
        children = self.children(id_, name)
        now = self._batcher.shadow.rows.get(children[place]) if 0 <= place < len(children) else None
        raise BridgeError(
            "PRECONDITION_FAILED",
            "{} of {} changed at revision {}, after {}".format(
                name, ref_of(self._batcher.shadow, row), changed, self._if_revision
            ),
            place,
            now=None if now is None else {"id": now.id, "name": now.value("name")},
            revision=self._batcher.revision,
        )
