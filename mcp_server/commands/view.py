"""`setmirror view`: serves the page of the Set for a browser."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import click

from mcp_server.commands import options
from mcp_server.commands.console import Failure, run_async, say, say_json

PAGE_PORT = 9862


@click.command("view", short_help="Open a live page of the Set in the browser.")
@click.option(
    "--page-port",
    type=click.IntRange(0, 65535),
    default=PAGE_PORT,
    show_default=True,
    metavar="PORT",
    help="The port of the page on 127.0.0.1; 0 takes any free port.",
)
@click.option("--no-browser", is_flag=True, help="Print the link only.")
@options.port
@options.as_json
def command(page_port: int, no_browser: bool, port: int, as_json: bool) -> None:
    """Open a live page of the Set in the browser, until interrupted.

    The page shows the Session, the arrangement, the mixer and notes as they change, each change with its author, and
    the changes since your last visit; you can answer a policy's questions there. A link works once; after its use the
    next link is printed.
    """

    async def main() -> None:
        import trio

        from mcp_server.commands.link import version
        from mcp_server.page import serve
        from mirror import load_token, open_mirror, tcp
        from mirror.token import PERSON
        from remote_script.SetMirror.contract import auth

        async with (
            open_mirror(
                connect=tcp("127.0.0.1", port),
                token=load_token(),
                client_name="setmirror view",
                client_version=version(),
                role=PERSON,
                identity="page",
            ) as mirror,
            trio.open_nursery() as nursery,
        ):
            first = True

            def ready(link: str) -> None:
                nonlocal first
                if as_json:
                    say_json({"link": link})
                    return
                say(f"{'Open' if first else 'The page was opened. For another browser:'} {link}")
                if first and not no_browser and sys.stdout.isatty():
                    nursery.start_soon(_browse, link)
                first = False

            try:
                await serve(mirror, page_port, ready, Path(auth.home()) / "sets")
            except OSError as problem:
                if problem.errno != errno.EADDRINUSE:
                    raise
                raise Failure(
                    f"port {page_port} on 127.0.0.1 is taken",
                    "the page may be open already; stop the program that listens there, or choose another port with"
                    " --page-port",
                ) from None

    run_async(main)


async def _browse(link: str) -> None:
    """Open the user's browser; without a browser only the link is printed."""
    import webbrowser

    import trio

    def start() -> None:
        try:
            # A text browser would take over the terminal.
            if not isinstance(webbrowser.get(), webbrowser.GenericBrowser):
                webbrowser.open(link)
        except webbrowser.Error:
            pass

    await trio.to_thread.run_sync(start, abandon_on_cancel=True)
