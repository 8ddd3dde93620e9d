"""Names that Live's frameworks have and these do not: they can be imported, not used."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable


class Unsupported:
    """Base of all such names; making one says which it is."""

    _missing = "this"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("headless Live does not have %s yet" % self._missing)


_KNOWN: Dict[str, type] = {}


def unsupported(full_name: str) -> type:
    """The class that stands for a name, the same one each time."""
    if full_name not in _KNOWN:
        short = full_name.rsplit(".", 1)[-1]
        _KNOWN[full_name] = type(short, (Unsupported,), {"_missing": full_name, "__module__": full_name})
    return _KNOWN[full_name]


def absent(module: str, names: Iterable[str]) -> Callable[[str], Any]:
    """A module's `__getattr__` that knows these further names."""
    known = frozenset(names)

    def look_up(name: str) -> Any:
        if name in known:
            return unsupported("%s.%s" % (module, name))
        raise AttributeError("module %r has no attribute %r" % (module, name))

    return look_up
