"""`setmirror serve`: the MCP server over stdio or HTTP, with Live or with a headless Live that it starts.

stdout is used by MCP only: no code here prints to it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from mcp_server.commands import options
from mcp_server.commands.console import run_async, say

PACKS = "headless library"
"""The folder of headless Live's packs and samples, beside the token."""


@click.command("serve", short_help="Serve MCP over stdio or HTTP, for a client's configuration.")
@click.option("--headless", is_flag=True, help="Start a headless Live and end it with the server.")
@options.set_file
@click.option("--http", is_flag=True, help="Streamable HTTP on 127.0.0.1 instead of stdio.")
@options.http_port
@click.option("--daw-mcp", is_flag=True, help="Speak DAW MCP's protocol on 127.0.0.1:8182 as well.")
@click.option("--read-only", is_flag=True, help="Offer and allow reads only.")
@click.option(
    "--toolset",
    "toolsets",
    multiple=True,
    metavar="NAME",
    help="Offer only these tools: core (about 20), or read, song, tracks, clips, notes, devices, browser, everything.",
)
@click.option(
    "--policy",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The policy file; ~/.setmirror/policy.toml if not given. If the file cannot be used, all writes are refused.",
)
@click.option(
    "--journal",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the log of changes to this folder as JSON Lines, rotated by size and age;"
    " ~/.setmirror/journal if not given.",
)
@click.option("--no-journal", is_flag=True, help="Keep no log of changes on disk.")
@options.port
def command(
    headless: bool,
    set_file: Path | None,
    http: bool,
    http_port: int,
    toolsets: tuple[str, ...],
    port: int,
    journal: Path | None,
    no_journal: bool,
    **more: Any,
) -> None:
    """Serve MCP over stdio or HTTP, for a client's configuration.

    Starts at once, with or without a running Live: the mirror connects automatically, and again after every loss.
    Clients of HTTP send a named token as their bearer token; `client-config --http` makes one for each.

    SETMIRROR_READ_ONLY and SETMIRROR_HEADLESS (true or false), SETMIRROR_TOOLSET and SETMIRROR_PORT set the
    options of the same names.
    """
    headless |= options.switched_on("SETMIRROR_HEADLESS")
    more["read_only"] |= options.switched_on("SETMIRROR_READ_ONLY")
    toolset = options.from_environment("SETMIRROR_TOOLSET")
    if toolset not in ("", "all") and not toolsets:
        toolsets = tuple(toolset.replace(",", " ").split())
    if set_file is not None and not headless:
        raise click.UsageError("--set goes with --headless; Live itself opens its own Sets")
    if no_journal and journal is not None:
        raise click.UsageError("--journal and --no-journal exclude each other")
    journal_folder = None if no_journal else journal or options.journal_folder()

    async def main() -> None:
        from mcp_server.commands.link import Reading, version
        from mcp_server.serving import Options, serve_http, serve_stdio

        def ready(url: str) -> None:
            say(f"MCP is served at {url} (named tokens: setmirror client-config --http)", err=True)

        async def serve(bridge: int) -> None:
            settings = Options(
                port=bridge, version=version(), toolsets=toolsets or None, journal=journal_folder, **more
            )
            if not http:
                await serve_stdio(settings)
                return
            await serve_http(settings, http_port=http_port, ready=ready)

        if not headless:
            await serve(port)
            return
        from mcp_server import index
        from mcp_server.commands.processes import HeadlessProcess
        from mirror.token import home

        packs = home() / PACKS
        # `browse` searches the content of headless Live's browser by tags and sounds.
        os.environ.setdefault(index.VARIABLE, str(packs))
        async with HeadlessProcess.started(
            set_file, more=["--library", str(packs)], reading=Reading()
        ) as live:
            await serve(live.port)

    run_async(main)
