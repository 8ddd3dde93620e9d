"""`setmirror client-config`: what goes into an MCP client's configuration, and into which file.

The snippet goes to stdout, so that it can be piped; the words around it to stderr. `--write` puts it into
the file, next to the servers that are there, and keeps the file's former text beside it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from mcp_server.commands import folders
from mcp_server.commands.console import Failure, say, say_json
from mcp_server.commands.options import DEFAULT_PORT, http_port, port

SERVER = "setmirror"
CLIENT_VARIABLE = "SETMIRROR_CLIENT"
"""From here the server that a client starts has the client's token."""


@dataclass(frozen=True)
class Client:
    """One MCP client: under which key its file lists servers, and where the file is on each system."""

    title: str
    key: str
    file: Mapping[str, str]
    """system ("darwin", "win32" or "") → path; `~` and `%APPDATA%` are replaced, "" is every other system."""
    typed: bool = False
    """The entry says `"type": "stdio"` or `"http"`."""
    url: str = "url"
    """Under which key an entry for HTTP has the address."""


CLIENTS = {
    "claude": Client(
        "Claude Desktop",
        "mcpServers",
        {
            "darwin": "~/Library/Application Support/Claude/claude_desktop_config.json",
            "win32": "%APPDATA%/Claude/claude_desktop_config.json",
            "": "~/.config/Claude/claude_desktop_config.json",
        },
    ),
    "claude-code": Client("Claude Code (this folder)", "mcpServers", {"": ".mcp.json"}, typed=True),
    "cursor": Client("Cursor", "mcpServers", {"": "~/.cursor/mcp.json"}),
    "vscode": Client("VS Code (this folder)", "servers", {"": ".vscode/mcp.json"}, typed=True),
    "windsurf": Client(
        "Windsurf", "mcpServers", {"": "~/.codeium/windsurf/mcp_config.json"}, url="serverUrl"
    ),
}


def path_of(client: Client, platform: str, home: Path, environ: Mapping[str, str]) -> Path:
    """The client's configuration file on such a system."""
    text = client.file.get(platform, client.file[""])
    if text.startswith("~/"):
        return home / text[2:]
    if text.startswith("%APPDATA%/"):
        return Path(environ.get("APPDATA") or home / "AppData/Roaming") / text.removeprefix("%APPDATA%/")
    return Path(text)


def launch() -> tuple[list[str], dict[str, str]]:
    """The words and the environment that start this program: its script if there is one, else the module."""
    beside = Path(sys.executable).parent / ("setmirror.exe" if sys.platform == "win32" else "setmirror")
    # Absolute: a client starts servers with a PATH of its own.
    if beside.is_file():
        return [str(beside)], {}
    return [sys.executable, "-m", "mcp_server.cli"], {"PYTHONPATH": str(folders.source().parent.parent)}


def http_entry(client: Client, http_port: int, bearer: str) -> dict[str, Any]:
    """The entry of a server that runs already, for such a client."""
    row: dict[str, Any] = {"type": "http"} if client.typed else {}
    row[client.url] = f"http://127.0.0.1:{http_port}/mcp"
    row["headers"] = {"Authorization": f"Bearer {bearer}"}
    return row


def entry(
    client: Client, words: list[str], arguments: list[str], environ: Mapping[str, str]
) -> dict[str, Any]:
    """The entry of a server that the client starts."""
    row: dict[str, Any] = {"type": "stdio"} if client.typed else {}
    row["command"], row["args"] = words[0], [*words[1:], *arguments]
    if environ:
        row["env"] = dict(environ)
    return row


def merged(text: str, client: Client, row: dict[str, Any]) -> str:
    """The configuration `text` with our entry in it; everything else stays.

    Raises:
      ValueError: the text is not a JSON object, or its list of servers is not one.
    """
    document = json.loads(text) if text.strip() else {}
    servers = document.setdefault(client.key, {}) if isinstance(document, dict) else None
    if not isinstance(servers, dict):
        raise ValueError(f"`{client.key}` must be a JSON object")
    servers[SERVER] = row
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write(path: Path, client: Client, row: dict[str, Any]) -> Path | None:
    """Put the entry into the file; the path of the former text, if there was any."""
    former = path.read_text("utf-8") if path.exists() else None
    text = merged(former or "", client, row)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = None
    if former is not None:
        kept = path.with_name(path.name + ".before-setmirror")
        kept.write_text(former, "utf-8")
    aside = path.with_name(path.name + ".new")
    aside.touch(mode=0o600)
    aside.write_text(text, "utf-8")
    os.replace(aside, path)
    return kept


@click.command("client-config", short_help="Print what goes into an MCP client's configuration.")
@click.argument("client", type=click.Choice(list(CLIENTS)))
@click.option("--headless", is_flag=True, help="A server with its own headless Live, to try without Live.")
@click.option("--http", is_flag=True, help="For a server that `setmirror serve --http` runs, by its address.")
@http_port
@click.option(
    "--name",
    metavar="NAME",
    help="Who the client is to rules, undo and the event log; CLIENT if not given. Each name has a token of its own.",
)
@click.option(
    "--toolset",
    "toolsets",
    multiple=True,
    metavar="NAME",
    help="Offer only these tools, as `serve --toolset`: core for clients with a limit.",
)
@click.option(
    "--write", "write_it", is_flag=True, help="Put it into the client's file, keeping the former text."
)
@port
def command(
    client: str,
    headless: bool,
    http: bool,
    http_port: int,
    name: str | None,
    toolsets: tuple[str, ...],
    write_it: bool,
    port: int,
) -> None:
    """Print what goes into an MCP client's configuration, or write it there.

    The entry holds the client's own token: by it rules, undo and the event log know the client, whatever name it gives
    itself.
    """
    from mirror.token import bearer, load_token

    if http and headless:
        raise click.UsageError("--headless goes with a server that the client starts, not with --http")
    if http and toolsets:
        raise click.UsageError(
            "--toolset goes with a server that the client starts; give it to `serve --http`"
        )
    chosen = CLIENTS[client]
    try:
        token = bearer(load_token(), name or client)
    except ValueError as problem:
        raise click.UsageError(f"--name: {problem}") from None
    arguments = ["serve"]
    if headless:
        arguments.append("--headless")
    elif port != DEFAULT_PORT:
        arguments += ["--port", str(port)]
    for each in toolsets:
        arguments += ["--toolset", each]
    words, environ = launch()
    if "SETMIRROR_HOME" in os.environ:
        environ["SETMIRROR_HOME"] = os.environ["SETMIRROR_HOME"]
    environ[CLIENT_VARIABLE] = token
    row = http_entry(chosen, http_port, token) if http else entry(chosen, words, arguments, environ)
    path = path_of(chosen, sys.platform, Path.home(), os.environ)
    if not write_it:
        say(f"{chosen.title}: into {path}", err=True)
        say_json({chosen.key: {SERVER: row}}, indent=2)
        return
    try:
        kept = write(path, chosen, row)
    except (OSError, ValueError) as problem:
        raise Failure(
            f"{path} was left as it is: {problem}", "fix the file, or add the entry by hand"
        ) from None
    say(f"written to {path}" + (f"; its former text is in {kept.name}" if kept else ""))
    say(f"restart {chosen.title}")
