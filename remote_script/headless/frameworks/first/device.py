"""A device under eight knobs."""

from __future__ import annotations

from ..engine.device import DeviceCore
from ..engine.tasks import run
from .components import ControlSurfaceComponent


class DeviceComponent(DeviceCore, ControlSurfaceComponent):
    """Give it to the surface's `set_device_component`, or call `set_device`."""

    def __init__(self, device_bank_registry=None, device_selection_follows_track_selection=False, **kwargs):
        super().__init__(None, device_bank_registry, **kwargs)
        self._follows_track = device_selection_follows_track_selection

    def device(self):
        """The one it stands for, or None."""
        return self._device

    def on_selected_track_changed(self):
        """Appoint the track's device when it is to follow."""
        if self._follows_track:
            track = self._live_song.view.selected_track
            device = track.view.selected_device
            if device is None and len(track.devices):
                device = track.devices[0]
            if device is not None:
                self.set_device(device)
                # This is a notification of Live's, in which nothing may be changed.
                self._tasks.add(run(setattr, self._live_song, "appointed_device", device))
