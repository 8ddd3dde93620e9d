"""Reads the properties of special devices from a Set file, under the names of Live's API.

The places for Eq8, Wavetable, Hybrid Reverb and Simpler come from Sets that Live wrote, those for Drift from presets
that a Live 12.4 wrote, those for Looper, Roar, Shifter and Meld from programs that read such files. Guess: the places
of `GUESSED`; that Wavetable shows the modulated targets after its two fixed targets.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple
from xml.etree.ElementTree import Element

from ..sets.spec import DeviceSpec
from . import clips, fields, files

PLACES: Dict[str, Dict[str, str]] = {
    "Eq8": {"edit_mode": "EditMode", "global_mode": "Mode", "oversample": "Precision"},
    "Drift": {
        "mod_matrix_filter_source_1_index": "Filter_ModSource1",
        "mod_matrix_filter_source_2_index": "Filter_ModSource2",
        "mod_matrix_lfo_source_index": "Lfo_ModSource",
        "mod_matrix_pitch_source_1_index": "PitchModulation_Source1",
        "mod_matrix_pitch_source_2_index": "PitchModulation_Source2",
        "mod_matrix_shape_source_index": "Oscillator1_ShapeModSource",
        "mod_matrix_source_1_index": "ModulationMatrix_Source1",
        "mod_matrix_source_2_index": "ModulationMatrix_Source2",
        "mod_matrix_source_3_index": "ModulationMatrix_Source3",
        "mod_matrix_target_1_index": "ModulationMatrix_Target1",
        "mod_matrix_target_2_index": "ModulationMatrix_Target2",
        "mod_matrix_target_3_index": "ModulationMatrix_Target3",
        "voice_mode_index": "Global_VoiceMode",
        "voice_count_index": "Global_VoiceCount",
        "pitch_bend_range": "Global_PitchBendRange",
    },
    "InstrumentVector": {
        "oscillator_1_effect_mode": "Voice_Oscillator1_Effects_EffectMode",
        "oscillator_2_effect_mode": "Voice_Oscillator2_Effects_EffectMode",
        "unison_mode": "Voice_Unison_Mode",
        "unison_voice_count": "Voice_Unison_VoiceCount",
        "filter_routing": "Voice_Global_FilterRouting",
        "mono_poly": "MonoPoly",
        "poly_voices": "PolyVoices",
    },
    "InstrumentMeld": {
        "mono_poly": "MonoPoly",
        "poly_voices": "PolyVoices",
        "unison_voices": "UnisonVoices",
        "selected_engine": "SelectedEngine",
    },
    "Roar": {"routing_mode_index": "Input_RoutingMode", "env_listen": "Envelope_Listen"},
    "Looper": {"overdub_after_record": "OverdubAfterRecord", "record_length_index": "FixedLengthRecord"},
    "Shifter": {"pitch_mode_index": "Global_PitchMode", "pitch_bend_range": "Global_PitchBendRange"},
    "Hybrid": {
        "ir_time_shaping_on": "Convolution_IrPostProcessingOn",
        "ir_attack_time": "Convolution_IrAttackTime",
        "ir_decay_time": "Convolution_IrDecayTime",
        "ir_size_factor": "Convolution_IrSize",
    },
}
"""Class → properties and their elements, which have a `Value`, or a `Manual` if Live can automate the property."""

GUESSED = frozenset(
    (
        ("InstrumentMeld", "unison_voices"),
        ("InstrumentMeld", "selected_engine"),
        ("Roar", "env_listen"),
        ("Shifter", "pitch_bend_range"),
    )
)

_SWITCHES = frozenset(("oversample", "edit_mode", "selected_engine", "env_listen", "overdub_after_record"))
_REAL = frozenset(("ir_attack_time", "ir_decay_time", "ir_size_factor"))
_LARGEST = 100000.0

SAMPLE: Dict[str, Tuple[str, float]] = {
    "beats_granulation_resolution": ("SampleWarpProperties/TransientResolution", 1),
    "beats_transient_loop_mode": ("SampleWarpProperties/TransientLoopMode", 1),
    "beats_transient_envelope": ("SampleWarpProperties/TransientEnvelope", 1.0),
    "tones_grain_size": ("SampleWarpProperties/GranularityTones", 1.0),
    "texture_grain_size": ("SampleWarpProperties/GranularityTexture", 1.0),
    "texture_flux": ("SampleWarpProperties/FluctuationTexture", 1.0),
    "complex_pro_formants": ("SampleWarpProperties/ComplexProFormants", 1.0),
    "complex_pro_envelope": ("SampleWarpProperties/ComplexProEnvelope", 1.0),
    "slicing_sensitivity": ("SlicingThreshold", 0.01),
    "slicing_beat_division": ("SlicingBeatGrid", 1),
    "slicing_region_count": ("SlicingRegions", 1),
    "slicing_style": ("SlicingStyle", 1),
}
"""A sample's fine controls: the element below the sample's part, and the factor for its number."""

_IMPULSE = "ImpulseResponseHandler/SampleSlot/Value/SampleRef"
_IMPULSE_PREFIX = "Hybrid_"


def read(device: Element, spec: DeviceSpec) -> None:
    """Put the file's values into `spec.extra`."""
    for name, where in PLACES.get(spec.class_name, {}).items():
        written = fields.attribute(device, where) or fields.attribute(device, where + "/Manual")
        if written is not None:
            spec.extra[name] = _value(name, where, written)
    if spec.class_name == "InstrumentVector":
        _wavetable(device, spec)
    elif spec.class_name == "Hybrid":
        _impulse(device, spec)
    elif spec.class_name == "DrumCell":
        part = next(device.iter("MultiSamplePart"), None)
        if part is not None:
            spec.extra["gain"] = clips.gain_of_factor(fields.number(part, "Volume", 1.0, 0.0, 1e4))


