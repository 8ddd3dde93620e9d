"""Converts bytes to messages and back: bounded lines, JSON-RPC 2.0, strict JSON.

No input can block Live's main thread: lines, numbers and texts are bounded, deep nesting is an error, and a long
line is parsed in slices. Non-finite numbers are refused in input; outgoing values are made finite earlier (see
`values`).
"""

from __future__ import annotations

import itertools
import json
import math
from json.decoder import WHITESPACE, scanstring  # type: ignore[attr-defined]
from typing import Any, Callable, Generator, Iterable, List, Optional, Tuple

from .contract.errors import BridgeError

SHORT_LINE = 16 * 1024
"""Bytes of a line that is parsed at once, in at most a millisecond."""
LONGEST_TEXT = 256 * 1024
"""Characters of one text in a long line; the longest texts that clients send are pieces of notes."""
VALUES = 100_000
"""Values in one line: all of them are also freed at once."""
CONTAINERS = 20_000
"""Lists and objects among the values: many more would start a full garbage collection in the middle of a turn."""
_DEPTH = 32
_VALUES_A_SLICE = 200
_SPACE = 1024
_LONGEST_NUMBER = 40
"""Digits of a number; int() of megabytes of digits takes minutes on Python 3.7."""


class LineTooLong(Exception):
    """The peer sent more than `limit` bytes without a newline."""


class LineFramer:
    """Splits a stream of bytes into lines; buffers at most `limit` bytes of an unfinished line."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._parts: List[bytes] = []
        self._buffered = 0

    def feed(self, data: bytes) -> List[bytes]:
        """The lines completed by `data`, without their newline; LineTooLong past the limit.

        The limit may be raised between two lines, so the lines are returned one at a time.
        """
        lines: List[bytes] = []
        start = 0
        while True:
            end = data.find(b"\n", start)
            piece = data[start:] if end < 0 else data[start:end]
            self._buffered += len(piece)
            if self._buffered > self.limit:
                self._parts, self._buffered = [], 0
                raise LineTooLong(self.limit)
            if end < 0:
                if piece:
                    self._parts.append(piece)
                    if len(self._parts) > 64:
                        self._parts = [b"".join(self._parts)]
                return lines
            self._parts.append(piece)
            lines.append(b"".join(self._parts).rstrip(b"\r"))
            self._parts, self._buffered = [], 0
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
_quick = json.JSONDecoder(parse_constant=_constant)
"""Thrice as fast, without a function of Python's for each number: for texts without long and infinite numbers."""
_SHAPES = bytes.maketrans(b"123456789E+", b"000000000e-")
_DOUBTFUL = (b"0" * (_LONGEST_NUMBER + 1), b"e0", b"e-")
"""Parts of a line, translated by `_SHAPES`, in which a number may be too long or infinite."""
_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"))
_CONSTANTS = {None: b"null", True: b"true", False: b"false"}


def _encoding() -> Callable[[Any], str]:
    """`_encoder.encode`; where Python has its C encoder, one that is made once and not for every value."""
    make = json.encoder.c_make_encoder  # type: ignore[attr-defined]
    if make is None:
        return _encoder.encode
    chunks = make(None, _encoder.default, json.encoder.encode_basestring, None, ":", ",", False, False, False)
    return lambda value: "".join(chunks(value, 0))


_text_of = _encoding()


