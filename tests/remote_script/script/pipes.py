"""A transport in memory for rare events of sockets (full, disconnected, failed), and a client of the wire."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from remote_script.SetMirror.contract import auth, seal
from remote_script.SetMirror.contract.limits import PROTOCOLS


class Pipe:
    """Both ends of one connection; `room` limits the bytes that the script's end accepts without waiting."""

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
    """A client at its end of a pipe, which sends requests and collects messages."""

    def __init__(self, listener: Listener, room: int = 1 << 30) -> None:
        self.pipe = listener.connect(room)
        self.got: list[dict[str, Any]] = []
        self._next = 0
        self._read = bytearray()
        self.nonce = "5a" * 32
        self.protocols = list(PROTOCOLS)
        self._who = ("agent", "peer")
        self.seals: seal.Session | None = None

    def raw(self, data: bytes) -> None:
        """Send bytes unchanged, in pieces as a socket receives them."""
        for start in range(0, len(data), 65536):
            self.pipe.to_script.append(data[start : start + 65536])

    def line(self, message: bytes) -> None:
        """Send one line, sealed after the session has started."""
        self.raw(message + b"\n" if self.seals is None else self.seals.outgoing.seal(message))

    def ask(self, method: str, **params: Any) -> int:
        self._next += 1
        self.line(
            json.dumps({"jsonrpc": "2.0", "id": self._next, "method": method, "params": params}).encode()
        )
        return self._next

    def take(self) -> list[dict[str, Any]]:
        """The messages since the last call; `got` has all messages."""
        self._read += self.pipe.to_client
        self.pipe.to_client.clear()
        end = self._read.rfind(b"\n") + 1
        lines = bytes(self._read[:end]).split(b"\n")[:-1]
        del self._read[:end]
        messages = [json.loads(self._opened(line), parse_constant=_no_constant) for line in lines]
        self.got += messages
        return messages

    def _opened(self, line: bytes) -> bytes:
        if self.seals is None or line.endswith(b"}"):
            # A client whose proof is refused has no session.
            assert self.seals is None or b'"error"' in line
            return line
        return self.seals.incoming.open(line)

    def reply(self, request: int) -> dict[str, Any] | None:
        self.take()
        for message in self.got:
            if message.get("id") == request and "method" not in message:
                return message
        return None

    def notices(self, method: str) -> list[dict[str, Any]]:
        self.take()
        return [message["params"] for message in self.got if message.get("method") == method]

    def hello(self, role: str = "agent", identity: str = "peer") -> int:
        self._who = (role, identity)
        about = {"name": "peer", "version": "1"}
        more = {"client": about, "nonce": self.nonce, "role": role, "identity": identity}
        return self.ask("bridge.hello", protocols=self.protocols, **more)

    def authenticate(self, hello: int, token: str | None = None) -> int:
        answer = self.reply(hello)
        assert answer is not None
        assert "result" in answer, answer
        theirs = answer["result"]["nonce"]
        key = auth.client_key(token or auth.load_token(), *self._who)
        assert token or answer["result"]["proof"] == auth.script_proof(key, self.nonce, theirs)
        asked = self.ask("bridge.authenticate", proof=auth.client_proof(key, self.nonce, theirs))
        self.seals = seal.client_session(key, self.nonce, theirs)
        return asked


def _no_constant(text: str) -> Any:
    raise AssertionError(f"{text} on the wire")
