"""Checks the program on the bridge's port: whether it is the script and knows our token, and the script's status.

Blocking, standard library only and separate from the mirror's own link, so that `doctor` can report a problem of that
link. No secret is sent: another program on the port learns nothing.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from remote_script.SetMirror.contract import auth, seal
from remote_script.SetMirror.contract.limits import PROTOCOLS

ANSWER_S = 3.0
"""Seconds to wait for an answer; Live's main thread can be busy for a second or two in a menu or while loading."""
IDENTITY = "doctor"
_LINE_LIMIT = 64 << 20
_NOTICES = 10_000
"""The most notices between a request and its answer; a bridge stores fewer batches."""


@dataclass(frozen=True)
class Probe:
    """The result of a check; `outcome` is "nothing" (no listener), "silent", "stranger", "refused" or "script"."""

    outcome: str
    detail: str = ""
    welcome: dict[str, Any] = field(default_factory=dict)
    """The bridge's answer to an authenticated client: epoch, ready, live, script, set."""
    status: dict[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """The bridge answered with an error; the text is the bridge's."""


class Stranger(Exception):
    """The program that answers is not the bridge, or does not know the token."""


class Session:
    """An authenticated connection; one request at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._number = 0
        self._seals: seal.Session | None = None
        self.welcome: dict[str, Any] = {}
        self.notices: list[dict[str, Any]] = []
        """The notices that arrived before answers, in order."""

    def close(self) -> None:
        self._lines.close()

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer to one request.

        Raises:
          Refused: the answer is an error.
          Stranger: the reply is not an answer of the bridge.
          TimeoutError: no answer arrived in time.
        """
        self._send(method, params)
        return self._answer()

    def _send(self, method: str, params: dict[str, Any]) -> None:
        self._number += 1
        request = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        line = json.dumps(request).encode() + b"\n"
        self._connection.sendall(line if self._seals is None else self._seals.outgoing.seal(line))

    def _answer(self) -> dict[str, Any]:
        for _ in range(_NOTICES):
            message = self._next()
            if message.get("id") == self._number and isinstance(message.get("result"), dict):
                result: dict[str, Any] = message["result"]
                return result
            if isinstance(message.get("error"), dict) and message.get("id") in (self._number, None):
                raise Refused(str(message["error"].get("message", message["error"])))
            self.notices.append(message)
        raise Stranger(f"no answer among {_NOTICES} lines")

    def listen(self) -> dict[str, Any]:
        """The next notice."""
        return self.notices.pop(0) if self.notices else self._next()

    def _next(self) -> dict[str, Any]:
        line = self._lines.readline(_LINE_LIMIT)
        if not line:
            raise Stranger("the program there closed the connection")
        try:
            message = json.loads(self._opened(line.rstrip(b"\n")))
        except (ValueError, RecursionError):
            raise Stranger("the program there is not SetMirror") from None
        if not isinstance(message, dict):
            raise Stranger("the program there is not SetMirror")
        return message

    def _opened(self, line: bytes) -> bytes:
        if self._seals is None:
            return line
        try:
            return self._seals.incoming.open(line)
        except seal.BadSeal as problem:
            if not self.welcome and line.endswith(b"}"):
                # The refusal of a proof is not sealed, since the bridge has no session yet.
                return line
            raise Stranger(str(problem)) from None

    def prove(self, token: str, client: str) -> None:
        """Send the hello; afterwards `welcome` is the bridge's answer."""
        key, nonce = auth.client_key(token, auth.PERSON, IDENTITY), auth.new_nonce()
        about = {"name": client, "version": "0"}
        who = {"role": auth.PERSON, "identity": IDENTITY}
        hello = self.ask("bridge.hello", protocols=list(PROTOCOLS), client=about, nonce=nonce, **who)
        theirs = str(hello.get("nonce", ""))
        if not auth.NONCE.match(theirs) or not auth.same(
            auth.script_proof(key, nonce, theirs), hello.get("proof")
        ):
            raise Stranger("the program there does not know the token in this user's folder")
        self._send("bridge.authenticate", {"proof": auth.client_proof(key, nonce, theirs)})
        self._seals = seal.client_session(key, nonce, theirs)
        self.welcome = self._answer()


@contextmanager
def session(port: int, token: str, client: str, *, answer_s: float = ANSWER_S) -> Iterator[Session]:
    """An authenticated connection to the bridge at `port`.

    Raises OSError when nothing listens there, and the errors of `Session.ask`.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=answer_s) as connection:
        made = Session(connection)
        try:
            made.prove(token, client)
            yield made
        finally:
            made.close()


def _status(bridge: Session) -> dict[str, Any]:
    try:
        return bridge.ask("bridge.status")
    except Refused:
        # A replay can answer only the requests that were recorded.
        return {}


def probe(port: int, token: str, *, answer_s: float = ANSWER_S) -> Probe:
    """Check the program at `port`; returns within a few times `answer_s` in every case."""
    try:
        with session(port, token, "setmirror doctor", answer_s=answer_s) as bridge:
            return Probe("script", welcome=bridge.welcome, status=_status(bridge))
    except Refused as problem:
        return Probe("refused", str(problem))
    except Stranger as problem:
        return Probe("stranger", str(problem))
    except TimeoutError:
        return Probe("silent", f"no answer within {answer_s:g} s")
    except ConnectionRefusedError as problem:
        return Probe("nothing", str(problem.strerror))
    except OSError as problem:
        return Probe("stranger", str(problem.strerror or problem))
