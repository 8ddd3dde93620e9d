import itertools
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.headless.music.notes import Notes, legacy_tuple
from remote_script.SetMirror.contract.notes import GRIDS, Note, nearest_line


def spec(pitch, start, duration=1.0, **more):
    return Note(0, pitch, start, duration, **more)


def rows(notes):
    return [(n.note_id, n.pitch, n.start_time, n.duration) for n in notes]


def test_ids_count_from_one_and_are_never_given_twice():
    first, ids = Notes().add([spec(60, 0), spec(62, 0)])
    assert ids == [1, 2]
    undone = first.remove_ids([2])
    assert undone.add([spec(64, 0)])[1] == [3]
    assert first.add([spec(65, 0)])[1] == [4]


def test_notes_are_listed_by_pitch_then_by_start():
    notes = Notes.of([spec(62, 0), spec(60, 4), spec(60, 0)])
    assert [(n.pitch, n.start_time) for n in notes] == [(60, 0.0), (60, 4.0), (62, 0.0)]


def test_a_note_added_at_the_same_pitch_and_start_replaces_the_old_one():
    notes, ids = Notes.of([spec(60, 0, 2)]).add([spec(60, 0, 1, velocity=20.0)])
    assert ids == [2]
    assert rows(notes) == [(2, 60, 0.0, 1.0)]


def test_a_note_starting_inside_a_new_one_is_removed_even_if_longer():
    notes = Notes.of([spec(60, 1, 5)]).add([spec(60, 0, 2)])[0]
    assert rows(notes) == [(2, 60, 0.0, 2.0)]


def test_a_note_that_the_new_one_starts_in_is_cut_there():
    notes = Notes.of([spec(60, 0, 4)]).add([spec(60, 1, 1)])[0]
    assert rows(notes) == [(1, 60, 0.0, 1.0), (2, 60, 1.0, 1.0)]


def test_a_note_starting_where_the_new_one_ends_stays():
    notes = Notes.of([spec(60, 1)]).add([spec(60, 0, 1)])[0]
    assert len(notes) == 2


def test_notes_of_other_pitches_are_unchanged():
    notes = Notes.of([spec(60, 0, 4), spec(61, 0, 4)]).add([spec(60, 1)])[0]
    assert (2, 61, 0.0, 4.0) in rows(notes)


def test_adding_returns_only_the_ids_of_remaining_notes():
    assert Notes().add([spec(60, 0), spec(60, 0)])[1] == [2]


def test_a_note_out_of_range_is_refused_and_nothing_is_added():
    for bad in (spec(128, 0), spec(60, 0, 0.0), spec(60, 0, velocity=128.0), spec(60, 0, probability=2.0)):
        with pytest.raises(RuntimeError):
            Notes().add([spec(50, 0), bad])


def test_a_range_holds_the_notes_that_start_in_it():
    notes = Notes.of([spec(60, -1, 8), spec(60, 8), spec(61, 0), spec(72, 3.9)])
    assert [n.note_id for n in notes.in_range(60, 13, 0.0, 4.0)] == [3, 4]


def test_modifying_keeps_ids_and_moves_between_pitches():
    notes = Notes.of([spec(60, 0), spec(60, 2)])
    moved = notes.modify([notes.by_id[1]._replace(pitch=72, velocity=1.0)])
    assert rows(moved) == [(2, 60, 2.0, 1.0), (1, 72, 0.0, 1.0)]
    assert rows(notes) == [(1, 60, 0.0, 1.0), (2, 60, 2.0, 1.0)]


def test_of_two_notes_moved_onto_one_start_the_newest_id_wins():
    notes = Notes.of([spec(60, 0), spec(60, 2)])
    assert rows(notes.modify([notes.by_id[1]._replace(start_time=2.0)])) == [(2, 60, 2.0, 1.0)]


def test_a_modified_note_is_cut_at_the_next():
    notes = Notes.of([spec(60, 0), spec(60, 2)])
    assert rows(notes.modify([notes.by_id[1]._replace(duration=9.0)]))[0] == (1, 60, 0.0, 2.0)


@pytest.mark.parametrize("call", ["modify", "remove_ids", "with_ids", "duplicate_ids"])
def test_an_id_that_is_not_in_the_clip_is_refused_as_live_does(call):
    notes = Notes.of([spec(60, 0)])
    argument = [notes.by_id[1]._replace(note_id=9)] if call == "modify" else [1, 9]
    with pytest.raises(RuntimeError, match=r"^All given IDs must be present in clip$"):
        getattr(notes, call)(argument)


def test_a_modification_without_effect_returns_the_same_version():
    notes = Notes.of([spec(60, 0)])
    assert notes.modify(list(notes)) is notes


def test_duplicates_start_at_the_destination_or_after_the_last_note():
    notes = Notes.of([spec(60, 1), spec(64, 2, 2)])
    placed, ids = notes.duplicate_ids([1, 2], 8.0, 12)
    assert ids == [3, 4]
    assert [(n.pitch, n.start_time) for n in placed.with_ids(ids)] == [(72, 8.0), (76, 9.0)]
    behind, ids = notes.duplicate_ids([1, 2])
    assert [n.start_time for n in behind.with_ids(ids)] == [4.0, 5.0]


