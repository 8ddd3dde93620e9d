"""Whose change would Live's undo take back? Kept from the batches, so that nobody undoes another's work.

Live's history has one line for all. The newest edit must be the write that is asked for: anything else that
came later, by a person or by another agent, would be taken back in its place.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from remote_script.SetMirror import schema

from . import errors
from .store import Applied, Store

EDITS_KEPT = 1000
NEWEST = ""
"""In the place of a write: whatever was done last, by whomever."""
_DONE = "\0"
"""In the place of a write that was taken back: no write has such an id."""
_EDIT_KINDS = frozenset(("add", "remove", "move", "content", "children"))


class _Edit(NamedTuple):
    write: str | None
    who: str
    revision: int


class UndoHistory:
    """The edits that Live's own history should hold, newest last."""

    def __init__(self) -> None:
        self._edits: deque[_Edit] = deque(maxlen=EDITS_KEPT)
        self._steps: dict[str, int] = {}
        self._undoes: dict[str, str] = {}
        self._undone: deque[str] = deque(maxlen=EDITS_KEPT)

    def forget(self) -> None:
        """After a snapshot nobody knows who changed what in between."""
        self._edits.clear()

    def wrote(self, write: str, undo_steps: int) -> None:
        """A write was answered."""
        self._steps[write] = undo_steps
        while len(self._steps) > EDITS_KEPT:
            del self._steps[next(iter(self._steps))]

    def observe(self, store: Store, applied: Applied, revision: int, write: str | None, who: str) -> None:
        """A batch was applied."""
        if not any(_is_edit(store, change) for change in applied.changes):
            return
        undoing = self._undoes.get(write) if write is not None else None
        if write is not None and undoing is not None:
            if self._edits and undoing in (self._edits[-1].write, NEWEST):
                gone = self._edits.pop()
                # An undo takes one edit back, in however many batches it is told.
                self._undoes[write] = _DONE
                if gone.write is not None:
                    self._undone.append(gone.write)
            if self._edits:
                # Live is where it was after this edit: the next undo takes it back.
                self._edits[-1] = self._edits[-1]._replace(revision=revision)
        elif write is not None and self._edits and self._edits[-1].write == write:
            self._edits[-1] = self._edits[-1]._replace(revision=revision)
        else:
            self._edits.append(_Edit(write, who, revision))

    def base_of(self, write: str) -> int:
        """The revision up to which nothing but `write` would be undone.

        Raises:
          NotFound: no such write is known here.
          InvalidValue: it changed nothing that can be undone, or was undone already.
          PreconditionFailed: somebody changed the Set since, of which `facts["since"]` says who and when, or meanwhile.
        """
        if write in self._undone:
            raise errors.InvalidValue(f"write {write} was undone already", write)
        known = any(edit.write == write for edit in self._edits)
        if write not in self._steps and not known:
            raise errors.NotFound(
                f"No write {write!r} is known", write, hint="see the event log for its changes"
            )
        if self._steps.get(write, 1) == 0:
            raise errors.InvalidValue(
                f"write {write} made no entry in Live's history", write, hint="there is nothing to undo"
            )
        if self._steps.get(write, 1) > 1:
            raise errors.PreconditionFailed(
                f"somebody changed the Set while write {write} was under way",
                write,
                hint="undo would take back a part of it only; change the values yourself",
            )
        if not self._edits or self._edits[-1].write != write:
            later: list[_Edit] = []
            for edit in reversed(self._edits):
                if edit.write == write:
                    break
                later.append(edit)
            told = [
                {"who": edit.who, "write": edit.write, "revision": edit.revision} for edit in reversed(later)
            ]
            last = later[0].who if later else "somebody"
            raise errors.PreconditionFailed(
                f"the Set was changed after write {write}, last by {last}",
                write,
                hint="undo would take that back instead; change the values yourself",
                since=told[-20:],
            )
        return self._edits[-1].revision

    def undoing(self, undo: str, write: str) -> None:
        """`undo` is the id of a write that will take `write` back, or the newest edit."""
        self._undoes[undo] = write
        while len(self._undoes) > EDITS_KEPT:
            del self._undoes[next(iter(self._undoes))]

    def not_undone(self, undo: str) -> None:
        self._undoes.pop(undo, None)

    def last(self, count: int = 20) -> list[dict[str, Any]]:
        """The newest edits with their authors, newest last."""
        return [edit._asdict() for edit in list(self._edits)[-count:]]


def _is_edit(store: Store, change: tuple[str, int, str, Any, Any]) -> bool:
    kind, id_, name = change[0], change[1], change[2]
    if kind in _EDIT_KINDS:
        return True
    node = store.nodes.get(id_)
    if node is None or node.type not in schema.CLASSES:
        return False
    prop = schema.properties(node.type).get(name)
    if prop is None or not prop.is_edit:
        return False
    # Live gives a new track its routing some ticks late; nobody edits.
    return prop.type != "routing" or bool(change[3])
