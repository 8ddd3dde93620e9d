"""Clips out of a Set file: region, launch settings, notes, sample, warp markers, envelopes.

With looping on, LoopStart/LoopEnd are the loop brace and the start marker is LoopStart + StartRelative. With
it off they are the clip's start and end, and the brace waits in HiddenLoopStart/HiddenLoopEnd. OutMarker is
the end marker in both. Unwarped audio counts all of these in seconds. SampleVolume is a linear factor.
"""

from __future__ import annotations

import math
from typing import Dict, Iterator, List, Optional, Tuple
from xml.etree.ElementTree import Element

from .. import display
from ..spec import ClipSpec, EnvelopeSpec, NoteSpec, WarpMarkerSpec
from . import colors, fields, files
from .errors import SetFileError
from .parameters import NEVER, Targets

CLIPS = ("MidiClip", "AudioClip")
LONGEST_SECONDS = 1e6


def gain_of_factor(factor: float) -> float:
    """A clip's gain 0..1 as scripts see it, for the linear factor in a file: 1.0 is 0.4 (0 dB)."""
    if factor <= 0.0:
        return 0.0
    decibels = 20.0 * math.log10(factor)
    if decibels >= 0.0:
        return min(1.0, 0.4 + decibels / 40.0)
    return display.db_to_fader(decibels) / 0.85 * 0.4


def load(clip: Element, grooves: Dict[str, int], targets: Optional[Targets], warnings: List[str]) -> ClipSpec:
    """One clip; `grooves` tells a groove's index by its id in the file."""
    is_midi = clip.tag == "MidiClip"
    loop = clip.find("Loop")
    looping = fields.flag(loop, "LoopOn", True)
    start = fields.beats(loop, "LoopStart", 0.0)
    end = fields.beats(loop, "LoopEnd", 4.0)
    numerator, denominator = _signature(clip)
    groove = fields.text(clip, "GrooveSettings/GrooveId", "-1")
    spec = ClipSpec(
        name=fields.text(clip, "Name"),
        color_index=colors.index(clip),
        is_midi=is_midi,
        loop_start=start,
        loop_end=end,
        start_marker=start + fields.beats(loop, "StartRelative", 0.0),
        end_marker=fields.beats(loop, "OutMarker", end),
        looping=looping,
        muted=fields.flag(clip, "Disabled"),
        launch_mode=fields.whole(clip, "LaunchMode", 0, 0, 3),
        launch_quantization=fields.whole(clip, "LaunchQuantisation", 0, 0, 14),
        legato=fields.flag(clip, "Legato"),
        velocity_amount=fields.number(clip, "VelocityAmount", 0.0, -1e3, 1e3),
        signature_numerator=numerator,
        signature_denominator=denominator,
        groove=grooves.get(groove),
        ram_mode=fields.flag(clip, "Ram"),
        warping=fields.flag(clip, "IsWarped", True),
    )
    if end == start:
        warnings.append("clip %r: its loop has no length; it got a beat" % spec.name)
        spec.loop_end = end + 1.0
        spec.end_marker = max(spec.end_marker, spec.loop_end)
    elif end < start:
        raise SetFileError(
            "a clip's LoopEnd must lie behind its LoopStart",
            "%g and %g" % (end, start),
            "The Set is damaged.",
        )
    if not looping:
        spec.hidden_loop_start = fields.beats(loop, "HiddenLoopStart", start)
        spec.hidden_loop_end = fields.beats(loop, "HiddenLoopEnd", end)
    if is_midi:
        spec.notes = list(_notes(clip))
    else:
        _audio(clip, spec)
    if targets is not None:
        spec.envelopes = _envelopes(clip, targets, warnings)
    return spec


def load_arranged(
    events: Optional[Element], grooves: Dict[str, int], targets: Optional[Targets], warnings: List[str]
) -> List[ClipSpec]:
    """The clips of an Arrangement lane in time order."""
    specs = []
    for clip in () if events is None else events:
        if clip.tag not in CLIPS:
            continue
        spec = load(clip, grooves, targets, warnings)
        spec.start_time = fields.beats(clip, "CurrentStart", 0.0)
        spec.end_time = fields.beats(clip, "CurrentEnd", spec.start_time + 4.0)
        if spec.end_time == spec.start_time:
            warnings.append("clip %r: it has no length in the Arrangement; it was left out" % spec.name)
            continue
        if spec.end_time < spec.start_time:
            raise SetFileError(
                "an Arrangement clip must end behind its start",
                "%g and %g" % (spec.start_time, spec.end_time),
                "The Set is damaged.",
            )
        specs.append(spec)
    specs.sort(key=lambda spec: spec.start_time or 0.0)
    return specs


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
        pitch = fields.whole(track, "MidiKey", 60, 0, 127)
        for event in fields.children(track, "Notes"):
            if event.tag != "MidiNoteEvent":
                continue
            get = event.get
            yield NoteSpec(
                pitch=pitch,
                start_time=_note_number(event, "Time", 0.0, -fields.LONGEST_BEATS, fields.LONGEST_BEATS),
                duration=_note_number(event, "Duration", 0.25, 0.0, fields.LONGEST_BEATS),
                velocity=_note_number(event, "Velocity", 100.0, 0.0, 127.0),
                mute=get("IsEnabled", fields.TRUE) == fields.FALSE,
                probability=_note_number(event, "Probability", 1.0, 0.0, 1.0),
                velocity_deviation=_note_number(event, "VelocityDeviation", 0.0, -127.0, 127.0),
                release_velocity=_note_number(event, "OffVelocity", 64.0, 0.0, 127.0),
            )


def _note_number(event: Element, name: str, default: float, low: float, high: float) -> float:
    written = event.get(name)
    return default if written is None else fields.to_number(written, "a note's %s" % name, low, high)


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
    return markers


def _envelopes(clip: Element, targets: Targets, warnings: List[str]) -> List[EnvelopeSpec]:
    """Those of parameters; modulations and MIDI controllers have no parameter that scripts could ask for."""
    specs = []
    for envelope in fields.children(clip, "Envelopes/Envelopes"):
        target = targets.by_id.get(fields.text(envelope, "EnvelopeTarget/PointeeId"))
        if target is None:
            warnings.append(
                "clip %r: an envelope of something without a parameter" % fields.text(clip, "Name")
            )
            continue
        events = []
        for event in fields.children(envelope, "Automation/Events"):
            if not event.tag.endswith("Event"):
                continue
            time = fields.to_number(event.get("Time", "0"), "an event's Time")
            written = event.get("Value", "0")
            if written in (fields.TRUE, fields.FALSE):
                value = float(written == fields.TRUE)
            else:
                value = target.law.value(fields.to_number(written, "an event's Value"))
            if time > NEVER:
                events.append((time, value))
            elif not events:
                first = value
        if not events and len(envelope.findall("Automation/Events/*")):
            events = [(0.0, first)]
        specs.append(EnvelopeSpec(target.path, events))
    return specs
