"""One client of the bridge: its line, its proof, its outbox.

The outbox is bounded in bytes. What overflows is the stream of batches: it is dropped as a whole and the
client is told to fetch a snapshot; replies are kept, since their number is bounded by the requests taken.
Nothing here waits.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Deque, List, Optional, Tuple

from .shadow import Snapshot
from .wire import LIMIT_CLIENT, LIMIT_STRANGER, LineFramer

OUTBOX_BYTES = 16 * 1024 * 1024
"""Twice the history: a client that resumes from the oldest batch does not overflow by it."""
REPLY_BYTES = 64 * 1024 * 1024
"""Replies that nobody fetches; the client is dead or hostile."""
HELLO_S = 5.0
"""From connecting to being authenticated; a process that only holds the port's line is let go."""

GREETING = "greeting"
PROVING = "proving"
SERVED = "served"
LEAVING = "leaving"


class Client:
    """A connection with its state: greeting → proving → served → leaving (sent out, then closed)."""

    def __init__(self, connection: Any, now: float) -> None:
        self.connection = connection
        self.state = GREETING
        self.name = "?"
        self.since = now
        self.framer = LineFramer(LIMIT_STRANGER)
        self.waiting: Deque[bytes] = deque()
        self.client_nonce = ""
        self.script_nonce = ""
        self.following = False
        self.snapshot: Optional[Tuple[Any, Snapshot]] = None
        self.snapshots_wanted: List[Any] = []
        self.overflowed = False
        self.closed = False
        self.last_sent = now
        self.outbox_bytes = 0
        self._outbox: Deque[Tuple[bytes, bool]] = deque()
        self._offset = 0
        self._reply_bytes = 0

    def serve(self) -> None:
        """Authenticated: longer lines from now on."""
        self.state = SERVED
        self.framer.limit = LIMIT_CLIENT

    def push(self, line: bytes) -> None:
        """A reply or notice that must arrive."""
        if self.closed:
            return
        self._outbox.append((line, False))
        self.outbox_bytes += len(line)
        self._reply_bytes += len(line)
        if self._reply_bytes > REPLY_BYTES:
            self.close()

    def stream(self, line: bytes) -> None:
        """A part of the stream that a snapshot replaces; past the bound the whole stream is dropped."""
        if self.closed:
            return
        if not self.has_room(line):
            self.drop_stream()
            self.overflowed = True
            return
        self._outbox.append((line, True))
        self.outbox_bytes += len(line)

    def has_room(self, line: bytes) -> bool:
        """Whether the outbox takes `line` without overflowing."""
        return self.outbox_bytes + len(line) <= OUTBOX_BYTES

    def drop_stream(self) -> None:
        """Forget all streamed lines but the one that is half sent."""
        self.following = False
        kept: Deque[Tuple[bytes, bool]] = deque()
        for position, (line, streamed) in enumerate(self._outbox):
            if not streamed or (position == 0 and self._offset):
                kept.append((line, streamed))
        self._outbox = kept
        self.outbox_bytes = sum(len(line) for line, _ in kept) - self._offset

    def send(self, most: int) -> int:
        """Give the connection what it takes now, at most about `most` bytes; returns how much it took."""
        total = 0
        while self._outbox and total < most and not self.closed:
            line, streamed = self._outbox[0]
            try:
                count = self.connection.send(memoryview(line)[self._offset : self._offset + most])
            except Exception:
                # A transport that fails is a connection that is gone.
                count = -1
            if count is None or count < 0:
                self.close()
                break
            if count == 0:
                break
            total += count
            self.outbox_bytes -= count
            self._offset += count
            if self._offset >= len(line):
                self._outbox.popleft()
                self._offset = 0
                if not streamed:
                    self._reply_bytes -= len(line)
        if self.state == LEAVING and not self._outbox:
            self.close()
        return total

    def leave(self) -> None:
        """Close once everything is sent; nothing more is read."""
        self.state = LEAVING
        self.waiting.clear()
        if not self._outbox:
            self.close()

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.following = False
            self._outbox.clear()
            self.waiting.clear()
            self.outbox_bytes = 0
            try:
                self.connection.close()
            except Exception:
                pass
