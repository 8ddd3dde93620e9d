"""Modes, and components that switch between them."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from ..engine.modes import Mode
from ..engine.tasks import run, sequence, wait
from ..second import components
from .component import shown
from .live import DetailViewController


class ModesComponent(shown(components.ModesComponent)):
    """Modes of which the first is selected while no other mode is."""

    def __init__(self, *args, is_private=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_private = is_private

    def _color_group(self):
        return "".join(part.title() for part in self.name.split("_"))

    def add_mode(self, name, mode_or_component, groups=None, behaviour=None, selector=None, **kwargs):
        """Add a mode; `selector(component, name)` selects it after an event in Live."""
        super().add_mode(name, mode_or_component, groups=groups, behaviour=behaviour, **kwargs)
        if selector is not None:
            selector(self, name)

    def push_mode(self, mode, delay=0):
        """Select a mode over the others, `delay` seconds later."""
        self._later(delay, super().push_mode, mode)

    def pop_mode(self, mode, delay=0):
        """Leave a mode, `delay` seconds later."""
        self._later(delay, super().pop_mode, mode)

    def _later(self, delay, change, mode):
        if delay:
            self._tasks.add(sequence(wait(delay), run(change, mode)))
        else:
            change(mode)

    def on_enabled_changed(self):
        if self.is_enabled() and self.selected_mode is None and self.modes:
            self.selected_mode = self.modes[0]
        super().on_enabled_changed()


class ShowDetailClipMode(Mode):
    """Shows the clip while the mode is active."""

    def __init__(self, application, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._controller = DetailViewController(application)

    def enter_mode(self):
        self._controller.show()

    def leave_mode(self):
        self._controller.restore()


# Selectors: `{"mode": {"selector": select_mode_for_main_view("Session")}}` in mappings.


class EventDescription(NamedTuple):
    """An event of an object; `event_state`: the required value of the property, None for any value."""

    subject: Any
    event_name: str
    event_state: Any = None


def _selector(description, react, can_select_now):
    def install(component, mode_name):
        happened = partial(react, component, mode_name, description)
        component.register_slot(description.subject, lambda *_: happened(), description.event_name)
        if can_select_now:
            happened()

    return install


def _holds(description):
    state = description.event_state
    return state is None or getattr(description.subject, description.event_name) == state


def select_mode_on_event_change(event_description, can_select_now=False):
    """Select the mode whenever the event happens in the required state."""

    def react(component, mode_name, description):
        if _holds(description):
            component.selected_mode = mode_name

    return _selector(event_description, react, can_select_now)


def toggle_mode_on_property_change(event_description, return_to_default=False, can_select_now=False):
    """Push the mode when the property takes the required state (default: true), and pop the mode afterwards."""

    def react(component, mode_name, description):
        value = getattr(description.subject, description.event_name)
        state = description.event_state
        if bool(value) if state is None else value == state:
            component.push_mode(mode_name)
        elif return_to_default and component.modes:
            component.selected_mode = component.modes[0]
        else:
            component.pop_mode(mode_name)

    return _selector(event_description, react, can_select_now)


def select_mode_for_main_view(main_view_name, can_select_now=True):
    """Select the mode with the session ("Session") or the arrangement ("Arranger")."""

    def install(component, mode_name):
        view = component.application.view
        described = EventDescription(view, "focused_document_view", main_view_name)
        select_mode_on_event_change(described, can_select_now)(component, mode_name)

    return install
