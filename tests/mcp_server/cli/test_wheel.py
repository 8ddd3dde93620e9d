"""The wheel, installed by pip and uv: it works with the supported Pythons; older ones refuse it with a clear text."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
RUNS, REFUSES = ("3.11", "3.12", "3.13"), ("3.9", "3.10")


def python(version: str) -> str:
    """An interpreter of this version that can create environments, from the path or pyenv; skips without one."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for candidate in (f"python{version}", *map(str, pyenv.glob(f"{version}.*/bin/python"))):
        code = "import ensurepip, venv, sys; print(sys.executable)"
        try:
            done = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return done.stdout.strip()
    pytest.skip(f"no Python {version} that works, on the path or among pyenv's")


def run(*words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, timeout=600,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environ}, cwd=environ.get("HOME"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("setmirror-*.whl"))


@pytest.mark.parametrize("version", RUNS)
def test_the_readmes_commands_work_from_the_wheel(version: str, wheel: Path, tmp_path: Path) -> None:
    environment, home = tmp_path / "environment", tmp_path / "home"
    library = home / "User Library" / "Remote Scripts"
    library.mkdir(parents=True)
    assert run(python(version), "-m", "venv", environment).returncode == 0
    installed = run(environment / "bin" / "python", "-m", "pip", "install", "-q", wheel)
    assert installed.returncode == 0, installed.stderr

    def setmirror(*words: str | Path) -> subprocess.CompletedProcess[str]:
        return run(environment / "bin" / "setmirror", *words, HOME=str(home))

    assert "all " in setmirror("demo", "--quick").stdout
    assert setmirror("install", "--to", library).returncode == 0
    assert (library / "SetMirror" / "__init__.py").is_file()
    assert setmirror("client-config", "claude", "--write").returncode == 0
    assert "SetMirror" in setmirror("doctor", "--port", "1").stdout
    assert setmirror("guide", "musicians").stdout.startswith("# ")
    assert setmirror("uninstall", "--to", library).returncode == 0


@pytest.mark.parametrize("version", REFUSES)
def test_an_older_python_is_refused_with_a_message(version: str, wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    assert run(python(version), "-m", "venv", environment).returncode == 0
    for source in (wheel, ROOT):
        done = run(environment / "bin" / "python", "-m", "pip", "install", source)
        assert done.returncode != 0
        assert "requires a different Python" in done.stderr
        assert ">=3.11" in done.stderr
        assert "Traceback" not in done.stderr


def test_uv_runs_it_from_the_wheel_without_an_installation(wheel: Path, tmp_path: Path) -> None:
    uv = shutil.which("uv")
    if uv is None:
        environment = tmp_path / "environment"
        run(sys.executable, "-m", "venv", environment)
        done = run(environment / "bin" / "python", "-m", "pip", "install", "-q", "uv")
        if done.returncode:
            pytest.skip(f"uv cannot be had from pip: {done.stderr.strip().splitlines()[-1]}")
        uv = str(environment / "bin" / "uv")
    index = run(sys.executable, "-m", "pip", "config", "get", "global.index-url").stdout.strip()
    more = {"UV_INDEX_URL": index} if index else {}
    done = run(
        uv, "tool", "run", "--python", sys.executable, "--from", wheel, "setmirror", "--version",
        HOME=str(tmp_path), **more,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("setmirror ")
