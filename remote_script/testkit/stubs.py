"""Type stubs for `import Live`, made from the facts of one Live version and the table's element types.

`write` makes a package `Live` of .pyi files: every module, class, property, method, listener, enum and function. What
Live accepts as `object` is `Any`; a property that holds an enum's number is typed as the enum and may be set to an int.
"""

from __future__ import annotations

import keyword
import os
from typing import Dict, Iterator, List, Optional, Set

from ..headless.api import facts as lom
from ..SetMirror.contract import schema

_PLAIN = {"bool": "bool", "int": "int", "float": "float", "str": "str", "None": "None", "NoneType": "None"}
_BASES = {"Exception": "Exception", "Boost.Python.instance": ""}
_HEAD = """# Stubs for Live {version}'s Python API, written by `setmirror stubs`.
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

"""
_ELEMENTS = {
    "IntVector": "int",
    "IntU64Vector": "int",
    "FloatVector": "float",
    "StringVector": "str",
    "ObjectVector": "Any",
    "MidiNoteVector": "Live.Clip.MidiNote",
    "WarpMarkerVector": "Live.Clip.WarpMarker",
    "BrowserItemVector": "Live.Browser.BrowserItem",
    "RoutingTypeVector": "Live.Track.RoutingType",
    "RoutingChannelVector": "Live.Track.RoutingChannel",
    "ATimeableValueVector": "Live.DeviceParameter.DeviceParameter",
    "EnvelopeEventVector": "Live.Envelope.EnvelopeEvent",
    "ControlDescriptionVector": "Live.Application.ControlDescription",
    "UnavailableFeatureVector": "Live.Application.UnavailableFeature",
}
"""Vector → type of its elements; for the plain `Vector` the table has the type."""


class _Class:
    """A class or enum to write, with its nested classes."""

    def __init__(self, head: str = "") -> None:
        self.head, self.body = head, []  # type: str, List[str]
        self.nested: Dict[str, _Class] = {}

    def at(self, parts: List[str]) -> _Class:
        """The class at a path below; missing classes are made."""
        cls = self
        for part in parts:
            cls = cls.nested.setdefault(part, _Class("class %s:" % part))
        return cls

    def lines(self, depth: int = 0) -> Iterator[str]:
        pad = "    " * depth
        yield pad + self.head
        for nested in self.nested.values():
            yield from nested.lines(depth + 1)
        for line in self.body:
            yield pad + "    " + line
        if not self.nested and not self.body:
            yield pad + "    ..."


