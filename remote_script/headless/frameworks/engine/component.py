"""Components: the functions of controls. A component is on while it and all its parents are enabled."""

from __future__ import annotations

from typing import Any, List, Tuple

from .dependency import Injection
from .events import EventObject
from .tasks import TaskGroup


def _surface() -> Any:
    provider = Injection.find("control_surface")
    return provider() if provider is not None else None


class ComponentCore(EventObject):
    """Base of components; belongs to its parent, or to the surface in whose `component_guard` it is created."""

    __events__: Tuple[str, ...] = ("enabled",)
    name = ""
    canonical_parent: Any = None
    is_private = True
    _surface: Any = None

    def __init__(
        self,
        name: str = "",
        parent: Any = None,
        layer: Any = None,
        is_enabled: bool = True,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        self.name = name
        self._explicit_is_enabled = bool(is_enabled)
        self._recursive_is_enabled = True
        self._sub_components: List[Any] = []
        self._layer: Any = None
        self._has_layer = False
        self._surface = _surface()
        self._tasks = TaskGroup(auto_kill=False)
        if self._surface is not None:
            self._surface._task_group.add(self._tasks)
        if parent is not None:
            parent.register_component(self)
        elif self._surface is not None:
            self._surface.register_component(self)
        self._first_layer = layer

    @property
    def _live_song(self) -> Any:
        return self._surface._live_song

    def on_made(self) -> None:
        """Called after all constructors, when the handlers for the controls of the first layer exist."""
        # A subclass that did not call this constructor has neither a layer nor a parent.
        layer = self.__dict__.pop("_first_layer", None)
        if layer is not None and self._layer is None:
            self.layer = layer

    # -- on and off ----------------------------------------------------------------------------------

    def is_enabled(self, explicit: bool = False) -> bool:
        """True when the component is on; `explicit` ignores the state of its parents."""
        if explicit:
            return self._explicit_is_enabled
        return self._explicit_is_enabled and self._recursive_is_enabled

    def set_enabled(self, enable: bool) -> None:
        self._explicit_is_enabled = bool(enable)
        self._update_enabled()

    def _set_enabled_recursive(self, enable: bool) -> None:
        self._recursive_is_enabled = bool(enable)
        self._update_enabled()

    def _update_enabled(self) -> None:
        on = self.is_enabled()
        for child in self._sub_components:
            child._set_enabled_recursive(on)
        self._hold_layer()
        for state in self.__dict__.get("_control_states", {}).values():
            state.update()
        self.on_enabled_changed()
        self.notify_enabled(on)

    def on_enabled_changed(self) -> None:
        self.update()

    def update(self) -> None:
        """Show the present state; called after every change of the state."""

    def control_notifications_enabled(self) -> bool:
        return self.is_enabled()

    def add_control(self, name: str, control: Any) -> Any:
        """Declare a further control for this component only."""
        if hasattr(self, name):
            raise AttributeError("there is a %r already" % name)
        state = control.make(self)
        setattr(self, name, state)
        return state

    # -- for subclasses ------------------------------------------------------------------------------

    def register_component(self, component: Any) -> Any:
        """Add a child, which is on only while this component is on."""
        component.canonical_parent = self
        self._sub_components.append(component)
        component._set_enabled_recursive(self.is_enabled())
        return component

    def register_components(self, *components: Any) -> List[Any]:
        return [self.register_component(component) for component in components]

    add_children = register_components

    @property
    def layer(self) -> Any:
        return self._layer

    @layer.setter
    def layer(self, layer: Any) -> None:
        if layer is self._layer:
            return
        if self._has_layer:
            self._layer.release(self)
            self._has_layer = False
        self._layer = layer
        self._hold_layer()

    def _hold_layer(self) -> None:
        wanted = self._layer is not None and self.is_enabled()
        if wanted and not self._has_layer:
            self._has_layer = True
            self._layer.grab(self)
        elif self._has_layer and not wanted:
            self._has_layer = False
            self._layer.release(self)

    def set_control_element(self, control_element: Any, grabbed: bool) -> None:
        """Do nothing: called for an element that the component grabbed alone, without a layer."""

    def disconnect(self) -> None:
        if self._has_layer:
            self._has_layer = False
            self._layer.release(self)
        self._tasks.kill()
        self._tasks.clear()
        super().disconnect()

    # -- changes in the Set --------------------------------------------------------------------------

    def on_track_list_changed(self) -> None:
        """Called after tracks were added, removed, moved, shown or hidden."""

    def on_scene_list_changed(self) -> None:
        """Called after scenes were added, removed or moved."""

    def on_selected_track_changed(self) -> None:
        """Called after another track was selected."""

    def on_selected_scene_changed(self) -> None:
        """Called after another scene was selected."""
