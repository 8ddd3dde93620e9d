"""Objects of a snapshot as tables, so that common values, above all the names of properties, are sent only once.

A table is [type, role, names of children, names of properties, rows], and a row is [id, parent, children …, values …]
of an object with exactly these children and properties. Twenty thousand parameters take a third of the bytes, and of
the time, of the same parameters as objects. Menus refer to earlier menus, in the order of the rows that are sent.
"""

from __future__ import annotations

from itertools import compress, repeat
from operator import is_not
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

from .contract.values import ABSENT
from .layouts import Layout, Row
from .menu_references import MenuReferences
from .wire import Encoded, encode

_Key = Tuple[Layout, str, bytes]
"""Layout, role, and the properties that its objects have (a byte per place of the layout's `order`)."""

State = Tuple[Layout, int, Optional[int], str, Sequence[Any]]
"""The state of a row that is sent: layout, id, parent, role, values."""


def state_of(row: Row) -> State:
    """The state of `row` now; its values are copied."""
    return row.layout, row.id, row.parent, row.role, tuple(row)


def view_of(row: Row) -> State:
    """The same without a copy, for use before the row changes."""
    return row.layout, row.id, row.parent, row.role, row


class Tables:
    """Encodes rows; keeps the head of each kind of table, as JSON.

    `menus`: the menus that the receiver has and that rows may refer to; None for a receiver that needs whole menus.
    """

    def __init__(self, menus: Optional[MenuReferences]) -> None:
        self._heads: Dict[_Key, bytes] = {}
        self._menus = menus

    def encoded(self, states: Iterable[State]) -> List[bytes]:
        """The tables of these objects, as JSON."""
        tables: Dict[_Key, List[Tuple[Any, ...]]] = {}
        for layout, id_, parent, role, values in states:
            ordered = layout.in_order(values)
            # One byte per property, 1 if it is present; the loop runs in C.
            has = bytes(map(is_not, ordered, repeat(ABSENT)))
            key = (layout, role, has)
            rows = tables.get(key)
            if rows is None:
                rows = tables[key] = []
            rows.append((id_, parent, *compress(ordered, has)))
        return [self._table(key, rows) for key, rows in tables.items()]

    def _table(self, key: _Key, rows: List[Tuple[Any, ...]]) -> bytes:
        layout, _, has = key
        head = self._heads.get(key)
        if head is None:
            head = self._heads[key] = _head(*key)
        if layout.menus and self._menus is not None:
            rows = [self._referring(layout, has, row, self._menus) for row in rows]
        if not layout.content:
            return head + encode(rows) + b"]"
        # Long values come last; they were encoded when they were read.
        plain = 2 + sum(has[: -len(layout.content)])
        return head + b"[" + b",".join([_spliced(row, plain) for row in rows]) + b"]]"

    @staticmethod
    def _referring(
        layout: Layout, has: bytes, row: Tuple[Any, ...], menus: MenuReferences
    ) -> Tuple[Any, ...]:
        """The row with references in place of menus."""
        values = list(row)
        for place, name in layout.menus:
            if has[place]:
                at = 2 + sum(has[:place])
                values[at] = menus.value(row[0], name, values[at])
        return tuple(values)


def _head(layout: Layout, role: str, has: bytes) -> bytes:
    children = len(layout.tree)
    names = [layout.names[index] for index in layout.order]
    below, props = compress(names[:children], has), compress(names[children:], has[children:])
    return encode([layout.type, role, list(below), list(props)])[:-1] + b","


def _spliced(row: Tuple[Any, ...], plain: int) -> bytes:
    parts = [encode(row[:plain])[1:-1]]
    parts += [value.json if isinstance(value, Encoded) else encode(value) for value in row[plain:]]
    return b"[" + b",".join(parts) + b"]"
