"""Finding the same objects again in another state of a Set: another epoch, another day, another file.

Within one epoch an id is enough. Otherwise objects are matched list by list, from the song downwards, so that two
objects can only match when their owners match: first by name and content, then by name, then by content, then by place
in lists where the place has a meaning (slots, parameters, pads, sends). Objects left over in both lists match when
their class is the same and their content is similar enough. No object is matched twice.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mirror import Node
from mirror.store import Store
from remote_script.SetMirror.contract import schema

BY_PLACE = frozenset(
    (
        "clip_slots",
        "sends",
        "drum_pads",
        "visible_drum_pads",
        "parameters",
        "banks",
        "macros",
        "return_chains",
    )
)
"""Lists in which the place is the identity: slot 3 of a track stays slot 3 with any clip in it."""
NEAR_ENOUGH = 0.5
"""The least share of equal properties at which two objects of different names and places count as the same."""
_LETTER = re.compile(r"^[A-Z]-")
"""The prefix of the names of a return track and of the sends to it."""
MOST_COMPARED = 200
"""The most unmatched objects of one list that are compared with all others; longer lists are matched by place."""


@dataclass
class Matching:
    """Which object of the older state is which of the newer: `to` old id → new id, `back` the reverse."""

    to: dict[int, int] = field(default_factory=dict)
    back: dict[int, int] = field(default_factory=dict)

    def join(self, old: int, new: int) -> None:
        """Record that two ids are of the same object."""
        self.to[old], self.back[new] = new, old


def match(old: Store, new: Store) -> Matching:
    """The objects of two states that are the same.

    States of one epoch are matched by id alone.
    """
    matching = Matching()
    if old.epoch and old.epoch == new.epoch:
        for id_ in old.nodes.keys() & new.nodes.keys():
            matching.join(id_, id_)
        return matching
    if old.root is None or new.root is None:
        return matching
    fingerprints = _Fingerprints(old), _Fingerprints(new)
    stack = [(old.root, new.root)]
    while stack:
        one, other = stack.pop()
        matching.join(one, other)
        before, after = old.nodes[one], new.nodes[other]
        for role in before.children.keys() & after.children.keys():
            stack += _pairs(role, _ids(old, before, role), _ids(new, after, role), (old, new), fingerprints)
    return matching


def find_again(old: Store, new: Store) -> Matching:
    """Find a part's objects in a Set of any epoch: by id, then by name and place, never by similarity.

    Within one epoch an id is the identity. Objects with different ids match when their owners match and their class and
    name are the same, in the order of the list. A send has the name of its return track without the letter before it.
    """
    matching = Matching()
    if old.root is None or new.root is None:
        return matching
    one_epoch = bool(old.epoch) and old.epoch == new.epoch
    stack = [(old.root, new.root)]
    while stack:
        one, other = stack.pop()
        matching.join(one, other)
        before, after = old.nodes[one], new.nodes[other]
        for role in before.children.keys() & after.children.keys():
            left, right = list(_ids(old, before, role)), list(_ids(new, after, role))
            if one_epoch:
                known = [
                    id_ for id_ in left if id_ in new.nodes and new.nodes[id_].type == old.nodes[id_].type
                ]
                stack += [(id_, id_) for id_ in known]
                left, right = (
                    [id_ for id_ in left if id_ not in known],
                    [id_ for id_ in right if id_ not in known],
                )
            named = isinstance(before.children[role], tuple)
            for id_ in left:
                there = next(
                    (candidate for candidate in right if _is_alike(old, new, id_, candidate, named=named)),
                    None,
                )
                if there is not None:
                    right.remove(there)
                    stack.append((id_, there))
    return matching


def _is_alike(old: Store, new: Store, one: int, other: int, *, named: bool) -> bool:
    before, after = old.nodes[one], new.nodes[other]
    return before.type == after.type and (not named or _plain_name(before) == _plain_name(after))


def _plain_name(node: Node) -> str:
    return _LETTER.sub("", node.name) if node.role == "sends" else node.name


def _ids(store: Store, node: Node, role: str) -> tuple[int, ...]:
    """The ids of a list's objects, without objects that this state does not contain."""
    below = node.children[role]
    listed = below if isinstance(below, tuple | list) else (below,)
    return tuple(id_ for id_ in listed if isinstance(id_, int) and id_ in store.nodes)


