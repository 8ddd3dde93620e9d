"""`setmirror top`: the Set in the whole terminal: Session, meters, the log, the write queue."""

from __future__ import annotations

import sys
from contextlib import AbstractAsyncContextManager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from mcp_server.commands import options
from mcp_server.commands.console import INTERRUPTED, Failure

if TYPE_CHECKING:
    from mirror import Mirror


@click.command("top", short_help="Watch the Set in the whole terminal.")
@options.port
def command(port: int) -> int:
    r"""Watch the Set in the whole terminal, until q or Ctrl-C.

    Shows the Session with levels and meters, the log of changes with their authors, the write queue and who is
    connected. Waits while Live is not connected, and continues when Live is back.

    \b
    q           end                 / words     only lines with these words
    p, space    pause, resume       Esc         all lines again
    arrows      tracks, scenes      PgUp, PgDn  older and newer lines
    """
    if find_spec("textual") is None:
        raise Failure("`setmirror top` needs textual, which is not installed", "pip install 'setmirror[top]'")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Failure(
            "`setmirror top` needs a terminal",
            "`setmirror tail` and `setmirror look --text` need no terminal",
        )
    from mcp_server.commands.link import version
    from mcp_server.terminal.screen import Top
    from mirror import load_token, open_mirror, tcp
    from mirror.token import PERSON

    token = load_token()

    def open_it() -> AbstractAsyncContextManager[Mirror]:
        return open_mirror(
            connect=tcp("127.0.0.1", port),
            token=token,
            client_name="setmirror top",
            client_version=version(),
            role=PERSON,
            identity="top",
        )

    ended = Top(open_it).run()
    if ended == INTERRUPTED:
        raise KeyboardInterrupt
    return int(ended or 0)
