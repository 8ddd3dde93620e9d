"""The objects that an operation changes, creates, deletes, overwrites or plays.

Pure functions over the table and a tree of ids, so that the script (before the call, on Live's main thread) and the
server (before it asks a person) get the same answer. The flags of a method in the table are selectors, relative to
the target of the call:

    clip, mixer_device/sends     the child or referenced object; a list means all its elements
    tracks[index]                the element that an argument names: by position, or by time for cue points
    @slot, @clip_slot/clip       the object that an argument names, and a path from it
    /tracks/clip_slots           a path from the song
    notes                        a property without objects: the target itself, which loses content
    ~playing                     a relation that is not a path; see `RELATIONS`
"""

from __future__ import annotations

import math
import re
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from . import schema
from .places import ID, is_identity

_STEP = re.compile(r"(\w+)(?:\[(\w+)\])?\Z")
INSTRUMENT = 1
"""Value of `Device.type` for instruments: a chain has one instrument, so a new one replaces it."""
_EFFECT_ROOTS = ("audio_effects", "midi_effects")


class Membership(NamedTuple):
    """The link from a parent to an object: the property that contains the object, and its place if that is a list."""

    id: int
    role: str
    number: Optional[int]


class Tree:
    """Access to a Set for `effects`; ids as in the mirror. `value` returns ids for children and references."""

    root = 0

    def type(self, id_: int) -> str:
        """The class of an object; KeyError for an unknown id."""
        raise NotImplementedError

    def parent(self, id_: int) -> Optional[int]:
        """The object's parent; None for the song."""
        raise NotImplementedError

    def value(self, id_: int, name: str) -> Any:
        """The value of a property, the id of a child or a tuple of ids; None without the property."""
        raise NotImplementedError

    def ids(self, id_: int, name: str) -> Tuple[int, ...]:
        """The objects in a property of `id_`; empty for a property without objects."""
        prop = schema.properties(self.type(id_)).get(name)
        if prop is None or not (prop.is_tree or prop.type in ("ref", "refs")):
            return ()
        value = self.value(id_, name)
        return (value,) if isinstance(value, int) else tuple(value or ())

    def children(self, id_: int) -> Iterator[Membership]:
        """Links to an object's children, in the order of the table."""
        for prop in schema.properties(self.type(id_)).values():
            if prop.is_tree:
                value = self.value(id_, prop.name)
                if isinstance(value, int):
                    yield Membership(value, prop.name, None)
                for number, child in enumerate(value if isinstance(value, (tuple, list)) else ()):
                    yield Membership(child, prop.name, number)

    def named(self, name: str) -> List[int]:
        """All objects of exactly this name."""
        matches, waiting = [], [self.root]
        while waiting:
            below = list(self.children(waiting.pop()))
            matches += [link.id for link in below if self.value(link.id, "name") == name]
            waiting += [link.id for link in below]
        return matches

    def line(self, id_: int) -> List[Membership]:
        """The links from the song's child down to this object."""
        links: List[Membership] = []
        above = self.parent(id_)
        while above is not None:
            links += [link for link in self.children(above) if link.id == id_][:1]
            id_, above = above, self.parent(above)
        return links[::-1]

    def up_to(self, id_: int, type_: str) -> Optional[int]:
        """The object itself or its nearest ancestor of class `type_`; None without one."""
        ancestor: Optional[int] = id_
        while ancestor is not None and not schema.is_a(self.type(ancestor), type_):
            ancestor = self.parent(ancestor)
        return ancestor


class Effect(NamedTuple):
    """One effect of an operation: `kind` is set, create, delete, edit, play or undo; delete covers all descendants."""

    kind: str
    ids: Tuple[int, ...]


Arguments = Dict[str, Any]
Selected = Iterator[int]


def effects(
    tree: Tree, target: int, method: schema.Method, args: Arguments, overwrite: bool = False
) -> List[Effect]:
    """The effects of a call; `args` by name, objects as ids. Empty for a method that only reads.

    With `overwrite` an edit of notes may remove overlapping notes, so it is a deletion as well.
    """
    if method.effect == "read":
        return []
    args = _with_places(tree, target, method, args)
    named = [args[arg.name] for arg in method.args if names_object(arg) and arg.name in args]
    about = [target] + [id_ for id_ in named if isinstance(id_, int)]
    about += _all(tree, target, method.changes, args)
    if method.undoes:
        return [Effect("undo", (target,))]
    effects_ = []
    gone = _all(tree, target, method.deletes, args)
    lost = _all(tree, target, method.overwrites, args)
    if overwrite and not method.overwrites and schema.is_a(tree.type(target), "Clip"):
        effects_.append(Effect("delete", (target,)))
        effects_.append(Effect("edit", _once(about)))
    if method.deletes or lost:
        effects_.append(Effect("delete", tuple(_with_members(tree, gone + lost))))
    if method.plays is not None:
        effects_.append(Effect("play", _once(about + _all(tree, target, method.plays, args))))
    if method.creates:
        effects_.append(Effect("create", _once(about)))
    if method.changes and method.deletes:
        effects_.append(Effect("edit", _once(about)))
    return effects_ or [Effect("play" if method.effect == "act" else "edit", _once(about))]


