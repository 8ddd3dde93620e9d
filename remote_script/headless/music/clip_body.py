"""The part of a clip that Live's undo history records, as one immutable value; every edit returns a new body.

The history has the old body for undo, and `changed_names(old, new)` names the listeners to call. Edits that Live
refuses raise Live's error with Live's text. Grooves and envelope parameters are opaque keys. Positions are beats,
or seconds while the clip is audio without warping. Guess: the texts about ranges; the texts about audio clips and
loops are measured.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ...SetMirror.contract.notes import GRIDS, nearest_line
from . import palette
from .display import gain_text
from .envelopes import Breakpoints
from .loops import Region
from .notes import INVALID_QUANTIZATION, Notes
from .warp import Marker, WarpMarkers

AUDIO_ONLY = "%s is only available for Audio Clips"
MIDI_ONLY = "%s is only available for MIDI Clips"
"""Guess: the text; the failure of note calls on audio clips is documented."""
WARP_MODES = (0, 1, 2, 3, 4, 6)
"""Warp modes for an ordinary file; REX (5) is not offered (measured)."""
ENVELOPE_EXISTS = "There is already an envelope for the parameter"
LATEST = 1576800.0
"""The end of Live's timeline, in beats."""

_AUDIO = ("file_path", "gain", "pitch_coarse", "pitch_fine", "warping", "warp_mode", "ram_mode")


class Audio(NamedTuple):
    """The fields of audio clips."""

    file_path: str
    sample_length: int
    sample_rate: float
    warp: WarpMarkers
    gain: float = 0.4
    pitch_coarse: int = 0
    pitch_fine: float = 0.0
    warping: bool = True
    warp_mode: int = 0
    ram_mode: bool = False

    @property
    def seconds(self) -> float:
        return self.sample_length / self.sample_rate if self.sample_rate else 0.0


