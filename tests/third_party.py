"""Third-party Remote Scripts as their makers publish them, fetched into a temporary folder.

They are neither changed nor stored. `NotAvailable` is raised if a package registry cannot be reached: a test skips
with its text, a benchmark prints the text.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

FETCH_S = 240.0

ABLETON_MCP = ("ableton-mcp==1.4.5",)
LIVEMCP = ("livemcp==1.2.8", "mcp<2")
"""The version of `mcp` for a package that requires any version but uses the API of version 1."""
ABLETON_JS = "ableton-js@4.1.0"
MCP_SERVER_ABLETON_LIVE = "mcp-server-ableton-live==1.8.1"


class NotAvailable(Exception):
    """The package is not available here; the text has the reason."""


def run(*words: str) -> None:
    """Run a command until it ends; NotAvailable if it fails."""
    try:
        subprocess.run(words, check=True, capture_output=True, timeout=FETCH_S, text=True)
    except FileNotFoundError:
        raise NotAvailable(f"there is no {words[0]} here") from None
    except (subprocess.SubprocessError, OSError) as problem:
        said = getattr(problem, "stderr", "") or str(problem)
        raise NotAvailable(f"cannot be fetched here ({words[-1]}): {said.strip()[-200:]}") from None


def python_package(requirements: tuple[str, ...], folder: Path) -> Path:
    """The folder of a virtual environment with a package and its dependencies."""
    venv = folder / "venv"
    run(sys.executable, "-m", "venv", str(venv))
    run(
        str(venv / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        *requirements,
    )
    return venv


def python_files(requirement: str, folder: Path) -> Path:
    """The folder with a package's own files, without its dependencies."""
    site = folder / "site"
    words = ("-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--target", str(site))
    run(sys.executable, *words, requirement)
    return site


def site_packages(venv: Path) -> Path:
    (folder,) = (venv / "lib").glob("python*/site-packages")
    return folder


def ableton_mcp(folder: Path) -> tuple[Path, Path]:
    """(The Remote Script as its own installer writes it, the server's command)."""
    venv = python_package(ABLETON_MCP, folder)
    return _ableton_mcp_script(site_packages(venv), folder), venv / "bin" / "ableton-mcp"


def ableton_mcp_alone(folder: Path) -> tuple[Path, Path]:
    """(The Remote Script, the folder of its files)."""
    site = python_files(ABLETON_MCP[0], folder)
    return _ableton_mcp_script(site, folder), site


def _ableton_mcp_script(site: Path, folder: Path) -> Path:
    script = folder / "AbletonMCP"
    script.mkdir()
    bundled = site / "MCP_Server" / "bundled_ableton_remote_script" / "AbletonMCP_init.py"
    shutil.copyfile(bundled, script / "__init__.py")
    return script


def livemcp(folder: Path) -> tuple[Path, Path]:
    """(The Remote Script, the server's command)."""
    venv = python_package(LIVEMCP, folder)
    return _folder(
        site_packages(venv) / "livemcp" / "remote_script", folder / "LiveMCP"
    ), venv / "bin" / "livemcp"


def livemcp_alone(folder: Path) -> tuple[Path, Path]:
    """(The Remote Script, the folder to import its client from)."""
    site = python_files(LIVEMCP[0], folder)
    return _folder(site / "livemcp" / "remote_script", folder / "LiveMCP"), site


def mcp_server_ableton_live(folder: Path) -> tuple[Path, Path]:
    """(The Remote Script as its own installer writes it, the folder to import its client from)."""
    site = python_files(MCP_SERVER_ABLETON_LIVE, folder)
    return _folder(site / "ableton_live_mcp" / "remote_script", folder / "AbletonMCP"), site


def _folder(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def ableton_js(folder: Path) -> tuple[Path, Path]:
    """(The Remote Script, the JavaScript package)."""
    run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder / "js"), ABLETON_JS)
    package = folder / "js" / "node_modules" / "ableton-js"
    return _folder(package / "midi-script", folder / "AbletonJS"), package
