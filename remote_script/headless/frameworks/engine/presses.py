"""Elements made from events: single and double presses of a button."""

from __future__ import annotations

from typing import Any, Tuple

from .compounds import WrapperElement
from .dependency import depends
from .elements import ControlElement
from .events import EventObject
from .tasks import run, sequence, wait
from .tools import const, lazy_attribute, nop

DOUBLE_PRESS_S = 0.3
"""Live's MOMENTARY_DELAY: a second press within this time makes it a double press."""


class EventElement(ControlElement):
    """A non-momentary button that is pressed whenever `subject` notifies an event; lights go to the subject."""

    event_value = 1

    def __init__(
        self, subject: Any = None, event: str = "", *args: Any, event_name: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._subject = subject
        self.register_slot(subject, self._on_event, event or event_name)

    def _on_event(self, *args: Any, **kwargs: Any) -> None:
        self.notify_value(self.event_value)

    def is_momentary(self) -> bool:
        return False

    def is_pressed(self) -> bool:
        return False

    def reset(self) -> None:
        getattr(self._subject, "reset", nop)()

    def send_value(self, *args: Any, **kwargs: Any) -> None:
        getattr(self._subject, "send_value", nop)(*args, **kwargs)

    def set_light(self, *args: Any, **kwargs: Any) -> None:
        getattr(self._subject, "set_light", nop)(*args, **kwargs)


class DoublePressContext(EventObject):
    """Presses of different buttons within one context do not make a double press."""

    __events__ = ("break_double_press",)
    _broke_double_press = False

    def break_double_press(self) -> None:
        self.notify_break_double_press()
        self._broke_double_press = True


GLOBAL_DOUBLE_PRESS_CONTEXT_PROVIDER = const(DoublePressContext())


class DoublePressElement(WrapperElement):
    """A button with the events `single_press` and `double_press`, which are also elements of these names."""

    __events__: Tuple[str, ...] = ("single_press", "double_press")
    DOUBLE_PRESS_MAX_DELAY = DOUBLE_PRESS_S

    @depends(double_press_context=GLOBAL_DOUBLE_PRESS_CONTEXT_PROVIDER)
    def __init__(
        self, wrapped_control: Any = None, double_press_context: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(wrapped_control, *args, **kwargs)
        self._double_press_context = double_press_context
        self._double_press_task = self._tasks.add(
            sequence(wait(self.DOUBLE_PRESS_MAX_DELAY), run(self.finish_single_press))
        ).kill()
        self._break_slot = self.register_slot(None, self._on_break_double_press, "break_double_press")
        self.request_listen_nested_control_elements()

    def on_nested_control_element_value(self, value: Any, control: Any) -> None:
        if value or not control.is_momentary():
            if self._double_press_task.is_killed:
                self._double_press_context.break_double_press()
                self._break_slot.subject = self._double_press_context
                self._double_press_task.restart()
            else:
                self.finish_double_press()
                self._double_press_task.kill()
        super().on_nested_control_element_value(value, control)

    def _on_break_double_press(self) -> None:
        if not self._double_press_task.is_killed:
            self._double_press_task.kill()
            self.finish_single_press()

    def finish_single_press(self) -> None:
        self._break_slot.subject = None
        self.notify_single_press()

    def finish_double_press(self) -> None:
        self._break_slot.subject = None
        self.notify_double_press()

    @lazy_attribute
    def single_press(self) -> EventElement:
        return EventElement(self, "single_press")

    @lazy_attribute
    def double_press(self) -> EventElement:
        return EventElement(self, "double_press")
