"""The timer that drives the pump, and the log of Live, where Live refuses either."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from remote_script.SetMirror.live_log import MOST_FAILURES, LiveLog
from remote_script.SetMirror.pump_timer import TIMER_MS, PumpTimer


class Timer:
    def __init__(self, callback: Any, interval: int, repeat: bool, start: bool) -> None:
        self.asked = (callback, interval, repeat)
        self.running = start

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False


def pump() -> None:
    raise AssertionError("nobody calls it here")


def test_the_timer_runs_from_the_start_is_revived_and_stops_for_good() -> None:
    failures: list[str] = []
    timer = PumpTimer(SimpleNamespace(Base=SimpleNamespace(Timer=Timer)), pump, failures.append)
    lives = timer._timer
    assert (lives.asked, timer.is_running) == ((pump, TIMER_MS, True), True)
    lives.running = False
    timer.revive()
    assert timer.is_running
    timer.stop()
    timer.revive()
    assert (lives.running, timer.is_running, failures) == (False, False, [])


def test_a_live_without_timers_is_a_failure_and_leaves_a_timer_that_never_runs() -> None:
    failures: list[str] = []
    timer = PumpTimer(None, pump, failures.append)
    timer.revive()
    timer.stop()
    assert (timer.is_running, failures) == (False, ["timer"])


def test_equal_failures_are_logged_once_and_different_ones_up_to_a_number() -> None:
    lines: list[str] = []
    log = LiveLog(SimpleNamespace(log_message=lines.append))
    for _ in range(3):
        for number in range(MOST_FAILURES + 10):
            try:
                raise ValueError(number)
            except ValueError:
                log.failed("pump")
    assert len(lines) == MOST_FAILURES
    assert lines[0].startswith("SetMirror failed in pump: Traceback")


def test_a_log_that_live_refuses_costs_nothing() -> None:
    LiveLog(SimpleNamespace()).write("lost")
