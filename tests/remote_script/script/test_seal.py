"""The lines of a session: replayed, reordered, missing, changed and reflected lines are detected."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.SetMirror.contract import seal
from remote_script.SetMirror.contract.seal import (
    SLICE,
    TRAILER,
    BadSeal,
    Seal,
    client_session,
    script_session,
)

KEY, NONCES = "ab" * 32, ("11" * 32, "22" * 32)
MESSAGE = b'{"jsonrpc":"2.0","id":1,"method":"bridge.status","params":{}}'


def both() -> tuple[seal.Session, seal.Session]:
    return client_session(KEY, *NONCES), script_session(KEY, *NONCES)


def test_messages_sealed_by_one_side_are_opened_by_the_other_in_order() -> None:
    client, script = both()
    for number in range(3):
        message = b'{"n":%d}' % number
        assert script.incoming.open(client.outgoing.seal(message)[:-1]) == message
        assert client.incoming.open(script.outgoing.seal(message + b"\n")[:-1]) == message


@pytest.mark.parametrize("size", [0, 1, SLICE - TRAILER, SLICE, SLICE + 1, 3 * SLICE + 5])
def test_long_lines_are_sealed_and_opened_in_slices_to_the_same_message(size: int) -> None:
    client, script = both()
    message = b"x" * size
    pieces = list(client.outgoing.pieces(message))
    assert max(len(piece) for piece in pieces) <= SLICE + TRAILER + 1
    assert script.incoming.open(b"".join(pieces)[:-1]) == message
    steps = list(both()[1].incoming.opening(both()[0].outgoing.seal(message)[:-1]))
    assert len(steps) >= size // SLICE - 1


def _attack(kind: str, lines: list[bytes]) -> list[bytes]:
    """Three sealed lines after an attack between the two ends."""
    one, two, three = lines
    return {
        "replayed": [one, one],
        "reordered": [two, one, three],
        "left out": [one, three],
        "changed": [one.replace(b"status", b"statue")],
        "shortened": [one[1:]],
        "cut": [one[: len(one) // 2]],
        "without its trailer": [one[:-TRAILER]],
        "with the trailer of another": [one[:-TRAILER] + two[-TRAILER:]],
        "renumbered": [one, one[:-TRAILER] + two[-TRAILER:-33] + one[-33:]],
        "in capitals": [one[:-32] + one[-32:].upper()],
        "empty": [b""],
        "only a trailer": [one[-TRAILER:]],
    }[kind]


ATTACKS = ["replayed", "reordered", "left out", "changed", "shortened", "cut", "without its trailer"]
ATTACKS += ["with the trailer of another", "renumbered", "in capitals", "empty", "only a trailer"]


@pytest.mark.parametrize("kind", ATTACKS)
def test_a_line_out_of_order_does_not_open(kind: str) -> None:
    client, script = both()
    lines = [client.outgoing.seal(MESSAGE)[:-1] for _ in range(3)]
    *good, bad = _attack(kind, lines)
    if kind == "reordered":
        good, bad = [], good[0]
    for line in good:
        script.incoming.open(line)
    with pytest.raises(BadSeal):
        script.incoming.open(bad)


def test_a_line_reflected_or_of_another_session_does_not_open() -> None:
    client, _ = both()
    with pytest.raises(BadSeal):
        client.incoming.open(client.outgoing.seal(MESSAGE)[:-1])
    other = script_session(KEY, NONCES[1], NONCES[0])
    with pytest.raises(BadSeal):
        other.incoming.open(both()[0].outgoing.seal(MESSAGE)[:-1])


def test_a_bad_line_does_not_move_the_counter() -> None:
    client, script = both()
    first, second = (client.outgoing.seal(MESSAGE)[:-1] for _ in range(2))
    with pytest.raises(BadSeal):
        script.incoming.open(second)
    assert script.incoming.open(first) == MESSAGE
    assert script.incoming.open(second) == MESSAGE


@given(message=st.binary(max_size=200), at=st.integers(min_value=0), flip=st.integers(1, 255))
def test_a_change_of_any_byte_is_detected(message: bytes, at: int, flip: int) -> None:
    sealing, opening = Seal(b"k" * 32), Seal(b"k" * 32)
    line: Any = bytearray(sealing.seal(message.replace(b"\n", b""))[:-1])
    line[at % len(line)] ^= flip
    with pytest.raises(BadSeal):
        opening.open(bytes(line))
