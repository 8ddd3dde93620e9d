"""`setmirror revert`: reverts changes by write, author, time or object; `mcp_server.history.revert` does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mcp_server.commands import options
from mcp_server.commands.console import run_async, say, say_json


@click.command("revert", short_help="Revert changes by write, author, time or place.")
@click.option("--write", default="", metavar="ID", help="All changes of this write.")
@click.option(
    "--author",
    "who",
    default="",
    help="Only changes of this author; live is a person, anyone is every author.",
)
@click.option(
    "--since", metavar="WHEN", help='Only changes after a revision, "10 min" ago, or a time such as 14:05.'
)
@click.option("--under", metavar="REF", help="Only this object and the objects below it.")
@click.option("--property", "name", default="", help="Only this property of --under.")
@click.option("--dry-run", is_flag=True, help="Only list what would change.")
@options.journal
@options.port
@options.as_json
def command(
    write: str,
    who: str,
    since: str | None,
    under: str | None,
    name: str,
    dry_run: bool,
    journal: Path | None,
    port: int,
    as_json: bool,
) -> None:
    """Revert changes, value by value, as one new step of Live's undo history.

    Values that somebody else changed since then are not reverted, and are listed. The changes come from the journal of
    `setmirror serve`.
    """
    if not write and not under and not who:
        raise click.UsageError("give --write, --under, or --author with --since")
    settings = {
        "write": write,
        "who": who,
        "since": since,
        "under": under,
        "property": name,
        "dry_run": dry_run,
    }
    arguments = {key: value for key, value in settings.items() if value}

    async def main() -> None:
        import trio

        from mcp_server.commands.link import call_tool, linked
        from mirror.journal import read_folder

        async with linked(port) as mirror:
            past = await trio.to_thread.run_sync(read_folder, journal or options.journal_folder())
            mirror.log.seed(past.events)
            answer = await call_tool(mirror, "revert", arguments)
        if as_json:
            say_json(answer)
            return
        for line in lines(answer):
            say(line)

    run_async(main)


def lines(answer: dict[str, Any]) -> list[str]:
    """The tool's answer as lines for people."""
    count = len(answer.get("results", ()))
    state = "would change" if answer.get("dry_run") else answer.get("outcome", "")
    return [*answer.get("notes", ()), f"{count} operations, {state}"]