class ClipBody(NamedTuple):
    region: Region
    name: str = ""
    color_index: int = 0
    muted: bool = False
    signature: Tuple[int, int] = (4, 4)
    launch_mode: int = 0
    launch_quantization: int = 0
    legato: bool = False
    velocity_amount: float = 0.0
    groove: Any = None
    notes: Notes = Notes()
    envelopes: Tuple[Tuple[Any, Breakpoints], ...] = ()
    unseen_envelopes: Tuple[str, ...] = ()
    """Names of envelopes that Live's API does not reach: MIDI controllers, pitch bend and modulation. """
    audio: Optional[Audio] = None
    start_time: Optional[float] = None
    """Arrangement position in beats; None in the Session."""
    end_time: Optional[float] = None

    # Creating

    @classmethod
    def midi(cls, length: float, start_time: Optional[float] = None, color_index: int = 0) -> ClipBody:
        """An empty MIDI clip, as `create_clip` and `create_midi_clip` make it."""
        end = None if start_time is None else start_time + length
        return cls(
            Region.of_length(length),
            color_index=color_index,
            notes=Notes(),
            start_time=start_time,
            end_time=end,
        )

    @classmethod
    def of_file(
        cls,
        path: str,
        frames: int,
        rate: float,
        tempo: float,
        start_time: Optional[float] = None,
        color_index: int = 0,
    ) -> ClipBody:
        """An audio clip of a whole file. Guess: the new clip is warped at the song's tempo and not looped."""
        seconds = frames / rate
        beats = seconds * tempo / 60.0
        name = path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
        audio = Audio(path, frames, rate, WarpMarkers.fresh(seconds, tempo))
        end = None if start_time is None else start_time + beats
        return cls(
            Region.of_length(beats, looping=False),
            name,
            color_index,
            audio=audio,
            start_time=start_time,
            end_time=end,
        )

    @classmethod
    def of_spec(
        cls, spec: Any, track_color_index: int = 0, grooves: Tuple[Any, ...] = (), tempo: float = 120.0
    ) -> ClipBody:
        """The body of a `ClipSpec`; envelopes are left to the caller, which knows the parameters."""
        if spec.looping:
            region = Region(True, spec.loop_start, spec.loop_end, spec.start_marker, spec.end_marker)
        else:
            brace_start = spec.loop_start if spec.hidden_loop_start is None else spec.hidden_loop_start
            brace_end = spec.loop_end if spec.hidden_loop_end is None else spec.hidden_loop_end
            phantom = spec.end_marker if spec.end_marker != spec.loop_end else None
            region = Region(False, brace_start, brace_end, spec.loop_start, spec.loop_end, phantom)
        color = spec.color_index
        if color is None:
            color = track_color_index if spec.color is None else palette.nearest_index(spec.color)
        audio = None
        if not spec.is_midi:
            seconds = spec.sample_length / spec.sample_rate if spec.sample_rate else 0.0
            audio = Audio(
                spec.file_path,
                spec.sample_length,
                spec.sample_rate,
                WarpMarkers.of(spec.warp_markers, seconds, tempo),
                spec.gain,
                spec.pitch_coarse,
                spec.pitch_fine,
                spec.warping,
                spec.warp_mode,
                spec.ram_mode,
            )
        return cls(
            region,
            spec.name,
            color,
            spec.muted,
            (spec.signature_numerator, spec.signature_denominator),
            spec.launch_mode,
            spec.launch_quantization,
            spec.legato,
            spec.velocity_amount,
            grooves[spec.groove] if spec.groove is not None and spec.groove < len(grooves) else None,
            Notes.of(spec.notes),
            (),
            tuple(spec.unseen_envelopes),
            audio,
            spec.start_time,
            spec.end_time,
        )

    def copied(self, start_time: Optional[float] = None, beats_per_unit: float = 1.0) -> ClipBody:
        """The body of a copy, in the Session or at `start_time` of the Arrangement; the notes get new ids."""
        end = None
        if start_time is not None:
            length = self.region.session_end_time * beats_per_unit
            end = start_time + (length if self.start_time is None else self.timeline_length)
        return self._replace(notes=self.notes.copied(), start_time=start_time, end_time=end)

    # Reading

    @property
    def is_midi(self) -> bool:
        return self.audio is None

    @property
    def color(self) -> int:
        return palette.color_of(self.color_index)

    @property
    def timeline_length(self) -> float:
        """Beats on the Arrangement's timeline."""
        assert self.start_time is not None
        assert self.end_time is not None
        return self.end_time - self.start_time

    def audio_part(self, name: str) -> Audio:
        """The audio part, or Live's refusal for the member `name` of a MIDI clip."""
        if self.audio is None:
            raise RuntimeError(AUDIO_ONLY % name.replace("_", " ").capitalize())
        return self.audio

    def audio_value(self, name: str) -> Any:
        """An audio-only property by its name in Live."""
        audio = self.audio_part(name)
        if name == "gain_display_string":
            return gain_text(audio.gain)
        if name == "available_warp_modes":
            return WARP_MODES
        if name == "warp_markers":
            return audio.warp
        return getattr(audio, name)

    def midi_notes(self, member: str = "This") -> Notes:
        """The notes, or Live's refusal on an audio clip."""
        if self.audio is not None:
            raise RuntimeError(MIDI_ONLY % member)
        return self.notes

    def envelope(self, parameter: Any) -> Optional[Breakpoints]:
        for key, points in self.envelopes:
            if key == parameter:
                return points
        return None

    # Editing

    def with_color(self, color: int) -> ClipBody:
        return self._replace(color_index=palette.nearest_index(color))

    def with_color_index(self, index: int) -> ClipBody:
        """Set the colour. Guess: an index beyond 69 selects the last colour (70 became another one on a real Live)."""
        return self._replace(color_index=min(max(index, 0), len(palette.COLORS) - 1))

    def with_signature(self, numerator: Optional[int] = None, denominator: Optional[int] = None) -> ClipBody:
        old_numerator, old_denominator = self.signature
        numerator = old_numerator if numerator is None else numerator
        denominator = old_denominator if denominator is None else denominator
        if not 1 <= numerator <= 99:
            raise RuntimeError("Signature Numerator out of range")
        if denominator not in (1, 2, 4, 8, 16):
            raise RuntimeError("Signature Denominator out of range")
        return self._replace(signature=(numerator, denominator))

    def with_launch(self, **values: Any) -> ClipBody:
        """Set launch properties: launch_mode 0..3, launch_quantization 0..14, legato, velocity_amount 0..1."""
        if not 0 <= values.get("launch_mode", 0) <= 3:
            raise RuntimeError("Invalid launch mode")
        if not 0 <= values.get("launch_quantization", 0) <= 14:
            raise RuntimeError("Invalid launch quantization")
        if not 0.0 <= values.get("velocity_amount", 0.0) <= 1.0:
            raise RuntimeError("Velocity Amount out of range")
        return self._replace(**values)

    def with_audio(self, name: str, value: Any) -> ClipBody:
        """Set gain (0..1), pitch_coarse (±48), pitch_fine, warp_mode or ram_mode."""
        audio = self.audio_part(name)
        if name == "gain" and not 0.0 <= value <= 1.0:
            raise RuntimeError("Gain out of range")
        if name == "pitch_coarse" and not -48 <= value <= 48:
            raise RuntimeError("Pitch Coarse out of range")
        if name == "warp_mode" and value not in WARP_MODES:
            raise RuntimeError("Invalid warp mode")
        if name == "pitch_fine":
            return self._replace(audio=_with_cents(audio, value))
        return self._replace(audio=audio._replace(**{name: value}))

    def with_region(self, region: Region, limit: float = math.inf, beats_per_unit: float = 1.0) -> ClipBody:
        """Set other braces or markers.

        An unlooped Arrangement clip takes their length, up to `limit` (the start of the next clip).

        Switching the loop off never lengthens an Arrangement clip, switching it on keeps its place
        (measured).
        """
        if region == self.region:
            return self
        if self.start_time is None or region.looping:
            return self._replace(region=region)
        length = region.length * beats_per_unit
        if self.region.looping:
            length = min(length, self.timeline_length)
            region = region._replace(end=region.start + length / beats_per_unit)
        return self._replace(region=region, end_time=min(self.start_time + length, limit))

    def trimmed(self, start: float, end: float, beats_per_unit: float = 1.0) -> ClipBody:
        """The part that sounds from `start` to `end` of the Arrangement, at the same place."""
        assert self.start_time is not None
        region = self.region
        skipped = (start - self.start_time) / beats_per_unit
        if skipped > 0.0:
            entry = region.position_after(skipped) if region.looping else region.start + skipped
            if entry is not None:
                region = region._replace(
                    start=entry, end=max(region.end, entry) if region.looping else region.end
                )
        if not region.looping:
            region = region._replace(end=region.start + (end - start) / beats_per_unit, phantom_end=None)
        return self._replace(region=region, start_time=start, end_time=end)

    def with_looping(self, looping: bool, limit: float = math.inf, beats_per_unit: float = 1.0) -> ClipBody:
        if looping and self.audio is not None and not self.audio.warping:
            raise RuntimeError("Only warped clips can be looped")
        return self.with_region(self.region.with_looping(looping), limit, beats_per_unit)

    def with_warping(self, warping: bool) -> ClipBody:
        """Convert positions from beats to seconds or back along the warp markers; unwarped audio never loops."""
        audio = self.audio_part("warping")
        if audio.warping == warping:
            return self
        convert = audio.warp.seconds_to_beat if warping else audio.warp.beat_to_seconds
        region = self.region
        if not warping and region.looping:
            region = region.with_looping(False)
        region = Region(region.looping, *(convert(position) for position in region[1:5]))
        return self._replace(audio=audio._replace(warping=warping), region=region)

    def with_warp(self, change: Callable[[WarpMarkers], WarpMarkers], name: str) -> ClipBody:
        audio = self.audio_part(name)
        return self._replace(audio=audio._replace(warp=change(audio.warp)))

    def with_envelope(self, parameter: Any, points: Breakpoints) -> ClipBody:
        kept = tuple((key, points if key == parameter else old) for key, old in self.envelopes)
        if self.envelope(parameter) is None:
            kept += ((parameter, points),)
        return self._replace(envelopes=kept)

    def created_envelope(self, parameter: Any) -> ClipBody:
        if self.envelope(parameter) is not None:
            raise RuntimeError(ENVELOPE_EXISTS)
        return self.with_envelope(parameter, Breakpoints())

    def without_envelope(self, parameter: Any) -> ClipBody:
        return self._replace(
            envelopes=tuple(envelope for envelope in self.envelopes if envelope[0] != parameter)
        )

    def quantized(
        self, grid: int, amount: float, swing: float = 0.0, pitch: Optional[int] = None
    ) -> ClipBody:
        """Move notes, or an audio clip's warp markers, towards the grid."""
        if self.audio is None:
            return self._replace(notes=self.notes.quantize(grid, amount, swing, pitch))
        if pitch is not None:
            raise RuntimeError(MIDI_ONLY % "Quantize pitch")
        if grid not in GRIDS:
            raise RuntimeError(INVALID_QUANTIZATION)
        return self._replace(audio=self.audio._replace(warp=_aligned(self.audio.warp, grid, amount, swing)))

    def cropped(self) -> ClipBody:
        """The part inside the loop (from the start marker, if that is earlier)."""
        start, end = self.region.cropped_start, self.region.cropped_end
        return self._replace(
            region=self.region.cropped(),
            notes=self.notes.crop(start, end),
            envelopes=tuple((key, points.cropped(start, end)) for key, points in self.envelopes),
        )

    def with_doubled_loop(self, limit: float = math.inf) -> ClipBody:
        """Twice the loop, its notes and envelopes repeated."""
        notes = self.midi_notes("Duplicate loop")
        start, end = self.region.loop_start, self.region.loop_end
        body = self._replace(
            notes=notes.duplicate_loop(start, end),
            envelopes=tuple((key, points.loop_duplicated(start, end)) for key, points in self.envelopes),
        )
        return body.with_region(self.region.doubled(), limit)

    # Notifying

    def observed(self) -> Dict[str, Any]:
        """Names of the changed properties that have listeners, in the order of notification. Guess: the order."""
        region, audio = self.region, self.audio
        values: Dict[str, Any] = {
            "name": self.name,
            "color": self.color,
            "color_index": self.color_index,
            "muted": self.muted,
            "looping": region.looping,
            "loop_start": region.loop_start,
            "loop_end": region.loop_end,
            "start_marker": region.start_marker,
            "end_marker": region.end_marker,
            "position": region.loop_start,
            "start_time": self.start_time,
            "end_time": region.session_end_time if self.start_time is None else self.end_time,
            "signature_numerator": self.signature[0],
            "signature_denominator": self.signature[1],
            "launch_mode": self.launch_mode,
            "launch_quantization": self.launch_quantization,
            "legato": self.legato,
            "velocity_amount": self.velocity_amount,
            "groove": self.groove,
            "notes": self.notes,
            "has_envelopes": bool(self.envelopes or self.unseen_envelopes),
        }
        if audio is not None:
            values.update((name, getattr(audio, name)) for name in _AUDIO)
            values["warp_markers"] = audio.warp
        return values


