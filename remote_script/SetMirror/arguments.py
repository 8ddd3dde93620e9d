"""The arguments of a call as Live takes them, worked out right before it on Live's main thread.

Identities become objects, and places where Live takes these; what is gone, or another than when the call was read, is
STALE_REFERENCE, and nothing is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

from .batches import Batcher
from .contract import schema
from .contract.errors import BridgeError
from .contract.places import ID, is_identity
from .contract.values import items
from .identity import SEEN
from .layouts import Row
from .refs import ref_of

if TYPE_CHECKING:
    from .operations import Operation


def live_arguments(batcher: Batcher, operation: Operation, operations: List[Operation]) -> Dict[str, Any]:
    """The arguments of an operation by name: objects for ids and `$k`, places for identities."""
    found = dict(operation.args)
    args = operation.method.args
    for arg in args:
        if arg.type == "obj" and found.get(arg.name) is not None:
            found[arg.name] = operation.object_of(batcher, found[arg.name], operations)
    for arg in args:
        if arg.is_place and isinstance(found.get(arg.name), (dict, str)):
            found[arg.name] = _place_now(batcher, operation, arg, found, operations)
    return found


def _place_now(
    batcher: Batcher,
    operation: Operation,
    arg: schema.Arg,
    found: Dict[str, Any],
    operations: List[Operation],
) -> Any:
    """Where the object stands in Live's own list at this moment; the object itself where Live takes no place."""
    assert operation.row is not None
    value = found[arg.name]
    holder = found[arg.list_owner] if arg.list_owner else operation.row.obj
    moved = [found[each.name] for each in operation.method.args if each.type == "obj" and each.name in found]
    listed = [
        each for each in items(getattr(holder, arg.list_name)) if arg.type == "place" or each not in moved
    ]
    if is_identity(value) and value[ID] is None:
        return len(listed) if arg.list_owner else -1
    obj = operation.object_of(batcher, value[ID] if is_identity(value) else value, operations)
    if obj not in listed:
        rule = "{} is not in {} of {} any more".format(value, arg.list_name, operation.where)
        raise BridgeError("STALE_REFERENCE", rule, operation.target)
    return obj if arg.by_time else listed.index(obj)


def check_seen(batcher: Batcher, operation: Operation, operations: Sequence[Operation]) -> None:
    """BridgeError STALE_REFERENCE when the call is about another object by now than when it was read.

    Args:
      operations: Of the same write; what an earlier one made is what is meant.
    """
    if SEEN not in operation.asked or operation.row is None:
        return
    holder, child = _seen_in(batcher, operation)
    if holder is None:
        return
    held = batcher.reader.children(holder, holder.layout.index[child]) or []
    now = held[0][1] if held else None
    if now is not None and any(made.product == now for made in operations[: operation.number]):
        return
    row = batcher.shadow.row_of(now)
    if (row.id if row is not None else None if now is None else -1) != operation.about:
        seen = "empty" if operation.about is None else "with {}".format(operation.about)
        rule = "{} has another {} than when the call was read ({})".format(
            ref_of(batcher.shadow, holder), child, seen
        )
        raise BridgeError("STALE_REFERENCE", rule, operation.target)


def _seen_in(batcher: Batcher, operation: Operation) -> Tuple[Optional[Row], str]:
    path, _, child = operation.method.means.rpartition(".")
    if not path:
        return operation.row, child
    value = operation.args.get(path)
    return (batcher.shadow.rows.get(value[ID]) if isinstance(value, dict) else None), child
