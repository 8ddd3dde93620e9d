"""Reads clips from a Set file: region, launch settings, notes, sample, warp markers, envelopes.

With looping on, LoopStart/LoopEnd are the loop brace and the start marker is LoopStart + StartRelative. With
looping off they are the clip's start and end, and HiddenLoopStart/HiddenLoopEnd have the brace. OutMarker is
the end marker in both cases. Unwarped audio counts all of these in seconds. SampleVolume is a linear factor. Regions
that are reversed or have no length are corrected or left out, with a warning.
"""

from __future__ import annotations

import math
from typing import Dict, Iterator, List, Optional, Tuple
from xml.etree.ElementTree import Element

from ..music import display
from ..sets.spec import ClipSpec, EnvelopeSpec, NoteSpec, WarpMarkerSpec
from . import automation, colors, fields, files, notices
from .parameters import Targets

CLIPS = ("MidiClip", "AudioClip")
LONGEST_SECONDS = 1e6
SHORTEST_NOTE = 1e-3
"""Beats; Live writes notes of duration 0 into some Sets, which its API would refuse."""
_GRIDS = {(8, 1): 1, (4, 1): 2, (2, 1): 3, (1, 1): 4, (1, 2): 5, (1, 4): 6, (1, 8): 7, (1, 16): 8, (1, 32): 9}
"""FixedNumerator and FixedDenominator → `GridQuantization`."""


def gain_of_factor(factor: float) -> float:
    """A clip's gain 0..1 as scripts see it, for the linear factor in a file: 1.0 is 0.4 (0 dB)."""
    if factor <= 0.0:
        return 0.0
    decibels = 20.0 * math.log10(factor)
    if decibels >= 0.0:
        return min(1.0, 0.4 + decibels / 40.0)
    return display.db_to_fader(decibels) / 0.85 * 0.4


def load(clip: Element, grooves: Dict[str, int], targets: Optional[Targets]) -> ClipSpec:
    """One clip; `grooves` maps a groove's id in the file to its index."""
    name = fields.text(clip, "Name")
    with notices.at("clip %r" % name):
        is_midi = clip.tag == "MidiClip"
        numerator, denominator = _signature(clip)
        spec = ClipSpec(
            name=name,
            color_index=colors.index(clip),
            is_midi=is_midi,
            muted=fields.flag(clip, "Disabled"),
            launch_mode=fields.whole(clip, "LaunchMode", 0, 0, 3),
            launch_quantization=fields.whole(clip, "LaunchQuantisation", 0, 0, 14),
            legato=fields.flag(clip, "Legato"),
            velocity_amount=fields.number(clip, "VelocityAmount", 0.0, 0.0, 1.0),
            signature_numerator=numerator,
            signature_denominator=denominator,
            groove=_groove(clip, grooves),
            ram_mode=fields.flag(clip, "Ram"),
            warping=fields.flag(clip, "IsWarped", True),
        )
        _region(clip.find("Loop"), spec)
        _grid(clip.find("Grid"), spec)
        if is_midi:
            spec.notes = list(_notes(clip))
        else:
            _audio(clip, spec)
        if targets is not None:
            _envelopes(clip, targets, spec)
        return spec


def _groove(clip: Element, grooves: Dict[str, int]) -> Optional[int]:
    written = fields.text(clip, "GrooveSettings/GrooveId", "-1")
    if written != "-1" and written not in grooves:
        notices.add("groove")
    return grooves.get(written)


