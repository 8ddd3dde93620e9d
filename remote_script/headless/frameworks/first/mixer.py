"""The mixer of the first generation: strips that follow `set_track_offset`."""

from __future__ import annotations

from ..engine.mixing import ChannelStripCore, MixerCore
from .components import CompoundComponent, ControlSurfaceComponent


def release_control(control):
    """Release the parameters that a control moves."""
    if control is not None:
        control.release_parameter()


def reset_button(button):
    if button is not None:
        button.reset()


class ChannelStripComponent(ChannelStripCore, ControlSurfaceComponent):
    """One track under controls; lights are only on or off, since the buttons have the colours in this generation."""

    COLORS = {name: (False, True) for name in ChannelStripCore.COLORS}


class MixerComponent(MixerCore, CompoundComponent):
    """A mixer with `num_tracks` strips for visible tracks and `num_returns` strips for returns."""

    channel_strip_component_type = ChannelStripComponent

    def __init__(
        self, num_tracks=0, num_returns=0, auto_name=False, invert_mute_feedback=False, *args, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self._track_offset = 0
        self._channel_strips = [self._strip("Channel_Strip_%d" % index) for index in range(num_tracks)]
        self._return_strips = [self._strip("Return_Strip_%d" % index) for index in range(num_returns)]
        for strip in [*self._channel_strips, *self._return_strips]:
            strip.set_invert_mute_feedback(invert_mute_feedback)
        self._reassign_tracks()

    def tracks_to_use(self):
        return tuple(self._live_song.visible_tracks)

    def _assigned(self):
        return self.tracks_to_use()[self._track_offset :]

    @property
    def num_tracks(self):
        return len(self._channel_strips)

    def track_offset(self):
        return self._track_offset

    def set_track_offset(self, new_offset):
        assert new_offset >= 0, "a track offset must be 0 or more, got %d" % new_offset
        if new_offset != self._track_offset:
            self._track_offset = new_offset
            self._reassign_tracks()

    def set_bank_buttons(self, up_button, down_button):
        """Set the buttons that move the strips by the number of strips."""
        self._put("bank_up_button", up_button)
        self._put("bank_down_button", down_button)

    def _bank_up_value(self, value):
        if self._pressed("bank_up_button", value):
            moved = self._track_offset + len(self._channel_strips)
            if moved < len(self.tracks_to_use()):
                self.set_track_offset(moved)

    def _bank_down_value(self, value):
        if self._pressed("bank_down_button", value):
            self.set_track_offset(max(0, self._track_offset - len(self._channel_strips)))
