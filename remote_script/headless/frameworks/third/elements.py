"""Elements of the third generation; the identifier is the first argument."""

from __future__ import annotations

from ..engine import elements as engine
from ..engine import skin
from ..engine.compounds import ComboElement
from ..engine.dependency import Injection
from ..engine.events import EventObject, listenable_property
from ..engine.midi import MIDI_CC_TYPE, SYSEX_END, MapMode
from ..engine.tasks import wait
from .display import Renderable, Text

DOUBLE_CLICK_DELAY = 0.5
"""Guess: seconds."""


def _skin():
    provider = Injection.find("skin")
    return None if provider is None else provider()


class ButtonElement(engine.ButtonElement):
    """`ButtonElement(identifier, channel=0, msg_type=MIDI_CC_TYPE, is_momentary=True)`."""

    def __init__(
        self, identifier=None, channel=0, msg_type=MIDI_CC_TYPE, is_momentary=True, led_channel=None, **kwargs
    ):
        kwargs.setdefault("skin", _skin())
        super().__init__(is_momentary, msg_type, channel, identifier, **kwargs)
        self._led_channel = led_channel

    def send_value(self, value, force=False, channel=None):
        super().send_value(value, force, self._led_channel if channel is None else channel)

    def _draw(self, value):
        # A name with Live's object, or with another name: the skin resolves it.
        super()._draw(self._skin[value] if isinstance(value, tuple) and self._skin is not None else value)

    @property
    def is_pressed(self):
        return self._is_momentary and self._last_received > 0


class EncoderElement(engine.EncoderElement):
    """`EncoderElement(identifier, channel=0, msg_type=MIDI_CC_TYPE, map_mode=absolute)`.

    Its parameter's changes call `_parameter_value_changed`, for scripts whose encoders show values.
    """

    def __init__(
        self,
        identifier=None,
        channel=0,
        msg_type=MIDI_CC_TYPE,
        map_mode=MapMode.absolute,
        mapping_sensitivity=1.0,
        sensitivity_modifier=None,
        needs_takeover=True,
        is_feedback_enabled=False,
        feedback_delay=0,
        touch_element=None,
        send_should_depend_on_forwarding=True,
        **kwargs,
    ):
        self._block_internal_parameter_feedback = False
        self._max_value = 128
        self._feedback_values = list(range(128))
        super().__init__(msg_type, channel, identifier, map_mode, **kwargs)
        self.touch_element = touch_element
        self.mapping_sensitivity, self.sensitivity_modifier = mapping_sensitivity, sensitivity_modifier
        self.set_needs_takeover(needs_takeover)
        self._parameter_slot = self.register_slot(None, self._on_parameter_changed, "value")

    def _on_parameter_changed(self):
        self._parameter_value_changed()

    def _parameter_value_changed(self):
        """Called when a script's own parameter changed; Live's map shows Live's own parameters. For subclasses."""

    def connect_to(self, parameter):
        super().connect_to(parameter)
        self._parameter_slot.subject = parameter
        self._parameter_value_changed()

    def release_parameter(self):
        self._parameter_slot.subject = None
        super().release_parameter()


class SliderElement(EncoderElement):
    """A fader."""


class SysexElement(engine.SysexElement):
    """`use_first_byte_as_value`: a message's first byte after `sysex_identifier` is its value."""

    def __init__(
        self,
        send_message_generator=None,
        enquire_message=None,
        default_value=None,
        optimized=False,
        use_first_byte_as_value=False,
        *args,
        **kwargs,
    ):
        super().__init__(send_message_generator, enquire_message, default_value, optimized, *args, **kwargs)
        self._first_byte = use_first_byte_as_value

    def receive_value(self, value):
        if self._first_byte:
            self.notify_value(value[0])
        else:
            super().receive_value(value)


class SysexSendingButtonElement(ButtonElement):
    """A button whose light is set by `sysex_identifier`, its values, and `tail`."""

    def __init__(
        self, identifier=None, sysex_identifier=(), optimized=True, tail=(SYSEX_END,), *args, **kwargs
    ):
        super().__init__(identifier, *args, **kwargs)
        self._head, self._tail, self._optimized = tuple(sysex_identifier), tuple(tail), optimized
        self._last_message = None

    def send_value(self, *value, **_):
        message = self._head + tuple(int(byte) for byte in value) + self._tail
        if not (self._optimized and message == self._last_message):
            self._last_message = message
            self.send_midi(message)

    def clear_send_cache(self):
        self._last_message = None
        super().clear_send_cache()


