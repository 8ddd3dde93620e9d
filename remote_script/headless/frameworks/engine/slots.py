"""One clip slot and one scene under a controller's buttons."""

from __future__ import annotations

from typing import Any, Dict, List

from .live import Live, liveobj_valid
from .places import PlacedComponent, is_momentary, takes

SLOT_EVENTS = ("has_clip", "playing_status", "color", "has_stop_button", "is_triggered")
CLIP_EVENTS = ("playing_status", "color", "is_recording")


def fire(launched: Any, pressed: bool, button: Any) -> None:
    """Launch a clip, slot or scene as its launch mode says, with a button that may tell its release."""
    if is_momentary(button):
        launched.set_fire_button_state(pressed)
    elif pressed:
        launched.fire()


@takes("launch_button", "delete_button", "select_button", "duplicate_button")
class ClipSlotCore(PlacedComponent):
    """Launches, or with a modifier held selects, deletes, duplicates; shows what the slot does.

    `VALUES` is what the launch button shows in each state; None is dark.
    """

    VALUES: Dict[str, Any] = {
        "empty": None,
        "stopped": 0,
        "started": 127,
        "recording": 127,
        "triggered_to_play": 127,
        "triggered_to_record": 127,
        "record_button": None,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._clip_slot: Any = None
        super().__init__(*args, **kwargs)
        self._values = dict(self.VALUES)
        self._slot_slots = [self.register_slot(None, self._slot_changed, event) for event in SLOT_EVENTS]
        self._clip_slots = [self.register_slot(None, self._show_launch_soon, event) for event in CLIP_EVENTS]
        self._track_slot = self.register_slot(None, self._show_launch_soon, "arm")

    # -- what it stands for ------------------------------------------------------------------------------

    @property
    def clip_slot(self) -> Any:
        return self._clip_slot

    def set_clip_slot(self, clip_slot: Any) -> None:
        self._clip_slot = clip_slot if liveobj_valid(clip_slot) else None
        for slot in self._slot_slots:
            slot.subject = self._clip_slot
        track = None if self._clip_slot is None else self._clip_slot.canonical_parent
        self._track_slot.subject = track if track is not None and track.can_be_armed else None
        self._slot_changed()

    def has_clip(self) -> bool:
        return self._clip_slot is not None and bool(self._clip_slot.has_clip)

    def _slot_changed(self) -> None:
        clip = self._clip_slot.clip if self.has_clip() else None
        for slot in self._clip_slots:
            slot.subject = clip
        self.update()

    def _show_launch_soon(self) -> None:
        self._show("launch_button")

    # -- what it shows -----------------------------------------------------------------------------------

    def set_stopped_value(self, value: Any) -> None:
        self._set_value("stopped", value)

    def set_started_value(self, value: Any) -> None:
        self._set_value("started", value)

    def set_recording_value(self, value: Any) -> None:
        self._set_value("recording", value)

    def set_triggered_to_play_value(self, value: Any) -> None:
        self._set_value("triggered_to_play", value)

    def set_triggered_to_record_value(self, value: Any) -> None:
        self._set_value("triggered_to_record", value)

    def set_record_button_value(self, value: Any) -> None:
        self._set_value("record_button", value)

    def _set_value(self, state: str, value: Any) -> None:
        self._values[state] = value
        self._show("launch_button")

    def feedback_value(self) -> Any:
        """What the launch button shows now."""
        slot = self._clip_slot
        if slot is None:
            return None
        if self.has_clip():
            clip = slot.clip
            if clip.is_triggered:
                state = "triggered_to_record" if clip.will_record_on_start else "triggered_to_play"
            elif clip.is_playing:
                state = "recording" if clip.is_recording else "started"
            else:
                state = "stopped"
            return self._values[state]
        if slot.is_triggered:
            record = slot.will_record_on_start
            return self._values["triggered_to_record" if record else "triggered_to_play"]
        track = slot.canonical_parent
        if slot.has_stop_button and track.can_be_armed and track.arm:
            return self._values["record_button"]
        return self._values["empty"]

    def _show_launch(self) -> None:
        self._light("launch_button", self.feedback_value())

    # -- what its buttons do -----------------------------------------------------------------------------

    def _launch_value(self, value: int) -> None:
        if self._clip_slot is None:
            return
        if self._is_held("select_button"):
            if self._pressed("launch_button", value):
                self._do_select_clip(self._clip_slot)
        elif self._is_held("delete_button"):
            if self._pressed("launch_button", value):
                self._do_delete_clip()
        elif self._is_held("duplicate_button"):
            if self._pressed("launch_button", value):
                self._do_duplicate_clip()
        elif value:
            self._on_launch_button_pressed()
        else:
            self._on_launch_button_released()

    def _on_launch_button_pressed(self) -> None:
        self._do_launch_slot()

    def _on_launch_button_released(self) -> None:
        """A clip that plays while its button is held has to hear that it was let go."""
        self._fire(self._clip_slot.clip if self.has_clip() else self._clip_slot, False)

    def _do_launch_slot(self) -> None:
        self._fire(self._clip_slot.clip if self.has_clip() else self._clip_slot, True)
        song = self._live_song
        if song.select_on_launch:
            song.view.highlighted_clip_slot = self._clip_slot

    def _fire(self, launched: Any, pressed: bool) -> None:
        fire(launched, pressed, self._placed.get("launch_button"))

    def _do_select_clip(self, clip_slot: Any) -> None:
        if self._live_song.view.highlighted_clip_slot != clip_slot:
            self._live_song.view.highlighted_clip_slot = clip_slot

    def _do_delete_clip(self) -> None:
        if self.has_clip():
            self._clip_slot.delete_clip()

    def _do_duplicate_clip(self) -> None:
        track = self._clip_slot.canonical_parent
        at = list(track.clip_slots).index(self._clip_slot)
        if self.has_clip():
            track.duplicate_clip_slot(at)


@takes("launch_button", "select_button", "delete_button", "duplicate_button")
class SceneCore(PlacedComponent):
    """A scene's launch button, and a clip slot for each track of the window."""

    VALUES: Dict[str, Any] = {"scene": 0, "triggered": 127, "no_scene": None}
    clip_slot_component_type: Any = ClipSlotCore

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._scene: Any = None
        self._tracks: List[Any] = []
        self._clip_slots: List[Any] = []
        super().__init__(*args, **kwargs)
        self._values = dict(self.VALUES)
        self._triggered_slot = self.register_slot(None, self._show_launch_soon, "is_triggered")

    def _make_slots(self, count: int) -> None:
        for _ in range(count):
            made = self._create_clip_slot()
            if made.canonical_parent is not self:
                self.register_component(made)
            self._clip_slots.append(made)

    def _create_clip_slot(self) -> Any:
        return self.clip_slot_component_type()

    def clip_slot(self, index: int) -> Any:
        return self._clip_slots[index]

    @property
    def scene(self) -> Any:
        return self._scene

    def set_scene(self, scene: Any) -> None:
        self._scene = scene if liveobj_valid(scene) else None
        self._triggered_slot.subject = self._scene
        self._reassign_slots()
        self.update()

    def set_tracks(self, tracks: Any) -> None:
        """The tracks of the window, in order, whose slots of this scene are meant."""
        self._tracks = list(tracks)
        self._reassign_slots()

    def _reassign_slots(self) -> None:
        song = self._live_song
        at = -1 if self._scene is None else list(song.scenes).index(self._scene)
        own = tuple(song.tracks)
        for index, slot in enumerate(self._clip_slots):
            track = self._tracks[index] if index < len(self._tracks) else None
            there = at >= 0 and liveobj_valid(track) and track in own
            slot.set_clip_slot(track.clip_slots[at] if there else None)

    def set_scene_value(self, value: Any) -> None:
        self._set_value("scene", value)

    def set_triggered_value(self, value: Any) -> None:
        self._set_value("triggered", value)

    def set_no_scene_value(self, value: Any) -> None:
        self._set_value("no_scene", value)

    def _set_value(self, state: str, value: Any) -> None:
        self._values[state] = value
        self._show("launch_button")

    def _show_launch_soon(self) -> None:
        self._show("launch_button")

    def _show_launch(self) -> None:
        if self._scene is None:
            state = "no_scene"
        else:
            state = "triggered" if self._scene.is_triggered else "scene"
        self._light("launch_button", self._values[state])

    def _launch_value(self, value: int) -> None:
        if self._scene is None:
            return
        if self._is_held("select_button"):
            if self._pressed("launch_button", value):
                self._do_select_scene(self._scene)
        elif self._is_held("delete_button"):
            if self._pressed("launch_button", value):
                self._do_delete_scene(self._scene)
        elif self._is_held("duplicate_button"):
            if self._pressed("launch_button", value):
                self._do_duplicate_scene(self._scene)
        else:
            self._do_launch_scene(value)

    def _do_launch_scene(self, value: int) -> None:
        fire(self._scene, value != 0, self._placed.get("launch_button"))
        song = self._live_song
        if value and song.select_on_launch:
            song.view.selected_scene = self._scene

    def _do_select_scene(self, scene: Any) -> None:
        self._live_song.view.selected_scene = scene

    def _do_delete_scene(self, scene: Any) -> None:
        """Live refuses to delete the last one; nothing happens then."""
        song = self._live_song
        try:
            song.delete_scene(list(song.scenes).index(scene))
        except RuntimeError:
            pass

    def _do_duplicate_scene(self, scene: Any) -> None:
        song = self._live_song
        try:
            song.duplicate_scene(list(song.scenes).index(scene))
        except (RuntimeError, Live.Base.LimitationError):
            pass
