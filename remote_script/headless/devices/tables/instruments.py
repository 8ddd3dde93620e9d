"""Simpler, Sampler, Operator and the names of other instruments' main parameters.

Names as Live's parameter banks have them; ranges from Set files. Guess: parameters with a logarithmic law or
a linear factor in the file run 0..1. Parameters that no row names follow under guessed names.
"""

from __future__ import annotations

from .common import SYNCED_RATES

_SAMPLER_HEAD = """
Player/Snap | Snap | [Off|On] = 0
Player/LoopModulators/SampleStart | S Start | percent 0..1 = 0
Player/LoopModulators/SampleLength | S Length | percent 0..1 = 1
Player/LoopModulators/LoopOn | S Loop On | [Off|On] = 0
Player/LoopModulators/LoopLength | S Loop Length | percent 0..1 = 1
Player/LoopModulators/LoopFade | S Loop Fade | percent 0..1 = 0
Player/Reverse | Reverse | [Off|On] = 0
Globals/SpreadAmount | Spread | percent 0..100 = 0
Pitch/TransposeKey | Transpose | st -48..48 = 0
Pitch/TransposeFine | Detune | ct -50..50 = 0
Pitch/PitchLfoAmount | Pitch < LFO | percent 0..1 = 0
Pitch/Envelope/IsOn | Pe On | [Off|On] = 0
Filter/IsOn | F On | [Off|On] = 1
Filter/Slot/Value/SimplerFilter/Type | Filter Type | [Lowpass|Highpass|Bandpass|Notch|Morph] = 0
Filter/Slot/Value/SimplerFilter/CircuitLpHp | Filter Circuit - LP/HP | [Clean|OSR|MS2|SMP|PRD] = 0
Filter/Slot/Value/SimplerFilter/CircuitBpNoMo | Filter Circuit - BP/NO/Morph | [Clean|OSR] = 0
Filter/Slot/Value/SimplerFilter/Slope | Filter Slope | [12 dB|24 dB] = 1
Filter/Slot/Value/SimplerFilter/Freq | Filter Freq | hz:log:30:22000 = 22000
Filter/Slot/Value/SimplerFilter/Res | Filter Res | percent 0..1.25 = 0
Filter/Slot/Value/SimplerFilter/X | Filter Morph | percent 0..1 = 0
Filter/Slot/Value/SimplerFilter/Drive | Filter Drive | db 0..24 = 0
Filter/Slot/Value/SimplerFilter/ModByPitch | Filt < Key | percent 0..1 = 1
Filter/Slot/Value/SimplerFilter/ModByVelocity | Filt < Vel | percent 0..1 = 0
Filter/Slot/Value/SimplerFilter/ModByLfo | Filt < LFO | 0..24 = 0
Filter/Slot/Value/SimplerFilter/Envelope/IsOn | Fe On | [Off|On] = 0
VolumeAndPan/Volume | Volume | db -36..36 = -12
VolumeAndPan/VolumeVelScale | Vol < Vel | percent 0..1 = 0.35
VolumeAndPan/VolumeKeyScale | Vol < Key | percent -1..1 = 0
VolumeAndPan/VolumeLfoAmount | Vol < LFO | percent 0..1 = 0
VolumeAndPan/Panorama | Pan | pan -1..1 = 0
VolumeAndPan/PanoramaKeyScale | Pan < Key | percent -1..1 = 0
VolumeAndPan/PanoramaRnd | Pan < Rnd | percent 0..1 = 0
VolumeAndPan/PanoramaLfoAmount | Pan < LFO | percent 0..1 = 0
VolumeAndPan/Envelope/AttackTime | Ve Attack | ms:log:0.1:20000 = 0.1
VolumeAndPan/Envelope/AttackLevel | Ve Init | send = 0.000316
VolumeAndPan/Envelope/AttackSlope | Ve A Slope | percent -1..1 = 0
VolumeAndPan/Envelope/DecayTime | Ve Decay | ms:log:1:60000 = 600
VolumeAndPan/Envelope/DecayLevel | Ve Peak | send = 1
VolumeAndPan/Envelope/DecaySlope | Ve D Slope | percent -1..1 = 1
VolumeAndPan/Envelope/SustainLevel | Ve Sustain | send = 1
VolumeAndPan/Envelope/ReleaseTime | Ve Release | ms:log:1:60000 = 50
VolumeAndPan/Envelope/ReleaseLevel | Ve End | send = 0.000316
VolumeAndPan/Envelope/ReleaseSlope | Ve R Slope | percent -1..1 = 1
VolumeAndPan/Envelope/LoopMode | Ve Mode | [None|Loop|Beat|Sync|Trigger] = 0
VolumeAndPan/Envelope/LoopTime | Ve Loop | ms:log:0.2:20000 = 100
VolumeAndPan/Envelope/RepeatTime | Ve Repeat | #15 = 3
VolumeAndPan/Envelope/TimeVelScale | Ve R < Vel | percent -100..100 = 0
VolumeAndPan/OneShotEnvelope/FadeInTime | Fade In | ms 0..2000 = 0
VolumeAndPan/OneShotEnvelope/SustainMode | Trigger Mode | [Trigger|Gate] = 0
VolumeAndPan/OneShotEnvelope/FadeOutTime | Fade Out | ms 0..2000 = 0.1
Lfo/IsOn | L On | [Off|On] = 0
"""

