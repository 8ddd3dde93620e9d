"""`setmirror serve`: the MCP server over stdio, with Live or with a headless Live of its own.

stdout belongs to MCP: nothing here prints to it.
"""

from __future__ import annotations

from pathlib import Path

import click

from mcp_server.commands import options
from mcp_server.commands.console import run_async


@click.command("serve", short_help="Serve MCP over stdio, for a client's configuration.")
@click.option("--headless", is_flag=True, help="Start a headless Live and end it with the server.")
@options.set_file
@click.option(
    "--journal",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep the event log there as JSON Lines, turned over by size and age.",
)
@options.port
def command(headless: bool, set_file: Path | None, journal: Path | None, port: int) -> None:
    """Serve MCP over stdio, for a client's configuration.

    Starts at once, whether Live runs or not: the mirror connects by itself and again after every loss.
    """
    if set_file is not None and not headless:
        raise click.UsageError("--set goes with --headless; Live itself opens its own Sets")

    async def main() -> None:
        from mcp_server.commands.link import version
        from mcp_server.commands.processes import HeadlessProcess
        from mcp_server.server import serve_stdio

        if not headless:
            await serve_stdio(port=port, version=version(), journal=journal)
            return
        async with HeadlessProcess.started(set_file) as live:
            await serve_stdio(port=live.port, version=version(), journal=journal)

    run_async(main)
