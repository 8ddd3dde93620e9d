"""A listener without sockets, for tests in virtual time: the script's next poll receives the client's data.

The script's side: `accept() -> conn | None`, `conn.receive() -> bytes | None` (None: no data yet, b"":
closed), `conn.send(data) -> int` (number of accepted bytes; 0: full; −1: closed), `close()`.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Deque, Optional

WINDOW = 1 << 20
"""Bytes that the script can send before the client reads."""


class _Connection:
    """The script's end."""

    def __init__(self, window: int) -> None:
        self.inbox: Deque[bytes] = deque()
        self.outbox: Deque[bytes] = deque()
        self.unread = 0
        self.window = window
        self.closed_by_client = False
        self.closed_by_script = False
        self.wake: Callable[[], Any] = lambda: None
        self.peer = "memory"

    def receive(self) -> Optional[bytes]:
        if self.inbox:
            return self.inbox.popleft()
        return b"" if self.closed_by_client or self.closed_by_script else None

    def send(self, data: Any) -> int:
        if self.closed_by_client or self.closed_by_script:
            return -1
        room = max(0, self.window - self.unread)
        part = bytes(data[:room])
        if part:
            self.outbox.append(part)
            self.unread += len(part)
            self.wake()
        return len(part)

    def close(self) -> None:
        if not self.closed_by_script:
            self.closed_by_script = True
            self.wake()


class MemoryClient:
    """The client's end; `on_readable` is called when data arrived or the script closed."""

    def __init__(self, connection: _Connection, on_readable: Optional[Callable[[], Any]]) -> None:
        self._connection = connection
        if on_readable is not None:
            connection.wake = on_readable

    def on_readable(self, callback: Callable[[], Any]) -> None:
        """Call this function whenever there is data to receive."""
        self._connection.wake = callback

    def send(self, data: bytes) -> None:
        """BrokenPipeError when the script has closed."""
        if self._connection.closed_by_script or self._connection.closed_by_client:
            raise BrokenPipeError("the script has closed the connection")
        if data:
            self._connection.inbox.append(bytes(data))

    def receive(self) -> Optional[bytes]:
        """Received bytes; None: no data yet, b"": the script has closed."""
        connection = self._connection
        if connection.outbox:
            part = connection.outbox.popleft()
            connection.unread -= len(part)
            return part
        return b"" if connection.closed_by_script else None

    def close(self) -> None:
        self._connection.closed_by_client = True


class MemoryListener:
    """The script gets this object as its listener; tests `connect` to it."""

    def __init__(self, window: int = WINDOW) -> None:
        self._window = window
        self._waiting: Deque[_Connection] = deque()
        self.closed = False

    def connect(self, on_readable: Optional[Callable[[], Any]] = None) -> MemoryClient:
        """A new client. ConnectionRefusedError when the listener is closed."""
        if self.closed:
            raise ConnectionRefusedError("nobody listens")
        connection = _Connection(self._window)
        self._waiting.append(connection)
        return MemoryClient(connection, on_readable)

    def accept(self) -> Optional[_Connection]:
        return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        self.closed = True
        while self._waiting:
            self._waiting.popleft().close()
