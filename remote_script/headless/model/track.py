"""Tracks of all kinds ("midi", "audio", "group", "return", "main"), their views and take lanes.

The error texts of members that do not apply are measured. Live numbers the names: "#" in a name that the user typed is
the number, a track without a typed name is "1-MIDI", a return track "A-Name".
"""

from __future__ import annotations

import re
from typing import Any, Optional, Tuple

from ..music import display, palette
from ..node import Node, model
from ..session import Playback
from . import launching
from .container import Container
from .mixer import Mixer

NO_ARM = "Main and Return Tracks have no 'Arm' state!"
NO_MONITORING = "Main and Return Tracks have no monitoring state!"
NO_ARRANGEMENT = "Main, Group and Return Tracks have no arrangement clips"
DEFAULT_NAME = re.compile(r"^\d+[- ](MIDI|Audio|Group)$")
BASES = {"midi": "MIDI", "audio": "Audio", "group": "Group"}


def auto_name(kind: str, user_name: str, base: str, index: int) -> str:
    """The name that Live shows for the track at `index` of its list."""
    if kind == "return":
        return "%s-%s" % (chr(65 + index % 26), user_name or base or "Return")
    if kind == "main":
        return user_name or base
    if user_name:
        # As many digits as "#" signs: "## Bass" is "03 Bass" in a file of Live's.
        return re.sub("#+", lambda signs: str(index + 1).zfill(len(signs.group())), user_name)
    return "%d-%s" % (index + 1, base or BASES[kind])


@model
class TrackView(Node):
    LOM = "Track.View"
    UNTRACKED = frozenset(("is_collapsed", "selected_device", "device_insert_mode"))
    is_collapsed = False
    RAW = frozenset(("device_insert_mode",))
    device_insert_mode = 0
    selected_device: Optional[Node] = None
    parent: Any

    def get_selected_device(self) -> Optional[Node]:
        device = self.selected_device
        if device is not None and device.ptr is not None:
            return device
        devices = self.parent.devices
        return devices[0] if devices else None

    def check_device_insert_mode(self, value: Any) -> int:
        """Check a DeviceInsertMode (the capture says bool)."""
        if not isinstance(value, int) or not 0 <= value <= 2:
            raise RuntimeError("Invalid device insert mode")
        return int(value)

    def call_select_instrument(self) -> bool:
        """Select the track's instrument; False for a track without an instrument."""
        for device in self.parent.devices:
            if device.type == 1:
                self.doc.song.view.select_device(device)
                return True
        return False


@model
class TakeLane(Node):
    LOM = "TakeLane"
    OWNS = ("arrangement_clips",)
    name = ""
    arrangement_clips: Tuple[Any, ...] = ()

    @property
    def track(self) -> Any:
        return self.parent

    def call_create_midi_clip(self, start: float, length: float) -> Any:
        return self.track.make_midi_clip(self, start, length)

    def call_create_audio_clip(self, path: Any, start: float) -> Any:
        return self.track.make_audio_clip(self, path, start)


