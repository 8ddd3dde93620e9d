"""A switch of some object under a button."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.switches import ToggleCore

from .ControlSurfaceComponent import ControlSurfaceComponent


class ToggleComponent(ToggleCore, ControlSurfaceComponent):
    """`ToggleComponent(property_name, subject)`."""
