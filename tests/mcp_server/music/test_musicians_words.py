"""Musicians' words have their usual meaning: a bass is an octave below, swing is a grid position, drums have names."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from mcp_server.music import BEAT, Context, Note, Scale, cut_short, edits, harmony, run, writing
from mcp_server.music.drum_names import GENERAL_MIDI, pad
from mirror import errors
from tests.lean import demo_set
from tests.whole import whole_path

A_MINOR = Context(Scale.of_text("A Minor"))
KEYS = "tracks/1/clip_slots/2"
EMPTY = "tracks/1/clip_slots/6"
PROGRESSION = "Am9 | Dm7 G7 | Cmaj7 Fmaj7 | Bm7b5 E7/G# | Am Ebmaj7"


def applied(edit: dict[str, Any], notes: list[Note]) -> list[Note]:
    return run([edits.read(edit)], notes, A_MINOR)


def chords_with_bass(kind: Any, *, lead: bool) -> list[list[int]]:
    bars = harmony.progression(PROGRESSION, A_MINOR.scale)
    found: dict[Any, list[int]] = {}
    for note in writing.chord_notes(bars, A_MINOR, kind=kind, lead=lead, bass=True):
        found.setdefault(note.start, []).append(note.pitch)
    return [sorted(pitches) for pitches in found.values()]


@pytest.mark.parametrize("lead", [True, False])
@pytest.mark.parametrize("kind", ["close", "open", "drop2", "drop3", "drop2+4"])
def test_the_bass_of_chords_moves_less_than_an_octave_a_fourth_below_the_voices(
    kind: str, lead: bool
) -> None:
    groups = chords_with_bass(kind, lead=lead)
    assert all(voices[1] - voices[0] >= 5 for voices in groups)
    assert all(abs(one[0] - other[0]) < 12 for one, other in pairwise(groups))


def test_the_bass_of_a_chord_in_close_position_is_one_octave_below_its_root() -> None:
    groups = chords_with_bass("close", lead=False)
    assert groups[0] == [45, 57, 60, 64, 67, 71]
    assert all(voices[1] - voices[0] == 12 for voices in groups)


@pytest.mark.parametrize("times", [1, 2, -1])
def test_an_inversion_leaves_the_bass_and_turns_the_chord(times: int) -> None:
    chord = [Note(pitch, 0, BEAT) for pitch in (45, 57, 60, 64)]
    alone = applied({"edit": "invert_chords", "inversion": times}, chord[1:])
    assert applied({"edit": "invert_chords", "inversion": times}, chord) == [
        chord[0],
        *alone,
    ]


@pytest.mark.parametrize("first", [50, 51, 55, 58, 62, 66, 75])
@pytest.mark.parametrize("percent", [50, 54, 58, 66, 70, 75])
@pytest.mark.parametrize("grid", ["1/8", "1/16"])
def test_swing_sets_positions_on_the_grid_independent_of_former_swing(
    first: int, percent: int, grid: str
) -> None:
    step = BEAT // 2 if grid == "1/8" else BEAT // 4
    straight = [Note(42, n * step, step // 2) for n in range(8)]
    before = applied({"edit": "swing", "percent": first, "grid": grid}, straight)
    once = applied({"edit": "swing", "percent": percent, "grid": grid}, before)
    assert once == applied({"edit": "swing", "percent": percent, "grid": grid}, straight)
    assert applied({"edit": "swing", "percent": percent, "grid": grid}, once) == once


def test_notes_off_a_straight_grid_are_not_taken_for_swung_ones() -> None:
    notes = [Note(42, n * BEAT // 4, BEAT // 8) for n in range(16)]
    swung = applied({"edit": "swing", "percent": 60, "grid": "1/8"}, notes)
    assert [note.start for note in swung if note.start % BEAT == 3 * BEAT // 4] == [
        n * BEAT + 3 * BEAT // 4 for n in range(4)
    ]


@pytest.mark.parametrize("name", GENERAL_MIDI)
def test_without_a_rack_drums_have_general_midi_names(name: str) -> None:
    (note,) = run([edits.read({"edit": "drums", "lines": {name.title(): "x..............."}})], [], A_MINOR)
    assert note.pitch == GENERAL_MIDI[name] == pad(name, {})


def test_a_drum_is_also_a_pitch() -> None:
    assert [pad(name, pads) for name in ("38", "D1") for pads in ({}, {"boom": 36})] == [38] * 4


@pytest.mark.parametrize(
    ("edit", "same"),
    [
        ({"edit": "swing", "percent": "58 %"}, {"edit": "swing", "percent": 58}),
        ({"edit": "quantize", "strength": "50%"}, {"edit": "quantize", "strength": 0.5}),
    ],
)
def test_percents_are_read_with_their_sign(edit: dict[str, Any], same: dict[str, Any]) -> None:
    assert edits.read(edit) == edits.read(same)


def test_a_wrong_condition_of_select_is_answered_with_its_conditions() -> None:
    with pytest.raises(errors.InvalidValue) as caught:
        edits.read({"edit": "legato", "select": {"pich": 60}})
    assert "pitch_range" in str(caught.value.hint)


async def test_all_edits_are_listed_with_their_options_in_one_bounded_answer(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        answer = await whole.call("describe", what="edits")
        assert len(json.dumps(answer)) <= 8000
        for name, class_ in edits.EDITS.items():
            for option in set(class_.__struct_fields__) - {"select"}:
                assert f"{option} (" in answer["edits"][name]


def test_a_note_slightly_longer_than_its_slot_leaves_no_sliver() -> None:
    early = Note(40, 12 * BEAT - BEAT // 400, BEAT, note_id=7)
    chord = [Note(40, 12 * BEAT, BEAT), Note(47, 12 * BEAT, BEAT)]
    assert cut_short([early, *chord], [early, *chord]) == [early]


async def test_a_part_composed_over_a_humanized_note_leaves_no_sliver(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.call("create_clip", track=1, slot=6, length=8, notes="E0@3.99752:2")
        answer = await whole.call("compose", part="bass", into=EMPTY, text="E", at=4)
        notes = whole.mirror.notes(EMPTY + "/clip")
        assert min(note.duration for note in notes) > 1 / 16
        assert any("1/64" in line for line in answer["notes"])


async def test_a_second_bass_replaces_the_first(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.call("compose", part="chords", into=EMPTY, text="Am | Dm")
        chords = [(note.pitch, note.start_time) for note in whole.mirror.notes(EMPTY + "/clip")]
        await whole.call("compose", part="bass", into=EMPTY, text="Am | Dm", style="walking")
        answer = await whole.call("compose", part="bass", into=EMPTY, text="C | F", overwrite=True)
        assert any("replaced" in line for line in answer["notes"])
        notes = [(note.pitch, note.start_time) for note in whole.mirror.notes(EMPTY + "/clip")]
        assert sorted(notes) == sorted([*chords, (36, 0.0), (29, 4.0)])


async def test_a_fill_is_in_the_last_bar_by_default(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        drums = "tracks/0/clip_slots/3"
        end = whole.mirror.resolve(drums + "/clip").props["loop_end"]
        before = {note.note_id for note in whole.mirror.notes(drums + "/clip")}
        answer = await whole.call("compose", part="fill", into=drums, overwrite=True)
        new = [note for note in whole.mirror.notes(drums + "/clip") if note.note_id not in before]
        assert new
        assert all(end - 4 <= note.start_time < end for note in new)
        assert any("from " in line for line in answer["notes"])
