"""`setmirror client-config`: the entry for an MCP client's configuration, printed or written into the client's file.

The entry goes to stdout, so that it can be piped; explanations go to stderr. `--write` puts the entry into each file
that the client reads. Comments, order, line ends, file mode and a symbolic link do not change, and a copy of the text
from before the first write is saved next to the file.
"""

from __future__ import annotations

import codecs
import os
import shutil
import stat
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from mcp_server.commands import folders
from mcp_server.commands.config_texts import JSON, TOML, YAML, Format
from mcp_server.commands.console import Failure, say, say_exact, say_json
from mcp_server.commands.options import CLIENT_VARIABLE, as_json, http_port, port
from mirror.files import write_beside
from remote_script.SetMirror.contract.limits import PORT

SERVER = "setmirror"
COPY_SUFFIX = ".before-setmirror"
"""The suffix of the copy with the file's text from before the first write."""


@dataclass(frozen=True)
class McpClient:
    """One MCP client: the places of its files on each system, and the form of its entries."""

    title: str
    key: str
    files: Mapping[str, tuple[str, ...]]
    """System → patterns of files (see `files_of`); "" means every system except "darwin" and "win32"."""
    format: Format = JSON
    types: tuple[str, str] | None = None
    """The entry's `type` for stdio and for HTTP, if the client needs one."""
    url: str = "url"
    """The key of the address in an entry for HTTP; empty where the client only starts servers."""
    headers: str = "headers"
    command: str = "command"
    env: str = "env"
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further members of each entry."""


_CLAUDE = "claude_desktop_config.json"
_TYPED = ("stdio", "http")

CLIENTS = {
    # The MSIX package, on Windows the usual one since February 2026, reads its own copy of AppData only.
    "claude": McpClient(
        "Claude Desktop",
        "mcpServers",
        {
            "darwin": (f"~/Library/Application Support/Claude/{_CLAUDE}",),
            "win32": (
                f"%LOCALAPPDATA%/Packages/Claude_*/LocalCache/Roaming/Claude/{_CLAUDE}",
                f"%APPDATA%/Claude/{_CLAUDE}",
            ),
            "": (f"%XDG_CONFIG_HOME%/Claude/{_CLAUDE}",),
        },
        url="",
    ),
    "claude-code": McpClient("Claude Code (this folder)", "mcpServers", {"": (".mcp.json",)}, types=_TYPED),
    "cursor": McpClient("Cursor", "mcpServers", {"": ("~/.cursor/mcp.json",)}),
    "vscode": McpClient("VS Code (this folder)", "servers", {"": (".vscode/mcp.json",)}, types=_TYPED),
    "windsurf": McpClient(
        "Windsurf", "mcpServers", {"": ("~/.codeium/windsurf/mcp_config.json",)}, url="serverUrl"
    ),
    "codex": McpClient(
        "Codex", "mcp_servers", {"": ("%CODEX_HOME%/config.toml",)}, format=TOML, headers="http_headers"
    ),
    "gemini": McpClient("Gemini CLI", "mcpServers", {"": ("~/.gemini/settings.json",)}, url="httpUrl"),
    # Older versions keep their files in ~/.cache.
    "lm-studio": McpClient(
        "LM Studio", "mcpServers", {"": ("~/.lmstudio/mcp.json", "~/.cache/lm-studio/mcp.json")}
    ),
    "zed": McpClient(
        "Zed",
        "context_servers",
        {
            "darwin": ("~/.config/zed/settings.json",),
            "win32": ("%APPDATA%/Zed/settings.json",),
            "": ("%XDG_CONFIG_HOME%/zed/settings.json",),
        },
    ),
    "goose": McpClient(
        "Goose",
        "extensions",
        {
            "darwin": ("~/.config/goose/config.yaml",),
            "win32": ("%APPDATA%/Block/goose/config/config.yaml",),
            "": ("%XDG_CONFIG_HOME%/goose/config.yaml",),
        },
        format=YAML,
        types=("stdio", "streamable_http"),
        url="uri",
        command="cmd",
        env="envs",
        more={"enabled": True, "name": SERVER, "timeout": 300},
    ),
}
"""The clients, as their own documentation describes them (November 2026)."""

_DEFAULTS = {
    "%APPDATA%": "AppData/Roaming",
    "%LOCALAPPDATA%": "AppData/Local",
    "%XDG_CONFIG_HOME%": ".config",
    "%CODEX_HOME%": ".codex",
}
"""Variable → the folder below the home folder that is used if the variable is not set."""


@dataclass(frozen=True)
class ConfigFile:
    """A file that a client reads; `expected` when the client's own folder exists, so that it seems to be installed."""

    path: Path
    expected: bool


