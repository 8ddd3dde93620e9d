"""Refs and ids to objects and back: `tracks/2[Bass]/devices/1`, `17`, "song".

A ref is a positional path in Live's own words from the song; a step may have the object's expected name in
brackets.
"""

from __future__ import annotations

import re
from typing import Any, List, Optional, Tuple, Union

from .contract.errors import BridgeError
from .contract.values import ABSENT, alive
from .layouts import Row
from .shadow import Shadow

Target = Union[int, str]

_SEGMENT = re.compile(r"(\w+)(?:\[(.*?)\](?=/|\Z))?(?:/|\Z)", re.DOTALL)


LONGEST_REF = 1000
"""Characters; Live's own refs end near 20 levels, and each level may carry a name."""


def parse(ref: str) -> List[Tuple[str, Optional[str]]]:
    """The parts of a path, each with its expected name; BridgeError INVALID_VALUE for a text that is not a ref."""
    text = ref.strip().strip("/")
    if text.startswith("song/"):
        text = text[5:]
    parts: List[Tuple[str, Optional[str]]] = []
    position = 0
    while position < len(text):
        match = _SEGMENT.match(text, position)
        if match is None:
            raise BridgeError("INVALID_VALUE", "A ref is a path such as tracks/2/devices/0", ref[:200])
        parts.append((match.group(1), match.group(2)))
        position = match.end()
    if not parts:
        raise BridgeError("INVALID_VALUE", "A ref is a path such as tracks/2/devices/0", ref[:200])
    return parts


def resolve(shadow: Shadow, target: Any) -> Row:
    """The row of an id or ref that exists now; BridgeError STALE_REFERENCE or INVALID_VALUE."""
    if isinstance(target, bool) or not isinstance(target, (int, str)):
        raise BridgeError("INVALID_VALUE", "A target is an id or a ref", _short(target))
    if isinstance(target, str) and len(target) > LONGEST_REF:
        rule = "A ref has at most {} characters, got {}".format(LONGEST_REF, len(target))
        raise BridgeError("INVALID_VALUE", rule, target[:100])
    if isinstance(target, str) and target.isdigit():
        target = int(target)
    if isinstance(target, int):
        row = shadow.rows.get(target)
        if row is None:
            raise BridgeError("STALE_REFERENCE", "There is no object with id {}".format(target), target)
    else:
        row = _walk(shadow, target)
    if not alive(row.obj):
        raise BridgeError("STALE_REFERENCE", "The object was removed from the Set", target)
    return row


def _walk(shadow: Shadow, ref: str) -> Row:
    row = shadow.root
    if row is None:
        raise BridgeError("NOT_READY", "The Set is not read yet", ref, retry_after_s=0.5)
    parts = parse(ref)
    if parts[0][0] == "song":
        _check_name(row, parts[0][1], ref)
        parts = parts[1:]
    position = 0
    while position < len(parts):
        name, expected = parts[position]
        position += 1
        value = row.value(name)
        index = row.layout.index.get(name)
        if index is None or not (row.layout.properties[index].is_tree or index in row.layout.refs):
            raise BridgeError(
                "STALE_REFERENCE", "{} has no {!r}".format(row.layout.type, name), ref, at=ref_of(shadow, row)
            )
        if isinstance(value, tuple):
            if position == len(parts) or not parts[position][0].isdigit():
                raise BridgeError("INVALID_VALUE", "{!r} is a list: give an index, from 0".format(name), ref)
            number, expected = parts[position]
            position += 1
            if int(number) >= len(value):
                raise BridgeError(
                    "STALE_REFERENCE",
                    "{} has {} {}, so {} does not exist".format(
                        ref_of(shadow, row), len(value), name, number
                    ),
                    ref,
                )
            id_: Optional[int] = value[int(number)]
        else:
            id_ = None if value is ABSENT else value
        child = shadow.rows.get(id_) if id_ is not None else None
        if child is None:
            raise BridgeError("STALE_REFERENCE", "{} has no {} now".format(ref_of(shadow, row), name), ref)
        row = child
        _check_name(row, expected, ref)
    return row


def _check_name(row: Row, expected: Optional[str], ref: str) -> None:
    if expected is not None and row.value("name") != expected:
        raise BridgeError(
            "STALE_REFERENCE",
            "The ref expects the name {!r}, but the object there is {!r}".format(
                expected, row.value("name") or ""
            ),
            ref,
            id=row.id,
        )


def ref_of(shadow: Shadow, row: Row) -> str:
    """The path of a row; "" for a row that is no longer in the tree."""
    parts: List[str] = []
    while row.parent is not None:
        parent = shadow.rows.get(row.parent)
        if parent is None:
            return ""
        value = parent.value(row.role)
        if isinstance(value, tuple):
            if row.id not in value:
                return ""
            parts.append(str(value.index(row.id)))
        parts.append(row.role)
        row = parent
    return "/".join(reversed(parts)) or "song"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "…"