_LFO = f"""
Lfo/Slot/Value/SimplerLfo/Type | L Wave | [Sine|Square|Triangle|Saw Down|Saw Up|Random] = 0
Lfo/Slot/Value/SimplerLfo/Frequency | L Rate | hz:log:0.01:30 = 1
Lfo/Slot/Value/SimplerLfo/RateType | L Sync | [Free|Sync] = 0
Lfo/Slot/Value/SimplerLfo/BeatRate | L Sync Rate | {SYNCED_RATES} = 4
Lfo/Slot/Value/SimplerLfo/FrequencyKeyScale | L R < Key | percent 0..1 = 0
Lfo/Slot/Value/SimplerLfo/Attack | L Attack | ms:log:0.1:20000 = 0.1
Lfo/Slot/Value/SimplerLfo/Retrigger | L Retrig | [Off|On] = 1
Lfo/Slot/Value/SimplerLfo/Offset | L Offset | deg 0..360 = 0
"""

_SAMPLER_TAIL = """
Globals/PortamentoMode | Glide Mode | [Off|Portamento|Glide] = 0
Globals/PortamentoTime | Glide Time | ms:log:0.1:10000 = 50
Globals/EnvScale/EnvTime | Time | percent -100..100 = 0
Globals/EnvScale/EnvTimeKeyScale | Time < Key | percent -100..100 = 0
Globals/KeyZoneShift | Key Zone Shift | st -48..48 = 0
"""


def _envelope(path: str, short: str) -> str:
    return f"""
{path}/AttackTime | {short}e Attack | ms:log:0.1:20000 = 0.1
{path}/AttackLevel | {short}e Init | send = 0.000316
{path}/DecayTime | {short}e Decay | ms:log:1:60000 = 600
{path}/DecayLevel | {short}e Peak | send = 1
{path}/SustainLevel | {short}e Sustain | send = 0.5
{path}/ReleaseTime | {short}e Release | ms:log:1:60000 = 50
{path}/ReleaseLevel | {short}e End | send = 0.000316
{path}/LoopMode | {short}e Mode | [None|Loop|Beat|Sync|Trigger] = 0
{path}/LoopTime | {short}e Loop | ms:log:0.2:20000 = 100
{path}/RepeatTime | {short}e Repeat | #15 = 3
{path}/TimeVelScale | {short}e R < Vel | percent -100..100 = 0
"""


def _oscillator(index: int, letter: str) -> str:
    path = f"Operator.{index}"
    return f"""
{path}/IsOn | Osc-{letter} On | [Off|On] = {1 if index == 0 else 0}
{path}/Tune/Coarse | {letter} Coarse | int 0..48 = 1
{path}/Tune/Fine | {letter} Fine | 0..1000 = 0
{path}/Tune/FixedFrequencyOn | {letter} Fix On | [Off|On] = 0
{path}/Tune/FixedFrequency | {letter} Fix Freq | hz:log:10:2000 = 100
{path}/Tune/FixedFrequencyMulti | {letter} Fix Freq Mul | [0.001x|0.01x|0.1x|1x|10x|100x] = 3
{path}/Tune/VelCoarseScale | {letter} Freq<Vel | percent -100..100 = 0
{path}/Tune/VelCoarseScaleQuantized | {letter} Quantize | [Off|On] = 1
{path}/Volume | Osc-{letter} Level | send = {1 if index == 0 else 0.000316}
{path}/Retrigger | Osc-{letter} Retrig | [Off|On] = 1
{path}/Phase | Osc-{letter} Phase | percent 0..100 = 0
{path}/LfoOn | Osc-{letter} < LFO | [Off|On] = 1
{path}/PitchEnvOn | Osc-{letter} < Pe | [Off|On] = 1
{path}/VelScale | Osc-{letter} Lev < Vel | percent -100..100 = 0
{path}/KeyScale | Osc-{letter} Lev < Key | percent -100..100 = 0
{path}/WaveForm | Osc-{letter} Wave | #23 = 0
{path}/Feedback | Osc-{letter} Feedb | percent 0..100 = 0
""" + _envelope(f"{path}/Envelope", letter)


TABLES = {
    "OriginalSimpler": _SAMPLER_HEAD + _LFO + _SAMPLER_TAIL,
    "MultiSampler": _SAMPLER_HEAD + _LFO + _SAMPLER_TAIL,
    "Operator": "".join(_oscillator(index, letter) for index, letter in enumerate("ABCD"))
    + """
Globals/Algorithm | Algorithm | #11 = 0
Globals/Transpose | Transpose | st -48..48 = 0
Globals/PitchBendRange | PB Range | st 0..24 = 5
Globals/Volume | Volume | volume = 0.25
Globals/Panorama | Panorama | pan -1..1 = 0
Globals/PanoramaKeyScale | Pan < Key | percent 0..100 = 0
Globals/PanoramaRndScale | Pan < Rnd | percent 0..100 = 0
Globals/Tone | Tone | percent 0..1 = 0.7
Globals/SpreadAmount | Spread | percent 0..100 = 0
Globals/PortamentoOn | Glide On | [Off|On] = 0
Globals/PortamentoTime | Glide Time | ms:log:0.1:10000 = 100
Lfo/LfoOn | LFO On | [Off|On] = 0
Lfo/LfoType | LFO Type | #7 = 0
Lfo/LfoRange | LFO Range | [Low|High|Sync] = 0
Lfo/LfoRate | LFO Rate | 0..127 = 64
Lfo/LfoRateSynced | LFO Sync | #15 = 3
Lfo/LfoRateKeyScale | LFO R < K | percent 0..1 = 0
Lfo/LfoRetrigger | LFO Retrigger | [Off|On] = 1
Lfo/LfoAmount | LFO Amt | percent 0..0.5 = 0.25
Lfo/LfoAmountA | LFO Amt A | percent -100..100 = 100
Lfo/LfoAmountVelScale | LFO < Vel | percent -1..1 = 0
"""
    + _envelope("Lfo/LfoEnv", "L"),
}
