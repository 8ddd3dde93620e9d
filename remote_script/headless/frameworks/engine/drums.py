"""Pads that play: a matrix of notes for the track, and the drum rack of a track on the pads.

The messages of a pad go to the track, not to the script, until a modifier button is pressed; then the script gets
the pad's presses. Headless Live stores the pads' notes and channels and makes no sound.
"""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

from .control_groups import control_matrix
from .controls import ButtonControl, PlayableControl, ToggleButtonControl
from .dependency import Injection
from .events import EventObject, SlotGroup, listenable_property
from .live import Live, liveobj_changed, liveobj_valid
from .modes import Mode
from .places import PlacedComponent
from .slide import SlideCore

BASE_DRUM_RACK_NOTE = 36
"""C1, where drum racks begin."""
NUM_PADS_X = NUM_PADS_Y = 4
"""Live's own translation of pads has this number of columns and rows."""


class AccentCore(PlacedComponent):
    """A button for full velocity."""

    __events__ = ("activated",)
    accent_button = ToggleButtonControl(toggled_color="Accent.On", untoggled_color="Accent.Off")
    _full_velocity: Any = None

    def set_full_velocity(self, full_velocity: Any) -> None:
        """Set the object with `enabled`, such as c_instance.full_velocity."""
        self._full_velocity = full_velocity
        self._apply()

    @property
    def activated(self) -> bool:
        return bool(self.accent_button.is_toggled)

    @accent_button.toggled
    def accent_button(self, is_toggled: bool, button: Any) -> None:
        self._apply()
        self.notify_activated()

    def _apply(self) -> None:
        if self._full_velocity is not None:
            self._full_velocity.enabled = self.activated


class PlayableCore(PlacedComponent):
    """Pads that play notes. A subclass implements `_note_translation_for_button` and `_update_button_color`."""

    matrix = control_matrix(PlayableControl)
    select_button = ButtonControl()
    pressed_pads = listenable_property.managed([])
    accent_component_type: Any = AccentCore

    def __init__(self, matrix_always_listenable: bool = False, *args: Any, **kwargs: Any) -> None:
        self._takeover_pads = False
        self._always_listenable = matrix_always_listenable
        super().__init__(*args, **kwargs)
        self._accent_component = self.accent_component_type()
        self.register_component(self._accent_component)

    def set_accent_button(self, button: Any) -> None:
        self._accent_component.accent_button.set_control_element(button)

    def set_full_velocity(self, full_velocity: Any) -> None:
        self._accent_component.set_full_velocity(full_velocity)

    # -- routing of the pads' messages ---------------------------------------------------------------

    def _set_control_pads_from_script(self, takeover_pads: bool) -> None:
        if takeover_pads != self._takeover_pads:
            self._takeover_pads = takeover_pads
            self._update_control_from_script()

    def _update_control_from_script(self) -> None:
        mode = PlayableControl.Mode
        playing = mode.playable_and_listenable if self._always_listenable else mode.playable
        taken = self._takeover_pads or bool(self.pressed_pads)
        for button in self.matrix:
            button.set_mode(mode.listenable if taken else playing)

    def set_matrix(self, matrix: Any) -> None:
        """Set the matrix of the pads."""
        self.matrix.set_control_element(matrix)
        self._reset_selected_pads()
        self._update_control_from_script()
        self._update_led_feedback()
        self._update_note_translations()

    @matrix.pressed
    def matrix(self, button: Any) -> None:
        self._on_matrix_pressed(button)

    @matrix.released
    def matrix(self, button: Any) -> None:
        self._on_matrix_released(button)

    def _on_matrix_pressed(self, button: Any) -> None:
        self.pressed_pads = [*self.pressed_pads, button]
        if len(self.pressed_pads) == 1:
            self._update_control_from_script()

    def _on_matrix_released(self, button: Any) -> None:
        if button in self.pressed_pads:
            self.pressed_pads = [pad for pad in self.pressed_pads if pad is not button]
            if not self.pressed_pads:
                self._update_control_from_script()
        self._update_led_feedback()

    def _reset_selected_pads(self) -> None:
        if self.pressed_pads:
            self.pressed_pads = []
            self._update_control_from_script()

    @select_button.value
    def select_button(self, value: Any, button: Any) -> None:
        self._set_control_pads_from_script(bool(value))

    # -- notes and lights ----------------------------------------------------------------------------

    def _update_led_feedback(self) -> None:
        for button in self.matrix:
            self._update_button_color(button)

    def _update_button_color(self, button: Any) -> None:
        button.color = "DefaultButton.Off"

    def _button_should_be_enabled(self, button: Any) -> bool:
        identifier, _ = self._note_translation_for_button(button)
        return identifier is None or identifier < 128

    def _note_translation_for_button(self, button: Any) -> Tuple[Optional[int], Optional[int]]:
        """(note, channel) of a pad; None keeps the pad's own."""
        return button.identifier, button.channel

    def _update_note_translations(self) -> None:
        for button in self.matrix:
            there = self._button_should_be_enabled(button)
            if there:
                self._set_button_control_properties(button)
            button.enabled = there

    def _set_button_control_properties(self, button: Any) -> None:
        button.identifier, button.channel = self._note_translation_for_button(button)

    @property
    def width(self) -> int:
        return self.matrix.width or NUM_PADS_X

    @property
    def height(self) -> int:
        return self.matrix.height or NUM_PADS_Y

    def update(self) -> None:
        super().update()
        if self.is_enabled():
            self._set_control_pads_from_script(False)
            self._update_led_feedback()


