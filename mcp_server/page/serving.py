"""Serving the page: the HTTP engine over a person's mirror, until it is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import trio

from mirror import Mirror

from ..http_server import HttpServer
from .app import PageApp
from .digest import Digest
from .gate import Gate, Session
from .live import Live
from .visit import visit

HOST = "127.0.0.1"
PAGE_PORT = 9862
GRACE_S = 0.3


async def serve(
    mirror: Mirror, port: int, ready: Callable[[str], None], sets_folder: Path | None = None
) -> None:
    """Serve the page of `mirror`, which must prove a person's role, on 127.0.0.1 until cancelled.

    Args:
      port: The port to listen on; 0 takes any free port.
       sets_folder: The folder with the histories of Sets and the person's last visit; None stores nothing.
       ready: Called with a link that admits one browser, and with the next link when it was used.

    Raises:
      OSError: the port is taken.
    """
    listeners = await trio.open_tcp_listeners(port, host=HOST)
    port = listeners[0].socket.getsockname()[1]
    gate, live = Gate(port), Live(mirror, Digest(mirror, sets_folder))

    def tell() -> None:
        ready(f"http://{HOST}:{port}{gate.link}")

    async def visited(session: Session, receive: Any, send: Any) -> None:
        await visit(live, session, receive, send)

    app = PageApp(gate, port, visited, tell)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(live.run)
        tell()
        await HttpServer(app.http, app.socket).serve(listeners, trio.Event(), GRACE_S)
