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
from mirror.token import bearer, load_token, read_bearer

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


def test_a_toolset_goes_into_the_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(setmirror, ["client-config", "cursor", "--toolset", "core"])
    row = json.loads(capsys.readouterr().out)["mcpServers"]["setmirror"]

    assert row["args"][-3:] == ["serve", "--toolset", "core"]


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


@pytest.mark.parametrize("name", list(CLIENTS))
def test_the_entry_holds_the_clients_own_token_and_never_the_bridges(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_command(setmirror, ["client-config", name])
    stdio = capsys.readouterr().out
    run_command(setmirror, ["client-config", name, "--http", "--name", "studio-2"])
    over_http = capsys.readouterr().out

    token = load_token()
    assert token not in stdio + over_http
    row = json.loads(stdio)[CLIENTS[name].key]["setmirror"]
    assert read_bearer(token, row["env"]["SETMIRROR_CLIENT"]) == ("agent", name)
    row = json.loads(over_http)[CLIENTS[name].key]["setmirror"]
    assert row[CLIENTS[name].url] == "http://127.0.0.1:9861/mcp"
    scheme, shown = row["headers"]["Authorization"].split()
    assert (scheme, read_bearer(token, shown)) == ("Bearer", ("agent", "studio-2"))


@pytest.mark.parametrize("name", ["", "a b", "../x", "process-1", "x" * 65])
def test_a_name_that_cannot_be_one_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name:
        assert run_command(setmirror, ["client-config", "cursor", "--name", name]) != 0
        assert "--name" in capsys.readouterr().err
    with pytest.raises(ValueError, match="name"):
        bearer(load_token(), name)


def test_a_file_that_is_made_for_a_token_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"

    write(path, CLIENTS["cursor"], ROW)

    assert path.stat().st_mode & 0o077 == 0
