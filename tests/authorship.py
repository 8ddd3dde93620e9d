"""Who did what, taken from headless Live itself: who creates, deletes or sets, and whose edit an undo reverts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest

from mirror import Mirror
from remote_script.headless.history import History
from remote_script.headless.node import Document
from remote_script.SetMirror import executor as executing
from remote_script.SetMirror.answers import Answers
from remote_script.SetMirror.executor import Executor
from remote_script.SetMirror.operations import Operation as LiveOperation
from remote_script.SetMirror.shadow import Shadow

PERSON = "live"
"""The event log's author for edits that no agent made."""
UNIQUE = ("name", "tempo", "value")
"""Properties whose values are used only once."""


class Truth:
    """Facts from headless Live, through hooks for the duration of one run."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.actor = PERSON
        self.wrong: list[str] = []
        self.born: dict[int, str] = {}
        self.died: dict[int, str] = {}
        self.values: dict[tuple[str, Any], str] = {}
        self.pointers: dict[int, int] = {}
        self.expected: dict[str, dict[str, int]] = {}
        """Write → argument name → pointer of the object that its operation is meant for; "" is the target."""
        self.met: Counter[str] = Counter()
        self._entries: dict[int, tuple[Any, set[str]]] = {}
        self._unsynced: dict[tuple[int, str], str] = {}
        self._taken: set[str] = set()
        self._life(patch)
        self._history(patch)
        self._executor(patch)

    @contextmanager
    def acting(self, actor: str) -> Any:
        before, self.actor = self.actor, actor
        try:
            yield
        finally:
            self.actor = before

    def _life(self, patch: pytest.MonkeyPatch) -> None:
        bear, bury, later, add = Document.bear, Document._bury, Document.on_next_tick, Shadow.add

        def bears(doc: Any, node: Any) -> None:
            bear(doc, node)
            self.born.update((member.ptr, self.actor) for member in node.walk())

        def buries(doc: Any, node: Any) -> None:
            self.died.update((member.ptr, self.actor) for member in node.walk() if member.ptr is not None)
            bury(doc, node)

        def puts_off(doc: Any, action: Callable[[], None]) -> None:
            actor = self.actor

            def act() -> None:
                with self.acting(actor):
                    action()

            later(doc, act)

        def adds(shadow: Any, row: Any) -> None:
            self.pointers[row.id] = row.ptr
            add(shadow, row)

        patch.setattr(Document, "bear", bears)
        patch.setattr(Document, "_bury", buries)
        patch.setattr(Document, "on_next_tick", puts_off)
        patch.setattr(Shadow, "add", adds)

    def _history(self, patch: pytest.MonkeyPatch) -> None:
        record, inner, undo, redo = History.record, History._record, History.undo, History.redo

        def records(history: Any, node: Any, name: str, old: Any, new: Any) -> None:
            if name in node.SYNCED:
                # The value joins the history later, possibly during another author's work.
                self._unsynced[id(node), name] = self.actor
            record(history, node, name, old, new)

        def enters(history: Any, node: Any, name: str, old: Any, new: Any) -> None:
            inner(history, node, name, old, new)
            step = history._open
            actors = self._entries.setdefault(id(step), (step, set()))[1]
            actors.add(self._unsynced.pop((id(node), name), self.actor))

        def undoes(history: Any) -> Any:
            history.sync()
            self._taken = (
                self._entries.get(id(history._undo[-1]), (None, set()))[1] if history._undo else set()
            )
            return undo(history)

        def redoes(history: Any) -> Any:
            self._taken = set()
            return redo(history)

        patch.setattr(History, "record", records)
        patch.setattr(History, "_record", enters)
        patch.setattr(History, "undo", undoes)
        patch.setattr(History, "redo", redoes)

    def _executor(self, patch: pytest.MonkeyPatch) -> None:
        advance, finish, perform, put = (
            Executor.advance, Answers.finish, executing.perform, LiveOperation.apply_set,
        )  # fmt: skip

        def advances(executor: Any) -> str:
            write = executor.current or executor._queue[0]
            with self.acting(write.author):
                return advance(executor)

        def finishes(answers: Any, write: Any, outcome: Any) -> None:
            taken, self._taken = self._taken, set()
            if write.undoes and isinstance(outcome, dict) and taken - {write.author}:
                self.wrong.append(f"{write.author} undid {write.undoes}, which took back an edit of {taken}")
            finish(answers, write, outcome)

        def performs(call: Any) -> Any:
            executor = self.script.executor
            self.meet(executor.current.id, call)
            return perform(call)

        def puts(operation: Any, batcher: Any, operations: Any) -> None:
            wanted = self.expected.get(self.script.executor.current.id, {}).get("")
            if operation.number == 0 and wanted is not None and operation.row.ptr != wanted:
                self.wrong.append(f"set {operation.name} met another object")
            put(operation, batcher, operations)

        patch.setattr(Executor, "advance", advances)
        patch.setattr(Answers, "finish", finishes)
        patch.setattr(executing, "perform", performs)
        patch.setattr(LiveOperation, "apply_set", puts)

    def meet(self, write: str, call: Any) -> None:
        """Check the objects of a call that Live is about to execute."""
        wanted = self.expected.get(write)
        if wanted is None or call.method.name in ("undo", "redo"):
            return
        if call.row.ptr != wanted[""]:
            self.wrong.append(f"{call.method.name} met another object")
        for arg in call.method.args:
            if not arg.is_place or arg.name not in wanted:
                continue
            place = call.args[arg.name]
            holder = call.args[arg.list_owner] if arg.list_owner else call.obj
            # For a move within a list, Live's index still counts the moved object.
            listed = list(getattr(holder, arg.list_name))
            obj = listed[place] if isinstance(place, int) else place
            if obj._live_ptr != wanted[arg.name]:
                self.wrong.append(f"{call.method.name} met another object at {arg.name} {place} ({write})")
        self.met[call.method.name] += 1

    def judge(self, mirror: Mirror) -> None:
        """Compare the authors in the event log with the real authors."""
        for event in mirror.log.since(mirror.log.oldest):
            if event.cause == "resync" or (event.write or "").find("-undo-") > 0:
                # A value that an undo restores was set earlier by another author.
                continue
            truth = None
            if event.kind == "set" and event.name in UNIQUE:
                truth = self.values.get((event.name, value_key(event.after)))
            elif event.kind == "add":
                truth = self.born.get(self.pointers.get(event.id, 0))
            elif event.kind == "remove":
                truth = self.died.get(self.pointers.get(event.id, 0))
            if truth is not None and event.who != truth:
                self.wrong.append(
                    f"{event.kind} {event.name} of {event.ref}: {event.after!r:.60} has author {event.who}, not {truth}"
                )


def value_key(value: Any) -> Any:
    return round(value, 5) if isinstance(value, float) else value
