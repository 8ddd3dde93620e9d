"""Reverting changes of a clip's notes, note by note. Pure functions over chains of changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from mirror import Call, Note, Operation

from .chains import ValueChange, newest_run


@dataclass
class NotesToRestore:
    """The changes that revert a clip's notes; `others` counts notes that another author changed since."""

    gone: list[int] = field(default_factory=list)
    changed: list[Note] = field(default_factory=list)
    back: list[Note] = field(default_factory=list)
    others: int = 0

    def operations(self, clip: int) -> list[Operation]:
        operations: list[Operation] = []
        if self.gone:
            operations.append(Call(clip, "remove_notes_by_id", {"note_ids": self.gone}))
        if self.changed:
            notes = [msgspec.to_builtins(note) for note in self.changed]
            operations.append(Call(clip, "apply_note_modifications", {"notes": notes}))
        if self.back:
            notes = [msgspec.to_builtins(note) for note in self.back]
            new = [{name: note[name] for name in note if name != "note_id"} for note in notes]
            operations.append(Call(clip, "add_new_notes", {"notes": new}))
        return operations

    def words(self) -> str:
        """The numbers of changes as text: "2 notes are restored, 1 are removed"."""
        counts = (
            (self.back, f"{len(self.back)} notes are restored"),
            (self.gone, f"{len(self.gone)} are removed"),
            (self.changed, f"{len(self.changed)} are as before"),
        )
        return ", ".join(text for some, text in counts if some)


def put_back(present: Iterable[Note], chains: Mapping[int, list[ValueChange]]) -> NotesToRestore:
    """The changes of a clip's notes that revert the selected changes in their chains.

    If an undo brought the clip back, its notes may have other ids. Then an equal note without a chain is used instead.
    """
    now = {note.note_id: note for note in present}
    strangers = [note for note in now.values() if note.note_id not in chains]
    notes = NotesToRestore()
    for note_id, chain in chains.items():
        run, note = newest_run(chain), now.get(note_id)
        if note is None and chain and chain[-1].after is not None:
            note = next((other for other in strangers if _under(note_id, other) == chain[-1].after), None)
            if note is not None:
                strangers.remove(note)
                note_id, note = note.note_id, chain[-1].after
        first = next((link for link in chain if link.selected), None)
        if first is None:
            continue
        if run is None or run[-1].after != note:
            notes.others += note != (first.before if run is None else run[0].before)
            continue
        target = run[0].before
        if target == note:
            continue
        if target is None:
            notes.gone.append(note_id)
        elif note is None:
            notes.back.append(target)
        else:
            notes.changed.append(_under(note_id, target))
    return notes


def _under(note_id: int, note: Note) -> Note:
    return msgspec.structs.replace(note, note_id=note_id)
