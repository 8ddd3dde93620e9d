"""A Set as plain data: the only form between the loaders of a Set and the document that plays it.

The `.als` loader, the demo Set and the generators produce a `SetSpec`; the document consumes it. This module knows
neither files nor Live's objects. Times are beats unless a name says otherwise; unwarped audio counts in seconds, as
in Live. `None` means "Live's default". Parameter values are in the parameter's own range (`minimum`..`maximum`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple


@dataclass
class SetWarning:
    """One kind of change or omission of a loader, how often it happened, and the first places."""

    kind: str
    text: str
    """The fault in the file and what the loader did."""
    count: int = 0
    places: List[str] = field(default_factory=list)

    def __str__(self) -> str:
        shown = "; ".join(place for place in self.places[:3] if place)
        more = "; …" if self.count > 3 else ""
        return "%d × %s" % (self.count, self.text) + (" (%s%s)" % (shown, more) if shown else "")


@dataclass
class NoteSpec:
    """One MIDI note; `pitch` 0..127, `velocity` above 0 up to 127, `probability` 0..1."""

    pitch: int
    start_time: float
    duration: float
    velocity: float = 100.0
    mute: bool = False
    probability: float = 1.0
    velocity_deviation: float = 0.0
    release_velocity: float = 64.0


@dataclass
class WarpMarkerSpec:
    """A warp marker: a sample time (seconds) and its beat time."""

    sample_time: float
    beat_time: float


@dataclass
class EnvelopeSpec:
    """A clip envelope, or a lane of the Arrangement.

    `parameter` is the way from the track: ("mixer", "volume" | "panning" | "track_activator" | "song_tempo" | …),
    ("mixer", "sends", index), (device index, parameter index), or through racks (device index, "chains" |
    "return_chains", chain index, device index, …, parameter index), or to a chain's mixer (…, chain index, "mixer",
    "volume" | "panning" | "chain_activator"). Parameter indices count "Device On" as 0; of a rack the macros are
    1 to 16 and the chain selector is 17.
    """

    parameter: Tuple[Any, ...]
    events: List[Tuple[float, float]] = field(default_factory=list)
    """(time in beats, a clip's from its start; value in the parameter's own range)"""


@dataclass
class ClipSpec:
    """A clip of the Session (in a slot) or of the Arrangement (`start_time`..`end_time` set)."""

    name: str = ""
    color_index: Optional[int] = None
    color: Optional[int] = None
    is_midi: bool = True
    start_time: Optional[float] = None
    """Arrangement position in beats; None for a Session clip."""
    end_time: Optional[float] = None
    loop_start: float = 0.0
    loop_end: float = 4.0
    start_marker: float = 0.0
    end_marker: float = 4.0
    looping: bool = True
    hidden_loop_start: Optional[float] = None
    """The loop brace that returns when looping is switched on; only for a clip that does not loop."""
    hidden_loop_end: Optional[float] = None
    muted: bool = False
    launch_mode: int = 0
    launch_quantization: int = 0
    legato: bool = False
    velocity_amount: float = 0.0
    signature_numerator: int = 4
    signature_denominator: int = 4
    groove: Optional[int] = None
    """Index into `SetSpec.grooves`."""
    notes: List[NoteSpec] = field(default_factory=list)
    envelopes: List[EnvelopeSpec] = field(default_factory=list)
    unseen_envelopes: List[str] = field(default_factory=list)
    """Names of envelopes that Live's API cannot reach: MIDI controllers, pitch bend, clip modulation."""
    grid: Optional[int] = None
    """The editor's fixed grid, a `GridQuantization` 0..10; None is Live's default."""
    grid_is_triplet: bool = False
    file_path: str = ""
    sample_length: int = 0
    """Length of the file in samples."""
    sample_rate: float = 44100.0
    gain: float = 0.4
    """0..1; 0.4 is 0 dB."""
    pitch_coarse: int = 0
    pitch_fine: float = 0.0
    warping: bool = True
    warp_mode: int = 0
    ram_mode: bool = False
    warp_markers: List[WarpMarkerSpec] = field(default_factory=list)


