"""Events and slots."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.events import (
    Event,
    EventError,
    EventObject,
    EventObjectMeta,
    MultiSlot,
    ObservablePropertyAlias,
    SerializableListenableProperties,
    Slot,
    SlotGroup,
    add_event,
    has_event,
    listenable_property,
    listens,
    listens_group,
    validate_event_interface,
)

__all__ = [
    "Event",
    "EventError",
    "EventObject",
    "EventObjectMeta",
    "MultiSlot",
    "ObservablePropertyAlias",
    "SerializableListenableProperties",
    "Slot",
    "SlotGroup",
    "add_event",
    "has_event",
    "listenable_property",
    "listens",
    "listens_group",
    "validate_event_interface",
]
