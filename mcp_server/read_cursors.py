"""The position up to which each client has read the log, so that a client can ask for changes since its last request.

A client has one cursor. It only moves forward, and only over changes that the client was shown: changes that a filter
left out, or that were beyond a page's limit, come with the next call.

The Set that a client knows is recorded here too.
"""

from __future__ import annotations

from collections import OrderedDict

from mirror import Mirror

CLIENTS = 256
"""The most clients with a cursor; beyond that, the client that asked least recently loses its cursor."""


class KnownEpochs:
    """The epoch in which each client called last: its refs, names and ids are of that Set.

    A client that did not notice that another Set was opened would write into it; its first call is refused instead.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, str] = OrderedDict()

    def before(self, who: str, now: str) -> str:
        """The epoch of the client's call before this one, or `now` if it is not known; records `now`."""
        known = self._known.pop(who, "") or now
        self._known[who] = now
        while len(self._known) > CLIENTS:
            self._known.popitem(last=False)
        return known


class ReadCursors:
    """Epoch and revision up to which each client has read."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, tuple[str, int]] = OrderedDict()

    def advance(self, who: str, mirror: Mirror, revision: int) -> None:
        """Record that a client has read all changes up to `revision`; a smaller revision than before has no effect."""
        start = self.position(who, mirror)
        self._read.pop(who, None)
        self._read[who] = (mirror.epoch, max(start, revision))
        while len(self._read) > CLIENTS:
            self._read.popitem(last=False)

    def position(self, who: str, mirror: Mirror) -> int:
        """The revision up to which a client has read; the oldest revision of the log if it is not known."""
        epoch, revision = self._read.get(who, ("", 0))
        return max(revision, mirror.log.oldest) if epoch == mirror.epoch else mirror.log.oldest

    def revision(self, who: str, mirror: Mirror, notes: list[str]) -> int:
        """The revision after which a client continues; if it is the oldest of the log, `notes` gets the reason."""
        epoch, revision = self._read.get(who, ("", 0))
        oldest = mirror.log.oldest
        if epoch == mirror.epoch and revision >= oldest:
            return revision
        why = {
            "": "you ask for the first time",
            mirror.epoch: f"changes before revision {oldest} are no longer in the log",
        }.get(epoch, "another Set was opened since you asked")
        notes.append(f"{why}: these are all changes since revision {oldest}")
        return oldest
