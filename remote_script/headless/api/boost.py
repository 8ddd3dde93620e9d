"""Boost.Python as scripts see it: errors with C++ signatures, enums, vectors, plain value classes.

Texts as Live prints them (reported and measured); classes name the leaf of their module, `<class
'Base.Vector'>`.
"""

from __future__ import annotations

from operator import attrgetter
from threading import get_ident
from typing import Any, Callable, Dict, Iterable, Iterator, List, Sequence, Tuple, Type

READ_ONLY_CONTAINER = "Cannot modify read only container."
OUT_OF_RANGE = "Index out of range"


class ArgumentError(TypeError):
    """Raised for arguments that fit no C++ signature, and for each use of a dead object."""


ArgumentError.__module__ = "Boost.Python"


class Instance:
    """Base of all of Live's classes."""

    __slots__ = ("__dict__", "__weakref__")


Instance.__name__ = Instance.__qualname__ = "instance"
Instance.__module__ = "Boost.Python"


def python_type(value: Any) -> str:
    return type(value).__name__


def mismatch(owner: str, name: str, arguments: Sequence[Any], cpp: str) -> ArgumentError:
    """The error for these arguments, which do not match the signature `cpp`."""
    types = ", ".join(python_type(value) for value in arguments)
    return ArgumentError(
        "Python argument types in\n    %s.%s(%s)\ndid not match C++ signature:\n    %s"
        % (owner, name, types, cpp)
    )


def cpp_signature(text: str, name: str) -> str:
    """`create_scene(TPyHandle<ASong>,int)` of a full C++ signature."""
    if not text:
        return name + "()"
    start = text.find(name + "(")
    return text[start:] if start >= 0 else text


# Enums


class Enum(int):
    """A Boost.Python enum: an int with a name; an unknown value is allowed and has no name."""

    names: Dict[str, Enum] = {}
    values: Dict[int, Enum] = {}

    @property
    def name(self) -> Any:
        member = type(self).values.get(int(self))
        return None if member is None else member.__dict__.get("_name")

    def __repr__(self) -> str:
        cls = type(self)
        name = self.name
        if name is None:
            return "%s.%s(%d)" % (cls.__module__, cls.__qualname__, int(self))
        return "%s.%s.%s" % (cls.__module__, cls.__qualname__, name)

    def __str__(self) -> str:
        name = self.name
        return repr(self) if name is None else str(name)

    def __format__(self, spec: str) -> str:
        return format(int(self), spec) if spec else str(self)


def make_enum(name: str, module: str, values: Dict[str, int]) -> Type[Enum]:
    """An enum class with these members."""
    namespace: Dict[str, Any] = {"__module__": module, "__qualname__": name, "names": {}, "values": {}}
    cls: Type[Enum] = type(name, (Enum,), namespace)
    for label, number in values.items():
        member = cls(number)
        member.__dict__["_name"] = label
        cls.names[label] = member
        cls.values.setdefault(number, member)
        setattr(cls, label, member)
    return cls


# Vectors


class Made:
    """Elements that are created at their first access: copying a thousand notes costs Live almost nothing."""

    __slots__ = ("_made", "_make", "_sources")

    def __init__(self, make: Callable[[Any], Any], sources: Iterable[Any]) -> None:
        self._make = make
        self._sources: List[Any] = list(sources)
        self._made: Dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._sources)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self._sources)))]
        source = self._sources[index]
        place = index % len(self._sources)
        if place not in self._made:
            self._made[place] = self._make(source)
        return self._made[place]

    def __iter__(self) -> Iterator[Any]:
        made, make = self._made, self._make
        for place, source in enumerate(self._sources):
            if place not in made:
                made[place] = make(source)
            yield made[place]


class VectorBase(Instance):
    """A fixed list of Live's: sized, indexable, iterable; without the methods of a Python list."""

    __slots__ = ("_doc", "_items")
    _doc: Any
    _items: Any

    def __init__(self, *args: Any) -> None:
        raise RuntimeError("This class cannot be instantiated from Python")

    @classmethod
    def of(cls, items: Iterable[Any], doc: Any = None) -> Any:
        """A new vector. With a `doc` only the main thread may use the vector, as with every part of a document."""
        vector = cls.__new__(cls)
        vector._items = items if isinstance(items, Made) else list(items)
        vector._doc = doc
        return vector

    def _guard(self, access: str) -> None:
        if self._doc is not None and get_ident() != self._doc.main:
            self._doc.off_main("%s: %s" % (type(self).__name__, access))

    def __len__(self) -> int:
        self._guard("length")
        return len(self._items)

    def __getitem__(self, index: Any) -> Any:
        self._guard("item")
        if isinstance(index, slice):
            return type(self).of(self._items[index], self._doc)
        try:
            return self._items[index]
        except IndexError:
            raise IndexError(OUT_OF_RANGE) from None
        except TypeError:
            raise TypeError("Invalid index type") from None

    def __iter__(self) -> Any:
        doc = self._doc
        self._guard("iteration")
        for item in self._items if isinstance(self._items, Made) else list(self._items):
            yield item
            if doc is not None and get_ident() != doc.main:
                self._guard("iteration")

    def __contains__(self, wanted: Any) -> bool:
        self._guard("search")
        return any(item == wanted for item in self._items)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise RuntimeError(READ_ONLY_CONTAINER)

    def __delitem__(self, index: Any) -> None:
        raise RuntimeError(READ_ONLY_CONTAINER)

    def append(self, value: Any) -> None:
        raise RuntimeError(READ_ONLY_CONTAINER)

    def extend(self, values: Any) -> None:
        raise RuntimeError(READ_ONLY_CONTAINER)


