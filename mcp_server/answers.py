"""Answers of writes in a short form for models: ranges of ids, and counts in place of long lists.

The answer to a write of few operations has a line for each. The answer to a longer write names the objects that it
created (in a batch by call), counts the other operations, and lists those whose result is unusual.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mirror import Call, Operation

from .late_nodes import LateNode
from .plans import Plan

MOST_LISTED = 12
"""The most operations of a write whose answer has a line for each."""
MOST_ODD = 20
"""The most operations of a longer write that are listed because their result is unusual."""
MOST_MADE = 50
"""The most objects of one call that are named."""
_NOTES = ("add_new_notes", "replace_notes", "duplicate_notes_by_id", "apply_note_modifications")
"""Methods that return ids of notes."""


def lean(answer: dict[str, Any], plan: Plan, made: Sequence[LateNode | None] = ()) -> dict[str, Any]:
    """The answer of a write in its short form.

    Args:
      made: For each call of a batch, the object that it creates, or None.
    """
    results = answer.get("results")
    if not isinstance(results, list):
        return answer
    ops = plan.final()
    entries = [_short(result, op) for result, op in zip(results, ops, strict=False)]
    if len(entries) != len(results):
        return answer
    dry = bool(answer.get("dry_run"))
    if dry:
        # A dry run changes nothing, so nothing can be verified.
        entries = [{name: entry[name] for name in entry if name != "verified"} for entry in entries]
    if plan.calls:
        entries = [{"call": plan.call_of(number), **entry} for number, entry in enumerate(entries)]
    if len(entries) <= MOST_LISTED:
        return {**answer, "results": entries}
    objects = _objects(plan, entries, made)
    odd = [
        entry
        for entry in entries
        if not (dry or entry.get("verified")) or entry.get("note") or entry.get("replaced")
    ]
    counts = {"operations": len(entries), "changed": sum(bool(entry.get("changed")) for entry in entries)}
    summary = {**answer, "counts": counts}
    del summary["results"]
    if objects:
        summary["made"] = objects
    if odd:
        summary["results"] = odd[:MOST_ODD]
    if len(odd) > MOST_ODD:
        counts["not listed"] = len(odd) - MOST_ODD
    return summary


def _short(result: dict[str, Any], op: Operation) -> dict[str, Any]:
    """The result of one operation, with ids of notes as ranges."""
    entry = dict(result)
    returned = entry.get("result")
    if isinstance(op, Call) and op.method in _NOTES and isinstance(returned, list) and _are_ids(returned):
        entry["result"] = {"count": len(returned), "ids": ranges(returned)}
    return entry


def _are_ids(result: list[Any]) -> bool:
    return all(isinstance(note_id, int) and not isinstance(note_id, bool) for note_id in result)


def _objects(plan: Plan, entries: list[dict[str, Any]], made: Sequence[LateNode | None]) -> dict[str, Any]:
    """The objects that the calls made, as `$k` → ref and id; without calls, a list of all objects."""
    if not plan.calls:
        made_objects = [entry["result"] for entry in entries if _is_object(entry.get("result"))]
        return {"objects": made_objects[:MOST_MADE], "count": len(made_objects)} if made_objects else {}
    objects: dict[str, Any] = {}
    for number, node in enumerate(made):
        if node is None:
            continue
        result = entries[int(str(node.id)[1:])].get("result")
        if isinstance(result, dict) and _is_object(result):
            objects[f"${number}"] = {name: result[name] for name in ("ref", "id") if name in result}
    return objects


def _is_object(result: Any) -> bool:
    return isinstance(result, dict) and isinstance(result.get("ref"), str)


def ranges(ids: Iterable[int]) -> str:
    """Ids in a few characters: "101-164, 170"."""
    spans: list[list[int]] = []
    for id_ in sorted(set(ids)):
        if spans and id_ == spans[-1][1] + 1:
            spans[-1][1] = id_
        else:
            spans.append([id_, id_])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in spans)
