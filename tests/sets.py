"""The `.als` Sets that tests read: a small generated Set, and real Sets if there is a folder with them.

Reading a real Set takes up to two seconds, so the tests of a file run Set by Set and share the loaded Set.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import pytest

from remote_script.headless import SetSpec, load_als


def folder() -> Path | None:
    """The folder of real Sets, or None."""
    named = os.environ.get("SETMIRROR_SETS")
    path = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "sets"
    return path if path.is_dir() else None


OWN = Path(__file__).resolve().parent / "remote_script" / "headless" / "als" / "small.als"
"""Our own Set file, made by `making` beside it, so that a plain clone reads a Set file too."""
FAST = "live12.3-song"
"""The real Set that long tests use in the fast set."""


def files() -> list[Path]:
    """Our own Set, then all real ones."""
    where = folder()
    return [OWN, *(sorted(where.glob("*.als")) if where else ())]


@lru_cache(maxsize=2)
def spec(als: Path) -> SetSpec:
    """The Set as the loader reads it. Tests share it: neither tests nor a Live that opens it change it."""
    return load_als(als)


def parametrize(function):  # type: ignore[no-untyped-def]
    """Run a test once for each Set; the scope groups the tests of a file by Set."""
    paths = files()
    return pytest.mark.parametrize("als", paths, ids=[path.stem for path in paths], scope="module")(function)


def parametrize_long(function):  # type: ignore[no-untyped-def]
    """Run a long test once for each Set; in the fast set for our own and one real Set."""
    paths = [
        pytest.param(path, id=path.stem, marks=() if path == OWN or path.stem == FAST else pytest.mark.slow)
        for path in files()
    ]
    return pytest.mark.parametrize("als", paths, scope="module")(function)
