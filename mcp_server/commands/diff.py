"""`setmirror diff`: compares two files, or the open Set with a file, a backup, the last visit or a mix.

Exit codes are those of diff: 0 no differences, 1 differences, 2 an error.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mcp_server.commands import options
from mcp_server.commands.console import Failure, run_async, say, say_json

if TYPE_CHECKING:
    from mirror.store import Store

TROUBLE = 2
MOST_LINES = 1000


class Trouble(Failure):
    """A Set cannot be read."""

    exit_code = TROUBLE


@click.command("diff", short_help="List the differences between two Sets.")
@click.argument("old")
@click.argument("new", type=click.Path(exists=True, dir_okay=False), required=False)
@click.option("--textconv", is_flag=True, help="Print OLD as text, one line per object, for `git diff`.")
@options.port
@options.as_json
@click.pass_context
def command(ctx: click.Context, old: str, new: str | None, textconv: bool, port: int, as_json: bool) -> None:
    """List the differences between two Sets.

    OLD and NEW are .als files; without NEW, OLD is compared with the Set that is open in Live. OLD may also be "saved"
    (the Set's file), a time such as "1 week" (Live's newest backup from before then), "visit" (the Set when this
    command ran last), or "mix NAME". Exit codes: 0 no differences, 1 differences, 2 a Set cannot be read.
    """
    if not Path(old).is_file():
        if new is not None or textconv or old.casefold().endswith(".als"):
            raise click.BadParameter(f"File {old!r} does not exist.", param_hint="OLD")
        try:
            ctx.exit(_versions(old, port, as_json))
        except Failure as problem:
            raise Trouble(problem.message, problem.hint) from None
    from mcp_server.history import difference, read_set, words
    from mirror.errors import MirrorError

    try:
        before = read_set(old)
        if textconv:
            for line in lines(before):
                say(line)
            return
        after = read_set(new) if new is not None else _open_set(port)
    except MirrorError as problem:
        say(f"error: {problem}", err=True)
        ctx.exit(TROUBLE)
    changes = difference(before, after)
    if as_json:
        say_json(changes)
    for change in () if as_json else changes:
        say(words(change))
    ctx.exit(1 if changes else 0)


def _versions(old: str, port: int, as_json: bool) -> int:
    """Print the differences between the open Set and another version of it; returns the exit code."""

    async def main() -> dict[str, Any]:
        from mcp_server.commands.link import call_tool, linked

        async with linked(port) as mirror:
            return await call_tool(mirror, "compare", {"old": old, "limit": MOST_LINES}, visits=True)

    answer: dict[str, Any] = run_async(main)
    if as_json:
        say_json(answer)
    else:
        for group in answer.get("groups", ()):
            for line in group["changes"]:
                say(line)
        for line in (
            *answer.get("changes", ()),
            *(f"{name} is not there" for name in answer.get("missing", ())),
        ):
            say(line)
    return 1 if answer["count"] or answer.get("missing") else 0


def _open_set(port: int) -> Store:
    async def main() -> Store:
        from mcp_server.commands.link import linked

        async with linked(port) as mirror:
            return mirror.store

    store: Store = run_async(main)
    return store


def lines(store: Store) -> list[str]:
    """A Set as text, one line for each object with its values, in the order of the Set; equal Sets give equal texts."""
    from mcp_server.history.difference import shown
    from remote_script.SetMirror.contract import schema

    texts = []
    for node in store.walk():
        if node.type.endswith(".View"):
            continue
        properties = schema.properties(node.type)
        values = [
            f"{name}={shown(node, name)}"
            for name in sorted(node.props)
            if name in properties and properties[name].write and properties[name].type not in ("ref", "refs")
        ]
        if "notes" in node.props:
            values += [
                f"note={note.pitch}@{note.start_time:g}:{note.duration:g}v{note.velocity:g}"
                for note in node.props["notes"] or ()
            ]
        if values or node.name:
            texts.append(f"{store.ref(node.id)} {node.type} {node.name!r} {' '.join(values)}".rstrip())
    return texts
