"""Installing over present files, and listing the remaining steps."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mcp_server.cli import setmirror
from mcp_server.commands import folders, script_copy
from mcp_server.commands.console import run_command


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_installed_script_is_importable_without_the_package(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scripts = tmp_path / "User Library" / "Remote Scripts"
    scripts.parent.mkdir()

    assert run_command(setmirror, ["install", "--to", str(scripts)]) == 0

    said = capsys.readouterr().out
    assert str(scripts / "SetMirror") in said
    assert [line[:3] for line in said.splitlines() if line[:1].isdigit()] == ["1. ", "2. ", "3. "]
    # As Live imports it: only the folder, without our packages.
    program = "import SetMirror.contract.schema as schema; print(len(schema.CLASSES) > 20)"
    found = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(scripts)!r}); {program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "True"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The target of `--to`, in an existing Remote Scripts folder."""
    scripts = tmp_path / "User Library" / "Remote Scripts"
    scripts.mkdir(parents=True)
    return scripts / "SetMirror"


def setmirror_to(target: Path, *words: str) -> int:
    return run_command(setmirror, [*words, "--to", str(target.parent)])


def test_reinstalling_writes_changed_files_and_removes_its_old_ones(
    target: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = tmp_path / "older"
    shutil.copytree(folders.source(), older)
    (older / "of_an_older_version.py").write_text("")
    (older / "changed_since.py").write_text("")
    script_copy.write(target, older)
    (target / "changed_since.py").write_text("# mine")
    (target / "awake.py").write_text("broken")
    (target / "notes.txt").write_text("the user's own")
    (target / "own.py").write_text("")
    folder = os.stat(target).st_ino

    assert setmirror_to(target, "install") == 0

    source = folders.source()
    assert "1 of an older version removed" in capsys.readouterr().out
    assert (target / "awake.py").read_bytes() == (source / "awake.py").read_bytes()
    ours = {str(path.relative_to(source)) for path in source.rglob("*.py")} | {script_copy.MANIFEST}
    assert names(target) == ours | {"notes.txt", "own.py", "changed_since.py"}
    assert os.stat(target).st_ino == folder
    assert setmirror_to(target, "install") == 0
    assert "up to date" in capsys.readouterr().out


def test_an_update_asks_for_a_restart_of_live(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script_copy.write(target, folders.source())
    (target / "awake.py").write_text("")

    assert setmirror_to(target, "install") == 0

    said = capsys.readouterr().out
    assert "updated SetMirror" in said
    assert "Restart Live" in said
    assert "Control Surface" not in said


def test_uninstall_keeps_foreign_files(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setmirror_to(target, "install")
    (target / "own.txt").write_text("mine")
    (target / "awake.py").write_text("# changed by hand")
    compiled = target / "__pycache__" / "script.cpython-311.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"")

    assert setmirror_to(target, "uninstall") == 0

    assert names(target) == {"own.txt", "awake.py"}
    assert "awake.py, own.txt" in capsys.readouterr().out
    (target / "own.txt").unlink()
    assert setmirror_to(target, "uninstall") == 1


def test_uninstall_removes_the_folder_and_reports_an_absent_one(
    target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setmirror_to(target, "install")

    assert setmirror_to(target, "uninstall") == 0
    assert not target.exists()
    assert target.parent.is_dir()
    assert setmirror_to(target, "uninstall") == 0
    assert "is not in" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["../../outside.py", "/etc/outside.py", "C:\\x.py", "..\\x.py", ""])
def test_a_manifest_that_was_edited_removes_nothing_elsewhere(
    name: str, target: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "User Library" / "outside.py"
    outside.write_text("")
    setmirror_to(target, "install")
    held = json.loads((target / script_copy.MANIFEST).read_text())
    held["files"][name] = hashlib.sha256(b"").hexdigest()
    (target / script_copy.MANIFEST).write_text(json.dumps(held))

    assert setmirror_to(target, "uninstall") == 0
    assert outside.is_file()


def test_symbolic_links_are_not_followed_for_writing_or_removing(
    target: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    script_copy.write(elsewhere, folders.source())
    before = {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*")}
    target.symlink_to(elsewhere)
    assert setmirror_to(target, "install") == setmirror_to(target, "uninstall") == 1
    target.unlink()
    target.mkdir()
    (target / "contract").symlink_to(elsewhere / "contract")
    assert setmirror_to(target, "install") == 1

    assert before == {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*")}
    assert capsys.readouterr().out.count("symbolic link") == 3


def test_a_linked_file_is_replaced_and_its_target_kept(target: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious.py"
    precious.write_text("mine")
    setmirror_to(target, "install")
    (target / "awake.py").unlink()
    (target / "awake.py").symlink_to(precious)

    assert setmirror_to(target, "install") == 0
    assert precious.read_text() == "mine"
    assert not (target / "awake.py").is_symlink()


def test_a_folder_of_another_program_is_not_changed(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target.mkdir()
    (target / "main.py").write_text("print()")

    assert setmirror_to(target, "install") == setmirror_to(target, "uninstall") == 1
    assert names(target) == {"main.py"}
    assert "another program" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("User Libary/Remote Scripts", "check the spelling"),
        ("User Library/Remote Script", "not a `Remote Scripts` folder"),
        ("User Library", "did you mean --to"),
        ("User Library/User Remote Scripts", "never shows"),
        ("Live.app/MIDI Remote Scripts", "each update of Live"),
        ("nowhere", "not a `Remote Scripts` folder"),
    ],
)
def test_a_wrong_or_mistyped_folder_is_refused(
    to: str, said: str, target: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("install", "uninstall"):
        assert run_command(setmirror, [command, "--to", str(tmp_path / to)]) == 1
        assert said in capsys.readouterr().err
    assert names(tmp_path) == set()


def test_the_script_folder_itself_may_be_named(target: Path) -> None:
    assert run_command(setmirror, ["install", "--to", str(target)]) == 0
    assert (target / "script.py").is_file()


def test_without_live_the_user_is_asked_to_name_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    linux = folders.Machine("linux", tmp_path, {})
    monkeypatch.setattr(folders, "Machine", lambda: linux)

    assert run_command(setmirror, ["install"]) == 1
    assert "--to" in capsys.readouterr().err


def test_a_dry_run_writes_and_removes_nothing(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert setmirror_to(target, "install", "--dry-run") == 0
    assert names(target.parent) == set()
    assert str(target) in capsys.readouterr().out
    setmirror_to(target, "install")
    before = names(target)
    assert setmirror_to(target, "uninstall", "--dry-run") == 0
    assert names(target) == before


def test_a_folder_that_cannot_be_written_is_named(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target.write_text("a file where the folder should be")

    assert setmirror_to(target, "install") == 1
    assert str(target) in capsys.readouterr().out


def test_json_lists_the_changes(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setmirror_to(target, "install", "--json")

    (done,) = json.loads(capsys.readouterr().out)
    assert (done["outcome"], done["folder"]) == ("installed", str(target))


def test_the_script_is_not_copied_onto_itself(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in folders.source().rglob("*.py")}
    target.symlink_to(folders.source())

    assert setmirror_to(target, "install") == setmirror_to(target, "uninstall") == 0
    assert before == {path: path.stat().st_mtime_ns for path in folders.source().rglob("*.py")}
