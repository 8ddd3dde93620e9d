"""Subscriptions to resources: notifies clients in both eras of the protocol, without waiting for a client.

All subscribers of a URI share one watch. It reads a stream of the mirror's notices, makes the body again, and calls the
listeners only if the body differs from the last one. The first notification is sent at once, later ones at most every
50 ms; since a notification only means "read again", the latest state always arrives. Listeners are synchronous.
Sending, which may be slow, runs in a task per client: `Sender` for `resources/subscribe` (up to 2025-11-25), the SDK's
`ListenHandler` for `subscriptions/listen` (from 2026-07-28).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import anyio
import anyio.abc
import mcp_types as types
from mcp.server.subscriptions import (
    ListenHandler,
    ResourcesListChanged,
    ResourceUpdated,
    ServerEvent,
    ToolsListChanged,
)
from mcp.shared.exceptions import MCPError

from mirror import errors

from . import resources
from .clients import caller_of
from .sight import Sight

log = logging.getLogger("setmirror.mcp")

MOST_URIS = 1000
"""The most subscriptions of one client; every matching change makes the body of each again."""
APART_S = 0.05
"""The least seconds between two notifications for one URI; a knob that is turned changes faster than a model reads."""

TOOLS_LIST = "list:tools"
RESOURCES_LIST = "list:resources"
LISTS = (TOOLS_LIST, RESOURCES_LIST)
"""Names that are used like URIs for the lists of tools and resources."""

Listener = Callable[[str], None]
Key = tuple[str, Sight]
"""The key of a watch: a URI and the sight through which its clients see it."""


class Watches:
    """All watched URIs; call `open` once for each subscriber, and `close` when it leaves."""

    def __init__(self, tasks: anyio.abc.TaskGroup, sight: Callable[[str, str], Sight]) -> None:
        self._tasks = tasks
        self._sight = sight
        self._open: dict[tuple[str, str, Listener], Key] = {}
        """(URI, client, listener) → its watch."""
        self._listeners: dict[Key, list[Listener]] = {}
        self._scopes: dict[Key, anyio.CancelScope] = {}

    @property
    def count(self) -> int:
        """The number of present watches."""
        return len(self._scopes)

    def open(self, uri: str, client: str, listener: Listener) -> None:
        """Start to notify `listener` of changes that `client` sees; NotFound if no resource has that address."""
        tool = "get_set" if uri in LISTS else resources.find(uri)[0].tool
        sight = self._sight(tool, client)
        key = (uri, sight)
        self._open[uri, client, listener] = key
        self._listeners.setdefault(key, []).append(listener)
        if key in self._scopes:
            return
        self._scopes[key] = anyio.CancelScope()
        if uri == TOOLS_LIST:
            # The list of tools does not depend on the Set; only `tell` notifies of its changes.
            return
        # The stream is opened before the client gets an answer, so that no change is lost in between.
        stream = sight.reader.subscribe(_patterns(uri), f"resource {uri}")
        self._tasks.start_soon(self._watch, key, stream, _body(key))

    def close(self, uri: str, client: str, listener: Listener) -> None:
        """Stop notifying `listener`."""
        key = self._open.pop((uri, client, listener), None)
        if key is None:
            return
        listeners = self._listeners[key]
        listeners.remove(listener)
        if not listeners:
            del self._listeners[key]
            self._scopes.pop(key).cancel()

    def reopen(self) -> None:
        """Open all watches again after a change of the policy, which may hide or show objects."""
        for uri, client, listener in list(self._open):
            before = self._open[uri, client, listener]
            self.close(uri, client, listener)
            try:
                self.open(uri, client, listener)
            except errors.MirrorError as problem:
                log.info("client %s watches %s no more: %s", client, uri, problem)
            if self._open.get((uri, client, listener)) != before:
                listener(uri)

    def tell(self, uri: str) -> None:
        """Notify all listeners of a URI now."""
        for key in list(self._listeners):
            if key[0] == uri:
                self._tell(key)

    def _tell(self, key: Key) -> None:
        for listener in list(self._listeners.get(key, ())):
            listener(key[0])

    async def _watch(self, key: Key, stream: Any, last: bytes) -> None:
        with self._scopes.get(key) or anyio.CancelScope():
            async with stream:
                async for _ in stream:
                    body = _body(key)
                    if body == last:
                        continue
                    last = body
                    self._tell(key)
                    await anyio.sleep(APART_S)


def _patterns(uri: str) -> list[str]:
    if uri in LISTS:
        return ["song", "tracks/*"]
    kind, text = resources.find(uri)
    return kind.patterns(text)


def _body(key: Key) -> bytes:
    uri, sight = key
    try:
        if uri == RESOURCES_LIST:
            return repr(
                [(resource.uri, resource.title) for resource in resources.listed(sight.reader)]
            ).encode()
        return sight.bodies.body(uri)
    except errors.MirrorError as problem:
        return problem.error.encode()


class Sender:
    """The subscriptions of one connection in the legacy era: its URIs, and the task that sends notifications."""

    def __init__(self, watches: Watches, connection: Any, client: str) -> None:
        self._watches = watches
        self._client = client
        self._connection = connection
        self._waiting: dict[str, None] = {}
        self._more = anyio.Event()
        self._uris: set[str] = set()
        self._scope = anyio.CancelScope()

    def subscribe(self, uri: str) -> None:
        """Subscribe to a URI; repeated calls have no effect."""
        if uri in self._uris:
            return
        if len(self._uris) >= MOST_URIS:
            raise errors.TooLarge(f"A client can subscribe to {MOST_URIS} resources", len(self._uris))
        self._watches.open(uri, self._client, self._hear)
        self._uris.add(uri)

    def unsubscribe(self, uri: str) -> None:
        """End the subscription to a URI, if there is one."""
        if uri in self._uris:
            self._uris.discard(uri)
            self._watches.close(uri, self._client, self._hear)

    @property
    def subscribed(self) -> bool:
        """True if the client has subscribed to a resource; automatic subscriptions to the lists do not count."""
        return not self._uris <= set(LISTS)

    def stop(self) -> None:
        """Stop `run`, because the connection has ended."""
        self._scope.cancel()

    def _hear(self, uri: str) -> None:
        self._waiting[uri] = None
        self._more.set()

    async def run(self) -> None:
        """Send until stopped, or until the client is gone."""
        try:
            with self._scope:
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

    async def _send(self, uri: str) -> None:
        if uri == TOOLS_LIST:
            await self._connection.send_tool_list_changed()
        elif uri == RESOURCES_LIST:
            await self._connection.send_resource_list_changed()
        else:
            await self._connection.send_resource_updated(uri)


class Listening:
    """Subscriptions in the modern era: the SDK's listen handler on a bus to which the watches publish."""

    def __init__(self, watches: Watches) -> None:
        self._watches = watches
        self._handlers: set[ListenHandler] = set()

    async def __call__(self, ctx: Any, params: Any) -> Any:
        asked, client = params.notifications, caller_of(ctx).who
        uris = list(dict.fromkeys(map(str, asked.resource_subscriptions or ())))
        if len(uris) > MOST_URIS:
            raise MCPError(types.INVALID_PARAMS, f"At most {MOST_URIS} resources in one subscription")
        uris += [TOOLS_LIST] * bool(asked.tools_list_changed) + [RESOURCES_LIST] * bool(
            asked.resources_list_changed
        )
        opened: list[str] = []
        bus = _Bus()

        def hear(uri: str) -> None:
            event: ServerEvent = ResourceUpdated(uri=uri)
            if uri in LISTS:
                event = ToolsListChanged() if uri == TOOLS_LIST else ResourcesListChanged()
            bus.publish_now(event)

        handler = ListenHandler(bus)
        self._handlers.add(handler)
        try:
            for uri in uris:
                self._watches.open(uri, client, hear)
                opened.append(uri)
            return await handler(ctx, params)
        except errors.MirrorError as problem:
            raise MCPError(
                types.INVALID_PARAMS, f"{problem.rule}. {problem.hint}", problem.to_json()
            ) from None
        finally:
            self._handlers.discard(handler)
            for uri in opened:
                self._watches.close(uri, client, hear)

    def close(self) -> None:
        """End all streams properly, so that clients get an end of the stream and not a broken connection."""
        for handler in list(self._handlers):
            handler.close()


class _Bus:
    """The bus of one listen stream; only events that this stream asked for are published on it."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[ServerEvent], None]] = []

    async def publish(self, event: ServerEvent) -> None:
        """Publish an event, with the checkpoint that the SDK's buses have."""
        self.publish_now(event)
        await anyio.lowlevel.checkpoint()

    def publish_now(self, event: ServerEvent) -> None:
        """Put the event into the stream's bounded buffer."""
        for listener in list(self._listeners):
            listener(event)

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        """Register a subscription; returns a function that removes it and may be called more than once."""
        self._listeners.append(listener)

        def leave() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return leave
