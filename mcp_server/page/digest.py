"""The changes since the person's last visit of the page, over restarts.

A visit lasts while a page is visible. All pages of the person count as one client of `Visits`. The comparison runs in a
thread, on immutable states, because comparing two large Sets takes seconds.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import trio

from mirror import Mirror, errors

from ..history.difference import SCREEN, Difference, difference, grouped
from ..history.visits import Here, Visits

log = logging.getLogger("setmirror.page")

WHO = "person"
"""The identity of the person among the clients of `Visits`."""
MOST_LINES = 1000
"""The most changes that a page shows on demand; further changes are only counted."""


class Digest:
    """The changes since the person's last visit, as pages show them.

    Args:
      folder: The folder with the histories of all Sets; None keeps visits in memory only.
    """

    def __init__(self, mirror: Mirror, folder: Path | None) -> None:
        self._mirror = mirror
        self._visits = Visits(mirror, folder)
        self._changes: list[Difference] = []
        self._compared: tuple[str, Here | None] | None = None
        self.head: dict[str, Any] = {}
        """{last_here, groups, count, objects}, at most one screen; {} before the comparison and on a first visit."""

    async def run(self) -> None:
        """Write the visits to their files, until cancelled."""
        await self._visits.run()

    def opened(self) -> None:
        """Note that a page was opened, and compare again."""
        self._compared = None

    async def here(self) -> bool:
        """Note that the person sees a page, and compare if no comparison exists yet; True for a new comparison."""
        mirror = self._mirror
        if not mirror.synced:
            await trio.lowlevel.checkpoint()
            return False
        self._visits.call(WHO)
        before = await trio.to_thread.run_sync(self._visits.before, WHO)
        if self._compared == (mirror.epoch, before):
            return False
        self._compared = mirror.epoch, before
        previous = self.head
        self.head, self._changes = {}, []
        if before is not None:
            now = Here(0.0, mirror.store)
            try:
                self._changes = await trio.to_thread.run_sync(_difference, before, now)
            except errors.MirrorError as problem:
                log.warning("the state at the last visit cannot be compared: %s", problem)
                return self.head != previous
            clock = time.strftime("%Y-%m-%d %H:%M", time.localtime(before.time))
            self.head = {"last_here": clock, **grouped(self._changes, SCREEN)}
        return self.head != previous

    def whole(self) -> dict[str, Any]:
        """The changes with up to MOST_LINES lines."""
        return {**self.head, **grouped(self._changes, MOST_LINES)} if self.head else {}


def _difference(before: Here, now: Here) -> list[Difference]:
    return difference(before.store(), now.store())
