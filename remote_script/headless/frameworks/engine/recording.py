"""Recording into session or arrangement, automation, overdub, undo: switches of the Song as buttons."""

from __future__ import annotations

from typing import Any

from .live import Live, liveobj_valid
from .places import PlacedComponent, handles, light, takes


@takes(
    "record_button",
    "automation_button",
    "re_enable_automation_button",
    "new_button",
    "scene_list_new_button",
    "new_scene_button",
    "delete_automation_button",
)
class SessionRecordingCore(PlacedComponent):
    """Session recording, and the automation of clips.

    `new_button` selects the next empty slot of the selected track, `scene_list_new_button` captures the playing
    clips in a new scene, `new_scene_button` creates an empty scene.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._view_controller: Any = None
        super().__init__(*args, **kwargs)
        song = self._live_song
        for event in ("session_record", "session_record_status", "is_playing"):
            self.register_slot(song, lambda: self._show("record_button"), event)
        self.register_slot(song, lambda: self._show("automation_button"), "session_automation_record")
        self.register_slot(
            song, lambda: self._show("re_enable_automation_button"), "re_enable_automation_enabled"
        )

    # -- recording ---------------------------------------------------------------------------------------

    def _record_value(self, value: int) -> None:
        if self._pressed("record_button", value):
            self._on_record_button_pressed()
        else:
            self._on_record_button_released()

    def _on_record_button_pressed(self) -> None:
        self._trigger_recording()

    def _on_record_button_released(self) -> None:
        """Called when the record button is released; for subclasses."""

    def _trigger_recording(self) -> None:
        if self.is_enabled() and not self._stop_recording():
            self._start_recording()

    def _start_recording(self) -> None:
        self._live_song.session_record = True

    def _stop_recording(self) -> bool:
        """Stop recording; False without a recording."""
        song = self._live_song
        off = Live.Song.SessionRecordStatus.off
        was_recording = bool(song.session_record_status != off or song.session_record)
        if was_recording:
            song.session_record = False
        return was_recording

    def deactivate_recording(self) -> None:
        self._stop_recording()

    def _show_record(self) -> None:
        self._update_record_button()

    def _update_record_button(self) -> None:
        song, states = self._live_song, Live.Song.SessionRecordStatus
        if song.session_record_status == states.transition:
            self._light("record_button", "Recording.Transition")
        else:
            on = song.session_record_status == states.on or song.session_record
            self._light("record_button", "Recording.On" if on else "Recording.Off")

    # -- automation --------------------------------------------------------------------------------------

    def _automation_value(self, value: int) -> None:
        if self._pressed("automation_button", value):
            song = self._live_song
            song.session_automation_record = not song.session_automation_record

    def _show_automation(self) -> None:
        on = self._live_song.session_automation_record
        self._light("automation_button", "Automation.%s" % ("On" if on else "Off"))

    def _re_enable_automation_value(self, value: int) -> None:
        if self._pressed("re_enable_automation_button", value):
            self._live_song.re_enable_automation()

    def _show_re_enable_automation(self) -> None:
        self._light("re_enable_automation_button", bool(self._live_song.re_enable_automation_enabled))

    def _delete_automation_value(self, value: int) -> None:
        clip = self._get_playing_clip()
        if clip is not None and self._pressed("delete_automation_button", value):
            clip.clear_all_envelopes()

    def _show_delete_automation(self) -> None:
        clip = self._get_playing_clip()
        has = clip is not None and clip.has_envelopes
        self._light("delete_automation_button", "Automation.On" if has else "Automation.Off")

    def _get_playing_clip(self) -> Any:
        slot = track_playing_slot(self._live_song.view.selected_track)
        return slot.clip if slot is not None else None

    # -- new clips and scenes ----------------------------------------------------------------------------

    def _prepare_new_action(self) -> bool:
        if self._live_song.view.selected_track.can_be_armed:
            self._live_song.overdub = False
            return True
        return False

    def _attempt(self, name: str, value: int, action: Any) -> None:
        if self._pressed(name, value) and self._prepare_new_action():
            try:
                action()
            except Live.Base.LimitationError:
                self._handle_limitation_error_on_scene_creation()
            if name != "new_scene_button":
                self._view_selected_clip_detail()

    def _handle_limitation_error_on_scene_creation(self) -> None:
        """Called when Live's edition allows no more scenes; for subclasses."""

    def _new_value(self, value: int) -> None:
        self._attempt("new_button", value, self._go_to_empty_slot)

    def _go_to_empty_slot(self) -> None:
        song = self._live_song
        track = song.view.selected_track
        track.stop_all_clips(False)
        self._jump_to_next_slot(track, list(song.scenes).index(song.view.selected_scene))

    def _jump_to_next_slot(self, track: Any, start_index: int) -> None:
        song = self._live_song
        song.view.selected_scene = song.scenes[self._next_empty_slot(track, start_index)]

    def _next_empty_slot(self, track: Any, scene_index: int) -> int:
        song = self._live_song
        while track.clip_slots[scene_index].has_clip:
            scene_index += 1
            if scene_index == len(song.scenes):
                song.create_scene(scene_index)
        return scene_index

    def _scene_list_new_value(self, value: int) -> None:
        self._attempt("scene_list_new_button", value, self._capture_or_stop)

    def _capture_or_stop(self) -> None:
        song = self._live_song
        if song.view.highlighted_clip_slot.has_clip:
            song.capture_and_insert_scene(Live.Song.CaptureMode.all_except_selected)
        else:
            song.view.selected_track.stop_all_clips(False)

    def _new_scene_value(self, value: int) -> None:
        song = self._live_song
        self._attempt(
            "new_scene_button",
            value,
            lambda: self._create_silent_scene(list(song.scenes).index(song.view.selected_scene)),
        )

    def _create_silent_scene(self, scene_index: int) -> None:
        song = self._live_song
        song.stop_all_clips(False)
        if not song.scenes[scene_index].is_empty:
            song.view.selected_scene = song.create_scene(scene_index + 1)

    def _show_new(self) -> None:
        self._update_generic_new_button(self._new_button)

    def _show_scene_list_new(self) -> None:
        self._update_generic_new_button(self._scene_list_new_button)

    def _update_generic_new_button(self, new_button: Any) -> None:
        song = self._live_song
        slot, track = song.view.highlighted_clip_slot, song.view.selected_track
        has_clip = liveobj_valid(slot) and slot.has_clip
        can_new = has_clip or (track.can_be_armed and track.playing_slot_index >= 0)
        if self.is_enabled():
            light(new_button, "DefaultButton.On" if can_new else "DefaultButton.Disabled")

    def _show_new_scene(self) -> None:
        song = self._live_song
        playing = any(track.playing_slot_index >= 0 for track in song.tracks)
        can_new = playing or not song.view.selected_scene.is_empty
        self._light("new_scene_button", "DefaultButton.On" if can_new else "DefaultButton.Disabled")

    def _view_selected_clip_detail(self) -> None:
        view = self._live_song.view
        if view.highlighted_clip_slot.has_clip:
            view.detail_clip = view.highlighted_clip_slot.clip
        if self._view_controller is not None:
            self._view_controller.show_view("Detail/Clip")

    def on_selected_track_changed(self) -> None:
        self.update()

    def on_selected_scene_changed(self) -> None:
        self.update()


