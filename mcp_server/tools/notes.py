"""MIDI notes: editing by id, replacing, and transforms that keep the ids; as objects or in the compact form."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, to_builtins

from mirror import Call, Note, Operation, errors
from remote_script.SetMirror import schema
from remote_script.SetMirror.notes import GRIDS, nearest_line

from .. import notation, units
from ..desk import Desk
from ..fields import Overwrite, Pitch, Target
from ..tool import Arguments, Toolset

tools = Toolset("notes")

Percent = Annotated[float, Meta(ge=0, le=127)]


class NoteArgument(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A note; times in beats from the clip's start."""

    pitch: int | str
    start_time: float
    duration: Annotated[float, Meta(gt=0)]
    velocity: Percent = 100.0
    mute: bool = False
    probability: Annotated[float, Meta(ge=0, le=1)] = 1.0
    velocity_deviation: Annotated[float, Meta(ge=-127, le=127)] = 0.0
    release_velocity: Percent = 64.0


class NoteChange(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What shall be different about the note with this id."""

    note_id: int
    pitch: int | str | UnsetType = UNSET
    start_time: float | UnsetType = UNSET
    duration: Annotated[float, Meta(gt=0)] | UnsetType = UNSET
    velocity: Percent | UnsetType = UNSET
    mute: bool | UnsetType = UNSET
    probability: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    velocity_deviation: Annotated[float, Meta(ge=-127, le=127)] | UnsetType = UNSET
    release_velocity: Percent | UnsetType = UNSET


Notes = Annotated[
    list[NoteArgument] | str,
    Meta(description="text 'C1@0:.25v100 @1 D1@1:.5' (pitch@start:length v velocity) or objects"),
]


def plain_notes(notes: list[Any] | str) -> list[dict[str, Any]]:
    """Notes in either form as the mirror takes them."""
    if isinstance(notes, str):
        found = notation.read(notes)
        for each in found:
            each.pop("note_id", None)
        return found
    return [_plain(each) for each in notes]


def _plain(note: Any) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(note)
    if isinstance(told.get("pitch"), str):
        told["pitch"] = units.pitch(told["pitch"])
    return told


class EditNotes(Arguments):
    clip: Target
    add: Notes = ""
    change: Annotated[list[NoteChange] | str, Meta(description="by id; as text: with its #id")] = []
    remove: Annotated[list[int], Meta(description="note ids")] = []
    replace: Annotated[list[NoteArgument] | str | None, Meta(description="instead of all")] = None
    overwrite: Overwrite = False


@tools.writes(
    EditNotes,
    "Edit notes",
    "Adds, changes by id, removes by id, or replaces the notes of a MIDI clip, in one step.",
    destructive=True,
    idempotent=False,
)
async def edit_notes(desk: Desk, given: EditNotes) -> dict[str, Any]:
    clip = _clip(desk, given.clip)
    ops: list[Operation] = []
    if given.replace is not None:
        ops.append(Call(clip, "replace_notes", {"notes": plain_notes(given.replace)}))
    if given.remove:
        ops.append(Call(clip, "remove_notes_by_id", {"note_ids": given.remove}))
    if given.change:
        ops.append(Call(clip, "apply_note_modifications", {"notes": _changes(given.change)}))
    added = plain_notes(given.add)
    if added:
        ops.append(Call(clip, "add_new_notes", {"notes": added}))
    return await desk.write(ops, "edit notes", given.overwrite)


def _clip(desk: Desk, target: int | str) -> int:
    node = desk.clip(target)
    # Says so when it has no notes.
    desk.mirror.notes(node)
    return node.id


def _changes(change: list[NoteChange] | str) -> list[dict[str, Any]]:
    if not isinstance(change, str):
        return [_plain(each) for each in change]
    found = notation.read(change)
    for number, note in enumerate(found, 1):
        if "note_id" not in note:
            raise errors.InvalidValue(f"Note {number} has no #id", hint="get_notes tells the ids")
    return found


_GRIDS = schema.ENUMS["RecordingQuantization"]


class TransformNotes(Arguments):
    clip: Target
    operation: Literal[
        "quantize", "transpose", "move", "scale_velocity", "legato", "duplicate", "duplicate_loop", "crop",
        "select", "remove",
    ]  # fmt: skip
    amount: Annotated[
        float | UnsetType,
        Meta(
            description="quantize: strength 0..1; transpose: semitones; move: beats; scale_velocity: factor"
        ),
    ] = UNSET
    grid: Annotated[str, Meta(description="of quantize: 1/4 to 1/32, 1/8T, '1/16 + 1/16T'")] = "1/16"
    from_time: float | UnsetType = UNSET
    to_time: float | UnsetType = UNSET
    from_pitch: Pitch = 0
    to_pitch: Pitch = 127
    note_ids: list[int] = []
    overwrite: Overwrite = False


@tools.writes(
    TransformNotes,
    "Transform notes",
    "Quantize, transpose, move, shape, duplicate, crop, select or remove notes, all or those in a range; ids stay.",
    destructive=True,
    idempotent=False,
)
async def transform_notes(desk: Desk, given: TransformNotes) -> dict[str, Any]:
    clip = _clip(desk, given.clip)
    meant = _meant(desk, clip, given)
    if given.operation in ("duplicate_loop", "crop"):
        # Live's own, on the whole clip.
        return await desk.write([Call(clip, given.operation)], given.operation, given.overwrite)
    if not meant:
        raise errors.NotFound("No note of the clip is in that range", hint="get_notes shows them")
    ids = [note.note_id for note in meant]
    if given.operation == "quantize":
        return await desk.write(_quantize(desk, clip, given, meant), "quantize", given.overwrite)
    if given.operation in ("duplicate", "select", "remove"):
        method = f"{given.operation}_notes_by_id"
        return await desk.write([Call(clip, method, {"note_ids": ids})], given.operation, given.overwrite)
    changed = _changed(given, meant)
    ops = [Call(clip, "apply_note_modifications", {"notes": changed})]
    return await desk.write(ops, given.operation, given.overwrite)


def in_range(notes: Iterable[Note], given: Any) -> list[Note]:
    """Those within `from_time` to `to_time` (not included) and `from_pitch` to `to_pitch` of the arguments."""
    low = float("-inf") if given.from_time is UNSET else given.from_time
    high = float("inf") if given.to_time is UNSET else given.to_time
    bottom, top = units.pitch(given.from_pitch), units.pitch(given.to_pitch)
    return [note for note in notes if low <= note.start_time < high and bottom <= note.pitch <= top]


def _meant(desk: Desk, clip: int, given: TransformNotes) -> list[Note]:
    wanted = set(given.note_ids)
    held = desk.mirror.notes(clip)
    unknown = wanted - {note.note_id for note in held}
    if unknown:
        raise errors.StaleReference(
            "The clip has no notes with these ids", sorted(unknown)[:20], hint="read the clip's notes again"
        )
    return [note for note in in_range(held, given) if not wanted or note.note_id in wanted]


def _amount(given: TransformNotes, meaning: str) -> float:
    if given.amount is UNSET:
        raise errors.InvalidParams(f"{given.operation} needs `amount`: {meaning}")
    return given.amount


def _quantize(desk: Desk, clip: int, given: TransformNotes, meant: list[Note]) -> list[Operation]:
    grids = {label: value for value, label in _GRIDS.items() if value in GRIDS}
    if given.grid not in grids:
        raise errors.InvalidValue(f"grid must be one of {', '.join(grids)}", given.grid)
    grid = grids[given.grid]
    strength = 1.0 if given.amount is UNSET else given.amount
    if not 0 <= strength <= 1:
        raise errors.InvalidValue("The strength of quantize must be between 0 and 1", strength)
    if len(meant) == len(desk.mirror.notes(clip)):
        return [Call(clip, "quantize", {"quantization_grid": grid, "amount": strength})]
    changed = []
    swing = desk.resolve("song").props.get("swing_amount", 0.0)
    for note in meant:
        line = nearest_line(note.start_time, grid, swing)
        start = line if strength == 1 else note.start_time + (line - note.start_time) * strength
        changed.append({"note_id": note.note_id, "start_time": start})
    return [Call(clip, "apply_note_modifications", {"notes": changed})]


def _changed(given: TransformNotes, meant: list[Note]) -> list[dict[str, Any]]:
    match given.operation:
        case "transpose":
            by = _amount(given, "semitones")
            if by != int(by):
                raise errors.InvalidValue("Semitones are whole numbers", by)
            beyond = [note.note_id for note in meant if not 0 <= note.pitch + by <= 127]
            if beyond:
                raise errors.InvalidValue(
                    f"{len(beyond)} notes would leave 0 to 127", by, note_ids=beyond[:20]
                )
            return [{"note_id": note.note_id, "pitch": note.pitch + int(by)} for note in meant]
        case "move":
            by = _amount(given, "beats")
            return [{"note_id": note.note_id, "start_time": note.start_time + by} for note in meant]
        case "scale_velocity":
            by = _amount(given, "a factor, such as 0.8")
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
