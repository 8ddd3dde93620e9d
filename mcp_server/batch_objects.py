"""The objects that the calls of a batch create and the names that they set, for the later calls of the batch.

`$k` is the object that call k makes; `$k/clip_slots/1` is an object below it. Operations are numbered through the whole
batch, so that a `LateNode` has the text that the wire uses: `$` and the number of the operation that makes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mirror import Mirror, Node, Operation, Set, errors
from remote_script.SetMirror.contract.limits import OPERATIONS

from .late_nodes import LateNode, Product, late_node, shifted, step_below, tree_property

_RESULT = re.compile(r"\$([0-9]{1,9})(?:[./](.+))?\Z", re.DOTALL)


class BatchObjects:
    """The objects that the calls of a batch have created or named so far."""

    def __init__(
        self,
        mirror: Mirror,
        later: Callable[[Node, str, str], Node],
        ref: Callable[[Node], str],
    ) -> None:
        """The objects of a batch without calls.

        Args:
          later: Returns the object in a list of a new owner, from the owner, the list and a name or index.
          ref: Returns an object's ref, for refusals.
        """
        self._mirror = mirror
        self._later = later
        self._ref = ref
        self.made: list[LateNode | None] = []
        """For each call, the object that it makes; None where it makes no object."""
        self.makes: list[int | None] = []
        """For each call, the number of the operation that makes this object."""
        self.operations = 0
        """The number of operations of all calls."""
        self._first = 0
        """The number of the last call's first operation."""
        self._names: dict[str, list[Node]] = {}

    # -- for the calls that come after -------------------------------------------------------------

    def find(self, target: str) -> Node:
        """The object of `$k` or of a path below it.

        Raises:
          InvalidValue: no call before makes this object, or the table has no such path.
        """
        match = _RESULT.match(target)
        number = int(match[1]) if match is not None else -1
        if match is None or not number < len(self.made):
            raise errors.InvalidValue(
                f"$k is the object that an earlier call of the batch makes, from $0; {target[:40]!r} is none",
                target[:40],
            )
        top = self.made[number]
        if top is None:
            raise errors.InvalidValue(f"Call {number} of the batch makes no object", target[:40])
        return self._below(top, match[2]) if match[2] else top

    def named(self, name: str) -> Sequence[Node]:
        """The objects to which the calls gave this name."""
        return self._names.get(name, ())

    def return_tracks(self) -> list[Node]:
        """The return tracks that the calls create."""
        return [node for node in self.made if node is not None and node.role == "return_tracks"]

    # -- following the calls -----------------------------------------------------------------------

    def add(self, product: Product | None, ops: Sequence[Operation]) -> None:
        """Add the next call: the object that it creates, and its operations with their numbers in the batch.

        Raises:
          TooLarge: the batch has too many operations.
        """
        self._first = self.operations
        self.operations += len(ops)
        call = len(self.made)
        if self.operations > OPERATIONS:
            raise errors.TooLarge(
                f"A batch has at most {OPERATIONS} operations; with call {call} it has {self.operations}",
                self.operations,
                hint="split it: each part is one undo step",
            )
        self.makes.append(None if product is None else self._first + product.operation)
        self.made.append(None if product is None else self.node_of(product))
        self._record_names(ops)

    def node_of(self, product: Product) -> LateNode:
        """The object that an operation of the last call makes; `product` counts operations within this call."""
        owner = shifted(product.owner, self._first)
        above: Node | None = None
        if isinstance(owner, int) or owner == "song":
            above = self._mirror.node(owner) if isinstance(owner, int) else self._mirror.resolve("song")
        elif isinstance(owner, str):
            above = self._owner_of(owner)
        text = f"${self._first + product.operation}"
        return late_node(text, product.type, above, product.role, product.name)

    def _record_names(self, ops: Sequence[Operation]) -> None:
        new = {node.id: node for node in self.made if node is not None}
        for op in ops:
            if isinstance(op, Set) and op.name == "name" and isinstance(op.value, str):
                node = new.get(op.target) if isinstance(op.target, str) else self._mirror.node(op.target)  # type: ignore[call-overload]
                if node is not None and op.value:
                    self._names.setdefault(op.value, []).append(node)

    def _owner_of(self, text: str) -> Node | None:
        """The new object of a late target's text; None if no call creates it."""
        number, _, path = text[1:].partition("/")
        tops = [node for node in self.made if node is not None and str(node.id) == f"${number}"]
        return (self._below(tops[0], path) if path else tops[0]) if tops else None

    def _below(self, node: Node, path: str) -> Node:
        """The object at a path below a new object, by the table; lists by index or name."""
        steps = [step for step in path.split("/") if step]
        while steps:
            role = steps.pop(0)
            prop = tree_property(node.type, role)
            if prop is None:
                raise errors.InvalidValue(f"{self._ref(node)} ({node.type}) has no {role!r} below it", path)
            if prop.type not in ("children", "refs"):
                node = step_below(node, role)
                continue
            if not steps:
                raise errors.InvalidValue(
                    f"{role!r} of {self._ref(node)} is a list: give an index, from 0", path
                )
            which = steps.pop(0)
            while steps and not which.isdecimal() and tree_property(prop.of, steps[0]) is None:
                # A name may contain a slash: Dry/Wet.
                which += "/" + steps.pop(0)
            node = step_below(node, role, which) if which.isdecimal() else self._later(node, role, which)
        return node
