"""The demo Set: a short lo-fi beat in D minor at 82 BPM, with examples of all kinds of objects.

Drums (drum rack), Keys (Electric), Bass (Operator), a folded-open group with vinyl crackle (audio) and bells,
two returns, eight scenes, an Arrangement of 40 bars with cue points. The named samples need not exist.
"""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence

from .generate import SCENES, empty_track, native
from .spec import (
    ChainSpec,
    ClipSpec,
    CueSpec,
    EnvelopeSpec,
    GrooveSpec,
    NoteSpec,
    SampleSpec,
    SceneSpec,
    SetSpec,
    TrackSpec,
    WarpMarkerSpec,
)

TEMPO = 82.0
BAR = 4.0
SAMPLE_RATE = 44100
KICK, RIM, SNARE, CLAP, HAT, OPEN_HAT = 36, 37, 38, 39, 42, 46
PADS = (
    (KICK, "Kick Dusty", 0),
    (RIM, "Rim Soft", 0),
    (SNARE, "Snare Brush", 0),
    (CLAP, "Clap Room", 0),
    (HAT, "Hat Closed", 1),
    (OPEN_HAT, "Hat Open", 1),
)
SECTIONS = ("Intro", "Verse", "Verse Keys", "Hook", "Break", "Hook High", "Bridge", "Outro")

# Dm9, G13, Cmaj9, A7(b13), one bar each: ii, V and I of C, then the dominant of D, which leads back to D minor.
CHORDS = (
    (50, 57, 60, 64, 65),
    (43, 53, 57, 59, 64),
    (48, 52, 55, 59, 62),
    (45, 55, 61, 64, 65),
)
ROOTS = (38, 43, 36, 33)
BELLS = ((0.0, 81), (0.75, 79), (1.5, 76), (3.0, 74), (5.5, 77), (6.0, 76), (8.0, 72), (9.5, 74), (12.0, 69))


def demo_set() -> SetSpec:
    """A new demo Set, which shares no part with an earlier one."""
    spec = SetSpec(name="Lo-Fi Demo", tempo=TEMPO, root_note=2, scale_name="Minor", scale_mode=True)
    spec.scenes = [SceneSpec(name, index * 5 + 2) for index, name in enumerate(SECTIONS)]
    spec.scenes[4].tempo = 76.0
    spec.scenes[6].signature = (3, 4)
    spec.grooves = [GrooveSpec("Swing 16ths 57", 3, 0.0, 100.0, 4.0, 10.0)]
    spec.tracks = [_drums(), _keys(), _bass(), _texture(), _vinyl(), _bells()]
    spec.return_tracks = [_return("A-Reverb", "Reverb", 9), _return("B-Delay", "Delay", 23)]
    spec.main_track = empty_track("main", "Main", 1, sends=0)
    spec.main_track.devices = [native("GlueCompressor"), native("Limiter")]
    spec.main_track.mixer.volume = 0.8
    spec.cue_points = [
        CueSpec(0.0, "Intro"),
        CueSpec(4 * BAR, "Verse"),
        CueSpec(20 * BAR, "Hook"),
        CueSpec(36 * BAR, "Outro"),
    ]
    spec.loop_start, spec.loop_length = 20 * BAR, 8 * BAR
    spec.metronome = False
    spec.selected_track, spec.selected_scene = 0, 1
    return spec


def _clip(
    name: str, notes: List[NoteSpec], bars: float, color: int, start_bar: Optional[float] = None
) -> ClipSpec:
    length = bars * BAR
    clip = ClipSpec(name=name, color_index=color, notes=notes, loop_end=length, end_marker=length)
    if start_bar is not None:
        clip.start_time = start_bar * BAR
        clip.end_time = clip.start_time + length
    return clip


def _place(track: TrackSpec, clips: Dict[int, ClipSpec]) -> None:
    for scene, clip in clips.items():
        track.clip_slots[scene] = clip


def _hits(pitch: int, times: Sequence[float], velocity: float, length: float = 0.25) -> List[NoteSpec]:
    # Every second hit is a little softer, as if a person played.
    return [
        NoteSpec(pitch, time, length, velocity - (9.0 if index % 2 else 0.0))
        for index, time in enumerate(times)
    ]


