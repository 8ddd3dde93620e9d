"""Bytes to messages and back, without I/O: lines of bounded length, JSON-RPC 2.0 with a strict envelope.

`Framer` cuts lines; `decode` gives one `Message` per line or raises `BadLine`. The envelope is checked here, and so
are the parameters of each kind of message that the mirror knows. The store checks the contents of objects and
changes, so that one bad object costs only this object. Messages of unknown kinds pass unchanged.
"""

from __future__ import annotations

from collections import deque
from typing import Annotated, Any

import msgspec

from remote_script.SetMirror.contract.limits import STRANGER_BYTES

from .model import WriteProgress

LINE_BYTES = 64 * 1024 * 1024
"""Longest line from the script: more than any Set's largest clip."""

Revision = Annotated[int, msgspec.Meta(ge=0)]


class BadLine(Exception):
    """The peer sent a line that is not a message of the protocol; the link is closed with this reason."""


class Message(msgspec.Struct):
    """One line: a notice (`method`, no `id`), a reply (`id` with `result` or `error`).

    `params` has the type in `PARAMS`, and is None for a notice that `PARAMS` does not name. `result` is plain JSON;
    the sender of the request checks its shape with `convert`.
    """

    id: int | str | None = None
    method: str = ""
    params: Any = None
    result: Any = None
    error: Any = None


class Batch(msgspec.Struct):
    """`set.batch`: one atomic step of the Set; `time` is the script's wall clock in seconds."""

    epoch: str
    revision: Revision
    changes: list[Any]
    time: float = 0.0
    cause: str = "live"
    write: str | None = None
    author: str | None = None
    shares: str = ""
    """The write whose entry in Live's history this batch's write shares; see `WriteResult.shares`."""
    history: str = ""
    """ "undo" or "redo" if this batch's write moved in Live's history."""
    coming: list[str] | None = None
    """For a batch with cause "build": the parts of the Set that are still to be read after it."""


class Heartbeat(msgspec.Struct):
    epoch: str
    revision: Revision
    time: float = 0.0


class Objects(msgspec.Struct):
    """`set.objects`: a part of the snapshot that request `snapshot` asked for.

    `tables` are unpacked when the line is decoded: their objects are then among `objects`.
    """

    snapshot: int | str
    objects: list[Any] = []
    tables: list[Any] = []

    def __post_init__(self) -> None:
        if self.tables:
            self.objects = self.objects + [row for table in self.tables for row in objects_of(table)]
            self.tables = []


def objects_of(table: Any) -> list[Any]:
    """The objects of a table [type, role, names of children, names of properties, rows].

    A row of another shape becomes a value that is not an object, so that it is counted as a bad object.
    """
    try:
        type_, role, children, names, rows = table
        first = 2 + len(children)
        size = first + len(names)
        return [
            [
                row[0],
                type_,
                row[1],
                role,
                dict(zip(names, row[first:], strict=True)),
                dict(zip(children, row[2:first], strict=True)),
            ]
            if type(row) is list and len(row) == size
            else row
            for row in rows
        ]
    except (TypeError, ValueError):
        return [table]


class Ready(msgspec.Struct):
    epoch: str = ""
    revision: Revision = 0


class Progress(msgspec.Struct):
    progress: float = 0.0
    outline: bool = False


class Resync(msgspec.Struct):
    epoch: str = ""
    reason: str = ""
    revision: Revision = 0


class Bye(msgspec.Struct):
    reason: str = ""


PARAMS: dict[str, Any] = {
    "set.batch": Batch,
    "set.objects": Objects,
    "bridge.heartbeat": Heartbeat,
    "bridge.ready": Ready,
    "bridge.progress": Progress,
    "bridge.resync": Resync,
    "write.progress": WriteProgress,
    "bridge.bye": Bye,
}
"""The notices that the mirror knows; others are counted and ignored."""


class Hello(msgspec.Struct):
    """Answer to bridge.hello."""

    protocol: int
    nonce: str
    proof: str
    script: dict[str, Any] = {}


