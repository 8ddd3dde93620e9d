"""`setmirror completion`: prints the script with which a shell completes commands, options and choices."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from mcp_server.commands.console import say

VARIABLE = "_SETMIRROR_COMPLETE"
"""The variable with which the shell asks the program; click derives it from the program's name."""


@click.command("completion", short_help="Print the script with which a shell completes setmirror's commands.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    r"""Print the script with which a shell completes setmirror's commands.

    \b
      bash: eval "$(setmirror completion bash)" in ~/.bashrc
      zsh:  eval "$(setmirror completion zsh)" in ~/.zshrc
      fish: setmirror completion fish > ~/.config/fish/completions/setmirror.fish
    """
    made = get_completion_class(shell)
    assert made is not None
    say(made(ctx.find_root().command, {}, "setmirror", VARIABLE).source())
