"""The notes of a Bitwig clip: their ids, and the questions to the extension that carry out an edit.

The protocol identifies a note by step and pitch (its cell), so a cell has at most one note. A note keeps its id while
it stays in its cell or SetMirror moves it. A step is a sixteenth: a start between two steps is refused. A new note has
a whole number as velocity. Properties of Live's notes alone (velocity_deviation, release_velocity) are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.contract.values import EXPRESSIONS

from .answers import NoteRow
from .extension import Question

STEP = 0.25
"""Beats of a step: the default grid of the protocol's own extension."""
TOP = 127.0
NEUTRAL = {"velocity_deviation": 0.0, "release_velocity": 64.0}
"""Properties that a note of the protocol does not have → their neutral value in Live."""
Cell = tuple[int, int]
"""Step and pitch."""


class BitwigNote:
    """A note with the properties of Live's API and Bitwig's further ones; changing a copy does not change the note."""

    def __init__(self, note_id: int, row: NoteRow) -> None:
        self.note_id = note_id
        self.pitch = row.y
        self.start_time = row.x * STEP
        self.duration = row.duration
        self.velocity = row.velocity
        self.mute = row.muted
        self.probability = row.chance
        self.velocity_deviation = NEUTRAL["velocity_deviation"]
        self.release_velocity = NEUTRAL["release_velocity"]
        self.gain = row.gain
        self.pan = row.pan
        self.pressure = row.pressure
        self.timbre = row.timbre
        self.transpose = row.transpose

    def copy(self) -> BitwigNote:
        """Another note with the same values."""
        made = BitwigNote.__new__(BitwigNote)
        made.__dict__.update(self.__dict__)
        return made

    @property
    def cell(self) -> Cell:
        """The note's step and pitch; BridgeError INVALID_VALUE for a start between two steps."""
        return cell_of(self.start_time, self.pitch)


_SETTERS: dict[str, tuple[str, str, float]] = {
    "velocity": ("clip.setNoteVelocity", "velocity", TOP),
    "duration": ("clip.setNoteDuration", "duration", 1.0),
    "probability": ("clip.setNoteChance", "chance", 1.0),
    **{name: (f"clip.setNote{name.title()}", name, 1.0) for name in EXPRESSIONS},
}
"""Property of a note → the method that sets it, its parameter, and the property's value that is 1 in the protocol."""


def cell_of(start_time: float, pitch: int) -> Cell:
    """Step and pitch of a note.

    Raises:
      BridgeError: INVALID_VALUE, the note starts before the clip or between two steps.
    """
    step = round(start_time / STEP)
    if step < 0 or abs(step * STEP - start_time) > 1e-6:
        raise BridgeError(
            "INVALID_VALUE",
            f"Bitwig's extension places notes on sixteenths: start_time is 0 or a multiple of {STEP}",
            start_time,
            hint="quantize the notes to 1/16 first",
        )
    return step, pitch


def _only_here(values: dict[str, Any]) -> None:
    for name, neutral in NEUTRAL.items():
        if values.get(name, neutral) != neutral:
            rule = f"Notes in Bitwig have no `{name}` over its extension"
            raise BridgeError("NOT_AVAILABLE", rule, values[name], hint="leave it out")


def _setter(at: dict[str, int], cell: Cell, name: str, value: Any) -> Question:
    where = {**at, "x": cell[0], "y": cell[1]}
    if name == "mute":
        return "clip.setNoteMuted", {**where, "muted": bool(value)}
    method, parameter, full = _SETTERS[name]
    return method, {**where, parameter: value / full}


