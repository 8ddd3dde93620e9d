"""One clip slot under a button."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.slots import ClipSlotCore

from .ControlSurfaceComponent import ControlSurfaceComponent

SKIN_VALUES = {
    "empty": "Session.ClipEmpty",
    "stopped": "Session.ClipStopped",
    "started": "Session.ClipStarted",
    "recording": "Session.ClipRecording",
    "triggered_to_play": "Session.ClipTriggeredPlay",
    "triggered_to_record": "Session.ClipTriggeredRecord",
    "record_button": "Session.RecordButton",
}


class ClipSlotComponent(ClipSlotCore, ControlSurfaceComponent):
    """`set_…_value` say what its button shows."""

    def _enable_skinning(self):
        self._values = dict(SKIN_VALUES)
        self.update()
