"""The page over headless Live in one process, and a minimal browser: the whole protocol without JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import trio
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Message, RejectConnection, Request, TextMessage

from mcp_server.page import serve
from tests.whole import Whole, whole_path

WAIT_S = 120.0
Head = list[tuple[str, str]]


class Answer:
    """One answer over HTTP."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(status.split()[1])
        self.headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }


class Page:
    """One open page with the content of the newest messages."""

    def __init__(self, stream: trio.SocketStream, ws: WSConnection) -> None:
        self.stream, self.ws = stream, ws
        self.now: dict[str, Any] = {}
        self.parts: dict[str, str] = {}
        self.log: dict[int, Any] = {}
        self.replies: list[Any] = []
        self.closed: int | None = None
        self._text = ""

    async def say(self, **message: Any) -> None:
        await self.stream.send_all(self.ws.send(TextMessage(json.dumps(message))))

    async def look(self, view: str, **how: Any) -> None:
        """Show a view, and request all of its parts."""
        self.now.pop("layout", None)
        self.parts.clear()
        await self.say(do="look", view=view, **how)
        await self.until(lambda: self.now.get("layout", {}).get("view") == view)
        await self.say(do="want", keys=[place[0] for place in self.now["layout"]["areas"]])

    async def until(self, done: Any) -> None:
        """Receive messages until `done()`, or until the connection is closed."""
        with trio.fail_after(WAIT_S):
            while not done():
                await self._more()

    async def _more(self) -> None:
        data = await self.stream.receive_some(65536)
        self.ws.receive_data(data or None)
        for event in self.ws.events():
            if isinstance(event, CloseConnection):
                self.closed = event.code
            elif isinstance(event, Message):
                self._text += str(event.data)
                if event.message_finished:
                    text, self._text = self._text, ""
                    await self._take(json.loads(text))
        if not data:
            raise EOFError

    async def _take(self, payload: dict[str, Any]) -> None:
        self.parts.update(payload.pop("parts", {}))
        self.log.update({entry["number"]: entry for entry in payload.pop("log", [])})
        self.replies += payload.pop("replies", [])
        number = payload.pop("number")
        self.now.update(payload)
        await self.say(do="ack", number=number)


class Served:
    """A served page, and the browser."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self.links: list[str] = []
        self.started = trio.Event()
        self.port = 0
        self.cookie = self.root = self.proof = ""
        self._open: list[trio.SocketStream] = []

    def ready(self, link: str) -> None:
        self.links.append(link)
        self.started.set()
        self.port = int(re.search(r":(\d+)/", link)[1])  # type: ignore[index]

    @property
    def path(self) -> str:
        """The path of the newest link."""
        return "/" + self.links[-1].split("/", 3)[3]

    async def stream(self) -> trio.SocketStream:
        self._open.append(await trio.open_tcp_stream("127.0.0.1", self.port))
        return self._open[-1]

    async def get(self, path: str, *more: tuple[str, str], method: str = "GET", host: str = "") -> Answer:
        head: Head = [("Host", host or f"127.0.0.1:{self.port}"), ("Connection", "close"), *more]
        lines = "".join(f"{name}: {value}\r\n" for name, value in head)
        stream = await self.stream()
        await stream.send_all(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode())
        raw = b""
        with trio.fail_after(WAIT_S):
            async for part in stream:
                raw += part
        return Answer(raw)

    async def enter(self) -> Answer:
        """Open the newest link and the page behind it, as a browser does."""
        opened = await self.get(self.path)
        assert opened.status == 303
        self.root = opened.headers["location"]
        self.cookie = opened.headers["set-cookie"].partition(";")[0]
        page = await self.get(self.root, ("Cookie", self.cookie))
        self.proof = re.search(rb'name="proof" content="([^"]+)"', page.body)[1].decode()  # type: ignore[index]
        return page

    async def socket(self, head: Head | None = None, host: str = "", path: str = "") -> Page | int:
        """A websocket, or the status of its refusal."""
        host = host or f"127.0.0.1:{self.port}"
        headers = [("Origin", f"http://{host}"), ("Cookie", self.cookie)] if head is None else head
        stream, ws = await self.stream(), WSConnection(ConnectionType.CLIENT)
        extra = [(name.encode(), value.encode()) for name, value in headers]
        await stream.send_all(
            ws.send(Request(host=host, target=path or f"{self.root}live", extra_headers=extra))
        )
        while True:
            ws.receive_data(await stream.receive_some(65536) or None)
            for event in ws.events():
                if isinstance(event, AcceptConnection):
                    return Page(stream, ws)
                assert isinstance(event, RejectConnection), event
                return event.status_code

    async def page(self) -> Page:
        """An open page after its first message."""
        if not self.cookie:
            await self.enter()
        page = await self.socket()
        assert isinstance(page, Page)
        await page.say(do="hello", proof=self.proof)
        return page

    async def close(self) -> None:
        for stream in self._open:
            await trio.aclose_forcefully(stream)


@asynccontextmanager
async def served(
    clock: Any, spec: Any = None, visits: Path | None = None, **options: Any
) -> AsyncIterator[Served]:
    """Serve the page on a free port. With real sockets a virtual clock waits a moment for them; None is real time."""
    if clock is not None:
        clock.autojump_threshold = 0.002
    async with whole_path(spec, tick_s=0.02, **options) as whole, whole.person() as mirror:
        browser = Served(whole)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(serve, mirror, 0, browser.ready, visits)
            await browser.started.wait()
            try:
                yield browser
            finally:
                await browser.close()
                nursery.cancel_scope.cancel()
