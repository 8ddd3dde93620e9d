"""Live's undo history: steps that do not nest, changes that merge, parameters that are recorded late.

`begin` and `end` bracket a step; the first end closes it, an unmatched end does nothing, an empty step leaves no
entry (measured on 12.4.3). Without a pair, changes merge until the next boundary: a begin, an end, undo, redo, a
person's edit or an entry that Live itself makes, such as a recording (Guess: the exact boundaries; the merging of
changes is measured). Entries are undone in the order last in, first out: a step below a newer entry accepts no more
changes, except changes that were requested while the step was open and settle late. Parameter values wait until
Live syncs them, every 100 ms or in `sync_parameter_changes`, and are recorded in the step that is open then
(measured on 12.4.6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

if TYPE_CHECKING:
    from .node import Document, Node

LABEL = "Custom Action"


class Step:
    """One entry of the history: (node, field, old, new) in the order made."""

    __slots__ = ("changes", "label")

    def __init__(self, label: str = LABEL) -> None:
        self.label = label
        self.changes: List[Tuple[Node, str, Any, Any]] = []


class _Into:
    """Context manager: changes are recorded in one step, even when the history has newer entries."""

    def __init__(self, history: History, step: Step) -> None:
        self._history, self._step = history, step

    def __enter__(self) -> None:
        self._before = self._history._open, self._history._into_step
        self._history._open = self._history._into_step = self._step

    def __exit__(self, *exc: Any) -> None:
        opened, self._history._into_step = self._before
        if self._history._open is self._step:
            self._history._open = opened


class History:
    """The undo and redo stacks of one document."""

    def __init__(self, doc: Document) -> None:
        self._doc = doc
        self._undo: List[Step] = []
        self._redo: List[Step] = []
        self._open: Optional[Step] = None
        self._into_step: Optional[Step] = None
        """The step of `into`, which accepts changes at any place in the history."""
        self._begun = False
        self._unsynced: Dict[Tuple[int, str], Tuple[Node, str, Any]] = {}
        self._saved = self._top()

    def _top(self) -> Tuple[Optional[Step], int]:
        step = self._undo[-1] if self._undo else None
        return step, len(step.changes) if step is not None else 0

    def saved(self) -> None:
        """Record that the Set has been saved in its present state."""
        self.sync()
        self._saved = self._top()

    @property
    def changed_since_saved(self) -> bool:
        """True when the Set differs from its saved or opened state."""
        self.sync()
        return self._top() != self._saved

    @property
    def labels(self) -> List[str]:
        return [step.label for step in self._undo]

    @property
    def redo_labels(self) -> List[str]:
        return [step.label for step in self._redo]

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    @property
    def is_open(self) -> bool:
        """True between `begin` and `end`."""
        return self._begun

    def forget(self) -> None:
        """Drop everything, as after opening a Set."""
        self._undo, self._redo, self._begun = [], [], False
        self._open = self._into_step = None
        self._unsynced = {}
        self._saved = self._top()

    # Recording

    def record(self, node: Node, field: str, old: Any, new: Any) -> None:
        if node.ptr is None:
            return
        if field in node.SYNCED:
            self._unsynced.setdefault((id(node), field), (node, field, old))
            return
        self._record(node, field, old, new)

    def _record(self, node: Node, field: str, old: Any, new: Any) -> None:
        step = self.ticket()
        if not step.changes:
            self._undo.append(step)
        self._redo = []
        changes = step.changes
        if changes and changes[-1][0] is node and changes[-1][1] == field and field not in node.OWNS:
            old = changes.pop()[2]
        changes.append((node, field, old, new))

    def ticket(self) -> Step:
        """The step to which a change made now belongs."""
        step = self._open
        if step is None or not self._takes_changes(step):
            step = self._open = Step(LABEL if step is None else step.label)
        return step

    def _takes_changes(self, step: Step) -> bool:
        """True for an empty step, the newest entry, and the step of `into` while the history contains that step."""
        if not step.changes:
            return True
        if step is self._into_step:
            return step in self._undo
        return bool(self._undo) and self._undo[-1] is step

    def into(self, step: Step) -> _Into:
        """Record into this step, for changes that settle later."""
        return _Into(self, step)

    def begin(self) -> None:
        if not self._begun:
            self._open = Step()
            self._begun = True

    def end(self) -> None:
        self._open = None
        self._begun = False

    def boundary(self, label: str = LABEL) -> Step:
        """Close the open step and open another one, as a person's edit does."""
        self.end()
        self._open = Step(label)
        return self._open

    def sync(self) -> None:
        """Record the parameter values written since the last sync."""
        unsynced, self._unsynced = self._unsynced, {}
        for node, field, old in unsynced.values():
            new = getattr(node, field)
            if new != old:
                self._record(node, field, old, new)

    # Undo

    def undo(self) -> str:
        """Undo the last step; returns its label, "" when there is none."""
        self._doc.may_change()
        self.sync()
        self.end()
        if not self._undo:
            return ""
        step = self._undo.pop()
        self._apply([(node, field, old) for node, field, old, _ in reversed(step.changes)])
        self._redo.append(step)
        return "Undo " + step.label

    def redo(self) -> str:
        """Redo the last undone step; returns its label, "" when there is none."""
        self._doc.may_change()
        self.sync()
        self.end()
        if not self._redo:
            return ""
        step = self._redo.pop()
        self._apply([(node, field, new) for node, field, _, new in step.changes])
        self._undo.append(step)
        return "Redo " + step.label

    def _apply(self, changes: List[Tuple[Node, str, Any]]) -> None:
        doc = self._doc
        doc.undoing = True
        doc.begin()
        try:
            for node, field, value in changes:
                old = getattr(node, field)
                if old is not value:
                    node.store(field, old, value)
        finally:
            try:
                doc.end()
            finally:
                doc.undoing = False
