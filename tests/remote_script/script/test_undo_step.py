"""The entry that a write makes in Live's history, tested alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from remote_script.SetMirror.undo_step import UndoStep


class Song:
    """A song that counts the calls of its undo methods."""

    def __init__(self, *, syncs: bool = True, ends: bool = True) -> None:
        self.asked: list[str] = []
        self._ends = ends
        if syncs:
            self.sync_parameter_changes = lambda: self.asked.append("sync")

    def begin_undo_step(self) -> None:
        self.asked.append("begin")

    def end_undo_step(self) -> None:
        self.asked.append("end")
        if not self._ends:
            raise RuntimeError("the Set is closed")


def step_of(song: Song) -> tuple[UndoStep, Any, list[str]]:
    log: list[str] = []
    batcher: Any = SimpleNamespace(song=song, revision=5, last_foreign=5)
    return UndoStep(batcher, log.append), batcher, log


def test_a_step_is_begun_and_ended_once() -> None:
    song = Song()
    step, _, _ = step_of(song)
    step.begin()
    step.begin()
    assert step.is_open
    step.end()
    step.end()
    assert song.asked == ["begin", "end"]


def test_parameters_join_the_step_before_it_ends_where_live_can_sync_them() -> None:
    for syncs, asked in ((True, ["begin", "sync", "end"]), (False, ["begin", "end"])):
        song = Song(syncs=syncs)
        step, _, _ = step_of(song)
        step.begin()
        step.end(parameters=True)
        assert song.asked == asked


def test_a_step_is_split_by_an_edit_of_another_author() -> None:
    step, batcher, _ = step_of(Song())
    batcher.last_foreign = 6
    assert not step.is_split
    batcher.revision = 6
    step.begin()
    assert not step.is_split
    batcher.last_foreign = 7
    assert step.is_split
    step.end()
    assert not step.is_split


def test_a_foreign_step_is_closed_only_while_no_step_of_ours_is_open() -> None:
    song = Song()
    step, _, _ = step_of(song)
    step.close_foreign()
    step.begin()
    step.close_foreign()
    assert song.asked == ["end", "begin"]


def test_a_set_closed_during_a_step_gives_only_a_log_line() -> None:
    step, _, log = step_of(Song(ends=False))
    step.begin()
    step.end()
    assert not step.is_open
    assert "the Set is closed" in log[0]


def test_a_live_that_cannot_sync_still_ends_the_step() -> None:
    song = Song()

    def fail() -> None:
        raise RuntimeError("no")

    song.sync_parameter_changes = fail
    step, _, _ = step_of(song)
    step.begin()
    with pytest.raises(RuntimeError):
        step.end(parameters=True)
    assert song.asked == ["begin", "end"]
