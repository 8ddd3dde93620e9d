"""Components that switch between modes.

A modes component has a stack of modes: the topmost mode is entered while the component is enabled, the others wait. The
behaviour of a mode button changes the stack.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, Iterable, List, Optional, Tuple

from .mode_buttons import LatchingBehaviour, ModeButtonBehaviour
from .modes import Mode, to_camel_case_name, tomode
from .places import SCROLL_DELAY_S, PlacedComponent, light
from .tasks import run, sequence, wait

Groups = Iterable[str]
Entry = Tuple[Mode, ModeButtonBehaviour, FrozenSet[str]]


class ModesCore(PlacedComponent):
    """Modes by name; event `selected_mode`. `<mode>_button`, `cycle_mode_button`, `toggle_button` are places."""

    __events__ = ("selected_mode",)
    PLACES = ("cycle_mode_button", "toggle_button")
    default_behaviour: Any = LatchingBehaviour()

    def __init__(
        self,
        enable_skinning: bool = False,
        support_momentary_mode_cycling: bool = True,
        *args: Any,
        default_behaviour: Any = None,
        **kwargs: Any,
    ) -> None:
        self._entries: Dict[str, Entry] = {}
        self._stack: List[str] = []
        self._entered: Optional[str] = None
        self._holding: Dict[str, Any] = {}
        if default_behaviour is not None:
            self.default_behaviour = default_behaviour
        self._skinned = enable_skinning
        self._momentary_cycling = support_momentary_mode_cycling
        self._mode_places: Dict[str, str] = {}
        super().__init__(*args, **kwargs)

    # -- adding modes ------------------------------------------------------------------------------------

    def add_mode(
        self,
        name: str,
        mode_or_component: Any = None,
        toggle_value: bool = False,
        groups: Optional[Groups] = None,
        behaviour: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Add a mode. ValueError for a name that is already used."""
        if name in self._entries:
            raise ValueError("there is a mode %r already" % name)
        self._entries[name] = (
            tomode(mode_or_component),
            behaviour or self.default_behaviour,
            frozenset(groups or ()),
        )
        place = "%s_button" % name
        self._mode_places[place] = name
        setattr(self, "set_" + place, lambda button: self._put_mode_button(name, button))

    def _get_mode_behaviour(self, name: str) -> Any:
        return self._entries[name][1]

    @property
    def modes(self) -> List[str]:
        return list(self._entries)

    def get_mode(self, name: str) -> Any:
        return self._entries[name][0] if name in self._entries else None

    def get_mode_groups(self, name: str) -> Any:
        return set(self._entries[name][2]) if name in self._entries else set()

    # -- the stack ---------------------------------------------------------------------------------------

    @property
    def active_modes(self) -> List[str]:
        return list(self._stack)

    @property
    def selected_mode(self) -> Optional[str]:
        return self._stack[-1] if self._stack else None

    @selected_mode.setter
    def selected_mode(self, mode: Optional[str]) -> None:
        self._change([] if mode is None else [self._known(mode)])

    def _known(self, mode: str) -> str:
        if mode not in self._entries:
            raise KeyError("there is no mode %r, only %s" % (mode, ", ".join(self._entries)))
        return mode

    def push_mode(self, mode: str) -> None:
        self._change([active for active in self._stack if active != self._known(mode)] + [mode])

    def pop_mode(self, mode: str) -> None:
        self._change([active for active in self._stack if active != mode])

    def pop_unselected_modes(self) -> None:
        self._change(self._stack[-1:])

    def pop_groups(self, groups: Any) -> None:
        self._change([active for active in self._stack if not self._entries[active][2] & set(groups)])

    def cycle_mode(self, delta: int = 1) -> None:
        names = self.modes
        if names:
            at = names.index(self.selected_mode) if self.selected_mode in names else -1
            self.selected_mode = names[(at + delta) % len(names)]

    def _change(self, stack: List[str]) -> None:
        before, self._stack = self.selected_mode, stack
        if self.selected_mode != before:
            self._enter_selected()
            self.notify_selected_mode(self.selected_mode)
        self.update()

    def _enter_selected(self) -> None:
        wanted = self.selected_mode if self.is_enabled() else None
        if wanted == self._entered:
            return
        left, self._entered = self._entered, wanted
        if left is not None and left in self._entries:
            self._do_leave_mode(left)
        if wanted is not None:
            self._do_enter_mode(wanted)

    def _do_enter_mode(self, name: str) -> None:
        self._entries[name][0].enter_mode()
        self._update_buttons(name)

    def _do_leave_mode(self, name: str) -> None:
        self._entries[name][0].leave_mode()

    def on_enabled_changed(self) -> None:
        self._enter_selected()
        super().on_enabled_changed()

    def disconnect(self) -> None:
        self._stack = []
        self._enter_selected()
        super().disconnect()

    # -- buttons -----------------------------------------------------------------------------------------

    def set_mode_button(self, name: str, button: Any) -> None:
        self._put_mode_button(self._known(name), button)

    def get_mode_button(self, name: str) -> Any:
        return self._placed.get("%s_button" % name)

    def _put_mode_button(self, name: str, button: Any) -> None:
        place = "%s_button" % name
        before = self._placed.get(place)
        if before is not None and before is not button:
            before.reset()
        self._placed[place] = button
        if place not in self._place_slots:
            self._place_slots[place] = self.register_slot(None, self._mode_heard(name), "value")
        self._place_slots[place].subject = button
        self.update()

    def _mode_heard(self, name: str) -> Callable[[int], None]:
        def heard(value: int) -> None:
            if not self.is_enabled():
                return
            behaviour = self._entries[name][1]
            if self._pressed("%s_button" % name, value):
                behaviour.press_immediate(self, name)
                self._holding[name] = self._tasks.add(
                    sequence(wait(SCROLL_DELAY_S), run(lambda: self._held_long(name)))
                )
            elif name in self._holding:
                task = self._holding.pop(name)
                late = task.is_killed
                task.kill()
                (behaviour.release_delayed if late else behaviour.release_immediate)(self, name)

        return heard

    def _held_long(self, name: str) -> None:
        self._entries[name][1].press_delayed(self, name)

    def _light_mode(self, name: str, selected: bool) -> None:
        if self.is_enabled():
            button, group = self._placed.get("%s_button" % name), self._color_group()
            color = "%s.%s.%s" % (group, to_camel_case_name(name), "On" if selected else "Off")
            known = group and color in (getattr(button, "skin", None) or ())
            light(button, color if known else selected)

    def _color_group(self) -> str:
        """The part of the skin that has the colours of its mode buttons; "" without one."""
        return "Mode" if self._skinned else ""

    def update(self) -> None:
        super().update()
        self._update_buttons(self.selected_mode)

    def _update_buttons(self, selected: Optional[str]) -> None:
        if self.is_enabled():
            for name, (_, behaviour, _groups) in self._entries.items():
                if self._placed.get("%s_button" % name) is not None:
                    behaviour.update_button(self, name, selected)

    def set_cycle_mode_button(self, button: Any) -> None:
        self._put("cycle_mode_button", button)

    def _cycle_mode_value(self, value: int) -> None:
        if self._pressed("cycle_mode_button", value):
            self.cycle_mode(1)

    def _show_cycle_mode(self) -> None:
        self._light("cycle_mode_button", True)

    def set_toggle_button(self, button: Any) -> None:
        """Set the button that switches between the first mode and the others."""
        self._put("toggle_button", button)

    def _toggle_value(self, value: int) -> None:
        if self._pressed("toggle_button", value):
            self.cycle_mode(1)


class EnablingModesCore(ModesCore):
    """Two modes, "disabled" and "enabled", which switch one component."""

    def __init__(self, component: Any = None, *args: Any, **kwargs: Any) -> None:
        for ours in ("toggle_value", "disabled_value", "enabled_color", "disabled_color"):
            kwargs.pop(ours, None)
        super().__init__(**kwargs)
        if component is not None:
            component.set_enabled(False)
        self.add_mode("disabled", None)
        self.add_mode("enabled", component)
        self.selected_mode = "disabled"
