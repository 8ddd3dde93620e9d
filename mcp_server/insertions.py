"""Lists into which calls of a batch insert, so that an ambiguous index is refused.

An index refers to the list before the batch. If earlier calls of the batch inserted into this list, the author may mean
the list after those calls: both meanings are computed, and the index is refused unless both are the same position.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mirror import Call, Operation, errors
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.contract.late import is_late
from remote_script.SetMirror.contract.places import is_identity, method_of

from .late_nodes import LateNode

Key = tuple[Any, str]
_COPIES = {"duplicate_track": "tracks", "duplicate_scene": "scenes", "duplicate_device": "devices"}


class Insertions:
    """The lists into which the calls of a batch have inserted so far, each in its state after these calls."""

    def __init__(
        self,
        id_: Callable[[Any], Any],
        children: Callable[[Any, str], Sequence[Any]],
        ref: Callable[[Any], str],
    ) -> None:
        """Start a batch.

        Args:
          id_: Returns the id of a target; for a new object, the text that stands for it.
          children: Returns the ids in an object's list before the batch.
          ref: Returns the ref of an id, or of the text that stands for a new object.
        """
        self._id = id_
        self._children = children
        self._ref = ref
        self._lists: dict[Key, list[Any]] = {}

    def check(self, ops: Sequence[Operation]) -> None:
        """Refuse an index that means one position before the batch and another one after its earlier calls.

        Raises:
          Ambiguous: the index has two meanings; the rule names both.
        """
        for op in ops:
            for key, arg, index in self._indices(op):
                if key in self._lists and not is_late(key[0]):
                    self._check(key, arg, index, _moved(op))

    def _check(self, key: Key, arg: str, index: int, moved: Any) -> None:
        # A move within the list is no insertion.
        before = [id_ for id_ in self._children(*key) if id_ != moved]
        now = [id_ for id_ in self._lists[key] if id_ != moved]
        known = index < len(before) and before[index] in now
        place = now.index(before[index]) if known else len(now) if index == len(before) else None
        if place == index:
            return
        then = (
            f"before {self._ref(before[index])}" if known else "the end" if place is not None else "no place"
        )
        by_now = f"before {self._ref(now[index])}" if index < len(now) else "the end"
        if index > len(now):
            # The index is beyond the list in both meanings, so the write itself refuses it.
            return
        ways = [f"'{self._ref(now[index])}'"] if index < len(now) else []
        ways += [f"'{self._ref(before[index])}'"] if known else []
        or_end = " (-1 is the end)" if by_now == "the end" or then == "the end" else ""
        name = arg.rpartition("_")[2]
        raise errors.Ambiguous(
            f"`{name}` {index} is {then} as the {key[1]} were before this batch, and {by_now} with what its calls"
            " put there",
            index,
            hint=f"name what it goes before: `{name}` {' or '.join(dict.fromkeys(ways)) or '-1'}{or_end}",
        )

    def follow(self, op: Operation, made: LateNode | None) -> None:
        """Apply one operation to the lists; `made` is the object that the operation creates, or None."""
        if not isinstance(op, Call):
            return
        if made is not None and op.method in _COPIES:
            source = next((argument for argument in op.args.values() if is_identity(argument)), None)
            if source is not None:
                items = self._items((self._id(op.target), _COPIES[op.method]))
                after = items.index(source["id"]) + 1 if source["id"] in items else len(items)
                items.insert(after, made.id)
            return
        for key, arg in self._insert_args(op):
            new = _moved(op) if made is None else made.id
            if new is None:
                continue
            items = self._items(key)
            if new in items:
                items.remove(new)
            items.insert(self._at(key, items, op.args.get(arg.name), new), new)

    def _items(self, key: Key) -> list[Any]:
        return self._lists.setdefault(key, list(self._children(*key)))

    def _at(self, key: Key, items: list[Any], value: Any, new: Any) -> int:
        """The position in the present list that the value of an argument means."""
        if isinstance(value, int) and not isinstance(value, bool):
            before = [id_ for id_ in self._children(*key) if id_ != new]
            value = before[value] if 0 <= value < len(before) else None
        elif is_identity(value):
            value = value["id"]
        return items.index(value) if value in items else len(items)

    def _insert_args(self, op: Call) -> Iterator[tuple[Key, schema.Arg]]:
        """The arguments of a call that are positions for an insertion, each with its list."""
        method = method_of("", op.method)
        if method is None or method.effect != "edit":
            return
        for arg in method.args:
            if arg.type == "insert":
                owner = op.args.get(arg.list_owner) if arg.list_owner else op.target
                yield (self._id(owner), arg.list_name), arg

    def _indices(self, op: Operation) -> Iterator[tuple[Key, str, int]]:
        """The positions of a call that are written as indices from 0, each with its list and argument."""
        for key, arg in self._insert_args(op) if isinstance(op, Call) else ():
            value = op.args.get(arg.name) if isinstance(op, Call) else None
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
                yield key, arg.name, value


def _moved(op: Operation) -> Any:
    return op.args.get("device") if isinstance(op, Call) else None
