"""Values of a script that look like Live's parameters, and Live's objects with additional members."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Tuple

from . import banks
from .events import EventObject, listenable_property
from .lifetime import CompoundDisconnectable
from .live import liveobj_valid
from .proxies import Proxy
from .tools import nop


def to_percentage_display(value: float) -> str:
    """0.25 as "25.0 %"."""
    percent = 100.0 * value
    return "%.*f %%" % (0 if percent >= 100.0 else 1, percent)


class InternalParameterBase(EventObject):
    """A script's own value with the interface of Live's DeviceParameter."""

    is_enabled, is_quantized, is_mapped_to_live = True, False, False

    def __init__(self, name: Optional[str] = None, *args: Any, **kwargs: Any) -> None:
        assert name is not None, "an internal parameter needs a name"
        super().__init__(*args, **kwargs)
        self._name = name

    @listenable_property
    def name(self) -> str:
        return self._name

    @property
    def original_name(self) -> str:
        return self._name

    @property
    def canonical_parent(self) -> Any:
        raise NotImplementedError("canonical_parent")

    @property
    def value(self) -> Any:
        raise NotImplementedError("value")

    @property
    def min(self) -> Any:
        raise NotImplementedError("min")

    @property
    def max(self) -> Any:
        raise NotImplementedError("max")

    @property
    def default_value(self) -> Any:
        return self.min

    @property
    def display_value(self) -> str:
        raise NotImplementedError("display_value")

    @listenable_property
    def state(self) -> int:
        return 0

    @listenable_property
    def automation_state(self) -> int:
        return 0

    @property
    def value_items(self) -> List[str]:
        return []

    short_value_items = property(lambda self: self.value_items)

    def __str__(self) -> str:
        return self.display_value


class InternalParameter(InternalParameterBase):
    """A value from 0.0 to 1.0; `linear_value` is the value before `set_scaling_functions`."""

    __events__ = ("value",)

    def __init__(
        self, parent: Any = None, display_value_conversion: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._value: Any = 0.0
        self._parent = parent
        self._to_internal: Callable[..., Any] = lambda value, _parent: value
        self._from_internal: Callable[..., Any] = lambda value, _parent: value
        self.set_display_value_conversion(display_value_conversion)

    def set_display_value_conversion(self, display_value_conversion: Any) -> None:
        self._display = display_value_conversion or to_percentage_display
        self.notify_value()

    def set_scaling_functions(self, to_internal: Any, from_internal: Any) -> None:
        """Set the functions that convert a value to the linear one, and back; each takes (value, parent)."""
        self._to_internal = to_internal or self._to_internal
        self._from_internal = from_internal or self._from_internal

    @property
    def canonical_parent(self) -> Any:
        return self._parent

    @property
    def value(self) -> Any:
        return self._from_internal(self.linear_value, self._parent)

    @value.setter
    def value(self, value: Any) -> None:
        assert self.min <= value <= self.max, "a value must be %s to %s, got %r" % (self.min, self.max, value)
        self.linear_value = self._to_internal(value, self._parent)

    @property
    def linear_value(self) -> Any:
        return self._value

    @linear_value.setter
    def linear_value(self, value: Any) -> None:
        if value != self._value:
            self._value = value
            self.notify_value()

    @property
    def min(self) -> Any:
        return 0.0

    @property
    def max(self) -> Any:
        return 1.0

    @property
    def display_value(self) -> str:
        return str(self._display(self.value))


class RelativeInternalParameter(InternalParameter):
    """A parameter for endless knobs: a set value is notified as `delta`, and the value stays in the middle."""

    __events__ = ("delta",)

    @property
    def default_value(self) -> float:
        return 0.5

    @property
    def linear_value(self) -> Any:
        return 0.5

    @linear_value.setter
    def linear_value(self, value: Any) -> None:
        if value != 0.5:
            self.notify_delta(value - 0.5)


class WrappingParameter(InternalParameter):
    """A property of an object as a parameter; the conversions take (value, host)."""

    def __init__(
        self,
        property_host: Any = None,
        source_property: str = "",
        from_property_value: Any = None,
        to_property_value: Any = None,
        display_value_conversion: Any = nop,
        value_items: Any = (),
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self._host, self._property, self._items = property_host, source_property, list(value_items)
        super().__init__(kwargs.pop("parent", None), display_value_conversion, *args, **kwargs)
        self.set_scaling_functions(to_property_value, from_property_value)
        self._value_slot = self.register_slot(property_host, self.notify_value, source_property)

    def set_property_host(self, new_host: Any) -> None:
        self._host = self._value_slot.subject = new_host

    @property
    def linear_value(self) -> Any:
        return getattr(self._host, self._property) if liveobj_valid(self._host) else self.min

    @linear_value.setter
    def linear_value(self, value: Any) -> None:
        if liveobj_valid(self._host):
            setattr(self._host, self._property, value)

    @property
    def value(self) -> Any:
        return self._from_internal(self.linear_value, self._host)

    @value.setter
    def value(self, value: Any) -> None:
        self.linear_value = self._to_internal(value, self._host)

    @property
    def is_quantized(self) -> bool:  # type: ignore[override]
        return bool(self._items)

    @property
    def value_items(self) -> List[str]:
        return self._items

    @property
    def display_value(self) -> str:
        return str(self._display(self.value) if self._display is not nop else self.value)


class BoolWrappingParameter(WrappingParameter):
    """A property that is true or false, as a parameter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("to_property_value", lambda value, _host: bool(value))
        kwargs.setdefault("from_property_value", lambda value, _host: int(value))
        super().__init__(*args, **kwargs)


