"""A control surface: connects Live's calls with a script's components, controls and tasks.

`schedule_message` counts delays exactly as Live does (see there). All code that may call Live runs inside
`component_guard`, which injects the surface into the objects created there, and requests a new MIDI map once at its
end.
"""

from __future__ import annotations

import builtins
import traceback
from contextlib import contextmanager
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, Tuple

from .dependency import Injection
from .elements import InputControlElement
from .events import EventObject
from .live import Live, application, device_to_appoint, liveobj_valid
from .midi import MIDI_CC_TYPE, MIDI_NOTE_TYPE, MIDI_PB_TYPE, MODE_NAMES, STATUS, is_sysex
from .tasks import TaskGroup, delay, run, sequence

TIMER_DELAY = 0.1
"""Seconds between two updates of the display, as the tasks count them."""


def registered() -> List[Any]:
    """The list of all surfaces, through which Live's scripts find each other."""
    surfaces: Any = builtins.__dict__.setdefault("control_surfaces", [])
    return surfaces


class SurfaceCore(EventObject):
    """The base of the three generations' ControlSurface.

    Args:
      c_instance: The argument of `create_instance`.
      publish_self: True to let other scripts find the surface.
    """

    def __init__(self, c_instance: Any = None, publish_self: bool = True, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        if c_instance is None:
            raise ValueError("a ControlSurface needs the c_instance that create_instance got")
        self._c_instance = c_instance
        self.canonical_parent: Any = None
        self.controls: List[Any] = []
        self._components: List[Any] = []
        self._task_group = TaskGroup(auto_kill=False)
        self._in_tick = False
        self._guards = 0
        self._suppressed = 0
        self._rebuild_wanted = False
        self._pad_translations: Any = None
        self._suggested_input_port = ""
        self._suggested_output_port = ""
        self._injection = Injection(
            {
                "control_surface": lambda: self,
                "log_error": lambda: self._log_error,
                "register_component": lambda: self.register_component,
                "register_control": lambda: self.register_control,
                "send_midi": lambda: self._send_midi,
                "request_rebuild_midi_map": lambda: self.request_rebuild_midi_map,
                "set_pad_translations": lambda: self.set_pad_translations,
                "song": lambda: self.song,
                "show_message": lambda: self.show_message,
                "log_message": lambda: self.log_message,
                "schedule_message": lambda: self.schedule_message,
                "parent_task_group": lambda: self._task_group,
            }
        )
        self._device_component: Any = None
        if publish_self:
            registered().append(self)
        song = c_instance.song()
        for subject, event, listener in (
            (song, "visible_tracks", self._on_track_list_changed),
            (song, "scenes", self._on_scene_list_changed),
            (song.view, "selected_track", self._on_selected_track_changed),
            (song.view, "selected_scene", self._on_selected_scene_changed),
        ):
            self.register_slot(subject, listener, event)

    # -- Live ----------------------------------------------------------------------------------------

    @property
    def _live_song(self) -> Any:
        return self._c_instance.song()

    def _live_application(self) -> Any:
        return application()

    def log_message(self, *messages: Any) -> None:
        """Write a line to Live's Log.txt."""
        self._c_instance.log_message(" ".join(map(str, messages)))

    def show_message(self, message: Any) -> None:
        """Show a line in Live's status bar."""
        self._c_instance.show_message(str(message))

    def _log_error(self, text: str) -> None:
        for line in [text, *traceback.format_exc().rstrip().splitlines()]:
            self._c_instance.log_message(line)

    def instance_identifier(self) -> int:
        return int(self._c_instance.instance_identifier())

    def _do_send_midi(self, midi_event_bytes: Any) -> bool:
        return bool(self._c_instance.send_midi(tuple(midi_event_bytes)))

    def _send_midi(self, midi_event_bytes: Any, optimized: bool = True) -> bool:
        """Send MIDI to the controller; all messages of the script go through this method."""
        return self._do_send_midi(midi_event_bytes)

    def set_suppress_rebuild_requests(self, suppress_requests: bool) -> None:
        """Delay new MIDI maps; old scripts call this before and after their set-up, to get one map at the end."""
        self._suppressed = max(0, self._suppressed + (1 if suppress_requests else -1))
        if not self._suppressed and self._rebuild_wanted and not self._guards:
            self._rebuild_wanted = False
            self._c_instance.request_rebuild_midi_map()

    _set_suppress_rebuild_requests = set_suppress_rebuild_requests

    @contextmanager
    def suppressing_rebuild_requests(self) -> Iterator[None]:
        """A block with `set_suppress_rebuild_requests`."""
        self.set_suppress_rebuild_requests(True)
        try:
            yield
        finally:
            self.set_suppress_rebuild_requests(False)

    def request_rebuild_midi_map(self) -> None:
        """Request a new MIDI map: at the end of the guard or of a suppression, otherwise at once."""
        if self._guards or self._suppressed:
            self._rebuild_wanted = True
        else:
            self._c_instance.request_rebuild_midi_map()

    def set_pad_translations(self, pad_translations: Any) -> None:
        self._pad_translations = pad_translations
        self._c_instance.set_pad_translation(pad_translations)

    def set_feedback_channels(self, channels: Any) -> None:
        self._c_instance.set_feedback_channels(channels)

    def set_controlled_track(self, track: Any) -> None:
        if liveobj_valid(track):
            self._c_instance.set_controlled_track(track)
        else:
            self.release_controlled_track()

    def release_controlled_track(self) -> None:
        self._c_instance.release_controlled_track()

    def set_session_highlight(
        self, track_offset: int, scene_offset: int, width: int, height: int, include_return_tracks: bool
    ) -> None:
        """Show the coloured frame in Live's session view; -1 everywhere hides it."""
        self._c_instance.set_session_highlight(
            track_offset, scene_offset, width, height, include_return_tracks
        )

    _set_session_highlight = set_session_highlight

    # -- the guard -----------------------------------------------------------------------------------

    @contextmanager
    def component_guard(self) -> Iterator[None]:
        """A block for creating controls and components; nested guards act as one."""
        with self._injection:
            self._guards += 1
            try:
                yield
            finally:
                self._guards -= 1
                if not self._guards and not self._suppressed and self._rebuild_wanted:
                    self._rebuild_wanted = False
                    self._c_instance.request_rebuild_midi_map()

    _component_guard = component_guard

    def register_component(self, component: Any) -> Any:
        component.canonical_parent = self
        self._components.append(component)
        return component

    _register_component = register_component

    def register_control(self, control: Any) -> Any:
        control.canonical_parent = self
        self.controls.append(control)
        return control

    _register_control = register_control

    @property
    def components(self) -> Tuple[Any, ...]:
        return tuple(self._components)

    @property
    def root_components(self) -> Tuple[Any, ...]:
        return tuple(
            component for component in self._components if component.canonical_parent in (None, self)
        )

    # -- time ----------------------------------------------------------------------------------------

    def schedule_message(
        self, delay_in_ticks: int, callback: Callable[..., Any], parameter: Any = None
    ) -> None:
        """Call `callback`, with `parameter` if that is truthy, some updates of about 100 ms from now.

        Outside an update, 1 is the next update and 0 the update after it; inside an update, n is n updates later and 0
        the same update (as in Live: outside, one is subtracted; a delay of 0 does not wait, any other delay waits one
        more step).
        """
        if not self._in_tick:
            delay_in_ticks -= 1
        call = run(callback, parameter) if parameter else run(callback)
        self._task_group.add(call if delay_in_ticks == 0 else sequence(delay(delay_in_ticks), call))

    def update_display(self) -> None:
        """Live calls this method about every 100 ms."""
        with self.component_guard():
            self._in_tick = True
            try:
                self._task_group.update(TIMER_DELAY)
            finally:
                self._in_tick = False

    # -- MIDI ----------------------------------------------------------------------------------------

    def build_midi_map(self, midi_map_handle: int) -> None:
        with self.component_guard():
            for control in list(self.controls):
                if isinstance(control, InputControlElement):
                    control.install_connections(
                        self._translate_message,
                        partial(self._install_mapping, midi_map_handle),
                        partial(self._install_forwarding, midi_map_handle),
                    )
            if self._pad_translations is not None:
                self._c_instance.set_pad_translation(self._pad_translations)
            self._rebuild_wanted = False

    def _translate_message(
        self, type: int, from_identifier: Any, from_channel: int, to_identifier: Any, to_channel: int
    ) -> None:
        """Translate the messages of a control that is on another channel or number than the hardware sends."""
        if type == MIDI_CC_TYPE:
            self._c_instance.set_cc_translation(from_identifier, from_channel, to_identifier, to_channel)
        elif type == MIDI_NOTE_TYPE:
            self._c_instance.set_note_translation(from_identifier, from_channel, to_identifier, to_channel)

    def _install_mapping(
        self, midi_map_handle: int, control: Any, parameter: Any, feedback_delay: int, feedback_map: Any
    ) -> bool:
        """Let Live move a parameter with a control."""
        midi_map, kind, where = Live.MidiMap, control.message_type(), control.message_channel()
        avoid_takeover = not control.needs_takeover()
        if kind == MIDI_CC_TYPE:
            mode = getattr(midi_map.MapMode, MODE_NAMES[control._map_mode()])
            words = (parameter, where, control.message_identifier(), mode, avoid_takeover)
            midi_map.map_midi_cc(midi_map_handle, *words, float(control.mapping_sensitivity))
        elif kind == MIDI_NOTE_TYPE:
            midi_map.map_midi_note(midi_map_handle, parameter, where, control.message_identifier())
        elif kind == MIDI_PB_TYPE:
            midi_map.map_midi_pitchbend(midi_map_handle, parameter, where, avoid_takeover)
        else:
            return False
        return True

    def _install_forwarding(self, midi_map_handle: int, control: Any) -> bool:
        """Forward a control's messages to `receive_midi`; sysex always arrives."""
        script, midi_map = self._c_instance.handle(), Live.MidiMap
        kind, where = control.message_type(), control.message_channel()
        if kind == MIDI_NOTE_TYPE:
            midi_map.forward_midi_note(script, midi_map_handle, where, control.message_identifier())
        elif kind == MIDI_CC_TYPE:
            midi_map.forward_midi_cc(script, midi_map_handle, where, control.message_identifier())
        elif kind == MIDI_PB_TYPE:
            midi_map.forward_midi_pitchbend(script, midi_map_handle, where)
        return True

    def _registry(self) -> Dict[Tuple[int, ...], Any]:
        """First bytes of messages → their control."""
        return {
            tuple(control.identifier_bytes()): control
            for control in self.controls
            if isinstance(control, InputControlElement) and control.has_message()
        }

    def _control_of(self, message: Tuple[int, ...]) -> Any:
        keys = self._registry()
        if is_sysex(message):
            return next((control for key, control in keys.items() if message[: len(key)] == key), None)
        # A note off counts as its note with velocity 0.
        status = message[0] + 0x10 if message[0] & 0xF0 == 0x80 else message[0]
        return keys.get((status, *message[1:2])) or keys.get((status,))

    def get_recipient_for_nonsysex_midi_message(self, midi_bytes: Any) -> Any:
        """The control that a message belongs to, or None."""
        return self._control_of(tuple(midi_bytes))

    def get_registry_entry_for_sysex_midi_message(self, midi_bytes: Any) -> Any:
        """(identifier, control) of a sysex message, or None."""
        control = self._control_of(tuple(midi_bytes))
        return None if control is None else (control.message_sysex_identifier(), control)

    def get_control_by_name(self, control_name: str) -> Any:
        return next((control for control in self.controls if control.name == control_name), None)

    def receive_midi(self, midi_bytes: Any) -> None:
        """Process a message that Live forwards."""
        message = tuple(midi_bytes)
        with self.component_guard():
            if is_sysex(message):
                self.handle_sysex(message)
            else:
                self.handle_nonsysex(message)

    def handle_sysex(self, midi_bytes: Tuple[int, ...]) -> None:
        control = self._control_of(midi_bytes)
        if control is None:
            self.log_message("Got unknown sysex message: %s" % (midi_bytes,))
        else:
            control.receive_value(midi_bytes[len(control.message_sysex_identifier()) :])

    def handle_nonsysex(self, midi_bytes: Tuple[int, ...]) -> None:
        control = self._control_of(midi_bytes)
        if control is None:
            self.log_message("Got unknown message: %s" % (midi_bytes,))
        elif control.message_type() == MIDI_PB_TYPE:
            control.receive_value(midi_bytes[1] + (midi_bytes[2] << 7))
        else:
            off = midi_bytes[0] & 0xF0 == 0x80
            control.receive_value(0 if off else midi_bytes[2])

    # -- further calls from Live ---------------------------------------------------------------------

    def call_listeners(self, listeners: Any) -> None:
        with self.component_guard():
            for listener in listeners:
                if listener is not None:
                    listener()

    def connect_script_instances(self, instanciated_scripts: Any) -> None:
        """Called when all scripts are loaded."""

    def refresh_state(self) -> None:
        """Send the whole state to the controller again."""
        for control in self.controls:
            control.clear_send_cache()
        with self.component_guard():
            for component in self._components:
                component.update()

    def suggest_input_port(self) -> str:
        return str(self._suggested_input_port)

    def suggest_output_port(self) -> str:
        return str(self._suggested_output_port)

    def suggest_map_mode(self, cc_no: int, channel: int) -> int:
        control = self._registry().get((STATUS[MIDI_CC_TYPE] + channel, cc_no))
        return -1 if control is None else int(control.message_map_mode())

    def suggest_needs_takeover(self, cc_no: int, channel: int) -> bool:
        return True

    def supports_pad_translation(self) -> bool:
        return self._pad_translations is not None

    def set_device_component(self, device_component: Any) -> None:
        """Set the component that Live can lock to a device."""
        if self._device_component is not None:
            self._device_component.set_lock_callback(None)
        self._device_component = device_component
        self._c_instance.update_locks()
        if device_component is not None:
            device_component.set_lock_callback(self._toggle_lock)
            if device_component.device_selection_follows_track_selection:
                with self.component_guard():
                    device_component.update_device_selection()
            else:
                device_component.set_device(device_to_appoint(self._live_song.appointed_device))

    @property
    def device_component(self) -> Any:
        return self._device_component

    def can_lock_to_devices(self) -> bool:
        return self._device_component is not None

    def lock_to_device(self, device: Any) -> None:
        """Lock the controller to a device, for Live; does nothing without a device component."""
        if self._device_component is not None:
            with self.component_guard():
                self._device_component.set_lock_to_device(True, device)

    def unlock_from_device(self, device: Any) -> None:
        if self._device_component is not None:
            with self.component_guard():
                self._device_component.set_lock_to_device(False, device)

    def restore_bank(self, bank_index: int) -> None:
        """Restore the bank of a locked device, for Live."""
        if self._device_component is not None:
            with self.component_guard():
                self._device_component.restore_bank(bank_index)

    def toggle_lock(self) -> None:
        self._c_instance.toggle_lock()

    _toggle_lock = toggle_lock

    def port_settings_changed(self) -> None:
        """Called after other MIDI ports were chosen."""

    def update(self) -> None:
        """Update all components."""
        with self.component_guard():
            for component in list(self._components):
                component.update()

    def set_enabled(self, enable: bool) -> None:
        """Switch all components of the script on or off."""
        with self.component_guard():
            for component in self.root_components:
                component._set_enabled_recursive(bool(enable))

    def _notify_components(self, method: str) -> None:
        with self.component_guard():
            for component in list(self._components):
                getattr(component, method)()

    def _on_track_list_changed(self) -> None:
        self._notify_components("on_track_list_changed")
        self.schedule_message(1, self._on_selected_track_changed)

    def _on_scene_list_changed(self) -> None:
        self._notify_components("on_scene_list_changed")

    def _on_selected_track_changed(self) -> None:
        self._notify_components("on_selected_track_changed")

    def _on_selected_scene_changed(self) -> None:
        self._notify_components("on_selected_scene_changed")

    def disconnect(self) -> None:
        """Called when Live switches the script off."""
        with self.component_guard():
            for component in list(self._components):
                component.disconnect()
            for control in list(self.controls):
                control.disconnect()
            self._task_group.clear()
            super().disconnect()
        self._components, self.controls = [], []
        if self in registered():
            registered().remove(self)
