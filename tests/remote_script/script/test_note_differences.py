"""The differences of two readings of notes, stored as pieces of JSON, compared with a simple model."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from remote_script.SetMirror import content, wire
from remote_script.SetMirror.content import PIECE, encoded_in_pieces, note_differences, whole
from remote_script.SetMirror.wire import Encoded

Note = tuple[int, int, float]


def encoded(notes: list[Note]) -> Encoded:
    found: Encoded = whole(encoded_in_pieces(notes))
    return found


def changed(notes: list[Note], draw: random.Random) -> list[Note]:
    """The notes after some edits: removed, changed and new notes, in another order."""
    after = list(notes)
    for _ in range(draw.choice([0, 1, 1, 3, 40])):
        place = draw.randrange(len(after) + 1)
        kind = draw.choice(["remove", "change", "add", "move"])
        if kind == "add" or place == len(after):
            after.insert(place, (10_000 + draw.randrange(10**9), draw.randrange(128), draw.random()))
        elif kind == "remove":
            del after[place]
        elif kind == "change":
            after[place] = (after[place][0], draw.randrange(128), 1.0)
        else:
            after.insert(draw.randrange(len(after)), after.pop(place))
    return after


@pytest.mark.parametrize("seed", range(30))
def test_differences_are_detected_at_any_position_in_the_pieces(seed: int) -> None:
    draw = random.Random(seed)
    before = [
        (number, draw.randrange(128), draw.random()) for number in range(draw.choice([0, 1, 99, 100, 450]))
    ]
    after = changed(before, draw)
    sent, removed = whole(note_differences(encoded(before), encoded(after)))
    old, new = ({note[0]: note for note in notes} for notes in (before, after))
    assert sent.size == sum(old.get(id_) != note for id_, note in new.items())
    assert {note[0]: tuple(note) for note in sent.first(sent.size)} == {
        id_: note for id_, note in new.items() if old.get(id_) != note
    }
    assert sorted(removed) == sorted(old.keys() - new.keys())


def test_only_differing_pieces_of_a_long_clip_are_read_again() -> None:
    before = [(number, 60, number / 4) for number in range(50 * PIECE)]
    old, new = encoded(before), encoded([*before, (10**6, 60, 0.5)])
    steps = note_differences(old, new)
    assert sum(1 for _ in steps) <= 3
    # An empty list has no earlier notes to compare with.
    assert whole(note_differences(encoded([]), new)) == (new, [])


def test_a_list_in_pieces_is_its_elements_as_json() -> None:
    notes: list[Any] = [[number, 60, 0.1 * number] for number in range(2 * PIECE + 7)]
    found = encoded(notes)
    assert json.loads(found.json) == notes == found.first(found.size)
    assert found.size == len(notes)
    assert len(found.first(PIECE + 1)) == 2 * PIECE
    assert encoded([]).json == b"[]"


def test_replaced_notes_are_compared_by_their_ids_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    old = encoded([(number, 60, number / 4) for number in range(5 * PIECE)])
    new = encoded([(10**6 + number, 60, number / 4) for number in range(7 * PIECE)])
    monkeypatch.setattr(content, "elements_of", None)
    assert whole(note_differences(old, new)) == (new, list(range(5 * PIECE)))


def test_no_step_of_a_comparison_grows_with_the_clip(monkeypatch: pytest.MonkeyPatch) -> None:
    old = encoded([(number, 60, number / 4) for number in range(100 * PIECE)])
    new = encoded([(number, 61, number / 4) for number in range(100 * PIECE)])
    decoded = 0

    def elements_of(piece: bytes) -> list[Any]:
        nonlocal decoded
        decoded += 1
        return wire.elements_of(piece)

    monkeypatch.setattr(content, "elements_of", elements_of)
    most = before = 0
    for _ in note_differences(old, new):
        most, before = max(most, decoded - before), decoded
    assert most == 1
