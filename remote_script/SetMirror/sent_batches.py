"""The batches that were sent last, so that a client that was away for a moment needs no snapshot."""

from __future__ import annotations

from collections import deque
from typing import Deque, List, Tuple

HISTORY_BATCHES = 4096
"""Enough for a client that was away for some minutes of work; a client with an older revision needs a snapshot."""
HISTORY_BYTES = 8 * 1024 * 1024


class SentBatches:
    """The last batches, encoded, by contiguous revision."""

    def __init__(self, most: int = HISTORY_BATCHES, most_bytes: int = HISTORY_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._lines: Deque[Tuple[int, bytes]] = deque()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, revision: int, line: bytes) -> None:
        self._lines.append((revision, line))
        self.bytes += len(line)
        while self._lines and (len(self._lines) > self._most or self.bytes > self._most_bytes):
            self.bytes -= len(self._lines.popleft()[1])

    def oldest(self, revision: int) -> int:
        """The smallest revision after which all batches up to `revision` are kept."""
        return self._lines[0][0] - 1 if self._lines else revision

    def after(self, revision: int) -> List[bytes]:
        return [line for number, line in self._lines if number > revision]
