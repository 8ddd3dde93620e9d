"""Controls of displays and of colours that are sent as sysex; base classes for controls."""

from __future__ import annotations

from typing import Any, Iterator, List, Optional

from .controls import ButtonControl, Control, State
from .displays import DisplayDataSource
from .events import EventObject
from .internal_parameters import InternalParameterBase
from .places import light
from .proxies import Proxy
from .value_controls import EncoderControl, StepEncoderControl, _EncoderState, _SendValueState, _StepState


class control_color:
    """A colour of a control's state: setting the colour draws the control again."""

    def __init__(self, default_color: Any, *args: Any, **kwargs: Any) -> None:
        self.default_color = default_color
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = "_color_" + name

    def __get__(self, obj: Any, owner: Any = None) -> Any:
        return self if obj is None else obj.__dict__.get(self._name, self.default_color)

    def __set__(self, obj: Any, color: Any) -> None:
        obj.__dict__[self._name] = self.default_color if color is None else color
        obj.update()


class ControlManager(EventObject):
    """An object with controls that is not a component; `control_notifications_enabled` switches their events."""

    def add_control(self, name: str, control: Any) -> Any:
        """Declare a further control for this object only."""
        if hasattr(self, name):
            raise AttributeError("there is a %r already" % name)
        setattr(self, name, control.make(self))
        return getattr(self, name)

    def control_notifications_enabled(self) -> bool:
        return True

    def is_enabled(self) -> bool:
        return self.control_notifications_enabled()

    def update(self) -> None:
        """Draw all controls."""
        for state in list(self.__dict__.get("_control_states", {}).values()):
            state.update()


class SendValueMixin(_SendValueState):
    """A state whose `value` is sent to its element."""


class _SendValueEncoderState(SendValueMixin, _EncoderState):
    def update(self) -> None:
        if self._element is not None and self._value is not None and self._active():
            self._element.send_value(self._value)


class SendValueEncoderControl(EncoderControl):
    """A knob whose ring shows `value`."""

    State = _SendValueEncoderState


class _ListValueState(_StepState):
    """Steps through the values of a list, and sets the property that it follows."""

    _target: Any = None

    def connect_list_property(
        self,
        subject: Any,
        current_value_property_name: str = "",
        list_property_name: str = "",
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self._target = (subject, current_value_property_name, list_property_name)

    def connect_static_list(
        self, subject: Any, current_value_property_name: str = "", list_values: Any = (), **kwargs: Any
    ) -> None:
        self._target = (subject, current_value_property_name, list(list_values))

    def disconnect_property(self) -> None:
        self._target = None

    def _call(self, event: str, *args: Any) -> None:
        if event == "value" and self._target is not None:
            subject, name, values = self._target
            values = list(getattr(subject, values)) if isinstance(values, str) else values
            if values:
                at = values.index(getattr(subject, name)) + args[0]
                setattr(subject, name, values[max(0, min(len(values) - 1, at))])
        super()._call(event, *args)


class ListValueEncoderControl(StepEncoderControl):
    """`connect_list_property(subject, "value", "values")`: turning steps through the values."""

    State = _ListValueState


class _ListIndexState(_StepState):
    _target: Any = None

    def connect_list_property(
        self, subject: Any, current_index_property_name: Optional[str] = None, max_index: Any = None
    ) -> None:
        self._target = (subject, current_index_property_name, max_index)

    def disconnect_property(self) -> None:
        self._target = None

    def _call(self, event: str, *args: Any) -> None:
        if event == "value" and self._target is not None:
            subject, name, top = self._target
            setattr(subject, name, max(0, min(top, getattr(subject, name) + args[0])))
        super()._call(event, *args)


class ListIndexEncoderControl(StepEncoderControl):
    """`connect_list_property(subject, "index", max_index)`: turning changes the index."""

    State = _ListIndexState


def is_internal_parameter(parameter: Any) -> bool:
    """True for a script's own value that looks like a parameter."""
    inner = parameter.proxied_object if isinstance(parameter, Proxy) else parameter
    return isinstance(inner, InternalParameterBase)


class _TextState(State):
    """State of a text control: `state[n] = "text"` sets a segment."""

    def __init__(
        self, control: Any = None, component: Any = None, segments: Any = ("",), **kwargs: Any
    ) -> None:
        super().__init__(control, component)
        self._sources: List[Any] = [DisplayDataSource(segment) for segment in segments]

    def __getitem__(self, index: int) -> Any:
        return self._sources[index].display_string()

    def __setitem__(self, index: int, message: str) -> None:
        self._sources[index].set_display_string(message)

    def __len__(self) -> int:
        return len(self._sources)

    def __iter__(self) -> Iterator[Any]:
        return iter(source.display_string() for source in self._sources)

    def set_control_element(self, control_element: Any) -> None:
        """Set the display."""
        self._element = control_element
        self.update()

    def update(self) -> None:
        if self._element is not None:
            self._element.set_data_sources(self._sources)


class TextDisplayControl(Control):
    """`TextDisplayControl(segments=("a", "b"))`: a display with a segment for each text."""

    State: Any = _TextState


class _ConfigurableTextState(_TextState):
    def set_data_sources(self, data_sources: Any) -> None:
        self._sources = list(data_sources or [DisplayDataSource()])
        self.update()


class ConfigurableTextDisplayControl(TextDisplayControl):
    """`set_data_sources` sets the sources of the segments' texts."""

    State = _ConfigurableTextState


class _ColorSysexState(State):
    color = control_color("DefaultButton.Disabled")

    def __init__(self, control: Any = None, component: Any = None, color: Any = None, **kwargs: Any) -> None:
        super().__init__(control, component)
        if color is not None:
            self.color = color

    def set_control_element(self, control_element: Any) -> None:
        self._element = control_element
        self.update()

    def update(self) -> None:
        if self._element is not None and self._component.is_enabled():
            light(self._element, self.color)


class ColorSysexControl(Control):
    """A colour that is sent as sysex: `color = …` sends it."""

    State = _ColorSysexState


class TouchControl(ButtonControl):
    """The control of a touch sensor."""
