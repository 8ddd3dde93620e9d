"""`_APC`: shared code of the scripts for Akai's controllers, also used by other scripts."""

from __future__ import annotations

from ..engine.compounds import ComboElement
from ..engine.controls import ButtonControl, ToggleButtonControl
from ..engine.elements import EncoderElement, SliderElement
from ..engine.live import Live, is_parameter_bipolar, liveobj_valid
from ..engine.midi import MIDI_CC_TYPE, MIDI_NOTE_TYPE, MapMode
from ..engine.skin import Color, Skin
from ..engine.tasks import run, sequence, wait
from . import device, mixer, session
from .components import CompoundComponent, ControlSurfaceComponent
from .elements import ButtonElement
from .surface import ControlSurface

MANUFACTURER_ID = 71
ABLETON_MODE = 65
TRACK_FOLD_DELAY = 5
"""Number of display updates for which a select button is pressed before its group track folds."""
SHOW_PLAYING_CLIP_DELAY = 0.5
RING_OFF_VALUE, RING_SIN_VALUE, RING_VOL_VALUE, RING_PAN_VALUE = range(4)


class APC(ControlSurface):
    """A controller that must answer an identity request and a challenge before its components are enabled.

    A subclass implements `_product_model_id_byte()`. The sessions of several controllers side by side are linked.
    """

    _active_instances: list = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._suppress_session_highlight = True
        self._suppress_send_midi = True
        self._suggested_input_port = self._suggested_output_port = "Akai " + type(self).__name__
        self._device_id = 0
        self._common_channel = 0
        random = Live.Application.get_random_int
        self._dongle_challenge = (random(0, 2000000), random(2000001, 4000000))
        self._identity_response_pending = False

    def _product_model_id_byte(self):
        raise AssertionError("Function _product_model_id_byte must be overridden by subclass")

    def refresh_state(self):
        super().refresh_state()
        self.schedule_message(5, self._update_hardware)

    def _update_hardware(self):
        self._suppress_send_midi = self._suppress_session_highlight = True
        with self.component_guard():
            for component in self.components:
                component.set_enabled(False)
        self._suppress_send_midi = False
        self._do_uncombine()
        self._identity_response_pending = True
        self._send_midi((0xF0, 0x7E, 0, 6, 1, 0xF7))

    # -- identification ------------------------------------------------------------------------------

    def handle_sysex(self, midi_bytes):
        self._suppress_send_midi = False
        if tuple(midi_bytes[3:5]) == (6, 2):
            self._on_identity_response(midi_bytes)
        elif midi_bytes[4] == 81:
            self._on_dongle_response(midi_bytes)

    def _on_identity_response(self, midi_bytes):
        known = midi_bytes[5] == MANUFACTURER_ID and midi_bytes[6] == self._product_model_id_byte()
        if known and self._identity_response_pending:
            self._identity_response_pending = False
            self._device_id = midi_bytes[13]
            self._send_introduction_message()
            self.schedule_message(2, self._send_dongle_challenge)
            self._log_version(midi_bytes[9:13])

    def _message(self, command, *body):
        head = (0xF0, MANUFACTURER_ID, self._device_id, self._product_model_id_byte())
        self._send_midi((*head, command, *body, 0xF7))

    def _send_introduction_message(self, mode_byte=ABLETON_MODE):
        live = self.application()
        version = (live.get_major_version(), live.get_minor_version(), live.get_bugfix_version())
        self._message(96, 0, 4, mode_byte, *version)

    def _send_dongle_challenge(self):
        halves = [number >> 4 * (7 - index) & 15 for number in self._dongle_challenge for index in range(8)]
        self._message(80, 0, 16, *halves)

    def _on_dongle_response(self, midi_bytes):
        head = (MANUFACTURER_ID, self._device_id, self._product_model_id_byte())
        if tuple(midi_bytes[1:4]) != head or tuple(midi_bytes[5:7]) != (0, 16):
            return
        numbers = [
            sum((midi_bytes[first + index] & 15) << 4 * (7 - index) for index in range(8))
            for first in (7, 15)
        ]
        expected = Live.Application.encrypt_challenge(*self._dongle_challenge)
        if [int(byte) for byte in expected] == numbers:
            self._on_handshake_successful()

    def _on_handshake_successful(self):
        self._suppress_session_highlight = False
        with self.component_guard():
            for component in self.components:
                component.set_enabled(True)
            self._on_selected_track_changed()
            self._do_combine()

    def _log_version(self, version_bytes):
        major, minor = ((version_bytes[at] << 4) + version_bytes[at + 1] for at in (0, 2))
        self.log_message(
            "%s: Got response from controller, version %d.%d" % (type(self).__name__, major, minor)
        )

    def _set_session_highlight(self, track_offset, scene_offset, width, height, include_return_tracks):
        frame = (track_offset, scene_offset, width, height)
        if not self._suppress_session_highlight or frame == (-1, -1, -1, -1):
            super()._set_session_highlight(*frame, include_return_tracks)

    def _send_midi(self, midi_bytes, optimized=None):
        return not self._suppress_send_midi and super()._send_midi(midi_bytes, optimized=optimized)

    # -- linked controllers --------------------------------------------------------------------------

    def _should_combine(self):
        return bool(Live.Application.combine_apcs())

    def _activate_combination_mode(self, track_offset, support_devices):
        self.highlighting_session_component().link_with_track_offset(track_offset)

    @staticmethod
    def _combine_active_instances():
        active = APC._active_instances
        support_devices = any(surface._device_component is not None for surface in active)
        track_offset = active[0].highlighting_session_component().track_offset() if active else 0
        for surface in active:
            surface._activate_combination_mode(track_offset, support_devices)
            track_offset += surface.highlighting_session_component().width()

    def _do_combine(self):
        if self._should_combine() and self not in APC._active_instances:
            APC._active_instances.append(self)
            APC._active_instances.sort(key=lambda surface: surface.instance_identifier())
            APC._combine_active_instances()

    def _do_uncombine(self):
        if self in APC._active_instances:
            APC._active_instances.remove(self)
            self.highlighting_session_component().unlink()
            APC._combine_active_instances()

    def disconnect(self):
        self._do_uncombine()
        super().disconnect()


