"""A Set with an object of every class of Live's Object Model, for tests over the whole schema."""

from __future__ import annotations

from remote_script.headless import demo_set
from remote_script.headless.model.device import SPECIAL
from remote_script.headless.sets.generate import empty_track, native
from remote_script.headless.sets.spec import (
    ChainSpec,
    ClipSpec,
    DeviceSpec,
    NoteSpec,
    SampleSpec,
    SetSpec,
    TakeLaneSpec,
    TuningSpec,
    WarpMarkerSpec,
)
from tests.lean import lean

INSTRUMENTS = ("OriginalSimpler", "InstrumentVector", "InstrumentMeld", "Drift", "DrumCell")
RATE = 44100


def everything() -> SetSpec:
    """The demo Set with three more tracks: special instruments, special effects, recorded takes."""
    spec = demo_set()
    _thin_out(spec)
    scenes = len(spec.scenes)
    instruments = empty_track("midi", "Instruments", 3, scenes=scenes)
    effects = empty_track("audio", "Effects", 5, scenes=scenes)
    takes = empty_track("audio", "Takes", 7, scenes=scenes)
    for class_name in SPECIAL:
        if class_name in INSTRUMENTS:
            device = native(class_name)
            if class_name == "OriginalSimpler":
                device.sample = SampleSpec(
                    "/samples/loop.wav", 4 * RATE, RATE, 0, 4 * RATE, warping=True, slices=[0, RATE, 2 * RATE]
                )
            instruments.devices.append(device)
        elif class_name == "PluginDevice":
            effects.devices.append(
                DeviceSpec("PluginDevice", "Some Plug-in", "Some Plug-in", presets=["One", "Two", "Three"])
            )
        elif class_name == "MxDeviceAudioEffect":
            effects.devices.append(
                DeviceSpec(class_name, "Some Max Device", "Max Audio Effect", extra={"audio_inputs": 1})
            )
        elif class_name == "AudioEffectGroupDevice":
            rack = native(class_name)
            rack.chains = [ChainSpec("Dry"), ChainSpec("Wet", devices=[native("Reverb"), native("Limiter")])]
            rack.macros_mapped[0] = True
            rack.variation_count = 2
            effects.devices.append(rack)
        elif (
            class_name not in ("AuPluginDevice",)
            and "GroupDevice" not in class_name
            and "Mx" not in class_name
        ):
            (instruments if class_name == "MidiCcControl" else effects).devices.append(native(class_name))
    notes = [NoteSpec(60 + n, n * 0.5, 0.25, 90.0) for n in range(8)]
    instruments.clip_slots[0] = ClipSpec("Line", 4, notes=notes)
    instruments.arrangement_clips = [ClipSpec("Line", 4, notes=list(notes), start_time=0.0, end_time=4.0)]
    effects.clip_slots[0] = _audio("Loop")
    takes.arrangement_clips = [_audio("Take", 0.0)]
    takes.take_lanes = [TakeLaneSpec("Lane", [_audio("Other take", 0.0)])]
    spec.tracks += [instruments, effects, takes]
    spec.tuning = TuningSpec("12-TET", [float(100 * n) for n in range(12)])
    for track in (*spec.tracks, *spec.return_tracks, spec.main_track):
        # Wavetable's matrix needs parameters that are not among its first ones.
        lean(device for device in track.devices if device.class_name != "InstrumentVector")
    return spec


def _thin_out(spec: SetSpec) -> None:
    """Keep one object of each kind, since repeated objects have most parameters and take most of a test's time."""
    del spec.tracks[0].devices[0].chains[3:]
    large = ("Eq8", "Operator")
    for track in spec.tracks:
        for place, device in enumerate(track.devices):
            if device.class_name in large:
                track.devices[place] = native("Drift" if device.class_name == "Operator" else "StereoGain")


def _audio(name: str, start: float | None = None) -> ClipSpec:
    clip = ClipSpec(
        name,
        6,
        is_midi=False,
        file_path="/samples/loop.wav",
        sample_length=4 * RATE,
        warp_markers=[WarpMarkerSpec(0.0, 0.0), WarpMarkerSpec(2.0, 4.0), WarpMarkerSpec(4.0, 8.0)],
    )
    clip.end_marker = clip.loop_end = 4.0
    if start is not None:
        clip.start_time, clip.end_time = start, start + 4.0
    return clip