class IntegerParameter(InternalParameter):
    """An integer property from `min_value` to before `max_value`, as a parameter."""

    def __init__(
        self,
        integer_value_host: Any = None,
        integer_value_property_name: str = "",
        min_value: Any = None,
        max_value: Any = None,
        show_as_quantized: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self._host, self._property = integer_value_host, integer_value_property_name
        self._range, self._quantized = (min_value, max_value), show_as_quantized
        super().__init__(kwargs.pop("parent", None), str, *args, **kwargs)
        self.register_slot(integer_value_host, self.notify_value, integer_value_property_name)

    is_quantized = property(lambda self: self._quantized)
    min = property(lambda self: self._range[0])
    max = property(lambda self: self._range[1])

    @property
    def linear_value(self) -> Any:
        return getattr(self._host, self._property)

    @linear_value.setter
    def linear_value(self, value: Any) -> None:
        setattr(self._host, self._property, int(value))

    @property
    def value_items(self) -> List[str]:
        return [str(number) for number in range(self.min, self.max)] if self._quantized else []


class EnumWrappingParameter(InternalParameterBase):
    """An index into a list of values, both properties of some objects."""

    is_quantized = True

    def __init__(
        self,
        parent: Any = None,
        index_property_host: Any = None,
        values_host: Any = None,
        values_property: str = "",
        index_property: str = "",
        value_type: Any = int,
        to_index_conversion: Any = None,
        from_index_conversion: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._parent, self._host, self._values_host = parent, index_property_host, values_host
        self._values_property, self._index_property = values_property, index_property
        self._to_index = to_index_conversion or (lambda value: value)
        self._from_index = from_index_conversion or value_type
        self._index_slot = self.register_slot(index_property_host, self.notify_value, index_property)
        if hasattr(values_host, values_property + "_has_listener"):
            self.register_slot(values_host, self.notify_value_items, values_property)

    def set_property_host(self, new_host: Any) -> None:
        self._host = self._index_slot.subject = new_host

    @property
    def canonical_parent(self) -> Any:
        return self._parent

    @listenable_property
    def value(self) -> Any:
        return self._to_index(getattr(self._host, self._index_property))

    @value.setter
    def value(self, new_value: Any) -> None:
        setattr(self._host, self._index_property, self._from_index(new_value))

    @listenable_property
    def value_items(self) -> List[str]:
        return list(getattr(self._values_host, self._values_property))

    @property
    def display_value(self) -> str:
        items, at = self.value_items, int(self.value)
        return str(items[at]) if 0 <= at < len(items) else ""

    @property
    def min(self) -> int:
        return 0

    @property
    def max(self) -> int:
        return len(self.value_items) - 1


class NotifyingList(EventObject):
    """A list of values with one chosen value; event `index`."""

    __events__ = ("index",)

    def __init__(self, available_values: Any, default_value: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._available_values = available_values
        self._index = 0 if default_value is None else default_value

    @property
    def available_values(self) -> Any:
        return self._available_values

    @property
    def index(self) -> int:
        return self._index

    @index.setter
    def index(self, value: int) -> None:
        if not 0 <= value < len(self._available_values):
            raise IndexError("an index must be below %d, got %r" % (len(self._available_values), value))
        if value != self._index:
            self._index = value
            self.notify_index()


def get_parameter_by_name(decorator: Any, name: str) -> Any:
    """A parameter of the device behind a decorator."""
    return banks.get_parameter_by_name(getattr(decorator, "_live_object", decorator), name)


class LiveObjectDecorator(CompoundDisconnectable, Proxy):
    """One of Live's objects with additional members; equal to the object."""

    def __init__(self, live_object: Any = None, additional_properties: Any = None) -> None:
        assert live_object is not None, "a decorator needs an object"
        super().__init__()
        self.proxied_object = self._live_object = live_object
        for name, value in (additional_properties or {}).items():
            setattr(self, name, value)

    def __eq__(self, other: object) -> bool:
        return self is other or self._live_object == getattr(other, "_live_object", other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._live_object)


class DecoratorFactory(CompoundDisconnectable):
    """Creates one decorator for each of Live's objects."""

    _decorator: Any = LiveObjectDecorator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decorated_objects: List[Tuple[Any, Any]] = []

    def decorate(self, live_object: Any, additional_properties: Any = None, **kwargs: Any) -> Any:
        if not self._should_be_decorated(live_object):
            return live_object
        decorated = next((made for original, made in self.decorated_objects if original == live_object), None)
        if decorated is None:
            decorated = self.register_disconnectable(
                self._get_decorated_object(live_object, additional_properties or {}, **kwargs)
            )
            self.decorated_objects.append((live_object, decorated))
        return decorated

    def _should_be_decorated(self, device: Any) -> bool:
        return True

    def _get_decorated_object(self, live_object: Any, additional_properties: Any, **kwargs: Any) -> Any:
        return self._decorator(live_object=live_object, additional_properties=additional_properties)


class DeviceDecoratorFactory(DecoratorFactory):
    """Decorates devices whose class has an entry in DECORATOR_CLASSES; headless Live has none, a subclass may."""

    DECORATOR_CLASSES: Dict[str, Any] = {}

    @classmethod
    def generate_decorated_device(
        cls, device: Any, additional_properties: Any = None, song: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        kind = cls.DECORATOR_CLASSES[device.class_name]
        return kind(*args, live_object=device, additional_properties=additional_properties or {}, **kwargs)

    def _should_be_decorated(self, device: Any) -> bool:
        return liveobj_valid(device) and device.class_name in self.DECORATOR_CLASSES

    def _get_decorated_object(self, live_object: Any, additional_properties: Any, **kwargs: Any) -> Any:
        return self.generate_decorated_device(live_object, additional_properties, **kwargs)
