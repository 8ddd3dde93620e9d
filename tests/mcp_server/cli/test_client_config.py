"""What goes into a client's configuration, and what stays there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mcp_server.cli import setmirror
from mcp_server.commands import client_config
from mcp_server.commands.client_config import CLIENTS, merged, path_of, write
from mcp_server.commands.console import run_command

ROW = {"command": "/bin/setmirror", "args": ["serve"]}


@pytest.mark.parametrize("name", list(CLIENTS))
def test_the_snippet_is_json_and_starts_a_program_that_is_there(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(setmirror, ["client-config", name]) == 0

    said = json.loads(capsys.readouterr().out)
    row = said[CLIENTS[name].key]["setmirror"]
    assert shutil.which(row["command"]) == row["command"]
    assert row["args"][-1] == "serve"
    assert ("type" in row) == CLIENTS[name].typed


def test_another_port_and_a_headless_live_go_into_the_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(setmirror, ["client-config", "cursor", "--port", "9999"])
    with_port = json.loads(capsys.readouterr().out)["mcpServers"]["setmirror"]["args"]
    run_command(setmirror, ["client-config", "cursor", "--headless"])
    headless = json.loads(capsys.readouterr().out)["mcpServers"]["setmirror"]["args"]

    assert with_port[-3:] == ["serve", "--port", "9999"]
    assert headless[-2:] == ["serve", "--headless"]


def test_each_system_has_its_own_file_for_claude() -> None:
    home, claude = Path("/home/me"), CLIENTS["claude"]

    assert path_of(claude, "darwin", home, {}) == Path(
        "/home/me/Library/Application Support/Claude/claude_desktop_config.json"
    )
    assert path_of(claude, "win32", home, {"APPDATA": "/roaming"}) == Path(
        "/roaming/Claude/claude_desktop_config.json"
    )
    assert path_of(claude, "linux", home, {}) == Path("/home/me/.config/Claude/claude_desktop_config.json")


def test_other_servers_and_settings_stay() -> None:
    before = {"theme": "dark", "mcpServers": {"other": {"command": "x"}, "setmirror": {"command": "old"}}}

    after = json.loads(merged(json.dumps(before), CLIENTS["claude"], ROW))

    assert after == {"theme": "dark", "mcpServers": {"other": {"command": "x"}, "setmirror": ROW}}


def test_writing_keeps_the_former_text_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    path.write_text('{"mcpServers": {}}', "utf-8")

    kept = write(path, CLIENTS["cursor"], ROW)

    assert kept is not None
    assert kept.read_text("utf-8") == '{"mcpServers": {}}'
    assert json.loads(path.read_text("utf-8")) == {"mcpServers": {"setmirror": ROW}}


@pytest.mark.parametrize("text", ["{ // a comment", "[]", '{"mcpServers": []}'])
def test_a_file_that_is_not_understood_is_left_as_it_is(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mcp.json"
    path.write_text(text, "utf-8")
    monkeypatch.setattr(client_config, "path_of", lambda *_: path)

    assert run_command(setmirror, ["client-config", "cursor", "--write"]) == 1

    assert path.read_text("utf-8") == text
    assert str(path) in capsys.readouterr().err


def test_writing_twice_changes_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "new" / "mcp.json"
    write(path, CLIENTS["vscode"], ROW)
    first = path.read_text("utf-8")
    write(path, CLIENTS["vscode"], ROW)

    assert path.read_text("utf-8") == first
