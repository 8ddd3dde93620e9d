"""Functions of controllers, with the names and colours of this generation."""

from __future__ import annotations

from typing import NamedTuple

from ..engine import parameters
from ..engine.control_groups import RadioButtonGroup
from ..engine.dependency import depends
from ..engine.device import DeviceNavigationCore
from ..engine.device_banks import BankingInfo
from ..engine.drums import DrumGroupCore, PercussionInstrumentFinder
from ..engine.events import EventObject, listenable_property
from ..engine.live import Live, liveobj_valid
from ..engine.recording import ViewBasedRecordingCore
from ..engine.slide import Slideable, SlideCore
from ..second import components, mixer, session
from .component import Component, shown
from .live import get_bar_length

DEFAULT_DRUM_TRANSLATION_CHANNEL = 15

AccentComponent = shown(components.AccentComponent)
ArmedTargetTrackComponent = shown(components.ArmedTargetTrackComponent)
BackgroundComponent = shown(components.BackgroundComponent)
ModifierBackgroundComponent = shown(components.ModifierBackgroundComponent)
ScrollComponent = shown(components.ScrollComponent)
TargetTrackComponent = shown(components.TargetTrackComponent)
UndoRedoComponent = shown(components.UndoRedoComponent)
ViewControlComponent = shown(components.ViewControlComponent)


class DeviceComponent(shown(components.DeviceComponent)):
    def __init__(
        self, name="Device", continuous_parameter_sensitivity=1.0, quantized_parameter_sensitivity=0.1,
        parameters_component_type=None, bank_size=8, bank_definitions=None, bank_navigation_component_type=None,
        device_provider=None, device_bank_registry=None, device_decorator_factory=None, toggle_lock=None,
        show_message=None, *args, **kwargs,
    ):  # fmt: skip
        if bank_definitions is not None:
            kwargs.setdefault("banking_info", BankingInfo(bank_definitions))
        kwargs.update(
            device_decorator_factory=device_decorator_factory, device_bank_registry=device_bank_registry
        )
        super().__init__(*args, name=name, device_provider=device_provider, **kwargs)


class ParameterInfo(parameters.ParameterInfo):
    def __init__(self, parameter=None, name=None, *args, **kwargs):
        super().__init__(name, *args, parameter=parameter, **kwargs)


class RecordingComponent(shown(components.SessionRecordingComponent)):
    """Session recording; the target track is the surface's."""

    @depends(target_track=None)
    def __init__(self, target_track=None, recording_method_type=None, name="Recording", *args, **kwargs):
        super().__init__(None, *args, name=name, **kwargs)


class SessionRingComponent(shown(session.SessionRingComponent)):
    """The window of session and mixer; with `snap_track_offset` it moves by whole windows."""

    def __init__(
        self,
        name="Session_Ring",
        num_tracks=0,
        num_scenes=0,
        include_returns=False,
        include_master=False,
        right_align_non_player_tracks=False,
        tracks_to_use=None,
        snap_track_offset=False,
        set_session_highlight=None,
        *args,
        **kwargs,
    ):
        self._include_master = include_master
        super().__init__(
            num_tracks, num_scenes, set_session_highlight, tracks_to_use, snap_track_offset,
            *args, name=name, include_returns=include_returns, **kwargs,
        )  # fmt: skip

    def tracks_to_use(self):
        tracks = super().tracks_to_use()
        return (*tracks, self.song.master_track) if self._include_master else tracks


class SessionNavigationComponent(shown(session.SessionNavigationComponent)):
    """Buttons that move the ring."""

    @depends(session_ring=None)
    def __init__(
        self,
        name="Session_Navigation",
        session_ring=None,
        respect_borders=False,
        snap_track_offset=False,
        *args,
        **kwargs,
    ):
        super().__init__(session_ring, *args, name=name, **kwargs)
        self.snap_track_offset = snap_track_offset


class TransportComponent(shown(components.TransportComponent)):
    """The transport: play, record, loop, tempo; its position encoder steps by beats or by bars."""

    _by_bars = False

    def set_position_encoders_use_bar_increments(self, use_bar):
        self._by_bars = use_bar

    def _steps(self, name, value):
        bars = self._by_bars and name == "arrangement_position_encoder"
        return super()._steps(name, value) * (get_bar_length() if bars else 1.0)

    def _trigger_tap_tempo(self):
        self.song.tap_tempo()


