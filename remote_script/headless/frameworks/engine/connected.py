"""Controls that follow a property: `control.connect_property(song, "metronome")`."""

from __future__ import annotations

from typing import Any

from .events import EventObject


class Connectable(EventObject):
    """Follows a property of another object, and sets this property."""

    requires_listenable_connected_property = False
    _connected: Any = None

    def connect_property(self, subject: Any, property_name: str, transform: Any = None) -> None:
        """Follow a property; `transform` converts a value that is set here into the property's value."""
        self.disconnect_property()
        slot = None
        if self.requires_listenable_connected_property:
            slot = self.register_slot(subject, self._connected_changed, property_name)
        self._connected = (subject, property_name, transform or (lambda value: value), slot)
        self._connected_changed()

    def disconnect_property(self) -> None:
        if self._connected is not None:
            slot = self._connected[3]
            self._connected = None
            if slot is not None:
                self.disconnect_disconnectable(slot)

    @property
    def connected_property_value(self) -> Any:
        return None if self._connected is None else getattr(*self._connected[:2])

    @connected_property_value.setter
    def connected_property_value(self, value: Any) -> None:
        if self._connected is not None:
            subject, name, transform, _ = self._connected
            setattr(subject, name, transform(value))

    def _connected_changed(self, *_value: Any) -> None:
        self.on_connected_property_changed(self.connected_property_value)

    def on_connected_property_changed(self, value: Any) -> None:
        """Called when the property changed; for subclasses."""
