"""Controls, the identifier first."""

from __future__ import annotations

from ..engine import elements as engine
from ..engine.dependency import Injection
from ..engine.midi import MIDI_CC_TYPE, MIDI_NOTE_TYPE, MapMode


def _skin():
    provider = Injection.find("skin")
    return None if provider is None else provider()


class ButtonElement(engine.ButtonElement):
    """`ButtonElement(identifier, channel=0, msg_type=MIDI_NOTE_TYPE, is_momentary=True)`."""

    def __init__(
        self,
        identifier=None,
        channel=0,
        msg_type=MIDI_NOTE_TYPE,
        is_momentary=True,
        led_channel=None,
        is_rgb=False,
        **kwargs,
    ):
        kwargs.setdefault("skin", _skin())
        super().__init__(is_momentary, msg_type, channel, identifier, **kwargs)
        self._led_channel = led_channel
        self.is_rgb = is_rgb

    def send_value(self, value, force=False, channel=None):
        """To the controller; its light may be on another channel."""
        super().send_value(value, force, self._led_channel if channel is None else channel)

    @property
    def is_pressed(self):
        """Whether it is down now."""
        return self._is_momentary and self._last_received > 0


class EncoderElement(engine.EncoderElement):
    """`EncoderElement(identifier, channel=0, msg_type=MIDI_CC_TYPE, map_mode=absolute)`.

    Hears its parameter change: `_parameter_value_changed`, for scripts whose encoders show values.
    """

    def __init__(
        self,
        identifier=None,
        channel=0,
        msg_type=MIDI_CC_TYPE,
        map_mode=MapMode.absolute,
        needs_takeover=True,
        is_feedback_enabled=False,
        feedback_delay=0,
        touch_element=None,
        mapping_sensitivity=1.0,
        send_should_depend_on_forwarding=True,
        **kwargs,
    ):
        self._block_internal_parameter_feedback = False
        self._max_value = 127
        self._feedback_values = list(range(128))
        super().__init__(msg_type, channel, identifier, map_mode, **kwargs)
        self.touch_element = touch_element
        self.mapping_sensitivity = mapping_sensitivity
        self.set_needs_takeover(needs_takeover)
        self._parameter_slot = self.register_slot(None, self._on_parameter_changed, "value")

    def _on_parameter_changed(self):
        self._parameter_value_changed()

    def _parameter_value_changed(self):
        """For a subclass: Live's own parameters are shown by Live's map."""

    def connect_to(self, parameter):
        """Let Live move a parameter with it."""
        super().connect_to(parameter)
        self._parameter_slot.subject = parameter
        self._parameter_value_changed()

    def release_parameter(self):
        """Let go of it."""
        self._parameter_slot.subject = None
        super().release_parameter()


class SliderElement(EncoderElement):
    """A fader."""


class SysexElement(engine.SysexElement):
    """Messages that begin with `sysex_identifier`."""
