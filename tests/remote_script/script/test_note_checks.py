"""Checks of an operation's notes, field by field for uniform notes and note by note otherwise, give equal results."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.SetMirror.contract import note_checks
from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.contract.values import ALL_NOTE_FIELDS, NOTE_FIELDS

NEW = ("pitch", "start_time", "duration")

WRONG = [None, 0, 1, -1, 127, 128, 1.0, 60.5, 0.0, -0.5, 1e9, True, False, "1", 2**31, 2**70]
WRONG += [math.nan, math.inf, -math.inf]
bounds = st.sampled_from(WRONG)
right = {
    "note_id": st.none() | st.integers(1, 9),
    "pitch": st.integers(0, 127) | st.just(60.0),
    "start_time": st.floats(-4, 64) | st.integers(-4, 64),
    "duration": st.floats(0.01, 8) | st.integers(1, 8),
    "mute": st.booleans() | st.none(),
}


def field(name: str) -> st.SearchStrategy[Any]:
    return right.get(name, st.floats(0, 1) | st.integers(0, 1) | st.none())


rows = st.sampled_from([NOTE_FIELDS, ALL_NOTE_FIELDS]).flatmap(
    lambda names: st.lists(st.tuples(*map(field, names)).map(list), min_size=1, max_size=4)
)
objects = st.lists(st.sampled_from(ALL_NOTE_FIELDS), unique=True, max_size=4).flatmap(
    lambda more: st.lists(
        st.fixed_dictionaries({name: field(name) for name in [*NEW, *more]}), min_size=1, max_size=4
    )
)


def one_by_one(items: list[Any], required: tuple[str, ...]) -> Any:
    try:
        return [note_checks._note(item, required, number) for number, item in enumerate(items)]
    except BridgeError as refusal:
        return refusal.to_json()


def checked(items: list[Any], required: tuple[str, ...]) -> Any:
    try:
        return note_checks.notes(items, required)
    except BridgeError as refusal:
        return refusal.to_json()


def typed(answer: Any) -> Any:
    return repr([sorted(note.items()) for note in answer]) if isinstance(answer, list) else repr(answer)


@given(rows | objects, st.sampled_from([NEW, ("note_id",), ()]), st.data())
def test_a_list_of_notes_is_judged_like_its_single_notes(
    items: list[Any], required: tuple[str, ...], data: st.DataObject
) -> None:
    if data.draw(st.booleans()):
        item = data.draw(st.sampled_from(items))
        key = data.draw(st.sampled_from(sorted(item) if isinstance(item, dict) else range(len(item))))
        item[key] = data.draw(bounds)
    assert typed(checked(items, required)) == typed(one_by_one(items, required))


@pytest.mark.parametrize("name", ALL_NOTE_FIELDS)
def test_an_invalid_value_among_notes_is_judged_like_a_single_one(name: str) -> None:
    note: dict[str, Any] = {"note_id": 5, "pitch": 60, "start_time": 1.0, "duration": 0.5, "mute": False}
    whole = {**dict.fromkeys(ALL_NOTE_FIELDS, 0.5), **note}
    for value in WRONG:
        for place in range(3):
            items: list[Any] = [dict(whole) for _ in range(3)]
            items[place][name] = value
            assert typed(checked(items, NEW)) == typed(one_by_one(items, NEW))
            rows = [[item[field] for field in ALL_NOTE_FIELDS] for item in items]
            assert typed(checked(rows, NEW)) == typed(one_by_one(rows, NEW))


@pytest.mark.parametrize(
    "items",
    [
        [{"pitch": 60}, 7],
        [[1, 2]],
        ["note"],
        [{}],
        [{"pitch": 60, "start_time": 0.0, "duration": 1.0, "loud": 1}],
    ],
)
def test_an_invalid_note_is_refused_with_its_number(items: list[Any]) -> None:
    with pytest.raises(BridgeError, match=r"note 0|a note has"):
        note_checks.notes(items, NEW)


@pytest.mark.parametrize("name", ["gain", "timbre"])
def test_an_expression_in_any_note_is_refused_where_notes_have_none(name: str) -> None:
    note = {"pitch": 60, "start_time": 0.0, "duration": 1.0}
    note_checks.only_lives(note_checks.notes([note, note], NEW))
    plain = note_checks.notes([note, {**note, name: 0.5}], NEW)
    with pytest.raises(BridgeError, match=f"note 1 has `{name}`"):
        note_checks.only_lives(plain)
