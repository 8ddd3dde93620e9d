"""Simpler and its sample. Guess: the defaults of a sample's slicing and warping controls."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Dict, Optional, Tuple

from ..music.display import gain_text
from ..music.warp import WarpMarkers
from ..node import Document, Node, model
from ..sets.spec import DeviceSpec, SampleSpec
from .device import Device

SETTINGS = (
    "note_pitch_bend_range",
    "pitch_bend_range",
    "pad_slicing",
    "playback_mode",
    "slicing_playback_mode",
    "retrigger",
    "voices",
)
"""Properties of Simpler that a Set file can hold."""

SLICING = 2
"""The value of `playback_mode` for slicing."""
VOICES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)


@model
class SimplerView(Node):
    LOM = "SimplerDevice.View"
    UNTRACKED = frozenset(("is_collapsed", "selected_slice"))
    is_collapsed = False
    selected_slice = -1
    sample_env_fade_in = -1
    sample_env_fade_out = -1
    sample_loop_fade = -1
    parent: Any

    def _of_sample(self, name: str) -> int:
        sample: Any = self.parent.sample
        return -1 if sample is None else int(getattr(sample, name))

    def get_sample_start(self) -> int:
        return self._of_sample("start_marker")

    def get_sample_end(self) -> int:
        return self._of_sample("end_marker")

    get_sample_loop_start = get_sample_start
    get_sample_loop_end = get_sample_end


FOLLOWING: Dict[str, Tuple[str, ...]] = {
    "start_marker": ("sample_start", "sample_loop_start"),
    "end_marker": ("sample_end", "sample_loop_end"),
    "warping": ("can_warp_as", "can_warp_double", "can_warp_half"),
}
"""Properties of Simpler or its view that follow a property of the sample."""

GUESSED_BPM = 120.0
"""Tempo of a sample that was never warped."""


@model
class Sample(Node):
    LOM = "Sample"
    file_path = ""
    length = 0
    sample_rate = 44100.0
    start_marker = 0
    end_marker = 0
    gain = 0.4
    warping = False
    warp_mode = 0
    slices: Tuple[int, ...] = ()
    warp: Optional[WarpMarkers] = None
    """The warp markers in the Set; None if the Set has none."""
    warped_beats = 0.0
    """Length of the region that a script requested; 0.0 before the first request."""
    beats_granulation_resolution = 5
    beats_transient_envelope = 100.0
    beats_transient_loop_mode = 0
    complex_pro_envelope = 128.0
    complex_pro_formants = 100.0
    slicing_beat_division = 4
    slicing_region_count = 8
    slicing_sensitivity = 0.5
    slicing_style = 0
    texture_flux = 25.0
    texture_grain_size = 65.0
    tones_grain_size = 30.0
    GUESSES = frozenset(
        (
            "beats_granulation_resolution",
            "beats_transient_envelope",
            "beats_transient_loop_mode",
            "complex_pro_envelope",
            "complex_pro_formants",
            "slicing_beat_division",
            "slicing_region_count",
            "slicing_sensitivity",
            "slicing_style",
            "texture_flux",
            "texture_grain_size",
            "tones_grain_size",
            "warp_markers",
            "reset_slices",
        )
    )

    @classmethod
    def of(cls, doc: Document, spec: SampleSpec) -> Sample:
        return cls(
            doc,
            file_path=spec.file_path,
            length=spec.length,
            sample_rate=float(spec.sample_rate),
            start_marker=spec.start_marker,
            end_marker=spec.end_marker or spec.length,
            gain=spec.gain,
            warping=spec.warping,
            warp_mode=spec.warp_mode,
            slices=tuple(sorted(spec.slices)),
            warp=WarpMarkers.of(spec.warp_markers, spec.length / spec.sample_rate, GUESSED_BPM)
            if spec.warp_markers
            else None,
            **{name: value for name, value in spec.settings.items() if hasattr(cls, name)},
        )

    def check_gain(self, value: float) -> float:
        if not 0.0 <= value <= 1.0:
            raise RuntimeError("Gain out of range")
        return value

    def check_start_marker(self, value: int) -> int:
        if not 0 <= value < self.end_marker:
            raise RuntimeError("Cannot set StartMarker behind EndMarker")
        return value

    def check_end_marker(self, value: int) -> int:
        if not self.start_marker < value <= self.length:
            raise RuntimeError("Cannot set EndMarker before StartMarker")
        return value

    @property
    def _warp(self) -> WarpMarkers:
        # Independent of the song's tempo: the markers belong to the sample.
        if self.warp is not None and not self.warped_beats:
            return self.warp
        bpm = GUESSED_BPM
        if self.warped_beats:
            bpm = self.warped_beats * 60.0 * self.sample_rate / (self.end_marker - self.start_marker)
        return WarpMarkers.fresh(self.length / self.sample_rate, bpm)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        super().on_change(field, old, value)
        if field == "warped_beats":
            self.notify("warp_markers")
        elif field in FOLLOWING and self.parent is not None:
            self.parent.notify_following(FOLLOWING[field])

    def get_warp_markers(self) -> Any:
        from .clip import export_warp_markers

        return export_warp_markers(self._warp)

    def call_gain_display_string(self) -> str:
        return gain_text(self.gain)

    def call_beat_to_sample_time(self, beat_time: float) -> float:
        return float(self._warp.beat_to_seconds(beat_time) * self.sample_rate)

    def call_sample_to_beat_time(self, sample_time: float) -> float:
        return float(self._warp.seconds_to_beat(sample_time / self.sample_rate))

    def call_insert_slice(self, time: int) -> None:
        if not 0 <= time < self.length:
            raise RuntimeError("Invalid slice time")
        self.change("slices", tuple(sorted(set(self.slices) | {time})))

    def call_remove_slice(self, time: int) -> None:
        if time not in self.slices:
            raise RuntimeError("Invalid slice time")
        self.change("slices", tuple(slice_time for slice_time in self.slices if slice_time != time))

    def call_move_slice(self, old: int, new: int) -> int:
        if old not in self.slices or not 0 <= new < self.length:
            raise RuntimeError("Invalid slice time")
        self.change(
            "slices", tuple(sorted({new} | {slice_time for slice_time in self.slices if slice_time != old}))
        )
        return new

    def call_clear_slices(self) -> None:
        self.change("slices", ())

    def call_reset_slices(self) -> None:
        self.change("slices", ())


@model
class Simpler(Device):
    LOM = "SimplerDevice"
    OWNS: ClassVar[Tuple[str, ...]] = Device.OWNS + ("sample",)
    UNTRACKED = Device.UNTRACKED | {"slicing_since"}
    sample: Optional[Sample] = None
    note_pitch_bend_range = 48
    pitch_bend_range = 5
    pad_slicing = False
    playback_mode = 0
    slicing_since = -math.inf
    slicing_playback_mode = 0
    playing_position = 0.0
    playing_position_enabled = False
    retrigger = True
    voices = 6
    GUESSES = Device.GUESSES | {"playing_position", "can_warp_as", "guess_playback_length"}

    def make_view(self, spec: DeviceSpec) -> Node:
        view = SimplerView(self.doc)
        if spec.is_collapsed:
            view.is_collapsed = True
        return view

    def fill(self, spec: DeviceSpec) -> None:
        super().fill(spec)
        for name in SETTINGS:
            if name in spec.extra:
                self.__dict__[name] = spec.extra[name]
        if "voices_index" in spec.extra:
            self.voices = VOICES[min(max(int(spec.extra["voices_index"]), 0), len(VOICES) - 1)]
        if spec.sample is not None:
            self.own("sample", Sample.of(self.doc, spec.sample))

    def notify_following(self, names: Tuple[str, ...]) -> None:
        for name in names:
            (self if name.startswith("can_") else self.view).notify(name)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        super().on_change(field, old, value)
        if field == "sample":
            for names in FOLLOWING.values():
                self.notify_following(names)

    def _loaded(self) -> Sample:
        if self.sample is None:
            raise RuntimeError("No sample loaded")
        return self.sample

    def check_voices(self, value: int) -> int:
        if value not in VOICES:
            raise RuntimeError("Invalid voice count")
        return value

    def check_playback_mode(self, value: int) -> int:
        if not 0 <= value <= 2:
            raise RuntimeError("Invalid playback mode")
        if value == SLICING != self.playback_mode:
            self.slicing_since = self.doc.clock.now()
        return value

    def check_slicing_playback_mode(self, value: int) -> int:
        if not 0 <= value <= 2:
            raise RuntimeError("Invalid slicing playback mode")
        return value

    def check_pitch_bend_range(self, value: int) -> int:
        return _bend(value)

    def check_note_pitch_bend_range(self, value: int) -> int:
        return _bend(value)

    def get_multi_sample_mode(self) -> bool:
        return False

    def get_can_warp_as(self) -> bool:
        return self.sample is not None and self.sample.warping

    get_can_warp_double = get_can_warp_half = get_can_warp_as

    def call_crop(self) -> None:
        sample = self._loaded()
        with self.doc.edit():
            sample.change("length", sample.end_marker - sample.start_marker)
            sample.change("end_marker", sample.length)
            sample.change("start_marker", 0)

    def call_guess_playback_length(self) -> float:
        sample = self._loaded()
        if sample.warped_beats:
            return sample.warped_beats
        seconds = (sample.end_marker - sample.start_marker) / sample.sample_rate
        return float(seconds * self.doc.song.tempo / 60.0)

    def call_reverse(self) -> None:
        """Reverse the sample. Guess: Live makes a new file; the slices are mirrored."""
        sample = self._loaded()
        with self.doc.edit():
            sample.change("file_path", _reversed_path(sample.file_path))
            sample.change("slices", tuple(sorted(sample.length - slice_time for slice_time in sample.slices)))

    def _warped(self) -> Sample:
        sample = self._loaded()
        if not sample.warping:
            raise RuntimeError("Sample is not warped")
        return sample

    def call_warp_as(self, beats: float) -> None:
        """Make the playable region last `beats`."""
        sample = self._warped()
        if not beats > 0.0:
            raise RuntimeError("Invalid beat time")
        sample.change("warped_beats", beats)

    def _warp_by(self, factor: float) -> None:
        sample = self._warped()
        sample.change("warped_beats", self.call_guess_playback_length() * factor)

    def call_warp_double(self) -> None:
        self._warp_by(2.0)

    def call_warp_half(self) -> None:
        self._warp_by(0.5)

    def call_replace_sample(self, file_path: str) -> None:
        from ..sets.audio_files import read

        info = read(file_path)
        if info is None:
            raise RuntimeError("The file is not a valid audio file")
        self.load_sample(SampleSpec(file_path, info.frames, int(info.sample_rate), 0, info.frames))

    def load_sample(self, spec: SampleSpec) -> None:
        self.change("sample", Sample.of(self.doc, spec))


def _reversed_path(path: str) -> str:
    stem, dot, end = path.rpartition(".")
    mark = " R"
    if stem.endswith(mark):
        return stem[: -len(mark)] + dot + end
    return (stem or path) + mark + (dot + end if stem else "")


def _bend(value: int) -> int:
    if not 0 <= value <= 96:
        raise RuntimeError("Invalid Pitch Bend Range")
    return value
