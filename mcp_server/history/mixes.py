"""Saved mixes: the values of mixers, sends, devices and tracks at one moment, as a text that a person can read.

    # SetMirror mix 1
    name: verse
    saved: 2026-11-26 14:05:12 by claude
    set: Lo-Fi Demo
    scope: mixer, sends
    epoch: 5d8754f21f63
    song #1 Song "Lo-Fi Demo"
      tracks/2 #20 Track "Bass" mute=false solo=false
        mixer_device #21 MixerDevice
          volume #22 DeviceParameter "Track Volume" display="-6.0 dB" value=0.7

A line is an object: its role, id, class, name and values; the objects below it are indented. `#id` is the identity
within the epoch; in another epoch, objects are found by their names and places. Pure functions; `Shelf` writes files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from mirror import Node, Operation, Set, WriteRequest, checks, errors
from mirror.store import Store
from remote_script.SetMirror.contract import schema

from .difference import Difference, has_moved, kind_word, owner_name, shown, words
from .matching import Matching, find_again
from .persistent import is_persistent

HEAD = "# SetMirror mix 1"
SCOPES = ("mixer", "sends", "devices", "tracks")
""""tracks" covers the values of the three other scopes, and arm, monitoring, routing and colour of tracks."""
LINES = 50_000
"""The most objects in one mix."""
_MIXER = ("mute", "solo")
_NOT_SAVED = ("name",)
"""Properties that are not saved as values: an object is found again by its name."""
_LINE = re.compile(r'( *)(\S+) #(\d+) (\w+)(?: ("(?:[^"\\]|\\.)*"))?((?: \w+=.*)?)')


class Mix(msgspec.Struct, frozen=True):
    """A saved mix: its name, when and by whom it was saved, its Set, its scopes, and the objects with their values.

    `under` has the ids of the objects that were included with all below them.
    """

    name: str
    saved: str
    set: str
    scope: tuple[str, ...]
    store: Any
    under: tuple[int, ...] = ()
    torn: bool = False
    """True when a crash cut off the last line of the file; that line is left out."""


def take(store: Store, scope: Iterable[str], under: Iterable[int] = ()) -> Store:
    """The objects and values of a scope, with the owners of these objects.

    Args:
      scope: Some of `SCOPES`.
      under: Ids of objects that are included with all objects below them.
    """
    wanted, tops = set(scope), set(under)
    if "tracks" in wanted:
        wanted = set(SCOPES)
    inside: set[int] = set()
    props_by_id: dict[int, dict[str, Any]] = {}
    for node in store.walk():
        if node.id in tops or node.parent in inside:
            inside.add(node.id)
        props = {
            name: value
            for name, value in node.props.items()
            if is_persistent(node, name)
            and name not in _NOT_SAVED
            and (node.id in inside or _category(store, node, name) in wanted)
            and isinstance(value, bool | int | float | str)
            # A routing whose type has no channels has the channel "".
            and value != ""
        }
        if props and node.props.get("is_enabled") is not False:
            if "value" in props and node.props.get("display") is not None:
                props["display"] = node.props["display"]
            props_by_id[node.id] = props
    return _pruned(store, props_by_id)


def _category(store: Store, node: Node, name: str) -> str | None:
    """The scope that covers a value; None for a value that only `under` can include."""
    if node.type == "Track":
        return "mixer" if name in _MIXER else "tracks"
    if node.type == "MixerDevice":
        return "mixer"
    if schema.is_a(node.type, "Device") or node.type == "DeviceIO":
        return "devices" if schema.properties(node.type)[name].undo else None
    if node.type in ("Chain", "DrumChain"):
        return "devices" if name in _MIXER else None
    if node.type == "DeviceParameter" and name == "value":
        owner = store.nodes.get(node.parent) if node.parent is not None else None
        if owner is not None and owner.type == "MixerDevice":
            return "sends" if node.role == "sends" else "mixer"
        return "devices"
    return None


def _pruned(store: Store, props_by_id: dict[int, dict[str, Any]]) -> Store:
    """A store of these objects and their owners; all slots stay, since a slot is identified by its place alone."""
    needed: set[int] = set()
    for id_ in props_by_id:
        at: int | None = id_
        while at is not None and at not in needed:
            needed.add(at)
            node = store.nodes[at]
            at = node.parent
            if node.role == "clip_slots" and at is not None:
                needed.update(store.nodes[at].children.get(node.role) or ())
    objects: list[Any] = []
    for node in store.walk():
        if node.id not in needed:
            continue
        children = {
            role: below if isinstance(below, int) else [child for child in below if child in needed]
            for role, below in node.children.items()
            if below
            and (below in needed if isinstance(below, int) else any(child in needed for child in below))
        }
        props = {**({"name": node.name} if node.name else {}), **props_by_id.get(node.id, {})}
        siblings = store.nodes[node.parent].children.get(node.role) if node.parent is not None else None
        if isinstance(siblings, tuple):
            props["place"] = siblings.index(node.id)
        objects.append([node.id, node.type, node.parent, node.role, props, children])
    return Store.of_objects(objects, store.epoch)


def count(store: Store) -> int:
    """The number of values in a mix."""
    return sum(
        is_persistent(node, name) and name not in _NOT_SAVED
        for node in store.nodes.values()
        for name in node.props
    )


# -- text ----------------------------------------------------------------------------------------------------


def text(mix: Mix) -> str:
    """The text of the mix's file."""
    head = [
        HEAD,
        f"name: {mix.name}",
        f"saved: {mix.saved}",
        f"set: {_line(mix.set)}",
        f"scope: {', '.join(mix.scope)}",
        *([f"under: {' '.join(f'#{id_}' for id_ in mix.under)}"] if mix.under else []),
        f"epoch: {mix.store.epoch}",
    ]
    return "\n".join([*head, *_lines(mix.store)]) + "\n"


