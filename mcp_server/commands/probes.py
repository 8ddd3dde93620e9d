"""`setmirror probe`: try on the Live that runs what this program takes to be true of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from mcp_server.commands import options
from mcp_server.commands.console import Failure, run_async, say, style


@click.command("probe", short_help="Try the facts that SetMirror relies on, in this Live.")
@options.as_json
@options.port
def command(as_json: bool, port: int) -> None:
    """Try the facts that SetMirror relies on, in the Live that runs.

    Needs a new, empty Set, and leaves it as it was. Exit code 0 if all agree. What differs in a real Live is worth a
    report: the line says what was expected, what was seen, and in which Live.
    """

    async def main() -> None:
        from mcp_server.commands import experiments
        from mcp_server.commands.link import linked
        from mirror import errors

        async with linked(port) as mirror:

            def told(outcome: Any) -> None:
                if as_json:
                    say(json.dumps({**asdict(outcome), "live": mirror.live_version}, ensure_ascii=False))
                    return
                mark = {True: style("agrees ", fg="green"), False: style("differs", fg="red", bold=True)}
                say(f"{mark.get(outcome.agrees, style('no such', fg='yellow'))} {outcome.fact}")
                if outcome.agrees is False:
                    say(f"        expected {outcome.expected!r}, seen {outcome.seen!r}")
                elif outcome.agrees is None:
                    say(f"        {outcome.note}")

            try:
                found = await experiments.run(mirror, told)
            except errors.MirrorError as problem:
                raise Failure(problem.rule, problem.hint) from None
            differ = sum(each.agrees is False for each in found)
            if not as_json:
                say(f"Live {mirror.live_version}: {len(found)} facts tried, {differ} differ")
            if differ:
                raise Failure(f"{differ} facts are not so in this Live", "please report the lines above")

    run_async(main)
