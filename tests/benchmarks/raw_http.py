"""Keep-alive HTTP clients of an MCP server that cost almost nothing: raw sockets, and requests that are encoded before.

One thread runs all clients: it sends encoded requests and looks only for the end of each answer. So the measurement is
of the server, which has the other core for itself.
"""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Sequence
from typing import Any

from mirror import load_token
from mirror.token import bearer

LEGACY, MODERN = "2025-11-25", "2026-07-28"
ANSWER_S = 60.0
_END = b"\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"


class RawClient:
    """One connection on which the same tool is called `count` times.

    In the era up to 2025-11-25 it opens a session first.

    Args:
      url: The server's URL: http://host:port/mcp.
      era: The protocol version, LEGACY or MODERN.
      name: The client's name in its token.
      count: The number of calls, 1 or more, after one call as a warm-up.
    """

    def __init__(
        self, url: str, era: str, tool: str, arguments: dict[str, Any], name: str, count: int
    ) -> None:
        place = url.split("/")[2]
        host, _, port = place.partition(":")
        self.socket = socket.create_connection((host, int(port)), ANSWER_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.times_s: list[float] = []
        self._headers = {
            "host": place,
            "authorization": f"Bearer {bearer(load_token(), name)}",
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
        }
        call: dict[str, Any] = {"name": tool, "arguments": arguments}
        if era == LEGACY:
            self._open_session()
        else:
            self._headers |= {"mcp-protocol-version": era, "mcp-method": "tools/call", "mcp-name": tool}
            about = {
                "clientInfo": {"name": name, "version": "0"},
                "clientCapabilities": {},
                "protocolVersion": era,
            }
            call["_meta"] = {f"io.modelcontextprotocol/{key}": value for key, value in about.items()}
        self._requests = [self._request("tools/call", call, number) for number in range(count + 1)]
        self._next = 0
        self._began = 0.0
        self._answer = b""
        self._ask_and_wait(self._requests[0])
        self._check()

    def send(self) -> bool:
        """Send the next call; False when there is none left."""
        self._next += 1
        if self._next == len(self._requests):
            return False
        self._answer = b""
        self._began = time.perf_counter()
        self.socket.sendall(self._requests[self._next])
        return True

    def receive(self) -> bool:
        """Read the data that has arrived; True when the answer is complete."""
        self._read_some()
        if not _whole(self._answer):
            return False
        self.times_s.append(time.perf_counter() - self._began)
        self._check()
        return True

    def _check(self) -> None:
        assert b'"content"' in self._answer, self._answer[:300]

    def _open_session(self) -> None:
        about = {"name": "raw", "version": "0"}
        params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": about}
        self._ask_and_wait(self._request("initialize", params, 0))
        lines = self._answer.partition(_END)[0].decode().lower().split("\r\n")
        heads = dict(line.split(": ", 1) for line in lines[1:])
        self._headers |= {"mcp-session-id": heads["mcp-session-id"], "mcp-protocol-version": LEGACY}
        self._ask_and_wait(self._request("notifications/initialized"))

    def _request(self, method: str, params: Any = None, number: int | None = None) -> bytes:
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
        if number is not None:
            message |= {"id": number, "params": params}
        body = json.dumps(message).encode()
        head = "".join(f"{name}: {value}\r\n" for name, value in self._headers.items())
        return f"POST /mcp HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body

    def _ask_and_wait(self, request: bytes) -> None:
        self._answer = b""
        self.socket.sendall(request)
        while not _whole(self._answer):
            self._read_some()

    def _read_some(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError(f"the server closed the connection after {self._answer[:300]!r}")
        self._answer += data


def _whole(answer: bytes) -> bool:
    head, end, body = answer.partition(_END)
    if not end:
        return False
    head = head.lower()
    at = head.find(b"content-length: ")
    if at >= 0:
        return len(body) >= int(head[at + 16 :].partition(b"\r")[0])
    return b"transfer-encoding: chunked" not in head or body.endswith(_LAST_CHUNK)


def all_called(clients: Sequence[RawClient]) -> float:
    """Let all clients make their calls, each as soon as the previous one is answered; returns the seconds."""
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
        began = time.perf_counter()
        calling = sum(client.send() for client in clients)
        while calling:
            ready = selector.select(ANSWER_S)
            assert ready, f"no answer within {ANSWER_S} s"
            for key, _ in ready:
                client = key.data
                if client.receive() and not client.send():
                    calling -= 1
        took_s = time.perf_counter() - began
    return took_s
