"""Calls on the notes of a clip: checked, forecast, then made.

An edit that would remove notes which it does not name is refused unless the write may overwrite (`notes` describes
how Live treats overlapping notes). The forecast is compared with the result: if Live removed more notes, the call
fails and the write is reverted. Thousands of notes are read, forecast and added in pieces, so that Live's main
thread can do other work in between.
"""

from __future__ import annotations

from itertools import islice
from operator import itemgetter
from typing import Any, Callable, Dict, Generator, Iterator, List, Tuple

from . import row_checks
from .call import MORE, UNCHANGED, Adapters, Described, PendingCall, Steps
from .content import all_notes
from .contract import checks, note_checks
from .contract.errors import BridgeError
from .contract.limits import FOREVER_BEATS
from .contract.notes import (
    GRIDS,
    Note,
    NoteEffects,
    Span,
    after_adding,
    after_changing,
    duplicated,
    quantized,
    shifted,
)
from .contract.values import ABSENT, NOTE_FIELDS, as_note, read, same
from .wire import decode

NOTES_A_PIECE = 100
"""Notes per piece; a turn whose time is over ends between two pieces."""
_NEW = ("pitch", "start_time", "duration")
_SPAN = itemgetter(*_NEW)

Foresee = Callable[[PendingCall, List[Note]], Generator[None, None, NoteEffects]]

# -- arguments ------------------------------------------------------------------------------------


def _need_midi(call: PendingCall) -> None:
    if read(call.obj, "is_midi_clip") is False:
        raise BridgeError("NOT_AVAILABLE", "Only MIDI clips have notes", row_checks.object_label(call.row))


def _check_notes(required: Tuple[str, ...]) -> Callable[[PendingCall], Steps]:
    """A check of the argument `notes` that replaces it by the result of `checks.notes`."""

    def check(call: PendingCall) -> Steps:
        _need_midi(call)
        expressive = read(call.obj, "note_expressions") is not ABSENT
        checked: List[Dict[str, Any]] = []
        for piece in _note_pieces(call.args["notes"]):
            if checked:
                yield MORE
            plain = note_checks.notes(piece, required, len(checked))
            if not expressive:
                note_checks.only_lives(plain, len(checked))
            checked.extend(plain)
        call.args["notes"] = checked

    return check


def _note_pieces(notes: Any) -> Iterator[Any]:
    """The notes in pieces; a long list arrives as JSON texts, so that its line is parsed fast, and is decoded here."""
    if isinstance(notes, dict) and isinstance(notes.get("pieces"), list):
        for text in notes["pieces"]:
            if not isinstance(text, str):
                raise checks.refuse("pieces of notes must be texts", text)
            yield decode(text.encode("utf-8"))
    elif isinstance(notes, (list, tuple)):
        for start in range(0, len(notes), NOTES_A_PIECE):
            yield notes[start : start + NOTES_A_PIECE]
    else:
        yield notes


def _check_tuples(call: PendingCall) -> None:
    _need_midi(call)
    try:
        call.args["notes"] = tuple(tuple(note) for note in call.args["notes"])
        for note in call.args["notes"]:
            _, _, _, _, _ = note
    except (TypeError, ValueError):
        raise checks.refuse(
            "notes must be lists of [pitch, time, duration, velocity, mute]", call.args["notes"]
        )


def _check_ids(call: PendingCall) -> None:
    _need_midi(call)
    call.args["note_ids"] = list(call.args["note_ids"])
    _with_ids(call, call.args["note_ids"])


def _with_ids(call: PendingCall, ids: List[int]) -> Any:
    """Live's copies of the notes with these ids; raises unless all exist."""
    if not ids:
        return ()
    try:
        vector = call.obj.get_notes_by_id(tuple(ids))
        if len(vector) == len(set(ids)):
            return vector
    except Exception:
        # Live does not name the missing ids, and its versions raise different exceptions.
        pass
    present = {int(note.note_id) for note in all_notes(call.obj)}
    raise BridgeError(
        "STALE_REFERENCE",
        "The clip has no notes with these ids",
        [id_ for id_ in ids if id_ not in present][:20],
        hint="read the clip's notes again",
    )


# -- the forecast of an edit -----------------------------------------------------------------------


def _adds(call: PendingCall, notes: List[Note]) -> Generator[None, None, NoteEffects]:
    return after_adding(notes, map(_SPAN, call.args["notes"]))


def _adds_tuples(call: PendingCall, notes: List[Note]) -> Generator[None, None, NoteEffects]:
    return after_adding(notes, [note[:3] for note in call.args["notes"]])


