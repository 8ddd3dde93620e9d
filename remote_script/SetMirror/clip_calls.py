"""Calls on clips whose arguments are no plain JSON: notes, warp markers, envelopes.

Thousands of notes are read, checked and added in pieces, so that Live's main thread has room between two.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Tuple

from . import checks
from .call import MORE, UNCHANGED, Adapters, Call, Steps
from .content import FOREVER, all_notes
from .errors import BridgeError
from .values import ABSENT, NOTE_FIELDS, read, same
from .wire import decode

NOTES_A_PIECE = 100
"""Live's main thread has room between two pieces, whenever a turn's time is over."""

# -- notes ----------------------------------------------------------------------------------------


def _need_midi(call: Call) -> None:
    if read(call.obj, "is_midi_clip") is False:
        raise BridgeError("NOT_AVAILABLE", "Only MIDI clips have notes", checks.object_label(call.row))


def _checked(call: Call, required: Tuple[str, ...]) -> Steps:
    """The notes of the call as `checks.notes` gives them, piece by piece."""
    found: List[Dict[str, Any]] = []
    for piece in _note_pieces(call.args["notes"]):
        if found:
            yield MORE
        found.extend(checks.notes(piece, required, len(found)))
    return found


def _note_pieces(given: Any) -> Iterator[Any]:
    """Long lists come as texts of JSON, some notes in each: their line is read in no time, they are read here."""
    if isinstance(given, dict) and isinstance(given.get("pieces"), list):
        for text in given["pieces"]:
            if not isinstance(text, str):
                raise checks.refuse("pieces of notes must be texts", text)
            yield decode(text.encode("utf-8"))
    elif isinstance(given, (list, tuple)):
        for start in range(0, len(given), NOTES_A_PIECE):
            yield given[start : start + NOTES_A_PIECE]
    else:
        yield given


def _add(call: Call, notes: List[Dict[str, Any]]) -> Steps:
    """Add them piece by piece; the ids of all."""
    make = call.live_module.Clip.MidiNoteSpecification
    call.of, call.holds = len(notes), ("notes",)
    ids: List[Any] = []
    if call.method.name == "add_new_notes":
        call.back = lambda: call.obj.remove_notes_by_id(tuple(ids))
    while call.done < call.of:
        if call.done:
            yield MORE
        piece = notes[call.done : call.done + NOTES_A_PIECE]
        # A tuple is what every version accepts; a list was refused once.
        specifications = tuple(
            make(**{name: note[name] for name in NOTE_FIELDS[1:] if name in note}) for note in piece
        )
        made = call.obj.add_new_notes(specifications)
        ids.extend(made if made is not None else ())
        call.done += len(piece)
        call.so_far = "{} of {} notes are in the clip".format(call.done, call.of)
    return ids


def _add_new_notes(call: Call) -> Steps:
    _need_midi(call)
    notes = yield from _checked(call, ("pitch", "start_time", "duration"))
    return (yield from _add(call, notes)) if notes else UNCHANGED


def _replace_notes(call: Call) -> Steps:
    _need_midi(call)
    notes = yield from _checked(call, ("pitch", "start_time", "duration"))
    if len(all_notes(call.obj)):
        call.holds = ("notes",)
        call.obj.remove_notes_extended(0, 128, -FOREVER, 2 * FOREVER)
    return (yield from _add(call, notes))


def _apply_note_modifications(call: Call) -> Steps:
    _need_midi(call)
    given = yield from _checked(call, ("note_id",))
    wanted = {note["note_id"]: note for note in given}
    # From here on in one go: what a person changes meanwhile would be lost.
    vector = _with_ids(call, list(wanted))
    changed = False
    for note in vector:
        for name, value in wanted[int(note.note_id)].items():
            if name != "note_id" and not same(getattr(note, name), value):
                setattr(note, name, value)
                changed = True
    return call.obj.apply_note_modifications(vector) if changed else UNCHANGED


def _with_ids(call: Call, ids: List[int]) -> Any:
    """Live's copies of these notes, all of them."""
    if not ids:
        return ()
    try:
        vector = call.obj.get_notes_by_id(tuple(ids))
        if len(vector) == len(set(ids)):
            return vector
    except Exception:
        # Live does not say which, and its versions differ in what they raise.
        pass
    present = {int(note.note_id) for note in all_notes(call.obj)}
    raise BridgeError(
        "STALE_REFERENCE",
        "The clip has no notes with these ids",
        [id_ for id_ in ids if id_ not in present][:20],
        hint="read the clip's notes again",
    )


