"""Behaviours: how a mode's button changes the modes of its component."""

from __future__ import annotations

from typing import Any, Callable, Optional


class ModeButtonBehaviour:
    """Four events of a mode's button; delayed: the button was pressed for longer than about 0.3 s."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def press_immediate(self, component: Any, mode: str) -> None:
        """The button is pressed."""

    def press_delayed(self, component: Any, mode: str) -> None:
        """The button is still pressed after the delay."""

    def release_immediate(self, component: Any, mode: str) -> None:
        """The button is released before the delay."""

    def release_delayed(self, component: Any, mode: str) -> None:
        """The button is released after the delay."""

    def update_button(self, component: Any, mode: str, selected_mode: Any) -> None:
        component._light_mode(mode, selected_mode == mode)


class ImmediateBehaviour(ModeButtonBehaviour):
    """A press selects the mode."""

    def press_immediate(self, component: Any, mode: str) -> None:
        component.selected_mode = mode


class LatchingBehaviour(ModeButtonBehaviour):
    """A short press selects the mode; a long press selects the mode until the release."""

    def press_immediate(self, component: Any, mode: str) -> None:
        component.push_mode(mode)

    def release_immediate(self, component: Any, mode: str) -> None:
        component.pop_unselected_modes()

    def release_delayed(self, component: Any, mode: str) -> None:
        if len(component.active_modes) > 1:
            component.pop_mode(mode)


class MomentaryBehaviour(ModeButtonBehaviour):
    """The mode is selected while the button is pressed."""

    def press_immediate(self, component: Any, mode: str) -> None:
        component.push_mode(mode)

    def release_immediate(self, component: Any, mode: str) -> None:
        if len(component.active_modes) > 1:
            component.pop_mode(mode)

    release_delayed = release_immediate


class ToggleBehaviour(ModeButtonBehaviour):
    """A press selects the mode, the next press selects the previous mode again."""

    def __init__(self, return_to_default: bool = False, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._return_to_default = return_to_default

    def press_immediate(self, component: Any, mode: str) -> None:
        if component.selected_mode != mode:
            component.push_mode(mode)
        elif self._return_to_default:
            component.selected_mode = component.modes[0]
        else:
            component.pop_mode(mode)


class CancellableBehaviour(ModeButtonBehaviour):
    """A press selects the mode; a press of the selected mode, or of one of its groups, restores the previous mode."""

    _previous_mode: Any = None

    def press_immediate(self, component: Any, mode: str) -> None:
        active, groups = component.active_modes, component.get_mode_groups(mode)
        if mode in active or any(groups & component.get_mode_groups(other) for other in active):
            if groups:
                component.pop_groups(groups)
            else:
                component.pop_mode(mode)
            self.restore_previous_mode(component)
        else:
            self.remember_previous_mode(component)
            component.push_mode(mode)

    def remember_previous_mode(self, component: Any) -> None:
        self._previous_mode = component.active_modes[0] if component.active_modes else None

    def restore_previous_mode(self, component: Any) -> None:
        if not component.active_modes and self._previous_mode is not None:
            component.push_mode(self._previous_mode)


class AlternativeBehaviour(CancellableBehaviour):
    """A short press toggles the mode, a long press selects another mode until the release."""

    def __init__(self, alternative_mode: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._alternative_mode = alternative_mode

    def press_immediate(self, component: Any, mode: str) -> None:
        """Do nothing until the length of the press is known."""

    def release_immediate(self, component: Any, mode: str) -> None:
        super().press_immediate(component, mode)

    def press_delayed(self, component: Any, mode: str) -> None:
        self.remember_previous_mode(component)
        component.push_mode(self._alternative_mode)

    def release_delayed(self, component: Any, mode: str) -> None:
        component.pop_groups(component.get_mode_groups(mode))
        self.restore_previous_mode(component)


MOMENTS = ("press_immediate", "press_delayed", "release_immediate", "release_delayed")


class DynamicBehaviourMixin(ModeButtonBehaviour):
    """Mix-in that applies a behaviour to the mode that `mode_chooser` returns (None: the button's own mode)."""

    def __init__(self, mode_chooser: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._mode_chooser = mode_chooser
        self._chosen_mode: Any = None

    def press_immediate(self, component: Any, mode: str) -> None:
        self._chosen_mode = self._mode_chooser() or mode
        super().press_immediate(component, self._chosen_mode)

    def press_delayed(self, component: Any, mode: str) -> None:
        super().press_delayed(component, self._chosen_mode)

    def release_immediate(self, component: Any, mode: str) -> None:
        super().release_immediate(component, self._chosen_mode)

    def release_delayed(self, component: Any, mode: str) -> None:
        super().release_delayed(component, self._chosen_mode)


class ExcludingBehaviourMixin(ModeButtonBehaviour):
    """Mix-in for a behaviour that is off while a mode of the excluded groups is selected."""

    def __init__(self, excluded_groups: Any = frozenset(), *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._excluded_groups = set(excluded_groups)

    def is_excluded(self, component: Any, selected: Any) -> bool:
        return bool(component.get_mode_groups(selected) & self._excluded_groups)

    def update_button(self, component: Any, mode: str, selected_mode: Any) -> None:
        if self.is_excluded(component, selected_mode):
            component.get_mode_button(mode).set_light("DefaultButton.Disabled")
        else:
            super().update_button(component, mode, selected_mode)


def _exclude(moment: str) -> None:
    def unless_excluded(self: Any, component: Any, mode: str) -> None:
        if not self.is_excluded(component, component.selected_mode):
            getattr(super(ExcludingBehaviourMixin, self), moment)(component, mode)

    unless_excluded.__name__ = moment
    setattr(ExcludingBehaviourMixin, moment, unless_excluded)


for _moment in MOMENTS:
    _exclude(_moment)


class ReenterBehaviourBase(ImmediateBehaviour):
    """A press of the selected mode's button has an additional effect."""

    def press_immediate(self, component: Any, mode: str) -> None:
        was_active = component.selected_mode == mode
        super().press_immediate(component, mode)
        if was_active:
            self.on_reenter()

    def on_reenter(self) -> None:
        """Called when the selected mode's button is pressed again."""


class ReenterBehaviour(ReenterBehaviourBase):
    def __init__(self, on_reenter: Optional[Callable[[], Any]] = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        if on_reenter is not None:
            self.on_reenter = on_reenter  # type: ignore[method-assign]


def make_reenter_behaviour(
    base_behaviour: Any, on_reenter: Optional[Callable[[], Any]] = None, *args: Any, **kwargs: Any
) -> Any:
    """A behaviour that also calls `on_reenter` when the selected mode's button is pressed again."""

    class Reentering(base_behaviour):
        def press_immediate(self, component: Any, mode: str) -> None:
            was_active = component.selected_mode == mode
            super().press_immediate(component, mode)
            if was_active and on_reenter is not None:
                on_reenter()

    return Reentering(*args, **kwargs)
