"""Clients read back the files that `client-config --write` wrote, if npm has their package.

VS Code's own parser reads VS Code's file. Clients without a package are listed with the reason.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcp_server.cli import setmirror
from mcp_server.commands.client_config import CLIENTS, launch
from mcp_server.commands.console import run_command
from tests import third_party

pytestmark = pytest.mark.slow
NO_PACKAGE = "is a desktop application and has no package on npm or PyPI that reads its file"
Run = Callable[..., subprocess.CompletedProcess[str]]


def codex(run: Run) -> dict[str, Any]:
    transport: dict[str, Any] = json.loads(run("codex", "mcp", "get", "setmirror", "--json").stdout)[
        "transport"
    ]
    return {name: transport[name] for name in ("command", "args", "env")}


def claude_code(run: Run) -> dict[str, Any]:
    text = run("claude", "mcp", "get", "setmirror").stdout
    words = dict(re.findall(r"^ +(Command|Args): (.*)$", text, re.MULTILINE))
    env = dict(re.findall(r"^ +(SETMIRROR_\w+)=(.*)$", text, re.MULTILINE))
    return {"command": words["Command"], "args": words["Args"].split(), "env": env}


def gemini(run: Run) -> dict[str, Any]:
    listed = run("gemini", "mcp", "list")
    found = re.search(r"setmirror: (\S+) (.*) \(stdio\)", listed.stdout + listed.stderr)
    assert found is not None
    return {"command": found[1], "args": found[2].split()}


def vscode(run: Run) -> dict[str, Any]:
    code = (
        "const {parse} = require('jsonc-parser'); const errors = [];"
        "const text = require('fs').readFileSync('.vscode/mcp.json', 'utf8');"
        "const row = parse(text, errors, {allowTrailingComma: true}).servers.setmirror;"
        "console.log(JSON.stringify({errors, row}))"
    )
    found = json.loads(run("node", "-e", code).stdout)
    assert found["errors"] == []
    assert found["row"].pop("type") == "stdio"
    row: dict[str, Any] = found["row"]
    return row


READERS: dict[str, tuple[str, Callable[[Run], dict[str, Any]]]] = {
    "codex": ("@openai/codex", codex),
    "claude-code": ("@anthropic-ai/claude-code", claude_code),
    "gemini": ("@google/gemini-cli", gemini),
    "vscode": ("jsonc-parser", vscode),
}
BEFORE = {
    "vscode": '{\n  // of the person\n  "servers": {"other": {"command": "x", "type": "stdio"},},\n}\n',
    "claude-code": '{"mcpServers": {"other": {"command": "x"}}}',
    "gemini": '{"theme": "Dark", "mcpServers": {"other": {"command": "x"}}}',
    "codex": 'model = "o"  # of the person\n\n[mcp_servers.other]\ncommand = "x"\n',
}
"""The text of each client's file before."""


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_reads_the_entry_written_for_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name not in READERS:
        pytest.skip(f"{CLIENTS[name].title} {NO_PACKAGE}")
    package, read = READERS[name]
    npm, home, project = tmp_path / "npm", tmp_path / "home", tmp_path / "home" / "project"
    project.mkdir(parents=True)
    npm.mkdir()
    try:
        third_party.run(
            "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(npm), package
        )
    except third_party.NotAvailable as problem:
        pytest.skip(f"{package} cannot be had from npm: {problem}")
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(home))
    monkeypatch.delenv("CODEX_HOME", raising=False)
    monkeypatch.chdir(project)
    file = {"codex": home / ".codex/config.toml", "gemini": home / ".gemini/settings.json"}.get(name)
    file = file or {"claude-code": project / ".mcp.json", "vscode": project / ".vscode/mcp.json"}[name]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(BEFORE[name])
    assert run_command(setmirror, ["client-config", name, "--headless", "--toolset", "core", "--write"]) == 0

    def run(command: str, *words: str) -> subprocess.CompletedProcess[str]:
        binary = str(npm / "node_modules" / ".bin" / command) if command != "node" else "node"
        environ = {**os.environ, "NODE_PATH": str(npm / "node_modules"), "NO_COLOR": "1"}
        done = subprocess.run(
            [binary, *words], env=environ, capture_output=True, text=True, timeout=120, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done

    row = read(run)
    command, environ = launch()
    assert [row["command"], *row["args"]] == [*command, "serve", "--headless", "--toolset", "core"]
    if "env" in row:
        assert row["env"]["SETMIRROR_CLIENT"].startswith(f"{name}.")
        assert environ.items() <= row["env"].items()