def files_of(client: McpClient, machine: folders.Machine) -> list[ConfigFile]:
    """The files of a client on this machine: all files whose folder exists, else the file that the client would create.

    A pattern begins with `~` or a variable; a `*` stands for any name, and that folder must exist.
    """
    patterns = client.files.get(machine.platform, client.files.get("", ()))
    files = [file for pattern in patterns for file in _expanded(pattern, machine)]
    there = [file for file in files if file.expected]
    return there or files[:1]


def _expanded(pattern: str, machine: folders.Machine) -> Iterator[ConfigFile]:
    first, _, rest = pattern.partition("/")
    if first == "~":
        root = machine.home
    elif first in _DEFAULTS:
        named = machine.environ.get(first.strip("%"))
        root = Path(named) if named else machine.home / _DEFAULTS[first]
    else:
        # The working directory of the command is the client's project.
        yield ConfigFile(Path(pattern), True)
        return
    if "*" not in rest:
        yield ConfigFile(root / rest, (root / rest).parent.is_dir())
        return
    anchor, _, below = rest.partition("*")
    try:
        packages = sorted(root.glob(anchor + "*"))
    except OSError:
        return
    for package in packages:
        if package.is_dir():
            yield ConfigFile(package / below.lstrip("/"), True)


def launch() -> tuple[list[str], dict[str, str]]:
    """The command line and environment that start this program; paths are absolute, since a client has another PATH."""
    name = "setmirror.exe" if sys.platform == "win32" else "setmirror"
    uvx = shutil.which("uvx")
    if "archive-v0" in Path(sys.prefix).parts and uvx:
        # `uvx` runs programs from its cache, which it clears.
        return [uvx, SERVER], {}
    for folder in (Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))):
        if (folder / name).is_file():
            return [str(folder / name)], {}
    return [sys.executable, "-m", "mcp_server.cli"], {"PYTHONPATH": str(folders.source().parent.parent)}


def http_entry(client: McpClient, http_port: int, bearer: str) -> dict[str, Any]:
    """The entry for a server that runs already and serves HTTP."""
    members: dict[str, Any] = {"type": client.types[1]} if client.types else {}
    members[client.url] = f"http://127.0.0.1:{http_port}/mcp"
    members[client.headers] = {"Authorization": f"Bearer {bearer}"}
    return {**members, **client.more}


def entry(
    client: McpClient, words: list[str], arguments: list[str], environ: Mapping[str, str]
) -> dict[str, Any]:
    """The entry for a server that the client starts."""
    members: dict[str, Any] = {"type": client.types[0]} if client.types else {}
    members[client.command], members["args"] = words[0], [*words[1:], *arguments]
    if environ:
        members[client.env] = dict(environ)
    return {**members, **client.more}


def merged(text: str, client: McpClient, members: Mapping[str, Any]) -> str:
    """The configuration `text` with our entry in it; the other text does not change.

    Raises:
      ValueError: the text does not have the client's format.
    """
    return client.format.write(text, client.key, SERVER, members)


def read(path: Path, client: McpClient) -> dict[str, Any] | None:
    """Our entry in the file, or None; OSError and ValueError with the reason for a file that cannot be read."""
    return client.format.read(path.read_bytes().decode("utf-8-sig"), client.key, SERVER)


