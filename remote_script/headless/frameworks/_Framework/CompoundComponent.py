"""A component of components."""

from __future__ import annotations

from .ControlSurfaceComponent import ControlSurfaceComponent


class CompoundComponent(ControlSurfaceComponent):
    """`register_component` takes a child, which is on only while this is."""