class TouchElement(ButtonElement):
    """Notifies the touch of a knob; `controlled_parameter`: the parameter that the knob moves."""

    __events__ = ("controlled_parameter",)

    def __init__(self, *args, encoder=None, **kwargs):
        super().__init__(*args, **kwargs)
        self._encoder = encoder

    @property
    def controlled_parameter(self):
        touched = self._encoder is not None and self._last_received > 0
        return self._encoder.mapped_parameter() if touched else None

    def receive_value(self, value):
        super().receive_value(value)
        self.notify_controlled_parameter()


class LockableButtonElementMixin(EventObject, Renderable):
    """A button that two presses within `double_click_time` lock: it stays pressed until the next press."""

    def __init__(self, *args, double_click_time=DOUBLE_CLICK_DELAY, **kwargs):
        super().__init__(*args, **kwargs)
        self.double_click_time = double_click_time
        self._since_press = self._tasks.add(wait(double_click_time)).kill()

    is_locked = listenable_property.managed(False)

    def receive_value(self, value):
        if not value:
            if not self.is_locked:
                super().receive_value(value)
            return
        if self.is_locked:
            self.is_locked = False
            return
        self.is_locked = not self._since_press.is_killed
        self._since_press.restart()
        self.notify(self.notifications.Element.button_lock, self.name, self.is_locked)
        super().receive_value(value)

    def reset(self):
        self.is_locked = False
        super().reset()


class LockableButtonElement(LockableButtonElementMixin, ButtonElement):
    """A lockable plain button."""


class LockableComboElement(LockableButtonElementMixin, ComboElement):
    """A lockable combination with a modifier."""


class ValueElement(engine.ControlElement):
    """Receives one value of a control."""

    __events__ = ("value",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def reset(self):
        """Do nothing: the element has no light."""


class DiscreteValuesElement(engine.InputControlElement):
    """Each of a control's `values` is a separate element: `element[index]` receives only that value."""

    def __init__(self, identifier=None, channel=0, msg_type=MIDI_CC_TYPE, values=None, *args, **kwargs):
        super().__init__(msg_type, channel, identifier, *args, **kwargs)
        self._values = list(values or ())
        self._parts = [ValueElement() for _ in self._values]

    def __getitem__(self, index):
        return self._parts[index]

    def __iter__(self):
        return iter(self._parts)

    def __len__(self):
        return len(self._parts)

    def message_map_mode(self):
        return MapMode.absolute

    def script_wants_forwarding(self):
        return True

    def receive_value(self, value):
        super().receive_value(value)
        if value in self._values:
            self._parts[self._values.index(value)].notify_value(127)


class CachingSendMessageGenerator:
    """A generator of messages that returns None for a message equal to the previous one."""

    def __init__(self, generator):
        self._generator, self._last = generator, None

    def __call__(self, *args, **kwargs):
        message = self._generator(*args, **kwargs)
        if message == self._last:
            return None
        self._last = message
        return message

    def clear(self):
        self._last = None


class DisplayLineElement(engine.ControlElement):
    """A line of a display: `formatting_fn` formats a text, `display_fn` shows it."""

    __events__ = ("value",)

    def __init__(
        self,
        display_fn=None,
        formatting_fn=lambda text: text.as_ascii(),
        default_formatting=None,
        *args,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self._show, self._format = display_fn, formatting_fn
        self._default = Text() if default_formatting is None else default_formatting
        self._sent = None

    def display_message(self, text):
        if not isinstance(text, Text):
            text = Text(text or "", self._default.justification, self._default.max_width)
        made = self._format(text)
        if made != self._sent:
            self._sent = made
            self._show(made)

    def reset(self):
        self.display_message("")

    def clear_send_cache(self):
        self._sent = None


class FallbackColor(skin.FallbackColor):
    """A replacement for buttons that cannot show the first colour."""

    def __init__(self, rgb_color, fallback_color, *args, **kwargs):
        super().__init__(rgb_color, fallback_color)


class SimpleColor(skin.Color):
    """A value and its MIDI channel."""

    def __init__(self, value, channel=None, *args, **kwargs):
        super().__init__(value, channel)


class RgbColor:
    """A colour of three values, or of the number of values that the button accepts."""

    def __init__(self, *values, **kwargs):
        self._values = values

    @property
    def midi_value(self):
        return self._values

    def draw(self, interface):
        interface.send_value(*self._values)


def create_rgb_color(values):
    return RgbColor(*values)
