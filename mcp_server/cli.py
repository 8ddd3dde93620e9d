"""The command `setmirror`: one group, each command in its own module of `mcp_server.commands`.

A command's module is imported when the command is called, so that `get` and `tail` start at once: `mcp` alone takes
half a second. Exit codes: 0 done and checked, 1 failed with a reason, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

COMMANDS = {
    "demo": ("demo", "See SetMirror work: headless Live, the bridge, MCP and an agent, every step checked."),
    "serve": ("serve", "Serve MCP over stdio or HTTP, for a client's configuration."),
    "daw-mcp": ("daw_mcp", "Speak DAW MCP's protocol on 127.0.0.1:8182."),
    "bitwig": ("bitwig", "Show a project in Bitwig as a Set, over DAW MCP's extension."),
    "live": ("live", "Run headless Live with the Remote Script until interrupted."),
    "tail": ("tail", "Follow the changes in the Set and their authors."),
    "get": ("get", "Read one object from the mirror."),
    "status": ("status", "Show the bridge's state: Set, revision, clients and counters."),
    "look": ("look", "Draw the Set, a clip or a device as SVG, PNG or text."),
    "top": ("top", "Watch the Set in the whole terminal."),
    "view": ("view", "Open a live page of the Set in the browser."),
    "diff": ("diff", "List the differences between two Sets."),
    "revert": ("revert", "Revert changes by write, author, time or place."),
    "mix": ("mix", "Save, compare and recall mixes of the open Set."),
    "lint": ("lint", "List the problems of a Set's file."),
    "import-midi": ("import_midi", "Read a MIDI file into the open Set."),
    "recipe": ("recipe", "List, show, check, dry-run and run recipes."),
    "export-midi": ("export_midi", "Write a Set's arrangement or a clip as a MIDI file."),
    "record": ("record", "Record the messages between Live and the mirror, for a bug report."),
    "replay": ("replay", "Play a recording in place of Live, for the mirror to connect to."),
    "policy": ("policy", "Show and check the rules for agents."),
    "install": ("install", "Install the Remote Script in Live's User Library."),
    "uninstall": ("uninstall", "Remove the Remote Script from Live's User Library."),
    "doctor": ("doctor", "List all problems and their fixes."),
    "probe": ("probe", "Check the facts about Live that SetMirror relies on."),
    "guide": ("guide", "Show a page of the guide."),
    "check": ("check", "Run any Remote Script through a fixed course of checks."),
    "stubs": ("stubs", "Write type stubs for `import Live`, for an editor."),
    "bundle": ("bundle", "Make the one-click bundle for Claude Desktop."),
    "completion": ("completion", "Print the script with which a shell completes setmirror's commands."),
    "client-config": ("client_config", "Print the entry for an MCP client's configuration."),
}
"""Command → (module, one line of help)."""


class LazyGroup(click.Group):
    """A group that lists its commands by name and imports a command when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"mcp_server.commands.{COMMANDS[cmd_name][0]}")
        command = module.command
        assert isinstance(command, click.Command)
        _keep_lines(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _keep_lines(command: click.Command) -> None:
    r"""Replace `\b` in a raw docstring by click's control character, which keeps the lines of its paragraph."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    if isinstance(command, click.Group):
        for subcommand in command.commands.values():
            _keep_lines(subcommand)


def _print_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted:
        from mcp_server.commands import folders
        from mcp_server.commands.console import say

        say(f"setmirror {folders.version_of(folders.source())}")
        ctx.exit()


@click.group(
    cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Without a command: what is installed and running, as JSON."
)
@click.pass_context
def setmirror(ctx: click.Context, as_json: bool) -> None:
    """SetMirror: a live mirror of the Ableton Live Set for AI agents.

    Without Live on this machine start with `setmirror demo`; with Live, start with `setmirror install`.
    Without a command, setmirror shows what is installed and running, and the next step.

    Exit codes: 0 done, 1 failed (the line says why; `diff` and `lint`: there are differences or problems), 2 wrong
    usage (`diff` and `lint`: a file cannot be read), 130 interrupted.
    """
    if ctx.invoked_subcommand is None:
        from mcp_server.commands import overview

        overview.show(as_json)
    elif as_json:
        raise click.UsageError("write --json after the command")


def main() -> None:
    """The entry point: runs one command and ends the process with its exit code."""
    from mcp_server.commands.console import run_command

    sys.exit(run_command(setmirror))


if __name__ == "__main__":
    main()
