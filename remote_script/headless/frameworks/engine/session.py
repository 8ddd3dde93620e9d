"""The session grid: a window of tracks and scenes (the ring), and the components that move and use the window."""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Tuple

from .component import ComponentCore
from .events import SlotGroup
from .live import liveobj_valid
from .places import PlacedComponent, elements_in, handles, is_momentary, light, takes
from .slots import SceneCore


class RingCore(ComponentCore):
    """A window of `num_tracks` × `num_scenes`; Live shows it as a coloured frame while it is enabled.

    Events: `offset` (track_offset, scene_offset), `tracks`.
    """

    __events__ = ("offset", "tracks")

    def __init__(
        self,
        num_tracks: int = 0,
        num_scenes: int = 0,
        set_session_highlight: Optional[Callable[..., Any]] = None,
        tracks_to_use: Optional[Callable[[], Any]] = None,
        always_snap_track_offset: bool = False,
        include_returns: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self._size = (int(num_tracks), int(num_scenes))
        self._at = (0, 0)
        self._tracks_source = tracks_to_use
        self._highlight = set_session_highlight
        self._include_returns = bool(include_returns)
        self._snaps = bool(always_snap_track_offset)
        self._tracks_seen: Tuple[Any, ...] = ()
        super().__init__(*args, **kwargs)
        self._tracks_seen = self.tracks_to_use()
        self._tell_highlight()

    def tracks_to_use(self) -> Tuple[Any, ...]:
        """All tracks over which the window moves."""
        if self._tracks_source is not None:
            return tuple(self._tracks_source())
        song = self._live_song
        return tuple(song.visible_tracks) + (tuple(song.return_tracks) if self._include_returns else tuple())

    @property
    def num_tracks(self) -> int:
        return self._size[0]

    @property
    def num_scenes(self) -> int:
        return self._size[1]

    @property
    def track_offset(self) -> int:
        return self._at[0]

    @track_offset.setter
    def track_offset(self, offset: int) -> None:
        self.set_offsets(offset, self._at[1])

    @property
    def scene_offset(self) -> int:
        return self._at[1]

    @scene_offset.setter
    def scene_offset(self, offset: int) -> None:
        self.set_offsets(self._at[0], offset)

    @property
    def tracks(self) -> List[Any]:
        """A track or None for each column."""
        tracks = self.tracks_to_use()[self._at[0] : self._at[0] + self._size[0]]
        return list(tracks) + [None] * (self._size[0] - len(tracks))

    @property
    def scenes(self) -> List[Any]:
        scenes = tuple(self._live_song.scenes)[self._at[1] : self._at[1] + self._size[1]]
        return list(scenes) + [None] * (self._size[1] - len(scenes))

    def controlled_tracks(self) -> List[Any]:
        return [track for track in self.tracks if track is not None]

    def set_offsets(self, track_offset: int, scene_offset: int) -> None:
        """Move the window. AssertionError for an offset below 0; an offset after the end is reduced to the end."""
        assert min(track_offset, scene_offset) >= 0, "offsets must be 0 or more, got %d, %d" % (
            track_offset,
            scene_offset,
        )
        if self._snaps:
            track_offset -= track_offset % max(1, self._size[0])
        tracks, scenes = len(self.tracks_to_use()), len(self._live_song.scenes)
        at = (min(track_offset, max(0, tracks - 1)), min(scene_offset, max(0, scenes - 1)))
        if at != self._at:
            self._at = at
            self._tell_highlight()
            self.notify_offset(*at)
            self.notify_tracks()

    def move(self, tracks: int, scenes: int) -> None:
        self.set_offsets(max(0, self._at[0] + tracks), max(0, self._at[1] + scenes))

    def _is_framed(self) -> bool:
        return self.is_enabled()

    def _tell_highlight(self) -> None:
        tell = self._highlight or self._surface.set_session_highlight
        if self._is_framed() and self._size[0]:
            tell(self._at[0], self._at[1], self._size[0], self._size[1], self._include_returns)
        else:
            tell(-1, -1, -1, -1, self._include_returns)

    def on_enabled_changed(self) -> None:
        super().on_enabled_changed()
        self._tell_highlight()

    def on_track_list_changed(self) -> None:
        tracks = self.tracks_to_use()
        if tracks != self._tracks_seen:
            self._tracks_seen = tracks
            self.set_offsets(*self._at)
            self.notify_tracks()

    def on_scene_list_changed(self) -> None:
        self.set_offsets(*self._at)
        self.notify_offset(*self._at)


MOVES = {
    "up_button": (0, -1),
    "down_button": (0, 1),
    "left_button": (-1, 0),
    "right_button": (1, 0),
    "page_up_button": (0, -2),
    "page_down_button": (0, 2),
    "page_left_button": (-2, 0),
    "page_right_button": (2, 0),
}
"""Navigation button → its direction (tracks, scenes); 2 means a whole window."""
PAGES = tuple("page_%s_button:page_%s_button" % (side, side) for side in ("up", "down", "left", "right"))
"""Places whose setter parameter has another name."""


@takes(*MOVES, *PAGES)
class NavigationCore(PlacedComponent):
    """Buttons that move a ring by one or by its size, lit while the ring can move in their direction."""

    snap_track_offset = False

    def __init__(self, session_ring: Any = None, *args: Any, **kwargs: Any) -> None:
        self._session_ring = session_ring
        super().__init__(*args, **kwargs)
        for event in ("offset", "tracks"):
            self.register_slot(session_ring, lambda *event_args: self.update(), event)

    def _step(self, name: str) -> Tuple[int, int]:
        ring = self._session_ring
        tracks, scenes = MOVES[name]
        if abs(tracks) == 2:
            width = ring.num_tracks
            past = ring.track_offset % width if self.snap_track_offset else 0
            tracks = width - past if tracks > 0 else -(past or width)
        if abs(scenes) == 2:
            scenes = ring.num_scenes if scenes > 0 else -ring.num_scenes
        return tracks, scenes

    def can_move(self, name: str) -> bool:
        """True when the button can move the ring."""
        ring = self._session_ring
        tracks, scenes = self._step(name)
        if tracks < 0:
            return bool(ring.track_offset > 0)
        if scenes < 0:
            return bool(ring.scene_offset > 0)
        if tracks > 0:
            return bool(ring.track_offset + tracks < len(ring.tracks_to_use()))
        return bool(ring.scene_offset + scenes < len(self._live_song.scenes))

    def _go(self, name: str) -> None:
        if self.can_move(name):
            self._session_ring.move(*self._step(name))

    def _move_value(self, name: str, value: int) -> None:
        self._scroll(name, value, lambda: self._go(name))

    def _show_move(self, name: str) -> None:
        self._light(name, self.can_move(name))


handles(NavigationCore, MOVES, NavigationCore._move_value, NavigationCore._show_move)


@takes("stop_all_clips_button", "select_button", "delete_button", "duplicate_button")
class SessionCore(PlacedComponent):
    """The clips in a ring's window: launch buttons, scene launch buttons, stop buttons."""

    scene_component_type: Any = SceneCore
    STOP_VALUES = (None, 127)
    """The values of a track's stop button: without and with a playing clip."""

    def __init__(self, session_ring: Any = None, *args: Any, **kwargs: Any) -> None:
        self._session_ring = session_ring
        self._scenes: List[Any] = []
        self._stop_track_clip_buttons: List[Any] = []
        super().__init__(*args, **kwargs)
        self._stop_clip_disabled_value, self._stop_clip_value = self.STOP_VALUES
        self._stop_clip_triggered_value: Any = self._stop_clip_value
        self._stop_slots = self._group("_on_stop_track_value", "value")
        for index in range(session_ring.num_scenes):
            self._scenes.append(self._make_scene("Scene_%d" % index))
        self._selected_scene = self._make_scene("Selected_Scene")
        self._track_slots = [self._group("_on_%s_changed" % event, event) for event in TRACK_EVENTS]
        for event in ("offset", "tracks"):
            self.register_slot(session_ring, self._ring_moved, event)
        self._reassign()

    def _group(self, method: str, event: str) -> Any:
        return self.register_disconnectable(
            SlotGroup(listener=lambda *event_args: getattr(self, method)(*event_args), event_name=event)
        )

    def _create_scene(self) -> Any:
        return self.scene_component_type()

    def _make_scene(self, name: str) -> Any:
        made = self._create_scene()
        if made.canonical_parent is not self:
            self.register_component(made)
        made.name = made.name or name
        made._make_slots(self._session_ring.num_tracks)
        return made

    def scene(self, index: int) -> Any:
        return self._scenes[index]

    def selected_scene(self) -> Any:
        return self._selected_scene

    # -- the window --------------------------------------------------------------------------------------

    def _ring_moved(self, *_event_args: Any) -> None:
        self._reassign()

    def _reassign(self) -> None:
        self._reassign_tracks()
        self._reassign_scenes()

    def _reassign_tracks(self) -> None:
        """Called when the window's tracks changed."""
        tracks = self._session_ring.tracks
        for component in (*self._scenes, self._selected_scene):
            component._tracks = tracks
            component._reassign_slots()
        own = tuple(self._live_song.tracks)
        heard = [
            (track, index) for index, track in enumerate(tracks) if liveobj_valid(track) and track in own
        ]
        for group in self._track_slots:
            group.replace_subjects([track for track, _ in heard], [index for _, index in heard])
        self._update_stop_track_clip_buttons()

    def _reassign_scenes(self) -> None:
        """Called when the window's scenes changed."""
        scenes = self._session_ring.scenes
        for index, component in enumerate(self._scenes):
            component.set_scene(scenes[index] if index < len(scenes) else None)
        self._selected_scene.set_scene(self._live_song.view.selected_scene)

    def set_rgb_mode(self, color_palette: Any, color_table: Any, clip_slots_only: bool = False) -> None:
        """Show the clips' and scenes' colours: see `set_clip_palette` and `set_clip_rgb_table`."""
        for scene in self._scenes:
            if not clip_slots_only:
                scene.set_color_palette(color_palette)
                scene.set_color_table(color_table)
            for slot in scene._clip_slots:
                slot.set_clip_palette(color_palette)
                slot.set_clip_rgb_table(color_table)
        self._reassign()

    def on_selected_scene_changed(self) -> None:
        self._selected_scene.set_scene(self._live_song.view.selected_scene)

    def on_scene_list_changed(self) -> None:
        self._reassign()

    def on_track_list_changed(self) -> None:
        self._reassign()

    # -- buttons -----------------------------------------------------------------------------------------

    def set_clip_launch_buttons(self, buttons: Any) -> None:
        """Set a matrix of launch buttons: rows are scenes, columns are tracks."""
        grid = {} if buttons is None else {where: button for button, where in buttons.iterbuttons()}
        for row, scene in enumerate(self._scenes):
            for column in range(self._session_ring.num_tracks):
                scene.clip_slot(column).set_launch_button(grid.get((column, row)))

    def set_scene_launch_buttons(self, buttons: Any) -> None:
        elements = elements_in(buttons)
        for index, scene in enumerate(self._scenes):
            scene.set_launch_button(elements[index] if index < len(elements) else None)

    def set_modifier_button(self, button: Any, name: str, clip_slots_only: bool = False) -> None:
        """Set the button that is pressed with a launch button to "select", "delete" or "duplicate"."""
        for scene in self._scenes:
            if not clip_slots_only:
                getattr(scene, "set_%s_button" % name)(button)
            for slot in scene._clip_slots:
                getattr(slot, "set_%s_button" % name)(button)

    def set_select_button(self, button: Any) -> None:
        self.set_modifier_button(button, "select")

    def set_delete_button(self, button: Any) -> None:
        self.set_modifier_button(button, "delete")

    def set_duplicate_button(self, button: Any) -> None:
        self.set_modifier_button(button, "duplicate")

    def _stop_all_clips_value(self, value: int) -> None:
        if self._pressed("stop_all_clips_button", value):
            self._live_song.stop_all_clips()

    def _show_stop_all_clips(self) -> None:
        self._update_stop_all_clips_button()

    def _update_stop_all_clips_button(self) -> None:
        self._light("stop_all_clips_button", False)

    def set_stop_track_clip_buttons(self, buttons: Any) -> None:
        """Set one stop button for each track of the window."""
        for button in self._stop_track_clip_buttons or ():
            if button is not None:
                button.reset()
        self._stop_track_clip_buttons = elements_in(buttons)
        self._stop_slots.replace_subjects(
            [button for button in self._stop_track_clip_buttons if button is not None]
        )
        self._update_stop_track_clip_buttons()

    def _on_stop_track_value(self, value: int, button: Any) -> None:
        index, tracks = self._stop_track_clip_buttons.index(button), self._session_ring.tracks
        if not self.is_enabled() or index >= len(tracks) or not liveobj_valid(tracks[index]):
            return
        if (value or not is_momentary(button)) and tracks[index] in tuple(self._live_song.tracks):
            tracks[index].stop_all_clips()

    def set_stop_clip_value(self, value: Any) -> None:
        """Set the value of a stop button for a track with a playing clip."""
        self._stop_clip_value = value
        self._update_stop_track_clip_buttons()

    set_stop_track_clip_value = set_stop_clip_value

    def set_stop_clip_triggered_value(self, value: Any) -> None:
        """Set the value of a stop button while the track is about to stop."""
        self._stop_clip_triggered_value = value
        self._update_stop_track_clip_buttons()

    def _on_fired_slot_index_changed(self, track_index: int) -> None:
        self._update_stop_clips_led(track_index)

    def _on_playing_slot_index_changed(self, track_index: int) -> None:
        self._update_stop_clips_led(track_index)

    def _update_stop_track_clip_buttons(self) -> None:
        if self.is_enabled():
            for index in range(len(self._stop_track_clip_buttons)):
                self._update_stop_clips_led(index)

    def _update_stop_clips_led(self, index: int) -> None:
        """Light the stop button of one track of the window."""
        if not self.is_enabled() or index >= len(self._stop_track_clip_buttons):
            return
        tracks = self._session_ring.tracks
        track = tracks[index] if index < len(tracks) else None
        shown = self._stop_clip_disabled_value
        if liveobj_valid(track) and track in tuple(self._live_song.tracks):
            if track.fired_slot_index == -2:
                shown = self._stop_clip_triggered_value
            elif track.playing_slot_index >= 0:
                shown = self._stop_clip_value
        light(self._stop_track_clip_buttons[index], shown)

    def update(self) -> None:
        super().update()
        self._update_stop_track_clip_buttons()


TRACK_EVENTS = ("fired_slot_index", "playing_slot_index")
