"""An attached listener, as Live's ListenerHandle shows it.

No member of the Object Model returns a ListenerHandle; `HeadlessLive.listeners` does, so that an author sees a
script's listeners, including those that the script did not remove.
"""

from __future__ import annotations

from threading import get_ident
from typing import Any, Iterator

from ..node import Listener, Node
from .boost import Instance
from .handles import BROWSER_CLASSES


class ListenerHandle(Instance):
    """One listener of one object."""

    __slots__ = ("_event", "_listener", "_node")
    _node: Node
    _event: Any
    _listener: Listener

    def __init__(self, *args: Any) -> None:
        raise RuntimeError("This class cannot be instantiated from Python")

    @classmethod
    def of(cls, node: Node, event: Any, listener: Listener) -> Any:
        made = cls.__new__(cls)
        made._node, made._event, made._listener = node, event, listener
        return made

    def _guard(self, name: str) -> None:
        if get_ident() != self._node.doc.main:
            self._node.doc.off_main("ListenerHandle." + name)

    @property
    def name(self) -> str:
        """The event that the listener receives; for `is_view_visible` without the view's name."""
        self._guard("name")
        return str(self._event[0] if isinstance(self._event, tuple) else self._event)

    @property
    def listener_func(self) -> Any:
        """The listener's function; for a bound method the plain function."""
        self._guard("listener_func")
        return self._listener.function

    @property
    def listener_self(self) -> Any:
        """A weak reference to a bound method's self; None for a plain function."""
        self._guard("listener_self")
        return self._listener.owner

    def disconnect(self) -> None:
        """Remove the listener; a second call does nothing (Guess)."""
        self._guard("disconnect")
        mine = (self._node.listeners or {}).get(self._event, [])
        if self._listener in mine:
            mine.remove(self._listener)


ListenerHandle.__module__ = "Listener"
BROWSER_CLASSES["Listener.ListenerHandle"] = ListenerHandle


def listeners_below(root: Node) -> Iterator[Any]:
    """A handle for every living listener of a node and of all nodes below."""
    for node in root.walk():
        for event, mine in (node.listeners or {}).items():
            for listener in mine:
                if listener.alive:
                    yield ListenerHandle.of(node, event, listener)
