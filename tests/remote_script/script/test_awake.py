"""The awake pump: many turns in one tick of Live while clients send requests, within the share, and none at rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.SetMirror import awake
from remote_script.SetMirror.audit_time import LONGEST_BREAK
from remote_script.SetMirror.awake import Awake

from .guest import Client, Guest


class Waiting:
    """A wait that advances a clock; `answers` are its results, then False."""

    def __init__(self, *answers: bool, takes: Callable[[float], float] = lambda asked: asked) -> None:
        self.now = 100.0
        self.asked: list[float] = []
        self._answers = list(answers)
        self._takes = takes
        self.gap_s = 0.0001
        """How long after an answer the next request is there."""

    def wait(self, seconds: float) -> bool:
        self.asked.append(seconds)
        longest = self._takes(seconds)
        ready = (
            bool(self._answers) and (not self._answers[0] or self.gap_s <= longest) and self._answers.pop(0)
        )
        self.now += self.gap_s if ready else longest
        return ready

    def made(self, share: float = 0.4) -> Awake:
        return Awake(self.wait, share, lambda: self.now)


def test_the_wait_lasts_at_most_its_share_of_the_pump() -> None:
    waiting = Waiting(*[True] * 1000)
    made = waiting.made(0.4)
    start = waiting.now
    while made.more(start):
        waiting.now += 0.0005
    assert 0.003 < waiting.now - start <= 0.4 * awake.NORMAL_S + 0.0005
    assert max(waiting.asked) <= awake.PATIENCE_S
    assert made.counters["woken"] == len(waiting.asked)


def test_a_slow_client_is_awaited_once() -> None:
    waiting = Waiting()
    made = waiting.made()
    assert not made.more(waiting.now)
    assert waiting.asked == [awake.PATIENCE_S]


def test_for_slightly_later_requests_the_wait_grows_within_its_share() -> None:
    waiting = Waiting(False, True)
    made = waiting.made(0.6)
    made.pumped(0.010)
    assert not made.more(waiting.now)
    made.pumped(0.010)
    assert made.more(waiting.now)
    assert waiting.asked == [awake.PATIENCE_S, 2 * awake.PATIENCE_S]
    for _ in range(10):
        made.pumped(0.010)
        made.more(waiting.now)
    assert max(waiting.asked) <= 0.6 * made.distance_s


def test_a_client_that_answers_fast_is_not_waited_for_longer_than_at_first() -> None:
    waiting = Waiting(False, *[True] * 40)
    made = waiting.made(0.8)
    for _ in range(40):
        made.pumped(0.010)
        made.more(waiting.now)
    assert waiting.asked[-1] == pytest.approx(awake.PATIENCE_S, rel=0.01)


def test_after_a_pause_the_wait_starts_as_initially() -> None:
    waiting = Waiting(False, False, True)
    made = waiting.made(0.8)
    for pumps in (1, 1, 20):
        for _ in range(pumps):
            made.pumped(0.010)
        made.more(waiting.now)
    assert waiting.asked == [awake.PATIENCE_S, 2 * awake.PATIENCE_S, awake.PATIENCE_S]


def test_a_client_whose_requests_came_in_time_is_waited_for_as_long_after_a_pause() -> None:
    waiting = Waiting(*[True] * 40, False, True)
    waiting.gap_s = 0.0015
    made = waiting.made(0.8)
    for pumps in (*[1] * 41, 20):
        for _ in range(pumps):
            made.pumped(0.010)
        made.more(waiting.now)
    assert waiting.asked[-1] == pytest.approx(awake.GAPS * 0.0015, rel=0.01)


def test_a_rest_too_short_for_the_client_is_not_waited() -> None:
    waiting = Waiting(*[True] * 1000)
    waiting.gap_s = 0.0015
    made = waiting.made(0.4)
    took = []
    for _ in range(40):
        start = waiting.now
        made.pumped(0.010)
        while made.more(start):
            pass
        made.ended(waiting.now - start)
        took.append(waiting.now - start)
        waiting.now = start + 0.010
    share = 0.4 * 0.010
    # Without that a pump had two requests, three quarters of its share.
    assert 0.95 * share <= sum(took[-20:]) / 20 <= share * (1 + awake.SAVED / 20)
    assert max(took) <= share * (1 + awake.SAVED)


def test_after_many_waits_in_vain_the_clients_former_speed_no_longer_counts() -> None:
    waiting = Waiting(*[True] * 20, *[False] * awake.IN_VAIN, *[True] * 10)
    waiting.gap_s = 0.0035
    made = waiting.made(0.4)
    # The first wait is shorter than this client needs.
    for _ in range(1 + 20 + awake.IN_VAIN):
        made.pumped(0.010)
        made.more(waiting.now)
    for _ in range(awake.REST_PUMPS):
        made.pumped(0.010)
    waiting.gap_s = 0.0005
    start = waiting.now
    assert made.more(start)
    assert made.more(start)


def _pumps(waiting: Waiting, made: Awake, count: int, answer_s: float) -> tuple[list[int], list[float]]:
    """The number of requests and the duration of each of so many pumps; each request takes `answer_s`."""
    requests, took = [], []
    for _ in range(count):
        start = waiting.now
        made.pumped(0.010)
        # Its request is answered first.
        waiting.now += answer_s
        number = 0
        while made.more(start):
            number += 1
            waiting.now += answer_s
        made.ended(waiting.now - start)
        requests.append(number)
        took.append(waiting.now - start)
        waiting.now = max(waiting.now, start + 0.010)
    return requests, took


def test_a_client_that_became_fast_is_waited_for_again() -> None:
    waiting = Waiting(*[True] * 1000)
    made = waiting.made(0.4)
    waiting.gap_s = 0.0055
    slow, _ = _pumps(waiting, made, 30, 0.001)
    assert max(slow) <= 1
    waiting.gap_s = 0.0005
    # Longer than the pause after waits in vain.
    fast, _ = _pumps(waiting, made, awake.REST_PUMPS + 10, 0.0001)
    assert fast[-1] >= 5


@pytest.mark.parametrize("answer_s", [0.0005, 0.003])
@pytest.mark.parametrize("share", [0.2, 0.4, 0.6])
def test_on_average_pumps_do_not_exceed_their_share_however_long_an_answer_takes(
    share: float, answer_s: float
) -> None:
    waiting = Waiting(*[True] * 10_000)
    waiting.gap_s = 0.0004
    _, took = _pumps(waiting, waiting.made(share), 400, answer_s)
    # A pump answers one request in any case.
    assert sum(took[100:]) / 300 <= max(share * 0.010, answer_s) * 1.03


def test_the_report_has_the_used_share_of_lives_time() -> None:
    made = Waiting().made(0.4)
    for _ in range(10 * awake.USED_PUMPS):
        made.pumped(0.010)
        made.ended(0.003)
    assert made.report()["used"] == pytest.approx(0.3, abs=0.001)


def test_no_pump_exceeds_the_maximum() -> None:
    made = Waiting().made(0.8)
    for _ in range(10):
        made.pumped(0.010)
        made.ended(0.0)
    assert made.deadline(0.0) <= awake.MOST * 0.010


def test_after_many_vain_waits_waiting_pauses_and_resumes() -> None:
    waiting = Waiting()
    made = waiting.made(0.4)
    for _ in range(awake.IN_VAIN + awake.REST_PUMPS):
        made.pumped(0.010)
        assert not made.more(waiting.now)
    assert len(waiting.asked) == awake.IN_VAIN + 1
    assert made.off == ""


def test_the_share_refers_to_the_measured_interval_of_live() -> None:
    made = Waiting().made(0.5)
    for _ in range(200):
        made.pumped(0.034)
    assert made.deadline(0.0) == pytest.approx(0.017, rel=0.01)
    for _ in range(200):
        made.pumped(10.0)
    assert made.deadline(0.0) <= 0.5 * awake.DISTANCES[1]


def test_after_a_stall_of_live_there_is_no_wait() -> None:
    waiting = Waiting(True, True)
    made = waiting.made()
    made.pumped(1.0)
    assert not made.more(waiting.now)
    made.pumped(0.010)
    assert made.more(waiting.now)


def test_several_overlong_waits_disable_waiting_and_a_single_one_does_not() -> None:
    waiting = Waiting(takes=lambda asked: 8 * asked)
    made = waiting.made()
    assert not made.more(waiting.now)
    assert made.off == ""
    for _ in range(awake.STRIKES):
        made.more(waiting.now)
    assert "took" in made.off
    asked = len(waiting.asked)
    assert not made.more(waiting.now)
    assert len(waiting.asked) == asked
    assert made.report()["off"] == made.off


def test_overlong_waits_disable_waiting_even_if_a_request_ended_them() -> None:
    """A system that rounds waits lets the script sleep past the request of a slow client."""
    waiting = Waiting(*[True] * 1000, takes=lambda asked: 8 * asked)
    waiting.gap_s = 3 * awake.PATIENCE_S
    made = waiting.made(0.2)
    for _ in range(awake.STRIKES):
        assert made.off == ""
        made.pumped(0.010)
        made.more(waiting.now)
    assert "took" in made.off


def test_requests_in_time_do_not_excuse_overlong_waits() -> None:
    waiting = Waiting(*[True, False] * 1000, takes=lambda asked: 8 * asked)
    made = waiting.made()
    for _ in range(4 * awake.STRIKES):
        made.pumped(0.010)
        made.more(waiting.now)
    assert "took" in made.off


def test_on_a_busy_machine_some_late_waits_do_not_disable_waiting() -> None:
    waiting = Waiting(takes=lambda asked: asked * (8 if len(waiting.asked) % awake.STRIKES else 1))
    made = waiting.made()
    for _ in range(20 * awake.STRIKES):
        made.more(waiting.now)
    assert made.off == ""


def test_a_raising_wait_disables_waiting() -> None:
    def wait(seconds: float) -> bool:
        raise ValueError("filedescriptor out of range in select()")

    made = Awake(wait, 0.4, lambda: 0.0)
    assert not made.more(0.0)
    assert "out of range" in made.off


@pytest.mark.parametrize(("wait", "share"), [(None, 0.4), (lambda seconds: True, 0.0)])
def test_without_a_wait_function_or_a_share_there_is_no_wait(wait: awake.Wait | None, share: float) -> None:
    made = Awake(wait, share, lambda: 0.0)
    assert not made.more(0.0)
    assert made.off == "not wanted"


class LockStep(Guest):
    """A guest whose client sends its next request as soon as it has the previous answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.asks: list[Callable[[], int]] = []
        self.waits = 0
        self.peer = self.follower()
        self.script.awake = Awake(self._wait, 0.8, lambda: 0.0)
        # In real seconds, so that a busy machine does not split one pump into two.
        self.script.awake.distance_s = 1e6

    def _wait(self, seconds: float) -> bool:
        self.waits += 1
        if not self.asks:
            return False
        self.asks.pop(0)()
        return True

    def run(self, *asks: Callable[[], int]) -> int:
        """Send the requests one after the other; returns the number of pumps until all were answered."""
        self.asks = list(asks)
        first = len(self.peer.got)
        self.asks.pop(0)()
        for pumps in range(1, 100):
            self.pump()
            self.peer.take()
            replies = [each for each in self.peer.got[first:] if "method" not in each]
            if len(replies) == len(asks):
                assert all("result" in each for each in replies), replies
                return pumps
        raise AssertionError("not answered")


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch) -> LockStep:
    return LockStep(monkeypatch)