class ClipSlotComponent(shown(session.ClipSlotComponent)):
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
        if not self._clip_modified(1):
            self._do_launch_slot()

    def _do_launch_slot(self):
        self._do_launch_clip(True)

    def _has_clip(self):
        return self.has_clip()


class SceneComponent(shown(session.SceneComponent)):
    """One scene under a button."""

    clip_slot_component_type = ClipSlotComponent


class SessionComponent(shown(session.SessionComponent)):
    """Follows the surface's session ring."""

    scene_component_type = SceneComponent

    @depends(session_ring=None)
    def __init__(
        self,
        name="Session",
        session_ring=None,
        scene_component_type=None,
        clip_slot_component_type=None,
        clipboard_component_type=None,
        **kwargs,
    ):
        self.scene_component_type = scene_component_type or self.scene_component_type
        self.clip_slot_component_type = clip_slot_component_type
        super().__init__(session_ring, name=name, **kwargs)


class ChannelStripComponent(shown(mixer.ChannelStripComponent)):
    """One track under a strip of controls."""

    COLORS = {**mixer.ChannelStripComponent.COLORS, "select": ("Mixer.NotSelected", "Mixer.Selected")}
    empty_color = "Mixer.NoTrack"


class MixerComponent(shown(mixer.MixerComponent)):
    """Follows the surface's session ring; `target_…` controls are the selected track's."""

    channel_strip_component_type = ChannelStripComponent

    @depends(session_ring=None)
    def __init__(
        self,
        name="Mixer",
        session_ring=None,
        target_track=None,
        channel_strip_component_type=None,
        target_can_be_master=True,
        tracks_provider=None,
        **kwargs,
    ):
        if channel_strip_component_type is not None:
            kwargs["channel_strip_component_type"] = channel_strip_component_type
        super().__init__(tracks_provider or session_ring, name=name, **kwargs)

    @property
    def target_strip(self):
        return self._selected_strip

    def set_master_track_volume_control(self, control):
        self._master_strip.set_volume_control(control)

    def set_master_track_pan_control(self, control):
        self._master_strip.set_pan_control(control)

    def set_target_track_send_controls(self, controls):
        self._selected_strip.set_send_controls(controls)

    def set_prev_send_index_button(self, button):
        self._put("prev_send_index_button", button)

    def set_next_send_index_button(self, button):
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


class PlayableComponent(shown(components.PlayableComponent)):
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
        """Called when the rack's own selection has changed; for subclasses."""

    def quantize_pitch(self, note):
        clip = self._live_song.view.detail_clip
        if liveobj_valid(clip) and clip.is_midi_clip:
            clip.quantize_pitch(note, self._live_song.midi_recording_quantization or 5, 1.0)

    def delete_pitch(self, drum_pad):
        clip = self._live_song.view.detail_clip
        if liveobj_valid(clip) and clip.is_midi_clip:
            clip.remove_notes_extended(drum_pad.note, 1, 0.0, clip.length)


class ViewBasedRecordingComponent(ViewBasedRecordingCore, Component):
    """`record_button` records into the shown view: the session or the arrangement."""


class SimpleDeviceNavigationComponent(DeviceNavigationCore, Component):
    """Selects the previous or next device."""

    def __init__(self, name="Device_Navigation", *args, **kwargs):
        super().__init__(*args, name=name, **kwargs)


class DeviceNavigationComponent(SimpleDeviceNavigationComponent):
    """`SimpleDeviceNavigationComponent`; headless Live has no list of devices in this generation."""

    def __init__(self, name="Device_Navigation", device_provider=None, item_provider=None, *args, **kwargs):
        super().__init__(*args, name=name, **kwargs)


class ClipActionsComponent(shown(components.ClipActionsComponent)):
    """Buttons for actions on the target clip."""

    @depends(target_track=None)
    def __init__(self, target_track=None, *args, name="Clip_Actions", **kwargs):
        super().__init__(*args, name=name, **kwargs)


