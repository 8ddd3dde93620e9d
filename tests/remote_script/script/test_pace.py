"""A turn ends before a step that would probably end too late; steps of unknown duration are measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from remote_script.SetMirror import pace
from remote_script.SetMirror.pace import LONG, Job, Pace

END, LIMIT = 0.0041, 0.0045
SHORT_S, LONG_S = 0.0001, 0.002


class Steps:
    """A job of steps on a virtual clock: each step has a duration, and may be announced."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(pace.time, "perf_counter", lambda: self.now)

    def of(self, *durations: float) -> Iterator[bool | None]:
        for seconds in durations:
            yield LONG if seconds >= LONG_S else None
            self.now += seconds

    def turns(self, job: Job) -> list[float]:
        """The durations of the turns until the job has ended."""
        durations = []
        ended = False
        while not ended:
            began = self.now
            ended = job.run(began + END, began + LIMIT)
            durations.append(self.now - began)
        return durations


def test_a_step_announced_as_long_waits_for_the_next_turn_when_too_little_time_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = Steps(monkeypatch)
    known = Pace()
    for _ in range(10):
        known.add(LONG_S)
    durations = steps.turns(Job(steps.of(*[SHORT_S] * 30, LONG_S, *[SHORT_S] * 10, LONG_S), known))
    assert max(durations) <= LIMIT
    assert len(durations) == 3


def test_the_duration_of_long_steps_is_learned_from_the_first_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = Steps(monkeypatch)
    work = ([SHORT_S] * 35 + [LONG_S]) * 20
    durations = steps.turns(Job(steps.of(*work), Pace()))
    assert max(durations[1:]) <= LIMIT


def test_one_interrupted_step_does_not_hold_up_the_following_ones() -> None:
    pieces = Pace()
    for _ in range(20):
        pieces.add(SHORT_S)
    pieces.add(0.008)
    assert pieces.fits(0.0, END, LIMIT)
    for _ in range(20):
        pieces.add(SHORT_S)
    assert pieces.fits(END - 2 * SHORT_S, END, LIMIT)


def test_a_job_does_at_least_one_step_in_each_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch)
    job = Job(steps.of(*[2 * END] * 5), Pace())
    assert steps.turns(job) == pytest.approx([2 * END] * 5)
