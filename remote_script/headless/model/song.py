"""The Song: structure, settings, undo, cue points. `transport` has playback and position.

`check_…` and `set_…` methods refuse values with Live's error texts; `refresh_…` methods derive values that follow
from tracks, scenes and clips. `structure` changes the lists of tracks and scenes.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Tuple

from ...SetMirror.contract import scales
from ..api.values import BeatTime, SmptTime
from ..music.transport_math import to_beat_time, to_smpte
from ..node import Node, model
from . import launching
from .scene import Scene
from .structure import Structure
from .track import Track, auto_name
from .where import is_group

EXTRA_BEATS = 32.0
"""Beats by which Live's song length exceeds the end of the last clip (measured on 12.4.5)."""

TEMPO = "Tempo out of range"


@model
class CuePoint(Node):
    LOM = "CuePoint"
    name = ""
    time = 0.0

    def call_jump(self) -> None:
        self.doc.transport.jump_to_cue(self)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        if field == "time":
            self.doc.refresh("length", self.doc.song.refresh_length)


@model
class Song(Structure):
    LOM = "Song"
    OWNS = (
        "tracks",
        "return_tracks",
        "master_track",
        "scenes",
        "cue_points",
        "view",
        "groove_pool",
        "tuning_system",
    )
    UNTRACKED = frozenset(
        (
            "appointed_device",
            "arrangement_overdub",
            "clip_trigger_quantization",
            "data",
            "is_ableton_link_enabled",
            "is_ableton_link_start_stop_sync_enabled",
            "metronome",
            "midi_recording_quantization",
            "nudge_down",
            "nudge_up",
            "overdub",
            "punch_in",
            "punch_out",
            "record_mode",
            "session_automation_record",
            "session_record",
            "start_time",
            "tempo_follower_enabled",
        )
    )
    GUESSES = frozenset(
        (
            "capture_midi",
            "can_capture_midi",
            "force_link_beat_time",
            "is_counting_in",
            "tap_tempo",
            "last_event_time",
        )
    )

    name = ""
    file_path = ""
    tempo = 120.0
    signature_numerator = 4
    signature_denominator = 4
    tracks: Tuple[Track, ...] = ()
    return_tracks: Tuple[Track, ...] = ()
    master_track: Track
    scenes: Tuple[Scene, ...] = ()
    cue_points: Tuple[CuePoint, ...] = ()
    view: Any
    groove_pool: Any
    tuning_system: Any = None
    visible_tracks: Tuple[Track, ...] = ()
    appointed_device: Optional[Node] = None
    arrangement_overdub = False
    back_to_arranger = False
    can_undo = False
    can_redo = False
    can_capture_midi = False
    clip_trigger_quantization = 4
    count_in_duration = 0
    current_song_time = 0.0
    exclusive_arm = True
    exclusive_solo = True
    groove_amount = 1.0
    is_ableton_link_enabled = False
    is_ableton_link_start_stop_sync_enabled = False
    is_counting_in = False
    is_playing = False
    loop = False
    loop_start = 0.0
    loop_length = 16.0
    metronome = False
    midi_recording_quantization = 0
    nudge_down = False
    nudge_up = False
    overdub = False
    punch_in = False
    punch_out = False
    re_enable_automation_enabled = False
    record_mode = False
    root_note = 0
    scale_mode = False
    scale_name = "Major"
    select_on_launch = True
    session_automation_record = True
    session_record = False
    session_record_status = 0
    song_length = EXTRA_BEATS
    start_time = 0.0
    swing_amount = 0.0
    tempo_follower_enabled = False
    data: Dict[str, Any] = {}

    @property
    def canonical_parent(self) -> None:
        return None

    def everyone(self) -> Tuple[Track, ...]:
        return self.tracks + self.return_tracks + (self.master_track,)

    # Settings

    def set_tempo(self, value: float) -> None:
        if not 20.0 <= value <= 999.0:
            raise RuntimeError(TEMPO)
        if self.change("tempo", value):
            self.master_track.mixer_device.get_song_tempo().override()

    def check_signature_numerator(self, value: int) -> int:
        if not 1 <= value <= 99:
            raise RuntimeError("Signature Numerator out of range")
        return value

    def check_signature_denominator(self, value: int) -> int:
        """Check a denominator (measured: 32 raises, 3 becomes 4)."""
        if not 1 <= value <= 16:
            raise RuntimeError("Signature Denominator out of range")
        return next(denominator for denominator in (1, 2, 4, 8, 16) if denominator >= value)

    def check_groove_amount(self, value: float) -> float:
        """Check a groove amount (measured: a value above 1.3125 is clamped, a negative value refused)."""
        if value < 0.0:
            raise RuntimeError("Groove Amount out of range")
        return min(value, 1.3125)

    def check_clip_trigger_quantization(self, value: int) -> int:
        if not 0 <= value <= 13:
            raise RuntimeError("Invalid quantization.")
        return int(value)

    def check_midi_recording_quantization(self, value: int) -> int:
        if not 0 <= value <= 8:
            raise RuntimeError("Invalid quantization.")
        return int(value)

    def check_root_note(self, value: int) -> int:
        if not 0 <= value <= 11:
            raise RuntimeError("Root note out of range")
        return value

    def set_scale_name(self, value: str) -> None:
        """Set the scale; an unknown name is ignored (documented)."""
        if value in scales.INTERVALS:
            self.change("scale_name", value)

    def get_scale_intervals(self) -> Tuple[int, ...]:
        return scales.INTERVALS.get(self.scale_name, ())

    def check_loop_start(self, value: float) -> float:
        if value < 0.0:
            raise RuntimeError("Cannot set the Loopstart before the Songstart")
        if value > self.song_length:
            raise RuntimeError("Cannot set the Loopstart behind the Songlength")
        return value

    def check_loop_length(self, value: float) -> float:
        """Check a loop length (measured: a length below 1 beat becomes 1)."""
        value = max(value, 1.0)
        if self.loop_start + value > self.song_length:
            raise RuntimeError("Cannot set the Loop behind the song length")
        return value

    def check_start_time(self, value: float) -> float:
        if value < 0.0:
            raise RuntimeError("Cannot set the start time before the song start")
        if value > self.song_length:
            raise RuntimeError("Cannot set the start time after the song length")
        return value

    def set_current_song_time(self, value: float) -> None:
        self.transport.seek(value)

    def set_is_playing(self, value: bool) -> None:
        if value:
            self.transport.start()
        else:
            self.transport.stop()

    def set_back_to_arranger(self, value: bool) -> None:
        """Set `back_to_arranger`; only False is allowed (measured)."""
        if value:
            raise RuntimeError("back_to_arranger can only be set to False")
        self.transport.back_to_arranger(self.tracks)

    def set_record_mode(self, value: bool) -> None:
        self.transport.set_record_mode(value)

    def set_session_record(self, value: bool) -> None:
        self.transport.set_session_record(value)

    def set_overdub(self, value: bool) -> None:
        self.transport.set_overdub(value)

    def check_appointed_device(self, value: Any) -> Any:
        return value

    def set_appointed_device(self, value: Any) -> None:
        """Appoint a device; allowed in a notification, because Live's own scripts do so when the selection changes."""
        self.derive("appointed_device", value)

    def get_tuning_system(self) -> Any:
        return self.tuning_system

    def get_last_event_time(self) -> float:
        return self.song_length - EXTRA_BEATS

    # Undo

    def call_begin_undo_step(self) -> None:
        self.doc.history.begin()

    def call_end_undo_step(self) -> None:
        self.doc.history.end()

    def call_undo(self) -> str:
        return self.doc.history.undo()

    def call_redo(self) -> str:
        return self.doc.history.redo()

    def call_sync_parameter_changes(self) -> None:
        self.doc.history.sync()

    # Capture

    def call_capture_midi(self, destination: int) -> None:
        """Make clips of the notes played before. Guess: the texts, and that `auto` (0) follows the view in front."""
        if destination not in (0, 1, 2):
            raise RuntimeError("Invalid capture destination")
        if not self.can_capture_midi:
            raise RuntimeError("Nothing to capture")
        doc: Any = self.doc
        front = doc.application.view.get_focused_document_view()
        doc.keyboard.capture(destination == 2 or (destination == 0 and front == "Arranger"))

    # Cue points

    def sorted_cues(self) -> List[CuePoint]:
        return sorted(self.cue_points, key=lambda cue: cue.time)

    def cue_at(self, time: float) -> Optional[CuePoint]:
        return next((cue for cue in self.cue_points if abs(cue.time - time) < 1e-6), None)

    def call_set_or_delete_cue(self) -> None:
        """Toggle at the playhead, on the bar's grid while stopped (snapping measured; Guess: the bar)."""
        time = self.transport.cue_time()
        cue = self.cue_at(time)
        if cue is not None:
            self.remove("cue_points", cue)
            return
        numbers = [int(m.group(1)) for m in (re.match(r"^(\d+)$", cue.name) for cue in self.cue_points) if m]
        made = CuePoint(self.doc, name=str(max(numbers or [0]) + 1), time=time)
        self.insert("cue_points", len(self.cue_points), made)

    def call_is_cue_point_selected(self) -> bool:
        return self.cue_at(self.transport.cue_time()) is not None

    @property
    def can_jump_to_next_cue(self) -> bool:
        return any(cue.time > self.current_song_time + 1e-6 for cue in self.cue_points)

    @property
    def can_jump_to_prev_cue(self) -> bool:
        return any(cue.time < self.current_song_time - 1e-6 for cue in self.cue_points)

    def call_jump_to_next_cue(self) -> None:
        now = self.current_song_time
        later = [cue for cue in self.sorted_cues() if cue.time > now + 1e-6]
        if later:
            self.transport.jump_to_cue(later[0])

    def call_jump_to_prev_cue(self) -> None:
        now = self.current_song_time
        earlier = [cue for cue in self.sorted_cues() if cue.time < now - 1e-6]
        if earlier:
            self.transport.jump_to_cue(earlier[-1])

    # Transport

    def call_start_playing(self) -> None:
        self.transport.start()

    def call_continue_playing(self) -> None:
        self.transport.resume()

    def call_stop_playing(self) -> None:
        self.transport.stop()

    def call_play_selection(self) -> None:
        self.transport.start()

    def call_stop_all_clips(self, quantized: bool) -> None:
        self.transport.stop_all_clips(quantized)

    def call_jump_by(self, beats: float) -> None:
        self.transport.jump_by(beats)

    call_scrub_by = call_jump_by

    def call_tap_tempo(self) -> None:
        self.transport.tap()

    def call_trigger_session_record(self, length: float) -> None:
        self.transport.trigger_session_record(length)

    def call_re_enable_automation(self) -> None:
        with self.doc.edit():
            for parameter in self.doc.parameters():
                parameter.call_re_enable_automation()

    def call_force_link_beat_time(self) -> None:
        """Do nothing: headless Live has no Link."""

    def _beat_time(self, beats: float, length: bool = False) -> Any:
        parts = to_beat_time(beats, self.signature_numerator, self.signature_denominator, length)
        return BeatTime.of(*parts)

    def call_get_current_beats_song_time(self) -> Any:
        return self._beat_time(self.current_song_time)

    def call_get_beats_loop_start(self) -> Any:
        return self._beat_time(self.loop_start)

    def call_get_beats_loop_length(self) -> Any:
        return self._beat_time(self.loop_length, True)

    def call_get_current_smpte_song_time(self, time_format: int) -> Any:
        if not 0 <= time_format <= 5:
            raise RuntimeError("Invalid time format")
        return SmptTime.of(*to_smpte(self.current_song_time * 60.0 / self.tempo, time_format))

    def call_get_data(self, key: Any, default: Any) -> Any:
        return self.data.get(key, default)

    def call_set_data(self, key: Any, value: Any) -> None:
        data = dict(self.data)
        data[key] = value
        self.change("data", data)

    # Derived values

    def settle_all(self) -> None:
        """Derive all values once the song is built."""
        self.refresh_rows()
        self.refresh_names()
        self.refresh_solo()
        self.refresh_visible()
        self.refresh_length()
        self.refresh_automation()
        for track in self.tracks:
            launching.refresh_indices(track)
        self.view.repair()

    def refresh_group_slots(self) -> None:
        """Derive the group slots again, since other slots may be below them now."""
        for track in self.tracks:
            if is_group(track):
                for slot in track.clip_slots:
                    slot.look_again()

    def on_change(self, field: str, old: Any, value: Any) -> None:
        doc: Any = self.doc
        if field == "tracks":
            for key, action in (
                ("rows", self.refresh_rows),
                ("names", self.refresh_names),
                ("solo", self.refresh_solo),
                ("visible", self.refresh_visible),
                ("length", self.refresh_length),
                ("back to arranger", lambda: launching.refresh_back_to_arranger(self)),
                ("selection", self.view.repair),
                ("group slots", self.refresh_group_slots),
            ):
                doc.refresh(key, action)
            doc.routing.changed()
        elif field == "return_tracks":
            doc.refresh("names", self.refresh_names)
            doc.refresh("solo", self.refresh_solo)
            doc.refresh("selection", self.view.repair)
            doc.routing.changed()
        elif field == "scenes":
            doc.refresh("rows", self.refresh_rows)
            doc.refresh("group slots", self.refresh_group_slots)
            doc.refresh("selection", self.view.repair)
        elif field == "cue_points":
            doc.refresh("length", self.refresh_length)
            self.notify("can_jump_to_next_cue")
            self.notify("can_jump_to_prev_cue")
        elif field in ("loop_start", "loop_length"):
            doc.refresh("length", self.refresh_length)
        elif field == "tempo":
            parameter = self.master_track.mixer_device.song_tempo
            if parameter is not None:
                parameter.notify("value")
                parameter.notify("display_value")
        elif field in ("scale_name", "root_note", "scale_mode"):
            if field == "scale_name":
                self.notify("scale_intervals")
            self.notify("scale_information")

    def refresh_rows(self) -> None:
        """Make every scene refer to the slots of its row."""
        columns = [track.clip_slots for track in self.tracks]
        for index, scene in enumerate(self.scenes):
            row = tuple(slots[index] for slots in columns if index < len(slots))
            scene.derive("clip_slots", row)

    def refresh_names(self) -> None:
        for tracks in (self.tracks, self.return_tracks, (self.master_track,)):
            for index, track in enumerate(tracks):
                if track.user_name is not None:
                    name = auto_name(track.kind, track.user_name, track.base_name, index)
                    track.derive("name", name)
        names = [track.name for track in self.return_tracks]
        for track in self.tracks + self.return_tracks:
            for send, name in zip(track.mixer_device.sends, names):
                send.derive("name", name)

    def refresh_solo(self) -> None:
        """Derive muting by solo. Guess: soloed tracks mute tracks, soloed returns mute returns; groups follow too."""
        soloed = {track for track in self.tracks if track.solo}
        heard = set(soloed)
        for track in soloed:
            group = track.group_track
            while group is not None:
                heard.add(group)
                group = group.group_track
        for track in self.tracks:
            group = track.group_track
            while group is not None and track not in heard:
                if group in soloed:
                    heard.add(track)
                group = group.group_track
        for track in self.tracks:
            track.derive("muted_via_solo", bool(soloed) and track not in heard)
        any_return = any(track.solo for track in self.return_tracks)
        for track in self.return_tracks:
            track.derive("muted_via_solo", any_return and not track.solo)

    def refresh_visible(self) -> None:
        self.derive("visible_tracks", tuple(track for track in self.tracks if track.is_visible))

    def refresh_length(self) -> None:
        """The end of the last clip or of the loop, plus the length of one screen (measured)."""
        end = self.loop_start + self.loop_length
        for track in self.tracks:
            for clip in track.arrangement_clips[-1:]:
                end = max(end, clip.body.end_time or 0.0)
        for cue in self.cue_points:
            end = max(end, cue.time)
        self.derive("song_length", end + EXTRA_BEATS)

    def refresh_automation(self) -> None:
        doc: Any = self.doc
        self.derive("re_enable_automation_enabled", doc.automation.is_overridden)