def decode(line: bytes) -> Any:
    """The JSON value of a line; BridgeError PARSE_ERROR for invalid input."""
    try:
        shape = line.translate(_SHAPES)
        decoder = _decoder if any(part in shape for part in _DOUBTFUL) else _quick
        return decoder.decode(line.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise _unreadable("nested too deeply" if isinstance(problem, RecursionError) else str(problem))


def _unreadable(reason: str) -> BridgeError:
    return BridgeError("PARSE_ERROR", "Each line must be one JSON value in UTF-8: {}".format(reason[:200]))


def decoding(line: bytes) -> Generator[None, None, Any]:
    """`decode` for a line of any length: yields between slices of bounded work, then returns the value.

    Raises:
      BridgeError: PARSE_ERROR, or TOO_LARGE for more than `VALUES` values or a longer text than `LONGEST_TEXT`.
    """
    if len(line) <= SHORT_LINE:
        return decode(line)
    try:
        return (yield from _read(line.decode("utf-8")))
    except ValueError as problem:
        raise _unreadable(str(problem))


def _read(text: str) -> Generator[None, None, Any]:
    """Parse `text`; an explicit stack for lists and objects allows a pause between any two values."""
    whole: List[Any] = []
    stack: List[Any] = [whole]
    at = containers = 0
    for count in itertools.count(1):
        if count % _VALUES_A_SLICE == 0:
            yield
        around = stack[-1]
        at = _skip(text, at)
        if around is whole and whole:
            break
        if text[at : at + 1] == ("}" if type(around) is dict else "]"):
            stack.pop()
            at += 1
            continue
        if around:
            at = _skip(text, _after(text, at, ","))
        key = None
        if type(around) is dict:
            key, at = _text(text, _after(text, at, '"'))
            at = _skip(text, _after(text, _skip(text, at), ":"))
        value, at = _value(text, at)
        if key is None:
            around.append(value)
        else:
            around[key] = value
        if type(value) in (list, dict):
            containers += 1
            stack.append(value)
            if len(stack) > _DEPTH:
                raise ValueError("nested too deeply")
        if count > VALUES or containers > CONTAINERS:
            rule = "A line may have {} values, {} of them lists and objects"
            raise BridgeError("TOO_LARGE", rule.format(VALUES, CONTAINERS))
        if type(value) is str and len(value) > SHORT_LINE:
            yield
    if at != len(text):
        raise ValueError("more than one value")
    return whole[0]


def _skip(text: str, at: int) -> int:
    match = WHITESPACE.match(text, at, at + _SPACE)
    return match.end() if match is not None else at


def _after(text: str, at: int, char: str) -> int:
    if text[at : at + 1] != char:
        raise ValueError("Expected {!r} at character {}".format(char, at))
    return at + 1


def _value(text: str, at: int) -> Tuple[Any, int]:
    """The value at `at` (a list or an object still empty) and the position after it, or before its first element."""
    char = text[at : at + 1]
    if char == "[":
        return [], at + 1
    if char == "{":
        return {}, at + 1
    if char == '"':
        return _text(text, at + 1)
    value, end = _decoder.raw_decode(text[at : at + 10 * _LONGEST_NUMBER])
    return value, at + end


def _text(text: str, at: int) -> Tuple[str, int]:
    """The text whose opening quote is before `at`; the search for its end stops at the maximum length."""
    for most in (SHORT_LINE, LONGEST_TEXT):
        try:
            decoded, end = scanstring(text[at : at + most], 0, True)
        except ValueError:
            if len(text) - at <= most:
                raise
        else:
            return decoded, at + end
    raise BridgeError("TOO_LARGE", "A text in a line may have {} characters".format(LONGEST_TEXT))


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8; ValueError for NaN and Infinity. Lone surrogates become "?"."""
    kind = type(value)
    # Most values are numbers, for which a call of the encoder costs more than the conversion itself.
    if kind is int or (kind is float and math.isfinite(value)):
        return repr(value).encode("ascii")
    if value is None or kind is bool:
        return _CONSTANTS[value]
    return _text_of(value).encode("utf-8", "replace")


class Encoded(tuple):  # type: ignore[type-arg]
    """A long list as JSON, encoded piece by piece: each item is the JSON of `size` elements in all, without brackets.

    Two such lists are equal if their elements are equal and were cut into equal pieces; only the JSON is kept.
    """

    size: int

    def __new__(cls, pieces: Iterable[bytes], size: int) -> Encoded:
        made = super().__new__(cls, pieces)
        made.size = size
        return made

    @property
    def json(self) -> bytes:
        """The whole list."""
        return b"[" + b",".join(self) + b"]"

    def first(self, most: int) -> List[Any]:
        """The first elements, at least `most` if there are so many; tuples come back as lists."""
        elements: List[Any] = []
        for piece in self:
            if len(elements) >= most:
                break
            elements += elements_of(piece)
        return elements


def length(value: Any) -> int:
    """Number of elements of a list of any kind; 0 for other values."""
    if isinstance(value, Encoded):
        return value.size
    return len(value) if isinstance(value, tuple) else 0


def elements_of(piece: bytes) -> List[Any]:
    """The elements of one piece of an `Encoded`."""
    elements: List[Any] = _quick.decode("[" + piece.decode("utf-8") + "]")
    return elements


def request_line(method: str, params: Any) -> bytes:
    """A request as a line."""
    return encode({"jsonrpc": "2.0", "method": method, "params": params}) + b"\n"


def notification(method: str, params: bytes) -> bytes:
    """A notification whose parameters are already encoded."""
    return b'{"jsonrpc":"2.0","method":"' + method.encode("ascii") + b'","params":' + params + b"}\n"


def result_line(request: Any, result: bytes) -> bytes:
    """The answer to `request`, with an encoded result."""
    return b'{"jsonrpc":"2.0","id":' + encode(request) + b',"result":' + result + b"}\n"


def error_line(request: Any, error: BridgeError) -> bytes:
    """The error that answers `request` (None when the request could not be read)."""
    try:
        body = encode(error.to_json())
    except (TypeError, ValueError):
        body = encode(
            {"code": error.code, "message": error.rule, "data": {"error": error.name, "hint": error.hint}}
        )
    return b'{"jsonrpc":"2.0","id":' + encode(request) + b',"error":' + body + b"}\n"


def finite(value: float) -> Optional[float]:
    """`value`, or None for NaN and Infinity, which JSON does not have."""
    return value if math.isfinite(value) else None
