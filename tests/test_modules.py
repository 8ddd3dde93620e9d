"""Modules stay small enough to be read at once (see Style in CONTRIBUTING), and benchmarks can be imported."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST_LINES = 600


def too_long(file: Path, text: str) -> str:
    """The sentence about a module that has too many lines; "" for any other."""
    lines = text.count("\n")
    if lines <= MOST_LINES:
        return ""
    return f"{file.as_posix()} has {lines} lines, more than {MOST_LINES}: split it by noun, into objects with own state"


@pytest.mark.parametrize("room", ["mirror", "remote_script", "mcp_server", "tests"])
def test_no_module_has_more_lines_than_can_be_read_at_once(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    sentences = [too_long(file.relative_to(ROOT), file.read_text("utf-8")) for file in files]
    assert not any(sentences), "\n".join(filter(None, sentences))


def test_a_module_with_too_many_lines_is_named_with_the_rule() -> None:
    assert too_long(Path("mirror/model.py"), "\n" * MOST_LINES) == ""
    assert too_long(Path("mirror/model.py"), "\n" * (MOST_LINES + 1)) == (
        "mirror/model.py has 601 lines, more than 600: split it by noun, into objects with own state"
    )


@pytest.mark.parametrize(
    "file", sorted((ROOT / "tests/benchmarks").glob("[!_]*.py")), ids=lambda file: file.stem
)
def test_every_benchmark_can_be_imported(file: Path) -> None:
    assert import_module(f"tests.benchmarks.{file.stem}").__doc__
