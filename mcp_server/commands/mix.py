"""`setmirror mix`: saved mixes of the open Set; see `mcp_server.history.mixes`."""

from __future__ import annotations

from typing import Any

import click

from mcp_server.commands import options
from mcp_server.commands.console import run_async, say, say_json


@click.group("mix", short_help="Save, compare and recall mixes of the open Set.")
def command() -> None:
    """Mixes of the open Set, kept as text files in ~/.setmirror/sets."""


_name = click.argument("name")
_dry = click.option("--dry-run", is_flag=True, help="Only list what would change.")


@command.command("list")
@options.port
@options.as_json
def list_(port: int, as_json: bool) -> None:
    """List the mixes of the open Set."""
    _call(port, as_json, "list")


@command.command()
@_name
@click.argument("scope", nargs=-1)
@click.option("--overwrite", is_flag=True, help="Replace the mix of that name.")
@options.port
@options.as_json
def save(name: str, scope: tuple[str, ...], overwrite: bool, port: int, as_json: bool) -> None:
    """Save the present mix.

    SCOPE is some of mixer, sends, devices, tracks, or refs such as tracks/2; mixer and sends if not given.
    """
    _call(port, as_json, "save", name=name, scope=list(scope), overwrite=overwrite)


@command.command()
@_name
@click.argument("other", required=False, default="")
@options.port
@options.as_json
def compare(name: str, other: str, port: int, as_json: bool) -> None:
    """List the differences between the mix NAME and the mix OTHER, or the present mix."""
    _call(port, as_json, "compare", name=name, other=other)


@command.command()
@_name
@_dry
@options.port
@options.as_json
def recall(name: str, dry_run: bool, port: int, as_json: bool) -> None:
    """Set all values to those of the mix NAME, as one step of Live's undo history."""
    _call(port, as_json, "recall", name=name, dry_run=dry_run)


@command.command()
@_name
@click.argument("other")
@_dry
@options.port
@options.as_json
def toggle(name: str, other: str, dry_run: bool, port: int, as_json: bool) -> None:
    """Recall NAME or OTHER, whichever of the two mixes is not set now."""
    _call(port, as_json, "toggle", name=name, other=other, dry_run=dry_run)


@command.command()
@_name
@options.port
@options.as_json
def delete(name: str, port: int, as_json: bool) -> None:
    """Delete the mix NAME."""
    _call(port, as_json, "delete", name=name)


def _call(port: int, as_json: bool, action: str, **arguments: Any) -> None:
    async def main() -> None:
        from mcp_server.commands.link import call_tool, linked

        async with linked(port) as mirror:
            answer = await call_tool(mirror, "mix", {"action": action, **arguments})
        if as_json:
            say_json(answer)
        else:
            for line in lines(answer):
                say(line)

    run_async(main)


def lines(answer: dict[str, Any]) -> list[str]:
    """The tool's answer as lines for people."""
    texts = []
    for mix in answer.get("mixes", ()):
        about = mix.get("problem") or f"{mix['saved']}: {mix['values']} values of {', '.join(mix['scope'])}"
        texts.append(f"{mix['name']:<20} {about}")
    if "saved" in answer:
        texts.append(f"{answer['saved']}: {answer['values']} values in {answer['file']}")
    if "different" in answer:
        texts += answer["different"] or ["no difference"]
        more = answer["count"] - len(answer["different"])
        texts += [f"and {more} more"] if more else []
        texts += [f"{name} is not there" for name in answer.get("missing", ())]
    if "deleted" in answer:
        texts.append(f"{answer['deleted']} is deleted")
    if "recalled" in answer:
        state = "would change" if answer.get("dry_run") else answer["outcome"]
        texts.append(f"{answer['recalled']}: {len(answer.get('results', ()))} values, {state}")
    return texts + list(answer.get("notes", ()))
