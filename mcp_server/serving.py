"""Serving: the mirror, the engine and a transport together, until the client leaves or a signal comes.

stdio is for the client that starts us. HTTP is for clients that find us: on 127.0.0.1 only, with the bearer token of
the user's folder, for the hosts and origins of this machine.
"""

from __future__ import annotations

import hmac
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
from mcp.server.transport_security import TransportSecuritySettings

from mirror import load_token, open_mirror, tcp
from mirror.journal import Journal
from mirror.token import home

from .policy import Policy
from .server import ANNOUNCED, Engine, build, open_engine
from .stdio import sessions, stdio

log = logging.getLogger("setmirror.mcp")

PORT = 9860
HTTP_PORT = 9861
HOST = "127.0.0.1"
BODY_BYTES = 4 * 1024 * 1024
SESSIONS = 200
IDLE_S = 600.0
"""A session nobody asks anything of, and that holds no stream open, is over after this time."""
GRACE_S = 0.5
"""For open streams to end in good order when we stop."""


@dataclass(frozen=True)
class Options:
    """What all transports have in common.

    Attributes:
      port: Of the bridge in Live.
      version: Of this program, as clients are told it.
      journal: A folder to keep the event log in.
      policy: Its file; the one in the user's folder if not given.
      read_only: Refuse all writes, whatever the policy says.
      toolsets: Only these; see `tools.TOOLSETS`.
    """

    port: int = PORT
    version: str = ""
    journal: Path | None = None
    policy: Path | None = None
    read_only: bool = False
    toolsets: Sequence[str] | None = None


@asynccontextmanager
async def _engine(options: Options) -> AsyncIterator[Engine]:
    held = Policy.load(options.policy, read_only=options.read_only)
    async with (
        open_mirror(
            connect=tcp(HOST, options.port),
            token=load_token(),
            client_name="setmirror serve",
            client_version=options.version,
        ) as mirror,
        anyio.create_task_group() as tasks,
        open_engine(
            mirror,
            held,
            policy_file=options.policy or home() / "policy.toml",
            read_only=options.read_only,
            toolsets=options.toolsets,
            library_file=home() / "browser.json",
        ) as engine,
    ):
        if options.journal is not None:
            tasks.start_soon(Journal(options.journal).run, mirror.log)
        yield engine
        tasks.cancel_scope.cancel()


async def _until_signalled(stop: Callable[[], None]) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            stop()
            return


async def serve_stdio(options: Options) -> None:
    """Serve MCP on stdin and stdout until the client leaves, SIGINT or SIGTERM.

    The link to Live is made, and made again after every loss, in the background.
    """
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_until_signalled, tasks.cancel_scope.cancel)
        async with _engine(options) as engine, stdio() as (reading, writing):
            server = build(engine, options.version)
            announced = server.create_initialization_options(ANNOUNCED)
            await sessions(reading, writing, lambda part, out: server.run(part, out, announced))
        tasks.cancel_scope.cancel()


# -- HTTP ----------------------------------------------------------------------------------------------------


async def serve_http(
    options: Options, *, http_port: int = HTTP_PORT, ready: Callable[[str], None] = lambda url: None
) -> None:
    """Serve MCP as Streamable HTTP on this machine until SIGINT or SIGTERM.

    Args:
      http_port: To listen on; 0 takes any free one.
      ready: Called with the URL once it answers.
    """
    stop = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_until_signalled, stop.set)
        async with _engine(options) as engine:
            await http(engine, load_token(), options.version, http_port, stop, ready)
        tasks.cancel_scope.cancel()


async def http(
    engine: Engine,
    token: str,
    version: str,
    http_port: int,
    stop: anyio.Event,
    ready: Callable[[str], None],
) -> None:
    """The HTTP transport over an engine until `stop`; open streams are told that they end."""
    # Imported here: whoever serves stdio needs none of it.
    from hypercorn.config import Config
    from hypercorn.trio import serve

    config = Config()
    config.bind = [f"{HOST}:{http_port}"]
    config.graceful_timeout = GRACE_S
    config.shutdown_timeout = GRACE_S
    # Its default ends a client's connection after 1,000 requests.
    config.keep_alive_max_requests = 1_000_000_000
    config.accesslog = None
    config.errorlog = None
    config.include_server_header = False
    config.h11_max_incomplete_size = 65536

    async def stopping() -> None:
        await stop.wait()
        engine.listening.close()
        await anyio.sleep(GRACE_S / 10)

    async with anyio.create_task_group() as tasks:
        binds: list[str] = await tasks.start(
            _started(serve, guarded(application(engine, version), token), config, stopping)
        )
        ready(f"{binds[0]}/mcp")


def _started(serve: Any, app: Any, config: Any, stopping: Callable[[], Awaitable[None]]) -> Any:
    async def run(*, task_status: anyio.abc.TaskStatus[Any] = anyio.TASK_STATUS_IGNORED) -> None:
        await serve(app, config, mode="asgi", shutdown_trigger=stopping, task_status=task_status)

    return run


def application(engine: Engine, version: str) -> Any:
    """The SDK's ASGI application; hosts and origins of other machines are refused by it."""
    return build(engine, version).streamable_http_app(
        max_request_body_size=BODY_BYTES,
        session_idle_timeout=IDLE_S,
        max_sessions=SESSIONS,
        transport_security=TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=[f"{HOST}:*", "localhost:*"],
            allowed_origins=[f"http://{HOST}:*", "http://localhost:*"],
        ),
    )


Application = Callable[[Any, Any, Any], Awaitable[None]]


def guarded(app: Application, token: str) -> Application:
    """`app` for those who have the token; 401 for all others, before anything is read of what they sent."""
    wanted = f"Bearer {token}".encode()

    async def check(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            given = [value for name, value in scope["headers"] if name == b"authorization"]
            if len(given) != 1 or not hmac.compare_digest(given[0], wanted):
                headers = [
                    (b"www-authenticate", b'Bearer realm="setmirror"'),
                    (b"content-type", b"text/plain"),
                ]
                body = b"401: the bearer token is in ~/.setmirror/token\n"
                await send({"type": "http.response.start", "status": 401, "headers": headers})
                await send({"type": "http.response.body", "body": body})
                return
        await app(scope, receive, send)

    return check
