"""Differences of states: none between equal Sets, and exactly the edits for an edited Set."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mcp_server.history import Difference, difference, match, read_set, state_of, words
from mcp_server.history.difference import out_of_order
from mirror.store import Store
from remote_script.headless import HeadlessLive, default_set
from remote_script.SetMirror.contract import schema
from tests import sets
from tests.lean import demo_set


@pytest.fixture
def live() -> Iterator[HeadlessLive]:
    made = HeadlessLive(demo_set())
    yield made
    made.close()


def after(live: HeadlessLive, edit: Callable[[Any], None]) -> tuple[list[Difference], Store, Store]:
    """The changes of an edit, as the difference of two states of different epochs."""
    old = state_of(live)
    edit(live.song)
    new = state_of(live)
    return difference(old, new), old, new


def said(changes: list[Difference]) -> list[str]:
    return [words(change) for change in changes]


def test_a_set_does_not_differ_from_itself(live: HeadlessLive) -> None:
    changes, old, new = after(live, lambda song: None)
    assert changes == []
    found = match(old, new)
    assert len(found.to) == len(old.nodes) == len(new.nodes)


def test_values_are_shown_in_lives_texts(live: HeadlessLive) -> None:
    def edit(song: Any) -> None:
        song.tempo = 98.0
        song.tracks[2].mixer_device.volume.value = 0.7
        song.tracks[1].color = 0xFF3636
        song.tracks[0].mute = True

    assert said(after(live, edit)[0]) == [
        "song 'Lo-Fi Demo': tempo 82.0 → 98.0",
        "track 'Drums': mute False → True",
        "track 'Keys': color #b9c1e3 → #ff3636",
        "Bass: Track Volume -2.8 dB → -6.0 dB",
    ]


def test_another_chance_of_a_note_is_a_change_of_it(live: HeadlessLive) -> None:
    def edit(song: Any) -> None:
        clip = song.tracks[0].clip_slots[3].clip
        notes = clip.get_notes_extended(0, 128, 0.0, 100.0)
        notes[0].probability = 0.5
        clip.apply_note_modifications(notes)

    assert [(change.kind, change.after) for change in after(live, edit)[0]] == [("notes", (0, 0, 1))]


def test_an_added_and_a_removed_device_are_separate_changes(live: HeadlessLive) -> None:
    def edit(song: Any) -> None:
        song.tracks[2].insert_device("Saturator", 1)
        song.tracks[1].delete_device(0)

    kinds = [(change.kind, change.object_name) for change in after(live, edit)[0]]
    assert kinds == [("added", "Saturator"), ("removed", "Worn Rhodes")]


def test_a_renamed_track_is_the_same_track(live: HeadlessLive) -> None:
    def edit(song: Any) -> None:
        song.tracks[2].name = "Low End"

    assert said(after(live, edit)[0]) == ["track 'Bass' is now called 'Low End'"]


def test_a_new_midi_track_is_not_matched_with_a_deleted_audio_track() -> None:
    live = HeadlessLive(default_set())
    try:

        def edit(song: Any) -> None:
            song.delete_track(3)
            song.create_midi_track(0)

        kinds = sorted(
            (change.kind, change.type) for change in after(live, edit)[0] if change.type == "Track"
        )
    finally:
        live.close()
    assert kinds.count(("added", "Track")) == kinds.count(("removed", "Track")) == 1
    assert not [kind for kind, _ in kinds if kind == "moved"]


def test_an_inserted_track_is_not_reported_as_moves_of_others(live: HeadlessLive) -> None:
    changes = after(live, lambda song: song.create_midi_track(1))[0]
    assert [(change.kind, change.ref) for change in changes] == [("added", "tracks/1")]


def test_a_deleted_track_is_reported_with_its_contents(live: HeadlessLive) -> None:
    changes = after(live, lambda song: song.delete_track(2))[0]
    assert [(change.kind, change.object_name) for change in changes] == [("removed", "Bass")]


def test_notes_are_counted_as_added_removed_or_changed(live: HeadlessLive) -> None:
    def edit(song: Any) -> None:
        clip = song.tracks[2].clip_slots[1].clip
        notes = clip.get_all_notes_extended()
        clip.remove_notes_by_id([notes[0].note_id])
        notes = clip.get_all_notes_extended()
        notes[0].velocity = 11.0
        clip.apply_note_modifications(notes)

    changes = after(live, edit)[0]
    assert [change.after for change in changes if change.kind == "notes"] == [(0, 1, 1)]
    assert "1 removed, 1 changed" in said(changes)[0]


def test_the_fewest_possible_objects_are_reported_as_moved() -> None:
    assert out_of_order([1, 2, 3, 4], [2, 3, 4, 1]) == {1}
    assert out_of_order([1, 2, 3, 4], [1, 2, 3, 4]) == set()
    assert out_of_order([1, 2, 3, 4], [4, 3, 2, 1]) in ({4, 3, 2}, {3, 2, 1}, {4, 3, 1}, {4, 2, 1})


EDITS: tuple[Callable[[Any, random.Random], None], ...] = (
    lambda song, draw: setattr(song, "tempo", draw.uniform(60, 180)),
    lambda song, draw: setattr(draw.choice(song.tracks), "name", f"T{draw.randrange(10**6)}"),
    lambda song, draw: setattr(draw.choice(song.tracks).mixer_device.volume, "value", draw.random()),
    lambda song, draw: setattr(draw.choice(song.tracks).mixer_device.panning, "value", draw.uniform(-1, 1)),
    lambda song, draw: setattr(draw.choice(song.scenes), "name", f"S{draw.randrange(10**6)}"),
    lambda song, draw: song.create_scene(draw.randrange(len(song.scenes))),
    lambda song, draw: song.create_audio_track(draw.randrange(len(song.tracks))),
    lambda song, draw: song.delete_scene(draw.randrange(len(song.scenes))),
    lambda song, draw: song.duplicate_track(draw.randrange(len(song.tracks))),
)


def explained(old: Store, new: Store) -> None:
    """Check that the difference has every added and removed object and every changed value."""
    found = match(old, new)
    changes = difference(old, new, found)
    assert len(set(found.to.values())) == len(found.to)
    told = {(change.ref, change.name) for change in changes if change.kind in ("set", "notes")}
    came = {change.ref for change in changes if change.kind == "added"}
    for old_id, new_id in found.to.items():
        before, now = old.nodes[old_id], new.nodes[new_id]
        assert before.type == now.type
        ref = new.ref(new_id)
        for name in ("value", "name", "tempo", "color", "mute", "notes"):
            prop = schema.properties(now.type).get(name)
            if prop is not None and prop.write and now.role not in ("track_activator", "song_tempo"):
                assert ((ref, name) in told) == (before.props.get(name) != now.props.get(name)), (ref, name)
    for node in new.walk():
        if node.id not in found.back and node.type in ("Track", "Scene", "Clip"):
            ref = new.ref(node.id)
            assert any(ref == each or ref.startswith(each + "/") for each in came), ref


@pytest.mark.parametrize("seed", range(6))
def test_random_edits_of_the_demo_set_are_explained(seed: int) -> None:
    draw = random.Random(seed)
    live = HeadlessLive(demo_set())
    try:
        old = state_of(live)
        for _ in range(6):
            try:
                draw.choice(EDITS)(live.song, draw)
            except (RuntimeError, ValueError):
                continue
        explained(old, state_of(live))
    finally:
        live.close()


@pytest.mark.slow
@sets.parametrize
def test_edited_copies_of_real_sets_are_explained_and_originals_do_not_differ(als: Path) -> None:
    one = read_set(als)
    assert difference(one, read_set(als)) == []
    live = HeadlessLive(sets.spec(als))
    draw = random.Random(1)
    try:
        for _ in range(12):
            try:
                draw.choice(EDITS)(live.song, draw)
            except (RuntimeError, ValueError):
                continue
        explained(one, state_of(live))
    finally:
        live.close()
