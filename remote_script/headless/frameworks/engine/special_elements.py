"""Elements for some controllers: sliders made of buttons, touch-sensitive knobs, fine adjustment."""

from __future__ import annotations

from typing import Any, Optional, Tuple

from .compounds import WrapperElement, _is_pressed
from .elements import EncoderElement, SliderElement, is_momentary
from .events import SlotGroup
from .live import liveobj_valid
from .midi import MIDI_CC_TYPE, MIDI_INVALID_TYPE, MapMode


class ButtonSliderElement(SliderElement):
    """Buttons in a row as one slider: a press sets the mapped parameter, the button of the parameter's value is lit."""

    def __init__(self, buttons: Tuple[Any, ...]) -> None:
        assert isinstance(buttons, tuple), "buttons must be a tuple, got %r" % (buttons,)
        assert len(buttons) > 1, "a slider needs two buttons or more"
        self._buttons: Any = buttons
        self._last_sent: Any = -1
        super().__init__(MIDI_INVALID_TYPE, 0, 0)
        self._parameter_value_slot = self.register_slot(None, lambda: self._on_parameter_changed(), "value")
        self._button_slots = self.register_disconnectable(
            SlotGroup(lambda value, button: self._button_value(value, button), "value")
        )
        self._button_slots.replace_subjects(buttons)

    def _not_one_message(self, name: str) -> NotImplementedError:
        return NotImplementedError("%s() should not be called directly on ButtonSliderElement" % name)

    def message_channel(self) -> int:
        raise self._not_one_message("message_channel")

    def message_identifier(self) -> Any:
        raise self._not_one_message("message_identifier")

    def message_map_mode(self) -> int:
        raise self._not_one_message("message_map_mode")

    def identifier_bytes(self) -> Tuple[int, ...]:
        raise RuntimeWarning("identifier_bytes() should not be called on ButtonSliderElement")

    def install_connections(
        self,
        install_translation_callback: Any,
        install_mapping_callback: Any,
        install_forwarding_callback: Any,
    ) -> None:
        """Do nothing: the buttons have the messages."""

    def connect_to(self, parameter: Any) -> None:
        super().connect_to(parameter)
        self._parameter_value_slot.subject = parameter
        self._on_parameter_changed()

    def release_parameter(self) -> None:
        self._parameter_value_slot.subject = None
        super().release_parameter()

    def clear_send_cache(self) -> None:
        self._last_sent = -1

    def send_value(self, value: Any, force: bool = False, channel: Optional[int] = None) -> None:
        """Light the button of a value of 0 to 127."""
        if value != self._last_sent or force:
            lit = int((len(self._buttons) - 1) * value / 127)
            for index, button in enumerate(self._buttons):
                (button.turn_on if index == lit else button.turn_off)()
            self._last_sent = value

    def _button_value(self, value: Any, sender: Any) -> None:
        self.clear_send_cache()
        if not value and is_momentary(sender):
            return
        index, last = list(self._buttons).index(sender), len(self._buttons) - 1
        parameter = self._parameter_to_map_to
        if liveobj_valid(parameter) and parameter.is_enabled:
            span = parameter.max - parameter.min
            # Slightly more than the step, so that reading the value gives this button again.
            extra = span / (4.0 * len(self._buttons)) if index else 0.0
            parameter.value = min(parameter.max, parameter.min + span * index / last + extra)
        self.notify_value(int(127 * index / last))

    def _on_parameter_changed(self) -> None:
        parameter = self._parameter_to_map_to
        self.send_value(int(127 * abs(parameter.value - parameter.min) / abs(parameter.max - parameter.min)))

    def reset(self) -> None:
        for button in self._buttons or ():
            button.reset()

    def disconnect(self) -> None:
        super().disconnect()
        self._buttons = None


class TouchEncoderElement(EncoderElement):
    """A knob with a touch sensor, `touch_element`; event `touch_value`."""

    __events__ = ("touch_value",)

    def __init__(
        self,
        msg_type: int = MIDI_CC_TYPE,
        channel: int = 0,
        identifier: int = 0,
        map_mode: int = MapMode.absolute,
        touch_element: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(msg_type, channel, identifier, map_mode, *args, **kwargs)
        self._touch_element = touch_element
        self.register_slot(touch_element, self._touch_heard, "value")

    @property
    def touch_element(self) -> Any:
        return self._touch_element

    def is_pressed(self) -> bool:
        return _is_pressed(self._touch_element)

    def _touch_heard(self, value: Any) -> None:
        if value:
            self.begin_gesture()
        else:
            self.end_gesture()
        self.notify_touch_value(value)


class FirstTouchEncoderElement(TouchEncoderElement):
    """A touch knob with the arguments of the first generation: always a control change."""

    def __init__(self, channel: int = 0, identifier: int = 0, *args: Any, **kwargs: Any) -> None:
        super().__init__(MIDI_CC_TYPE, channel, identifier, *args, **kwargs)


class FineGrainWithModifierEncoderElement(WrapperElement):
    """A knob that moves more slowly while a modifier is pressed."""

    def __init__(
        self,
        encoder: Any = None,
        modifier: Any = None,
        modified_sensitivity: float = 0.1,
        default_sensitivity: Optional[float] = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(encoder, *args, **kwargs)
        self._modifier = modifier
        self._sensitivities = (
            encoder.mapping_sensitivity if default_sensitivity is None else default_sensitivity,
            modified_sensitivity,
        )
        self.register_slot(modifier, self._modifier_heard, "value")
        self._modifier_heard()

    def _modifier_heard(self, _value: Any = None) -> None:
        self._wrapped_control.mapping_sensitivity = self._sensitivities[_is_pressed(self._modifier)]
