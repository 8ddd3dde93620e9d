"""Simpler, Sampler, Operator, Wavetable and the names that other instruments show.

Names, order and ranges of Simpler, Operator, Wavetable and Drift as a Live 12 reported them, the laws proven by
reported defaults (600 ms of 1..60000 reads 0.5814). Guess: Sampler's; what Drift's knobs measure.
"""

from __future__ import annotations

from .common import SYNCED_RATES

_TYPES = "[Lowpass|Highpass|Bandpass|Notch|Morph]"
_CIRCUITS = "[Clean|OSR|MS2|SMP|PRD]"
_MODES = "[None|Loop|Beat|Sync|Trigger]"


def _envelope(
    path: str, short: str, level: str, sustain: float, slopes: bool = True, end: bool = True
) -> str:
    """The rows of an envelope; `level` is the law of its levels."""
    rows = [
        "AttackTime | Attack | ms:log:0.1:20000 = 0.1",
        "AttackLevel | Init | %s = 0" % level,
        "AttackSlope | A Slope | -1..1 = 0" if slopes else "",
        "DecayTime | Decay | ms:log:1:60000 = 600",
        "DecayLevel | Peak | %s = 1" % level,
        "DecaySlope | D Slope | -1..1 = 1" if slopes else "",
        "SustainLevel | Sustain | %s = %g" % (level, sustain),
        "ReleaseTime | Release | ms:log:1:60000 = 50",
        "ReleaseLevel | End | %s = 0" % level if end else "",
        "ReleaseSlope | R Slope | -1..1 = 1" if slopes else "",
        "LoopMode | Mode | %s = 0" % _MODES,
        "LoopTime | Loop | ms:log:0.2:20000 = 100",
        "RepeatTime | Retrig | #15 = 3",
        "TimeVelScale | R < Vel | percent -100..100 = 0",
    ]
    lines = []
    for row in rows:
        if row:
            tag, name, law = row.split(" | ", 2)
            lines.append("%s/%s | %se %s | %s" % (path, tag, short, name, law))
    return "\n" + "\n".join(lines) + "\n"


_FILTER = "Filter/Slot/Value/SimplerFilter"

