"""Loads Remote Scripts from their folders and calls them as Live does.

The package has the folder's name. Scripts do not see each other's modules (`isolation`). A script need not have a
base class; methods that the script does not have are not called. An exception in a script goes to the log, as in
Live's Log.txt, and stops nothing else. `belongings` reports the objects that a script leaks when it is switched
off.
"""

from __future__ import annotations

import os
import traceback
import types
from typing import Any, Dict, List, Optional, Union

from ..frameworks import OLD_PYTHON
from ..frameworks import modules as frameworks
from ..frameworks.engine.midi import DELTAS
from .belongings import Belongings
from .isolation import ScriptModules

KINDS = {0x80: "note", 0x90: "note", 0xB0: "cc", 0xE0: "pitchbend"}
"""Status of a MIDI message → the kind of message in the names of MIDI map functions."""


class CInstance:
    """The argument of `create_instance`: the script's connection to Live (names from Live's own scripts)."""

    def __init__(self, script: HostedScript) -> None:
        self._script = script
        self.playhead = _Playhead()
        self.full_velocity = _Switch()
        self.velocity_levels = _VelocityLevels()
        self.note_repeat = _NoteRepeat()
        self._preferences: Dict[str, Any] = {}

    @property
    def _live(self) -> Any:
        return self._script.live

    def song(self) -> Any:
        """The current Live.Song.Song."""
        self._live.check_thread("c_instance.song")
        return self._live.song

    @property
    def set_warnings(self) -> List[str]:
        """A line for each kind of part of the Set's file that was changed or left out. Not in a real Live."""
        return list(self._live.document.warnings)

    def log_message(self, *parts: Any) -> None:
        self._script.write_log(" ".join(str(part) for part in parts))

    def show_message(self, text: Any) -> None:
        self._script.messages.append(str(text))
        self._live.status_bar = str(text)

    def send_midi(self, message: Any) -> bool:
        self._script.midi_out.append(tuple(message))
        return True

    def handle(self) -> int:
        return self._script.handle

    def instance_identifier(self) -> int:
        return self._script.handle

    def request_rebuild_midi_map(self) -> None:
        self._script.rebuild_midi_map()

    def preferences(self, key: Any) -> Any:
        return self._preferences.get(key, b"")

    def set_session_highlight(
        self, track_offset: int, scene_offset: int, width: int, height: int, include_returns: bool = False
    ) -> None:
        self._script.highlight = (track_offset, scene_offset, width, height, include_returns)

    def set_controlled_track(self, track: Any) -> None:
        self._script.controlled_track = track

    def release_controlled_track(self) -> None:
        self._script.controlled_track = None

    def set_pad_translation(self, translation: Any) -> None:
        self._script.translations["pads"] = translation

    def set_note_translation(self, *values: Any) -> None:
        self._script.translations["notes", values[:2]] = values[2:]

    def set_cc_translation(self, *values: Any) -> None:
        self._script.translations["ccs", values[:2]] = values[2:]

    def set_feedback_channels(self, channels: Any) -> None:
        self._script.translations["feedback"] = channels

    def set_feedback_velocity(self, velocity: int) -> None:
        self._script.translations["feedback velocity"] = velocity

    def set_firmware_version(self, *version: Any) -> None:
        self._script.translations["firmware"] = version

    def reset_input_history(self) -> None:
        """Do nothing: MIDI input has no history in headless Live."""

    def toggle_lock(self) -> None:
        """Lock the script to the appointed device, or unlock the script; Live calls the script at once (guess)."""
        script = self._script
        script.locked = not script.locked
        method = "lock_to_device" if script.locked else "unlock_from_device"
        script.call(method, self._live.song.appointed_device)

    def update_locks(self) -> None:
        """Do nothing: no script is locked to a device."""

    def application(self) -> Any:
        """Live's Application."""
        return self._live.application

    def real_time_data(self) -> None:
        raise NotImplementedError("headless Live does not do c_instance.real_time_data yet")

    @property
    def real_time_mapper(self) -> Any:
        raise NotImplementedError("headless Live does not do c_instance.real_time_mapper yet")

    # For a controller with a display, Live starts a process that draws the display. Headless Live has no such process:
    # it records the updates, and the process never connects.

    def launch_external_process(self, path: Any, *arguments: Any) -> bool:
        return False

    def process_connected(self) -> bool:
        return False

    def send_model_update(self, *update: Any) -> None:
        self._script.model_updates.append(update)


