"""The answer about one operation: its part of a write's result, and the objects in this part as {id, type, ref}.

An operation records its effects (see `operations`); this module turns them into JSON and counts the history entries.
It never changes the Set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional

from .batches import Batcher
from .call import REPLACED_SHOWN
from .calls import plain_result
from .contract.errors import BridgeError
from .contract.late import is_late
from .contract.values import ABSENT, alive, read, same
from .later import PROPERTIES
from .layouts import class_of
from .refs import ref_of
from .wire import Encoded

if TYPE_CHECKING:
    from .operations import Operation

_SHOWN = ("value", "display")
_LENGTH = (
    "the song ends 32 beats after its last clip, see song_length: put a clip there first, or go less far"
)
_FROZEN = "unfreeze the track in Live (right-click it, Unfreeze Track): Live's API has no function for it"


def result_of(batcher: Batcher, operation: Operation) -> Dict[str, Any]:
    """The operation's part of its write's result; new objects have ids, since their batch is sent."""
    report: Dict[str, Any] = {
        "changed": operation.changed,
        "before": operation.before if operation.before is not ABSENT else None,
        "after": operation.after if operation.after is not ABSENT else None,
        "verified": operation.verified,
    }
    for replaced in () if operation.call is None else operation.call.became:
        replaced.entry["became"] = describe(batcher, replaced.obj)
    report.update(seen_of_call(operation))
    if operation.kind == "call" and operation.changed:
        _add_changes(batcher, operation, report)
    if operation.note:
        report["note"] = operation.note
    if is_late(operation.target) and operation.row is not None:
        row = batcher.shadow.row_of(operation.row.obj) if alive(operation.row.obj) else None
        if row is not None:
            report["target"] = row.id
    shown = _shown(batcher, operation)
    if shown is not None:
        report["display"] = shown
    if operation.kind == "call":
        if operation.product is not None:
            report["result"] = describe(batcher, operation.product)
            if operation.method.returns not in ("obj", "none"):
                report["value"] = plain_result(operation.method, operation.raw)
        elif operation.raw is not None:
            report["result"] = plain_result(operation.method, operation.raw)
    return report


def _add_changes(batcher: Batcher, operation: Operation, report: Dict[str, Any]) -> None:
    """Add the target's changed properties, before → after, and the ref of the object that the call made."""
    row = operation.row
    if row is not None and alive(row.obj) and operation.sent_values:
        bits = operation.own_bits | row.layout.bits_of(
            PROPERTIES.get(operation.later, {}).get(row.layout.type, ())
        )
        before, after = report["before"] or {}, report["after"] or {}
        for index in row.layout.plain:
            if bits & 1 << index and not same(operation.sent_values[index], row.values[index]):
                name = row.layout.names[index]
                before[name], after[name] = (
                    _plain(value) for value in (operation.sent_values[index], row.values[index])
                )
        report.update(before=before or None, after=after or None)
    made = None if operation.product is None else batcher.shadow.row_of(operation.product)
    if made is not None and not report["after"]:
        report["after"] = {"ref": ref_of(batcher.shadow, made)}


def seen_of_call(operation: Operation) -> Dict[str, Any]:
    """Changes of a call that are not properties, and the objects that it replaced."""
    call = operation.call
    if call is None:
        return {"before": operation.before, "after": operation.after} if operation.kind == "call" else {}
    report: Dict[str, Any] = {"before": call.before or None, "after": call.after or None}
    if call.replaced:
        report["replaced"] = call.replaced[:REPLACED_SHOWN]
        report["replaced_count"] = len(call.replaced)
    return report


def _shown(batcher: Batcher, operation: Operation) -> Optional[str]:
    """A parameter's present text: the last sent text, or a new one from Live if the parameter was marked since."""
    row = operation.row
    if not operation.is_parameter or row is None or not alive(row.obj):
        return None
    sent = row.value("display")
    if isinstance(sent, str) and not batcher.attribution.marked(row.id) & row.layout.bits_of(_SHOWN):
        return sent
    try:
        return str(row.obj.str_for_value(row.obj.value))
    except Exception:
        # The device is being deleted; the value itself was read earlier.
        return None


def left_behind(operation: Operation) -> Dict[str, Any]:
    """Describes the operation in the error of a write that could not be reverted completely."""
    report: Dict[str, Any] = {"op": operation.number, "target": operation.where}
    if operation.kind == "set":
        report.update(name=operation.asked.get("name"), before=operation.before, after=operation.after)
    else:
        report["method"] = operation.asked.get("method")
        if operation.product is not None and not alive(operation.product):
            report["note"] = "the object that it made was deleted meanwhile: only its undo entry remains"
    return report


def _plain(value: Any) -> Any:
    if isinstance(value, Encoded):
        return value.first(value.size)
    return None if value is ABSENT else value


def describe(batcher: Batcher, obj: Any) -> Any:
    """An object as {id, type, ref}; only its type if it is not in the tree (an envelope)."""
    if obj is None or not alive(obj):
        return None
    row = batcher.shadow.row_of(obj)
    if row is None:
        return {"id": None, "type": class_of(obj, "") or type(obj).__name__, "ref": None}
    return {"id": row.id, "type": row.layout.type, "ref": ref_of(batcher.shadow, row)}


def named(batcher: Batcher, obj: Any) -> Dict[str, Any]:
    """An object that will be deleted, as {id, type, ref, name}."""
    description = describe(batcher, obj) or {}
    return dict(description, name=str(read(obj, "name") or ""))


def entries_of(operations: List[Operation], apart: bool = False) -> int:
    """Number of history entries that the operations created: one per load, and one for the operations between loads.

    Args:
      apart: Each operation had its own undo step.
    """
    entries, shared = 0, False
    for operation in operations:
        if operation.changed and operation.undoable:
            alone = apart or operation.self_contained
            entries += alone or not shared
            shared = not alone
    return entries


def refusal_of(problem: Exception) -> BridgeError:
    """The error for an exception that Live raised in an operation."""
    text = str(problem).strip() or type(problem).__name__
    text = text if len(text) <= 400 else text[:397] + "…"
    behind = "songlength" in text.replace(" ", "").lower()
    hint = _LENGTH if behind else _FROZEN if "frozen" in text.lower() else None
    return BridgeError("LIVE_REFUSED", "Live refused: {}".format(text), **({"hint": hint} if hint else {}))
