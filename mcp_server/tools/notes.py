"""MIDI notes: editing by id, replacing, and transforms that keep the ids; as objects or in the compact form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from mirror import Call, Note, Operation, errors

from .. import notation, reading
from ..fields import Clip, Overwrite, kind
from ..plans import Plan, Scope
from ..tool import Arguments, Toolset

tools = Toolset("notes")

Notes = Annotated[
    list[Any] | str,
    kind(
        "notes",
        "'C1@0:.25v100 @1 D1@1:.5' (pitch@start:duration v velocity, at first .25, 100), or JSON: [{p, t, d, v…}]",
    ),
]
Ids = Annotated[list[int], Meta(description="note ids, without #")]
_REQUIRED = ("pitch", "start_time", "duration")


def plain_notes(notes: list[Any] | str) -> list[dict[str, Any]]:
    """New notes in either form as the mirror takes them."""
    found = reading.notes(notes)
    for number, each in enumerate(found):
        each.pop("note_id", None)
        missing = [name for name in _REQUIRED if name not in each]
        if missing:
            raise errors.InvalidValue(f"Note {number} has no {', '.join(missing)}", hint=notation.HINT)
    return found


class EditNotes(Arguments):
    clip: Clip
    add: Notes = ""
    change: Annotated[
        list[Any] | str, kind("notes", "as text all of the note with its #id; JSON: [{id, what changes}]")
    ] = ""
    remove: Ids = []
    replace: Annotated[list[Any] | str, kind("notes", "instead of all that the clip has")] | UnsetType = UNSET
    overwrite: Overwrite = False


@tools.writes(
    EditNotes,
    "Edit notes",
    "Adds, changes by id, removes by id, or replaces the notes of a MIDI clip, in one step.",
    destructive=True,
    idempotent=False,
)
def edit_notes(scope: Scope, args: EditNotes) -> Plan:
    clip = scope.clip(args.clip)
    scope.check_midi(clip)
    ops: list[Operation] = []
    if args.replace is not UNSET:
        ops.append(Call(clip.id, "replace_notes", {"notes": plain_notes(args.replace)}))
    if args.remove:
        ops.append(Call(clip.id, "remove_notes_by_id", {"note_ids": args.remove}))
    if args.change:
        ops.append(Call(clip.id, "apply_note_modifications", {"notes": _changes(args.change)}))
    added = plain_notes(args.add)
    if added:
        ops.append(Call(clip.id, "add_new_notes", {"notes": added}))
    return Plan.of(f"edit notes of {scope.ref(clip)}", ops, overwrite=args.overwrite)


def _changes(change: list[Any] | str) -> list[dict[str, Any]]:
    found = reading.notes(change)
    for number, note in enumerate(found):
        if "note_id" not in note:
            raise errors.InvalidValue(f"Note {number} has no id", hint="get_notes shows the ids")
    return found


def in_range(scope: Scope, notes: Iterable[Note], args: Any) -> list[Note]:
    """Those within `from_time` to `to_time` (not included) and `from_pitch` to `to_pitch` of the arguments."""
    low = float("-inf") if args.from_time is UNSET else scope.position(args.from_time)
    high = float("inf") if args.to_time is UNSET else scope.position(args.to_time)
    bottom, top = reading.pitch(args.from_pitch), reading.pitch(args.to_pitch)
    return [note for note in notes if low <= note.start_time < high and bottom <= note.pitch <= top]
