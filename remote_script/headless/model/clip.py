"""Clips of the Session, the Arrangement and take lanes: properties, launching, loop.

`clip_content` has their notes. The history records one immutable `ClipBody` in the field `body`; playback belongs
to the engine (`launching`). On Arrangement clips the playing state is always false or 0.0, and calls that would
play have no effect (measured on Live 12.3.5).
"""

from __future__ import annotations

import math
from typing import Any, Dict, Iterable, Optional, Sequence, Tuple

from ...SetMirror.contract.scales import note_name, note_name_in_scale
from ..api.boost import mismatch
from ..music.clip_body import WARP_MODES, ClipBody, changed_names
from ..music.envelopes import LIMIT, OUT_OF_BOUNDS, Breakpoints
from ..music.loops import Region
from ..node import Node, model
from ..sets import audio_files
from . import launching
from .clip_content import ClipContent, export_warp_markers
from .where import song_of, track_of

__all__ = ["Clip", "ClipView", "body_of_file", "export_warp_markers"]

NO_FILE = "The path does not point to a valid audio file"
"""Guess: the text; the error is documented."""


def body_of_file(owner: Any, path: str, start_time: Optional[float] = None) -> ClipBody:
    """The body of a clip of this file on the owner's track. RuntimeError for a path without an audio file."""
    info = audio_files.read(path) if isinstance(path, str) else None
    if info is None or not info.frames:
        raise RuntimeError(NO_FILE)
    track = track_of(owner)
    return ClipBody.of_file(
        path, info.frames, info.sample_rate, song_of(owner).tempo, start_time, track.color_index or 0
    )


