"""The deadline of a write counts from its sending, in the queue as well; a write that missed it is not started."""

from __future__ import annotations

import pytest

from .guest import Guest
from .test_writing import put, refused


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch) -> Guest:
    return Guest(monkeypatch)


@pytest.mark.parametrize(
    ("sent_before_s", "deadline_s", "stall_s", "runs"),
    [
        (2.0, 0.05, 2.0, False),
        (0.02, 0.05, 2.0, True),
        (2.0, 3.0, 2.0, True),
        # The clock of another machine is wrong by an hour.
        (3600.0, 0.05, 0.0, True),
        (-3600.0, 0.05, 2.0, True),
        (None, 0.05, 2.0, True),
    ],
)
def test_a_deadline_counts_from_the_sending_while_live_stalls(
    guest: Guest, sent_before_s: float | None, deadline_s: float, stall_s: float, runs: bool
) -> None:
    client = guest.follower()
    guest.script.executor.wall = lambda: 1e9 + guest.now
    guest.now += stall_s
    # The next turn is 0.01 s later.
    sent = None if sent_before_s is None else 1e9 + guest.now + 0.01 - sent_before_s
    times = {"deadline_s": deadline_s, **({} if sent is None else {"sent": sent})}
    answer = client.write(put("song", "tempo", 90), **times)
    assert (guest.song.tempo == 90.0) is runs
    assert runs or refused(answer)["error"] == "DEADLINE"


@pytest.mark.parametrize("times", [{}, {"sent": 2e9}])
def test_a_write_whose_deadline_passed_in_the_queue_is_not_started(
    guest: Guest, times: dict[str, float]
) -> None:
    client = guest.follower()
    guest.script.executor.wall = lambda: 1e9
    guest.song._late.add("is_playing")
    guest.world.loses_late = True
    client.ask("write.execute", write="slow", ops=[put("song", "is_playing", True)])
    request = client.ask(
        "write.execute", write="late", ops=[put("song", "tempo", 90)], deadline_s=0.1, **times
    )
    guest.pump(200)
    assert refused(client.reply(request) or {})["error"] == "DEADLINE"
    assert guest.song.tempo == 120.0
