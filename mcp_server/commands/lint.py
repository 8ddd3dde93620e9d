"""`setmirror lint`: lists problems of a Set's file. Exit codes: 0 none, 1 problems, 2 the file cannot be read."""

from __future__ import annotations

import click

from mcp_server.commands import options
from mcp_server.commands.console import say, say_json


@click.command("lint", short_help="List the problems of a Set's file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@options.as_json
@click.pass_context
def command(ctx: click.Context, file: str, as_json: bool) -> None:
    """List the problems of a Set's file.

    Looks for missing samples, empty clips, levels above 0 dB, returns that nothing sends to, duplicate names, clips
    on tracks that cannot sound, and plug-ins without parameters. Exit codes: 0 no problems, 1 problems, 2
    FILE cannot be read.
    """
    from mcp_server.history import read_set
    from mcp_server.history.lint import lint
    from mirror.errors import MirrorError

    try:
        findings = lint(read_set(file))
    except MirrorError as problem:
        say(f"error: {problem}", err=True)
        ctx.exit(2)
    if as_json:
        say_json([finding._asdict() for finding in findings])
    for finding in () if as_json else findings:
        say(f"{finding.rule:16} {finding.ref:34} {finding.text}")
    ctx.exit(1 if findings else 0)
