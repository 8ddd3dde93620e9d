"""The `.als` Sets that tests read: a small one of our own making, and real ones where a folder of them is at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def folder() -> Path | None:
    """The folder of real Sets, or None."""
    named = os.environ.get("SETMIRROR_SETS")
    path = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "sets"
    return path if path.is_dir() else None


OWN = Path(__file__).resolve().parent / "remote_script" / "headless" / "als" / "small.als"
"""Made by `making` beside it, so that a plain clone reads a Set file too."""


def files() -> list[Path]:
    """Our own Set, then all real ones."""
    where = folder()
    return [OWN, *(sorted(where.glob("*.als")) if where else ())]


def parametrize(function):  # type: ignore[no-untyped-def]
    """Run a test once for each Set."""
    found = files()
    return pytest.mark.parametrize("als", found, ids=[path.stem for path in found])(function)
