"""The audit on a large Set: every planted difference is found within a stated time and repaired as a batch."""

from __future__ import annotations

import random
import sys
from typing import Any

import pytest

from remote_script.headless.sets.generate import large_set
from remote_script.SetMirror.audit import LARGE_EVERY, RARE_EVERY
from remote_script.SetMirror.contract.values import ABSENT
from tests.every_class import everything
from tests.lean import demo_set

from .stage import Stage

PASS_S = 60.0
PLANTED = 40
CALLS_FOR_EACH = 6
"""Calls of the script's code for each parameter in a pass: a call for each property would be more."""


def test_every_planted_difference_is_detected_within_a_minute_and_attributed_to_the_audit() -> None:
    stage = Stage(large_set(40, 100, 500, 4000))
    client = stage.follower()
    client.follow()
    shadow = stage.script.batcher.shadow
    parameters = [row for row in shadow.rows.values() if row.layout.type == "DeviceParameter"]
    assert len(parameters) > 4000
    chosen = random.Random(5).sample(parameters, PLANTED)
    truth = {}
    for row in chosen:
        # As if Live had changed the value without a notification.
        index = row.layout.index["value"]
        truth[row.id] = row.values[index]
        row.values[index] = -12345.0
        client.objects[row.id][4]["value"] = -12345.0
    began = stage.live.clock.now()
    causes = set()
    while stage.live.clock.now() - began < PASS_S and any(
        client.objects[id_][4]["value"] == -12345.0 for id_ in truth
    ):
        stage.live.run_for(1)
        causes |= {batch["cause"] for batch in client.follow()}
    assert {id_: client.objects[id_][4]["value"] for id_ in truth} == truth
    assert causes == {"audit"}
    assert stage.script.audit.counters["missed"] == PLANTED
    stage.live.close()


def planted(stage: Stage, type_: str, name: str, value: Any) -> tuple[int, int]:
    """Give the first object of a class another value in the shadow, as if Live had changed it unnoticed."""
    rows = stage.script.batcher.shadow.rows.values()
    row = next(row for row in rows if row.layout.type == type_ and row.value(name) is not None)
    index = row.layout.index[name]
    row.values[index] = value
    return row.id, index


def test_marked_changes_are_not_counted_as_missed() -> None:
    stage = Stage(demo_set())
    stage.until_ready()
    audit, attribution = stage.script.audit, stage.script.batcher.attribution
    id_, index = planted(stage, "Track", "name", "planted")
    attribution.mark(id_, 1 << index)
    audit.step(lambda: True)
    assert id_ not in audit.take()
    attribution.take()
    audit.step(lambda: True)
    assert audit.take()[id_] & 1 << index
    stage.live.close()


def test_an_unnoticed_change_of_a_long_value_is_detected_within_a_few_passes() -> None:
    stage = Stage(demo_set())
    stage.until_ready()
    audit = stage.script.audit
    notes = tuple((number, 60, float(number), 1.0, 100.0, False, 1.0, 0.0, 64.0) for number in range(500))
    id_, index = planted(stage, "Clip", "notes", notes)
    passes = [audit.take() for _ in range(LARGE_EVERY) if audit.step(lambda: True) is None]
    assert [number for number, marks in enumerate(passes) if marks.get(id_, 0) & 1 << index] != []
    stage.live.close()


@pytest.mark.parametrize("planted_value", ["planted", ABSENT])
def test_every_plain_property_of_every_class_is_compared_within_a_few_passes(planted_value: Any) -> None:
    stage = Stage(everything())
    stage.until_ready()
    audit, shadow = stage.script.audit, stage.script.batcher.shadow
    missed = []
    for type_, row in {row.layout.type: row for row in shadow.rows.values()}.items():
        for index, _ in row.layout.simple:
            value = row[index]
            if value is planted_value:
                continue
            row[index] = planted_value
            for _ in range(RARE_EVERY):
                audit.counters["passes"] += 1
                assert audit._compare_simple(row)
            row[index] = value
            if not audit.take().get(row.id, 0) & 1 << index:
                missed.append(f"{type_}.{row.layout.names[index]}")
    assert missed == []
    stage.live.close()


def test_a_deleted_object_marks_the_list_that_contains_it() -> None:
    stage = Stage(demo_set())
    stage.until_ready()
    audit, shadow = stage.script.audit, stage.script.batcher.shadow
    track = shadow.row_of(stage.song.tracks[0])
    assert track is not None
    stage.song.delete_track(0)
    audit.take()
    assert not audit._compare_simple(track)
    assert shadow.root is not None
    assert audit.take() == {shadow.root.id: 1 << shadow.root.layout.index["tracks"]}
    stage.live.close()


def test_a_pass_makes_few_calls_for_each_parameter() -> None:
    stage = Stage(large_set(2, 2, 0, 500))
    stage.until_ready()
    audit = stage.script.audit
    rows = [row for row in stage.script.batcher.shadow.rows.values() if row.layout.type == "DeviceParameter"]
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call") and "SetMirror" in frame.f_code.co_filename

    sys.setprofile(count)
    for _ in range(RARE_EVERY):
        audit.counters["passes"] += 1
        for row in rows:
            audit._compare_simple(row)
    sys.setprofile(None)
    assert calls <= CALLS_FOR_EACH * RARE_EVERY * len(rows)
    stage.live.close()