def _region(loop: Optional[Element], spec: ClipSpec) -> None:
    spec.looping = fields.flag(loop, "LoopOn", True)
    start = fields.beats(loop, "LoopStart", 0.0)
    spec.loop_start, spec.loop_end = _ordered(start, fields.beats(loop, "LoopEnd", 4.0), "Loop")
    # The start marker is counted from the LoopStart of the file.
    spec.start_marker = start + fields.beats(loop, "StartRelative", 0.0)
    spec.end_marker = fields.beats(loop, "OutMarker", spec.loop_end)
    if spec.end_marker <= spec.start_marker:
        notices.add("marker", "%g before %g" % (spec.end_marker, spec.start_marker))
        spec.start_marker = min(spec.start_marker, spec.loop_start)
        spec.end_marker = spec.loop_end
    if not spec.looping:
        spec.hidden_loop_start, spec.hidden_loop_end = _ordered(
            fields.beats(loop, "HiddenLoopStart", spec.loop_start),
            fields.beats(loop, "HiddenLoopEnd", spec.loop_end),
            "HiddenLoop",
        )


def _ordered(start: float, end: float, part: str) -> Tuple[float, float]:
    """The two ends of a brace, the earlier one first and apart from each other."""
    if end > start:
        return start, end
    if end < start:
        notices.add("loop", "%s %g to %g" % (part, start, end))
        return end, start
    notices.add("loop length", "%s at %g" % (part, start))
    return start, start + 1.0


def _grid(grid: Optional[Element], spec: ClipSpec) -> None:
    """Read the editor's grid. Guess: for an adaptive grid scripts read the fixed grid that is also in the file."""
    fixed = (fields.whole(grid, "FixedNumerator", 0), fields.whole(grid, "FixedDenominator", 0))
    spec.grid = _GRIDS.get(fixed)
    spec.grid_is_triplet = fields.whole(grid, "Ntoles", 2) == 3


def load_arranged(
    events: Optional[Element], grooves: Dict[str, int], targets: Optional[Targets], midi: bool
) -> List[ClipSpec]:
    """The clips of an Arrangement lane in time order."""
    specs = []
    for clip in () if events is None else events:
        if not belongs(clip, midi):
            continue
        spec = load(clip, grooves, targets)
        with notices.at("clip %r" % spec.name):
            if _placed(clip, spec):
                specs.append(spec)
    specs.sort(key=lambda spec: spec.start_time or 0.0)
    return specs


def belongs(element: Element, midi: bool) -> bool:
    """True for a clip of the track's kind; a clip of the other kind is counted as left out."""
    if element.tag not in CLIPS:
        return False
    if (element.tag == "MidiClip") != midi:
        notices.add("clip kind", "clip %r" % fields.text(element, "Name"))
        return False
    return True


def _placed(clip: Element, spec: ClipSpec) -> bool:
    """Set the clip's position in the Arrangement; False for a clip without a length there."""
    start = spec.start_time = fields.beats(clip, "CurrentStart", 0.0)
    end = fields.beats(clip, "CurrentEnd", start + 4.0)
    if end < start:
        notices.add("clip turned", "%g to %g" % (start, end))
        end = start + spec.loop_end - spec.loop_start
    elif end == start:
        notices.add("clip length", "at %g" % start)
    spec.end_time = end
    return end > start


def _signature(clip: Element) -> Tuple[int, int]:
    for one in fields.children(clip, "TimeSignature/TimeSignatures"):
        return (
            fields.whole(one, "Numerator", 4, 1, 99),
            fields.whole(one, "Denominator", 4, 1, 16),
        )
    return 4, 4


def _notes(clip: Element) -> Iterator[NoteSpec]:
    for track in fields.children(clip, "Notes/KeyTracks"):
        if track.tag != "KeyTrack":
            continue
        written = fields.text(track, "MidiKey", "60")
        if not (written.isdigit() and int(written[:9]) <= 127):
            lost = sum(1 for event in fields.children(track, "Notes") if event.tag == "MidiNoteEvent")
            if lost:
                notices.add("note pitch", "MidiKey %r" % written[:40], lost)
            continue
        for event in fields.children(track, "Notes"):
            if event.tag == "MidiNoteEvent":
                yield _note(event, int(written))


