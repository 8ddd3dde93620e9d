"""The difference of two states of a Set: objects added, removed, moved or renamed, and values that are different.

`difference` is a pure function; `words` describes a change as a person would. An added device is one change, without
its parameters; a change of a clip's notes has the numbers of added, removed and changed notes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mirror import Node, Note, values
from mirror.store import Store
from remote_script.SetMirror.contract import schema

from .. import units
from .matching import BY_PLACE, Matching, match
from .persistent import FOLLOWING, SAME_AS

Kind = Literal["added", "removed", "moved", "set", "notes"]


@dataclass(frozen=True)
class Difference:
    """One difference. `ref` is the object's path in the newer state; for a removed object, in the older state.

    `name` is the property of a `set`; `before` and `after` are its values as people read them, for `moved` the refs,
    for `notes` the counts (added, removed, changed).
    """

    kind: Kind
    type: str
    ref: str
    object_name: str
    name: str = ""
    before: Any = None
    after: Any = None
    within: str = ""
    """The name of the track or scene that the object belongs to."""
    owner: str = ""
    """The ref, in the newer state, of the track or scene that the object is or belongs to; "" if there is none now."""
    owner_type: str = ""
    """The class of that track or scene, also of one that is gone."""


_LEFT_OUT = FOLLOWING | {"can_undo", "can_redo", "is_part_of_selection", "song_length"}
"""Properties that follow from other properties or are not part of the Set."""
_VIEWS = frozenset(name for name in schema.CLASSES if name.endswith(".View"))
_LARGE = frozenset(("notes", "automation_envelopes", "warp_markers"))


def difference(old: Store, new: Store, matching: Matching | None = None) -> list[Difference]:
    """All changes, in the order of the newer state's tree, then the removed objects."""
    same = matching if matching is not None else match(old, new)
    return [*_present(old, new, same), *_gone(old, new, same)]


def _present(old: Store, new: Store, same: Matching) -> Iterator[Difference]:
    inside: set[int] = set()
    for node in new.walk():
        if node.parent in inside:
            inside.add(node.id)
            continue
        before_id = same.back.get(node.id)
        if before_id is None:
            inside.add(node.id)
            if not _comes_along(node):
                yield Difference("added", node.type, new.ref(node.id), node.name, **_belonging(new, node))
            continue
        before = old.nodes[before_id]
        if node.type in _VIEWS or node.role in SAME_AS:
            continue
        if has_moved(old, new, before, node, same):
            refs = old.ref(before.id), new.ref(node.id)
            yield Difference("moved", node.type, refs[1], node.name, "", *refs, **_belonging(new, node))
        yield from _values(old, new, before, node, same)


def _gone(old: Store, new: Store, same: Matching) -> Iterator[Difference]:
    inside: set[int] = set()
    for node in old.walk():
        if node.parent in inside:
            inside.add(node.id)
        elif node.id not in same.to:
            inside.add(node.id)
            if not _comes_along(node):
                belonging = _belonging(old, node, lambda id_: same.to.get(id_), new)
                yield Difference("removed", node.type, old.ref(node.id), node.name, **belonging)


def _comes_along(node: Node) -> bool:
    """True for empty slots, views and sends, which come and go with scenes, owners and return tracks."""
    return (
        node.type in _VIEWS
        or node.role == "sends"
        or (node.type == "ClipSlot" and not node.children.get("clip"))
    )


_OWNERS = ("Track", "Scene")


def owner_name(store: Store, node: Node) -> str:
    """The name of the track or scene that an object belongs to; "" for other objects."""
    for owner in store.lineage(node.id):
        if owner.type in _OWNERS and owner.id != node.id:
            return owner.name or store.ref(owner.id)
    return ""


def _belonging(
    store: Store, node: Node, later: Callable[[int], int | None] = lambda id_: id_, new: Store | None = None
) -> dict[str, str]:
    """The fields of a `Difference` about the track or scene of an object.

    Args:
      later: The id in the newer state of an object of `store`, None if it is gone.
      new: The newer state, if `store` is not.
    """
    owner = next((owner for owner in store.lineage(node.id) if owner.type in _OWNERS), None)
    if owner is None:
        return {"within": owner_name(store, node)}
    present = later(owner.id)
    return {
        "within": owner_name(store, node),
        "owner": "" if present is None else (new or store).ref(present),
        "owner_type": owner.type,
    }


