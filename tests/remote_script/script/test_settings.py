"""A user's settings of the script, and the messages about invalid ones."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from remote_script.SetMirror import settings
from tests.lean import demo_set

from .stage import Stage


def write(home: Path, held: Any) -> None:
    home.mkdir(exist_ok=True)
    (home / "script.json").write_text(held if isinstance(held, str) else json.dumps(held))


@pytest.mark.parametrize("name", settings.Settings._fields)
def test_every_setting_is_checked_read_and_explained(name: str) -> None:
    folder = Path(settings.__file__).parent
    assert name in {*settings._LIMITS, *settings._SWITCHES}, f"_LIMITS or _SWITCHES in settings.py: {name}"
    assert f'"{name}": ' in str(settings.__doc__), f"the first lines of settings.py: {name}"
    assert f"chosen.{name}" in (folder / "script.py").read_text("utf-8"), f"script.py never reads {name}"
    page = folder.parents[1] / "mcp_server" / "guide" / "settings.md"
    # The variable SETMIRROR_PORT explains the port.
    assert name == "port" or f"`{name}`" in page.read_text("utf-8"), f"mcp_server/guide/settings.md: {name}"


@pytest.mark.parametrize(
    ("text", "port", "said"),
    [("", 9860, 0), ("12345", 12345, 0), ("0", 0, 0), ("x", 9860, 1), ("70000", 9860, 1)],
)
def test_the_port_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, text: str, port: int, said: int
) -> None:
    monkeypatch.setenv("SETMIRROR_PORT", text)
    lines: list[str] = []
    assert settings.load(lines.append).port == port
    assert len(lines) == said


def test_given_settings_apply_and_others_keep_their_default(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SETMIRROR_PORT", raising=False)
    write(home, {"port": 9870, "budget_ms": 2})
    lines: list[str] = []
    assert settings.load(lines.append) == settings.Settings(9870, 2, settings.AUDIT_MS)
    assert lines == []


@pytest.mark.parametrize(
    "held",
    [
        "no json",
        "[1]",
        "[" * 50_000,
        {"budget_ms": 100},
        {"budget_ms": "4"},
        {"awake_share": 0.9},
        {"undo_apart": 1},
        {"audit_ms": True},
        {"port": 1.5},
        {"pump_ms": 4},
        '{"budget_ms": NaN}',
    ],
    ids=lambda held: str(held)[:30],
)
def test_invalid_settings_are_reported_and_the_default_is_used(home: Path, held: Any) -> None:
    write(home, held)
    lines: list[str] = []
    assert settings.load(lines.append) == settings.Settings()
    assert len(lines) == 1
    assert "script.json" in lines[0]


def test_the_script_applies_its_settings_and_shows_them_in_the_status(home: Path) -> None:
    write(home, {"budget_ms": 2, "audit_ms": 0.05, "awake_share": 0.2, "undo_apart": True})
    stage = Stage(demo_set())
    status = stage.script.status()
    assert status["budget"] == {"pump_ms": 2.0, "audit_ms": 0.05}
    assert (status["awake"]["share"], status["undo_apart"]) == (0.2, True)
    stage.live.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no FIFOs")
def test_a_settings_path_that_is_not_a_regular_file_is_reported_without_blocking(home: Path) -> None:
    home.mkdir(exist_ok=True)
    os.mkfifo(home / "script.json")
    lines: list[str] = []
    assert settings.load(lines.append).budget_ms == settings.BUDGET_MS
    assert "not a regular file" in lines[0]