def _beat(bars: int, kick: bool = True, open_hat: bool = False) -> List[NoteSpec]:
    notes: List[NoteSpec] = []
    for bar in range(bars):
        at = bar * BAR
        if kick:
            notes += _hits(KICK, (at, at + 1.5, at + 2.75) if bar % 2 else (at, at + 2.5), 108.0)
        notes += _hits(SNARE, (at + 1.0, at + 3.0), 96.0)
        hats = [at + step * 0.5 + (0.06 if step % 2 else 0.0) for step in range(8)]
        if open_hat:
            notes.append(NoteSpec(OPEN_HAT, hats.pop(), 0.4, 70.0, probability=0.6))
        notes += _hits(HAT, hats, 74.0)
        notes.append(NoteSpec(RIM, at + 3.75, 0.2, 48.0, probability=0.4, velocity_deviation=12.0))
    return notes


def _chords(rolled: bool) -> List[NoteSpec]:
    notes: List[NoteSpec] = []
    for bar, chord in enumerate(CHORDS):
        for voice, pitch in enumerate(chord):
            start = bar * BAR + (0.03 * voice if rolled else 0.0)
            notes.append(NoteSpec(pitch, start, 1.75, 72.0 - 3.0 * voice))
            notes.append(NoteSpec(pitch, start + 2.5, 1.2, 58.0 - 2.0 * voice))
    return notes


def _line(busy: bool) -> List[NoteSpec]:
    notes: List[NoteSpec] = []
    for bar, root in enumerate(ROOTS):
        at = bar * BAR
        notes += [NoteSpec(root, at, 1.25, 98.0), NoteSpec(root, at + 1.5, 0.75, 84.0)]
        if busy:
            notes += [NoteSpec(root + 7, at + 2.5, 0.5, 80.0), NoteSpec(root + 12, at + 3.0, 0.5, 88.0)]
        notes.append(NoteSpec(root - 1 if root > 36 else root + 2, at + 3.5, 0.4, 76.0))
    return notes


def _drums() -> TrackSpec:
    track = _named("midi", "Drums", 14)
    rack = native("DrumGroupDevice", "Dusty Kit")
    rack.macro_names[:2] = ["Crunch", "Room"]
    rack.macros[:2] = [38.0, 20.0]
    rack.macros_mapped[:2] = [True, True]
    rack.chains = [_pad(*pad) for pad in PADS]
    track.devices = [rack, native("DrumBuss"), native("Eq8")]
    groove = 0
    _place(
        track,
        {
            0: _clip("Hats Only", _hits(HAT, [step * 0.5 for step in range(8)], 60.0), 1, 14),
            1: _clip("Beat A", _beat(2), 2, 14),
            2: _clip("Beat A", _beat(2), 2, 14),
            3: _clip("Beat B", _beat(4, open_hat=True), 4, 15),
            5: _clip("Beat B Hard", _beat(4, open_hat=True), 4, 16),
            7: _clip("Beat Out", _beat(2, kick=False), 2, 14),
        },
    )
    for clip in track.clip_slots:
        if clip is not None:
            clip.groove = groove
    track.arrangement_clips = [
        _clip("Beat A", _beat(16), 16, 14, 4.0),
        _clip("Beat B", _beat(16, open_hat=True), 16, 15, 20.0),
        _clip("Beat Out", _beat(4, kick=False), 4, 14, 36.0),
    ]
    track.mixer.sends = [0.35, 0.0]
    return track


def _pad(note: int, name: str, choke: int) -> ChainSpec:
    simpler = native("OriginalSimpler", name)
    simpler.sample = SampleSpec(
        "/Samples/Dusty Kit/%s.wav" % name, SAMPLE_RATE // 2, SAMPLE_RATE, 0, SAMPLE_RATE // 2
    )
    simpler.extra["playback_mode"] = 1
    return ChainSpec(
        name=name,
        color_index=14,
        volume=0.8,
        in_note=note,
        out_note=60,
        choke_group=choke,
        devices=[simpler],
    )


