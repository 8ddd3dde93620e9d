"""The base class of scripts of the first generation."""

from __future__ import annotations

from ..engine.identity import IdentifiedSurface
from ..engine.surface import SurfaceCore, registered


class ControlSurface(SurfaceCore):
    """`song()` and `application()` are methods in this generation."""

    def song(self):
        return self._live_song

    def application(self):
        return self._live_application()

    @property
    def _tasks(self):
        return self._task_group

    _highlighting_session_component = None

    def set_highlighting_session_component(self, session_component):
        if self._highlighting_session_component is not None:
            self._set_session_highlight(-1, -1, -1, -1, False)
            self._highlighting_session_component.set_highlighting_callback(None)
        if session_component is not None:
            session_component.set_highlighting_callback(self._set_session_highlight)
        self._highlighting_session_component = session_component

    def highlighting_session_component(self):
        return self._highlighting_session_component

    def _disconnect_and_unregister_all_components(self):
        for component in list(self._components):
            component.disconnect()
        self._components, self._displays = [], []

    def _refresh_displays(self):
        """Do nothing: displays send when they change."""

    def _control_surfaces(self):
        return registered()


class OptimizedControlSurface(ControlSurface):
    """A surface for Live's context that collects changes of ownership; here each change is sent at once."""


def get_control_surfaces():
    return registered()


def profile(fn):
    """A decorator with which Live measures a function's time when profiling; here it returns the function."""
    return fn


class IdentifiableControlSurface(IdentifiedSurface, ControlSurface):
    """`on_identified()` is called after an identity reply with `_model_id_bytes`."""