def kinds_of(method: schema.Method) -> List[Effect]:
    """The kinds of effects of a call on an object that its own write will create, which has no id yet."""
    if method.effect == "read":
        return []
    kinds = ["delete"] * bool(method.deletes) + ["create"] * bool(method.creates)
    return [Effect(kind, ()) for kind in kinds or ["play" if method.effect == "act" else "edit"]]


def _with_places(tree: Tree, target: int, method: schema.Method, args: Arguments) -> Arguments:
    """The arguments with identities replaced by their present places."""
    places = dict(args)
    for arg in method.args:
        value: Any = places.get(arg.name)
        if not arg.is_place or not is_identity(value):
            continue
        holder = places.get(arg.list_owner) if arg.list_owner else target
        ids = tree.ids(holder, arg.list_name) if isinstance(holder, int) else ()
        if value[ID] not in ids:
            del places[arg.name]
        else:
            places[arg.name] = tree.value(value[ID], "time") if arg.by_time else ids.index(value[ID])
    return places


def effects_of_set(target: int, name: str) -> List[Effect]:
    """The effects of setting a property."""
    return [Effect("set", (target,))] + ([Effect("play", (target,))] if name == "is_playing" else [])


def names_object(arg: schema.Arg) -> bool:
    """True when an argument stands for an object."""
    return arg.type == "obj"


def _once(ids: List[int]) -> Tuple[int, ...]:
    return tuple(dict.fromkeys(ids))


def _with_members(tree: Tree, gone: List[int]) -> List[int]:
    """The deleted objects with the members of deleted groups, recursively."""
    members_too = dict.fromkeys(gone)
    tracks = [id_ for id_ in tree.ids(tree.root, "tracks") if id_ not in members_too]
    more = any(tree.type(id_) == "Track" for id_ in gone)
    while more:
        members = [
            id_ for id_ in tracks if id_ not in members_too and tree.value(id_, "group_track") in members_too
        ]
        members_too.update(dict.fromkeys(members))
        more = bool(members)
    return list(members_too)


def _all(tree: Tree, target: int, selectors: Tuple[str, ...], args: Arguments) -> List[int]:
    return [id_ for text in selectors for id_ in select(tree, target, text, args)]


def select(tree: Tree, target: int, selector: str, args: Arguments) -> List[int]:
    """The objects that a selector of the table selects for this call."""
    if selector.startswith("~"):
        return list(RELATIONS[selector[1:]](tree, target, args))
    at = [target]
    if selector.startswith("/"):
        at, selector = [tree.root], selector[1:]
    elif selector.startswith("@"):
        name, _, selector = selector[1:].partition("/")
        at = [args[name]] if isinstance(args.get(name), int) else []
    for step in filter(None, selector.split("/")):
        match = _STEP.match(step)
        assert match is not None, selector
        name, argument = match.groups()
        at = [id_ for owner in at for id_ in _step(tree, owner, name, argument, args)]
    return at


def _step(tree: Tree, id_: int, name: str, argument: Optional[str], args: Arguments) -> Tuple[int, ...]:
    prop = schema.properties(tree.type(id_)).get(name)
    if prop is None:
        return ()
    if not (prop.is_tree or prop.type in ("ref", "refs")):
        return (id_,)
    ids = tree.ids(id_, name)
    return ids if argument is None else _element(tree, ids, name, args.get(argument))


def _element(tree: Tree, ids: Tuple[int, ...], name: str, value: Any) -> Tuple[int, ...]:
    """The element of a list that an argument gives by its place; empty if there is none."""
    place = _number(value, math.inf)
    if name == "cue_points":
        return tuple(id_ for id_ in ids if abs(float(tree.value(id_, "time") or 0.0) - place) < 1e-6)
    number = int(place) if math.isfinite(place) else len(ids)
    return (ids[number],) if -len(ids) <= number < len(ids) else ()


def _number(value: Any, otherwise: float) -> float:
    """An argument as a number; `otherwise` for an invalid value, which later checks refuse."""
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value)
    return float(value) if usable else otherwise