def _note(event: Element, pitch: int) -> NoteSpec:
    start = _note_number(event, "Time", 0.0, -fields.LONGEST_BEATS, fields.LONGEST_BEATS)
    duration = _note_number(event, "Duration", 0.25, -fields.LONGEST_BEATS, fields.LONGEST_BEATS)
    if duration < 0.0:
        notices.add("note turned", "pitch %d at %g for %g" % (pitch, start, duration))
        start, duration = start + duration, -duration
    if duration < SHORTEST_NOTE:
        if duration == 0.0:
            notices.add("note length", "pitch %d at %g" % (pitch, start))
        duration = duration or SHORTEST_NOTE
    return NoteSpec(
        pitch=pitch,
        start_time=start,
        duration=duration,
        velocity=_note_number(event, "Velocity", 100.0, 1.0, 127.0),
        mute=event.get("IsEnabled", fields.TRUE) == fields.FALSE,
        probability=_note_number(event, "Probability", 1.0, 0.0, 1.0),
        velocity_deviation=_note_number(event, "VelocityDeviation", 0.0, -127.0, 127.0),
        release_velocity=_note_number(event, "OffVelocity", 64.0, 0.0, 127.0),
    )


def _note_number(event: Element, name: str, default: float, low: float, high: float) -> float:
    written = event.get(name)
    return default if written is None else fields.to_number(written, "a note's %s" % name, low, high, default)


def _audio(clip: Element, spec: ClipSpec) -> None:
    sample = clip.find("SampleRef")
    spec.file_path = files.sample_path(sample)
    spec.sample_length = fields.whole(sample, "DefaultDuration", 0, 0, 2**40)
    spec.sample_rate = fields.number(sample, "DefaultSampleRate", 44100.0, 0.0, 1e7) or 44100.0
    spec.gain = gain_of_factor(fields.number(clip, "SampleVolume", 1.0, 0.0, 1e4))
    spec.pitch_coarse = fields.whole(clip, "PitchCoarse", 0, -48, 48)
    spec.pitch_fine = fields.number(clip, "PitchFine", 0.0, -500.0, 500.0)
    spec.warp_mode = fields.whole(clip, "WarpMode", 0, 0, 6)
    spec.warp_markers = warp_markers(clip)


def warp_markers(clip: Optional[Element]) -> List[WarpMarkerSpec]:
    """The warp markers in order, each later than the one before in beats and in seconds."""
    markers = []
    for one in fields.children(clip, "WarpMarkers"):
        if one.tag == "WarpMarker":
            seconds = fields.to_number(
                one.get("SecTime", "0"), "a warp marker's SecTime", -LONGEST_SECONDS, LONGEST_SECONDS
            )
            beat = fields.to_number(
                one.get("BeatTime", "0"),
                "a warp marker's BeatTime",
                -fields.LONGEST_BEATS,
                fields.LONGEST_BEATS,
            )
            markers.append(WarpMarkerSpec(seconds, beat))
    markers.sort(key=lambda marker: marker.beat_time)
    kept: List[WarpMarkerSpec] = []
    for marker in markers:
        last = kept[-1] if kept else None
        if last is None or (marker.beat_time > last.beat_time and marker.sample_time > last.sample_time):
            kept.append(marker)
        else:
            notices.add("warp marker", "beat %g, second %g" % (marker.beat_time, marker.sample_time))
    return kept


def _envelopes(clip: Element, targets: Targets, spec: ClipSpec) -> None:
    """Read the envelopes of parameters. Of MIDI controllers and modulation Live's API only shows that they exist."""
    for envelope in fields.children(clip, "Envelopes/Envelopes"):
        pointee = fields.text(envelope, "EnvelopeTarget/PointeeId")
        target = targets.by_id.get(pointee)
        if target is not None:
            events = fields.children(envelope, "Automation/Events")
            spec.envelopes.append(EnvelopeSpec(target.path, automation.breakpoints(events, target.law.value)))
            continue
        name = targets.unseen(pointee)
        if name is None:
            notices.add("envelope", "target %r" % pointee[:40])
        else:
            spec.unseen_envelopes.append(name)
