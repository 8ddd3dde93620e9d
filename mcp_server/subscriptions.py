"""Who watches which resource, and telling them: in both eras of the protocol, without ever waiting for a client.

One watch a URI, shared by all its watchers: a stream of the mirror's notices, the body made anew, and word to the
listeners only when the body differs from the last one. The first word goes at once, further ones at most one in
50 ms; the latest state wins, since a notice says "read again" and nothing else. Listeners are synchronous. What is
slow, the sending, is each client's own task: `Sender` for `resources/subscribe` (up to 2025-11-25), the SDK's
`ListenHandler` for `subscriptions/listen` (from 2026-07-28).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.abc
from mcp.server.subscriptions import ListenHandler, ResourceUpdated, ServerEvent

from mirror import Mirror, errors

from . import resources

log = logging.getLogger("setmirror.mcp")

APART_S = 0.05
"""At most one notice in this time for one URI; a knob being turned changes faster than a model reads."""

Listener = Callable[[str], None]


class Watches:
    """All watched URIs; `open` once for each watcher, `close` when it leaves."""

    def __init__(self, mirror: Mirror, tasks: anyio.abc.TaskGroup) -> None:
        self._mirror = mirror
        self._tasks = tasks
        self._listeners: dict[str, list[Listener]] = {}
        self._scopes: dict[str, anyio.CancelScope] = {}

    @property
    def count(self) -> int:
        """Resources that are watched now."""
        return len(self._scopes)

    def open(self, uri: str, listener: Listener) -> None:
        """Begin to tell `listener` of changes; NotFound when no resource has that address."""
        kind, text = resources.find(uri)
        self._listeners.setdefault(uri, []).append(listener)
        if uri in self._scopes:
            return
        self._scopes[uri] = anyio.CancelScope()
        # The stream is open before anybody is told that it is, so no change falls between.
        stream = self._mirror.subscribe(kind.patterns(text), f"resource {uri}")
        self._tasks.start_soon(self._watch, uri, stream, self._body(uri))

    def close(self, uri: str, listener: Listener) -> None:
        """Tell `listener` no more."""
        held = self._listeners.get(uri, [])
        if listener in held:
            held.remove(listener)
        if not held and uri in self._scopes:
            del self._listeners[uri]
            self._scopes.pop(uri).cancel()

    def _body(self, uri: str) -> bytes:
        try:
            return resources.body(self._mirror, uri)
        except errors.MirrorError as problem:
            return problem.error.encode()

    async def _watch(self, uri: str, stream: Any, last: bytes) -> None:
        with self._scopes.get(uri) or anyio.CancelScope():
            async with stream:
                async for _ in stream:
                    body = self._body(uri)
                    if body == last:
                        continue
                    last = body
                    for listener in list(self._listeners.get(uri, ())):
                        listener(uri)
                    await anyio.sleep(APART_S)


class Sender:
    """The legacy era's subscriptions of one connection: a set of URIs to tell of, and the task that tells."""

    def __init__(self, watches: Watches, send: Callable[[str], Awaitable[None]]) -> None:
        self._watches = watches
        self._send = send
        self._waiting: dict[str, None] = {}
        self._more = anyio.Event()
        self._uris: set[str] = set()

    def subscribe(self, uri: str) -> None:
        """Once or often: it is one subscription."""
        if uri not in self._uris:
            self._watches.open(uri, self._hear)
            self._uris.add(uri)

    def unsubscribe(self, uri: str) -> None:
        """No harm if it never was one."""
        if uri in self._uris:
            self._uris.discard(uri)
            self._watches.close(uri, self._hear)

    def _hear(self, uri: str) -> None:
        self._waiting[uri] = None
        self._more.set()

    async def run(self) -> None:
        """Send until cancelled, or until the client is gone."""
        try:
            while True:
                await self._more.wait()
                self._more = anyio.Event()
                while self._waiting:
                    uri = next(iter(self._waiting))
                    del self._waiting[uri]
                    await self._send(uri)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            log.info("a client with %d subscriptions went away", len(self._uris))
        finally:
            for uri in list(self._uris):
                self.unsubscribe(uri)


class Listening:
    """The modern era: the SDK's listen handler on a bus that the watches feed."""

    def __init__(self, watches: Watches) -> None:
        self._watches = watches

    async def __call__(self, ctx: Any, params: Any) -> Any:
        uris = list(dict.fromkeys(params.notifications.resource_subscriptions or ()))
        opened: list[str] = []

        def hear(uri: str) -> None:
            bus.publish_now(ResourceUpdated(uri=uri))

        bus = _Bus()
        try:
            for uri in uris:
                self._watches.open(str(uri), hear)
                opened.append(str(uri))
            return await ListenHandler(bus)(ctx, params)
        finally:
            for uri in opened:
                self._watches.close(uri, hear)


class _Bus:
    """One listen stream's own bus: what is published is what this stream asked for."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[ServerEvent], None]] = []

    async def publish(self, event: ServerEvent) -> None:
        """As the SDK's buses have it."""
        self.publish_now(event)
        await anyio.lowlevel.checkpoint()

    def publish_now(self, event: ServerEvent) -> None:
        """Hand the event to the stream's own bounded buffer."""
        for listener in list(self._listeners):
            listener(event)

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        """Register; the answer takes it back, any number of times."""
        self._listeners.append(listener)

        def leave() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return leave
