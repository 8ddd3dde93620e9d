"""The order in which the start and the end of a clip's span are set, so that Live accepts both of them.

Live refuses a start at or beyond the present end, and an end at or before the present start. When both are set, one
order always works: the end first where the new start lies beyond the present end, the start first otherwise.
"""

from __future__ import annotations

from collections.abc import Callable

from mirror import Set

_PAIRS = {"loop_start": "loop_end", "start_marker": "end_marker"}
"""Start → end."""


def in_order(ops: list[Set], present_end: Callable[[int | str, str], float]) -> list[Set]:
    """The operations with each start and its end in the order that Live accepts; others keep their places.

    Args:
      ops: Each property of an object at most once.
      present_end: The value, in beats, of an end property of a target before these operations.
    """
    ordered = list(ops)
    for start, end in _PAIRS.items():
        places = {(op.target, op.name): n for n, op in enumerate(ordered)}
        for (target, name), n in places.items():
            other = places.get((target, end)) if name == start else None
            if other is None:
                continue
            end_first = ordered[n].value >= present_end(target, end)
            if end_first is (n < other):
                ordered[n], ordered[other] = ordered[other], ordered[n]
    return ordered