def write(path: Path, client: McpClient, members: Mapping[str, Any]) -> Path | None:
    """Put the entry into the file; returns the path of the copy of its former text, None for a new file.

    Raises:
      OSError: a file cannot be read or written.
      ValueError: the file does not have the client's format.
    """
    # The link's target is written, so that links of dotfile managers remain links.
    path = Path(os.path.realpath(path))
    former = path.read_bytes() if path.exists() else None
    mode = stat.S_IMODE(path.stat().st_mode) if former is not None else 0o600
    bom = codecs.BOM_UTF8 if (former or b"").startswith(codecs.BOM_UTF8) else b""
    before = (former or b"").decode("utf-8-sig")
    text = merged(before.replace("\r\n", "\n"), client, members)
    if "\r\n" in before:
        text = text.replace("\n", "\r\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    copy = path.with_name(path.name + COPY_SUFFIX)
    if former is not None and not os.path.lexists(copy):
        write_beside(copy, former, mode)
    write_beside(path, bom + text.encode(), mode)
    return copy if copy.exists() else None


@click.command("client-config", short_help="Print the entry for an MCP client's configuration.")
@click.argument("client", type=click.Choice(list(CLIENTS)))
@click.option(
    "--headless", is_flag=True, help="A server that starts headless Live, to try SetMirror without Live."
)
@click.option("--http", is_flag=True, help="For the address of a running `setmirror serve --http`.")
@http_port
@click.option(
    "--name",
    metavar="NAME",
    help="The client's name in rules, undo and the event log; CLIENT if not given. Each name has a separate token.",
)
@click.option(
    "--toolset",
    "toolsets",
    multiple=True,
    metavar="NAME",
    help="Offer only these tools, as `serve --toolset`: core for clients with a limit.",
)
@click.option("--read-only", is_flag=True, help="Offer and allow reads only, as `serve --read-only`.")
@click.option(
    "--write",
    "write_it",
    is_flag=True,
    help="Write the entry into the client's file and keep a copy of the former text.",
)
@port
@as_json
def command(client: str, write_it: bool, as_json: bool, **how: Any) -> None:
    """Print the entry for an MCP client's configuration, or write the entry into the client's file.

    The entry contains the client's own token. Rules, undo and the event log identify the client by this token,
    whatever name the client gives itself. With --json: the files, the entry, and the text for a client whose file
    is not JSON.
    """
    chosen = CLIENTS[client]
    members = _entry(client, chosen, **how)
    files = files_of(chosen, folders.Machine())
    if not write_it and as_json:
        paths = [str(file.path) for file in files]
        text = merged("", chosen, members)
        say_json({"client": client, "files": paths, "key": chosen.key, "entry": members, "text": text})
        return
    if not write_it:
        for file in files:
            say(f"{chosen.title}: into {file.path}", err=True)
        if chosen.format is JSON:
            say_json({chosen.key: {SERVER: members}}, indent=2)
        else:
            say_exact(merged("", chosen, members).rstrip("\n"))
        return
    for file in files:
        try:
            copy = write(file.path, chosen, members)
        except (OSError, ValueError) as problem:
            raise Failure(
                f"{file.path} was not changed: {problem}", "fix the file, or add the entry by hand"
            ) from None
        if as_json:
            facts = {"client": client, "file": str(file.path), "expected": file.expected}
            say_json({**facts, "before": None if copy is None else str(copy)})
            continue
        say(f"written to {file.path}" + (f"; its text before SetMirror is in {copy.name}" if copy else ""))
        if not file.expected:
            say(f"the folder {file.path.parent} is new: is {chosen.title} installed for this user?")
    if not as_json:
        say(f"restart {chosen.title}")


def _entry(
    name_of_client: str,
    client: McpClient,
    *,
    headless: bool,
    http: bool,
    http_port: int,
    name: str | None,
    toolsets: tuple[str, ...],
    read_only: bool,
    port: int,
) -> dict[str, Any]:
    """The entry for the options of the command; UsageError where options contradict each other."""
    from mirror.token import bearer, load_token

    if http and headless:
        raise click.UsageError("--headless goes with a server that the client starts, not with --http")
    if http and (toolsets or read_only):
        option = "--toolset" if toolsets else "--read-only"
        raise click.UsageError(
            f"{option} goes with a server that the client starts; give it to `serve --http`"
        )
    if http and not client.url:
        raise click.UsageError(f"{client.title} only starts servers itself: leave out --http")
    _check_toolsets(toolsets)
    try:
        token = bearer(load_token(), name or name_of_client)
    except ValueError as problem:
        raise click.UsageError(f"--name: {problem}") from None
    if http:
        return http_entry(client, http_port, token)
    arguments = ["serve"]
    if headless:
        arguments.append("--headless")
    elif port != PORT:
        arguments += ["--port", str(port)]
    for toolset in toolsets:
        arguments += ["--toolset", toolset]
    if read_only:
        arguments.append("--read-only")
    words, environ = launch()
    if "SETMIRROR_HOME" in os.environ:
        environ["SETMIRROR_HOME"] = os.environ["SETMIRROR_HOME"]
    environ[CLIENT_VARIABLE] = token
    return entry(client, words, arguments, environ)


def _check_toolsets(toolsets: tuple[str, ...]) -> None:
    if toolsets:
        # Imported here: the tools need the mirror.
        from mcp_server.tools import chosen

        chosen(toolsets)
