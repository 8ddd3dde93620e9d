"""The connection to the extension in Bitwig: JSON-RPC 2.0, one object a line, over TCP on this machine.

One thread owns it. `send` queues a question and returns; `receive` passes its answer to a callback, and never waits.
`ask` waits for its answers, at most `REPLY_S`: after that it is unknown what Bitwig did, and the connection is closed.
Answers to questions that were sent before an `ask` are ignored, since they may be older than the change.
"""

from __future__ import annotations

import itertools
import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from remote_script.SetMirror.contract.errors import BridgeError

from . import answers

PORT = 8181
CONNECT_S = 2.0
REPLY_S = 2.0
"""The longest wait for one answer in `ask`; a mirror closes a silent connection to the bridge after 6 s."""
MEANWHILE_S = 0.5
SILENT_S = 10.0
"""The longest wait for the answers of one cycle; Bitwig may be busy with a dialog or a large project."""
LINE_BYTES = 16 * 1024 * 1024
AT_ONCE = 32
"""The most questions that are sent before the first answer."""
MOST_WRONG = 20
"""The number of wrong answers in a row after which the program on the port counts as speaking another protocol."""
UNSUPPORTED = -32001

Question = tuple[str, dict[str, Any]]
Then = Callable[[Any], None]
"""A callback that gets the answer, or a `Wrong` instead."""


class Lost(Exception):
    """The connection cannot be used any more; the text says why."""


class Wrong:
    """A refusal or a wrong answer of the extension, in place of an answer."""

    def __init__(self, method: str, text: str, code: int | None = None) -> None:
        self.method = method
        self.text = text
        self.code = code

    def refusal(self) -> BridgeError:
        """The refusal that the call waiting for this answer gets."""
        if self.code == UNSUPPORTED:
            return BridgeError("NOT_AVAILABLE", f"Bitwig's extension: {self.text}", hint="nothing was done")
        if self.code is None and self.method not in answers.READS:
            # The method changes something, and it is unknown whether the extension did it.
            return BridgeError("UNKNOWN_OUTCOME", f"{self.method}: {self.text}")
        return BridgeError("LIVE_REFUSED", f"Bitwig refused {self.method}: {self.text}")


def _readable(connection: Any, writing: bool, seconds: float) -> None:
    """Wait until data has arrived, or can be sent if `writing`, for at most `seconds`."""
    select.select([connection], [connection] if writing else [], [], seconds)


