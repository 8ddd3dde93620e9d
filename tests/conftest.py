"""Fixtures of every test: a separate environment and home, and a virtual clock that waits for work in threads.

The user's `SETMIRROR_` variables are removed, and variables that a test sets are removed after it: the `main` functions
that tests call in their own process set variables permanently. The home separates tests from the user's token, logs and
policy. Trio's virtual clock jumps ahead when all tasks wait, also when they wait for a thread: a time limit would
expire while a thread reads a file.

Garbage is collected once after each test, where pytest reports what a test left open, and seldom in between: worlds
are many objects that live as long as their test.

With several workers the longest files start first, so that no worker ends with one of them while the others wait.

Where the environment forbids Python to write bytecode beside the sources, pytest's cache keeps it: without it every
process that a test starts compiles the whole product.
"""

from __future__ import annotations

import gc
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import anyio._backends._trio as anyio_on_trio
import pytest
import trio.testing

LONGEST = (
    "test_every_method.py",
    "test_history.py",
    "test_processes.py",
    "test_in_live.py",
    "test_whole_path.py",
    "test_crowd.py",
    "test_faults.py",
    "test_edits.py",
    "test_batch.py",
    "test_http.py",
    "test_every_property.py",
    "test_probes.py",
    "test_recipes.py",
    "test_with_live.py",
    "test_histories.py",
    "test_whole_histories.py",
    "test_clip_histories.py",
    "test_soak.py",
    "test_policy.py",
)
"""Test files ordered by processor time, as `--durations=0` shows it, their processes included."""

COLLECT_AFTER = (50_000, 20, 20)
"""With the usual thresholds the objects of a Set are visited hundreds of times while it is read."""


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(*COLLECT_AFTER)
    # xdist would start the files with the fewest tests last; the longest ones are among these.
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False
    if sys.dont_write_bytecode and hasattr(config, "cache"):
        _keep_bytecode(config.cache.mkdir("bytecode"))


def _keep_bytecode(folder: Path) -> None:
    """Bytecode of this process, of xdist's workers and of the processes of tests is written to `folder`."""
    # Copies of the product that earlier runs imported from temporary folders are never imported again.
    shutil.rmtree(folder.joinpath(*Path(tempfile.gettempdir()).parts[1:]), ignore_errors=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(folder)
    sys.dont_write_bytecode = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONGEST)))


def pytest_collection_finish() -> None:
    """Modules and items of tests are left out of collections."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def only_what_was_loaded_is_frozen() -> Iterator[None]:
    """Every script would freeze the objects of its test, too, and thaw all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", lambda: None)
        patch.setattr(gc, "unfreeze", lambda: None)
        yield


@pytest.fixture(autouse=True)
def garbage(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set up before all other fixtures of a test, so it is the last one at the end."""
    yield
    request.node.funcargs.clear()  # the values of fixtures
    gc.collect(1)  # the younger generations hold what this test made


@pytest.fixture(autouse=True)
def home(garbage: None, tmp_path: Path) -> Iterator[Path]:
    where = tmp_path / "home"
    with mock.patch.dict(os.environ):
        for name in [name for name in os.environ if name.startswith("SETMIRROR_")]:
            del os.environ[name]
        os.environ["SETMIRROR_HOME"] = str(where)
        yield where


class HeldClock:
    """Runs work in trio's threads; a virtual clock does not jump until the work is done."""

    def __init__(self, run_sync: Callable[..., Any]) -> None:
        self.run_sync = run_sync
        self.running: dict[Any, tuple[int, float]] = {}  # clock -> threads, threshold to put back

    async def __call__(self, work: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        clock = trio.lowlevel.current_clock()
        # Work that is abandoned on cancel may wait for ever, such as a read of standard input.
        if not isinstance(clock, trio.testing.MockClock) or options.get("abandon_on_cancel"):
            return await self.run_sync(work, *arguments, **options)
        threads, threshold = self.running.get(clock, (0, clock.autojump_threshold))
        self.running[clock] = threads + 1, threshold
        clock.autojump_threshold = math.inf
        try:
            return await self.run_sync(work, *arguments, **options)
        finally:
            threads, threshold = self.running.pop(clock)
            if threads > 1:
                self.running[clock] = threads - 1, threshold
            else:
                clock.autojump_threshold = threshold


@pytest.fixture(autouse=True, scope="session")
def threads_hold_the_clock() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        held_clock = HeldClock(trio.to_thread.run_sync)
        patch.setattr(trio.to_thread, "run_sync", held_clock)
        patch.setattr(anyio_on_trio, "run_sync", held_clock)
        yield
