"""Stubs for names of Live's frameworks that are not implemented: they can be imported and subclassed, not used."""

from __future__ import annotations

from typing import Any, Dict

from .events import EventObjectMeta


class NotHere(NotImplementedError, AttributeError):
    """An attribute of a name that headless Live does not have; `hasattr` is False, as for any missing attribute."""


class _StubMeta(EventObjectMeta):
    """Every use of a stub raises an error with the stub's name; `hasattr` and `isinstance` work as usual."""

    def __getattr__(cls, name: str) -> Any:
        # A subclass of a stub has its own members; the inherited members are not implemented.
        raise NotHere("headless Live does not have %s yet (asked for its %r)" % (cls._missing, name))

    def _refuse(cls, *args: Any) -> Any:
        raise NotImplementedError("headless Live does not have %s yet" % cls._missing)

    __getitem__ = __iter__ = __len__ = __contains__ = _refuse


class Unsupported(metaclass=_StubMeta):
    """Base of all stubs; creating an instance raises NotImplementedError with the name."""

    _missing = "this"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        type(self)._refuse()


_KNOWN: Dict[str, type] = {}


def unsupported(full_name: str) -> type:
    """The stub for a name; the same class at each call."""
    if full_name not in _KNOWN:
        module, _, short = full_name.rpartition(".")
        _KNOWN[full_name] = _StubMeta(short, (Unsupported,), {"_missing": full_name, "__module__": module})
    return _KNOWN[full_name]
