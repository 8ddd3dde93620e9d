"""The session grid of the second generation."""

from __future__ import annotations

from ..engine.dependency import depends
from ..engine.events import EventObject
from ..engine.scrolling import Scrollable
from ..engine.session import NavigationCore, RingCore, SessionCore
from ..engine.slots import SLOT_SKIN_VALUES, ClipSlotCore, SceneCore
from .component import Component


class SessionRingComponent(RingCore, Component):
    """The window that session and mixer follow."""

    def _update_highlight(self):
        self._tell_highlight()

    def _update_track_list(self):
        self.on_track_list_changed()


def _pressed_or_released(self, value):
    pressed = self._pressed("launch_button", value)
    (self._on_launch_button_pressed if pressed else self._on_launch_button_released)()


class ClipSlotComponent(ClipSlotCore, Component):
    """One clip slot under a button."""

    VALUES = SLOT_SKIN_VALUES

    def _launch_value(self, value):
        if self._clip_slot is not None:
            _pressed_or_released(self, value)

    def _on_launch_button_pressed(self):
        if not self._clip_modified(1):
            self._do_launch_clip(True)

    def _on_launch_button_released(self):
        if not self._clip_modified(0):
            self._do_launch_clip(False)

    def _show_launch(self):
        self._update_launch_button_color()

    def _update_launch_button_color(self):
        super()._show_launch()


class SceneComponent(SceneCore, Component):
    """One scene under a button."""

    VALUES = {"scene": "Session.Scene", "triggered": "Session.SceneTriggered", "no_scene": "Session.NoScene"}
    clip_slot_component_type = ClipSlotComponent

    def __init__(self, session_ring=None, *args, **kwargs):
        self._session_ring = session_ring
        super().__init__(*args, **kwargs)

    _launch_value = _pressed_or_released

    def _on_launch_button_pressed(self):
        super()._launch_value(127)

    def _on_launch_button_released(self):
        super()._launch_value(0)


class SessionComponent(SessionCore, Component):
    """`SessionComponent(session_ring=ring)`."""

    scene_component_type = SceneComponent
    clip_slot_component_type = None
    STOP_VALUES = ("Session.StopClipDisabled", "Session.StopClip")

    def __init__(self, session_ring=None, auto_name=False, clip_slot_copy_handler=None, *args, **kwargs):
        super().__init__(session_ring, *args, **kwargs)
        self._stop_clip_triggered_value = "Session.StopClipTriggered"

    def _create_scene(self):
        made = self.scene_component_type(session_ring=self._session_ring)
        if self.clip_slot_component_type is not None:
            made.clip_slot_component_type = self.clip_slot_component_type
        return made


class SessionNavigationComponent(NavigationCore, Component):
    """Buttons that move the ring."""


class SessionRingScroller(Scrollable):
    """Moves a ring: (tracks, scenes) of one step down; a pager moves by a window."""

    step, pages = (0, 0), False

    def __init__(self, session_ring=None, *args, **kwargs):
        self._session_ring = session_ring

    def _delta(self, sign):
        ring, (tracks, scenes) = self._session_ring, self.step
        size = (ring.num_tracks, ring.num_scenes) if self.pages else (1, 1)
        return sign * tracks * size[0], sign * scenes * size[1]

    def can_scroll_up(self):
        ring = self._session_ring
        return (ring.track_offset if self.step[0] else ring.scene_offset) > 0

    def can_scroll_down(self):
        ring = self._session_ring
        tracks, scenes = self._delta(1)
        if tracks:
            return ring.track_offset + tracks < len(ring.tracks_to_use())
        return ring.scene_offset + scenes < len(ring._live_song.scenes)

    def scroll_up(self):
        self.do_scroll_up()

    def scroll_down(self):
        self.do_scroll_down()

    def do_scroll_up(self):
        self._session_ring.move(*self._delta(-1))

    def do_scroll_down(self):
        self._session_ring.move(*self._delta(1))


class SessionRingTrackScroller(SessionRingScroller):
    """Moves the ring by one track."""

    step = (1, 0)


class SessionRingSceneScroller(SessionRingScroller):
    """Moves the ring by one scene."""

    step = (0, 1)


class SessionRingTrackPager(SessionRingTrackScroller):
    """Moves the ring by its width."""

    pages = True


class SessionRingScenePager(SessionRingSceneScroller):
    """Moves the ring by its height."""

    pages = True


for _type in (
    SessionRingTrackScroller,
    SessionRingSceneScroller,
    SessionRingTrackPager,
    SessionRingScenePager,
):
    _what = "track" if _type.step[0] else "scene"
    setattr(SessionNavigationComponent, "%s_%s_type" % (_what, "pager" if _type.pages else "scroller"), _type)


class SessionRingSelectionLinking(EventObject):
    """Moves the ring to the track and scene that `selection_changed_notifier` selects."""

    @depends(song=None)
    def __init__(self, session_ring=None, selection_changed_notifier=None, song=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._session_ring, self._song = session_ring, song
        self.register_slot(selection_changed_notifier, self._on_selection_scrolled, "selection_scrolled")

    def _on_selection_scrolled(self, *event_args):
        ring, view = self._session_ring, self._song.view
        tracks = list(ring.tracks_to_use())
        at = (
            _into(ring.track_offset, ring.num_tracks, _index(tracks, view.selected_track)),
            _into(ring.scene_offset, ring.num_scenes, _index(list(self._song.scenes), view.selected_scene)),
        )
        ring.set_offsets(*at)


def _index(items, item):
    return next((at for at, candidate in enumerate(items) if candidate == item), None)


def _into(offset, size, index):
    if index is None or offset <= index < offset + size:
        return offset
    return index if index < offset else index - size + 1


def is_button_pressed(button):
    return button is not None and bool(
        button.is_pressed() if callable(button.is_pressed) else button.is_pressed
    )
