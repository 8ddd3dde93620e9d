"""One scene under a button."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.slots import SceneCore

from .ClipSlotComponent import ClipSlotComponent
from .CompoundComponent import CompoundComponent

SKIN_VALUES = {
    "scene": "Session.Scene",
    "triggered": "Session.SceneTriggered",
    "no_scene": "Session.NoScene",
}


class SceneComponent(SceneCore, CompoundComponent):
    """`SceneComponent(num_slots, tracks_to_use)`."""

    clip_slot_component_type = ClipSlotComponent

    def __init__(self, num_slots=0, tracks_to_use_callback=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._tracks_to_use_callback = tracks_to_use_callback
        self._track_offset = 0
        self._make_slots(num_slots)

    def set_track_offset(self, new_offset):
        """Index of the first slot's track."""
        self._track_offset = new_offset
        if self._tracks_to_use_callback is not None:
            self.set_tracks(self._tracks_to_use_callback()[new_offset:])

    def _enable_skinning(self):
        self._values = dict(SKIN_VALUES)
        for slot in self._clip_slots:
            slot._enable_skinning()
        self.update()
