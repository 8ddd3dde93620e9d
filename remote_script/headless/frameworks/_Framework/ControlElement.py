"""The base of all controls."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.elements import ControlElement
from remote_script.headless.frameworks.engine.events import EventObject


class NotifyingControlElement(ControlElement):
    """Has the event `value`."""


__all__ = ["ControlElement", "EventObject", "NotifyingControlElement"]
