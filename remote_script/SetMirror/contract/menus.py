"""Lists of choices that many objects hold nearly alike, such as routings: how one became another, in a few words.

    {"relabel": {"Bass": "Sub"}}              labels that are others now, all at once
    {"splice": [["Bass", ["Keys"], []]]}      after a label (None: at the front) remove some, insert some; in order

The same words hold for the lists of a hundred tracks, so a name is sent once and not once for each track. An edit is
used only where it leads from the one list to the other exactly. Shared with the mirror.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any, Dict, List, Optional, Sequence

MOST = 16
"""Labels in one edit; a longer one is no shorter than the list."""


def edit_of(old: Any, new: Any) -> Optional[Dict[str, Any]]:
    """The edit that makes `new` of `old`, both tuples of labels; None when there is no short one."""
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
        # A label that stands twice.
        return False


def edited(labels: Sequence[Any], edit: Any) -> List[Any]:
    """The list after an edit; LookupError, TypeError, ValueError or AttributeError when it does not fit."""
    if "relabel" in edit:
        changed = edit["relabel"]
        return [changed.get(label, label) for label in labels]
    found = list(labels)
    for after, removed, inserted in edit["splice"]:
        place = 0 if after is None else found.index(after) + 1
        if found[place : place + len(removed)] != removed:
            raise ValueError("other labels stand after {!r}".format(after))
        found[place : place + len(removed)] = inserted
    return found


def _relabel(old: Sequence[Any], new: Sequence[Any]) -> Optional[Dict[str, Any]]:
    if len(old) != len(new):
        return None
    changed = {before: after for before, after in zip(old, new) if before != after}
    return {"relabel": changed} if len(changed) <= MOST else None


def _splice(old: Sequence[Any], new: Sequence[Any]) -> Optional[Dict[str, Any]]:
    found: List[List[Any]] = []
    length = 0
    for tag, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            found.append([new[first - 1] if first else None, list(old[start:end]), list(new[first:last])])
            length += end - start + last - first
    return {"splice": found} if length <= MOST else None
