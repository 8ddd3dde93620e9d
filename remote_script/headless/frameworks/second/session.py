"""The session grid."""

from __future__ import annotations

from ..engine.session import NavigationCore, RingCore, SessionCore
from ..engine.slots import ClipSlotCore, SceneCore
from .component import Component


class SessionRingComponent(RingCore, Component):
    """The window that session and mixer follow."""


class ClipSlotComponent(ClipSlotCore, Component):
    """One clip slot under a button."""

    VALUES = {
        "empty": "Session.ClipEmpty",
        "stopped": "Session.ClipStopped",
        "started": "Session.ClipStarted",
        "recording": "Session.ClipRecording",
        "triggered_to_play": "Session.ClipTriggeredPlay",
        "triggered_to_record": "Session.ClipTriggeredRecord",
        "record_button": "Session.RecordButton",
    }

    def _launch_value(self, value):
        if self._clip_slot is None:
            return
        if self._pressed("launch_button", value):
            self._on_launch_button_pressed()
        else:
            self._on_launch_button_released()

    def _on_launch_button_pressed(self):
        if not self._modified(1):
            self._do_launch_clip(True)

    def _on_launch_button_released(self):
        if not self._modified(0):
            self._do_launch_clip(False)

    def _show_launch(self):
        self._update_launch_button_color()

    def _update_launch_button_color(self):
        super()._show_launch()


class SceneComponent(SceneCore, Component):
    """One scene under a button."""

    VALUES = {"scene": "Session.Scene", "triggered": "Session.SceneTriggered", "no_scene": "Session.NoScene"}
    clip_slot_component_type = ClipSlotComponent

    def __init__(self, session_ring=None, *args, **kwargs):
        self._session_ring = session_ring
        super().__init__(*args, **kwargs)

    def _launch_value(self, value):
        if self._pressed("launch_button", value):
            self._on_launch_button_pressed()
        else:
            self._on_launch_button_released()

    def _on_launch_button_pressed(self):
        super()._launch_value(127)

    def _on_launch_button_released(self):
        super()._launch_value(0)


class SessionComponent(SessionCore, Component):
    """`SessionComponent(session_ring=ring)`."""

    scene_component_type = SceneComponent
    clip_slot_component_type = None
    STOP_VALUES = ("Session.StopClipDisabled", "Session.StopClip")

    def __init__(self, session_ring=None, auto_name=False, clip_slot_copy_handler=None, *args, **kwargs):
        super().__init__(session_ring, *args, **kwargs)
        self._stop_clip_triggered_value = "Session.StopClipTriggered"

    def _create_scene(self):
        made = self.scene_component_type(session_ring=self._session_ring)
        if self.clip_slot_component_type is not None:
            made.clip_slot_component_type = self.clip_slot_component_type
        return made


class SessionNavigationComponent(NavigationCore, Component):
    """Buttons that move the ring."""
