"""What every test has: a home of its own, so that no test reads or writes the user's token, logs or policy."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    where = tmp_path / "home"
    monkeypatch.setenv("SETMIRROR_HOME", str(where))
    return where
