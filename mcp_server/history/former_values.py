"""The values that selected changes replaced: those that can be set again, in an order that Live accepts.

Modes, such as `warping`, are set first, because they change the units or values of other properties. The other changes
are reverted from the newest to the oldest, so that every value is possible in its turn, and a start and its end in the
order of `spans`. A parameter that a macro moves follows the macro's value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from mirror import Node, Set, values
from mirror.driven import is_driven
from mirror.store import Store

from .. import spans
from .chains import ValueChange, changed_since, newest_run
from .difference import Difference, owner_name, readable, words
from .persistent import is_persistent

_MODES = ("warping", "looping")


def _is_routing(node: Node, name: str) -> bool:
    prop = values.row(node.type, name)
    return prop is not None and prop.type == "routing"


class FormerValue(NamedTuple):
    """A value to set; `text` describes the change, "" if Live shows this value already in the present mode."""

    revision: int
    op: Set
    text: str

    @property
    def is_mode(self) -> bool:
        return self.op.name in _MODES


class FormerValues:
    """The former values of a revert; `left` has a text with the reason for every value that stays."""

    def __init__(self, store: Store, chains: Mapping[tuple[int, str], list[ValueChange]]) -> None:
        """No values yet.

        Args:
          store: The present state of the Set.
          chains: The changes of every value, by id and property.
        """
        self._store = store
        self._chains = chains
        self._values: list[FormerValue] = []
        self.left: list[str] = []

    def add(self, id_: int, name: str) -> None:
        """Add a property's value from before the newest run of selected changes, unless it has this value already."""
        chain = self._chains[id_, name]
        node = self._store.nodes.get(id_)
        first = next((link for link in chain if link.selected), None)
        if node is None or first is None or not is_persistent(node, name) or name not in node.props:
            return
        now = values.shown(self._store, node.type, name, node.props[name])
        run = newest_run(chain)
        if _is_routing(node, name) and self._is_one_track(
            first.before if run is None else run[0].before, now
        ):
            return
        if run is None or run[-1].after != now:
            as_before = first.before if run is None else run[0].before
            if now != as_before:
                moves = chain[-1].after != now and is_driven(self._store, id_, name)
                why = "left as it is: its automation moves it" if moves else changed_since(chain, now)
                self.left.append(f"{self._words(node, name, first.before, now)}: {why}")
            return
        target = run[0].before
        if target == now and not self._has_mode(id_, name):
            return
        text = self._words(node, name, now, target)
        if target is None and name != "groove":
            self.left.append(f"{text}: it had no value before")
            return
        self._values.append(
            FormerValue(run[0].event.revision, Set(id_, name, target), "" if target == now else text)
        )

    def in_order(self) -> list[tuple[Set, str]]:
        """The operations with their texts, in an order that Live accepts; values that follow others are omitted."""
        modes = {value.op.target for value in self._values if value.is_mode and value.text}
        needed = [value for value in self._values if value.text or value.op.target in modes]
        needed.sort(key=lambda value: (not value.is_mode, -value.revision))
        ordered = spans.in_order([value.op for value in needed], self._limit)
        texts = {(value.op.target, value.op.name): value.text for value in needed}
        restored = {op.target for op in ordered}
        return [(op, texts[op.target, op.name]) for op in ordered if not self._follows_macro(op, restored)]

    def _is_one_track(self, before: Any, now: Any) -> bool:
        """True when both routings are one track under its former and its present name: a routing follows the name."""
        return any(
            name == "name"
            and id_ in self._store.nodes
            and self._store.nodes[id_].type == "Track"
            and self._store.nodes[id_].name == now
            and before != now
            and any(link.before == before for link in chain)
            for (id_, name), chain in self._chains.items()
        )

    # -- modes, starts and ends, macros ------------------------------------------------------------

    def _has_mode(self, id_: int, name: str) -> bool:
        """True when a mode is restored too: in that mode, Live may show another value than now."""
        return name not in _MODES and any(
            link.selected for mode in _MODES for link in self._chains.get((id_, mode), ())
        )

    def _limit(self, id_: int | str, end: str) -> float:
        """The limit of a start once the modes are restored: the end at the time when a mode changed."""
        assert isinstance(id_, int)
        changed = {link.event.revision for mode in _MODES for link in self._chains.get((id_, mode), ())}
        hidden = [link.before for link in self._chains.get((id_, end), ()) if link.event.revision in changed]
        limit = hidden[-1] if hidden else self._store.nodes[id_].props.get(end)
        return float(limit) if isinstance(limit, int | float) else math.inf

    def _follows_macro(self, op: Set, restored: set[int | str]) -> bool:
        """True for a disabled (macro-controlled) parameter if a parameter of a rack around it is restored."""
        assert isinstance(op.target, int)
        node = self._store.nodes[op.target]
        if node.props.get("is_enabled") is not False:
            return False
        for owner in self._store.lineage(node.id):
            below = owner.children.get("parameters")
            if isinstance(below, tuple) and node.id not in below and restored.intersection(below):
                return True
        return False

    # -- words -------------------------------------------------------------------------------------

    def _words(self, node: Node, name: str, before: Any, after: Any) -> str:
        if node.type == "DeviceParameter" and name == "value":
            before, after = self._texts(node, before, after)
        change = Difference(
            "set",
            node.type,
            self._store.ref(node.id),
            node.name,
            name,
            readable(node.type, name, before),
            readable(node.type, name, after),
            owner_name(self._store, node),
        )
        return words(change)

    def _texts(self, node: Node, before: Any, after: Any) -> tuple[Any, Any]:
        """A parameter's values as Live showed them, as far as the log has the texts."""
        known = {node.props.get("value"): node.props.get("display")}
        moved = {link.event.revision: link for link in self._chains.get((node.id, "display"), ())}
        for link in self._chains.get((node.id, "value"), ()):
            beside = moved.get(link.event.revision)
            # A journal has the texts with the value.
            text = link.event.display.partition(" → ")
            sides = (beside.before, beside.after) if beside is not None else (text[0], text[2])
            for value, shown in zip((link.before, link.after), sides, strict=True):
                if shown:
                    known.setdefault(value, shown)
        return known.get(before) or before, known.get(after) or after
