"""Pins: rules about one object, found again by its kind, name and content when its Set is opened again.

While the Set stays open a pin follows its object, whatever it is called and wherever it goes. A pin that finds nothing,
or cannot tell which of several, holds for all objects of its kind, and says so.
"""

from __future__ import annotations

import hashlib
import logging

import msgspec

from mirror import Node
from mirror.queries import schema_is_a
from mirror.store import Store

log = logging.getLogger("setmirror.mcp")


class Pin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One object: its class in Live's words, its name, and `content` as `setmirror policy pin` prints it."""

    kind: str
    name: str
    content: str = ""


def pin_of(store: Store, node: Node) -> Pin:
    """A pin for an object as it is now."""
    return Pin(node.type, node.name, content_of(store, node))


def content_of(store: Store, node: Node) -> str:
    """What an object is made of, in 16 hex digits: devices, clips and notes; names, mixer and order of play aside."""
    digest = hashlib.sha256()
    for each in store.walk(node.id):
        facts = [each.type, each.props.get("class_name")]
        if each.type == "Clip":
            notes = each.props.get("notes") or ()
            facts += [each.props.get("length"), each.props.get("file_path")]
            facts += [(note.pitch, note.start_time, note.duration) for note in notes]
        if each.type in ("DeviceParameter", "ClipSlot") or each.type.endswith(".View"):
            continue
        digest.update(msgspec.json.encode(facts))
    return digest.hexdigest()[:16]


class Pins:
    """Which objects the pins of a policy mean, by epoch."""

    def __init__(self) -> None:
        self._epoch = ""
        self._held: dict[Pin, int] = {}
        self._said: set[Pin] = set()
        self._lost: dict[Pin, int] = {}
        """When a pin was searched for in vain, by `Store.naming`: only another name or place can change that."""

    def ids(self, store: Store, pin: Pin) -> list[int]:
        """The objects that a pin means now: its own (none when that is deleted), or all of its kind."""
        found = self._find(store, pin)
        if found is not None:
            return [found] if found in store.nodes else []
        return [
            id_ for type_ in store.types() if schema_is_a(type_, pin.kind) for id_ in store.of_type(type_)
        ]

    def lost(self, store: Store, pin: Pin) -> str:
        """What to say of a pin that finds nothing; "" for one that does."""
        if self._find(store, pin) is not None:
            return ""
        return f"the pinned {pin.kind} {pin.name!r} is not found in this Set: the rule holds for every {pin.kind}"

    def _find(self, store: Store, pin: Pin) -> int | None:
        if store.epoch != self._epoch:
            self._epoch, self._held, self._said, self._lost = store.epoch, {}, set(), {}
        if pin in self._held:
            return self._held[pin]
        if self._lost.get(pin) == store.naming:
            return None
        candidates = [
            store.nodes[id_]
            for type_ in store.types()
            if schema_is_a(type_, pin.kind)
            for id_ in store.of_type(type_)
        ]
        named = [node for node in candidates if node.name == pin.name]
        alike = [
            node for node in named or candidates if pin.content and content_of(store, node) == pin.content
        ]
        for found in (alike, named):
            if len(found) == 1:
                self._held[pin] = found[0].id
                return found[0].id
        self._lost[pin] = store.naming
        if pin not in self._said:
            self._said.add(pin)
            log.warning(
                "the policy's pin of %s %r is not found: its rule holds for all of them", pin.kind, pin.name
            )
        return None