class DrumGroupCore(PlayableCore, SlideCore):
    """A drum rack on the pads, the lowest notes at the bottom left; a pressed modifier mutes, solos, selects ….

    The script sets the rack; otherwise it is the first rack of `target_track`. A subclass implements the actions:
    `select_drum_pad`, `quantize_pitch`, `delete_pitch`.
    """

    mute_button = ButtonControl()
    solo_button = ButtonControl()
    delete_button = ButtonControl()
    quantize_button = ButtonControl()
    position_count, page_length, page_offset = 32, 4, 1
    __events__ = ("position", "contents", "page_offset", "page_length", "position_count")

    def __init__(
        self,
        translation_channel: Optional[int] = None,
        set_pad_translations: Any = None,
        *args: Any,
        target_track: Any = None,
        **kwargs: Any,
    ) -> None:
        self._drum_group_device: Any = None
        self._selected_drum_pad: Any = None
        self._all_drum_pads: List[Any] = []
        self._assigned_drum_pads: List[Any] = []
        self._translation_channel = translation_channel
        provider = Injection.find("set_pad_translations")
        self._set_pad_translations = set_pad_translations or (provider() if provider else None)
        super().__init__(*args, **kwargs)
        self._rack_slots = [
            self.register_slot(None, self._rack_changed, event) for event in ("visible_drum_pads", "chains")
        ]
        self._rack_view_slots = [
            self.register_slot(None, self._update_selected_drum_pad, "selected_drum_pad"),
            self.register_slot(None, self._on_position_moved, "drum_pads_scroll_position"),
        ]
        self._pad_slots = [
            self.register_disconnectable(SlotGroup(lambda *pad: self._update_led_feedback(), event))
            for event in ("solo", "mute")
        ]
        self._target_track = target_track
        if target_track is not None:
            self.register_slot(target_track, self._target_changed, "target_track")
            self._target_changed()

    # -- the rack ------------------------------------------------------------------------------------

    def _target_changed(self) -> None:
        self.set_drum_group_device(find_drum_group_device(self._target_track.target_track))

    def set_drum_group_device(self, drum_group_device: Any) -> None:
        """Set the drum rack; None or another device: no rack."""
        device = drum_group_device
        if not liveobj_valid(device) or not device.can_have_drum_pads:
            device = None
        if device == self._drum_group_device:
            return
        self._drum_group_device = device
        for slot in self._rack_slots:
            slot.subject = device
        for slot in self._rack_view_slots:
            slot.subject = None if device is None else device.view
        self._rack_changed()
        self._update_selected_drum_pad()
        self.notify_position()

    def _rack_changed(self) -> None:
        self._update_drum_pad_listeners()
        self._update_led_feedback()

    def _update_drum_pad_listeners(self) -> None:
        device = self._drum_group_device
        self._all_drum_pads = list(device.drum_pads) if liveobj_valid(device) else []
        visible = list(device.visible_drum_pads) if liveobj_valid(device) else []
        for group in self._pad_slots:
            group.replace_subjects(visible)
        self._update_assigned_drum_pads()
        self._update_note_translations()

    def _update_assigned_drum_pads(self) -> None:
        device = self._drum_group_device
        visible = list(device.visible_drum_pads) if liveobj_valid(device) else []
        first = visible[0].note if visible else 0
        self._assigned_drum_pads = (
            self._all_drum_pads[first : first + self.width * self.height] if visible else []
        )

    @property
    def assigned_drum_pads(self) -> List[Any]:
        return self._assigned_drum_pads

    @property
    def has_assigned_pads(self) -> bool:
        return bool(self._assigned_drum_pads) and liveobj_valid(self._assigned_drum_pads[0])

    has_assigned_drum_pads = has_assigned_pads

    def _update_selected_drum_pad(self) -> None:
        device = self._drum_group_device
        selected = device.view.selected_drum_pad if liveobj_valid(device) else None
        if liveobj_changed(self._selected_drum_pad, selected):
            self._selected_drum_pad = selected
            self._update_led_feedback()
            self._on_selected_drum_pad_changed()

    def _on_selected_drum_pad_changed(self) -> None:
        """Called when another pad was selected; for subclasses."""

    # -- the window ----------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """The first row of the window: a row is four notes."""
        device = self._drum_group_device
        return int(device.view.drum_pads_scroll_position) if liveobj_valid(device) else 0

    @position.setter
    def position(self, index: int) -> None:
        assert 0 <= index <= 28, "a position must be 0 to 28, got %r" % (index,)
        if liveobj_valid(self._drum_group_device):
            self._drum_group_device.view.drum_pads_scroll_position = index

    def _on_position_moved(self) -> None:
        self._update_assigned_drum_pads()
        self._update_note_translations()
        self._update_led_feedback()
        self.notify_position()

    def contents(self, index: int) -> bool:
        """True if a row has a pad with chains."""
        row = self._all_drum_pads[index * 4 : index * 4 + 4]
        return any(len(pad.chains) for pad in row)

    def contents_range(self, pmin: float, pmax: float) -> List[int]:
        return list(range(max(int(pmin - 0.05), 0), min(int(pmax + 0.2), self.position_count)))

    # -- pads ----------------------------------------------------------------------------------------

    def set_matrix(self, matrix: Any) -> None:
        super().set_matrix(matrix)
        self._update_assigned_drum_pads()
        self._create_and_set_pad_translations()
        self._update_led_feedback()

    def _button_coordinates_to_pad_index(self, first_note: int, coordinates: Tuple[int, int]) -> int:
        """The note of a pad: blocks of 4 × 4, from the bottom left upwards, then to the right."""
        row, column = coordinates
        row = self.height - row - 1
        if row >= 4:
            first_note += 16
        if column >= 4:
            first_note += 4 * self.width
        return column % 4 + row % 4 * 4 + first_note

    def _note_of(self, button: Any) -> Optional[int]:
        if not self.has_assigned_pads:
            return None
        return self._button_coordinates_to_pad_index(self._assigned_drum_pads[0].note, button.coordinate)

    def _pad_for_button(self, button: Any) -> Any:
        note = self._note_of(button)
        return self._all_drum_pads[note] if note is not None and note < 128 else None

    def _note_translation_for_button(self, button: Any) -> Tuple[Optional[int], Optional[int]]:
        note = self._note_of(button)
        return note, None if note is None else self._translation_channel

    def _can_set_pad_translations(self) -> bool:
        return self.width <= NUM_PADS_X and self.height <= NUM_PADS_Y

    def _update_note_translations(self) -> None:
        if self._assigned_drum_pads and not self._can_set_pad_translations():
            super()._update_note_translations()

    def _create_and_set_pad_translations(self) -> None:
        translations = None
        if self._can_set_pad_translations():
            translations = tuple(self._translation_entry(button) for button in self.matrix)
        else:
            self._update_note_translations()
        if self._set_pad_translations is not None:
            self._set_pad_translations(translations)

    def _translation_entry(self, button: Any) -> Tuple[int, int, Any, Any]:
        row, column = button.coordinate
        button.channel = self._translation_channel
        button.identifier = self._button_coordinates_to_pad_index(BASE_DRUM_RACK_NOTE, button.coordinate)
        button.enabled = True
        return column, row, button.identifier, button.channel

    def _on_matrix_pressed(self, button: Any) -> None:
        pad = self._pad_for_button(button)
        if pad is None:
            return
        if self.mute_button.is_pressed:
            pad.mute = not pad.mute
        if self.solo_button.is_pressed:
            pad.solo = not pad.solo
        if self.quantize_button.is_pressed:
            button.color = "DrumGroup.PadAction"
            self.quantize_pitch(pad.note)
        if self.delete_button.is_pressed:
            button.color = "DrumGroup.PadAction"
            self.delete_pitch(pad)
        if self.select_button.is_pressed:
            self._drum_group_device.view.selected_drum_pad = pad
            self.select_drum_pad(pad)
            super()._on_matrix_pressed(button)
        if self.mute_button.is_pressed or self.solo_button.is_pressed:
            self._update_led_feedback()

    def select_drum_pad(self, drum_pad: Any) -> None:
        raise NotImplementedError("select_drum_pad: override it to use a select button")

    def quantize_pitch(self, note: int) -> None:
        raise NotImplementedError("quantize_pitch: override it to use a quantize button")

    def delete_pitch(self, drum_pad: Any) -> None:
        raise NotImplementedError("delete_pitch: override it to use a delete button")

    @mute_button.value
    def mute_button(self, value: Any, button: Any) -> None:
        self._set_control_pads_from_script(bool(value))

    @solo_button.value
    def solo_button(self, value: Any, button: Any) -> None:
        self._set_control_pads_from_script(bool(value))

    @delete_button.value
    def delete_button(self, value: Any, button: Any) -> None:
        self._set_control_pads_from_script(bool(value))

    @quantize_button.value
    def quantize_button(self, value: Any, button: Any) -> None:
        self._set_control_pads_from_script(bool(value))

    # -- lights --------------------------------------------------------------------------------------

    def _update_led_feedback(self) -> None:
        if liveobj_valid(self._drum_group_device):
            super()._update_led_feedback()

    def _update_button_color(self, button: Any) -> None:
        pad = self._pad_for_button(button)
        button.color = "DefaultButton.On" if pad is None else self._color_for_pad(pad)

    def _color_for_pad(self, pad: Any) -> str:
        soloing = any(pad.solo for pad in self._all_drum_pads)
        if pad == self._selected_drum_pad:
            if soloing and not pad.solo and not pad.mute:
                return "DrumGroup.PadSelectedNotSoloed"
            if pad.mute and not pad.solo:
                return "DrumGroup.PadMutedSelected"
            return "DrumGroup.PadSoloedSelected" if soloing and pad.solo else "DrumGroup.PadSelected"
        if not len(pad.chains):
            return "DrumGroup.PadEmpty"
        if soloing and pad.solo:
            return "DrumGroup.PadSoloed"
        return "DrumGroup.PadMuted" if pad.mute else "DrumGroup.PadFilled"


