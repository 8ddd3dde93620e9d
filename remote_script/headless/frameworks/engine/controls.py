"""Controls that a component declares in its class: `play_button = ButtonControl(color="…")`.

As an attribute of an instance, a control is its state in this instance: its element, its colour, whether it is
pressed. The handlers of its events are methods of the component: `@play_button.pressed def play_button(self,
button)`. A layer (or `set_control_element`) sets the element; events arrive only while control and component are
enabled.
"""

from __future__ import annotations

from copy import copy
from typing import Any, Callable, Dict, Optional

from .connected import Connectable
from .events import EventObject
from .places import SCROLL_DELAY_S, SCROLL_STEP_S, is_momentary, light
from .tasks import repeat, run, sequence, wait

DOUBLE_CLICK_S = 0.5
"""Guess: seconds between two presses that count as one double click."""


class _Event:
    """`control.pressed`: a decorator that makes a method the handler; `name` is the event's name in the state."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, control: Any, cls: Any = None) -> Any:
        if control is None:
            return self

        def decorate(handler: Callable[..., Any]) -> Any:
            # If a subclass declares its own handler of an inherited control, the parent's handler does not change.
            declared = control.copy() if control.owned else control
            declared.handlers[self._name] = handler
            return declared

        return decorate


def control_event(event_name: str) -> Any:
    """Declare an event of a control class."""
    return _Event(event_name)


class State(EventObject):
    """The state of a control in one component."""

    def __init__(self, control: Any = None, component: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._control, self._component = control, component
        self._enabled = True
        self._element: Any = None
        self._message: Any = (None, None)
        self._value_slot = self.register_slot(None, self._heard, "value")

    @property
    def component(self) -> Any:
        return self._component

    @property
    def enabled(self) -> bool:
        return self._enabled

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        if bool(enabled) != self._enabled:
            self._enabled = bool(enabled)
            self.update()

    @property
    def control_element(self) -> Any:
        return self._element

    @property
    def identifier(self) -> Any:
        """The temporary note or controller number of its element; None: the element's own."""
        return self._message[0]

    @identifier.setter
    def identifier(self, identifier: Any) -> None:
        self._message = (identifier, self._message[1])
        self._apply_message()

    @property
    def channel(self) -> Any:
        """The temporary MIDI channel of its element; None: the element's own."""
        return self._message[1]

    @channel.setter
    def channel(self, channel: Any) -> None:
        self._message = (self._message[0], channel)
        self._apply_message()

    def _apply_message(self) -> None:
        element, (identifier, channel) = self._element, self._message
        if element is None or not hasattr(element, "set_identifier"):
            return
        element.set_identifier(element.original_identifier() if identifier is None else identifier)
        element.set_channel(element.original_channel() if channel is None else channel)

    def set_control_element(self, control_element: Any) -> None:
        """Set the element of the control; None removes the element."""
        if self._element is not None and control_element is not self._element:
            self._left()
            if self._message != (None, None):
                self._element.use_default_message()
        self._element = control_element
        self._value_slot.subject = control_element
        if self._message != (None, None):
            self._apply_message()
        self.update()

    def _left(self) -> None:
        """Called when the element is removed."""

    def update(self) -> None:
        """Show the present state."""

    def _heard(self, value: Any, *more: Any) -> None:
        if self._active():
            self._received(value)

    def _active(self) -> bool:
        return self._enabled and bool(self._component.is_enabled())

    def _received(self, value: Any) -> None:
        self._call("value", value)

    def _call(self, event: str, *args: Any) -> None:
        handler = self._control.handlers.get(event)
        if handler is not None and self._active():
            handler(self._component, *args, self)

    def _has(self, event: str) -> bool:
        return event in self._control.handlers


class Control:
    """The declaration of a control; its arguments are passed to the state."""

    State: Any = State
    value = control_event("value")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._args, self._kwargs = args, kwargs
        self.handlers: Dict[str, Callable[..., Any]] = {}
        self.owned = False

    def __set_name__(self, owner: type, name: str) -> None:
        self.owned = True
        there = getattr(owner, "set_" + name, None)
        if there is None or getattr(there, "is_place", False):
            setattr(owner, "set_" + name, _setter(name))

    def copy(self) -> Any:
        """The same control with separate handlers."""
        made = copy(self)
        made.handlers, made.owned = dict(self.handlers), False
        return made

    def make(self, component: Any) -> Any:
        """Create the state for a component."""
        return component.register_disconnectable(self.State(self, component, *self._args, **self._kwargs))

    def __get__(self, obj: Any, cls: Any = None) -> Any:
        if obj is None:
            return self
        states = obj.__dict__.setdefault("_control_states", {})
        if self not in states:
            states[self] = self.make(obj)
        return states[self]

    def __set__(self, obj: Any, value: Any) -> None:
        raise RuntimeError("a control cannot be exchanged; set_control_element gives it an element")


