"""Finds what a hosted script leaks: listeners, Live's timers, sockets and threads still alive after `disconnect`.

A listener or timer belongs to a script when its function, or the object that the function belongs to, comes from the
script's folder; a socket when it was opened while the script was created; a thread when its function is the script's.
Leaks that cannot be traced to a script are not reported.
"""

from __future__ import annotations

import functools
import gc
import os
import socket
import threading
import weakref
from typing import Any, Iterator, List, Set

DEPTH = 4
"""Number of references that are followed from a callback: slots contain partials of methods of components."""


class Belongings:
    """The sockets, listeners, timers and threads of one script; created before the script."""

    def __init__(self, script: Any) -> None:
        self._script = script
        self._known: Set[int] = (
            {id(connection) for connection in _open_sockets()} if _uses_sockets(script) else set()
        )
        self._opened: List[Any] = []

    def made(self) -> None:
        """Record that the script has been created: sockets opened meanwhile belong to the script."""
        if _uses_sockets(self._script):
            fresh = [connection for connection in _open_sockets() if id(connection) not in self._known]
            self._opened = [weakref.ref(connection) for connection in fresh]

    def left(self, instance: Any) -> List[str]:
        """One phrase for each leftover of the script with this instance."""
        leftovers = [*self._listeners(instance), *self._timers(instance)]
        for reference in self._opened:
            opened = reference()
            if opened is not None and opened.fileno() >= 0:
                leftovers.append("an open socket on %s" % _address(opened))
        for thread in threading.enumerate():
            if self._owns(getattr(thread, "_target", None), instance):
                leftovers.append("a running thread %r" % thread.name)
        return leftovers

    def _listeners(self, instance: Any) -> Iterator[str]:
        live = self._script.live
        for handle in live.listeners():
            reference = handle.listener_self
            owner = reference() if reference is not None else None
            if self._owns(handle.listener_func, instance) or (
                owner is not None and self._owns_object(owner, instance, DEPTH)
            ):
                yield "a listener for %s.%s" % (handle._node.lom, handle.name)

    def _timers(self, instance: Any) -> Iterator[str]:
        for timer in list(self._script.live.timer_class.all_running):
            if self._owns(timer._callback, instance):
                yield "a running timer of %g ms" % round(timer._interval * 1000.0, 1)

    def _owns(self, function: Any, instance: Any, depth: int = DEPTH) -> bool:
        if depth == 0 or function is None:
            return False
        while isinstance(function, functools.partial):
            if any(self._owns_object(argument, instance, depth - 1) for argument in function.args):
                return True
            function = function.func
        holder = getattr(function, "__self__", None)
        if holder is not None and self._owns_object(holder, instance, depth):
            return True
        code = getattr(function, "__code__", None)
        if code is None:
            return holder is None and self._owns_object(function, instance, depth)
        if self._in_folder(code.co_filename):
            return True
        return any(
            self._owns(captured, instance, depth - 1)
            if callable(captured)
            else self._owns_object(captured, instance, depth - 1)
            for captured in _closed_over(function)
        )

    def _owns_object(self, candidate: Any, instance: Any, depth: int) -> bool:
        """True for an object whose class is in the script's folder, and for a part of the script's surface."""
        if candidate is instance or getattr(candidate, "_surface", None) is instance:
            return True
        methods = (member for cls in type(candidate).__mro__ for member in vars(cls).values())
        codes = (getattr(member, "__code__", None) for member in methods)
        if any(code is not None and self._in_folder(code.co_filename) for code in codes):
            return True
        # A slot of the frameworks belongs to the owner of the function that the slot calls.
        listener = getattr(candidate, "_listener", None)
        return depth > 0 and listener is not None and self._owns(listener, instance, depth - 1)

    def _in_folder(self, path: str) -> bool:
        return bool(os.path.abspath(path).startswith(self._script.folder + os.sep))


def _closed_over(function: Any) -> Iterator[Any]:
    for cell in getattr(function, "__closure__", None) or ():
        try:
            yield cell.cell_contents
        except ValueError:
            # The closure's cell is still empty.
            continue


def _uses_sockets(script: Any) -> bool:
    """True when a module of the script has imported `socket`; only then open sockets are searched, which is slow."""
    return any(
        value is socket or value is socket.socket
        for module in list(script.modules.table.values())
        for value in list(vars(module).values())
    )


def _open_sockets() -> List[Any]:
    sockets = (candidate for candidate in gc.get_objects() if isinstance(candidate, socket.socket))
    return [connection for connection in sockets if connection.fileno() >= 0]


def _address(connection: Any) -> str:
    try:
        name = connection.getsockname()
    except OSError:
        return "an unknown address"
    return "%s:%s" % name[:2] if isinstance(name, tuple) else str(name)
