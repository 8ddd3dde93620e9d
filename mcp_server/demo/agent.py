"""An MCP client of the server, which runs as a subprocess over stdio: calls tools, subscribes to resources.

It uses the SDK's own client, so that the measurements are those of a real client. It works in both protocol eras:
`subscriptions/listen` from 2026-07-28 on, `resources/subscribe` before.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TextIO

import anyio
import mcp_types as types
import msgspec
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.subscriptions import ResourceUpdated, Subscription
from mcp.shared.exceptions import MCPDeprecationWarning
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from mcp_server.commands import processes

CALL_S = 20.0
"""The longest time for one call, so that a server that hangs cannot hang the demo."""


class ToolRefused(Exception):
    """A tool answered with an error; the text is the tool's own."""


class Agent:
    """A connected client, and the times at which its notifications arrived."""

    client: Client

    def __init__(self) -> None:
        self.updates: list[tuple[float, str]] = []
        """(`time.monotonic` at arrival, uri)"""
        self.lists: list[str] = []
        """The lists ("tools", "resources") of change notifications, in order."""
        self._arrived = anyio.Event()

    @classmethod
    @asynccontextmanager
    async def connected(
        cls,
        port: int,
        *,
        mode: str = "auto",
        name: str = "agent",
        environ: dict[str, str] | None = None,
        errors: TextIO | None = None,
    ) -> AsyncIterator[Agent]:
        """Start `setmirror serve` on the bridge at `port` and connect to it; both end with the block.

        Args:
          mode: "auto" for the newest era, "legacy" for the one before.
          name: The name that the client gives itself.
        """
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "mcp_server.cli", "serve", "--port", str(port)],
            env=environ or processes.environment(),
        )
        async with cls.over(stdio_client(server, errlog=errors or sys.stderr), mode=mode, name=name) as agent:
            yield agent

    @classmethod
    @asynccontextmanager
    async def over(
        cls, server: Any, *, mode: str = "auto", name: str = "agent", elicit: Any = None
    ) -> AsyncIterator[Agent]:
        """Connect over any transport of the SDK, or to a server in this process.

        Args:
          elicit: The SDK client's callback for the server's questions; without it nobody can be asked.
        """
        # The older era has no other way to subscribe, and both eras are supported.
        warnings.filterwarnings("ignore", r"resources/(un)?subscribe", MCPDeprecationWarning)
        agent = cls()
        agent.client = Client(
            server,
            mode=mode,
            read_timeout_seconds=CALL_S,
            message_handler=agent._hear,
            elicitation_callback=elicit,
            client_info=types.Implementation(name=name, version="0"),
            # No cache: a read from the client's cache could not be measured.
            cache=None,
        )
        async with agent.client:
            yield agent

    @property
    def modern(self) -> bool:
        """True when the protocol era of the connection has `subscriptions/listen`."""
        return self.client.protocol_version in MODERN_PROTOCOL_VERSIONS

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool; returns its structured answer.

        Raises:
          ToolRefused: the tool answered with an error.
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
    async def subscribed(self, *uris: str) -> AsyncIterator[None]:
        """Subscribe to resources; the arrival of each update is added to `updates`."""
        if not self.modern:
            # The SDK deprecates the methods of the older era; clients of that era still use them.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", MCPDeprecationWarning)
                for uri in uris:
                    await self.client.subscribe_resource(uri)
                yield
                for uri in uris:
                    await self.client.unsubscribe_resource(uri)
            return
        async with (
            self.client.listen(resource_subscriptions=list(uris)) as subscription,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(self._collect, subscription)
            yield
            tasks.cancel_scope.cancel()

    async def _collect(self, subscription: Subscription) -> None:
        async for event in subscription:
            if isinstance(event, ResourceUpdated):
                self._note(str(event.uri))

    async def _hear(self, message: Any) -> None:
        if isinstance(message, types.ResourceUpdatedNotification) and not self.modern:
            self._note(str(message.params.uri))
        if isinstance(message, types.ToolListChangedNotification):
            self.lists.append("tools")
        if isinstance(message, types.ResourceListChangedNotification):
            self.lists.append("resources")
        await anyio.lowlevel.checkpoint()

    def _note(self, uri: str) -> None:
        self.updates.append((time.monotonic(), uri))
        arrived, self._arrived = self._arrived, anyio.Event()
        arrived.set()

    async def update_after(self, count: int, uri: str, *, timeout_s: float = 5.0) -> float:
        """The arrival time of the first update of `uri` after the first `count` updates of all resources.

        Raises:
          TimeoutError: no update arrived within `timeout_s`.
        """
        with anyio.fail_after(timeout_s):
            while True:
                arrived = self._arrived
                for moment, updated in self.updates[count:]:
                    if updated == uri:
                        return moment
                await arrived.wait()
