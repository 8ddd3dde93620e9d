"""The handles that scripts hold: Live's classes for one version, made from the facts, around nodes.

Each access makes a new handle, with its node and the `_live_ptr` that the node had then. When the node's pointer
has changed, the object is dead: the handle equals None, and using the handle raises ArgumentError. Every access
checks the thread first. `node` says how reads, writes and calls reach the node; a member without behaviour
raises NotImplementedError with its full name.
"""

from __future__ import annotations

import math
from operator import attrgetter
from threading import get_ident
from typing import Any, Callable, Dict, List, Optional, Tuple, Type

from ..node import MODELS, Node
from . import facts as lom
from . import turns
from .boost import (
    ArgumentError,
    Enum,
    Instance,
    Made,
    VectorBase,
    cpp_signature,
    make_enum,
    make_vector,
    mismatch,
)
from .conversions import OVERLOADS, instance_of, overloaded, to_bool, to_float, to_int, to_str
from .values import VALUES

BROWSER_CLASSES: Dict[str, Any] = {}
"""Classes that are neither nodes nor values, by LOM name; their modules register them here."""

CPP = {"bool": "bool", "int": "int", "float": "double", "str": "TString"}
_set = object.__setattr__


class Handle(Instance):
    """A script's reference to a node."""

    __slots__ = ("_node", "_ptr")
    _node: Node
    _ptr: Any

    def __init__(self, *args: Any) -> None:
        raise RuntimeError("This class cannot be instantiated from Python")

    def __eq__(self, other: object) -> bool:
        # Live compares in C++.
        if get_ident() != self._node.doc.main:
            self._node.doc.off_main("%s ==" % self._node.lom)
        if other is None:
            return bool(self._node.ptr != self._ptr)
        if isinstance(other, Handle):
            return bool(self._node is other._node and self._ptr == other._ptr)
        return NotImplemented

    def __ne__(self, other: object) -> bool:
        if other is None and get_ident() == self._node.doc.main:
            # The most frequent question of scripts: is it still there?
            return bool(self._node.ptr == self._ptr)
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    def __hash__(self) -> int:
        return hash(self._ptr)


def node_of(handle: Handle) -> Node:
    """The node behind a handle, for authors of headless Live."""
    return handle._node


def _dead(handle: Any, name: str, cpp: str) -> ArgumentError:
    return ArgumentError(
        "Python argument types in\n    %s(%s)\ndid not match C++ signature:\n    %s"
        % (name, type(handle).__name__, cpp)
    )