def _value(name: str, where: str, written: str) -> Any:
    if written in (fields.TRUE, fields.FALSE):
        return written == fields.TRUE
    if name in _SWITCHES:
        return bool(fields.to_whole(written, where, -1000, 1000))
    if name in _REAL:
        return fields.to_number(written, where, -_LARGEST, _LARGEST)
    return fields.to_whole(written, where, -1000, 1000)


def _wavetable(device: Element, spec: DeviceSpec) -> None:
    for number in (1, 2):
        name = fields.text(device, "SpriteName%d" % number)
        if name:
            spec.extra["wavetable_%d" % number] = name
    targets: List[Tuple[str, Tuple[float, ...]]] = []
    for connection in fields.children(device, "ModulationConnections"):
        name = fields.text(connection, "TargetName")
        amounts = tuple(
            fields.number(connection, "ModulationAmounts.%d" % source, 0.0, -1.0, 1.0) for source in range(13)
        )
        if name in ("Amp", "Pitch") or any(amounts):
            targets.append((name, amounts))
    if targets:
        always = [target for target in targets if target[0] in ("Amp", "Pitch")]
        spec.extra["modulation"] = always + [target for target in targets if target not in always]


def _impulse(device: Element, spec: DeviceSpec) -> None:
    """The impulse response by its file's name: "Hybrid_Early_Reflections_Booth A L.aif" is "Booth A"."""
    stem = files.stem(files.sample_path(device.find(_IMPULSE)))
    if stem:
        spec.extra["impulse"] = stem[len(_IMPULSE_PREFIX) :] if stem.startswith(_IMPULSE_PREFIX) else stem


def sample_settings(part: Element) -> Dict[str, Any]:
    """The slicing and warping controls of a Simpler's sample."""
    settings: Dict[str, Any] = {}
    for name, (where, factor) in SAMPLE.items():
        if fields.attribute(part, where) is None:
            continue
        number = fields.number(part, where, 0.0, -_LARGEST, _LARGEST)
        settings[name] = number * factor if isinstance(factor, float) else int(number)
    return settings


def warp_markers(part: Element) -> List[Tuple[float, float]]:
    """A sample's warp markers as (seconds, beats)."""
    return [
        (
            fields.to_number(marker.get("SecTime", "0"), "a warp marker's SecTime", -1e6, 1e6),
            fields.to_number(marker.get("BeatTime", "0"), "a warp marker's BeatTime", -1e7, 1e7),
        )
        for marker in fields.children(part, "SampleWarpProperties/WarpMarkers")
        if marker.tag == "WarpMarker"
    ]
