"""Components of this generation."""

from __future__ import annotations

from ableton.v2.control_surface.component import Component

__all__ = ["Component"]
