"""Late targets: objects that exist only when their operation runs, since the same write creates them or their parents.

    $3                          the object that operation 3 of the same write created
    $3/devices/0                a path below it, by place
    $3/parameters/=Dry%2FWet    an element of a list, by its name
    $3/mixer_device/sends/@41   the send to return track 41; /$2: to the return track that operation 2 created
    @12/sends/$2                the same below the existing object 12

A value may depend on such an object, too: {"written": 4} is a bare number for a parameter that may show numbers of
its own, {"written": "4"} the same number in a text, {"by": 5} is a change relative to the value at that moment.
"""

from __future__ import annotations

import re
from typing import Any, Iterator, NamedTuple, Optional, Tuple, Union

from .errors import BridgeError

_LATE = re.compile(r"(?:\$(\d{1,9})(?:[./](.+))?|@(\d{1,15})/(.+))\Z", re.DOTALL)
WRITTEN, BY = "written", "by"


class Late(NamedTuple):
    """A late target: starts at the product of an operation, or at an existing object by its id."""

    operation: Optional[int]
    owner: Optional[int]
    steps: Tuple[str, ...]

    def operations(self) -> Iterator[int]:
        """The numbers of the operations whose products this target names."""
        if self.operation is not None:
            yield self.operation
        for step in self.steps:
            if step.startswith("$"):
                yield int(step[1:])


def is_late(value: Any) -> bool:
    """True when a target or an argument has the form of a late target."""
    return isinstance(value, str) and (value.startswith("$") or (value.startswith("@") and "/" in value))


def not_earlier(text: str) -> BridgeError:
    """The refusal of a late target that names no earlier operation."""
    return BridgeError("INVALID_VALUE", "$k names an earlier operation of the same write", text[:100])


def parse(text: str) -> Late:
    """Parse a late target; BridgeError INVALID_VALUE if it is malformed."""
    match = _LATE.match(text)
    if match is None:
        raise not_earlier(text)
    path = match.group(2) or match.group(4) or ""
    steps = tuple(step for step in path.split("/") if step)
    if any(step[:1] in "$@" and not step[1:].isdigit() for step in steps):
        raise BridgeError("INVALID_VALUE", "$k and @id must be alone between two slashes", text[:100])
    operation, owner = match.group(1), match.group(3)
    return Late(None if operation is None else int(operation), None if owner is None else int(owner), steps)


def name_step(name: str) -> str:
    """The path step that selects a list element by this name."""
    return "=" + name.replace("%", "%25").replace("/", "%2F")


def name_of(step: str) -> str:
    """The name in such a path step."""
    return step[1:].replace("%2F", "/").replace("%25", "%")


def change_by(value: Any) -> Any:
    """The number in {"by": number}; None for any other value."""
    number = value[BY] if isinstance(value, dict) and set(value) == {BY} else None
    return None if isinstance(number, bool) or not isinstance(number, (int, float)) else number


def as_written(value: Any) -> Any:
    """The number or text in {"written": …}; another value as it is."""
    number = written(value)
    return value if number is None else number


def written(value: Any) -> Union[float, str, None]:
    """The number in {"written": number}, or its text in {"written": text}; None for any other value."""
    number = value[WRITTEN] if isinstance(value, dict) and set(value) == {WRITTEN} else None
    return None if isinstance(number, bool) or not isinstance(number, (int, float, str)) else number
