"""The drum rack of a track under a grid of pads: selecting, muting, soloing, and which notes the pads play.

The bottom left pad is the lowest note of the window; a row holds `width` notes. Pads without a modifier play: their
MIDI goes to the track by Live's pad translation, which headless Live keeps and does not sound.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from .live import liveobj_valid
from .places import PlacedComponent, is_momentary, light, takes

FIRST_NOTE = 36
"""C1, where drum racks begin."""
ROW = 4
MODIFIERS = ("mute", "solo", "select", "delete", "quantize")


@takes(
    "mute_button",
    "solo_button",
    "select_button",
    "delete_button",
    "quantize_button",
    "scroll_up_button",
    "scroll_down_button",
    "scroll_page_up_button",
    "scroll_page_down_button",
)
class DrumGroupCore(PlacedComponent):
    """`set_matrix` or the layer's `matrix` gives the pads; the drum rack is the target track's, or the given one."""

    def __init__(self, target_track: Any = None, *args: Any, **kwargs: Any) -> None:
        for ours in ("translation_channel", "full_velocity", "set_pad_translations", "pitch_provider"):
            kwargs.pop(ours, None)
        self._target_track = target_track
        self._device: Any = None
        self._note = FIRST_NOTE
        self._pads: Dict[Tuple[int, int], Any] = {}
        self._shape = (0, 0)
        self._pad_slots: List[Any] = []
        super().__init__(*args, **kwargs)
        self._view_slot = self.register_slot(None, self._show_pads, "selected_drum_pad")
        self._pads_slot = self.register_slot(None, self._show_pads, "visible_drum_pads")
        if target_track is not None:
            self.register_slot(target_track, self._target_changed, "target_track")
            self._target_changed()

    # -- the rack ----------------------------------------------------------------------------------------

    def _target_changed(self) -> None:
        devices = self._target_track.target_track.devices
        self.set_drum_group_device(next((each for each in devices if each.can_have_drum_pads), None))

    def set_drum_group_device(self, drum_group_device: Any) -> None:
        """A drum rack, or None."""
        device = drum_group_device if liveobj_valid(drum_group_device) else None
        self._device = device if device is not None and device.can_have_drum_pads else None
        self._view_slot.subject = None if self._device is None else self._device.view
        self._pads_slot.subject = self._device
        self.update()

    @property
    def has_assigned_pads(self) -> bool:
        return self._device is not None and bool(self._pads)

    # -- the window --------------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """Its first note, in rows."""
        return self._note // ROW

    @position.setter
    def position(self, position: int) -> None:
        self._note = max(0, min(127 - self._shape[0] * self._shape[1], position * ROW))
        self.update()

    def note_of(self, column: int, row: int) -> int:
        """The note of a pad; rows are counted from the top."""
        width, height = self._shape
        return self._note + (height - 1 - row) * width + column

    def _pad_of(self, column: int, row: int) -> Any:
        note = self.note_of(column, row)
        return self._device.drum_pads[note] if self._device is not None and 0 <= note < 128 else None

    def _scroll_up_value(self, value: int) -> None:
        self._scroll("scroll_up_button", value, lambda: self._move(1))

    def _scroll_down_value(self, value: int) -> None:
        self._scroll("scroll_down_button", value, lambda: self._move(-1))

    def _scroll_page_up_value(self, value: int) -> None:
        self._scroll("scroll_page_up_button", value, lambda: self._move(max(1, self._shape[1])))

    def _scroll_page_down_value(self, value: int) -> None:
        self._scroll("scroll_page_down_button", value, lambda: self._move(-max(1, self._shape[1])))

    def _move(self, rows: int) -> None:
        self.position = self.position + rows

    # -- the pads ----------------------------------------------------------------------------------------

    def set_matrix(self, matrix: Any) -> None:
        """A matrix of pads."""
        for slot in self._pad_slots:
            self.disconnect_disconnectable(slot)
        for button in self._pads.values():
            button.reset()
        given = () if matrix is None else matrix.iterbuttons()
        self._pads = {where: button for button, where in given if button is not None}
        self._shape = (0, 0) if matrix is None else (matrix.width(), matrix.height())
        self._pad_slots = [
            self.register_slot(button, self._heard_pad(where), "value")
            for where, button in self._pads.items()
        ]
        self.update()

    set_drum_matrix = set_matrix

    def _heard_pad(self, where: Tuple[int, int]) -> Any:
        def heard(value: int) -> None:
            pad = self._pad_of(*where)
            if pad is None or not self.is_enabled() or not (value or not is_momentary(self._pads[where])):
                return
            held = next((each for each in MODIFIERS if self._is_held(each + "_button")), None)
            if held is not None:
                getattr(self, "_do_" + held)(pad)

        return heard

    def _do_mute(self, pad: Any) -> None:
        pad.mute = not pad.mute

    def _do_solo(self, pad: Any) -> None:
        pad.solo = not pad.solo

    def _do_select(self, pad: Any) -> None:
        self._device.view.selected_drum_pad = pad

    def _do_delete(self, pad: Any) -> None:
        pad.delete_all_chains()

    def _do_quantize(self, pad: Any) -> None:
        clip = self._live_song.view.detail_clip
        if clip is not None and clip.is_midi_clip:
            clip.quantize_pitch(pad.note, self._live_song.midi_recording_quantization or 5, 1.0)

    def _color(self, pad: Any, selected: Any) -> str:
        if not len(pad.chains):
            state = "PadEmpty"
        elif pad.solo:
            state = "PadSoloed"
        elif pad.mute:
            state = "PadMuted"
        else:
            state = "PadFilled"
        if pad == selected:
            state = "PadSelected" if state in ("PadFilled", "PadEmpty") else state + "Selected"
        return "DrumGroup." + state

    def _show_pads(self) -> None:
        if not self.is_enabled():
            return
        selected = None if self._device is None else self._device.view.selected_drum_pad
        for where, button in self._pads.items():
            pad = self._pad_of(*where)
            light(button, None if pad is None else self._color(pad, selected))

    def update(self) -> None:
        super().update()
        self._show_pads()