def _line(value: str) -> str:
    return " ".join(value.split())


def _lines(store: Store) -> Iterator[str]:
    depths: dict[int, int] = {}
    for node in store.walk():
        depth = depths[node.id] = 0 if node.parent is None else depths[node.parent] + 1
        role = node.role or "song"
        if "place" in node.props:
            role = f"{role}/{node.props['place']}"
        name = f" {json.dumps(node.name, ensure_ascii=False)}" if node.name else ""
        values = "".join(
            f" {key}={json.dumps(value, ensure_ascii=False)}"
            for key, value in sorted(node.props.items())
            if key not in ("name", "place")
        )
        yield f"{'  ' * depth}{role} #{node.id} {node.type}{name}{values}"


def parse(source: str) -> Mix:
    """The mix of a file's text.

    Raises:
      InvalidValue: the text is not a mix; the rule names the line. A last line that a crash cut off is left out.
    """
    lines = source.split("\n")
    if lines[0].strip() != HEAD:
        raise errors.InvalidValue(f"a mix begins with {HEAD!r}", lines[0][:60])
    whole = lines[:-1]
    head: dict[str, str] = {}
    objects: list[Any] = []
    ancestors: list[tuple[int, Any]] = []
    for number, line in enumerate(whole[1 : LINES + 10], 2):
        match = _LINE.fullmatch(line)
        if match is None:
            name, sign, value = line.partition(": ")
            if objects or not (sign or line.endswith(":")):
                raise errors.InvalidValue(f"line {number} of the mix is no object: {line[:80]!r}", number)
            head[name.rstrip(":")] = value
            continue
        depth = len(match[1]) // 2
        del ancestors[depth:]
        parent = ancestors[-1][1] if ancestors else None
        role, _, place = match[2].partition("/")
        props = _values(match[6], number)
        if place.isdecimal():
            props["place"] = int(place)
        if match[5]:
            props["name"] = json.loads(match[5])
        row = [int(match[3]), match[4], None if parent is None else parent[0], role, props, {}]
        if parent is not None and place:
            parent[5].setdefault(role, []).append(row[0])
        elif parent is not None:
            parent[5][role] = row[0]
        objects.append(row)
        ancestors.append((depth, row))
    scope = tuple(part for part in head.get("scope", "").split(", ") if part)
    under = tuple(int(id_) for id_ in re.findall(r"#(\d+)", head.get("under", "")))
    store = Store.of_objects(objects, head.get("epoch", ""))
    return Mix(
        head.get("name", ""), head.get("saved", ""), head.get("set", ""), scope, store, under, bool(lines[-1])
    )


def _values(source: str, number: int) -> dict[str, Any]:
    props: dict[str, Any] = {}
    decoder, at = json.JSONDecoder(), 0
    try:
        while at < len(source):
            equal = source.index("=", at)
            value, end = decoder.raw_decode(source, equal + 1)
            props[source[at:equal].strip()] = value
            at = end
    except ValueError:
        raise errors.InvalidValue(f"line {number} of the mix has a value that is no JSON", number) from None
    return props


# -- comparing and recalling ---------------------------------------------------------------------------------


class Comparison(msgspec.Struct):
    """The differences between a mix and another state, in words.

    Attributes:
      different: Texts about values that differ and about devices in another place.
      missing: The topmost objects of the mix that the other state does not have.
      new: The topmost objects of the other state that the mix would cover and does not have.
    """

    different: list[str] = []
    missing: list[str] = []
    new: list[str] = []

    def objects(self, limit: int) -> dict[str, list[str]]:
        """Missing and new objects for an answer, at most `limit` of each."""
        lists = {"missing": self.missing, "new": self.new}
        return {name: texts[:limit] for name, texts in lists.items() if texts}


