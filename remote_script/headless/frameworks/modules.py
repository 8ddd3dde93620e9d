"""Makes Live's framework modules importable: their contents from `facts`, their objects from `homes`.

A module of Live's is created at its first import and has exactly the names of this Live version. The object behind
a name comes from the first of these sources: the module that the name is imported from, the literal value in the
facts, the home module in `homes`; without any, a stub raises NotImplementedError with the name at its first use.
"""

from __future__ import annotations

import ast
import importlib
import logging
import sys
import types
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from typing import Any, Dict, List, Optional, Tuple

from . import facts, homes
from .engine.absent import Unsupported, unsupported

_HERE = __name__.rpartition(".")[0]


class FrameworkModules(Loader):
    """A finder and loader for `sys.meta_path`, for one Live version."""

    def __init__(self) -> None:
        self.version = ""
        self._live: Any = None
        self._resolved: Dict[Tuple[str, str], Any] = {}

    def become(self, version: str) -> None:
        """Serve another Live version: forget the modules that were created for the previous one."""
        live = sys.modules.get("Live")
        if (version, live) != (self.version, self._live):
            self.version, self._live = version, live
            self._resolved = {}
            for name in [loaded for loaded in sys.modules if loaded in facts.MODULES]:
                del sys.modules[name]

    # -- importing -----------------------------------------------------------------------------------

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Optional[ModuleSpec]:
        """The spec of a module that this Live version ships."""
        if not facts.has_module(fullname, self.version):
            return None
        return ModuleSpec(fullname, self, is_package="sub" in facts.MODULES[fullname])

    def create_module(self, spec: ModuleSpec) -> None:
        """None selects the default kind of module."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Set the names of a module."""
        name = module.__name__
        listed = facts.MODULES[name].get("all")
        carried = homes.CARRIED.get(name, "").split()
        for member in carried:
            setattr(module, member, homes.STANDARD[member]())
        for member in facts.names(name, self.version):
            below = "%s.%s" % (name, member)
            if member in facts.imports(name) and facts.has_module(below, self.version):
                # A later import of the submodule would overwrite the name.
                importlib.import_module(below)
            setattr(module, member, self.resolve(name, member))
        if listed is not None:
            vars(module)["__all__"] = [member for member in listed.split() if hasattr(module, member)]

    # -- objects -------------------------------------------------------------------------------------

    def resolve(self, module: str, name: str) -> Any:
        """The object behind a name of a module; a stub for an object that headless Live does not have."""
        key = (module, name)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(module, name)
        return self._resolved[key]

    def _resolve(self, module: str, name: str) -> Any:
        below = "%s.%s" % (module, name)
        defined = module in facts.MODULES and name in (
            *facts.MODULES[module].get("d", "").split(),
            *facts.MODULES[module].get("c", {}),
        )
        if not defined:
            source = facts.imports(module).get(name) if module in facts.MODULES else None
            if facts.has_module(below, self.version) and (source is None or source[0] == module):
                return importlib.import_module(below)
            if source is not None:
                return self.resolve(*source)
        text = facts.MODULES.get(module, {}).get("c", {}).get(name, "")
        if text.startswith("<logging.getLogger"):
            return logging.getLogger(module)
        if text and not text.startswith("<"):
            try:
                return self._literal(module, ast.parse(text, mode="eval").body)
            except (LookupError, AttributeError):
                pass
        is_at_home, value = self._at_home(module, name)
        return value if is_at_home else unsupported(below)

    def _at_home(self, module: str, name: str) -> Tuple[bool, Any]:
        places, renamed = homes.of(module)
        wanted = renamed.get(name, name)
        for place in places:
            names = vars(importlib.import_module("%s.%s" % (_HERE, place)))
            if wanted in names:
                return True, names[wanted]
        return False, None

    def _literal(self, module: str, node: ast.AST) -> Any:
        """The value of a literal that may contain names of the module or of `homes.STANDARD`."""
        if isinstance(node, ast.Name):
            if node.id in homes.STANDARD:
                return homes.STANDARD[node.id]()
            if node.id not in facts.names(module, self.version):
                raise LookupError(node.id)
            return self.resolve(module, node.id)
        if isinstance(node, ast.Attribute):
            return getattr(self._literal(module, node.value), node.attr)
        if isinstance(node, ast.Tuple):
            return tuple(self._literal(module, element) for element in node.elts)
        if isinstance(node, ast.BinOp):
            left, right = self._literal(module, node.left), self._literal(module, node.right)
            return left + right if isinstance(node.op, ast.Add) else left - right
        return ast.literal_eval(node)


class _Refusal:
    """The last finder on `sys.meta_path`: raises an error for a package of Live's that no other finder has."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Optional[ModuleSpec]:
        """Raise an error for the packages that are not implemented."""
        if fullname in facts.REFUSED:
            raise ModuleNotFoundError(
                "headless Live does not have Live's package %s: it has %s" % (fullname, ", ".join(PACKAGES)),
                name=fullname,
            )
        return None


PACKAGES = ("_Framework", "_Generic", "_APC", "ableton.v2", "ableton.v3")
MODULES = FrameworkModules()
_REFUSAL = _Refusal()


def works(module: str, name: str) -> bool:
    """True when `from module import name` gives a usable object, in the installed Live version."""
    below = "%s.%s" % (module, name)
    if facts.has_module(below, MODULES.version):
        return True
    if not facts.has_module(module, MODULES.version):
        return False
    try:
        made = getattr(importlib.import_module(module), name)
    except AttributeError:
        return False
    return not (isinstance(made, type) and issubclass(made, Unsupported))


def install(version: str) -> List[str]:
    """Make `import _Framework`, `import ableton.v2` … import these modules, as in Live `version`.

    Idempotent. Installed packages of the same names are removed from `sys.modules`; returns their names.
    """
    MODULES.become(version)
    if MODULES not in sys.meta_path:
        sys.meta_path.insert(0, MODULES)
        sys.meta_path.append(_REFUSAL)
    taken = [
        name
        for name, module in list(sys.modules.items())
        if name in facts.MODULES and getattr(getattr(module, "__spec__", None), "loader", None) is not MODULES
    ]
    for name in taken:
        del sys.modules[name]
    return taken
