"""Serving: the mirror, the engine and a transport together, until the client leaves or a signal arrives.

stdio is for the client that starts the server; its named token, or else its process, identifies it. HTTP is for clients
that connect to a running server, see `http`.
"""

from __future__ import annotations

import logging
import math
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.abc
import anyio.to_thread

from remote_script.SetMirror.contract import auth
from remote_script.SetMirror.contract.limits import PORT

from .commands.options import CLIENT_VARIABLE
from .front import ANNOUNCED, Behind, build
from .stdio import sessions, stdio

if TYPE_CHECKING:
    from mirror import Mirror

    from .policy import Policy
    from .server import ToolServer

log = logging.getLogger("setmirror.mcp")

HTTP_PORT = 9861
HOST = "127.0.0.1"
SEEDED_FILES = 2
"""The number of newest journal files that are read at the start, 32 MB at most."""


@dataclass(frozen=True)
class Options:
    """The options of all transports.

    Attributes:
      port: The port of the bridge in Live.
      version: The version of this program that clients see.
      journal: The folder in which the event log is kept.
      policy: The policy's file; by default the file in the user's folder.
      read_only: Refuse all writes, whatever the policy says.
      toolsets: The toolsets to offer; see `tools.TOOLSETS`.
      daw_mcp: Serve DAW MCP's protocol on its own port as well.
    """

    port: int = PORT
    version: str = ""
    journal: Path | None = None
    policy: Path | None = None
    read_only: bool = False
    toolsets: Sequence[str] | None = None
    daw_mcp: bool = False


def _policy(options: Options) -> Policy:
    """The policy of the file; for an invalid file a read-only policy whose refusals have the reason."""
    from mirror import errors

    from .policy import Policy
    from .tools import chosen

    chosen(options.toolsets)
    try:
        policy = Policy.load(options.policy, read_only=options.read_only)
        chosen(policy.file.toolsets)
    except errors.MirrorError as problem:
        log.error("%s; this server is read-only until the file is fixed", problem.rule)
        return Policy.standing_in(problem)
    return policy


async def _start_daw_mcp(tasks: anyio.abc.TaskGroup, engine: ToolServer) -> None:
    # Imported here, since only this option needs it.
    from mirror import errors

    from .dialects import daw_mcp_server

    try:
        await tasks.start(daw_mcp_server.serve, engine)
    except errors.NotAvailable as problem:
        # The client that started this server needs only MCP, so a failure of the other protocol is not fatal.
        log.error("DAW MCP's protocol is not served: %s; %s", problem.rule, problem.hint)


@asynccontextmanager
async def _engine(options: Options, identity: str) -> AsyncIterator[ToolServer]:
    # Imported here, so that the first answer over stdio does not wait for the import.
    from mirror import load_token, open_mirror, tcp

    from .server import open_engine

    policy = _policy(options)
    async with (
        open_mirror(
            connect=tcp(HOST, options.port),
            token=load_token(),
            client_name="setmirror serve",
            client_version=options.version,
            identity=identity,
        ) as mirror,
        anyio.create_task_group() as tasks,
        open_engine(
            mirror,
            policy,
            policy_file=options.policy or Path(auth.home()) / "policy.toml",
            read_only=options.read_only,
            toolsets=options.toolsets,
            library_file=Path(auth.home()) / "browser.json",
            sets_folder=Path(auth.home()) / "sets",
        ) as engine,
    ):
        if options.journal is not None:
            tasks.start_soon(_keep_journal, options.journal, mirror)
        if options.daw_mcp:
            await _start_daw_mcp(tasks, engine)
        yield engine
        tasks.cancel_scope.cancel()


async def _keep_journal(folder: Path, mirror: Mirror) -> None:
    """Write the event log to `folder`, one line for each change; first the present lines of this epoch are read."""
    from mirror.journal import Journal, read_folder

    from .history.changes import changes

    journal = Journal(folder, lines=lambda events: [change.to_line() for change in changes(events)])
    await mirror.wait_synced(math.inf)
    begin = mirror.log.oldest
    try:
        past = await anyio.to_thread.run_sync(read_folder, folder, SEEDED_FILES)
    except OSError as problem:
        log.warning("the journal in %s cannot be read: %s", folder, problem)
    else:
        mirror.log.seed(past.events)
        if past.damaged:
            log.warning("%d lines of the journal were cut off by a crash and are left out", past.damaged)
    await journal.run(mirror.log, begin)


