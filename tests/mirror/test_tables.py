"""Objects of a snapshot as tables: encoded by the script from its rows, and decoded by the mirror."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from mirror import wire
from mirror.store import Store
from remote_script.SetMirror.contract.values import ABSENT
from remote_script.SetMirror.layouts import Row
from remote_script.SetMirror.shadow import Snapshot
from tests.every_class import everything
from tests.remote_script.script.guest import add
from tests.remote_script.script.stage import Stage


def taken(snapshot: Snapshot, rows: dict[int, Row]) -> dict[int, Any]:
    """The objects of a snapshot by id, from lines as the mirror decodes them."""
    objects: dict[int, Any] = {}
    while not snapshot.is_taken:
        _take(snapshot, rows, objects)
    return objects


def _take(snapshot: Snapshot, rows: dict[int, Row], objects: dict[int, Any]) -> None:
    """Add the next objects."""
    if tables := snapshot.take(rows):
        body = b'{"snapshot":1,"tables":[' + b",".join(tables) + b"]}"
        message = wire.decode(b'{"jsonrpc":"2.0","method":"set.objects","params":' + body + b"}")
        for obj in message.params.objects:
            add(objects, obj)


def plain(rows: dict[int, Row]) -> dict[int, Any]:
    """The same objects one by one, as a batch adds them."""
    return {id_: json.loads(row.line()) for id_, row in rows.items()}


def test_every_object_of_a_snapshot_equals_its_add_in_a_batch() -> None:
    stage = Stage(everything())
    stage.until_ready()
    rows = stage.script.batcher.shadow.rows
    assert taken(Snapshot(rows, 1, []), rows) == plain(rows)
    stage.live.close()


@pytest.mark.parametrize("seed", range(3))
def test_a_row_changed_during_a_snapshot_is_sent_in_its_former_state(seed: int) -> None:
    draw = random.Random(seed)
    stage = Stage(everything())
    stage.until_ready()
    rows = stage.script.batcher.shadow.rows
    before = plain(rows)
    snapshot = Snapshot(rows, 1, [])
    objects: dict[int, Any] = {}
    _take(snapshot, rows, objects)
    for row in draw.sample(list(rows.values()), len(rows) // 2):
        snapshot.keep(row)
        for index in row.layout.plain:
            row.values[index] = draw.choice([ABSENT, None, "other", 1.5])
    while not snapshot.is_taken:
        _take(snapshot, rows, objects)
    assert objects == before
    stage.live.close()


@pytest.mark.parametrize(
    ("table", "bad"),
    [
        (["Track", "tracks", [], ["name"], [[2, 1, "A"], [3, 1], [4, 1, "B", "more"], "row", None]], 4),
        (["Track", "tracks", [], ["name"], 7], 1),
        (["Track", "tracks", [], ["name"]], 1),
        ("table", 1),
        (None, 1),
        ({"rows": []}, 1),
        (["Track", "tracks", [], [["name"]], [[2, 1, "A"]]], 1),
        ([5, "tracks", [], ["name"], [[2, 1, "A"]]], 1),
    ],
)
def test_a_wrong_table_drops_only_its_objects(table: Any, bad: int) -> None:
    good = ["Song", "song", ["tracks"], ["tempo"], [[1, None, [2], 120.0]]]
    objects = wire.Objects(1, tables=[table, good]).objects
    store = Store()
    store.collect(objects, True)
    store.replace("epoch", 1)
    assert store.bad["objects"] == bad
    assert store.nodes[1].props == {"tempo": 120.0}
