"""SIGKILL of processes that write journals, mixes and visits: at most the entry being written is lost.

Writers are forked processes. One is killed at each of its calls that write to the disk, and after each byte count of a
write; others are killed at random moments while several processes write into one folder.
"""

from __future__ import annotations

import builtins
import os
import random
import signal
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mcp_server.history import mixes, visits
from mcp_server.history.mixes import Mix
from mcp_server.history.shelf import Shelf
from mcp_server.history.visits import Here, read_state, read_visits, save_visit
from mirror import files, journal
from mirror.files import locked
from mirror.journal import Journal, read_folder
from mirror.model import Event
from mirror.store import Store
from tests.mcp_server.history.test_histories import World

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")

WRITES = 3
RUNS, SECONDS = 60, 25.0
"""Limits of the long run: number of rounds, and seconds."""


@pytest.fixture(scope="module")
def store() -> Store:
    return World().store


def event(writer: int, number: int) -> Event:
    return Event(
        number, float(number), f"e{writer}", number, "set", "a", "song", 1, "Song", "tempo", "", 1.0, 2.0
    )


class Kind(NamedTuple):
    """A kind of file: how a writer writes an entry, and how a reader reads the entries of all writers."""

    write: Callable[[Path, Store, int, int], None]
    read: Callable[[Path], set[tuple[int, int]]]
    latest: bool = False
    """True if only the newest entry of each writer is stored."""


def write_journal(folder: Path, store: Store, writer: int, number: int) -> None:
    made = Journal(folder, file_bytes=700, files_kept=2000)
    made.write([event(writer, number)])
    assert made.failed == 0


def read_journal(folder: Path) -> set[tuple[int, int]]:
    return {(int(each.epoch[1:]), each.revision) for each in read_folder(folder, 2500).events}


def write_mix(folder: Path, store: Store, writer: int, number: int) -> None:
    small = mixes.take(store, ("mixer",))
    Shelf(folder).save(Mix(f"m {writer}", str(number), "Demo", ("mixer",), small), overwrite=True)


def read_mixes(folder: Path) -> set[tuple[int, int]]:
    shelf = Shelf(folder)
    held = [shelf.read(name) for name in shelf.names()]
    assert not any(each.torn for each in held)
    return {(int(each.name[2:]), int(each.saved)) for each in held}


def write_visit(folder: Path, store: Store, writer: int, number: int) -> None:
    here = Here(float(number), store)
    here.epoch, here.revision = f"e{writer}", number
    with locked(folder):
        save_visit(folder, f"c{writer}", here)


def read_all_visits(folder: Path) -> set[tuple[int, int]]:
    known = read_visits(folder)
    for each in known.values():
        assert read_state(folder / each.state).nodes
    return {(int(who[1:]), each.revision) for who, each in known.items()}


KINDS = {
    "journal": Kind(write_journal, read_journal),
    "mix": Kind(write_mix, read_mixes, latest=True),
    "visit": Kind(write_visit, read_all_visits, latest=True),
}


class Writer:
    """A forked process that writes entries and acknowledges each after writing it."""

    def __init__(
        self, kind: Kind, folder: Path, store: Store, number: int, writes: int, before: Callable[[], None]
    ) -> None:
        reading, writing = os.pipe()
        self.number, self._reading = number, reading
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(reading)
                before()
                for entry in range(1, writes + 1):
                    kind.write(folder, store, number, entry)
                    os.write(writing, struct.pack("<i", entry))
                os._exit(0)
            except BaseException:
                os._exit(1)
        os.close(writing)

    def end(self) -> tuple[int, int]:
        """The newest acknowledged entry, and the status: 0, or the negative signal."""
        _, status = os.waitpid(self.pid, 0)
        data = b""
        while part := os.read(self._reading, 65536):
            data += part
        os.close(self._reading)
        acknowledged = struct.unpack("<i", data[-4:])[0] if data else 0
        return acknowledged, -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def check(kind: Kind, folder: Path, number: int, acknowledged: int) -> None:
    """Check that all acknowledged entries are stored, and no other entry except the one that was being written."""
    entries = {entry for writer, entry in kind.read(folder) if writer == number}
    if kind.latest:
        assert entries <= {acknowledged, acknowledged + 1}
        assert entries or not acknowledged
    else:
        assert set(range(1, acknowledged + 1)) <= entries <= set(range(1, acknowledged + 2))


