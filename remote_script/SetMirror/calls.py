"""Calls the methods of the table; checks their post-conditions and finds the objects that they make.

Most methods are called directly with the table's arguments. Methods with other arguments or results in Live, and
composites of several calls, have an adapter (see `call`).
"""

from __future__ import annotations

from types import GeneratorType
from typing import Any, Callable, Dict, Optional, Tuple

from . import (
    browser_calls,
    clip_calls,
    cue_calls,
    envelope_calls,
    loading,
    note_calls,
    overwrites,
    row_checks,
    stamping_calls,
)
from .call import UNCHANGED, Adapters, PendingCall, Steps
from .contract import schema
from .contract.errors import BridgeError
from .contract.values import alive, as_json, as_notes, items, read


def _show_message(call: PendingCall) -> Any:
    raise BridgeError(
        "NOT_AVAILABLE",
        "show_message takes a text object that no script can make",
        hint="show_on_the_fly_message takes plain text",
    )


ADAPTERS: Adapters = {
    ("Application", "show_message"): _show_message,
    **clip_calls.ADAPTERS,
    **envelope_calls.ADAPTERS,
    **note_calls.ADAPTERS,
    **cue_calls.ADAPTERS,
    **browser_calls.ADAPTERS,
    **loading.ADAPTERS,
    **stamping_calls.ADAPTERS,
}


JUDGES: Adapters = {
    **cue_calls.JUDGES,
    **note_calls.JUDGES,
    **overwrites.JUDGES,
    **loading.JUDGES,
    **stamping_calls.JUDGES,
}


def judge(call: PendingCall) -> Steps:
    """Check the call's effect without changing anything; UNCHANGED when it would have none.

    Raises:
      BridgeError: the arguments are wrong, or the call would remove objects that it may not.
    """
    return (yield from _run(adapter_of(JUDGES, call), call))


def perform(call: PendingCall) -> Steps:
    """Judge the call, then make it: by the adapter for its class and name, or Live's method directly."""
    if (yield from judge(call)) is UNCHANGED:
        return UNCHANGED
    if not alive(call.obj):
        raise BridgeError(
            "STALE_REFERENCE", "{} was removed meanwhile".format(row_checks.object_label(call.row))
        )
    adapter = adapter_of(ADAPTERS, call)
    if adapter is not None:
        result = yield from _run(adapter, call)
    else:
        result = getattr(call.obj, call.method.name)(*call.positional())
    if result is not UNCHANGED:
        call.check()
    return result


def adapter_of(table: Adapters, call: PendingCall) -> Optional[Callable[[PendingCall], Any]]:
    """The table's function for the call's class and method, or None."""
    for (type_, name), adapter in table.items():
        if name == call.method.name and schema.is_a(call.row.layout.type, type_):
            return adapter
    return None


def _run(adapter: Optional[Callable[[PendingCall], Any]], call: PendingCall) -> Steps:
    result = adapter(call) if adapter is not None else None
    if isinstance(result, GeneratorType):
        result = yield from result
    return result


def plain_result(method: schema.Method, raw: Any) -> Any:
    """A result that names no object, as JSON."""
    if raw is None:
        return None
    if method.returns == "notes":
        return as_notes(raw)
    return as_json(raw)


def _plays(obj: Any) -> bool:
    return bool(read(obj, "is_triggered") or read(obj, "is_playing"))


def _slot_plays(obj: Any) -> bool:
    # Firing an empty slot stops the track or records: the slot itself need not change.
    return not read(obj, "has_clip") or _plays(obj)


EFFECTS: Dict[Tuple[str, str], Tuple[str, Callable[[Any], bool]]] = {
    ("Song", "start_playing"): ("the song does not play", lambda song: bool(song.is_playing)),
    ("Song", "continue_playing"): ("the song does not play", lambda song: bool(song.is_playing)),
    ("Song", "stop_playing"): ("the song still plays", lambda song: not song.is_playing),
    ("Clip", "fire"): ("the clip is neither triggered nor playing", _plays),
    ("ClipSlot", "fire"): ("the clip is neither triggered nor playing", _slot_plays),
    ("ClipSlot", "create_clip"): ("the slot has no clip", lambda slot: bool(slot.has_clip)),
    ("ClipSlot", "create_audio_clip"): ("the slot has no clip", lambda slot: bool(slot.has_clip)),
    ("ClipSlot", "delete_clip"): ("the slot still has a clip", lambda slot: not slot.has_clip),
}
"""Post-conditions of calls: message if violated, predicate on the object."""

UNSEEN = frozenset(
    (
        ("WavetableDevice", "set_modulation_value"),
        ("Clip", "draw_envelope"),
        ("Track", "stamp_automation"),
    )
)
"""Edits that no property shows: a call without a notification may have changed the Set nevertheless."""

PRODUCTS: Dict[Tuple[str, str], Callable[[PendingCall], Any]] = {
    ("Browser", "load"): lambda call: call.made,
    ("ClipSlot", "create_clip"): lambda call: call.obj.clip,
    ("ClipSlot", "create_audio_clip"): lambda call: call.obj.clip,
    ("ClipSlot", "duplicate_clip_to"): lambda call: call.args["target_clip_slot"].clip,
    ("ClipSlot", "move_clip_to"): lambda call: call.args["target_clip_slot"].clip,
    ("Song", "duplicate_track"): lambda call: call.obj.view.selected_track,
    ("Song", "duplicate_scene"): lambda call: call.obj.view.selected_scene,
    ("Song", "capture_and_insert_scene"): lambda call: call.obj.view.selected_scene,
    ("Track", "duplicate_device"): lambda call: call.obj.devices[call.args["index"] + 1],
    ("Chain", "duplicate_device"): lambda call: call.obj.devices[call.args["index"] + 1],
}
"""Finds the product of a method if Live does not return it: Live selects a duplicated track or scene (documented)."""


def victim(call: PendingCall) -> Optional[Any]:
    """The object that a delete is about to remove; None for other methods, or if there is no such object."""
    lists = {
        "delete_track": "tracks",
        "delete_return_track": "return_tracks",
        "delete_scene": "scenes",
        "delete_device": "devices",
    }
    name = call.method.name
    try:
        if name in lists:
            number = next(iter(call.args.values()))
            return items(getattr(call.obj, lists[name]))[number]
        if name == "delete_clip":
            return call.args["slot"] if call.args else call.obj.clip
    except (IndexError, RuntimeError, TypeError, AttributeError, StopIteration):
        return None
    return None
