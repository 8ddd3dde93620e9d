"""Edits of lists of choices and references between them are short and exact, and refused if they do not match."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.SetMirror.contract.menus import MOST, difference, edit_of, edited, replaced

LABELS = st.lists(st.sampled_from("abcd"), max_size=8).map(tuple)
LONG = st.lists(st.sampled_from([f"track {number}" for number in range(30)]), max_size=40).map(tuple)


@given(old=LABELS, new=LABELS)
def test_an_edit_transforms_one_list_exactly_into_the_other(old: Any, new: Any) -> None:
    edit = edit_of(old, new)
    assert edit is None or edited(old, edit) == list(new)


@given(old=LONG, new=LONG)
def test_the_differences_transform_one_list_exactly_into_the_other(old: Any, new: Any) -> None:
    pieces = difference(old, new)
    if pieces is None:
        assert old != new
    else:
        assert replaced(old, pieces) == list(new)
        assert sum(stop - start + len(labels) for start, stop, labels in pieces) <= MOST


def test_few_differences_are_found_wherever_they_are_and_whatever_labels_occur_twice() -> None:
    old = ("Ext. Out", *(f"track {number}" for number in range(100)), "track 7", "track 7", "No Output")
    new = (*old[2:50], "a", "b", *old[51:90], old[91], old[90], *old[92:102], old[103], "last")
    assert difference(old, new) == [
        [0, 2, []],
        [50, 51, ["a", "b"]],
        [90, 90, [old[91]]],
        [91, 92, []],
        [102, 103, []],
        [104, 104, ["last"]],
    ]
    assert difference(old, old) == []
    assert difference(old, ()) is None
    assert difference((), old[:MOST]) == [[0, 0, list(old[:MOST])]]


@pytest.mark.parametrize(
    "pieces",
    [
        [[0, 3, []]],
        [[-1, 0, []]],
        [[1, 0, []]],
        [[1, 2, []], [0, 1, []]],
        [[0, 1, ["x", 5]]],
        [[0, 1, "x"]],
        [[0, True, []]],
        [[0, 1.0, []]],
        [[0, 1]],
        [7],
        7,
    ],
)
def test_differences_that_do_not_fit_are_refused(pieces: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        replaced(["a", "b"], pieces)


def test_renames_additions_and_removals_are_detected() -> None:
    old = tuple(f"track {number}" for number in range(100))
    swapped = (old[0], old[2], old[1], *old[3:])
    assert edit_of(old, swapped) == {"relabel": {old[1]: old[2], old[2]: old[1]}}
    assert edit_of(old, ("new", *old)) == {"splice": [[None, [], ["new"]]]}
    assert edit_of(old, (*old, "new")) == {"splice": [[old[-1], [], ["new"]]]}
    both = {"splice": [[old[9], [old[10]], []], [old[89], [old[90]], ["new"]]]}
    assert edit_of(old, (*old[:10], *old[11:90], "new", *old[91:])) == both
    assert edit_of(old, old[:50] + old[51:]) == {"splice": [[old[49], [old[50]], []]]}


def test_an_edit_longer_than_the_limit_or_as_long_as_the_list_is_not_used() -> None:
    old = tuple(range(100))
    assert edit_of(old, tuple(reversed(old))) is None
    assert edit_of((), old) is None
    assert edit_of(old[: MOST + 1], ()) is None
    assert edit_of(None, old) is None
    assert edit_of(old, old) is None


@pytest.mark.parametrize(
    "edit",
    [
        {},
        {"splice": [["x", [], []]]},
        {"splice": [[None, ["b"], []]]},
        {"relabel": 1},
    ],
)
def test_an_edit_that_does_not_fit_is_refused(edit: Any) -> None:
    with pytest.raises((LookupError, TypeError, ValueError, AttributeError)):
        edited(["a"], edit)
