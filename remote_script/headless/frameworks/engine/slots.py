"""One clip slot and one scene under a controller's buttons."""

from __future__ import annotations

from typing import Any, Dict, List

from .live import Live, liveobj_valid
from .places import PlacedComponent, is_momentary, takes

SLOT_EVENTS = ("has_clip", "playing_status", "color", "has_stop_button", "is_triggered")
CLIP_EVENTS = ("playing_status", "color", "is_recording")
ARM_EVENTS = ("arm", "implicit_arm")


def fire(launched: Any, pressed: bool, button: Any) -> None:
    """Launch a clip, slot or scene by its launch mode, with a button that may send its release."""
    if is_momentary(button):
        launched.set_fire_button_state(pressed)
    elif pressed:
        launched.fire()


class _Shown(PlacedComponent):
    def _set_values(self, values: Dict[str, Any]) -> None:
        """Set the shown value of each state, in attributes such as `_stopped_value`."""
        for state, value in values.items():
            setattr(self, "_%s_value" % state, value)

    def _modified(self, value: int, **calls: Any) -> bool:
        """True while a modifier's button is pressed; a press of the launch button then calls the modifier's action."""
        modifier = next((name for name in calls if self._is_held(name + "_button")), None)
        if modifier is not None and self._pressed("launch_button", value):
            calls[modifier]()
        return modifier is not None


SLOT_SKIN_VALUES = {
    "empty": "Session.ClipEmpty",
    "stopped": "Session.ClipStopped",
    "started": "Session.ClipStarted",
    "recording": "Session.ClipRecording",
    "triggered_to_play": "Session.ClipTriggeredPlay",
    "triggered_to_record": "Session.ClipTriggeredRecord",
    "record_button": "Session.RecordButton",
}
"""The skin's colours of a clip slot, in the first and second generation."""


