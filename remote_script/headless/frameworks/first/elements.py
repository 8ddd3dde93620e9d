"""Buttons with the arguments of the first generation: without `is_rgb`."""

from ..engine import elements
from ..engine.midi import MIDI_NOTE_TYPE


class ButtonElement(elements.ButtonElement):
    def __init__(
        self, is_momentary=True, msg_type=MIDI_NOTE_TYPE, channel=0, identifier=None, *args, **kwargs
    ):
        super().__init__(is_momentary, msg_type, channel, identifier, False, *args, **kwargs)
