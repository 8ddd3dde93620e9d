"""A command's own mirror: opened and synced, or a Failure with the reason when Live does not answer."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from mcp_server.commands.console import Failure, say

if TYPE_CHECKING:
    from mirror import Mirror

SYNC_S = 10.0
"""Seconds without progress after which a command fails; it waits longer while the script reads the Set."""
SAY_S = 2.0


class Reading:
    """Reports on stderr how much of a Set has been read, every `SAY_S`; a fast read is not reported."""

    def __init__(self) -> None:
        self._said_at = time.monotonic()

    def __call__(self, share: float) -> None:
        now = time.monotonic()
        if share < 1.0 and now - self._said_at >= SAY_S:
            self._said_at = now
            say(f"reading the Set: {share:.0%}", err=True)


@asynccontextmanager
async def linked(port: int, *, sync_s: float | None = SYNC_S) -> AsyncIterator[Mirror]:
    """A mirror on the bridge at `port`, synced before the block begins unless `sync_s` is None.

    Raises:
      Failure: SetMirror does not listen there (raised at once), or the mirror was not synced in time.
    """
    from mirror import load_token, open_mirror, tcp
    from mirror.token import PERSON

    if sync_s is not None:
        await anyio.to_thread.run_sync(_check_port, port, load_token())
    async with open_mirror(
        connect=tcp("127.0.0.1", port),
        token=load_token(),
        client_name="setmirror command",
        client_version=version(),
        role=PERSON,
        identity="command",
    ) as mirror:
        if sync_s is not None:
            try:
                await mirror.wait_read(stalled_s=sync_s, tell=Reading())
            except TimeoutError:
                raise Failure(
                    f"no Live answered on 127.0.0.1:{port} within {sync_s:.0f} s",
                    "start Live with SetMirror chosen, or `setmirror live`; `setmirror doctor` lists what is wrong",
                ) from None
        yield mirror


def _check_port(port: int, token: str) -> None:
    """Raise Failure if waiting cannot help; a busy Live is not a failure."""
    from mcp_server.commands import doctor_checks
    from mcp_server.commands.port_check import probe

    answer = probe(port, token)
    if answer.outcome in ("nothing", "refused", "stranger"):
        finding = next(doctor_checks.check_bridge(answer, port, version()))
        raise Failure(finding.text, finding.fix)


class _Person:
    """The person whom a policy asks: the user who runs the command."""

    asked: dict[str, Any] | None = None

    async def ask(self, question: str, about: dict[str, Any]) -> bool | None:
        """True, since the user ran the command for this write."""
        return True


async def call_tool(
    mirror: Mirror, name: str, arguments: dict[str, Any], *, visits: bool = False
) -> dict[str, Any]:
    """A tool's structured answer, under the user's policy.

    Args:
      visits: Compare with the Set at the last run of such a command, and save the present Set for the next comparison.

    Raises:
      Failure: the tool refused; the text is the tool's.
    """
    from mcp_server.desk import Caller
    from mcp_server.policy import Policy
    from mcp_server.server import open_engine
    from mcp_server.tool import FACTS
    from mcp_server.tools import TOOLS
    from remote_script.SetMirror.contract import auth

    async def silent(done: float, whole: float, text: str) -> None:
        return None

    folder = Path(auth.home()) / "sets" if visits else None
    async with open_engine(mirror, Policy.load(), sets_folder=folder) as engine:
        tool = TOOLS[name]
        desk = engine.desk(tool, Caller("setmirror command", "command"), _Person(), silent)
        result = await tool.call(desk, arguments)
    if result["isError"]:
        facts = result["_meta"][FACTS]
        raise Failure(f"{facts['error']}: {facts['rule']}", str(facts.get("hint") or ""))
    answer: dict[str, Any] = result["structuredContent"]
    return answer


def version() -> str:
    """The version of this program."""
    from mcp_server.commands import folders

    return folders.version_of(folders.source()) or "0"