def _keys() -> TrackSpec:
    track = _named("midi", "Keys", 37)
    rack = native("InstrumentGroupDevice", "Worn Rhodes")
    rack.macro_names[:3] = ["Tone", "Tremolo", "Wow"]
    rack.macros[:3] = [74.0, 31.0, 12.0]
    rack.chains = [
        ChainSpec("Tines", 37, devices=[native("LoungeLizard", "Rhodes"), native("AutoFilter2")]),
        ChainSpec("Air", 38, volume=0.6, panning=0.2, devices=[native("InstrumentVector", "Soft Air")]),
    ]
    track.devices = [rack, native("Chorus2"), native("Saturator")]
    _place(
        track,
        {
            0: _clip("Chords Soft", _chords(True), 4, 37),
            2: _clip("Chords", _chords(True), 4, 37),
            3: _clip("Chords", _chords(False), 4, 37),
            4: _clip("Chords Alone", _chords(True), 4, 38),
            5: _clip("Chords", _chords(False), 4, 37),
            7: _clip("Chords Soft", _chords(True), 4, 37),
        },
    )
    swell = EnvelopeSpec(("mixer", "volume"), [(0.0, 0.5), (8.0, 0.75), (16.0, 0.85)])
    soft = track.clip_slots[0]
    if soft is not None:
        soft.envelopes = [swell]
    track.arrangement_clips = [_clip("Chords", _chords(bar % 2 == 0), 4, 37, 4.0 * bar) for bar in range(10)]
    track.mixer.sends = [0.5, 0.25]
    track.mixer.panning = -0.1
    return track


def _bass() -> TrackSpec:
    track = _named("midi", "Bass", 3)
    track.devices = [native("Operator", "Round Sub"), native("Compressor2"), native("Eq8")]
    _place(
        track,
        {
            1: _clip("Bass Plain", _line(False), 4, 3),
            2: _clip("Bass Plain", _line(False), 4, 3),
            3: _clip("Bass Busy", _line(True), 4, 3),
            5: _clip("Bass Busy", _line(True), 4, 3),
        },
    )
    track.arrangement_clips = [
        _clip("Bass Busy" if bar > 3 else "Bass Plain", _line(bar > 3), 4, 3, 4.0 + 4.0 * bar)
        for bar in range(8)
    ]
    track.mixer.volume = 0.78
    return track


def _texture() -> TrackSpec:
    track = _named("group", "Texture", 49)
    track.devices = [native("AutoFilter2")]
    return track


def _vinyl() -> TrackSpec:
    track = _named("audio", "Vinyl", 51)
    track.group = 3
    track.output_routing_type = "Group"
    track.devices = [native("Eq8", "Thin"), native("StereoGain")]
    track.mixer.volume = 0.55
    _place(track, {scene: _crackle(8) for scene in (0, 1, 3, 7)})
    arranged = _crackle(40)
    arranged.start_time, arranged.end_time = 0.0, 40 * BAR
    track.arrangement_clips = [arranged]
    return track


def _crackle(bars: int) -> ClipSpec:
    seconds = 8 * BAR * 60.0 / TEMPO
    clip = ClipSpec("Vinyl Crackle", 51, is_midi=False, file_path="/Samples/Vinyl Crackle.wav")
    clip.sample_length, clip.sample_rate = int(seconds * SAMPLE_RATE), float(SAMPLE_RATE)
    clip.gain = 0.3
    clip.warp_mode = 2
    clip.loop_end = clip.end_marker = 8 * BAR
    clip.warp_markers = [
        WarpMarkerSpec(0.0, 0.0),
        WarpMarkerSpec(seconds, 8 * BAR),
        WarpMarkerSpec(seconds + 60.0 / TEMPO / 32, 8 * BAR + 1.0 / 32),
    ]
    return clip


def _bells() -> TrackSpec:
    track = _named("midi", "Bells", 26)
    track.group = 3
    track.output_routing_type = "Group"
    track.devices = [native("MidiScale"), native("Operator", "Small Bells"), native("Echo")]
    _place(track, {scene: _clip("Bells", _melody(), 4, 26) for scene in (3, 5, 6)})
    track.arrangement_clips = [_clip("Bells", _melody(), 4, 26, bar) for bar in (20.0, 28.0)]
    track.mixer.sends = [0.6, 0.45]
    track.mixer.panning = 0.25
    return track


def _melody() -> List[NoteSpec]:
    return [NoteSpec(pitch, time, 0.7, 66.0, release_velocity=40.0) for time, pitch in BELLS]


def _return(name: str, class_name: str, color: int) -> TrackSpec:
    track = empty_track("return", name, color)
    track.devices = [native(class_name)]
    return track


def _named(kind: str, name: str, color: int) -> TrackSpec:
    track = empty_track(kind, name, color, sends=2, scenes=SCENES)
    track.user_name = name
    if kind == "midi":
        track.output_routing_type = "Main"
    return track