_SIMPLER = (
    """
complete
Player/Snap | Snap | [Off|On] = 1
Player/SampleSelector | Sample Selector | int 0..127 = 0
Player/LoopModulators/SampleStart | S Start | percent 0..1 = 0
Player/LoopModulators/SampleLength | S Length | percent 0..1 = 1
Player/LoopModulators/LoopOn | S Loop On | [Off|On] = 0
Player/LoopModulators/LoopLength | S Loop Length | percent 0..1 = 1
Player/LoopModulators/LoopFade | S Loop Fade | percent 0..1 = 0
Globals/SpreadAmount | Spread | percent 0..100 = 0
Globals/PortamentoMode | Glide Mode | [Off|Portamento|Glide] = 0
Globals/PortamentoTime | Glide Time | ms:log:0.1:10000 = 50
Pitch/TransposeKey | Transpose | st -48..48 = 0
Pitch/TransposeFine | Detune | ct -50..50 = 0
Pitch/PitchLfoAmount | Pitch < LFO | percent 0..1 = 0
Pitch/Envelope/IsOn | Pe On | [Off|On] = 0
Pitch/Envelope/Slot/Value/SimplerPitchEnvelope/Amount | Pe < Env | st -48..48 = 0
"""
    + _envelope("Pitch/Envelope/Slot/Value/SimplerPitchEnvelope", "P", "percent -1..1", 0)
    + """
VolumeAndPan/Volume | Volume | db -36..36 = -12
VolumeAndPan/VolumeVelScale | Vol < Vel | percent 0..1 = 0.35
VolumeAndPan/VolumeLfoAmount | Vol < LFO | percent 0..1 = 0
VolumeAndPan/Panorama | Pan | pan -1..1 = 0
VolumeAndPan/PanoramaRnd | Pan < Rnd | percent 0..1 = 0
VolumeAndPan/PanoramaLfoAmount | Pan < LFO | percent 0..1 = 0
VolumeAndPan/Envelope/AttackTime | Ve Attack | ms:log:0.1:20000 = 0.1
VolumeAndPan/Envelope/DecayTime | Ve Decay | ms:log:1:60000 = 600
VolumeAndPan/Envelope/SustainLevel | Ve Sustain | send = 1
VolumeAndPan/Envelope/ReleaseTime | Ve Release | ms:log:1:60000 = 50
"""
    + f"""
VolumeAndPan/Envelope/LoopMode | Ve Mode | {_MODES} = 0
VolumeAndPan/Envelope/LoopTime | Ve Loop | ms:log:0.2:20000 = 100
VolumeAndPan/Envelope/RepeatTime | Ve Retrig | #15 = 3
VolumeAndPan/OneShotEnvelope/FadeInTime | Fade In | ms:pow3:0:2000 = 0.1
VolumeAndPan/OneShotEnvelope/SustainMode | Trigger Mode | [Trigger|Gate] = 0
VolumeAndPan/OneShotEnvelope/FadeOutTime | Fade Out | ms:pow3:0:2000 = 0.1
Filter/IsOn | F On | [Off|On] = 1
{_FILTER}/Type | Filter Type | {_TYPES} = 0
{_FILTER}/CircuitLpHp | Filter Circuit - LP/HP | {_CIRCUITS} = 0
{_FILTER}/CircuitBpNoMo | Filter Circuit - BP/NO/Morph | [Clean|OSR] = 0
{_FILTER}/Slope | Filter Slope | [12 dB|24 dB] = 1
{_FILTER}/Freq | Filter Freq | hz:log:30:22000 = 22000
{_FILTER}/Res | Filter Res | percent 0..1.25 = 0
{_FILTER}/X | Filter Morph | percent 0..1 = 0
{_FILTER}/Drive | Filter Drive | db 0..24 = 0
{_FILTER}/Envelope/IsOn | Fe On | [Off|On] = 0
{_FILTER}/Envelope/Amount | Fe < Env | -72..72 = 0
"""
    + _envelope(_FILTER + "/Envelope", "F", "percent 0..1", 0)
    + f"""
{_FILTER}/ModByPitch | Filt < Key | percent 0..1 = 1
{_FILTER}/ModByVelocity | Filt < Vel | percent 0..1 = 0
{_FILTER}/ModByLfo | Filt < LFO | 0..24 = 0
Lfo/IsOn | L On | [Off|On] = 0
Lfo/Slot/Value/SimplerLfo/Type | L Wave | [Sine|Square|Triangle|Saw Down|Saw Up|Random] = 0
Lfo/Slot/Value/SimplerLfo/RateType | L Sync | [Free|Sync] = 0
Lfo/Slot/Value/SimplerLfo/Frequency | L Rate | hz:log:0.01:30 = 1
Lfo/Slot/Value/SimplerLfo/BeatRate | L Sync Rate | {SYNCED_RATES} = 4
Lfo/Slot/Value/SimplerLfo/FrequencyKeyScale | L R < Key | percent 0..1 = 0
Lfo/Slot/Value/SimplerLfo/Attack | L Attack | ms:log:0.1:20000 = 0.1
Lfo/Slot/Value/SimplerLfo/Retrigger | L Retrig | [Off|On] = 1
Lfo/Slot/Value/SimplerLfo/Offset | L Offset | deg 0..360 = 0
"""
)

_SAMPLER_MORE = """
Player/Reverse | Reverse | [Off|On] = 0
VolumeAndPan/VolumeKeyScale | Vol < Key | percent -1..1 = 0
VolumeAndPan/PanoramaKeyScale | Pan < Key | percent -1..1 = 0
VolumeAndPan/Envelope/AttackLevel | Ve Init | send = 0
VolumeAndPan/Envelope/AttackSlope | Ve A Slope | -1..1 = 0
VolumeAndPan/Envelope/DecayLevel | Ve Peak | send = 1
VolumeAndPan/Envelope/DecaySlope | Ve D Slope | -1..1 = 1
VolumeAndPan/Envelope/ReleaseLevel | Ve End | send = 0
VolumeAndPan/Envelope/ReleaseSlope | Ve R Slope | -1..1 = 1
VolumeAndPan/Envelope/TimeVelScale | Ve R < Vel | percent -100..100 = 0
Globals/KeyZoneShift | Key Zone Shift | st -48..48 = 0
Globals/EnvScale/EnvTime | Time | percent -100..100 = 0
Globals/EnvScale/EnvTimeKeyScale | Time < Key | percent -100..100 = 0
"""


