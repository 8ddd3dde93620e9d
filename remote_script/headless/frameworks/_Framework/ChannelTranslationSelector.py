"""Modes in which controls speak on other MIDI channels."""

from __future__ import annotations

from .ModeSelectorComponent import ModeSelectorComponent


class ChannelTranslationSelector(ModeSelectorComponent):
    """Mode n: the controls' first channel plus n."""

    def __init__(self, num_modes=0, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._controls_to_translate = None
        self._initial_num_modes = num_modes

    def set_controls_to_translate(self, controls):
        """A tuple of controls."""
        self._controls_to_translate = controls
        self.update()

    def number_of_modes(self):
        """As many as there are buttons, or as it was made with."""
        return max(1, self._initial_num_modes or len(self._modes_buttons))

    def update(self):
        """Set the channels and light the mode's button."""
        super().update()
        for control in self._controls_to_translate or ():
            control.use_default_message()
            if self.is_enabled() and self._mode_index > 0:
                control.set_channel((control.message_channel() + self._mode_index) % 16)
        for index, button in enumerate(self._modes_buttons):
            button.set_light(index == self._mode_index)
