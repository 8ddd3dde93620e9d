"""The one place that attaches and detaches listeners.

Each listener is attached on its own, before the first read, so that no change falls between. One that Live
refuses costs nothing but a count: its property is then found by the audit. Detaching tolerates whatever a
dying object says.
"""

from __future__ import annotations

from typing import Dict

from .contract.values import alive
from .plans import Row


class Observers:
    """Counts what is attached; `refused` maps "Class.listener" to how often Live would not have it."""

    def __init__(self) -> None:
        self.attached = 0
        self.refused: Dict[str, int] = {}

    def attach(self, row: Row) -> None:
        obj = row.obj
        done = 0
        for number, (name, method) in enumerate(row.plan.listeners):
            try:
                getattr(obj, "add_" + name + "_listener")(getattr(row, method))
            except Exception:
                # Boost raises anything here; a property that cannot notify is polled.
                key = row.plan.type + "." + name
                self.refused[key] = self.refused.get(key, 0) + 1
            else:
                done |= 1 << number
                self.attached += 1
        row.attached = done

    def detach(self, row: Row) -> None:
        obj, done = row.obj, row.attached
        row.attached = 0
        living = alive(obj)
        for number, (name, method) in enumerate(row.plan.listeners):
            if not done & 1 << number:
                continue
            self.attached -= 1
            if living:
                try:
                    getattr(obj, "remove_" + name + "_listener")(getattr(row, method))
                except Exception:
                    pass