class DrumRackCore(PlacedComponent):
    """Up to 4 × 4 pads for which Live itself plays the drum rack (`set_pads`)."""

    def _create_and_set_pad_translations(self, matrix: Any) -> None:
        entries = []
        for row, buttons in enumerate(matrix.rows):
            for column, button in enumerate(buttons):
                there = button is not None
                identifier = button.message_identifier() if there else 0
                channel = button.message_channel() if there else 0
                entries.append((column, row + NUM_PADS_Y - matrix.height(), identifier, channel))
        self._surface.set_pad_translations(tuple(entries))

    def set_pads(self, matrix: Any) -> None:
        """Set the pads. RuntimeError for a larger matrix."""
        if matrix is None:
            self._surface.set_pad_translations(None)
        else:
            if matrix.width() > NUM_PADS_X or matrix.height() > NUM_PADS_Y:
                raise RuntimeError(
                    "The provided button matrix should not be bigger than %dx%d" % (NUM_PADS_X, NUM_PADS_Y)
                )
            self._create_and_set_pad_translations(matrix)
            for button in matrix:
                if button is not None:
                    button.suppress_script_forwarding = True
        self._surface.request_rebuild_midi_map()


# Finding instruments


def find_instrument_devices(track_or_chain: Any) -> Any:
    """The instruments of a track or chain, depth first: a rack before the devices in it."""
    if not liveobj_valid(track_or_chain):
        return
    instrument = Live.Device.DeviceType.instrument
    for device in track_or_chain.devices:
        if device.type == instrument:
            yield device
            if device.can_have_chains and not device.can_have_drum_pads:
                for chain in device.chains:
                    yield from find_instrument_devices(chain)


