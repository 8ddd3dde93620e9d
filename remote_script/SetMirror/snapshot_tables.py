"""Objects of a snapshot as tables, so that common values, above all the names of properties, are sent only once.

A table is [type, role, names of children, names of properties, rows], and a row is [id, parent, children …, values …]
of an object with exactly these children and properties. Twenty thousand parameters take a third of the bytes, and of
the time, of the same parameters as objects. Menus refer to earlier menus, in the order of the rows that are sent.
"""

from __future__ import annotations

from itertools import repeat
from operator import is_not, itemgetter
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Type

from .contract.values import ABSENT
from .layouts import Layout, Row
from .menu_references import MenuReferences
from .wire import Encoded, encode

_Values = Tuple[Any, ...]


class _Kind:
    """The rows of one class and role with the same properties: the head of their table, and their values in order."""

    def __init__(self, layout: Layout, role: str, has: bytes) -> None:
        """`has`: for each place of a row 1 if its objects have this property, else 0."""
        order = [index for index in layout.order if has[index]]
        tree = [layout.names[index] for index in order if index in layout.tree]
        props = [layout.names[index] for index in order if index not in layout.tree]
        self.head = encode([layout.type, role, tree, props])[:-1] + b","
        self.values = _getter(order)
        self.menus = [(2 + n, layout.names[i]) for n, i in enumerate(order) if i in layout.menus]
        """The menus in a row of the table: place and name."""
        self.is_plain = not layout.content
        # Long values come last; they were encoded when they were read.
        self.short = 2 + sum(index not in layout.content for index in order)
        """Number of elements in front of the long values: id, parent, children and short values."""


def _getter(order: Sequence[int]) -> Callable[[Row], _Values]:
    if len(order) > 1:
        return itemgetter(*order)
    return lambda row: tuple([row[index] for index in order])


class Tables:
    """Encodes rows; keeps what it knows of each kind of rows.

    `menus`: the menus that the receiver has and that rows may refer to; None for a receiver that needs whole menus.
    """

    def __init__(self, menus: Optional[MenuReferences]) -> None:
        self._kinds: Dict[Tuple[Type[Row], bytes], _Kind] = {}
        self._menus = menus

    def encoded(self, rows: Iterable[Row]) -> List[bytes]:
        """The tables of these objects, as JSON."""
        tables: Dict[_Kind, List[_Values]] = {}
        kinds, absent = self._kinds, repeat(ABSENT)
        for row in rows:
            # One byte per property, 1 if it is present; the loop runs in C.
            has = bytes(map(is_not, row, absent))
            row_type = row.__class__
            kind = kinds.get((row_type, has))
            if kind is None:
                kind = kinds[row_type, has] = _Kind(row.layout, row.role, has)
            table = tables.get(kind)
            if table is None:
                table = tables[kind] = []
            table.append((row.id, row.parent) + kind.values(row))
        return [self._table(kind, table) for kind, table in tables.items()]

    def _table(self, kind: _Kind, table: List[_Values]) -> bytes:
        if kind.menus and self._menus is not None:
            table = [_referring(kind, values, self._menus) for values in table]
        if kind.is_plain:
            return kind.head + encode(table) + b"]"
        return kind.head + b"[" + b",".join([_spliced(values, kind.short) for values in table]) + b"]]"


def _referring(kind: _Kind, values: _Values, menus: MenuReferences) -> _Values:
    """The row with references in place of menus."""
    referring = list(values)
    for place, name in kind.menus:
        referring[place] = menus.value(values[0], name, values[place])
    return tuple(referring)


def _spliced(values: _Values, short: int) -> bytes:
    parts = [encode(values[:short])[1:-1]]
    parts += [value.json if isinstance(value, Encoded) else encode(value) for value in values[short:]]
    return b"[" + b",".join(parts) + b"]"
