"""A table of controls by name, for small scripts of the first generation."""

from __future__ import annotations

from ..engine.compounds import ButtonMatrixElement
from ..engine.elements import EncoderElement, SliderElement
from ..engine.midi import MapMode
from .elements import ButtonElement


def make_button(name, channel, number, midi_message_type):
    return ButtonElement(False, midi_message_type, channel, number, name=name)


def make_slider(name, channel, number, midi_message_type):
    return SliderElement(midi_message_type, channel, number, name=name)


def make_encoder(name, channel, number, midi_message_type):
    return EncoderElement(midi_message_type, channel, number, MapMode.absolute, name=name)


class MidiMap(dict):
    """Name -> control; elements of a matrix are named "Pads[0]" or "Pads[0,1]" (column, row)."""

    def add_button(self, name, channel, number, midi_message_type):
        self[name] = make_button(name, channel, number, midi_message_type)

    def add_matrix(self, name, element_factory, channel, numbers, midi_message_type):
        """Add rows of elements that `element_factory(name, channel, number, midi_message_type)` creates."""
        pattern = "%s[%d,%d]" if len(numbers) > 1 else "%s[%d]"
        rows = []
        for row, identifiers in enumerate(numbers):
            rows.append([])
            for column, identifier in enumerate(identifiers):
                where = (name, column, row)[: pattern.count("%")]
                rows[-1].append(element_factory(pattern % where, channel, identifier, midi_message_type))
        self[name] = ButtonMatrixElement(rows=rows)
