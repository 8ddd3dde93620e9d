"""Tells the script which objects subscribers look at, so that it hears at once even of what hardly ever changes.

The table's `within` names properties for which the script attaches no listener at rest: it notices their changes some
seconds late. For the objects that subscriptions mean, with what they show, it attaches the listeners as well. The
whole list is sent again when subscriptions, the structure of the Set or the connection changed, once for many changes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio

from remote_script.SetMirror.contract import schema

from . import errors
from .store import Store
from .subscriptions import Hub

MOST = 1000
"""As many as the script takes of one client; for more, the seconds of the table hold."""
TOGETHER_S = 0.02
CLASSES = frozenset(
    name for name in schema.CLASSES if any(prop.within_s for prop in schema.properties(name).values())
)

Ask = Callable[[str, dict[str, Any]], Awaitable[Any]]


class Attention:
    """`connection()` is a number that is another for each connection, 0 while reads do not equal Live."""

    def __init__(self, store: Store, hub: Hub, ask: Ask, connection: Callable[[], int]) -> None:
        self._store = store
        self._hub = hub
        self._ask = ask
        self._connection = connection
        self._sent: tuple[int, str, list[int]] = (0, "", [])
        """Connection, epoch and ids of the last list that the script has."""
        self._basis: tuple[Any, ...] = ()
        self._changed = anyio.Event()

    def look(self) -> None:
        """Something moved; cheap where it is nothing of concern."""
        basis = (self._connection(), self._store.epoch, self._store.structure, self._hub.version)
        if basis != self._basis and basis[0]:
            self._basis = basis
            self._changed.set()

    async def run(self) -> None:
        """Send the list whenever it is another one."""
        while True:
            await self._changed.wait()
            await anyio.sleep(TOGETHER_S)
            self._changed = anyio.Event()
            await self._send()

    async def _send(self) -> None:
        connection, epoch = self._connection(), self._store.epoch
        ids = sorted(self.wanted())
        if not connection or self._sent == (connection, epoch, ids):
            return
        known = self._sent[:2] == (connection, epoch)
        self._sent = (connection, epoch, ids)
        if not ids and not known:
            # A new connection attends to nothing.
            return
        try:
            await self._ask("set.attend", {"ids": ids})
        except errors.MirrorError:
            # No link any more, or an older script, which has all listeners at rest.
            pass

    def wanted(self) -> set[int]:
        """The objects with such properties that subscriptions mean, at most `MOST`."""
        found: set[int] = set()
        for stream in self._hub.streams:
            for pattern in stream.patterns:
                for id_ in pattern.meant(self._store):
                    for shown in _shown(self._store, id_):
                        found.add(shown)
                        if len(found) == MOST:
                            return found
        return found


def _shown(store: Store, id_: int) -> Iterator[int]:
    """An object and what it shows: single children, theirs too."""
    node = store.nodes.get(id_)
    if node is None:
        return
    if node.type in CLASSES:
        yield id_
    for held in node.children.values():
        if isinstance(held, int):
            yield from _shown(store, held)
