"""The part of the Set that a client sees: the mirror, or a view of it under the rules about reading, with its caches.

All read paths (tools, resources, subscriptions, completions, lists) get their reader here, and `scrub` masks hidden
names in their answers. Only clients under the same rules share a sight and its caches.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import asdict, replace
from typing import Any, cast

from mirror import Mirror
from mirror.store import Store
from mirror.view import Names, View

from .effects import StoreTree
from .history import Difference, difference, match
from .policy import Policy, Rule
from .resources import AnswerCache, Bodies

SIGHTS = 64
"""The most sights; clients rarely have more different sets of rules."""

Key = tuple[Rule, ...]


class Sight:
    """A reader with its caches, and the masks for names that it must not show."""

    def __init__(self, mirror: Mirror, policy: Policy | None = None, key: Key = ()) -> None:
        self.key = key
        self._policy = policy if policy is not None else Policy()
        self._store = mirror.store
        self._filtered = View(mirror, self._hidden, self._was_hidden) if key else None
        # A view has all read methods of the mirror, and no write methods.
        self.reader = cast(Mirror, self._filtered) if self._filtered is not None else mirror
        self.bodies = Bodies(self.reader, self.scrub)
        self.answers = AnswerCache(self.reader)
        self.drawn: OrderedDict[Any, Any] = OrderedDict()
        """A cache of picture parts for views in the conversation, see `mcp_app.following`."""
        self.levels: tuple[float, Any, Any] = (0.0, None, None)
        """The last sample of meters for these views: its time, the strips, and the levels."""

    def scrub(self, payload: Any) -> Any:
        """The payload, plain JSON, without names that the client must not see."""
        return payload if self._filtered is None else self._filtered.scrub(payload)

    def compared(self, old: Store, new: Store | None = None) -> list[Difference]:
        """The differences of `new`, by default the open Set, as far as the client may see both states.

        An object that is hidden in one state is left out of both, and its name is masked.
        """
        new = self._store if new is None else new
        if self._filtered is None:
            return difference(old, new)
        same, hidden = match(old, new), (self._hidden(old), self._hidden(new))
        gone = hidden[0] | {same.back[id_] for id_ in hidden[1] if id_ in same.back}
        left_out = hidden[1] | {same.to[id_] for id_ in hidden[0] if id_ in same.to}
        names = Names()
        names.hide(old, gone)
        names.hide(new, left_out)
        changes = difference(_without(old, gone), _without(new, left_out))
        return [replace(change, **names.scrub(asdict(change))) for change in changes]

    def _hidden(self, store: Store) -> set[int]:
        """The ids of hidden objects; the first matching rule decides."""
        decided: dict[int, str] = {}
        tree = StoreTree(store)
        for rule in self.key:
            places = self._policy.places(rule, store)
            tops = [tree.root] if places is None else list(places.expand(tree))
            for top in tops:
                if places is not None and top == tree.root:
                    decided.setdefault(top, rule.decide)
                    continue
                for node in store.walk(top):
                    decided.setdefault(node.id, rule.decide)
        return {id_ for id_, decide in decided.items() if decide == "deny"}

    def _was_hidden(self, ref: str, name: str) -> bool:
        for rule in self.key:
            places = self._policy.places(rule, self._store)
            if places is None or places.meant_at(ref, name):
                return rule.decide == "deny"
        return False


def _without(store: Store, hidden: set[int]) -> Store:
    nodes = (node for id_, node in store.nodes.items() if id_ not in hidden)
    return Store.of_nodes(nodes, store.epoch, store.root)


class Sights:
    """The sights of all clients."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self.whole = Sight(mirror)
        self._sights: OrderedDict[Key, Sight] = OrderedDict()

    def of(self, policy: Policy, tool: str, client: str) -> Sight:
        """The sight of a client through a tool."""
        key = policy.reading(tool, client)
        if not key:
            return self.whole
        sight = self._sights.get(key)
        if sight is None:
            sight = self._sights[key] = Sight(self._mirror, policy, key)
        self._sights.move_to_end(key)
        while len(self._sights) > SIGHTS:
            self._sights.popitem(last=False)
        return sight
