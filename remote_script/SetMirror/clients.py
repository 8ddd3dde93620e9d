"""One client of the bridge: connection, authentication, session and outbox.

The outbox is bounded in bytes. When it overflows, the whole stream of batches is dropped and the client gets a
notice to fetch a snapshot; replies are kept, since their number is bounded by the accepted requests. A line is
sealed when it is sent, so that dropped lines leave no gap in the counter. No function here waits.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Deque, Dict, Generator, Iterator, List, Optional, Set, Tuple

from .contract import menus
from .contract.errors import BridgeError
from .contract.limits import PROTOCOLS, REQUEST_BYTES, STRANGER_BYTES
from .contract.seal import Session
from .shadow import Snapshot
from .wire import LineFramer, error_line, request_line, result_line

OUTBOX_BYTES = 16 * 1024 * 1024
"""Twice the history: the batches for a client that resumes from the oldest one fit."""
REPLY_BYTES = 64 * 1024 * 1024
"""Limit for replies that the client does not receive; beyond this limit the client counts as dead or hostile."""
SENT_AT_ONCE = 32 * 1024
"""Short lines are joined up to about this many bytes for one call of the transport, between two looks at the clock."""
HELLO_S = 5.0
"""Time from connecting to authentication; a process that only keeps the connection open is disconnected."""

GREETING = "greeting"
PROVING = "proving"
SERVED = "served"
LEAVING = "leaving"


class Client:
    """A connection with its state: greeting → proving → served → leaving (queued lines are sent, then it closes)."""

    def __init__(self, connection: Any, now: float) -> None:
        self.connection = connection
        self.state = GREETING
        self.name = "?"
        self.since = now
        self.framer = LineFramer(STRANGER_BYTES)
        self.waiting: Deque[bytes] = deque()
        self.waiting_bytes = 0
        self.job: Optional[Iterator[None]] = None
        """The processing of a long line in slices: opening, parsing, answering."""
        self.protocol = PROTOCOLS[-1]
        self.role = ""
        """The role that the client's key proves, like the identity; see `auth`."""
        self.identity = ""
        self.answers = False
        """True while a person follows policy questions on this connection."""
        self.announced: List[Dict[str, str]] = []
        """The MCP clients of the server at the other end, as it announced them."""
        self.key = ""
        self.client_nonce = ""
        self.script_nonce = ""
        self.attended: Set[int] = set()
        """Ids of objects to which all listeners are attached for this client."""
        self.following = False
        self.snapshot: Optional[Tuple[Any, Snapshot]] = None
        self.snapshots_wanted: List[Any] = []
        self.dropped = ""
        """Why the stream was dropped, until the client is notified."""
        self.closed = False
        self.answered = 0
        """Number of answered requests."""
        self._session: Optional[Session] = None
        self._outbox: Deque[Tuple[bytes, bool]] = deque()
        self._queued_bytes = 0
        self._reply_bytes = 0
        self._pieces: Optional[Iterator[bytes]] = None
        """The remaining pieces of the line that is being sealed."""
        self._ready = b""
        self._offset = 0

    def serve(self, session: Session) -> None:
        """Start the authenticated session: longer lines, all of them sealed."""
        self.state = SERVED
        self.framer.limit = REQUEST_BYTES
        self._session = session

    @property
    def is_stranger(self) -> bool:
        """True until the client has proved its key."""
        return self.state in (GREETING, PROVING)

    @property
    def refers(self) -> bool:
        """True when the client knows references between menus; any other gets whole menus, in snapshots."""
        return self.protocol >= menus.PROTOCOL

    def feed(self, data: bytes) -> None:
        """Add received bytes; `next_line` returns the completed lines. LineTooLong beyond the limit."""
        lines = self.framer.feed(data)
        self.waiting.extend(lines)
        self.waiting_bytes += sum(len(line) for line in lines)

    def next_line(self) -> Optional[bytes]:
        if not self.waiting:
            return None
        line = self.waiting.popleft()
        self.waiting_bytes -= len(line)
        return line

    def opening(self, line: bytes) -> Generator[None, None, bytes]:
        """Open a received line in slices; returns its message. BadSeal if it is not the next line of the session."""
        assert self._session is not None
        return self._session.incoming.opening(line)

    @property
    def outbox_bytes(self) -> int:
        """Bytes that wait for the transport; for a long line only the part that is already sealed."""
        return self._queued_bytes + len(self._ready) - self._offset

    def answer(self, line: bytes) -> None:
        """Queue the reply to a request."""
        self.answered += 1
        self.push(line)

    def reply(self, request: Any, outcome: Any) -> None:
        """Answer a request with a result, or with the error of a BridgeError."""
        is_error = isinstance(outcome, BridgeError)
        self.answer(error_line(request, outcome) if is_error else result_line(request, outcome))

    def notify_progress(self, progress: Dict[str, Any]) -> None:
        """Send the progress of a write, unless the outbox has no room for it."""
        line = request_line("write.progress", progress)
        if self.has_room(line):
            self.stream(line)

    def report(self) -> Dict[str, Any]:
        """The client as status shows it."""
        return {
            "name": self.name,
            "role": self.role,
            "identity": self.identity,
            "state": self.state,
            "following": self.following,
            "outbox": self.outbox_bytes,
        }

    def push(self, line: bytes) -> None:
        """Queue a reply or notice that must not be dropped."""
        if self.closed:
            return
        self._append(line, False)
        self._reply_bytes += len(line)
        if self._reply_bytes > REPLY_BYTES:
            self.close()

    def stream(self, line: bytes) -> None:
        """Queue a line of the stream, which a snapshot can replace; at the limit the whole stream is dropped."""
        if self.closed:
            return
        if not self.refers and menus.MARK in line:
            self.drop_stream()
            self.dropped = "references of protocol {}".format(menus.PROTOCOL)
            return
        if not self.has_room(line):
            self.drop_stream()
            self.dropped = "outbox overflow"
            return
        self._append(line, True)

    def _append(self, line: bytes, streamed: bool) -> None:
        self._outbox.append((line, streamed))
        self._queued_bytes += len(line)

    def has_room(self, line: bytes) -> bool:
        """True when `line` fits into the outbox."""
        return self.outbox_bytes + len(line) <= OUTBOX_BYTES

    def drop_stream(self) -> None:
        """Drop the queued lines of the stream, but no replies and no partly sent line."""
        self.following = False
        self._outbox = deque(entry for entry in self._outbox if not entry[1])
        self._queued_bytes = sum(len(line) for line, _ in self._outbox)

    def send(self, most: int, more: Callable[[], bool] = lambda: True) -> int:
        """Pass at most about `most` bytes to the connection; returns the number of accepted bytes.

        After each piece of `SENT_AT_ONCE` bytes it goes on only while `more()`.
        """
        total = 0
        while total < most and not self.closed and (not total or more()):
            if self._offset == len(self._ready):
                self._ready, self._offset = self._sealed(), 0
                if not self._ready:
                    break
            try:
                count = self.connection.send(memoryview(self._ready)[self._offset :])
            except Exception:
                # A failing transport counts as a closed connection.
                count = -1
            if count is None or count < 0:
                self.close()
                break
            if count == 0:
                break
            total += count
            self._offset += count
        if self.state == LEAVING:
            self._close_when_sent()
        return total

    def _sealed(self) -> bytes:
        """The next sealed bytes to send: a piece of a long line, or several short lines."""
        parts: List[bytes] = []
        size = 0
        while size < SENT_AT_ONCE:
            piece = next(self._pieces, None) if self._pieces is not None else None
            if piece is not None:
                parts.append(piece)
                size += len(piece)
                continue
            self._pieces = None
            if not self._outbox:
                break
            line, streamed = self._outbox.popleft()
            self._queued_bytes -= len(line)
            if not streamed:
                self._reply_bytes -= len(line)
            self._pieces = iter((line,)) if self._session is None else self._session.outgoing.pieces(line)
        return b"".join(parts)

    def leave(self) -> None:
        """Close once all queued lines are sent; nothing more is read."""
        self.state = LEAVING
        self._drop_input()
        self._close_when_sent()

    def _close_when_sent(self) -> None:
        if not self.outbox_bytes and self._pieces is None:
            self.close()

    def _drop_input(self) -> None:
        self.waiting.clear()
        self.waiting_bytes = 0
        self.job = None

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.following = False
            self._outbox.clear()
            self._queued_bytes = 0
            self._pieces = None
            self._ready, self._offset = b"", 0
            self._drop_input()
            try:
                self.connection.close()
            except Exception:
                pass
