"""Refs as text: `tracks/2[Bass]/devices/1` is a path in Live's words; a step may have an expected name.

Positions count from 0; a leading `song/` is optional.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from remote_script.SetMirror.contract import schema

from . import errors

_STEP = re.compile(r"(\w+)(?:\[(.*?)\](?=/|\Z))?(?:/|\Z)", re.DOTALL)

EDGES = frozenset(
    prop.name
    for name in schema.CLASSES
    for prop in schema.properties(name).values()
    if prop.is_tree or prop.type in ("ref", "refs")
)
"""Every property that may be a step of a ref."""

_ROOTS = frozenset(
    prop.name for prop in schema.properties("Song").values() if prop.is_tree or prop.type in ("ref", "refs")
)


class PathStep(NamedTuple):
    """A property, or a position in a list; `expected` is the name that the object there must have."""

    name: str
    expected: str | None = None


def looks_like_ref(text: str) -> bool:
    """True when `text` is meant as a path, not as a name: it begins like the song's own paths."""
    first = re.match(r"(\w+)(?=[/\[]|\Z)", text.strip().strip("/"))
    if first is None:
        return False
    if first.group(1) == "song":
        return True
    return first.group(1) in _ROOTS


def parse(ref: str) -> list[PathStep]:
    """The steps of a ref from the song; empty for the song itself; InvalidValue for a text that is not a ref."""
    text = ref.strip().strip("/")
    steps: list[PathStep] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise errors.InvalidValue(
                f"A ref is a path such as tracks/2/devices/0, not {ref[:200]!r}", ref[:200]
            )
        steps.append(PathStep(match.group(1), match.group(2)))
        position = match.end()
    if not steps:
        raise errors.InvalidValue(f"A ref is a path such as tracks/2/devices/0, not {ref[:200]!r}", ref[:200])
    return steps
