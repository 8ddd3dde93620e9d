"""Controls of a MIDI controller: received messages go to listeners and to Live's parameters, lights are sent.

An element belongs to the surface in whose `component_guard` it is created. Live itself moves a mapped element's
parameter (`connect_to`); the messages of an element with listeners are forwarded to the script.
"""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from .dependency import Injection
from .events import EventObject
from .live import liveobj_valid
from .midi import (
    DELTAS,
    MIDI_CC_TYPE,
    MIDI_INVALID_TYPE,
    MIDI_NOTE_TYPE,
    MIDI_PB_TYPE,
    MIDI_SYSEX_TYPE,
    STATUS,
    SYSEX_END,
    MapMode,
)
from .resources import StackingResource
from .tasks import TaskGroup
from .tools import lazy_attribute


def _of_surface(name: str) -> Any:
    provider = Injection.find(name)
    return provider() if provider is not None else None


ON_VALUE, OFF_VALUE = 127, 0


def is_momentary(control: Any) -> bool:
    predicate = getattr(control, "is_momentary", None)
    return bool(predicate()) if callable(predicate) else True


class ControlElementClient:
    """The owner of elements, which is notified when it gets or loses an element."""

    def set_control_element(self, control_element: Any, grabbed: bool) -> None:
        """Called when the client gets (`grabbed`) or loses an element."""


class ControlElement(EventObject):
    """Any part of a controller that a component can use."""

    __events__: Tuple[str, ...] = ("value",)

    class ProxiedInterface:
        """The interface of an element for a layer that does not have the element."""

        send_midi = None
        reset_state = None

        def __init__(self, outer: Any = None, *args: Any, **kwargs: Any) -> None:
            self.outer = outer

    canonical_parent: Any = None
    num_delayed_messages = 1

    def __init__(self, name: str = "", *args: Any, **kwargs: Any) -> None:
        kwargs.pop("resource_type", None)
        kwargs.pop("optimized_send_midi", None)
        super().__init__()
        self.name = name
        self.resource = StackingResource(self._received, self._lost)
        self._surface = _of_surface("control_surface")
        self._listener: Any = None
        if self._surface is not None:
            self._surface.register_control(self)

    @lazy_attribute
    def _tasks(self) -> Any:
        tasks = TaskGroup(auto_kill=False)
        return tasks if self._surface is None else self._surface._task_group.add(tasks)

    def _received(self, client: Any, *args: Any, **kwargs: Any) -> None:
        client.set_control_element(self, True)

    def _lost(self, client: Any) -> None:
        client.set_control_element(self, False)

    def send_midi(self, message: Any) -> bool:
        """Send a message through the script's port; False without a port."""
        return self._surface is not None and bool(self._surface._send_midi(tuple(message)))

    def clear_send_cache(self) -> None:
        """Do nothing: messages are never deferred."""

    def reset(self) -> None:
        """Restore the state of a controller that was just plugged in."""

    def reset_state(self) -> None:
        """Call `reset`, and restore the original channel and number."""

    def notify_ownership_change(
        self, client: Any, grabbed: bool, element_ownership_handler: Any = None
    ) -> None:
        client.set_control_element(self, grabbed)


