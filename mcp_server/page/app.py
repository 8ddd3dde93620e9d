"""The page as ASGI applications: its files over HTTP, all updates over one websocket.

    GET /open/LINK    once: a cookie, and on to the page
    GET ROOT          the page; ROOT/NAME its style and modules; ROOT/guide/TOPIC the guide
    ROOT/live         the websocket; see `visit`

Without the cookie every request is refused. The content security policy allows no external content, no inline script,
no form and no frame.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from ..guide import pages
from . import guide
from .gate import Gate, Refused, Session

TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
LIVE = "live"
PROOF = "{{proof}}"
"""The placeholder for the session's proof in the page's HTML."""
_REFUSAL = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>SetMirror</title><main><h1>SetMirror</h1><p>{reason}.</p></main></html>\n"
)

Serve = Callable[[Session, Any, Any], Awaitable[None]]
"""Serves one websocket, from its session and ASGI's receive and send."""


def policy(port: int) -> str:
    """The content security policy; Safari does not accept 'self' for a websocket."""
    sockets = f"ws://127.0.0.1:{port} ws://localhost:{port}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def static() -> dict[str, bytes]:
    """All files of the page, by name."""
    folder = files(__package__) / "static"
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name[:1] != "."}


class PageApp:
    """`http` and `socket` are the two applications.

    Args:
      opened: Called whenever a browser is admitted.
    """

    def __init__(self, gate: Gate, port: int, visit: Serve, opened: Callable[[], None]) -> None:
        self._gate = gate
        self._visit = visit
        self._opened = opened
        self._headers = [
            (b"content-security-policy", policy(port).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cache-control", b"no-store"),
        ]

    async def http(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        try:
            status, more, kind, body = self._answer(scope)
        except Refused as problem:
            status, more, kind = problem.status, [], "html"
            body = _REFUSAL.format(reason=escape(str(problem))).encode()
        head = [
            *self._headers,
            *more,
            (b"content-type", f"{TYPES[kind]}; charset=utf-8".encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, scope: Any) -> tuple[int, list[tuple[bytes, bytes]], str, bytes]:
        path, headers = scope["path"], scope["headers"]
        self._gate.check(headers)
        if scope["method"] not in ("GET", "HEAD"):
            raise Refused(405, "this page is read with GET")
        if path.startswith("/open/"):
            if scope["method"] == "HEAD":
                raise Refused(405, "a link is opened with GET")
            session = self._gate.open(path)
            self._opened()
            to = (b"location", self._gate.root.encode())
            return 303, [to, (b"set-cookie", self._gate.cookie(session).encode())], "html", b""
        session = self._gate.session(headers)
        if not path.startswith(self._gate.root):
            raise Refused(404, "there is no such file")
        name = path[len(self._gate.root) :] or "index.html"
        if name.startswith(guide.FOLDER):
            if (topic := name[len(guide.FOLDER) :]) not in pages.TOPICS:
                raise Refused(404, f"the guide has the topics {', '.join(pages.TOPICS)}")
            return 200, [], "html", guide.guide_page(topic)
        body = static().get(name)
        if body is None:
            raise Refused(404, "there is no such file")
        if name == "index.html":
            body = body.replace(PROOF.encode(), session.proof.encode())
        return 200, [], name.rpartition(".")[2], body

    async def socket(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one websocket; a request that is not from our page is refused before it is accepted."""
        await receive()
        try:
            self._gate.check(scope["headers"], origin_needed=True)
            session = self._gate.session(scope["headers"])
            if scope["path"] != self._gate.root + LIVE:
                raise Refused(404, "there is no such file")
        except Refused:
            await send({"type": "websocket.close"})
            return
        await send({"type": "websocket.accept"})
        await self._visit(session, receive, send)
