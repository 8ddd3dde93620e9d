"""Whose change would Live's undo revert? Derived from the batches, so that no client undoes another's work.

Live has one history for all authors, and its undo reverts the newest edit. So a write can be undone only while it
is the newest edit: a later edit of a person or another agent would be reverted instead.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from remote_script.SetMirror.contract import checks, schema

from . import errors, values
from .asides import Aside
from .driven import is_driven
from .model import Change
from .store import Applied, Store

EDITS_KEPT = 1000
WORDS_KEPT = 1000
CAME_BACK = 20
"""Changes of one undo that an answer describes in words; it counts the others."""
_MINOR = frozenset(("ClipSlot", "DeviceParameter", "MixerDevice"))
"""Classes whose objects are added and removed together with others; so are views."""
NEWEST = ""
"""Stands for "the newest edit of any author" in place of a write's id."""
_DONE = "\0"
"""Stands for a completed undo in place of a write's id: no write has this id."""
VALUES = "\1"
"""Stands for values that a write restores one by one as an edit of its own, in place of a write's id."""
_SAME = {"display_value": "value", "color_index": "color", "has_envelopes": "automation_envelopes"}
"""Properties that repeat another property of the same object."""
_EDIT_KINDS = frozenset(("add", "remove", "move", "content", "children"))


class _Edit(NamedTuple):
    write: str | None
    who: str
    revision: int
    change: str = ""
    """The edit's first change in words; "" when no mirrored property shows it, e.g. in a modulation matrix."""
    failed: bool = False
    """True for what was done of a write that failed: Live undid it and would redo it."""
    shares: str = ""
    """The write whose entry in Live's history this edit shares; "" for an entry of its own."""

    @property
    def words(self) -> str:
        return f"{self.who}: {self.change}" if self.change else f"{self.who} (no property shows the change)"


