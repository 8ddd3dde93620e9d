"""Live's listeners: attached to every object, kept when the object moves, detached when it is removed.

Each listener is attached separately, before the first read, so that no change is missed in between. A listener that
Live refuses is only counted: the audit then finds changes of its property. Listeners that the table reserves for
attended objects are attached while a client attends to the object. Detaching tolerates any exception of a deleted
object.
"""

from __future__ import annotations

from typing import Dict, List, Set, Tuple

from .contract.values import alive
from .layouts import Kind, Listener, Row


class Observers:
    """Attaches and counts listeners; `refused` maps "Class.listener" to the number of times Live refused it."""

    def __init__(self) -> None:
        self.attached = 0
        self.refused: Dict[str, int] = {}
        self.attended: Set[int] = set()
        """Ids of the objects with all their listeners."""

    def attach(self, row: Row, kind: Kind) -> None:
        """Attach the listeners that every object of this kind has."""
        obj, attached = row.obj, 0
        try:
            for adder, method in kind.names:
                getattr(obj, adder)(getattr(row, method))
                attached += 1
        except Exception:
            # Live refuses one: from here on one by one.
            pass
        row.attached = kind.resting_bits[attached]
        self.attached += attached
        if attached < len(kind.names):
            self._attach(row, kind.resting)

    def attend(self, row: Row) -> None:
        """Attach the remaining listeners; the caller then looks for changes made before."""
        self.attended.add(row.id)
        self._attach(row, row.layout.kind_of(row.obj).attended)

    def neglect(self, row: Row) -> None:
        """Detach the listeners that `attend` attached."""
        self.attended.discard(row.id)
        self._detach(row, False)

    def detach(self, row: Row) -> None:
        """Detach all listeners."""
        self.attended.discard(row.id)
        self._detach(row, True)

    def _attach(self, row: Row, listeners: List[Tuple[int, Listener]]) -> None:
        obj = row.obj
        for number, listener in listeners:
            if row.attached & 1 << number:
                continue
            try:
                getattr(obj, listener.adder)(getattr(row, listener.method))
            except Exception:
                # Boost can raise any exception here; a property without a listener is polled.
                key = row.layout.type + "." + listener.name
                self.refused[key] = self.refused.get(key, 0) + 1
            else:
                row.attached |= 1 << number
                self.attached += 1

    def _detach(self, row: Row, every: bool) -> None:
        obj, living = row.obj, alive(row.obj)
        for number, listener in enumerate(row.layout.listeners):
            if not row.attached & 1 << number or (listener.resting and not every):
                continue
            row.attached &= ~(1 << number)
            self.attached -= 1
            if living:
                try:
                    getattr(obj, "remove_" + listener.name + "_listener")(getattr(row, listener.method))
                except Exception:
                    pass
