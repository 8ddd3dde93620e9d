"""The base class of scripts of the first generation."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.dependency import depends, inject
from remote_script.headless.frameworks.engine.live import Live
from remote_script.headless.frameworks.engine.surface import SurfaceCore, registered
from remote_script.headless.frameworks.engine.tasks import TaskGroup

from .ControlSurfaceComponent import ControlSurfaceComponent
from .InputControlElement import InputControlElement
from .SubjectSlot import SlotManager, subject_slot


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
        """Needs a session component, which is not there yet."""
        if session_component is not None:
            raise NotImplementedError("headless Live does not have session components yet")

    def set_suggested_ports(self, input_port="", output_port=""):
        """What `suggest_input_port` and `suggest_output_port` answer."""
        self._suggested_input_port, self._suggested_output_port = input_port, output_port


def get_control_surfaces():
    """All surfaces that are there."""
    return registered()


__all__ = [
    "ControlSurface",
    "ControlSurfaceComponent",
    "InputControlElement",
    "Live",
    "SlotManager",
    "TaskGroup",
    "depends",
    "get_control_surfaces",
    "inject",
    "subject_slot",
]
