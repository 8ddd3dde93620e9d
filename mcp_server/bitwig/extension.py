"""The connection to the extension in Bitwig: JSON-RPC 2.0, one object a line, over TCP on this machine.

One thread owns it. `send` queues a question and returns; `receive` gives its answer to a callback, and never waits.
`ask` waits for its answers, at most `REPLY_S`: then nobody knows what Bitwig did, and the connection is given up. What
was sent before an `ask` is forgotten, since its answer may be older than the change that is asked for.
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
"""For one question that somebody waits for; a mirror takes the bridge for dead after 6 s."""
MEANWHILE_S = 0.5
SILENT_S = 10.0
"""For the answers of one cycle; Bitwig may be busy with a dialog or a large project."""
LINE_BYTES = 16 * 1024 * 1024
AT_ONCE = 32
"""Questions that are sent before the first is answered."""
MOST_WRONG = 20
"""Wrong answers in a row, after which the peer is taken not to speak this protocol."""
UNSUPPORTED = -32001

Question = tuple[str, dict[str, Any]]
Then = Callable[[Any], None]
"""Takes the answer, or a `Wrong` in its place."""


class Lost(Exception):
    """The connection is of no use any more; the text says why."""


class Wrong:
    """In place of an answer: what the extension said instead."""

    def __init__(self, method: str, text: str, code: int | None = None) -> None:
        self.method = method
        self.text = text
        self.code = code

    def refusal(self) -> BridgeError:
        """The refusal that the call waiting for this answer gets."""
        if self.code == UNSUPPORTED:
            return BridgeError("NOT_AVAILABLE", f"Bitwig's extension: {self.text}", hint="nothing was done")
        if self.code is None and self.method not in answers.READS:
            # It was asked to change something, and nobody knows what it did.
            return BridgeError("UNKNOWN_OUTCOME", f"{self.method}: {self.text}")
        return BridgeError("LIVE_REFUSED", f"Bitwig refused {self.method}: {self.text}")


def _readable(connection: Any, writing: bool, seconds: float) -> None:
    """Wait until something has arrived, or can be sent where that is wanted, at most so long."""
    select.select([connection], [connection] if writing else [], [], seconds)


class Extension:
    """See the module; `clock` in seconds, `wait(connection, writing, seconds)` as `_readable`."""

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
        """Called while somebody waits, a few times a second at least: the bridge's clients wait as well."""
        self.counters = {"asked": 0, "answered": 0, "refused": 0, "wrong": 0}
        self.lost = ""
        """Why the connection is given up; "" while it holds."""
        self._ids = itertools.count(1)
        self._pending: dict[int, tuple[str, Then | None]] = {}
        self._since = clock()
        """When the oldest of what is pending was sent, or something was answered last."""
        self._out = b""
        self._partial = b""
        self._wrong_in_a_row = 0
        self._said: set[str] = set()

    @property
    def waiting(self) -> int:
        """How many answers somebody still wants."""
        return sum(then is not None for _, then in self._pending.values())

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()

    # -- without waiting ---------------------------------------------------------------------------

    def send(self, method: str, params: dict[str, Any], then: Then) -> None:
        """Ask; `then` gets the answer in a later `receive`.

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
        """Nobody wants what is pending any more."""
        self._pending = {id_: (method, None) for id_, (method, _) in self._pending.items()}

    def receive(self) -> None:
        """Take what has arrived.

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
        """The answers to questions in this order; all of them are asked, then the first refusal is raised."""
        replies = self.ask_each(questions)
        for reply in replies:
            if isinstance(reply, Wrong):
                raise reply.refusal()
        return replies

    def ask_each(self, questions: Sequence[Question]) -> list[Any]:
        """The answers to questions in this order, a `Wrong` for each that was refused.

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
        """Receive until something is so, at most `REPLY_S` without any answer."""
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
            self._strange("a line that answers nothing that was asked")
            return
        self._since = self.clock()
        self.counters["answered"] += 1
        answer = self._judged(method, reply)
        if then is not None:
            then(answer)

    def _judged(self, method: str, reply: dict[str, Any]) -> Any:
        """The answer as its shape, or what is wrong with it."""
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
