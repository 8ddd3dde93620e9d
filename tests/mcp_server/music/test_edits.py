"""Every edit on random notes: invariants for all notes, and known answers for each kind of edit."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from mcp_server.music import BEAT, EDITS, Context, Note, Scale, difference, from_beats, read, run, to_beats
from mcp_server.music.note import SLIVER, chords, in_order, settled
from mirror import errors

OPTIONS: dict[str, dict[str, Any]] = {
    "fit_length": {"length": "2 bars"},
    "shift": {"by": "-1/8"},
    "stretch": {"factor": 1.5},
    "rotate": {"by": "1/16"},
    "repeat": {"times": 3},
    "gate": {"length": "1/32"},
    "thin": {"keep": 0.5},
    "split": {"grid": "1/16"},
    "velocity_ramp": {"start": 20, "end": 120, "curve": "s-curve"},
    "humanize": {"timing": "1/64", "velocity": 12, "length": 0.1, "seed": 7},
    "harmonize": {"degrees": 2},
    "transpose": {"degrees": 1},
    "euclid": {"pitch": "C1", "hits": 5},
    "drums": {"lines": {"C1": "x..x?50", "D1": "....X..o9"}, "swing": 58},
    "polymeter": {"length": "3/16"},
    "accent": {"pattern": "x..x..x."},
    "chance": {"probability": 0.5, "vary": 0.2, "deviation": -10},
}
"""Options for edits that need some."""


def times() -> st.SearchStrategy[float]:
    """Times on the grid, triplets, and doubles that are on no grid."""
    return st.one_of(
        st.integers(0, 256).map(lambda n: n / 16),
        st.integers(0, 96).map(lambda n: n / 6),
        st.floats(0, 16, allow_nan=False, allow_subnormal=False),
    )


NOTES = st.tuples(
    st.integers(48, 72),
    times(),
    st.one_of(st.sampled_from((0.25, 1 / 3, 1.0)), st.floats(1 / 64, 8)),
    st.integers(1, 127),
)
"""Pitch, start and length in beats, velocity."""


@st.composite
def note_lists(draw: st.DrawFn, most: int = 24, apart: bool = False) -> list[Note]:
    """Notes of a valid clip: simultaneous notes have different pitches; any length, in the middle register.

    With `apart` all pitches differ, so that notes cannot overlap after any edit.
    """
    notes = []
    for number in range(draw(st.integers(0, most))):
        pitch, start, length, velocity = draw(NOTES)
        if apart:
            pitch = 48 + number
        notes.append(Note(pitch, from_beats(start), from_beats(length), float(velocity), note_id=number + 1))
    return settled(notes).notes


CONTEXTS = st.sampled_from(
    (
        Context(span=(0, 16 * BEAT)),
        Context(Scale.of_text("F# minor"), 5, 8, (0, 5 * BEAT)),
        Context(Scale.of_text("C Minor Pentatonic"), 3, 4, (BEAT // 3, 7 * BEAT)),
    )
)


@pytest.mark.parametrize("name", sorted(EDITS))
@settings(max_examples=25, deadline=None)
@given(notes=note_lists(), context=CONTEXTS)
def test_edits_keep_ids_ranges_and_other_notes(name: str, notes: list[Note], context: Context) -> None:
    edit = read({"edit": name, **OPTIONS.get(name, {})})
    try:
        found = run([edit], notes, context)
    except errors.InvalidValue as problem:
        if "0 to 127" in problem.rule:
            return
        raise
    ids = Counter(note.note_id for note in found if note.note_id is not None)
    assert set(ids) <= {note.note_id for note in notes}
    assert not ids or max(ids.values()) == 1
    for note in found:
        assert 0 <= note.pitch <= 127
        assert 0 <= note.velocity <= 127
        assert 0 <= note.probability <= 1
        assert note.duration > 0
        assert isinstance(note.start, int) or note.start.denominator > 1
    assert found == run([edit], notes, context)
    assert found == in_order(found)
    # Writing these notes lets Live cut or replace no note.
    again = settled(found)
    assert (again.notes, again.replaced, again.slivers, again.cut) == (found, [], [], 0)


@pytest.mark.parametrize("name", sorted(EDITS))
@settings(max_examples=10, deadline=None)
@given(notes=note_lists())
def test_an_edit_leaves_notes_outside_its_selection_alone(name: str, notes: list[Note]) -> None:
    context = Context(span=(0, 16 * BEAT))
    select = {"time": [4, 8], "pitch_range": [50, 70]}
    edit = read({"edit": name, "select": select, **OPTIONS.get(name, {})})
    outside = edit.select.chosen(notes, context)[1]
    try:
        found = run([edit], notes, context)
    except errors.InvalidValue:
        return
    starts = {(note.pitch, note.start) for note in found}
    for note in outside:
        # As in Live, a note is cut or replaced only by a note of its pitch that starts at its new end or at its start.
        now = by_id(found).get(note.note_id)
        if now is None:
            reach = note.start + SLIVER
            assert any(pitch == note.pitch and note.start <= start < reach for pitch, start in starts)
        elif now != note:
            assert now == replace(note, duration=now.duration)
            assert (note.pitch, now.end) in starts


def by_id(notes: list[Note]) -> dict[int | None, Note]:
    return {note.note_id: note for note in notes}


INVERSES = (
    ({"edit": "transpose", "semitones": 7}, {"edit": "transpose", "semitones": -7}),
    ({"edit": "transpose", "degrees": 2}, {"edit": "transpose", "degrees": -2}),
    ({"edit": "shift", "by": "1/8T"}, {"edit": "shift", "by": "-1/8T"}),
    ({"edit": "reverse"}, {"edit": "reverse"}),
    ({"edit": "stretch", "factor": 2}, {"edit": "stretch", "factor": 0.5}),
    ({"edit": "invert", "around": 60}, {"edit": "invert", "around": 60}),
)


@pytest.mark.parametrize(("there", "back"), INVERSES, ids=lambda edit: str(edit["edit"]))
@settings(max_examples=40, deadline=None)
@given(notes=note_lists())
def test_an_edit_and_its_inverse_give_bit_identical_values(
    there: dict[str, Any], back: dict[str, Any], notes: list[Note]
) -> None:
    inside = [note for note in notes if note.pitch in Scale.of_text("C major")]
    context = Context(span=(0, 64 * BEAT))
    moved = run([read(there)], inside, context)
    assert by_id(run([read(back)], moved, context)) == by_id(inside)


@settings(max_examples=40, deadline=None)
@given(notes=note_lists(apart=True), by=st.sampled_from(("1/16", "-1/8T", "1 bar", "3/8")))
def test_rotating_back_restores_the_notes(notes: list[Note], by: str) -> None:
    context = Context(span=(0, 16 * BEAT))
    back = by[1:] if by.startswith("-") else "-" + by
    turned = run([read({"edit": "rotate", "by": by})], notes, context)
    assert by_id(run([read({"edit": "rotate", "by": back})], turned, context)) == by_id(notes)


IDEMPOTENT = (
    "quantize",
    "legato",
    "fit_to_scale",
    "join",
    "mute",
    "gate",
    "velocity_ramp",
    "euclid",
    "drums",
)


@pytest.mark.parametrize("name", IDEMPOTENT)
@settings(max_examples=25, deadline=None)
@given(notes=note_lists(), context=CONTEXTS)
def test_a_setting_edit_is_idempotent(name: str, notes: list[Note], context: Context) -> None:
    edit = read({"edit": name, **OPTIONS.get(name, {})})
    once = run([edit], notes, context)
    again = run([edit], once, context)
    assert [replace(note, note_id=None) for note in again] == [replace(note, note_id=None) for note in once]


@settings(max_examples=60, deadline=None)
@given(notes=note_lists())
def test_times_survive_reading_and_writing_bit_for_bit(notes: list[Note]) -> None:
    for note in notes:
        assert from_beats(to_beats(note.start)) == note.start
    unchanged = difference(notes, run([], notes, Context()))
    assert unchanged.counts == {}


@given(st.floats(-1e6, 1e6, allow_nan=False, allow_subnormal=False))
def test_any_double_is_read_exactly(beats: float) -> None:
    ticks = from_beats(beats)
    assert to_beats(ticks) == beats
    assert isinstance(ticks, int) or Fraction(beats) * BEAT == ticks


def at(*beats: float, pitch: int = 60, length: float = 0.25) -> list[Note]:
    return [Note(pitch, from_beats(b), from_beats(length), note_id=n) for n, b in enumerate(beats, 1)]


def starts(notes: list[Note]) -> list[float]:
    return [to_beats(note.start) for note in notes]


def pitches(notes: list[Note]) -> list[int]:
    return [note.pitch for note in notes]


def edited(notes: list[Note], *edits: dict[str, Any], **context: Any) -> list[Note]:
    return run([read(each) for each in edits], notes, Context(**context))


def chord(*numbers: int, start: float = 0.0, length: float = 4.0) -> list[Note]:
    return [
        Note(number, from_beats(start), from_beats(length), note_id=int(start * 100) + n)
        for n, number in enumerate(numbers, 1)
    ]


def test_quantize_moves_to_the_nearest_grid_line_by_its_strength() -> None:
    assert starts(edited(at(0.05, 0.3, 0.49), {"edit": "quantize", "grid": "1/16"})) == [0.0, 0.25, 0.5]
    half = edited(at(0.0, 0.35), {"edit": "quantize", "grid": "1/4", "strength": 0.5})
    assert starts(half) == [0.0, 0.175]


def test_quantizing_a_part_follows_the_set_s_swing_as_live_does() -> None:
    played = at(0.0, 0.27, 0.52, 0.74)
    found = starts(edited(played, {"edit": "quantize", "grid": "1/16"}, swing=0.5))
    assert found == pytest.approx([0.0, 0.25 + 0.125 / 3, 0.5, 0.75 + 0.125 / 3])
    both = starts(edited(at(0.32) + at(0.24, pitch=62), {"edit": "quantize", "grid": "1/8 + 1/8T"}))
    assert both == pytest.approx([1 / 3, 1 / 3])


def test_quantize_to_triplets_gives_exactly_rounded_thirds() -> None:
    assert starts(edited(at(0.3, 0.7), {"edit": "quantize", "grid": "1/8T"})) == [1 / 3, 2 / 3]


def test_swing_of_two_thirds_puts_off_beats_on_triplets() -> None:
    percent = 66.666667
    swung = starts(edited(at(0.0, 0.25, 0.5, 0.75), {"edit": "swing", "percent": percent, "grid": "1/16"}))
    assert swung == pytest.approx([0.0, 1 / 3, 0.5, 0.5 + 1 / 3], abs=1e-6)
    assert starts(edited(at(0.0, 0.25), {"edit": "swing", "percent": 58})) == [0.0, 0.29]


def test_quantizing_to_a_swung_grid_is_the_same_as_quantizing_and_then_swinging() -> None:
    played = at(0.01, 0.27, 0.52, 0.74, 1.3)
    once = edited(played, {"edit": "quantize", "grid": "1/16", "swing": 60})
    assert once == edited(played, {"edit": "quantize", "grid": "1/16"}, {"edit": "swing", "percent": 60})


def test_humanize_stays_within_its_bounds_and_keeps_chords_nearly_together() -> None:
    notes = [note for beat in range(200) for note in chord(60, 64, 67, start=float(beat), length=0.5)]
    notes = [replace(note, note_id=n) for n, note in enumerate(notes)]
    found = edited(
        notes, {"edit": "humanize", "timing": 0.02, "velocity": 10, "seed": 3}, span=(0, 200 * BEAT)
    )
    new = by_id(found)
    distances = [to_beats(new[note.note_id].start) - to_beats(note.start) for note in notes]
    assert max(abs(distance) for distance in distances) <= 0.02
    assert max(abs(new[note.note_id].velocity - note.velocity) for note in notes) <= 10
    assert len({round(distance, 6) for distance in distances}) > 100
    within = [max(distances[n : n + 3]) - min(distances[n : n + 3]) for n in range(0, 600, 3)]
    assert max(within) <= 0.01


def test_legato_fills_to_the_next_chord_and_the_last_one_to_the_end() -> None:
    notes = chord(60, 64, start=0.0, length=0.5) + chord(62, start=1.0, length=0.5)
    found = edited(notes, {"edit": "legato"}, span=(0, 4 * BEAT))
    assert [to_beats(note.duration) for note in found] == [1.0, 1.0, 3.0]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999))
@pytest.mark.parametrize(
    "then",
    [[{"edit": "legato"}], [{"edit": "arpeggiate"}], [{"edit": "strum"}, {"edit": "legato"}]],
    ids=["legato", "arpeggiate", "strummed legato"],
)
def test_humanized_chords_leave_no_stubs(then: list[dict[str, Any]], seed: int) -> None:
    chords = [note for start in (0.0, 4.0, 8.0) for note in chord(48, 55, 60, start=start)]
    found = edited(chords, {"edit": "humanize", "timing": 0.02, "seed": seed}, *then, span=(0, 12 * BEAT))
    assert all(note.duration >= (3 * BEAT if then[-1]["edit"] == "legato" else SLIVER) for note in found)


def test_strumming_up_delays_the_upper_notes_and_keeps_all_ends() -> None:
    found = edited(chord(60, 64, 67), {"edit": "strum", "time": 0.1})
    assert starts(found) == [0.0, 0.05, 0.1]
    assert [to_beats(note.end) for note in found] == [4.0, 4.0, 4.0]
    down = edited(chord(60, 64, 67), {"edit": "strum", "time": 0.1, "direction": "down"})
    assert [(n.pitch, to_beats(n.start)) for n in down] == [(67, 0.0), (64, 0.05), (60, 0.1)]


def test_ratchet_splits_a_note_into_equal_softer_ones_and_the_first_keeps_the_id() -> None:
    found = edited(at(0.0, length=0.75), {"edit": "ratchet", "times": 3, "decay": 0.5})
    assert starts(found) == [0.0, 0.25, 0.5]
    assert [note.velocity for note in found] == [100.0, 50.0, 25.0]
    assert [note.note_id for note in found] == [1, None, None]


def test_split_and_join_are_inverse_for_notes_on_the_grid() -> None:
    notes = at(0.0, 2.0, length=1.0)
    parts = edited(notes, {"edit": "split", "grid": "1/16"})
    assert len(parts) == 8
    assert edited(parts, {"edit": "join"}) == notes


def test_repeat_fills_until_a_time_and_no_further() -> None:
    found = edited(at(0.0, 0.5), {"edit": "repeat", "until": 2.5, "length": 1}, span=(0, BEAT))
    assert starts(found) == [0.0, 0.5, 1.0, 1.5, 2.0]


def test_transposing_to_another_key_keeps_the_degrees() -> None:
    scale = Scale.of_text("C major")
    found = edited(chord(60, 64, 67, 71), {"edit": "transpose", "to": "A minor"}, scale=scale)
    assert pitches(found) == [57, 60, 64, 67]
    third_up = edited(chord(60, 62, 64), {"edit": "transpose", "degrees": 2}, scale=scale)
    assert pitches(third_up) == [64, 65, 67]


def test_fitting_to_a_scale_moves_only_outside_notes_in_the_given_direction() -> None:
    c_major = Scale.of_text("C major")
    outside = [*chord(60), *chord(61, start=1.0), *chord(66, start=2.0)]
    assert pitches(edited(outside, "fit_to_scale", scale=c_major)) == [60, 60, 65]  # type: ignore[arg-type]
    up = edited(outside, {"edit": "fit_to_scale", "direction": "up"}, scale=c_major)
    assert pitches(up) == [60, 62, 67]


def test_inversions_and_drop_voicings_of_a_seventh_chord_match_textbooks() -> None:
    c7 = (60, 64, 67, 70)
    for inversion, expected in ((1, [64, 67, 70, 72]), (2, [67, 70, 72, 76]), (-1, [58, 60, 64, 67])):
        found = edited(chord(*c7), {"edit": "invert_chords", "inversion": inversion})
        assert sorted(pitches(found)) == expected
    for kind, expected in (
        ("drop2", [55, 60, 64, 70]),
        ("drop3", [52, 60, 67, 70]),
        ("drop2+4", [48, 55, 64, 70]),
        ("open", [60, 67, 76, 82]),
        ("close", [60, 64, 67, 70]),
    ):
        found = edited(chord(*c7), {"edit": "invert_chords", "voicing": kind})
        assert sorted(pitches(found)) == expected, kind


def test_voice_leading_keeps_common_tones_and_moves_the_rest_by_steps() -> None:
    notes = chord(60, 64, 67) + chord(65, 69, 72, start=4.0) + chord(67, 71, 74, start=8.0)
    found = edited(notes, {"edit": "voice_lead"}, span=(0, 12 * BEAT))
    assert [sorted(note.pitch for note in group) for group in chords(found)] == [
        [60, 64, 67],
        [60, 65, 69],
        [59, 62, 67],
    ]
    assert {note.note_id for note in found} == {note.note_id for note in notes}


def test_harmonizing_in_thirds_stays_in_the_scale() -> None:
    found = edited(
        chord(60) + chord(62, start=4.0), {"edit": "harmonize", "degrees": 2}, scale=Scale.of_text("C major")
    )
    assert pitches(found) == [60, 64, 62, 65]


def test_arpeggios_go_up_down_over_octaves_and_by_pattern() -> None:
    up_down = edited(
        chord(60, 64, 67, length=1.5), {"edit": "arpeggiate", "order": "up-down", "rate": "1/16"}
    )
    assert pitches(up_down) == [60, 64, 67, 64, 60, 64]
    octaves = edited(chord(60, 67, length=1.0), {"edit": "arpeggiate", "octaves": 2, "rate": "1/16"})
    assert pitches(octaves) == [60, 67, 72, 79]
    pattern = edited(
        chord(60, 64, 67, length=1.0),
        {"edit": "arpeggiate", "pattern": "0 2 . 1", "gate": 0.5, "rate": "1/16"},
    )
    assert [(n.pitch, to_beats(n.start), to_beats(n.duration)) for n in pattern] == [
        (60, 0.0, 0.125),
        (67, 0.25, 0.125),
        (64, 0.75, 0.125),
    ]


def test_a_chord_with_many_doubled_notes_is_voiced_too() -> None:
    notes = chord(48, 60, 72, 84, 96) + chord(50, 53, 62, 65, 74, start=4.0)
    found = edited(notes, {"edit": "voice_lead"}, span=(0, 8 * BEAT))
    assert sorted(note.pitch % 12 for note in found) == sorted(note.pitch % 12 for note in notes)


@pytest.mark.parametrize(
    ("hits", "steps", "pattern"),
    [
        (3, 8, "x..x..x."),
        (5, 8, "x.xx.xx."),
        (5, 16, "x..x..x..x..x..."),
        (4, 16, "x...x...x...x..."),
        (2, 5, "x.x.."),
        (7, 12, "x.xx.x.xx.x."),
        (9, 16, "x.xx.x.x.xx.x.x."),
        (0, 4, "...."),
        (4, 4, "xxxx"),
    ],
)
def test_euclidean_patterns_match_toussaints(hits: int, steps: int, pattern: str) -> None:
    from mcp_server.music.rhythm_edits import euclid

    assert "".join("x" if hit else "." for hit in euclid(hits, steps)) == pattern


def test_drum_grids_support_accents_ghosts_chances_and_lines_of_different_lengths() -> None:
    found = edited(
        [],
        {"edit": "drums", "lines": {"kick": "x.", "Snare": ".X?25o"}},
        pads={"kick": 36, "snare": 38},
        span=(0, BEAT),
    )
    assert [(n.pitch, to_beats(n.start), n.velocity, n.probability) for n in found] == [
        (36, 0.0, 100.0, 1.0),
        (38, 0.25, 120.0, 0.25),
        (36, 0.5, 100.0, 1.0),
        (38, 0.5, 45.0, 1.0),
    ]


def test_a_polymeter_repeats_its_cell_against_the_bar() -> None:
    found = edited(at(0.0, 0.5, 3.0), {"edit": "polymeter", "length": 0.75}, span=(0, 3 * BEAT))
    assert starts(found) == [0.0, 0.5, 0.75, 1.25, 1.5, 2.0, 2.25, 2.75, 3.0]


def test_selections_choose_by_time_pitch_velocity_place_and_scale() -> None:
    notes = [Note(60 + n, n * BEAT // 4, BEAT // 4, 10.0 * (n + 1), note_id=n) for n in range(8)]
    context = Context(Scale.of_text("C major"))

    def ids(**select: Any) -> list[int | None]:
        edit = read({"edit": "remove", "select": select})
        return [note.note_id for note in edit.select.chosen(notes, context)[0]]

    assert ids(time=[0.25, 1]) == [1, 2, 3]
    assert ids(pitch=["C3", 62]) == [0, 2]
    assert ids(pitch_range=["D3", "E3"]) == [2, 3, 4]
    assert ids(velocity=[30, 50]) == [2, 3, 4]
    assert ids(every=3, first=1) == [1, 4, 7]
    assert ids(grid="1/8") == [0, 2, 4, 6]
    assert ids(grid="1/8", on_grid=False) == [1, 3, 5, 7]
    assert ids(in_scale=False) == [1, 3, 6]
    assert ids(ids=[2, 5, 6], in_scale=True) == [2, 5]


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"edit": "transpos", "semitones": 1}, "transpose"),
        ({"edit": "transpose", "semitone": 1}, "semitones"),
        ({"edit": "quantize", "strength": 2}, "strength"),
        ({"edit": "euclid", "pitch": "C1", "hits": 9, "steps": 8}, "9"),
        ({"edit": "transpose", "semitones": 100}, "0 to 127"),
        ({"edit": "fit_to_scale", "key": "B blahs"}, "blahs"),
        ({"edit": "repeat"}, "times"),
        ({"edit": "accent", "pattern": "xq"}, "xq"),
        ({"edit": "drums", "lines": {"C1": "x?200"}}, "x?200"),
        (7, "object"),
    ],
)
def test_an_impossible_edit_is_refused_with_the_rule_and_the_value(asked: Any, word: str) -> None:
    with pytest.raises(errors.InvalidValue) as caught:
        run([read(asked)], at(0.0), Context())
    assert word in f"{caught.value.rule} {caught.value.value} {caught.value.hint} {caught.value.facts}"


def test_a_newer_note_replaces_the_older_one_of_its_pitch_and_start() -> None:
    old, new = Note(60, 0, BEAT, 50.0, note_id=1), Note(60, 0, BEAT, 100.0)
    for notes in ([old, new], [new, old]):
        result = settled(notes)
        assert (result.notes, result.replaced) == ([new], [old])


def test_a_new_note_does_not_reach_into_the_next_one_by_a_rounding_error() -> None:
    # As doubles 0.2 + 0.4 is above 0.6.
    start, length = BEAT // 5, 2 * BEAT // 5
    added = difference([], [Note(60, start, length), Note(60, start + length, length)]).added
    assert [note["start_time"] for note in added] == [0.2, 0.6]
    assert added[0]["start_time"] + added[0]["duration"] <= 0.6
    assert added[0]["duration"] == pytest.approx(0.4)


def test_the_difference_names_only_the_fields_that_changed() -> None:
    before = at(0.0, 1.0, 2.0)
    after = [replace(before[0], velocity=50.0), before[1], Note(40, 0, BEAT)]
    found = difference(before, after)
    assert found.removed == [3]
    assert found.changed == [{"note_id": 1, "velocity": 50.0}]
    assert [note["pitch"] for note in found.added] == [40]


@pytest.mark.parametrize("name", sorted(EDITS))
def test_an_edit_given_by_name_alone_works_or_names_its_missing_option(name: str) -> None:
    notes = [Note(60 + 13 * (n % 5), n * BEAT // 4, BEAT // 8, float(40 + n), note_id=n) for n in range(30)]
    # Chords that leap, touching notes of one pitch, a note off the grid.
    notes += [Note(pitch, 8 * BEAT, BEAT, note_id=pitch) for pitch in (48, 52, 55)]
    notes += [Note(pitch, 9 * BEAT, BEAT, note_id=pitch + 100) for pitch in (55, 84, 88)]
    notes += [Note(40, 10 * BEAT + BEAT // 50, BEAT, note_id=99)]
    required = [field.name for field in msgspec.structs.fields(EDITS[name]) if field.required]
    if required or EDITS[name].needs:
        with pytest.raises(errors.InvalidValue) as caught:
            read(name).check_effect()
        words = f"{caught.value.rule} {caught.value.hint}"
        assert all(f"`{option}`" in words for option in required or EDITS[name].needs)
        assert name in caught.value.rule
    else:
        read(name).check_effect()
        change = difference(notes, run([read(name)], notes, Context(span=(0, 12 * BEAT))))
        assert change.counts, "its defaults change something of these"


@pytest.mark.parametrize(
    "asked",
    [
        {"edit": "thin", "every": 2, "seed": 3},
        {"edit": "chance", "probability": 0.5, "seed": 3},
        {"edit": "arpeggiate", "order": "up", "seed": 3},
        {"edit": "ghost", "probability": 1, "spread": 0, "seed": 3},
    ],
    ids=lambda asked: str(asked["edit"]),
)
def test_a_seed_where_nothing_is_random_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(errors.InvalidValue, match="`seed` has no effect"):
        read(asked)
    del asked["seed"]
    read(asked)


def test_up_a_minor_third_in_the_scale_is_three_semitones_or_the_next_note_of_it() -> None:
    scale = Scale.of_text("D minor")
    notes = [Note(pitch, n * BEAT, BEAT) for n, pitch in enumerate(p for p in range(40, 80) if p in scale)]
    edits = [{"edit": "transpose", "semitones": 3}, {"edit": "fit_to_scale", "direction": "up"}]
    moved = run([read(each) for each in edits], notes, Context(scale, span=(0, 40 * BEAT)))
    assert all(note.pitch in scale for note in moved)
    assert {new.pitch - was.pitch for new, was in zip(moved, notes, strict=True)} == {3, 4}
    by_degrees = run([read({"edit": "transpose", "degrees": 2})], notes, Context(scale))
    assert [note.pitch for note in moved] == [note.pitch for note in by_degrees]


def test_reversing_keeps_the_grid_where_a_note_lasts_beyond_the_clip() -> None:
    notes = [Note(48, 0, BEAT, 100.0), Note(50, BEAT, BEAT, 100.0), Note(52, 3 * BEAT, 3 * BEAT // 2, 100.0)]
    backwards = edited(notes, {"edit": "reverse"}, span=(0, 4 * BEAT))
    assert [(note.pitch, note.start, note.duration) for note in sorted(backwards, key=lambda n: n.start)] == [
        (52, 0, BEAT), (50, 2 * BEAT, BEAT), (48, 3 * BEAT, BEAT),
    ]  # fmt: skip


@pytest.mark.parametrize("change", [{"edit": "invert_chords", "inversion": 1}, {"edit": "voice_lead"}])
def test_edits_of_chords_leave_single_notes(change: dict[str, Any]) -> None:
    melody = [Note(pitch, n * BEAT, BEAT, 100.0) for n, pitch in enumerate((48, 52, 55, 72))]
    assert edited(melody, change) == melody
    mixed = [*chord(60, 64, 67), Note(84, BEAT, BEAT, 100.0), Note(40, 2 * BEAT, BEAT, 100.0)]
    after = edited(mixed, change)
    assert [note for note in after if note.start] == mixed[3:]
