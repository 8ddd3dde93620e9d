"""`setmirror recipe`: lists, shows and checks recipes; dry-runs or runs a recipe in the open Set."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from mcp_server.commands import options
from mcp_server.commands.console import Failure, run_async, say, say_json, style


@click.group("recipe", short_help="List, show, check, dry-run and run recipes.")
def command() -> None:
    """Recipes: jobs in a Set, each one undo step.

    Recipes are TOML files: those that SetMirror ships, and those in ~/.setmirror/recipes.
    """


@command.command("list")
@click.argument("words", nargs=-1)
@options.as_json
def list_(words: tuple[str, ...], as_json: bool) -> None:
    """List all recipes, or those whose text has all WORDS."""
    from mcp_server import recipes
    from mcp_server.tools.knowledge import listed

    listing = listed(recipes.shelf(), " ".join(words))
    if as_json:
        say_json(listing)
        return
    width = max(map(len, listing["recipes"]), default=0)
    for name, purpose in listing["recipes"].items():
        say(f"{name:<{width}}  {purpose}")
    for name, problem in listing.get("broken", {}).items():
        say(style(f"{name}: {problem}", fg="red"), err=True)


@command.command()
@click.argument("name")
@options.as_json
def show(name: str, as_json: bool) -> None:
    """Show what a recipe does, its parameters and stages."""
    from mcp_server import recipes

    summary = recipes.summary(name, recipes.shelf().recipe(name))
    if as_json:
        say_json(summary)
        return
    say(f"{style(summary['title'], bold=True)}: {summary['for']}")
    if "needs_live" in summary:
        say(f"needs Live {summary['needs_live']}")
    for parameter, about in summary["parameters"].items():
        say(f"  {parameter}: {about}")
    for number, stage in enumerate(summary["stages"], 1):
        say(f"  {number}. {stage}")
    if "limits" in summary:
        say(summary["limits"])


@command.command()
@options.as_json
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Load all recipes and list their errors. Exits with 1 if there are any."""
    from mcp_server import recipes
    from mcp_server.tools.knowledge import faults

    shelf = recipes.shelf()
    faulty = faults(shelf)
    if as_json:
        say_json({"recipes": len(shelf.recipes) + len(shelf.broken), "faults": faulty})
        ctx.exit(1 if faulty else 0)
    for name, problems in faulty.items():
        for problem in problems:
            say(f"{name}: {problem}")
    say(f"{len(shelf.recipes) + len(shelf.broken)} recipes, {len(faulty)} with faults")
    ctx.exit(1 if faulty else 0)


_assigned = click.argument("parameters", nargs=-1, metavar="[NAME=VALUE]...")


@command.command("dry-run")
@click.argument("name")
@_assigned
@options.port
@options.as_json
def dry_run(name: str, parameters: tuple[str, ...], port: int, as_json: bool) -> None:
    """List what a recipe would change in the open Set; nothing is changed."""
    _call("dry_run", name, parameters, port, as_json)


@command.command()
@click.argument("name")
@_assigned
@options.port
@options.as_json
def run(name: str, parameters: tuple[str, ...], port: int, as_json: bool) -> None:
    """Run a recipe in the open Set, as one step of Live's undo history.

    A VALUE is JSON or a text: tempo=92  targets='["Bass", "Keys"]'  chords='Dm9 | G7'
    """
    _call("run", name, parameters, port, as_json)


def assigned(texts: tuple[str, ...]) -> dict[str, Any]:
    """NAME=VALUE as parameters; a value that is not JSON is a text.

    Raises:
      Failure: a text has no "=", or a name is given twice.
    """
    values: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name or name in values:
            raise Failure(f"{text!r} is no parameter", "write each once as NAME=VALUE")
        try:
            values[name] = msgspec.json.decode(value)
        except msgspec.DecodeError:
            values[name] = value
    return values


def _call(action: str, name: str, parameters: tuple[str, ...], port: int, as_json: bool) -> None:
    values = assigned(parameters)

    async def main() -> None:
        from mcp_server.commands.link import call_tool, linked

        async with linked(port) as mirror:
            answer = await call_tool(mirror, "recipe", {"action": action, "name": name, "parameters": values})
        if as_json:
            say_json(answer)
            return
        for stage in answer["stages"]:
            sign = "?" if action == "dry_run" else "ok" if stage["verified"] else "!!"
            say(f"{sign} {stage['stage']} ({stage['changed']} of {stage['operations']} changed)")
        for line in answer.get("would", ()):
            say(f"   {line}")
        for line in answer.get("notes", ()):
            say(line)
        if action == "run":
            say(f"{answer['outcome']}; one undo in Live reverts it")

    run_async(main)
