"""Displays of controllers are not there yet; components that could be shown on one can be made."""

from __future__ import annotations


class Renderable:
    """Could be shown on a controller's display; without one nothing is."""

    def notify(self, *notification):
        """A message for the display."""