def _setter(name: str) -> Any:
    def set_element(self: Any, button: Any) -> None:
        getattr(self, name).set_control_element(button)

    set_element.__name__ = "set_" + name
    set_element.__doc__ = "Put an element behind the control, or none (None)."
    return set_element


class InputControl(Control):
    """A control with the event `value` (value, control)."""


class ButtonState(State):
    """State of a button: `is_pressed`, `color`. Colours are names of the skin, or values that the element can show."""

    def __init__(
        self,
        control: Any = None,
        component: Any = None,
        color: Any = "DefaultButton.On",
        pressed_color: Any = None,
        disabled_color: Any = None,
        enabled: bool = True,
        repeat: bool = False,
        delay_time: Optional[float] = None,
        double_click_context: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(control, component)
        self._color, self._pressed_color, self._disabled_color = color, pressed_color, disabled_color
        self._enabled = bool(enabled)
        self._repeats = bool(repeat)
        self._delay = SCROLL_DELAY_S if delay_time is None else delay_time
        self._is_pressed = False
        self._holding: Any = None
        self._clicking: Any = None

    @property
    def is_pressed(self) -> bool:
        return self._is_pressed

    @property
    def is_momentary(self) -> bool:
        return self._element is None or is_momentary(self._element)

    @property
    def color(self) -> Any:
        return self._color

    @color.setter
    def color(self, color: Any) -> None:
        self._color = color
        self.update()

    @property
    def pressed_color(self) -> Any:
        return self._pressed_color

    @pressed_color.setter
    def pressed_color(self, color: Any) -> None:
        self._pressed_color = color
        self.update()

    @property
    def disabled_color(self) -> Any:
        return self._disabled_color

    @disabled_color.setter
    def disabled_color(self, color: Any) -> None:
        self._disabled_color = color
        self.update()

    def _shown(self) -> Any:
        if not self._enabled:
            return self._disabled_color
        if self._is_pressed and self._pressed_color is not None:
            return self._pressed_color
        return self._color

    def update(self) -> None:
        if self._element is not None and self._component.is_enabled():
            light(self._element, self._shown())

    def _left(self) -> None:
        self._release()
        self._element.reset()

    def _received(self, value: Any) -> None:
        if value or not self.is_momentary:
            self._press()
        if not value or not self.is_momentary:
            self._release()
        self._call("value", value)

    def _press(self) -> None:
        if self._is_pressed:
            return
        self._is_pressed = True
        self._on_press()
        self._call("pressed")
        if self._clicking is not None and not self._clicking.is_killed:
            self._clicking.kill()
            self._clicking = None
            self._call("double_clicked")
        elif self._has("double_clicked"):
            self._clicking = self._component._tasks.add(wait(DOUBLE_CLICK_S))
        if self._repeats:
            again = repeat(sequence(run(self._call, "pressed"), wait(SCROLL_STEP_S)))
            self._holding = self._component._tasks.add(sequence(wait(self._delay), again))
        else:
            self._holding = self._component._tasks.add(sequence(wait(self._delay), run(self._held_long)))
        self.update()

    def _on_press(self) -> None:
        """Called at a press; for subclasses."""

    def _held_long(self) -> None:
        self._call("pressed_delayed")

    def _release(self) -> None:
        if not self._is_pressed:
            return
        self._is_pressed = False
        late = not self._repeats and self._holding is not None and self._holding.is_killed
        if self._holding is not None:
            self._holding.kill()
            self._holding = None
        self._call("released")
        self._call("released_delayed" if late else "released_immediately")
        self.update()


class ButtonControl(Control):
    """A button; its events take (button)."""

    State: Any = ButtonState
    pressed = control_event("pressed")
    pressed_delayed = control_event("pressed_delayed")
    released = control_event("released")
    released_immediately = control_event("released_immediately")
    released_delayed = control_event("released_delayed")
    double_clicked = control_event("double_clicked")


class _PlayableState(ButtonState):
    """State of a pad: by `mode` its presses play the track, reach the script, or both."""

    def __init__(self, control: Any = None, component: Any = None, mode: Any = None, **kwargs: Any) -> None:
        super().__init__(control, component, **kwargs)
        self._mode = PlayableControl.Mode.playable if mode is None else mode

    @property
    def mode(self) -> Any:
        return self._mode

    def set_mode(self, mode: Any) -> None:
        self._mode = mode
        self._apply_mode()

    def set_playable(self, playable: bool) -> None:
        self.set_mode(PlayableControl.Mode.playable if playable else PlayableControl.Mode.listenable)

    def set_control_element(self, control_element: Any) -> None:
        super().set_control_element(control_element)
        self._apply_mode()

    def _apply_mode(self) -> None:
        if self._element is not None:
            self._element.suppress_script_forwarding = self._mode == PlayableControl.Mode.playable

    def _left(self) -> None:
        self._element.suppress_script_forwarding = False
        super()._left()


class PlayableControl(ButtonControl):
    """A pad that plays the track or reaches the script."""

    class Mode:
        playable = 0
        listenable = 1
        playable_and_listenable = 2

    State = _PlayableState


class _ToggleState(ButtonState, Connectable):
    requires_listenable_connected_property = True

    def __init__(
        self,
        control: Any = None,
        component: Any = None,
        toggled_color: Any = None,
        untoggled_color: Any = None,
        on_color: Any = None,
        color: Any = None,
        **kwargs: Any,
    ) -> None:
        self._on_shown = toggled_color or on_color or "DefaultButton.On"
        self._off_shown = untoggled_color or color or "DefaultButton.Off"
        self._toggled = False
        super().__init__(control, component, **kwargs)

    @property
    def is_toggled(self) -> bool:
        return self._toggled

    @is_toggled.setter
    def is_toggled(self, toggled: bool) -> None:
        self._toggled = bool(toggled)
        self.update()

    is_on = is_toggled

    @property
    def toggled_color(self) -> Any:
        return self._on_shown

    @toggled_color.setter
    def toggled_color(self, color: Any) -> None:
        self._on_shown = color
        self.update()

    on_color = toggled_color

    @property
    def untoggled_color(self) -> Any:
        return self._off_shown

    @untoggled_color.setter
    def untoggled_color(self, color: Any) -> None:
        self._off_shown = color
        self.update()

    off_color = untoggled_color

    def _shown(self) -> Any:
        if not self._enabled:
            return self._disabled_color
        return self._on_shown if self._toggled else self._off_shown

    def _on_press(self) -> None:
        if self._active():
            self._toggled = not self._toggled
            toggled = self._toggled
            # The property notifies its own value, which may be unchanged.
            self.connected_property_value = toggled
            self._call("toggled", toggled)

    def on_connected_property_changed(self, value: Any) -> None:
        self.is_toggled = value


class ToggleButtonControl(ButtonControl):
    """A button with the event `toggled` (is_toggled, button)."""

    State = _ToggleState
    toggled = control_event("toggled")


class _RadioState(ButtonState):
    def __init__(
        self,
        control: Any = None,
        component: Any = None,
        checked_color: Any = "DefaultButton.On",
        unchecked_color: Any = "DefaultButton.Off",
        **kwargs: Any,
    ) -> None:
        self._colors = (unchecked_color, checked_color)
        self._checked = False
        super().__init__(control, component, **kwargs)

    @property
    def is_checked(self) -> bool:
        return self._checked

    @is_checked.setter
    def is_checked(self, checked: bool) -> None:
        self._checked = bool(checked)
        self.update()

    def _shown(self) -> Any:
        return self._colors[self._checked] if self._enabled else self._disabled_color

    group: Any = None

    def _on_press(self) -> None:
        if self._active() and not self._checked:
            if self.group is not None:
                self.group.checked_index = self.group._items.index(self)
                self.group.connected_property_value = self.group.checked_index
            self._checked = True
            self._call("checked")


class RadioButtonControl(ButtonControl):
    """A button with the event `checked` (button)."""

    State = _RadioState
    checked = control_event("checked")
