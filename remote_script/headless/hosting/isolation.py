"""Modules of hosted scripts: each script has its own module namespace, so that equal names do not collide.

All scripts share one interpreter and one `sys.modules`. A script's modules are loaded with their own `__import__`
(in their `__builtins__`): if an imported name could belong to another script, the import runs with the script's own
modules in `sys.modules` and without the modules of the other scripts. Imports inside functions find the right
module, too. Not covered: `importlib.import_module` with a name that two scripts have.

Source files are read again at each load and leave no `__pycache__`, so that a reload never uses an old file.
"""

from __future__ import annotations

import builtins
import importlib
import linecache
import os
import sys
import threading
import types
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Set

_LOCK = threading.RLock()
"""Held while one script's modules replace those of the others in `sys.modules`."""


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, names: Dict[str, Any]) -> None:
        super().__init__(name, path)
        self._names = names

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)

    def exec_module(self, module: types.ModuleType) -> None:
        module.__dict__["__builtins__"] = self._names
        super().exec_module(module)


class ScriptModules:
    """The modules of one script's folder.

    Args:
      name: Name of the package.
      folder: Path of the package.
      others: Returns the ScriptModules of all scripts (with or without this one).
      paths: Folders to add to `sys.path` permanently.
    """

    def __init__(
        self,
        name: str,
        folder: str,
        others: Callable[[], Iterable[ScriptModules]],
        paths: Sequence[str] = (),
    ) -> None:
        self.name, self.folder = name, folder
        self.table: Dict[str, types.ModuleType] = {}
        """The script's modules at their last exchange with `sys.modules`."""
        self._module_names: Set[str] = set()
        self._tops: Set[str] = {name}
        self._others, self._paths = others, paths
        self._taken: Dict[str, types.ModuleType] = {}
        self._names = dict(vars(builtins), __import__=self._import)

    def holds(self, path: Optional[str]) -> bool:
        """True for a path inside the folder."""
        return bool(path) and (os.path.abspath(str(path)) + os.sep).startswith(self.folder + os.sep)

    def owns(self, module: Any) -> bool:
        """True for a module that was loaded from the folder."""
        file = getattr(module, "__file__", None)
        if file is None:
            return any(self.holds(folder) for folder in list(getattr(module, "__path__", ())))
        return self.holds(file)

    # -- loading -------------------------------------------------------------------------------------

    def load(self) -> types.ModuleType:
        """Import the package; its files are read again after `forget`."""
        for path in self._paths:
            if path not in sys.path and os.path.isdir(path):
                sys.path.insert(0, path)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)
        importlib.invalidate_caches()
        with self.alone():
            return importlib.import_module(self.name)

    def forget(self) -> None:
        """Remove all modules of the script and its entries in `sys.path`, and restore modules of the same name."""
        for name in self._here():
            del sys.modules[name]
        sys.path[:] = [folder for folder in sys.path if not self.holds(folder)]
        while self in sys.meta_path:
            sys.meta_path.remove(self)
        for name, module in self._taken.items():
            sys.modules.setdefault(name, module)
        self.table, self._module_names, self._tops, self._taken = {}, set(), {self.name}, {}
        linecache.checkcache()

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Optional[ModuleSpec]:
        """Finder on `sys.meta_path` for the script's own package and the modules in its folder."""
        spec = self._spec(fullname, path)
        if spec is not None:
            self._module_names.add(fullname)
            self._tops.add(fullname.split(".")[0])
        return spec

    def _spec(self, fullname: str, path: Any) -> Optional[ModuleSpec]:
        if fullname == self.name:
            where = os.path.join(self.folder, "__init__.py")
            loader = _Loader(fullname, where, self._names)
            return spec_from_file_location(
                fullname, where, loader=loader, submodule_search_locations=[self.folder]
            )
        places = [folder for folder in (sys.path if path is None else path) if self.holds(folder)]
        spec = PathFinder.find_spec(fullname, places) if places else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path, self._names)
        return spec

    # -- isolation -----------------------------------------------------------------------------------

    def _import(
        self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
    ) -> Any:
        top = self.name if level else name.split(".")[0]
        if self._is_disputed(top):
            with self.alone():
                return builtins.__import__(name, globals, locals, fromlist, level)
        return builtins.__import__(name, globals, locals, fromlist, level)

    def _is_disputed(self, top: str) -> bool:
        others = [isolated for isolated in self._others() if isolated is not self]
        if any(top in other._tops for other in others):
            return True
        if top in sys.modules:
            return False
        return any(other.holds(path) for other in others for path in sys.path) or os.path.isdir(
            os.path.join(os.path.dirname(self.folder), top)
        )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Context with this script's modules and paths instead of the others'; neighbour folders can be imported."""
        with _LOCK:
            others = [isolated for isolated in self._others() if isolated is not self]
            aside = self._put_aside(others)
            before = list(sys.path)
            parent = os.path.dirname(self.folder)
            seen = [parent] + [
                folder for folder in before if not any(other.holds(folder) for other in others)
            ]
            sys.path[:] = seen
            sys.modules.update(self.table)
            try:
                yield
            finally:
                came = [folder for folder in sys.path if folder not in seen and folder not in before]
                gone = [folder for folder in seen[1:] if folder not in sys.path]
                sys.path[:] = came + [folder for folder in before if folder not in gone]
                self.table.update(self._here())
                for name, module in aside.items():
                    sys.modules.setdefault(name, module)

    def _put_aside(self, others: List[ScriptModules]) -> Dict[str, types.ModuleType]:
        aside: Dict[str, types.ModuleType] = {}
        for other in others:
            here = other._here()
            other.table.update(here)
            aside.update(here)
        prefix = self.name + "."
        for name, module in list(sys.modules.items()):
            # An installed package of the same name, which is not a script.
            if (name == self.name or name.startswith(prefix)) and name not in aside and not self.owns(module):
                self._taken[name] = module
        for name in (*aside, *self._taken):
            sys.modules.pop(name, None)
        return aside

    def _here(self) -> Dict[str, types.ModuleType]:
        """The script's modules that are in `sys.modules` now."""
        modules = {name: sys.modules.get(name) for name in self._module_names}
        return {name: module for name, module in modules.items() if module is not None and self.owns(module)}