@dataclass
class ParameterSpec:
    """A device parameter. `items` makes it quantized. `unit` names the display law (see `display`)."""

    name: str
    value: float = 0.0
    minimum: float = 0.0
    maximum: float = 1.0
    default: Optional[float] = None
    items: Tuple[str, ...] = ()
    unit: str = ""
    is_enabled: bool = True
    original_name: str = ""
    automated: bool = False
    """True when the Arrangement has automation for the parameter."""
    guesses: Tuple[str, ...] = ()
    """The facts that no source has from a real Live: "name", "law", "default", "items", "path"."""


@dataclass
class ChainSpec:
    """A chain of a rack; `in_note`/`out_note`/`choke_group` count on drum racks only."""

    name: str = ""
    color_index: Optional[int] = None
    color: Optional[int] = None
    mute: bool = False
    solo: bool = False
    volume: float = 0.85
    panning: float = 0.0
    sends: List[float] = field(default_factory=list)
    devices: List[DeviceSpec] = field(default_factory=list)
    in_note: Optional[int] = None
    out_note: int = 60
    choke_group: int = 0


@dataclass
class SampleSpec:
    """The sample in a Simpler; markers in samples."""

    file_path: str
    length: int = 0
    sample_rate: int = 44100
    start_marker: int = 0
    end_marker: int = 0
    gain: float = 0.4
    warping: bool = False
    warp_mode: int = 0
    slices: List[int] = field(default_factory=list)
    warp_markers: List[WarpMarkerSpec] = field(default_factory=list)
    settings: Dict[str, Any] = field(default_factory=dict)
    """Slicing and warping controls by the names of Live's `Sample`."""


@dataclass
class DeviceSpec:
    """A device; `class_name` is Live's internal one ("Eq8", "DrumGroupDevice", "PluginDevice").

    `parameters` leaves out "Device On" (`is_on`), which is always parameter 0. Racks: `macros` are the
    16 macro values (0..127), `parameters` stays empty. `extra` holds the special properties by LOM
    name.
    """

    class_name: str
    name: str = ""
    class_display_name: str = ""
    type: int = 2
    """1 instrument, 2 audio effect, 4 MIDI effect, 0 undefined."""
    is_on: bool = True
    parameters: List[ParameterSpec] = field(default_factory=list)
    chains: List[ChainSpec] = field(default_factory=list)
    return_chains: List[ChainSpec] = field(default_factory=list)
    macros: List[float] = field(default_factory=list)
    macro_names: List[str] = field(default_factory=list)
    macros_mapped: List[bool] = field(default_factory=list)
    visible_macro_count: int = 8
    chain_selector: float = 0.0
    variation_count: int = 0
    sample: Optional[SampleSpec] = None
    presets: List[str] = field(default_factory=list)
    is_collapsed: bool = False
    latency_in_samples: int = 0
    extra: Dict[str, Any] = field(default_factory=dict)


@dataclass
class MixerSpec:
    """`volume` and `sends` 0..1 (0.85 = 0 dB), `panning` −1..1, `crossfade_assign` 0 A, 1 none, 2 B."""

    volume: float = 0.85
    panning: float = 0.0
    panning_mode: int = 0
    left_split_stereo: float = -1.0
    right_split_stereo: float = 1.0
    sends: List[float] = field(default_factory=list)
    send_switches: List[bool] = field(default_factory=list)
    """False for a send that is switched off; a missing entry means on."""
    is_on: bool = True
    """The track activator; False is a muted track."""
    crossfade_assign: int = 1
    crossfader: float = 0.0
    cue_volume: float = 0.85


@dataclass
class TakeLaneSpec:
    name: str = ""
    arrangement_clips: List[ClipSpec] = field(default_factory=list)


