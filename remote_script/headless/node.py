"""The nodes of the document, which scripts see through handles, and the one way to change a node.

How behaviour is attached: a class in `model` derives from `Node`, sets `LOM` to its name in Live's
Object Model and registers with `@model`. For a member `x` of Live's class the surface looks, in this
order, at

    get_x(self)           reading; else the plain attribute `x` (a class attribute is the default)
    set_x(self, value)    writing; else `check_x(value) -> value` if there is one, then `change("x", value)`
    call_x(self, *args)   calling a method; arguments arrive checked, in Live's order, defaults filled in

These methods take and return nodes; the surface converts nodes to handles and back. A member with none of
these methods raises NotImplementedError by name. `GUESSES` names members whose behaviour is a guess, `UNTRACKED`
members that Live's history does not record, `OWNS` the fields that contain children. The table in `turns` names
the properties that settle on the next engine tick.

All writes go through `change(field, value)`: an equal value does nothing; a change inside a notification or an
undo is refused; the history records the change unless the field is untracked; listeners run when the outermost
`edit()` ends, when all values agree. Values are immutable (tuples for lists), so the history keeps old values.
`derive` stores a value that follows from other values: never refused, never recorded. `on_change` may only derive,
because undo runs `on_change` too. Removing a child from its owner kills the child and all nodes below: they lose
their `_live_ptr` and their listeners. Undo restores the node with a new `_live_ptr`.
"""

from __future__ import annotations

import traceback
import weakref
from types import MethodType
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    ClassVar,
    Dict,
    FrozenSet,
    Iterator,
    List,
    Optional,
    Tuple,
    Type,
)

IN_NOTIFICATION = "Changes cannot be triggered by notifications. You will need to defer your response."
IN_UNDO = "Changes cannot be triggered during undo or redo."

MODELS: Dict[str, Type[Node]] = {}
"""LOM name → the model class that implements it."""


def model(cls: Any) -> Any:
    """Register the class for its LOM name."""
    for name in (cls.LOM,) + cls.OLD:
        MODELS[name] = cls
    return cls


class Listener:
    """One listener: a strong reference to a plain callable, a weak reference to the self of a bound method."""

    __slots__ = ("function", "owner")

    def __init__(self, callback: Any) -> None:
        if type(callback) is MethodType:
            self.function = callback.__func__
            self.owner: Any = weakref.ref(callback.__self__)
            return
        owner = getattr(callback, "__self__", None)
        function = getattr(callback, "__func__", None)
        if owner is not None and function is not None:
            self.function = function
            self.owner = weakref.ref(owner)
        else:
            self.function = callback
            self.owner = None

    def matches(self, callback: Any) -> bool:
        if self.owner is None:
            return bool(self.function == callback)
        return (
            getattr(callback, "__func__", None) is self.function
            and getattr(callback, "__self__", None) is self.owner()
        )

    @property
    def alive(self) -> bool:
        return self.owner is None or self.owner() is not None

    def call(self) -> None:
        if self.owner is None:
            self.function()
        else:
            owner = self.owner()
            if owner is not None:
                self.function(owner)


