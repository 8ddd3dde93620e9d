"""Objects that release their resources with `disconnect`, and objects that disconnect others."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterator, List


class Disconnectable:
    """An object with `disconnect`. Cooperative: accepts and ignores remaining arguments."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def disconnect(self) -> None:
        """Release all resources; the object must not be used afterwards."""


class CompoundDisconnectable(Disconnectable):
    """Disconnects the objects that were registered with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._registered_disconnectables: List[Any] = []

    def register_disconnectable(self, slot: Any) -> Any:
        if slot not in self._registered_disconnectables:
            self._registered_disconnectables.append(slot)
        return slot

    def unregister_disconnectable(self, slot: Any) -> None:
        if slot in self._registered_disconnectables:
            self._registered_disconnectables.remove(slot)

    def disconnect_disconnectable(self, slot: Any) -> None:
        """Disconnect one registered object now."""
        if slot in self._registered_disconnectables:
            slot.disconnect()
            self.unregister_disconnectable(slot)

    def find_disconnectable(self, predicate: Callable[[Any], Any]) -> Any:
        for disconnectable in self._registered_disconnectables:
            if predicate(disconnectable):
                return disconnectable
        return None

    def disconnect(self) -> None:
        registered, self._registered_disconnectables = self._registered_disconnectables, []
        for disconnectable in registered:
            disconnectable.disconnect()
        super().disconnect()


@contextmanager
def disconnectable(managed: Any) -> Iterator[Any]:
    """Disconnect the object at the end of the `with` block."""
    try:
        yield managed
    finally:
        if managed is not None:
            managed.disconnect()