class ApiSurface:
    """Live's classes and enums for one version."""

    def __init__(self, version: str) -> None:
        self.facts = lom.facts_for(version)
        self.version = version
        # Lives up to 12.0 run Python 3.7, which does not name the property.
        self.names_properties = self.facts.version >= (12, 1)
        self.enums: Dict[str, Type[Enum]] = {}
        self.vectors: Dict[str, Type[VectorBase]] = {}
        self.classes: Dict[str, Any] = {}
        self._make_enums()
        self._make_vectors()
        for name in self.facts.classes:
            self._class(name)

    # Creating classes and handles

    def _make_enums(self) -> None:
        for full, values in self.facts.enums.items():
            parts = full.split(".")
            self.enums[full] = make_enum(parts[-1], parts[0], values)

    def _make_vectors(self) -> None:
        for name, cls in self.facts.classes.items():
            if name.endswith("Vector"):
                parts = cls.path.split(".")
                self.vectors[name.split(".")[-1]] = make_vector(parts[-1], parts[1])

    def enum_named(self, name: str, owner: str) -> Optional[Type[Enum]]:
        """The enum that a type name means inside a class."""
        module = self.facts.classes[owner].path.split(".")[1]
        for full in ("%s.%s" % (module, name), "%s.%s.%s" % (module, module, name)):
            if full in self.enums:
                return self.enums[full]
        matches = [enum for full, enum in self.enums.items() if full.split(".")[-1] == name]
        return matches[0] if len(matches) == 1 and name not in ("View",) else None

    def _class(self, name: str) -> Any:
        if name in self.classes:
            return self.classes[name]
        if name in VALUES or name in BROWSER_CLASSES:
            self.classes[name] = VALUES.get(name) or BROWSER_CLASSES[name]
            return self.classes[name]
        leaf = name.split(".")[-1]
        if leaf in self.vectors and name.endswith("Vector"):
            self.classes[name] = self.vectors[leaf]
            return self.vectors[leaf]
        about = self.facts.classes[name]
        parts = about.path.split(".")
        known = [base for base in about.bases if base in self.facts.classes]
        # The nearest base inherits from the others.
        bases: Tuple[Any, ...] = (self._class(known[0]),) if known else (Handle,)
        namespace: Dict[str, Any] = {
            "__module__": parts[1],
            "__qualname__": parts[-1],
            "__slots__": (),
            "__doc__": None,
        }
        if name in ("LomObject",):
            bases = (Handle,)
        namespace["_lom_name"] = name
        for prop in about.properties.values():
            if prop.name == "_live_ptr":
                namespace[prop.name] = property(_live_ptr)
            else:
                namespace[prop.name] = self._property(name, prop)
            if prop.observe:
                self._listeners(namespace, name, prop.name)
        for event in about.events:
            self._listeners(namespace, name, event)
        for method in about.methods.values():
            namespace[method.name] = self._method(name, method)
        if hasattr(MODELS.get(name), "call___str__"):
            namespace["__str__"] = self._method(name, lom.Method("__str__", "__str__()", "", (), "str"))
        if name == "LomObject":
            namespace["_live_ptr"] = property(_live_ptr)
        cls = type(parts[-1], bases, namespace)
        self.classes[name] = cls
        return cls

    def wrap(self, node: Optional[Node]) -> Any:
        """A new handle for the node; None for a dead node."""
        if node is None or node.ptr is None:
            return None
        made = object.__new__(self.classes.get(node.lom) or self.class_of(node))
        made._node = node
        made._ptr = node.ptr
        return made

    def class_of(self, node: Node) -> Any:
        cls = self.classes.get(node.lom)
        if cls is None and node.OLD:
            cls = next((self.classes[name] for name in node.OLD if name in self.classes), None)
        if cls is None:
            # If a device's class came in a later Live, this version shows a plain device.
            cls = self.classes["Device.View" if node.lom.endswith(".View") else "Device"]
        return cls

    # Values to scripts

    def exporter(self, type_: str, owner: str) -> Callable[[Any, Any], Any]:
        """The function that converts a document's value of this type for scripts."""
        type_ = type_.split(" | ")[0]
        if type_ in self.vectors:
            cls = self.vectors[type_]
            wrap = self.wrap

            def to_vector(value: Any, doc: Any) -> Any:
                if isinstance(value, Made):
                    return cls.of(value, doc)
                return cls.of([wrap(item) if isinstance(item, Node) else item for item in value], doc)

            return to_vector
        if type_ in ("int", "float", "bool", "str"):
            return lambda value, doc: value
        enum = self.enum_named(type_, owner)
        if enum is not None:
            cls_enum: Any = enum
            return lambda value, doc: value if value is None else cls_enum.values.get(int(value), value)
        return lambda value, doc: self.export(value)

    def export(self, value: Any) -> Any:
        """Nodes become handles, also inside tuples and lists; other values pass unchanged."""
        if isinstance(value, Node):
            return self.wrap(value)
        if isinstance(value, (tuple, list)) and any(isinstance(item, Node) for item in value):
            return type(value)(self.export(item) for item in value)
        return value

    # Values from scripts

    def importer(self, type_: str) -> Callable[[Any], Any]:
        """The function that converts a script's value for the node; it raises TypeError as Boost would."""
        type_ = type_.split(" | ")[0]
        if type_ == "bool":
            return to_bool
        if type_ == "int":
            return to_int
        if type_ == "float":
            return to_float
        if type_ == "str":
            return to_str
        if type_ in ("object", "Any", "tuple", "list", ""):
            checked = {"tuple": tuple, "list": list}.get(type_)
            if checked is not None:
                return lambda value: instance_of(value, checked)
            return self.unwrap
        if type_ in self.vectors:
            cls = self.vectors[type_]
            return lambda value: instance_of(value, cls)
        candidates = [name for name in self.facts.classes if name == type_ or name.split(".")[-1] == type_]
        if type_ == "View" or not candidates:
            enums = [enum for full, enum in self.enums.items() if full.split(".")[-1] == type_]
            if enums:
                return to_int
            return self.unwrap

        def to_object(value: Any) -> Any:
            if value is None:
                return None
            classes = tuple(self.classes[name] for name in candidates)
            if not isinstance(value, classes):
                raise TypeError
            return self.unwrap(value)

        return to_object

    def unwrap(self, value: Any) -> Any:
        """Handles become nodes; TypeError for a dead handle."""
        if isinstance(value, Handle):
            if value._node.ptr != value._ptr:
                raise TypeError
            return value._node
        return value

    # Members

    def _property(self, owner: str, prop: lom.Property) -> property:
        name = prop.name
        export = self.exporter(prop.type, owner)
        plain = prop.type in ("int", "float", "bool", "str")
        full = "Live.%s.%s" % (owner, name)
        getters: Dict[type, Callable[[Any], Any]] = {}

        def reader(kind: Any) -> Callable[[Any], Any]:
            own = getattr(kind, "get_" + name, None)
            if own is None and implements(kind, name):
                own = attrgetter(name)
            if own is None:
                own = kind.other_getter(prop) or _missing(full)
            getters[kind] = own
            return own

        if not prop.read:
            raise_unreadable = _missing(full)

            def get(self: Any) -> Any:
                return raise_unreadable(self)
        elif plain:

            def get(self: Any) -> Any:
                node = self._node
                if node.ptr != self._ptr or get_ident() != node.doc.main:
                    _check(self, owner, name)
                try:
                    fn = getters[node.__class__]
                except KeyError:
                    fn = reader(node.__class__)
                return fn(node)
        else:

            def get(self: Any) -> Any:
                node = self._node
                if node.ptr != self._ptr or get_ident() != node.doc.main:
                    _check(self, owner, name)
                try:
                    fn = getters[node.__class__]
                except KeyError:
                    fn = reader(node.__class__)
                return export(fn(node), node.doc)

        if not prop.write:
            text = (
                "property %r of %r object has no setter" % (name, owner.split(".")[-1])
                if self.names_properties
                else "can't set attribute"
            )

            def refuse(self: Any, value: Any) -> None:
                raise AttributeError(text)

            return property(get, refuse)

        convert = self.importer(prop.type)
        cpp = "None(TPyHandle<A%s>,%s)" % (
            owner.split(".")[-1],
            CPP.get(prop.type, "TPyHandle<A%s>" % prop.type),
        )

        def put(self: Any, value: Any) -> None:
            node = self._node
            if node.ptr != self._ptr:
                raise _dead(self, "None.None", cpp)
            if get_ident() != node.doc.main:
                node.doc.off_main("%s.%s" % (owner, name))
            if name not in node.RAW:
                try:
                    value = convert(value)
                except TypeError:
                    raise mismatch("None", "None", (self, value), cpp) from None
            write(node, name, value, full)

        return property(get, put)

    def _method(self, owner: str, method: lom.Method) -> Any:
        name = method.name
        full = "Live.%s.%s" % (owner, name)
        export = self.exporter(method.returns or "object", owner)
        args = method.args
        converters = [self.importer(arg.type) for arg in args]
        positions = {arg.name: index for index, arg in enumerate(args) if arg.name}
        count = len(args)
        cpp = cpp_signature(method.cpp, name)
        short = owner.split(".")[-1]
        overloads = OVERLOADS.get((owner, name), ())
        attribute = "call_" + name
        convert_one = converters[0] if count == 1 else None

        def call(self: Any, *positional: Any, **named: Any) -> Any:
            node = self._node
            if node.ptr != self._ptr:
                raise mismatch(short, name, (self,) + positional, cpp)
            if get_ident() != node.doc.main:
                node.doc.off_main("%s.%s" % (owner, name))
            own = getattr(node, attribute, None)
            if own is None:
                raise NotImplementedError(not_done(full))
            if overloads and (positional or named):
                values = overloaded(overloads, positional, named)
                if values is None:
                    raise mismatch(short, name, (self,) + positional, cpp)
                return export(own(*values), node.doc)
            if not named and len(positional) == count:
                try:
                    if convert_one is not None:
                        converted = (convert_one(positional[0]),)
                    else:
                        converted = tuple([convert(value) for convert, value in zip(converters, positional)])
                except TypeError:
                    raise mismatch(short, name, (self,) + positional, cpp) from None
                return export(own(*converted), node.doc)
            bound: List[Any] = list(positional)
            if named:
                bound.extend(lom.REQUIRED for _ in range(count - len(bound)))
                for key, value in named.items():
                    index = positions.get(key, -1)
                    if index < len(positional):
                        raise mismatch(short, name, (self,) + positional + tuple(named.values()), cpp)
                    bound[index] = value
            if len(bound) > count:
                raise mismatch(short, name, (self,) + positional, cpp)
            try:
                for index in range(count):
                    if index < len(bound) and bound[index] is not lom.REQUIRED:
                        bound[index] = converters[index](bound[index])
                        continue
                    default = args[index].default
                    if default is lom.REQUIRED:
                        raise TypeError
                    if index < len(bound):
                        bound[index] = default
                    else:
                        bound.append(default)
            except TypeError:
                raise mismatch(short, name, (self,) + positional + tuple(named.values()), cpp) from None
            return export(own(*bound), node.doc)

        call.__name__ = name
        call.__qualname__ = name
        call.__doc__ = method.signature
        return call

    def _listeners(self, namespace: Dict[str, Any], owner: str, event: str) -> None:
        keyed = (owner, event) == ("Application.View", "is_view_visible")

        def split(args: Tuple[Any, ...]) -> Tuple[Any, Any]:
            if len(args) != (2 if keyed else 1) or not callable(args[-1]):
                raise TypeError
            return ((event, args[0]) if keyed else event), args[-1]

        def make(verb: str, act: Callable[[Node, Any, Any], Any]) -> Any:
            name = "%s_%s_listener" % (verb, event) if verb else "%s_has_listener" % event

            def member(self: Any, *args: Any) -> Any:
                node = self._node
                if node.ptr != self._ptr or get_ident() != node.doc.main:
                    _check(self, node.lom, name)
                if not keyed and len(args) == 1 and callable(args[0]):
                    return act(node, event, args[0])
                try:
                    key, callback = split(args)
                except TypeError:
                    raise mismatch(
                        type(self).__name__, name, (self,) + args, "%s(TPyHandle<A%s>,object)" % (name, owner)
                    ) from None
                return act(node, key, callback)

            member.__name__ = member.__qualname__ = name
            return member

        for verb, act in _LISTENER_VERBS:
            made = make(verb, act)
            namespace[made.__name__] = made


