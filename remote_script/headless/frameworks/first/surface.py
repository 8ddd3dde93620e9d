"""The base class of scripts of the first generation."""

from __future__ import annotations

from ..engine.identity import IdentifiedSurface
from ..engine.surface import SurfaceCore, registered


class ControlSurface(SurfaceCore):
    """`song()` and `application()` are methods in this generation."""

    def song(self):
        """The current Set's Song."""
        return self._live_song

    def application(self):
        """Live's Application."""
        return self._live_application()

    @property
    def _tasks(self):
        return self._task_group

    def set_highlighting_session_component(self, session_component):
        """The session whose window Live frames; None: none."""
        if session_component is None:
            self.set_session_highlight(-1, -1, -1, -1, False)
        else:
            session_component.set_highlighting_callback(self._set_session_highlight)

    def set_suggested_ports(self, input_port="", output_port=""):
        """What `suggest_input_port` and `suggest_output_port` answer."""
        self._suggested_input_port, self._suggested_output_port = input_port, output_port


def get_control_surfaces():
    """All surfaces that are there."""
    return registered()


class IdentifiableControlSurface(IdentifiedSurface, ControlSurface):
    """`on_identified()` is called when an identity reply with `_model_id_bytes` has come."""