class Stubs:
    """The stubs of one Live version, as texts by module name."""

    def __init__(self, version: str = lom.DEFAULT_VERSION) -> None:
        self._version = version
        self._facts = lom.facts_for(version)
        self._modules: Dict[str, _Class] = {}
        self._enums = {name.split(".")[-1]: "Live." + name for name in self._facts.enums}
        self._paths = {cls.path.split(".")[-1]: cls.path for cls in self._facts.classes.values()}
        self._paths.update({cls.name: cls.path for cls in self._facts.classes.values()})
        for name, values in self._facts.enums.items():
            self._enum(name, values)
        for about in self._facts.classes.values():
            self._class(about)
        for name, function in self._facts.functions.items():
            self._module(name.split(".")[0]).body.append(self._method(function, "", is_method=False))

    def texts(self) -> Dict[str, str]:
        """Module name ("" is the package) → the text of its .pyi file."""
        names = sorted(self._modules)
        head = _HEAD.format(version=self._version)
        texts = {"": head + "".join("from . import %s as %s\n" % (other, other) for other in names)}
        for name in names:
            module = self._modules[name]
            lines = [line for cls in module.nested.values() for line in cls.lines()] + module.body
            needs = sorted(other for other in names if other != name)
            imports = "import Live\n" + "".join("import Live.%s\n" % other for other in needs)
            texts[name] = head + imports + _VECTORS.get(name, "") + "\n" + "\n".join(lines) + "\n"
        return texts

    def _module(self, name: str) -> _Class:
        return self._modules.setdefault(name, _Class())

    def _enum(self, name: str, values: Dict[str, int]) -> None:
        parts = name.split(".")
        made = self._module(parts[0]).at(parts[1:])
        made.head = "class %s(int):" % parts[-1]
        owner = "Live." + name
        made.body = ["%s: %s" % (_safe(label), owner) for label in values if not keyword.iskeyword(label)]
        made.body += ["names: dict[str, %s]" % owner, "values: dict[int, %s]" % owner, "name: str"]

    def _class(self, about: lom.Class) -> None:
        parts = about.path.split(".")
        made = self._module(parts[1]).at(parts[2:])
        leaf = parts[-1]
        if leaf in _ELEMENTS:
            made.head = "class %s(Live.Base.Vector[%s]):" % (leaf, self._element(leaf))
            return
        if leaf == "Vector":
            made.head, made.body = "class Vector(Generic[_T]):", list(_VECTOR_BODY)
            return
        known = [base for base in about.bases if base in self._facts.classes]
        base = (
            self._facts.classes[known[0]].path
            if known
            else _BASES.get(about.bases[0], "")
            if about.bases
            else ""
        )
        made.head = "class %s(%s):" % (leaf, base) if base else "class %s:" % leaf
        if about.constructible:
            made.body.append("def __init__(self, *args: Any, **kwargs: Any) -> None: ...")
        # A capture may list a base's property once more, with fewer facts than the base has.
        inherited = {name for base in known for name in self._facts.classes[base].properties}
        for prop in about.properties.values():
            if prop.name in inherited:
                continue
            made.body += self._property(about, prop)
            if prop.observe:
                made.body += _listeners(prop.name)
        for event in about.events:
            made.body += _listeners(event)
        made.body += [self._method(method, about.name) for method in about.methods.values()]

    def _property(self, about: lom.Class, prop: lom.Property) -> Iterator[str]:
        type_ = self._row_type(about.name, prop) or self.type_of(prop.type, about.name)
        yield "@property"
        yield "def %s(self) -> %s: ..." % (prop.name, type_)
        if prop.write:
            setter_type = "int" if type_ in self._enums.values() else type_
            yield "@%s.setter" % prop.name
            yield "def %s(self, value: %s) -> None: ..." % (prop.name, setter_type)

    def _row_type(self, class_: str, prop: lom.Property) -> Optional[str]:
        """The type of the objects in a property, or of the object that the property refers to, by the table."""
        row = schema.CLASSES[class_].properties.get(prop.name) if class_ in schema.CLASSES else None
        if row is None or row.of not in self._facts.classes:
            return None
        path = self._facts.classes[row.of].path
        if row.type in ("children", "refs"):
            return "Live.Base.Vector[%s]" % path
        return path + ("" if row.type == "child" and row.kind == "constant" else " | None")

    def _method(self, method: lom.Method, owner: str, is_method: bool = True) -> str:
        args = ["self"] if is_method else []
        optional = False
        names: Set[str] = set()
        for index, arg in enumerate(method.args):
            name = _safe(arg.name or "arg%d" % (index + 1))
            while name in names or name == "self":
                name += "_"
            names.add(name)
            optional = optional or arg.default is not lom.REQUIRED
            text = "%s: %s" % (
                name if arg.name else "__" + name,
                self.type_of(arg.type, owner, is_given=True),
            )
            args.append(text + (" = ..." if optional else ""))
        returns = self.type_of(method.returns or "Any", owner)
        return "def %s(%s) -> %s: ..." % (_safe(method.name), ", ".join(args), returns)

    def type_of(self, text: str, owner: str, is_given: bool = False) -> str:
        """A type of the facts as the stubs name it; `is_given` for arguments, where an enum takes any int."""
        if " | " in text:
            return " | ".join(self.type_of(alternative, owner, is_given) for alternative in text.split(" | "))
        if text in _PLAIN:
            return _PLAIN[text]
        if text.startswith(("list[", "tuple[")) or text in ("dict", "list", "tuple"):
            return (
                text
                if "[" in text
                else {"dict": "dict[Any, Any]", "list": "list[Any]"}.get(text, "tuple[Any, ...]")
            )
        if text == "Callable":
            return "Callable[..., Any]"
        if text == "Vector":
            return "Live.Base.Vector[Any]"
        if text == "View" and owner + ".View" in self._facts.classes:
            return self._facts.classes[owner + ".View"].path
        if text in self._enums:
            return "int" if is_given else self._enums[text]
        return self._paths.get(text, "Any")

    def _element(self, vector: str) -> str:
        name = _ELEMENTS[vector]
        known = set(self._paths.values()) | set(self._enums.values()) | {"int", "float", "str"}
        return name if name in known else "Any"


_VECTORS = {"Base": '\n_T = TypeVar("_T")\n'}
_VECTOR_BODY = (
    "def __len__(self) -> int: ...",
    "def __getitem__(self, index: int) -> _T: ...",
    "def __iter__(self) -> Iterator[_T]: ...",
    "def __contains__(self, item: object) -> bool: ...",
    "def append(self, item: _T) -> None: ...",
    "def extend(self, items: Any) -> None: ...",
)


def _listeners(name: str) -> List[str]:
    callback = "callback: Callable[[], object]"
    return [
        "def add_%s_listener(self, %s) -> None: ..." % (name, callback),
        "def remove_%s_listener(self, %s) -> None: ..." % (name, callback),
        "def %s_has_listener(self, %s) -> bool: ..." % (name, callback),
    ]


def _safe(name: str) -> str:
    return name + "_" if keyword.iskeyword(name) else name


def write(folder: str, version: str = lom.DEFAULT_VERSION) -> List[str]:
    """Write the package `Live` of stubs into a folder; returns the paths written.

    Raises:
      ValueError: `version` is no Live version.
      OSError: the folder cannot be written.
    """
    texts = Stubs(version).texts()
    where = os.path.join(folder, "Live")
    os.makedirs(where, exist_ok=True)
    written = []
    for module, text in texts.items():
        written.append(os.path.join(where, (module or "__init__") + ".pyi"))
        with open(written[-1], "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    return written
