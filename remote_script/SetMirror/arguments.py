"""The arguments of a call in Live's form, computed right before the call on Live's main thread.

Identities become Live's objects, or their places if Live takes places. An object that was deleted or replaced after
the call was read is refused with STALE_REFERENCE; then the call is not made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

from .batches import Batcher
from .contract import schema
from .contract.errors import BridgeError
from .contract.places import ID, is_identity
from .contract.values import items
from .layouts import Row
from .refs import ref_of
from .write import SEEN

if TYPE_CHECKING:
    from .operations import Operation


def live_arguments(batcher: Batcher, operation: Operation, operations: List[Operation]) -> Dict[str, Any]:
    """The arguments of an operation by name: objects for ids and `$k`, places for identities."""
    arguments = dict(operation.args)
    args = operation.method.args
    for arg in args:
        if arg.type == "obj" and arguments.get(arg.name) is not None:
            arguments[arg.name] = operation.object_of(batcher, arguments[arg.name], operations)
    for arg in args:
        if arg.is_place and isinstance(arguments.get(arg.name), (dict, str)):
            arguments[arg.name] = _place_now(batcher, operation, arg, arguments, operations)
    return arguments


def _place_now(
    batcher: Batcher,
    operation: Operation,
    arg: schema.Arg,
    arguments: Dict[str, Any],
    operations: List[Operation],
) -> Any:
    """The object's present place in Live's own list, or the object itself if Live takes no place."""
    assert operation.row is not None
    value = arguments[arg.name]
    holder = arguments[arg.list_owner] if arg.list_owner else operation.row.obj
    moved = [
        arguments[other.name]
        for other in operation.method.args
        if other.type == "obj" and other.name in arguments
    ]
    # Live still counts an object that is moved within its list at its old place, so each place behind it is one
    # higher.
    listed = list(items(getattr(holder, arg.list_name)))
    if is_identity(value) and value[ID] is None:
        return len(listed) if arg.list_owner else -1
    obj = operation.object_of(batcher, value[ID] if is_identity(value) else value, operations)
    if obj not in listed or (arg.type == "insert" and obj in moved):
        raise moved_away(operation, arg)
    return obj if arg.by_time else listed.index(obj)


def moved_away(operation: Operation, arg: schema.Arg) -> BridgeError:
    """The refusal of a place whose object is not in the list any more."""
    place = operation.args[arg.name]
    label = "object {}".format(place[ID]) if is_identity(place) else place
    rule = "{} is not in {} of {} any more".format(label, arg.list_name, operation.where)
    return BridgeError("STALE_REFERENCE", rule, operation.target)


def check_seen(batcher: Batcher, operation: Operation, operations: Sequence[Operation]) -> None:
    """BridgeError STALE_REFERENCE if the object that the call acts on was replaced after the call was read.

    Args:
      operations: The operations of the same write; an object that an earlier operation made or set is accepted.
    """
    if SEEN not in operation.asked or operation.row is None:
        return
    holder, child = _seen_in(batcher, operation)
    if holder is None:
        return
    content = batcher.reader.children(holder, holder.layout.index[child]) or []
    now = content[0][1] if content else None
    if now is not None and any(_put_there(earlier, now) for earlier in operations[: operation.number]):
        return
    row = batcher.shadow.row_of(now)
    if (row.id if row is not None else None if now is None else -1) != operation.about:
        seen = "empty" if operation.about is None else "with {}".format(operation.about)
        rule = "{} has another {} than when the call was read ({})".format(
            ref_of(batcher.shadow, holder), child.rstrip("s"), seen
        )
        raise BridgeError("STALE_REFERENCE", rule, operation.target)


def _put_there(earlier: Operation, obj: Any) -> bool:
    """True when an operation made the object, or set a property of it, such as the pad of a chain."""
    return bool(
        earlier.product == obj
        or (earlier.kind == "set" and earlier.row is not None and earlier.row.obj == obj)
    )


def _seen_in(batcher: Batcher, operation: Operation) -> Tuple[Optional[Row], str]:
    path, _, child = operation.method.means.rpartition(".")
    if not path:
        return operation.row, child
    value = operation.args.get(path)
    return (batcher.shadow.rows.get(value[ID]) if isinstance(value, dict) else None), child
