"""The table of names in each module of Live's frameworks, by Live version (`facts.json`).

Names, re-exports, simple constants and their use by published scripts, collected from public listings of Live 11.0
to 12.1; no code. A module's entry:

    d     functions and classes that it defines        c     constants: name -> source text of the value
    x     module -> names that it imports from there (`name:alias`)
    all   its `__all__`, if it has one                 sub   1: a package
    v     since-until; open ends are left out          vv    the same of single names
    u     name -> how many repositories and factory scripts import it

A Live newer than the newest listing has the names of that listing.
"""

from __future__ import annotations

import json
import os
from typing import Any, Dict, List, Tuple

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "facts.json")

with open(_FILE, encoding="utf-8") as _opened:
    _FACTS: Dict[str, Any] = json.load(_opened)

MODULES: Dict[str, Dict[str, Any]] = _FACTS["modules"]
REFUSED: Dict[str, int] = _FACTS["refused"]
"""Packages of Live that are not implemented here -> number of their imports."""
DEVICES: Dict[str, str] = _FACTS["devices"]
"""A device's class name -> the prefix of its banks among the constants of `_Generic.Devices`."""


PALETTE: Dict[int, int] = {int(color): value for color, value in _FACTS["palette"].items()}
"""Live's colours -> the MIDI values of the standard palette."""
NOTIFICATIONS: Dict[str, Any] = _FACTS["notifications"]
"""Texts for displays of the third generation, in groups; "" if Live computes the text."""


def _number(version: str) -> Tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def in_version(span: str, version: str) -> bool:
    """True when a since-until span covers a Live version such as "12.1"; "" covers all."""
    since, _, until = span.partition("-")
    wanted = _number(version)
    return (not since or _number(since) <= wanted) and (not until or wanted <= _number(until))


def has_module(name: str, version: str) -> bool:
    """True when this Live version ships the module."""
    return name in MODULES and in_version(MODULES[name].get("v", ""), version)


def imports(module: str) -> Dict[str, Tuple[str, str]]:
    """Name in the module → (module, name) of its import."""
    sources: Dict[str, Tuple[str, str]] = {}
    for source, names in MODULES[module].get("x", {}).items():
        for written in names.split():
            original, _, alias = written.partition(":")
            sources[alias or original] = (source, original)
    return sources


def names(module: str, version: str) -> List[str]:
    """All public names of a module in a Live version: defined and imported ones, without submodules."""
    entry = MODULES[module]
    spans = entry.get("vv", {})
    everything = [*entry.get("d", "").split(), *entry.get("c", {}), *imports(module)]
    return [name for name in dict.fromkeys(everything) if in_version(spans.get(name, ""), version)]


def modules_below(package: str) -> List[str]:
    """A package and all modules in it, of any Live version."""
    return [module for module in MODULES if module == package or module.startswith(package + ".")]


def definitions(module: str, version: str) -> List[str]:
    """Public functions and classes that a module defines in a Live version."""
    defined = set(MODULES[module].get("d", "").split()) if has_module(module, version) else ()
    return (
        [name for name in names(module, version) if name in defined and not name.startswith("_")]
        if defined
        else []
    )


def use(module: str) -> Dict[str, int]:
    """Name -> number of repositories and factory scripts that import the name from this module."""
    return dict(MODULES[module].get("u", {}))