def compare(old: Mix, new: Mix | Store) -> Comparison:
    """The differences between a mix and a state, or between two mixes in the scopes that both cover."""
    before, after = old.store, new.store if isinstance(new, Mix) else new
    if isinstance(new, Mix):
        before = _covered(before, new, find_again(after, before))
    same = find_again(before, after)
    different = []
    for node in before.walk():
        there = after.nodes.get(same.to.get(node.id, 0))
        if there is None:
            continue
        if node.role == "devices" and has_moved(before, after, node, there, same):
            different.append(f"{_named(after, there)} is in another place")
        for name in sorted(node.props):
            compared = is_persistent(node, name) and name not in _NOT_SAVED and name in there.props
            if compared and not _equal(node.props[name], there.props[name]):
                different.append(_words(after, there, node, there, name))
    return Comparison(different, missing(before, same), added(old, after, same))


def _covered(store: Store, mix: Mix, same: Matching) -> Store:
    """The part of a state that a mix covers."""
    return take(store, set(mix.scope).intersection(SCOPES), (same.to.get(id_, 0) for id_ in mix.under))


def added(mix: Mix, store: Store, same: Matching) -> list[str]:
    """The topmost objects that the mix would cover and does not have, by name.

    A new return track is listed without the sends to it. Which parameters of a device are saved depends on its macros.
    """
    covered = _covered(store, mix, same)
    fresh, inside = [], set[int]()
    for node in covered.walk():
        if node.parent in inside or node.id not in same.back:
            inside.add(node.id)
            if node.parent not in inside and node.role != "parameters":
                fresh.append(node)
    with_returns = any(node.role == "return_tracks" for node in fresh)
    return [_named(store, node) for node in fresh if not (with_returns and node.role == "sends")]


def _named(store: Store, node: Node) -> str:
    named = f"{kind_word(node.type)} {node.name!r}" if node.name else store.ref(node.id)
    owner = owner_name(store, node)
    return f"{named} in {owner!r}" if owner else named


def _words(store: Store, at: Node, one: Node, other: Node, name: str) -> str:
    """The change of a value from `one` to `other` in words; `at` is the object in the store."""
    change = Difference(
        "set",
        at.type,
        store.ref(at.id),
        at.name,
        name,
        shown(one, name),
        shown(other, name),
        owner_name(store, at),
    )
    return words(change)


def _equal(one: Any, other: Any) -> bool:
    """True for equal values; numbers are compared with the precision of Live's 32-bit floats."""
    if isinstance(one, float) and isinstance(other, int | float):
        return abs(one - other) <= 1e-6 * max(1.0, abs(one), abs(other))
    same: bool = one == other
    return same


def missing(old: Store, same: Matching) -> list[str]:
    """The topmost objects that were not found again, by name."""
    absent, inside = [], set[int]()
    for node in old.walk():
        if node.parent in inside:
            inside.add(node.id)
        elif node.id not in same.to:
            inside.add(node.id)
            absent.append(_named(old, node))
    return absent


class Recall(msgspec.Struct):
    """The operations of a recall with their texts; `left` has a text for each difference that remains."""

    operations: list[Operation] = []
    expect: list[tuple[int, str, Any]] = []
    done: list[str] = []
    left: list[str] = []


def recall(saved: Mix, store: Store, live: str = "") -> Recall:
    """The operations that restore the values of a mix; a value that is already the same needs none.

    Objects that were added since and devices that were moved are not changed; `left` names them.

    Args:
      live: The version of Live, such as "12.3.1"; "" if it is not known.
    """
    mix = saved.store
    same = find_again(mix, store)
    made = Recall(left=[f"{name} is not there" for name in missing(mix, same)])
    made.left += [f"{name} is new and stays as it is" for name in added(saved, store, same)]
    for node in mix.walk():
        now = store.nodes.get(same.to.get(node.id, 0))
        if now is None:
            continue
        if node.role == "devices" and has_moved(mix, store, node, now, same):
            made.left.append(f"{_named(store, now)} is in another place and stays there")
        # A routing's type comes before its channel, which depends on it.
        for name in sorted(node.props, key=lambda prop: (prop.endswith("_channel"), prop)):
            if not is_persistent(now, name) or name in _NOT_SAVED or name not in now.props:
                continue
            value = node.props[name]
            if _equal(value, now.props[name]) or now.props.get("is_enabled") is False:
                continue
            op, said = Set(now.id, name, value), _words(store, now, now, node, name)
            try:
                checks.prepare(store, WriteRequest.of([op]), live)
            except errors.MirrorError as problem:
                if not name.endswith("_channel"):
                    made.left.append(f"{said}: cannot be set: {problem.rule.rstrip('.')}")
                    continue
            made.operations.append(op)
            made.expect.append((now.id, name, now.props[name]))
            made.done.append(said)
    return made
