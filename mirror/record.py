"""Records the wire as NDJSON, both directions, and replays a recording as if it were Live.

A line is `{"t": seconds since the start, "dir": "<" from Live or ">" to Live, "line": the message}`; proofs and
nonces are omitted. To the mirror a `Replay` looks like Live: it authenticates with the real token, answers a
request with the recorded result for that method, and sends every notice after its recorded delay.
"""

from __future__ import annotations

import logging
import math
import os
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import anyio
import anyio.abc
import msgspec

from remote_script.SetMirror.contract import auth
from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.contract.limits import PROTOCOLS, REQUEST_BYTES, STRANGER_BYTES
from remote_script.SetMirror.contract.seal import Session, script_session

from . import errors, wire

log = logging.getLogger("setmirror.record")

FILE_BYTES = 1024 * 1024 * 1024
"""A recording ends at this size, with a line in the log; a night of work fits."""
_SECRETS = ("nonce", "proof")
_ASKED_BY_SYNC = ("set.snapshot", "set.watch")


class Recorder:
    """The `recorder` argument of `open_mirror`; a context manager that closes its file."""

    def __init__(
        self, path: Path | str, *, clock: Callable[[], float] = time.monotonic, most_bytes: int = FILE_BYTES
    ) -> None:
        self.path = Path(path)
        self.lines = 0
        self._clock = clock
        self._began = clock()
        self._left = most_bytes
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file: IO[bytes] | None = open(handle, "wb", buffering=1 << 20)  # noqa: SIM115

    def __call__(self, direction: str, line: bytes) -> None:
        """Record one line; never raises for an error of the disk."""
        if self._file is None:
            return
        entry = {"t": round(self._clock() - self._began, 6), "dir": direction, **_body(line)}
        text = wire.encode(entry) + b"\n"
        self._left -= len(text)
        if self._left < 0:
            log.warning("the recording %s is full", self.path)
            self.close()
            return
        try:
            self._file.write(text)
            self.lines += 1
        except OSError as problem:
            log.warning("the recording %s ends: %s", self.path, problem)
            self.close()

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as problem:
                log.warning("the end of the recording %s is lost: %s", self.path, problem)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _body(line: bytes) -> dict[str, Any]:
    """The message as JSON, or as text when it is not JSON."""
    if len(line) < STRANGER_BYTES and any(f'"{name}"'.encode() in line for name in _SECRETS):
        try:
            message = msgspec.json.decode(line)
            for part in ("params", "result"):
                if isinstance(message, dict) and isinstance(message.get(part), dict):
                    message[part] = {n: v for n, v in message[part].items() if n not in _SECRETS}
            return {"line": message}
        except (ValueError, RecursionError):
            return {"text": ""}
    try:
        wire.decode(line)
        return {"line": msgspec.Raw(line)}
    except wire.BadLine:
        pass
    try:
        # The mirror's own request, which is not a message of the script.
        msgspec.json.decode(line)
        return {"line": msgspec.Raw(line)}
    except (ValueError, RecursionError):
        return {"text": line[:1000].decode("utf-8", "replace")}


class _Line(msgspec.Struct):
    t: float
    dir: str
    line: dict[str, Any] | None = None
    text: str = ""


class _Step(msgspec.Struct):
    """One message from Live in a replay; `method` is the request that it answers, "" for a notice."""

    after_s: float
    method: str
    message: dict[str, Any]

    @property
    def needs(self) -> str:
        """The method that the mirror must have requested before this message can be sent."""
        return "set.snapshot" if self.message.get("method") == "set.objects" else self.method


