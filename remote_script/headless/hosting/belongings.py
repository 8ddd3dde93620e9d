"""What a script holds outside itself: listeners in Live, Live's timers, sockets, threads.

They are recorded when the script is switched on and compared when it is switched off: what it leaves behind shows.

A listener or timer is a script's when its function, or the object that the function belongs to, comes from the script's
folder; a socket when it was opened while the script was made; a thread when its function is the script's. What cannot
be traced is not told.
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
"""How far a callback is followed: slots hold partials of methods of components."""


class Belongings:
    """Of one script, from before it is made."""

    def __init__(self, script: Any) -> None:
        self._script = script
        self._known: Set[int] = {id(each) for each in _open_sockets()} if _uses_sockets(script) else set()
        self._opened: List[Any] = []

    def made(self) -> None:
        """The script has been made: what is open now and was not is its."""
        if _uses_sockets(self._script):
            fresh = [each for each in _open_sockets() if id(each) not in self._known]
            self._opened = [weakref.ref(each) for each in fresh]

    def left(self, instance: Any) -> List[str]:
        """What is still there of the script whose instance this was, told in words."""
        told = [*self._listeners(instance), *self._timers(instance)]
        for each in self._opened:
            opened = each()
            if opened is not None and opened.fileno() >= 0:
                told.append("an open socket on %s" % _address(opened))
        for thread in threading.enumerate():
            if self._owns(getattr(thread, "_target", None), instance):
                told.append("a running thread %r" % thread.name)
        return told

    def _listeners(self, instance: Any) -> Iterator[str]:
        live = self._script.live
        for handle in live.listeners():
            owner = handle.listener_self
            held = owner() if owner is not None else None
            if self._owns(handle.listener_func, instance) or (
                held is not None and self._owns_object(held, instance, DEPTH)
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
            if any(self._owns_object(each, instance, depth - 1) for each in function.args):
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
            self._owns(each, instance, depth - 1)
            if callable(each)
            else self._owns_object(each, instance, depth - 1)
            for each in _closed_over(function)
        )

    def _owns_object(self, held: Any, instance: Any, depth: int) -> bool:
        """An object of a class of the script's, or a part of its surface."""
        if held is instance or getattr(held, "_surface", None) is instance:
            return True
        methods = (each for cls in type(held).__mro__ for each in vars(cls).values())
        codes = (getattr(each, "__code__", None) for each in methods)
        if any(code is not None and self._in_folder(code.co_filename) for code in codes):
            return True
        # A slot of the frameworks: what it calls says whose it is.
        listener = getattr(held, "_listener", None)
        return depth > 0 and listener is not None and self._owns(listener, instance, depth - 1)

    def _in_folder(self, path: str) -> bool:
        return bool(os.path.abspath(path).startswith(self._script.folder + os.sep))


def _closed_over(function: Any) -> Iterator[Any]:
    for cell in getattr(function, "__closure__", None) or ():
        try:
            yield cell.cell_contents
        except ValueError:
            # Not filled yet.
            continue


def _uses_sockets(script: Any) -> bool:
    """Whether any module of the script has imported `socket`: looking for open ones is not free."""
    return any(
        value is socket or value is socket.socket
        for module in list(script.modules.table.values())
        for value in list(vars(module).values())
    )


def _open_sockets() -> List[Any]:
    return [each for each in gc.get_objects() if isinstance(each, socket.socket) and each.fileno() >= 0]


def _address(each: Any) -> str:
    try:
        name = each.getsockname()
    except OSError:
        return "an unknown address"
    return "%s:%s" % name[:2] if isinstance(name, tuple) else str(name)
