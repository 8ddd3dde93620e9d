"""The listing of Live's framework names, for tests that compare with it and skip without it."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

import pytest


def file() -> Path | None:
    """The path of the listing, or None."""
    named = os.environ.get("SETMIRROR_FRAMEWORK_NAMES")
    path = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "framework_names.json"
    return path if path.is_file() else None


needed = pytest.mark.skipif(
    file() is None, reason="no listing of Live's framework names; name one in SETMIRROR_FRAMEWORK_NAMES"
)


@functools.lru_cache(maxsize=1)
def listing() -> dict[str, Any]:
    """The listing's content: `modules` and `usage`."""
    path = file()
    assert path is not None
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def listed_in(spans: str, version: str) -> bool:
    """True when a text such as "9,11.1-11.2,12.0-12.1" covers a version."""
    for span in spans.split(","):
        since, _, until = span.partition("-")
        if _number(since) <= _number(version) <= _number(until or since):
            return True
    return False


def names(module: dict[str, Any], version: str) -> set[str]:
    """Public names of a module in a version."""
    listed = {*module.get("class", {}), *(module.get("func") or {}), *module.get("const", {})}
    for imported in (module.get("x", {}), module.get("i", {})):
        for several in imported.values():
            listed.update(clause.rpartition(" as ")[2] for clause in several)
    spans = module.get("vv", {})
    return {
        name
        for name in listed
        if not name.startswith("_") and listed_in(spans.get(name, module["v"]), version)
    }
