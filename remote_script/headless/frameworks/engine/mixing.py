"""The mixer: channel strips that follow a window of the Set's tracks, the main track, the selected track."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence

from .displays import DisplayDataSource
from .live import liveobj_valid
from .places import PlacedComponent, elements_in, takes

CROSSFADE_STEPS = 3


@takes(
    "volume_control",
    "pan_control",
    "send_controls",
    "select_button",
    "track_select_button",
    "mute_button",
    "solo_button",
    "arm_button",
    "shift_button",
    "crossfade_toggle:button",
    "crossfade_cycle_button",
)
class ChannelStripCore(PlacedComponent):
    """One track's mixer device and switches. Without a track its controls move nothing and its lights are dark."""

    COLORS = {
        "mute": ("Mixer.MuteOff", "Mixer.MuteOn"),
        "solo": ("Mixer.SoloOff", "Mixer.SoloOn"),
        "arm": ("Mixer.ArmOff", "Mixer.ArmOn"),
        "select": ("Mixer.Unselected", "Mixer.Selected"),
    }
    empty_color: Any = None
    _invert_mute_feedback = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._track: Any = None
        self._send_controls: Any = None
        self._mapped_sends: List[Any] = []
        self._track_name_data_source = DisplayDataSource(" - ")
        super().__init__(*args, **kwargs)
        # The main track has no mute, solo and arm events.
        self._track_slots = [self._changed_slot(event) for event in ("mute", "solo", "arm")]
        self._name_slot = self._changed_slot("name", "track_name")
        self._routing_slot = self._changed_slot("input_routing_type", "input_routing")
        self._sends_slot = self._changed_slot("sends")
        self._crossfade_slot = self._changed_slot("crossfade_assign", "cf_assign")

    def _changed_slot(self, event: str, method: str = "") -> Any:
        def changed() -> None:
            getattr(self, "_on_%s_changed" % (method or event))()

        return self.register_slot(None, changed, event)

    def _on_sends_changed(self) -> None:
        self.update()

    def _on_input_routing_changed(self) -> None:
        """Called when the input routing changed; for subclasses."""

    def track_name_data_source(self) -> DisplayDataSource:
        """A data source with the track's name, for a display."""
        return self._track_name_data_source

    def _on_track_name_changed(self) -> None:
        there = liveobj_valid(self._track)
        self._track_name_data_source.set_display_string(self._track.name if there else " - ")

    # -- the track -------------------------------------------------------------------------------------

    @property
    def track(self) -> Any:
        return self._track

    def set_track(self, track: Any) -> None:
        self._track = track
        song = self._live_song
        has_switches = liveobj_valid(track) and track != song.master_track
        can_arm = has_switches and track in tuple(song.tracks)
        mute, solo, arm = self._track_slots
        mute.subject = solo.subject = track if has_switches else None
        arm.subject = track if can_arm and track.can_be_armed else None
        mixer = track.mixer_device if liveobj_valid(track) else None
        self._name_slot.subject = track if liveobj_valid(track) else None
        self._routing_slot.subject = track if can_arm else None
        self._on_track_name_changed()
        self._sends_slot.subject = mixer
        self._crossfade_slot.subject = mixer if has_switches else None
        self.update()

    def is_master(self) -> bool:
        return liveobj_valid(self._track) and bool(self._track == self._live_song.master_track)

    def set_invert_mute_feedback(self, invert_feedback: bool) -> None:
        """Set whether the mute light is on while the track is audible."""
        if invert_feedback != self._invert_mute_feedback:
            self._invert_mute_feedback = bool(invert_feedback)
            self.update()

    # -- knobs -----------------------------------------------------------------------------------------

    def _mixer(self) -> Any:
        return self._track.mixer_device if liveobj_valid(self._track) else None

    def _show_volume(self) -> None:
        mixer = self._mixer()
        self._map("volume_control", None if mixer is None else mixer.volume)

    def _show_pan(self) -> None:
        mixer = self._mixer()
        self._map("pan_control", None if mixer is None else mixer.panning)

    def set_send_controls(self, controls: Any) -> None:
        """Set one control for each of the first sends; some may be None."""
        for control in self._mapped_sends:
            control.release_parameter()
        self._mapped_sends = [control for control in elements_in(controls) if control is not None]
        self._send_controls = controls
        self._map_sends()

    def set_indexed_send_control(self, control_element: Any, index: int) -> None:
        """Set the control of one send; the other controls do not change."""
        controls = elements_in(self._send_controls)
        controls += [None] * (index + 1 - len(controls))
        controls[index] = control_element
        self.set_send_controls(controls)

    def _map_sends(self) -> None:
        mixer = self._mixer()
        sends = [] if mixer is None or self.is_master() else list(mixer.sends)
        for index, control in enumerate(elements_in(self._send_controls)):
            if control is None:
                continue
            if index < len(sends) and self.is_enabled():
                control.connect_to(sends[index])
            else:
                control.release_parameter()

    def update(self) -> None:
        super().update()
        if self.is_enabled() and liveobj_valid(self._track):
            self._connect_parameters()
        else:
            self._disconnect_parameters()

    def _connect_parameters(self) -> None:
        self._show_volume()
        self._show_pan()
        self._map_sends()

    def _disconnect_parameters(self) -> None:
        for control in self._all_controls():
            if control is not None:
                control.release_parameter()

    def _all_controls(self) -> List[Any]:
        return [self._pan_control, self._volume_control, *elements_in(self._send_controls)]

    def reset_button_on_exchange(self, button: Any) -> None:
        """Switch off the light of a button that is replaced."""
        if button is not None:
            button.reset()

    def _leave(self, name: str, control: Any) -> None:
        if name.endswith("_button") or name == "crossfade_toggle":
            self.reset_button_on_exchange(control)
        else:
            super()._leave(name, control)

    # -- switches --------------------------------------------------------------------------------------

    def _lit(self, what: str, on: bool, place: str = "") -> None:
        off_color, on_color = self.COLORS[what]
        self._light(place or what + "_button", on_color if on else off_color)

    def _switches(self) -> Any:
        """The track, if it has mute and solo, else None."""
        return self._track if liveobj_valid(self._track) and not self.is_master() else None

    def _show_mute(self) -> None:
        self._on_mute_changed()

    def _on_mute_changed(self) -> None:
        track = self._switches()
        if track is None:
            self._light("mute_button", self.empty_color)
        else:
            self._lit("mute", track.mute != self._invert_mute_feedback)

    def _mute_value(self, value: int) -> None:
        track = self._switches()
        if track is not None and self._pressed("mute_button", value):
            track.mute = not track.mute

    def _show_solo(self) -> None:
        self._on_solo_changed()

    def _on_solo_changed(self) -> None:
        track = self._switches()
        if track is None:
            self._light("solo_button", self.empty_color)
        else:
            self._lit("solo", track.solo)

    def _solo_value(self, value: int) -> None:
        track = self._switches()
        if track is None or not self._pressed("solo_button", value):
            return
        wanted = not track.solo
        song = self._live_song
        if wanted and song.exclusive_solo:
            for other in tuple(song.tracks) + tuple(song.return_tracks):
                if other != track and other.solo:
                    other.solo = False
        track.solo = wanted

    def _can_arm(self) -> bool:
        return self._track_slots[2].subject is not None

    def _show_arm(self) -> None:
        self._on_arm_changed()

    def _on_arm_changed(self) -> None:
        if self._can_arm():
            self._lit("arm", self._track.arm)
        else:
            self._light("arm_button", self.empty_color)

    def _arm_value(self, value: int) -> None:
        if not self._can_arm() or not self._pressed("arm_button", value):
            return
        track, song = self._track, self._live_song
        wanted = not track.arm
        if wanted and song.exclusive_arm:
            for other in song.tracks:
                if other != track and other.can_be_armed and other.arm:
                    other.arm = False
        track.arm = wanted
        if wanted and song.view.selected_track != track and track.view.select_instrument():
            song.view.selected_track = track

    def _show_select(self) -> None:
        self._update_select_button()

    def _update_select_button(self) -> None:
        if not liveobj_valid(self._track):
            self._light("select_button", self.empty_color)
        else:
            self._lit("select", self._live_song.view.selected_track == self._track)

    def _select_value(self, value: int) -> None:
        if liveobj_valid(self._track) and self._pressed("select_button", value):
            self._live_song.view.selected_track = self._track

    def _show_track_select(self) -> None:
        if not liveobj_valid(self._track):
            self._light("track_select_button", self.empty_color)
        else:
            self._lit(
                "select", self._live_song.view.selected_track == self._track, place="track_select_button"
            )

    def _track_select_value(self, value: int) -> None:
        if liveobj_valid(self._track) and self._pressed("track_select_button", value):
            self._live_song.view.selected_track = self._track

    def on_selected_track_changed(self) -> None:
        self._update_select_button()
        self._show("track_select_button")

    def _show_crossfade_toggle(self) -> None:
        self._on_cf_assign_changed()

    def _on_cf_assign_changed(self) -> None:
        mixer = self._crossfade_slot.subject
        if mixer is None:
            self._light("crossfade_toggle", self.empty_color)
        else:
            self._light("crossfade_toggle", mixer.crossfade_assign == 0)

    def _crossfade_toggle_value(self, value: int) -> None:
        self._cycle_crossfade("crossfade_toggle", value)

    def _crossfade_cycle_value(self, value: int) -> None:
        self._cycle_crossfade("crossfade_cycle_button", value)

    def _cycle_crossfade(self, name: str, value: int) -> None:
        mixer = self._crossfade_slot.subject
        if mixer is not None and self._pressed(name, value):
            mixer.crossfade_assign = (mixer.crossfade_assign - 1) % CROSSFADE_STEPS


