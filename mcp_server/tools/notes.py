"""MIDI notes: editing by id, replacing, and transforms that keep the ids; as objects or in the compact form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from mirror import Call, Node, Note, Operation, errors

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
    """New notes in either form, converted to the fields that the mirror takes."""
    new_notes = reading.notes(notes)
    for number, note in enumerate(new_notes):
        note.pop("note_id", None)
        missing = [name for name in _REQUIRED if name not in note]
        if missing:
            raise errors.InvalidValue(f"Note {number} has no {', '.join(missing)}", hint=notation.HINT)
    return new_notes


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
    clip = scope.clip(args.clip, "midi clip")
    scope.check_midi(clip)
    ops: list[Operation] = []
    replacing: list[dict[str, Any]] = []
    if args.replace is not UNSET:
        if isinstance(args.replace, str) and not args.replace.strip():
            raise errors.InvalidValue("`replace` is empty", hint="'none' or [] removes all notes")
        cleared = isinstance(args.replace, str) and args.replace.strip().casefold() == "none"
        replacing = [] if cleared else plain_notes(args.replace)
        ops.append(Call(clip.id, "replace_notes", {"notes": replacing}))
    if args.remove:
        ops.append(Call(clip.id, "remove_notes_by_id", {"note_ids": args.remove}))
    changes = _changes(args.change) if args.change else []
    if changes:
        ops.append(Call(clip.id, "apply_note_modifications", {"notes": changes}))
    added = plain_notes(args.add)
    if added:
        ops.append(Call(clip.id, "add_new_notes", {"notes": added}))
    moved = [note for note in changes if "start_time" in note and "duration" in note]
    spans = [
        (note["start_time"], note["start_time"] + note["duration"]) for note in (*replacing, *moved, *added)
    ]
    say_outside(scope, clip, spans, "notes")
    return Plan.of(f"edit notes of {scope.ref(clip)}", ops, overwrite=args.overwrite)


def say_outside(
    scope: Scope, clip: Node, spans: Iterable[tuple[float, float]], what: str, *, cut: bool = True
) -> None:
    """Add a note to the answer about written notes that the clip does not play: see `say_beyond`."""
    props = clip.props
    begin = min((props[name] for name in ("loop_start", "start_marker") if name in props), default=None)
    end = props.get("loop_end" if props.get("looping") else "end_marker")
    if isinstance(begin, int | float) and isinstance(end, int | float):
        say_beyond(scope, scope.ref(clip), (begin, end), spans, what, cut=cut)


def say_beyond(
    scope: Scope,
    name: str,
    plays: tuple[float, float],
    spans: Iterable[tuple[float, float]],
    what: str,
    *,
    cut: bool = True,
) -> None:
    """Let the answer say how many spans start outside of `plays`, and with `cut` how many reach beyond its end."""
    begin, end = plays
    spans = list(spans)
    inside = [stop for start, stop in spans if begin - _NEAR <= start < end - _NEAR]
    outside, beyond = len(spans) - len(inside), sum(stop > end + _NEAR for stop in inside)
    if outside:
        lie = f"1 of the {what} starts" if outside == 1 else f"{outside} {what} start"
        scope.notes.append(f"{lie} outside of what {name} plays, beats {begin:g} to {end:g}")
    if beyond and cut:
        last = f"1 of the {what} ends" if beyond == 1 else f"{beyond} {what} end"
        scope.notes.append(f"{last} beyond beat {end:g}, where {name} ends")


_NEAR = 1e-6
"""Beats that rounding may make."""


def _changes(change: list[Any] | str) -> list[dict[str, Any]]:
    changed_notes = reading.notes(change)
    for number, note in enumerate(changed_notes):
        if "note_id" not in note:
            raise errors.InvalidValue(f"Note {number} has no id", hint="get_notes shows the ids")
    return changed_notes


def in_range(scope: Scope, notes: Iterable[Note], args: Any) -> list[Note]:
    """The notes from `from_time` to `to_time` (not included) and from `from_pitch` to `to_pitch`."""
    low = float("-inf") if args.from_time is UNSET else scope.position(args.from_time)
    high = float("inf") if args.to_time is UNSET else scope.position(args.to_time)
    bottom, top = reading.pitch(args.from_pitch), reading.pitch(args.to_pitch)
    if low >= high or bottom > top:
        rule = f"From {args.from_time} to {args.to_time}" if low >= high else f"From pitch {bottom} to {top}"
        raise errors.InvalidValue(f"{rule} there can be no note", hint="the end must be after the beginning")
    return [note for note in notes if low <= note.start_time < high and bottom <= note.pitch <= top]
