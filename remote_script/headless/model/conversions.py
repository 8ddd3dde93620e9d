"""`Live.Conversions`: audio to MIDI, drum racks from audio, Simpler tracks, slices.

Measured on 12.3.5: audio to MIDI takes about 5 s behind a progress dialog and inserts a new track after the source;
a track with Simpler is inserted at once after the source; a drum rack is added at the end. Guess: the converted
notes, because headless Live has no audio analysis.
"""

from __future__ import annotations

from typing import Any

from ...SetMirror.contract.hazards import SLICING_S
from ..api.live_module import function
from ..sets.spec import ChainSpec, ClipSpec, NoteSpec, SampleSpec
from .browser_tree import native_device
from .simpler import SLICING

CONVERSION_S = 5.0
INVALID = "Invalid algorithm."
NOT_AUDIO = "The clip cannot be converted"
SLICES = 4
DEVICES = {0: "Operator", 1: "Operator", 2: "Drum Rack"}


def _check(live: Any, clip: Any) -> None:
    if not _is_convertible(live, None, clip):
        raise RuntimeError(NOT_AUDIO)


@function("Conversions.is_convertible_to_midi")
def _is_convertible(live: Any, song: Any, clip: Any) -> bool:
    return clip is not None and bool(clip.is_audio_clip)


def _new_track(live: Any, after: Any, device: Any, clip: Any = None) -> Any:
    song = live.document.song
    index = len(song.tracks) if after is None else song.tracks.index(after) + 1
    track = song._create_track("midi", index)
    if device is not None:
        track.insert_spec(device, 0)
    if clip is not None:
        from .clip import Clip

        made = Clip.of_spec(live.document, clip, track.color_index, (), song.tempo)
        track.clip_slots[0].change("clip", made)
    return track


@function("Conversions.audio_to_midi_clip")
def _audio_to_midi(live: Any, song: Any, clip: Any, algorithm: int) -> None:
    from .application import Dialog

    if algorithm not in (0, 1, 2):
        raise RuntimeError(INVALID)
    _check(live, clip)
    document, track = live.document, clip.track
    document.may_change()
    step = document.history.ticket()
    application = document.application
    dialog = Dialog("Converting audio to MIDI", 1)
    application.open_dialog(dialog)

    def finish() -> None:
        if live.document is not document or dialog not in application.dialogs:
            # Another Set is open, or somebody pressed Cancel.
            return
        application.close_dialog(dialog)
        if track.ptr is None:
            return
        pitches = (36, 38, 42, 38) if algorithm == 2 else (60, 64, 67, 72)
        notes = [NoteSpec(pitch, float(index), 0.5) for index, pitch in enumerate(pitches)]
        with document.history.into(step), document.edit():
            spec = ClipSpec(clip.body.name, notes=notes)
            _new_track(live, track, native_device(DEVICES[algorithm]), spec)

    live.scheduler.after(CONVERSION_S, finish)


@function("Conversions.create_midi_track_with_simpler")
def _with_simpler(live: Any, song: Any, clip: Any) -> None:
    _check(live, clip)
    simpler = native_device("Simpler", clip.body.name)
    simpler.sample = _sample(clip)
    with live.document.edit():
        _new_track(live, clip.track, simpler)


def _sample(clip: Any) -> SampleSpec:
    audio = clip.body.audio
    frames = int(audio.sample_length)
    return SampleSpec(audio.file_path, frames, int(audio.sample_rate), 0, frames)


@function("Conversions.create_drum_rack_from_audio_clip")
def _drum_rack(live: Any, song: Any, clip: Any) -> None:
    _check(live, clip)
    simpler = native_device("Simpler", clip.body.name)
    simpler.sample = _sample(clip)
    rack = native_device("Drum Rack")
    rack.chains = [ChainSpec(clip.body.name, devices=[simpler], in_note=36)]
    with live.document.edit():
        _new_track(live, None, rack)


@function("Conversions.create_midi_track_from_drum_pad")
def _from_pad(live: Any, song: Any, pad: Any) -> None:
    """Insert a track with copies of the pad's devices right after the pad's track."""
    from .copying import copy_node

    if pad is None or not pad.chains:
        raise RuntimeError("The drum pad is empty")
    with live.document.edit():
        track = _new_track(live, pad.parent.track, None)
        copies = tuple(copy_node(device) for device in pad.chains[0].devices)
        track.change("devices", copies)


@function("Conversions.move_devices_on_track_to_new_drum_rack_pad")
def _to_pad(live: Any, song: Any, index: int) -> Any:
    """Move the track's devices into the first pad of a new drum rack, on a new track object."""
    document = live.document
    tracks = document.song.tracks
    if not 0 <= index < len(tracks):
        raise IndexError("Index out of range")
    source = tracks[index]
    if source.kind != "midi" or not source.devices:
        return None
    with document.edit():
        track = _new_track(live, source, native_device("Drum Rack"))
        rack = track.devices[0]
        chain = rack.call_insert_chain(-1)
        devices = source.devices
        source.change("devices", ())
        chain.change("devices", devices)
        track.change("user_name", source.user_name)
        document.song.call_delete_track(index)
    return track


@function("Conversions.sliced_simpler_to_drum_rack")
def _slices(live: Any, song: Any, simpler: Any) -> None:
    """Replace the Simpler by a drum rack with a pad for every slice."""
    if simpler is None or simpler.sample is None or simpler.playback_mode != SLICING:
        raise RuntimeError("Simpler is not in slicing mode")
    if live.clock.now() - simpler.slicing_since < SLICING_S:
        live.document.hazard("slicing_at_once")
    sample = simpler.sample
    starts = list(sample.slices) or [sample.length * index // SLICES for index in range(SLICES)]
    rack = native_device("Drum Rack", simpler.name)
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], sample.length])):
        part = native_device("Simpler", "Slice %d" % (number + 1))
        part.sample = SampleSpec(sample.file_path, sample.length, int(sample.sample_rate), start, end)
        rack.chains.append(ChainSpec(part.name, devices=[part], in_note=36 + number))
    container = simpler.parent
    index = container.devices.index(simpler)
    with live.document.edit():
        container.remove("devices", simpler)
        container.insert_spec(rack, index)
