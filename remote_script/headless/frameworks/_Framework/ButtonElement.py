"""Buttons, pads and keys."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.elements import ButtonElement

ON_VALUE = 127
OFF_VALUE = 0


class ButtonValue:
    """A value with a name, such as a colour's."""

    midi_value = 0

    def __init__(self, midi_value=None, *args, **kwargs):
        if midi_value is not None:
            self.midi_value = midi_value

    def __int__(self):
        return self.midi_value

    def __eq__(self, other):
        return int(self) == other

    def __hash__(self):
        return hash(self.midi_value)


class Color(ButtonValue):
    """Draws itself on a button."""

    def draw(self, interface):
        """Send it."""
        interface.send_value(self.midi_value)


__all__ = ["OFF_VALUE", "ON_VALUE", "ButtonElement", "ButtonValue", "Color"]
