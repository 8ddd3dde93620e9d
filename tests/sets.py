"""Where the real `.als` Sets are, for tests that read them; such tests skip, saying so, where there are none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def folder() -> Path | None:
    """The folder of real Sets, or None."""
    named = os.environ.get("SETMIRROR_SETS")
    path = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "sets"
    return path if path.is_dir() else None


def files() -> list[Path]:
    """All real Sets; empty where there are none."""
    where = folder()
    return sorted(where.glob("*.als")) if where else []


def parametrize(function):  # type: ignore[no-untyped-def]
    """Run a test once for each real Set, or skip it with the reason."""
    found = files()
    if not found:
        return pytest.mark.skip(reason="no folder of real Sets; name one in SETMIRROR_SETS")(function)
    return pytest.mark.parametrize("als", found, ids=[path.stem for path in found])(function)
