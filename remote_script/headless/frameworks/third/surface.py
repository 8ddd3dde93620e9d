"""Surfaces made from a specification, components, controls."""

from __future__ import annotations

from ..engine.identity import IdentifiedSurface
from ..engine.midi import SYSEX_IDENTITY_REQUEST_MESSAGE
from ..engine.skin import Skin
from ..second import surface
from ..second.components import TargetTrackComponent
from ..second.session import SessionRingComponent
from .component_map import ComponentMap
from .elements_base import ElementsBase
from .mappings import carry_out
from .skin import create_skin, default_skin


class ControlSurfaceSpecification:
    """What a surface is made of; a script's own derives from it and sets what it needs."""

    elements_type = ElementsBase
    control_surface_skin = default_skin
    num_tracks = 8
    num_scenes = 0
    include_returns = False
    include_master = False
    include_auto_arming = False
    right_align_non_player_tracks = False
    link_session_ring_to_track_selection = False
    link_session_ring_to_scene_selection = False
    snap_track_offset = False
    parameter_bank_size = 8
    component_map = {}
    create_mappings_function = None
    feedback_channels = None
    playing_feedback_velocity = 0
    recording_feedback_velocity = 0
    identity_request = SYSEX_IDENTITY_REQUEST_MESSAGE
    identity_request_delay = 0.0
    identity_response_id_bytes = None
    hello_messages = None
    goodbye_messages = None
    send_goodbye_messages_last = False


class ControlSurface(IdentifiedSurface, surface.ControlSurface):
    """`ControlSurface(specification, c_instance=…)` makes the specification's controls, components and mappings.

    With `identity_response_id_bytes` it says hello only when the controller has answered. Components and elements are
    also found in `component_map` and `elements`.
    """

    def __init__(self, specification=ControlSurfaceSpecification, c_instance=None, *args, **kwargs):
        self.specification = specification
        self._model_id_bytes = tuple(specification.identity_response_id_bytes or ())
        self.identity_request = specification.identity_request
        super().__init__(c_instance)
        if not self._model_id_bytes:
            self._asking.kill()
            self._identified = True
        skin = specification.control_surface_skin
        self._skin = skin if isinstance(skin, Skin) else create_skin(skin)
        self._injection.update(
            skin=lambda: self._skin,
            session_ring=lambda: self._session_ring,
            target_track=lambda: self._target_track,
            component_map=lambda: self.component_map,
        )
        with self.component_guard():
            self.elements = specification.elements_type()
        with self.component_guard():
            self._session_ring = SessionRingComponent(
                num_tracks=specification.num_tracks,
                num_scenes=specification.num_scenes,
                tracks_to_use=self._tracks_to_use,
                name="Session_Ring",
            )
            self._target_track = TargetTrackComponent(name="Target_Track")
            self.component_map = ComponentMap(specification, self._session_ring, self._target_track)
            for name in specification.component_map:
                self.component_map[name]
            mappings = self._mappings()
            carry_out(self.component_map, mappings)
            self.setup()
        if self._identified:
            self._say(specification.hello_messages)

    def _tracks_to_use(self):
        song, wanted = self._live_song, self.specification
        tracks = tuple(song.visible_tracks)
        if wanted.include_returns:
            tracks += tuple(song.return_tracks)
        return tracks + ((song.master_track,) if wanted.include_master else ())

    def _mappings(self):
        # A function in a class would become a method of it. Scripts give the class or an instance.
        given = self.specification
        for cls in (given if isinstance(given, type) else type(given)).__mro__:
            made = vars(cls).get("create_mappings_function")
            if made is not None:
                return getattr(made, "__func__", made)(self)
        return {}

    @property
    def session_ring(self):
        """The window that session and mixer follow."""
        return self._session_ring

    @property
    def target_track(self):
        """The track that others work on."""
        return self._target_track

    def setup(self):
        """For a subclass: called once when controls and components are there."""

    def on_identified(self, response_bytes):
        """The controller has answered."""
        self._say(self.specification.hello_messages)

    def _identified_by(self, midi_bytes):
        self.on_identified(midi_bytes)

    def _say(self, messages):
        for message in messages or ():
            self._send_midi(message)

    def disconnect(self):
        """Live switches the script off."""
        if not self.specification.send_goodbye_messages_last:
            self._say(self.specification.goodbye_messages)
        super().disconnect()
        if self.specification.send_goodbye_messages_last:
            self._say(self.specification.goodbye_messages)


DEFAULT_BANK_SIZE = 8