# Controls


def make_button(channel, identifier, *args, **kwargs):
    return ButtonElement(True, MIDI_NOTE_TYPE, channel, identifier, *args, **kwargs)


def make_pedal_button(identifier, *args, **kwargs):
    return ButtonElement(True, MIDI_CC_TYPE, 0, identifier, *args, **kwargs)


def make_slider(channel, identifier, *args, **kwargs):
    return SliderElement(MIDI_CC_TYPE, channel, identifier, *args, **kwargs)


make_knob = make_slider


def make_encoder(channel, identifier, *args, **kwargs):
    return EncoderElement(MIDI_CC_TYPE, channel, identifier, MapMode.relative_two_compliment, *args, **kwargs)


def make_ring_encoder(encoder_identifer, button_identifier, name="", *args, **kwargs):
    """A knob with a ring of lights; the button changes how the ring shows its value."""
    button = ButtonElement(False, MIDI_CC_TYPE, 0, button_identifier, name="%s_Ring_Mode_Button" % name)
    encoder = RingedEncoderElement(
        MIDI_CC_TYPE, 0, encoder_identifer, MapMode.absolute, *args, name=name, **kwargs
    )
    encoder.set_ring_mode_button(button)
    return encoder


class RingedEncoderElement(EncoderElement):
    """A knob whose ring shows a volume, a pan, a single light, or nothing."""

    def __init__(self, msg_type, channel, identifier, map_mode, *args, **kwargs):
        self._ring_mode_button = None
        super().__init__(msg_type, channel, identifier, map_mode, *args, **kwargs)
        self.set_needs_takeover(False)

    def set_ring_mode_button(self, button):
        self._send_ring_mode(RING_OFF_VALUE)
        self._ring_mode_button = button
        self._update_ring_mode()

    def connect_to(self, parameter):
        """Let Live move a parameter; the ring is dark until the MIDI map is built."""
        if parameter != self._parameter_to_map_to and not self.is_mapped_manually():
            self._send_ring_mode(RING_OFF_VALUE)
        super().connect_to(parameter)

    def release_parameter(self):
        super().release_parameter()
        self._update_ring_mode()

    def install_connections(
        self, install_translation_callback, install_mapping_callback, install_forwarding_callback
    ):
        """Connect the messages: without a parameter the script gets them, so that it detects a person's own mapping."""
        super().install_connections(
            install_translation_callback, install_mapping_callback, install_forwarding_callback
        )
        if not self._is_mapped and self.value_listener_count() == 0:
            self._is_being_forwarded = install_forwarding_callback(self)
        self._update_ring_mode()

    def is_mapped_manually(self):
        return not self._is_mapped and not self._is_being_forwarded

    def _send_ring_mode(self, mode):
        if self._ring_mode_button is not None:
            self._ring_mode_button.send_value(mode, force=True)

    def _update_ring_mode(self):
        parameter = self._parameter_to_map_to
        if self.is_mapped_manually():
            self._send_ring_mode(RING_SIN_VALUE)
        elif not liveobj_valid(parameter):
            self._send_ring_mode(RING_OFF_VALUE)
        elif self._ring_mode_button is not None:
            share = (parameter.value - parameter.min) / (parameter.max - parameter.min)
            self.send_value(int(share * 127), force=True)
            plain = RING_SIN_VALUE if parameter.is_quantized else RING_VOL_VALUE
            self._send_ring_mode(RING_PAN_VALUE if is_parameter_bipolar(parameter) else plain)


