"""Reads the properties of rows from Live as plain values: references as ids, long values in pieces.

A reference to an object that has no row yet is remembered in `unresolved`, and read again when objects were added.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any, List, Optional, Set, Tuple

from .coming import Coming
from .content import Reading, reading, whole
from .contract.values import ABSENT, alive, as_float, as_int, as_str, items, live_ptr, read
from .layouts import Row, root_class
from .shadow import Shadow

_POINTER = attrgetter("_live_ptr")


class PropertyReader:
    """Reads the properties of rows from Live, references as ids; collects references to unknown objects."""

    def __init__(self, shadow: Shadow, application: Any, coming: Coming) -> None:
        self.shadow = shadow
        self.application = application
        self._coming = coming
        self.unresolved: Set[Tuple[int, int]] = set()

    def value(self, row: Row, index: int) -> Any:
        """The present plain value of a property that has no children."""
        reader = row.layout.readers[index]
        if reader is not None:
            return reader(row.obj)
        prop = row.layout.properties[index]
        if row.layout.long_bits & 1 << index:
            return whole(self.reading(row, index))
        if prop.type == "ref":
            target = read(row.obj, prop.name)
            if target is ABSENT:
                return ABSENT
            if target is None or not alive(target):
                return None
            known = self.shadow.row_of(target, prop.of)
            if known is None:
                self.unresolved.add((row.id, index))
                return self._unknown
            return known.id
        if prop.type == "refs":
            targets = read(row.obj, prop.name)
            if targets is ABSENT:
                return ABSENT
            objects = _items(targets)
            ids: List[int] = []
            pointers = self.shadow.pointers(root_class(prop.of))
            try:
                return tuple([pointers[ptr] for ptr in map(_POINTER, objects)])
            except Exception:
                # An object is unknown or deleted.
                pass
            for target in objects:
                known = self.shadow.row_of(target, prop.of)
                if known is not None:
                    ids.append(known.id)
                else:
                    self.unresolved.add((row.id, index))
                    if self._unknown is ABSENT:
                        return ABSENT
            return tuple(ids)
        return ABSENT

    @property
    def _unknown(self) -> Any:
        """The value that stands for a reference to an object that is not in the shadow."""
        return ABSENT if self._coming.has_devices else None

    def reading(self, row: Row, index: int) -> Reading:
        """The present value of a long property, read in pieces."""
        return reading(self.shadow, row, index)

    def children(self, row: Row, index: int) -> Optional[List[Tuple[int, Any]]]:
        """(pointer, object) of the present children; None when the property cannot be read."""
        objects = self._children(row, index)
        if objects is None:
            return None
        try:
            pointers = list(map(_POINTER, objects))
        except Exception:
            pointers = [live_ptr(obj) for obj in objects]
        return [(ptr, obj) for ptr, obj in zip(pointers, objects) if type(ptr) is int and alive(obj)]

    def pointers(self, row: Row, index: int) -> Optional[List[int]]:
        """The pointers of the present children; None when the property cannot be read."""
        objects = self._children(row, index)
        try:
            return None if objects is None else list(map(_POINTER, objects))
        except Exception:
            # One of them is deleted, or there is no child.
            return [ptr for ptr, _ in self.children(row, index) or ()]

    def _children(self, row: Row, index: int) -> Optional[List[Any]]:
        prop = row.layout.properties[index]
        raw = self.application if prop.name == "application" else read(row.obj, prop.name)
        if raw is ABSENT:
            return None
        return [raw] if prop.type == "child" else _items(raw)

    def now(self, row: Row, name: str) -> Any:
        """Read any property by name now, gauges included; ABSENT when it cannot be read."""
        index = row.layout.index.get(name)
        if index is not None:
            reader = row.layout.readers[index]
            if reader is not None:
                return reader(row.obj)
            return row.values[index] if index in row.layout.tree else self.value(row, index)
        raw = read(row.obj, name)
        if raw is ABSENT:
            return ABSENT
        if raw is None or isinstance(raw, (bool, str)):
            return raw if not isinstance(raw, str) else as_str(raw)
        return as_int(raw) if isinstance(raw, int) else as_float(raw)


def _items(vector: Any) -> List[Any]:
    try:
        return items(vector)
    except Exception:
        return []