def has_moved(old: Store, new: Store, before: Node, after: Node, same: Matching) -> bool:
    """True when the object has another owner, or another place in the order of the objects that both lists have."""
    if before.parent is None or after.parent is None:
        return False
    if same.to.get(before.parent) != after.parent or before.role != after.role:
        return True
    if after.role in BY_PLACE or after.type == "CuePoint" or "arrangement_clips" in after.role:
        return False
    order = [id_ for id_ in _siblings(old, before) if id_ in same.to]
    present = [id_ for id_ in _siblings(new, after) if id_ in same.back]
    there = [same.to[id_] for id_ in order if same.to[id_] in set(present)]
    here = [id_ for id_ in present if id_ in set(there)]
    if there == here:
        return False
    return after.id in out_of_order(there, here)


def out_of_order(before: list[int], after: list[int]) -> set[int]:
    """The smallest set of objects that must move to turn one order into the other.

    These are all objects outside a longest common subsequence.
    """
    positions = {id_: n for n, id_ in enumerate(before)}
    sequence = [positions[id_] for id_ in after]
    tails: list[int] = []
    previous: list[int] = []
    best: list[int] = []
    for n, position in enumerate(sequence):
        low, high = 0, len(tails)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if sequence[tails[middle]] < position else (low, middle)
        previous.append(tails[low - 1] if low else -1)
        tails[low : low + 1] = [n]
    at = tails[-1] if tails else -1
    while at >= 0:
        best.append(at)
        at = previous[at]
    return {id_ for n, id_ in enumerate(after) if n not in set(best)}


def _siblings(store: Store, node: Node) -> tuple[int, ...]:
    if node.parent is None:
        return ()
    siblings = store.nodes[node.parent].children.get(node.role)
    return siblings if isinstance(siblings, tuple) else ()


def _values(old: Store, new: Store, before: Node, after: Node, same: Matching) -> Iterator[Difference]:
    ref, belonging = new.ref(after.id), _belonging(new, after)

    def change(kind: Kind, name: str, one: Any, other: Any) -> Difference:
        return Difference(kind, after.type, ref, after.name, name, one, other, **belonging)

    properties = schema.properties(after.type)
    for name in sorted(before.props.keys() | after.props.keys()):
        one, other = before.props.get(name), after.props.get(name)
        prop = properties.get(name)
        if one == other or prop is None or name in _LEFT_OUT or not (prop.write or name in _LARGE):
            continue
        if name == "notes":
            counts = _notes(one or (), other or ())
            if any(counts):
                yield change("notes", name, None, counts)
        elif name == "automation_envelopes":
            if _translated(one, same) != (other or ()):
                yield change("set", name, shown(before, name), shown(after, name))
        elif prop.type in ("ref", "refs"):
            if prop.undo and not _same_reference(one, other, same):
                yield change("set", name, _named(old, one), _named(new, other))
        elif prop.undo or name in ("mute", "solo", "arm"):
            yield change("set", name, shown(before, name), shown(after, name))


def _same_reference(one: Any, other: Any, same: Matching) -> bool:
    if isinstance(one, int) and isinstance(other, int):
        return same.to.get(one) == other
    same_value: bool = one == other
    return same_value


def _translated(envelopes: Any, same: Matching) -> Any:
    """Envelopes with their parameters' ids replaced by the ids of the newer state."""
    kind = type(envelopes) if isinstance(envelopes, list | tuple) else tuple
    return kind(
        {**envelope, "parameter": same.to.get(envelope.get("parameter"), envelope.get("parameter"))}
        for envelope in envelopes or ()
    )


def _named(store: Store, value: Any) -> Any:
    return store.ref(value) if isinstance(value, int) and value in store.nodes else value


def shown(node: Node, name: str) -> Any:
    """A property's value as people read it: for a parameter, Live's text."""
    if node.type == "DeviceParameter" and name == "value" and node.props.get("display") is not None:
        return node.props["display"]
    return readable(node.type, name, node.props.get(name))


def readable(type_: str, name: str, value: Any) -> Any:
    """A value as people read it: a choice's label, a colour in hex, a number rounded to 32-bit precision."""
    prop = schema.properties(type_).get(name)
    if prop is not None and prop.labels and not isinstance(value, bool) and value in prop.labels:
        return prop.labels[value]
    if name == "color" and isinstance(value, int):
        return units.color_text(value)
    if name in ("automation_envelopes", "warp_markers") and not isinstance(value, str):
        return f"{len(value or ())} {name.rpartition('_')[2]}"
    return values.neat(value) if isinstance(value, float) else value


