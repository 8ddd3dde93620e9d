"""Listening on 127.0.0.1, with one error for a port that is not available."""

from __future__ import annotations

import errno

import trio

from mirror import errors

HOST = "127.0.0.1"


async def listeners_on(port: int, option: str) -> list[trio.SocketListener]:
    """Listen on 127.0.0.1; port 0 takes any free port.

    Args:
      option: The option that chooses another port, for the error.

    Raises:
      NotAvailable: the port is taken, or this user may not listen there.
    """
    try:
        return await trio.open_tcp_listeners(port, host=HOST)
    except OSError as problem:
        why = "is taken" if problem.errno == errno.EADDRINUSE else f"cannot be used: {problem.strerror}"
        raise errors.NotAvailable(
            f"port {port} on {HOST} {why}",
            hint=f"stop the program that listens there, or choose another port with {option}",
        ) from None