class SessionOverviewComponent(shown(components.SessionOverviewComponent)):
    """Windows of the session ring on a matrix."""

    @depends(session_ring=None)
    def __init__(self, name="Session_Overview", session_ring=None, *args, **kwargs):
        super().__init__(session_ring, True, *args, name=name, **kwargs)


class AutoArmComponent(shown(components.AutoArmComponent)):
    """The target track is armed implicitly while this component is on."""

    def __init__(self, name="Auto_Arm", target_track=None, *args, **kwargs):
        super().__init__(*args, name=name, **kwargs)


def track_can_be_auto_armed(track):
    return liveobj_valid(track) and bool(track.can_be_armed and track.has_midi_input and not track.is_frozen)


class TranslatingBackgroundComponent(BackgroundComponent):
    """Moves its controls to another channel; buttons may select the channel."""

    channel_selection_buttons = RadioButtonGroup()

    def __init__(self, name="Translating_Background", translation_channel=0, *args, **kwargs):
        self._translation_channel = translation_channel
        super().__init__(*args, name=name, **kwargs)

    def _clear_control(self, name, control):
        super()._clear_control(name, control)
        if control is not None:
            control.set_channel(self._translation_channel)

    def set_channel_selection_buttons(self, buttons):
        """Set the buttons; the first button selects `translation_channel`. Guess."""
        self.channel_selection_buttons.control_count = buttons.width() * buttons.height() if buttons else 0
        self.channel_selection_buttons.set_control_element(buttons)

    @channel_selection_buttons.checked
    def _select_channel(self, button):
        for control in self._held_controls.values():
            if control is not None:
                control.set_channel(self._translation_channel + button.index)


class DeviceParametersComponent(shown(components.DeviceParameterComponent)):
    """The parameters of a provider under eight controls."""

    def __init__(self, parameter_provider=None, name="Device_Parameters", *args, **kwargs):
        super().__init__(parameter_provider, *args, name=name, **kwargs)


class DeviceBankNavigationComponent(ScrollComponent):
    """Buttons or a knob that select the bank of `bank_provider`, which has a `device` and an `index`."""

    bank_select_buttons = RadioButtonGroup(control_count=8)

    @depends(device_bank_registry=None)
    def __init__(
        self, name="Device_Bank_Navigation", banking_info=None, device_bank_registry=None, *args, **kwargs
    ):
        self._banking_info = banking_info or BankingInfo({})
        self._registry, self._bank_provider = device_bank_registry, None
        super().__init__(self, *args, name=name, **kwargs)
        self._index_slot = self.register_slot(None, self.update, "index")

    @property
    def bank_provider(self):
        return self._bank_provider

    @bank_provider.setter
    def bank_provider(self, bank_provider):
        self._bank_provider = bank_provider
        self._index_slot.subject = bank_provider
        self.update()

    def set_prev_bank_button(self, button):
        self.set_scroll_up_button(button)

    def set_next_bank_button(self, button):
        self.set_scroll_down_button(button)

    def set_bank_scroll_encoder(self, encoder):
        self.set_scroll_encoder(encoder)

    def set_bank_select_buttons(self, buttons):
        self.bank_select_buttons.set_control_element(buttons)
        self.update()

    @bank_select_buttons.checked
    def _select_bank(self, button):
        self._go(button.index)

    def _count(self):
        device = getattr(self._bank_provider, "device", None)
        return self._banking_info.device_bank_count(device) if liveobj_valid(device) else 0

    def _go(self, index):
        if 0 <= index < self._count():
            device = self._bank_provider.device
            self._registry.set_device_bank(device, index)
            names = self._banking_info.device_bank_names(device)
            self.notify(
                self.notifications.Device.bank, names[index] if index < len(names) else str(index + 1)
            )
            self.update()

    def can_scroll_up(self):
        return self._count() > 0 and self._bank_provider.index > 0

    def can_scroll_down(self):
        return self._count() > 0 and self._bank_provider.index + 1 < self._count()

    def scroll_up(self):
        self._go(self._bank_provider.index - 1)

    def scroll_down(self):
        self._go(self._bank_provider.index + 1)

    def update(self):
        super().update()
        if self._bank_provider is not None:
            self.bank_select_buttons.active_control_count = min(8, self._count())
            self.bank_select_buttons.checked_index = self._bank_provider.index


