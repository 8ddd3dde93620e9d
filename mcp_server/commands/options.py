"""Options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mcp_server.commands.console import say
from remote_script.SetMirror.contract.limits import PORT

CLIENT_VARIABLE = "SETMIRROR_CLIENT"
"""The environment variable with the client's token, for a server that the client starts."""


def default_port() -> int:
    """The bridge's port: `SETMIRROR_PORT`, else 9860; the script in Live reads the same variable in the same way."""
    return PORT if wrong_port() else int(from_environment("SETMIRROR_PORT") or PORT)


def wrong_port() -> str:
    """The problem with `SETMIRROR_PORT`; empty when the variable is a port or not set."""
    text = from_environment("SETMIRROR_PORT")
    if not text or (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= 65535):
        return ""
    return f"SETMIRROR_PORT must be 1 to 65535, got {text[:40]!r}; {PORT} is used"


def _say_wrong_port(ctx: click.Context, param: click.Parameter, value: int) -> int:
    if wrong_port() and param.name and ctx.get_parameter_source(param.name) is ParameterSource.DEFAULT:
        say(f"note: {wrong_port()}", err=True)
    return value


def journal_folder() -> Path:
    """The folder in which `serve` writes the log of changes by default."""
    from remote_script.SetMirror.contract import auth

    return Path(auth.home()) / "journal"


port = click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=default_port,
    callback=_say_wrong_port,
    show_default="SETMIRROR_PORT or 9860",
    help="The bridge's port on 127.0.0.1.",
)

http_port = click.option(
    "--http-port",
    type=click.IntRange(0, 65535),
    default=9861,
    show_default=True,
    metavar="PORT",
    help="Where `serve --http` listens on 127.0.0.1; 0 takes any free port.",
)

set_file = click.option(
    "--set",
    "set_file",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
    help="The .als file that headless Live opens; its demo Set otherwise.",
)

journal = click.option(
    "--journal",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    metavar="DIR",
    help="Where `serve` keeps the log of changes; ~/.setmirror/journal if not given.",
)

as_json = click.option("--json", "as_json", is_flag=True, help="JSON, one object a line.")


def from_environment(name: str) -> str:
    """A setting from the environment; empty where it is not set, also where a bundle left `${…}` in the variable."""
    text = os.environ.get(name, "").strip()
    return "" if text.startswith("${") else text


def switched_on(name: str) -> bool:
    """A switch in an environment variable: "true", "false", "1" or "0"; False where it is not set.

    Raises:
      UsageError: the variable has another value.
    """
    text = from_environment(name).lower()
    if text not in ("", "true", "false", "1", "0"):
        raise click.UsageError(f"{name} must be true or false, got {text[:40]!r}")
    return text in ("true", "1")


def text_of(value: Any) -> str:
    """A value as people read it: text in quotes, numbers short, lists in brackets."""
    if isinstance(value, bool) or value is None:
        return {True: "on", False: "off", None: "—"}[value]
    if isinstance(value, float):
        from mirror.values import neat

        return f"{neat(value):.4g}"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text_of(element) for element in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {text_of(member)}" for name, member in value.items()) + "}"
    return str(value)
