"""Sets of 10, 100 and 1,000 tracks, each with ten times as many objects, to find costs that are not constant or linear.

Constant: one batch, one read, one search by name, a notice. Linear, so constant for each object: reading the Set into
the shadow, a snapshot and its bytes, memory. Live's clock is virtual, the durations are real. The largest Set has many
tracks and devices only, so that headless Live can hold it in memory.
"""

from __future__ import annotations

import gc
import random
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

from mirror import wire
from mirror.queries import find
from mirror.store import Store
from mirror.subscriptions import Hub
from remote_script.SetMirror.contract import auth
from tests.benchmarks import artificial_set
from tests.benchmarks.building import Bench, Follower
from tests.benchmarks.measure import OURS, Distribution, Row, cycle, timed

TRACKS = (10, 100, 1000)
DEVICES, PARAMETERS, SCENES = 3, 60, 4
PATTERNS = 1000
LINE = 64
"""Objects in one line of a snapshot."""
BUDGET_S = 0.004
BUILD = "read the whole Set into the script's shadow, for each object"
SNAPSHOT = "give one client the whole Set, for each object"
BYTES = "bytes of a snapshot for each object, with the menus of all tracks"
REPLACE = "take a snapshot into the store, for each object"
MEMORY = "memory in the mirror for each object"
SIZES = ("bytes on the wire", "bytes in the mirror")
"""Facts of the rows of `BYTES` and `MEMORY`."""
APPLY = "apply one batch of 20 values"
READ = "read one object, as JSON"
FIND = "find an object by its name"
NOTICE = f"apply a value and notify the one of {PATTERNS:,} patterns that matches"
STRUCTURE = f"add a device, {PATTERNS:,} patterns subscribed, for each object"


def rows() -> Iterator[Row]:
    """All rows of this module."""
    measured: list[Row] = []
    for tracks in TRACKS:
        measured += _in_live(tracks)
        gc.collect()
        measured += _in_store(tracks)
        gc.collect()
    order = [BUILD, SNAPSHOT, BYTES, REPLACE, MEMORY, APPLY, READ, FIND, NOTICE, STRUCTURE]
    yield from sorted(measured, key=lambda row: order.index(row.question))


def _subject(tracks: int) -> str:
    return f"{OURS}, {tracks:,} tracks"


def _per_object(seconds: float, objects: int) -> Distribution:
    return Distribution.of_seconds([seconds / objects])


def _in_live(tracks: int) -> Iterator[Row]:
    """The script in headless Live."""
    bench = Bench(BUDGET_S, (tracks, tracks, tracks, tracks * DEVICES * PARAMETERS))
    bench.until_ready()
    slices = bench.script.slices
    status = bench.script.status()
    objects = status["objects"]
    facts = {
        "objects": objects,
        **bench.script.longest(),
        "in Live's time s": status["counters"]["build_s"],
        "listeners for each object": status["listeners"]["attached"] / objects,
    }
    yield Row(BUILD, _subject(tracks), _per_object(sum(slices), objects), facts)
    peer = Follower(bench, auth.load_token())
    bench.script.forget()
    ticks = peer.take_snapshot()
    facts = {
        **bench.script.longest(),
        "ticks": ticks,
    }
    yield Row(SNAPSHOT, _subject(tracks), _per_object(sum(bench.script.slices), objects), facts)
    yield Row(BYTES, _subject(tracks), facts={"bytes on the wire": peer.bytes / objects})
    bench.close()


def _in_store(tracks: int) -> Iterator[Row]:
    """The mirror's store."""
    objects = artificial_set.objects(tracks, DEVICES, PARAMETERS, SCENES)
    lines = [wire.encode(objects[start : start + LINE]) for start in range(0, len(objects), LINE)]
    del objects
    tracemalloc.start()
    before = tracemalloc.take_snapshot()
    store = _filled(lines)
    after = tracemalloc.take_snapshot()
    tracemalloc.stop()
    grown = sum(statistic.size_diff for statistic in after.compare_to(before, "filename"))
    count = len(store.nodes)
    yield Row(MEMORY, _subject(tracks), facts={"bytes in the mirror": grown / count, "objects": count})
    began = time.perf_counter()
    store = _filled(lines)
    yield Row(REPLACE, _subject(tracks), _per_object(time.perf_counter() - began, count))
    chance = random.Random(3)
    parameters = list(store.of_type("DeviceParameter"))
    following = cycle(
        [[["set", chance.choice(parameters), "value", chance.random()] for _ in range(20)] for _ in range(50)]
    )
    yield Row(APPLY, _subject(tracks), timed(lambda: store.apply(store.revision + 1, following())))
    chosen = cycle([chance.choice(parameters) for _ in range(1000)])
    yield Row(READ, _subject(tracks), timed(lambda: store.encoded(chosen())))
    names = cycle([f"Track {chance.randrange(tracks)}" for _ in range(100)])
    yield Row(FIND, _subject(tracks), timed(lambda: find(store, name=names())))
    yield from _subscribed(store, tracks, parameters)


def _subscribed(store: Store, tracks: int, parameters: list[int]) -> Iterator[Row]:
    hub = Hub(store)
    chance = random.Random(4)
    chosen = [chance.choice(parameters) for _ in range(PATTERNS)]
    for id_ in chosen:
        hub.subscribe([store.ref(id_)])
    following = cycle(chosen)

    def change() -> None:
        applied = store.apply(store.revision + 1, [["set", following(), "value", chance.random()]])
        hub.publish(applied)

    yield Row(NOTICE, _subject(tracks), timed(change, samples=100, warm=5))
    song = store.nodes[store.root or 0]
    track = song.children["tracks"][0]
    devices = list(store.nodes[track].children["devices"])

    def grow() -> None:
        new = max(store.nodes) + 1
        devices.append(new)
        device: list[Any] = [new, "Device", track, "devices", {"name": "New"}, {}]
        hub.publish(
            store.apply(store.revision + 1, [["add", device], ["children", track, "devices", list(devices)]])
        )

    began = time.perf_counter()
    for _ in range(5):
        grow()
    took = (time.perf_counter() - began) / 5
    yield Row(STRUCTURE, _subject(tracks), _per_object(took, len(store.nodes)), {"whole ms": took * 1000})


def _filled(lines: list[bytes]) -> Store:
    import msgspec

    store = Store()
    for number, line in enumerate(lines):
        store.collect(msgspec.json.decode(line), number == 0)
    store.replace("epoch", 1)
    return store
