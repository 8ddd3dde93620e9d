"""A test kit for authors of Remote Scripts, on headless Live: no Live, no hardware, virtual time.

`plugin` is a pytest plugin with the fixtures `live`, `load_script`, `person` and `controller`. `course` runs any Remote
Script through fixed checks; `setmirror check PATH` shows their results. `stubs` writes type stubs for `import Live`.
All but the plugin run on Python 3.7, as inside Live 11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..headless import HeadlessLive, HostedScript
    from .actors import Controller, Person
    from .faults import Fault

__all__ = ["Controller", "Fault", "HeadlessLive", "HostedScript", "Person"]


def __getattr__(name: str) -> Any:
    # pytest imports this package in every project that has SetMirror; headless Live would cost it a third of a second.
    if name in ("Controller", "Person"):
        from . import actors

        return getattr(actors, name)
    if name == "Fault":
        from .faults import Fault

        return Fault
    if name in ("HeadlessLive", "HostedScript"):
        from .. import headless

        return getattr(headless, name)
    raise AttributeError("module %r has no attribute %r" % (__name__, name))
