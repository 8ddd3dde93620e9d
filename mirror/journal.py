"""The event log on disk: JSON Lines, one event per line, rotated by size and by age.

The newest events are in `events.jsonl`; full files are named by the time of their first event. A follower of the
log writes to disk at its own pace: on a full disk events are missing in the file, never in the mirror. Several
servers may write one folder, one at a time. A crash can cut off one line; readers skip and count it.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import anyio
import anyio.to_thread
import msgspec

from . import errors, wire
from .events import FOLLOW_SLICE, EventLog
from .files import locked
from .model import Event, Note

log = logging.getLogger("setmirror.journal")

FILE_BYTES = 16 * 1024 * 1024
FILE_AGE_S = 7 * 24 * 3600.0
FILES_KEPT = 20
"""Some 300 MB at most; the oldest file is deleted first."""
TOGETHER_S = 0.1
"""Pause after an append: each append wakes a thread and the disk, which in a row of writes would delay the next
write."""
NAME = "events.jsonl"

_decoder = msgspec.json.Decoder(Event)


class Journal:
    """Writes events into `folder`; only the owner can read the files."""

    def __init__(
        self,
        folder: Path | str,
        *,
        file_bytes: int = FILE_BYTES,
        file_age_s: float = FILE_AGE_S,
        files_kept: int = FILES_KEPT,
        wall: Callable[[], float] = time.time,
        lines: Callable[[Sequence[Event]], Iterable[Any]] = lambda events: events,
    ) -> None:
        """Write into `folder`, which is created if missing.

        Args:
          lines: The records to write for events, oldest first: the events themselves, or fewer records with
            additional fields.
        """
        self._lines = lines
        self.folder = Path(folder)
        self.failed = 0
        """Events that could not be written."""
        self._file_bytes = file_bytes
        self._file_age_s = file_age_s
        self._files_kept = files_kept
        self._wall = wall
        self._said = False

    @property
    def path(self) -> Path:
        """The file that is being written."""
        return self.folder / NAME

    async def run(self, events: EventLog, after_revision: int | None = None) -> None:
        """Write all new events, until cancelled; starts after `after_revision`, by default with the next event."""
        follower = events.follow(after_revision)
        try:
            while True:
                batch = await follower.some()
                await anyio.to_thread.run_sync(self.write, batch)
                if len(batch) < FOLLOW_SLICE:
                    await anyio.sleep(TOGETHER_S)
        finally:
            while batch := follower.available():
                self.write(batch)

    def write(self, events: Sequence[Event]) -> None:
        """Append events; never raises for an error of the disk."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self.folder):
                self._turn_over()
                handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
                with open(handle, "a+b") as file:
                    # End a line that a crash cut off, so that it does not corrupt the next line.
                    torn = b"\n" if _is_torn(file) else b""
                    file.write(torn + b"".join(wire.encode(line) + b"\n" for line in self._lines(events)))
        except (OSError, errors.Busy) as problem:
            self.failed += len(events)
            if not self._said:
                self._said = True
                log.warning("events are not written to %s: %s", self.path, problem)

    def _turn_over(self) -> None:
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return
        began = self._began()
        if size < self._file_bytes and (began is None or self._wall() - began < self._file_age_s):
            return
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(began if began is not None else self._wall()))
        # Several files may start in one second; the numbers rise, so that the oldest file sorts first.
        same = sorted(self.folder.glob(f"events-{stamp}-*.jsonl"))
        number = int(same[-1].stem.rpartition("-")[2]) + 1 if same else 0
        self.path.rename(self.folder / f"events-{stamp}-{number:06d}.jsonl")
        for old in sorted(self.folder.glob("events-*.jsonl"))[: -self._files_kept or None]:
            old.unlink(missing_ok=True)

    def _began(self) -> float | None:
        """Time of the first event in the present file."""
        with open(self.path, "rb") as file:
            line = file.readline(1024 * 1024)
        try:
            return _decoder.decode(line).time
        except (ValueError, RecursionError):
            return None


def _is_torn(file: BinaryIO) -> bool:
    """True when the last line of a file has no newline."""
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


class Past(NamedTuple):
    """The events of a journal, oldest first, and the number of damaged or cut lines that were skipped."""

    events: list[Event]
    damaged: int


def read(path: Path) -> list[Event]:
    """The events of one file; lines that are not events (cut off by a crash) are skipped."""
    return _read(path).events


def _read(path: Path) -> Past:
    events, damaged = [], 0
    with open(path, "rb") as file:
        for line in file:
            try:
                events.append(_whole(_decoder.decode(line)))
            except (ValueError, RecursionError):
                damaged += bool(line.strip())
    return Past(events, damaged)


def _whole(event: Event) -> Event:
    """The event, with its notes as Note objects."""
    if event.kind != "content" or event.name != "notes":
        return event
    before, after = (
        tuple(msgspec.convert(note, Note) for note in side or ()) for side in (event.before, event.after)
    )
    return msgspec.structs.replace(event, before=before, after=after)


def read_folder(folder: Path, files: int = FILES_KEPT + 1) -> Past:
    """The events of the newest files of a folder; an event that two servers wrote appears once.

    Raises:
      OSError: a file cannot be read.
    """
    paths = [*sorted(folder.glob("events-*.jsonl")), *folder.glob(NAME)][-files:]
    parts = [_read(path) for path in paths]
    seen: dict[tuple[Any, ...], Event] = {}
    for part in parts:
        for event in part.events:
            seen.setdefault((event.epoch, event.revision, event.kind, event.id, event.name), event)
    events = sorted(seen.values(), key=lambda event: event.time)
    return Past(events, sum(part.damaged for part in parts))
