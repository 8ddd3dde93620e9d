"""Places that a write's later operations name, checked before its first operation runs.

Lists, slots and times may have changed since the write was planned. A refusal that is found only when the operation's
turn comes reverts the earlier operations, whose deleted objects return with new ids. So a refusal that no earlier
operation of the write can prevent is raised before anything has changed.
"""

from __future__ import annotations

from typing import Any, List, Optional, Set

from .arguments import moved_away
from .batches import Batcher
from .call import Adapters
from .calls import adapter_of
from .contract.errors import BridgeError
from .contract.late import is_late
from .contract.places import ID, is_identity
from .cue_calls import JUDGES as CUES
from .operations import Operation, Problems
from .overwrites import JUDGES as OVERWRITES

_JUDGES: Adapters = {**OVERWRITES, **CUES}
"""They read a few objects and end in the same turn, unlike the judges of notes and loads."""
_JUDGED = {name for _, name in _JUDGES}


def check_places(batcher: Batcher, operations: List[Operation], live_module: Any, problems: Problems) -> None:
    """Add the refusals of the operations after the first that are certain before any operation runs."""
    cleared: Set[Any] = set()
    for number, operation in enumerate(operations):
        if number and _is_ready(operation):
            problem = _moved_away(batcher, operation)
            if problem is None and operation.name in _JUDGED:
                problem = _judged(batcher, operation, cleared, live_module)
            if problem is not None and _is_certain(problem, operation, operations[:number]):
                problem.facts["op"] = operation.number
                problems.add(operation.number, problem)
        cleared.update(operation.clears)


def _is_ready(operation: Operation) -> bool:
    """True for a call whose objects all exist already."""
    late = any(is_late(value) for value in operation.args.values())
    return operation.kind == "call" and operation.row is not None and not late


def _moved_away(batcher: Batcher, operation: Operation) -> Optional[BridgeError]:
    """The refusal of a place whose object is in another list now; no change is unsent when a write begins."""
    for arg in operation.method.args:
        place: Any = operation.args.get(arg.name)
        # A place in another object's list is an argument of calls that have a judge.
        if arg.is_place and not arg.list_owner and is_identity(place) and place[ID] is not None:
            assert operation.row is not None
            listed = operation.row.value(arg.list_name)
            if isinstance(listed, tuple) and place[ID] not in listed:
                return moved_away(operation, arg)
    return None


def _judged(
    batcher: Batcher, operation: Operation, cleared: Set[Any], live_module: Any
) -> Optional[BridgeError]:
    """The error with which the call would be refused in Live's present state."""
    try:
        call = operation.pending(batcher, [], live_module)
        call.cleared = cleared
        judge = adapter_of(_JUDGES, call)
        if judge is not None:
            judge(call)
    except BridgeError as problem:
        return problem
    except Exception:
        # Live's own refusals are raised in the operation's turn.
        return None
    return None


def _is_certain(problem: BridgeError, operation: Operation, earlier: List[Operation]) -> bool:
    """True when no earlier operation can change the objects from which the refusal follows."""
    touched: Set[int] = set().union(*(before.touches for before in earlier))
    names = {before.name for before in earlier}
    if problem.name == "STALE_REFERENCE":
        return not touched.intersection(value[ID] for value in operation.args.values() if is_identity(value))
    if problem.name == "INVALID_VALUE":
        return operation.name == "create_cue_point" and "set_or_delete_cue" not in names
    if problem.name != "WOULD_OVERWRITE" or any(before.overwrite for before in earlier):
        return False
    # The length of a copy follows from its source, and from the tempo.
    assert operation.row is not None
    sources = operation.touches - {operation.row.id}
    if sources and "tempo" in names:
        return False
    in_the_way = {replaced.get("id") for replaced in problem.facts["replaced"]}
    return bool(in_the_way - touched) and not sources.intersection(
        id_ for before in earlier if before.kind == "set" for id_ in before.touches
    )
