"""Short forms of lists of choices that are nearly equal in many objects, such as routings.

A menu on the wire is the list of its labels, or refers to another object, whose menu of the same name is nearly equal:

    {"like": 17}                                      the same menu as object 17
    {"like": 17, "edit": [[3, 4, ["Bass"]]]}          labels 3 to before 4 of that menu are replaced by others

An edit of the menus that a hundred tracks have already is sent once:

    {"relabel": {"Bass": "Sub"}}                      rename labels, all at once
    {"splice": [["Bass", ["Keys"], []]]}              after a label (None: first) remove and insert labels, in order

Such an edit is used only if it turns the old list into exactly the new list. The script makes references and edits, the
mirror applies them.
"""

from __future__ import annotations

from itertools import compress, count
from operator import ne
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .schema import CLASSES, properties

MOST = 16
"""Labels in one edit; a longer edit would save nothing compared with the whole list."""

PROTOCOL = 3
"""The first version of the bridge's protocol with references between menus."""
MARK = b'{"like":'
"""How each reference begins in JSON; a text cannot contain it, since JSON escapes quotes in texts."""

NAMES = frozenset(
    prop.name for type_ in CLASSES for prop in properties(type_).values() if prop.type == "routings"
)
"""The properties whose values are menus."""


def reference(id_: int, pieces: List[List[Any]]) -> Dict[str, Any]:
    """The wire's form of the menu that the menu of object `id_` is after `pieces`; see `difference`."""
    return {"like": id_, "edit": pieces} if pieces else {"like": id_}


def difference(old: Sequence[Any], new: Sequence[Any]) -> Optional[List[List[Any]]]:
    """[start, stop, labels] for each part of `old` that is different in `new`; None for more than `MOST` labels.

    The time is linear in the length of the lists: after a different label the next equal one is searched near by.
    """
    pieces: List[List[Any]] = []
    at = place = length = 0
    while True:
        equal = next(compress(count(), map(ne, old[at:], new[place:])), None)
        if equal is None:
            equal = min(len(old) - at, len(new) - place)
        at, place = at + equal, place + equal
        if at == len(old) and place == len(new):
            return pieces
        removed, inserted = _next_equal(old[at : at + MOST + 1], new[place : place + MOST + 1])
        length += removed + inserted
        if length > MOST:
            return None
        pieces.append([at, at + removed, list(new[place : place + inserted])])
        at, place = at + removed, place + inserted


def _next_equal(old: Sequence[Any], new: Sequence[Any]) -> Tuple[int, int]:
    """The nearest places of a label that both have; the ends if they have none in common."""
    places = {label: place for place, label in reversed(list(enumerate(new)))}
    nearest = [(at + places[label], at, places[label]) for at, label in enumerate(old) if label in places]
    return min(nearest)[1:] if nearest else (len(old), len(new))


def replaced(menu: Sequence[str], pieces: Any) -> List[str]:
    """The menu after `pieces`; ValueError or TypeError if they are no differences from this menu."""
    labels: List[str] = []
    at = 0
    for start, stop, inserted in pieces:
        if type(start) is not int or type(stop) is not int or not at <= start <= stop <= len(menu):
            raise ValueError(
                "a menu of {} labels has no part {} to {} after {}".format(len(menu), start, stop, at)
            )
        if type(inserted) is not list or not all(type(label) is str for label in inserted):
            raise TypeError("the labels of a menu are texts")
        labels += menu[at:start]
        labels += inserted
        at = stop
    labels += menu[at:]
    return labels


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
    pieces = difference(old, new)
    if pieces is None:
        return None
    edit: List[List[Any]] = []
    longer = 0
    for start, stop, inserted in pieces:
        place = start + longer
        edit.append([new[place - 1] if place else None, list(old[start:stop]), inserted])
        longer += len(inserted) - (stop - start)
    return {"splice": edit}