class _Playhead:
    """The playhead of a controller's note editor."""

    def __init__(self) -> None:
        self.notes: Any = []
        self.start_time = 0.0
        self.step_length = 1.0
        self.track: Any = None
        self.clip: Any = None
        self.enabled = False
        self.velocity = 0
        self.feedback_channels: Any = []
        self.wrap_around = False
        self.set_feedback_channels: Any = lambda *args: None

    def set_buttons(self, *args: Any) -> None:
        self.notes = args


class _Switch:
    """Full velocity: a stored value without effect on notes."""

    def __init__(self) -> None:
        self.enabled = False


class _VelocityLevels:
    """Pads that play one note in several velocities: stored values without effect on notes."""

    def __init__(self) -> None:
        self.enabled = False
        self.levels: Any = ()
        self.notes: Any = ()
        self.source_channel = self.target_channel = self.target_note = 0

    def set_source_channel(self, channel: int) -> None:
        self.source_channel = channel

    def set_target_channel(self, channel: int) -> None:
        self.target_channel = channel

    def set_target_note(self, note: int) -> None:
        self.target_note = note

    def set_notes(self, notes: Any) -> None:
        self.notes = tuple(notes)

    def set_levels(self, levels: Any) -> None:
        self.levels = tuple(levels)


class _NoteRepeat:
    """Note repeat: stored values; no note repeats."""

    def __init__(self) -> None:
        self.enabled = False
        self.repeat_rate = 0.25
        """Beats."""
        self.freeze_target_track = False

    def set_fixed_length(self, length: Any) -> None:
        self.fixed_length = length


def _sensitivity(name: str, args: Any) -> float:
    """The last argument of `map_midi_cc` and `map_midi_cc_with_feedback_map`; 1.0 by default."""
    at = {"map_midi_cc": 5, "map_midi_cc_with_feedback_map": 6}.get(name, len(args))
    return float(args[at]) if at < len(args) else 1.0