def _pairs(
    role: str,
    before: Sequence[int],
    after: Sequence[int],
    stores: tuple[Store, Store],
    fingerprints: tuple[_Fingerprints, _Fingerprints],
) -> list[tuple[int, int]]:
    old, new = stores
    if len(before) == len(after) == 1 and old.nodes[before[0]].type == new.nodes[after[0]].type:
        return [(before[0], after[0])]
    pairs: list[tuple[int, int]] = []
    left, right = list(before), list(after)

    def take(key_of: Callable[[int, Store, _Fingerprints], Hashable | None]) -> None:
        """Match the objects with the same key, in order."""
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for id_ in right:
            key = key_of(id_, new, fingerprints[1])
            if key is not None:
                waiting[key].append(id_)
        matched: set[int] = set()
        for id_ in list(left):
            key = key_of(id_, old, fingerprints[0])
            if key is not None and waiting.get(key):
                other = waiting[key].pop(0)
                pairs.append((id_, other))
                left.remove(id_)
                matched.add(other)
        right[:] = [id_ for id_ in right if id_ not in matched]

    if role in BY_PLACE and role != "parameters":
        return [
            (one, other)
            for one, other in zip(before, after, strict=False)
            if old.nodes[one].type == new.nodes[other].type
        ]
    take(lambda id_, store, prints: (store.nodes[id_].type, store.nodes[id_].name, prints.of(id_)))
    take(_by_time)
    take(
        lambda id_, store, _: (
            (store.nodes[id_].type, store.nodes[id_].name) if store.nodes[id_].name else None
        )
    )
    take(
        lambda id_, store, prints: (
            (store.nodes[id_].type, prints.of(id_)) if store.nodes[id_].children else None
        )
    )
    if role == "parameters":
        return pairs
    return pairs + _nearest(left, right, stores)


def _by_time(id_: int, store: Store, _: _Fingerprints) -> Hashable | None:
    """The key of an arrangement clip or a locator: with its time, since several can have the same name."""
    node = store.nodes[id_]
    time = node.props.get("start_time") if node.type == "Clip" else node.props.get("time")
    return (node.type, node.name, time) if time is not None else None


def _nearest(left: list[int], right: list[int], stores: tuple[Store, Store]) -> list[tuple[int, int]]:
    """Pairs of similar objects, most similar first; at least half of their properties are the same."""
    old, new = stores
    if len(left) > MOST_COMPARED or len(right) > MOST_COMPARED:
        return [
            (one, other)
            for one, other in zip(left, right, strict=False)
            if old.nodes[one].type == new.nodes[other].type
        ]
    scored = []
    for n, one in enumerate(left):
        for m, other in enumerate(right):
            score = likeness(old.nodes[one], new.nodes[other])
            if score >= NEAR_ENOUGH:
                scored.append((-score, abs(n - m), one, other))
    pairs, taken = [], set[tuple[str, int]]()
    for _, _, one, other in sorted(scored):
        if ("old", one) not in taken and ("new", other) not in taken:
            taken |= {("old", one), ("new", other)}
            pairs.append((one, other))
    return pairs


def likeness(one: Node, other: Node) -> float:
    """0 to 1: the share of equal properties, notes counted one by one; 0 for objects of different kinds."""
    if one.type != other.type or any(one.props.get(name) != other.props.get(name) for name in _LASTING):
        return 0.0
    names = [name for name in one.props.keys() & other.props.keys() if name not in _UNTELLING]
    if not names:
        return 1.0
    total = 0.0
    for name in names:
        a, b = one.props[name], other.props[name]
        if name == "notes" and isinstance(a, tuple) and isinstance(b, tuple):
            first, second = ({_content(note) for note in notes} for notes in (a, b))
            total += len(first & second) / (len(first | second) or 1)
        else:
            total += a == b
    return total / len(names)


_LASTING = ("has_midi_input", "is_foldable", "is_midi_clip", "class_name")
"""Properties that never change: a MIDI track never becomes an audio track or a group."""
_UNTELLING = frozenset(
    name
    for class_ in schema.CLASSES
    for name, prop in schema.properties(class_).items()
    if prop.kind == "gauge" or prop.type in ("ref", "refs", "routings", "envelopes")
)
"""Properties that do not identify an object: positions, references and menus."""


def _content(value: Any) -> Hashable:
    if hasattr(value, "note_id"):
        return (value.pitch, value.start_time, value.duration, value.velocity)
    if isinstance(value, dict):
        return tuple((key, _content(part)) for key, part in sorted(value.items()))
    if isinstance(value, list | tuple):
        return tuple(map(_content, value))
    hashable: Hashable = value
    return hashable


class _Fingerprints:
    """Hashes of the values of an object and of all objects below it, without names and references."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, int] = {}

    def of(self, id_: int) -> int:
        if id_ not in self._known:
            node = self._store.nodes[id_]
            own = tuple(
                (name, _content(value))
                for name, value in sorted(node.props.items())
                if name not in _UNTELLING and name not in ("name", "color", "color_index")
            )
            below = tuple(self.of(child) for child in self._below(node))
            self._known[id_] = hash((node.type, own, below))
        return self._known[id_]

    def _below(self, node: Node) -> Iterable[int]:
        for role in sorted(node.children):
            yield from _ids(self._store, node, role)
