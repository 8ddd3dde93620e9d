"""Taking a snapshot starts no garbage collection, and leaves the collector as it was.

In a process of its own, since tests share one whose objects are exempt from collections.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

PROGRAM = """
import gc, json, sys
import mirror.store
from mirror.store import Store
from tests.benchmarks import artificial_set

objects = artificial_set.objects(20, 3, 60, 4)
lines = [json.dumps(objects[start : start + 64]) for start in range(0, len(objects), 64)]
collecting, fails = json.loads(sys.argv[1])
store, generations = Store(), []
if fails:
    mirror.store.NodeIndex = None
gc.collect()
if not collecting:
    gc.disable()
gc.callbacks.append(lambda phase, info: generations.append(info["generation"]))
for number, line in enumerate(lines):
    store.collect(json.loads(line), number == 0)
try:
    store.replace("epoch", 1)
    failed = False
except TypeError:
    failed = True
del gc.callbacks[:]
print(json.dumps([generations, gc.isenabled(), gc.get_freeze_count(), failed]))
"""


def run(collecting: bool, fails: bool) -> Any:
    """Generations that were collected; afterwards: collections are enabled, exempt objects; it failed."""
    arguments = json.dumps([collecting, fails])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, arguments], capture_output=True, check=True, text=True, timeout=60
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("collecting", [True, False])
def test_taking_a_snapshot_starts_no_collection_and_changes_no_setting(collecting: bool) -> None:
    assert run(collecting, False) == [[], collecting, 0, False]


def test_the_collector_goes_on_after_a_snapshot_that_fails() -> None:
    assert run(True, True) == [[], True, 0, True]
