"""The surface of Live's Python API for one version, from facts captured in running Lives (11.0 to 12.4).

`lom_facts.json` lists the classes, members, enums and functions, their types, whether scripts may write them or
listen to them, and their versions. `facts_for("12.3")` returns the facts of Live 12.3, without members that were
added later or removed earlier. `model` has the behaviour. `python -m remote_script.headless.api.facts CAPTURE.json`
makes the file again from a full capture.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lom_facts.json")
DEFAULT_VERSION = "12.4"
"""The newest Live in `lom_facts.json`, and the default version of headless Live."""
OLDEST = (11, 0)
REQUIRED = object()
"""The default of a required argument."""


class Arg(NamedTuple):
    """One argument of a method; `self` is left out. `name` is "" for an argument that is passed by position only."""

    type: str
    name: str
    default: Any


class Property(NamedTuple):
    name: str
    type: str
    read: bool
    write: bool
    observe: bool
    applies: str


class Method(NamedTuple):
    name: str
    signature: str
    cpp: str
    args: Tuple[Arg, ...]
    returns: str


class Class(NamedTuple):
    """A class of Live: `name` in the LOM ("Track", "Song.View"), `path` in the module ("Live.Track.Track")."""

    name: str
    path: str
    bases: Tuple[str, ...]
    constructible: bool
    properties: Dict[str, Property]
    methods: Dict[str, Method]
    events: Tuple[str, ...]


class Facts(NamedTuple):
    version: Tuple[int, ...]
    classes: Dict[str, Class]
    enums: Dict[str, Dict[str, int]]
    functions: Dict[str, Method]
    c_instance: Dict[str, str]


def parse_version(text: str) -> Tuple[int, ...]:
    """(12, 4) for "12.4". ValueError for a text that is not a version, or a version older than Live 11."""
    if not re.match(r"^\d+(\.\d+){0,2}$", text):
        raise ValueError("a Live version looks like 12.4 or 11.3.25, got %r" % text)
    version = tuple(int(part) for part in text.split("."))
    if len(version) == 1:
        version += (0,)
    if version < OLDEST:
        raise ValueError("Live %s is not known; the oldest is 11.0" % text)
    return version


def _known(since: Optional[str], gone: Optional[str], version: Tuple[int, ...]) -> bool:
    padded = version + (0,) * (3 - len(version))

    def numbers(text: str) -> Tuple[int, ...]:
        parts = tuple(int(part) for part in text.split("."))
        return parts + (0,) * (3 - len(parts))

    if since and not since.startswith("<=") and numbers(since) > padded:
        return False
    # `gone` is the last Live that was seen with the member; bug-fix releases of that Live are assumed to have it,
    # too.
    return not (gone and numbers(gone)[:2] < padded[:2])


_ARG = re.compile(r"\(([^()]*)\)\s*(\w+)(?:=((?:'[^']*'|[^\[\],()]*)))?")


def _default(text: str, enums: Dict[str, Dict[str, int]]) -> Any:
    text = text.strip()
    if text in ("None", "True", "False"):
        return {"None": None, "True": True, "False": False}[text]
    if text.startswith("'"):
        return text.strip("'")
    try:
        return float(text) if "." in text or "e" in text else int(text)
    except ValueError:
        enum, _, member = text.rpartition(".")
        return enums[enum][member] if enum in enums else REQUIRED


def parse_args(signature: str, is_method: bool, enums: Dict[str, Dict[str, int]]) -> Tuple[Arg, ...]:
    """The arguments in a Boost.Python signature such as `f( (Song)arg1 [, (object)Index=None]) -> Track`."""
    inner = signature[signature.index("(") + 1 : signature.rindex(" ->")] if "->" in signature else signature
    arguments = []
    for type_, name, default in _ARG.findall(inner):
        named = "" if re.match(r"^arg\d+$", name) and default == "" else name
        arguments.append(Arg(type_, named, _default(default, enums) if default != "" else REQUIRED))
    return tuple(arguments[1:] if is_method else arguments)


def _inherits(classes: Dict[str, Any], bases: List[str], member: str) -> bool:
    return any(
        base in classes
        and (member in classes[base]["methods"] or _inherits(classes, classes[base]["bases"], member))
        for base in bases
    )


_RAW: Dict[str, Any] = {}
_CACHE: Dict[Tuple[int, ...], Facts] = {}


def _raw() -> Dict[str, Any]:
    if not _RAW:
        with open(PATH, encoding="utf-8") as file:
            _RAW.update(json.load(file))
    return _RAW


def facts_for(version: str = DEFAULT_VERSION) -> Facts:
    """The classes, enums and functions of a Live of this version. ValueError for a text that is not a version."""
    number = parse_version(version)
    if number not in _CACHE:
        _CACHE[number] = _build(number)
    return _CACHE[number]


def _build(version: Tuple[int, ...]) -> Facts:
    raw = _raw()
    enums = {
        name: dict(values) for name, (since, values) in raw["enums"].items() if _known(since, None, version)
    }
    classes: Dict[str, Class] = {}
    for name, raw_class in raw["classes"].items():
        if not _known(raw_class.get("since"), raw_class.get("gone"), version):
            continue
        properties = {
            member: Property(member, type_, "r" in access, "w" in access, "o" in access, applies)
            for member, (type_, access, since, gone, applies) in raw_class["properties"].items()
            if _known(since, gone, version)
        }
        methods = {
            member: Method(member, signature, cpp, parse_args(signature, True, enums), returns)
            for member, (signature, cpp, returns, since, gone) in raw_class["methods"].items()
            if _known(since, gone, version)
            # A capture may list a base's method once more, by name only; the arguments are those in the base.
            and not ("(" not in signature and _inherits(raw["classes"], raw_class["bases"], member))
        }
        events = tuple(e for e, since in raw_class["events"].items() if _known(since, None, version))
        classes[name] = Class(
            name,
            raw_class["path"],
            tuple(raw_class["bases"]),
            raw_class["constructible"],
            properties,
            methods,
            events,
        )
    functions = {
        name: Method(name.split(".")[-1], signature, "", parse_args(signature, False, enums), returns)
        for name, (signature, returns, since) in raw["functions"].items()
        if _known(since, None, version)
    }
    return Facts(version, classes, enums, functions, raw["c_instance"])


def all_properties(facts: Facts, name: str) -> Dict[str, Property]:
    """The properties of a class, including those of its bases."""
    properties: Dict[str, Property] = {}
    for class_name in lineage(facts, name):
        for member, prop in facts.classes[class_name].properties.items():
            properties.setdefault(member, prop)
    return properties


def lineage(facts: Facts, name: str) -> List[str]:
    """The class and its bases in the facts, nearest first."""
    chain = [name]
    for base in facts.classes[name].bases:
        if base in facts.classes and base not in chain:
            chain.append(base)
    return chain


def compact(capture: Dict[str, Any]) -> Dict[str, Any]:
    """The facts of a full capture, without its texts."""
    by_path = {}
    for name, captured in capture["classes"].items():
        by_path[captured["python_path"]] = name
        by_path[captured["python_path"].replace("Live.", "", 1)] = name
    classes = {}
    for name, captured in capture["classes"].items():
        if name in ("ControlSurface", "c_instance"):
            continue
        bases = [by_path.get(base, base) for base in captured.get("bases", ())]
        if not bases:
            bases = (
                ["LomObject", "Boost.Python.instance"]
                if name.endswith(".View")
                else ["Boost.Python.instance"]
            )
        properties = {}
        for member, p in sorted(captured["properties"].items()):
            access = "".join(
                letter for letter, key in (("r", "read"), ("w", "write"), ("o", "observe")) if p.get(key)
            )
            applies = p.get("applicable_to") or ""
            properties[member] = [
                p.get("type") or "object",
                access,
                p.get("since") or "",
                p.get("gone_after") or "",
                "" if applies == "all" else applies.replace("`", ""),
            ]
        methods = {}
        for member, m in sorted(captured["methods"].items()):
            signature = m.get("signature")
            if not signature:
                continue
            methods[member] = [
                signature,
                m.get("cpp") or "",
                m.get("returns") or "",
                m.get("since") or "",
                m.get("gone_after") or "",
            ]
        events = captured.get("event_listeners") or {}
        classes[name] = {
            "path": captured["python_path"],
            "bases": bases,
            "constructible": bool(captured.get("constructible")),
            "since": captured.get("since") or "",
            "gone": captured.get("gone_after") or "",
            "properties": properties,
            "methods": methods,
            "events": {
                e: (
                    events[e].get("since") or ""
                    if isinstance(events, dict) and isinstance(events[e], dict)
                    else ""
                )
                for e in events
            },
        }
    return {
        "classes": classes,
        "enums": {name: [e.get("since") or "", e["values"]] for name, e in sorted(capture["enums"].items())},
        "functions": {
            name: [f["signature"], f.get("returns") or "", f.get("since") or ""]
            for name, f in sorted(capture["functions"].items())
        },
        "c_instance": {
            name: m.get("signature") or name
            for name, m in sorted(capture["classes"]["c_instance"]["methods"].items())
        },
    }


def _main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        facts = compact(json.load(file))
    with open(PATH, "w", encoding="utf-8") as file:
        json.dump(facts, file, separators=(",", ":"), sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    import sys

    if len(sys.argv) != 2:
        sys.exit("usage: python -m remote_script.headless.api.facts CAPTURE.json")
    _main(sys.argv[1])
