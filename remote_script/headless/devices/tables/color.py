"""Distortions, resonators and other colouring effects, and MIDI effects.

Names and order as a Live 12 reported them, with the ranges of Saturator, Overdrive, Amp, Shifter, Roar, Chord
and Velocity; the others' ranges from Set files. Guess: of these, parameters with a logarithmic law or a linear
factor in the file run 0..1; the curve between the ends where reported defaults do not tell it.
"""

from __future__ import annotations

from .common import SIDE_CHAIN, SYNCED_RATES

TABLES = {
    "Saturator": """
normal
complete
PreDrive | Drive | db -36..36 = 0
PreDcFilter | Pre Dc Filter | [Off|On] = 0
Type | Type | [Analog Clip|Soft Sine|Bass Shaper|Medium Curve|Hard Curve|Sinoid Fold|Digital Clip|Waveshaper] = 0
ColorOn | Color On | [Off|On] = 1
BaseDrive | Color Amt Low | db -36..36 = 0
ColorFrequency | Color Freq | hz:log:30:18500 = 1000
ColorWidth | Color Width | percent 0..1 = 0.3
ColorDepth | Color Amt Hi | db -24..24 = 0
PostClip | Post Clip Mode | [Off|Soft Clip|Hard Clip] = 0
PostDrive | Output | db -36..0 = 0
DryWet | Dry/Wet | percent 0..1 = 1
BassShaperThreshold | Threshold | db -50..0 = -50
WsDrive | WS Drive | percent 0..1 = 1
WsLin | WS Linearity | percent 0..1 = 0.5
WsCurve | WS Curve | percent 0..1 = 0.05
WsDamp | WS Damp | percent 0..1 = 0
WsPeriod | WS Period | percent 0..1 = 0
WsDepth | WS Depth | percent 0..1 = 0
""",
    "Overdrive": """
MidFreq | Filter Freq | hz:log:50:20000 = 1250
BandWidth | Filter Width | 0.5..9 = 6.5
Drive | Drive | percent 0..100 = 50
DryWet | Dry/Wet | percent 0..100 = 50
Tone | Tone | percent 0..100 = 50
PreserveDynamics | Preserve Dynamics | percent 0..1 = 0.5
""",
    "Pedal": """
Type | Type | [Overdrive|Distortion|Fuzz] = 0
Gain | Gain | percent 0..1 = 0
Output | Output | db -20..20 = 0
Bass | Bass | percent -1..1 = 0
Mid | Mid | percent -1..1 = 0
Treble | Treble | percent -1..1 = 0
MidFreq | Mid Freq | [500 Hz|1 kHz|2 kHz] = 1
Sub | Sub | [Off|On] = 0
DryWet | Dry/Wet | percent 0..1 = 1
""",
    "DrumBuss": """
complete
EnableCompression | Compressor On | [Off|On] = 0
DriveAmount | Drive | percent 0..1 = 0.2
DriveType | Drive Type | [Soft|Medium|Hard] = 0
CrunchAmount | Crunch | percent 0..1 = 0
DampingFrequency | Damping Freq | hz:log:500:20000 = 9200
TransientShaping | Transients | percent -1..1 = 0
BoomFrequency | Boom Freq | hz:log:30:90 = 50
BoomAmount | Boom Amt | percent 0..1 = 0
BoomDecay | Boom Decay | percent 0..1 = 1
BoomAudition | Boom Audition | [Off|On] = 0
InputTrim | Trim | send = 1
OutputGain | Output | db:lin:-40:3 amp = 1
DryWet | Dry/Wet | percent 0..1 = 1
""",
    "Redux2": """
normal
SampleRate | Sample Rate | hz:log:20:40000 = 40000
Jitter | Jitter | percent 0..1 = 0
BitDepth | Bit Depth | 1..16 = 16
QuantizerShape | Quantizer Shape | percent 0..1 = 0
QuantizerDcShift | DC Shift | [Off|On] = 0
EnablePreFilter | Pre-Filter On | [Off|On] = 0
EnablePostFilter | Post-Filter On | [Off|On] = 0
PostFilterValue | Post-Filter | -4..4 = 0
DryWet | Dry/Wet | percent 0..1 = 1
""",
    "Erosion": """
Mode | Mode | [Noise|Wide Noise|Sine] = 2
Freq | Frequency | hz:log:300:18000 = 5450
Amplitude | Amount | 0..200 = 0
BandQ | Width | 0.1..2.5 = 0.3
""",
    "Amp": """
normal
complete
AmpType | Amp Type | [Clean|Boost|Blues|Rock|Lead|Heavy|Bass] = 2
Bass | Bass | 0..10 = 5
Middle | Middle | 0..10 = 5
Treble | Treble | 0..10 = 5
Presence | Presence | 0..10 = 5
Gain | Gain | 0..10 = 5
Volume | Volume | 0..10 = 9
DualMono | Dual Mono | [Off|On] = 0
DryWet | Dry/Wet | percent 0..1 = 1
""",
    "Cabinet": """
complete
CabinetType | Cabinet Type | [1x12|2x12|4x12|4x10|4x10 Bass] = 0
MicrophoneTypeSwitch | Microphone Type | [Condenser|Dynamic] = 0
MicrophonePosition | Microphone Position | [Near On-Axis|Near Off-Axis|Far] = 0
DualMono | Dual Mono | [Off|On] = 0
DryWet | Dry/Wet | percent 0..1 = 1
""",
    "Tube": """
complete
DryWet | Dry/Wet | percent 0..1 = 1
PreDrive | Drive | db -15..15 = 0
PostDrive | Output | db -15..15 = 0
Bias | Bias | percent 0..1 = 0
AutoBias | Envelope | -3..3 = 0
AutoBiasAttack | Attack | ms:log:1:400 = 5
AutoBiasRelease | Release | ms:log:1:1500 = 35
Tone | Tone | -1..1 = 0
Type | Tube Type | [A|B|C] = 0
""",
    "BeatRepeat": """
complete
Chance | Chance | percent 0..1 = 1
Interval | Interval | [1/32|1/16|1/8|1/4|1/2|1 Bar|2 Bars|4 Bars] = 5
Offset | Offset | int 0..15 = 0
Grid | Grid | #16 = 7
BlockTripplets | Block Triplets | [Off|On] = 0
GridChance | Variation | #11 = 0
GridChanceType | Variation Type | [Trigger|1/4|1/8|1/16|Auto] = 0
Gate | Gate | int 0..18 = 6
DampVolume | Decay | percent 0..1 = 0
DampPitch | Pitch Decay | percent 0..1 = 0
BasePitch | Pitch | st 0..12 = 0
MixType | Mix Type | [Mix|Insert|Gate] = 0
WetLevel | Volume | volume = 1
FilterOn | Filter On | [Off|On] = 0
MidFreq | Filter Freq | hz:log:50:18000 = 1000
BandWidth | Filter Width | 0.5..9 = 4
InstantRepeat | Repeat | [Off|On] = 0
""",
    "Vinyl": """
Band2On | Pinch On | [Off|On] = 1
Gain2 | Pinch Drive | percent 0..1 = 0
BandFreq2 | Pinch Freq. | hz:log:50:18000 = 684
BandQ2 | Pinch Width | 0.1..3 = 0.32
Band1On | Tracing On | [Off|On] = 1
Gain1 | Tracing Drive | percent 0..1 = 0
BandFreq1 | Tracing Freq. | hz:log:50:18000 = 7500
BandQ1 | Tracing Width | 0.1..3 = 3
Drive | Global Drive | percent 0..1 = 1
SoftHard | Pinch Soft On | [Off|On] = 0
NormalMono | Pinch Mono On | [Off|On] = 0
CracleDensity | Crackle Density | 0..50 = 10
CracleVolume | Crackle Volume | percent 0..1 = 0
""",
    "Looper": """
State | State | [Stop|Record|Play|Overdub] = 0
Feedback | Feedback | percent 0..1 = 1
Reverse | Reverse | [Off|On] = 0
Monitor | Monitor | [Always|Never|Rec/OVR|Rec/OVR/Stop] = 0
Pitch | Speed | st -36..36 = 0
LocalQuantization | Quantization | #15 = 0
SongControl | Song Control | [None|Start Song|Start & Stop Song] = 1
TempoControl | Tempo Control | [None|Follow song tempo|Set & Follow song tempo] = 2
""",
    "MidiVelocity": """
complete
Drive | Drive | percent -1..1 = 0
Compand | Compand | percent -1..1 = 0
Random | Random | int 0..64 = 0
Mode | Mode | [Clip|Gate|Fixed] = 0
Operation | Operation | [Velocity|Rel. Vel.|Both] = 2
MaxOut | Out Hi | int 0..127 = 127
MinOut | Out Low | int 0..127 = 1
Range | Range | int 0..127 = 127
Lowest | Lowest | int 0..127 = 1
""",
    "MidiPitcher": """
Pitch | Pitch | st -128..128 = 0
PitchScaleDegrees | Scale Degrees | int -30..30 = 0
Lowest | Lowest | note 0..127 = 0
Range | Range | st 0..127 = 127
RangeMode | Mode | [Block|Fold|Limit] = 0
UseCurrentScale | Use Current Scale | [Off|On] = 0
StepWidth | Step Width | st 1..48 = 12
StepWidthScaleDegrees | Step Width SD | int 1..30 = 7
""",
    "MidiNoteLength": """
Mode | Trigger Mode | [Note On|Note Off] = 0
Latch | Latch | [Off|On] = 0
SyncState | Sync On | [Off|On] = 0
SyncedLength | Synced Length | #10 = 4
TimeLength | Time Length | ms:log:10:60000 = 125
Gate | Gate | percent 1..200 = 100
Balance | On/Off-Balance | percent 0..100 = 0
DecayTime | Decay Time | ms:log:10:60000 = 15000
DecayKeyScale | Decay Key Scale | percent -1..1 = 0
""",
    "MidiScale": """
Base | Base | [C|C♯|D|D♯|E|F|F♯|G|G♯|A|A♯|B] = 0
Transpose | Transpose | st -36..36 = 0
Lowest | Lowest | note 0..127 = 0
Range | Range | st 1..128 = 128
Fold | Fold | [Off|On] = 0
""",
    "FrequencyShifter": f"""
Lfo/BeatRate | Sync Rate | {SYNCED_RATES} = 4
""",
    "Shifter": f"""
complete
normal
Lfo_Amount | Lfo Amount Hz | hz 0..5000 = 0
Lfo_AmountPitch | Lfo Amount St | 0..24 = 0
Lfo_Waveform | Lfo Waveform | #10 = 1
Lfo_SyncOn | Lfo Sync | [Off|On] = 0
Lfo_RateHz | Lfo Rate Hz | hz:log:0.01:50 = 0.5
Lfo_SyncedRate | Lfo S. Rate | {SYNCED_RATES} = 12
Lfo_SpinOn | Lfo Spin | [Off|On] = 1
Lfo_PhaseOffset | Lfo Phase | deg 0..360 = 180
Lfo_SpinAmount | Lfo Spin Amount | percent 0..0.5 = 0
Lfo_Offset | Lfo Offset | deg 0..360 = 0
Lfo_SHWidth | Lfo Width | percent 0..1 = 0
Lfo_DutyCycle | Lfo Duty Cycle | percent -1..1 = 0
Pitch_Coarse | Pitch Coarse | st -24..24 = 0
Pitch_Fine | Pitch Fine | -1..1 = 0
Pitch_WindowSize | Pitch Window | s:log:0.01:0.35 = 0.08
ModBasedShifting_Fine | Mod Fine | hz -500..500 = 0
ModBasedShifting_FShift_Coarse | FShift Coarse | hz -10000..10000 = 0
ModBasedShifting_RingMod_Coarse | RM Coarse | hz:log:1:10000 = 1000
ModBasedShifting_RingMod_Drive | RM Drive | [Off|On] = 0
ModBasedShifting_RingMod_DriveAmount | RM Drive Gain | db 0..24 = 0
MidiPitch_Glide | MidiPitch Glide | s 0..20 = 0
EnvelopeFollower_On | Env On | [Off|On] = 0
EnvelopeFollower_Attack | Env Attack | s 0.0001..0.03 = 0.006
EnvelopeFollower_Release | Env Release | s 0.0001..0.4 = 0.2
EnvelopeFollower_AmountHz | Env Amount Hz | hz -5000..5000 = 0
EnvelopeFollower_AmountPitch | Env Amount St | -24..24 = 0
Delay_On | Delay On | [Off|On] = 0
Delay_SyncOn | Delay Sync | [Off|On] = 1
Delay_TimeSeconds | Delay Time | s:pow3.3333:0.01:8 = 0.25
Delay_SyncedTime | Delay S. Time | #18 = 9
Delay_Feedback | Delay Feedback | percent 0..1.5 = 0
Global_ShifterMode | Mode | [Pitch|Freq|Ring] = 0
Global_Tone | Tone | hz:log:300:22000 = 22000
Global_Wide | Wide | [Off|On] = 0
Global_DryWet | Dry/Wet | percent 0..1 = 1
""",
    "Roar": """
complete
normal
Input_InputGain | Drive | db:lin:-24:24 amp = 1
Input_ToneAmount | Tone Amt | percent -1..1 = 0
Input_ToneFrequency | Tone Freq | hz:log:80:2000 = 180
Input_ColorOn | Color On | [Off|On] = 0
Input_Blend | Blend | percent 0..1 = 0.5
Input_LowMidCrossover | Low Mid X-Over | hz:log:20:5000 = 200
Input_MidHighCrossover | Mid High X-Over | hz:log:200:18000 = 2000
{1..3
Stage$_On | Stage $ On | [Off|On] = 1
Stage$_Shaper_On | Shaper $ On | [Off|On] = 1
Stage$_Shaper_Type | Shaper $ Type | #12 = 0
Stage$_Shaper_Amount | Shaper $ Amt | percent 0..1 = 0
Stage$_Shaper_Bias | Shaper $ Bias | percent -1..1 = 0
Stage$_Shaper_Trim | Shaper $ Level | db:lin:-24:24 amp = 1
Stage$_Filter_On | Flt $ On | [Off|On] = 1
Stage$_Filter_Type | Flt $ Type | #9 = 0
Stage$_Filter_Frequency | Flt $ Freq | hz:log:20:20000 = 16000
Stage$_Filter_Resonance | Flt $ Res | percent 0..1 = 0.1
Stage$_Filter_Morph | Flt $ Morph | percent 0..1 = 0
Stage$_Filter_PeakGain | Flt $ Peak | db:lin:-12:12 amp = 1
Stage$_Filter_PreOn | Flt $ Pre On | [Off|On] = 0
}
Feedback_FeedbackAmount | Fb Amt | percent 0..1 = 0
Feedback_FeedbackTimeMode | Fb Time Mode | #5 = 0
Feedback_FeedbackTime | Fb Time | s:pow3.3333:0.001:0.5 = 0.03
Feedback_FeedbackSyncedRate | Fb Synced | int -7..0 = -4
Feedback_FeedbackNote | Fb Note | note 12..84 = 33
Feedback_FeedbackFrequency | Fb Freq | hz:log:50:18000 = 1000
Feedback_FeedbackBandwidth | Fb Width | 0.5..9 = 8
Feedback_FeedbackInvert | Fb Inv On | [Off|On] = 0
Feedback_FeedbackGateOn | Fb Gate On | [Off|On] = 1
{1..2
ModulationSources_Lfo$_RateMode | LFO $ Rate Mode | #5 = 1
ModulationSources_Lfo$_Rate | LFO $ Rate | hz:log:0.01:10 = 1
ModulationSources_Lfo$_SyncedRate | LFO $ Synced Rate | int -6..3 = 0
ModulationSources_Lfo$_Sixteenth | LFO $ 16th | int 1..64 = 8
ModulationSources_Lfo$_Waveform | LFO $ Wave | #5 = 1
ModulationSources_Lfo$_Morph | LFO $ Morph | percent -1..1 = 0
ModulationSources_Lfo$_SmoothingAmount | LFO $ Smooth | 0..1 = 0.05
}
ModulationSources_Envelope_Amount | Env Gain | db:lin:0:36 amp = 1
ModulationSources_Envelope_Attack | Env Attack | s:pow3.3333:0:0.1 = 0.001
ModulationSources_Envelope_HoldOn | Env Hold On | [Off|On] = 1
ModulationSources_Envelope_Release | Env Release | s:pow3.3333:0.01:3 = 0.1
ModulationSources_Envelope_Threshold | Env Thresh | percent 0..1 = 0
ModulationSources_Envelope_Frequency | Env Freq | hz:log:50:18000 = 1000
ModulationSources_Envelope_Width | Env Width | 0.5..9 = 8
ModulationSources_Noise_RateMode | Noise Rate Mode | #5 = 1
ModulationSources_Noise_Rate | Noise Rate | hz:log:0.01:10 = 1
ModulationSources_Noise_SyncedRate | Noise Synced Rate | int -6..3 = -2
ModulationSources_Noise_Sixteenth | Noise 16th | int 1..64 = 4
ModulationSources_Noise_Type | Noise Type | #4 = 0
ModulationSources_Noise_SmoothingAmount | Noise Smooth | 0..1 = 0.05
GlobalModulationAmount | Global Mod Amt | percent 0..2 = 1
Output_CompressionAmount | Comp Amt | percent 0..1 = 0.25
Output_CompressorHighpassFilterOn | Comp Hp On | [Off|On] = 1
Output_OutputGain | Output | db:lin:-48:12 amp = 1
Output_DryWet | Dry/Wet | percent 0..1 = 1
"""
    + SIDE_CHAIN,
    "MidiChord": """
{1..6
| Shift$ | st -36..36 = 0
| Shift$ Scale Degrees | int -36..36 = 0
| Velocity$ | percent 0.01..2 = 1
| Chance$ | percent 0..1 = 1
}
| Strum | -20..20 = 0
| Strum Tension | -100..100 = 0
| Strum Crescendo | -100..100 = 0
| Use Current Scale | [Off|On] = 0
""",
}
