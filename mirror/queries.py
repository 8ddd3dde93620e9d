"""Finding objects in the mirror: by ref, id, name, kind, or conditions on properties. All from memory.

A name of several objects is never resolved by a guess: the error lists the objects. For a name without an exact
match the error lists similar names.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from . import errors, refs
from .conditions import conditions
from .kinds import class_and_properties, has_properties, is_kind, schema_is_a
from .model import Match, Node
from .store import Store

Target = int | str

CANDIDATES = 10
"""Candidates listed in an error."""
NEAR = 0.6
"""Similarity (0 to 1) from which a name counts as similar."""

SHORTEST_LIKE = 4
"""Minimum letters of a word for similar names; to a shorter word every name is similar."""

_SECOND_CHOICE = ("DeviceParameter", "Song", "Application", "DrumPad")
"""Classes that a bare name means only if no other object has it: parameters are thousands, with equal names."""


_ID = re.compile(r"id:\s*([0-9]{1,18})", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+")


def resolve(store: Store, target: Target, *kinds: str | None) -> Node:
    """The one object that an id (19 or "id:19"), a ref or a name stands for now.

    Args:
      kinds: Words of `kinds.KINDS` or Live's classes; of several objects with one name only these are meant.

    Raises:
      StaleReference: no object has this id, no object is at this ref (any more), or the object there has another
        name.
      NotFound: no object has this name; `facts["candidates"]` are similar.
      Ambiguous: several objects have this name, or a number as text could be an id or an index; the hint lists
        both.
      InvalidValue: the object is none of `kinds`.
    """
    wanted = tuple(kind for kind in kinds if kind is not None)
    if isinstance(target, bool) or not isinstance(target, int | str):
        raise errors.InvalidValue(f"A target is an id, a ref or a name, not {str(target)[:100]!r}")
    if isinstance(target, str) and (by_id := _ID.fullmatch(target.strip())) is not None:
        target = int(by_id[1])
    if isinstance(target, int):
        node = store.nodes.get(target)
        if node is None:
            raise errors.StaleReference(f"There is no object with id {str(target)[:20]}", str(target)[:20])
    elif (known := store.at(target)) is not None:
        node = store.nodes[known]
    elif refs.looks_like_ref(target):
        node = _walk(store, target)
        # A ref that was used once is likely to be used again: cache it.
        store.ref(node.id)
    else:
        node = _by_name(store, target, wanted)
    if not _is_any(node, wanted):
        raise errors.InvalidValue(
            f"A {' or '.join(wanted)} is needed, {store.ref(node.id)} is a {node.type}",
            target,
            ref=store.ref(node.id),
        )
    return node


def _is_any(node: Node, kinds: Iterable[str]) -> bool:
    fits = [is_kind(node, kind) for kind in kinds]
    return any(fits) or not fits


def _walk(store: Store, ref: str) -> Node:
    if store.root is None:
        raise errors.NotReady("No Set has been read yet", ref)
    node = store.nodes[store.root]
    steps = refs.parse(ref)
    if steps[0].name == "song":
        _check_name(store, node, steps[0].expected, ref)
        steps = steps[1:]
    position = 0
    while position < len(steps):
        name, expected = steps[position]
        position += 1
        value = node.children.get(name) if name in node.children else node.props.get(name)
        if name not in node.children and (name not in refs.EDGES or name not in node.props):
            raise errors.StaleReference(
                f"{store.ref(node.id)} ({node.type}) has no {name!r}",
                ref,
                hint=f"it has {', '.join(sorted(node.children)) or 'nothing below'}",
                at=store.ref(node.id),
            )
        if isinstance(value, tuple | list):
            if position == len(steps) or not steps[position].name.isdigit():
                raise errors.InvalidValue(
                    f"{name!r} is a list of {len(value)}: give an index, from 0",
                    ref,
                    hint=f"{name}/0 is the first",
                )
            number, expected = steps[position]
            position += 1
            if int(number) >= len(value):
                raise errors.StaleReference(
                    f"{store.ref(node.id)} has {len(value)} {name}, so {name}/{number} does not exist", ref
                )
            value = value[int(number)]
        child = store.nodes.get(value) if isinstance(value, int) else None
        if child is None:
            raise errors.StaleReference(f"{store.ref(node.id)} has no {name} now", ref)
        node = child
        _check_name(store, node, expected, ref)
    return node


def _check_name(store: Store, node: Node, expected: str | None, ref: str) -> None:
    if expected is not None and node.name != expected:
        now = [store.ref(id_) for id_ in store.named(expected) if store.nodes[id_].type == node.type]
        raise errors.StaleReference(
            f"{store.ref(node.id)} is expected to be named {expected!r} but is {node.name!r}",
            ref,
            hint=f"{expected!r} is now at {now[0]}" if len(now) == 1 else None,
            candidates=[
                _candidate(store, store.nodes[id_]) for id_ in list(store.named(expected))[:CANDIDATES]
            ],
        )


def named(store: Store, name: str, *kinds: str) -> list[Node]:
    """The objects of these kinds with this name: with exactly this spelling, else in any case.

    Parameters, pads and the like only if no other object has the name: they are thousands, with equal names.
    """
    nodes = [store.nodes[id_] for id_ in store.named(name.strip())]
    nodes = [node for node in nodes if _is_any(node, kinds)]
    nodes = [node for node in nodes if node.name == name] or nodes
    return [node for node in nodes if node.type not in _SECOND_CHOICE] or nodes


def _by_name(store: Store, name: str, kinds: tuple[str, ...]) -> Node:
    nodes = named(store, name, *kinds)
    if len(nodes) == 1:
        return nodes[0]
    if nodes:
        raise errors.Ambiguous(
            f"{len(nodes)} objects are named {name!r}",
            name,
            hint=f"write one of their refs: {_refs_of(store, nodes)}{_and_more(len(nodes))}",
            candidates=[_candidate(store, node) for node in nodes[:CANDIDATES]],
        )
    if _DIGITS.fullmatch(name.strip()):
        raise _only_a_number(store, name.strip()[:18])
    near = [
        match for kind in kinds or (None,) for match in find(store, name=name, kind=kind, limit=CANDIDATES)
    ]
    raise errors.NotFound(
        f"Nothing is named {name[:100]!r}",
        name[:100],
        hint=f"near it are {_refs_of(store, [match.node for match in near])}"
        if near
        else _there_are(store, kinds),
        candidates=[_candidate(store, match.node) for match in near],
    )


def _there_are(store: Store, kinds: tuple[str, ...]) -> str:
    """A few objects that could be meant, where no name is near."""
    nodes = [
        match.node
        for kind in kinds or ("track", "scene")
        for match in find(store, kind=kind, limit=len(store.nodes))
        if match.node.name and match.node.type not in _SECOND_CHOICE
    ]
    if nodes:
        return f"there are {_refs_of(store, nodes)}{_and_more(len(nodes))}"
    kind = kinds[0].casefold() if kinds else "object"
    return f"no {kind} has a name; write an index from 0, a ref or an id, which find lists"


def _only_a_number(store: Store, text: str) -> errors.Ambiguous:
    """The refusal of a number as text when no object has this name: it may be an id or an index."""
    number = int(text)
    refs_of_number = [f"id:{number}"] if number in store.nodes else []
    refs_of_number += [
        ref for role in ("tracks", "scenes") if store.at(ref := f"{role}/{number}") is not None
    ]
    return errors.Ambiguous(
        f"{number} alone does not say which object is meant",
        number,
        hint=f"write {' or '.join(refs_of_number)}"
        if refs_of_number
        else "write a ref such as tracks/2, a name, or id:19",
    )


def _and_more(count: int) -> str:
    """The number of objects that a list of candidates leaves out."""
    return f" and {count - CANDIDATES} more: find lists them" if count > CANDIDATES else ""


def _refs_of(store: Store, nodes: list[Node]) -> str:
    # In the arrangement every copy has its clip's name: the clip itself comes first.
    in_order = sorted(nodes, key=lambda node: node.role == "arrangement_clips")
    return ", ".join(f"{store.ref(node.id)} ({_place(node)})" for node in in_order[:CANDIDATES])


def _place(node: Node) -> str:
    """The name of an object; a clip also with the view that it is in."""
    if node.type != "Clip":
        return node.name
    if node.role != "arrangement_clips":
        return f"{node.name}, session"
    return f"{node.name}, arrangement at {float(node.props.get('start_time') or 0.0):g} beats"


def _candidate(store: Store, node: Node) -> dict[str, Any]:
    return {"id": node.id, "type": node.type, "ref": store.ref(node.id), "name": node.name}


# -- finding ---------------------------------------------------------------------------------------


def tracks_in(store: Store, group: int) -> list[int]:
    """The tracks in a group track and in its inner groups, in the order of the Set; empty for another track."""
    inside, members = {group}, []
    tracks = store.nodes[store.root].children.get("tracks") if store.root is not None else None
    for id_ in tracks if isinstance(tracks, tuple) else ():
        node = store.nodes.get(id_)
        # A group comes before its tracks.
        if node is not None and node.props.get("group_track") in inside:
            inside.add(id_)
            members.append(id_)
    return members


def find(
    store: Store,
    *,
    name: str | None = None,
    kind: str | None = None,
    where: Mapping[str, Any] | Iterable[str] | str | None = None,
    under: Target | None = None,
    limit: int = 50,
    unclear: list[str] | None = None,
) -> list[Match]:
    """All objects that match every argument; best name first, then in the order of the Set.

    Args:
      name: Equal, contained, or similar; case does not matter. Scores: 1.0 equal, then names that begin with it,
        contain it, or are similar.
      kind: A word of `kinds.KINDS` or one of Live's classes; subclasses count.
      where: Conditions, all of which must hold: {"arm": True, "length": ">32", "color": [1, 2]} (a list: any of
        these), or texts such as "length > 32", "name contains bass", "arm = true". Dots lead to properties of
        objects below or referred to: "mixer_device.volume.value > 0.5".
      under: Only objects below this object.
      limit: At most so many; 1 or more.
      unclear: Gets the reason for each parameter that is left out, because a number can mean two values of it.

    Raises:
      InvalidValue: an unknown kind, a condition that cannot be parsed, or no match but parameters that are unclear.
    """
    if limit < 1:
        raise errors.InvalidValue(f"`limit` must be at least 1, got {limit}", limit)
    class_, required = class_and_properties(kind) if kind is not None else ("", {})
    requirements = conditions(where, class_)
    words = name.casefold().strip() if name is not None else None
    scores = _scores(store, words) if words is not None else None
    pool: Iterable[Node]
    if under is not None:
        top = resolve(store, under)
        pool = (node for node in store.walk(top.id) if node.id != top.id)
    elif scores is not None:
        pool = (store.nodes[id_] for key in scores for id_ in store.named(key))
    elif class_:
        pool = (
            store.nodes[id_]
            for type_ in store.types()
            if schema_is_a(type_, class_)
            for id_ in store.of_type(type_)
        )
    else:
        pool = store.walk()
    matches: list[Match] = []
    refused: list[errors.InvalidValue] = []
    for node in pool:
        if class_ and not schema_is_a(node.type, class_):
            continue
        score = 1.0
        if scores is not None:
            score = scores.get(node.name.casefold(), 0.0)
            if not score or not node.name:
                continue
        if not has_properties(node, required):
            continue
        try:
            if not all(holds(store, node) for holds in requirements):
                continue
        except errors.InvalidValue as problem:
            if "shown" not in problem.facts:
                raise
            refused.append(problem)
            continue
        matches.append(Match(node, "", score))
        if words is None and len(matches) >= limit:
            break
    if refused and not matches:
        raise refused[0]
    if unclear is not None:
        unclear += [problem.rule for problem in refused]
    matches.sort(key=lambda match: -match.score)
    return [Match(match.node, store.ref(match.node.id), match.score) for match in matches[:limit]]


def _scores(store: Store, words: str) -> dict[str, float]:
    """Casefolded names that fit, with their scores."""
    scores: dict[str, float] = {}
    matcher = difflib.SequenceMatcher(b=words, autojunk=False)
    for key in store.names():
        if key == words:
            scores[key] = 1.0
        elif key.startswith(words):
            scores[key] = 0.9
        elif words in key:
            scores[key] = 0.8
        elif (
            len(words) >= SHORTEST_LIKE and abs(len(key) - len(words)) <= len(words) // 2 and len(key) <= 100
        ):
            matcher.set_seq1(key)
            if matcher.quick_ratio() >= NEAR:
                ratio = matcher.ratio()
                if ratio >= NEAR:
                    scores[key] = round(0.7 * ratio, 3)
    return scores
