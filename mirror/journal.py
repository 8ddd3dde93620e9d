"""The event log on disk: JSON Lines, one event a line, turned over by size and by age.

The newest events are in `events.jsonl`; full files are named by the time of their first event. The disk is
written by a follower of the log at its own pace: a full disk costs events in the file, never in the mirror.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio
import anyio.to_thread
import msgspec

from . import wire
from .events import EventLog
from .model import Event

log = logging.getLogger("setmirror.journal")

FILE_BYTES = 16 * 1024 * 1024
FILE_AGE_S = 7 * 24 * 3600.0
FILES_KEPT = 20
"""Some 300 MB at most; the oldest goes first."""
NAME = "events.jsonl"

_decoder = msgspec.json.Decoder(Event)


class Journal:
    """Writes events into `folder`; files are readable by their owner only."""

    def __init__(
        self,
        folder: Path | str,
        *,
        file_bytes: int = FILE_BYTES,
        file_age_s: float = FILE_AGE_S,
        files_kept: int = FILES_KEPT,
        wall: Callable[[], float] = time.time,
    ) -> None:
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
        """Write what happens, until cancelled; begins after `after_revision`, or with what is new."""
        follower = events.follow(after_revision)
        while True:
            await anyio.to_thread.run_sync(self.write, await follower.some())

    def write(self, events: Sequence[Event]) -> None:
        """Append events; never raises for what the disk does."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._turn_over()
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with open(handle, "ab") as file:
                file.write(b"".join(wire.encode(event) + b"\n" for event in events))
        except OSError as problem:
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
        # Several may begin in one second; the names go on rising, so that the oldest sorts first.
        same = sorted(self.folder.glob(f"events-{stamp}-*.jsonl"))
        number = int(same[-1].stem.rpartition("-")[2]) + 1 if same else 0
        self.path.rename(self.folder / f"events-{stamp}-{number:06d}.jsonl")
        for old in sorted(self.folder.glob("events-*.jsonl"))[: -self._files_kept or None]:
            old.unlink(missing_ok=True)

    def _began(self) -> float | None:
        """When the first event of the present file happened."""
        with open(self.path, "rb") as file:
            line = file.readline(1024 * 1024)
        try:
            return _decoder.decode(line).time
        except (ValueError, RecursionError):
            return None


def read(path: Path) -> list[Event]:
    """The events of one file; lines that are no events (a crash in the middle of one) are left out."""
    found = []
    with open(path, "rb") as file:
        for line in file:
            try:
                found.append(_decoder.decode(line))
            except (ValueError, RecursionError):
                continue
    return found