class UndoHistory:
    """The edits that Live's own history should contain, newest last."""

    def __init__(self) -> None:
        self._edits: deque[_Edit] = deque(maxlen=EDITS_KEPT)
        self._steps: dict[str, int] = {}
        self._undoes: dict[str, str] = {}
        self._undone: deque[str] = deque(maxlen=EDITS_KEPT)
        self._popped: dict[str, list[_Edit]] = {}
        self._redoable: list[_Edit] = []
        self._came_back: dict[str, list[str]] = {}
        self.about: dict[str, tuple[int, str, str]] = {}
        """The newest changes in words, each with the id, ref and name of its object: views mask hidden ones."""
        self._redoes: dict[str, bool] = {}
        """Ids of redos; True until the redone edit arrived."""
        self._mine: deque[tuple[str, str]] = deque(maxlen=EDITS_KEPT)
        """(write, owner) of all writes that can be undone, newest last."""
        self._aside: dict[str, list[Aside]] = {}
        self._parameters: dict[str, list[Aside]] = {}
        """The parameters that writes set: before 12.4 a later write may share the entry of a write of these alone."""
        self._rolled_back: deque[str] = deque(maxlen=EDITS_KEPT)
        """Writes that failed and were reverted completely, so that Live's history contains nothing of them."""
        self._known_from = 0

    def forget(self, revision: int) -> None:
        """Forget all edits after a snapshot as of `revision`: nobody knows who made the changes in between."""
        self._known_from = revision
        self._edits.clear()
        self._redoable.clear()

    def wrote(
        self,
        write: str,
        undo_steps: int,
        owner: str = "",
        aside: Sequence[Aside] = (),
        *,
        parameters: Sequence[Aside] = (),
        shares: str = "",
    ) -> None:
        """Record the reply to a write.

        Args:
          owner: The client that reverts this write when it undoes without naming a write.
          aside: The values that the write set outside of Live's history.
          parameters: The values of parameters that the write set.
          shares: The write whose entry it shares: neither can be undone by Live alone.
        """
        self._steps[write] = undo_steps
        if shares:
            aside = parameters
            if shares in self._parameters:
                self._aside[shares] = self._parameters.pop(shares)
                self._steps[shares] = 0
        elif parameters:
            self._parameters[write] = list(parameters)
            _keep_newest(self._parameters, EDITS_KEPT)
        if aside:
            self._aside[write] = list(aside)
        if (undo_steps or aside) and write not in self._undoes and write not in self._redoes:
            self._mine.append((write, owner))
        _keep_newest(self._aside, EDITS_KEPT)
        _keep_newest(self._steps, EDITS_KEPT)

    def entered(self, write: str, who: str, revision: int) -> None:
        """Record the edit of a write whose batches have all arrived, in case no batch showed an edit.

        Args:
          revision: The revision of the write's reply.
        """
        if not self._steps.get(write) or revision < self._known_from:
            return
        # The write nearly always is the newest edit.
        known = any(edit.write == write for edit in reversed(self._edits))
        if known or write in self._undoes or write in self._undone:
            return
        later = [self._edits.pop() for edit in list(self._edits) if edit.revision > revision]
        self._edits.append(_Edit(write, who, revision))
        self._edits.extend(reversed(later))
        self._redoable.clear()

    def observe(
        self,
        store: Store,
        applied: Applied,
        revision: int,
        write: str | None,
        who: str,
        *,
        shares: str = "",
        moved: str = "",
    ) -> None:
        """Record an applied batch.

        Args:
          shares: The write whose entry this batch's write shares.
          moved: "undo" or "redo" if the write moved in Live's history, also another mirror's.
        """
        edits = [change for change in applied.changes if _is_edit(store, change)]
        if write is None:
            edits = [change for change in edits if not is_driven(store, change[1], change[2])]
        if not edits:
            return
        if write is not None and moved and write not in self._undoes and write not in self._redoes:
            if moved == "undo":
                self.undoing(write, NEWEST)
            else:
                self.redoing(write)
        undoing = self._undoes.get(write) if write is not None else None
        texts = displays(applied)
        changed = {(change[1], change[2]) for change in edits}
        edits = [change for change in edits if (change[1], _SAME.get(change[2])) not in changed]
        if write is not None and (undoing is not None or write in self._redoes):
            words = self._came_back.setdefault(write, [])
            words += [self.words(store, change, texts, applied.gone) for change in _causes(store, edits)]
        if write is not None and undoing is not None and undoing != VALUES:
            if self._edits and undoing in (self._edits[-1].write, NEWEST):
                # An undo reverts one entry, even when its changes arrive in several batches.
                self._popped[write] = self._move_entry(self._edits, self._redoable)
                self._undoes[write] = _DONE
                self._undone.extend(edit.write for edit in self._popped[write] if edit.write is not None)
            self._back_at_last(revision)
        elif write is not None and write in self._rolled_back:
            self._back_at_last(revision)
        elif write is not None and write in self._redoes:
            self._redo_one(write, who, revision, self.words(store, edits[0], texts, applied.gone))
        elif write is not None and self._edits and self._edits[-1].write == write:
            self._edits[-1] = self._edits[-1]._replace(revision=revision)
        else:
            # After a new edit Live has nothing to redo.
            self._redoable.clear()
            change = self.words(store, edits[0], texts, applied.gone)
            self._edits.append(_Edit(write, who, revision, change, shares=shares))

    @staticmethod
    def _move_entry(source: deque[_Edit] | list[_Edit], target: deque[_Edit] | list[_Edit]) -> list[_Edit]:
        """Move the edits of the last entry, in reverse order, as Live undoes and redoes entries; returns them."""
        moved = [source.pop()]
        while source and in_one_entry(moved[-1], source[-1]):
            moved.append(source.pop())
        target.extend(moved)
        return moved

    def _redo_one(self, redo: str, who: str, revision: int, change: str) -> None:
        """Record a batch of a redo: it redoes one edit, in however many batches Live sends it."""
        if not self._redoes[redo]:
            self._back_at_last(revision)
            return
        self._redoes[redo] = False
        if self._redoable:
            for again in self._move_entry(self._redoable, self._edits):
                self._is_done(again)
            self._back_at_last(revision)
        else:
            self._edits.append(_Edit(redo, who, revision, change))

    def record_rollback(self, write: str) -> None:
        """Record that a failed write was reverted completely: Live's history has no step of it."""
        self._rolled_back.append(write)
        gone = [edit for edit in self._edits if edit.write == write]
        for edit in gone:
            self._edits.remove(edit)
        if gone:
            self._back_at_last(gone[-1].revision)

    def failed_in_redo(self, write: str, who: str) -> None:
        """The write failed, and its part that was undone is what Live would redo next; nothing older can be redone."""
        self._redoable = [_Edit(write, who, 0, f"a part of write {write}", failed=True)]

    def was_rolled_back(self, write: str) -> bool:
        """True when the write was refused and reverted completely."""
        return write in self._rolled_back

    def _back_at_last(self, revision: int) -> None:
        """Live is in the state after the newest edit again: the next undo reverts this edit."""
        if self._edits:
            last = self._edits[-1]
            self._edits[-1] = last._replace(revision=max(revision, last.revision))

    def base_of(self, write: str) -> int:
        """The revision up to which an undo would revert only `write`.

        Raises:
          NotFound: no such write is known here.
          InvalidValue: it changed nothing that can be undone, or was undone already.
          PreconditionFailed: somebody changed the Set after it (`facts["since"]` says who and when), or during it.
        """
        if write in self._undone:
            raise errors.InvalidValue(f"write {write} was undone already", write)
        known = any(edit.write == write for edit in self._edits)
        if write not in self._steps and write in self._rolled_back:
            raise errors.InvalidValue(
                f"write {write} failed and was undone", write, hint="there is nothing to undo"
            )
        if write not in self._steps and not known:
            newest = [edit.write for edit in reversed(self._edits) if edit.write is not None][:3]
            raise errors.NotFound(
                f"No write {write[:100]!r} is known",
                write[:100],
                hint="a write's id is `write` in its answer"
                + (f"; the newest are {', '.join(newest)}" if newest else ""),
            )
        if self._steps.get(write, 1) == 0:
            raise errors.InvalidValue(
                f"write {write} made no entry in Live's history", write, hint="there is nothing to undo"
            )
        if self._steps.get(write, 1) > 1:
            raise self._of_several_entries(write)
        if not self._edits or self._edits[-1].write != write:
            later: list[_Edit] = []
            for edit in reversed(self._edits):
                if edit.write == write:
                    break
                later.append(edit)
            since = [edit._asdict() for edit in reversed(later)]
            last = later[0].words if later else "somebody"
            raise errors.PreconditionFailed(
                f"the Set was changed after write {write}, last by {last}",
                write,
                hint=f"undo would revert that change instead: use revert with write {write!r}, or undo with `anyone`",
                since=since[-20:],
            )
        if len(self._edits) > 1 and in_one_entry(self._edits[-1], self._edits[-2]):
            raise errors.PreconditionFailed(
                f"write {write} shares its entry in Live's history with write {self._edits[-2].write}",
                write,
                hint=f"undo would revert both: use revert with write {write!r}, or undo with `anyone`",
            )
        return self._edits[-1].revision

    def _of_several_entries(self, write: str) -> errors.PreconditionFailed:
        """The refusal for a write that one undo would revert only in part."""
        first = next((n for n, edit in enumerate(self._edits) if edit.write == write), len(self._edits))
        others = any(edit.write != write for edit in islice(self._edits, first, None))
        count = self._steps[write]
        back = f"use revert with write {write!r}"
        if others or first == len(self._edits):
            rule, hint = f"somebody changed the Set while write {write} was under way, or after it", back
        else:
            rule = f"write {write} made {count} entries in Live's history: each load has its own"
            hint = f"undo with `anyone`, {count} times, or {back}"
        return errors.PreconditionFailed(rule, write, hint=f"one undo would revert only a part of it: {hint}")

    def last_of(self, owner: str) -> str:
        """The newest write of `owner` that was not undone.

        Raises:
          PreconditionFailed: there is none; the error names the author of the newest entry, if known.
        """
        for write, author in reversed(self._mine):
            if author == owner and write not in self._undone:
                return write
        newest = self._edits[-1] if self._edits else None
        known = (
            f"the newest entry is by {newest.words}"
            if newest
            else "the author of the newest entry is unknown"
        )
        raise errors.PreconditionFailed(
            f"You made no change that can be undone; {known}",
            hint="to undo the last change of any author, use `anyone`",
            since=[newest._asdict()] if newest else [],
        )

    def check_redo(self, owner: str, *, anyone: bool, can_redo: bool) -> None:
        """Refuse a redo of another author's edit, and a redo without effect.

        Args:
          anyone: Allow the redo of any author's edit.
          can_redo: Live's property of this name.

        Raises:
          PreconditionFailed: there is nothing to redo, or the last undone edit belongs to another or an unknown
            author.
        """
        newest = self._redoable[-1] if self._redoable else None
        if newest is None and not can_redo:
            raise nothing_to_redo()
        if newest is not None and newest.failed:
            raise errors.PreconditionFailed(
                f"Redo would bring back {newest.change}, which failed and was undone",
                newest.write,
                hint="make the change that you want again",
            )
        if anyone or (newest is not None and (newest.write, owner) in self._mine):
            return
        rule = (
            f"the last undone edit is by {newest.words}"
            if newest
            else "the edit that Live would redo is unknown"
        )
        raise errors.PreconditionFailed(
            f"It is not yours to redo: {rule}",
            hint="to redo the last undone edit of any author, use `anyone`",
            since=[newest._asdict()] if newest else [],
        )

    def aside(self, write: str) -> list[Aside]:
        """The values that a write set outside of Live's history."""
        return self._aside.get(write, [])

    def put_back(self, write: str) -> None:
        """Record that the values outside of Live's history were restored: the whole write is reverted now."""
        self._aside.pop(write, None)
        if write not in self._undone:
            self._undone.append(write)

    def has_entry(self, write: str) -> bool:
        """True when Live's history has an entry of this write."""
        return self._steps.get(write, 1) > 0

    def redoing(self, redo: str) -> None:
        """Record that write `redo` will redo the last undone edit."""
        self._redoes[redo] = True
        while len(self._redoes) > EDITS_KEPT:
            old = next(iter(self._redoes))
            del self._redoes[old]
            self._came_back.pop(old, None)

    def undoing(self, undo: str, write: str) -> None:
        """Record that write `undo` will revert `write`, or the newest edit."""
        self._undoes[undo] = write
        while len(self._undoes) > EDITS_KEPT:
            old = next(iter(self._undoes))
            del self._undoes[old]
            self._came_back.pop(old, None)

    def not_undone(self, undo: str) -> None:
        """Record that the undo was refused; if Live had already reverted an edit, the script has redone it."""
        self._undoes.pop(undo, None)
        seen = self._came_back.pop(undo, None)
        gone = self._popped.pop(undo, None)
        if gone is None:
            return
        if self._edits and self._edits[-1].write == undo:
            self._edits.pop()
        for edit in reversed(gone):
            if self._redoable and self._redoable[-1].write == edit.write:
                self._redoable.pop()
            self._is_done(edit)
            self._edits.append(edit)
        if seen:
            # Live reverted a newer entry instead, whose author is unknown: the changes that appeared are part of it.
            self._edits.append(_Edit(None, "somebody", gone[0].revision, seen[0]))

    def _is_done(self, edit: _Edit) -> None:
        if edit.write is not None and edit.write in self._undone:
            self._undone.remove(edit.write)

    def words(
        self, store: Store, change: Change, texts: Texts | None = None, gone: Mapping[int, str] | None = None
    ) -> str:
        """A change in words, kept with its object; `gone` has the last refs of removed objects."""
        text, id_ = in_words(store, change, texts), change[1]
        node = store.nodes.get(id_) or change[3]
        ref = store.ref(id_) if id_ in store.nodes else (gone or {}).get(id_, "")
        self.about.pop(text, None)
        self.about[text] = (id_, ref, str(getattr(node, "name", "")))
        _keep_newest(self.about, WORDS_KEPT)
        return text

    def came_back(self, undo: str) -> list[str]:
        """The changes of an undo or a redo in words; returned once."""
        return self._came_back.pop(undo, [])

    def undone(self, undo: str) -> None:
        """Record a finished undo: if no change appeared, it reverted an edit that no property shows."""
        shown = self._popped.pop(undo, None) is not None
        silent = self._edits[-1] if self._edits and not self._edits[-1].change else None
        if shown or silent is None or self._undoes.get(undo) not in (silent.write, NEWEST):
            return
        self._undoes[undo] = _DONE
        self._redoable.append(self._edits.pop())
        if silent.write is not None:
            self._undone.append(silent.write)

    def redone(self, redo: str) -> None:
        """Record a finished redo: if no change appeared, it redid an edit that no property shows."""
        if self._redoes.get(redo) and self._redoable and not self._redoable[-1].change:
            again = self._redoable.pop()
            self._redoes[redo] = False
            self._is_done(again)
            self._edits.append(again)

    @property
    def edits(self) -> tuple[_Edit, ...]:
        """All known edits, newest last; neighbours may share an entry, see `in_one_entry`."""
        return tuple(self._edits)

    def last(self, count: int = 20) -> list[dict[str, Any]]:
        """The newest edits with their authors, newest last."""
        return [edit._asdict() for edit in list(self._edits)[-count:]]