class InputControlElement(ControlElement):
    """An element with one MIDI message of its own.

    Args:
      msg_type: MIDI_NOTE_TYPE, MIDI_CC_TYPE, MIDI_PB_TYPE or MIDI_SYSEX_TYPE.
      channel: 0 to 15.
      identifier: The note or controller number, 0 to 127; None for pitch bend and sysex.
      sysex_identifier: The first bytes of its sysex messages.
    """

    _input_signal_listener_count = 0
    _mapping_sensitivity = 1.0

    def __init__(
        self,
        msg_type: int = MIDI_INVALID_TYPE,
        channel: int = 0,
        identifier: Optional[int] = None,
        sysex_identifier: Any = None,
        request_rebuild_midi_map: Any = None,
        *args: Any,
        send_midi: Any = None,
        name: str = "",
        **kwargs: Any,
    ) -> None:
        self._msg_type = msg_type
        self._msg_channel = self._original_channel = channel
        self._msg_identifier = self._original_identifier = identifier
        self._msg_sysex_identifier = tuple(sysex_identifier) if sysex_identifier is not None else None
        self._parameter_to_map_to: Any = None
        self._needs_takeover = True
        self._feedback_delay = 0
        self._last_sent_message: Any = None
        self._force_next = False
        self._is_mapped = self._is_being_forwarded = False
        self._suppress_script_forwarding = False
        self._report_input = self._report_output = False
        super().__init__(name, *args, **kwargs)

    # -- properties ----------------------------------------------------------------------------------

    def message_type(self) -> int:
        return self._msg_type

    def message_channel(self) -> int:
        return self._msg_channel

    def message_identifier(self) -> Any:
        return self._msg_identifier

    def message_sysex_identifier(self) -> Any:
        return self._msg_sysex_identifier

    def message_map_mode(self) -> int:
        raise NotImplementedError("message_map_mode")

    def original_channel(self) -> int:
        return self._original_channel

    def original_identifier(self) -> Any:
        return self._original_identifier

    def set_channel(self, channel: int) -> None:
        self._msg_channel = channel
        self._remap()

    def set_identifier(self, identifier: int) -> None:
        self._msg_identifier = identifier
        self._remap()

    def use_default_message(self) -> None:
        self._msg_channel, self._msg_identifier = self._original_channel, self._original_identifier
        self._remap()

    def reset_state(self) -> None:
        self.use_default_message()
        super().reset_state()

    def set_needs_takeover(self, needs_takeover: bool) -> None:
        self._needs_takeover = bool(needs_takeover)
        self._remap()

    def needs_takeover(self) -> bool:
        return self._needs_takeover

    def set_feedback_delay(self, delay: int) -> None:
        self._feedback_delay = delay

    # -- Live's MIDI map -----------------------------------------------------------------------------

    def connect_to(self, parameter: Any) -> None:
        """Map a parameter to the element; Live moves the parameter."""
        if parameter is None:
            raise ValueError("connect_to needs a parameter; release_parameter lets go")
        if self._parameter_to_map_to != parameter:
            self._parameter_to_map_to = parameter
            self._remap()

    def release_parameter(self) -> None:
        if self._parameter_to_map_to is not None:
            self._parameter_to_map_to = None
            self._remap()

    @property
    def mapping_sensitivity(self) -> float:
        """Distance that a step of an endless knob moves the mapped parameter; 1.0 is Live's own."""
        return self._mapping_sensitivity

    @mapping_sensitivity.setter
    def mapping_sensitivity(self, sensitivity: float) -> None:
        if sensitivity != self._mapping_sensitivity:
            self._mapping_sensitivity = sensitivity
            self._remap()

    def mapped_parameter(self) -> Any:
        return self._parameter_to_map_to

    @property
    def mapped_object(self) -> Any:
        return self._parameter_to_map_to

    def is_mapped(self) -> bool:
        return liveobj_valid(self._parameter_to_map_to)

    def script_wants_forwarding(self) -> bool:
        """True if its messages shall reach the script."""
        return not self._suppress_script_forwarding and (
            self.value_listener_count() > 0 or self._report_input
        )

    @property
    def suppress_script_forwarding(self) -> bool:
        """Keep its messages from the script, for example so that a pad plays the track."""
        return self._suppress_script_forwarding

    @suppress_script_forwarding.setter
    def suppress_script_forwarding(self, suppress: bool) -> None:
        if bool(suppress) != self._suppress_script_forwarding:
            self._suppress_script_forwarding = bool(suppress)
            self._remap()

    def add_value_listener(self, *args: Any, **kwargs: Any) -> None:
        wanted = self.script_wants_forwarding()
        super().add_value_listener(*args, **kwargs)
        if not wanted:
            self._remap()

    def remove_value_listener(self, *args: Any, **kwargs: Any) -> None:
        super().remove_value_listener(*args, **kwargs)
        if not self.script_wants_forwarding():
            self._remap()

    def _remap(self) -> None:
        if self._surface is not None:
            self._surface.request_rebuild_midi_map()

    def install_connections(
        self, install_translation: Any, install_mapping: Any, install_forwarding: Any
    ) -> None:
        """Add the element's messages to Live's MIDI map, with the functions of the surface."""
        now = (self._msg_identifier, self._msg_channel)
        if now != (self._original_identifier, self._original_channel):
            install_translation(self._msg_type, self._original_identifier, self._original_channel, *now)
        self._is_mapped = self.is_mapped() and install_mapping(
            self, self._parameter_to_map_to, self._feedback_delay, self._mapping_feedback_values()
        )
        self._is_being_forwarded = self.script_wants_forwarding() and install_forwarding(self)

    def _mapping_feedback_values(self) -> Tuple[int, ...]:
        """The values that Live sends to the controller for a mapped parameter, one for each of 128 steps."""
        return tuple(range(128)) if self._msg_type != MIDI_PB_TYPE else tuple(range(16384))

    def _map_mode(self) -> int:
        return MapMode.absolute

    # -- messages ------------------------------------------------------------------------------------

    def has_message(self) -> bool:
        """True if the element has its own messages."""
        if self._msg_type == MIDI_SYSEX_TYPE:
            return bool(self._msg_sysex_identifier)
        return self._msg_type in STATUS

    def identifier_bytes(self) -> Tuple[int, ...]:
        """The first bytes of the element's messages."""
        if self._msg_type == MIDI_SYSEX_TYPE:
            return self._msg_sysex_identifier or ()
        first = STATUS[self._msg_type] + self._msg_channel
        return (first,) if self._msg_type == MIDI_PB_TYPE else (first, self._msg_identifier or 0)

    def set_report_values(self, report_input: bool, report_output: bool) -> None:
        """Log received and sent messages."""
        self._report_input, self._report_output = report_input, report_output
        self._remap()

    def _report_value(self, value: Any, is_input: bool) -> None:
        log = _of_surface("log_message")
        if log is not None:
            log("%s %r %s %s" % (type(self).__name__, self.name, "received" if is_input else "sent", value))

    def receive_value(self, value: Any) -> None:
        """Process a received message: 0 to 127, 14 bits of pitch bend, or a sysex message's bytes."""
        self._last_sent_message = None
        self.notify_value(value)
        if self._report_input:
            self._report_value(value, True)

    @property
    def _last_sent_value(self) -> Any:
        return -1 if self._last_sent_message is None else self._last_sent_message[0]

    def _verify_value(self, value: int) -> None:
        top = 16384 if self._msg_type == MIDI_PB_TYPE else 128
        assert 0 <= value < top, "a value must be below %d, got %r" % (top, value)

    def send_value(self, value: Any, force: bool = False, channel: Optional[int] = None) -> None:
        """Send a value to the controller if it has changed, on the original channel and number."""
        if self._msg_type in STATUS:
            self._verify_value(int(value))
            if force or self._force_next or (value, channel) != self._last_sent_message:
                self._do_send_value(int(value), channel)

    def _do_send_value(self, value: int, channel: Optional[int] = None) -> None:
        self._force_next = False
        status = STATUS[self._msg_type] + (self._original_channel if channel is None else channel)
        if self._msg_type == MIDI_PB_TYPE:
            message: Tuple[Any, ...] = (status, value & 127, value >> 7 & 127)
        else:
            message = (status, self._original_identifier, value)
        if self.send_midi(message):
            self._last_sent_message = (value, channel)
            if self._report_output:
                self._report_value(value, False)

    def begin_gesture(self) -> None:
        """Announce to Live that the mapped parameter will move, for one undo step and automation."""
        if self.is_mapped():
            self._parameter_to_map_to.begin_gesture()

    def end_gesture(self) -> None:
        if self.is_mapped():
            self._parameter_to_map_to.end_gesture()

    def force_next_send(self) -> None:
        self._force_next = True

    def clear_send_cache(self) -> None:
        self._last_sent_message = None

    def disconnect(self) -> None:
        self.reset()
        self._parameter_to_map_to = None
        super().disconnect()


