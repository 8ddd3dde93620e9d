"""The time for rounds and audit: its share on average at rest, and never none."""

from __future__ import annotations

import itertools

import pytest

from remote_script.SetMirror.audit_time import LONGEST_BREAK, AuditTime

SHARE_S = 0.00014
PUMPS = 4000


class Live:
    """Pumps with an overhead of their own; each run takes all time that it may use."""

    def __init__(self, overhead_s: float) -> None:
        self.now = 0.0
        self.times = AuditTime(SHARE_S, lambda: self.now)
        self.overhead_s = overhead_s
        self.used_s = self.rounds_s = self.audit_s = 0.0
        self.runs: list[int] = []

    def pump(self, number: int, worked: bool = False) -> None:
        start = self.now
        self.now += self.overhead_s
        since = self.now if worked else start
        if self.times.is_due(worked, hurried=False):
            self.runs.append(number)
            began = self.now
            self.now = max(self.now, self.times.rounds_end(since, worked))
            self.rounds_s += self.now - began
            rounds_end = self.now
            self.now = max(self.now, self.times.audit_end(since, worked))
            self.audit_s += self.now - rounds_end
            if worked:
                self.times.charge(self.now - began)
        if not worked:
            self.times.charge(self.now - start)
        self.used_s += self.now - start


def run(overhead_s: float, *, worked: bool = False) -> Live:
    live = Live(overhead_s)
    for number in range(PUMPS):
        live.pump(number, worked)
    return live


@pytest.mark.parametrize("overhead_s", [0.0, 0.00001, 0.00008])
def test_at_rest_the_pumps_use_their_share_on_average(overhead_s: float) -> None:
    live = run(overhead_s)
    assert 0.9 * SHARE_S <= live.used_s / PUMPS <= 1.02 * SHARE_S
    # Long runs with breaks, not one in each pump.
    assert len(live.runs) < PUMPS / 3


@pytest.mark.parametrize("overhead_s", [0.0002, 0.005])
def test_rounds_and_audit_go_on_though_the_pumps_alone_use_more_than_the_share(overhead_s: float) -> None:
    runs = run(overhead_s).runs
    assert max(after - before for before, after in itertools.pairwise(runs)) <= LONGEST_BREAK


def test_each_pump_that_works_compares_and_the_rounds_get_more_time_than_at_rest() -> None:
    live, rest = run(0.004, worked=True), run(0.00008)
    assert len(live.runs) == PUMPS
    assert live.rounds_s > 2 * rest.rounds_s
    assert live.audit_s > 0.15 * PUMPS * SHARE_S


def test_the_pump_after_work_compares_too_since_live_settles_values_a_tick_later() -> None:
    live = Live(0.00001)
    for number in range(40):
        live.pump(number, worked=number == 20)
    assert {20, 21} <= set(live.runs)
    assert 22 not in live.runs


def test_without_a_share_each_pump_takes_the_least_steps() -> None:
    times = AuditTime(0.0, lambda: 5.0)
    assert all(times.is_due(False, False) for _ in range(10))
    assert times.audit_end(5.0, False) == 5.0