class Replay:
    """A recorded Live. Pass `connect` to `open_mirror`; every connection plays the next recorded connection.

    Args:
      token: The token that the mirror uses.
      speed: 1.0 is the recorded speed, 2.0 twice as fast; `math.inf` as fast as the mirror receives.

    Raises:
      InvalidValue: the file is not a recording.
    """

    def __init__(self, path: Path | str, token: str, *, speed: float = math.inf) -> None:
        if not speed > 0:
            raise errors.InvalidValue(f"`speed` must be above 0, got {speed}", str(speed))
        self.token = token
        self.speed = speed
        self.sessions = _sessions(Path(path))
        self.played = 0

    @property
    def finished(self) -> bool:
        """True when every recorded message has been sent."""
        return self.played >= len(self.sessions) and all(not session.steps for session in self.sessions)

    async def connect(self) -> anyio.abc.ByteStream:
        await anyio.lowlevel.checkpoint()
        if self.played >= len(self.sessions):
            raise ConnectionRefusedError("the recording is over")
        session = self.sessions[self.played]
        self.played += 1
        return _Stream(self, session, last=self.played == len(self.sessions))

    def again(self, number: int = 0) -> anyio.abc.ByteStream:
        """A recorded connection from its start, however often it was played; it never ends by itself.

        Args:
          number: Index of the connection, from 0, in the order of the recording.

        Raises:
          InvalidValue: there are fewer connections.
        """
        if not 0 <= number < len(self.sessions):
            raise errors.InvalidValue(
                f"The recording holds {len(self.sessions)} connections, there is none at {number}",
                str(number),
            )
        return _Stream(self, self.sessions[number].copy(), last=True)


class _Session:
    """One recorded connection."""

    def __init__(self) -> None:
        self.hello: dict[str, Any] = {"protocol": 2}
        self.welcome: dict[str, Any] | None = None
        self.steps: deque[_Step] = deque()
        self.answers: dict[bytes, dict[str, Any]] = {}
        """The last recorded answer by method and params, for requests that `sync` did not make."""

    def copy(self) -> _Session:
        """A copy with its own steps, since playing consumes them."""
        made = _Session()
        made.hello, made.welcome, made.answers = self.hello, self.welcome, self.answers
        made.steps = deque(self.steps)
        return made


def _sessions(path: Path) -> list[_Session]:
    sessions: list[_Session] = []
    asked: dict[Any, tuple[str, bytes]] = {}
    said_at = 0.0
    decoder = msgspec.json.Decoder(_Line)
    with open(path, "rb") as file:
        for number, text in enumerate(file, 1):
            try:
                recorded = decoder.decode(text)
            except (ValueError, RecursionError) as problem:
                raise errors.InvalidValue(
                    f"{path} is no recording: line {number}: {problem}",
                    hint="record one with `setmirror record`",
                ) from None
            message = recorded.line
            if message is None:
                continue
            if recorded.dir == ">":
                method = str(message.get("method", ""))
                if method == "bridge.hello":
                    sessions.append(_Session())
                    asked = {}
                    said_at = recorded.t
                asked[message.get("id")] = (method, _key(method, message.get("params")))
            elif sessions:
                method, key = (
                    asked.get(message.get("id"), ("", b"")) if "method" not in message else ("", b"")
                )
                session = sessions[-1]
                result = message.get("result")
                if method == "bridge.hello" and isinstance(result, dict):
                    session.hello = result
                elif method == "bridge.authenticate" and isinstance(result, dict):
                    session.welcome = result
                elif "method" in message or method in _ASKED_BY_SYNC:
                    session.steps.append(_Step(max(0.0, recorded.t - said_at), method, message))
                elif method:
                    session.answers[key] = message
                said_at = recorded.t
    sessions = [session for session in sessions if session.welcome is not None]
    if not sessions:
        raise errors.InvalidValue(f"{path} holds no session of a mirror with Live")
    return sessions


def _key(method: str, params: Any) -> bytes:
    return method.encode() + wire.encode(params)


