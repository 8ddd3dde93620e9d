"""Controls with the event `value`."""

from __future__ import annotations

from .ControlElement import NotifyingControlElement

__all__ = ["NotifyingControlElement"]
