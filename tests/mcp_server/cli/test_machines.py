"""install, doctor and uninstall on simulated machines: their reports are true.

Each machine is a folder in the layout of macOS, Windows or Linux, with typical changes by people; the same commands run
on all machines.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mcp_server.cli import setmirror
from mcp_server.commands import client_config, doctor_checks, folders, processes, script_copy
from mcp_server.commands.client_config import CLIENTS
from mcp_server.commands.console import run_command
from remote_script.SetMirror.contract import auth
from tests.mcp_server.cli.test_folders import CONFIG

REAL_MACHINE = folders.Machine
PLATFORMS = ["darwin", "win32"]


@dataclass
class Studio:
    """A simulated machine under `root`."""

    root: Path
    platform: str
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def machine(self) -> folders.Machine:
        return REAL_MACHINE(self.platform, self.root, self.environ)

    def live(self, version: str, library: Path | None = None, log: str = "") -> Path:
        """Add a Live that has run; returns its Preferences folder."""
        if self.platform == "darwin":
            folder = self.root / f"Library/Preferences/Ableton/Live {version}"
        else:
            folder = self.root / f"AppData/Roaming/Ableton/Live {version}/Preferences"
        folder.mkdir(parents=True)
        if library is not None:
            (folder / "Library.cfg").write_text(CONFIG.format(path=library.parent), "utf-8")
        if log:
            (folder / "Log.txt").write_text(log, "utf-8")
        return folder

    def user_library(self, name: str = "", there: bool = True) -> Path:
        """Add a User Library, the default one or one in a folder with this name."""
        default = self.machine.default_user_library()
        assert default is not None
        path = self.root / name / "User Library" if name else default
        if there:
            path.mkdir(parents=True)
        return path


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Studio:
    root = tmp_path / "studio"
    root.mkdir()
    made = Studio(root, request.param)
    monkeypatch.setattr(folders, "Machine", lambda: made.machine)
    return made


on_each = pytest.mark.parametrize("studio", PLATFORMS, indirect=True)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = run_command(setmirror, list(words))
    return code, "".join(capsys.readouterr())


def doctor(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    """The findings of `doctor` without a bridge."""
    run_command(setmirror, ["doctor", "--json", "--port", "1", *words])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def about(findings: list[dict[str, Any]], text: str) -> dict[str, Any]:
    (found,) = [each for each in findings if text in each["text"]]
    return found


def everywhere(studio: Studio) -> list[Path]:
    """All copies of the script on the machine."""
    return sorted(path.parent for path in studio.root.rglob("shadow.py"))


def current(script: Path) -> bool:
    return script_copy.look(script, folders.source()).current


MACHINES: dict[str, Callable[[Studio], list[Path]]] = {}
"""Name → a function that sets the machine up and returns the libraries that must get the script."""


def machine(build: Callable[[Studio], list[Path]]) -> Callable[[Studio], list[Path]]:
    MACHINES[build.__name__] = build
    return build


@machine
def a_plain_one(studio: Studio) -> list[Path]:
    studio.live("12.4")
    return [studio.user_library()]


@machine
def a_live_that_has_made_no_library_yet(studio: Studio) -> list[Path]:
    studio.live("12.4")
    return [studio.user_library(there=False)]


@machine
def a_moved_library(studio: Studio) -> list[Path]:
    studio.user_library()
    moved = studio.user_library("Samples & Co")
    preferences = studio.live("12.4")
    text = CONFIG.format(path=str(moved.parent).replace("&", "&amp;"))
    (preferences / "Library.cfg").write_text(text, "utf-8")
    return [moved]


@machine
def names_beyond_ascii(studio: Studio) -> list[Path]:
    moved = studio.user_library("Mußik 🎹 音楽")
    studio.live("12.4", moved)
    return [moved]


@machine
def two_lives_with_one_library(studio: Studio) -> list[Path]:
    library = studio.user_library()
    studio.live("11.3.35", library)
    studio.live("12.4", library)
    return [library]


@machine
def two_lives_with_two_libraries(studio: Studio) -> list[Path]:
    old, new = studio.user_library("Old"), studio.user_library("New")
    studio.live("11.3.35", old)
    studio.live("12.4", new)
    return [new, old]


@machine
def a_library_behind_a_link(studio: Studio) -> list[Path]:
    real, link = studio.user_library("Disk"), studio.root / "Linked"
    link.symlink_to(real.parent)
    studio.live("12.4", link / "User Library")
    return [link / "User Library"]


@machine
def documents_in_onedrive(studio: Studio) -> list[Path]:
    studio.environ["OneDriveCommercial"] = str(studio.root / "OneDrive - Häus")
    studio.live("12.4")
    library = studio.user_library(there=False)
    if studio.platform == "win32":
        library = studio.root / "OneDrive - Häus/Documents/Ableton/User Library"
    library.mkdir(parents=True)
    return [library]


def _installed(studio: Studio) -> tuple[Path, Path]:
    """A machine with the script; returns the library and the script's folder."""
    (library,) = a_plain_one(studio)
    script = folders.remote_scripts(library) / folders.NAME
    script_copy.write(script, folders.source())
    return library, script


