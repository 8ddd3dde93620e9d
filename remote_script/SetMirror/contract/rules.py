"""Finds the rule that decides on an effect: the first match, given the Set's present places. No I/O, no clock.

The server uses it before it asks a person, the script again right before each call: so a rule applies to an object
by its place when the call is read and by its place when the call runs. A ref in a rule means the object at that ref
and all objects below it; `song` means only the song's own properties, `**` the whole Set.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any, Dict, FrozenSet, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .reach import Effect, Membership, Tree

_STEP = re.compile(r"(\*\*|\*|\w+)(?:\[(.*?)\](?=/|\Z))?(?:/|\Z)", re.DOTALL)

Steps = Tuple[Tuple[str, Optional[str]], ...]
States = FrozenSet[int]
ANY = "\0"
"""Stands for an unknown name, which every expected name matches."""


def parse(ref: str) -> Steps:
    """The steps of a ref pattern, each with its expected name; ValueError for a malformed pattern."""
    text = ref.strip().strip("/")
    if text.startswith("song/"):
        text = text[5:]
    steps: List[Tuple[str, Optional[str]]] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError("A step of a pattern is a name, a number, * or **: {!r}".format(ref[:200]))
        steps.append((match.group(1), match.group(2)))
        position = match.end()
    if not steps:
        raise ValueError("A pattern is a ref, an id, a name or a ref with * in it")
    return tuple(steps)


class Places:
    """The objects that a rule's refs mean: by ref patterns, names, and ids."""

    def __init__(self, refs: Iterable[str] = (), ids: Iterable[int] = ()) -> None:
        self.ids = set(ids)
        self.song = False
        self._names = set()
        self._patterns: List[Steps] = []
        for ref in refs:
            text = ref.strip().strip("/")
            number = text[3:] if text.startswith("id:") else text
            if number.isdigit():
                self.ids.add(int(number))
            elif text == "song":
                self.song = True
            elif "*" in text or "/" in text or "[" in text or text in _ROOTS:
                self._patterns.append(parse(text))
            elif text:
                self._names.add(text)
            else:
                raise ValueError("A ref of a rule is not empty")

    def hold(self, tree: Tree, effect: Effect) -> bool:
        """True when every object of the effect matches."""
        return bool(effect.ids) and all(self._meant(tree, id_) is True for id_ in effect.ids)

    def touch(self, tree: Tree, effect: Effect) -> bool:
        """True when any object of the effect matches, or for a deletion any object below it."""
        for id_ in effect.ids:
            meant = self._meant(tree, id_)
            if meant is True or (effect.kind == "delete" and self._below(tree, id_, meant or [])):
                return True
        return False

    def expand(self, tree: Tree) -> Iterator[int]:
        """The topmost objects that match now."""
        start = self._start(tree)
        if self.song:
            yield tree.root
        yield from sorted(self.ids)
        for name in self._names:
            yield from tree.named(name)
        if start is not True:
            yield from self._descend(tree, tree.root, start, False)
        else:
            yield from (link.id for link in tree.children(tree.root))

    def meant_at(self, ref: str, name: str) -> bool:
        """True when a deleted object, last at `ref`, matched; unknown names of its ancestors count as matching."""
        if ref == "song":
            return self.song
        if name in self._names:
            return True
        segments = ref.split("/")
        states = [_closure(steps, (0,)) for steps in self._patterns]
        for number, segment in enumerate(segments):
            last = number == len(segments) - 1
            states = [
                _advance(steps, reached, segment, name if last else ANY, True)
                for steps, reached in zip(self._patterns, states)
            ]
            if _accepted(self._patterns, states):
                return True
        return False

    def _start(self, tree: Tree) -> Any:
        states = [_closure(steps, (0,)) for steps in self._patterns]
        return _accepted(self._patterns, states) or states

    def _meant(self, tree: Tree, id_: int) -> Any:
        """True when the object or an ancestor matches, else the state of every pattern at this object."""
        if id_ == tree.root:
            return self.song or id_ in self.ids or self._start(tree)
        states = self._start(tree)
        for link in tree.line(id_):
            if states is True:
                break
            states = self._advance(tree, link, states)
        return states

    def _advance(self, tree: Tree, link: Membership, states: List[States]) -> Any:
        name = tree.value(link.id, "name") if self._named else None
        if link.id in self.ids or (name is not None and name in self._names):
            return True
        pairs = list(zip(self._patterns, states))
        listed = link.number is not None
        moved = [_advance(steps, reached, link.role, name, not listed) for steps, reached in pairs]
        if listed and not _accepted(self._patterns, moved):
            pairs = list(zip(self._patterns, moved))
            moved = [_advance(steps, reached, str(link.number), name, True) for steps, reached in pairs]
        return _accepted(self._patterns, moved) or moved

    @property
    def _named(self) -> bool:
        return bool(self._names) or any(
            expected is not None for steps in self._patterns for _, expected in steps
        )

    def _below(self, tree: Tree, id_: int, states: List[States]) -> bool:
        if any(_is_above(tree, id_, pattern_id) for pattern_id in self.ids):
            return True
        return next(self._descend(tree, id_, states, True), None) is not None

    def _descend(self, tree: Tree, id_: int, states: List[States], names: bool) -> Iterator[int]:
        """The topmost matching objects below; with `names` also those by name, found in the whole subtree."""
        for link in tree.children(id_):
            moved = self._advance(tree, link, states)
            if moved is True:
                yield link.id
            elif (names and self._names) or any(moved):
                yield from self._descend(tree, link.id, moved, names)


