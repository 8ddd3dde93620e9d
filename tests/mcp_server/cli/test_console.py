"""Every command ends with one line and an exit code, for every kind of error."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
import trio

from mcp_server import cli
from mcp_server.cli import setmirror
from mcp_server.commands import processes
from mcp_server.commands.console import INTERRUPTED, Failure, run_async, run_command
from tests.sets import OWN


def command_that(body: Callable[[], object]) -> click.Command:
    return click.command()(lambda: body())


def raising(problem: BaseException) -> click.Command:
    def body() -> None:
        raise problem

    return command_that(body)


def test_every_command_is_there_with_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in cli.COMMANDS:
        assert run_command(cli.setmirror, [name, "--help"]) == 0
    said = capsys.readouterr().out
    assert said.count("Usage:") == len(cli.COMMANDS)


def test_every_module_with_a_command_is_listed() -> None:
    folder = Path(cli.__file__).parent / "commands"
    modules = {path.stem for path in folder.glob("*.py") if "\ndef command(" in path.read_text("utf-8")}
    assert len(modules) > 20
    without = sorted(modules - {module for module, _ in cli.COMMANDS.values()})
    assert without == [], f"COMMANDS in mcp_server/cli.py has no {', '.join(without)}"


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(cli.setmirror, ["sing"]) == 2
    assert "sing" in capsys.readouterr().err


def test_a_failure_is_one_line_and_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(raising(Failure("it broke", "mend it")), []) == 1
    assert capsys.readouterr().err == "error: it broke\n  mend it\n"


@pytest.mark.parametrize(
    "problem",
    [
        KeyboardInterrupt(),
        BaseExceptionGroup("", [KeyboardInterrupt()]),
        BaseExceptionGroup("", [BaseExceptionGroup("", [KeyboardInterrupt(), ValueError()])]),
    ],
)
def test_an_interruption_is_not_an_error(problem: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(raising(problem), []) == INTERRUPTED
    assert capsys.readouterr().err.strip() == ""


def test_a_single_error_inside_exception_groups_is_reported_unwrapped() -> None:
    async def main() -> None:
        async with trio.open_nursery() as outer, trio.open_nursery() as inner:
            del outer, inner
            raise Failure("deep inside")

    with pytest.raises(Failure, match="deep inside"):
        run_async(main)


def test_an_internal_error_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        run_command(command_that(lambda: 1 / 0), [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_after_a_signal_all_tasks_end_before_the_exit(number: int) -> None:
    ended = []

    async def main() -> None:
        try:
            os.kill(os.getpid(), number)
            await trio.sleep_forever()
        finally:
            ended.append("cleaned up")

    with pytest.raises(KeyboardInterrupt):
        run_async(main)
    assert ended == ["cleaned up"]


def test_run_returns_the_result() -> None:
    async def main() -> int:
        return 7

    assert run_async(main) == 7


@pytest.mark.parametrize("name", ["get", "tail", "live", "status", "install", "doctor"])
def test_commands_without_a_server_start_without_the_mcp_library(name: str) -> None:
    program = (
        "import sys; from mcp_server.cli import setmirror; "
        f"setmirror.get_command(None, {name!r}); "
        "print(sorted(m for m in sys.modules if m == 'mcp' or m.startswith('pydantic')))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=processes.environment(),
    )
    assert found.stdout.strip() == "[]"


def test_the_list_of_commands_omits_their_arguments() -> None:
    heavy = ("anyio", "hashlib", "mcp", "mirror", "msgspec", "trio")
    program = (
        "import sys; from mcp_server.cli import setmirror; setmirror(['--help'], standalone_mode=False); "
        f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "serve" in shown.stdout
    assert shown.stderr.strip() == "[]"


COMMANDS = ["serve", "serve --http --http-port 0", "status", "doctor", "client-config cursor", "get song"]
COMMANDS += ["tail", "record {home}/x.ndjson", "probe"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no FIFOs")
@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_reports_an_unusable_token_in_one_line(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SETMIRROR_HOME", str(tmp_path))
    monkeypatch.delenv("SETMIRROR_CLIENT", raising=False)
    os.mkfifo(tmp_path / "token")
    assert run_command(setmirror, words.format(home=tmp_path).split()) != 0
    said = "".join(capfd.readouterr())
    assert f"{tmp_path}/token cannot be used: it is not a regular file" in said
    assert "Traceback" not in said


def test_without_a_command_the_state_and_the_next_step_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_command(setmirror, []) == 0

    said = capsys.readouterr().out
    for part in ("script", "Live", "clients", "next: "):
        assert part in said
    assert not Path(os.environ["SETMIRROR_HOME"]).exists()


@pytest.mark.parametrize("words", ["get song", "look -o x.svg", "policy clients", "probe", "diff {als}"])
def test_without_live_a_command_fails_at_once_with_the_next_step(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert run_command(setmirror, [*words.format(als=OWN).split(), "--port", str(port)]) in (1, 2)

    said = capsys.readouterr().err
    assert f"nothing listens on 127.0.0.1:{port}" in said
    assert "setmirror live" in said


def test_a_second_live_on_the_port_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert run_command(setmirror, ["live", "--port", str(port)]) == 1

    assert f"port {port} on 127.0.0.1 cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_choices(shell: str) -> None:
    # fish passes the word itself, not its number.
    at = "cur" if shell == "fish" else "2"

    def asked(**environ: str) -> str:
        words = [sys.executable, "-c", "from mcp_server.cli import main; main()"]
        return subprocess.run(
            words, capture_output=True, text=True, check=True, env=processes.environment(**environ)
        ).stdout

    said = asked(
        _SETMIRROR_COMPLETE=f"{shell}_complete", COMP_WORDS="setmirror client-config cur", COMP_CWORD=at
    )
    script = subprocess.run(
        [sys.executable, "-m", "mcp_server.cli", "completion", shell],
        capture_output=True, text=True, check=True, env=processes.environment(),
    ).stdout  # fmt: skip

    assert "cursor" in said
    assert "_SETMIRROR_COMPLETE" in script


def test_examples_in_help_keep_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["live"], ["completion"], ["policy", "check"]):
        run_command(setmirror, [*words, "--help"])
    said = capsys.readouterr().out

    assert "\\b" not in said
    assert "  setmirror policy check tracks/0 name\n" in said
