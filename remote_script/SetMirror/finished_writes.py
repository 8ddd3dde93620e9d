"""The results of finished writes by id, also of earlier epochs, for clients that ask again or send a write again.

An id stands for one request: another request with the same id must not get the first one's result as its own.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Tuple

from .contract.checks import other_write

RESULTS_KEPT = 512
RESULT_BYTES = 8 * 1024 * 1024
"""Total size of the kept results: the result of a write of 5,000 notes contains their ids."""
_REFUSAL_BYTES = 500
"""Assumed for a refusal, which is encoded again for every client."""


class FinishedWrites:
    """Write id → encoded result or BridgeError, in the order of the writes; the oldest go first, the last one stays."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, Tuple[Any, int]] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._results)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._results

    def __getitem__(self, id_: str) -> Any:
        return self._results[id_][0]

    def of(self, id_: str, content: int) -> Any:
        """The result of the write with this id; BridgeError INVALID_VALUE if its request had another content."""
        result, kept = self._results[id_]
        if kept != content:
            raise other_write(id_)
        return result

    def content_of(self, id_: str) -> int:
        """The content of the request whose result is kept for this id."""
        return self._results[id_][1]

    def add(self, id_: str, result: Any, content: int = 0) -> None:
        """Keep a result as the newest; it replaces the former result of the same write."""
        if id_ in self._results:
            self.bytes -= _size(self._results.pop(id_)[0])
        self._results[id_] = (result, content)
        self.bytes += _size(result)
        while len(self) > RESULTS_KEPT or (self.bytes > RESULT_BYTES and len(self) > 1):
            self.bytes -= _size(self._results.popitem(last=False)[1][0])


def _size(result: Any) -> int:
    return len(result) if isinstance(result, bytes) else _REFUSAL_BYTES