def _replaces_selected(call: PendingCall, notes: List[Note]) -> Generator[None, None, NoteEffects]:
    selected = {int(note.note_id) for note in call.obj.get_selected_notes_extended()}
    unselected = [note for note in notes if note.note_id not in selected]
    return after_adding(unselected, [note[:3] for note in call.args["notes"]])


def _changes(call: PendingCall, notes: List[Note]) -> Generator[None, None, NoteEffects]:
    # Fields other than pitch, start and duration do not affect other notes.
    wanted = {
        note["note_id"]: {name: note[name] for name in NOTE_FIELDS if name in note}
        for note in call.args["notes"]
    }
    return after_changing(
        notes, (note._replace(**wanted[note.note_id]) for note in notes if note.note_id in wanted)
    )


def _duplicates(call: PendingCall, notes: List[Note]) -> Generator[None, None, NoteEffects]:
    ids = set(call.args["note_ids"])
    chosen = [note for note in notes if note.note_id in ids]
    time, semitones = call.args.get("destination_time"), call.args.get("transposition_amount", 0)
    return after_adding(notes, _spans(duplicated(chosen, time, semitones)))


def _duplicates_region(call: PendingCall, notes: List[Note]) -> Generator[None, None, NoteEffects]:
    start, pitch = call.args["region_start"], call.args.get("pitch", -1)
    end = start + call.args["region_length"]
    chosen = [note for note in notes if start <= note.start_time < end and pitch in (-1, note.pitch)]
    beats, semitones = call.args["destination_time"] - start, call.args.get("transposition_amount", 0)
    return after_adding(notes, _spans(shifted(chosen, beats, semitones)))


def _spans(notes: List[Note]) -> List[Span]:
    return [(note.pitch, note.start_time, note.duration) for note in notes]


def _quantizes(grid: str, pitch: str = "") -> Foresee:
    """The forecast of a quantize call; `grid` and `pitch` name its arguments for the grid and for the pitch, if any."""

    def foresee(call: PendingCall, notes: List[Note]) -> Generator[None, None, NoteEffects]:
        if call.args[grid] not in GRIDS:
            # Live itself refuses an unknown grid.
            return after_changing(notes, ())
        swing = read(call.song, "swing_amount")
        move = quantized(call.args[grid], call.args["amount"], 0.0 if swing is ABSENT else float(swing))
        return after_changing(notes, (move(n) for n in notes if not pitch or n.pitch == call.args[pitch]))

    return foresee


def _judge(check: Callable[[PendingCall], Any], foresee: Foresee) -> Callable[[PendingCall], Steps]:
    """A judge that checks the arguments, then forecasts the clip's notes."""

    def judge(call: PendingCall) -> Steps:
        if read(call.obj, "is_midi_clip") is not True and check is _nothing:
            # Quantizing an audio clip moves its warp markers.
            return
        yield from check(call) or ()
        notes: List[Note] = []
        source = iter(all_notes(call.obj))
        while True:
            piece = [Note(*as_note(note)) for note in islice(source, NOTES_A_PIECE)]
            notes.extend(piece)
            if len(piece) < NOTES_A_PIECE:
                break
            yield MORE
        steps = foresee(call, notes)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                outcome: NoteEffects = end.value
                break
            yield MORE
        call.before, call.after = {"notes": len(notes)}, {"notes": outcome.after}
        if outcome.shortened:
            call.note = "{} notes are cut where another note begins".format(len(outcome.shortened))
        numbers = "{} → {}".format(len(notes), outcome.after)
        call.replaces([_described(note) for note in outcome.removed], "notes", numbers)
        _compare(call)

    return judge


def _compare(call: PendingCall) -> None:
    """Count the notes after the call; fewer than forecast means that Live removed notes without permission.

    A call over several turns is only counted: a person may have edited the notes in between.
    """
    before = len(all_notes(call.obj))
    foreseen = before + call.after["notes"] - call.before["notes"]

    def check() -> None:
        call.before, call.after = {"notes": before}, {"notes": len(all_notes(call.obj))}
        missing = foreseen - call.after["notes"]
        if missing > 0 and call.done <= NOTES_A_PIECE and not call.overwrite:
            numbers = "{} → {}".format(before, call.after["notes"])
            raise BridgeError(
                "WOULD_OVERWRITE",
                "{} removed {} notes more than forecast: {}".format(call.method.name, missing, numbers),
                notes=numbers,
            )

    call.check = check


def _nothing(call: PendingCall) -> None:
    """A check for calls without arguments to check."""


def _described(note: Note) -> Described:
    return {"type": "MidiNote", "note_id": note.note_id, "pitch": note.pitch, "start_time": note.start_time}