class GridResolution(NamedTuple):
    """A length of steps, with the name of Live's grid."""

    name: str
    step_length: float
    grid: int
    is_triplet: bool


def _resolutions():
    kinds = Live.Clip.GridQuantization
    for name, length, grid in (
        ("1/32", 0.125, kinds.g_thirtysecond),
        ("1/16", 0.25, kinds.g_sixteenth),
        ("1/8", 0.5, kinds.g_eighth),
        ("1/4", 1.0, kinds.g_quarter),
    ):
        yield GridResolution(name + "t", length * 2.0 / 3.0, grid, True)
        yield GridResolution(name, length, grid, False)


DEFAULT_INDEX = 3


class GridResolutionComponent(Component):
    """Buttons for the length of a sequencer's steps."""

    resolution_buttons = RadioButtonGroup(control_count=8)

    def __init__(
        self, name="Grid_Resolution", resolutions=None, default_index=DEFAULT_INDEX, *args, **kwargs
    ):
        super().__init__(*args, name=name, **kwargs)
        self._resolutions = tuple(resolutions or _resolutions())
        self._index = default_index
        self.resolution_buttons.checked_index = default_index

    @listenable_property
    def index(self):
        return self._index

    @index.setter
    def index(self, index):
        if index != self._index:
            self._index = index
            self.resolution_buttons.checked_index = index
            self.notify_index()

    @property
    def step_length(self):
        return self._resolutions[self._index].step_length

    @property
    def clip_grid(self):
        return self._resolutions[self._index].grid

    @property
    def is_triplet(self):
        return self._resolutions[self._index].is_triplet

    def set_to(self, name):
        self.index = [resolution.name for resolution in self._resolutions].index(name)

    @resolution_buttons.checked
    def _select(self, button):
        self.index = button.index


class PitchProvider(EventObject):
    """Sets the notes of a sequencer."""

    is_polyphonic = listenable_property.managed(False)
    pitches = listenable_property.managed((36,))


class Pageable(Slideable):
    """The positions of a PageComponent: `position`, `position_count`, `page_length`, `page_offset`."""


class PageComponent(SlideCore, Component):
    """Buttons that move a pageable by one or by a page."""

    def __init__(self, pageable=None, scroll_skin_name=None, *args, **kwargs):
        super().__init__(pageable, *args, **kwargs)


class InstrumentFinderComponent(Component):
    """The drum rack or sliced Simpler of the target track; event `instrument`."""

    __events__ = ("instrument",)

    @depends(target_track=None)
    def __init__(self, name="Instrument_Finder", target_track=None, *args, **kwargs):
        super().__init__(*args, name=name, **kwargs)
        self._target_track = target_track
        self._finder = self.register_disconnectable(PercussionInstrumentFinder(target_track.target_track))
        self.register_slot(self._finder, self._copy_from_finder, "instrument")
        self.register_slot(target_track, self._follow, "target_track")

    drum_group = listenable_property.managed(None)
    sliced_simpler = listenable_property.managed(None)

    def _follow(self):
        self._finder.device_parent = self._target_track.target_track

    def update(self):
        super().update()
        if hasattr(self, "_finder"):
            self._copy_from_finder()

    def _copy_from_finder(self):
        self.drum_group, self.sliced_simpler = self._finder.drum_group, self._finder.sliced_simpler
        self.notify_instrument()


class SendIndexManager(EventObject):
    """The sends under a mixer's controls, moved by `cycle_size`."""

    send_index = listenable_property.managed(0)

    @depends(song=None)
    def __init__(self, song=None, cycle_size=1, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._song, self._size = song, cycle_size

    @property
    def num_sends(self):
        return len(self._song.return_tracks)

    def can_increment_send_index(self, delta):
        return 0 <= self.send_index + delta * self._size < self.num_sends

    def increment_send_index(self, delta, range_name="Send"):
        if self.can_increment_send_index(delta):
            self.send_index += delta * self._size

    def cycle_send_index(self, range_name="Send"):
        after = self.send_index + self._size
        self.send_index = after if after < self.num_sends else 0


def send_letter_to_index(send_letter):
    return ord(send_letter.lower()) - ord("a")
