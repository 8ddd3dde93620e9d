"""Replaces places (list indices) in a request by identities, so that a place means the object that the client saw.

The table marks the arguments of Live's methods that are places (`place:tracks`: an object of that list;
`insert:tracks`: the object to insert before). When a call is read, a place becomes `{"id": …}` of that object
(None: the end of the list). Right before Live's method runs, on Live's main thread, the id becomes a place again.
The script and the mirror share this code; a `Lookup` gives it access to their state of the Set.
"""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Tuple

from . import schema
from .errors import BridgeError
from .late import is_late

ID = "id"
SAME_TIME = 1e-6
"""Beats; cue points closer than this are at the same time."""


class Lookup:
    """Access to the Set's present state, with objects by id."""

    def resolve(self, target: Any) -> int:
        """The id of an id, ref or name; raises the error of its implementation."""
        raise NotImplementedError

    def type_of(self, id_: int) -> str:
        raise NotImplementedError

    def children(self, id_: int, name: str) -> Sequence[int]:
        """The ids in a list of an object, or of its only child; empty when there is none."""
        raise NotImplementedError

    def time_of(self, id_: int) -> float:
        """The time of a cue point in beats."""
        raise NotImplementedError

    def check_place(self, id_: int, name: str, place: int) -> None:
        """Raise if the list has changed since the client read it."""
        raise NotImplementedError


def is_identity(value: Any) -> bool:
    """True when a place is already an identity."""
    return (
        isinstance(value, dict)
        and list(value) == [ID]
        and (value[ID] is None or (isinstance(value[ID], int) and not isinstance(value[ID], bool)))
    )


def method_of(type_: str, name: Any) -> Optional[schema.Method]:
    """The table's method; for an unknown class, any method of that name."""
    if type_ in schema.CLASSES:
        return schema.methods(type_).get(name)
    for class_ in schema.CLASSES:
        if name in schema.methods(class_):
            return schema.methods(class_)[name]
    return None


def bind_value(lookup: Lookup, type_: str, name: Any, value: Any) -> Any:
    """The value of a property; a value that names an object becomes the object's id."""
    prop = schema.properties(type_).get(name) if type_ in schema.CLASSES else None
    if prop is not None and prop.type == "ref" and isinstance(value, str) and not is_late(value):
        return lookup.resolve(value)
    return value


def bind_args(lookup: Lookup, owner: Optional[int], name: Any, args: Any) -> Any:
    """The arguments of a call, objects as ids and places as identities.

    Args:
      owner: The object whose method is called; None for an object that an earlier operation creates, whose lists
        are new.
    """
    method = method_of("" if owner is None else lookup.type_of(owner), name)
    if method is None or not isinstance(args, dict):
        return args
    bound = dict(args)
    names = {str(name).lower(): name for name in args}
    named = [(arg, names[arg.name.lower()]) for arg in method.args if arg.name.lower() in names]
    objects: Dict[str, Any] = {}
    for arg, key in named:
        if arg.type != "obj" or arg.of == "BrowserItem" or bound[key] is None:
            continue
        if not is_late(bound[key]):
            bound[key] = lookup.resolve(bound[key])
        objects[arg.name] = bound[key]
    for arg, key in named:
        if arg.is_place and bound[key] is not None:
            holder = objects.get(arg.list_owner) if arg.list_owner else owner
            if isinstance(holder, int):
                bound[key] = _bound(lookup, arg, bound[key], holder, tuple(objects.values()))
            if is_identity(bound[key]) and bound[key][ID] is not None:
                lookup.resolve(bound[key][ID])
    return bound


def _bound(lookup: Lookup, arg: schema.Arg, value: Any, holder: int, others: Tuple[Any, ...]) -> Any:
    # Live does not count an object that is moved within its own list.
    ids = [id_ for id_ in lookup.children(holder, arg.list_name) if arg.type == "place" or id_ not in others]
    if is_identity(value) or is_late(value):
        return value
    if isinstance(value, str) and "/" in value:
        id_ = lookup.resolve(value)
        if id_ not in ids:
            raise _refusal("{!r} is not one of these {}".format(value, arg.list_name), value)
        return {ID: id_}
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise _refusal("`{}` must be a whole number, or a ref".format(arg.name), value)
    if arg.by_time:
        return {ID: _at_time(lookup, arg, ids, value)}
    if value in (float("inf"), float("-inf")) or value != int(value):
        raise _refusal("`{}` must be a whole number, or a ref".format(arg.name), value)
    place = int(value)
    lookup.check_place(holder, arg.list_name, place)
    if arg.type == "insert" and place in (-1, len(ids)):
        return {ID: None}
    if not 0 <= place < len(ids):
        rule = "There are {} {}, from 0, so {} does not exist".format(len(ids), arg.list_name, place)
        raise BridgeError("INVALID_VALUE", rule, place)
    return {ID: ids[place]}


def _at_time(lookup: Lookup, arg: schema.Arg, ids: Sequence[int], time: float) -> int:
    times = {id_: lookup.time_of(id_) for id_ in ids}
    for id_, at in times.items():
        if abs(at - time) < SAME_TIME:
            return id_
    rule = "None of {} is at {:g} beats".format(arg.list_name, time)
    raise BridgeError("NOT_FOUND", rule, time, times=[round(at, 6) for at in times.values()][:50])


def _refusal(rule: str, value: Any) -> BridgeError:
    text = value if isinstance(value, (bool, int, float, str)) and value == value else repr(value)[:100]
    return BridgeError("INVALID_VALUE", rule, text)


def content_of(lookup: Lookup, owner: int, name: Any, args: Any) -> Tuple[bool, Optional[int]]:
    """(True if the call acts on an object that is no argument, the present id of this object or None).

    For a slot this object is the clip: firing or deleting means the clip that is in the slot when the call is read.
    """
    method = method_of(lookup.type_of(owner), name)
    if method is None or not method.means:
        return False, None
    path, _, child = method.means.rpartition(".")
    holder: Any = owner
    if path:
        named = {str(key).lower(): value for key, value in args.items()} if isinstance(args, dict) else {}
        holder = named.get(path)
        holder = holder[ID] if is_identity(holder) else None
    if holder is None:
        return False, None
    content = lookup.children(holder, child)
    return True, content[0] if content else None
