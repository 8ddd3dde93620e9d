"""The table's properties and listeners for one class of object in this Live, and the row that stores their values.

All objects of a class share a layout. A property has a fixed place in a row and a bit; a listener's callback marks
the bits of the properties to read again. The callbacks are methods of the row itself: Live keeps a bound method's
owner weakly and compares by owner and function, so the listeners of 20,000 parameters need no extra objects, and a
callback knows its object, never an index.
"""

from __future__ import annotations

import sys
from itertools import accumulate
from operator import attrgetter, itemgetter
from typing import Any, Callable, ClassVar, Dict, List, NamedTuple, Optional, Tuple, Type

from .contract import schema
from .contract.values import ABSENT, PLAIN, read
from .first_reading import FirstReading
from .menu_references import MenuReferences
from .wire import Encoded, encode

Marker = Callable[[Any, int], None]

_KINDS: Dict[str, Dict[str, str]] = {
    "Clip": {"audio": "is_audio_clip", "midi": "is_midi_clip"},
    "ClipSlot": {"group": "is_group_slot"},
    "DeviceParameter": {"quantized": "is_quantized"},
}
"""Class → word of the table's `on` → the constant of the object that is true if the object is of this kind."""
_REFUSED = ("DeviceParameter",)
"""Classes in which Live raises an error for a property that the kind lacks; in others it may return None, a value."""


_OF_THE_SET = ("Track", "Scene", "ClipSlot")
"""Classes of objects of which a Set may have a thousand in one list."""


class Listener(NamedTuple):
    """A listener of Live that a row can attach: `add_<name>_listener`, the row's method, the bits that it marks."""

    name: str
    adder: str
    """Name of the Live object's method that attaches it."""
    method: str
    bits: int
    kinds: Tuple[str, ...]
    """Constants of the object: one must be true, else Live would never call the listener; () for any object."""
    resting: bool
    """True when the listener is attached to every object; otherwise only while a client attends to the object."""


class Kind(NamedTuple):
    """The first reading and the listeners of objects of one class with equal constants (`_KINDS`)."""

    reading: FirstReading
    resting: List[Tuple[int, Listener]]
    """The listeners that are always attached, with their numbers."""
    attended: List[Tuple[int, Listener]]
    """The listeners that are attached while a client attends to the object."""
    names: List[Tuple[str, str]]
    """`adder` and `method` of each of `resting`."""
    resting_bits: List[int]
    """`Row.attached` when so many of `resting` are attached."""


class Row(List[Any]):
    """The shadow of one Live object: the last value sent of each property, in the order of its layout.

    Tree properties hold the id of the child (or None) or a tuple of ids. `obj` is None once the object is removed.
    There are as many rows as objects in the Set, so a row is itself the list of its `values`; the attributes that
    all rows of a class and role share belong to the type that the layout makes. Rows are compared by identity, as
    Live compares the owners of listeners.
    """

    __slots__ = ("__weakref__", "attached", "id", "obj", "parent", "ptr")

    layout: ClassVar[Layout]
    role: ClassVar[str]
    glance: ClassVar[Any]
    glanced: ClassVar[Any]
    """Those of the layout, where `rounds` reads them for every object."""

    def __init__(self, id_: int, obj: Any, ptr: int, parent: Optional[int]) -> None:
        # A list made from a tuple takes exactly the memory that it needs.
        list.__init__(self, self.layout.blank)
        self.id = id_
        self.obj = obj
        self.ptr = ptr
        self.parent = parent
        self.attached = 0

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return True

    def move(self, parent: int, role: str) -> None:
        """Make the object a child of another parent."""
        self.parent = parent
        self.__class__ = self.layout.row_type(role)

    def state(self) -> Row:
        """A copy of the present state, without Live's object."""
        copy = self.__class__(self.id, None, self.ptr, self.parent)
        copy[:] = self
        return copy

    @property
    def values(self) -> List[Any]:
        """The last values sent."""
        return self

    def value(self, name: str) -> Any:
        """The last value sent of property `name`, or ABSENT."""
        index = self.layout.index.get(name)
        return ABSENT if index is None else self.values[index]

    def child_ids(self) -> List[int]:
        """The ids of all children, in the order of the layout."""
        ids: List[int] = []
        for index in self.layout.tree:
            value = self.values[index]
            if isinstance(value, tuple):
                ids.extend(value)
            elif value is not ABSENT and value is not None:
                ids.append(value)
        return ids

    def plain(self) -> List[Any]:
        """OBJ of the wire: [id, type, parent, role, props, children]."""
        layout, values = self.layout, self.values
        props = {layout.names[i]: values[i] for i in layout.leaves if values[i] is not ABSENT}
        children = {layout.names[i]: values[i] for i in layout.tree if values[i] is not ABSENT}
        return [self.id, layout.type, self.parent, self.role, props, children]

    def line(self, menus: Optional[MenuReferences] = None) -> bytes:
        """`plain` as JSON, with references to `menus`; long values were encoded when they were read."""
        whole = self.plain()
        if menus is not None:
            for name in [self.layout.names[index] for index in self.layout.menus]:
                if name in whole[4]:
                    whole[4][name] = menus.value(self.id, name, whole[4][name])
        encoded = [(name, value) for name, value in whole[4].items() if isinstance(value, Encoded)]
        if not encoded:
            return encode(whole)
        for name, _ in encoded:
            del whole[4][name]
        texts = [encode(name) + b":" + value.json for name, value in encoded]
        if whole[4]:
            texts.append(encode(whole[4])[1:-1])
        return b"".join((encode(whole[:4])[:-1], b",{", b",".join(texts), b"},", encode(whole[5]), b"]"))


