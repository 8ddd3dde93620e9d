"""Recording into session or arrangement, automation, overdub, undo: switches of the Song as buttons."""

from __future__ import annotations

from typing import Any

from .places import PlacedComponent, takes


@takes(
    "record_button",
    "automation_button",
    "re_enable_automation_button",
    "new_button",
    "delete_automation_button",
)
class SessionRecordingCore(PlacedComponent):
    """`record_button` toggles session recording, `automation_button` the recording of automation into clips."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        song = self._live_song
        self.register_slot(song, self._recording_changed, "session_record")
        self.register_slot(song, self._recording_changed, "session_record_status")
        self.register_slot(song, self._automation_changed, "session_automation_record")
        self.register_slot(song, self._enabled_changed, "re_enable_automation_enabled")

    def _recording_changed(self) -> None:
        self._show("record_button")

    def _automation_changed(self) -> None:
        self._show("automation_button")

    def _enabled_changed(self) -> None:
        self._show("re_enable_automation_button")

    def _record_value(self, value: int) -> None:
        if self._pressed("record_button", value):
            self._live_song.session_record = not self._live_song.session_record

    def _show_record(self) -> None:
        self._light("record_button", "Recording.%s" % ("On" if self._live_song.session_record else "Off"))

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

    def _new_value(self, value: int) -> None:
        raise NotImplementedError("headless Live does not have the recording components' new_button yet")

    def _delete_automation_value(self, value: int) -> None:
        if self._pressed("delete_automation_button", value):
            clip = self._live_song.view.detail_clip
            if clip is not None:
                clip.clear_all_envelopes()


@takes("record_button")
class ViewBasedRecordingCore(PlacedComponent):
    """Records into the session while that is seen, else into the arrangement."""

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
    """Undo and redo."""

    def _undo_value(self, value: int) -> None:
        if self._pressed("undo_button", value) and self._live_song.can_undo:
            self._live_song.undo()

    def _redo_value(self, value: int) -> None:
        if self._pressed("redo_button", value) and self._live_song.can_redo:
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

    def _can_go(self, name: str) -> bool:
        what, by = VIEW_STEPS[name]
        items = self._items(what)
        return 0 <= items.index(getattr(self._live_song.view, what)) + by < len(items)

    def on_selected_track_changed(self) -> None:
        self.update()

    def on_selected_scene_changed(self) -> None:
        self.update()


def _make_step(name: str) -> None:
    under = name[: -len("_button")]
    setattr(
        ViewControlCore,
        "_%s_value" % under,
        lambda self, value: self._scroll(name, value, lambda: self._go(name)),
    )
    setattr(ViewControlCore, "_show_%s" % under, lambda self: self._light(name, self._can_go(name)))


for _name in VIEW_STEPS:
    _make_step(_name)