CALLS = ("open", "fsync", "replace", "rename", "unlink", "chmod", "close")


def killed_at(count: int) -> None:
    """Replaces the calls that write to the disk, and kills the process directly before the call with this number."""
    left = [count]

    def wrapped(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **options)

        return run

    for name in CALLS:
        setattr(os, name, wrapped(getattr(os, name)))


@pytest.mark.parametrize("name", KINDS)
def test_a_process_that_is_killed_at_any_call_loses_the_entry_being_written_at_most(
    name: str, store: Store, tmp_path: Path
) -> None:
    kind, kills = KINDS[name], 0
    for count in range(1, 200):
        folder = tmp_path / str(count)
        folder.mkdir()
        acknowledged, status = Writer(kind, folder, store, 1, WRITES, partial(killed_at, count)).end()
        check(kind, folder, 1, acknowledged)
        # The next process continues with the remaining files.
        kind.write(folder, store, 2, 1)
        assert (2, 1) in kind.read(folder)
        check(kind, folder, 1, acknowledged)
        if status == 0:
            break
        assert status == -signal.SIGKILL
        kills += 1
    assert kills >= 2 * WRITES


class Torn:
    """A file whose write stops after some bytes, which kills the process."""

    def __init__(self, file: Any, length: int) -> None:
        self._file, self._length = file, length

    def __enter__(self) -> Torn:
        return self

    def __exit__(self, *problem: Any) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> None:
        os.write(self._file.fileno(), data[: self._length])
        os.kill(os.getpid(), signal.SIGKILL)


def torn(length: int, *args: Any, **options: Any) -> Torn:
    return Torn(builtins.open(*args, **options), length)


@pytest.mark.parametrize("name", KINDS)
def test_a_write_cut_at_any_byte_loses_only_its_entry(name: str, store: Store, tmp_path: Path) -> None:
    kind = KINDS[name]
    for length in (0, 1, 7, 60, 150, 1000):
        folder = tmp_path / str(length)
        folder.mkdir()
        for entry in (1, 2):
            kind.write(folder, store, 1, entry)

        def tear(length: int = length) -> None:
            for module in (journal, files):
                vars(module)["open"] = partial(torn, length)

        _, status = Writer(kind, folder, store, 2, 1, tear).end()
        assert status == -signal.SIGKILL
        check(kind, folder, 1, 2)
        kind.write(folder, store, 1, 3)
        check(kind, folder, 1, 3)
        if name == "journal" and 0 < length < 100:
            assert read_folder(folder).damaged == 1


def crowd(kind: Kind, folder: Path, store: Store, draw: random.Random) -> Iterator[tuple[Writer, bool]]:
    """Run three writers of one folder, kill some at random moments, and return which ones."""
    writers = [Writer(kind, folder, store, number, 400, lambda: None) for number in range(1, 4)]
    end = time.monotonic() + draw.uniform(0.01, 0.25)
    victims = draw.sample(writers, draw.randrange(1, 4))
    for victim in victims:
        time.sleep(max(0.0, (end - time.monotonic()) * draw.random()))
        os.kill(victim.pid, signal.SIGKILL)
    for writer in writers:
        if writer not in victims:
            with suppress(ProcessLookupError):
                os.kill(writer.pid, signal.SIGKILL)
        yield writer, writer in victims


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_several_processes_that_are_killed_at_random_moments_lose_one_entry_each(
    name: str, store: Store, tmp_path: Path
) -> None:
    kind, draw, began = KINDS[name], random.Random(7), time.monotonic()
    for run in range(RUNS):
        folder = tmp_path / str(run)
        folder.mkdir()
        ends = [(writer.number, writer.end()[0]) for writer, _ in crowd(kind, folder, store, draw)]
        for number, acknowledged in ends:
            check(kind, folder, number, acknowledged)
        kind.write(folder, store, 9, 1)
        assert (9, 1) in kind.read(folder)
        if time.monotonic() - began > SECONDS:
            break
    assert run > 5


def test_parts_of_killed_writes_are_removed_by_a_later_one(store: Store, tmp_path: Path) -> None:
    stale, fresh = tmp_path / f"{visits.VISITS}.1.part", tmp_path / f"{visits.VISITS}.2.part"
    for path in (stale, fresh):
        path.touch()
    os.utime(stale, (1.0, 1.0))
    write_visit(tmp_path, store, 1, 1)
    assert (stale.exists(), fresh.exists()) == (False, True)
