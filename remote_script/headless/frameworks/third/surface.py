"""Surfaces made from a specification, components, controls."""

from __future__ import annotations

from ..engine.device import DeviceProviderCore
from ..engine.device_banks import BANK_DEFINITIONS
from ..engine.identity import IdentifiedSurface
from ..engine.midi import SYSEX_IDENTITY_REQUEST_MESSAGE
from ..engine.skin import Skin
from ..second import surface
from .component_map import ComponentMap
from .components import (
    AutoArmComponent,
    InstrumentFinderComponent,
    SessionRingComponent,
    TargetTrackComponent,
)
from .display import DISCONNECT_EVENT, INIT_EVENT, Display, DisplaySpecification, Notifications, Renderable
from .elements_base import ElementsBase
from .mappings import carry_out
from .skin import create_skin, default_skin

LOW_PRIORITY, HIGH_PRIORITY, M4L_PRIORITY = -1, 1, 2


class ControlSurfaceSpecification:
    """The parts of a surface; a script derives its specification from this class and sets attributes."""

    elements_type = ElementsBase
    control_surface_skin = default_skin
    num_tracks = 8
    num_scenes = 1
    include_returns = False
    include_master = False
    include_auto_arming = False
    right_align_non_player_tracks = False
    link_session_ring_to_track_selection = False
    link_session_ring_to_scene_selection = False
    snap_track_offset = False
    parameter_bank_size = 8
    parameter_bank_definitions = BANK_DEFINITIONS
    continuous_parameter_sensitivity = 1.0
    quantized_parameter_sensitivity = 0.1
    component_map = {}
    device_provider_type = DeviceProviderCore
    session_ring_component_type = SessionRingComponent
    target_track_component_type = TargetTrackComponent
    auto_arm_component_type = AutoArmComponent
    recording_method_type = None
    background_priority = LOW_PRIORITY
    display_specification = DisplaySpecification()
    create_mappings_function = None
    feedback_channels = None
    playing_feedback_velocity = 127
    recording_feedback_velocity = 127
    identity_request = SYSEX_IDENTITY_REQUEST_MESSAGE
    identity_request_delay = 0.0
    identity_response_id_bytes = None
    custom_identity_response = None
    hello_messages = None
    goodbye_messages = None
    send_goodbye_messages_last = True


class ControlSurface(IdentifiedSurface, surface.ControlSurface):
    """`ControlSurface(specification, c_instance=…)` creates the specification's controls, components and mappings.

    With `identity_response_id_bytes` the surface starts only after the controller's reply. `component_map` and
    `elements` have the components and elements.
    """

    display = None

    def __init__(self, specification=None, c_instance=None, *args, **kwargs):
        self.specification = specification = specification or ControlSurfaceSpecification
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
            display=lambda: self.display or self,
            notifications=lambda: specification.display_specification.notifications or Notifications,
        )
        self._injection.update(**self._get_additional_dependencies())
        with self.component_guard():
            self.elements = specification.elements_type()
        with self.component_guard():
            self._session_ring = specification.session_ring_component_type(
                num_tracks=specification.num_tracks,
                num_scenes=specification.num_scenes,
                include_returns=specification.include_returns,
                include_master=specification.include_master,
                snap_track_offset=specification.snap_track_offset,
            )
            self._target_track = specification.target_track_component_type(name="Target_Track")
            self.register_slot(
                self._target_track,
                lambda *_: self.target_track_changed(self._target_track.target_track),
                "target_track",
            )
            self._auto_arm = None
            if specification.include_auto_arming:
                self._auto_arm = specification.auto_arm_component_type(is_enabled=False)
            self._instrument_finder = InstrumentFinderComponent(is_enabled=False)
            self.component_map = ComponentMap(specification, self._session_ring, self._target_track)
            for name in specification.component_map:
                self.component_map[name]
            mappings = self._mappings()
            carry_out(self.component_map, mappings)
            self.setup()
        self._start_display()
        with self.component_guard():
            self.register_slot(self._instrument_finder, self._tell_instruments, "instrument")
        if self._identified:
            self._say(specification.hello_messages)
            self._connected(True)

    def _get_additional_dependencies(self):
        return {}

    def _start_display(self):
        wanted = self.specification.display_specification
        if wanted.create_root_view is not None and wanted.protocol is not None:
            self.display = Display(wanted, self.renderable_components, self.elements)
            self.react(INIT_EVENT)

    @property
    def renderable_components(self):
        return [component for component in self._components if isinstance(component, Renderable)]

    def react(self, event):
        if self.display is not None:
            self.display.react(event)

    def update_display(self):
        super().update_display()
        if self.display is not None:
            with self.component_guard():
                self.display.tick()

    def _connected(self, connected):
        if self.display is not None:
            self.display.state.connected = connected
            self.display.clear_content_cache()
            self.display.render_and_update_display()
        if self._auto_arm is not None:
            self._auto_arm.set_enabled(connected)
        self.identification_state_changed(connected)

    def identification_state_changed(self, state):
        """Called with True when the controller is identified, with False before; for subclasses."""

    def _tell_instruments(self):
        self.drum_group_changed(self._instrument_finder.drum_group)
        self.sliced_simpler_changed(self._instrument_finder.sliced_simpler)

    def drum_group_changed(self, drum_group):
        """Called with the drum rack of the target track; for subclasses."""

    def sliced_simpler_changed(self, sliced_simpler):
        """Called with the sliced Simpler of the target track; for subclasses."""

    def target_track_changed(self, target_track):
        """Called with the target track; for subclasses."""

    def set_can_auto_arm(self, can_auto_arm):
        if self._auto_arm is not None:
            self._auto_arm.set_enabled(can_auto_arm)

    def set_can_update_controlled_track(self, can_update):
        self._can_update_controlled_track = can_update
        if can_update:
            self.set_controlled_track(self._target_track.target_track)

    def restore_bank(self, bank_index):
        device = self._device_provider.device
        if device is not None:
            self._device_bank_registry.set_device_bank(device, bank_index)

    @staticmethod
    def mxd_grab_control_priority():
        return M4L_PRIORITY

    def _mappings(self):
        # A function in a class would become a method. Scripts pass the class or an instance.
        specification = self.specification
        for cls in (specification if isinstance(specification, type) else type(specification)).__mro__:
            made = vars(cls).get("create_mappings_function")
            if made is not None:
                return getattr(made, "__func__", made)(self)
        return {}

    @property
    def session_ring(self):
        return self._session_ring

    @property
    def target_track(self):
        return self._target_track

    def setup(self):
        """Called once when controls and components exist; for subclasses."""

    def on_identified(self, response_bytes):
        self._say(self.specification.hello_messages)

    def _identified_by(self, midi_bytes):
        self.on_identified(midi_bytes)
        self._connected(True)

    def _say(self, messages):
        for message in messages or ():
            self._send_midi(message)

    def disconnect(self):
        if self.display is not None:
            self.display.state.connected = False
            self.react(DISCONNECT_EVENT)
            self.display = None
        if not self.specification.send_goodbye_messages_last:
            self._say(self.specification.goodbye_messages)
        super().disconnect()
        if self.specification.send_goodbye_messages_last:
            self._say(self.specification.goodbye_messages)


DEFAULT_BANK_SIZE = 8


def create_control_surface(name=None, specification=None, c_instance=None):
    return type(name or "ControlSurface", (ControlSurface,), {})(specification, c_instance)