@model
class Clip(ClipContent):
    LOM = "Clip"
    OWNS = ("view", "envelope_nodes")
    GUESSES = frozenset(("is_overdubbing", "scrub", "stop_scrub", "crop", "start_time"))

    body: ClipBody = ClipBody(Region.of_length(4.0))
    view: Optional[Node] = None
    envelope_nodes: Tuple[Node, ...] = ()

    will_record_on_start = False
    """Measured: never becomes true."""
    _scrubbing = False

    # Creating

    @classmethod
    def of_body(cls, doc: Any, body: ClipBody) -> Clip:
        """A clip with its view, which has no parent yet."""
        return cls._made(doc, body, ClipView(doc))

    @classmethod
    def _made(cls, doc: Any, body: ClipBody, view: ClipView) -> Clip:
        clip = cls(doc, body=body)
        clip.own("view", view)
        return clip

    @classmethod
    def of_spec(
        cls, doc: Any, spec: Any, color_index: int = 0, grooves: Tuple[Any, ...] = (), tempo: float = 120.0
    ) -> Clip:
        """A clip of a `ClipSpec`, without envelopes; `put_envelopes` adds them once the track has its devices."""
        view = ClipView(doc, grid_is_triplet=spec.grid_is_triplet)
        if spec.grid is not None:
            view.grid_quantization = spec.grid
        return cls._made(doc, ClipBody.of_spec(spec, color_index, grooves, tempo), view)

    def put_envelopes(self, envelopes: Iterable[Tuple[Node, Iterable[Sequence[float]]]]) -> None:
        """Add envelopes while the document is built: parameters with their (time, value) events."""
        for parameter, events in envelopes:
            self.body = self.body.with_envelope(parameter, Breakpoints.of(events))
        self.own("envelope_nodes", self.matching_envelopes())

    @classmethod
    def create_midi(cls, slot: Any, length: float) -> Clip:
        """An empty clip for a slot, in the song's signature."""
        song = song_of(slot)
        body = ClipBody.midi(length, color_index=track_of(slot).color_index or 0)
        signature = (song.signature_numerator, song.signature_denominator)
        return cls.of_body(slot.doc, body._replace(signature=signature))

    @classmethod
    def create_audio(cls, slot: Any, path: str) -> Clip:
        """A clip of a file for a slot. RuntimeError for a path without an audio file."""
        return cls.of_body(slot.doc, body_of_file(slot, path))

    @classmethod
    def copy_of(cls, clip: Clip, target: Any) -> Clip:
        """A copy for a slot, without the envelopes of another track's parameters."""
        body = clip.body.copied()
        if track_of(clip) is not track_of(target):
            body = body._replace(envelopes=())
        copy = cls.of_body(target.doc, body)
        copy.own("envelope_nodes", copy.matching_envelopes())
        return copy

    @classmethod
    def create_arranged(cls, lane: Any, track: Any, start: float, length: float) -> Clip:
        from . import arrangement

        return arrangement.create_midi_clip(lane, start, length)

    @classmethod
    def create_arranged_audio(cls, lane: Any, track: Any, path: str, start: float) -> Clip:
        from . import arrangement

        return arrangement.create_audio_clip(lane, path, start)

    @classmethod
    def duplicate_arranged(cls, track: Any, clip: Clip, time: float) -> Clip:
        from . import arrangement

        return arrangement.duplicate_to_arrangement(track, clip, time)

    @property
    def track(self) -> Any:
        return track_of(self)

    @property
    def slot(self) -> Any:
        """The slot of the clip; None in the Arrangement."""
        return self.parent if self.body.start_time is None else None

    # The body

    def put(self, body: ClipBody) -> bool:
        """Replace the body as an edit."""
        return self.change("body", body)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        if field != "body":
            return
        for name in changed_names(old, value):
            self.notify(name)
        if old.envelopes != value.envelopes:
            self.match_envelopes()
        if (old.muted, old.color_index) != (value.muted, value.color_index):
            launching.refresh_group_slots(self)
        if old.end_time != value.end_time:
            self.doc.refresh("length", song_of(self).refresh_length)

    def on_copied(self, made: Dict[int, Node]) -> None:
        envelopes = tuple((made.get(id(key), key), points) for key, points in self.body.envelopes)
        self.body = self.body._replace(notes=self.body.notes.copied(), envelopes=envelopes)

    @property
    def is_session_clip(self) -> bool:
        return self.body.start_time is None

    @property
    def is_arrangement_clip(self) -> bool:
        return self.body.start_time is not None

    @property
    def is_take_lane_clip(self) -> bool:
        return self.parent is not None and self.parent.lom == "TakeLane"

    @property
    def is_midi_clip(self) -> bool:
        return self.body.audio is None

    @property
    def is_audio_clip(self) -> bool:
        return self.body.audio is not None

    @property
    def canonical_parent(self) -> Optional[Node]:
        return self.parent

    def beats_per_unit(self) -> float:
        """1.0; for audio without warping the number of beats in a second."""
        audio = self.body.audio
        return 1.0 if audio is None or audio.warping else song_of(self).tempo / 60.0

    def limit(self) -> float:
        """Start of the next clip of the lane."""
        start, lane = self.body.start_time, self.parent
        if start is None or lane is None:
            return math.inf
        clips: Tuple[Clip, ...] = lane.arrangement_clips
        starts = (clip.body.start_time for clip in clips if clip is not self)
        return min((other for other in starts if other is not None and other > start), default=math.inf)

    # Name and colour

    def get_name(self) -> str:
        return self.body.name

    def set_name(self, value: str) -> None:
        self.put(self.body._replace(name=value))

    def get_color(self) -> int:
        return self.body.color

    def set_color(self, value: int) -> None:
        self.put(self.body.with_color(value))

    def get_color_index(self) -> int:
        return self.body.color_index

    def set_color_index(self, value: int) -> None:
        self.put(self.body.with_color_index(value))

    def get_muted(self) -> bool:
        return self.body.muted

    def set_muted(self, value: bool) -> None:
        self.put(self.body._replace(muted=value))

    # Loop and markers

    def put_region(self, region: Region) -> None:
        """Set loop and markers. Guess: beyond Live's time they are refused with the text for envelopes."""
        if max(map(abs, (region.brace_start, region.brace_end, region.start, region.end))) > LIMIT:
            raise ValueError(OUT_OF_BOUNDS)
        self.put(self.body.with_region(region, self.limit(), self.beats_per_unit()))

    def get_looping(self) -> bool:
        return self.body.region.looping

    def set_looping(self, value: bool) -> None:
        self.put(self.body.with_looping(value, self.limit(), self.beats_per_unit()))

    def get_loop_start(self) -> float:
        return self.body.region.loop_start

    def set_loop_start(self, value: float) -> None:
        self.put_region(self.body.region.with_loop_start(value))

    def get_loop_end(self) -> float:
        return self.body.region.loop_end

    def set_loop_end(self, value: float) -> None:
        self.put_region(self.body.region.with_loop_end(value))

    def get_position(self) -> float:
        return self.body.region.loop_start

    def set_position(self, value: float) -> None:
        self.put_region(self.body.region.with_position(value))

    def get_start_marker(self) -> float:
        return self.body.region.start_marker

    def set_start_marker(self, value: float) -> None:
        self.put_region(self.body.region.with_start_marker(value))

    def get_end_marker(self) -> float:
        return self.body.region.end_marker

    def set_end_marker(self, value: float) -> None:
        self.put_region(self.body.region.with_end_marker(value))

    def get_length(self) -> float:
        return self.body.region.length

    def get_start_time(self) -> float:
        if self.body.start_time is not None:
            return self.body.start_time
        playback = launching.playback_of(self)
        if playback is None or playback.playing is not self.parent:
            return 0.0
        return playback.start_song_time

    def get_end_time(self) -> float:
        end = self.body.end_time
        return self.body.region.session_end_time if end is None else end

    def get_signature_numerator(self) -> int:
        return self.body.signature[0]

    def set_signature_numerator(self, value: int) -> None:
        self.put(self.body.with_signature(numerator=value))

    def get_signature_denominator(self) -> int:
        return self.body.signature[1]

    def set_signature_denominator(self, value: int) -> None:
        self.put(self.body.with_signature(denominator=value))

    # Launch settings

    def get_launch_mode(self) -> int:
        return self.body.launch_mode

    def set_launch_mode(self, value: int) -> None:
        self.put(self.body.with_launch(launch_mode=int(value)))

    def get_launch_quantization(self) -> int:
        return self.body.launch_quantization

    def set_launch_quantization(self, value: int) -> None:
        self.put(self.body.with_launch(launch_quantization=int(value)))

    def get_legato(self) -> bool:
        return self.body.legato

    def set_legato(self, value: bool) -> None:
        self.put(self.body.with_launch(legato=value))

    def get_velocity_amount(self) -> float:
        return self.body.velocity_amount

    def set_velocity_amount(self, value: float) -> None:
        self.put(self.body.with_launch(velocity_amount=value))

    def get_groove(self) -> Any:
        return self.body.groove

    def set_groove(self, value: Any) -> None:
        if value is None:
            # Measured: a groove can be chosen but not cleared.
            raise mismatch("None", "None", (self, value), "None(TPyHandle<AClip>,TPyHandle<AAbstractGroove>)")
        self.put(self.body._replace(groove=value))

    def get_has_groove(self) -> bool:
        return self.body.groove is not None

    # Audio

    def get_file_path(self) -> str:
        return str(self.body.audio_value("file_path"))

    def get_gain(self) -> float:
        return float(self.body.audio_value("gain"))

    def set_gain(self, value: float) -> None:
        self.put(self.body.with_audio("gain", value))

    def get_gain_display_string(self) -> str:
        return str(self.body.audio_value("gain_display_string"))

    def get_pitch_coarse(self) -> int:
        return int(self.body.audio_value("pitch_coarse"))

    def set_pitch_coarse(self, value: int) -> None:
        self.put(self.body.with_audio("pitch_coarse", value))

    def get_pitch_fine(self) -> float:
        return float(self.body.audio_value("pitch_fine"))

    def set_pitch_fine(self, value: float) -> None:
        self.put(self.body.with_audio("pitch_fine", value))

    def get_warping(self) -> bool:
        return bool(self.body.audio_value("warping"))

    def set_warping(self, value: bool) -> None:
        self.body.audio_part("warping")
        self.doc.may_change()
        step = self.doc.history.ticket()

        def settle() -> None:
            if self.ptr is not None:
                with self.doc.history.into(step):
                    self.put(self.body.with_warping(value))

        self.doc.on_next_tick(settle)

    def get_warp_mode(self) -> int:
        return int(self.body.audio_value("warp_mode"))

    def set_warp_mode(self, value: int) -> None:
        self.put(self.body.with_audio("warp_mode", int(value)))

    def get_available_warp_modes(self) -> Tuple[int, ...]:
        self.body.audio_part("available_warp_modes")
        return WARP_MODES

    def get_ram_mode(self) -> bool:
        return bool(self.body.audio_value("ram_mode"))

    def set_ram_mode(self, value: bool) -> None:
        self.put(self.body.with_audio("ram_mode", value))

    def get_sample_length(self) -> int:
        return int(self.body.audio_value("sample_length"))

    def get_sample_rate(self) -> float:
        return float(self.body.audio_value("sample_rate"))

    # Playing

    def get_is_playing(self) -> bool:
        slot, playback = self.slot, launching.playback_of(self)
        return slot is not None and playback is not None and playback.playing is slot

    def set_is_playing(self, value: bool) -> None:
        if value:
            self.call_fire()
        else:
            self.call_stop()

    def get_is_recording(self) -> bool:
        playback = launching.playback_of(self)
        return self.get_is_playing() and playback is not None and playback.recording

    def get_is_overdubbing(self) -> bool:
        song = song_of(self)
        return (
            self.get_is_playing()
            and self.is_midi_clip
            and not self.get_is_recording()
            and bool(getattr(song, "session_record", False))
            and bool(getattr(track_of(self), "arm", False))
        )

    def get_is_triggered(self) -> bool:
        slot, playback = self.slot, launching.playback_of(self)
        return slot is not None and playback is not None and playback.fired is slot

    def get_playing_position(self) -> float:
        return launching.position_of(self) if self.get_is_playing() else 0.0

    def call_fire(self) -> None:
        if self.slot is not None:
            launching.fire(self.slot)

    def call_stop(self) -> None:
        if self.get_is_playing():
            launching.stop_track(track_of(self), True)

    def call_set_fire_button_state(self, state: bool) -> None:
        if self.slot is not None:
            launching.press(self.slot, state)

    def call_move_playing_pos(self, beats: float) -> None:
        audio = self.body.audio
        if self.get_is_playing() and not self.get_is_recording() and (audio is None or audio.warping):
            launching.shift(self, beats)

    def call_scrub(self, scrub_position: float) -> None:
        if self.slot is not None:
            self._scrubbing = True
            launching.fire(self.slot, entry=scrub_position)

    def call_stop_scrub(self) -> None:
        if self._scrubbing:
            self._scrubbing = False
            self.call_stop()

    # Names of notes

    def call_note_number_to_name(self, midi_pitch: int) -> str:
        song = song_of(self)
        if getattr(song, "scale_mode", False):
            return note_name_in_scale(midi_pitch, song.root_note, song.scale_name)
        return note_name(midi_pitch)


@model
class ClipView(Node):
    """The view of a clip. Guess: a new clip shows a sixteenth grid."""

    LOM = "Clip.View"
    UNTRACKED = frozenset(("grid_quantization", "grid_is_triplet"))
    GUESSES = frozenset(("grid_quantization", "grid_is_triplet"))

    grid_quantization = 8
    grid_is_triplet = False
    shows_envelope = False
    envelope_parameter: Optional[Node] = None

    def check_grid_quantization(self, value: int) -> int:
        if not 0 <= value <= 9:
            raise RuntimeError("Invalid grid quantization")
        return int(value)

    def call_show_envelope(self) -> None:
        self.derive("shows_envelope", True)

    def call_hide_envelope(self) -> None:
        self.derive("shows_envelope", False)

    def call_select_envelope_parameter(self, device_parameter: Node) -> None:
        self.derive("envelope_parameter", device_parameter)

    def call_show_loop(self) -> None:
        """Scroll the detail view; no property shows the scroll position."""
