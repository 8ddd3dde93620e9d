"""Modules of hosted scripts: each script has its names for itself, whatever the others call theirs.

All scripts share one interpreter and one `sys.modules`. A script's modules are loaded with an `__import__` of their own
(in their `__builtins__`): where a name that is imported could be another script's, the others' modules are put aside
for the time of the import, and the script's own ones are in place. So also imports inside functions find their own.
What is not covered: `importlib.import_module` with a name that two scripts have.

Source files are read anew at each loading and leave no `__pycache__`, so that a reload never meets an old file.
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
"""One script's modules at a time are in place of others'."""


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
      name: Of the package.
      folder: Where it is.
      others: The ScriptModules of all scripts (this one among them or not).
      paths: To have on `sys.path` for good.
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
        """Its modules, as they were when they were last put aside or back."""
        self._found: Set[str] = set()
        self._tops: Set[str] = {name}
        self._others, self._paths = others, paths
        self._taken: Dict[str, types.ModuleType] = {}
        self._names = dict(vars(builtins), __import__=self._import)

    def holds(self, path: Optional[str]) -> bool:
        """Whether a path lies in the folder."""
        return bool(path) and (os.path.abspath(str(path)) + os.sep).startswith(self.folder + os.sep)

    def owns(self, module: Any) -> bool:
        """Whether a module was loaded from the folder."""
        file = getattr(module, "__file__", None)
        if file is None:
            return any(self.holds(each) for each in list(getattr(module, "__path__", ())))
        return self.holds(file)

    # -- loading -------------------------------------------------------------------------------------

    def load(self) -> types.ModuleType:
        """The package, read anew if it has been forgotten."""
        for path in self._paths:
            if path not in sys.path and os.path.isdir(path):
                sys.path.insert(0, path)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)
        importlib.invalidate_caches()
        with self.alone():
            return importlib.import_module(self.name)

    def forget(self) -> None:
        """Let go of all modules, of what the script put on `sys.path`, and give back the name."""
        for name in self._here():
            del sys.modules[name]
        sys.path[:] = [each for each in sys.path if not self.holds(each)]
        while self in sys.meta_path:
            sys.meta_path.remove(self)
        for name, module in self._taken.items():
            sys.modules.setdefault(name, module)
        self.table, self._found, self._tops, self._taken = {}, set(), {self.name}, {}
        linecache.checkcache()

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Optional[ModuleSpec]:
        """As a finder on `sys.meta_path`: the script's own package, and what lies in its folder."""
        found = self._spec(fullname, path)
        if found is not None:
            self._found.add(fullname)
            self._tops.add(fullname.split(".")[0])
        return found

    def _spec(self, fullname: str, path: Any) -> Optional[ModuleSpec]:
        if fullname == self.name:
            where = os.path.join(self.folder, "__init__.py")
            loader = _Loader(fullname, where, self._names)
            return spec_from_file_location(
                fullname, where, loader=loader, submodule_search_locations=[self.folder]
            )
        places = [each for each in (sys.path if path is None else path) if self.holds(each)]
        spec = PathFinder.find_spec(fullname, places) if places else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path, self._names)
        return spec

    # -- each for itself -----------------------------------------------------------------------------

    def _import(
        self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
    ) -> Any:
        top = self.name if level else name.split(".")[0]
        if self._is_disputed(top):
            with self.alone():
                return builtins.__import__(name, globals, locals, fromlist, level)
        return builtins.__import__(name, globals, locals, fromlist, level)

    def _is_disputed(self, top: str) -> bool:
        others = [each for each in self._others() if each is not self]
        if any(top in each._tops for each in others):
            return True
        if top in sys.modules:
            return False
        return any(each.holds(path) for each in others for path in sys.path) or os.path.isdir(
            os.path.join(os.path.dirname(self.folder), top)
        )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The other scripts' modules and paths are away, this one's are there, its neighbours can be imported."""
        with _LOCK:
            others = [each for each in self._others() if each is not self]
            aside = self._put_aside(others)
            before = list(sys.path)
            parent = os.path.dirname(self.folder)
            seen = [parent] + [each for each in before if not any(other.holds(each) for other in others)]
            sys.path[:] = seen
            sys.modules.update(self.table)
            try:
                yield
            finally:
                came = [each for each in sys.path if each not in seen and each not in before]
                gone = [each for each in seen[1:] if each not in sys.path]
                sys.path[:] = came + [each for each in before if each not in gone]
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
            # A package of the same name that is no script, such as an installed one.
            if (name == self.name or name.startswith(prefix)) and name not in aside and not self.owns(module):
                self._taken[name] = module
        for name in (*aside, *self._taken):
            sys.modules.pop(name, None)
        return aside

    def _here(self) -> Dict[str, types.ModuleType]:
        """Its modules that are in place now."""
        found = {name: sys.modules.get(name) for name in self._found}
        return {name: each for name, each in found.items() if each is not None and self.owns(each)}
