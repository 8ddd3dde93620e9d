"""The thin shell around `sync`: socket, clock and tasks. Connects again without end, with backoff and jitter.

One task reads and dispatches: a reply goes to its request, a write's progress to its client, every other message to
the state machine, whose effects are carried out in order before the next line is processed. One task writes. A
failed request was either not sent, or may have been executed: `Disconnected.facts["sent"]` says which.
"""

from __future__ import annotations

import logging
import os
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.abc

from remote_script.SetMirror.contract.limits import PORT, REQUEST_BYTES
from remote_script.SetMirror.contract.seal import BadSeal, Session

from . import errors, wire
from .model import WriteProgress
from .sync import Apply, Close, Collect, Effect, Replace, Send, State, Sync, Trust

log = logging.getLogger("setmirror.link")

Connect = Callable[[], Awaitable[anyio.abc.ByteStream]]
Recorder = Callable[[str, bytes], None]

READ_BYTES = 256 * 1024
OUTBOX_BYTES = 16 * 1024 * 1024
"""Requests that the script has not received yet; beyond this limit a request raises Busy."""
CONNECT_S = 5.0
BACKOFF_S = (0.1, 5.0)
"""First and longest pause between two attempts; Live takes about 3 s to open a Set."""
TICK_S = 0.25


def tcp(host: str = "127.0.0.1", port: int = PORT) -> Connect:
    """Connects to the script in Live over TCP."""

    async def connect() -> anyio.abc.ByteStream:
        return await anyio.connect_tcp(host, port)

    return connect


class Request:
    """A running request; `started` is True once a byte of it may have been sent."""

    __slots__ = ("answer", "done", "line", "sealed", "started")

    def __init__(self, line: bytes) -> None:
        self.line = line
        self.sealed = True
        self.started = False
        self.done = anyio.Event()
        self.answer: wire.Message | errors.MirrorError | None = None

    def finish(self, answer: wire.Message | errors.MirrorError) -> None:
        self.answer = answer
        self.done.set()