class _Stream(anyio.abc.ByteStream):
    """The peer's end of a replay; creates the next message when the mirror receives, so it needs no task."""

    def __init__(self, replay: Replay, session: _Session, last: bool) -> None:
        self._replay = replay
        self._session = session
        self._last = last
        self._out: deque[bytes] = deque()
        self._open: dict[str, deque[Any]] = {}
        self._snapshot: Any = None
        self._framer = wire.Framer(REQUEST_BYTES)
        self._arrived = anyio.Event()
        self._key = ""
        self._nonces = ("", "")
        self._seals: Session | None = None
        self._closed = False
        self._last_notice: dict[str, Any] = {}

    async def send(self, item: bytes) -> None:
        await anyio.lowlevel.checkpoint()
        self._framer.feed(bytes(item))
        while (line := self._framer.next_line()) is not None:
            self._take(msgspec.json.decode(line if self._seals is None else self._seals.incoming.open(line)))
        self._arrived.set()

    def _take(self, message: dict[str, Any]) -> None:
        method, id_, params = message["method"], message["id"], message["params"]
        session = self._session
        if method == "bridge.hello":
            self._key = auth.client_key(self._replay.token, params["role"], params["identity"])
            self._nonces = (params["nonce"], auth.new_nonce())
            proven = {"nonce": self._nonces[1], "proof": auth.script_proof(self._key, *self._nonces)}
            self._say({"id": id_, "result": {**session.hello, "protocol": PROTOCOLS[-1], **proven}})
        elif method == "bridge.authenticate":
            if not auth.same(auth.client_proof(self._key, *self._nonces), params["proof"]):
                self._refuse(id_, BridgeError("UNAUTHENTICATED", "The proof does not match the token"))
                return
            self._seals = script_session(self._key, *self._nonces)
            self._say({"id": id_, "result": session.welcome})
        elif method in _ASKED_BY_SYNC:
            self._open.setdefault(method, deque()).append(id_)
            if method == "set.snapshot":
                self._snapshot = id_
        else:
            known = session.answers.get(_key(method, params))
            if known is not None:
                self._say({**known, "id": id_})
            elif method.startswith("write."):
                self._refuse(id_, BridgeError("DENIED", "A replay cannot be changed"))
            else:
                self._refuse(id_, BridgeError("NOT_AVAILABLE", "This was not asked when it was recorded"))

    def _say(self, message: dict[str, Any]) -> None:
        line = wire.encode({"jsonrpc": "2.0", **message}) + b"\n"
        self._out.append(line if self._seals is None else self._seals.outgoing.seal(line))

    def _refuse(self, id_: Any, problem: BridgeError) -> None:
        self._say({"id": id_, "error": problem.to_json()})

    async def receive(self, max_bytes: int = 65536) -> bytes:
        await anyio.lowlevel.checkpoint()
        while not self._out:
            if self._closed:
                raise anyio.ClosedResourceError
            await self._next()
        data = self._out.popleft()
        if len(data) > max_bytes:
            self._out.appendleft(data[max_bytes:])
        return data[:max_bytes]

    async def _next(self) -> None:
        """Wait for a request or for the time of the next recorded message, whichever comes first."""
        self._arrived = anyio.Event()
        steps = self._session.steps
        needed = steps[0].needs if steps else ""
        if self._seals is None or (needed and not self._open.get(needed)):
            await self._arrived.wait()
            return
        if not steps:
            if not self._last:
                raise anyio.EndOfStream
            # The recording is over: heartbeats with the last revision keep the mirror synced.
            with anyio.move_on_after(2.0):
                await self._arrived.wait()
                return
            if self._last_notice:
                self._say({"method": "bridge.heartbeat", "params": self._last_notice})
            return
        step = steps[0]
        with anyio.move_on_after(step.after_s / self._replay.speed):
            await self._arrived.wait()
            return
        steps.popleft()
        message = dict(step.message)
        if step.method:
            message["id"] = self._open[step.method].popleft()
        params = message.get("params")
        result = message.get("result")
        if message.get("method") == "set.objects" and isinstance(params, dict):
            message["params"] = {**params, "snapshot": self._snapshot}
        for payload in (params, result):
            if isinstance(payload, dict) and "epoch" in payload and "revision" in payload:
                self._last_notice = {"epoch": payload["epoch"], "revision": payload["revision"]}
        message.pop("jsonrpc", None)
        self._say(message)

    async def aclose(self) -> None:
        await anyio.lowlevel.checkpoint()
        self._closed = True
        self._arrived.set()

    async def send_eof(self) -> None:
        await self.aclose()
