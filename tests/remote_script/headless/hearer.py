"""A replica of a Set that is updated by listeners only."""

from __future__ import annotations

from typing import Any

from remote_script.headless.api.facts import all_properties

REFUSES = (RuntimeError, AttributeError)
METERS = ("input_meter", "output_meter")
"""Properties that Live notifies constantly, also without a new value."""


class Hearer:
    """Every observable property of every object, as last read when its listener was called."""

    def __init__(self, live: Any) -> None:
        self.live = live
        self.known: dict[tuple[int, str], Any] = {}
        self.attend()

    def attend(self) -> None:
        """Attach listeners to new objects, and remove deleted objects."""
        there = set()
        for root in (self.live.document.song, self.live.document.application):
            for node in root.walk():
                handle = self.live.surface.wrap(node)
                for name, prop in all_properties(self.live.surface.facts, type(handle)._lom_name).items():
                    if not (prop.observe and prop.read):
                        continue
                    key = (node.ptr, f"{node.lom}.{name}")
                    there.add(key)
                    if key not in self.known:
                        self.known[key] = read(handle, name)
                        getattr(handle, f"add_{name}_listener")(self.hear(handle, name, key))
        for key in set(self.known) - there:
            del self.known[key]

    def hear(self, handle: Any, name: str, key: tuple[int, str]) -> Any:
        def heard() -> None:
            self.known[key] = read(handle, name)

        return heard

    def untold(self) -> list[str]:
        """The properties whose value differs from the last notified value."""
        differences = []
        for root in (self.live.document.song, self.live.document.application):
            for node in root.walk():
                handle = self.live.surface.wrap(node)
                for name, prop in all_properties(self.live.surface.facts, type(handle)._lom_name).items():
                    key = (node.ptr, f"{node.lom}.{name}")
                    if not prop.observe or name.startswith(METERS) or key not in self.known:
                        continue
                    if self.known[key] != read(handle, name):
                        differences.append(f"{key[1]}: {read(handle, name)!r}, told {self.known[key]!r}")
        return differences


def read(handle: Any, name: str) -> Any:
    """The value in a form that can be compared and stored: objects as pointers."""
    try:
        value = getattr(handle, name)
    except REFUSES as problem:
        return str(problem)
    return plain(value)


def plain(value: Any) -> Any:
    if hasattr(value, "_node"):
        return ("object", value._node.ptr)
    if hasattr(type(value), "_items") or isinstance(value, (tuple, list)):
        return tuple(plain(member) for member in value)
    if hasattr(value, "display_name"):
        return value.display_name
    if hasattr(value, "__dict__") and not isinstance(value, (int, float, str)):
        return tuple(sorted((name, plain(field)) for name, field in vars(value).items()))
    return value
