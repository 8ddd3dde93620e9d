"""Modes: sets of functions for a controller's controls. A mode is entered and left."""

from __future__ import annotations

from typing import Any, Optional

from .component import ComponentCore
from .places import SCROLL_DELAY_S
from .tasks import run, sequence, wait
from .tools import is_contextmanager, lazy_attribute, nop


class Mode:
    """Base of modes; does nothing when entered and left."""

    def enter_mode(self) -> None:
        """Called when the mode becomes active."""

    def leave_mode(self) -> None:
        """Called when the mode is no longer active."""

    def __enter__(self) -> None:
        self.enter_mode()

    def __exit__(self, *error: Any) -> None:
        self.leave_mode()


class EnablingMode(Mode):
    """Switches a component on."""

    def __init__(self, enableable: Any = None, *args: Any, component: Any = None, **kwargs: Any) -> None:
        super().__init__()
        self._component = component if enableable is None else enableable
        if self._component is None:
            raise ValueError("an EnablingMode needs a component")

    def enter_mode(self) -> None:
        self._component.set_enabled(True)

    def leave_mode(self) -> None:
        self._component.set_enabled(False)


class LazyEnablingMode(EnablingMode):
    """Switches on a component that is created when the mode is first entered."""

    def __init__(self, factory: Any = None, *args: Any, component_creator: Any = None, **kwargs: Any) -> None:
        self._factory = factory or component_creator
        super().__init__(self)

    @lazy_attribute
    def enableable(self) -> Any:
        return self._factory()

    @property
    def component(self) -> Any:
        return self.enableable

    def set_enabled(self, enable: bool) -> None:
        """Switch the component on or off."""
        self.enableable.set_enabled(enable)


class DisableMode(EnablingMode):
    """Switches a component off."""

    enter_mode, leave_mode = EnablingMode.leave_mode, EnablingMode.enter_mode


class LayerModeBase(Mode):
    def __init__(self, component: Any = None, layer: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        if component is None or layer is None:
            raise ValueError("a layer mode needs a component and a layer")
        self._component, self._layer = component, layer

    def _get_component(self) -> Any:
        # A function may be passed instead of the component; it creates the component.
        return self._component() if not hasattr(self._component, "layer") else self._component


class LayerMode(LayerModeBase):
    """Replaces the layer of a component."""

    def enter_mode(self) -> None:
        self._get_component().layer = self._layer

    def leave_mode(self) -> None:
        self._get_component().layer = None


class AddLayerMode(LayerModeBase):
    """Adds a layer to a component."""

    def enter_mode(self) -> None:
        self._layer.grab(self._get_component())

    def leave_mode(self) -> None:
        self._layer.release(self._get_component())


class EnablingAddLayerMode(AddLayerMode):
    """Adds a layer to a component, and switches the component on."""

    def __init__(self, parent_task_group: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def enter_mode(self) -> None:
        super().enter_mode()
        self._get_component().set_enabled(True)

    def leave_mode(self) -> None:
        self._get_component().set_enabled(False)
        super().leave_mode()


class CompoundMode(Mode):
    """Several modes, entered in order and left in the opposite order."""

    def __init__(self, *modes: Any) -> None:
        super().__init__()
        self._modes = [tomode(mode) for mode in modes]

    def enter_mode(self) -> None:
        for mode in self._modes:
            mode.enter_mode()

    def leave_mode(self) -> None:
        for mode in reversed(self._modes):
            mode.leave_mode()


class MultiEntryMode(Mode):
    """Enters its mode once, however often it is entered itself."""

    def __init__(self, mode: Any = None) -> None:
        super().__init__()
        self._mode, self._count = tomode(mode), 0

    def enter_mode(self) -> None:
        self._count += 1
        if self._count == 1:
            self._mode.enter_mode()

    def leave_mode(self) -> None:
        self._count -= 1
        if self._count == 0:
            self._mode.leave_mode()


class SetAttributeMode(Mode):
    """Sets an attribute to another value while the mode is active."""

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
    """Calls a function at entering and another function at leaving."""

    def __init__(self, on_enter_fn: Any = nop, on_exit_fn: Any = nop, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._enter, self._exit = on_enter_fn, on_exit_fn

    def enter_mode(self) -> None:
        self._enter()

    def leave_mode(self) -> None:
        self._exit()


class DelayMode(Mode):
    """Enters its mode after a delay in seconds, unless it is left before."""

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


class ContextManagerMode(Mode):
    """Enters and leaves a context manager."""

    def __init__(self, context_manager: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._manager = context_manager

    def enter_mode(self) -> None:
        self._manager.__enter__()

    def leave_mode(self) -> None:
        self._manager.__exit__(None, None, None)


def to_camel_case_name(mode_name: str, separator: str = "") -> str:
    """ "device_mode" -> "DeviceMode"."""
    return separator.join(part.capitalize() for part in mode_name.split("_"))


def tomode(thing: Any) -> Mode:
    """The mode for a mode, a component, (component, layer), two functions, a function, a context manager, a list."""
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
        return ContextManagerMode(thing)
    if hasattr(thing, "set_enabled"):
        return EnablingMode(thing)
    if callable(thing):
        return CallFunctionMode(thing)
    raise TypeError("no mode can be made of %r" % (thing,))
