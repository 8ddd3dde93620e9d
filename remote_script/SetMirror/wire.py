"""Bytes to messages and back: lines with a limit, JSON-RPC 2.0, nothing that is not JSON.

No input can cost more than its length: lines are bounded, numbers are bounded, nesting ends in an error.
Non-finite numbers are refused when read; on the way out the values are made finite before (see `values`).
"""

from __future__ import annotations

import json
import math
from typing import Any, Iterable, List, Optional

from .errors import BridgeError

LIMIT_STRANGER = 4 * 1024
"""Longest line before authentication: a hello is some 200 bytes."""
LIMIT_CLIENT = 4 * 1024 * 1024
"""Longest line of an authenticated client: about 40,000 notes in one write."""
_LONGEST_NUMBER = 40
"""Digits of a number; int() of megabytes of digits takes minutes on Python 3.7."""


class LineTooLong(Exception):
    """The peer sent more than `limit` bytes without a newline."""


class LineFramer:
    """Cuts a stream of bytes into lines; holds at most `limit` bytes of an unfinished one."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._parts: List[bytes] = []
        self._held = 0

    def feed(self, data: bytes) -> List[bytes]:
        """The lines completed by `data`, without their newline; LineTooLong past the limit.

        The limit may be raised between two lines, so lines are handed out as they were framed.
        """
        lines: List[bytes] = []
        start = 0
        while True:
            end = data.find(b"\n", start)
            piece = data[start:] if end < 0 else data[start:end]
            self._held += len(piece)
            if self._held > self.limit:
                self._parts, self._held = [], 0
                raise LineTooLong(self.limit)
            if end < 0:
                if piece:
                    self._parts.append(piece)
                    if len(self._parts) > 64:
                        self._parts = [b"".join(self._parts)]
                return lines
            self._parts.append(piece)
            lines.append(b"".join(self._parts).rstrip(b"\r"))
            self._parts, self._held = [], 0
            start = end + 1


def _int(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("a number has too many digits")
    return int(text)


def _float(text: str) -> float:
    value = float(text) if len(text) <= 400 else math.inf
    if math.isinf(value):
        raise ValueError("a number is out of range")
    return value


def _constant(text: str) -> Any:
    raise ValueError("{} is not JSON".format(text))


_decoder = json.JSONDecoder(parse_int=_int, parse_float=_float, parse_constant=_constant)
_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"))


def decode(line: bytes) -> Any:
    """The JSON value of a line; BridgeError PARSE_ERROR for anything else."""
    try:
        return _decoder.decode(line.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        text = "nested too deeply" if isinstance(problem, RecursionError) else str(problem)
        raise BridgeError("PARSE_ERROR", "Each line must be one JSON value in UTF-8: {}".format(text[:200]))


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8; ValueError for NaN and Infinity. Lone surrogates become "?"."""
    return _encoder.encode(value).encode("utf-8", "replace")


class Encoded(tuple):  # type: ignore[type-arg]
    """A long tuple with its JSON, made piece by piece: nobody has to encode it in one go."""

    json: bytes

    def __new__(cls, elements: Iterable[Any], json: bytes) -> Encoded:
        made = super().__new__(cls, elements)
        made.json = json
        return made


def request_line(method: str, params: Any) -> bytes:
    """A notification, as a line."""
    return encode({"jsonrpc": "2.0", "method": method, "params": params}) + b"\n"


def notification(method: str, params: bytes) -> bytes:
    """A notification whose parameters are encoded already."""
    return b'{"jsonrpc":"2.0","method":"' + method.encode("ascii") + b'","params":' + params + b"}\n"


def result_line(request: Any, result: bytes) -> bytes:
    """The answer to `request`, its result encoded already."""
    return b'{"jsonrpc":"2.0","id":' + encode(request) + b',"result":' + result + b"}\n"


def error_line(request: Any, error: BridgeError) -> bytes:
    """The error that answers `request` (None when it could not be read)."""
    try:
        body = encode(error.to_json())
    except (TypeError, ValueError):
        body = encode(
            {"code": error.code, "message": error.rule, "data": {"error": error.name, "hint": error.hint}}
        )
    return b'{"jsonrpc":"2.0","id":' + encode(request) + b',"error":' + body + b"}\n"


def finite(value: float) -> Optional[float]:
    """`value`, or None where JSON has no word for it."""
    return value if math.isfinite(value) else None
