"""Entries in clients' configurations: content, file, and unchanged other text."""

from __future__ import annotations

import codecs
import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mcp_server.cli import setmirror
from mcp_server.commands import client_config, folders
from mcp_server.commands.client_config import CLIENTS, COPY_SUFFIX, files_of, merged, write
from mcp_server.commands.config_texts import JSON, TOML, YAML
from mcp_server.commands.console import run_command
from mirror.token import bearer, load_token, read_bearer

ROW = {"command": "/bin/setmirror", "args": ["serve"]}
OVER_HTTP = [name for name, each in CLIENTS.items() if each.url]


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """The entry that the command prints, parsed as the client parses it."""
    assert run_command(setmirror, ["client-config", *words]) == 0
    client = CLIENTS[words[0]]
    found = client.format.read(capsys.readouterr().out, client.key, "setmirror")
    assert found is not None
    return found


def machine(platform: str, home: Path, **environ: str) -> folders.Machine:
    return folders.Machine(platform, home, environ)


@pytest.mark.parametrize("name", list(CLIENTS))
def test_the_snippet_starts_an_existing_program(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    row, client = printed(capsys, name), CLIENTS[name]

    assert shutil.which(row[client.command]) == row[client.command]
    assert row["args"][-1] == "serve"
    assert row.get("type") == (client.types[0] if client.types else None)


@pytest.mark.parametrize("name", list(CLIENTS))
def test_options_of_the_server_become_arguments_of_the_entry(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    row = printed(capsys, name, "--port", "9999", "--toolset", "core", "--read-only")
    headless = printed(capsys, name, "--headless")

    assert row["args"][-6:] == ["serve", "--port", "9999", "--toolset", "core", "--read-only"]
    assert headless["args"][-2:] == ["serve", "--headless"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("cursor --http --read-only", "--read-only"),
        ("cursor --http --toolset core", "--toolset"),
        ("cursor --http --headless", "--headless"),
        ("claude --http", "leave out --http"),
        ("cursor --toolset none", "There is no toolset 'none'"),
    ],
)
def test_invalid_options_for_an_entry_are_refused(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(setmirror, ["client-config", *words.split()]) in (1, 2)
    assert said in "".join(capsys.readouterr())


@pytest.mark.parametrize("platform", ["darwin", "win32", "linux"])
@pytest.mark.parametrize("name", list(CLIENTS))
def test_every_client_has_a_file_on_every_system(name: str, platform: str, tmp_path: Path) -> None:
    (found,) = files_of(CLIENTS[name], machine(platform, tmp_path))

    assert found.path.suffix in (".json", ".toml", ".yaml")
    assert found.expected == (not found.path.is_absolute())


def test_both_kinds_of_claude_desktop_on_windows_are_configured(tmp_path: Path) -> None:
    local, roaming = tmp_path / "Local", tmp_path / "Roaming"
    windows = machine("win32", tmp_path, LOCALAPPDATA=str(local), APPDATA=str(roaming))
    plain = roaming / "Claude/claude_desktop_config.json"
    package = local / "Packages/Claude_pzs8sxrjxfjjc"
    packaged = package / "LocalCache/Roaming/Claude/claude_desktop_config.json"

    def paths() -> list[Path]:
        return [each.path for each in files_of(CLIENTS["claude"], windows)]

    assert paths() == [plain]
    package.mkdir(parents=True)
    (local / "Packages/ClaudeSomethingElse").mkdir()
    assert paths() == [packaged]
    plain.parent.mkdir(parents=True)
    assert paths() == [packaged, plain]


def test_both_files_are_written_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    windows = machine("win32", tmp_path)
    (tmp_path / "AppData/Local/Packages/Claude_x").mkdir(parents=True)
    (tmp_path / "AppData/Roaming/Claude").mkdir(parents=True)
    monkeypatch.setattr(folders, "Machine", lambda: windows)

    assert run_command(setmirror, ["client-config", "claude", "--write"]) == 0

    said = capsys.readouterr().out
    written = list((tmp_path / "AppData").rglob("claude_desktop_config.json"))
    assert len(written) == 2
    for path in written:
        assert str(path) in said
        assert client_config.read(path, CLIENTS["claude"]) is not None


def test_a_client_that_seems_absent_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    linux = machine("linux", tmp_path)
    monkeypatch.setattr(folders, "Machine", lambda: linux)

    assert run_command(setmirror, ["client-config", "zed", "--write"]) == 0
    assert "is Zed installed" in capsys.readouterr().out


def test_folders_named_by_the_environment_are_used(tmp_path: Path) -> None:
    linux = machine("linux", tmp_path, CODEX_HOME="/codex", XDG_CONFIG_HOME="/xdg")

    assert files_of(CLIENTS["codex"], linux)[0].path == Path("/codex/config.toml")
    assert files_of(CLIENTS["goose"], linux)[0].path == Path("/xdg/goose/config.yaml")


def test_other_servers_and_settings_are_kept() -> None:
    before = {"theme": "dark", "mcpServers": {"other": {"command": "x"}, "setmirror": {"command": "old"}}}

    after = json.loads(merged(json.dumps(before), CLIENTS["claude"], ROW))

    assert after == {"theme": "dark", "mcpServers": {"other": {"command": "x"}, "setmirror": ROW}}


COMMENTED = """// Zed's settings
{
  /* { "context_servers": 1 } */
  "theme": "One // Dark", // a "comment"
  "context_servers": {
    // mine
    "other": { "command": "x", "args": ["}", "//"], },
  },
}
"""


def test_an_entry_is_added_and_comments_and_trailing_commas_are_kept() -> None:
    once = JSON.write(COMMENTED, "context_servers", "setmirror", ROW)
    twice = JSON.write(once, "context_servers", "setmirror", {"command": "y"})

    assert JSON.read(once, "context_servers", "setmirror") == ROW
    assert JSON.read(twice, "context_servers", "setmirror") == {"command": "y"}
    assert JSON.read(twice, "context_servers", "other") == {"command": "x", "args": ["}", "//"]}
    for line in COMMENTED.splitlines():
        assert line.rstrip(",") in twice
    assert JSON.write(once, "context_servers", "setmirror", ROW) == once


@pytest.mark.parametrize(
    "text", ["", "\n", "// nothing yet\n", "{}", '{"a": 1}', '{"k": {}}', '{"k": {"b": {}}, "a": 1,}']
)
def test_an_entry_can_be_added_to_any_json(text: str) -> None:
    made = JSON.write(text, "k", "setmirror", ROW)

    assert JSON.read(made, "k", "setmirror") == ROW
    assert ('"a": 1' in made) == ('"a": 1' in text)
    assert ("nothing yet" in made) == ("nothing yet" in text)


def test_toml_keeps_its_tables_and_comments() -> None:
    text = '# mine\nmodel = "x"\n\n[mcp_servers.other]\ncommand = "a" # b\n\n[profiles.p]\nx = 1\n'
    row = {"command": 'C:\\a "b"', "args": ["serve"], "env": {"A B": "1", "C": "é🎹"}}

    once = TOML.write(text, "mcp_servers", "setmirror", {"command": "old", "env": {"x": "y"}})
    twice = TOML.write(once + "\n[mcp_servers.setmirror.tools.get]\nx = 1\n", "mcp_servers", "setmirror", row)

    assert TOML.read(twice, "mcp_servers", "setmirror") == row
    assert twice.startswith(text.rstrip())
    assert tomllib.loads(twice)["profiles"] == {"p": {"x": 1}}
    assert TOML.write(twice, "mcp_servers", "setmirror", row) == twice


YAMLS = [
    "",
    "GOOSE_MODE: auto\n",
    "extensions: {}\nGOOSE_MODE: auto\n",
    "extensions:\n  developer:\n    enabled: true # mine\n    type: builtin\nGOOSE_MODE: auto\n",
    "extensions:\n  setmirror:\n    cmd: old\n    args:\n    - a\n  developer:\n    enabled: true # mine\n",
]


@pytest.mark.parametrize("text", YAMLS)
def test_yaml_keeps_its_other_blocks(text: str) -> None:
    row = {"enabled": True, "cmd": "C:\\x y", "args": ["serve"], "envs": {"A": "é: #"}}

    made = YAML.write(text, "extensions", "setmirror", row)

    assert YAML.read(made, "extensions", "setmirror") == row
    assert made.count("setmirror:") == made.count("extensions:") == 1
    for line in text.splitlines():
        if not line.startswith("extensions") and not any(
            each in line for each in ("setmirror", "old", "args", "- a")
        ):
            assert line in made.splitlines()
    assert YAML.write(made, "extensions", "setmirror", row) == made


REFUSED = [
    ("cursor", "{ // a comment"),
    ("cursor", "[]"),
    ("cursor", '{"mcpServers": []}'),
    ("cursor", '{"a": 1} / '),
    ("codex", "a = "),
    ("codex", 'mcp_servers = { setmirror = { command = "x" } }'),
    ("codex", "mcp_servers = 1"),
    ("goose", "extensions: {a: {b: 1}}"),
    ("goose", "extensions:\n\ta: 1"),
]


@pytest.mark.parametrize(("client", "text"), REFUSED)
def test_an_unreadable_file_is_not_changed(
    client: str,
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "config"
    path.write_text(text, "utf-8")
    monkeypatch.setattr(client_config, "files_of", lambda *_: [client_config.ConfigFile(path, True)])

    assert run_command(setmirror, ["client-config", client, "--write"]) == 1

    assert path.read_text("utf-8") == text
    assert str(path) in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("config")] == ["config"]


@pytest.mark.parametrize("name", list(CLIENTS))
def test_the_text_from_before_the_first_write_is_kept(name: str, tmp_path: Path) -> None:
    path, client = tmp_path / "config", CLIENTS[name]
    path.write_text("", "utf-8")
    write(path, client, ROW)
    first = path.read_text("utf-8")

    kept = write(path, client, {"command": "another"})

    assert kept == tmp_path / f"config{COPY_SUFFIX}"
    assert kept.read_text("utf-8") == ""
    write(path, client, ROW)
    assert path.read_text("utf-8") == first


def test_a_link_its_file_and_the_mode_are_kept(tmp_path: Path) -> None:
    dotfiles = tmp_path / "dotfiles"
    dotfiles.mkdir()
    real, link = dotfiles / "mcp.json", tmp_path / "mcp.json"
    real.write_text("{}", "utf-8")
    real.chmod(0o640)
    link.symlink_to(real)

    write(link, CLIENTS["cursor"], ROW)

    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert client_config.read(link, CLIENTS["cursor"]) == ROW


def test_a_byte_order_mark_and_line_ends_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    path.write_bytes(codecs.BOM_UTF8 + b'{\r\n  "a": "\xc3\xa9"\r\n}\r\n')

    write(path, CLIENTS["cursor"], ROW)

    data = path.read_bytes()
    assert data.startswith(codecs.BOM_UTF8)
    assert data.count(b"\n") == data.count(b"\r\n")
    assert json.loads(data.decode("utf-8-sig")) == {"a": "é", "mcpServers": {"setmirror": ROW}}


@pytest.mark.parametrize("name", list(CLIENTS))
def test_the_entry_has_the_clients_token_and_not_the_bridges(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    row, token = printed(capsys, name), load_token()

    assert token not in str(row)
    assert read_bearer(token, row[CLIENTS[name].env]["SETMIRROR_CLIENT"]) == ("agent", name)


@pytest.mark.parametrize("name", OVER_HTTP)
def test_the_entry_for_http_has_the_address_and_a_token(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    row, client = printed(capsys, name, "--http", "--name", "studio-2"), CLIENTS[name]

    assert row[client.url] == "http://127.0.0.1:9861/mcp"
    scheme, shown = row[client.headers]["Authorization"].split()
    assert (scheme, read_bearer(load_token(), shown)) == ("Bearer", ("agent", "studio-2"))


@pytest.mark.parametrize("name", ["", "a b", "../x", "process-1", "x" * 65])
def test_an_invalid_name_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name:
        assert run_command(setmirror, ["client-config", "cursor", "--name", name]) != 0
        assert "--name" in capsys.readouterr().err
    with pytest.raises(ValueError, match="name"):
        bearer(load_token(), name)


def test_a_new_token_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "mcp.json"

    assert write(path, CLIENTS["cursor"], ROW) is None

    assert path.stat().st_mode & 0o077 == 0
