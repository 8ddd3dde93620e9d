"""A surface that sends what is asked in one update together; here nothing needs to be saved."""

from __future__ import annotations

from .ControlSurface import ControlSurface


class OptimizedControlSurface(ControlSurface):
    """As ControlSurface."""
