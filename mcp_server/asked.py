"""What each client has read of the log: "since I last asked" needs no memory of the client's own.

A client has one cursor. It only goes forward, and only over changes that the client was shown: what a filter left out,
or a page did not reach, is still to come.
"""

from __future__ import annotations

from collections import OrderedDict

from mirror import Mirror

CLIENTS = 256
"""Whose place in the log is kept; that of the one who asked least recently goes."""


class Asked:
    """Epoch and revision up to which each client has read."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, tuple[str, int]] = OrderedDict()

    def advance(self, who: str, mirror: Mirror, revision: int) -> None:
        """A client has read all up to `revision`; a smaller one than before changes nothing."""
        start = self.position(who, mirror)
        self._read.pop(who, None)
        self._read[who] = (mirror.epoch, max(start, revision))
        while len(self._read) > CLIENTS:
            self._read.popitem(last=False)

    def position(self, who: str, mirror: Mirror) -> int:
        """Up to where a client has read; the oldest revision that is kept where that is not known."""
        epoch, revision = self._read.get(who, ("", 0))
        return max(revision, mirror.log.oldest) if epoch == mirror.epoch else mirror.log.oldest

    def revision(self, who: str, mirror: Mirror, notes: list[str]) -> int:
        """Where a client goes on; `notes` gets why it is the oldest revision that is kept."""
        epoch, revision = self._read.get(who, ("", 0))
        oldest = mirror.log.oldest
        if epoch == mirror.epoch and revision >= oldest:
            return revision
        why = {
            "": "you ask for the first time",
            mirror.epoch: f"what happened before revision {oldest} is not kept any more",
        }.get(epoch, "another Set was opened since you asked")
        notes.append(f"{why}: these are all changes since revision {oldest}")
        return oldest