@takes("launch_button", "delete_button", "select_button", "duplicate_button")
class ClipSlotCore(_Shown):
    """Launches a slot, or with a pressed modifier selects, deletes, duplicates it; shows the state of the slot.

    `VALUES` has the launch button's value in each state (attributes `_stopped_value` and so on); None is dark.
    """

    VALUES: Dict[str, Any] = {
        "empty": None,
        "stopped": 0,
        "started": 127,
        "recording": 120,
        "triggered_to_play": 126,
        "triggered_to_record": 121,
        "record_button": None,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._clip_slot: Any = None
        self._clip_palette: Any = ()
        self._clip_rgb_table: Any = None
        self._set_values(self.VALUES)
        super().__init__(*args, **kwargs)
        self._slot_slots = [self.register_slot(None, self._slot_changed, event) for event in SLOT_EVENTS]
        self._clip_slots = [self.register_slot(None, self._show_launch_soon, event) for event in CLIP_EVENTS]
        self._track_slots = [self.register_slot(None, self._show_launch_soon, event) for event in ARM_EVENTS]

    # -- the slot ----------------------------------------------------------------------------------------

    @property
    def clip_slot(self) -> Any:
        return self._clip_slot

    def set_clip_slot(self, clip_slot: Any) -> None:
        self._clip_slot = clip_slot if liveobj_valid(clip_slot) else None
        for slot in self._slot_slots:
            slot.subject = self._clip_slot
        track = None if self._clip_slot is None else self._clip_slot.canonical_parent
        for slot in self._track_slots:
            slot.subject = track if track is not None and track.can_be_armed else None
        self._slot_changed()

    def has_clip(self) -> bool:
        return self._clip_slot is not None and bool(self._clip_slot.has_clip)

    def _slot_changed(self) -> None:
        self._update_clip_property_slots()
        self.update()

    def _update_clip_property_slots(self) -> None:
        clip = self._clip_slot.clip if self.has_clip() else None
        for slot in self._clip_slots:
            slot.subject = clip

    def _show_launch_soon(self) -> None:
        self._show("launch_button")

    # -- lights ------------------------------------------------------------------------------------------

    def set_clip_palette(self, palette: Any) -> None:
        """Set the table from a clip's colour to the value of a stopped clip."""
        self._stopped_value = None
        self._clip_palette = palette

    def set_clip_rgb_table(self, rgb_table: Any) -> None:
        """Set pairs of (value, colour): a colour that the palette lacks is shown by the nearest of them."""
        self._clip_rgb_table = rgb_table

    def _color_value(self, color: Any) -> Any:
        try:
            return self._clip_palette[color]
        except (KeyError, IndexError, TypeError):
            if self._clip_rgb_table is not None:
                return find_nearest_color(self._clip_rgb_table, color)
            return self._stopped_value

    def _track_is_armed(self, track: Any) -> bool:
        return liveobj_valid(track) and bool(track.can_be_armed and (track.arm or track.implicit_arm))

    def _feedback_value(self) -> Any:
        """The present value of the launch button."""
        slot = self._clip_slot
        if slot is None:
            return None
        shown = slot.clip if self.has_clip() else slot
        if shown.is_triggered:
            record = shown.will_record_on_start
            return self._triggered_to_record_value if record else self._triggered_to_play_value
        if shown.is_playing:
            return self._recording_value if shown.is_recording else self._started_value
        if shown.color is not None:
            return self._color_value(shown.color)
        if getattr(shown, "controls_other_clips", True) and self._stopped_value is not None:
            return self._stopped_value
        armed = slot.has_stop_button and self._track_is_armed(slot.canonical_parent)
        return (
            self._record_button_value
            if armed and self._record_button_value is not None
            else self._empty_value
        )

    def _show_launch(self) -> None:
        value = self._feedback_value()
        self._light("launch_button", None if value == -1 else value)

    # -- buttons -----------------------------------------------------------------------------------------

    def _launch_value(self, value: int) -> None:
        if self._clip_slot is not None and not self._clip_modified(value):
            self._do_launch_clip(value)

    def _clip_modified(self, value: int) -> bool:
        return self._modified(
            value,
            select=lambda: self._do_select_clip(self._clip_slot),
            duplicate=self._do_duplicate_clip,
            delete=self._do_delete_clip,
        )

    def _do_launch_clip(self, value: int) -> None:
        """Send the release to a clip that plays only while its button is pressed."""
        launched = self._clip_slot.clip if self.has_clip() else self._clip_slot
        fire(launched, value != 0, self._launch_button)
        if self._pressed("launch_button", value) and self._live_song.select_on_launch:
            self._show_launched_clip_as_highlighted_clip()

    def _show_launched_clip_as_highlighted_clip(self) -> None:
        self._do_select_clip(self._clip_slot)

    def _do_select_clip(self, clip_slot: Any) -> None:
        if self._live_song.view.highlighted_clip_slot != clip_slot:
            self._live_song.view.highlighted_clip_slot = clip_slot

    def _do_delete_clip(self) -> None:
        if self.has_clip():
            self._clip_slot.delete_clip()

    def _do_duplicate_clip(self) -> None:
        track = self._clip_slot.canonical_parent
        slots = list(track.clip_slots)
        if not self.has_clip():
            return
        try:
            target = track.duplicate_clip_slot(slots.index(self._clip_slot))
        except (RuntimeError, Live.Base.LimitationError):
            return
        self._on_clip_duplicated(self._clip_slot.clip, track.clip_slots[target].clip)

    def _on_clip_duplicated(self, source_clip: Any, destination_clip: Any) -> None:
        """Called after a clip was duplicated; for subclasses."""


def _make_value_setter(state: str) -> None:
    def set_value(self: Any, value: Any) -> None:
        setattr(self, "_%s_value" % state, value)
        self._show("launch_button")

    set_value.__name__ = "set_%s_value" % state
    set_value.__doc__ = "Set the value that the launch button shows in this state."
    for cls in (ClipSlotCore, SceneCore):
        if state in cls.VALUES:
            setattr(cls, set_value.__name__, set_value)


def find_nearest_color(rgb_table: Any, src_hex_color: int) -> Any:
    """The value of the colour (0xRRGGBB) in a table of pairs that is nearest to a colour."""

    def channels(color: int) -> Any:
        return color >> 16 & 255, color >> 8 & 255, color & 255

    wanted = channels(src_hex_color)

    def distance(row: Any) -> int:
        return sum((one - other) ** 2 for one, other in zip(wanted, channels(row[1])))

    return min(rgb_table, key=distance)[0]


@takes("launch_button", "select_button", "delete_button", "duplicate_button")
class SceneCore(_Shown):
    """A scene's launch button, and a clip slot for each track of the window."""

    VALUES: Dict[str, Any] = {"scene": 0, "triggered": 127, "no_scene": None}
    clip_slot_component_type: Any = ClipSlotCore

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._scene: Any = None
        self._tracks: List[Any] = []
        self._clip_slots: List[Any] = []
        self._color_palette: Any = None
        self._color_table: Any = None
        self._set_values(self.VALUES)
        super().__init__(*args, **kwargs)
        self._scene_slots = [
            self.register_slot(None, lambda: self._on_is_triggered_changed(), "is_triggered"),
            self.register_slot(None, lambda: self._on_scene_color_changed(), "color"),
        ]

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
        for slot in self._scene_slots:
            slot.subject = self._scene
        self._reassign_slots()
        self.update()

    def set_tracks(self, tracks: Any) -> None:
        """Set the tracks of the window, in order, whose slots of this scene are shown."""
        self._tracks = list(tracks)
        self._reassign_slots()

    def _reassign_slots(self) -> None:
        song = self._live_song
        scenes = list(song.scenes)
        # A deleted scene is missing in the list until the window is updated.
        at = scenes.index(self._scene) if self._scene in scenes else -1
        own = tuple(song.tracks)
        for index, slot in enumerate(self._clip_slots):
            track = self._tracks[index] if index < len(self._tracks) else None
            there = at >= 0 and liveobj_valid(track) and track in own
            slot.set_clip_slot(track.clip_slots[at] if there else None)

    def set_color_palette(self, palette: Any) -> None:
        """Set the table from a scene's colour to a value."""
        self._scene_value = None
        self._color_palette = palette

    def set_color_table(self, table: Any) -> None:
        """Set pairs of (value, colour), for colours that the palette lacks."""
        self._color_table = table

    def _on_is_triggered_changed(self) -> None:
        self._show("launch_button")

    def _on_scene_color_changed(self) -> None:
        self._show("launch_button")

    def _color_value(self, color: Any) -> Any:
        if self._color_palette is not None and color in self._color_palette:
            return self._color_palette[color]
        return None if self._color_table is None else find_nearest_color(self._color_table, color)

    def _show_launch(self) -> None:
        self._update_launch_button()

    def _update_launch_button(self) -> None:
        value = self._no_scene_value
        if self._scene is not None:
            value = self._triggered_value if self._scene.is_triggered else self._scene_value
            if value is None and self._color_palette is not None:
                value = self._color_value(self._scene.color)
        self._light("launch_button", value)

    def _launch_value(self, value: int) -> None:
        if self._scene is None:
            return
        scene = self._scene
        if not self._modified(
            value,
            select=lambda: self._do_select_scene(scene),
            delete=lambda: self._do_delete_scene(scene),
            duplicate=lambda: self._do_duplicate_scene(scene),
        ):
            self._do_launch_scene(value)

    def _do_launch_scene(self, value: int) -> None:
        fire(self._scene, value != 0, self._placed.get("launch_button"))
        song = self._live_song
        if value and song.select_on_launch:
            song.view.selected_scene = self._scene

    def _do_select_scene(self, scene: Any) -> None:
        self._live_song.view.selected_scene = scene

    def _do_delete_scene(self, scene: Any) -> None:
        """Delete a scene; does nothing for the last scene, which Live keeps."""
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


for _state in (*ClipSlotCore.VALUES, *SceneCore.VALUES):
    _make_value_setter(_state)
