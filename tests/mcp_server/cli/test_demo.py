"""The demo as a user runs it, and its behaviour when a step fails."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest

from mcp_server.commands.processes import environment
from mcp_server.demo.contents import differences
from mcp_server.demo.story import Story
from tests import sets

LONGEST_S = 240.0


def demo(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the demo with a temporary folder and a separate home."""
    for name in ("tmp", "home"):
        (tmp_path / name).mkdir()
    return subprocess.run(
        [sys.executable, "-m", "mcp_server.cli", "demo", "--quick", *words],
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        env=environment(TMPDIR=str(tmp_path / "tmp"), HOME=str(tmp_path / "home")),
        check=False,
    )


def shown(result: subprocess.CompletedProcess[str]) -> str:
    """The demo's output, after a check that it has no traceback and no warning."""
    assert "\x1b" not in result.stdout
    assert "Traceback" not in result.stderr
    return f"{result.stdout}\n{result.stderr}"


def test_the_demo_checks_every_step_and_leaves_nothing_behind(tmp_path: Path) -> None:
    result = demo(tmp_path)

    said = shown(result)
    assert result.returncode == 0, said
    assert re.search(r"all \d+ steps checked", said)
    assert "BAD" not in said
    for measured in ("read a track", "notified", "verified write"):
        assert re.search(rf"{measured}.*p50 +\d+\.\d+ ms +p95 +\d+\.\d+ ms", said), said
    assert "The event log" in said
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list((tmp_path / "home").rglob("*")) == []


@pytest.mark.slow
@sets.parametrize
def test_the_demo_works_on_real_sets(als: Path, tmp_path: Path) -> None:
    result = demo(tmp_path, "--set", str(als))

    assert result.returncode == 0, shown(result)


def test_a_file_that_is_not_a_set_is_reported_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.als"
    broken.write_bytes(b"no Set")

    result = demo(tmp_path, "--set", str(broken))

    assert result.returncode == 1
    assert "error:" in result.stderr
    assert "Traceback" not in result.stderr
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_an_interrupted_demo_stops_all_its_processes(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "mcp_server.cli", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(TMPDIR=str(tmp_path)),
    ) as process:
        assert process.stdout is not None
        port = 0
        for line in process.stdout:
            found = re.search(r"listens on 127\.0\.0\.1:(\d+)", line)
            port = int(found[1]) if found else port
            if "An agent reads" in line:
                break
        os.kill(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=120)

    assert process.returncode == 130
    assert "Traceback" not in errors
    assert port > 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert list(tmp_path.iterdir()) == []


def test_one_failed_step_fails_the_demo(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = Story(), Story()
    good.check("all is well", True)
    bad.check("all is well", True)
    bad.check("the tempo is 97", False, actual=82)

    assert good.end() is True
    assert bad.end() is False
    said = click.unstyle(capsys.readouterr().out)
    assert "BAD the tempo is 97" in said
    assert "found 82" in said
    assert "1 of 2 steps failed" in said


def test_a_latency_above_its_target_is_not_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    story = Story()
    story.latency("read", [0.5, 0.6], aim_ms=1.0)
    story.check("read", True)

    assert story.end() is True
    assert "p50  500.00 ms" in capsys.readouterr().out


def test_a_picture_comparison_lists_added_removed_and_changed_objects() -> None:
    before = {"song.tempo": 82.0, "tracks/0.name": "A", "tracks/1.name": "B"}
    after = {"song.tempo": 97.0, "tracks/0.name": "A", "tracks/2.name": "C"}

    assert differences(before, before) == []
    assert differences(before, after) == [
        "song.tempo: was 82.0, is 97.0",
        "tracks/1.name: was 'B', is gone",
        "tracks/2.name: is new, 'C'",
    ]
