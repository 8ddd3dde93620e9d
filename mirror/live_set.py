"""The Set as objects with Live's own names: `mirror.song.tracks[0].mixer_device.volume.value`.

A `LiveObject` stores an id and no state: every attribute is read from the mirror at that moment. So the object
stays valid when Live's object moves, and raises `StaleReference` once Live's object is deleted. Properties and
methods are those of the table; `live_set.pyi` beside this file is made from the same table (`python -m
tests.mirror.typed_views`), so that an editor completes them and a type checker finds mistakes.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from remote_script.SetMirror.contract import schema

from . import errors
from .model import Call, Node, Set, WriteResult

if TYPE_CHECKING:
    from .mirror import Mirror
    from .typed_events import Events


class LiveObject:
    """One object of the Set. Two of them are equal if they stand for the same object of the same mirror."""

    __slots__ = ("_id", "_mirror")
    _classes: dict[str, type[LiveObject]] = {}

    def __init__(self, mirror: Mirror, id_: int) -> None:
        self._mirror, self._id = mirror, id_

    @property
    def node(self) -> Node:
        """The mirror's node: id, type, props. StaleReference when the object is deleted."""
        return self._mirror.node(self._id)

    @property
    def ref(self) -> str:
        """The object's present path, as `tracks/2/devices/0`. StaleReference when the object is deleted."""
        return self._mirror.ref(self._id)

    @property
    def exists(self) -> bool:
        """False once the object is deleted."""
        return self._id in self._mirror.store.nodes

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        node = self.node
        row = schema.properties(node.type).get(name)
        if row is not None:
            return self._read(node, row)
        method = schema.methods(node.type).get(name)
        if method is None or method.effect == "internal":
            raise AttributeError(f"{node.type} has no {name!r} in Live's Object Model")
        return self._caller(method)

    def _read(self, node: Node, row: schema.Property) -> Any:
        if row.is_tree:
            child = node.children.get(row.name)
            if row.type == "children":
                return tuple(view(self._mirror, id_) for id_ in child or ())
            return None if child is None else view(self._mirror, child)
        if row.kind == "gauge":
            raise AttributeError(f"{row.name} changes all the time: use `await song.read({row.name!r})`")
        if row.name not in node.props:
            raise AttributeError(f"{self.ref} ({node.type}) has no {row.name!r} now")
        value = node.props[row.name]
        if row.type == "refs":
            return tuple(view(self._mirror, id_) for id_ in value or ())
        if row.type == "ref":
            return None if value is None else view(self._mirror, value)
        return self._mirror.shown(node, row.name)

    def __dir__(self) -> list[str]:
        type_ = self.node.type if self.exists else ""
        rows = schema.properties(type_) if type_ in schema.CLASSES else {}
        methods = schema.methods(type_) if rows else {}
        return [
            *super().__dir__(),
            *rows,
            *(name for name, method in methods.items() if method.effect != "internal"),
        ]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LiveObject) and (self._mirror, self._id) == (other._mirror, other._id)

    def __hash__(self) -> int:
        return hash(self._id)

    def __repr__(self) -> str:
        if not self.exists:
            return f"<{type(self).__name__} that was deleted>"
        name = f" {self.node.name!r}" if self.node.name else ""
        return f"<{self.node.type}{name} at {self.ref}>"

    async def read(self, name: str) -> Any:
        """Read a property from Live now, gauges included: one round trip.

        Raises:
          MirrorError: the property cannot be read.
        """
        (value,) = await self._mirror.read_now([(self._id, name)])
        if isinstance(value, errors.MirrorError):
            raise value
        return value

    async def set(self, **values: Any) -> WriteResult:
        """Set properties in one undo step; returns when Live and the mirror show them.

        Raises:
          MirrorError: refused, nothing was changed.
        """
        return await self._mirror.write(
            [Set(self._id, name, _as_argument(value)) for name, value in values.items()]
        )

    def _caller(self, method: schema.Method) -> Callable[..., Coroutine[Any, Any, WriteResult]]:
        async def call(*positional: Any, overwrite: bool = False, **named: Any) -> WriteResult:
            names = [argument.name for argument in method.args]
            if len(positional) > len(names):
                raise TypeError(f"{method.name} takes {len(names)} arguments, got {len(positional)}")
            arguments = {**dict(zip(names, positional, strict=False)), **named}
            places = {argument.name for argument in method.args if argument.is_place}
            values = {name: _as_argument(value, name in places) for name, value in arguments.items()}
            return await self._mirror.write([Call(self._id, method.name, values, overwrite)])

        call.__name__ = method.name
        return call

    def events(self, *, below: bool = False) -> Events:
        """Future events of this object; with `below`, also of all objects below it."""
        ref = self.ref
        patterns = ["**"] if below and ref == "song" else [ref, f"{ref}/**"] if below else [f"id:{self._id}"]
        return self._mirror.events(*patterns)


def _as_argument(value: Any, is_place: bool = False) -> Any:
    if isinstance(value, LiveObject):
        return {"id": value._id} if is_place else value._id
    return value


def python_name(class_: str) -> str:
    """The Python name of a class of the table: "Track.View" is `TrackView`."""
    return class_.replace(".", "")


def _make() -> None:
    """Make a Python class for every class of the table, so that `isinstance` works."""
    for class_ in schema.CLASSES.values():
        base = LiveObject._classes.get(class_.base, LiveObject)
        made = type(python_name(class_.name), (base,), {"__slots__": (), "__module__": __name__})
        LiveObject._classes[class_.name] = made
        globals()[made.__name__] = made


def view(mirror: Mirror, id_: int) -> Any:
    """The object with this id, as an instance of its class."""
    return LiveObject._classes.get(mirror.node(id_).type, LiveObject)(mirror, id_)


_make()
