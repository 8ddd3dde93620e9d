"""Reverbs, delays and modulation effects.

Names, order and ranges as a Live 12 reported them, what a knob measures from Set files. Guess: the curve
between the ends where reported defaults do not tell it; the ranges of Auto Filter (new), Auto Pan-Tremolo and
Chorus-Ensemble.
"""

from __future__ import annotations

from .common import SIDE_CHAIN, SIDE_CHAIN_EQ, SYNCED_RATES

_SIXTEENTHS = "[1|2|3|4|5|6|8|16]"

TABLES = {
    "Reverb": """
normal
complete
PreDelay | Predelay | ms:log:0.5:250 = 2.5
BandHighOn | In LowCut On | [Off|On] = 0
BandLowOn | In HighCut On | [Off|On] = 1
BandFreq | In Filter Freq | hz:log:50:18000 = 830
BandWidth | In Filter Width | 0.5..9 = 5.85
SpinOn | ER Spin On | [Off|On] = 1
EarlyReflectModFreq | ER Spin Rate | hz:log:0.074:1.3 = 0.2977
EarlyReflectModDepth | ER Spin Amount | 2..55 = 17.5
DiffuseDelay | ER Shape | 0..1 = 0.5
ShelfHighOn | HiFilter On | [Off|On] = 1
HighFilterType | HiFilter Type | [Shelf|Low-pass] = 0
ShelfHiFreq | HiFilter Freq | hz:log:20:16000 = 4500
ShelfHiGain | HiShelf Gain | 0.2..1 = 0.7
ShelfLowOn | LowShelf On | [Off|On] = 0
ShelfLoFreq | LowShelf Freq | hz:log:20:15000 = 90
ShelfLoGain | LowShelf Gain | 0.2..1 = 0.75
ChorusOn | Chorus On | [Off|On] = 1
SizeModFreq | Chorus Rate | hz:log:0.01:8 = 0.02
SizeModDepth | Chorus Amount | 0.01..4 = 0.02
DecayTime | Decay Time | ms:log:200:60000 = 1200
AllPassGain | Diffusion | percent 0.001..0.96 = 0.6
AllPassSize | Scale | percent 0.05..1 = 0.4
FreezeOn | Freeze On | [Off|On] = 0
FlatOn | Flat On | [Off|On] = 1
CutOn | Cut On | [Off|On] = 1
RoomSize | Room Size | :log:0.222:500 = 100
SizeSmoothing | Size Smoothing | [None|Slow|Fast] = 2
StereoSeparation | Stereo Image | deg 0..120 = 100
RoomType | Density | [Sparse|Low|Mid|High] = 3
MixReflect | Reflect Level | db:lin:-30.5:6 amp = 1
MixDiffuse | Diffuse Level | db:lin:-30.5:6 amp = 1
MixDirect | Dry/Wet | percent 0..1 = 0.55
""",
    "Delay": f"""
normal
complete
DelayLine_SmoothingMode | Delay Mode | [Repitch|Fade|Jump] = 0
DelayLine_Link | Link | [Off|On] = 1
DelayLine_PingPong | Ping Pong | [Off|On] = 0
DelayLine_SyncL | L Sync | [Off|On] = 1
DelayLine_SyncR | R Sync | [Off|On] = 1
DelayLine_TimeL | L Time | s:pow5:0.001:5 = 0.375
DelayLine_TimeR | R Time | s:pow5:0.001:5 = 0.375
DelayLine_SyncedSixteenthL | L 16th | {_SIXTEENTHS} = 2
DelayLine_SyncedSixteenthR | R 16th | {_SIXTEENTHS} = 3
DelayLine_OffsetL | L Offset | percent -0.333..0.333 = 0
DelayLine_OffsetR | R Offset | percent -0.333..0.333 = 0
Feedback | Feedback | percent 0..0.95 = 0.5
Freeze | Freeze | [Off|On] = 0
Filter_On | Filter On | [Off|On] = 1
Filter_Frequency | Filter Freq | hz:log:50:18000 = 1000
Filter_Bandwidth | Filter Width | 0.5..9 = 8
Modulation_Frequency | Mod Freq | hz:log:0.01:40 = 0.5
Modulation_AmountTime | Dly < Mod | percent 0..1 = 0
Modulation_AmountFilter | Filter < Mod | percent 0..1 = 0
DryWet | Dry/Wet | percent 0..1 = 0.5
""",
    "Echo": f"""
complete
normal
Delay_SyncL | L Sync | [Off|On] = 1
Delay_TimeL | L Time | s:pow3.3333:0.001:2.5 = 0.375
Delay_SyncedDivisionL | L Division | int -6..0 = -3
Delay_SyncedSixteenthL | L 16th | int 1..16 = 3
Delay_SyncModeL | L Sync Mode | [Notes|Triplet|Dotted|16th] = 2
Delay_OffsetL | L Offset | percent -0.333..0.333 = 0
Delay_TimeR | R Time | s:pow3.3333:0.001:2.5 = 0.375
Delay_SyncR | R Sync | [Off|On] = 1
Delay_SyncedDivisionR | R Division | int -6..0 = -3
Delay_SyncedSixteenthR | R 16th | int 1..16 = 3
Delay_SyncModeR | R Sync Mode | [Notes|Triplet|Dotted|16th] = 2
Delay_OffsetR | R Offset | percent -0.333..0.333 = 0
Delay_TimeLink | Link | [Off|On] = 1
Delay_Repitch | Repitch | [Off|On] = 1
Delay_RepitchSmoothingTime | Repitch Smoothing Time | s:pow3.3333:0.01:1 = 0.4
Feedback | Feedback | percent 0..1.5 = 0.5
FeedbackInvert | Feedback Inv | [Off|On] = 0
ChannelMode | Channel Mode | [Stereo|Ping Pong|Mid/Side] = 0
InputGain | Input Gain | db -40..40 = 0
OutputGain | Output Gain | x 0..4 = 1
Clipper_Dry | Clip Dry | [Off|On] = 0
Gate_On | Gate On | [Off|On] = 0
Gate_Threshold | Gate Thr | db -60..0 = 0
Gate_Release | Gate Release | s:log:0.0001:3 = 0.05
Ducking_On | Duck On | [Off|On] = 0
Ducking_Threshold | Duck Thr | db -60..0 = 0
Ducking_Release | Duck Release | s:log:0.02:1.5 = 0.1
Filter_On | Filter On | [Off|On] = 1
Filter_HighPassFrequency | HP Freq | hz:log:20:20000 = 50
Filter_HighPassResonance | HP Res | 0..0.3 = 0
Filter_LowPassFrequency | LP Freq | hz:log:20:20000 = 5000
Filter_LowPassResonance | LP Res | 0..0.3 = 0
Modulation_Waveform | Mod Wave | [Sine|Triangle|Saw Up|Saw Down|Square|Noise] = 0
Modulation_Frequency | Mod Freq | hz:log:0.01:40 = 2
Modulation_Sync | Mod Sync | [Off|On] = 1
Modulation_SyncedRate | Mod Rate | {SYNCED_RATES} = 12
Modulation_PhaseOffset | Mod Phase | deg 0..180 = 90
Modulation_EnvelopeMix | Env Mix | percent 0..1 = 0
Modulation_AmountDelay | Dly < Mod | percent 0..1 = 0
Modulation_AmountFilter | Flt < Mod | percent 0..1 = 0
Modulation_AmountDelayTimesFour | Mod 4x | [Off|On] = 0
Reverb_Level | Reverb Level | percent 0..1 = 0
Reverb_Decay | Reverb Decay | percent 0..1 = 0.5
Reverb_Location | Reverb Loc | [Pre|Post|Feedback] = 1
Noise_On | Noise On | [Off|On] = 0
Noise_Amount | Noise Amt | percent 0..1 = 0
Noise_Type | Noise Mrph | 0..1 = 0
Wobble_On | Wobble On | [Off|On] = 0
Wobble_Amount | Wobble Amt | percent 0..1 = 0
Wobble_Type | Wobble Mrph | 0..1 = 0
StereoWidth | Stereo Width | percent 0..2 = 1
DryWet | Dry Wet | percent 0..1 = 0.7
""",
    "Hybrid": """
complete
normal
PreDelay_Sync | P.Dly Sync | [Off|On] = 0
PreDelay_Time | P.Dly Time | s:pow3.3333:0:4 = 0.01
PreDelay_Sixteenth | P.Dly 16th | int 0..16 = 2
PreDelay_FeedbackTime | P.Dly Fb Time | percent 0..0.95 = 0
PreDelay_FeedbackSixteenth | P.Dly Fb 16th | percent 0..0.95 = 0
Algorithm_Type | Algo Type | [Dark Hall|Quartz|Shimmer|Tides|Prism] = 0
Algorithm_Delay | Algo Delay | 0..1 = 0
Algorithm_Freeze | Freeze | [Off|On] = 0
Algorithm_FreezeIn | Freeze In | [Off|On] = 0
Algorithm_Decay | Decay | s:log:0.1:60 = 3.5
Algorithm_Size | Size | percent 0..1 = 0.5
Algorithm_Damping | Damping | percent 0..1 = 0.5
Algorithm_Diffusion | Diffusion | percent 0..1 = 1
Algorithm_Modulation | Modulation | percent 0..1 = 0.5
Algorithm_Shape | DH Shape | percent 0..1 = 0.5
Algorithm_BassMultiplier | DH BassMult | x:log:0.25:4 = 1
Algorithm_BassCrossover | DH Bass X | hz:log:80:1000 = 440
Algorithm_Shimmer | Sh Shimmer | percent 0..1 = 0.5
Algorithm_PitchShift | Sh Pitch Shift | -12..12 = 12
Algorithm_TidesAmount | Ti Tide | percent 0..1 = 0.5
Algorithm_TidesRate | Ti Rate | int 0..29 = 22
Algorithm_TidesWaveform | Ti Waveform | percent 0..1 = 0.5
Algorithm_TidesPhaseOffset | Ti Phase | deg 0..180 = 90
Algorithm_Quartz_LowDamping | Qz Low Damp | percent 0..1 = 0.5
Algorithm_Quartz_Distance | Qz Distance | percent 0..1 = 0.5
Algorithm_Prism_HighMultiplier | Pr High Mult | x:log:0.1:5 = 1
Algorithm_Prism_LowMultiplier | Pr Low Mult | x:log:0.1:5 = 1
Algorithm_Prism_CrossoverFrequency | Pr X Over | hz:log:400:5500 = 800
Algorithm_Prism_Sixth | Pr Sixth | percent 0..1 = 0
Algorithm_Prism_Seventh | Pr Seventh | percent 0..1 = 0
Eq_On | EQ On | [Off|On] = 1
Eq_PreAlgo | EQ Pre Algo | [Off|On] = 0
Eq_LowBandType | EQ Low Type | [Cut|Shelf] = 0
Eq_LowBandFrequency | EQ Low Freq | hz:log:20:20000 = 80
Eq_LowBandGain | EQ Low Gain | db:lin:-12.0412:12.0412 amp = 1
Eq_LowBandSlope | EQ Low Slope | #10 = 1
Eq_Peak1Frequency | EQ P1 Freq | hz:log:20:20000 = 700
Eq_Peak1Gain | EQ P1 Gain | db:lin:-12.0412:12.0412 amp = 1
Eq_Peak1Q | EQ P1 Q | 0.1..4 = 0.7071
Eq_Peak2Frequency | EQ P2 Freq | hz:log:20:20000 = 1500
Eq_Peak2Gain | EQ P2 Gain | db:lin:-12.0412:12.0412 amp = 1
Eq_Peak2Q | EQ P2 Q | 0.1..4 = 0.7071
Eq_HighBandType | EQ High Type | [Cut|Shelf] = 1
Eq_HighBandFrequency | EQ High Freq | hz:log:20:20000 = 5000
Eq_HighBandGain | EQ High Gain | db:lin:-12.0412:12.0412 amp = 1
Eq_HighBandSlope | EQ High Slope | #10 = 4
Send | Send Gain | send = 1
Routing | Routing | [Serial|Parallel|Algorithm|Convolution] = 1
ConvoAlgoBlend | Blend | percent 0..1 = 0.5
Vintage | Vintage | [Off|Subtle|Old|Older|Extreme] = 0
StereoWidth | Width | percent 0..2 = 1
BassMono | Bass Mono | [Off|On] = 0
DryWet | Dry/Wet | percent 0..1 = 0.5
""",
    "FilterDelay": """
complete
{1..3
On$ | $ Input On | [Off|On] = 1
FilterOn$ | $ Filter On | [Off|On] = 1
MidFreq$ | $ Filter Freq | hz:log:50:18000 = 704
BandWidth$ | $ Filter Width | 0.5..9 = 4
DelayTimeSwitch$ | $ Delay Mode | [Time|Sync] = 1
BeatDelayEnum$ | $ Beat Delay | [1|2|3|4|5|6|8|16] = 2
BeatDelayOffset$ | $ Beat Swing | percent -0.333..0.333 = 0
DelayTime$ | $ Time Delay | ms 1..999 = 10
Feedback$ | $ Feedback | percent 0..1 = 0.24
Pan$ | $ Pan | pan -1..1 = 0
Volume$ | $ Volume | volume = 1
}
DryVolume | Dry | send = 0.56
""",
    "GrainDelay": """
complete
Spray | Spray | ms:lin:0:500 = 0
Freq | Frequency | hz:log:1:150 = 60
Pitch | Pitch | st -36..12 = 0
RandomPitch | Random | :lin:0:161.2 = 0
Feedback | Feedback | percent 0..0.95 = 0
NewDryWet | DryWet | percent 0..1 = 1
SyncMode | Delay Mode | [Time|Sync] = 1
BeatDelayEnum | Beat Delay | [1|2|3|4|5|6|8|16] = 1
BarDelayOffset | Beat Swing | percent -0.333..0.333 = 0
MsDelay | Time Delay | ms 1..128 = 40
""",
    "CrossDelay": """
DryWet | Dry/Wet | percent 0..1 = 1
Feedback | Feedback | percent 0..0.95 = 0
""",
    "PingPongDelay": """
DryWet | Dry/Wet | percent 0..1 = 1
Feedback | Feedback | percent 0..0.95 = 0
""",
    "Chorus2": """
normal
complete
Mode | Mode | [Chorus|Ensemble|Vibrato] = 0
Shaping | Shape | percent 0..1 = 0
Rate | Rate | hz:log:0.1:15 = 0.9
Amount | Amount | percent 0..1 = 0.5
Feedback | Feedback | percent 0..0.99 = 0
InvertFeedback | FB Invert | [Off|On] = 0
VibratoOffset | Offset | deg 0..180 = 0
DelayTime | Delay Time | #3 = 0
DelayTaps | Delay Taps | #2 = 0
HighpassEnabled | HP On | [Off|On] = 0
HighpassFrequency | HP Freq | hz:log:20:2000 = 50
Width | Width | percent 0..2 = 1
Warmth | Warmth | percent 0..1 = 0
OutputGain | Output | volume = 1
DryWet | Dry/Wet | percent 0..1 = 0.5
""",
    "PhaserNew": f"""
normal
complete
Modulation_Amount | Amount | percent 0..1 = 1
Modulation_Waveform | Mod Wave | #10 = 1
Modulation_Frequency | Mod Freq | hz:log:0.01:40 = 0.2
Modulation_Frequency2 | Mod Freq 2 | hz:log:0.01:40 = 0.2
Modulation_Sync | Mod Sync | [Off|On] = 1
Modulation_Sync2 | Mod Sync 2 | [Off|On] = 1
Modulation_SyncedRate | Mod Rate | {SYNCED_RATES} = 4
Modulation_SyncedRate2 | Mod Rate 2 | {SYNCED_RATES} = 4
Modulation_PhaseOffset | Mod Phase | deg 0..360 = 180
Modulation_SpinEnabled | Spin Enabled | [Off|On] = 0
Modulation_Spin | Spin | percent 0..0.5 = 0
Modulation_DutyCycle | Duty Cycle | percent -1..1 = 0
Modulation_LfoBlend | Lfo Blend | percent 0..1 = 0
Modulation_EnvelopeEnabled | Env Enabled | [Off|On] = 1
Modulation_EnvelopeAmount | Env Amount | percent -1..1 = 0
Modulation_EnvelopeAttack | Env Attack | s 0.0001..0.03 = 0.006
Modulation_EnvelopeRelease | Env Release | s 0.0001..0.4 = 0.2
Mode | Mode | [Phaser|Flanger|Doubler] = 0
Notches | Notches | int 1..42 = 4
FlangerDelayTime | Flange Time | s:log:0.0001:0.02 = 0.0025
DoublerDelayTime | Doubler Time | s:log:0.02:0.15 = 0.08
ModulationBlend | Mod Blend | percent 0..1 = 0
CenterFrequency | Center Freq | hz:log:70:18500 = 1000
Spread | Spread | percent 0..1 = 0.5
Feedback | Feedback | percent 0..0.99 = 0
Warmth | Warmth | percent 0..1 = 0
SafeBassFrequency | Safe Freq | hz:log:5:3000 = 100
InvertWet | FB Inv | [Off|On] = 0
OutputGain | Output Gain | x:pow2:0:2 = 1
DryWet | Dry/Wet | percent 0..1 = 1
""",
    "AutoPan2": f"""
normal
complete
Mode | Mode | [Panning|Tremolo] = 0
Modulation_Amount | Amount | percent 0..1 = 0.5
Modulation_Waveform | Waveform | #9 = 0
Modulation_Invert | Invert | [Off|On] = 0
Modulation_TimeMode | Time Mode | #6 = 0
Modulation_Frequency | Frequency | hz:log:0.1:60 = 1
Modulation_Time | Time | s:log:0.1:200 = 1
Modulation_SyncedRate | Rate | {SYNCED_RATES} = 6
Modulation_Sixteenth | 16th | int 1..64 = 16
Modulation_Phase | Phase | deg 0..360 = 180
Modulation_PhaseOffset | Offset | deg 0..360 = 0
Modulation_StereoMode | Stereo Mode | [Phase|Spin] = 0
Modulation_Spin | Spin | percent 0..0.5 = 0
PanningWaveformShape | Panning Shape | percent 0..1 = 0
TremoloWaveformShape | Tremolo Shape | percent -1..1 = 0
AttackTime | Attack Time | s 0..5 = 0
DynamicFrequencyModulation | Dyn Mod | percent -1..1 = 0
HarmonicMode | Harmonic | [Off|On] = 0
VintageMode | Vintage | [Off|On] = 0
""",
    "AutoPan": f"""
complete
Lfo/RateType | LFO Type | [Frequency|Beats] = 1
Lfo/LfoAmount | Amount | percent 0..1 = 0
Lfo/Frequency | Frequency | hz:log:0.05:90 = 1
Lfo/BeatRate | Sync Rate | {SYNCED_RATES} = 4
Lfo/Phase | Phase | deg 0..360 = 180
Lfo/Spin | Spin | percent 0..0.5 = 0
Lfo/StereoMode | Stereo Mode | [Phase|Spin] = 0
Lfo/Offset | Offset | deg 0..360 = 0
Lfo/Type | Waveform | [Sine|Triangle|Saw Down|Random] = 0
Lfo/LfoShape | Shape | percent 0..1 = 0
Lfo/NoiseWidth | Width (Random) | percent 0..1 = 0.5
Lfo/LfoInvert | Invert | [Off|On] = 0
""",
    "AutoFilter2": f"""
normal
complete
Filter_Frequency | Frequency | hz:log:20:20000 = 10000
Filter_Resonance | Resonance | percent 0..1 = 0
Filter_Morph | Filter Morph | percent 0..1 = 0
Filter_Type | Filter Type | #10 = 0
Filter_Slope | Filter Slope | [12 dB|24 dB] = 1
Filter_MorphSlope | Morph Slope | #4 = 2
Filter_Circuit | Circuit | #4 = 0
Filter_Drive | Drive | percent 0..1 = 0
Filter_DjControl | Control | percent -1..1 = 0
Filter_VowelPitch | Pitch | st -36..36 = 0
Filter_VowelFormant | Formant | percent 0..1 = 0
Lfo_Amount | LFO Amount | percent 0..1 = 0
Lfo_Waveform | LFO Wave | #8 = 0
Lfo_TimeMode | LFO T Mode | #6 = 0
Lfo_Frequency | LFO Freq | hz:log:0.1:60 = 1
Lfo_Time | LFO Time | s:log:0.1:200 = 1
Lfo_SyncedRate | LFO Rate | {SYNCED_RATES} = 4
Lfo_Sixteenth | LFO 16th | int 1..64 = 16
Lfo_Phase | LFO Phase | deg 0..360 = 0
Lfo_PhaseOffset | LFO Offset | deg 0..360 = 0
Lfo_StereoMode | LFO S Mode | [Phase|Spin] = 0
Lfo_Spin | LFO Spin | percent 0..0.5 = 0
Lfo_Morph | LFO Morph | percent -1..1 = 0
Lfo_Smoothing | LFO Smoothing | percent 0..1 = 0
Lfo_QuantizationMode | LFO Q Mode | #3 = 0
Lfo_Steps | LFO Steps | int 2..64 = 8
Lfo_SahRate | LFO S&H | int -6..0 = -4
Envelope_Amount | Env Amount | percent -1..1 = 0
Envelope_Attack | Env Attack | s 0..0.1 = 0.001
Envelope_HoldOn | Env Hold On | [Off|On] = 1
Envelope_Release | Env Release | s 0..3 = 0.25
Envelope_SahOn | Env S&H On | [Off|On] = 0
Envelope_SahRate | Env S&H | int -6..0 = -4
Output | Output | send = 1
SoftClipOn | Soft Clip On | [Off|On] = 0
DryWet | Dry/Wet | percent 0..1 = 1
"""
    + SIDE_CHAIN_EQ
    + SIDE_CHAIN,
    "AutoFilter": f"""
complete
FilterType | Filter Type | [Lowpass|Highpass|Bandpass|Notch|Morph] = 0
CircuitLpHp | Filter Circuit - LP/HP | [Clean|OSR|MS2|SMP|PRD] = 0
CircuitBpNoMo | Filter Circuit - BP/NO/Morph | [Clean|OSR] = 0
Slope | Slope | [12 dB|24 dB] = 1
Cutoff | Frequency | hz:log:26.0:19912 20..135 = 135
Resonance | Resonance | percent 0..1.25 = 0
Morph | Morph | percent 0..1 = 0
Drive | Drive | db 0..24 = 0
ModHub | Env. Modulation | -127..127 = 0
Attack | Env. Attack | ms 0.1..30 = 6
Release | Env. Release | ms 0.1..400 = 200
LfoAmount | LFO Amount | 0..30 = 0
Lfo/Type | LFO Waveform | #7 = 0
Lfo/Frequency | LFO Frequency | hz:log:0.01:10 = 0.1
Lfo/RateType | LFO Sync | [Free|Sync] = 0
Lfo/BeatRate | LFO Sync Rate | {SYNCED_RATES} = 4
Lfo/StereoMode | LFO Stereo Mode | [Phase|Spin] = 0
Lfo/Spin | LFO Spin | percent 0..0.5 = 0
Lfo/Phase | LFO Phase | deg 0..360 = 180
Lfo/Offset | LFO Offset | deg 0..360 = 0
Lfo/Quantize | LFO Quantize On | [Off|On] = 0
Lfo/BeatQuantize | LFO Quantize Rate | #10 = 2
"""
    + SIDE_CHAIN,
}
