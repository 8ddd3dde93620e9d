"""The same questions asked of `ableton-mcp` and `ableton-js`, whose Remote Scripts run in the same headless Live.

Of ableton-mcp only the Remote Script is asked, straight over its own socket: its MCP server would add its own time on
top, so this flatters it. Headless Live lets its thread run freely, where Live lets Python threads run only about every
100 ms: that flatters it, too. ableton-js is asked by its own JavaScript client.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import trio

from tests import third_party
from tests.third_party import NotAvailable

ABLETON_MCP = f"{third_party.ABLETON_MCP[0]}, its Remote Script alone"
ABLETON_JS = f"{third_party.ABLETON_JS}, its own client"
PORT = 9877
"""Fixed in its source."""
ANSWER_S = 15.0


def free(port: int) -> bool:
    """Whether nobody listens on `port`."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) != 0


QUIET = {
    "ABLETON_MCP_DISABLE_TELEMETRY": "true",
    "ABLETON_MCP_DISABLE_DATASET": "1",
    "ABLETON_MCP_HOST": "127.0.0.1",
}
"""What keeps it from reporting to anybody."""


class Peer:
    """A connection to its Remote Script: one bare JSON object each way, no framing."""

    def __init__(self, *, wait_s: float = 10.0) -> None:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", PORT), timeout=ANSWER_S)
                break
            except OSError as problem:
                if time.monotonic() > deadline:
                    raise NotAvailable(f"its Remote Script does not listen on {PORT}: {problem}") from None
                time.sleep(0.1)

    def ask(self, kind: str, **params: Any) -> Any:
        """One command; NotAvailable with its own words when it refuses."""
        self._socket.sendall(json.dumps({"type": kind, "params": params}).encode())
        received = b""
        while True:
            try:
                part = self._socket.recv(65536)
            except OSError as problem:
                raise NotAvailable(f"{kind}: {problem}") from None
            received += part
            try:
                answer = json.loads(received)
                break
            except ValueError:
                if not part:
                    raise NotAvailable(f"{kind}: it closed the connection") from None
        if answer.get("status") != "success":
            raise NotAvailable(f"{kind}: {answer.get('message')}")
        return answer.get("result")

    def close(self) -> None:
        self._socket.close()


class Script:
    """The driver of ableton-js: lines of JSON come out, one goes in."""

    def __init__(self, process: trio.Process) -> None:
        self._process = process
        self._rest = b""

    @classmethod
    @asynccontextmanager
    async def started(cls, package: Path, exchange: Path, reads: int, writes: int) -> AsyncIterator[Script]:
        """It finds its Remote Script through files in `exchange`."""
        drive = Path(__file__).with_name("ableton_js.js")
        process = await trio.lowlevel.open_process(
            ["node", str(drive), str(package), str(reads), str(writes)],
            stdin=-1,
            stdout=-1,
            env={**os.environ, "TMPDIR": str(exchange)},
        )
        try:
            yield cls(process)
        finally:
            if process.returncode is None:
                process.kill()
            with trio.CancelScope(shield=True):
                await process.wait()

    async def line(self) -> dict[str, Any]:
        """The next thing it says.

        Raises:
          NotAvailable: it ended.
        """
        assert self._process.stdout is not None
        with trio.fail_after(ANSWER_S * 4):
            while b"\n" not in self._rest:
                part = await self._process.stdout.receive_some()
                if not part:
                    raise NotAvailable("ableton-js's client ended")
                self._rest += part
        line, self._rest = self._rest.split(b"\n", 1)
        return dict(json.loads(line))

    async def go_on(self) -> None:
        """To the writes."""
        assert self._process.stdin is not None
        await self._process.stdin.send_all(b"go\n")