class DeviceBankButtonElement(ComboElement):
    """A combination that moves its control to channel 1 while the combination has the control."""

    def on_nested_control_element_received(self, control):
        super().on_nested_control_element_received(control)
        if control is self.wrapped_control:
            control.set_channel(1)

    def on_nested_control_element_lost(self, control):
        super().on_nested_control_element_lost(control)
        if control is self.wrapped_control:
            control.set_channel(0)


# Colours

GREEN, GREEN_BLINK, RED, RED_BLINK, AMBER = (Color(value) for value in range(1, 6))
BLACK = Color(0)


class Defaults:
    class DefaultButton:
        On = Color(127)
        Off = Disabled = BLACK


class BiLedColors:
    class Session:
        ClipStopped, ClipStarted, ClipRecording = AMBER, GREEN, RED
        ClipTriggeredPlay = SceneTriggered = StopClipTriggered = GREEN_BLINK
        ClipTriggeredRecord = RED_BLINK
        ClipEmpty = Scene = NoScene = StopClip = RecordButton = BLACK

    class Zooming:
        Selected, Stopped, Playing, Empty = AMBER, RED, GREEN, BLACK


class RgbColors:
    """Guess: the numbers are those of the usual palette; blinking and pulsing are on other MIDI channels."""

    class Session:
        Scene, ClipStopped, ClipStarted, ClipRecording = Color(21), Color(9), Color(21, 9), Color(5, 9)
        SceneTriggered = ClipTriggeredPlay = Color(21, 14)
        ClipTriggeredRecord = Color(5, 14)
        NoScene = ClipEmpty = RecordButton = BLACK

    class Zooming:
        Selected, Stopped, Playing, Empty = Color(9), Color(5), Color(21), BLACK


class StopButtons:
    class Session:
        StopClip, StopClipTriggered = Color(1), Color(2)


class CrossfadeButtons:
    class Mixer:
        class Crossfade:
            Off, A, B = Color(0), Color(1), Color(2)


def make_default_skin():
    return Skin(Defaults)


def make_biled_skin():
    return Skin(BiLedColors)


def make_rgb_skin():
    return Skin(RgbColors)


def make_stop_button_skin():
    return Skin(StopButtons)


def make_crossfade_button_skin():
    return Skin(CrossfadeButtons)


# Components