def added(at: dict[str, int], specifications: Sequence[dict[str, Any]]) -> list[Question]:
    """The questions that add notes; `at` is the clip's track and slot."""
    questions: list[Question] = []
    for specification in specifications:
        _only_here(specification)
        cell = cell_of(specification["start_time"], specification["pitch"])
        new = {"velocity": round(specification.get("velocity", 100.0)), "duration": specification["duration"]}
        questions.append(("clip.setNote", {**at, "x": cell[0], "y": cell[1], **new}))
        usual: dict[str, Any] = {"mute": False, "probability": 1.0}
        for name in ("mute", "probability", *EXPRESSIONS):
            if name in specification and specification[name] != usual.get(name):
                questions.append(_setter(at, cell, name, specification[name]))
    return questions


def removed(at: dict[str, int], notes: Sequence[BitwigNote], gone: Iterable[BitwigNote]) -> list[Question]:
    """The fewest questions that remove some of a clip's notes."""
    going = {note.cell for note in gone}
    if going and len(going) == len(notes):
        return [("clip.clearAllNotes", at)]
    left = {note.pitch for note in notes if note.cell not in going}
    whole = sorted({pitch for _, pitch in going} - left)
    questions: list[Question] = [("clip.clearNotesAtPitch", {**at, "pitch": pitch}) for pitch in whole]
    questions += [
        ("clip.clearNote", {**at, "x": step, "y": pitch})
        for step, pitch in sorted(going)
        if pitch not in whole
    ]
    return questions


def changed(
    at: dict[str, int], notes: Sequence[BitwigNote], wanted: Sequence[BitwigNote]
) -> tuple[list[Question], dict[Cell, int]]:
    """The questions that change notes, and the notes' ids by cell afterwards."""
    present = {note.note_id: note for note in notes}
    cells = {note.note_id: note.cell for note in notes}
    goals = {note.note_id: note.cell for note in wanted if note.cell != cells[note.note_id]}
    questions = _moves(at, present, cells, goals)
    for note in wanted:
        _only_here(vars(note))
        was = present[note.note_id]
        for name in ("mute", *_SETTERS):
            if getattr(note, name) != getattr(was, name):
                questions.append(_setter(at, note.cell, name, getattr(note, name)))
    after = {cell: id_ for id_, cell in cells.items() if id_ not in goals}
    return questions, {**after, **{cell: id_ for id_, cell in goals.items()}}


def _moves(
    at: dict[str, int], present: dict[int, BitwigNote], cells: dict[int, Cell], goals: dict[int, Cell]
) -> list[Question]:
    """Move notes in an order in which no note lands on a note that has not moved yet."""
    shifts = {(goal[0] - cells[id_][0], goal[1] - cells[id_][1]) for id_, goal in goals.items()}
    if len(goals) == len(cells) and len(shifts) == 1 and not next(iter(shifts))[0]:
        return [("clip.transpose", {**at, "semitones": next(iter(shifts))[1]})]
    questions: list[Question] = []
    staying = {cell for id_, cell in cells.items() if id_ not in goals}
    left = dict(goals)
    while left:
        taken = {cells[id_] for id_ in left}
        free = [id_ for id_, goal in left.items() if goal not in taken]
        for id_ in free:
            (step, pitch), goal = cells[id_], left.pop(id_)
            if goal in staying:
                # The caller has checked that the write may overwrite the note in that cell.
                questions.append(("clip.clearNote", {**at, "x": goal[0], "y": goal[1]}))
            by = {"dx": goal[0] - step, "dy": goal[1] - pitch}
            questions.append(("clip.moveNote", {**at, "x": step, "y": pitch, **by}))
        if not free:
            return questions + _swapped(at, present, cells, left)
    return questions


def _swapped(
    at: dict[str, int], present: dict[int, BitwigNote], cells: dict[int, Cell], left: dict[int, Cell]
) -> list[Question]:
    """Move notes in a cycle, each to the cell of the next note: all are removed and written again."""
    questions: list[Question] = [
        ("clip.clearNote", {**at, "x": cells[id_][0], "y": cells[id_][1]}) for id_ in left
    ]
    rows = []
    for id_, (step, pitch) in left.items():
        rows.append({**vars(present[id_]), "start_time": step * STEP, "pitch": pitch})
    return questions + added(at, rows)
