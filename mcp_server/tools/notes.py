"""MIDI notes: editing by id, replacing, and transforms that keep the ids; as objects or in the compact form."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from mirror import Call, Node, Note, Operation, Set, errors
from remote_script.SetMirror import schema
from remote_script.SetMirror.notes import GRIDS, nearest_line

from .. import notation, reading
from ..fields import Clip, Overwrite, Pitch, Time, kind
from ..plans import Plan, Scope, only
from ..tool import Arguments, Toolset

tools = Toolset("notes")

Notes = Annotated[
    list[Any] | str,
    kind("notes", "'C1@0:.25v100 @1 D1@1:.5' (pitch@start:duration v velocity), or objects {p, t, d, v…}"),
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
        list[Any] | str, kind("notes", "as text all of the note with its #id; objects: {id, what changes}")
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
    # Says so when it has no notes.
    scope.note_list(clip)
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


_RANGE = ("from_time", "to_time", "from_pitch", "to_pitch", "note_ids")
_TAKES = {
    "quantize": ("amount", "grid", *_RANGE),
    "transpose": ("amount", *_RANGE),
    "move": ("amount", *_RANGE),
    "scale_velocity": ("amount", *_RANGE),
    "legato": _RANGE,
    "duplicate": ("amount", *_RANGE),
    "duplicate_loop": (),
    "crop": ("from_time", "to_time"),
    "select": _RANGE,
    "remove": _RANGE,
}
"""Which arguments have an effect on which operation."""
_GRIDS = {label: value for value, label in schema.ENUMS["RecordingQuantization"].items() if value in GRIDS}


Kind: Any = Annotated[Literal[tuple(_TAKES)], Meta(description="crop, duplicate_loop: of the clip")]


class TransformNotes(Arguments):
    clip: Clip
    operation: Kind
    amount: (
        Annotated[
            float,
            Meta(
                description="quantize: 0..1; transpose: semitones; move, duplicate: beats; scale_velocity: factor"
            ),
        ]
        | UnsetType
    ) = UNSET
    grid: Annotated[str, Meta(description="of quantize: 1/4 to 1/32, 1/8T, '1/16 + 1/16T'")] = "1/16"
    from_time: Time | UnsetType = UNSET
    to_time: Annotated[Time, Meta(description="not included")] | UnsetType = UNSET
    from_pitch: Pitch = 0
    to_pitch: Pitch = 127
    note_ids: Ids = []
    overwrite: Overwrite = False


@tools.writes(
    TransformNotes,
    "Transform notes",
    "Quantize, transpose, move, shape, duplicate, crop, select or remove notes, all or those in a range; ids stay.",
    destructive=True,
    idempotent=False,
)
def transform_notes(scope: Scope, args: TransformNotes) -> Plan:
    clip = scope.clip(args.clip)
    only(args, f"'{args.operation}'", *_TAKES[args.operation], of=("amount", "grid", *_RANGE))
    return Plan.of(
        f"{args.operation} notes of {scope.ref(clip)}",
        list(_transformed(scope, clip, args)),
        overwrite=args.overwrite,
    )


def _transformed(scope: Scope, clip: Node, args: TransformNotes) -> Iterable[Operation]:
    held = scope.note_list(clip)
    if args.operation == "duplicate_loop":
        return [Call(clip.id, "duplicate_loop")]
    if args.operation == "crop":
        return _cropped(scope, clip, args)
    meant = _meant(scope, held, args)
    if not meant:
        raise errors.NotFound("No note of the clip is in that range", hint="get_notes shows them")
    ids = [note.note_id for note in meant]
    match args.operation:
        case "quantize":
            return [_quantized(scope, clip, args, meant, len(meant) == len(held))]
        case "select" | "remove":
            return [Call(clip.id, f"{args.operation}_notes_by_id", {"note_ids": ids})]
        case "duplicate":
            told: dict[str, Any] = {"note_ids": ids}
            if args.amount is not UNSET:
                told["destination_time"] = min(note.start_time for note in meant) + args.amount
            return [Call(clip.id, "duplicate_notes_by_id", told)]
    return [Call(clip.id, "apply_note_modifications", {"notes": _changed(args, meant)})]


def _cropped(scope: Scope, clip: Node, args: TransformNotes) -> list[Operation]:
    """Live crops to the loop, or to the markers where the clip does not loop; a range becomes these first."""
    ops: list[Operation] = []
    if args.from_time is not UNSET or args.to_time is not UNSET:
        now = float(clip.props.get("loop_start") or 0.0), float(clip.props.get("loop_end") or 0.0)
        start = now[0] if args.from_time is UNSET else scope.position(args.from_time)
        end = now[1] if args.to_time is UNSET else scope.position(args.to_time)
        if not start < end:
            raise errors.InvalidValue(f"The range must end after it starts, got {start:g} to {end:g}", end)
        ops = [Set(clip.id, "loop_start", start), Set(clip.id, "loop_end", end)]
        if start >= now[1]:
            # Live refuses a start beyond the end: move the end first.
            ops.reverse()
    return [*ops, Call(clip.id, "crop")]


def in_range(scope: Scope, notes: Iterable[Note], args: Any) -> list[Note]:
    """Those within `from_time` to `to_time` (not included) and `from_pitch` to `to_pitch` of the arguments."""
    low = float("-inf") if args.from_time is UNSET else scope.position(args.from_time)
    high = float("inf") if args.to_time is UNSET else scope.position(args.to_time)
    bottom, top = reading.pitch(args.from_pitch), reading.pitch(args.to_pitch)
    return [note for note in notes if low <= note.start_time < high and bottom <= note.pitch <= top]


def _meant(scope: Scope, held: tuple[Note, ...], args: TransformNotes) -> list[Note]:
    wanted = set(args.note_ids)
    unknown = wanted - {note.note_id for note in held}
    if unknown:
        raise errors.StaleReference(
            "The clip has no notes with these ids", sorted(unknown)[:20], hint="read the clip's notes again"
        )
    return [note for note in in_range(scope, held, args) if not wanted or note.note_id in wanted]


def _amount(args: TransformNotes, meaning: str) -> float:
    if args.amount is UNSET:
        raise errors.InvalidParams(f"{args.operation} needs `amount`: {meaning}")
    return args.amount


def _quantized(scope: Scope, clip: Node, args: TransformNotes, meant: list[Note], whole: bool) -> Operation:
    if args.grid not in _GRIDS:
        raise errors.InvalidValue(f"grid must be one of {', '.join(_GRIDS)}", args.grid)
    grid = _GRIDS[args.grid]
    strength = 1.0 if args.amount is UNSET else args.amount
    if not 0 <= strength <= 1:
        raise errors.InvalidValue("The strength of quantize must be between 0 and 1", strength)
    if whole:
        return Call(clip.id, "quantize", {"quantization_grid": grid, "amount": strength})
    changed = []
    swing = scope.resolve("song").props.get("swing_amount", 0.0)
    for note in meant:
        line = nearest_line(note.start_time, grid, swing)
        start = line if strength == 1 else note.start_time + (line - note.start_time) * strength
        changed.append({"note_id": note.note_id, "start_time": start})
    return Call(clip.id, "apply_note_modifications", {"notes": changed})


def _changed(args: TransformNotes, meant: list[Note]) -> list[dict[str, Any]]:
    match args.operation:
        case "transpose":
            by = _amount(args, "semitones")
            if by != int(by):
                raise errors.InvalidValue("Semitones are whole numbers", by)
            beyond = [note.note_id for note in meant if not 0 <= note.pitch + by <= 127]
            if beyond:
                raise errors.InvalidValue(
                    f"{len(beyond)} notes would leave 0 to 127", by, note_ids=beyond[:20]
                )
            return [{"note_id": note.note_id, "pitch": note.pitch + int(by)} for note in meant]
        case "move":
            by = _amount(args, "beats")
            return [{"note_id": note.note_id, "start_time": note.start_time + by} for note in meant]
        case "scale_velocity":
            by = _amount(args, "a factor, such as 0.8")
            if by < 0:
                raise errors.InvalidValue("The factor of scale_velocity must be 0 or more", by)
            return [{"note_id": n.note_id, "velocity": min(127.0, max(1.0, n.velocity * by))} for n in meant]
        case _:
            starts = sorted({note.start_time for note in meant})
            after = dict(itertools.pairwise(starts))
            return [
                {"note_id": note.note_id, "duration": after[note.start_time] - note.start_time}
                for note in meant
                if note.start_time in after
            ]