async def _until_signalled(stop: Callable[[], None]) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            stop()
            return


def _proved() -> str:
    """The client of the named token in `CLIENT_VARIABLE`; "" without a token. Checked first, since it is cheap.

    Raises:
      TokenUnusable: there is no token, and none can be created.
      Unauthenticated: the named token belongs to no agent of this bridge.
    """
    token, shown = auth.load_token(), os.environ.get(CLIENT_VARIABLE)
    if not shown:
        return ""
    who = auth.read_bearer(token, shown)
    if who is None or who[0] != auth.AGENT:
        from mirror import errors

        raise errors.Unauthenticated(
            f"{CLIENT_VARIABLE} holds no token of a client of this bridge",
            hint="run `setmirror client-config` again and put its entry into the client's file",
        )
    return who[1]


ANSWER_S = 0.5
"""Seconds to wait for the first answer before the engine is imported; a client usually sends `initialize` at once."""


def _has_nothing_to_say(options: Options) -> bool:
    """True if the first answer depends on no file and no option: the instructions would name a policy's error."""
    return options.toolsets is None and not (options.policy or Path(auth.home()) / "policy.toml").exists()


async def serve_stdio(options: Options) -> None:
    """Serve MCP on stdin and stdout until the client leaves, SIGINT or SIGTERM.

    If the first answer does not depend on the engine, the engine is opened after it. The link to Live is opened in
    the background, and reopened after every loss.
    """
    proved = _proved()
    behind, answered = Behind(), anyio.Event()
    at_once = _has_nothing_to_say(options)

    async def open_behind() -> None:
        if at_once:
            with anyio.move_on_after(ANSWER_S):
                await answered.wait()
        # In a thread, so that the client's next request can be read at the same time.
        await anyio.to_thread.run_sync(_import_engine, abandon_on_cancel=True)
        from mirror.token import process_identity

        identity = proved or process_identity()
        async with _engine(options, identity) as engine:
            behind.put(engine, identity)
            await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_until_signalled, tasks.cancel_scope.cancel)
        tasks.start_soon(open_behind)
        if not at_once:
            await behind.wait()
        async with stdio(answered.set) as (reading, writing):
            server = build(behind, options.version)
            announced = server.create_initialization_options(ANNOUNCED)
            await sessions(reading, writing, lambda part, out: server.run(part, out, announced))
        tasks.cancel_scope.cancel()


def _import_engine() -> None:
    for name in ("mirror", "mcp_server.server"):
        import_module(name)


async def serve_http(
    options: Options, *, http_port: int = HTTP_PORT, ready: Callable[[str], None] = lambda url: None
) -> None:
    """Serve MCP as Streamable HTTP on this machine until SIGINT or SIGTERM.

    Args:
      http_port: The port to listen on; 0 takes any free port.
      ready: Called with the URL once it answers.
    """
    # Imported here, since serving stdio does not need it.
    from mirror import load_token
    from mirror.token import process_identity

    from .http import http

    stop = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_until_signalled, stop.set)
        async with _engine(options, process_identity()) as engine:
            await http(engine, load_token(), options.version, http_port, stop, ready)
        tasks.cancel_scope.cancel()


async def serve_daw_mcp(
    options: Options,
    port: int,
    *,
    extension: bool = False,
    ready: Callable[[int], None] = lambda port: None,
) -> None:
    """Serve DAW MCP's protocol on this machine until cancelled.

    Args:
      port: The port to listen on; 0 takes any free port.
      extension: Use the variant that the project's own MCP server expects.
      ready: Called with the port when the server answers.

    Raises:
      NotAvailable: the port is taken.
    """
    from mirror.token import process_identity

    from .dialects import daw_mcp, daw_mcp_server

    dialect = daw_mcp.EXTENSION if extension else daw_mcp.DOCUMENT
    async with _engine(options, process_identity()) as engine, anyio.create_task_group() as tasks:
        ready(await tasks.start(daw_mcp_server.serve, engine, port, dialect))
