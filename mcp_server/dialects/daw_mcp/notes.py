"""DAW MCP's methods of notes: positions in steps, velocities and lengths in the dialect's units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from mirror import Node, Note, errors

from ... import views
from .indexed import (
    TOP,
    AtNote,
    Beats,
    Handler,
    IndexedSet,
    Midi,
    Pitch,
    Step,
    ToolWrite,
    Unsupported,
    converted,
    with_fields,
)


def _steps(indexed: IndexedSet, beats: float) -> float:
    """A position in steps, as an int if it is whole."""
    steps = round(beats / indexed.dialect.step, 9)
    return int(steps) if steps == int(steps) else steps


def get_notes(indexed: IndexedSet, p: Any) -> dict[str, Any]:
    objects = indexed.dialect.objects
    notes = indexed.notes(indexed.clip(p))
    rows: list[Any] = []
    for n in notes:
        x = _steps(indexed, n.start_time)
        if not (p.verbose or objects):
            rows.append([x, n.pitch, round(n.velocity), n.duration])
            continue
        rows.append(
            {
                "x": x,
                "y": n.pitch,
                "velocity": n.velocity / TOP if objects else round(n.velocity),
                "duration": n.duration,
                **_NEUTRAL,
                "chance": n.probability,
                "muted": n.mute,
            }
        )
        if objects:
            rows[-1]["isMuted"] = n.mute
    return {"notes": rows, "count": len(rows)}


_NEUTRAL = {"gain": 1.0, "pan": 0.0, "pressure": 0.0, "timbre": 0.0, "transpose": 0}
"""Properties that a note in Live does not have → their neutral values."""


def _edit(indexed: IndexedSet, clip: Node, **edits: Any) -> ToolWrite:
    return indexed.does("edit_notes", clip=views.id_text(clip), **edits)


def _new(indexed: IndexedSet, wanted: Any) -> dict[str, Any]:
    return {
        "p": wanted.y,
        "t": wanted.x * indexed.dialect.step,
        "d": wanted.duration,
        "v": wanted.velocity,
        "m": wanted.muted,
    }


def _set_notes(indexed: IndexedSet, clip: Node, wanted: Sequence[Any]) -> ToolWrite:
    """Change the notes that exist and add the other notes, in one undo step."""
    add, change = {}, {}
    for note in wanted:
        present, new = indexed.note(clip, note), _new(indexed, note)
        if present is None:
            add[(note.x, note.y)] = new
        else:
            change[present.note_id] = {"id": present.note_id, "d": new["d"], "v": new["v"], "m": new["m"]}
    edits = {"add": list(add.values()), "change": list(change.values())}
    return _edit(indexed, clip, **{name: value for name, value in edits.items() if value})


def set_note(indexed: IndexedSet, p: Any) -> ToolWrite:
    return _set_notes(indexed, indexed.clip(p), [p])


def set_many(indexed: IndexedSet, p: Any) -> ToolWrite:
    clip = indexed.clip(p)
    wanted = []
    for number, note in enumerate(p.notes):
        fields = (
            dict(zip(("x", "y", "velocity", "duration"), note, strict=False))
            if isinstance(note, list)
            else note
        )
        wanted.append(converted(fields, NewNote, f"note {number}"))
    return _set_notes(indexed, clip, wanted) if wanted else ToolWrite("edit_notes", None)


class NewNote(Struct, forbid_unknown_fields=True, kw_only=True):
    x: Step
    y: Pitch
    velocity: Midi = 100.0
    duration: Beats = 0.25
    muted: bool = False


def _remove(indexed: IndexedSet, clip: Node, notes: Sequence[Note]) -> ToolWrite:
    if not notes:
        return ToolWrite("edit_notes", None)
    return _edit(indexed, clip, remove=[n.note_id for n in notes])


def clear_note(indexed: IndexedSet, p: Any) -> ToolWrite:
    clip = indexed.clip(p)
    return _remove(indexed, clip, [indexed.note_there(clip, p)])


def clear_all(indexed: IndexedSet, p: Any) -> ToolWrite:
    clip = indexed.clip(p)
    return _remove(indexed, clip, indexed.notes(clip))


def clear_pitch(indexed: IndexedSet, p: Any) -> ToolWrite:
    clip = indexed.clip(p)
    return _remove(indexed, clip, [n for n in indexed.notes(clip) if n.pitch == p.pitch])


def _moved(pitch: int, by: int) -> int:
    if not 0 <= pitch + by <= TOP:
        raise errors.InvalidValue(f"A note with y={pitch} cannot move by {by}: pitches are 0 to 127", by)
    return pitch + by


def move_note(indexed: IndexedSet, p: Any) -> ToolWrite:
    clip = indexed.clip(p)
    note = indexed.note_there(clip, p)
    start = note.start_time + p.dx * indexed.dialect.step
    if start < 0:
        raise errors.InvalidValue(f"A note at x={p.x:g} cannot move by {p.dx:g}: x is 0 or more", p.dx)
    if not p.dx and not p.dy:
        return ToolWrite("edit_notes", None)
    change = {"id": note.note_id, "t": start, "p": _moved(note.pitch, p.dy)}
    return _edit(indexed, clip, change=[change])


def transpose(indexed: IndexedSet, p: Any) -> ToolWrite:
    clip = indexed.clip(p)
    change = [{"id": n.note_id, "p": _moved(n.pitch, p.semitones)} for n in indexed.notes(clip)]
    return _edit(indexed, clip, change=change) if change and p.semitones else ToolWrite("edit_notes", None)


def note_property(field: str, short: str, factor: float = 1.0) -> Handler:
    def set_property(indexed: IndexedSet, p: Any) -> ToolWrite:
        value = getattr(p, field) if getattr(p, field) is not UNSET else p.value
        if value is UNSET:
            raise errors.InvalidParams(f"`{field}` is missing")
        clip = indexed.clip(p)
        scaled = value if isinstance(value, bool) else value * factor
        return _edit(indexed, clip, change=[{"id": indexed.note_there(clip, p).note_id, short: scaled}])

    return set_property


def lacks(what: str) -> Handler:
    def refuse(indexed: IndexedSet, p: Any) -> ToolWrite:
        raise Unsupported(f"Feature not supported: {what}")

    return refuse


def setter(field: str, type_: Any) -> type[Struct]:
    """Parameters of a note's setter; that project's own server calls the value `value`."""
    return with_fields(AtNote, **{field: (type_ | UnsetType, UNSET), "value": (type_ | UnsetType, UNSET)})