def test_a_region_is_duplicated_for_one_pitch_or_all():
    notes = Notes.of([spec(60, 0), spec(64, 1), spec(60, 4)])
    assert [(n.pitch, n.start_time) for n in notes.duplicate_region(0, 4, 8, 60)[0]][-2:] == [
        (60, 8.0),
        (64, 1.0),
    ]
    assert len(notes.duplicate_region(0, 4, 8)[0]) == 5


@pytest.mark.parametrize("grid", [0, 9, -1])
def test_only_the_recording_quantizations_one_to_eight_quantize(grid):
    with pytest.raises(RuntimeError, match=r"^Invalid quantization.$"):
        Notes.of([spec(60, 0)]).quantize(grid, 1.0)


def test_quantizing_halfway_moves_a_note_half_the_way():
    notes = Notes.of([spec(60, 0.1, 0.5)]).quantize(5, 0.5)
    assert rows(notes) == [(1, 60, pytest.approx(0.05), 0.5)]


def test_quantizing_one_pitch_keeps_other_pitches():
    notes = Notes.of([spec(60, 0.1), spec(61, 0.1)]).quantize(1, 1.0, pitch=61)
    assert [n.start_time for n in notes] == [0.1, 0.0]


def test_a_mixed_grid_uses_the_nearer_of_straight_and_triplet_lines():
    assert nearest_line(0.34, 4) == pytest.approx(1 / 3)
    assert nearest_line(0.48, 4) == 0.5


def test_cropping_keeps_notes_inside():
    notes = Notes.of([spec(60, -1), spec(61, 0), spec(62, 3, 4), spec(63, 4)]).crop(0.0, 4.0)
    assert rows(notes) == [(2, 61, 0.0, 1.0), (3, 62, 3.0, 1.0)]


def test_duplicating_the_loop_pushes_later_notes_back():
    notes = Notes.of([spec(60, 0), spec(61, 4)]).duplicate_loop(0.0, 4.0)
    assert [(n.pitch, n.start_time) for n in notes] == [(60, 0.0), (60, 4.0), (61, 8.0)]


def test_the_legacy_tuple_has_five_values():
    assert legacy_tuple(next(iter(Notes.of([spec(60, 1, 2)])))) == (60, 1.0, 2.0, 100.0, False)


def test_a_copy_for_another_clip_has_new_ids():
    notes = Notes.of([spec(60, 0), spec(61, 0)]).remove_ids([1])
    assert rows(notes.copied()) == [(1, 61, 0.0, 1.0)]


# Invariants for all edits of a clip's notes.

specs = st.builds(
    SimpleNamespace,
    pitch=st.integers(58, 62),
    start_time=st.integers(-8, 32).map(lambda n: n / 8) | st.floats(-2, 8),
    duration=st.floats(0.01, 6),
    velocity=st.floats(1, 127),
    mute=st.booleans(),
    probability=st.floats(0, 1),
    velocity_deviation=st.floats(-127, 127),
    release_velocity=st.floats(0, 127),
)
steps = st.one_of(
    st.tuples(st.just("add"), st.lists(specs, max_size=4)),
    st.tuples(st.just("modify"), st.floats(-3, 3)),
    st.tuples(st.just("quantize"), st.sampled_from(sorted(GRIDS))),
    st.tuples(st.just("duplicate"), st.floats(-4, 12)),
    st.tuples(st.just("loop"), st.floats(0.5, 4)),
    st.tuples(st.just("crop"), st.floats(0.5, 8)),
    st.tuples(st.just("remove"), st.floats(-2, 4)),
)


def do(notes, step):
    name, value = step
    if name == "add":
        return notes.add(value)[0]
    if name == "modify":
        return notes.modify([n._replace(start_time=n.start_time + value) for n in list(notes)[::2]])
    if name == "quantize":
        return notes.quantize(value, 1.0)
    if name == "duplicate":
        return notes.duplicate_ids([n.note_id for n in notes][::3], value, 1)[0]
    if name == "loop":
        return notes.duplicate_loop(0.0, value)
    if name == "crop":
        return notes.crop(0.0, value)
    return notes.remove_range(59, 2, value, 1.0)


def check(notes):
    listed = list(notes)
    assert len({n.note_id for n in listed}) == len(listed) == len(notes)
    assert listed == sorted(listed, key=lambda n: (n.pitch, n.start_time))
    assert all(n.duration > 0 for n in listed)
    for note, following in itertools.pairwise(listed):
        if note.pitch == following.pitch:
            assert note.start_time < following.start_time
            assert note.end_time <= following.start_time + 1e-9


@given(st.lists(steps, max_size=8))
def test_notes_of_a_pitch_never_overlap_and_old_versions_never_change(sequence):
    notes = Notes()
    versions = [(notes, [])]
    for step in sequence:
        notes = do(notes, step)
        check(notes)
        versions.append((notes, list(notes)))
    for version, listed in versions:
        assert list(version) == listed


@given(st.lists(specs, max_size=12), st.sampled_from(sorted(GRIDS)), st.floats(0, 1))
def test_full_quantization_is_idempotent(given_specs, grid, swing):
    once = Notes.of(given_specs).quantize(grid, 1.0, swing)
    assert once.quantize(grid, 1.0, swing) == once
