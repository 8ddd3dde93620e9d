"""Parses objects, children, notes and menus in their wire form; equal values of one step are stored once.

A payload is not trusted: an object of the wrong shape raises one of `BAD`; bad notes are left out and counted. So is a
menu that refers to no menu; then the mirror may lack more, and `problem` says why the Set must be fetched again.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from remote_script.SetMirror.contract import menus, schema

from .comparison import NOTES
from .model import Node, Note

BAD = (KeyError, TypeError, ValueError, IndexError, AttributeError)
"""Exceptions that a payload of the wrong shape raises."""
_NOTES_NAMES = frozenset(name for _, name in NOTES)
_NO_CHILDREN: dict[str, Any] = {}
_TEXTS = frozenset((str,))

PropsOf = Callable[[int], dict[str, Any]]
"""The present properties of an object, by id; KeyError."""


class BadReference(ValueError):
    """A menu refers to a menu that does not exist, or does not fit."""


class Payloads:
    """Parses the payloads of a step and counts bad parts in `bad`; `forget` ends a step."""

    def __init__(self, bad: Counter[str]) -> None:
        self.bad = bad
        self.problem = ""
        """The first bad reference of this step."""
        self._values: dict[Any, Any] = {}
        self._ids: dict[Any, Any] = {}
        self._holders: dict[str, type] = {}

    def forget(self) -> None:
        """Release the values of a step."""
        self._values, self._ids, self.problem = {}, {}, ""

    def node(self, payload: Any, revision: int, props_of: PropsOf) -> Node:
        id_, type_, parent, role, props, children = payload
        if type(id_) is not int or not isinstance(type_, str) or not isinstance(role, str):
            raise TypeError("an object is [id, type, parent, role, props, children]")
        if not isinstance(props, dict) or not isinstance(children, dict):
            raise TypeError("properties and children are objects")
        if parent is not None and type(parent) is not int:
            raise TypeError("a parent is an id")
        props = self._compact(id_, type_, props, props_of)
        for name in _NOTES_NAMES:
            if name in props and (type_, name) in NOTES:
                props[name] = self.notes(props[name])
        return Node(
            self._ids.setdefault(id_, id_),
            sys.intern(type_),
            self._ids.setdefault(parent, parent),
            sys.intern(role),
            props,
            {name: self.children(ids) for name, ids in children.items()} if children else _NO_CHILDREN,
            revision,
        )

    def _compact(self, id_: int, type_: str, props: dict[str, Any], props_of: PropsOf) -> dict[str, Any]:
        """The same properties in half the memory: 20,000 parameters have the same names, bounds and texts.

        CPython lets the attributes of a class's objects share one table of names; the dict outlives the object.
        """
        known = type_ if type_ in schema.CLASSES else ""
        holder = self._holders.get(known)
        if holder is None:
            holder = self._holders[known] = type("Properties", (), {})
        compact: dict[str, Any] = holder().__dict__
        values = self._values
        for name, value in props.items():
            kind = type(value)
            if kind is float or kind is str:
                value = values.setdefault(value, value)
            elif (kind is list or kind is dict) and name in menus.NAMES:
                try:
                    value = self.menu(id_, name, value, props_of)
                except BadReference:
                    continue
            compact[sys.intern(name)] = value
        return compact

    def menu(self, id_: int, name: str, payload: Any, props_of: PropsOf) -> Any:
        """The menu `name` of object `id_`; equal menus and labels are one object. BadReference, which is counted."""
        if type(payload) is dict:
            try:
                other, edit = payload["like"], payload.get("edit")
                if type(other) is not int or type(known := props_of(other)[name]) is not list:
                    raise TypeError("it is no list of labels")
                return known if edit is None else menus.replaced(known, edit)
            except BAD as problem:
                self.bad["menus"] += 1
                text = f"the menu {name} of object {id_} refers to a menu that does not fit: {problem!r}"
                self.problem = self.problem or text[:200]
                raise BadReference(text) from None
        if type(payload) is list and _TEXTS.issuperset(map(type, payload)):
            values = self._values
            labels = [values.setdefault(label, label) for label in payload]
            return values.setdefault(tuple(labels), labels)
        return payload

    def children(self, payload: Any) -> Any:
        ids = self._ids
        if payload is None or type(payload) is int:
            return ids.setdefault(payload, payload)
        if isinstance(payload, list) and all(type(id_) is int for id_ in payload):
            return tuple([ids.setdefault(id_, id_) for id_ in payload])
        raise TypeError("children are an id, null or a list of ids")

    def notes(self, payload: Any) -> Any:
        return None if payload is None else tuple(sorted(self.note_list(payload), key=note_order))

    def note_list(self, payload: Any) -> list[Note]:
        if not isinstance(payload, list):
            raise TypeError("notes are a list")
        notes = []
        for item in payload:
            try:
                note = Note(*item)
                if type(note.note_id) is not int:
                    raise TypeError("a note's id is a number")
                # Notes are sorted by these fields, so NaN is refused.
                if note.start_time + note.pitch != note.start_time + note.pitch:
                    raise ValueError("a note's place is a number")
                notes.append(note)
            except BAD:
                self.bad["notes"] += 1
        return notes


def note_order(note: Note) -> tuple[float, int, int]:
    return (note.start_time, note.pitch, note.note_id)