def _keep_newest(kept: dict[str, Any], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]


def in_one_entry(one: _Edit, other: _Edit) -> bool:
    """True when Live's history has one entry for both edits."""
    return bool(one.shares or other.shares) and (one.shares or one.write) == (other.shares or other.write)


Texts = dict[int, tuple[str, str]]
"""Parameter → the texts that Live showed before and after a batch."""


def displays(applied: Applied) -> Texts:
    """The texts of the parameters that a batch changed."""
    return {
        id_: (str(before or ""), str(after or ""))
        for kind, id_, name, before, after in applied.changes
        if kind == "set" and name == "display"
    }


def in_words(store: Store, change: Change, texts: Texts | None = None) -> str:
    """A change in a few words: "name of tracks/1: 'Bass' → 'Sub'"; a parameter by its texts: "-14.0 dB → 0.0 dB"."""
    kind, id_, name, before, after = change
    node = store.nodes.get(id_)
    if kind == "remove":
        gone = getattr(before, "name", "")
        return f"{getattr(before, 'type', 'an object')} {gone!r} was removed"
    where = store.ref(id_) if node is not None else str(id_)
    if kind in ("add", "move"):
        return (
            f"{where} {node.name if node is not None else ''!r} was {'added' if kind == 'add' else 'moved'}"
        )
    if kind in ("content", "children") or isinstance(after, list | tuple | dict):
        return f"{name} of {where} changed"
    label = f" {node.name!r}" if node is not None and node.name and name != "name" else ""
    if node is not None and node.type == "DeviceParameter" and name == "value" and id_ in (texts or {}):
        shown = (texts or {})[id_]
        return f"{where}{label}: {shown[0]} → {shown[1]}"
    if name == "color" and isinstance(before, int) and isinstance(after, int):
        return f"{name} of {where}{label}: #{before:06x} → #{after:06x}"
    sides = [values.neat(side) if isinstance(side, float) else checks.short(side) for side in (before, after)]
    return f"{name} of {where}{label}: {sides[0]!r} → {sides[1]!r}"