_ROOTS = frozenset(
    ("tracks", "return_tracks", "master_track", "scenes", "cue_points", "view", "application", "groove_pool")
)


def _is_above(tree: Tree, id_: int, below: int) -> bool:
    try:
        return any(link.id == id_ for link in tree.line(below))
    except KeyError:
        # The object was deleted meanwhile.
        return False


def _closure(steps: Steps, states: Iterable[int]) -> States:
    """Add the states after each `**`, since `**` also matches no segment."""
    closed = set()
    for state in states:
        closed.add(state)
        while state < len(steps) and steps[state][0] == "**":
            state += 1
            closed.add(state)
    return frozenset(closed)


def _advance(steps: Steps, states: States, segment: str, name: Optional[str], whole: bool) -> States:
    """The states after one segment of a ref; `whole` when an object with this `name` ends there."""
    reached = []
    for state in states:
        if state == len(steps):
            continue
        word, expected = steps[state]
        if word == "**":
            reached.append(state)
        elif word in ("*", segment) and (expected is None or (whole and name in (expected, ANY))):
            reached.append(state + 1)
    return _closure(steps, reached)


def _accepted(patterns: Sequence[Steps], states: Sequence[States]) -> bool:
    return any(len(steps) in reached for steps, reached in zip(patterns, states))


class Rule(NamedTuple):
    """One rule, as server and script use it; `tools` are shell-like patterns; an empty condition always matches."""

    decide: str
    operations: Tuple[str, ...]
    tools: Tuple[str, ...]
    places: Optional[Places]
    reason: str = ""

    def applies(self, tool: str, kind: str) -> bool:
        """True when the rule covers this kind of effect of this tool, whatever the places."""
        return (not self.operations or kind in self.operations) and (
            not self.tools or named(self.tools, tool)
        )

    def fits(self, tree: Tree, tool: str, effect: Effect) -> bool:
        """True when every condition of the rule holds for the effect."""
        if not self.applies(tool, effect.kind):
            return False
        if self.places is None:
            return True
        return self.places.hold(tree, effect) if self.decide == "allow" else self.places.touch(tree, effect)


def named(patterns: Iterable[str], text: str) -> bool:
    """True when a name matches a shell-like pattern; case is ignored."""
    return any(fnmatchcase(text.lower(), pattern.lower()) for pattern in patterns)


def first(rules: Sequence[Rule], tree: Tree, tool: str, effect: Effect) -> Optional[int]:
    """The index of the rule that decides; None when no rule fits."""
    for number, rule in enumerate(rules):
        if rule.fits(tree, tool, effect):
            return number
    return None


def from_wire(items: Any) -> List[Rule]:
    """Rules from `policy.protect`; ValueError, TypeError or KeyError if malformed."""
    parsed = []
    for item in items:
        texts: Dict[str, Tuple[str, ...]] = {}
        for name in ("operations", "tools", "refs"):
            value = item.get(name) or []
            if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
                raise TypeError("`{}` of a rule is a list of texts".format(name))
            texts[name] = tuple(value)
        ids = item.get("ids")
        if ids is not None and not all(type(entry) is int for entry in ids):
            raise TypeError("`ids` of a rule is a list of ids")
        if item["decide"] not in ("allow", "deny", "ask"):
            raise ValueError("`decide` of a rule is allow, deny or ask")
        places = Places(texts["refs"], ids or ()) if texts["refs"] or ids is not None else None
        parsed.append(
            Rule(item["decide"], texts["operations"], texts["tools"], places, str(item.get("reason") or ""))
        )
    return parsed
