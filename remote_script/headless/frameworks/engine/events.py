"""Events and their listeners: signals, objects with events, slots.

A slot attaches one listener to the event of one subject, an object of Live or of a script: both have
`add_X_listener`, `remove_X_listener`, `X_has_listener`. Setting `slot.subject` moves the listener to the new
subject. It is not an error to connect twice or to remove a listener that is not attached.
"""

from __future__ import annotations

import functools
import itertools
import weakref
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

from .lifetime import CompoundDisconnectable, Disconnectable
from .live import liveobj_valid
from .tools import NamedTuple, instance_decorator


class EventError(Exception):
    """An object does not have the event for a listener."""


class Signal:
    """Listeners, called in the order of their connection; their results are ignored."""

    def __init__(self, combiner: Any = None, sender: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._listeners: List[Tuple[Any, Any]] = []

    def connect(self, slot: Any, in_front: bool = False, sender: Any = None, **kwargs: Any) -> Any:
        """Call `slot` at each event from now on, with the sender, if any, as last argument."""
        if not self.is_connected(slot):
            target = slot
            if sender is not None:

                def target(*args: Any, **kwargs: Any) -> Any:
                    return slot(*(args + (sender,)), **kwargs)

            self._listeners.insert(0 if in_front else len(self._listeners), (slot, target))
        return slot

    def disconnect(self, slot: Any) -> None:
        self._listeners = [entry for entry in self._listeners if entry[0] != slot]

    def disconnect_all(self) -> None:
        self._listeners = []

    def is_connected(self, slot: Any) -> bool:
        return any(entry[0] == slot for entry in self._listeners)

    @property
    def count(self) -> int:
        return len(self._listeners)

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        for _, target in list(self._listeners):
            target(*args, **kwargs)


class Event(NamedTuple):
    """An event of a class with more facts than its name."""

    name: Any = None
    doc = ""
    signal = Signal
    override = False


class listenable_property_base:
    """Base of class attributes that define an event of their own name."""

    def set_property_name(self, name: str) -> None:
        """Called by the class when it is created."""


class listenable_property(listenable_property_base, property):
    """A property with an event; the setter has to call `notify_<name>`."""

    @classmethod
    def managed(cls, default_value: Any) -> Any:
        """A plain value that notifies its changes automatically."""
        return _ManagedProperty(default_value)


class _ManagedProperty(listenable_property_base):
    def __init__(self, default_value: Any) -> None:
        self._default = default_value
        self._name = ""

    def set_property_name(self, name: str) -> None:
        self._name = name

    def __get__(self, obj: Any, owner: Any = None) -> Any:
        if obj is None:
            return self
        return obj.__dict__.get("_managed_" + self._name, self._default)

    def __set__(self, obj: Any, value: Any) -> None:
        if value != self.__get__(obj):
            obj.__dict__["_managed_" + self._name] = value
            getattr(obj, "notify_" + self._name)(value)


def _signal_of(obj: Any, event: Event) -> Any:
    signals = obj.__dict__.setdefault("_event_signals", {})
    if event.name not in signals:
        signals[event.name] = event.signal(sender=obj)
    return signals[event.name]


def add_event(cls: type, event_name_or_event: Any) -> None:
    """Give a class the methods of an event."""
    event = event_name_or_event
    if isinstance(event, str):
        event = Event(name=event)
    name = event.name

    def has(self: Any, listener: Any) -> bool:
        return bool(_signal_of(self, event).is_connected(listener))

    def add(self: Any, listener: Any, identify_sender: bool = False, *args: Any, **kwargs: Any) -> Any:
        sender = self if identify_sender else None
        return _signal_of(self, event).connect(listener, *args, sender=sender, **kwargs)

    def remove(self: Any, listener: Any) -> Any:
        return _signal_of(self, event).disconnect(listener)

    def notify(self: Any, *args: Any, **kwargs: Any) -> Any:
        return _signal_of(self, event)(*args, **kwargs)

    def clear(self: Any) -> Any:
        return _signal_of(self, event).disconnect_all()

    def count(self: Any) -> int:
        return int(_signal_of(self, event).count)

    for pattern, function in (
        ("%s_has_listener", has),
        ("add_%s_listener", add),
        ("remove_%s_listener", remove),
        ("notify_%s", notify),
        ("clear_%s_listeners", clear),
        ("%s_listener_count", count),
    ):
        under = pattern % name
        if under not in vars(cls):
            function.__name__ = under
            setattr(cls, under, function)


class EventObjectMeta(type):
    """Reads `__events__`, `__subject_events__` and the listenable properties of a class."""

    @staticmethod
    def collect_listenable_properties(dct: Dict[str, Any]) -> List[Tuple[str, Any]]:
        return [
            (name, member) for name, member in dct.items() if isinstance(member, listenable_property_base)
        ]

    def __new__(mcs, name: str, bases: Tuple[type, ...], dct: Dict[str, Any]) -> Any:
        cls: Any = super().__new__(mcs, name, bases, dct)
        for under, prop in mcs.collect_listenable_properties(dct):
            prop.set_property_name(under)
            add_event(cls, under)
        for event in itertools.chain(dct.get("__events__", ()), dct.get("__subject_events__", ())):
            add_event(cls, event)
        return cls

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        made = super().__call__(*args, **kwargs)
        finish = getattr(made, "on_made", None)
        if finish is not None:
            finish()
        return made


class Subject(Disconnectable, metaclass=EventObjectMeta):
    """An object with events; `disconnect` removes all listeners."""

    def disconnect(self) -> None:
        super().disconnect()
        for signal in list(self.__dict__.get("_event_signals", {}).values()):
            signal.disconnect_all()


class SlotManager(CompoundDisconnectable):
    """Owns slots and disconnects them together with itself."""

    def register_slot(self, *args: Any, **kwargs: Any) -> Any:
        """Register a slot, or create it from subject, listener and event name."""
        slot = args[0] if args and isinstance(args[0], (Slot, MultiSlot)) else Slot(*args, **kwargs)
        return self.register_disconnectable(slot)

    def register_slot_manager(self, *args: Any, **kwargs: Any) -> Any:
        manager = args[0] if args and isinstance(args[0], SlotManager) else SlotManager(*args, **kwargs)
        return self.register_disconnectable(manager)


class EventObject(Subject, SlotManager):
    """An object that has events and owns slots."""


def has_event(obj: Any, event_name: str) -> bool:
    patterns = ("add_%s_listener", "remove_%s_listener", "%s_has_listener")
    return all(callable(getattr(obj, pattern % event_name, None)) for pattern in patterns)


def validate_event_interface(obj: Any, event_name: str) -> None:
    """EventError unless the object has the event."""
    for pattern in ("add_%s_listener", "remove_%s_listener", "%s_has_listener"):
        if not callable(getattr(obj, pattern % event_name, None)):
            raise EventError("%r has no event %r: %s is missing" % (obj, event_name, pattern % event_name))


class Slot(Disconnectable):
    """One listener at one event of one subject. Calling the slot calls the listener."""

    def __init__(
        self,
        subject: Any = None,
        listener: Any = None,
        event_name: Optional[str] = None,
        extra_kws: Optional[Dict[str, Any]] = None,
        extra_args: Optional[Iterable[Any]] = None,
        *args: Any,
        event: Optional[str] = None,
        function: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._event_name = str(event_name if event is None else event)
        self._extra_kws = dict(extra_kws or {})
        self._extra_args = tuple(extra_args or ())
        self._subject: Any = None
        self._listener: Any = None
        self.function = function
        self.subject = subject
        self.listener = listener

    def subject_valid(self, subject: Any) -> bool:
        return liveobj_valid(subject)

    def _do(self, pattern: str, **kwargs: Any) -> Any:
        if not self.subject_valid(self._subject) or self._listener is None:
            return None
        method = getattr(self._subject, pattern % self._event_name)
        try:
            return method(*(self._extra_args + (self._listener,)), **kwargs)
        except RuntimeError:
            return None

    @property
    def is_connected(self) -> bool:
        return bool(self._do("%s_has_listener"))

    def connect(self) -> None:
        if not self.is_connected:
            self._do("add_%s_listener", **self._extra_kws)

    def soft_disconnect(self) -> None:
        """Stop listening, but keep subject and listener."""
        if self.is_connected:
            self._do("remove_%s_listener")

    @property
    def subject(self) -> Any:
        return self._subject

    @subject.setter
    def subject(self, subject: Any) -> None:
        self._move(subject)

    def _move(self, subject: Any) -> None:
        if subject != self._subject:
            if self.subject_valid(subject):
                validate_event_interface(subject, self._event_name)
            self.soft_disconnect()
            self._subject = subject
            self.connect()

    @property
    def listener(self) -> Any:
        return self._listener

    @listener.setter
    def listener(self, listener: Any) -> None:
        if listener != self._listener:
            self.soft_disconnect()
            self._listener = listener
            self.connect()

    def disconnect(self) -> None:
        self.soft_disconnect()
        self._subject = None
        self._listener = None
        super().disconnect()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        target = self.function if self.function is not None else self.listener
        return None if target is None else target(*args, **kwargs)


class SlotGroup(EventObject):
    """The same listener at an event of many subjects; the identifier (or subject) is the last argument."""

    def __init__(
        self,
        listener: Any = None,
        event_name: Optional[str] = None,
        extra_kws: Optional[Dict[str, Any]] = None,
        extra_args: Optional[Iterable[Any]] = None,
        *args: Any,
        event: Optional[str] = None,
        function: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.listener = listener
        self.function = function
        self._event_name = event_name if event is None else event
        self._extra_kws, self._extra_args = extra_kws, extra_args

    def replace_subjects(self, subjects: Iterable[Any], identifiers: Any = None) -> None:
        self.disconnect()
        names = itertools.repeat(None) if identifiers is None else identifiers
        for subject, identifier in zip(subjects, names):
            self.add_subject(subject, identifier=identifier)

    def add_subject(self, subject: Any, identifier: Any = None) -> None:
        name = subject if identifier is None else identifier
        self.register_slot(
            subject, self._listener_for_subject(name), self._event_name, self._extra_kws, self._extra_args
        )

    def remove_subject(self, subject: Any) -> None:
        self.disconnect_disconnectable(self.find_disconnectable(lambda slot: slot.subject == subject))

    def has_subject(self, subject: Any) -> bool:
        return self.find_disconnectable(lambda slot: slot.subject == subject) is not None

    def _listener_for_subject(self, identifier: Any) -> Any:
        def heard(*args: Any, **kwargs: Any) -> Any:
            return self.listener and self.listener(*(args + (identifier,)), **kwargs)

        return heard

    __call__ = Slot.__call__


class MultiSlot(SlotManager):
    """A listener at the end of a path such as `view.selected_track.mixer_device`, notified of changes at each step."""

    def __init__(
        self,
        subject: Any = None,
        listener: Any = None,
        event_name_list: Optional[List[str]] = None,
        extra_kws: Optional[Dict[str, Any]] = None,
        extra_args: Optional[Iterable[Any]] = None,
        *args: Any,
        event: Optional[List[str]] = None,
        function: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._names = list(event_name_list if event is None else event)
        self.listener = listener
        self.function = function
        self._subject: Any = None
        self._slots = [
            self.register_slot(None, self._heard(depth), name, extra_kws, extra_args)
            for depth, name in enumerate(self._names)
        ]
        self.subject = subject

    def _heard(self, depth: int) -> Any:
        def heard(*args: Any, **kwargs: Any) -> None:
            self._wire(depth + 1)
            if self.listener is not None:
                self.listener(*args, **kwargs)

        return heard

    def _wire(self, start: int) -> None:
        """Set the subjects of the slots from `start` on to the path's present objects."""
        for depth in range(max(start, 0), len(self._slots)):
            if depth == 0:
                subject = self._subject
            else:
                before = self._holders[depth - 1]
                subject = getattr(before, self._names[depth - 1]) if liveobj_valid(before) else None
            self._holders[depth] = subject
            last = depth == len(self._slots) - 1
            if not last and liveobj_valid(subject) and not has_event(subject, self._names[depth]):
                # A step without an event never changes, such as `view`.
                self._slots[depth].subject = None
            else:
                self._slots[depth].subject = subject

    @property
    def subject(self) -> Any:
        return self._subject

    @subject.setter
    def subject(self, subject: Any) -> None:
        self._subject = subject
        self._holders: List[Any] = [None] * len(self._slots)
        self._wire(0)

    @property
    def is_connected(self) -> bool:
        return bool(self._slots and self._slots[-1].is_connected)

    def disconnect(self) -> None:
        super().disconnect()
        self._subject = None
        self.listener = None

    __call__ = Slot.__call__


def listens(event_path: str, *args: Any, **kwargs: Any) -> Any:
    """Decorator: the method becomes a slot, one for each instance; set its `subject` to connect it."""

    @instance_decorator
    def decorator(self: Any, method: Any) -> Any:
        bound = functools.partial(method, self)
        names = event_path.split(".")
        slot: Any
        if len(names) > 1:
            slot = MultiSlot(event_name_list=names, extra_kws=kwargs, extra_args=args, listener=bound)
        else:
            slot = Slot(event_name=event_path, extra_kws=kwargs, extra_args=args, listener=bound)
        slot.function = bound
        slot.__name__ = method.__name__
        slot.__doc__ = method.__doc__
        return self.register_disconnectable(slot)

    return decorator


def listens_group(event_name: str, *args: Any, **kwargs: Any) -> Any:
    """Decorator: the method becomes a slot group, one for each instance."""

    @instance_decorator
    def decorator(self: Any, method: Any) -> Any:
        bound = functools.partial(method, self)
        made = SlotGroup(event_name=event_name, extra_kws=kwargs, extra_args=args, listener=bound)
        made.function = bound
        made.__name__ = method.__name__
        made.__doc__ = method.__doc__
        return self.register_disconnectable(made)

    return decorator


class ObservablePropertyAlias(EventObject):
    """Another object's property as a property of this object, with its event."""

    def __init__(
        self,
        alias_host: Any,
        property_host: Any = None,
        property_name: str = "",
        alias_name: Optional[str] = None,
        getter: Optional[Callable[[Any], Any]] = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._host = weakref.ref(alias_host)
        self._property_host = property_host
        self._property_name = property_name
        under = alias_name or property_name
        setattr(type(alias_host), under, property(getter or self._read))
        self._slot = self.register_slot(property_host, getattr(alias_host, "notify_" + under), property_name)

    def _read(self, _: Any) -> Any:
        return getattr(self._property_host, self._property_name, None)

    @property
    def property_host(self) -> Any:
        return self._property_host

    @property_host.setter
    def property_host(self, host: Any) -> None:
        self._property_host = host
        self._slot.subject = host


class SerializableListenableProperties(EventObject):
    """An object whose listenable properties can be pickled."""
