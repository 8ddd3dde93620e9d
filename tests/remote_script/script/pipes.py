"""A transport in memory, made for what sockets do seldom: fill up, cut, fail; and a client of the wire."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from remote_script.SetMirror import auth


class Pipe:
    """Both ends of one connection; `room` bounds what the script's end takes before it would have to wait."""

    def __init__(self, room: int = 1 << 30) -> None:
        self.room = room
        self.to_script: deque[bytes] = deque()
        self.to_client = bytearray()
        self.closed_by_script = False
        self.closed_by_client = False
        self.failing = False

    # the script's end

    def receive(self) -> bytes | None:
        if self.failing:
            return b""
        if self.to_script:
            return self.to_script.popleft()
        return b"" if self.closed_by_client else None

    def send(self, data: Any) -> int:
        if self.failing or self.closed_by_client:
            return -1
        count = min(len(data), self.room - len(self.to_client))
        self.to_client += bytes(data[:count])
        return max(0, count)

    def close(self) -> None:
        self.closed_by_script = True


class Listener:
    """Hands out the pipes that clients open."""

    def __init__(self) -> None:
        self.waiting: deque[Pipe] = deque()
        self.closed = False

    def accept(self) -> Pipe | None:
        return self.waiting.popleft() if self.waiting else None

    def close(self) -> None:
        self.closed = True

    def connect(self, room: int = 1 << 30) -> Pipe:
        pipe = Pipe(room)
        self.waiting.append(pipe)
        return pipe


class Peer:
    """A client at its end of a pipe: sends requests, collects what comes."""

    def __init__(self, listener: Listener, room: int = 1 << 30) -> None:
        self.pipe = listener.connect(room)
        self.got: list[dict[str, Any]] = []
        self._next = 0
        self._read = bytearray()
        self._nonce = "5a" * 32

    def raw(self, data: bytes) -> None:
        self.pipe.to_script.append(data)

    def ask(self, method: str, **params: Any) -> int:
        self._next += 1
        self.raw(
            json.dumps({"jsonrpc": "2.0", "id": self._next, "method": method, "params": params}).encode()
            + b"\n"
        )
        return self._next

    def take(self) -> list[dict[str, Any]]:
        """The messages that came since; they are kept in `got` as well."""
        self._read += self.pipe.to_client
        self.pipe.to_client.clear()
        end = self._read.rfind(b"\n") + 1
        lines = bytes(self._read[:end]).split(b"\n")[:-1]
        del self._read[:end]
        found = [json.loads(line, parse_constant=_no_constant) for line in lines]
        self.got += found
        return found

    def reply(self, request: int) -> dict[str, Any] | None:
        self.take()
        for message in self.got:
            if message.get("id") == request and "method" not in message:
                return message
        return None

    def notices(self, method: str) -> list[dict[str, Any]]:
        self.take()
        return [message["params"] for message in self.got if message.get("method") == method]

    def hello(self) -> int:
        return self.ask(
            "bridge.hello", protocols=[1], client={"name": "peer", "version": "1"}, nonce=self._nonce
        )

    def authenticate(self, hello: int, token: str | None = None) -> int:
        answer = self.reply(hello)
        assert answer is not None
        assert "result" in answer, answer
        theirs = answer["result"]["nonce"]
        known = token or auth.load_token()
        assert token or answer["result"]["proof"] == auth.script_proof(known, self._nonce, theirs)
        return self.ask("bridge.authenticate", proof=auth.client_proof(known, self._nonce, theirs))


def _no_constant(text: str) -> Any:
    raise AssertionError(f"{text} on the wire")
