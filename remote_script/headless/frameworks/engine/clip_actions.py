"""Buttons for the highlighted clip, and an overview of the session."""

from __future__ import annotations

from typing import Any, Dict, Optional

from .controls import ButtonControl
from .live import Live, duplicate_clip_loop, liveobj_valid
from .places import PlacedComponent


class ClipActionsCore(PlacedComponent):
    """Deletes, duplicates or doubles the clip of the highlighted slot; the buttons are lit while there is a clip."""

    delete_button = ButtonControl(color="Action.Available")
    duplicate_button = ButtonControl(color="Action.Available")
    double_loop_button = ButtonControl(color="Action.Available")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._has_clip_slot = self.register_slot(None, lambda: self._update_action_buttons(), "has_clip")
        self._update_clip_slot()

    @property
    def clip_slot(self) -> Any:
        return self._live_song.view.highlighted_clip_slot

    def on_selected_track_changed(self) -> None:
        self._update_clip_slot()

    def on_selected_scene_changed(self) -> None:
        self._update_clip_slot()

    def _update_clip_slot(self) -> None:
        self._has_clip_slot.subject = self.clip_slot
        self._update_action_buttons()

    def _can_perform_clip_action(self) -> bool:
        return liveobj_valid(self.clip_slot) and bool(self.clip_slot.has_clip)

    def _update_action_buttons(self) -> None:
        can = self._can_perform_clip_action()
        self.delete_button.enabled = can
        self.duplicate_button.enabled = can
        self.double_loop_button.enabled = can and bool(self.clip_slot.clip.is_midi_clip)

    @delete_button.released
    def delete_button(self, button: Any) -> None:
        self.clip_slot.delete_clip()

    @duplicate_button.pressed
    def duplicate_button(self, button: Any) -> None:
        slot, view = self.clip_slot, self._live_song.view
        track = view.selected_track
        try:
            target = track.clip_slots[track.duplicate_clip_slot(list(track.clip_slots).index(slot))]
        except (RuntimeError, Live.Base.LimitationError):
            return
        view.highlighted_clip_slot = target
        view.detail_clip = target.clip
        if slot.clip.is_playing:
            target.fire(force_legato=True, launch_quantization=Live.Song.Quantization.q_no_q)

    @double_loop_button.pressed
    def double_loop_button(self, button: Any) -> None:
        duplicate_clip_loop(self.clip_slot.clip)


EMPTY, STOPPED, PLAYING, SELECTED = "empty", "stopped", "playing", "selected"
OVERVIEW_VALUES = {EMPTY: 0, STOPPED: 100, PLAYING: 127, SELECTED: 64}
"""The values that a block's button shows; the methods `set_…_value` change them."""


class OverviewCore(PlacedComponent):
    """Each button of a matrix represents a window of the session; a press moves the ring to this window.

    `session_ring` has `num_tracks`, `num_scenes`, offsets, `tracks_to_use()` and `set_offsets`.
    """

    VALUES: Dict[str, Any] = OVERVIEW_VALUES

    def __init__(
        self, session_ring: Any = None, enable_skinning: bool = False, *args: Any, **kwargs: Any
    ) -> None:
        self._session_ring = session_ring
        self._buttons: Any = None
        self._values = dict(self.VALUES)
        super().__init__(*args, **kwargs)
        self.register_slot(session_ring, lambda *event_args: self.update(), "offset")
        self._matrix_slot = self.register_slot(None, self._matrix_value, "value")
        if enable_skinning:
            self._enable_skinning()

    def _enable_skinning(self) -> None:
        self._values = {state: "Zooming." + state.capitalize() for state in self._values}

    def set_button_matrix(self, buttons: Any) -> None:
        """Set the matrix of the buttons."""
        if self._buttons is not None and self._buttons is not buttons:
            self._buttons.reset()
        self._buttons = self._matrix_slot.subject = buttons
        self.update()

    def _is_shown(self) -> bool:
        return self.is_enabled() and self._buttons is not None

    def _bank(self, matrix_size: int, offset: int, size: int) -> int:
        """The first position of the part of the Set that the matrix shows."""
        whole = max(1, matrix_size * size)
        return offset // whole * whole

    def _offsets(self, column: int, row: int) -> Any:
        ring = self._session_ring
        tracks = self._bank(self._buttons.width(), ring.track_offset, ring.num_tracks)
        scenes = self._bank(self._buttons.height(), ring.scene_offset, ring.num_scenes)
        return tracks + column * ring.num_tracks, scenes + row * ring.num_scenes

    def _matrix_value(self, value: int, column: int, row: int, is_momentary: bool) -> None:
        if self._is_shown() and (value or not is_momentary):
            ring = self._session_ring
            tracks, scenes = self._offsets(column, row)
            if tracks < len(ring.tracks_to_use()) and scenes < len(self._live_song.scenes):
                ring.set_offsets(tracks, scenes)

    def _state(self, column: int, row: int) -> str:
        ring, song = self._session_ring, self._live_song
        track, scene = self._offsets(column, row)
        tracks = ring.tracks_to_use()[track : track + ring.num_tracks]
        if not tracks or scene >= len(song.scenes):
            return EMPTY
        beside = (ring.track_offset - track, ring.scene_offset - scene)
        if -ring.num_tracks < beside[0] < ring.num_tracks and -ring.num_scenes < beside[1] < ring.num_scenes:
            return SELECTED
        own = tuple(song.tracks)
        for covered in tracks:
            slots = tuple(covered.clip_slots)[scene : scene + ring.num_scenes] if covered in own else ()
            if any(slot.has_clip and slot.clip.is_playing for slot in slots):
                return PLAYING
        return STOPPED

    def on_scene_list_changed(self) -> None:
        self.update()

    def on_track_list_changed(self) -> None:
        self.update()

    def update(self) -> None:
        super().update()
        if self._is_shown():
            self._update_matrix_buttons()

    def _update_matrix_buttons(self) -> None:
        for button, (column, row) in self._buttons.iterbuttons():
            value: Optional[Any] = self._values[self._state(column, row)]
            if button is None:
                continue
            if isinstance(value, int):
                button.send_value(value)
            else:
                button.set_light(value)


def _make_value_setter(state: str) -> None:
    def set_value(self: Any, value: Any) -> None:
        self._values[state] = value

    setattr(OverviewCore, "set_%s_value" % state, set_value)


for _state in (EMPTY, STOPPED, PLAYING, SELECTED):
    _make_value_setter(_state)