class Layout:
    """The layout of one class in this Live; indices are places in a row's `values`, bits are 1 << index."""

    def __init__(self, type_: str, live: Tuple[int, ...], mark: Marker) -> None:
        self.type = type_
        self.root = root_class(type_)
        # Live decides which kinds of track or clip have a property: a property that cannot be read is absent.
        self.properties: List[schema.Property] = [
            prop
            for prop in schema.properties(type_).values()
            if prop.kind != "gauge" and not (prop.since and prop.since > live)
        ]
        self.names = [prop.name for prop in self.properties]
        self.index = {name: index for index, name in enumerate(self.names)}
        self.heads = [b"," + encode(name) + b"," for name in self.names]
        """The JSON between an object's id and the value in a `set` change, by property."""
        self.tree = [i for i, prop in enumerate(self.properties) if prop.is_tree]
        self.refs = [i for i, prop in enumerate(self.properties) if prop.type in ("ref", "refs")]
        self.leaves = [i for i, prop in enumerate(self.properties) if not prop.is_tree]
        self.content = [i for i, prop in enumerate(self.properties) if prop.kind == "content"]
        self.order = self.tree + [i for i in self.leaves if i not in self.content] + self.content
        """The order in `snapshot_tables`: children, then short values, then long values."""
        self.menus = [i for i, prop in enumerate(self.properties) if prop.type == "routings"]
        """The properties that are menus."""
        self.slow = [
            i for i, prop in enumerate(self.properties) if prop.type in ("routings", "notes", "warp_markers")
        ]
        """Properties read in pieces (see `content`): a hundred routings or a thousand notes fill a slice."""
        self.listed = [
            i for i, prop in enumerate(self.properties) if i in self.slow or prop.type in ("children", "refs")
        ]
        """Properties whose values may have as many elements as a Set has tracks, or a clip notes."""
        self.wide_bits = sum(1 << i for i in self.listed if self.properties[i].of in _OF_THE_SET)
        """Lists with as many elements as the Set has tracks or scenes."""
        self.slow_bits = sum(1 << i for i in self.slow)
        self.long_bits = self.slow_bits | sum(1 << i for i in self.content)
        self.envelope_bits = sum(1 << i for i, prop in enumerate(self.properties) if prop.type == "envelopes")
        self.device_bits = self.bits_of(("devices",)) if type_ == "Track" else 0
        """Most objects of a Set are below a track's devices, and the outline needs none of them; see `coming`."""
        self.late_bits = sum(1 << i for i, prop in enumerate(self.properties) if prop.type == "routings")
        """Routing lists: long, rarely read, and changed by every rename of another track, so they are sent later."""
        pointing = set(self.tree) | set(self.refs) | set(self.slow)
        self.plain = [i for i in range(len(self.properties)) if i not in pointing]
        self.tree_bits = sum(1 << i for i in self.tree)
        self.ref_bits = sum(1 << i for i in self.refs)
        self.edit_bits = self.tree_bits | sum(
            1 << i for i, prop in enumerate(self.properties) if prop.is_edit or prop.type == "notes"
        )
        """Properties whose change is an edit."""
        self.readers: List[Optional[Callable[[Any], Any]]] = [_reader(prop) for prop in self.properties]
        changing = [
            i
            for i, prop in enumerate(self.properties)
            if not prop.within_s and (prop.kind != "constant" or (prop.is_tree and prop.name != "view"))
        ]
        """Properties that the audit compares: neither constants nor the properties of `rounds`."""
        self.simple = [
            (i, reader)
            for i in changing
            for reader in [self.readers[i]]
            if reader is not None and not self.long_bits & 1 << i
        ]
        """Indices of properties that are compared only by value, with their readers."""
        self.often = [entry for entry in self.simple if self.properties[entry[0]].reads is None]
        """`simple` without the values that one of Live's methods computes."""
        done = {i for i, _ in self.simple}
        self.changing = [i for i in changing if i not in done]
        """The other properties that the audit compares."""
        self.within = [i for i, prop in enumerate(self.properties) if prop.within_s]
        self.within_bits = sum(1 << i for i in self.within)
        names = [self.names[i] for i in self.within]
        # Both must return tuples of equal length, so a single name is used twice. Every parameter is read every two
        # seconds.
        again = len(names) == 1
        self.glance: Any = attrgetter(*names, *names[:again]) if names else None
        self.glanced: Any = itemgetter(*self.within, *self.within[:again]) if names else None
        """Gets the same properties from a row's values."""
        self.polled = [i for i, prop in enumerate(self.properties) if prop.kind == "polled"]
        self.polled_bits = sum(1 << i for i in self.polled)
        self.silent_bits = sum(1 << i for i in self.polled if not self.properties[i].after)
        """Bits of polled properties without any listener that announces them."""
        self.unheard_bits = sum(
            1 << i
            for i in self.polled
            if self.properties[i].write and self.properties[i].undo and not self.properties[i].after
        )
        """Bits of properties that an undo may change without a notification."""
        self.quiet_bits = self.unheard_bits | sum(
            1 << i for i in self.content if self.names[i] not in self.properties[i].after
        )
        """`unheard_bits`, and content with partial notification: Live notifies only the first and the last envelope."""
        marked = self._marked_by()
        self.blank = (ABSENT,) * len(self.properties)
        self._members: Dict[str, Any] = {"on_" + name: _callback(mark, bits) for name, bits in marked.items()}
        """Callbacks of all row types, whatever the role: Live compares listeners by function."""
        self._row_types: Dict[str, Type[Row]] = {}
        self.listeners = [self._listener(name, bits) for name, bits in marked.items()]
        self.marked_by = {self.index[name]: bits for name, bits in marked.items() if name in self.index}
        """Index of a property → bits that its listener marks, including the property's own bit."""
        self._kinds: Dict[Any, Kind] = {}
        self._constants = tuple(_KINDS.get(type_, {}).values())
        self._get_constants = attrgetter(*self._constants) if self._constants else None
        places = [self.index[name] for name in self._constants]
        self.stored_constants: Any = itemgetter(*places) if places else _no_constants
        """A row's values of the constants that decide which properties its object has (`_KINDS`)."""

    def _listener(self, name: str, bits: int) -> Listener:
        prop = schema.properties(self.type).get(name)
        kinds = () if prop is None else self._constants_of(prop)
        resting = prop is None or not prop.within_s
        adder, method = sys.intern("add_" + name + "_listener"), sys.intern("on_" + name)
        return Listener(name, adder, method, bits, kinds, resting)

    def _constants_of(self, prop: schema.Property) -> Tuple[str, ...]:
        """Constants: an object has `prop` if one of them is true. () if no constant decides that."""
        of_kind = _KINDS.get(self.type, {})
        return tuple(of_kind[kind] for kind in prop.on) if all(kind in of_kind for kind in prop.on) else ()

    def kind_of(self, obj: Any) -> Kind:
        """The kind of `obj`; an object whose constants cannot be read may have any property."""
        constants: Any = None
        if self._get_constants is not None:
            try:
                constants = self._get_constants(obj)
            except Exception:
                constants = tuple([read(obj, name) for name in self._constants])
        kind = self._kinds.get(constants)
        if kind is None:
            # One constant comes without a tuple around it.
            all_ = constants if type(constants) is tuple else (constants,)
            kind = self._kinds[constants] = self._new_kind(dict(zip(self._constants, all_)))
        return kind

    def _new_kind(self, constants: Dict[str, Any]) -> Kind:
        known = {name: bool(value) for name, value in constants.items() if value is not ABSENT}
        lacks = {name for name, value in known.items() if not value}

        def has(needed: Tuple[str, ...]) -> bool:
            return not needed or not lacks.issuperset(needed)

        places = [i for i in self.plain if self.names[i] not in known]
        lacking = [i for i in places if not has(self._constants_of(self.properties[i]))]
        if self.type in _REFUSED:
            places = [i for i in places if i not in lacking]
        listeners = [listener for listener in enumerate(self.listeners) if has(listener[1].kinds)]
        resting = [listener for listener in listeners if listener[1].resting]
        return Kind(
            FirstReading(
                self.properties,
                places,
                self.readers,
                {self.index[name]: value for name, value in known.items() if name in self.index},
                lacking,
            ),
            resting,
            [listener for listener in listeners if not listener[1].resting],
            [(listener.adder, listener.method) for _, listener in resting],
            list(accumulate([0] + [1 << number for number, _ in resting])),
        )

    def lacking(self, constants: Any) -> List[int]:
        """Properties that Live refuses to objects with these constants (a value, or a tuple of several)."""
        if self.type not in _REFUSED:
            return []
        values = constants if type(constants) is tuple else (constants,)
        false = {name for name, value in zip(self._constants, values) if value is False}
        needed = [self._constants_of(prop) for prop in self.properties]
        return [index for index, names in enumerate(needed) if names and false.issuperset(names)]

    def _marked_by(self) -> Dict[str, int]:
        marked: Dict[str, int] = {}
        for index, prop in enumerate(self.properties):
            if prop.kind == "observed":
                marked[prop.name] = marked.get(prop.name, 0) | 1 << index
        # A polled property may name a listener that is no property ("playing_status", "notes").
        for index, prop in enumerate(self.properties):
            for name in prop.after:
                known = schema.properties(self.type).get(name)
                if name in marked or known is None or known.kind == "content":
                    marked[name] = marked.get(name, 0) | 1 << index
        return marked

    def new_row(self, id_: int, obj: Any, ptr: int, parent: Optional[int], role: str) -> Row:
        return self.row_type(role)(id_, obj, ptr, parent)

    def row_type(self, role: str) -> Type[Row]:
        """The type of the rows with the role `role` in their parents."""
        row_type = self._row_types.get(role)
        if row_type is None:
            members = {"__slots__": (), "layout": self, "role": role, **self._members}
            members.update(glance=self.glance, glanced=self.glanced)
            name = "Row_" + self.type.replace(".", "_")
            row_type = self._row_types[role] = type(name, (Row,), members)
        return row_type

    def bits_of(self, names: Any) -> int:
        """The bits of those of `names` that this layout has."""
        return sum(1 << self.index[name] for name in names if name in self.index)


