"""A crowd in virtual time: right objects, right authors, and undos of own edits only; see `crowd`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import trio.testing

from mirror.undo import UndoHistory
from mirror.writes import Writes
from remote_script.SetMirror import executor as executing
from remote_script.SetMirror.attribution import Claim
from remote_script.SetMirror.entries import Entries
from remote_script.SetMirror.executor import Executor
from tests.crowd import Report, run, with_places

Clock = trio.testing.MockClock
SEEDS, EACH = (1, 2, 3, 4), 500
MEANWHILE = 50
"""The number of runs: for each method with places in the slow set, for all together in the fast set."""


def told(report: Report) -> Report:
    print(report)
    return report


async def test_2000_operations_hit_the_right_objects_with_the_right_authors(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    meanwhile: Counter[str] = Counter()
    for seed in SEEDS:
        with monkeypatch.context() as patch:
            report = told(await run(seed, EACH, patch))
        assert report.wrong == [], report
        meanwhile += report.changed_meanwhile
    few = {
        method.name: meanwhile[method.name]
        for _, method in with_places()
        if meanwhile[method.name] < MEANWHILE
    }
    assert few == {}


@pytest.mark.slow
async def test_20000_operations_hit_the_right_objects_with_the_right_authors(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    for seed in range(100, 110):
        with monkeypatch.context() as patch:
            report = told(await run(seed, 2000, patch))
        assert report.wrong == [], report


# -- wrong ones ------------------------------------------------------------------------------------


def _index_at_call_time(patch: pytest.MonkeyPatch) -> None:
    """Wrong: places are sent to Live as the indices at the time of the call."""
    patch.setattr(Writes, "bind", lambda self, request, *more: request)
    patch.setattr(executing, "bind", lambda batcher, write: None)


class _Greedy(Claim):
    """Wrong: every change of an object that a write affected is attributed to that write."""

    def __init__(self, cause: Any, id_: int, until: float) -> None:
        super().__init__(cause, until)
        self._id = id_

    def claims(self, row: Any, index: int, value: Any) -> bool:
        return bool(row.id == self._id)


def _all_marks_are_mine(patch: pytest.MonkeyPatch) -> None:
    def declare(executor: Any, write: Any, operation: Any) -> None:
        until = executor._clock() + 0.5
        executor.batcher.attribution.declare(_Greedy(write.cause, operation.row.id, until))

    patch.setattr(Executor, "_declare", declare)


def _undo_by_name(patch: pytest.MonkeyPatch) -> None:
    """Wrong: undo assumes that the newest entry is the requested write."""
    patch.setattr(UndoHistory, "base_of", lambda history, write: None)
    patch.setattr(Entries, "foreign", lambda entries, write, marks: "")


WRONG: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "index at call time": _index_at_call_time,
    "all marks of touched rows are mine": _all_marks_are_mine,
    "undo by name": _undo_by_name,
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_variant_is_detected_within_200_operations(
    wrong: str, monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    with monkeypatch.context() as patch:
        WRONG[wrong](patch)
        report = told(await run(1, 200, patch, first_wrong=True))
    assert report.wrong, report