def _oscillator(index: int, letter: str) -> str:
    path = f"Operator.{index}"
    return f"""
{path}/IsOn | Osc-{letter} On | [Off|On] = {1 if index == 0 else 0}
{path}/Tune/Coarse | {letter} Coarse | int 0..48 = 1
{path}/Tune/Fine | {letter} Fine | 0..1000 = 0
{path}/Tune/VelCoarseScale | {letter} Freq<Vel | percent -100..100 = 0
{path}/Tune/VelCoarseScaleQuantized | {letter} Quantize | [Off|On] = 1
{path}/Tune/FixedFrequencyOn | {letter} Fix On~ | [Off|On] = 0
{path}/Tune/FixedFrequency | {letter} Fix Freq | hz:log:10:2000 = 100
{path}/Tune/FixedFrequencyMulti | {letter} Fix Freq Mul | #6 = 4
{path}/Volume | Osc-{letter} Level | send = {1 if index == 0 else 0}
{path}/Retrigger | Osc-{letter} Retrig | [Off|On] = 1
{path}/Phase | Osc-{letter} Phase | percent 0..100 = 0
{path}/VelScale | Osc-{letter} Lev < Vel | percent -100..100 = 0
{path}/KeyScale | Osc-{letter} Lev < Key | percent -100..100 = 0
{path}/WaveForm | Osc-{letter} Wave | #23 = 0
{path}/Feedback | Osc-{letter} Feedb | percent 0..100 = 0
{path}/PitchEnvOn | Osc-{letter} < Pe | [Off|On] = 1
{path}/LfoOn | Osc-{letter} < LFO | [Off|On] = 1
""" + _envelope(f"{path}/Envelope", letter, "send", 0.5, slopes=False, end=False)


_OPERATOR = (
    """
complete
Globals/Algorithm | Algorithm | #11 = 0
Globals/Transpose | Transpose | st -48..48 = 0
Globals/PitchBendRange | PB Range | st 0..24 = 5
Globals/Volume | Volume | volume = 0.125893
Globals/Panorama | Panorama | pan -1..1 = 0
Globals/PanoramaKeyScale | Pan < Key | percent 0..100 = 0
Globals/PanoramaRndScale | Pan < Rnd | percent 0..100 = 0
Globals/Tone | Tone | percent 0..1 = 0.7
Globals/SpreadAmount | Spread | percent 0..100 = 0
Globals/PortamentoOn | Glide On | [Off|On] = 0
Globals/PortamentoTime | Glide Time | ms:log:0.1:10000 = 50
"""
    + "".join(_oscillator(index, letter) for index, letter in enumerate("ABCD"))
    + """
EnvScale/EnvTime | Time | percent -100..100 = 0
EnvScale/EnvTimeKeyScale | Time < Key | percent -100..100 = 0
PitchEnv/PitchEnvOn | Pe On | [Off|On] = 0
"""
    + _envelope("PitchEnv/PitchEnv", "P", "st -48..48", 0)
    + """
PitchEnv/PitchEnv/EnvelopeAmount | Pe Amount | percent -1..1 = 1
PitchEnv/PitchEnvAmountA | Pe Amt A | percent -100..100 = 100
PitchEnv/ModDst/Connection | Pe Dst B | #24 = 0
PitchEnv/ModDst/Amount | Pe Amt B | percent -100..100 = 100
Lfo/LfoOn | LFO On | [Off|On] = 0
Lfo/LfoType | LFO Type | #7 = 0
Lfo/LfoRange | LFO Range | [Low|High|Sync] = 0
Lfo/LfoRate | LFO Rate | 0..127 = 100
Lfo/LfoRateSynced | LFO Sync | #15 = 3
Lfo/LfoRateKeyScale | LFO R < K | percent 0..1 = 0
Lfo/LfoRetrigger | LFO Retrigger | [Off|On] = 1
Lfo/LfoAmount | LFO Amt | percent 0..1 = 0.1
Lfo/LfoAmountA | LFO Amt A | percent -100..100 = 100
Lfo/ModDst/Connection | LFO Dst B | #24 = 0
Lfo/ModDst/Amount | LFO Amt B | percent -100..100 = 100
Lfo/LfoAmountVelScale | LFO < Vel | percent -1..1 = 0
Lfo/LfoPitchEnvOn | LFO < Pe | [Off|On] = 1
"""
    + _envelope("Lfo/LfoEnv", "L", "send", 1, slopes=False)
    + f"""
Filter/OnOff | Filter On | [Off|On] = 0
Filter/Type | Filter Type | {_TYPES} = 0
Filter/CircuitLpHp | Filter Circuit - LP/HP | {_CIRCUITS} = 0
Filter/CircuitBpNoMo | Filter Circuit - BP/NO/Morph | [Clean|OSR] = 0
Filter/Slope | Filter Slope | [12 dB|24 dB] = 1
Filter/Frequency | Filter Freq | hz:log:30:18500 = 12000
Filter/Resonance | Filter Res | percent 0..1.25 = 0.2778
Filter/Morph | Filter Morph | percent 0..1 = 0
Filter/Drive | Filter Drive | db 0..24 = 0
Filter/FrequencyVelScale | Filt < Vel | percent -100..100 = 0
Filter/FrequencyKeyScale | Filt < Key | percent -200..200 = 100
Filter/EnvelopeAmount | Fe Amount | percent -100..100 = 0
Filter/LfoOn | Filt < LFO | [Off|On] = 0
"""
    + _envelope("Filter/Envelope", "F", "percent 0..1", 0)
    + """
Shaper/Type | Shaper Type | #5 = 0
Shaper/DryWet | Shaper Mix | percent 0..100 = 100
Shaper/Drive | Shaper Drive | db -12..12 = 0
"""
)


