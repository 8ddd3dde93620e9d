"""Menus of routings: each entry is made once however many tracks offer it, and it is never an old one."""

from __future__ import annotations

from typing import Any

import pytest

from remote_script.headless import HeadlessLive
from remote_script.headless.api.values import RoutingChannel, RoutingType
from remote_script.headless.sets.generate import large_set

MENUS = (
    "available_input_routing_types",
    "available_input_routing_channels",
    "available_output_routing_types",
    "available_output_routing_channels",
)
KINDS = 8
"""Entries that are no tracks: All Ins, Computer Keyboard, Ext. In, Resampling, No Input, No Output, …"""
CHANNELS = 32
TRACK = 4
"""The category of an entry that is a track."""


def labels(live: HeadlessLive) -> list[str]:
    return [
        entry.display_name for track in live.song.tracks for name in MENUS for entry in getattr(track, name)
    ]


@pytest.mark.parametrize("tracks", [10, 30])
def test_an_entry_is_made_once_for_the_menus_of_all_tracks(
    tracks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = HeadlessLive(large_set(tracks, tracks, tracks, tracks))
    made: list[Any] = []
    for type_ in (RoutingType, RoutingChannel):
        original = type_.exactly
        monkeypatch.setattr(
            type_, "exactly", lambda values, original=original: made.append(values) or original(values)
        )
    assert len(labels(live)) > tracks * tracks
    everyone = tracks + len(live.song.return_tracks) + 1
    # A track that a menu names and its group is offered as TRACK and as PARENT.
    assert len(made) <= 2 * everyone + KINDS + CHANNELS
    live.close()


def test_menus_name_tracks_by_their_present_names_and_only_living_tracks() -> None:
    live = HeadlessLive(large_set(10, 10, 10, 10))
    audio = next(track for track in live.song.tracks if track.has_audio_input and not track.is_foldable)
    for edit in (
        lambda song: setattr(song.tracks[1], "name", "Renamed"),
        lambda song: setattr(song.tracks[2], "name", "Renamed"),
        lambda song: song.delete_track(2),
        lambda song: song.undo(),
        lambda song: song.duplicate_track(1),
        lambda song: song.create_audio_track(-1),
    ):
        labels(live)
        live.person.do(edit)
        live.run_for(0.3)
        tracks = [entry for entry in audio.available_input_routing_types if entry.category == TRACK]
        expected = [track for track in live.song.tracks if track != audio] + list(live.song.return_tracks)
        # Also where two tracks have one name.
        assert [entry.attached_object for entry in tracks] == expected
        assert [entry.display_name for entry in tracks] == [track.name for track in expected]
    live.close()


def test_a_group_slot_follows_the_present_members() -> None:
    live = HeadlessLive(large_set(10, 30, 10, 10))
    song = live.song

    def controls() -> list[list[bool]]:
        return [
            [slot.controls_other_clips for slot in track.clip_slots]
            for track in song.tracks
            if track.is_foldable
        ]

    def expected() -> list[list[bool]]:
        groups = [track for track in song.tracks if track.is_foldable]
        return [
            [
                any(track.clip_slots[row].has_clip for track in song.tracks if track.group_track == group)
                for row in range(len(song.scenes))
            ]
            for group in groups
        ]

    assert any(map(any, controls()))
    for edit in (
        lambda song: song.duplicate_track(0),
        lambda song: song.delete_track(3),
        lambda song: song.undo(),
        lambda song: song.create_midi_track(2),
        lambda song: song.tracks[2].clip_slots[0].create_clip(4.0),
    ):
        controls()
        live.person.do(edit)
        live.run_for(0.3)
        assert controls() == expected()
    live.close()
