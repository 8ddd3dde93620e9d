"""Pins: rules about a single object. When its Set is opened again, kind, name and content identify the object.

While the Set stays open a pin follows its object through renames and moves. A pin that matches no object, or several
equally well, applies to all objects of its kind, and a warning says so.
"""

from __future__ import annotations

import hashlib
import logging

import msgspec

from mirror import Node
from mirror.kinds import schema_is_a
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
    """A hash of an object's content, 16 hex digits: devices, clips and notes, but no names, mixer or playing state."""
    digest = hashlib.sha256()
    for descendant in store.walk(node.id):
        facts = [descendant.type, descendant.props.get("class_name")]
        if descendant.type == "Clip":
            notes = descendant.props.get("notes") or ()
            facts += [descendant.props.get("length"), descendant.props.get("file_path")]
            facts += [(note.pitch, note.start_time, note.duration) for note in notes]
        if descendant.type in ("DeviceParameter", "ClipSlot") or descendant.type.endswith(".View"):
            continue
        digest.update(msgspec.json.encode(facts))
    return digest.hexdigest()[:16]


class Pins:
    """The objects that the pins of a policy match, by epoch."""

    def __init__(self) -> None:
        self._epoch = ""
        self._targets: dict[Pin, int] = {}
        self._said: set[Pin] = set()
        self._lost: dict[Pin, int] = {}
        """Pins without a match → `Store.naming` at the search; only a changed name or place can give a match."""

    def ids(self, store: Store, pin: Pin) -> list[int]:
        """The objects that a pin matches now: its own object (none after its deletion), or all objects of its kind."""
        id_ = self._find(store, pin)
        if id_ is not None:
            return [id_] if id_ in store.nodes else []
        return [
            id_ for type_ in store.types() if schema_is_a(type_, pin.kind) for id_ in store.of_type(type_)
        ]

    def lost(self, store: Store, pin: Pin) -> str:
        """The warning about a pin that matches no object; "" for a pin with a match."""
        if self._find(store, pin) is not None:
            return ""
        return f"this Set has no match for the pinned {pin.kind} {pin.name!r}: the rule applies to every {pin.kind}"

    def _find(self, store: Store, pin: Pin) -> int | None:
        if store.epoch != self._epoch:
            self._epoch, self._targets, self._said, self._lost = store.epoch, {}, set(), {}
        if pin in self._targets:
            return self._targets[pin]
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
        for matches in (alike, named):
            if len(matches) == 1:
                self._targets[pin] = matches[0].id
                return matches[0].id
        self._lost[pin] = store.naming
        if pin not in self._said:
            self._said.add(pin)
            log.warning(
                "this Set has no match for the policy's pin of %s %r: the rule applies to all objects of this kind",
                pin.kind,
                pin.name,
            )
        return None
