"""Displays of controllers are not there yet; components that could be shown on one can be made."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent


class Renderable:
    """Could be shown on a controller's display; without one nothing is."""

    def notify(self, *notification):
        """A message for the display."""


__getattr__ = absent(
    __name__, ("DefaultNotifications", "DisplaySpecification", "State", "Text", "updating_display", "view")
)