def _wavetable_envelope(path: str, name: str) -> str:
    path = "Voice_Modulators_" + path
    values = f"""
{path}_Values_Initial | {name} Initial | percent 0..1 = 0
{path}_Values_Peak | {name} Peak | percent 0..1 = 1
{path}_Values_Sustain | {name} Sustain | percent 0..1 = 0.5
{path}_Values_Final | {name} Final | percent 0..1 = 0
"""
    sustain = f"{path}_Sustain | {name} Sustain | x:pow2:0:1 = 0.5\n"
    return f"""
{path}_Times_Attack | {name} Attack | s:pow4:0:20 = 0.001
{path}_Times_Decay | {name} Decay | s:pow4:0.0015:20 = 0.6
{path}_Times_Release | {name} Release | s:pow4:0.0015:20 = 0.6
{path}_Slopes_Attack | {name} A Slope | percent -1..1 = 0
{path}_Slopes_Decay | {name} D Slope | percent -1..1 = 0.5
{path}_Slopes_Release | {name} R Slope | percent -1..1 = 0.5
{sustain if name == "Amp" else values}
{path}_LoopMode | {name} Loop Mode | [None|Trigger|Loop] = 0
"""


_WAVETABLE = (
    f"""
complete
normal
{{1..2
Voice_Oscillator$_On | Osc $ On | [Off|On] = 1
Voice_Oscillator$_Pitch_Transpose | Osc $ Transp | st -24..24 = 0
Voice_Oscillator$_Pitch_Detune | Osc $ Detune | -0.5..0.5 = 0
Voice_Oscillator$_Wavetables_WavePosition | Osc $ Pos | percent 0..1 = 0
Voice_Oscillator$_Effects_Effect1 | Osc $ Effect 1 | percent -1..1 = 0
Voice_Oscillator$_Effects_Effect2 | Osc $ Effect 2 | percent 0..1 = 0
Voice_Oscillator$_Pan | Osc $ Pan | -1..1 = 0
Voice_Oscillator$_Gain | Osc $ Gain | x:pow2:0:1 = 1
}}
Voice_SubOscillator_On | Sub On | [Off|On] = 0
Voice_SubOscillator_Tone | Sub Tone | percent 0..1 = 0
Voice_SubOscillator_Gain | Sub Gain | x:pow2:0:1 = 0.25
Voice_SubOscillator_Transpose | Sub Transpose | [0|-1|-2] = 1
{{1..2
Voice_Filter$_On | Filter $ On | [Off|On] = 1
Voice_Filter$_Type | Filter $ Type | {_TYPES} = 0
Voice_Filter$_CircuitLpHp | Filter $ LP/HP | {_CIRCUITS} = 0
Voice_Filter$_CircuitBpNoMo | Filter $ BP/NO/Morph | [Clean|OSR] = 0
Voice_Filter$_Slope | Filter $ Slope | [12 dB|24 dB] = 0
Voice_Filter$_Frequency | Filter $ Freq | hz:log:20:20480 = 20480
Voice_Filter$_Resonance | Filter $ Res | percent 0..1.25 = 0
Voice_Filter$_Drive | Filter $ Drive | db 0..24 = 0
Voice_Filter$_Morph | Filter $ Morph | percent 0..1 = 0
}}
"""
    + _wavetable_envelope("AmpEnvelope", "Amp")
    + _wavetable_envelope("Envelope2", "Env 2")
    + _wavetable_envelope("Envelope3", "Env 3")
    + f"""
{{1..2
Voice_Modulators_Lfo$_Retrigger | LFO $ Retrigger | [Off|On] = 1
Voice_Modulators_Lfo$_Shape_Type | LFO $ Shape | [Sine|Triangle|Saw Down|Square|Random] = 0
Voice_Modulators_Lfo$_Shape_Amount | LFO $ Amount | percent 0..1 = 1
Voice_Modulators_Lfo$_Shape_Shaping | LFO $ Shaping | percent -1..1 = 0
Voice_Modulators_Lfo$_Shape_PhaseOffset | LFO $ Phase Offset | deg 0..360 = 0
Voice_Modulators_Lfo$_Time_Sync | LFO $ Sync | [Free|Tempo] = 0
Voice_Modulators_Lfo$_Time_Rate | LFO $ Rate | hz:pow3:0.01:30 = 1
Voice_Modulators_Lfo$_Time_SyncedRate | LFO $ S. Rate | {SYNCED_RATES} = 15
Voice_Modulators_Lfo$_Time_AttackTime | LFO $ Attack Time | s:pow4:0:20 = 0
}}
Voice_Modulators_TimeScale | Time | percent -1..1 = 0
Voice_Modulators_Amount | Global Mod Amount | percent 0..2 = 1
Voice_Unison_Amount | Unison Amount | percent 0..1 = 0.3
Voice_Global_Transpose | Transpose | st -48..48 = 0
Voice_Global_Glide | Glide | s:pow4:0:20 = 0
Volume | Volume | x:pow2:0:1 = 0.354813
"""
)