def find_instrument_meeting_requirement(requirement: Any, track_or_chain: Any) -> Any:
    """The first instrument for which `requirement(device)` is true, or None."""
    return next(
        (instrument for instrument in find_instrument_devices(track_or_chain) if requirement(instrument)),
        None,
    )


def find_drum_group_device(track_or_chain: Any) -> Any:
    """The first drum rack, or None."""
    return find_instrument_meeting_requirement(lambda device: device.can_have_drum_pads, track_or_chain)


def find_sliced_simpler(track_or_chain: Any) -> Any:
    """The first Simpler in slicing mode, or None."""
    slicing = Live.SimplerDevice.PlaybackMode.slicing
    return find_instrument_meeting_requirement(
        lambda device: getattr(device, "playback_mode", None) == slicing, track_or_chain
    )


class PercussionInstrumentFinder(EventObject, Mode):
    """The first drum rack and sliced Simpler of a track or chain; event `instrument`."""

    __events__ = ("instrument",)

    def __init__(self, device_parent: Any = None, is_enabled: bool = True, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_enabled = is_enabled
        self._drum_group: Any = None
        self._simpler: Any = None
        self._groups = {
            event: self.register_disconnectable(SlotGroup(self._changed, event))
            for event in ("chains", "devices", "playback_mode")
        }
        self._device_parent: Any = None
        self.device_parent = device_parent

    @property
    def is_enabled(self) -> bool:
        return self._is_enabled

    @is_enabled.setter
    def is_enabled(self, enabled: bool) -> None:
        self._is_enabled = enabled
        self.update()

    def enter_mode(self) -> None:
        self.is_enabled = True

    def leave_mode(self) -> None:
        self.is_enabled = False

    @property
    def drum_group(self) -> Any:
        return self._drum_group

    @property
    def sliced_simpler(self) -> Any:
        return self._simpler

    @property
    def device_parent(self) -> Any:
        """The observed track or chain."""
        return self._device_parent

    @device_parent.setter
    def device_parent(self, device_parent: Any) -> None:
        if liveobj_changed(self._device_parent, device_parent):
            self._device_parent = device_parent
            self.update()

    def _changed(self, *_event_args: Any) -> None:
        self.update()

    def update(self) -> None:
        if not self._is_enabled:
            return
        parent = self._device_parent
        devices = list(find_instrument_devices(parent))
        racks = [device for device in devices if device.can_have_chains]
        chains = [chain for rack in racks for chain in rack.chains]
        self._groups["chains"].replace_subjects(racks)
        self._groups["devices"].replace_subjects([parent, *chains] if liveobj_valid(parent) else [])
        self._groups["playback_mode"].replace_subjects(
            [device for device in devices if hasattr(device, "playback_mode")]
        )
        instruments = (find_drum_group_device(parent), find_sliced_simpler(parent))
        changed = [liveobj_changed(*pair) for pair in zip(instruments, (self._drum_group, self._simpler))]
        self._drum_group, self._simpler = instruments
        if any(changed):
            self.notify_instrument()