class Node:
    """One object of the document.

    `ptr` is its `_live_ptr`, None while it is not part of a living document.
    """

    LOM: ClassVar[str] = ""
    OLD: ClassVar[Tuple[str, ...]] = ()
    """Names of the class in older versions of Live."""
    OWNS: ClassVar[Tuple[str, ...]] = ()
    UNTRACKED: ClassVar[FrozenSet[str]] = frozenset()
    GUESSES: ClassVar[FrozenSet[str]] = frozenset()
    RAW: ClassVar[FrozenSet[str]] = frozenset()
    """Properties whose setter takes the script's value unconverted."""
    SYNCED: ClassVar[FrozenSet[str]] = frozenset()
    """Fields that enter the history only when Live syncs parameters."""

    lom = ""
    ptr: Optional[int] = None
    parent: Optional[Node] = None
    listeners: Optional[Dict[Any, List[Listener]]] = None

    if TYPE_CHECKING:
        # `own` and the builders add the fields; mypy cannot see them.

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, doc: Document, **values: Any) -> None:
        self.doc = doc
        # Not through `__dict__`: CPython then keeps the values in the object itself, where they are read faster.
        for field, value in values.items():
            setattr(self, field, value)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "LOM" in cls.__dict__:
            cls.lom = cls.LOM

    def __repr__(self) -> str:
        return "<%s %r ptr=%s>" % (self.lom, getattr(self, "name", ""), self.ptr)

    @classmethod
    def other_getter(cls, prop: Any) -> Optional[Callable[[Any], Any]]:
        """A function that reads a property which the class does not define; None: not implemented."""
        return None

    def other_setter(self, name: str, value: Any) -> bool:
        """Write a property which the class does not define; False: not implemented."""
        return False

    # The tree

    @property
    def canonical_parent(self) -> Optional[Node]:
        return self.parent

    def own(self, field: str, value: Any) -> Any:
        """Set a field to a child or a tuple of children while the object is being built."""
        for child in _nodes(value):
            child.parent = self
        self.__dict__[field] = value
        return value

    def owned(self) -> Iterator[Node]:
        """The direct children."""
        for field in self.OWNS:
            for child in _nodes(getattr(self, field)):
                yield child

    def walk(self) -> Iterator[Node]:
        """This node and all nodes below."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.owned())

    # Changing

    def change(self, field: str, value: Any, tracked: Optional[bool] = None) -> bool:
        """Set a field as an edit; True when the value changed.

        Raises:
          RuntimeError: inside a notification, or during undo.
        """
        old = getattr(self, field)
        if old is value or (old == value and old.__class__ is value.__class__):
            return False
        doc = self.doc
        doc.may_change()
        doc.begin()
        try:
            if tracked is None:
                tracked = field not in self.UNTRACKED
            if tracked:
                doc.history.record(self, field, old, value)
            self.store(field, old, value)
        finally:
            doc.end()
        return True

    def insert(self, field: str, index: int, child: Any) -> None:
        """Insert a child into an owned list."""
        children = getattr(self, field)
        self.change(field, children[:index] + (child,) + children[index:])

    def remove(self, field: str, child: Any) -> None:
        """Remove a child from an owned list; the child dies unless the same edit inserts it elsewhere."""
        self.change(field, tuple(node for node in getattr(self, field) if node is not child))

    def derive(self, field: str, value: Any) -> bool:
        """Set a field that follows from other fields; True when the value changed."""
        old = getattr(self, field)
        if old is value or (old == value and old.__class__ is value.__class__):
            return False
        doc = self.doc
        doc.begin()
        try:
            self.store(field, old, value)
        finally:
            doc.end()
        return True

    def store(self, field: str, old: Any, value: Any) -> None:
        """Set the value, adopt and orphan children, notify. Only for `change`, `derive` and the history."""
        self.__dict__[field] = value
        if field in self.OWNS:
            kept = set(map(id, _nodes(value)))
            for child in _nodes(old):
                if id(child) not in kept:
                    self.doc.orphan(child)
            before = set(map(id, _nodes(old)))
            for child in _nodes(value):
                if id(child) not in before:
                    child.parent = self
                    self.doc.adopt(child, self)
        self.notify(field)
        self.on_change(field, old, value)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        """Derive the values that follow from this field; undo calls this method, too."""

    def on_copied(self, made: Dict[int, Node]) -> None:
        """Adapt a copied node; `made` maps ids of the originals to the copies."""

    def on_death(self) -> None:
        """Called when the node has left the document."""

    def notify(self, event: Any) -> None:
        """Call the listeners of `event` when the edit ends."""
        listeners = self.listeners
        if listeners is not None and event in listeners:
            self.doc.notify(self, event)

    # Listening

    def add_listener(self, event: Any, callback: Any) -> None:
        listeners = self.listeners
        if listeners is None:
            listeners = self.listeners = {}
        mine = listeners.get(event)
        if mine is None:
            listeners[event] = [Listener(callback)]
            return
        for listener in mine:
            if listener.matches(callback):
                raise RuntimeError("Observer already connected")
        mine.append(Listener(callback))

    def remove_listener(self, event: Any, callback: Any) -> None:
        mine = (self.listeners or {}).get(event, [])
        for listener in mine:
            if listener.matches(callback):
                mine.remove(listener)
                return
        raise RuntimeError("Observer not connected")

    def has_listener(self, event: Any, callback: Any) -> bool:
        return any(listener.matches(callback) for listener in (self.listeners or {}).get(event, ()))


def _nodes(value: Any) -> Tuple[Node, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


class Document:
    """State that all nodes of one Set share: edits in progress, notifications, pointers, the history."""

    POINTERS = 0x600000C00000
    _last_ptr = POINTERS

    if TYPE_CHECKING:
        # `LiveSet` adds the parts of a Set: song, application, transport, routing, surface, live.

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, log: Callable[[str], None] = lambda text: None) -> None:
        from .history import History

        self.log = log
        self.main = 0
        """Ident of Live's main thread; set by the host."""
        self.off_main: Callable[[str], None] = lambda access: None
        self.hazard: Callable[[str], None] = lambda name: None
        """Called with a key of `SetMirror.hazards` when a script makes a call that crashes some versions of Live."""
        self.history = History(self)
        self.notifying = 0
        self.undoing = False
        self.building = True
        self._depth = 0
        self._pending: Dict[Tuple[int, Any], Tuple[Node, Any]] = {}
        self._orphans: Dict[int, Node] = {}
        self._refreshes: Dict[Any, Callable[[], None]] = {}
        self.later: List[Callable[[], None]] = []
        """Actions for the next engine tick."""

    # Edits

    def may_change(self) -> None:
        if self.undoing:
            raise RuntimeError(IN_UNDO)
        if self.notifying:
            raise RuntimeError(IN_NOTIFICATION)

    def begin(self) -> None:
        self._depth += 1

    def end(self) -> None:
        self._depth -= 1
        if self._depth == 0 and (self._pending or self._orphans or self._refreshes):
            self._settle()

    def edit(self) -> Edit:
        """`with doc.edit():` makes several changes as one edit: listeners run after the last change."""
        return Edit(self)

    def refresh(self, key: Any, derive: Callable[[], None]) -> None:
        """Run `derive` before the listeners, once for each key."""
        self._refreshes[key] = derive
        if self._depth == 0:
            self.begin()
            self.end()

    def _settle(self) -> None:
        self._depth += 1
        try:
            while self._orphans:
                _, orphan = self._orphans.popitem()
                self._bury(orphan)
            while self._refreshes:
                key = next(iter(self._refreshes))
                self._refreshes.pop(key)()
        finally:
            self._depth -= 1
        pending, self._pending = self._pending, {}
        if pending:
            self._call_listeners(pending)

    def notify(self, node: Node, event: Any) -> None:
        """Call the listeners of this event when the outermost edit ends; at once outside an edit."""
        self._pending[(id(node), event)] = (node, event)
        if self._depth == 0:
            pending, self._pending = self._pending, {}
            self._call_listeners(pending)

    def _call_listeners(self, pending: Dict[Tuple[int, Any], Tuple[Node, Any]]) -> None:
        self.notifying += 1
        try:
            for node, event in pending.values():
                mine = (node.listeners or {}).get(event)
                if not mine:
                    continue
                for listener in tuple(mine):
                    if not listener.alive:
                        if listener in mine:
                            mine.remove(listener)
                        continue
                    if listener not in mine:
                        continue
                    try:
                        listener.call()
                    except Exception:
                        # Guess: Live logs the error and calls the next listener.
                        self.log(traceback.format_exc())
        finally:
            self.notifying -= 1

    # Life

    def new_ptr(self) -> int:
        Document._last_ptr += 16
        return Document._last_ptr

    def adopt(self, child: Node, parent: Node) -> None:
        self._orphans.pop(id(child), None)
        if child.ptr is None and parent.ptr is not None:
            self.bear(child)

    def bear(self, node: Node) -> None:
        """Give the node and all nodes below a pointer."""
        for member in node.walk():
            member.ptr = self.new_ptr()

    def orphan(self, child: Node) -> None:
        if child.ptr is not None:
            self._orphans[id(child)] = child

    def _bury(self, node: Node) -> None:
        for member in node.walk():
            member.ptr = None
            member.listeners = None
            member.on_death()

    # Time

    def on_next_tick(self, action: Callable[[], None]) -> None:
        self.later.append(action)

    def run_later(self) -> None:
        """Run the actions that were deferred to this engine tick."""
        later, self.later = self.later, []
        for action in later:
            try:
                action()
            except Exception:
                self.log(traceback.format_exc())

    def change_later(self, node: Node, field: str, value: Any) -> None:
        """Make a change on the next engine tick, in the undo step that is open now."""
        self.may_change()
        step = self.history.ticket()

        def settle() -> None:
            if node.ptr is not None:
                with self.history.into(step):
                    node.change(field, value)

        self.on_next_tick(settle)


class Edit:
    """Context manager that makes several changes one edit; see `Document.edit`."""

    __slots__ = ("doc",)

    def __init__(self, doc: Document) -> None:
        self.doc = doc

    def __enter__(self) -> None:
        self.doc.may_change()
        self.doc.begin()

    def __exit__(self, *exc: Any) -> None:
        self.doc.end()
