"""With every encoding of a stream and with all names, each command prints its lines and ends without an error."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mcp_server.cli import COMMANDS, setmirror
from mcp_server.commands import console, processes
from mcp_server.commands.console import INTERRUPTED, run_command
from tests.remote_script.headless.als import making as m

NAME = "Bass 🎹 → Łódź ümläut"
ENCODINGS = ["cp1252", "cp437", "ascii", "utf-8"]

WORDS: dict[str, list[str]] = {
    "demo": ["demo --set {home}/🎹.txt"],
    "serve": ["serve --toolset 🎹", "serve --http-port 🎹"],
    "daw-mcp": ["daw-mcp --daw-mcp-port 🎹"],
    "live": ["live --coverage", "live --set {home}/🎹.txt"],
    "tail": ["tail --since 0 --port {port}", "tail --json --since 0 --port {port}"],
    "get": ["get tracks/0 --port {port}", "get tracks/0 --json --port {port}", "get 🎹 --port {port}"],
    "status": ["status --port {port}", "status --json --port {port}"],
    "look": ["look -o {home}/🎹.svg --port {port}"],
    "diff": [
        "diff {als} --port {port}",
        "diff --textconv {als}",
        "diff {als} --json --port {port}",
    ],
    "lint": ["lint {als}", "lint --json {als}"],
    "export-midi": ["export-midi {als} {home}/🎹.mid"],
    "record": ["record {als}"],
    "replay": ["replay {als}"],
    "policy": [
        "policy show",
        "policy pin tracks/0 --port {port}",
        "policy check tracks/0 name --port {port}",
    ],
    "recipe": ["recipe list", "recipe show 🎹", "recipe dry-run 🎹 --port {port}"],
    "install": ["install --to {home}/🎹 --dry-run", "install --to {home}/🎹"],
    "doctor": ["doctor --port {port}", "doctor --schema --port 1"],
    "probe": ["probe --list", "probe --only 🎹 --port {port}"],
    "client-config": ["client-config cursor", "client-config claude --name 🎹"],
}
"""Commands with names that only UTF-8 can encode; `tried` has the others."""


@dataclass
class Ground:
    """A running Live whose first track has a given name, a Set file with that name, and a home."""

    port: int
    home: Path
    als: Path


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    home = tmp_path_factory.mktemp("🎹 home")
    person = home / "person.jsonl"
    renaming = {"at": 0, "do": "set", "ref": "tracks/0", "name": "name", "value": NAME}
    # The Set changes all the time, so that a following command always has another line.
    lines = [renaming] + [
        {"wait": 0.1, "do": "set", "ref": "scenes/0", "name": "name", "value": f"{NAME} {n}"}
        for n in range(2000)
    ]
    person.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    (home / "🎹.txt").write_text("no Set", "utf-8")
    ids = m.Ids()
    track = m.track(
        ids, "MidiTrack", NAME, 1, slots=[m.midi_clip(NAME, [(60, 0, 1, 100)]), m.midi_clip(NAME, [])]
    )
    als = m.write(home / "🎹.als", m.whole_set(ids, track))
    live = subprocess.Popen(
        [sys.executable, "-m", "remote_script.headless", "--port", "0", "--person", str(person)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=processes.environment(SETMIRROR_HOME=str(home)),
    )
    assert live.stdout is not None
    try:
        port = json.loads(live.stdout.readline())["port"]
        assert json.loads(live.stdout.readline())["ok"]
        drain = threading.Thread(target=live.stdout.read)
        drain.start()
        yield Ground(port, home, als)
    finally:
        live.terminate()
        live.wait(10)
        drain.join()
        live.stdout.close()


class Stream(io.TextIOWrapper):
    """A stream with an encoding whose reader closes it after `lines` lines."""

    def __init__(self, encoding: str, lines: float = 200) -> None:
        self.data = io.BytesIO()
        self._left = lines
        super().__init__(self.data, encoding=encoding, errors="strict", newline="\n")

    def write(self, text: str) -> int:
        if self._left <= 0:
            raise BrokenPipeError(32, "Broken pipe")
        self._left -= text.count("\n")
        return super().write(text)

    def said(self) -> str:
        self.flush()
        return self.data.getvalue().decode(self.encoding)


@dataclass
class Ended:
    code: int
    out: str
    err: str


def run(
    words: str, ground: Ground, monkeypatch: pytest.MonkeyPatch, encoding: str = "utf-8", lines: float = 200
) -> Ended:
    """Run the command in this process with these streams."""
    out, err = Stream(encoding, lines), Stream(encoding, lines)
    monkeypatch.setenv("SETMIRROR_HOME", str(ground.home))
    monkeypatch.chdir(ground.home)
    given = [word.format(port=ground.port, home=ground.home, als=ground.als) for word in words.split()]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        code = run_command(setmirror, given)
    return Ended(code, out.said(), err.said())


def tried() -> list[str]:
    """Arguments for each command; a command without any gets a name that only UTF-8 can encode."""
    return [words for name in COMMANDS for words in WORDS.get(name, [f"{name} 🎹"])]


def test_one_console_writes_for_every_command() -> None:
    folder = Path(console.__file__).parent
    others = [path for path in folder.glob("*.py") if path.name != "console.py"]
    direct = ("click.echo(", "print(", "sys.stdout.write", "json.encode(answer).decode()")
    assert [path.name for path in others for each in direct if each in path.read_text("utf-8")] == []


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("words", tried())
def test_no_name_crashes_a_command_in_any_encoding(
    words: str, encoding: str, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A command without an end of its own ends when its reader closes the stream.
    ended = run(words, ground, monkeypatch, encoding, lines=2 if words.startswith("tail") else 10_000)

    assert ended.code in (0, 1, 2)
    assert ended.out + ended.err
    assert "Traceback" not in ended.err
    if encoding == "utf-8":
        assert "?" not in ended.out.replace("?", "", words.count("?")) or words.startswith("live")


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("encoding", ["cp437", "ascii"])
def test_the_help_of_every_command_fits_the_stream(
    name: str, encoding: str, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = run(f"{name} --help", ground, monkeypatch, encoding)

    assert ended.code == 0
    assert "Usage: setmirror" in ended.out


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_and_pins_are_exact_in_every_encoding(
    encoding: str, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = json.loads(run("get tracks/0 --json --port {port}", ground, monkeypatch, encoding).out)
    pin = tomllib.loads(run("policy pin tracks/0 --port {port}", ground, monkeypatch, encoding).out)

    assert got["props"]["name"] == NAME
    assert pin["pins"][0]["name"] == NAME


def test_only_signs_missing_in_the_encoding_are_replaced(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run("get tracks/0 --port {port}", ground, monkeypatch, "cp1252").out.splitlines()[0]

    assert '"Bass ? -> ?ód? ümläut"' in first


@pytest.mark.parametrize("words", [*tried(), "--help", "get --help"])
def test_a_closed_pipe_is_not_an_error(words: str, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run(words, ground, monkeypatch, lines=1)

    assert ended.code in (0, 1, 2)
    assert "Traceback" not in ended.err


@pytest.mark.skipif(os.name == "nt", reason="POSIX shells")
@pytest.mark.parametrize("words", ["probe --list", "tail --since 0 --port {port}", "--help"])
def test_head_closes_a_real_pipe_without_an_error_message(words: str, ground: Ground) -> None:
    program = f"'{sys.executable}' -m mcp_server.cli {words.format(port=ground.port)}"
    command = f"{program} | head -n 1; exit ${{PIPESTATUS[0]}}"
    environ = processes.environment(SETMIRROR_HOME=str(ground.home)) | {"PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=environ, check=False, timeout=120)

    assert done.returncode == 0
    assert done.stdout.count(b"\n") == 1
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.slow
def test_the_demo_succeeds_on_a_cp1252_pipe(ground: Ground) -> None:
    environ = processes.environment(SETMIRROR_HOME=str(ground.home)) | {"PYTHONIOENCODING": "cp1252"}
    words = [sys.executable, "-m", "mcp_server.cli", "demo", "--quick", "--set", str(ground.als)]
    done = subprocess.run(words, capture_output=True, env=environ, check=False, timeout=120)

    assert b"Traceback" not in done.stderr
    assert done.returncode != INTERRUPTED
    assert "Bass" in done.stdout.decode("cp1252")