class Welcome(msgspec.Struct):
    """Answer to bridge.authenticate."""

    epoch: str
    ready: bool
    revision: Revision
    oldest_revision: Revision = 0
    outline: bool = False
    progress: float = 0.0
    live: dict[str, Any] = {}
    script: dict[str, Any] = {}
    set: dict[str, Any] = {}


class SnapshotEnd(msgspec.Struct):
    """Answer to set.snapshot, after its last `set.objects`."""

    epoch: str
    revision: Revision
    count: Revision
    coming: list[str] = []


class Watched(msgspec.Struct):
    """Answer to set.watch."""

    revision: Revision


class _Envelope(msgspec.Struct):
    jsonrpc: str
    id: int | str | None = None
    method: str | None = None
    params: msgspec.Raw = msgspec.Raw(b"")
    result: msgspec.Raw = msgspec.Raw(b"")
    error: Any = None


_envelope = msgspec.json.Decoder(_Envelope)
_params = {method: msgspec.json.Decoder(type_) for method, type_ in PARAMS.items()}
_any = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()


def decode(line: bytes | bytearray) -> Message:
    """The message in one line; BadLine for any other input."""
    try:
        envelope = _envelope.decode(line)
        if envelope.jsonrpc != "2.0":
            raise BadLine(f"`jsonrpc` must be 2.0, got {envelope.jsonrpc[:20]!r}")
        if envelope.method is not None:
            if envelope.id is not None:
                raise BadLine(
                    f"the script sends no requests to the mirror, but sent {envelope.method[:60]!r}"
                )
            decoder = _params.get(envelope.method)
            if decoder is not None:
                return Message(method=envelope.method, params=decoder.decode(envelope.params))
            return Message(method=envelope.method)
        if envelope.error is not None:
            return Message(envelope.id, error=envelope.error)
        if envelope.id is None or not memoryview(envelope.result).nbytes:
            raise BadLine("a line must be a notice or a reply")
        return Message(envelope.id, result=_any.decode(envelope.result))
    except RecursionError:
        raise BadLine("a line is nested too deeply") from None
    except ValueError as problem:
        # UnicodeDecodeError and msgspec's own errors are ValueErrors.
        raise BadLine(f"a line is not a message: {str(problem)[:200]}") from None


def convert(value: Any, type_: type[Any]) -> Any:
    """`value` of a reply as `type_`; BadLine when its shape is different."""
    try:
        return msgspec.convert(value, type_)
    except (ValueError, RecursionError) as problem:
        raise BadLine(f"{type_.__name__}: {str(problem)[:200]}") from None


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8. NaN and infinity become null, so check numbers before."""
    return _encoder.encode(value)


def request(id_: int | str, method: str, params: Any) -> bytes:
    """A request as a line; ValueError for a value that JSON cannot express."""
    return _encoder.encode({"jsonrpc": "2.0", "id": id_, "method": method, "params": params}) + b"\n"


class Framer:
    """Cuts a stream of bytes into lines; buffers at most `limit` bytes of an unfinished line."""

    def __init__(self, limit: int = STRANGER_BYTES) -> None:
        self.limit = limit
        self._part = bytearray()
        self._lines: deque[bytes] = deque()

    def feed(self, data: bytes) -> None:
        """Add bytes; `next_line` returns the lines that they complete."""
        first, *more = data.split(b"\n")
        self._part += first
        if more:
            self._lines.append(bytes(self._part))
            self._part = bytearray(more.pop())
            self._lines.extend(more)

    def next_line(self) -> bytes | None:
        """The next complete line without its newline, None when there is none; BadLine past the limit.

        The limit is checked here, not in `feed`, so that it may be raised between two lines.
        """
        line = self._lines.popleft() if self._lines else None
        length = len(self._part) if line is None else len(line)
        if length > self.limit:
            raise BadLine(f"a line may have {self.limit} bytes, the peer sent {length}")
        return line
