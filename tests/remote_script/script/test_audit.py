"""The audit on a large Set: every planted difference is found within a stated time and repaired as a batch."""

from __future__ import annotations

import random

from remote_script.headless.sets.generate import large_set

from .stage import Stage

PASS_S = 60.0
PLANTED = 40


def test_every_planted_difference_is_found_within_a_minute_and_told_as_the_audits() -> None:
    stage = Stage(large_set(40, 100, 500, 4000))
    client = stage.follower()
    client.follow()
    shadow = stage.script.batcher.shadow
    parameters = [row for row in shadow.rows.values() if row.layout.type == "DeviceParameter"]
    assert len(parameters) > 4000
    chosen = random.Random(5).sample(parameters, PLANTED)
    truth = {}
    for row in chosen:
        # As if Live had changed it and told nobody.
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
