"""An agent as any MCP client is one: the server as a subprocess over stdio, tools called, resources
subscribed.

Uses the SDK's own client, so that what is measured is what a client sees.
"""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Any

import anyio
import msgspec
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.subscriptions import ResourceUpdated, Subscription

from mcp_server.commands import processes

CALL_S = 20.0
"""No call of the demo's may take longer; a server that hangs must not hang the demo."""


class ToolRefused(Exception):
    """A tool answered with an error; the text is the tool's own."""


class Agent:
    """A connected client, and the moments at which its notifications arrived."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.updates: list[tuple[float, str]] = []
        """(`time.monotonic` at arrival, uri)"""
        self._arrived = anyio.Event()

    @classmethod
    @asynccontextmanager
    async def connected(
        cls, port: int, *, environ: dict[str, str] | None = None, errors: IO[str] | None = None
    ) -> AsyncIterator[Agent]:
        """Start `setmirror serve` on the bridge at `port` and connect to it; both end with the block."""
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "mcp_server.cli", "serve", "--port", str(port)],
            env=environ or processes.environment(),
        )
        transport = stdio_client(server, errlog=errors or sys.stderr)
        # No cache: a read that never left the client would measure nothing.
        async with Client(transport, read_timeout_seconds=CALL_S, cache=None) as client:
            yield cls(client)

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool; its structured answer.

        Raises:
          ToolRefused: the tool said no.
        """
        result = await self.client.call_tool(tool, arguments)
        if result.is_error:
            raise ToolRefused(" ".join(getattr(block, "text", "") for block in result.content))
        answer = result.structured_content
        return answer if isinstance(answer, dict) else {}

    async def read(self, uri: str) -> Any:
        """Read a resource of JSON text."""
        (content, *_) = (await self.client.read_resource(uri)).contents
        return msgspec.json.decode(getattr(content, "text", "null"))

    @asynccontextmanager
    async def subscribed(self, *uris: str) -> AsyncIterator[Subscription]:
        """Listen to resources; every update's arrival is kept in `updates`."""
        async with (
            self.client.listen(resource_subscriptions=list(uris)) as subscription,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(self._collect, subscription)
            yield subscription
            tasks.cancel_scope.cancel()

    async def _collect(self, subscription: Subscription) -> None:
        async for event in subscription:
            now = time.monotonic()
            if isinstance(event, ResourceUpdated):
                self.updates.append((now, str(event.uri)))
                arrived, self._arrived = self._arrived, anyio.Event()
                arrived.set()

    async def update_after(self, count: int, uri: str, *, timeout_s: float = 5.0) -> float:
        """The arrival of the first update of `uri` beyond the first `count` updates of any.

        Raises:
          TimeoutError: none came within `timeout_s`.
        """
        with anyio.fail_after(timeout_s):
            while True:
                arrived = self._arrived
                for moment, told in self.updates[count:]:
                    if told == uri:
                        return moment
                await arrived.wait()
