"""Modes: what a controller's controls do just now, and the components that switch between them.

A mode is entered and left. A modes component keeps a stack of them: the topmost is entered while the component is
enabled, the others wait. What a mode button does to the stack is its behaviour.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

from .component import ComponentCore
from .places import SCROLL_DELAY_S, PlacedComponent, light
from .tasks import run, sequence, wait
from .tools import is_contextmanager, nop


class Mode:
    """Entered and left."""

    def enter_mode(self) -> None:
        """It is in force."""

    def leave_mode(self) -> None:
        """It is no longer."""

    def __enter__(self) -> None:
        self.enter_mode()

    def __exit__(self, *error: Any) -> None:
        self.leave_mode()


class EnablingMode(Mode):
    """Switches a component on."""

    def __init__(self, enableable: Any = None, component: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._component = enableable if enableable is not None else component
        if self._component is None:
            raise ValueError("an EnablingMode needs a component")

    def enter_mode(self) -> None:
        self._component.set_enabled(True)

    def leave_mode(self) -> None:
        self._component.set_enabled(False)


class DisableMode(EnablingMode):
    """Switches a component off."""

    def enter_mode(self) -> None:
        self._component.set_enabled(False)

    def leave_mode(self) -> None:
        self._component.set_enabled(True)


class LayerModeBase(Mode):
    def __init__(self, component: Any = None, layer: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        if component is None or layer is None:
            raise ValueError("a layer mode needs a component and a layer")
        self._component, self._layer = component, layer

    def _get_component(self) -> Any:
        # A component may be given as a function that makes it.
        return self._component() if not hasattr(self._component, "layer") else self._component


class LayerMode(LayerModeBase):
    """Gives a component another layer."""

    def enter_mode(self) -> None:
        self._get_component().layer = self._layer

    def leave_mode(self) -> None:
        self._get_component().layer = None


class AddLayerMode(LayerModeBase):
    """Gives a component one more layer."""

    def enter_mode(self) -> None:
        self._layer.grab(self._get_component())

    def leave_mode(self) -> None:
        self._layer.release(self._get_component())


class EnablingAddLayerMode(AddLayerMode):
    """Gives a component one more layer, and switches it on."""

    def enter_mode(self) -> None:
        super().enter_mode()
        self._get_component().set_enabled(True)

    def leave_mode(self) -> None:
        self._get_component().set_enabled(False)
        super().leave_mode()


class CompoundMode(Mode):
    """Several, entered in order and left in the opposite one."""

    def __init__(self, *modes: Any) -> None:
        super().__init__()
        self._modes = [tomode(each) for each in modes]

    def enter_mode(self) -> None:
        for mode in self._modes:
            mode.enter_mode()

    def leave_mode(self) -> None:
        for mode in reversed(self._modes):
            mode.leave_mode()


class MultiEntryMode(Mode):
    """Entered once however often it is entered."""

    def __init__(self, mode: Any = None) -> None:
        super().__init__()
        self._mode, self._count = tomode(mode), 0

    @property
    def is_entered(self) -> bool:
        return self._count > 0

    def enter_mode(self) -> None:
        self._count += 1
        if self._count == 1:
            self._mode.enter_mode()

    def leave_mode(self) -> None:
        self._count -= 1
        if self._count == 0:
            self._mode.leave_mode()


class SetAttributeMode(Mode):
    """An attribute has another value."""

    def __init__(self, obj: Any = None, attribute: str = "", value: Any = None, **kwargs: Any) -> None:
        super().__init__()
        self._obj, self._attribute, self._value = obj, attribute, value
        self._before: Any = None

    def enter_mode(self) -> None:
        self._before = getattr(self._obj, self._attribute, None)
        value = self._value
        setattr(self._obj, self._attribute, value() if callable(value) else value)

    def leave_mode(self) -> None:
        setattr(self._obj, self._attribute, self._before)


class CallFunctionMode(Mode):
    """Two functions."""

    def __init__(self, on_enter_fn: Any = nop, on_exit_fn: Any = nop, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._enter, self._exit = on_enter_fn, on_exit_fn

    def enter_mode(self) -> None:
        self._enter()

    def leave_mode(self) -> None:
        self._exit()


class DelayMode(Mode):
    """Entered so many seconds later, if it is not left before."""

    def __init__(
        self, mode: Any = None, delay: Optional[float] = None, parent_task_group: Any = None, **kwargs: Any
    ) -> None:
        super().__init__()
        self._mode, self._entered = tomode(mode), False
        self._delay = SCROLL_DELAY_S if delay is None else delay
        self._task_group = parent_task_group
        self._task: Any = None

    def enter_mode(self) -> None:
        self._task = self._task_group.add(sequence(wait(self._delay), run(self._enter_now)))

    def _enter_now(self) -> None:
        self._entered = True
        self._mode.enter_mode()

    def leave_mode(self) -> None:
        self._task.kill()
        if self._entered:
            self._entered = False
            self._mode.leave_mode()


class _ContextMode(Mode):
    def __init__(self, manager: Any) -> None:
        super().__init__()
        self._manager = manager

    def enter_mode(self) -> None:
        self._manager.__enter__()

    def leave_mode(self) -> None:
        self._manager.__exit__(None, None, None)


def tomode(thing: Any) -> Mode:
    """A mode of: a mode, a component, (component, layer), two functions, a function, a context manager, a list."""
    if thing is None:
        return Mode()
    if isinstance(thing, Mode) or (hasattr(thing, "enter_mode") and hasattr(thing, "leave_mode")):
        mode: Mode = thing
        return mode
    if isinstance(thing, tuple) and len(thing) == 2:
        first, second = thing
        if isinstance(first, ComponentCore):
            return LayerMode(first, second)
        if callable(first) and callable(second):
            return CallFunctionMode(first, second)
    if isinstance(thing, (list, tuple)):
        return CompoundMode(*thing)
    if is_contextmanager(thing) and not isinstance(thing, ComponentCore):
        return _ContextMode(thing)
    if hasattr(thing, "set_enabled"):
        return EnablingMode(thing)
    if callable(thing):
        return CallFunctionMode(thing)
    raise TypeError("no mode can be made of %r" % (thing,))


# What mode buttons do.


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


Groups = Iterable[str]
Entry = Tuple[Mode, ModeButtonBehaviour, frozenset]  # type: ignore[type-arg]


class ModesCore(PlacedComponent):
    """Modes by name; event `selected_mode`. `<mode>_button`, `cycle_mode_button`, `toggle_button` are places."""

    __events__ = ("selected_mode",)
    PLACES = ("cycle_mode_button", "toggle_button")
    default_behaviour_type: Any = LatchingBehaviour

    def __init__(
        self,
        default_behaviour: Any = None,
        support_momentary_mode_cycling: bool = True,
        enable_skinning: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self._entries: Dict[str, Entry] = {}
        self._stack: List[str] = []
        self._entered: Optional[str] = None
        self._holding: Dict[str, Any] = {}
        self._default_behaviour = default_behaviour or self.default_behaviour_type()
        self._momentary_cycling = support_momentary_mode_cycling
        self._mode_places: Dict[str, str] = {}
        super().__init__(*args, **kwargs)

    # -- which there are ---------------------------------------------------------------------------------

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
        """ValueError for a name that is taken."""
        if name in self._entries:
            raise ValueError("there is a mode %r already" % name)
        self._entries[name] = (
            tomode(mode_or_component),
            behaviour or self._default_behaviour,
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

    @property
    def selected_groups(self) -> Any:
        return self.get_mode_groups(self.selected_mode) if self.selected_mode else set()

    def _known(self, mode: str) -> str:
        if mode not in self._entries:
            raise KeyError("there is no mode %r, only %s" % (mode, ", ".join(self._entries)))
        return mode

    def push_mode(self, mode: str) -> None:
        self._change([each for each in self._stack if each != self._known(mode)] + [mode])

    def pop_mode(self, mode: str) -> None:
        self._change([each for each in self._stack if each != mode])

    def pop_unselected_modes(self) -> None:
        self._change(self._stack[-1:])

    def pop_groups(self, groups: Any) -> None:
        self._change([each for each in self._stack if not self._entries[each][2] & set(groups)])

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
            self._entries[left][0].leave_mode()
        if wanted is not None:
            self._entries[wanted][0].enter_mode()

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
            light(self._placed.get("%s_button" % name), selected)

    def update(self) -> None:
        super().update()
        if self.is_enabled():
            for name, (_, behaviour, _groups) in self._entries.items():
                behaviour.update_button(self, name, self.selected_mode)

    def set_cycle_mode_button(self, button: Any) -> None:
        self._put("cycle_mode_button", button)

    def _cycle_mode_value(self, value: int) -> None:
        if self._pressed("cycle_mode_button", value):
            self.cycle_mode(1)

    def _show_cycle_mode(self) -> None:
        self._light("cycle_mode_button", True)

    def set_toggle_button(self, button: Any) -> None:
        """Between the first mode and the others."""
        self._put("toggle_button", button)

    def _toggle_value(self, value: int) -> None:
        if self._pressed("toggle_button", value):
            self.cycle_mode(1)