def _no_constants(row: Any) -> Any:
    return ()


def _callback(mark: Marker, bits: int) -> Callable[[Any], None]:
    def changed(row: Any) -> None:
        mark(row, bits)

    return changed


def _reader(prop: schema.Property) -> Optional[Callable[[Any], Any]]:
    """A function from the Live object to the plain value; None for types that need more than the object."""
    if prop.type not in PLAIN:
        return None
    plain, name = PLAIN[prop.type], prop.name
    if prop.reads is not None:
        method, argument = prop.reads

        def reads(obj: Any) -> Any:
            try:
                return plain(getattr(obj, method)(getattr(obj, argument)))
            except Exception:
                return ABSENT

        return reads

    def reader(obj: Any) -> Any:
        # The same rule as values.read, inlined, because build and audit spend most of their time here.
        try:
            return plain(getattr(obj, name))
        except Exception:
            return ABSENT

    return reader


_ROOTS: Dict[str, str] = {}


def root_class(name: str) -> str:
    """The topmost base class: "RackDevice" → "Device"; pointers are unique within a root class."""
    root = _ROOTS.get(name)
    if root is None:
        root = name
        while schema.CLASSES[root].base:
            root = schema.CLASSES[root].base
        _ROOTS[name] = root
    return root


def class_of(obj: Any, declared: str) -> Optional[str]:
    """The table's class of a Live object: the nearest base that derives from `declared`, else `declared` itself.

    With "" as `declared`, the class of the table that the object's type names, or None.
    """
    for base in type(obj).__mro__:
        name = base.__name__
        if name in schema.CLASSES and (not declared or schema.is_a(name, declared)):
            return name
    return declared or None


class Layouts:
    """All layouts of one script run."""

    def __init__(self, live: Tuple[int, ...], mark: Marker) -> None:
        self.live = live
        self._mark = mark
        self._layouts: Dict[str, Layout] = {}
        self._by_type: Dict[Tuple[type, str], Layout] = {}

    def of(self, obj: Any, declared: str) -> Layout:
        """The layout of a Live object of class `declared` or a subclass."""
        key = (type(obj), declared)
        layout = self._by_type.get(key)
        if layout is None:
            layout = self._by_type[key] = self.get(class_of(obj, declared) or declared)
        return layout

    def get(self, type_: str) -> Layout:
        layout = self._layouts.get(type_)
        if layout is None:
            layout = self._layouts[type_] = Layout(type_, self.live, self._mark)
        return layout


__all__ = ["Layout", "Layouts", "Row", "class_of", "root_class"]
