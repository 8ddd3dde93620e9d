"""DAW MCP's methods of notes: positions in steps, velocities and lengths as the dialect has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from mirror import Node, Note, errors

from ... import views
from .view import (
    TOP,
    AtNote,
    Beats,
    Handler,
    Midi,
    Pitch,
    Step,
    Unsupported,
    View,
    Write,
    converted,
    with_fields,
)


def _steps(view: View, beats: float) -> float:
    """A position in steps, a whole number where it is one."""
    steps = round(beats / view.dialect.step, 9)
    return int(steps) if steps == int(steps) else steps


def get_notes(view: View, p: Any) -> dict[str, Any]:
    objects = view.dialect.objects
    notes = view.notes(view.clip(p))
    rows: list[Any] = []
    for n in notes:
        x = _steps(view, n.start_time)
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


def _edit(view: View, clip: Node, **edits: Any) -> Write:
    return view.does("edit_notes", clip=views.id_text(clip), **edits)


def _new(view: View, wanted: Any) -> dict[str, Any]:
    return {
        "p": wanted.y,
        "t": wanted.x * view.dialect.step,
        "d": wanted.duration,
        "v": wanted.velocity,
        "m": wanted.muted,
    }


def _set_notes(view: View, clip: Node, wanted: Sequence[Any]) -> Write:
    """Change the notes that exist already and add the others, all in one step."""
    add, change = {}, {}
    for note in wanted:
        present, new = view.note(clip, note), _new(view, note)
        if present is None:
            add[(note.x, note.y)] = new
        else:
            change[present.note_id] = {"id": present.note_id, "d": new["d"], "v": new["v"], "m": new["m"]}
    edits = {"add": list(add.values()), "change": list(change.values())}
    return _edit(view, clip, **{name: value for name, value in edits.items() if value})


def set_note(view: View, p: Any) -> Write:
    return _set_notes(view, view.clip(p), [p])


def set_many(view: View, p: Any) -> Write:
    clip = view.clip(p)
    wanted = []
    for number, note in enumerate(p.notes):
        fields = (
            dict(zip(("x", "y", "velocity", "duration"), note, strict=False))
            if isinstance(note, list)
            else note
        )
        wanted.append(converted(fields, NewNote, f"note {number}"))
    return _set_notes(view, clip, wanted) if wanted else Write("edit_notes", None)


class NewNote(Struct, forbid_unknown_fields=True, kw_only=True):
    x: Step
    y: Pitch
    velocity: Midi = 100.0
    duration: Beats = 0.25
    muted: bool = False


def _remove(view: View, clip: Node, notes: Sequence[Note]) -> Write:
    if not notes:
        return Write("edit_notes", None)
    return _edit(view, clip, remove=[n.note_id for n in notes])


def clear_note(view: View, p: Any) -> Write:
    clip = view.clip(p)
    return _remove(view, clip, [view.note_there(clip, p)])


def clear_all(view: View, p: Any) -> Write:
    clip = view.clip(p)
    return _remove(view, clip, view.notes(clip))


def clear_pitch(view: View, p: Any) -> Write:
    clip = view.clip(p)
    return _remove(view, clip, [n for n in view.notes(clip) if n.pitch == p.pitch])


def _moved(pitch: int, by: int) -> int:
    if not 0 <= pitch + by <= TOP:
        raise errors.InvalidValue(f"A note with y={pitch} cannot move by {by}: pitches are 0 to 127", by)
    return pitch + by


def move_note(view: View, p: Any) -> Write:
    clip = view.clip(p)
    note = view.note_there(clip, p)
    start = note.start_time + p.dx * view.dialect.step
    if start < 0:
        raise errors.InvalidValue(f"A note at x={p.x:g} cannot move by {p.dx:g}: x is 0 or more", p.dx)
    if not p.dx and not p.dy:
        return Write("edit_notes", None)
    change = {"id": note.note_id, "t": start, "p": _moved(note.pitch, p.dy)}
    return _edit(view, clip, change=[change])


def transpose(view: View, p: Any) -> Write:
    clip = view.clip(p)
    change = [{"id": n.note_id, "p": _moved(n.pitch, p.semitones)} for n in view.notes(clip)]
    return _edit(view, clip, change=change) if change and p.semitones else Write("edit_notes", None)


def note_property(field: str, short: str, factor: float = 1.0) -> Handler:
    def set_property(view: View, p: Any) -> Write:
        value = getattr(p, field) if getattr(p, field) is not UNSET else p.value
        if value is UNSET:
            raise errors.InvalidParams(f"`{field}` is missing")
        clip = view.clip(p)
        scaled = value if isinstance(value, bool) else value * factor
        return _edit(view, clip, change=[{"id": view.note_there(clip, p).note_id, short: scaled}])

    return set_property


def lacks(what: str) -> Handler:
    def refuse(view: View, p: Any) -> Write:
        raise Unsupported(f"Feature not supported: {what}")

    return refuse


def setter(field: str, type_: Any) -> type[Struct]:
    """Parameters of a note's setter; that project's own server calls the value `value`."""
    return with_fields(AtNote, **{field: (type_ | UnsetType, UNSET), "value": (type_ | UnsetType, UNSET)})
