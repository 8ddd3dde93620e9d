"""Every command whose answer a program may read writes it as JSON, one object a line, and nothing else to stdout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mcp_server.cli import setmirror
from mcp_server.commands.console import run_command
from tests.sets import OWN

NOT_FOR_PROGRAMS = {
    "serve": "MCP itself over stdio or HTTP",
    "daw-mcp": "a protocol of its own on its port",
    "bitwig": "a protocol of its own on its port",
    "live": "runs until interrupted; answers to --person are JSON lines already",
    "top": "draws in the whole terminal",
    "record": "runs until interrupted; its file is JSON lines",
    "replay": "runs until interrupted, on its port",
    "policy ask": "asks a person at the terminal",
    "completion": "its text is a program of the shell",
}
"""Commands without --json, each with the reason."""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    if group.invoke_without_command:
        yield " ".join(path), group
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def test_every_command_supports_json_or_has_a_reason_not_to() -> None:
    having = {
        name: any("--json" in option.opts for option in command.params)
        for name, command in commands(setmirror)
    }
    without = {name for name, has in having.items() if not has}
    assert without == set(NOT_FOR_PROGRAMS), (
        f"give the command --json (`options.as_json`), or correct NOT_FOR_PROGRAMS in {__file__}: "
        f"{', '.join(sorted(without ^ set(NOT_FOR_PROGRAMS)))}"
    )


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[object]:
    capsys.readouterr()
    run_command(setmirror, list(words))
    out = capsys.readouterr().out
    assert out.strip(), words
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize(
    "words",
    [
        "--json",
        "doctor --json",
        "install --json --to {library}",
        "uninstall --json --dry-run --to {library}",
        "uninstall --json --to {library}",
        "recipe list --json",
        "recipe show sidechain-pump --json",
        "recipe check --json",
        "policy show --json",
        "client-config claude --json",
        "client-config codex --json",
        "client-config goose --json --write",
        "export-midi {set} {folder}/Song.mid --json",
        "lint {set} --json",
        "stubs {folder}/typings --json",
        "guide --json",
        "probe --list --json",
    ],
)
def test_json_is_the_only_output_on_stdout(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("SETMIRROR_PORT", "1")
    library = tmp_path / "User Library" / "Remote Scripts"
    library.mkdir(parents=True)
    places = {"library": library, "set": OWN, "folder": tmp_path}
    asked = [word.format(**places) for word in words.split()]  # Places may have spaces in their names.
    found = lines(capsys, *asked)
    assert all(isinstance(each, dict | list) for each in found)
