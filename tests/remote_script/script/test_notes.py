"""The script predicts Live's cuts and removals of overlapping notes as headless Live makes them."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from remote_script.headless.music.notes import Notes
from remote_script.SetMirror.content import whole
from remote_script.SetMirror.contract.notes import (
    GRIDS,
    Note,
    PitchLane,
    Span,
    after_adding,
    after_changing,
    duplicated,
    quantized,
)


def note(id_: int, pitch: int, start: float, duration: float = 1.0) -> Note:
    return Note(id_, pitch, start, duration)


def test_a_transposed_note_replaces_one_with_the_same_start_and_cuts_the_previous() -> None:
    held = [note(1, 60, 0.0, 4.0), note(2, 60, 2.0), note(3, 62, 2.0, 8.0)]
    outcome = whole(after_changing(held, [held[2]._replace(pitch=60)]))
    assert outcome.removed == (held[1],)
    assert outcome.shortened == (held[0],)
    assert outcome.after == 2


def test_a_note_shortened_by_the_edit_is_not_a_side_effect() -> None:
    held = [note(1, 60, 0.0, 4.0), note(2, 60, 4.0)]
    assert whole(after_changing(held, [held[0]._replace(duration=1.0)])) == ((), (), 2)


def test_a_new_note_replaced_by_another_new_one_is_not_reported_as_removed() -> None:
    outcome = whole(after_adding([note(1, 60, 0.0)], [(61, 0.0, 1.0), (61, 0.0, 1.0)]))
    assert outcome == ((), (), 2)


def test_a_new_note_removes_notes_starting_inside_it_and_cuts_the_previous() -> None:
    held = [note(1, 60, 0.0, 2.0), note(2, 60, 2.0), note(3, 60, 3.0), note(4, 61, 1.0)]
    outcome = whole(after_adding(held, [(60, 1.0, 2.0)]))
    assert outcome.removed == (held[1],)
    assert outcome.shortened == (held[0],)
    assert outcome.after == 4


notes = st.builds(
    SimpleNamespace,
    pitch=st.integers(59, 61),
    start_time=st.integers(-4, 24).map(lambda n: n / 6) | st.floats(-2, 6),
    duration=st.floats(0.01, 4),
    velocity=st.just(100.0),
    mute=st.just(False),
    probability=st.just(1.0),
    velocity_deviation=st.just(0.0),
    release_velocity=st.just(64.0),
)


def span(note: SimpleNamespace | Note) -> Span:
    return note.pitch, note.start_time, note.duration


def seen(before: Notes, after: Notes) -> tuple[set[int], int]:
    return {n.note_id for n in before} - {n.note_id for n in after}, len(after)


@given(st.lists(notes, max_size=10), st.lists(notes, max_size=6))
def test_predicted_effects_of_adding_notes_equal_those_of_headless_live(
    held: list[SimpleNamespace], new: list[SimpleNamespace]
) -> None:
    before = Notes.of(held)
    outcome = whole(after_adding(before, map(span, new)))
    assert ({n.note_id for n in outcome.removed}, outcome.after) == seen(before, before.add(new)[0])


@given(st.lists(notes, max_size=8))
def test_a_pitch_applies_the_rules_note_by_note(new: list[SimpleNamespace]) -> None:
    lane, expected = PitchLane(), []
    for number, added in enumerate(new):
        note = Note(number, 60, added.start_time, added.duration)
        lane.add(note)
        expected = sorted(
            [
                *(
                    n._replace(duration=note.start_time - n.start_time)
                    if n.start_time < note.start_time < n.end_time
                    else n
                    for n in expected
                    if not (
                        note.start_time <= n.start_time < note.end_time or n.start_time == note.start_time
                    )
                ),
                note,
            ],
            key=lambda n: n.start_time,
        )
        assert lane.notes == expected
    assert sorted(n.note_id for n in lane.notes + lane.removed) == list(range(len(new)))


@given(st.lists(notes, max_size=12), st.sampled_from(sorted(GRIDS)), st.floats(0, 1), st.integers(-2, 2))
def test_predicted_effects_of_note_edits_equal_those_of_headless_live(
    held: list[SimpleNamespace], grid: int, amount: float, semitones: int
) -> None:
    before = Notes.of(held)
    outcome = whole(after_changing(before, map(quantized(grid, amount), before)))
    assert ({n.note_id for n in outcome.removed}, outcome.after) == seen(
        before, before.quantize(grid, amount)
    )
    moved = [n._replace(pitch=n.pitch + semitones) for n in list(before)[::2]]
    outcome = whole(after_changing(before, moved))
    assert ({n.note_id for n in outcome.removed}, outcome.after) == seen(before, before.modify(moved))
    ids = [n.note_id for n in before][::2]
    copies = duplicated(before.with_ids(ids), None, semitones)
    after = before.duplicate_ids(ids, None, semitones)[0]
    outcome = whole(after_adding(before, map(span, copies)))
    assert ({n.note_id for n in outcome.removed}, outcome.after) == seen(before, after)