def _causes(store: Store, changes: Sequence[Change]) -> list[Change]:
    """The changes, without objects that were added or removed with their parents, and without the lists of these."""
    nodes: dict[int, Any] = {}
    for kind, id_, _, before, _ in changes:
        node = before if kind == "remove" else store.nodes.get(id_)
        if kind in ("add", "remove") and node is not None:
            nodes[id_] = node
    tops = {
        id_
        for id_, node in nodes.items()
        if node.parent not in nodes and node.type not in _MINOR and not node.type.endswith(".View")
    }
    if not tops:
        return list(changes)
    return [
        change
        for change in changes
        if change[0] != "children"
        and (change[1] in tops if change[0] in ("add", "remove") else change[1] not in nodes)
    ]


def _is_edit(store: Store, change: Change) -> bool:
    kind, id_, name = change[0], change[1], change[2]
    if kind in _EDIT_KINDS:
        return True
    node = store.nodes.get(id_)
    if node is None or node.type not in schema.CLASSES:
        return False
    prop = schema.properties(node.type).get(name)
    if prop is None or not prop.is_edit:
        return False
    # Live fills the routing of a new track some ticks late; that is no edit.
    return prop.type != "routing" or bool(change[3])


def nothing_to_redo() -> errors.PreconditionFailed:
    """The refusal of a redo where Live has nothing to redo."""
    return errors.PreconditionFailed(
        "There is nothing to redo: nothing was undone since the last change",
        hint="redo works right after an undo; make the change again yourself",
    )


def nothing_to_undo() -> errors.PreconditionFailed:
    """The refusal of an undo where Live has nothing to undo."""
    return errors.PreconditionFailed(
        "There is nothing to undo: Live's history has no entry", hint="nothing was changed"
    )
