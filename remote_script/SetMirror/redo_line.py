"""Guards Live's redo after a failed write: the next redo would bring back the half that was done of it.

Live has no way to drop an entry of its history: a failed write is undone, and stays what Live would redo next. The
position of this entry in Live's redo line follows from the undos and redos of clients; after a person's edit, undo or
redo it is unknown, until Live can redo nothing.
"""

from __future__ import annotations

from .batches import Batcher
from .contract.errors import BridgeError
from .contract.values import read


class RedoLine:
    """The newest failed write that Live could redo, if any."""

    def __init__(self, batcher: Batcher) -> None:
        self._batcher = batcher
        self._failed = ""
        self._since = 0
        self._undone_after = 0
        """The number of edits that were undone since; Live redoes these first."""

    def failed(self, write: str) -> None:
        """This write failed and Live undid its entry."""
        self._failed, self._since, self._undone_after = write, self._batcher.revision, 0

    def edited(self) -> None:
        """A write made a new entry: Live has dropped everything that it could redo."""
        self._failed = ""

    def check(self, method: str) -> None:
        """Refuse a redo that brings back the failed write, or may do so.

        Raises:
          BridgeError: PRECONDITION_FAILED.
        """
        if method != "redo" or not self._failed:
            return
        unknown = self._batcher.last_foreign > self._since
        if unknown and read(self._batcher.song, "can_redo") is False:
            self.edited()
            return
        if self._undone_after and not unknown:
            return
        raise BridgeError(
            "PRECONDITION_FAILED",
            "Redo {} bring back a part of write {}, which failed and was undone".format(
                "may" if unknown else "would", self._failed
            ),
            self._failed,
            hint="make the change that you want again; the next edit ends what Live can redo",
        )

    def moved(self, method: str) -> None:
        """A client's undo or redo was done."""
        self._undone_after = max(0, self._undone_after + (1 if method == "undo" else -1))
