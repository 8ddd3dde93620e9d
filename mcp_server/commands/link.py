"""A command's own mirror: opened, waited for, and refused with the reason when Live does not answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mcp_server.commands.console import Failure

if TYPE_CHECKING:
    from mirror import Mirror

SYNC_S = 10.0
"""A Set of 20,000 parameters is read in slices in about 3 s."""


@asynccontextmanager
async def linked(port: int, *, sync_s: float | None = SYNC_S) -> AsyncIterator[Mirror]:
    """A mirror on the bridge at `port`, synced before the block begins unless `sync_s` is None.

    Raises:
      Failure: it was not synced in time.
    """
    from mirror import load_token, open_mirror, tcp
    from mirror.token import PERSON

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
                await mirror.wait_synced(timeout_s=sync_s)
            except TimeoutError:
                raise Failure(
                    f"no Live answered on 127.0.0.1:{port} within {sync_s:.0f} s",
                    "start Live with SetMirror chosen, or `setmirror live`; `setmirror doctor` tells more",
                ) from None
        yield mirror


def version() -> str:
    """The version of this program."""
    from mcp_server.commands import folders

    return folders.version_of(folders.source()) or "0"
