"""The same questions to `ableton-mcp` and `ableton-js`, whose Remote Scripts run in the same headless Live.

For ableton-mcp only the Remote Script is measured, over its own socket: its MCP server would take additional time, so
this is an advantage for it. Headless Live lets its thread run freely, while Live runs Python threads only about every
100 ms: that is another advantage. ableton-js is measured with its own JavaScript client.
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
"""The port, which is fixed in its source."""
ANSWER_S = 15.0


def free(port: int) -> bool:
    """True when no program listens on `port`."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) != 0


QUIET = {
    "ABLETON_MCP_DISABLE_TELEMETRY": "true",
    "ABLETON_MCP_DISABLE_DATASET": "1",
    "ABLETON_MCP_HOST": "127.0.0.1",
}
"""Environment variables that switch its telemetry off."""


class Peer:
    """A connection to its Remote Script: one JSON object in each direction, without framing."""

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
        """Send one command; NotAvailable with its own text if it refuses."""
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
    """The driver of ableton-js, which prints lines of JSON and reads one line."""

    def __init__(self, process: trio.Process) -> None:
        self._process = process
        self._rest = b""

    @classmethod
    @asynccontextmanager
    async def started(cls, package: Path, exchange: Path, reads: int, writes: int) -> AsyncIterator[Script]:
        """Start the driver, which finds its Remote Script through files in `exchange`."""
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
        """The next line of the driver.

        Raises:
          NotAvailable: the driver ended.
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
        """Let the driver continue with the writes."""
        assert self._process.stdin is not None
        await self._process.stdin.send_all(b"go\n")