def _names(written: str) -> str:
    """Rows without a place in a file: knobs 0..1."""
    return "\n".join("| %s | 0..1 = 0.5" % name.strip() for name in written.split(","))


TABLES = {
    "OriginalSimpler": _SIMPLER,
    "MultiSampler": _SIMPLER.replace("complete", "") + _SAMPLER_MORE,
    "Operator": _OPERATOR,
    "InstrumentVector": _WAVETABLE,
    "LoungeLizard": _names(
        "M Stiffness, M Force, Noise Pitch, Noise Decay, Noise Amount, F Tine Color, F Tine Decay, F Tine Vol,"
        " F Tone Decay, F Tone Vol, F Release, Damp Tone, Damp Balance, Damp Amount, P Symmetry, P Distance,"
        " P Amp In, P Amp Out, M Stiff < Vel, M Stiff < Key, M Force < Vel, M Force < Key, Noise < Key,"
        " F Tine < Key, P Amp < Key, KB Stretch, Detune, Volume"
    ),
    "Drift": _names(
        "LP Freq, LP Reso, HP Freq, Key > LPF, LP Mod Amt 1, LP Mod Amt 2, LFO Rate, LFO Ratio, LFO Time, LFO Amt,"
        " LFO Mod Amt, Osc 1 Shape, Osc 1 Shape Mod Amt, Osc 2 Detune, Pitch Mod Amt 1, Pitch Mod Amt 2,"
        " Osc 1 Gain, Osc 2 Gain, Noise Gain, Env 1 Attack, Env 1 Decay, Env 1 Release, Env 1 Sustain,"
        " Env 2 Attack, Env 2 Decay, Env 2 Release, Env 2 Sustain, Cyc Env Rate, Cyc Env Tilt, Cyc Env Hold,"
        " Vel > Vol, Spread, Strength, Thickness, Drift, Glide Time, Volume"
    ),
}