@model
class Track(Container):
    LOM = "Track"
    OWNS = ("devices", "mixer_device", "view", "clip_slots", "arrangement_clips", "take_lanes")
    UNTRACKED = frozenset(
        (
            "arm",
            "implicit_arm",
            "current_monitoring_state",
            "fold_state",
            "is_showing_chains",
            "data",
            "back_to_arranger",
        )
    )
    RAW = frozenset(("color_index",))
    GUESSES = frozenset(
        ("output_meter_left", "output_meter_right", "output_meter_level", "performance_impact")
    )

    kind = "midi"
    name = ""
    user_name: Optional[str] = ""
    base_name = ""
    color_index = 0
    solo = False
    muted_via_solo = False
    arm = False
    implicit_arm = False
    current_monitoring_state = 1
    is_frozen = False
    is_showing_chains = False
    fold_state = False
    group_track: Optional[Track] = None
    mixer_device: Mixer
    view: TrackView
    clip_slots: Tuple[Any, ...] = ()
    arrangement_clips: Tuple[Any, ...] = ()
    take_lanes: Tuple[TakeLane, ...] = ()
    playing_slot_index = -1
    fired_slot_index = -1
    back_to_arranger = False
    has_audio_output = True
    has_midi_output = False
    input_type = ""
    input_channel = ""
    output_type = ""
    output_channel = ""
    routing_ready = True
    playback: Playback

    # The kind of track

    @property
    def song(self) -> Any:
        return self.parent

    @property
    def track(self) -> Track:
        return self

    @property
    def is_regular(self) -> bool:
        """True for a MIDI or audio track."""
        return self.kind in ("midi", "audio")

    @property
    def takes_midi(self) -> bool:
        return self.kind == "midi"

    may_hold_instruments = takes_midi

    @property
    def passes_devices(self) -> bool:
        return True

    @property
    def has_slots(self) -> bool:
        return self.kind in ("midi", "audio", "group")

    @property
    def is_foldable(self) -> bool:
        return self.kind == "group"

    @property
    def is_grouped(self) -> bool:
        return self.group_track is not None

    @property
    def can_be_armed(self) -> bool:
        return self.is_regular

    @property
    def can_be_frozen(self) -> bool:
        return self.is_regular

    @property
    def has_audio_input(self) -> bool:
        return self.kind != "midi"

    @property
    def has_midi_input(self) -> bool:
        return self.kind == "midi"

    @property
    def is_visible(self) -> bool:
        group = self.group_track
        while group is not None:
            if group.fold_state:
                return False
            group = group.group_track
        return True

    @property
    def is_part_of_selection(self) -> bool:
        return self.doc.song.view.selected_track is self

    @property
    def can_show_chains(self) -> bool:
        return any(device.lom == "RackDevice" and device.type == 1 for device in self.devices)

    def get_is_showing_chains(self) -> bool:
        return self.is_showing_chains and self.can_show_chains

    def check_is_showing_chains(self, value: bool) -> bool:
        if not self.can_show_chains:
            raise RuntimeError("Track can not show chains")
        return value

    # Names and colours

    def set_name(self, value: str) -> None:
        if self.kind == "return":
            value = re.sub(r"^[A-Z]-", "", value)
        elif DEFAULT_NAME.match(value):
            value = re.sub(r"^\d+", "#", value)
        self.change("user_name", value)

    def get_color(self) -> int:
        return palette.color_of(self.color_index)

    def set_color(self, value: int) -> None:
        self.change("color_index", palette.nearest_index(value))

    def set_color_index(self, value: Any) -> None:
        """Set the colour; None is silently ignored (measured on 12.3.5)."""
        if value is None:
            return
        if not isinstance(value, int):
            from ..api.boost import ArgumentError

            raise ArgumentError("Python argument types did not match C++ signature")
        self.change("color_index", min(max(int(value), 0), 69))

    # Mixing

    def get_mute(self) -> bool:
        if self.kind == "main":
            raise RuntimeError("Main track has no 'mute' property!")
        return not self.mixer_device.track_activator.value

    def set_mute(self, value: bool) -> None:
        self.get_mute()
        self.mixer_device.track_activator.change("value", 0.0 if value else 1.0)

    def get_solo(self) -> bool:
        if self.kind == "main":
            raise RuntimeError("Main track has no 'solo' property!")
        return self.solo

    def check_solo(self, value: bool) -> bool:
        self.get_solo()
        return value

    def get_arm(self) -> bool:
        if self.kind in ("return", "main"):
            raise RuntimeError(NO_ARM)
        return self.arm

    def check_arm(self, value: bool) -> bool:
        self.get_arm()
        if self.kind == "group":
            # Guess: a group refuses with the same text.
            raise RuntimeError("Group Tracks have no 'Arm' state!")
        return value

    def get_implicit_arm(self) -> bool:
        if self.kind in ("return", "main"):
            raise RuntimeError(NO_ARM)
        return self.implicit_arm

    def check_implicit_arm(self, value: bool) -> bool:
        self.get_implicit_arm()
        return value

    def get_current_monitoring_state(self) -> int:
        if self.kind in ("return", "main"):
            raise RuntimeError(NO_MONITORING)
        if self.kind == "group":
            raise RuntimeError("Group Tracks have no monitoring state!")
        return self.current_monitoring_state

    def check_current_monitoring_state(self, value: int) -> int:
        self.get_current_monitoring_state()
        if value not in (0, 1, 2):
            raise RuntimeError("Invalid monitoring state!")
        return value

    # Groups

    def get_fold_state(self) -> bool:
        if self.kind != "group":
            raise RuntimeError("Only group tracks have a 'fold_state' property!")
        return self.fold_state

    def check_fold_state(self, value: bool) -> bool:
        self.get_fold_state()
        return value

    # Session

    def _session_index(self, name: str) -> int:
        if not self.has_slots:
            raise RuntimeError("Main and Return Tracks have no '%s' property!" % name)
        return int(getattr(self, name))

    def get_playing_slot_index(self) -> int:
        return self._session_index("playing_slot_index")

    def get_fired_slot_index(self) -> int:
        return self._session_index("fired_slot_index")

    def set_back_to_arranger(self, value: bool) -> None:
        if value:
            raise RuntimeError("back_to_arranger can only be set to False")
        self.doc.transport.back_to_arranger([self])

    def call_stop_all_clips(self, quantized: bool) -> None:
        self.doc.transport.stop_track(self, quantized)

    def call_jump_in_running_session_clip(self, beats: float) -> None:
        self.doc.transport.jump_in_clip(self, beats)

    def call_duplicate_clip_slot(self, index: int) -> int:
        """Copy a slot's clip into the next slot, where it replaces a clip; returns the target's index."""
        if not 0 <= index < len(self.clip_slots):
            raise IndexError("Index out of range")
        if self.clip_slots[index].clip is None:
            raise RuntimeError("No clip in the slot to duplicate")
        with self.doc.edit():
            if index + 1 == len(self.clip_slots):
                self.doc.song.add_scene(index + 1)
            self.clip_slots[index].call_duplicate_clip_to(self.clip_slots[index + 1])
        return index + 1

    # Arrangement

    def get_arrangement_clips(self) -> Tuple[Any, ...]:
        if not self.is_regular:
            raise RuntimeError(NO_ARRANGEMENT)
        return self.arrangement_clips

    def get_take_lanes(self) -> Tuple[TakeLane, ...]:
        return self.take_lanes

    def call_create_take_lane(self) -> TakeLane:
        if not self.is_regular:
            raise RuntimeError("Take lanes exist on MIDI and audio tracks only")
        lane = TakeLane(self.doc, name="Take %d" % (len(self.take_lanes) + 1))
        self.insert("take_lanes", len(self.take_lanes), lane)
        return lane

    def call_create_midi_clip(self, start: float, length: float) -> Any:
        return self.make_midi_clip(self, start, length)

    def call_create_audio_clip(self, path: Any, position: float) -> Any:
        return self.make_audio_clip(self, path, position)

    def make_midi_clip(self, lane: Any, start: float, length: float) -> Any:
        from .clip import Clip

        if self.kind != "midi":
            raise RuntimeError("MIDI clips can only be created on MIDI tracks")
        return Clip.create_arranged(lane, self, start, length)

    def make_audio_clip(self, lane: Any, path: Any, start: float) -> Any:
        from .clip import Clip

        if self.kind != "audio":
            raise RuntimeError("Audio clips can only be created on audio tracks")
        return Clip.create_arranged_audio(lane, self, path, start)

    def call_duplicate_clip_to_arrangement(self, clip: Any, time: float) -> Any:
        from .clip import Clip

        return Clip.duplicate_arranged(self, clip, time)

    def call_delete_clip(self, clip: Any) -> None:
        from . import arrangement

        arrangement.delete_clip(self, clip)

    # Meters

    def _audio_side(self, index: int, name: str) -> float:
        if not self.has_audio_output:
            raise RuntimeError("MIDI tracks have no '%s' property!" % name)
        return display.meter_of(self.doc.levels.sides(self)[index])

    def get_output_meter_level(self) -> float:
        """A MIDI track without an instrument meters MIDI activity (measured on 12.4.6)."""
        levels = self.doc.levels
        if not self.has_audio_output:
            return float(levels.midi(self))
        return display.meter_of(levels.peak_level(self))

    def get_output_meter_left(self) -> float:
        return self._audio_side(0, "output_meter_left")

    def get_output_meter_right(self) -> float:
        return self._audio_side(1, "output_meter_right")

    def get_input_meter_level(self) -> float:
        """A MIDI track's pressed keys, or the level that an audio track would record."""
        doc: Any = self.doc
        if self.kind == "midi":
            return float(max(doc.keyboard.pressed.values(), default=0.0) / 127.0)
        return self._audio_input()

    def _audio_input(self) -> float:
        doc: Any = self.doc
        return display.meter_of(doc.tapes.level(self)) if self.kind == "audio" else 0.0

    def get_input_meter_left(self) -> float:
        if self.kind == "midi":
            raise RuntimeError("MIDI tracks have no 'input_meter_left' property!")
        return self._audio_input()

    def get_input_meter_right(self) -> float:
        if self.kind == "midi":
            raise RuntimeError("MIDI tracks have no 'input_meter_right' property!")
        return self._audio_input()

    def get_performance_impact(self) -> float:
        return 0.0

    # Routing

    def get_available_input_routing_types(self) -> Any:
        return self.doc.routing.input_types(self)

    def get_available_input_routing_channels(self) -> Any:
        return self.doc.routing.input_channels(self)

    def get_available_output_routing_types(self) -> Any:
        return self.doc.routing.output_types(self)

    def get_available_output_routing_channels(self) -> Any:
        return self.doc.routing.output_channels(self)

    def get_input_routing_type(self) -> Any:
        return self.doc.routing.input_type(self)

    def get_input_routing_channel(self) -> Any:
        return self.doc.routing.input_channel(self)

    def get_output_routing_type(self) -> Any:
        return self.doc.routing.output_type(self)

    def get_output_routing_channel(self) -> Any:
        return self.doc.routing.output_channel(self)

    def set_input_routing_type(self, value: Any) -> None:
        self.doc.routing.choose(self, "input_type", value)

    def set_input_routing_channel(self, value: Any) -> None:
        self.doc.routing.choose(self, "input_channel", value)

    def set_output_routing_type(self, value: Any) -> None:
        self.doc.routing.choose(self, "output_type", value)

    def set_output_routing_channel(self, value: Any) -> None:
        self.doc.routing.choose(self, "output_channel", value)

    def get_input_routings(self) -> Any:
        return tuple(routing.display_name for routing in self.get_available_input_routing_types())

    def get_output_routings(self) -> Any:
        return tuple(routing.display_name for routing in self.get_available_output_routing_types())

    def get_input_sub_routings(self) -> Any:
        return tuple(routing.display_name for routing in self.get_available_input_routing_channels())

    def get_output_sub_routings(self) -> Any:
        return tuple(routing.display_name for routing in self.get_available_output_routing_channels())

    def get_current_input_routing(self) -> str:
        return str(self.get_input_routing_type().display_name)

    def get_current_output_routing(self) -> str:
        return str(self.get_output_routing_type().display_name)

    def get_current_input_sub_routing(self) -> str:
        return str(self.get_input_routing_channel().display_name)

    def get_current_output_sub_routing(self) -> str:
        return str(self.get_output_routing_channel().display_name)

    def set_current_input_routing(self, value: str) -> None:
        self.doc.routing.choose_name(self, "input_type", value)

    def set_current_output_routing(self, value: str) -> None:
        self.doc.routing.choose_name(self, "output_type", value)

    def set_current_input_sub_routing(self, value: str) -> None:
        self.doc.routing.choose_name(self, "input_channel", value)

    def set_current_output_sub_routing(self, value: str) -> None:
        self.doc.routing.choose_name(self, "output_channel", value)

    # Derived values

    def refresh_devices(self) -> None:
        """Derive the kind of the track's output: MIDI, or audio with an instrument."""
        midi_out = self.kind == "midi" and not any(device.type == 1 for device in self.devices)
        if self.derive("has_midi_output", midi_out):
            self.derive("has_audio_output", not midi_out)
            if self.ptr is not None:
                self.doc.routing.changed()

    def on_change(self, field: str, old: Any, value: Any) -> None:
        super().on_change(field, old, value)
        doc: Any = self.doc
        if field == "color_index":
            self.notify("color")
        elif field == "user_name":
            doc.refresh("names", doc.song.refresh_names)
        elif field == "solo":
            doc.refresh("solo", doc.song.refresh_solo)
        elif field == "fold_state":
            doc.refresh("visible", doc.song.refresh_visible)
        elif field == "name":
            doc.routing.renamed(self, old, value)
        elif field == "arrangement_clips":
            doc.refresh("length", doc.song.refresh_length)
        elif field in ROUTED:
            doc.routing.notify_chosen(self, field)
        elif field == "clip_slots":
            # The index of the playing slot has changed.
            doc.refresh(("slot indices", id(self)), lambda: launching.refresh_indices(self))
        elif field == "devices":
            self.view.notify("selected_device")
            self.notify("can_show_chains")

    def _be_silent(self) -> None:
        """Stop playing and waiting, as a new track."""
        self.__dict__["playback"] = Playback()
        for field in ("playing_slot_index", "fired_slot_index", "back_to_arranger"):
            self.__dict__.pop(field, None)

    def on_copied(self, made: Any) -> None:
        self._be_silent()
        for field in ("arm", "solo"):
            self.__dict__.pop(field, None)

    def on_death(self) -> None:
        # Guess: a track that undo restores is a new object, and plays the Arrangement.
        self._be_silent()


ROUTED = frozenset(("input_type", "input_channel", "output_type", "output_channel"))
