"""The audit on a large Set: every planted difference is found within a stated time and repaired as a batch."""

from __future__ import annotations

import random
from typing import Any

from remote_script.headless.sets.generate import large_set
from remote_script.SetMirror.audit import LARGE_EVERY
from tests.lean import demo_set

from .stage import Stage

PASS_S = 60.0
PLANTED = 40


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
