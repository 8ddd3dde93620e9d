"""The demo Set, Live's default Set and the large Set have their documented contents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from remote_script.headless.sets.demo_set import demo_set
from remote_script.headless.sets.generate import default_set, large_set
from remote_script.headless.sets.spec import ClipSpec, DeviceSpec, SetSpec, TrackSpec

MADE = (demo_set, default_set, large_set)


def all_tracks(spec: SetSpec) -> list[TrackSpec]:
    return [*spec.tracks, *spec.return_tracks, spec.main_track]


def all_clips(spec: SetSpec) -> Iterator[tuple[TrackSpec, ClipSpec]]:
    for track in spec.tracks:
        for clip in [*track.clip_slots, *track.arrangement_clips]:
            if clip is not None:
                yield track, clip


def all_devices(devices: list[DeviceSpec]) -> Iterator[DeviceSpec]:
    for device in devices:
        yield device
        for chain in [*device.chains, *device.return_chains]:
            yield from all_devices(chain.devices)


@pytest.mark.parametrize("make", MADE)
def test_a_generated_set_is_valid_in_live(make) -> None:  # type: ignore[no-untyped-def]
    spec = make()
    for index, track in enumerate(spec.tracks):
        assert track.kind in ("midi", "audio", "group")
        assert track.group is None or spec.tracks[track.group].kind == "group"
        assert track.group is None or track.group < index
        assert len(track.clip_slots) == (0 if track.kind == "group" else len(spec.scenes))
        assert len(track.mixer.sends) == len(spec.return_tracks)
    for track in all_tracks(spec):
        for device in all_devices(track.devices):
            for one in device.parameters:
                assert one.minimum <= one.value <= one.maximum, (device.name, one)
    for track, clip in all_clips(spec):
        assert clip.is_midi == (track.kind == "midi")
        assert clip.loop_start < clip.loop_end
        assert clip.start_time is None or clip.start_time < (clip.end_time or 0.0)


@pytest.mark.parametrize("make", MADE)
def test_notes_of_a_generated_set_are_in_their_clip_and_do_not_overlap(make) -> None:  # type: ignore[no-untyped-def]
    for _, clip in all_clips(make()):
        free_from: dict[int, float] = {}
        for note in sorted(clip.notes, key=lambda note: note.start_time):
            assert 0.0 <= note.start_time < clip.loop_end
            assert 0 <= note.pitch <= 127
            assert 0.0 < note.velocity <= 127.0
            assert note.start_time >= free_from.get(note.pitch, 0.0), (clip.name, note)
            free_from[note.pitch] = note.start_time + note.duration


@pytest.mark.parametrize("make", MADE)
def test_arrangement_clips_of_a_generated_set_do_not_overlap(make) -> None:  # type: ignore[no-untyped-def]
    for track in make().tracks:
        end = 0.0
        for clip in track.arrangement_clips:
            assert clip.start_time is not None
            assert clip.end_time is not None
            assert clip.start_time >= end, (track.name, clip.name)
            end = clip.end_time


def test_each_generated_set_is_new() -> None:
    first, second = demo_set(), demo_set()
    first.tracks[0].clip_slots[0] = None
    assert second.tracks[0].clip_slots[0] is not None
    assert large_set(seed=4) == large_set(seed=4)
    assert large_set(seed=4) != large_set(seed=5)


def test_the_demo_has_drums_keys_bass_audio_a_group_returns_and_an_arrangement() -> None:
    spec = demo_set()
    assert [track.name for track in spec.tracks] == ["Drums", "Keys", "Bass", "Texture", "Vinyl", "Bells"]
    assert [track.kind for track in spec.tracks] == ["midi", "midi", "midi", "group", "audio", "midi"]
    assert [track.name for track in spec.return_tracks] == ["A-Reverb", "B-Delay"]
    assert len(spec.scenes) == 8
    assert len(spec.cue_points) == 4
    rack = spec.tracks[0].devices[0]
    pads = {chain.in_note for chain in rack.chains}
    played = {note.pitch for clip in spec.tracks[0].clip_slots if clip for note in clip.notes}
    assert played <= pads
    assert all(track.arrangement_clips for track in spec.tracks if track.kind != "group")


def test_the_default_set_is_the_one_of_a_new_live() -> None:
    spec = default_set()
    assert [track.name for track in spec.tracks] == ["1-MIDI", "2-MIDI", "3-Audio", "4-Audio"]
    assert [track.devices[0].class_name for track in spec.return_tracks] == ["Reverb", "Delay"]
    assert (spec.tempo, len(spec.scenes), spec.main_track.name) == (120.0, 8, "Main")
    assert all(track.mixer.volume == 0.85 for track in all_tracks(spec))


@pytest.mark.parametrize(
    ("tracks", "clips", "notes", "parameters"), [(100, 1000, 20000, 20000), (1, 1, 1, 1), (7, 30, 501, 333)]
)
def test_a_large_set_has_the_requested_size(tracks: int, clips: int, notes: int, parameters: int) -> None:
    spec = large_set(tracks, clips, notes, parameters, seed=3)
    found = list(all_clips(spec))
    assert len(spec.tracks) == tracks
    assert len(found) == clips
    assert sum(len(clip.notes) for _, clip in found) == notes
    counted = sum(1 + len(device.parameters) for track in spec.tracks for device in track.devices)
    assert counted == parameters
