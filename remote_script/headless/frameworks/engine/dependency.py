"""Dependency injection for a script's objects: `inject(...)` provides values, `@depends(...)` receives them.

The innermost active injection wins, then the default in `depends`; without either DependencyError.
"""

from __future__ import annotations

import functools
from typing import Any, Callable, Dict, List


class DependencyError(Exception):
    """No injection provides a required value."""


class Injection:
    """Providers (functions without arguments) by name, active inside `with`."""

    _in_force: List[Injection] = []

    def __init__(self, providers: Dict[str, Callable[[], Any]]) -> None:
        self._providers = dict(providers)

    def update(self, **providers: Callable[[], Any]) -> None:
        self._providers.update(providers)

    def __enter__(self) -> Injection:
        Injection._in_force.append(self)
        return self

    def __exit__(self, *error: Any) -> None:
        # Not a pop: a generator that is closed late must not remove another injection.
        for index in range(len(Injection._in_force) - 1, -1, -1):
            if Injection._in_force[index] is self:
                del Injection._in_force[index]
                break

    @classmethod
    def find(cls, name: str) -> Any:
        for injection in reversed(cls._in_force):
            if name in injection._providers:
                return injection._providers[name]
        return None


class _Into:
    """The result of `inject`, which sets the scope of the injection."""

    def __init__(self, providers: Dict[str, Callable[[], Any]]) -> None:
        self._providers = providers

    def everywhere(self) -> Injection:
        return Injection(self._providers)


def inject(**providers: Callable[[], Any]) -> _Into:
    return _Into(providers)


def get_dependency_for(obj: Any, name: str, default: Any = None) -> Any:
    provider = Injection.find(name) or default
    if provider is None:
        raise DependencyError(
            "%r needs `%s`, which nobody provides here; make it inside `with self.component_guard():`"
            % (type(obj).__name__, name)
        )
    return provider()


def depends(**defaults: Any) -> Callable[[Any], Any]:
    """Add these keyword arguments to calls that omit them (or pass None)."""

    def decorate(func: Any) -> Any:
        @functools.wraps(func)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            for name, default in defaults.items():
                if kwargs.get(name) is None:
                    kwargs[name] = get_dependency_for(self, name, default)
            return func(self, *args, **kwargs)

        return call

    return decorate


class dependency:
    """A class attribute that is looked up at each reading: `song = dependency(song=None)`."""

    def __init__(self, **named: Any) -> None:
        if len(named) != 1:
            raise ValueError("one dependency at a time, got %s" % ", ".join(sorted(named)))
        ((self._name, self._default),) = named.items()

    def __get__(self, obj: Any, cls: Any = None) -> Any:
        return self if obj is None else get_dependency_for(obj, self._name, self._default)
