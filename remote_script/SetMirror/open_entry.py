"""The undo entry of parameter writes on Lives before 12.4, which is still open after its writes were answered.

There a parameter value joins the history only on Live's own tick (measured on 12.4.6, where a call can sync it), in
the step that is open then. A write is answered as soon as its values are verified; its step is closed two ticks later.
Meanwhile another write of the same client that only sets parameters shares the entry, since no step of its own could
separate them; its answer says so (`shares`). All other writes wait until the step is closed.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from .operations import Operation
from .shadow import Shadow
from .write import Write

TICKS = 2
"""Live records parameters on a tick; the first tick after a write may have begun before it."""
LONGEST_S = 1.0
"""After this time no more writes share an entry: a client without a pause would never get it closed."""


class OpenEntry:
    """The first write of the entry with its answer, and all writes that changed something in it."""

    def __init__(self, write: Write, answer: Dict[str, Any], shadow: Shadow, ticks: int, now: float) -> None:
        self.write = write
        self.answer = answer
        self.parts: List[Tuple[Write, List[Operation]]] = []
        self._client = write.waiters[0][0] if write.waiters else None
        self._shadow = shadow
        self._until = now + LONGEST_S if self._only_sets_parameters(write) else now
        self._due = ticks + TICKS

    def add(self, write: Write, operations: List[Operation], ticks: int) -> None:
        """Record a write that changed parameters; the entry stays open for two ticks from now."""
        self.parts.append((write, operations))
        self._due = ticks + TICKS

    def is_due(self, ticks: int) -> bool:
        """True when Live has recorded the values of all writes."""
        return ticks >= self._due

    def takes(self, write: Optional[Write], now: float, apart: bool) -> bool:
        """True when no write waits, or one that may share the entry: of the same client, and both only set parameters.

        Args:
          apart: The next write needs an entry of its own.
        """
        return write is None or (
            not apart
            and now < self._until
            and write.author == self.write.author
            and bool(write.waiters)
            and write.waiters[0][0] is self._client
            and self._only_sets_parameters(write)
        )

    def _only_sets_parameters(self, write: Write) -> bool:
        return all(map(self._sets_parameter, write.operations))

    def _sets_parameter(self, asked: Dict[str, Any]) -> bool:
        row = self._shadow.rows.get(asked.get("target", 0)) if asked.get("op") == "set" else None
        return row is not None and row.layout.type == "DeviceParameter" and asked.get("name") == "value"
