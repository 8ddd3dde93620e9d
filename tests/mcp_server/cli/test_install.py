"""Installing over what is there, and saying what is left to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mcp_server.cli import setmirror
from mcp_server.commands import folders, install
from mcp_server.commands.console import run_command


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_install_copies_a_script_that_python_can_import_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scripts = tmp_path / "User Library" / "Remote Scripts"

    assert run_command(setmirror, ["install", "--to", str(scripts)]) == 0

    said = capsys.readouterr().out
    assert str(scripts / "SetMirror") in said
    assert [line[:3] for line in said.splitlines() if line[:1].isdigit()] == ["1. ", "2. ", "3. "]
    # As Live imports it: the folder alone, none of our packages beside it.
    program = "import SetMirror.contract.schema as schema; print(len(schema.CLASSES) > 20)"
    found = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(scripts)!r}); {program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "True"


def test_installing_again_writes_only_what_differs_and_takes_old_modules_away(tmp_path: Path) -> None:
    source, target = folders.source(), tmp_path / "SetMirror"
    written, _ = install.copy_script(source, target)
    (target / "executor.py").write_text("broken")
    (target / "of_an_older_version.py").write_text("")
    (target / "notes.txt").write_text("the user's own")
    folder = os.stat(target).st_ino

    again = install.copy_script(source, target)

    assert written > 20
    assert again == (1, 1)
    assert (target / "executor.py").read_bytes() == (source / "executor.py").read_bytes()
    assert names(target) == {str(p.relative_to(source)) for p in source.rglob("*.py")} | {"notes.txt"}
    assert os.stat(target).st_ino == folder


def test_the_script_folder_itself_may_be_named(tmp_path: Path) -> None:
    named = tmp_path / "SetMirror"

    assert install.targets(named, folders.Machine("linux", tmp_path, {})) == [named]


def test_without_a_live_the_user_is_told_to_name_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    linux = folders.Machine("linux", tmp_path, {})
    monkeypatch.setattr(folders, "Machine", lambda: linux)

    assert run_command(setmirror, ["install"]) == 1
    assert "--to" in capsys.readouterr().err


def test_a_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(setmirror, ["install", "--to", str(tmp_path), "--dry-run"]) == 0
    assert names(tmp_path) == set()
    assert str(tmp_path / "SetMirror") in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    in_the_way = tmp_path / "SetMirror"
    in_the_way.write_text("a file where the folder should be")

    assert run_command(setmirror, ["install", "--to", str(tmp_path)]) == 1
    assert str(in_the_way) in capsys.readouterr().err


def test_the_script_is_not_copied_onto_itself(capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in folders.source().rglob("*.py")}

    assert run_command(setmirror, ["install", "--to", str(folders.source().parent)]) == 0
    assert before == {path: path.stat().st_mtime_ns for path in folders.source().rglob("*.py")}