def track_fired_slot(track: Any) -> Any:
    """The slot that is about to play, or None."""
    index = track.fired_slot_index
    return track.clip_slots[index] if index >= 0 else None


def track_playing_slot(track: Any) -> Any:
    """The slot that plays, or None."""
    index = track.playing_slot_index
    return track.clip_slots[index] if index >= 0 else None


def track_is_recording(track: Any) -> bool:
    """True if the playing slot records."""
    slot = track_playing_slot(track)
    return slot is not None and bool(slot.is_recording)


@takes("record_button")
class ViewBasedRecordingCore(PlacedComponent):
    """Records into the session while the session is shown, else into the arrangement."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for event in ("session_record", "record_mode"):
            self.register_slot(self._live_song, self._recording_changed, event)
        view = self._surface._live_application().view
        self.register_slot(view, self._recording_changed, "focused_document_view")

    def _switch(self) -> str:
        seen = self._surface._live_application().view.is_view_visible("Session")
        return "session_record" if seen else "record_mode"

    def _recording_changed(self) -> None:
        self._show("record_button")

    def _record_value(self, value: int) -> None:
        if self._pressed("record_button", value):
            song, switch = self._live_song, self._switch()
            setattr(song, switch, not getattr(song, switch))

    def _show_record(self) -> None:
        switch = self._switch()
        kind = "SessionRecord" if switch == "session_record" else "ArrangementRecord"
        on = getattr(self._live_song, switch)
        self._light("record_button", "Recording.%s%s" % (kind, "On" if on else "Off"))


@takes("undo_button", "redo_button")
class UndoRedoCore(PlacedComponent):
    """Undo and redo buttons."""

    def _undo_value(self, value: int) -> None:
        if self._pressed("undo_button", value):
            self._undo()

    def _redo_value(self, value: int) -> None:
        if self._pressed("redo_button", value):
            self._redo()

    def _undo(self) -> None:
        if self._live_song.can_undo:
            self._live_song.undo()

    def _redo(self) -> None:
        if self._live_song.can_redo:
            self._live_song.redo()

    def _show_undo(self) -> None:
        self._light("undo_button", True)

    def _show_redo(self) -> None:
        self._light("redo_button", True)


VIEW_STEPS = {
    "prev_track_button": ("selected_track", -1),
    "next_track_button": ("selected_track", 1),
    "prev_scene_button": ("selected_scene", -1),
    "next_scene_button": ("selected_scene", 1),
}


@takes(*VIEW_STEPS)
class ViewControlCore(PlacedComponent):
    """Selects the next or previous track or scene."""

    def show_view(self, view: str) -> None:
        """Show one of Live's views; the session for an unknown name."""
        live_view = self._surface._live_application().view
        try:
            live_view.show_view(view)
        except RuntimeError:
            live_view.show_view("Session")

    __events__ = ("selection_changed", "selection_scrolled", "selection_paged")

    def _items(self, what: str) -> Any:
        song = self._live_song
        if what == "selected_scene":
            return tuple(song.scenes)
        return (*song.visible_tracks, *song.return_tracks, song.master_track)

    def _go(self, name: str) -> None:
        what, by = VIEW_STEPS[name]
        items, view = self._items(what), self._live_song.view
        at = items.index(getattr(view, what)) + by
        if 0 <= at < len(items):
            setattr(view, what, items[at])
            self.notify_selection_changed()
            self.notify_selection_scrolled()

    def _step_value(self, name: str, value: int) -> None:
        self._scroll(name, value, lambda: self._go(name))

    def _show_step(self, name: str) -> None:
        self._light(name, self._can_go(name))

    def _can_go(self, name: str) -> bool:
        what, by = VIEW_STEPS[name]
        items = self._items(what)
        return 0 <= items.index(getattr(self._live_song.view, what)) + by < len(items)

    def on_selected_track_changed(self) -> None:
        self.update()

    def on_selected_scene_changed(self) -> None:
        self.update()


handles(ViewControlCore, VIEW_STEPS, ViewControlCore._step_value, ViewControlCore._show_step)
