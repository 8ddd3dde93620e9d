"""`setmirror bitwig`: a project in Bitwig as a Set, for every other command and for `serve`."""

from __future__ import annotations

import signal

import click

from mcp_server.commands import options
from mcp_server.commands.console import say


@click.command("bitwig", short_help="Show a project in Bitwig as a Set, over DAW MCP's extension.")
@click.option(
    "--bitwig-port",
    type=click.IntRange(1, 65535),
    default=8181,
    show_default=True,
    metavar="PORT",
    help="Where the extension in Bitwig listens on 127.0.0.1.",
)
@options.port
def command(bitwig_port: int, port: int) -> None:
    """Run the bridge for Bitwig instead of Live, until interrupted.

    `serve` and all other commands then see Bitwig's project.

    The extension speaks DAW MCP's protocol (JSON-RPC over TCP, version 0.8.1), which sends no notifications: the
    bridge reads the project every 0.25 s, with at most 100 requests a second. `setmirror guide bitwig` lists what
    Bitwig does not offer.
    """
    from mcp_server.bitwig.side import run

    # SIGTERM ends the command as Ctrl-C does: the script notifies its clients.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    run(port, bitwig_port, lambda text: say(text, err=True))
