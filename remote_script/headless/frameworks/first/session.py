"""A window of the session grid under a matrix of buttons."""

from __future__ import annotations

from functools import partial

from ..engine.events import listens
from ..engine.places import takes
from ..engine.session import PAGES, RingCore, SessionCore
from ..engine.slots import SLOT_SKIN_VALUES, ClipSlotCore, SceneCore
from ..engine.tools import nop
from .components import CompoundComponent, ControlSurfaceComponent


class ClipSlotComponent(ClipSlotCore, ControlSurfaceComponent):
    """`set_…_value` set the values of its button."""

    @listens("value")
    def _launch_button_value(self, value):
        if self.is_enabled():
            self._launch_value(value)

    def set_launch_button(self, button):
        """Set the button that launches and shows the slot; scripts override the handler of its values."""
        self._put("launch_button", button)
        self._place_slots["launch_button"].subject = None
        self._launch_button_value.subject = button

    def _enable_skinning(self):
        self._set_values(SLOT_SKIN_VALUES)
        self.update()


SCENE_SKIN_VALUES = {
    "scene": "Session.Scene",
    "triggered": "Session.SceneTriggered",
    "no_scene": "Session.NoScene",
}


class SceneComponent(SceneCore, CompoundComponent):
    """`SceneComponent(num_slots, tracks_to_use)`."""

    clip_slot_component_type = ClipSlotComponent

    def __init__(self, num_slots=0, tracks_to_use_callback=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._tracks_to_use_callback = tracks_to_use_callback
        self._track_offset = 0
        self._make_slots(num_slots)

    def set_track_offset(self, offset):
        self._track_offset = offset
        if self._tracks_to_use_callback is not None:
            self.set_tracks(self._tracks_to_use_callback()[offset:])

    def _enable_skinning(self):
        self._set_values(SCENE_SKIN_VALUES)
        for slot in self._clip_slots:
            slot._enable_skinning()
        self.update()


BANK_PLACES = {
    "track_bank_left": ("bank_left", (-1, 0)),
    "track_bank_right": ("bank_right", (1, 0)),
    "scene_bank_up": ("bank_up", (0, -1)),
    "scene_bank_down": ("bank_down", (0, 1)),
    "page_left": ("scroll_page_left", (-2, 0)),
    "page_right": ("scroll_page_right", (2, 0)),
    "page_up": ("scroll_page_up", (0, -2)),
    "page_down": ("scroll_page_down", (0, 2)),
}
"""Bank button → the methods that it calls (`_bank_left`, `_can_bank_left`), its direction (tracks, scenes); 2 means
the window's size."""


class _Ring(RingCore):
    """The session's window; its frame is shown also while the session is off, as behind an overview."""

    shown = True

    def _is_framed(self):
        return self.shown


@takes(*("%s_button" % name for name in BANK_PLACES), *PAGES)
class SessionComponent(SessionCore, CompoundComponent):
    """`SessionComponent(num_tracks, num_scenes)`; event `offset`."""

    __subject_events__ = ("offset",)
    scene_component_type = SceneComponent
    _linked_session_instances: list = []
    _minimal_track_offset = 0
    _minimal_scene_offset = 0

    def __init__(self, num_tracks=0, num_scenes=0, auto_name=False, enable_skinning=False, *args, **kwargs):
        self._highlighting_callback = nop
        self._mixer = None
        ring = _Ring(num_tracks, num_scenes, self._tell_highlight, lambda: self.tracks_to_use())
        self._window = (num_tracks, num_scenes)
        super().__init__(ring, *args, **kwargs)
        self.register_component(ring)
        self.register_slot(ring, self._moved, "offset")
        if enable_skinning:
            self._enable_skinning()

    def _create_scene(self):
        return self.scene_component_type(0, self.tracks_to_use)

    def _enable_skinning(self):
        self._stop_clip_disabled_value, self._stop_clip_value = "Session.StopClipDisabled", "Session.StopClip"
        self._stop_clip_triggered_value = "Session.StopClipTriggered"
        for scene in [*self._scenes, self._selected_scene]:
            scene._enable_skinning()

    # -- the window ------------------------------------------------------------------------------------

    def tracks_to_use(self):
        return tuple(self._live_song.visible_tracks) if self._surface is not None else ()

    def width(self):
        return self._window[0]

    def height(self):
        return self._window[1]

    _track_offset = property(lambda self: self.track_offset())
    _scene_offset = property(lambda self: self.scene_offset())
    _num_tracks = property(lambda self: self._window[0])
    _num_scenes = property(lambda self: self._window[1])

    def track_offset(self):
        return self._session_ring.track_offset

    def scene_offset(self):
        return self._session_ring.scene_offset

    def set_offsets(self, track_offset, scene_offset):
        self._session_ring.set_offsets(track_offset, scene_offset)

    def _change_offsets(self, track_increment, scene_increment):
        linked = SessionComponent._linked_session_instances
        for session in linked if self in linked else [self]:
            session._session_ring.move(track_increment, scene_increment)

    def _moved(self, track_offset, scene_offset):
        if self._mixer is not None:
            self._mixer.set_track_offset(track_offset)
        self.notify_offset()
        self.update()

    def set_mixer(self, mixer):
        self._mixer = mixer
        if mixer is not None:
            mixer.set_track_offset(self.track_offset())

    # -- the frame in Live -------------------------------------------------------------------------------

    def set_highlighting_callback(self, callback):
        if callback != self._highlighting_callback:
            self._highlighting_callback = callback or nop
            self._do_show_highlight()

    def _tell_highlight(self, *frame):
        self._highlighting_callback(*frame)

    def _do_show_highlight(self):
        self._session_ring._tell_highlight()

    def set_show_highlight(self, show_highlight):
        self._session_ring.shown = bool(show_highlight)
        self._do_show_highlight()

    # -- buttons -----------------------------------------------------------------------------------------

    def set_track_bank_buttons(self, right_button, left_button):
        self._put("track_bank_right_button", right_button)
        self._put("track_bank_left_button", left_button)

    def set_scene_bank_buttons(self, down_button, up_button):
        self._put("scene_bank_down_button", down_button)
        self._put("scene_bank_up_button", up_button)

    def set_select_buttons(self, next_button, prev_button):
        self._put("next_scene_button", next_button)
        self._put("prev_scene_button", prev_button)

    def _next_scene_value(self, value):
        self._scroll("next_scene_button", value, partial(self._select_scene, 1))

    def _prev_scene_value(self, value):
        self._scroll("prev_scene_button", value, partial(self._select_scene, -1))

    def _select_scene(self, by):
        song = self._live_song
        scenes = list(song.scenes)
        at = scenes.index(song.view.selected_scene) + by
        if 0 <= at < len(scenes):
            song.view.selected_scene = scenes[at]

    def _step(self, direction):
        width, height = self._window
        tracks, scenes = direction
        return {2: width, -2: -width}.get(tracks, tracks), {2: height, -2: -height}.get(scenes, scenes)

    def _can_move(self, direction):
        tracks, scenes = self._step(direction)
        if tracks < 0:
            return self.track_offset() > self._minimal_track_offset
        if scenes < 0:
            return self.scene_offset() > self._minimal_scene_offset
        if tracks > 0:
            return self.track_offset() + tracks < len(self.tracks_to_use())
        return self.scene_offset() + scenes < len(self._live_song.scenes)

    # -- several sessions as one -------------------------------------------------------------------------

    def _link(self):
        SessionComponent._linked_session_instances.append(self)

    def _is_linked(self):
        return self in SessionComponent._linked_session_instances

    def _unlink(self):
        if self in SessionComponent._linked_session_instances:
            SessionComponent._linked_session_instances.remove(self)

    def disconnect(self):
        self._unlink()
        super().disconnect()


def _make_bank(name, method, direction):
    place = "%s_button" % name

    def pressed(self, value):
        def step():
            if getattr(self, "_can_" + method)():
                getattr(self, "_" + method)()

        self._scroll(place, value, step)

    def show(self):
        self._light(place, getattr(self, "_can_" + method)())

    setattr(SessionComponent, "_%s_value" % name, pressed)
    setattr(SessionComponent, "_show_%s" % name, show)
    setattr(SessionComponent, "_" + method, lambda self: self._change_offsets(*self._step(direction)))
    setattr(SessionComponent, "_can_" + method, lambda self: self._can_move(direction))


for _name, (_method, _direction) in BANK_PLACES.items():
    _make_bank(_name, _method, _direction)
SessionComponent.PLACES += ("next_scene_button", "prev_scene_button")