# -- relations -------------------------------------------------------------------------------------


def _sounding(tree: Tree, track: int) -> Selected:
    for slot in tree.ids(track, "clip_slots"):
        for clip in tree.ids(slot, "clip"):
            if tree.value(clip, "is_playing") or tree.value(clip, "is_triggered"):
                yield clip


def _playing(tree: Tree, target: int, args: Arguments) -> Selected:
    """The clips that sound now on the target's track, or on all tracks: launching and stopping end them."""
    track = tree.up_to(target, "Track")
    for owner in tree.ids(tree.root, "tracks") if track is None else (track,):
        for clip in _sounding(tree, owner):
            yield tree.parent(clip) or clip
            yield clip


def _launched(tree: Tree, target: int, args: Arguments) -> Selected:
    """The slots of a scene with their clips, and the clips that these slots or their stop buttons end."""
    scenes = tree.ids(tree.root, "scenes")
    if target not in scenes:
        return
    number = scenes.index(target)
    for track in tree.ids(tree.root, "tracks"):
        for slot in tree.ids(track, "clip_slots")[number : number + 1]:
            clips = tree.ids(slot, "clip")
            if clips or tree.value(slot, "has_stop_button"):
                ended = list(_sounding(tree, track))
                if clips or ended:
                    yield slot
                yield from clips
                yield from ended


def _launched_selected(tree: Tree, target: int, args: Arguments) -> Selected:
    """As `_launched`, for the selected scene, whichever scene is the target."""
    for view in tree.ids(tree.root, "view"):
        for scene in tree.ids(view, "selected_scene"):
            yield from _launched(tree, scene, args)


def _armed(tree: Tree, target: int, args: Arguments) -> Selected:
    """The tracks that record."""
    for track in tree.ids(tree.root, "tracks"):
        if tree.value(track, "arm") or tree.value(track, "implicit_arm"):
            yield track


def _aimed(tree: Tree, target: int, args: Arguments) -> Selected:
    """The target of a load; for a device also its parent, without a target the selected track."""
    wanted = args.get("target")
    if not isinstance(wanted, int):
        for view in tree.ids(tree.root, "view"):
            yield from tree.ids(view, "selected_track")
        return
    yield wanted
    holder = tree.parent(wanted)
    if schema.is_a(tree.type(wanted), "Device") and holder is not None:
        yield holder


def _displaced(tree: Tree, target: int, args: Arguments) -> Selected:
    """The objects that a load replaces: a device, a slot's clip, a pad's chains, an instrument."""
    for aimed in list(_aimed(tree, target, args))[:1]:
        yield from tree.ids(aimed, "clip")
        if tree.type(aimed) == "DrumPad":
            yield from tree.ids(aimed, "chains")
            return
        if args.get("place") == "replace":
            yield aimed
        holder = tree.parent(aimed) if schema.is_a(tree.type(aimed), "Device") else aimed
        root = str(args.get("path") or "").strip("/").partition("/")[0]
        if holder is not None and root not in _EFFECT_ROOTS:
            for device in tree.ids(holder, "devices"):
                if tree.value(device, "type") == INSTRUMENT and device != aimed:
                    yield device


def _covered(tree: Tree, target: int, args: Arguments) -> Selected:
    """The clips of an arrangement under the new clip; the length of an audio file is unknown, so it has no end."""
    start = max(_number(args.get(name), 0.0) for name in ("position", "start_time", "destination_time"))
    length = _number(args.get("length"), math.inf)
    if isinstance(args.get("clip"), int):
        length = tree.value(args["clip"], "length") or math.inf
    for clip in tree.ids(target, "arrangement_clips"):
        begins, ends = tree.value(clip, "start_time") or 0.0, tree.value(clip, "end_time") or 0.0
        if begins < start + length and ends > start:
            yield clip


def _next_clip(tree: Tree, target: int, args: Arguments) -> Selected:
    """The clip in the slot after the slot that is the argument."""
    slots = tree.ids(target, "clip_slots")
    for slot, next_slot in zip(slots, slots[1:]):
        if (slot,) == _element(tree, slots, "clip_slots", args.get("index")):
            yield from tree.ids(next_slot, "clip")


RELATIONS: Dict[str, Callable[[Tree, int, Arguments], Selected]] = {
    "aimed": _aimed,
    "armed": _armed,
    "covered": _covered,
    "displaced": _displaced,
    "launched": _launched,
    "launched_selected": _launched_selected,
    "next_clip": _next_clip,
    "playing": _playing,
}