class HostedScript:
    """One script in its slot. `instance` is None while it is off."""

    _handles = 0x1000

    def __init__(self, live: Any, source: Union[str, types.ModuleType, Any], name: Optional[str]) -> None:
        HostedScript._handles += 1
        self.live = live
        self.handle = HostedScript._handles
        self.instance: Any = None
        self.c_instance: Optional[CInstance] = None
        self.log: List[str] = []
        self.messages: List[str] = []
        self.midi_out: List[Any] = []
        self.midi_map: List[Any] = []
        self.translations: Dict[Any, Any] = {}
        self.model_updates: List[Any] = []
        self.highlight: Any = None
        self.controlled_track: Any = None
        self.locked = False
        self.folder: Optional[str] = None
        self._belongings: Optional[Belongings] = None
        self.modules: Optional[ScriptModules] = None
        self.left: List[str] = []
        """The leftovers of the script when it was last switched off."""
        if isinstance(source, (str, os.PathLike)):
            path = os.path.abspath(os.fspath(source))
            if os.path.isfile(path) and os.path.basename(path) == "__init__.py":
                path = os.path.dirname(path)
            if not os.path.isfile(os.path.join(path, "__init__.py")):
                raise ValueError("a Remote Script is a folder with __init__.py, got %r" % path)
            self.folder = path
            self.name = name or os.path.basename(path)
            self.module: Any = None
            self.modules = ScriptModules(self.name, path, self._all_modules, [OLD_PYTHON])
        else:
            self.module = source
            self.name = name or getattr(source, "__name__", "script").split(".")[-1]

    def _all_modules(self) -> List[ScriptModules]:
        return [script.modules for script in self.live.scripts if script.modules is not None]

    # Logging

    def write_log(self, text: str) -> None:
        self.log.append(text)
        self.live.log("RemoteScriptMessage: (%s) %s" % (self.name, text))

    def failed(self) -> None:
        for line in traceback.format_exc().rstrip().splitlines():
            self.log.append(line)
            self.live.log("RemoteScriptError: %s" % line)

    # Life

    def create(self) -> None:
        """Import the module if necessary, then call `create_instance`; does nothing when the script is on."""
        if self.instance is not None:
            return
        live = self.live
        live.creating += 1
        try:
            if self.module is None:
                assert self.modules is not None
                live.install()
                frameworks.install(live.version)
                self.module = self.modules.load()
            self._belongings = Belongings(self) if self.modules is not None else None
            self.c_instance = CInstance(self)
            self.instance = self.module.create_instance(self.c_instance)
            if self._belongings is not None:
                self._belongings.made()
        except Exception:
            self.instance = None
            self.failed()
        finally:
            live.creating -= 1
        if self.instance is not None:
            self.call("build_midi_map", self.handle)
            self.call("refresh_state")

    def disconnect(self, reports: bool = True) -> None:
        """Switch the script off. Its leftovers stay, as in Live; `left` and the log list them."""
        instance = self.instance
        self.call("disconnect")
        self.instance = None
        self.c_instance = None
        # Live builds a new map for the next instance; the old map would forward each message once more.
        self.midi_map, self.translations = [], {}
        if reports and instance is not None and self._belongings is not None:
            self.left = self._belongings.left(instance)
            for leftover in self.left:
                self.live.log("LeftBehind: (%s) %s" % (self.name, leftover))

    def forget(self) -> None:
        """Unload the script's modules."""
        if self.modules is not None:
            self.modules.forget()
            self.module = None

    def reload(self) -> None:
        """Switch the script off and on, and read its code again."""
        self.disconnect()
        self.forget()
        self.create()

    def call(self, method: str, *args: Any) -> Any:
        """Call a method of the instance, if the instance has it."""
        target = getattr(self.instance, method, None) if self.instance is not None else None
        if target is None:
            return None
        try:
            return target(*args)
        except Exception:
            self.failed()
            return None

    def receive_midi(self, message: Any) -> None:
        """Route MIDI from the controller by the script's MIDI map: to a parameter, to the script, or nowhere.

        Guess: there is no pickup, and an endless knob's step is a 127th of the parameter's range times the
        sensitivity of its mapping.
        """
        message = self._translated(tuple(message))
        if message[0] == 0xF0:
            self.call("receive_midi", message)
            return
        for name, args in list(self.midi_map):
            forwards = name.startswith("forward_")
            if not any(
                name.startswith(("%s_midi_%s" % (word, KINDS.get(message[0] & 0xF0))))
                for word in ("forward", "map")
            ):
                continue
            where = args if forwards else args[1:]
            if where[0] != message[0] & 0x0F:
                continue
            if not name.split("_midi_")[1].startswith("pitchbend") and where[1] != message[1]:
                continue
            if forwards:
                self.call("receive_midi", message)
            else:
                self._move(args[0], message, where[2] if "_cc" in name else 0, _sensitivity(name, args))

    def _translated(self, message: Any) -> Any:
        """The message with the number and channel that the script translates its control to."""
        kind = {"note": "notes", "cc": "ccs"}.get(KINDS.get(message[0] & 0xF0, ""), "")
        moved = self.translations.get((kind, (message[1], message[0] & 0x0F)))
        return message if moved is None else (message[0] & 0xF0 | moved[1], moved[0], *message[2:])

    def _move(self, mapped: Any, message: Any, mode: Any, sensitivity: float) -> None:
        """Set a mapped parameter as Live does, with notifications; does nothing for a deleted parameter."""
        parameter = self.live.surface.wrap(mapped)
        if parameter is None:
            return
        span = parameter.max - parameter.min
        if message[0] & 0xF0 == 0xE0:
            value = parameter.min + span * (message[1] + (message[2] << 7)) / 16383.0
        elif int(mode) in DELTAS:
            value = parameter.value + span * sensitivity * DELTAS[int(mode)](message[2]) / 127.0
        else:
            value = parameter.min + span * (0 if message[0] & 0xF0 == 0x80 else message[2]) / 127.0
        parameter.value = max(parameter.min, min(parameter.max, value))

    def rebuild_midi_map(self) -> None:
        """Build the MIDI map again, and with it the translations of single controls."""
        self.midi_map = []
        self.translations = {
            key: translation for key, translation in self.translations.items() if not isinstance(key, tuple)
        }
        self.call("build_midi_map", self.handle)