@takes(
    "prehear_volume_control",
    "crossfader_control",
    "master_volume_control",
    "shift_button",
    "bank_up_button",
    "bank_down_button",
    "next_track_button",
    "prev_track_button",
)
class MixerCore(PlacedComponent):
    """Channel strips side by side. Each generation assigns the tracks in its own way: see `_assigned`."""

    channel_strip_component_type: Any = ChannelStripCore

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._channel_strips: List[Any] = []
        self._return_strips: List[Any] = []
        self._send_controls: Any = None
        super().__init__(*args, **kwargs)
        self._master_strip = self._strip("Master_Strip")
        self._selected_strip = self._strip("Selected_Strip")
        self.register_slot(self._live_song, self._return_tracks_changed, "return_tracks")

    def _create_strip(self) -> Any:
        return self._create_channel_strip()

    def _create_channel_strip(self) -> Any:
        return self.channel_strip_component_type()

    def _strip(self, name: str) -> Any:
        made = self._create_strip()
        if made.canonical_parent is not self:
            self.register_component(made)
        made.name = made.name or name
        return made

    def channel_strip(self, index: int) -> Any:
        return self._channel_strips[index]

    def return_strip(self, index: int) -> Any:
        return self._return_strips[index]

    def master_strip(self) -> Any:
        return self._master_strip

    def selected_strip(self) -> Any:
        return self._selected_strip

    # -- tracks --------------------------------------------------------------------------------------

    def _assigned(self) -> Sequence[Any]:
        """A track or None for each channel strip."""
        raise NotImplementedError("_assigned")

    def _reassign_tracks(self) -> None:
        tracks = list(self._assigned())
        for index, strip in enumerate(self._channel_strips):
            strip.set_track(tracks[index] if index < len(tracks) else None)
        returns = list(self._live_song.return_tracks)
        for index, strip in enumerate(self._return_strips):
            strip.set_track(returns[index] if index < len(returns) else None)
        self._master_strip.set_track(self._live_song.master_track)
        self.on_selected_track_changed()

    def on_track_list_changed(self) -> None:
        self._reassign_tracks()

    def on_selected_track_changed(self) -> None:
        selected = self._live_song.view.selected_track
        self._selected_strip.set_track(selected)
        for strip in self._channel_strips + self._return_strips + [self._master_strip]:
            strip.on_selected_track_changed()

    # -- rows of controls ------------------------------------------------------------------------------

    def _row(self, setter: str, controls: Any) -> None:
        elements = elements_in(controls)
        for index, strip in enumerate(self._channel_strips):
            getattr(strip, setter)(elements[index] if index < len(elements) else None)

    _send_index: Optional[int] = 0

    def _get_send_index(self) -> Optional[int]:
        return self._send_index

    def _set_send_index(self, index: Optional[int]) -> None:
        if index is not None and not 0 <= index < self.num_sends:
            raise IndexError("send_index must be 0 to %d, got %r" % (self.num_sends - 1, index))
        if index != self._send_index:
            self._send_index = index
            self.set_send_controls(self._send_controls)
            self.on_send_index_changed()

    @property
    def send_index(self) -> Optional[int]:
        """The send of the first row of send controls; None without sends."""
        return self._get_send_index()

    @send_index.setter
    def send_index(self, index: Optional[int]) -> None:
        self._set_send_index(index)

    def on_send_index_changed(self) -> None:
        """Called when `send_index` changed; for subclasses."""

    def on_num_sends_changed(self) -> None:
        """Called when the number of sends changed; for subclasses."""

    def _return_tracks_changed(self) -> None:
        self._reassign_tracks()
        count = self.num_sends
        self.send_index = min(self._send_index or 0, count - 1) if count else None
        self.on_num_sends_changed()

    @property
    def num_sends(self) -> int:
        return len(self._live_song.return_tracks)

    def set_send_controls(self, controls: Any) -> None:
        """Set rows of send controls: a row is one send of every strip; the first row is `send_index`."""
        self._send_controls = controls
        rows = rows_of(controls)
        for index, strip in enumerate(self._channel_strips):
            column = [row[index] if index < len(row) else None for row in rows]
            there = column and self._send_index is not None
            strip.set_send_controls([None] * (self._send_index or 0) + column if there else None)

    def set_return_volume_controls(self, controls: Any) -> None:
        elements = elements_in(controls)
        for index, strip in enumerate(self._return_strips):
            strip.set_volume_control(elements[index] if index < len(elements) else None)

    # -- single controls -----------------------------------------------------------------------------

    def _show_prehear_volume(self) -> None:
        self._map("prehear_volume_control", self._live_song.master_track.mixer_device.cue_volume)

    def _show_crossfader(self) -> None:
        self._map("crossfader_control", self._live_song.master_track.mixer_device.crossfader)

    def _show_master_volume(self) -> None:
        self._map("master_volume_control", self._live_song.master_track.mixer_device.volume)

    def set_shift_button(self, button: Any) -> None:
        self._put("shift_button", button)
        for strip in [*self._channel_strips, self._master_strip, self._selected_strip]:
            strip.set_shift_button(button)

    def set_select_buttons(self, next_button: Any, prev_button: Any) -> None:
        """Set the buttons that select the next and the previous track."""
        self._put("next_track_button", next_button)
        self._put("prev_track_button", prev_button)

    def _next_track_value(self, value: int) -> None:
        self._scroll("next_track_button", value, lambda: self._select_by(1))

    def _prev_track_value(self, value: int) -> None:
        self._scroll("prev_track_button", value, lambda: self._select_by(-1))

    def _select_by(self, by: int) -> None:
        song = self._live_song
        tracks = (*song.visible_tracks, *song.return_tracks, song.master_track)
        selected = song.view.selected_track
        at = next((index for index, track in enumerate(tracks) if track == selected), 0) + by
        if 0 <= at < len(tracks):
            song.view.selected_track = tracks[at]


def rows_of(controls: Any) -> List[List[Any]]:
    """The rows of a matrix or of a tuple of tuples; a plain row becomes the only row."""
    if controls is None:
        return []
    rows = getattr(controls, "rows", None)
    if rows is not None:
        return [list(row) for row in rows]
    entries = list(controls)
    if entries and all(isinstance(item, (tuple, list)) for item in entries):
        return [list(row) for row in entries]
    return [entries]


def _make_row(name: str, place: str) -> None:
    def set_controls(self: Any, controls: Any) -> None:
        self._row("set_" + place, controls)

    def set_buttons(self: Any, buttons: Any) -> None:
        self._row("set_" + place, buttons)

    setattr(MixerCore, "set_" + name, set_controls if name.endswith("_controls") else set_buttons)


for _row, _place in (
    ("volume_controls", "volume_control"),
    ("pan_controls", "pan_control"),
    ("mute_buttons", "mute_button"),
    ("solo_buttons", "solo_button"),
    ("arm_buttons", "arm_button"),
    ("track_select_buttons", "select_button"),
    ("crossfade_buttons", "crossfade_toggle"),
    ("crossfade_cycle_buttons", "crossfade_toggle"),
):
    _make_row(_row, _place)
