"""What a mode's button does to the modes of its component."""

from __future__ import annotations

from typing import Any, Callable, Optional


class ModeButtonBehaviour:
    """Four moments of a mode's button; delayed: it was held longer than about 0.3 s."""

    def press_immediate(self, component: Any, mode: str) -> None:
        """Pressed."""

    def press_delayed(self, component: Any, mode: str) -> None:
        """Still held."""

    def release_immediate(self, component: Any, mode: str) -> None:
        """Let go soon."""

    def release_delayed(self, component: Any, mode: str) -> None:
        """Let go late."""

    def update_button(self, component: Any, mode: str, selected_mode: Any) -> None:
        component._light_mode(mode, selected_mode == mode)


class ImmediateBehaviour(ModeButtonBehaviour):
    """A press selects."""

    def press_immediate(self, component: Any, mode: str) -> None:
        component.selected_mode = mode


class LatchingBehaviour(ModeButtonBehaviour):
    """A press selects; held, only for as long as it is held."""

    def press_immediate(self, component: Any, mode: str) -> None:
        component.push_mode(mode)

    def release_immediate(self, component: Any, mode: str) -> None:
        component.pop_unselected_modes()

    def release_delayed(self, component: Any, mode: str) -> None:
        if len(component.active_modes) > 1:
            component.pop_mode(mode)


class MomentaryBehaviour(ModeButtonBehaviour):
    """Selected while it is held."""

    def press_immediate(self, component: Any, mode: str) -> None:
        component.push_mode(mode)

    def release_immediate(self, component: Any, mode: str) -> None:
        self._release(component, mode)

    def release_delayed(self, component: Any, mode: str) -> None:
        self._release(component, mode)

    def _release(self, component: Any, mode: str) -> None:
        if len(component.active_modes) > 1:
            component.pop_mode(mode)


class ToggleBehaviour(ModeButtonBehaviour):
    """A press selects, the next one returns to what was there before."""

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


class CancellableBehaviour(ToggleBehaviour):
    """As a toggle."""


class ReenterBehaviourBase(ImmediateBehaviour):
    """A press of the selected mode's button does something more."""

    def press_immediate(self, component: Any, mode: str) -> None:
        was_active = component.selected_mode == mode
        super().press_immediate(component, mode)
        if was_active:
            self.on_reenter()

    def on_reenter(self) -> None:
        """Pressed again."""


class ReenterBehaviour(ReenterBehaviourBase):
    def __init__(self, on_reenter: Optional[Callable[[], Any]] = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        if on_reenter is not None:
            self.on_reenter = on_reenter  # type: ignore[method-assign]


def make_reenter_behaviour(
    base_behaviour: Any, on_reenter: Optional[Callable[[], Any]] = None, *args: Any, **kwargs: Any
) -> Any:
    """A behaviour that also calls `on_reenter` when the selected mode's button is pressed again."""

    class Reentering(base_behaviour):  # type: ignore[misc]
        def press_immediate(self, component: Any, mode: str) -> None:
            was_active = component.selected_mode == mode
            super().press_immediate(component, mode)
            if was_active and on_reenter is not None:
                on_reenter()

    return Reentering(*args, **kwargs)


def pop_last_mode(component: Any, mode: str) -> None:
    """Back to the mode before, if there is one."""
    if len(component.active_modes) > 1:
        component.pop_mode(component.active_modes[-1])
