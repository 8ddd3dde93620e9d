"""TCP on 127.0.0.1 that never waits: the interface that the pump needs of a transport, and the real implementation.

A listener has `accept() -> connection or None` and `close()`; a connection has `receive() -> bytes` (None: no data
now, b"": closed), `send(data) -> int` (accepted bytes; 0: would wait; -1: closed) and `close()`. A listener may
have `wait(seconds) -> bool`: True as soon as a connection can be read or a new connection arrives. Tests bring
their own transports, without `wait` if time is virtual.
"""

from __future__ import annotations

import selectors
import socket
from typing import Any, Callable, Optional, Union

HOST = "127.0.0.1"
RETRY_S = 2.0
"""Seconds between attempts on a busy port: the sockets of the previous instance are closed by then."""
_CHUNK = 64 * 1024


class TcpConnection:
    """One accepted socket, non-blocking; `selector` watches it until it is closed."""

    def __init__(self, sock: socket.socket, selector: Optional[selectors.BaseSelector] = None) -> None:
        sock.setblocking(False)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            pass
        self._socket = sock
        self._selector = selector
        if selector is not None:
            _watch(selector, sock)

    def receive(self) -> Optional[bytes]:
        try:
            return self._socket.recv(_CHUNK)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def send(self, data: Union[bytes, memoryview]) -> int:
        try:
            return self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            return -1

    def close(self) -> None:
        if self._selector is not None:
            _unwatch(self._selector, self._socket)
        try:
            self._socket.close()
        except OSError:
            pass


def _watch(selector: selectors.BaseSelector, sock: socket.socket) -> None:
    try:
        selector.register(sock, selectors.EVENT_READ)
    except (OSError, ValueError, KeyError):
        # Then this connection cannot end a wait, but the next pump serves it.
        pass


def _unwatch(selector: selectors.BaseSelector, sock: socket.socket) -> None:
    try:
        selector.unregister(sock)
    except (OSError, ValueError, KeyError):
        pass


class TcpListener:
    """Listens on 127.0.0.1; retries a busy port every `RETRY_S`, and logs it once."""

    def __init__(self, port: int, clock: Callable[[], float], log: Callable[[str], None]) -> None:
        self._wanted = port
        self._clock = clock
        self._log = log
        self._socket: Optional[socket.socket] = None
        # The other selectors round timeouts to milliseconds, or up to them.
        self._selector = selectors.SelectSelector()
        self._next_attempt = 0.0
        self._last_problem = ""
        self.port = 0
        self._open()

    def _open(self) -> None:
        self._next_attempt = self._clock() + RETRY_S
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            # Windows lets a second program bind a port that was bound with SO_REUSEADDR.
            exclusive: Any = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
            if exclusive is not None:
                sock.setsockopt(socket.SOL_SOCKET, exclusive, 1)
            else:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((HOST, self._wanted))
            sock.listen(16)
            sock.setblocking(False)
        except OSError as problem:
            sock.close()
            text = "SetMirror cannot listen on {}:{}: {}; trying again".format(HOST, self._wanted, problem)
            if text != self._last_problem:
                self._last_problem = text
                self._log(text)
            return
        self._socket = sock
        _watch(self._selector, sock)
        self._last_problem = ""
        self.port = sock.getsockname()[1]
        self._log("SetMirror listening on {}:{}".format(HOST, self.port))

    def accept(self) -> Optional[TcpConnection]:
        if self._socket is None:
            if self._clock() >= self._next_attempt:
                self._open()
            if self._socket is None:
                return None
        try:
            sock, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionError):
            return None
        except OSError:
            self.close()
            return None
        return TcpConnection(sock, self._selector)

    def wait(self, seconds: float) -> bool:
        """Wait until a connection can be read or a new one comes, at most so long; ValueError past descriptor 1023."""
        return bool(self._selector.select(seconds))

    def close(self) -> None:
        if self._socket is not None:
            _unwatch(self._selector, self._socket)
            try:
                self._socket.close()
            except OSError:
                pass
            self._socket = None
