"""`setmirror daw-mcp`: DAW MCP's protocol on 127.0.0.1, without MCP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mcp_server.commands import options
from mcp_server.commands.console import run_async, say


@click.command("daw-mcp", short_help="Speak DAW MCP's protocol on 127.0.0.1:8182.")
@click.option(
    "--daw-mcp-port",
    type=click.IntRange(0, 65535),
    default=8182,
    show_default=True,
    metavar="PORT",
    help="The port on 127.0.0.1 to listen on; 0 takes any free port.",
)
@click.option(
    "--extension",
    is_flag=True,
    help="For that project's own MCP server: indices from 0, note times in beats, notes as objects.",
)
@click.option("--read-only", is_flag=True, help="Refuse all writes.")
@click.option(
    "--policy",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The policy file; ~/.setmirror/policy.toml if not given.",
)
@options.port
def command(daw_mcp_port: int, extension: bool, port: int, **more: Any) -> None:
    """Speak DAW MCP's protocol (JSON-RPC over TCP, version 0.8.1) on 127.0.0.1, until interrupted.

    The protocol has no authentication: every program on this machine can connect. For the policy, every
    such program is the client "daw-mcp"; --read-only refuses all writes.
    """

    async def main() -> None:
        from mcp_server.commands.link import version
        from mcp_server.serving import Options, serve_daw_mcp

        def ready(at: int) -> None:
            where = f"127.0.0.1:{at}, for any program on this machine"
            say(f"DAW MCP's protocol is served at {where}", err=True)

        settings = Options(port=port, version=version(), **more)
        await serve_daw_mcp(settings, daw_mcp_port, extension=extension, ready=ready)

    run_async(main)