def _count(call: PendingCall) -> None:
    """Record the number of notes before a call whose purpose is to remove notes."""
    if read(call.obj, "is_midi_clip") is not True:
        return
    call.before = {"notes": len(all_notes(call.obj))}

    def check() -> None:
        call.after = {"notes": len(all_notes(call.obj))}

    call.check = check


# -- the calls ------------------------------------------------------------------------------------


def _add(call: PendingCall, notes: List[Dict[str, Any]]) -> Steps:
    """Add notes piece by piece; returns the ids of all."""
    make = call.live_module.Clip.MidiNoteSpecification
    call.of, call.holds = len(notes), ("notes",)
    ids: List[Any] = []
    if call.method.name == "add_new_notes":
        call.back = lambda: call.obj.remove_notes_by_id(tuple(ids))
    while call.done < call.of:
        if call.done:
            yield MORE
        piece = notes[call.done : call.done + NOTES_A_PIECE]
        # Every version accepts a tuple; a list was refused once.
        specifications = tuple(make(**_without_id(note)) for note in piece)
        made = call.obj.add_new_notes(specifications)
        ids.extend(made if made is not None else ())
        call.done += len(piece)
        call.so_far = "{} of {} notes are in the clip".format(call.done, call.of)
    return ids


def _without_id(note: Dict[str, Any]) -> Dict[str, Any]:
    return {name: value for name, value in note.items() if name != "note_id"} if "note_id" in note else note


def _add_new_notes(call: PendingCall) -> Steps:
    return (yield from _add(call, call.args["notes"])) if call.args["notes"] else UNCHANGED


def _replace_notes(call: PendingCall) -> Steps:
    if len(all_notes(call.obj)):
        call.holds = ("notes",)
        call.obj.remove_notes_extended(0, 128, -FOREVER_BEATS, 2 * FOREVER_BEATS)
    return (yield from _add(call, call.args["notes"]))


def _apply_note_modifications(call: PendingCall) -> Any:
    wanted = {note["note_id"]: note for note in call.args["notes"]}
    # The remaining work runs in one turn: a person's change in between would be lost.
    vector = _with_ids(call, list(wanted))
    changed = False
    for note in vector:
        for name, value in wanted[int(note.note_id)].items():
            if name != "note_id" and not same(getattr(note, name), value):
                setattr(note, name, value)
                changed = True
    return call.obj.apply_note_modifications(vector) if changed else UNCHANGED


def _by_ids(call: PendingCall) -> Any:
    ids = call.args["note_ids"]
    if not ids and call.method.effect == "edit":
        return UNCHANGED
    arguments = call.positional()
    arguments[0] = tuple(ids)
    return getattr(call.obj, call.method.name)(*arguments)


ADAPTERS: Adapters = {
    ("Clip", "add_new_notes"): _add_new_notes,
    ("Clip", "replace_notes"): _replace_notes,
    ("Clip", "apply_note_modifications"): _apply_note_modifications,
    ("Clip", "remove_notes_by_id"): _by_ids,
    ("Clip", "get_notes_by_id"): _by_ids,
    ("Clip", "select_notes_by_id"): _by_ids,
    ("Clip", "duplicate_notes_by_id"): _by_ids,
}


def _after(check: Callable[[PendingCall], Any]) -> Callable[[PendingCall], Steps]:
    def judge(call: PendingCall) -> Steps:
        yield from check(call) or ()
        _count(call)

    return judge


JUDGES: Adapters = {
    ("Clip", "add_new_notes"): _judge(_check_notes(_NEW), _adds),
    ("Clip", "apply_note_modifications"): _judge(_check_notes(("note_id",)), _changes),
    ("Clip", "duplicate_notes_by_id"): _judge(_check_ids, _duplicates),
    ("Clip", "duplicate_region"): _judge(_need_midi, _duplicates_region),
    ("Clip", "quantize"): _judge(_nothing, _quantizes("quantization_grid")),
    ("Clip", "quantize_pitch"): _judge(_nothing, _quantizes("source", "note")),
    ("Clip", "set_notes"): _judge(_check_tuples, _adds_tuples),
    ("Clip", "replace_selected_notes"): _judge(_check_tuples, _replaces_selected),
    ("Clip", "replace_notes"): _after(_check_notes(_NEW)),
    ("Clip", "remove_notes_by_id"): _after(_check_ids),
    ("Clip", "get_notes_by_id"): _check_ids,
    ("Clip", "select_notes_by_id"): _check_ids,
    **{
        ("Clip", name): _count for name in ("crop", "duplicate_loop", "remove_notes", "remove_notes_extended")
    },
}
"""(class, method) → judge that runs right before the call; a dry run only runs the judge."""