class Link:
    """Connection to the script; the reading task calls `carry_out` with Collect, Replace and Apply, and `progress`."""

    def __init__(
        self,
        connect: Connect,
        sync: Sync,
        carry_out: Callable[[Effect], None],
        changed: Callable[[], None],
        progress: Callable[[WriteProgress], None],
        *,
        clock: Callable[[], float],
        recorder: Recorder | None = None,
        chance: Callable[[], float] = random.random,
        nonce: Callable[[], str] = lambda: os.urandom(32).hex(),
    ) -> None:
        self.sync = sync
        self.counters: Counter[str] = Counter()
        self.last_problem = ""
        self.recorder = recorder
        self._connect = connect
        self._carry_out = carry_out
        self._changed = changed
        self._progress = progress
        self._clock = clock
        self._chance = chance
        self._nonce = nonce
        self._framer = wire.Framer()
        self._seals: Session | None = None
        self._outbox: deque[Request] = deque()
        self._outbox_bytes = 0
        self._wake = anyio.Event()
        self._pending: dict[int, Request] = {}
        self._number = 0
        self._scope: anyio.CancelScope | None = None
        self._logged: set[str] = set()
        self._failures = 0

    # -- requests ---------------------------------------------------------------------------------

    @property
    def served(self) -> bool:
        """True when requests are accepted: the hello is complete."""
        return self.sync.state not in (State.DISCONNECTED, State.GREETING)

    async def request(self, method: str, params: dict[str, Any]) -> Any:
        """Send the script a request and wait for its reply.

        Raises:
          Disconnected: there is no link, or it was lost meanwhile; `facts["sent"]` says whether the script may have
            the request.
          TooLarge: the request exceeds the script's limit.
          MirrorError: the script's own refusal.
        """
        # A task that is already cancelled sends no request.
        await anyio.lowlevel.checkpoint_if_cancelled()
        if not self.served:
            raise errors.Disconnected("There is no link to Live now", sent=False)
        self._number += 1
        number = self._number
        line = wire.request(number, method, params)
        if len(line) > REQUEST_BYTES:
            raise errors.TooLarge(f"A request may have {REQUEST_BYTES} bytes, got {len(line)}")
        if self._outbox_bytes + len(line) > OUTBOX_BYTES:
            raise errors.Busy("The script accepts no requests now", sent=False)
        asked = Request(line)
        self._pending[number] = asked
        self._post(asked)
        try:
            await asked.done.wait()
        finally:
            if self._pending.pop(number, None) is not None and not asked.started:
                self._withdraw(asked)
        if isinstance(asked.answer, errors.MirrorError):
            raise asked.answer
        assert asked.answer is not None
        if asked.answer.error is not None:
            raise errors.from_wire(asked.answer.error)
        return asked.answer.result

    def _post(self, asked: Request) -> None:
        asked.sealed = self._seals is not None
        self._outbox.append(asked)
        self._outbox_bytes += len(asked.line)
        self._wake.set()

    def _withdraw(self, asked: Request) -> None:
        if asked in self._outbox:
            self._outbox.remove(asked)
            self._outbox_bytes -= len(asked.line)

    # -- connecting --------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep the link connected, until cancelled."""
        while True:
            try:
                with anyio.fail_after(CONNECT_S):
                    stream = await self._connect()
            except (OSError, TimeoutError, anyio.BrokenResourceError, anyio.ClosedResourceError) as problem:
                self.counters["connects failed"] += 1
                self._problem(
                    f"no connection: {problem}" if str(problem) else "the connection was not made in time"
                )
            else:
                self.counters["connects"] += 1
                try:
                    await self._session(stream)
                finally:
                    with anyio.CancelScope(shield=True):
                        await anyio.aclose_forcefully(stream)
            await anyio.sleep(self._pause())

    def _pause(self) -> float:
        """The next pause: doubled up to the longest, with jitter, so that many clients do not reconnect together."""
        first, longest = BACKOFF_S
        pause = min(longest, first * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return pause * (0.5 + self._chance() / 2)

    async def _session(self, stream: anyio.abc.ByteStream) -> None:
        """One connection from hello to its end; raises only on cancellation."""
        self._framer = wire.Framer()
        self._seals = None
        try:
            async with anyio.create_task_group() as tasks:
                self._scope = tasks.cancel_scope
                self._perform(self.sync.connected(self._clock(), self._nonce()))
                tasks.start_soon(self._write, stream)
                tasks.start_soon(self._tick)
                await self._read(stream)
        finally:
            self._scope = None
            self.sync.closed(self._clock(), self.last_problem)
            lost = list(self._pending.values())
            self._outbox.clear()
            self._outbox_bytes = 0
            self._pending.clear()
            for asked in lost:
                asked.finish(
                    errors.Disconnected(
                        f"The link to Live was lost: {self.last_problem}",
                        sent=asked.started,
                        hint=None if asked.started else "nothing was sent; try again",
                    )
                )
            self._changed()

    def close(self, reason: str) -> None:
        """End this connection; `run` opens the next one."""
        self._problem(reason)
        if self._scope is not None:
            self._scope.cancel()

    def _problem(self, reason: str) -> None:
        self.last_problem = reason
        self._changed()
        if reason not in self._logged:
            # Logged once; the counters show how often it happens.
            if len(self._logged) < 1000:
                self._logged.add(reason)
            log.warning("%s", reason)

    # -- the three tasks ---------------------------------------------------------------------------

    async def _read(self, stream: anyio.abc.ByteStream) -> None:
        try:
            while True:
                data = await stream.receive(READ_BYTES)
                self.counters["bytes in"] += len(data)
                self._framer.feed(data)
                while (line := self._framer.next_line()) is not None:
                    self._take(line)
                    if self._scope is None or self._scope.cancel_called:
                        return
        except wire.BadLine as problem:
            self._perform(self.sync.broken(str(problem), self._clock()))
            self.close(str(problem))
        except anyio.EndOfStream:
            self.close(
                self.last_problem if self._scope and self._scope.cancel_called else "Live closed the link"
            )
        except (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError) as problem:
            self.close(f"the link broke: {str(problem) or type(problem).__name__}")

    def _take(self, line: bytes) -> None:
        if not line.strip():
            return
        self.counters["lines in"] += 1
        line = self._opened(line)
        if self.recorder is not None:
            self.recorder("<", line)
        message = wire.decode(line)
        if not message.method and isinstance(message.id, int):
            asked = self._pending.get(message.id)
            if asked is None:
                self.counters["late replies"] += 1
            else:
                asked.finish(message)
            return
        if isinstance(message.params, WriteProgress):
            self._progress(message.params)
            return
        unknown = len(self.sync.unknown)
        self._perform(self.sync.receive(message, self._clock()))
        if len(self.sync.unknown) > unknown:
            log.info("a newer script sends %r, which is ignored", message.method[:60])

    def _opened(self, line: bytes) -> bytes:
        """The message in a line; BadLine when it is not the session's next line."""
        if self._seals is None:
            return line
        try:
            return self._seals.incoming.open(line)
        except BadSeal as problem:
            if self.sync.state is State.GREETING and wire.decode(line).error is not None:
                # A peer that refuses our proof has no session key to seal its refusal with.
                return line
            raise wire.BadLine(str(problem)) from None

    def _perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                asked = Request(wire.request(effect.id, effect.method, effect.params))
                self._post(asked)
            elif isinstance(effect, Close):
                self.close(effect.reason)
            elif isinstance(effect, Trust):
                self._framer.limit = wire.LINE_BYTES
                self._seals = effect.session
            else:
                assert isinstance(effect, Collect | Replace | Apply)
                try:
                    self._carry_out(effect)
                except wire.BadLine:
                    # The contents lack something that the peer sent: only a snapshot can bring it.
                    self.sync.forget()
                    raise
                except Exception:
                    # A bug of the mirror's: the contents cannot be trusted, a snapshot can.
                    self.counters["internal errors"] += 1
                    log.exception("the mirror failed to carry out %s", type(effect).__name__)
                    self.sync.forget()
                    self.close("internal error")
                    return
        if self.sync.state is State.FOLLOWING:
            self._failures = 0
        self._changed()

    async def _write(self, stream: anyio.abc.ByteStream) -> None:
        try:
            while True:
                while not self._outbox:
                    self._wake = anyio.Event()
                    await self._wake.wait()
                asked = self._outbox.popleft()
                self._outbox_bytes -= len(asked.line)
                asked.started = True
                if self.recorder is not None:
                    self.recorder(">", asked.line[:-1])
                line = asked.line
                if asked.sealed:
                    assert self._seals is not None
                    line = self._seals.outgoing.seal(line)
                self.counters["bytes out"] += len(line)
                await stream.send(line)
        except (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError) as problem:
            self.close(f"the link broke: {str(problem) or type(problem).__name__}")

    async def _tick(self) -> None:
        while True:
            await anyio.sleep(TICK_S)
            self._perform(self.sync.tick(self._clock()))
