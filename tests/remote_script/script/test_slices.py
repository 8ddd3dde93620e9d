"""No step of reading the Set grows with the Set, counted by accesses to Live: a slice ends after the step it is in."""

from __future__ import annotations

from threading import get_ident

import pytest

from remote_script.headless.api import handles
from remote_script.headless.sets.generate import large_set
from remote_script.SetMirror.shadow import Shadow

from .stage import Stage

ACCESSES = 250
"""The most that one step may make: the properties and listeners of one track."""
FOR_EACH_ITEM = 4
"""Of a list of children, whose pointers are read in one step: pointer, life, and the same in another list."""


@pytest.mark.parametrize("tracks", [5, 20])
def test_a_step_of_the_build_is_one_object_or_one_list(tracks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(large_set(tracks, 2 * tracks, 20 * tracks, 30 * tracks), budget_s=0.0)
    accesses = 0

    def counted() -> int:
        nonlocal accesses
        accesses += 1
        return get_ident()

    monkeypatch.setattr(handles, "get_ident", counted)
    most = steps = 0
    while not stage.script.status()["ready"]:
        accesses = 0
        stage.script.pump()
        most, steps = max(most, accesses), steps + 1
    lists = max(tracks, 30, len(stage.live.song.scenes))
    assert most <= ACCESSES + FOR_EACH_ITEM * lists
    assert steps > len(stage.script.batcher.shadow.rows)
    stage.live.close()


def test_the_order_of_all_objects_is_no_list_unless_most_are_deleted() -> None:
    stage = Stage(large_set(5, 10, 20, 100))
    stage.until_ready()
    shadow = stage.script.batcher.shadow
    assert list(shadow.order()) == list(shadow.rows)
    assert isinstance(shadow.order(), range)
    for _ in range(2):
        stage.live.person.do(lambda song: song.delete_track(len(song.tracks) - 1))
        stage.pump(50)
        # Ids of deleted objects may be in it, but none is missing, and most are there.
        order = shadow.order()
        assert [id_ for id_ in order if id_ in shadow.rows] == list(shadow.rows)
        assert len(order) <= 2 * len(shadow.rows)
    while len(stage.live.song.tracks) > 1:
        stage.live.person.do(lambda song: song.delete_track(len(song.tracks) - 1))
    stage.pump(100)
    assert list(shadow.order()) == list(shadow.rows)
    stage.live.close()


def test_an_empty_shadow_has_no_order() -> None:
    assert list(Shadow().order()) == []
