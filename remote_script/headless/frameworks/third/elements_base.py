"""Where a specification's controls are made and named."""

from __future__ import annotations

from ..engine.compounds import ComboElement, RowFirstMatrix
from ..engine.midi import MIDI_CC_TYPE, MIDI_NOTE_TYPE
from .elements import ButtonElement, EncoderElement, SysexElement


def attribute(name):
    """The attribute that an element of this name becomes."""
    return name.lower().replace(" ", "_")


class ElementsBase:
    """`add_button(60, "Play_Button")` makes the attribute `play_button`; a matrix `pads` is also `pads_raw`, a list."""

    def __init__(self, global_channel=0, *args, **kwargs):
        self._global_channel = global_channel

    def _put(self, name, element):
        element.name = name
        setattr(self, attribute(name), element)
        return element

    def add_element(self, name, element_factory, *args, **words):
        """Whatever the factory makes."""
        return self._put(name, element_factory(*args, name=name, **words))

    def add_button(self, identifier, name, **words):
        """A button with a note or controller number (`msg_type`, `channel`, `is_momentary`, `led_channel`)."""
        words.setdefault("channel", self._global_channel)
        words.setdefault("msg_type", MIDI_NOTE_TYPE)
        return self._put(name, ButtonElement(identifier, name=name, **words))

    def add_modifier_button(self, identifier, name, **words):
        """A button that others are combined with."""
        return self.add_button(identifier, name, **words)

    def add_encoder(self, identifier, name, **words):
        """A knob (`msg_type`, `channel`, `map_mode`)."""
        words.setdefault("channel", self._global_channel)
        words.setdefault("msg_type", MIDI_CC_TYPE)
        return self._put(name, EncoderElement(identifier, name=name, **words))

    def add_sysex_element(self, sysex_identifier, name, send_message_generator=None, **words):
        """Messages that begin with the identifier."""
        made = SysexElement(send_message_generator, sysex_identifier=sysex_identifier, name=name, **words)
        return self._put(name, made)

    def add_matrix(
        self, identifiers, base_name, element_factory=None, channels=None, name_factory=None, **words
    ):
        """Rows of what `element_factory(identifier, name, channel=…)` makes."""
        make = element_factory or ButtonElement
        rows = []
        for row, numbers in enumerate(identifiers):
            rows.append([])
            for column, identifier in enumerate(numbers):
                name = name_factory(row, column) if name_factory else "%s_%d_%d" % (base_name, row, column)
                channel = _channel(channels, row, column, self._global_channel)
                rows[-1].append(make(identifier, name=name, channel=channel, **words))
        setattr(self, attribute(base_name) + "_raw", [each for row in rows for each in row])
        return self._put(base_name, RowFirstMatrix(rows))

    def add_button_matrix(self, identifiers, base_name, channels=None, **words):
        """Rows of buttons."""
        words.setdefault("msg_type", MIDI_NOTE_TYPE)
        return self.add_matrix(identifiers, base_name, ButtonElement, channels, **words)

    def add_encoder_matrix(self, identifiers, base_name, channels=None, **words):
        """Rows of knobs."""
        words.setdefault("msg_type", MIDI_CC_TYPE)
        return self.add_matrix(identifiers, base_name, EncoderElement, channels, **words)

    def add_submatrix(self, matrix, name, columns=None, rows=None):
        """A part of a matrix: columns and rows from…to, the end not included."""
        part = matrix.submatrix[slice(*(columns or (None,))), slice(*(rows or (None,)))]
        setattr(self, attribute(name) + "_raw", list(part))
        return self._put(name, part)

    def add_modified_control(self, control, modifier, name=None, **words):
        """The control while the modifier is held: `play_button_with_shift` for `play_button` and "Shift_Button"."""
        held = attribute(modifier.name).replace("_button", "")
        under = name or "%s_with_%s" % (attribute(control.name), held)
        rows = getattr(control, "_rows", None)
        if rows is None:
            return self._put(under, ComboElement(control, modifier, **words))
        combos = [[ComboElement(each, modifier, **words) for each in row] for row in rows]
        setattr(self, attribute(under) + "_raw", [each for row in combos for each in row])
        return self._put(under, RowFirstMatrix(combos))


def _channel(channels, row, column, otherwise):
    if channels is None:
        return otherwise
    if isinstance(channels, int):
        return channels
    at_row = channels[row]
    return at_row if isinstance(at_row, int) else at_row[column]
