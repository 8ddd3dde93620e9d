"""`setmirror check`: a good script passes the whole course; each check fails for a script with the matching fault."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mcp_server.commands import check as check_command
from mcp_server.commands import processes
from remote_script.headless import SetSpec
from remote_script.testkit.course import CHECKS, FAIL, PASS, SKIP, UNKNOWN, VERDICTS, Course, Outcome
from tests.remote_script.testkit.scripts import (
    BROKEN,
    CAUGHT,
    EXTRA,
    GOOD,
    HANGS,
    LIMITED,
    QUITS,
    bare,
    write,
)


def course(folder: Path, version: str = "12.4", spec: SetSpec | None = None) -> dict[str, Outcome]:
    return {each.check: each for each in Course(str(folder), version, spec).run()}


def run_check(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mcp_server.cli", "check", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=300,
        env=processes.environment(),
    )


@pytest.mark.parametrize("version", ["11.3", "12.4"])
def test_a_good_script_passes_every_check(tmp_path: Path, version: str) -> None:
    outcomes = course(write(tmp_path / "Good", GOOD), version)
    assert {name: (each.verdict, each.details) for name, each in outcomes.items()} == {
        name: (PASS, ()) for name in CHECKS
    }


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_is_the_first_to_fail_for_its_broken_script(tmp_path: Path, check: str) -> None:
    outcomes = course(write(tmp_path / "Broken", BROKEN[check], EXTRA.get(check)))
    failed = [name for name, each in outcomes.items() if each.verdict == FAIL]
    assert failed[:1] == [check], outcomes
    assert all(outcomes[name].details for name in failed)
    assert all(each.verdict in VERDICTS for each in outcomes.values())


def test_a_script_that_cannot_be_created_is_not_checked_further(tmp_path: Path) -> None:
    outcomes = course(write(tmp_path / "Broken", BROKEN["load"]))
    assert [name for name, each in outcomes.items() if each.verdict == SKIP] == list(CHECKS)[2:]


def test_gaps_of_headless_live_are_not_blamed_on_the_script(tmp_path: Path) -> None:
    outcome = course(write(tmp_path / "Limited", LIMITED))["load"]
    assert outcome.verdict == UNKNOWN
    assert "headless Live does not" in outcome.details[0]


def test_an_exception_that_the_script_caught_and_logged_is_a_note(tmp_path: Path) -> None:
    outcomes = course(write(tmp_path / "Caught", CAUGHT))
    assert outcomes["ticks"].verdict == "note"
    assert "'Song' object has no attribute 'tempoo'" in outcomes["ticks"].details[0]
    assert not [each for each in outcomes.values() if each.verdict == FAIL]


def test_the_same_crash_is_shown_in_full_only_once(tmp_path: Path) -> None:
    outcomes = course(write(tmp_path / "Broken", BROKEN["ticks"]))
    assert "Traceback" in outcomes["ticks"].details[0]
    assert (
        outcomes["stall"]
        .details[0]
        .startswith("AttributeError: 'Song' object has no attribute 'tempoo', as in")
    )


def test_frames_of_headless_live_are_left_out_of_a_crash(tmp_path: Path) -> None:
    outcomes = course(write(tmp_path / "Broken", BROKEN["edits"]))
    (text,) = outcomes["edits"].details
    assert "handles.py" not in text
    assert "line 19, in update_display" in text


def test_our_own_script_passes(tmp_path: Path) -> None:
    ours = Path(check_command.__file__).resolve().parents[2] / "remote_script" / "SetMirror"
    done = run_check(ours, "--live-version", "12.4", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert (report["script"], report["passed"]) == ("SetMirror", True)
    verdicts = {each["check"]: each["verdict"] for each in report["lives"][0]["checks"]}
    # This script has no controller.
    assert verdicts == {name: SKIP if name == "controller" else PASS for name in CHECKS}


def test_the_command_checks_both_pythons_and_fails_with_a_report_card(tmp_path: Path) -> None:
    # Positional-only parameters need Python 3.8.
    done = run_check(write(tmp_path / "New", bare(more="def new(value, /): return value")))
    assert "Live 12.4, Python 3.11" in done.stdout or "no Python 3.11 is installed" in done.stdout
    if processes.old_python() is None:
        assert "no Python 3.7 is installed here" in done.stdout
        assert done.returncode == 0
    else:
        assert "Live 11.3, Python 3.7" in done.stdout
        assert "__init__.py:4: invalid syntax" in done.stdout
        assert done.returncode == 1


def test_a_missing_python_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "find_python", lambda version: None)
    report = check_command.run_course(write(tmp_path / "Good", GOOD), "11.3", None, 60.0)
    assert "no Python 3.7 is installed here" in report["note"]
    assert report["python"] == "{}.{}".format(*sys.version_info)
    first, *rest = report["checks"]
    assert (first["check"], first["verdict"]) == ("python", UNKNOWN)
    assert all(each["verdict"] == PASS for each in rest)


@pytest.mark.parametrize(
    ("source", "words"),
    [(HANGS, "did not end within 4 s"), (QUITS, "ended with status 7")],
    ids=["hangs", "quits"],
)
def test_a_script_that_hangs_or_exits_fails_the_running_check(
    tmp_path: Path, source: str, words: str
) -> None:
    report = check_command.run_course(write(tmp_path / "Bad", source), "12.4", None, 4.0)
    outcomes = {each["check"]: each for each in report["checks"]}
    assert outcomes["load"]["verdict"] == PASS
    assert outcomes["ticks"]["verdict"] == FAIL
    assert words in outcomes["ticks"]["details"][0]
    assert outcomes["leaks"]["verdict"] == SKIP


def test_output_of_a_script_does_not_disturb_the_report(tmp_path: Path) -> None:
    source = bare(init="import os; print('{\"check\": 1}'); os.write(1, b'rubbish\\n')")
    report = check_command.run_course(write(tmp_path / "Loud", source), "12.4", None, 60.0)
    assert {each["verdict"] for each in report["checks"]} == {PASS}


def test_a_path_that_is_not_a_remote_script_is_refused(tmp_path: Path) -> None:
    done = run_check(tmp_path)
    assert done.returncode == 2
    assert "a Remote Script is a folder with __init__.py" in done.stderr
    done = run_check(write(tmp_path / "Good", GOOD), "--live-version", "9")
    assert done.returncode == 2
    assert "oldest is 11.0" in done.stderr
