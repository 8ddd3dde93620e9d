"""Live's native devices: internal name | display name | type (1 instrument, 2 audio effect, 4 MIDI effect).

From Live's parameter bank tables and reports of its users; the tag in a Set file is the internal name.
"""

from __future__ import annotations

LIST = """
Amp | Amp | 2
AudioEffectGroupDevice | Audio Effect Rack | 2
AutoFilter | Auto Filter | 2
AutoFilter2 | Auto Filter | 2
AutoPan | Auto Pan | 2
AutoPan2 | Auto Pan-Tremolo | 2
AutoShift | Auto Shift | 2
BeatRepeat | Beat Repeat | 2
Cabinet | Cabinet | 2
ChannelEq | Channel EQ | 2
Chorus | Chorus | 2
Chorus2 | Chorus-Ensemble | 2
Collision | Collision | 1
Compressor2 | Compressor | 2
Corpus | Corpus | 2
CrossDelay | Simple Delay | 2
Delay | Delay | 2
Drift | Drift | 1
DrumBuss | Drum Buss | 2
DrumCell | Drum Sampler | 1
DrumGroupDevice | Drum Rack | 1
Echo | Echo | 2
Eq8 | EQ Eight | 2
Erosion | Erosion | 2
Erosion2 | Erosion | 2
ExternalAudioEffect | External Audio Effect | 2
ExternalInstrument | External Instrument | 1
ProxyAudioEffectDevice | External Audio Effect | 2
ProxyInstrumentDevice | External Instrument | 1
FilterDelay | Filter Delay | 2
FilterEQ3 | EQ Three | 2
Flanger | Flanger | 2
FrequencyShifter | Frequency Shifter | 2
Gate | Gate | 2
GlueCompressor | Glue Compressor | 2
GrainDelay | Grain Delay | 2
Hybrid | Hybrid Reverb | 2
InstrumentGroupDevice | Instrument Rack | 1
InstrumentImpulse | Impulse | 1
InstrumentMeld | Meld | 1
InstrumentVector | Wavetable | 1
Limiter | Limiter | 2
Looper | Looper | 2
LoungeLizard | Electric | 1
MidiArpeggiator | Arpeggiator | 4
MidiCcControl | CC Control | 4
MidiChord | Chord | 4
MidiEffectGroupDevice | MIDI Effect Rack | 4
MidiNoteLength | Note Length | 4
MidiPitcher | Pitch | 4
MidiRandom | Random | 4
MidiScale | Scale | 4
MidiVelocity | Velocity | 4
MultibandDynamics | Multiband Dynamics | 2
MultiSampler | Sampler | 1
MxDeviceAudioEffect | Max Audio Effect | 2
MxDeviceInstrument | Max Instrument | 1
MxDeviceMidiEffect | Max MIDI Effect | 4
Operator | Operator | 1
OriginalSimpler | Simpler | 1
Overdrive | Overdrive | 2
Pedal | Pedal | 2
Phaser | Phaser | 2
PhaserNew | Phaser-Flanger | 2
PingPongDelay | Ping Pong Delay | 2
Redux | Redux | 2
Redux2 | Redux | 2
Resonator | Resonators | 2
Reverb | Reverb | 2
Roar | Roar | 2
Saturator | Saturator | 2
Shifter | Shifter | 2
Spectral | Spectral Time | 2
SpectrumAnalyzer | Spectrum | 2
StereoGain | Utility | 2
StringStudio | Tension | 1
Transmute | Spectral Resonator | 2
Tube | Dynamic Tube | 2
Tuner | Tuner | 2
UltraAnalog | Analog | 1
Vinyl | Vinyl Distortion | 2
Vocoder | Vocoder | 2
"""
