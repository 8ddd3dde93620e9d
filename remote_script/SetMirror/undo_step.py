"""The undo step of a write: when it begins and ends, how it is split, and how a failed write is reverted.

Steps do not nest in Live and an empty step leaves no entry (measured on 12.4.3); parameter values join the history
only when Live syncs them. A failed write is reverted by Live's undo if it made a call and nobody else edited the
Set meanwhile, otherwise value by value.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Generator, List, Optional

from .batches import Batcher
from .consequences import mark_consequences, mark_history
from .contract.values import ABSENT, alive, read, same
from .open_entry import OpenEntry
from .operations import Operation
from .results import left_behind
from .write import FLUSH, PUMP

RESTORED_PUMPS = 12
"""Live restores transport and launch values on its next tick, 10 to 100 ms later; this allows for a busy Live."""


class UndoStep:
    """The undo step of the running write; closed between two writes."""

    def __init__(self, batcher: Batcher, log: Callable[[str], None]) -> None:
        self.is_open = False
        self.entry: Optional[OpenEntry] = None
        """The entry of answered parameter writes that Live has not recorded yet: for it the step stays open."""
        self._batcher = batcher
        self._log = log
        self._began = 0

    @property
    def has_history(self) -> bool:
        """False if the host offers scripts no history: then a failed write is reverted value by value."""
        return read(self._batcher.song, "begin_undo_step") is not ABSENT

    def begin(self) -> None:
        """Open the step, if it is not open yet and the host has a history."""
        if not self.is_open and self.has_history:
            self._batcher.song.begin_undo_step()
            self.is_open = True
            self._began = self._batcher.revision

    def end(self, parameters: bool = False) -> None:
        """Close the step; with `parameters`, first add changed parameter values to it if Live can sync them (12.4)."""
        if not self.is_open or self.entry is not None:
            return
        song = self._batcher.song
        self.is_open = False
        try:
            if parameters and self.syncs:
                song.sync_parameter_changes()
        finally:
            try:
                song.end_undo_step()
            except Exception as problem:
                # Live is closing the Set together with its history.
                self._log("SetMirror: the undo step was not closed: {!r}".format(problem))

    def close_foreign(self) -> None:
        """End an entry that Live left open: changes outside a step share one entry, so two loads would be merged."""
        if not self.is_open and self.has_history:
            self._batcher.song.end_undo_step()

    @property
    def syncs(self) -> bool:
        """True when this Live can sync parameters on demand (12.4)."""
        return read(self._batcher.song, "sync_parameter_changes") is not ABSENT

    @property
    def is_split(self) -> bool:
        """True when somebody else edited the Set after the step began.

        Live then ends the step (guess): the write has two entries, with the other edit between them.
        """
        return self.is_open and self._batcher.last_foreign > self._began

    # -- reverting a write -------------------------------------------------------------------------

    def roll_back(
        self, done: List[Operation], failed: Optional[Operation]
    ) -> Generator[str, None, Dict[str, Any]]:
        """Revert the operations applied before a failure; returns facts for the error.

        `in_redo` among them: Live undid the entry of the write, so a redo would bring it back.

        Args:
          done: The operations before the failed one.
          failed: The failed operation if it changed something, else None.
        """
        batcher = self._batcher
        applied = [op for op in done if op.changed] + ([failed] if failed is not None else [])
        calls = [op for op in applied if op.kind == "call" and op.undoable and not op.self_contained]
        was_open = self.is_open
        # In a split step, undo would revert somebody else's edit.
        undo = bool(calls) and was_open and not self.is_split
        for operation in calls:
            operation.lasts = not undo
        self._restore([op for op in reversed(applied) if op.kind == "set" or not undo])
        self.end(any(op.moves_parameters for op in applied))
        in_redo = False
        if undo:
            # Sets alone were reverted value by value: if nothing was recorded, undo would revert a person's edit.
            try:
                batcher.song.undo()
                in_redo = True
            except Exception as refused:
                self._log("SetMirror: undo of a failed write failed: {!r}".format(refused))
            mark_history(batcher)
        mark_consequences(batcher, applied)
        yield FLUSH
        if was_open and not calls:
            if not all(op.verified for op in applied):
                # Values that Live applies late join its history late.
                yield PUMP
                yield PUMP
                yield FLUSH
            in_redo = self._drop_empty_entry(applied)
            yield FLUSH
        # If two operations set one property, only the first has the original value.
        first: Dict[Any, Operation] = {}
        for operation in applied:
            first.setdefault(operation.place, operation)
        for _ in range(RESTORED_PUMPS):
            if all(op.is_restored(batcher) for op in first.values()):
                break
            yield PUMP
        left = [op for op in first.values() if not op.is_restored(batcher)]
        facts: Dict[str, Any] = {"applied": [left_behind(op) for op in left]}
        if not left:
            facts["taken_back"] = len(applied)
        if in_redo:
            facts["in_redo"] = True
        return facts

    def _restore(self, operations: List[Operation]) -> None:
        for operation in operations:
            if operation.row is not None and alive(operation.row.obj):
                try:
                    operation.restore()
                except Exception:
                    # The error lists this operation among those that remain.
                    continue

    def _drop_empty_entry(self, applied: List[Operation]) -> bool:
        """Undo the history entry without effect that remains after values were reverted one by one.

        Guess: Live keeps such an entry. If it does not, this undo reverts a person's last edit; the script notices
        the change and redoes it at once. Returns True if Live undid the empty entry.
        """
        batcher = self._batcher
        recorded = [
            op for op in applied if op.changed and op.undoable and (not op.is_parameter or self.syncs)
        ]
        if not recorded or batcher.attribution.due:
            return False
        try:
            batcher.song.undo()
            if self._something_moved():
                batcher.song.redo()
                return False
            return True
        except Exception as refused:
            self._log("SetMirror: an empty undo entry was left: {!r}".format(refused))
            return False

    def _something_moved(self) -> bool:
        batcher = self._batcher
        for id_, bits in batcher.attribution.pending.items():
            row = batcher.shadow.rows.get(id_)
            if row is None or bits & row.layout.tree_bits or not alive(row.obj):
                return True
            for index, old in enumerate(row.values):
                if bits & 1 << index and not same(batcher.reader.value(row, index), old):
                    return True
        return False
