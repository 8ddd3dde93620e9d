"""Modes, and components that switch between them."""

from __future__ import annotations

from ..second import components


class ModesComponent(components.ModesComponent):
    """The first mode is selected when nothing else is."""

    def __init__(self, *args, is_private=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_private = is_private

    def on_enabled_changed(self):
        """Select the first mode with the first switching on."""
        if self.is_enabled() and self.selected_mode is None and self.modes:
            self.selected_mode = self.modes[0]
        super().on_enabled_changed()