class Extension:
    """The connection to the extension; `clock` returns seconds, `wait` has the arguments of `_readable`."""

    def __init__(
        self,
        connection: Any,
        clock: Callable[[], float] = time.monotonic,
        log: Callable[[str], None] = lambda text: None,
        wait: Callable[[Any, bool, float], None] = _readable,
    ) -> None:
        connection.setblocking(False)
        self._socket = connection
        self.clock = clock
        self.log = log
        self._wait = wait
        self.meanwhile: Callable[[], None] = lambda: None
        """Called at least twice a second while `ask` waits, since the bridge's clients wait as well."""
        self.counters = {"asked": 0, "answered": 0, "refused": 0, "wrong": 0}
        self.lost = ""
        """Why the connection was closed; "" while it is open."""
        self._ids = itertools.count(1)
        self._pending: dict[int, tuple[str, Then | None]] = {}
        self._since = clock()
        """The time of the last answer, or when the oldest pending question was sent."""
        self._out = b""
        self._partial = b""
        self._wrong_in_a_row = 0
        self._said: set[str] = set()

    @property
    def waiting(self) -> int:
        """The number of pending answers that have a callback."""
        return sum(then is not None for _, then in self._pending.values())

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    # -- without waiting ---------------------------------------------------------------------------

    def send(self, method: str, params: dict[str, Any], then: Then) -> None:
        """Send a question; a later `receive` passes its answer to `then`.

        Raises:
          Lost: the connection broke.
        """
        self._check()
        if not self._pending:
            self._since = self.clock()
        id_ = next(self._ids)
        self._pending[id_] = (method, then)
        self.counters["asked"] += 1
        request = {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}
        self._out += msgspec.json.encode(request) + b"\n"
        self._flush()

    def forget(self) -> None:
        """Remove the callbacks of all pending questions."""
        self._pending = {id_: (method, None) for id_, (method, _) in self._pending.items()}

    def receive(self) -> None:
        """Read the data that has arrived and call the callbacks of its answers.

        Raises:
          Lost: the connection broke, or nothing was answered for `SILENT_S`.
        """
        self._check()
        self._flush()
        self._take()
        if self._pending and self.clock() - self._since > SILENT_S:
            self._lose(f"Bitwig's extension did not answer for {SILENT_S:.0f} s")

    # -- waiting -----------------------------------------------------------------------------------

    def ask(self, method: str, **params: Any) -> Any:
        """The answer to one question.

        Raises:
          BridgeError: Bitwig refused it, or did not answer in time.
          Lost: the connection had broken before.
        """
        return self.ask_all([(method, params)])[0]

    def ask_all(self, questions: Sequence[Question]) -> list[Any]:
        """The answers to questions in this order; all questions are sent before the first refusal is raised."""
        replies = self.ask_each(questions)
        for reply in replies:
            if isinstance(reply, Wrong):
                raise reply.refusal()
        return replies

    def ask_each(self, questions: Sequence[Question]) -> list[Any]:
        """The answers to questions in this order, a `Wrong` for each refused question.

        Raises:
          BridgeError: UNKNOWN_OUTCOME, the connection was lost.
        """
        self.forget()
        replies: list[Any] = [None] * len(questions)
        done = 0

        def take(number: int) -> Then:
            def then(answer: Any) -> None:
                nonlocal done
                replies[number] = answer
                done += 1

            return then

        try:
            for number, (method, params) in enumerate(questions):
                self._until(lambda number=number: number - done < AT_ONCE, method)  # type: ignore[misc]
                self.send(method, params, take(number))
            self._until(lambda: done == len(questions), questions[-1][0] if questions else "")
        except Lost as problem:
            raise BridgeError(
                "UNKNOWN_OUTCOME", str(problem), hint="SetMirror connects again; read the Set, then decide"
            ) from None
        return replies

    def _until(self, reached: Callable[[], bool], method: str) -> None:
        """Receive until `reached` is true, at most `REPLY_S` without an answer."""
        answered, until = self.counters["answered"], self.clock() + REPLY_S
        while not reached():
            left = until - self.clock()
            if left <= 0:
                self._lose(f"Bitwig's extension did not answer {method} within {REPLY_S:.0f} s")
            self._wait(self._socket, bool(self._out), min(left, MEANWHILE_S))
            self.meanwhile()
            self._flush()
            self._take()
            if self.counters["answered"] != answered:
                answered, until = self.counters["answered"], self.clock() + REPLY_S

    # -- the socket --------------------------------------------------------------------------------

    def _check(self) -> None:
        if self.lost:
            raise Lost(self.lost)

    def _lose(self, why: str) -> None:
        self.lost = why
        self._pending.clear()
        self.close()
        raise Lost(why)

    def _flush(self) -> None:
        while self._out:
            try:
                self._out = self._out[self._socket.send(self._out) :]
            except (BlockingIOError, InterruptedError):
                return
            except OSError as problem:
                self._lose(f"the connection to Bitwig's extension broke: {problem}")

    def _take(self) -> None:
        while True:
            try:
                data = self._socket.recv(1 << 18)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as problem:
                self._lose(f"the connection to Bitwig's extension broke: {problem}")
            if not data:
                self._lose("Bitwig's extension closed the connection")
            *lines, self._partial = (self._partial + data).split(b"\n")
            for line in lines:
                if line.strip():
                    self._answer(line)
            if len(self._partial) > LINE_BYTES:
                self._lose(f"Bitwig's extension sent a line of more than {LINE_BYTES} bytes")

    def _answer(self, line: bytes) -> None:
        try:
            reply = msgspec.json.decode(line)
            id_ = reply["id"]
            method, then = self._pending.pop(id_)
        except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
            self._strange("a line that answers no question")
            return
        self._since = self.clock()
        self.counters["answered"] += 1
        answer = self._judged(method, reply)
        if then is not None:
            then(answer)

    def _judged(self, method: str, reply: dict[str, Any]) -> Any:
        """The answer as its shape, or a `Wrong`."""
        error = reply.get("error")
        if isinstance(error, dict):
            self.counters["refused"] += 1
            code = error.get("code")
            text = str(error.get("message"))[:400]
            return Wrong(method, text, code if isinstance(code, int) else None)
        try:
            answer = answers.read(method, reply.get("result"))
        except (ValueError, RecursionError) as problem:
            self._strange(f"to {method} something else than the protocol's document says: {problem}")
            return Wrong(method, f"it answered something else than the protocol's document says: {problem}")
        self._wrong_in_a_row = 0
        return answer

    def _strange(self, what: str) -> None:
        self.counters["wrong"] += 1
        self._wrong_in_a_row += 1
        if what not in self._said and len(self._said) < 50:
            self._said.add(what)
            self.log(f"Bitwig's extension sent {what}")
        if self._wrong_in_a_row >= MOST_WRONG:
            self._lose(
                f"Bitwig's extension answered wrongly {MOST_WRONG} times in a row; the last was {what}"
            )


def connect(port: int, log: Callable[[str], None]) -> Extension:
    """A connection to the extension on 127.0.0.1.

    Raises:
      OSError: nothing listens there.
    """
    connection = socket.create_connection(("127.0.0.1", port), CONNECT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Extension(connection, log=log)
