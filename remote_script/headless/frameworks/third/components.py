"""What controllers are for, in the words and colours of this generation."""

from __future__ import annotations

from ..engine.dependency import depends
from ..engine.device import DeviceNavigationCore
from ..engine.drums import DrumGroupCore
from ..engine.live import liveobj_valid
from ..engine.recording import ViewBasedRecordingCore
from ..second import components, mixer, session
from ..second.component import Component

DEFAULT_DRUM_TRANSLATION_CHANNEL = 15


class ClipSlotComponent(session.ClipSlotComponent):
    """One clip slot under a button."""

    VALUES = {
        "empty": "Session.Slot",
        "stopped": "Session.ClipStopped",
        "started": "Session.ClipPlaying",
        "recording": "Session.ClipRecording",
        "triggered_to_play": "Session.ClipTriggeredPlay",
        "triggered_to_record": "Session.ClipTriggeredRecord",
        "record_button": "Session.SlotRecordButton",
    }

    def _on_launch_button_pressed(self):
        if not self._modified(1):
            self._do_launch_slot()

    def _do_launch_slot(self):
        self._do_launch_clip(True)

    def _has_clip(self):
        return self.has_clip()


class SceneComponent(session.SceneComponent):
    """One scene under a button."""

    clip_slot_component_type = ClipSlotComponent


class SessionComponent(session.SessionComponent):
    """Follows the surface's session ring."""

    scene_component_type = SceneComponent

    @depends(session_ring=None)
    def __init__(self, name="Session", session_ring=None, **kwargs):
        super().__init__(session_ring, name=name, **kwargs)


class ChannelStripComponent(mixer.ChannelStripComponent):
    """One track under a strip of controls."""

    COLORS = {**mixer.ChannelStripComponent.COLORS, "select": ("Mixer.NotSelected", "Mixer.Selected")}
    empty_color = "Mixer.NoTrack"


class MixerComponent(mixer.MixerComponent):
    """Follows the surface's session ring; `target_…` controls are the selected track's."""

    channel_strip_component_type = ChannelStripComponent

    @depends(session_ring=None)
    def __init__(self, name="Mixer", session_ring=None, tracks_provider=None, target_track=None, **kwargs):
        super().__init__(tracks_provider or session_ring, name=name, **kwargs)

    @property
    def target_strip(self):
        """The selected track's."""
        return self._selected_strip

    def set_master_track_volume_control(self, control):
        """The main track's fader."""
        self._master_strip.set_volume_control(control)

    def set_master_track_pan_control(self, control):
        """The main track's balance."""
        self._master_strip.set_pan_control(control)

    def set_target_track_send_controls(self, controls):
        """A control for each send."""
        self._selected_strip.set_send_controls(controls)

    def set_prev_send_index_button(self, button):
        """Steps the sends that the send controls are for."""
        self._put("prev_send_index_button", button)

    def set_next_send_index_button(self, button):
        """Steps the sends that the send controls are for."""
        self._put("next_send_index_button", button)

    def _prev_send_index_value(self, value):
        if self._pressed("prev_send_index_button", value) and self.send_index > 0:
            self.send_index -= 1

    def _next_send_index_value(self, value):
        if self._pressed("next_send_index_button", value) and self.send_index + 1 < self.num_sends:
            self.send_index += 1


def _make_target(what):
    def set_target(self, control):
        getattr(self._selected_strip, "set_" + what)(control)

    set_target.__doc__ = "Of the selected track."
    setattr(MixerComponent, "set_target_track_" + what, set_target)


for _what in (
    "volume_control",
    "pan_control",
    "mute_button",
    "solo_button",
    "arm_button",
    "crossfade_toggle",
):
    _make_target(_what)


class PlayableComponent(components.PlayableComponent):
    """Pads that play notes."""

    def __init__(self, name="Playable", matrix_always_listenable=False, *args, **kwargs):
        super().__init__(*args, name=name, **kwargs)
        self._always_listenable = matrix_always_listenable


class DrumGroupComponent(DrumGroupCore, PlayableComponent, components.SlideComponent):
    """The drum rack of the target track under pads."""

    @depends(target_track=None)
    def __init__(
        self,
        name="Drum_Group",
        translation_channel=DEFAULT_DRUM_TRANSLATION_CHANNEL,
        set_pad_translations=None,
        target_track=None,
        *args,
        **kwargs,
    ):
        super().__init__(
            translation_channel, set_pad_translations, name=name, target_track=target_track, **kwargs
        )

    def _update_led_feedback(self):
        # Guess: without a rack the pads are dark.
        super()._update_led_feedback()
        if not liveobj_valid(self._drum_group_device):
            for button in self.matrix:
                button.color = "DefaultButton.Off"

    def select_drum_pad(self, drum_pad):
        """For a subclass: the rack's own selection has changed."""

    def quantize_pitch(self, note):
        """Quantize a note of the clip in the detail view."""
        clip = self._live_song.view.detail_clip
        if liveobj_valid(clip) and clip.is_midi_clip:
            clip.quantize_pitch(note, self._live_song.midi_recording_quantization or 5, 1.0)

    def delete_pitch(self, drum_pad):
        """Delete a note of the clip in the detail view."""
        clip = self._live_song.view.detail_clip
        if liveobj_valid(clip) and clip.is_midi_clip:
            clip.remove_notes_extended(drum_pad.note, 1, 0.0, clip.length)


class ViewBasedRecordingComponent(ViewBasedRecordingCore, Component):
    """`record_button` records into what is seen: the session or the arrangement."""


class SimpleDeviceNavigationComponent(DeviceNavigationCore, Component):
    """Selects the device before or after."""


class DeviceNavigationComponent(SimpleDeviceNavigationComponent):
    """The same; headless Live has no list of devices in this generation."""

    def __init__(self, name="Device_Navigation", device_provider=None, item_provider=None, *args, **kwargs):
        super().__init__(*args, name=name, **kwargs)


class ClipActionsComponent(components.ClipActionsComponent):
    """Buttons for the clip that is the target."""

    def __init__(self, name="Clip_Actions", *args, **kwargs):
        super().__init__(*args, name=name, **kwargs)


class SessionOverviewComponent(components.SessionOverviewComponent):
    """Windows of the session ring on a matrix."""

    @depends(session_ring=None)
    def __init__(self, name="Session_Overview", session_ring=None, *args, **kwargs):
        super().__init__(session_ring, True, *args, name=name, **kwargs)
