"""Sends the script the ids of subscribed objects, so that it listens to all of their properties.

The table's `within` names properties to which the script normally attaches no listener, so that it notices their
changes some seconds late. The script attaches these listeners only for the objects on this list: the objects that
subscriptions match, and their single children. The whole list is sent again after changes of the subscriptions, the
Set's structure or the connection, once for many changes.
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
"""The script accepts this many ids per client; changes of further objects are noticed within the table's seconds."""
TOGETHER_S = 0.02
CLASSES = frozenset(
    name for name in schema.CLASSES if any(prop.within_s for prop in schema.properties(name).values())
)

Ask = Callable[[str, dict[str, Any]], Awaitable[Any]]


class Attention:
    """Keeps the script's list equal to the subscriptions.

    `connection()` is a number that differs between connections, 0 while reads do not equal Live.
    """

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
        """Wake `run` when the list may have changed; called after every step."""
        basis = (self._connection(), self._store.epoch, self._store.structure, self._hub.version)
        if basis != self._basis and basis[0]:
            self._basis = basis
            self._changed.set()

    async def run(self) -> None:
        """Send the list whenever it has changed, until cancelled."""
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
            # The script starts a new connection with an empty list.
            return
        try:
            await self._ask("set.attend", {"ids": ids})
        except errors.MirrorError:
            # The link is down, or an older script does not know the method and listens to all properties anyway.
            pass

    def wanted(self) -> set[int]:
        """The ids of matching objects whose class has such properties, at most `MOST`."""
        attended: set[int] = set()
        for stream in self._hub.streams:
            for pattern in stream.patterns:
                for id_ in pattern.meant(self._store):
                    for shown in _shown(self._store, id_):
                        attended.add(shown)
                        if len(attended) == MOST:
                            return attended
        return attended


def _shown(store: Store, id_: int) -> Iterator[int]:
    """An object and all objects below it that are reached through single children."""
    node = store.nodes.get(id_)
    if node is None:
        return
    if node.type in CLASSES:
        yield id_
    for child in node.children.values():
        if isinstance(child, int):
            yield from _shown(store, child)
