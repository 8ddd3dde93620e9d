"""Named places of a component for controls, with handlers and lights.

`@takes("play_button", …)` gives a component `set_play_button(button)`; "nudge_up_button:up_button" names its
parameter as Live does, if that is neither `button` nor `control`. A message of the control calls
`_play_value(value)`, and `_show_play()`, if defined, draws the control's light: when the control is set, and at
each `update`. The light of a removed control is switched off. The attribute `_play_button` is the control as well.
"""

from __future__ import annotations

from functools import partialmethod
from inspect import Parameter, Signature
from typing import Any, Callable, Dict, Iterable, List, Tuple

from .component import ComponentCore
from .elements import is_momentary
from .tasks import repeat, run, sequence, wait

SCROLL_DELAY_S = 0.3
"""Seconds from the press of a scroll button to its first repeat, as for the button controls of `ableton.v2`."""
SCROLL_STEP_S = 0.1
"""Seconds between two repetitions: one update of the display."""

_ENDINGS = ("_button", "_control", "_buttons", "_controls")


def short(name: str) -> str:
    """The name of a place in method names: "play" for "play_button"."""
    for ending in _ENDINGS:
        if name.endswith(ending):
            return name[: -len(ending)]
    return name


def takes(*names: str) -> Callable[[Any], Any]:
    """Class decorator: adds places for controls, each with its setter."""

    def decorate(cls: Any) -> Any:
        places = {}
        for row in names:
            name, _, parameter = row.partition(":")
            places[name] = parameter or ("button" if name.endswith("_button") else "control")
        for name, parameter in places.items():
            if "set_" + name not in vars(cls):
                setattr(cls, "set_" + name, _setter(name, parameter))
        cls.PLACES = tuple(places) + tuple(getattr(cls, "PLACES", ()))
        return cls

    return decorate


def handles(cls: Any, names: Iterable[str], value: Any, show: Any = None) -> None:
    """Give a class the methods of many places: `value(component, name, value)`, `show(component, name)`."""
    for name in names:
        setattr(cls, "_%s_value" % short(name), partialmethod(value, name))
        if show is not None:
            setattr(cls, "_show_%s" % short(name), partialmethod(show, name))


def _setter(name: str, parameter: str) -> Any:
    signature = Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ("self", parameter)])

    def set_place(*args: Any, **kwargs: Any) -> None:
        component, control = signature.bind(*args, **kwargs).args
        component._put(name, control)

    set_place.__signature__ = signature
    set_place.__name__ = "set_" + name
    set_place.__doc__ = "Use this control, or none (None)."
    set_place.is_place = True
    return set_place


def elements_in(controls: Any) -> List[Any]:
    """The controls of a tuple, list or matrix, in order; [] for None."""
    return [] if controls is None else list(controls)


def light(control: Any, value: Any) -> None:
    """Show a value: None is dark, a bool is on or off, a number is sent, a name is one of the skin's colours.

    A name that the skin does not have means on; a name such as "Off", "Empty", "NoClip" or "SlotTriggered" means off.
    """
    if control is None:
        return
    if value is None:
        control.reset()
        return
    if not isinstance(value, str):
        control.set_light(value)
        return
    skin = getattr(control, "skin", None)
    if skin is not None and value in skin:
        control.set_light(value)
    else:
        last = value.rsplit(".", 1)[-1]
        control.set_light(not (last.endswith(("Off", "Empty")) or last.startswith(("No", "Slot"))))


class PlacedComponent(ComponentCore):
    """A component with places."""

    PLACES: Tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._placed: Dict[str, Any] = {}
        self._place_slots: Dict[str, Any] = {}
        self._scrolling: Dict[str, Any] = {}
        super().__init__(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        # An empty place reads as None.
        if name.startswith("_") and name[1:] in type(self).PLACES:
            return self.__dict__.get("_placed", {}).get(name[1:])
        raise AttributeError("%r has no attribute %r" % (type(self).__name__, name))

    def _put(self, name: str, control: Any) -> None:
        before = self._placed.get(name)
        if before is not None and before is not control:
            self._stop_scrolling(name)
            self._leave(name, before)
        self._placed[name] = control
        if name not in self._place_slots:
            self._place_slots[name] = self.register_slot(None, self._heard(name), "value")
        # A modifier needs only a listener, which records whether the modifier is pressed.
        wanted = name.endswith("_button") or hasattr(self, "_%s_value" % short(name))
        self._place_slots[name].subject = control if wanted else None
        self._show(name)

    def _leave(self, name: str, control: Any) -> None:
        release = getattr(control, "release_parameter", None)
        if callable(release):
            release()
        control.reset()

    def _heard(self, name: str) -> Callable[..., None]:
        def heard(*value: Any) -> None:
            handler = getattr(self, "_%s_value" % short(name), None)
            if handler is not None and self.is_enabled():
                handler(*value)

        return heard

    def _show(self, name: str) -> None:
        draw = getattr(self, "_show_%s" % short(name), None)
        if draw is not None and self._placed.get(name) is not None and self.is_enabled():
            draw()

    def _light(self, name: str, value: Any) -> None:
        """Show a value on the control of a place, if there is a control and the component is on."""
        if self.is_enabled():
            light(self._placed.get(name), value)

    def _pressed(self, name: str, value: int) -> bool:
        """True for a press: any message but the release of a momentary button."""
        return value != 0 or not is_momentary(self._placed.get(name))

    def _is_held(self, name: str) -> bool:
        """True while the button of a modifier's place is pressed."""
        pressed = getattr(self._placed.get(name), "is_pressed", False)
        return bool(pressed() if callable(pressed) else pressed)

    def _map(self, name: str, parameter: Any) -> None:
        """Let Live move a parameter with the control of a place; with None the control moves no parameter."""
        control = self._placed.get(name)
        if control is None:
            return
        if parameter is not None and self.is_enabled():
            control.connect_to(parameter)
        else:
            control.release_parameter()

    def _scroll(self, name: str, value: int, step: Callable[[], None]) -> None:
        """Call `step` at a press, and repeatedly until the release."""
        self._stop_scrolling(name)
        if not self._pressed(name, value):
            return
        step()
        if is_momentary(self._placed.get(name)):
            again = repeat(sequence(run(step), wait(SCROLL_STEP_S)))
            self._scrolling[name] = self._tasks.add(sequence(wait(SCROLL_DELAY_S), again))

    def _stop_scrolling(self, name: str) -> None:
        task = self._scrolling.pop(name, None)
        if task is not None:
            task.kill()

    def update(self) -> None:
        super().update()
        for name in type(self).PLACES:
            self._show(name)

    def disconnect(self) -> None:
        for name, control in list(self._placed.items()):
            if control is not None and self._place_slots[name].subject is not None:
                self._place_slots[name].subject = None
        self._placed = {}
        super().disconnect()