@machine
def an_older_script(studio: Studio) -> list[Path]:
    library, script = _installed(studio)
    text = (script / "script.py").read_text("utf-8")
    (script / "script.py").write_text(text.replace('VERSION = "', 'VERSION = "0.0.'), "utf-8")
    return [library]


@machine
def a_half_copied_script(studio: Studio) -> list[Path]:
    library, script = _installed(studio)
    (script / script_copy.MANIFEST).unlink()
    (script / "server.py").unlink()
    return [library]


@machine
def a_script_changed_by_hand_with_the_same_version(studio: Studio) -> list[Path]:
    library, script = _installed(studio)
    (script / "server.py").write_text("# changed", "utf-8")
    return [library]


@on_each
@pytest.mark.parametrize("name", MACHINES)
def test_install_writes_to_each_user_library_and_nowhere_else(
    name: str, studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    libraries = MACHINES[name](studio)
    scripts = [folders.remote_scripts(library) / folders.NAME for library in libraries]
    before = [each for each in doctor(capsys) if "script" in each["text"] and each["level"] == "bad"]

    code, said = run(capsys, "install")

    assert len(before) == len(scripts), before
    assert all("setmirror install" in each["fix"] and each["safe"] for each in before)
    assert code == 0, said
    assert all(str(script) in said and current(script) for script in scripts)
    assert sorted({os.path.realpath(each) for each in everywhere(studio)}) == sorted(
        map(os.path.realpath, scripts)
    )
    after = doctor(capsys)
    assert not [each for each in after if "script" in each["text"] and each["level"] == "bad"]
    for script in scripts:
        assert about(after, str(script))["level"] == "good"

    assert run(capsys, "uninstall")[0] == 0
    assert everywhere(studio) == []


@on_each
@pytest.mark.parametrize("name", MACHINES)
def test_doctor_fix_installs_like_install(
    name: str, studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    libraries = MACHINES[name](studio)

    fixed = [each for each in doctor(capsys, "--fix") if each["text"].startswith("fixed: ")]

    assert len(fixed) == len(libraries)
    assert all(current(folders.remote_scripts(library) / folders.NAME) for library in libraries)


@on_each
def test_an_absent_drive_is_named_and_nothing_is_written(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.user_library()
    absent = studio.user_library("Volumes/Samples", there=False)
    studio.live("12.4", absent)

    for command in ("install", "uninstall"):
        code, said = run(capsys, command)
        assert code == 1
        assert str(absent) in said
        assert "Live 12.4" in said
        assert "connect the drive" in said
    assert everywhere(studio) == []
    found = about(doctor(capsys), str(absent))
    assert (found["level"], found["safe"]) == ("bad", False)


@on_each
def test_the_script_is_installed_in_the_present_library_and_the_absent_one_is_named(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    here, absent = studio.user_library("Here"), studio.user_library("Gone", there=False)
    studio.live("12.4", here)
    studio.live("11.3", absent)

    code, said = run(capsys, "install")

    assert code == 1
    assert everywhere(studio) == [folders.remote_scripts(here) / folders.NAME]
    assert str(absent) in said


@on_each
def test_one_of_two_lives_can_be_chosen(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    new, _ = two_lives_with_two_libraries(studio)

    code, said = run(capsys, "install", "--live", "12")
    refused, why = run(capsys, "install", "--live", "10")

    assert code == 0
    assert "Live 12.4" in said
    assert everywhere(studio) == [folders.remote_scripts(new) / folders.NAME]
    assert refused == 1
    assert "12.4, 11.3.35" in why


@pytest.mark.parametrize("studio", [*PLATFORMS, "linux"], indirect=True)
def test_without_live_nothing_is_created_and_the_next_step_is_shown(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(capsys, "install")

    assert code == 1
    assert "no Live is known" in said
    assert "--to" in said
    assert everywhere(studio) == []
    assert "setmirror live" in about(doctor(capsys), "no Live has been started")["fix"]


@on_each
def test_a_read_only_library_is_reported_and_not_changed(
    studio: Studio, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (library,) = a_plain_one(studio)

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    # The tests may run as root, which ignores file modes.
    monkeypatch.setattr(Path, "mkdir", refuse)
    code, said = run(capsys, "install")

    assert code == 1
    assert "Permission denied" in said
    assert str(library) in said
    assert "Traceback" not in said


@on_each
def test_scripts_in_wrong_folders_are_detected(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    library = studio.user_library("Moved")
    preferences = studio.live("12.4", library)
    scripts = folders.remote_scripts(library)
    default = folders.remote_scripts(studio.user_library())
    wrong = [
        preferences / "User Remote Scripts" / folders.NAME,
        library / folders.NAME,
        scripts / "SetMirror-main",
        scripts / "download" / folders.NAME,
        default / folders.NAME,
    ]
    for folder in [*wrong, scripts / folders.NAME]:
        script_copy.write(folder, folders.source())

    found = doctor(capsys)

    for folder in wrong[:4]:
        finding = about(found, str(folder))
        assert finding["level"] != "good"
        assert "remove" in finding["fix"]
    assert "uninstall --to" in about(found, f"{default.parent} has a copy of the script")["fix"]
    assert about(found, f"in {scripts / folders.NAME}")["level"] == "good"


LISTENING = "info: RemoteScriptMessage: (SetMirror) SetMirror listening on 127.0.0.1:9860\n"
TRACEBACK = (
    "RemoteScriptError: Traceback (most recent call last):\n"
    'RemoteScriptError:   File "C:\\User Library\\Remote Scripts\\SetMirror\\script.py", line 7, in pump\n'
    "RemoteScriptError:     self.missing()\n"
    "RemoteScriptError: AttributeError: no attribute 'missing'\n"
)


@on_each
@pytest.mark.parametrize(
    ("log", "level", "said"),
    [
        ("Live started\n", "odd", "does not mention SetMirror"),
        (LISTENING, "good", "listening on 127.0.0.1:9860"),
        (LISTENING + TRACEBACK, "bad", "AttributeError: no attribute 'missing'"),
        (TRACEBACK + LISTENING, "good", "listening on"),
        (TRACEBACK, "bad", "AttributeError"),
        ("x: SetMirror is off: no token\n", "bad", "is off"),
        (
            LISTENING + "SetMirror cannot listen on 127.0.0.1:9860: in use; trying again\n",
            "bad",
            "cannot listen",
        ),
        ("SetMirror: its files are in /elsewhere/.setmirror\n" + LISTENING, "bad", "/elsewhere/.setmirror"),
    ],
)
def test_errors_of_the_script_in_lives_log_are_shown(
    log: str, level: str, said: str, studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.live("12.4", log=log)

    finding = about(doctor(capsys), said)

    assert finding["level"] == level
    assert bool(finding["fix"]) == (level != "good")


@on_each
def test_another_script_in_the_same_folder_is_reported(
    studio: Studio, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    studio.live("12.4", log=f"SetMirror: its files are in {home}\n{LISTENING}")

    assert about(doctor(capsys), f"have their files in {home}")["level"] == "good"


CLIENTS_HERE = [name for name in CLIENTS if not name.startswith(("claude-code", "vscode"))]


@on_each
@pytest.mark.parametrize("name", CLIENTS_HERE)
def test_a_client_entry_with_a_missing_program_is_detected_and_fixed(
    name: str, studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    client = CLIENTS[name]
    (file,) = client_config.files_of(client, studio.machine)
    run(capsys, "client-config", name, "--write", "--toolset", "core")
    row = client_config.read(file.path, client)
    assert row is not None
    assert about(doctor(capsys), str(file.path))["level"] == "good"
    client_config.write(file.path, client, {**row, client.command: "/gone/setmirror"})

    missing = about(doctor(capsys), str(file.path))
    doctor(capsys, "--fix")

    assert missing["level"] == "bad"
    assert "/gone/setmirror" in missing["text"]
    assert f"client-config {name} --write" in missing["fix"]
    assert client_config.read(file.path, client) == row


@on_each
def test_entries_with_a_replaced_token_are_reported(
    studio: Studio, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    run(capsys, "client-config", "cursor", "--write")
    (home / "token").unlink()
    auth.load_token(str(home))

    assert "token" in about(doctor(capsys), "Cursor")["text"]
    doctor(capsys, "--fix")
    assert about(doctor(capsys), "Cursor")["level"] == "good"


@on_each
def test_every_finding_that_is_not_good_has_one_fix(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.live("12.4", studio.user_library("Gone", there=False), log=TRACEBACK)

    for each in doctor(capsys):
        assert bool(each["fix"]) == (each["level"] != "good"), each


@pytest.mark.parametrize("named", ["USERPROFILE", "HOMEPATH"])
def test_the_users_folder_on_windows_never_depends_on_home(named: str) -> None:
    environ = {"HOME": "/c/msys/me"}
    if named == "USERPROFILE":
        environ["USERPROFILE"] = "C:\\Users\\me"
    else:
        environ |= {"HOMEDRIVE": "C:", "HOMEPATH": "\\Users\\me"}

    assert auth.user_folder(environ, windows=True) == "C:\\Users\\me"
    assert auth.user_folder(environ, windows=False) == os.path.expanduser("~")


def test_python_37_in_live_uses_the_same_folder() -> None:
    python = processes.old_python()
    if python is None:
        pytest.skip("this machine has no Python 3.7")
    environ = {"HOME": "/c/msys/me", "USERPROFILE": "C:\\Users\\me"}
    program = f"from remote_script.SetMirror.contract import auth; print(auth.user_folder({environ!r}, True))"
    done = subprocess.run(
        [python, "-c", program], capture_output=True, text=True, check=True, cwd=processes.packages_root()
    )

    assert done.stdout.strip() == auth.user_folder(environ, windows=True) == environ["USERPROFILE"]


def test_levels_are_the_same_in_text_and_json() -> None:
    assert {doctor_checks.GOOD, doctor_checks.ODD, doctor_checks.BAD} == {"good", "odd", "bad"}
