"""Controls of values: knobs, faders, values that are only sent, and parameters that Live moves."""

from __future__ import annotations

from typing import Any

from .connected import Connectable
from .controls import ButtonControl, ButtonState, Control, State, control_event
from .live import liveobj_valid


class _SendValueState(State):
    def __init__(self, control: Any = None, component: Any = None, value: Any = None, **kwargs: Any) -> None:
        super().__init__(control, component)
        self._value = value

    @property
    def value(self) -> Any:
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = value
        self.update()

    def update(self) -> None:
        if self._element is not None and self._value is not None and self._active():
            self._element.send_value(self._value)


class SendValueControl(Control):
    """A control whose value is sent: `value = …` sends it."""

    State = _SendValueState
    value = None


class SendValueInputControl(SendValueControl):
    """Sends and receives values."""

    value = control_event("value")


class _EncoderState(State, Connectable):
    def __init__(
        self, control: Any = None, component: Any = None, enabled: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(control, component)
        self._enabled = bool(enabled)
        self._touched = False
        self._touch_slot = self.register_slot(None, self._touch_heard, "value")
        self._normal_slot = self.register_slot(None, self._heard, "normalized_value")

    @property
    def is_touched(self) -> bool:
        return self._touched

    def set_control_element(self, control_element: Any) -> None:
        super().set_control_element(control_element)
        self._touch_slot.subject = getattr(control_element, "touch_element", None)
        # The received value of a knob is a share of its range.
        normalizes = hasattr(control_element, "add_normalized_value_listener")
        self._normal_slot.subject = control_element if normalizes else None
        if normalizes:
            self._value_slot.subject = None

    def _call(self, event: str, *args: Any) -> None:
        super()._call(event, *args)
        # Guess: a connected property is set to the value after the transform.
        if event == "value":
            self.connected_property_value = args[0]

    def _touch_heard(self, value: int) -> None:
        if self._active():
            self._touched = bool(value)
            self._call("touched" if value else "released")


class EncoderControl(Control):
    """A knob; events `value` (share of its range, encoder); `touched`, `released` (encoder)."""

    State: Any = _EncoderState
    touched = control_event("touched")
    released = control_event("released")


class _StepState(_EncoderState):
    def __init__(
        self, control: Any = None, component: Any = None, num_steps: int = 64, **kwargs: Any
    ) -> None:
        super().__init__(control, component, **kwargs)
        self._steps, self._rest = num_steps, 0.0

    def _received(self, value: Any) -> None:
        self._rest += value * self._steps
        whole = int(self._rest)
        if whole:
            self._rest -= whole
            self._call("value", whole)


class StepEncoderControl(EncoderControl):
    """A knob with the event `value` (steps, encoder), whole steps only."""

    State = _StepState


class _MappedState(State):
    def __init__(
        self, control: Any = None, component: Any = None, parameter: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(control, component)
        self._parameter = parameter

    @property
    def mapped_parameter(self) -> Any:
        return self._parameter

    @mapped_parameter.setter
    def mapped_parameter(self, parameter: Any) -> None:
        self._parameter = parameter
        self.update()

    def _left(self) -> None:
        self._element.release_parameter()

    def set_control_element(self, control_element: Any) -> None:
        if self._element is not None and control_element is not self._element:
            self._left()
        self._element = control_element
        self.update()

    def update(self) -> None:
        if self._element is None:
            return
        if liveobj_valid(self._parameter) and self._active():
            self._element.connect_to(self._parameter)
        else:
            self._element.release_parameter()


class MappedControl(Control):
    """`mapped_parameter = …`: the element moves the parameter, through Live's MIDI map."""

    State = _MappedState


class _MappedButtonState(ButtonState):
    """Toggles a parameter between the ends of its range, and shows its value."""

    def __init__(self, control: Any = None, component: Any = None, **kwargs: Any) -> None:
        super().__init__(control, component, **kwargs)
        self._parameter: Any = None
        self._parameter_slot = self.register_slot(None, self.update, "value")

    @property
    def mapped_parameter(self) -> Any:
        return self._parameter

    @mapped_parameter.setter
    def mapped_parameter(self, parameter: Any) -> None:
        self._parameter = parameter if liveobj_valid(parameter) else None
        self._parameter_slot.subject = self._parameter
        self.update()

    def _on_press(self) -> None:
        parameter = self._parameter
        if parameter is not None and self._active():
            parameter.value = parameter.max if parameter.value != parameter.max else parameter.min

    def _shown(self) -> Any:
        parameter = self._parameter
        if parameter is None:
            return self._disabled_color
        return self._color if parameter.value != parameter.min else "DefaultButton.Off"


class MappedButtonControl(ButtonControl):
    """`mapped_parameter = …`: a press sets the parameter to the other end of its range."""

    State = _MappedButtonState