def make_vector(name: str, module: str) -> Type[VectorBase]:
    """A vector class whose bases look like Live's: itself, instance, object."""
    namespace = {
        key: value
        for key, value in VectorBase.__dict__.items()
        if key not in ("__dict__", "__weakref__", "__doc__", "__annotations__", "_doc", "_items")
    }
    namespace.update(__module__=module, __qualname__=name, __slots__=("_doc", "_items"), __doc__=None)
    return type(name, (Instance,), namespace)


def is_vector(value: Any) -> bool:
    """True for a vector; vectors have no common base, as in Live."""
    return isinstance(value, Instance) and hasattr(type(value), "_items")


# Values


class _Slot(property):
    """A field of a value class that keeps its type, and can be made read-only."""

    def __init__(self, name: str, convert: Callable[[Any], Any], writable: bool) -> None:
        self.name, self.convert, self.writable = name, convert, writable
        super().__init__(attrgetter("_" + name), self._put)

    def _put(self, instance: Any, value: Any) -> None:
        if not self.writable:
            raise AttributeError(
                "property %r of %r object has no setter" % (self.name, type(instance).__name__)
            )
        instance.__dict__["_" + self.name] = self.convert_checked(instance, value)

    def convert_checked(self, instance: Any, value: Any) -> Any:
        if self.convert in _CPP:
            types, cpp = _CPP[self.convert]
            if not isinstance(value, types):
                raise mismatch(
                    "None", "None", (instance, value), "None(%s {lvalue},%s)" % (type(instance).__name__, cpp)
                )
        return self.convert(value)


_CPP: Dict[Any, Tuple[Tuple[type, ...], str]] = {
    int: ((int,), "int"),
    float: ((int, float), "double"),
    bool: ((int, type(None)), "bool"),
    str: ((str,), "TString"),
}
"""Type of a field → the types that Boost accepts for the field, and the C++ name of the type."""


def make_value(
    name: str,
    module: str,
    fields: Sequence[Tuple[str, Callable[[Any], Any], bool]],
    defaults: Sequence[Any] = (),
    constructible: bool = False,
    hidden: bool = False,
) -> Any:
    """A plain class with typed fields.

    `hidden` fields can be passed to the constructor but not read, as in MidiNoteSpecification.
    """
    names: List[str] = [field[0] for field in fields]
    required = len(fields) - len(defaults)
    default_values = dict(zip(names[required:], defaults))
    known = frozenset(names)
    slots = [(key, convert, _Slot(key, convert, True)) for key, convert, _ in fields]
    converts = tuple(convert for _, convert, _ in fields)
    fields_kept = ["_" + key for key in names]

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if not constructible:
            raise RuntimeError("This class cannot be instantiated from Python")
        fill(self, args, kwargs)

    def fill(self: Any, args: Sequence[Any], kwargs: Dict[str, Any]) -> None:
        if not kwargs and tuple(map(type, args)) == converts:
            # The hot path of reading notes.
            self.__dict__.update(zip(fields_kept, args))
            return
        first = dict(zip(names, args)) if args else {}
        values = {**default_values, **first, **kwargs}
        wrong = len(args) > len(names) or len(values) != len(names) or not known.issuperset(values)
        if wrong or (first and not first.keys().isdisjoint(kwargs)):
            raise mismatch(
                name, "__init__", (self,) + tuple(args), "__init__(_object*, %s)" % ", ".join(names)
            )
        instance_dict = self.__dict__
        ordered = [values[key] for key in names]
        if tuple(map(type, ordered)) == converts:
            instance_dict.update(zip(fields_kept, ordered))
            return
        for key, convert, slot in slots:
            value = values[key]
            instance_dict["_" + key] = value if type(value) is convert else slot.convert_checked(self, value)

    def of(cls: Any, *args: Any, **kwargs: Any) -> Any:
        made = cls.__new__(cls)
        fill(made, args, kwargs)
        return made

    def exactly(cls: Any, values: Sequence[Any]) -> Any:
        """Convert an instance only of exactly this class, from one value of the right type for each field."""
        made = cls.__new__(cls)
        made.__dict__.update(zip(fields_kept, values))
        return made

    namespace: Dict[str, Any] = {"__module__": module, "__qualname__": name, "__init__": __init__}
    namespace["of"] = classmethod(of)
    namespace["exactly"] = classmethod(exactly)
    if not hidden:
        for key, convert, writable in fields:
            namespace[key] = _Slot(key, convert, writable)
    return type(name, (Instance,), namespace)