def _set(peer: Client, number: int) -> Callable[[], int]:
    op = {"op": "set", "target": "song", "name": "tempo", "value": 100 + number}
    return lambda: peer.ask("write.execute", write=f"w{number}", ops=[op])


def _call(peer: Client, number: int) -> Callable[[], int]:
    op = {"op": "call", "target": "song", "method": "create_midi_track", "args": {"index": -1}}
    return lambda: peer.ask("write.execute", write=f"c{number}", ops=[op])


def test_a_client_in_lock_step_gets_many_writes_into_one_pump(guest: LockStep) -> None:
    peer = guest.peer
    assert guest.run(*[_set(peer, number) for number in range(20)]) == 1


def test_a_write_with_calls_has_its_own_turn(guest: LockStep) -> None:
    peer = guest.peer
    assert guest.run(*[_call(peer, number) for number in range(5)]) == 5
    assert guest.run(_set(peer, 1), _set(peer, 2), _call(peer, 6), _set(peer, 3)) == 3


def test_with_separate_undo_each_write_has_its_own_pump(guest: LockStep) -> None:
    guest.script._undo_apart = True
    peer = guest.peer
    assert guest.run(*[_set(peer, number) for number in range(5)]) == 5


def _ends(guest: LockStep, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the pumps in which undo steps end, filled while writes run."""
    pumps: list[int] = []
    end = guest.script.executor._step.end

    def noted(parameters: bool = False) -> None:
        if guest.script.executor._step.is_open:
            pumps.append(guest.script.counters["pumps"])
        end(parameters)

    monkeypatch.setattr(guest.script.executor._step, "end", noted)
    return pumps


def _notifying(monkeypatch: pytest.MonkeyPatch, guest: LockStep, times: int) -> None:
    """Let Live refuse the next tracks while it notifies, so that this write takes so many more pumps."""
    create, refusals = guest.song.create_midi_track, [None] * times

    def created(index: int | None = None) -> Any:
        if refusals:
            refusals.pop()
            raise RuntimeError("Changes cannot be triggered by notifications.")
        return create(index)

    monkeypatch.setattr(type(guest.song), "create_midi_track", lambda self, index=None: created(index))


@pytest.mark.parametrize("following", [_call, _set])
@pytest.mark.parametrize("more_pumps", [0, 1, 3])
def test_no_write_follows_a_write_with_calls_in_the_pump_in_which_its_undo_step_ends(
    guest: LockStep,
    monkeypatch: pytest.MonkeyPatch,
    more_pumps: int,
    following: Callable[[Client, int], Callable[[], int]],
) -> None:
    ends = _ends(guest, monkeypatch)
    _notifying(monkeypatch, guest, more_pumps)
    guest.run(_call(guest.peer, 1), following(guest.peer, 2), _call(guest.peer, 3))
    assert len(ends) == len(set(ends)) == 3


@pytest.mark.parametrize("more_pumps", [0, 1])
def test_with_separate_undo_the_steps_of_any_two_writes_end_in_different_pumps(
    guest: LockStep, monkeypatch: pytest.MonkeyPatch, more_pumps: int
) -> None:
    guest.script._undo_apart = True
    ends = _ends(guest, monkeypatch)
    _notifying(monkeypatch, guest, more_pumps)
    guest.run(_set(guest.peer, 1), _call(guest.peer, 2), _set(guest.peer, 3), _set(guest.peer, 4))
    assert len(ends) == len(set(ends)) == 4


def test_without_requests_there_is_no_wait_and_the_audit_continues(guest: LockStep) -> None:
    before, steps = guest.waits, guest.script.timings["audit"].count
    guest.pump(50)
    assert guest.waits == before
    assert guest.script.timings["audit"].count >= steps + 50 // LONGEST_BREAK


def test_during_writes_in_lock_step_the_audit_continues(guest: LockStep) -> None:
    peer = guest.peer
    steps = guest.script.timings["audit"].count
    for number in range(10):
        guest.run(_set(peer, 2 * number), _set(peer, 2 * number + 1))
    assert guest.script.timings["audit"].count >= steps + 10
