"""Operations in words, for the answer of a dry run.

"set volume of Drums to '-6 dB'", "add new notes of $2: 3 notes", "delete track: tracks/1 'Bass'". Methods keep Live's
names, spelled as words; objects are written as in a call: a ref with the name, or `$k` for the object of call k.
"""

from __future__ import annotations

import re
from collections.abc import Sized
from typing import TYPE_CHECKING, Any

from mirror import Node, Operation, Set
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.contract.late import as_written, change_by, is_late
from remote_script.SetMirror.contract.places import ID, is_identity, method_of

from . import units

if TYPE_CHECKING:
    from .plans import Scope

_COUNTED = {"notes": "note", "ints": "note", "objs": "object"}
"""Types of arguments that are too long to show; methods that take a list of whole numbers take ids of notes."""
_LONGEST = 60
_OF_SONG = ("tracks", "return_tracks", "scenes")
_BY_RETURN = re.compile(r"@([0-9]+)")
"""In a path below an object that does not exist yet: the send to the return track with this id."""


def words(scope: Scope, operation: Operation) -> str:
    """An operation in words."""
    target = _object(scope, operation.target)
    if isinstance(operation, Set):
        # For people the value of a parameter is the parameter itself: "volume", "Dry/Wet".
        owner = target if operation.name == "value" else f"{operation.name} of {target}"
        by = change_by(operation.value)
        if by is not None:
            return f"change {owner} by {by:+g}"
        if operation.name == "color" and isinstance(operation.value, int):
            return f"set {owner} to {units.color_text(operation.value)}"
        return f"set {owner} to {_text(scope, operation.value)}"
    node = _node(scope, operation.target)
    type_ = "Song" if target == "song" else node.type if node is not None else ""
    method = method_of(type_, operation.method)
    arguments = {argument.name: argument for argument in method.args} if method is not None else {}
    texts = [
        _argument(scope, arguments.get(name), name, value, alone=len(operation.args) == 1)
        for name, value in operation.args.items()
    ]
    phrase = operation.method.replace("_", " ")
    action = phrase if target == "song" else f"{phrase} of {target}" if texts else f"{phrase} {target}"
    return f"{action}: {', '.join(texts)}" if texts else action


def _argument(scope: Scope, argument: schema.Arg | None, name: str, value: Any, alone: bool) -> str:
    if argument is not None and argument.type in _COUNTED and isinstance(value, Sized):
        count = len(value)
        return f"{count} {_COUNTED[argument.type]}{'' if count == 1 else 's'}"
    if argument is not None and argument.is_place and isinstance(value, int):
        value = _at(scope, argument, value)
    if argument is not None and argument.type == "insert":
        if value in (-1, {ID: None}):
            return "at the end"
        return f"before {_text(scope, value)}"
    if argument is not None and argument.type in ("obj", "place"):
        text = _object(scope, value)
    else:
        text = _text(scope, value)
    return text if alone else f"{name.replace('_', ' ')} {text}"


def _at(scope: Scope, argument: schema.Arg, index: int) -> Any:
    """The object at an index of a list of the song; the index itself for other lists, and -1."""
    siblings = scope.children("song", argument.list_name) if argument.list_name in _OF_SONG else ()
    return {ID: siblings[index].id} if 0 <= index < len(siblings) else index


def _node(scope: Scope, target: Any) -> Node | None:
    known = isinstance(target, int) and not isinstance(target, bool) and scope.has_id(target)
    return scope.mirror.node(target) if known else None


def _object(scope: Scope, target: Any) -> str:
    """An object as a call writes it, with its name."""
    if is_identity(target):
        target = target[ID]
    if is_late(target):
        return _BY_RETURN.sub(lambda match: _name(scope, int(match[1])), scope.said(str(target)))
    node = _node(scope, target)
    if node is None:
        return target if isinstance(target, str) else _text(scope, target)
    ref = scope.ref(node)
    return f"{ref} {node.name!r}" if node.name and ref != "song" else ref


def _name(scope: Scope, id_: int) -> str:
    node = _node(scope, id_)
    return node.name if node is not None else f"@{id_}"


def _text(scope: Scope, value: Any) -> str:
    if is_identity(value) or is_late(value):
        return _object(scope, value)
    value = as_written(value)
    if isinstance(value, float):
        return f"{value:g}"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