@dataclass
class TrackSpec:
    """A track.

    `kind` is "midi", "audio", "group", "return" or "main"; `group` is the index of the group track that holds it.
    """

    kind: str
    name: str = ""
    user_name: Optional[str] = None
    """The name as the user typed it, with "#"; "" for a track that Live names by its number, None when unknown."""
    color_index: Optional[int] = None
    color: Optional[int] = None
    group: Optional[int] = None
    is_folded: bool = False
    solo: bool = False
    arm: bool = False
    monitoring: int = 1
    """0 in, 1 auto, 2 off."""
    is_frozen: bool = False
    delay: float = 0.0
    delay_is_samples: bool = False
    mixer: MixerSpec = field(default_factory=MixerSpec)
    devices: List[DeviceSpec] = field(default_factory=list)
    clip_slots: List[Optional[ClipSpec]] = field(default_factory=list)
    """One entry for each scene; a missing entry is an empty slot."""
    stop_buttons: List[bool] = field(default_factory=list)
    arrangement_clips: List[ClipSpec] = field(default_factory=list)
    take_lanes: List[TakeLaneSpec] = field(default_factory=list)
    input_routing_type: Optional[str] = None
    input_routing_channel: Optional[str] = None
    output_routing_type: Optional[str] = None
    output_routing_channel: Optional[str] = None
    is_collapsed: bool = False
    playing_slot: int = -1
    """The slot that played when the Set was saved; −1 for the Arrangement, −2 for stopped in the Session."""
    automation: List[EnvelopeSpec] = field(default_factory=list)
    """The Arrangement's lanes; times are beats of the song."""


@dataclass
class SceneSpec:
    """`tempo` in BPM and the signature are None if the scene does not change them."""

    name: str = ""
    color_index: Optional[int] = None
    color: Optional[int] = None
    tempo: Optional[float] = None
    signature: Optional[Tuple[int, int]] = None


@dataclass
class CueSpec:
    time: float
    name: str = ""


@dataclass
class GrooveSpec:
    name: str
    base: int = 3
    quantization_amount: float = 0.0
    timing_amount: float = 100.0
    random_amount: float = 0.0
    velocity_amount: float = 0.0


@dataclass
class TuningSpec:
    name: str
    note_tunings: List[float] = field(default_factory=list)
    pseudo_octave_in_cents: float = 1200.0
    reference_pitch_frequency: float = 440.0
    reference_note: Optional[Tuple[int, int]] = None
    """(index in the pseudo octave, octave); the next two fields have the same form."""
    lowest_note: Optional[Tuple[int, int]] = None
    highest_note: Optional[Tuple[int, int]] = None


@dataclass
class SetSpec:
    """A whole Set.

    `tracks` holds MIDI, audio and group tracks in order; a group track stands before its members.
    """

    name: str = ""
    file_path: str = ""
    creator: str = ""
    """The version of Live that wrote the file, as the file says."""
    tempo: float = 120.0
    signature_numerator: int = 4
    signature_denominator: int = 4
    tracks: List[TrackSpec] = field(default_factory=list)
    return_tracks: List[TrackSpec] = field(default_factory=list)
    main_track: TrackSpec = field(default_factory=lambda: TrackSpec("main", "Main"))
    scenes: List[SceneSpec] = field(default_factory=list)
    cue_points: List[CueSpec] = field(default_factory=list)
    grooves: List[GrooveSpec] = field(default_factory=list)
    tuning: Optional[TuningSpec] = None
    loop: bool = False
    loop_start: float = 0.0
    loop_length: float = 16.0
    punch_in: bool = False
    punch_out: bool = False
    metronome: bool = False
    start_time: float = 0.0
    arrangement_overdub: bool = False
    session_automation_record: bool = True
    clip_trigger_quantization: int = 4
    midi_recording_quantization: int = 0
    groove_amount: float = 1.0
    swing_amount: float = 0.0
    root_note: int = 0
    scale_name: str = "Major"
    scale_mode: bool = False
    selected_track: Optional[int] = None
    selected_scene: Optional[int] = None
    follow_song: bool = True
    draw_mode: bool = False
    signature_automation: List[Tuple[float, Tuple[int, int]]] = field(default_factory=list)
    """(time in beats, signature from there on)"""
    warnings: List[SetWarning] = field(default_factory=list)
    """Changes and omissions of the loader, one entry for each kind."""
