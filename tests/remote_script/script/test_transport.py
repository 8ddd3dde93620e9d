"""Real sockets on 127.0.0.1, without blocking."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from remote_script.SetMirror.transport import RETRY_S, TcpListener


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def until(what: Callable[[], Any]) -> Any:
    """Poll until there is an answer; the kernel delivers loopback data within some polls."""
    for _ in range(100_000):
        found = what()
        if found is not None:
            return found
    raise AssertionError("nothing came")


def test_bytes_are_exchanged_both_ways_and_the_end_is_detected() -> None:
    logged: list[str] = []
    listener = TcpListener(0, Clock(), logged.append)
    assert logged == [f"SetMirror listening on 127.0.0.1:{listener.port}"]
    assert listener.accept() is None
    client = socket.create_connection(("127.0.0.1", listener.port), timeout=5)
    connection = until(listener.accept)
    assert connection.receive() is None
    client.sendall(b"hello\n")
    assert until(connection.receive) == b"hello\n"
    assert connection.send(memoryview(b"world\n")) == 6
    assert client.recv(100) == b"world\n"
    client.close()
    assert until(connection.receive) == b""
    connection.close()
    listener.close()


def test_a_wait_ends_with_the_first_byte_connection_or_timeout() -> None:
    listener = TcpListener(0, Clock(), print)
    assert not listener.wait(0.0)
    client = socket.create_connection(("127.0.0.1", listener.port), timeout=5)
    assert listener.wait(5.0)
    connection = until(listener.accept)
    assert not listener.wait(0.0005)
    client.sendall(b"x")
    assert listener.wait(5.0)
    assert until(connection.receive) == b"x"
    assert not listener.wait(0.0)
    connection.close()
    assert not listener.wait(0.0)
    client.close()
    listener.close()
    assert not listener.wait(0.0)


def test_send_accepts_no_bytes_for_a_peer_that_reads_nothing() -> None:
    listener = TcpListener(0, Clock(), print)
    client = socket.create_connection(("127.0.0.1", listener.port), timeout=5)
    connection = until(listener.accept)
    taken = 0
    while True:
        count = connection.send(b"x" * 65536)
        if count == 0:
            break
        taken += count
        assert taken < 1 << 28
    client.close()
    connection.close()
    listener.close()


def test_a_busy_port_is_retried_and_reported_once() -> None:
    logged: list[str] = []
    clock = Clock()
    squatter = socket.create_server(("127.0.0.1", 0))
    port = squatter.getsockname()[1]
    listener = TcpListener(port, clock, logged.append)
    for _ in range(5):
        clock.now += RETRY_S
        assert listener.accept() is None
    assert len(logged) == 1
    assert f"cannot listen on 127.0.0.1:{port}" in logged[0]
    squatter.close()
    clock.now += RETRY_S
    listener.accept()
    assert logged[1:] == [f"SetMirror listening on 127.0.0.1:{port}"]
    listener.close()


def test_the_next_script_run_gets_the_port_of_the_last_at_once() -> None:
    first = TcpListener(0, Clock(), print)
    client = socket.create_connection(("127.0.0.1", first.port), timeout=5)
    connection = until(first.accept)
    connection.close()
    first.close()
    second = TcpListener(first.port, Clock(), print)
    assert second.port == first.port
    second.close()
    client.close()