def _by_ids(call: Call) -> Any:
    _need_midi(call)
    ids = list(call.args["note_ids"])
    _with_ids(call, ids)
    if not ids and call.method.effect == "edit":
        return UNCHANGED
    arguments = call.positional()
    arguments[0] = tuple(ids)
    return getattr(call.obj, call.method.name)(*arguments)


def _as_tuples(call: Call) -> Any:
    try:
        notes = tuple(tuple(note) for note in call.args["notes"])
    except TypeError:
        raise checks.refuse(
            "notes must be lists of [pitch, time, duration, velocity, mute]", call.args["notes"]
        )
    return getattr(call.obj, call.method.name)(notes)


# -- warp markers -----------------------------------------------------------------------------------


def _add_warp_marker(call: Call) -> Any:
    sample_time, beat_time = call.args["warp_marker"]
    return call.obj.add_warp_marker(call.live_module.Clip.WarpMarker(sample_time, beat_time))


# -- envelopes ------------------------------------------------------------------------------------


def _insert_envelope_step(call: Call) -> Any:
    clip, parameter = call.obj, call.args["device_parameter"]
    value, length = call.args["value"], call.args["length"]
    low, high = read(parameter, "min"), read(parameter, "max")
    if low is not ABSENT and high is not ABSENT and not low <= value <= high:
        raise checks.refuse("value must be between {:g} and {:g}, got {:g}".format(low, high, value), value)
    if length < 0:
        raise checks.refuse("length must be 0 or more beats", length)
    envelope = clip.automation_envelope(parameter)
    if envelope is None:
        envelope = clip.create_automation_envelope(parameter)
    if envelope is None:
        raise RuntimeError("Live has no envelope for this parameter in this clip")
    return envelope.insert_step(call.args["time"], length, value)


def _need_envelope(call: Call) -> Any:
    envelope = call.obj.automation_envelope(call.args["device_parameter"])
    if envelope is None:
        raise BridgeError(
            "NOT_FOUND", "The clip has no envelope for this parameter", hint="insert_envelope_step makes one"
        )
    return envelope


def _envelope_value(call: Call) -> Any:
    return _need_envelope(call).value_at_time(call.args["time"])


def _delete_envelope_events(call: Call) -> Any:
    envelope = _need_envelope(call)
    return envelope.delete_events_in_range(call.args["from_time"], call.args["to_time"])


def _clear_envelope(call: Call) -> Any:
    _need_envelope(call)
    return call.obj.clear_envelope(call.args["device_parameter"])


ADAPTERS: Adapters = {
    ("Clip", "add_new_notes"): _add_new_notes,
    ("Clip", "replace_notes"): _replace_notes,
    ("Clip", "apply_note_modifications"): _apply_note_modifications,
    ("Clip", "remove_notes_by_id"): _by_ids,
    ("Clip", "get_notes_by_id"): _by_ids,
    ("Clip", "select_notes_by_id"): _by_ids,
    ("Clip", "duplicate_notes_by_id"): _by_ids,
    ("Clip", "set_notes"): _as_tuples,
    ("Clip", "replace_selected_notes"): _as_tuples,
    ("Clip", "add_warp_marker"): _add_warp_marker,
    ("Clip", "insert_envelope_step"): _insert_envelope_step,
    ("Clip", "envelope_value"): _envelope_value,
    ("Clip", "delete_envelope_events"): _delete_envelope_events,
    ("Clip", "clear_envelope"): _clear_envelope,
}
