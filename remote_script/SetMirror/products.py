"""Finds the object of a late target (see `late`) in Live, at the moment when its operation runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List, Sequence, Tuple

from .batches import Batcher
from .contract import naming, schema
from .contract.errors import BridgeError
from .contract.late import Late, name_of, parse
from .contract.values import ABSENT, alive, items, read
from .layouts import class_of
from .refs import resolve

if TYPE_CHECKING:
    from .operations import Operation


def find(batcher: Batcher, target: str, operations: Sequence[Operation]) -> Any:
    """Live's object for a late target.

    Raises:
      BridgeError: NOT_FOUND or AMBIGUOUS for a name, with the existing names; STALE_REFERENCE for a path without an
        object and for a new object that was deleted; INVALID_VALUE if an operation created no object.
    """
    late = parse(target)
    if late.operation is not None:
        obj = _product(operations, late.operation)
    else:
        obj = resolve(batcher.shadow, late.owner).obj
    return _walk(batcher, obj, late, operations)


def _product(operations: Sequence[Operation], number: int) -> Any:
    obj = operations[number].product
    if obj is None:
        raise BridgeError("INVALID_VALUE", "${} returned no object".format(number), "${}".format(number))
    if not alive(obj):
        rule = "The object that ${} made was deleted meanwhile".format(number)
        raise BridgeError("STALE_REFERENCE", rule, "${}".format(number), hint="make it again")
    return obj


def _walk(batcher: Batcher, obj: Any, late: Late, operations: Sequence[Operation]) -> Any:
    """Follow the steps down the tree only: the target is a new object or lies below one."""
    holder, role, listed = obj, "", None
    for step in late.steps:
        if listed is not None:
            obj = _one_of(batcher, holder, role, listed, step, operations)
            listed = None
            continue
        value = read(obj, step) if _owns(obj, step) else ABSENT
        if value is ABSENT or not alive(value):
            rule = "{} ({}) has no {!r}".format(_label(obj), class_of(obj, "") or "?", step)
            raise BridgeError("STALE_REFERENCE", rule, step)
        prop = schema.properties(class_of(obj, "") or "")[step]
        if prop.type in ("children", "refs"):
            holder, role, listed = obj, step, items(value)
        else:
            obj = value
    if listed is not None:
        raise BridgeError(
            "INVALID_VALUE", "{!r} of {} is a list: give an index, from 0".format(role, _label(obj)), role
        )
    return obj


def _one_of(
    batcher: Batcher, holder: Any, role: str, listed: List[Any], step: str, operations: Sequence[Operation]
) -> Any:
    if step[:1] in "$@":
        place, listed = _place_of_send(batcher, holder, step, operations), listed
    elif step.startswith("="):
        names, originals = _names(listed)
        text, kind = name_of(step), role[:-1].replace("_", " ")
        shown = names if text in names or text not in originals else originals
        place = naming.chosen(shown, text, _label(holder), kind)
    else:
        place = int(step) if step.isdigit() else -1
    if not 0 <= place < len(listed):
        rule = "{} has {} {}, counted from 0, so there is none at {}".format(
            _label(holder), len(listed), role, name_of(step) if step.startswith("=") else step
        )
        raise BridgeError("STALE_REFERENCE", rule, step)
    return listed[place]


def _place_of_send(batcher: Batcher, mixer: Any, step: str, operations: Sequence[Operation]) -> int:
    """The index of a send: sends are in the order of their return tracks."""
    number = int(step[1:])
    goal = _product(operations, number) if step[0] == "$" else resolve(batcher.shadow, number).obj
    owner = mixer.canonical_parent
    returns = read(batcher.song, "return_tracks") if class_of(owner, "") == "Track" else ABSENT
    if returns is ABSENT:
        returns = read(owner.canonical_parent, "return_chains")
    sends = items(returns)
    return sends.index(goal) if goal in sends else -1


def _names(listed: List[Any]) -> Tuple[List[str], List[str]]:
    names = [str(read(obj, "name") or "") for obj in listed]
    originals = [read(obj, "original_name") for obj in listed]
    return names, [
        name if original is ABSENT else str(original or name) for name, original in zip(names, originals)
    ]


def _owns(obj: Any, name: str) -> bool:
    type_ = class_of(obj, "")
    prop = schema.properties(type_).get(name) if type_ is not None else None
    # A new scene's slots are new as well, although their parents are the tracks.
    return prop is not None and (prop.is_tree or (type_, name) == ("Scene", "clip_slots"))


def _label(obj: Any) -> str:
    """An object's label in an error: its name, or its class if it has none."""
    name = read(obj, "name")
    return (
        repr(str(name))
        if name not in (ABSENT, None, "")
        else "The new {}".format(class_of(obj, "") or "object")
    )
