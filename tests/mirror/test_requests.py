"""`WriteRequest`: one value for a write from the tool to the wire."""

from __future__ import annotations

import math
from typing import Any

import pytest

from mirror import Call, Set, WriteRequest, errors

RENAME = Set("tracks/1", "name", "Sub")


def test_a_request_is_immutable() -> None:
    request = WriteRequest.of([RENAME], author="me")
    with pytest.raises(AttributeError):
        request.author = "you"  # type: ignore[misc]
    assert request == WriteRequest(ops=(RENAME,), author="me")


def test_omitted_arguments_are_not_sent() -> None:
    wire = WriteRequest.of([RENAME], author="me").to_wire("w1", "e1", [{"op": "set"}], [], 2.5, 7.0)
    assert wire == {
        "write": "w1",
        "author": "me",
        "epoch": "e1",
        "label": "",
        "ops": [{"op": "set"}],
        "deadline_s": 2.5,
        "sent": 7.0,
    }


def test_given_arguments_are_sent() -> None:
    request = WriteRequest.of(
        [RENAME], author="me", label="l", if_revision=0, expect=[["song", "tempo", 1.0]], dry_run=True
    )
    wire = request.to_wire("w1", "e1", [], [{"target": 1, "name": "tempo", "value": 1.0}], -1.0, 7.0)
    assert (wire["if_revision"], wire["dry_run"], wire["deadline_s"]) == (0, True, 0.001)
    assert wire["expect"] == [{"target": 1, "name": "tempo", "value": 1.0}]


def test_a_request_waits_in_the_queue_of_its_client_or_its_author() -> None:
    assert WriteRequest.of([RENAME], author="me").queue == "me"
    assert WriteRequest.of([RENAME], author="me", client="me#2").queue == "me#2"


@pytest.mark.parametrize(
    ("about", "error"),
    [
        ({"deadline_s": 0.0}, errors.InvalidValue),
        ({"deadline_s": 3601.0}, errors.InvalidValue),
        ({"deadline_s": math.nan}, errors.InvalidValue),
        ({"write_id": ""}, errors.InvalidValue),
        ({"write_id": "x" * 101}, errors.InvalidValue),
        ({"no_such_field": 1}, TypeError),
    ],
)
def test_an_unsendable_request_cannot_be_created(about: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        WriteRequest.of([RENAME], **about)


@pytest.mark.parametrize("count", [0, 1001])
def test_a_request_has_1_to_1000_operations(count: int) -> None:
    with pytest.raises(errors.TooLarge):
        WriteRequest.of([Call("song", "start_playing")] * count)
