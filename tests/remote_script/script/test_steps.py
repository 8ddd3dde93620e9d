"""No step between two looks at the clock grows with what changed, is sent or is deleted; lists of all tracks say so.

With a budget of nothing a turn is one step. Its work is counted in calls that the script's own code makes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless.sets.generate import large_set
from remote_script.SetMirror import pace
from remote_script.SetMirror.clients import SENT_AT_ONCE, Client
from remote_script.SetMirror.contract import seal
from remote_script.SetMirror.shadow import _PASSED

from .stage import Stage

CALLS = 1600
"""The most that one step may make of calls, in a Set of few tracks: the tables of 64 tracks or clips."""
FOR_EACH_TRACK = 12
"""Calls for each element of a list of all tracks or scenes, which is read and compared in one step."""
DELETE, UNDO, DUPLICATE, RENAME = "delete a track", "undo", "duplicate a track", "rename a return track"


def _edits(stage: Stage) -> dict[str, Callable[[], Any]]:
    person, song = stage.live.person, stage.song
    return {
        DELETE: lambda: person.do(lambda song: song.delete_track(1)),
        UNDO: lambda: person.do(lambda song: song.undo()),
        DUPLICATE: lambda: person.do(lambda song: song.duplicate_track(1)),
        RENAME: lambda: setattr(song.return_tracks[0], "name", "Room"),
    }


class Work:
    """Counts the calls of the script's code, of Python or C functions, in each turn."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._calls = 0
        stage.script._budget_s = 0.0
        stage.script._audit_s = 0.0

    def _count(self, frame: Any, event: str, argument: Any) -> None:
        if event in ("call", "c_call") and "SetMirror" in frame.f_code.co_filename:
            self._calls += 1

    def turn(self) -> int:
        """Calls of one turn."""
        self._calls = 0
        sys.setprofile(self._count)
        try:
            self._stage.script.pump()
        finally:
            sys.setprofile(None)
        return self._calls

    def until(self, is_done: Callable[[], bool]) -> int:
        """The most calls of one turn, of all turns until `is_done()`."""
        most = self.turn()
        for _ in range(100_000):
            if is_done():
                return most
            most = max(most, self.turn())
        raise AssertionError("the work does not end")


def _most_calls(size: tuple[int, int, int, int], edits: tuple[str, ...]) -> dict[str, int]:
    """The most calls of one step: for a snapshot, and for each of these edits."""
    stage = Stage(large_set(*size))
    client = stage.follower()
    work, script = Work(stage), stage.script
    client.ask("set.snapshot")
    most = {"snapshot": max(work.turn(), work.until(lambda: not script.batcher.shadow.snapshots))}
    for name in edits:
        _edits(stage)[name]()
        # Routing menus come after the change itself.
        most[name] = work.until(lambda: script._job is None and not script.batcher.attribution.due)
    stage.live.close()
    return most


def test_no_step_grows_with_the_edited_track_or_with_the_snapshot() -> None:
    most = _most_calls((5, 500, 1000, 2500), (DELETE, UNDO, DUPLICATE, RENAME))
    assert {name: calls for name, calls in most.items() if calls > CALLS} == {}


@pytest.mark.slow
def test_no_step_of_a_set_of_a_thousand_tracks_does_more_than_one_list_of_them() -> None:
    most = _most_calls((1000, 1000, 1000, 1000), (DELETE, UNDO, RENAME))
    limit = CALLS + FOR_EACH_TRACK * 1000
    assert {name: calls for name, calls in most.items() if calls > limit} == {}


def test_a_turn_without_time_passes_over_a_bounded_number_of_deleted_objects() -> None:
    stage = Stage(large_set(2, 4, 0, 20))
    stage.until_ready()
    shadow = stage.script.batcher.shadow
    for _ in range(10_000):
        shadow.new_id()
    last = shadow.rows[1].state()
    last.id = shadow.new_id()
    shadow.rows[last.id] = last
    snapshot = shadow.snapshot(1, [])
    snapshot._order = range(1, last.id + 1)
    steps = 0
    while not snapshot.is_taken:
        before = snapshot._position
        snapshot.take(shadow.rows)
        steps += 1
        assert snapshot._position - before <= _PASSED
    assert steps >= 5
    stage.live.close()


class _Sink:
    """A connection that accepts all bytes."""

    def __init__(self) -> None:
        self.pieces: list[int] = []

    def send(self, data: Any) -> int:
        self.pieces.append(len(data))
        return len(data)

    def close(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize("lines", [[5_000_000], [100] * 20_000, [30_000] * 100])
def test_sending_looks_at_the_clock_after_every_piece(lines: list[int]) -> None:
    sink = _Sink()
    client = Client(sink, 0.0)
    client.serve(seal.script_session("ab" * 32, "cd" * 32, "ef" * 32))
    for size in lines:
        client.push(b"x" * (size - 1) + b"\n")
    looks = 0

    def more() -> bool:
        nonlocal looks
        looks += 1
        return False

    while sum(sink.pieces) < sum(lines) + len(lines) * seal.TRAILER:
        before = len(sink.pieces)
        client.send(1 << 30, more)
        assert len(sink.pieces) == before + 1
    assert max(sink.pieces) <= SENT_AT_ONCE + seal.SLICE
    assert looks == len(sink.pieces)


def test_lists_of_all_tracks_are_announced_as_long_steps() -> None:
    stage = Stage(large_set(5, 10, 0, 20))
    client = stage.follower()
    announced: list[str] = []
    run = pace.Job.run

    def noted(job: pace.Job, end: float, limit: float) -> bool:
        steps = job._steps
        ended = run(job, end, limit)
        if job._is_long:
            frame = steps
            while getattr(frame, "gi_yieldfrom", None) is not None:
                frame = frame.gi_yieldfrom
            announced.append(frame.gi_code.co_name)
        return ended

    work = Work(stage)
    pace.Job.run, restore = noted, run  # type: ignore[method-assign]
    try:
        stage.song.create_midi_track(0)
        work.until(lambda: stage.script._job is None and not stage.script.batcher.attribution.due)
    finally:
        pace.Job.run = restore  # type: ignore[method-assign]
    assert {"_flush_lists", "_compare", "reading"} <= set(announced)
    client.follow()
    stage.live.close()
