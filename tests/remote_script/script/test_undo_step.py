"""The entry that a write makes in Live's history."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from remote_script.headless.sets.generate import default_set
from remote_script.SetMirror.undo_step import UndoStep

from .stage import Stage


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


def _two_scenes(stage: Stage, role: str) -> dict[str, Any]:
    call = {"op": "call", "target": "song", "method": "create_scene", "args": {"index": -1}}
    client = stage.client(role=role)
    return client.call("write.execute", write="w", author="tester", apart=True, ops=[call, call])


def test_operations_of_a_probe_have_an_undo_step_each_in_one_turn() -> None:
    stage = Stage(default_set())
    stage.until_ready()
    before = len(stage.song.scenes)
    turns: list[int] = []
    step = stage.script.executor._step
    end = step.end

    def noted(parameters: bool = False) -> None:
        if step.is_open:
            turns.append(stage.script.counters["pumps"])
        end(parameters)

    step.end = noted  # type: ignore[method-assign]
    answer = _two_scenes(stage, "person")
    assert answer["result"]["undo_steps"] == 2
    assert len(turns) == 2
    assert len(set(turns)) == 1
    for left in (1, 0):
        stage.song.undo()
        assert len(stage.song.scenes) == before + left
    stage.live.close()


def test_an_agent_may_not_separate_the_undo_steps_of_a_write() -> None:
    stage = Stage(default_set())
    stage.until_ready()
    before = len(stage.song.scenes)
    assert _two_scenes(stage, "agent")["error"]["data"]["error"] == "DENIED"
    assert len(stage.song.scenes) == before
    stage.live.close()
