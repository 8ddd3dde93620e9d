"""What each client was last told of the log: "since I last asked" needs no memory of the client's own."""

from __future__ import annotations

from collections import OrderedDict

from mirror import Mirror

CLIENTS = 256
"""Whose place in the log is kept; that of the one who asked least recently goes."""


class Asked:
    """Epoch and revision up to which each client has read."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, tuple[str, int]] = OrderedDict()

    def keep(self, who: str, mirror: Mirror, revision: int | None = None) -> None:
        """A client was told everything up to `revision`, by default to the present one."""
        self._read.pop(who, None)
        self._read[who] = (mirror.epoch, mirror.revision if revision is None else revision)
        while len(self._read) > CLIENTS:
            self._read.popitem(last=False)

    def revision(self, who: str, mirror: Mirror, notes: list[str]) -> int:
        """Where a client goes on; the oldest revision that is kept where that is not known, which `notes` then says."""
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