def changed_names(old: ClipBody, new: ClipBody) -> List[str]:
    """The listeners to call when `new` takes the place of `old`."""
    if old is new:
        return []
    before = old.observed()
    return [name for name, value in new.observed().items() if name not in before or before[name] != value]


def _with_cents(audio: Audio, cents: float) -> Audio:
    """Set the cents. Measured: from 50 cents on they carry over to semitones (50 is +1 and −50, −50 is −1 and +50)."""
    coarse = audio.pitch_coarse
    if cents > 0:
        while cents >= 50.0:
            cents, coarse = cents - 100.0, coarse + 1
    else:
        while cents <= -50.0:
            cents, coarse = cents + 100.0, coarse - 1
    return audio._replace(pitch_coarse=min(max(coarse, -48), 48), pitch_fine=cents)


def _aligned(warp: WarpMarkers, grid: int, amount: float, swing: float) -> WarpMarkers:
    """Align warp markers. Guess: visible ones move towards the grid, unless they would pass a neighbour."""
    moved: List[Marker] = []
    for marker in list(warp)[:-1]:
        line = nearest_line(marker.beat_time, grid, swing)
        beat = marker.beat_time + (line - marker.beat_time) * amount
        moved.append(
            marker._replace(beat_time=beat if not moved or beat > moved[-1].beat_time else marker.beat_time)
        )
    hidden, last = warp.markers[-1], warp.markers[-2]
    moved.append(hidden._replace(beat_time=hidden.beat_time + moved[-1].beat_time - last.beat_time))
    return WarpMarkers(moved, warp.seconds)
