"""`setmirror bundle`: the one-click bundle for Claude Desktop (`.mcpb`) and the registry's `server.json`.

The bundle contains this program's own packages and a `pyproject.toml` with its dependencies: the client's uv installs
them and starts the server. A client passes settings as texts, so the server reads them from environment variables.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from mcp_server.commands import doctor_checks, options
from mcp_server.commands.console import Failure, say, say_json
from mcp_server.commands.processes import packages_root
from remote_script.SetMirror.contract.limits import PORT

PACKAGES = ("mirror", "mcp_server", "remote_script")
REGISTRY_NAME = "io.github.setmirror/setmirror"
"""The name in the MCP registry. The README has it too, since the registry compares both."""
PYTHONS = ">=3.11 <3.15"
"""The range of Python versions in the manifest's syntax."""
ICON_PIXELS = 512
_EPOCH = (2026, 1, 1, 0, 0, 0)
"""The modification time of all files, so that the same program gives the same bundle."""

USER_CONFIG: dict[str, dict[str, Any]] = {
    "read_only": {
        "type": "boolean",
        "title": "Read only",
        "description": "Claude may look at the Live Set and never change it.",
        "default": False,
    },
    "toolset": {
        "type": "string",
        "title": "Tools",
        "description": "all, or core for about twenty tools.",
        "default": "all",
    },
    "headless": {
        "type": "boolean",
        "title": "Try without Live",
        "description": "Use a simulated Live with a demo Set instead of the Live on this machine.",
        "default": False,
    },
    "port": {
        "type": "number",
        "title": "Port",
        "description": "The port of the Remote Script in Live, on this machine only.",
        "default": PORT,
        "min": 1,
        "max": 65535,
    },
}
VARIABLES = {name: f"SETMIRROR_{name.upper()}" for name in USER_CONFIG}
"""Setting → the environment variable from which `serve` reads it."""


@click.command("bundle", short_help="Make the one-click bundle for Claude Desktop.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@options.as_json
def command(folder: Path, as_json: bool) -> None:
    """Make setmirror-VERSION.mcpb in FOLDER, to open in Claude Desktop, and the registry's server.json beside it."""
    version = doctor_checks.version()
    path = folder / f"setmirror-{version}.mcpb"
    try:
        requirements = _requirements()
    except metadata.PackageNotFoundError:
        raise Failure(
            "setmirror is not installed in this Python, so its dependencies are not known",
            "pip install . first",
        ) from None
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bundle(version, requirements))
    server = folder / "server.json"
    server.write_text(json.dumps(server_json(version), indent=2) + "\n", "utf-8")
    if as_json:
        size = path.stat().st_size
        say_json({"bundle": str(path), "bytes": size, "server_json": str(server), "version": version})
        return
    say(f"{path}: {path.stat().st_size / 1e6:.1f} MB; open it in Claude Desktop (Settings → Extensions)")
    say(
        f"{server}: for the MCP registry, once this version is on PyPI; only the owner of that "
        f"GitHub account can register {REGISTRY_NAME}"
    )
    say("The Remote Script still goes into Live by `setmirror install`.")


def bundle(version: str, requirements: list[str]) -> bytes:
    """The bundle as a zip file."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _files(version, requirements):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def _files(version: str, requirements: list[str]) -> Iterator[tuple[str, bytes]]:
    yield "manifest.json", json.dumps(manifest(version), indent=2).encode()
    yield "pyproject.toml", _pyproject(version, requirements).encode()
    yield "icon.png", icon()
    for package in PACKAGES:
        folder = packages_root() / package
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(packages_root()).as_posix()
            if path.is_file() and "__pycache__" not in name:
                yield name, path.read_bytes()


def manifest(version: str) -> dict[str, Any]:
    """The bundle's manifest, version 0.4."""
    return {
        "manifest_version": "0.4",
        "name": "setmirror",
        "display_name": "SetMirror for Ableton Live",
        "version": version,
        "description": "See and change the Ableton Live Set that is open now.",
        "long_description": "A live mirror of the Ableton Live Set: instant reads, verified writes. "
        "Needs the SetMirror Remote Script in Live (`setmirror install`), or the setting Try without Live.",
        "author": {"name": "SetMirror"},
        "license": "MIT",
        "icon": "icon.png",
        "keywords": ["ableton", "music", "live"],
        "server": {
            "type": "uv",
            "entry_point": "mcp_server/cli.py",
            "mcp_config": {
                "command": "uv",
                "args": ["run", "--directory", "${__dirname}", "setmirror", "serve"],
                "env": {variable: f"${{user_config.{name}}}" for name, variable in VARIABLES.items()},
            },
        },
        "tools_generated": True,
        "prompts_generated": True,
        "user_config": USER_CONFIG,
        "compatibility": {"platforms": ["darwin", "win32", "linux"], "runtimes": {"python": PYTHONS}},
    }


def server_json(version: str) -> dict[str, Any]:
    """The entry for the MCP registry: the package on PyPI, started over stdio."""
    return {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": REGISTRY_NAME,
        "title": "SetMirror",
        "description": "A live mirror of the Ableton Live Set: instant reads, verified writes.",
        "version": version,
        "packages": [
            {
                "registryType": "pypi",
                "identifier": "setmirror",
                "version": version,
                "runtimeHint": "uvx",
                "transport": {"type": "stdio"},
                "packageArguments": [{"type": "positional", "value": "serve"}],
            }
        ],
    }


def _requirements() -> list[str]:
    return [
        requirement for requirement in metadata.requires("setmirror") or () if "extra ==" not in requirement
    ]


def _pyproject(version: str, requirements: list[str]) -> str:
    """A minimal project file for uv, which installs the packages beside it."""
    return f"""\
[build-system]
requires = ["hatchling>=1.25"]
build-backend = "hatchling.build"

[project]
name = "setmirror"
version = "{version}"
requires-python = ">=3.11"
dependencies = {json.dumps(requirements)}

[project.scripts]
setmirror = "mcp_server.cli:main"

[tool.hatch.build.targets.wheel]
packages = {json.dumps(PACKAGES)}
"""


def icon() -> bytes:
    """A PNG: the clips of a session, and their mirror image."""
    from PIL import Image, ImageDraw

    size, cell = ICON_PIXELS, ICON_PIXELS // 8
    image = Image.new("RGBA", (size, size))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, size - 1, size - 1), radius=size // 6, fill="#1e2430")
    for column, (height, color) in enumerate(
        ((2, "#ff9f43"), (3, "#54d6a4"), (1, "#5aa9ff"), (2, "#f368a0"))
    ):
        left = cell + int(column * cell * 1.6)
        for row in range(height):
            above = size // 2 - (row + 1) * cell
            draw.rounded_rectangle((left, above + 6, left + cell, above + cell - 6), radius=10, fill=color)
            below = size // 2 + row * cell
            draw.rounded_rectangle(
                (left, below + 6, left + cell, below + cell - 6), radius=10, fill=color + "66"
            )
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
