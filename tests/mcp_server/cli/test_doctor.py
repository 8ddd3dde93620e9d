"""Every problem is reported with its fix."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mcp_server.cli import setmirror
from mcp_server.commands import doctor, doctor_checks
from mcp_server.commands.console import run_command
from mcp_server.commands.doctor_checks import BAD, GOOD, ODD
from mcp_server.commands.port_check import Probe, probe
from remote_script.SetMirror.contract import auth, schema

TOKEN = "ab" * 32


@contextmanager
def answering(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """A program on a port of this machine that calls `handle` for its first connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                handle(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)
        assert not thread.is_alive()


def test_a_free_port_and_a_foreign_program_on_the_port_are_distinguished() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    assert probe(free, TOKEN).outcome == "nothing"

    with answering(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        assert probe(port, TOKEN).outcome == "stranger"

    with answering(lambda connection: None) as port:
        assert probe(port, TOKEN).outcome == "stranger"


def test_a_bridge_with_another_token_learns_nothing_of_ours() -> None:
    heard: list[bytes] = []

    def pretend(connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        heard.append(lines.readline())
        answer = {
            "jsonrpc": "2.0",
            "id": 1,
            "result": {"protocol": 2, "nonce": "00" * 32, "proof": "11" * 32},
        }
        connection.sendall(json.dumps(answer).encode() + b"\n")
        heard.append(lines.readline())

    with answering(pretend) as port:
        found = probe(port, TOKEN)

    assert found.outcome == "stranger"
    assert TOKEN.encode() not in heard[0]
    assert heard[1] == b""


def test_a_live_that_does_not_answer_is_silent() -> None:
    with answering(lambda connection: connection.makefile("rb").read()) as port:  # type: ignore[arg-type]
        assert probe(port, TOKEN, answer_s=0.05).outcome == "silent"


def test_a_refusal_is_shown_unchanged() -> None:
    def refuse(connection: socket.socket) -> None:
        connection.makefile("rb").readline()
        error = {"code": -32013, "message": "update the script"}
        connection.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "error": error}).encode() + b"\n")

    with answering(refuse) as port:
        assert probe(port, TOKEN) == Probe("refused", "update the script")


@pytest.mark.parametrize("outcome", ["nothing", "silent", "refused", "stranger"])
def test_each_problem_with_the_bridge_is_reported_with_its_fix(outcome: str) -> None:
    (finding,) = doctor_checks.check_bridge(Probe(outcome, "why"), 9860, "0.1.0")

    assert finding.level == BAD
    assert "why" in finding.text
    assert finding.fix


def test_a_script_of_another_version_and_a_set_being_read_are_reported() -> None:
    welcome = {
        "ready": False, "progress": 0.5, "revision": 0, "live": {"version": "12.4.0"},
        "script": {"version": "0.0.9", "python": "3.11.6"}, "set": {"name": "Beat", "file_path": ""},
    }  # fmt: skip

    findings = list(doctor_checks.check_bridge(Probe("script", welcome=welcome), 9860, "0.1.0"))

    assert [finding.level for finding in findings] == [ODD, ODD]
    assert "0.0.9" in findings[0].text
    assert "50%" in findings[1].text


def test_a_token_that_others_can_read_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "token"
    assert [each.level for each in doctor_checks.check_token(tmp_path)] == [ODD]
    auth.load_token(str(tmp_path))
    assert [each.level for each in doctor_checks.check_token(tmp_path)] == [GOOD]
    path.chmod(0o644)
    (finding,) = doctor_checks.check_token(tmp_path)
    assert finding.level == BAD
    assert "chmod 600" in finding.fix
    path.write_text("short")
    assert [each.level for each in doctor_checks.check_token(tmp_path)] == [BAD]


def test_doctor_fails_when_no_live_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]

    assert run_command(setmirror, ["doctor", "--port", str(free)]) == 1
    assert f"nothing listens on 127.0.0.1:{free}" in capsys.readouterr().out
    assert not Path(auth.home()).exists()


def test_the_coverage_adds_up_to_the_table() -> None:
    lines = list(doctor.coverage("12.4"))
    (total,) = [line for line in lines if line.startswith("all ")]
    for name, reason in schema.LEFT_OUT.items():
        assert any(line.startswith(name) and line.endswith(reason) for line in lines)
    numbers = [int(word) if word != "·" else 0 for word in total.split()[1:]]
    properties = sum(len(each.properties) for each in schema.CLASSES.values())
    methods = sum(len(each.methods) for each in schema.CLASSES.values())

    kinds, (_, usable, later) = numbers[: len(schema.KINDS)], numbers[len(schema.KINDS) :]

    assert sum(kinds) + usable + later == properties + methods


def test_the_coverage_lists_what_an_older_live_lacks() -> None:
    def later(version: str) -> int:
        (total,) = [line for line in doctor.coverage(version) if line.startswith("all ")]
        word = total.split()[-1]
        return int(word) if word != "·" else 0

    assert later("11.0") > later("12.0") > 0
