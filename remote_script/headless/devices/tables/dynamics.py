"""Compressors, gates, limiters, equalizers and utilities.

Names, order and ranges of Compressor, Glue Compressor, EQ Eight and Utility as a Live 12 reported them; the
others' names likewise, their ranges from Set files. Guess: of these, parameters with a logarithmic law or a
linear factor in the file run 0..1; the curve between the ends of Compressor's release and of Utility's gain.
"""

from __future__ import annotations

from .common import SIDE_CHAIN, SIDE_CHAIN_EQ

_EQ_LAST = """
SideChainEq/Mode | S/C EQ Type | [Low Shelf|Bell|High Shelf|Lowpass|Bandpass|Highpass] = 5
SideChainEq/On | S/C EQ On | [Off|On] = 0
SideChainEq/Freq | S/C EQ Freq | hz:log:30:15000 = 200
SideChainEq/Gain | S/C EQ Gain | db -15..15 = 0
SideChainEq/Q | S/C EQ Q | :log:0.1:12 = 0.7071
"""

TABLES = {
    "Compressor2": """
complete
Threshold | Threshold | volume = 1
Ratio | Ratio | ratio:inv:1:100 = 4
ExpansionRatio | Expansion Ratio | ratio 1..2 = 1.15
Attack | Attack | ms:log:0.01:1000 = 1
Release | Release | ms:pow2.5:1:3000 = 30
AutoReleaseControlOnOff | Auto Release On/Off | [Off|On] = 0
Gain | Output Gain | db -36..36 = 0
GainCompensation | Makeup | [Off|On] = 0
DryWet | Dry/Wet | percent 0..1 = 1
Model | Model | [Peak|RMS|Expand] = 1
LogEnvelope | Env Mode | [Lin|Log] = 1
Knee | Knee | db 0..18 = 6
LookAhead | LookAhead | [0 ms|1 ms|10 ms] = 0
SideListen | S/C Listen | [Off|On] = 0
"""
    + SIDE_CHAIN_EQ
    + SIDE_CHAIN,
    "GlueCompressor": """
complete
Threshold | Threshold | db -40..0 = 0
Range | Range | db 0..70 = 70
Makeup | Makeup | db 0..20 = 0
Attack | Attack | [0.01|0.1|0.3|1|3|10|30] = 3
Ratio | Ratio | [2|4|10] = 1
Release | Release | [0.1|0.2|0.4|0.6|0.8|1.2|A] = 3
DryWet | Dry/Wet | percent 0..1 = 1
PeakClipIn | Peak Clip In | [Off|On] = 0
"""
    + SIDE_CHAIN
    + _EQ_LAST,
    "Limiter": """
complete
normal
Gain | Gain | db -24..24 = 0
Ceiling | Ceiling | db -24..0 = -0.3
Release | Release | ms:log:0.01:3000 = 100
AutoRelease | Auto | [Off|On] = 1
LinkAmount | Link | percent 0..1 = 1
LinkAmountMidSide | M/S Link | percent 0..1 = 0
Lookahead | Lookahead | [1.5 ms|3 ms|6 ms] = 0
Routing | Routing | [L/R|M/S] = 0
Mode | Mode | [Standard|Soft Clip|True Peak] = 0
Maximize | Maximize | [Off|On] = 0
MaximizeThreshold | Max Threshold | db -24..0 = -0.3
MaximizeOutput | Max Output | db -24..0 = 0
""",
    "Gate": """
complete
Threshold | Threshold | volume = 0.25
Attack | Attack | ms:log:0.02:150 = 3.5
Hold | Hold | ms:log:1:1500 = 10
Release | Release | ms:log:0.1:3000 = 15
Return | Return | db 0..24 = 3
Gain | Floor | db -75..0 = -40
SideListen | S/C Listen | [Off|On] = 0
FlipMode | FlipMode | [Off|On] = 0
LookAhead | LookAhead | [0 ms|1.5 ms|10 ms] = 1
"""
    + SIDE_CHAIN
    + _EQ_LAST,
    "MultibandDynamics": """
complete
SplitLowMid | Low-Mid Crossover | hz:log:30:3000 = 120
SplitMidHigh | Mid-High Crossover | hz:log:300:15000 = 2500
SoftKnee | Soft Knee On/Off | [Off|On] = 1
EnvelopeIsPeak | Peak/RMS Mode | [RMS|Peak] = 0
OutputGain | Output | db -24..24 = 0
GlobalAmount | Amount | percent 0..1 = 1
GlobalTime | Time Scaling | percent:log:10:1000 = 1
GainLow | Output Gain (Low) | db -24..24 = 0
GainMid | Output Gain (Mid) | db -24..24 = 0
GainHigh | Output Gain (High) | db -24..24 = 0
InputGainLow | Input Gain (Low) | db -24..24 = 0
InputGainMid | Input Gain (Mid) | db -24..24 = 0
InputGainHigh | Input Gain (High) | db -24..24 = 0
ActiveLow | Band Activator (Low) | [Off|On] = 1
ActiveMid | Band Activator (Mid) | [Off|On] = 1
ActiveHigh | Band Activator (High) | [Off|On] = 1
AboveThresholdLow | Above Threshold (Low) | db -80..0 = -20
AboveThresholdMid | Above Threshold (Mid) | db -80..0 = -20
AboveThresholdHigh | Above Threshold (High) | db -80..0 = -20
BelowThresholdLow | Below Threshold (Low) | db -80..0 = -60
BelowThresholdMid | Below Threshold (Mid) | db -80..0 = -60
BelowThresholdHigh | Below Threshold (High) | db -80..0 = -60
AboveRatioLow | Above Ratio (Low) | -1..1 = 0
AboveRatioMid | Above Ratio (Mid) | -1..1 = 0
AboveRatioHigh | Above Ratio (High) | -1..1 = 0
BelowRatioLow | Below Ratio (Low) | -3..1 = 0
BelowRatioMid | Below Ratio (Mid) | -3..1 = 0
BelowRatioHigh | Below Ratio (High) | -3..1 = 0
AttackLow | Attack Time (Low) | ms:log:0.1:5000 = 50
AttackMid | Attack Time (Mid) | ms:log:0.1:5000 = 10
AttackHigh | Attack Time (High) | ms:log:0.1:5000 = 5
ReleaseLow | Release Time (Low) | ms:log:0.1:5000 = 300
ReleaseMid | Release Time (Mid) | ms:log:0.1:5000 = 200
ReleaseHigh | Release Time (High) | ms:log:0.1:5000 = 100
"""
    + SIDE_CHAIN,
    "Eq8": """
complete
GlobalGain | Output Gain | db -12..12 = 0
Scale | Scale | percent -2..2 = 1
AdaptiveQ | Adaptive Q | [Off|On] = 1
{1..8
Bands.%/ParameterA/IsOn | $ Filter On A | [Off|On] = 0
Bands.%/ParameterA/Mode | $ Filter Type A | [Low Cut 48|Low Cut 12|Low Shelf|Bell|Notch|High Shelf|High Cut 12|High Cut 48] = 3
Bands.%/ParameterA/Freq | $ Frequency A | hz:log:10:22000 = 1000
Bands.%/ParameterA/Gain | $ Gain A | db -15..15 = 0
Bands.%/ParameterA/Q | $ Resonance A | :log:0.1:18 = 0.7071
Bands.%/ParameterB/IsOn | $ Filter On B | [Off|On] = 0
Bands.%/ParameterB/Mode | $ Filter Type B | [Low Cut 48|Low Cut 12|Low Shelf|Bell|Notch|High Shelf|High Cut 12|High Cut 48] = 3
Bands.%/ParameterB/Freq | $ Frequency B | hz:log:10:22000 = 1000
Bands.%/ParameterB/Gain | $ Gain B | db -15..15 = 0
Bands.%/ParameterB/Q | $ Resonance B | :log:0.1:18 = 0.7071
}
""",
    "FilterEQ3": """
complete
GainLo | GainLo | volume = 1
GainMid | GainMid | volume = 1
GainHi | GainHi | volume = 1
FreqLo | FreqLo | hz:log:50:5000 = 250
FreqHi | FreqHi | hz:log:200:18000 = 2500
LowOn | LowOn | [Off|On] = 1
MidOn | MidOn | [Off|On] = 1
HighOn | HighOn | [Off|On] = 1
Slope | Slope | [24|48] = 1
""",
    "ChannelEq": """
complete
HighpassOn | Highpass On | [Off|On] = 0
LowShelfGain | Low Gain | db:lin:-15:15 amp = 1
MidGain | Mid Gain | db:lin:-12:12 amp = 1
MidFrequency | Mid Freq | hz:log:120:7500 = 1500
HighShelfGain | High Gain | db:lin:-15:15 amp = 1
Gain | Output | db:lin:-12:12 amp = 1
""",
    "StereoGain": """
complete
PhaseInvertL | Left Inv | [Off|On] = 0
PhaseInvertR | Right Inv | [Off|On] = 0
ChannelMode | Channel Mode | [Left|Stereo|Right|Swap] = 1
StereoWidth | Stereo Width | percent 0..4 = 1
Mono | Mono | [Off|On] = 0
BassMono | Bass Mono | [Off|On] = 0
BassMonoFrequency | Bass Freq | hz:log:50:500 = 120
Balance | Balance | pan -1..1 = 0
Gain | Gain | db:lin:-35:35 -1..1 amp = 1
Mute | Mute | [Off|On] = 0
DcFilter | DC Filter | [Off|On] = 0
""",
    "StereoGain9": """
complete
PhaseInvertL | Left Inv | [Off|On] = 0
PhaseInvertR | Right Inv | [Off|On] = 0
Source | Channel Mode | [Left|Stereo|Right|Swap] = 1
StereoSeparation | Stereo Width | percent 0..4 = 1
| Mono | [Off|On] = 0
| Bass Mono | [Off|On] = 0
| Bass Freq | hz:log:50:500 = 120
Panorama | Balance | pan -1..1 = 0
Gain | Gain | db:lin:-35:35 -1..1 = 0
Mute | Mute | [Off|On] = 0
BlockDc | DC Filter | [Off|On] = 0
""",
    "Tuner": """
TuningFreq | Tuning Freq | hz 410..480 = 440
""",
}