def _notes(one: Iterable[Note], other: Iterable[Note]) -> tuple[int, int, int]:
    """The number of notes that were added, removed and changed; a note at the same pitch and time is the same note."""

    def content(note: Note) -> tuple[Any, ...]:
        return (note.pitch, note.start_time, note.duration, note.velocity, note.mute, note.probability)

    first, second = list(one), list(other)
    same = {content(note) for note in first} & {content(note) for note in second}
    left = [note for note in first if content(note) not in same]
    right = [note for note in second if content(note) not in same]
    positions = {(note.pitch, note.start_time) for note in left}
    changed = sum((note.pitch, note.start_time) in positions for note in right)
    return max(0, len(right) - changed), max(0, len(left) - changed), changed


# -- groups ---------------------------------------------------------------------------------------------------

SCREEN = 40
"""The most lines in one answer."""


def grouped(changes: Sequence[Difference], limit: int = SCREEN) -> dict[str, Any]:
    """Changes in words, by object, in at most `limit` lines.

    Each group is {object, changes, more}; `count` is the number of all changes, `objects` that of all groups.
    """
    groups: dict[tuple[str, str], list[Difference]] = {}
    for change in changes:
        groups.setdefault((change.owner, subject(change)), []).append(change)
    lines, shown = limit, list[dict[str, Any]]()
    per_object = max(1, limit // max(1, len(groups)) - 1)
    for (_, name), members in groups.items():
        if lines < 2:
            break
        part = members[: min(per_object, lines - 1)]
        group: dict[str, Any] = {"object": name, "changes": [words(change) for change in part]}
        if len(part) < len(members):
            group["more"] = len(members) - len(part)
        lines -= 1 + len(part)
        shown.append(group)
    return {"groups": shown, "count": len(changes), "objects": len(groups)}


def subject(change: Difference) -> str:
    """The subject of a change, for people: the track or scene that contains the object, or the object itself."""
    if change.within:
        named = change.within != change.owner
        return f"{kind_word(change.owner_type)} {change.within!r}" if named else change.owner
    kind = kind_word(change.type)
    return f"{kind} {change.object_name!r}" if change.object_name else change.ref


def is_about(change: Difference, text: str) -> bool:
    """True when the change is of this track, scene or other object: its ref, its name, or its `subject`.

    A ref is of the newer state; an object below it counts, and an object that was removed below it.
    """
    wanted = text.strip()
    ref = wanted.strip("/")
    refs = [change.owner] if change.kind == "removed" else [change.owner, change.ref]
    if any(present and (present == ref or present.startswith(f"{ref}/")) for present in refs):
        return True
    names = (subject(change), change.within or change.object_name)
    return wanted.casefold() in map(str.casefold, names)


# -- words ---------------------------------------------------------------------------------------------------


def words(change: Difference) -> str:
    """One change as a person would say it: 'Bass: Volume 0.0 dB → -6.0 dB'."""
    what = (
        f"{kind_word(change.type)} {change.object_name!r}" if change.object_name else kind_word(change.type)
    )
    where = f" in {change.within!r}" if change.within else ""
    match change.kind:
        case "added":
            return f"{what} was added{where}"
        case "removed":
            return f"{what} was removed{where}"
        case "moved":
            return f"{what} moved from {change.before} to {change.after}"
        case "notes":
            added, removed, changed = change.after
            parts = [f"{added} notes added", f"{removed} removed", f"{changed} changed"]
            counts = ", ".join(part for part, count in zip(parts, change.after, strict=True) if count)
            return f"{what}{where}: {counts}"
        case _:
            if change.type == "DeviceParameter":
                owner = f"{change.within}: " if change.within else ""
                return f"{owner}{change.object_name} {change.before} → {change.after}"
            if change.name == "name":
                return f"{kind_word(change.type)} {change.before!r} is now called {change.after!r}"
            return f"{what}{where}: {change.name.replace('_', ' ')} {change.before} → {change.after}"


def kind_word(type_: str) -> str:
    """A class as people call it: "locator" for CuePoint, "compressor" for CompressorDevice."""
    plain = {
        "DeviceParameter": "parameter",
        "CuePoint": "locator",
        "ClipSlot": "slot",
        "MixerDevice": "mixer",
    }
    return plain.get(type_, type_.removesuffix("Device").casefold() or "device")
