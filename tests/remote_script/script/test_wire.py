"""Lines and JSON: for all input, only bounded lines of strict JSON are returned."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.SetMirror import wire
from remote_script.SetMirror.contract.errors import TABLE, BridgeError
from remote_script.SetMirror.wire import LineFramer, LineTooLong, decode, decoding, encode, error_line


@given(
    st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line and b"\r" not in line)), st.data()
)
def test_lines_are_reassembled_from_any_chunks(lines: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    framer = LineFramer(limit=20)
    found: list[bytes] = []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        found += framer.feed(stream[:cut])
        stream = stream[cut:]
    assert found == lines


def test_a_line_past_the_limit_is_refused_before_its_end_is_seen() -> None:
    framer = LineFramer(limit=10)
    assert framer.feed(b"0123456789\n") == [b"0123456789"]
    framer.feed(b"012345")
    with pytest.raises(LineTooLong):
        framer.feed(b"67890")


def test_an_unfinished_line_in_many_small_pieces_is_kept() -> None:
    framer = LineFramer(limit=1000)
    for _ in range(500):
        assert framer.feed(b"x") == []
    assert framer.feed(b"\n") == [b"x" * 500]


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"\xff\xfe",
        b"NaN",
        b'{"a": Infinity}',
        b"[-Infinity]",
        b"1e999",
        b"9" * 100,
        b"9" * 5000,
        b"9" * 400 + b".0",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"",
        b"{} {}",
    ],
    ids=lambda line: line[:12].decode("latin-1"),
)
def test_text_that_is_not_strict_json_is_a_parse_error(line: bytes) -> None:
    with pytest.raises(BridgeError) as caught:
        decode(line)
    assert caught.value.name == "PARSE_ERROR"


def test_non_finite_numbers_are_never_sent() -> None:
    with pytest.raises(ValueError):
        encode({"value": float("nan")})


def test_lone_surrogates_become_question_marks() -> None:
    assert encode(["a\ud800b"]) == b'["a?b"]'


def test_every_error_has_its_own_code_and_a_hint() -> None:
    codes = [code for code, _ in TABLE.values()]
    assert len(set(codes)) == len(codes)
    assert all(hint for _, hint in TABLE.values())


def test_an_error_carries_rule_value_hint_and_facts() -> None:
    error = BridgeError("REVISION_TOO_OLD", "revision 41 is too old; the oldest kept is 97", 41, oldest=97)
    assert decode(error_line(7, error).strip()) == {
        "jsonrpc": "2.0",
        "id": 7,
        "error": {
            "code": -32008,
            "message": "revision 41 is too old; the oldest kept is 97",
            "data": {
                "error": "REVISION_TOO_OLD",
                "rule": "revision 41 is too old; the oldest kept is 97",
                "hint": "fetch a snapshot",
                "value": 41,
                "oldest": 97,
            },
        },
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("nan")]])
def test_a_number_that_json_does_not_have_is_not_encoded(value: object) -> None:
    with pytest.raises(ValueError):
        encode(value)


def test_an_error_about_a_value_without_a_json_form_is_sent() -> None:
    line = error_line(None, BridgeError("INVALID_VALUE", "it must be finite", float("inf")))
    assert decode(line)["error"]["data"]["error"] == "INVALID_VALUE"


@pytest.mark.parametrize("piece", [b"0", b"[]", b"{}", b"[0]", b'{"a":0}', b"[[]]"])
def test_a_long_line_of_any_content_is_read_in_many_slices(piece: bytes) -> None:
    line = b"[" + b",".join([piece] * 9000) + b"]"
    steps = decoding(line)
    assert len(list(steps)) >= 9000 // 200


_NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(_NUMBERS | st.none() | st.booleans() | st.text() | st.dictionaries(st.text(), _NUMBERS)))
def test_numbers_are_read_alike_by_the_quick_decoder(value: object) -> None:
    line = json.dumps(value).encode()
    try:
        expected = wire._decoder.decode(line.decode())
    except ValueError:
        with pytest.raises(BridgeError):
            decode(line)
    else:
        assert decode(line) == expected


def test_a_piece_of_notes_is_decoded_without_a_call_for_each_number() -> None:
    line = json.dumps([[n, 60, n / 80, 0.25, 100.0, False] for n in range(100)]).encode()
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    decode(line)
    sys.setprofile(None)
    assert calls < 20