class ChanStripComponent(mixer.ChannelStripComponent):
    """A long press of a select button folds or unfolds its group track."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._toggle_fold_ticks_delay = -1
        self._register_timer_callback(self._on_timer)

    def disconnect(self):
        self._unregister_timer_callback(self._on_timer)
        super().disconnect()

    def _select_value(self, value):
        super()._select_value(value)
        may_fold = (
            liveobj_valid(self._track) and self._track.is_foldable and self._select_button.is_momentary()
        )
        self._toggle_fold_ticks_delay = TRACK_FOLD_DELAY if may_fold and value else -1

    def _on_timer(self):
        if self._toggle_fold_ticks_delay < 0 or not self.is_enabled():
            return
        if self._toggle_fold_ticks_delay == 0 and liveobj_valid(self._track) and self._track.is_foldable:
            self._track.fold_state = not self._track.fold_state
        self._toggle_fold_ticks_delay -= 1


class MixerComponent(mixer.MixerComponent):
    """A mixer whose strips continue with the return tracks."""

    def tracks_to_use(self):
        song = self._live_song
        return tuple(song.visible_tracks) + tuple(song.return_tracks)

    def _create_strip(self):
        return ChanStripComponent()


class DeviceComponent(device.DeviceComponent, CompoundComponent):
    """A device whose knobs' MIDI channel is the bank, so that the controller shows each bank's values.

    `use_fake_banks`: eight banks for every device.
    """

    def __init__(self, use_fake_banks=False, *args, **kwargs):
        self._use_fake_banks = use_fake_banks
        super().__init__(*args, **kwargs)

    def set_parameter_controls(self, controls):
        super().set_parameter_controls(controls)
        self._update_parameter_controls()

    def _current_bank_details(self):
        if self._bank_index < len(self._parameter_banks()):
            return super()._current_bank_details()
        return "", []

    def _number_of_parameter_banks(self):
        return max(super()._number_of_parameter_banks(), 8 if self._use_fake_banks else 0)

    def _on_device_bank_changed(self, device, bank):
        super()._on_device_bank_changed(device, bank)
        self._update_parameter_controls()

    def _update_parameter_controls(self):
        for control in self._parameter_controls or ():
            if control is not None:
                control.set_channel(self._bank_index)

    def update(self):
        super().update()
        if self.is_enabled():
            self._update_parameter_controls()


class SessionComponent(session.SessionComponent):
    """A session that can be linked side by side with others."""

    def link_with_track_offset(self, track_offset):
        assert track_offset >= 0, "a track offset must be 0 or more, got %d" % track_offset
        self.unlink()
        self.set_offsets(track_offset, self.scene_offset())
        self._link()

    def unlink(self):
        if self._is_linked():
            self._unlink()


class DetailViewCntrlComponent(ControlSurfaceComponent):
    """Shows the clip or the devices of the selected track, and steps through the devices."""

    device_clip_toggle_button = ButtonControl(color="DefaultButton.Off")
    device_nav_left_button = ButtonControl(color="DefaultButton.Off")
    device_nav_right_button = ButtonControl(color="DefaultButton.Off")
    detail_toggle_button = ToggleButtonControl()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        view = self.application().view
        self.register_slot(
            view, self._detail_view_visibility_changed, "is_view_visible", extra_args=("Detail",)
        )
        self._detail_view_visibility_changed()
        self._go_to_playing_clip_task = self._tasks.add(
            sequence(wait(SHOW_PLAYING_CLIP_DELAY), run(self._go_to_playing_clip))
        )
        self._go_to_playing_clip_task.kill()

    def set_device_nav_buttons(self, left_button, right_button):
        self.set_device_nav_left_button(left_button)
        self.set_device_nav_right_button(right_button)

    @device_clip_toggle_button.pressed
    def device_clip_toggle_button(self, button):
        shows_devices = self.application().view.is_view_visible("Detail/DeviceChain")
        self.show_view("Detail/Clip" if shows_devices else "Detail/DeviceChain")
        self._go_to_playing_clip_task.restart()

    @device_clip_toggle_button.released
    def device_clip_toggle_button(self, button):
        self._go_to_playing_clip_task.kill()

    @device_nav_left_button.pressed
    def device_nav_left_button(self, button):
        self._scroll_device_chain("left")

    @device_nav_right_button.pressed
    def device_nav_right_button(self, button):
        self._scroll_device_chain("right")

    def _scroll_device_chain(self, direction):
        view = self.application().view
        if view.is_view_visible("Detail") and view.is_view_visible("Detail/DeviceChain"):
            direction = getattr(Live.Application.Application.View.NavDirection, direction)
            view.scroll_view(direction, "Detail/DeviceChain", False)
        else:
            self.show_view("Detail/DeviceChain")

    def _go_to_playing_clip(self):
        song = self.song()
        playing = song.view.selected_track.playing_slot_index
        if playing > -1:
            song.view.selected_scene = song.scenes[playing]
            if song.view.highlighted_clip_slot.has_clip:
                self.application().view.show_view("Detail/Clip")

    @detail_toggle_button.toggled
    def detail_toggle_button(self, is_toggled, button):
        view = self.application().view
        (view.show_view if is_toggled else view.hide_view)("Detail")

    def _detail_view_visibility_changed(self):
        self.detail_toggle_button.is_toggled = self.application().view.is_view_visible("Detail")

    def show_view(self, view):
        app_view = self.application().view
        try:
            for name in ("Detail", view) if view.startswith("Detail") else (view,):
                if not app_view.is_view_visible(name):
                    app_view.show_view(name)
        except RuntimeError:
            pass
