"""The compact note form is exact and short; a wrong text is refused with a reason."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_server import notation
from mirror import Note, errors

beats = st.floats(-1000, 100_000, allow_nan=False) | st.integers(0, 400).map(lambda n: n / 3)
lengths = st.floats(0, 1000, exclude_min=True, allow_nan=False) | st.integers(1, 96).map(lambda n: n / 12)
levels = st.integers(0, 127).map(float) | st.floats(0, 127, allow_nan=False)
notes = st.builds(
    Note,
    note_id=st.integers(1, 10_000),
    pitch=st.integers(0, 127),
    start_time=beats,
    duration=lengths,
    velocity=levels,
    mute=st.booleans(),
    probability=st.sampled_from([1.0, 0.5]) | st.floats(0, 1),
    velocity_deviation=st.sampled_from([0.0, -3.0]) | st.floats(-127, 127),
    release_velocity=st.sampled_from([64.0]) | levels,
)


def whole(found: dict[str, object]) -> Note:
    """A read note with its omitted fields."""
    rest = {"mute": False, "probability": 1.0, "velocity_deviation": 0.0, "release_velocity": 64.0}
    return msgspec.convert({"note_id": 0, **rest, **found}, Note)


@given(st.lists(notes, max_size=12))
def test_formatted_notes_are_parsed_to_the_same_notes(held: list[Note]) -> None:
    back = [whole(each) for each in notation.read(notation.written(held))]
    plain = [msgspec.structs.replace(note, note_id=0) for note in held]
    assert sorted(back, key=repr) == sorted((whole(msgspec.to_builtins(note)) for note in plain), key=repr)


@given(st.lists(notes, max_size=12))
def test_ids_are_included_on_request(held: list[Note]) -> None:
    back = [whole(each) for each in notation.read(notation.written(held, ids=True))]
    assert sorted(back, key=repr) == sorted((whole(msgspec.to_builtins(note)) for note in held), key=repr)


def test_omitted_fields_are_as_in_the_previous_note() -> None:
    found = notation.read("C1@0:.5v90 @1 D1@1.5:1/3m")
    assert found == [
        {"pitch": 36, "start_time": 0.0, "duration": 0.5, "velocity": 90.0},
        {"pitch": 36, "start_time": 1.0, "duration": 0.5, "velocity": 90.0},
        {"pitch": 38, "start_time": 1.5, "duration": 1 / 3, "velocity": 90.0, "mute": True},
    ]


def test_a_chord_is_one_word() -> None:
    found = notation.read("C3,E3,G3@4:4v80")
    assert [note["pitch"] for note in found] == [60, 64, 67]
    assert notation.written([whole(each) for each in found]) == "C3,E3,G3@4:4v80"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("C3", "is not of the form"),
        ("C3@x", "is not of the form"),
        ("H3@0", "A pitch is"),
        ("C9@0", "between 0"),
        ("C3@0:0", "above 0"),
        ("C3@0v128", "between 0 and 127"),
        ("C3@0p1.5", "between 0 and 1"),
        ("C3@1/0", "no number"),
        ("C3@nan", "is not of the form"),
        ("C3@0 C3@0:inf", "note 2"),
        ("C3,E3@0#5", "no single id"),
    ],
)
def test_an_invalid_note_is_refused_with_the_rule(text: str, rule: str) -> None:
    with pytest.raises(errors.InvalidValue) as caught:
        notation.read(text)
    assert rule in caught.value.rule


def test_a_hundred_notes_cost_less_than_a_quarter_of_their_json() -> None:
    played = [
        Note(n, 36 + n % 4 * 2, n / 4, 0.25 if n % 2 else 0.5, 80.0 + n % 5 * 7, False, 1.0, 0.0, 64.0)
        for n in range(100)
    ]
    fields = ("note_id", "pitch", "start_time", "duration", "velocity")
    plain = len(msgspec.json.encode([{name: getattr(note, name) for name in fields} for note in played]))
    assert len(notation.written(played)) * 4 < plain
    assert len(notation.written(played, ids=True)) * 3 < plain


def test_numbers_are_written_in_the_shortest_exact_form() -> None:
    one = whole({"pitch": 60, "start_time": 1 / 3, "duration": 0.25, "velocity": 100.0})
    assert notation.written([one]) == "@1/3"
    assert math.isclose(notation.read("@0.3333333333333333")[0]["start_time"], 1 / 3)


@pytest.mark.parametrize("length", ["1/2", "1/4", "1/8", "3/16", "1/32"])
def test_a_duration_that_elsewhere_is_a_note_value_is_refused_with_both_readings(length: str) -> None:
    above, below = map(int, length.split("/"))
    with pytest.raises(errors.InvalidValue) as caught:
        notation.read(f"C1@0:{length}")
    assert f"{4 * above / below:g} for the note value, {above / below:g} for the fraction" in str(
        caught.value.hint
    )
    assert notation.read(f"C1@{length}:1/3")[0]["start_time"] == above / below
