"""The lines of a session after the hello: each ends with a counter and an HMAC with the session's key.

    {"jsonrpc":"2.0",…} 000000002a 9f86d081884c7d659a2feaa0c55ad015

Each direction has its own key and its own counter, which starts at 0 and grows by one. The HMAC-SHA256 (first 16
bytes, hex) covers the message and the counter. A line that was changed, repeated, omitted, reordered or sent back
does not fit and ends the connection. Long lines are sealed and opened in slices of bounded work.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Generator, Iterator, NamedTuple

from .auth import session_keys

TRAILER = 1 + 10 + 1 + 32
_PROOF = 1 + 32
SLICE = 32 * 1024
"""Bytes hashed at once: an eighth of a millisecond where SHA-256 runs at 250 MB/s."""


class BadSeal(Exception):
    """A line that is not the next one of this session; the text gives the reason."""


class Seal:
    """One direction of a session, for the side that sends or for the side that receives."""

    def __init__(self, key: bytes) -> None:
        self.count = 0
        self._keyed = hmac.new(key, b"", hashlib.sha256)

    def pieces(self, line: bytes) -> Iterator[bytes]:
        """The next line to send, from a message with or without its newline, in pieces of about `SLICE` bytes.

        The caller must take all pieces before it seals another line.
        """
        end = len(line) - line.endswith(b"\n")
        running = self._keyed.copy()
        start = 0
        while end - start > SLICE:
            piece = line[start : start + SLICE]
            running.update(piece)
            yield piece
            start += SLICE
        last = b"%b %010x" % (line[start:end], self.count)
        self.count += 1
        running.update(last)
        yield b"%b %b\n" % (last, _shown(running))

    def seal(self, line: bytes) -> bytes:
        """The next line to send, as a whole."""
        return b"".join(self.pieces(line))

    def opening(self, line: bytes) -> Generator[None, None, bytes]:
        """Open a received line (without its newline): yields between slices, then returns the message.

        Raises:
          BadSeal: it is not the next line of this session.
        """
        running = self._keyed.copy()
        end = max(0, len(line) - _PROOF)
        start = 0
        while end - start > SLICE:
            running.update(line[start : start + SLICE])
            yield
            start += SLICE
        running.update(line[start:end])
        if len(line) < TRAILER or not hmac.compare_digest(_shown(running), line[-32:]):
            raise BadSeal("a line has no valid seal of this session")
        if line[-TRAILER:-32] != b" %010x " % self.count:
            number = line[1 - TRAILER : -_PROOF].decode("ascii", "replace")
            raise BadSeal("line {} came where line {:010x} was due".format(number, self.count))
        self.count += 1
        return line[:-TRAILER]

    def open(self, line: bytes) -> bytes:
        """The message in a received line, opened at once; BadSeal as for `opening`."""
        steps = self.opening(line)
        while True:
            try:
                next(steps)
            except StopIteration as ended:
                opened: bytes = ended.value
                return opened


def _shown(running: Any) -> bytes:
    proof: str = running.hexdigest()
    return proof[:32].encode("ascii")


class Session(NamedTuple):
    """Both directions of a session, as one side uses them."""

    incoming: Seal
    outgoing: Seal


def script_session(key: str, client_nonce: str, script_nonce: str) -> Session:
    """The script's side of a session, after both sides proved their key."""
    from_client, from_script = session_keys(key, client_nonce, script_nonce)
    return Session(Seal(from_client), Seal(from_script))


def client_session(key: str, client_nonce: str, script_nonce: str) -> Session:
    """The client's side."""
    theirs = script_session(key, client_nonce, script_nonce)
    return Session(theirs.outgoing, theirs.incoming)