_LISTENER_VERBS: Tuple[Tuple[str, Callable[[Node, Any, Any], Any]], ...] = (
    ("add", Node.add_listener),
    ("remove", Node.remove_listener),
    ("", Node.has_listener),
)


def _check(handle: Handle, owner: str, name: str) -> None:
    """Raise the error of a dead handle, or report a call off the main thread."""
    node = handle._node
    if node.ptr != handle._ptr:
        raise _dead(handle, "None.None", "None(TPyHandle<A%s>)" % type(handle).__name__)
    if get_ident() != node.doc.main:
        node.doc.off_main("%s.%s" % (owner, name))


def _live_ptr(self: Any) -> int:
    node = self._node
    if node.ptr != self._ptr or get_ident() != node.doc.main:
        _check(self, node.lom, "_live_ptr")
    return int(self._ptr)


def implements(kind: Any, name: str) -> bool:
    """True when a model class has this property as a plain attribute."""
    return any(
        name in base.__dict__ or name in vars(base).get("__annotations__", ())
        for base in kind.__mro__
        if base is not object
    )


def write(node: Node, name: str, value: Any, full: str) -> None:
    """Write a property of a node as a script does; the value is already converted."""
    if value.__class__ is float and not math.isfinite(value):
        # Guess: no range includes NaN and infinity.
        raise RuntimeError("Invalid value")
    own = getattr(node, "set_" + name, None)
    if own is not None:
        own(value)
        return
    check = getattr(node, "check_" + name, None)
    if check is not None:
        value = check(value)
    elif not implements(node.__class__, name):
        if node.other_setter(name, value):
            return
        raise NotImplementedError("headless Live does not set %s yet" % full)
    if turns.is_late(node.lom, name):
        node.doc.change_later(node, name, value)
    else:
        node.change(name, value)


