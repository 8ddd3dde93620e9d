"""Commands that run in this process, beside a headless Live in a process of its own.

A command in a process of its own spends most of its time on starting Python and importing; what a process adds, its
streams, signals and exit, is tested in `test_with_live`, `test_streams` and by one command of each file.

Commands run a trio of their own in the main thread, so these tests are plain functions, and what is async in them
runs in another thread.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import NamedTuple

from anyio.from_thread import BlockingPortal, start_blocking_portal

from mcp_server import cli
from mcp_server.commands.console import run_command
from mcp_server.commands.processes import HeadlessProcess


class Done(NamedTuple):
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


def setmirror(*words: str) -> Done:
    """Run a command to its end; an error that it does not know is raised here."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
    with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        code = run_command(cli.setmirror, list(words))
    texts = []
    for stream in streams:
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    return Done(code, *texts)


@contextmanager
def live_beside() -> Iterator[tuple[HeadlessProcess, BlockingPortal]]:
    """A headless Live, and the thread in which its async functions run."""
    with (
        start_blocking_portal("trio") as portal,
        portal.wrap_async_context_manager(HeadlessProcess.started()) as live,
    ):
        yield live, portal