class ButtonElement(InputControlElement):
    """A button, pad or key; `is_momentary`: the controller also sends the release."""

    def __init__(
        self,
        is_momentary: bool = True,
        msg_type: int = MIDI_NOTE_TYPE,
        channel: int = 0,
        identifier: Optional[int] = None,
        is_rgb: bool = False,
        skin: Any = None,
        undo_step_handler: Any = None,
        send_should_depend_on_forwarding: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(msg_type, channel, identifier, *args, **kwargs)
        self.is_rgb = is_rgb
        self._is_momentary = bool(is_momentary)
        self._skin = skin
        self._last_received = -1

    def message_map_mode(self) -> int:
        if self._msg_type != MIDI_CC_TYPE:
            raise ValueError("only a control change has a map mode")
        return MapMode.absolute

    def is_momentary(self) -> bool:
        return self._is_momentary

    def is_pressed(self) -> bool:
        return self._is_momentary and self._last_received > 0

    def receive_value(self, value: Any) -> None:
        self._last_received = value
        super().receive_value(value)

    _on_value: Any = 127
    _off_value: Any = 0

    def turn_on(self) -> None:
        self._draw(self._on_value)

    def turn_off(self) -> None:
        self._draw(self._off_value)

    def reset(self) -> None:
        self.turn_off()

    @property
    def skin(self) -> Any:
        return self._skin

    def set_on_off_values(self, on_value: Any, off_value: Any) -> None:
        """Set the values that `turn_on` and `turn_off` send, or the skin's colours that they draw."""
        self._on_value, self._off_value = on_value, off_value
        self.clear_send_cache()

    def _draw(self, value: Any) -> None:
        """Send a number, draw a colour, or draw the skin's colour of this name."""
        if isinstance(value, str):
            value = self._skin[value]
        if hasattr(value, "draw"):
            value.draw(self)
        else:
            self.send_value(int(value))

    def set_light(self, value: Any) -> None:
        """Show on or off, or a value for `_draw`; without a skin a colour's name means on."""
        if isinstance(value, bool) or value is None:
            (self.turn_on if value else self.turn_off)()
        elif isinstance(value, str) and self._skin is None:
            self.turn_on()
        else:
            self._draw(value)


class EncoderElement(InputControlElement):
    """A knob, absolute or endless (`map_mode`); `normalized_value` counts an endless knob in parts of its range."""

    __events__ = ("normalized_value",)
    ENCODER_VALUE_NORMALIZER: Dict[int, Any] = DELTAS
    encoder_sensitivity: float = 1.0

    def __init__(
        self,
        msg_type: int = MIDI_CC_TYPE,
        channel: int = 0,
        identifier: Optional[int] = None,
        map_mode: int = MapMode.absolute,
        encoder_sensitivity: Optional[float] = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(msg_type, channel, identifier, *args, **kwargs)
        if encoder_sensitivity is not None:
            self.encoder_sensitivity = encoder_sensitivity
        self._mode = int(map_mode)

    def message_map_mode(self) -> int:
        return self._mode

    def _map_mode(self) -> int:
        return self._mode

    def script_wants_forwarding(self) -> bool:
        return super().script_wants_forwarding() or self.normalized_value_listener_count() > 0

    def is_relative(self) -> bool:
        return self._mode in DELTAS

    def relative_value_to_delta(self, value: int) -> int:
        """The steps that a received value of an endless knob means."""
        return int(DELTAS[self._mode](value))

    def normalize_value(self, value: int) -> float:
        steps = self.relative_value_to_delta(value) if self._mode in DELTAS else value
        return steps / 64.0 * self.encoder_sensitivity if self._mode in DELTAS else steps / 127.0

    def receive_value(self, value: Any) -> None:
        super().receive_value(value)
        self.notify_normalized_value(self.normalize_value(value))


class SliderElement(InputControlElement):
    """A fader."""

    def __init__(
        self,
        msg_type: int = MIDI_CC_TYPE,
        channel: int = 0,
        identifier: Optional[int] = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(msg_type, channel, identifier, *args, **kwargs)

    def message_map_mode(self) -> int:
        if self._msg_type not in (MIDI_CC_TYPE, MIDI_PB_TYPE):
            raise ValueError("only a control change and a pitch bend have a map mode")
        return MapMode.absolute


class SysexElement(InputControlElement):
    """Messages that begin with `sysex_identifier`; sends `send_message_generator(value)`, `enquire_message` asks.

    `optimized`: a message equal to the previous one is not sent.
    """

    def __init__(
        self,
        send_message_generator: Any = None,
        enquire_message: Any = None,
        default_value: Any = None,
        optimized: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        kwargs["msg_type"] = MIDI_SYSEX_TYPE
        super().__init__(*args, **kwargs)
        self._generator, self._default = send_message_generator, default_value
        self._enquire_message, self._optimized = enquire_message, optimized

    def send_value(self, *args: Any, **kwargs: Any) -> None:
        message = tuple(self._generator(*args) if self._generator is not None else args[0])
        if not self._optimized or message != self._last_sent_message:
            self.send_midi(message)
            self._last_sent_message = message

    def enquire_value(self) -> None:
        """Ask the controller for its value."""
        self.send_midi(tuple(self._enquire_message))

    def receive_value(self, value: Any) -> None:
        tail = tuple(value)
        self.notify_value(tail[:-1] if tail and tail[-1] == SYSEX_END else tail)

    def reset(self) -> None:
        if self._default is not None:
            self.send_value(self._default)


def get_element(obj: Any, element_container: Any = None) -> Any:
    """An element, or the element of this name among the script's elements."""
    if not isinstance(obj, str):
        return obj
    return getattr(element_container or _of_surface("element_container"), obj)