def _missing(full: str) -> Callable[[Any], Any]:
    def raise_missing(node: Any) -> Any:
        raise NotImplementedError("headless Live does not know %s yet" % full)

    return raise_missing


NOT_HERE = {
    "Live.Licensing.launch_web_browser": "it opens a web browser on the user's computer",
    "Live.Licensing.PythonLicensingBridge.authorize_with_sassafras": "it asks a licence server",
    "Live.Licensing.PythonLicensingBridge.process_license_response": "it checks and writes a licence",
    "Live.Licensing.PythonLicensingBridge.process_trial_response": "it checks and writes a licence",
    "Live.Licensing.PythonLicensingBridge.invoke_pack_installation_callback": "it installs Packs",
}
"""Functions that need Ableton's services or a user's computer → what the function does there."""


def not_done(full: str) -> str:
    """The text of NotImplementedError for a method or function."""
    why = NOT_HERE.get(full)
    return "headless Live does not do %s%s" % (full, ": " + why if why else " yet")


_SURFACES: Dict[str, ApiSurface] = {}


def surface_for(version: str) -> ApiSurface:
    """The classes of this Live, made once for each version."""
    # The model registers the browser's classes.
    from .. import model

    assert model.LiveSet is not None
    if version not in _SURFACES:
        _SURFACES[version] = ApiSurface(version)
    return _SURFACES[version]


def models() -> Dict[str, Type[Node]]:
    return MODELS
