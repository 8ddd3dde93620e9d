"""Short edits for lists of choices that are nearly equal in many objects, such as routings.

    {"relabel": {"Bass": "Sub"}}              rename labels, all at once
    {"splice": [["Bass", ["Keys"], []]]}      after a label (None: at the front) remove and insert labels, in order

One edit applies to the lists of a hundred tracks, so a new name is sent once instead of once per track. An edit is
used only if it turns the old list into exactly the new list. The script makes the edits, the mirror applies them.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any, Dict, List, Optional, Sequence

MOST = 16
"""Labels in one edit; a longer edit would save nothing compared with the whole list."""


def edit_of(old: Any, new: Any) -> Optional[Dict[str, Any]]:
    """The edit that turns `old` into `new`, both tuples of labels; None when there is no short edit."""
    if not isinstance(old, tuple) or not isinstance(new, tuple) or old == new:
        return None
    for edit in (_relabel(old, new), _splice(old, new)):
        if edit is not None and _leads(old, edit, new):
            return edit
    return None


def _leads(old: Sequence[Any], edit: Any, new: Sequence[Any]) -> bool:
    try:
        return edited(old, edit) == list(new)
    except ValueError:
        # A label occurs twice.
        return False


def edited(labels: Sequence[Any], edit: Any) -> List[Any]:
    """The list after an edit; LookupError, TypeError, ValueError or AttributeError when the edit does not fit."""
    if "relabel" in edit:
        changed = edit["relabel"]
        return [changed.get(label, label) for label in labels]
    result = list(labels)
    for after, removed, inserted in edit["splice"]:
        place = 0 if after is None else result.index(after) + 1
        if result[place : place + len(removed)] != removed:
            raise ValueError("other labels stand after {!r}".format(after))
        result[place : place + len(removed)] = inserted
    return result


def _relabel(old: Sequence[Any], new: Sequence[Any]) -> Optional[Dict[str, Any]]:
    if len(old) != len(new):
        return None
    changed = {before: after for before, after in zip(old, new) if before != after}
    return {"relabel": changed} if len(changed) <= MOST else None


def _splice(old: Sequence[Any], new: Sequence[Any]) -> Optional[Dict[str, Any]]:
    pieces: List[List[Any]] = []
    length = 0
    for tag, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            pieces.append([new[first - 1] if first else None, list(old[start:end]), list(new[first:last])])
            length += end - start + last - first
    return {"splice": pieces} if length <= MOST else None
