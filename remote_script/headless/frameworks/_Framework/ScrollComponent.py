"""Two buttons that scroll something."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.scrolling import Scrollable, ScrollCore

from .ControlSurfaceComponent import ControlSurfaceComponent


class ScrollComponent(ScrollCore, ControlSurfaceComponent):
    """`ScrollComponent(scrollable)`."""


__all__ = ["ScrollComponent", "Scrollable"]
