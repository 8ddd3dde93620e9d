"""How values are shown, and what is meant when one comes back: one rule for all reads and writes.

A choice is shown by its label, an object by its ref, everything else as it is. What was shown is understood again
wherever a value is given, and so are the number and the id behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from remote_script.SetMirror.contract import schema

from .store import Store

_COLOR = re.compile(r"#?([0-9a-fA-F]{6})")


def row(type_: str, name: str) -> schema.Property | None:
    """The table's row of a property; None when the table does not know it."""
    return schema.properties(type_).get(name) if type_ in schema.CLASSES else None


def shown(store: Store, type_: str, name: str, value: Any, gone: Mapping[int, str] | None = None) -> Any:
    """A property's value as whoever reads is shown it.

    Args:
      gone: The refs that objects had which are not there any more; without it, such ones are shown by their id.
    """
    prop = row(type_, name)
    if prop is None or value is None:
        return value
    if prop.labels:
        return prop.labels.get(value, value) if isinstance(value, int | float) else value
    if prop.type == "ref":
        return _ref(store, value, gone or {})
    if prop.type == "refs" and isinstance(value, tuple | list):
        return [_ref(store, each, gone or {}) for each in value]
    return value


def color(text: str, otherwise: Any = None) -> Any:
    """The number of a colour that is written "#ff3636" or "ff3636"; `otherwise` for another text."""
    match = _COLOR.fullmatch(text.strip())
    return otherwise if match is None else int(match[1], 16)


def _ref(store: Store, id_: Any, gone: Mapping[int, str]) -> Any:
    if not isinstance(id_, int):
        return id_
    return store.ref(id_) if id_ in store.nodes else gone.get(id_, id_)


def rows(name: str) -> list[schema.Property]:
    """The rows of all classes that have a property of this name."""
    return [each.properties[name] for each in schema.CLASSES.values() if name in each.properties]
