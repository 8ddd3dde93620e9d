"""What is large and is told as a whole or as differences: notes by note id, envelopes, warp markers.

A clip's notes are read once per flush however many edits there were, and only the notes that differ are sent.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from .plans import Row
from .shadow import Shadow
from .values import ABSENT, as_notes, as_warp_markers, items, read

Note = Tuple[Any, ...]

FOREVER = 1576800.0
"""Beats; Live refuses envelope ranges beyond it ("Range out of bounds")."""
_MOST_PARAMETERS = 4096
"""Looked at for the envelopes of one clip; beyond it envelopes are not told, so that Live's time is kept."""


def read_content(shadow: Shadow, row: Row, index: int) -> Any:
    """The present value of a content property, or ABSENT."""
    kind = row.plan.properties[index].type
    try:
        if kind == "notes":
            return read_notes(row.obj)
        if kind == "warp_markers":
            return as_warp_markers(row.obj.warp_markers)
        if kind == "envelopes":
            return _read_envelopes(shadow, row)
    except Exception:
        # Not a MIDI clip, not warped, or gone: Live says so with whatever exception it has.
        return ABSENT
    return ABSENT


def read_notes(clip: Any) -> Tuple[Note, ...]:
    """All notes of a MIDI clip, in Live's order (pitch, then start)."""
    if read(clip, "get_all_notes_extended") is not ABSENT:
        return as_notes(clip.get_all_notes_extended())
    # Live 11.0 has no such method; a clip may reach back before its start.
    return as_notes(clip.get_notes_extended(0, 128, -FOREVER, 2 * FOREVER))


def _read_envelopes(shadow: Shadow, row: Row) -> Any:
    """Guess: no version tells an envelope's parameter, so each parameter is asked."""
    clip = row.obj
    if not clip.has_envelopes:
        return ()
    track = _track_of(shadow, row)
    if track is None:
        return ()
    found: List[Any] = []
    asked = 0
    for each in shadow.subtree(track):
        if each.plan.type != "DeviceParameter":
            continue
        asked += 1
        if asked > _MOST_PARAMETERS:
            break
        envelope = clip.automation_envelope(each.obj)
        if envelope is None or read(envelope, "events_in_range") is ABSENT:
            continue
        events = tuple(
            (float(e.time), float(e.value)) for e in items(envelope.events_in_range(-FOREVER, FOREVER))
        )
        found.append({"parameter": each.id, "events": events})
    return tuple(found)


def _track_of(shadow: Shadow, row: Row) -> Any:
    parent = row.parent
    while parent is not None:
        above = shadow.rows[parent]
        if above.plan.type == "Track":
            return above
        parent = above.parent
    return None


def note_differences(old: Any, new: Any) -> Tuple[List[Note], List[int]]:
    """(notes new or changed, ids of the notes that are gone)"""
    before: Dict[int, Note] = {note[0]: note for note in old}
    upserted = [note for note in new if before.get(note[0]) != note]
    present = {note[0] for note in new}
    return upserted, [id_ for id_ in before if id_ not in present]
