"""Creates and names the controls of a specification."""

from __future__ import annotations

from ..engine.compounds import ComboElement, RowFirstMatrix
from .elements import (
    ButtonElement,
    DisplayLineElement,
    EncoderElement,
    SysexElement,
    SysexSendingButtonElement,
)


def create_button(identifier, name, **words):
    return ButtonElement(identifier, name=name, **words)


def create_encoder(identifier, name, **words):
    return EncoderElement(identifier, name=name, **words)


def create_sysex_element(identifier, name, send_message_generator=None, is_private=True, **words):
    return SysexElement(send_message_generator, sysex_identifier=identifier, name=name, **words)


def create_sysex_sending_button(identifier, name, sysex_identifier, **words):
    return SysexSendingButtonElement(identifier, sysex_identifier, name=name, **words)


def create_combo_element(control=None, modifier=None, name=None, is_private=True):
    name = name or create_name_for_modified_control(control, modifier)
    return ComboElement(control, modifier, name=name, is_private=is_private)


def create_name_for_modified_control(control=None, modifier=None):
    """The name of a combination: `play_button_with_shift` for `play_button` and "Shift_Button"."""
    return "%s_with_%s" % (attribute(control.name), attribute(modifier.name).replace("_button", ""))


def create_matrix_identifiers(start, stop, width=1, flip_rows=False):
    """Rows of `width` numbers from `start` to before `stop`; with `flip_rows` the last row comes first."""
    rows = [list(range(first, min(first + width, stop))) for first in range(start, stop, width)]
    return rows[::-1] if flip_rows else rows


def attribute(name):
    return name.lower().replace(" ", "_")


class ElementsBase:
    """Creates controls: `add_button(60, "Play_Button")` sets the attribute `play_button`.

    A matrix `pads` is also available as a list, `pads_raw`.
    """

    def __init__(self, global_channel=0, *args, **kwargs):
        self._global_channel = global_channel

    def _put(self, name, element):
        element.name = name
        setattr(self, attribute(name), element)
        return element

    def add_element(self, name, element_factory, *args, **words):
        return self._put(name, element_factory(*args, name=name, **words))

    def add_button(self, identifier, name, **words):
        """Add a button with a controller number, or a note (`msg_type`, `channel`, `is_momentary`, `led_channel`)."""
        words.setdefault("channel", self._global_channel)
        return self._put(name, create_button(identifier, name, **words))

    def add_modifier_button(self, identifier, name, *args, **words):
        return self.add_button(identifier, name, **words)

    def add_encoder(self, identifier, name, **words):
        words.setdefault("channel", self._global_channel)
        return self._put(name, create_encoder(identifier, name, **words))

    def add_sysex_element(self, identifier, name, send_message_generator=None, **words):
        return self._put(name, create_sysex_element(identifier, name, send_message_generator, **words))

    def add_sysex_display_line(
        self, identifier, name, send_message_generator=None, default_formatting=None, **words
    ):
        """Add a line of a display that is written with sysex: an element `<name>_command`, and the line."""
        command = self.add_sysex_element(identifier, name + "_Command", send_message_generator)
        line = DisplayLineElement(
            command.send_value, default_formatting=default_formatting, name=name, **words
        )
        return self._put(name, line)

    def add_matrix(
        self,
        identifiers,
        base_name,
        channels=None,
        element_factory=None,
        name_factory=None,
        is_private=False,
        **words,
    ):
        """Add rows of elements that `element_factory(identifier, name, channel=…)` creates."""
        make = element_factory or create_button
        rows = []
        for row, numbers in enumerate(identifiers):
            rows.append([])
            for column, identifier in enumerate(numbers):
                name = name_factory(row, column) if name_factory else "%s_%d_%d" % (base_name, row, column)
                channel = _channel(channels, row, column, self._global_channel)
                rows[-1].append(make(identifier, name=name, channel=channel, **words))
        setattr(self, attribute(base_name) + "_raw", [element for row in rows for element in row])
        return self._put(base_name, RowFirstMatrix(rows))

    def add_button_matrix(self, identifiers, base_name, channels=None, *args, **words):
        return self.add_matrix(identifiers, base_name, channels, create_button, *args, **words)

    def add_encoder_matrix(self, identifiers, base_name, channels=None, *args, **words):
        return self.add_matrix(identifiers, base_name, channels, create_encoder, *args, **words)

    def add_submatrix(self, matrix, name, columns=None, rows=None, is_private=True):
        """Add a part of a matrix: columns and rows from…to, without the end."""
        part = matrix.submatrix[slice(*(columns or (None,))), slice(*(rows or (None,)))]
        setattr(self, attribute(name) + "_raw", list(part))
        return self._put(name, part)

    def add_modified_control(
        self, control=None, modifier=None, name=None, element_factory=create_combo_element, is_private=True
    ):
        """Add the control, or each control of a matrix, while the modifier is pressed."""
        under = name or create_name_for_modified_control(control, modifier)
        rows = getattr(control, "_rows", None)
        if rows is None:
            return self._put(under, element_factory(control, modifier, name=under))
        combos = [[element_factory(element, modifier) for element in row] for row in rows]
        setattr(self, attribute(under) + "_raw", [combo for row in combos for combo in row])
        return self._put(under, RowFirstMatrix(combos))


def _channel(channels, row, column, otherwise):
    if channels is None:
        return otherwise
    if isinstance(channels, int):
        return channels
    at_row = channels[row]
    return at_row if isinstance(at_row, int) else at_row[column]
