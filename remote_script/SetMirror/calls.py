"""Methods whose arguments or results are not plain JSON, and the composites that Live has no single method
for.

An adapter gets the call and returns what Live returned. As a generator it may `yield LIVE` to let Live run until the
next pump (positions and browser loads apply late), or `yield MORE` between two pieces of long work, and keeps
`done`, `of` and `so_far` of the call as it goes. It raises BridgeError before it has changed anything, or lets Live's
own exception through.
"""

from __future__ import annotations

from types import GeneratorType
from typing import Any, Callable, Dict, Generator, Iterator, List, Optional, Tuple

from . import checks, schema
from .content import FOREVER, all_notes
from .errors import BridgeError
from .plans import Row, class_of
from .values import ABSENT, NOTE_FIELDS, alive, as_json, as_notes, items, live_ptr, read, same
from .wire import decode

Steps = Generator[str, None, Any]

LIVE = "live"
MORE = "more"

UNCHANGED: Any = object()
"""Returned by an adapter that found nothing to do."""

_WAIT_PUMPS = 300
"""Of 10 ms, for a position to be taken; Live needs one engine tick."""
_LOAD_PUMPS = 6000
"""Of 10 ms; the first plug-in load of a session can take a minute."""
NOTES_A_PIECE = 100
"""Live's main thread has room between two pieces, whenever a turn's time is over."""
_ITEMS_A_TURN = 50
"""Reading more browser items in one turn has ended Lives (measured on 12.3.5)."""


class Call:
    """One call about to be made: `args` by name, objects already Live's own."""

    __slots__ = ("args", "done", "holds", "live_module", "made", "method", "of", "row", "so_far", "song")

    def __init__(
        self, row: Row, method: schema.Method, args: Dict[str, Any], song: Any, live_module: Any
    ) -> None:
        self.row = row
        self.method = method
        self.args = args
        self.song = song
        self.live_module = live_module
        self.made: Any = None
        """What an adapter knows that the call made."""
        self.done = 0
        self.of = 0
        """`done` of so much; 0 where nobody knows how much it is."""
        self.so_far = ""
        """What Live shows while the call is waited for, should it take too long."""
        self.holds: Tuple[str, ...] = ()
        """Properties of the row that are told when the call has ended, not after each piece of it."""

    @property
    def obj(self) -> Any:
        return self.row.obj

    def positional(self) -> List[Any]:
        """The arguments in Live's order, up to the last one given."""
        args = list(self.method.args)
        while args and args[-1].name not in self.args:
            args.pop()
        return [self.args.get(arg.name, arg.default) for arg in args]


def perform(call: Call) -> Steps:
    """Make the call; the adapter for its class and name, or the method as it is."""
    for (type_, name), adapter in ADAPTERS.items():
        if name == call.method.name and schema.is_a(call.row.plan.type, type_):
            result = adapter(call)
            if isinstance(result, GeneratorType):
                result = yield from result
            return result
    return getattr(call.obj, call.method.name)(*call.positional())


def plain_result(method: schema.Method, raw: Any) -> Any:
    """A result that names no object, as JSON."""
    if raw is None:
        return None
    if method.returns == "notes":
        return as_notes(raw)
    return as_json(raw)


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


def _add_warp_marker(call: Call) -> Any:
    sample_time, beat_time = call.args["warp_marker"]
    return call.obj.add_warp_marker(call.live_module.Clip.WarpMarker(sample_time, beat_time))


def _show_message(call: Call) -> Any:
    raise BridgeError(
        "NOT_AVAILABLE",
        "show_message takes a text object that no script can make",
        hint="show_on_the_fly_message takes plain text",
    )


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


# -- cue points -----------------------------------------------------------------------------------


def _cue_at(song: Any, time: float) -> Any:
    for cue in items(song.cue_points):
        # `time` can be a wrapper in some versions.
        if abs(float(cue.time) - time) < 1e-6:
            return cue
    return None


def _at_position(call: Call, time: float, act: Callable[[], Any]) -> Steps:
    """Put the position at `time`, act, put it back; cue points are made and deleted at the position only."""
    song = call.song
    if song.is_playing:
        raise BridgeError(
            "NOT_AVAILABLE",
            "Cue points can be made and deleted only while the song is stopped",
            hint="stop, then retry",
        )
    before = float(song.current_song_time)
    try:
        song.current_song_time = time
        for _ in range(_WAIT_PUMPS):
            if abs(float(song.current_song_time) - time) < 1e-6:
                break
            yield LIVE
        else:
            raise RuntimeError("the song position did not reach {:g}".format(time))
        return act()
    finally:
        # Also when the script is being closed: nobody else knows where the position was.
        try:
            song.current_song_time = before
        except Exception:
            pass


def _create_cue_point(call: Call) -> Steps:
    song, time = call.song, call.args["time"]
    if time < 0:
        raise checks.refuse("time must be 0 or more beats", time)
    if _cue_at(song, time) is not None:
        raise checks.refuse("there is a cue point at {:g} already".format(time), time)
    known = [live_ptr(cue) for cue in items(song.cue_points)]
    yield from _at_position(call, time, song.set_or_delete_cue)
    for _ in range(_WAIT_PUMPS):
        made = [cue for cue in items(song.cue_points) if live_ptr(cue) not in known]
        if made:
            if call.args.get("name"):
                made[0].name = call.args["name"]
            return made[0]
        if len(items(song.cue_points)) < len(known):
            # The position had snapped onto another cue point and the toggle deleted that one.
            yield from _at_position(call, time, song.set_or_delete_cue)
            break
        yield LIVE
    raise RuntimeError("Live made no cue point at {:g}: the position snaps to the grid".format(time))


def _delete_cue_point(call: Call) -> Steps:
    song, time = call.song, call.args["time"]
    cue = _cue_at(song, time)
    if cue is None:
        times = [round(float(each.time), 6) for each in items(song.cue_points)]
        raise BridgeError("NOT_FOUND", "There is no cue point at {:g}".format(time), time, times=times[:50])
    count = len(items(song.cue_points))
    yield from _at_position(call, time, song.set_or_delete_cue)
    for _ in range(_WAIT_PUMPS):
        if not alive(cue) or len(items(song.cue_points)) < count:
            return None
        yield LIVE
    raise RuntimeError("Live kept the cue point at {:g}: the position snaps to the grid".format(time))


# -- browser --------------------------------------------------------------------------------------


def _children(item: Any) -> List[Any]:
    children = read(item, "children")
    return [] if children is ABSENT else items(children)


def _find_item(call: Call, path: str) -> Steps:
    """The item at "instruments/Drift" or "plugins/VST3/Maker/Name"; its parents are kept meanwhile."""
    parts = [part for part in path.split("/") if part]
    if not parts:
        raise checks.refuse("path starts with a root of the browser, such as instruments", path)
    item = read(call.obj, parts[0])
    if item is ABSENT or item is None or parts[0].startswith("_"):
        raise BridgeError("NOT_FOUND", "The browser has no root {!r}".format(parts[0]), path)
    keep = [item]
    for part in parts[1:]:
        found = None
        for read_names, child in enumerate(_children(item), 1):
            name = str(child.name)
            if name == part or name.rsplit(".", 1)[0] == part:
                found = child
                break
            if read_names % (4 * _ITEMS_A_TURN) == 0:
                yield LIVE
        if found is None:
            raise BridgeError("NOT_FOUND", "{!r} has no item {!r}".format(str(item.name), part), path)
        item = found
        keep.append(item)
    return item


def _list_items(call: Call) -> Steps:
    item = yield from _find_item(call, call.args["path"])
    offset = max(0, call.args.get("offset", 0))
    limit = min(max(1, call.args.get("limit", 50)), 200)
    children = _children(item)
    found = []
    for number, child in enumerate(children[offset : offset + limit]):
        found.append(
            {
                "name": str(child.name),
                "is_folder": bool(child.is_folder),
                "is_loadable": bool(child.is_loadable),
                "is_device": bool(child.is_device),
                "uri": str(child.uri),
            }
        )
        if number % _ITEMS_A_TURN == _ITEMS_A_TURN - 1:
            yield LIVE
    return {"items": found, "total": len(children), "offset": offset}


def _preview(call: Call) -> Steps:
    item = yield from _find_item(call, call.args["path"])
    return call.obj.preview_item(item)


_INSERT_MODES = {"": 0, "before": 1, "after": 2}


def _aim(call: Call) -> Any:
    """Select what is to be loaded to, as a person would; the track that it is on.

    Live loads to the selected track: at its end, beside its selected device (`device_insert_mode`), to the
    drum rack's selected pad, to the highlighted slot while the Session has the focus, or in the place of the
    hot-swap target.
    """
    song, place = call.song, call.args.get("place", "")
    target: Any = call.args.get("target")
    kind = "Track" if target is None else class_of(target, "") or ""
    if place not in ("", "before", "after", "replace"):
        raise checks.refuse("place must be before, after or replace", place)
    is_device = bool(kind) and schema.is_a(kind, "Device")
    if place and not is_device:
        raise checks.refuse("place is for loading beside or instead of a device", place)
    if not is_device and kind not in ("Track", "DrumPad", "ClipSlot"):
        raise BridgeError(
            "NOT_AVAILABLE",
            "Live loads to tracks, drum pads, clip slots, and beside or instead of devices, not to a {}".format(
                kind
            ),
            hint="insert_device puts native devices into chains",
        )
    track = song.view.selected_track if target is None else target
    while class_of(track, "") != "Track":
        track = track.canonical_parent
    if song.view.selected_track != track:
        song.view.selected_track = track
    if read(call.obj, "hotswap_target") not in (ABSENT, None):
        # Loading would replace the hot-swap target instead.
        call.obj.hotswap_target = None
    if is_device and place == "replace":
        call.obj.hotswap_target = target
    elif is_device:
        song.view.select_device(target)
    elif kind == "DrumPad":
        song.view.select_device(target.canonical_parent)
        target.canonical_parent.view.selected_drum_pad = target
    elif kind == "ClipSlot":
        song.view.highlighted_clip_slot = target
        call.live_module.Application.get_application().view.focus_view("Session")
    view = read(track, "view")
    if view is not ABSENT and read(view, "device_insert_mode") is not ABSENT:
        # It stays as it was set last, by whomever.
        view.device_insert_mode = _INSERT_MODES.get(place or ("after" if is_device else ""), 0)
    return track


def _loaded(call: Call, track: Any) -> Tuple[Tuple[Any, str, Any], ...]:
    """What a load may change: the devices in reach and the slot's clip, as (pointer, name)."""
    target: Any = call.args.get("target")
    held: List[Any] = list(items(track.devices))
    kind = class_of(target, "") if target is not None else None
    if kind == "DrumPad":
        held += [device for chain in items(target.chains) for device in items(chain.devices)]
    elif kind == "ClipSlot":
        held += [target.clip] if target.clip is not None else []
    elif kind is not None and schema.is_a(kind, "Device"):
        held += items(target.canonical_parent.devices) if alive(target) else []
    return tuple((live_ptr(each), str(each.name), each) for each in held)


def _load(call: Call) -> Steps:
    """Load an item and wait until Live shows what came of it; the new device or clip is what the call made."""
    item = yield from _find_item(call, call.args["path"])
    if not item.is_loadable:
        raise checks.refuse("only loadable items can be loaded", call.args["path"])
    song, track = call.song, _aim(call)
    before = [each[:2] for each in _loaded(call, track)]
    tracks = [live_ptr(each) for each in items(song.tracks)]
    call.obj.load_item(item)
    try:
        return (yield from _until_loaded(call, item, track, before, tracks))
    finally:
        if call.args.get("place") == "replace":
            # Live stays in hot-swap mode until somebody ends it.
            call.obj.hotswap_target = None


def _until_loaded(call: Call, item: Any, track: Any, before: List[Any], tracks: List[Any]) -> Steps:
    song = call.song
    for _ in range(_LOAD_PUMPS):
        if not alive(track):
            break
        now = _loaded(call, track)
        added = [each for each in items(song.tracks) if live_ptr(each) not in tracks]
        # Loading into one plug-in or rack does not always make a new object: a new name tells as well.
        new = [each for each in now if each[:2] not in before]
        new += [(0, str(each.name), each) for one in added for each in items(one.devices)]
        if new or added or len(now) < len(before):
            call.made = new[0][2] if new else None
            return {
                "loaded": str(item.name),
                "devices": [name for _, name, _ in new],
                "tracks_added": len(added),
            }
        call.done += 1
        call.so_far = "the track shows {}".format(", ".join(name for _, name, _ in now) or "no device")
        yield LIVE
    raise RuntimeError("Live shows nothing new for {!r}; {}".format(call.args["path"], call.so_far))


ADAPTERS: Dict[Tuple[str, str], Callable[[Call], Any]] = {
    ("Application", "show_message"): _show_message,
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
    ("Song", "create_cue_point"): _create_cue_point,
    ("Song", "delete_cue_point"): _delete_cue_point,
    ("Browser", "list_items"): _list_items,
    ("Browser", "load"): _load,
    ("Browser", "preview"): _preview,
}
"""(class, method) → how it is called; everything else is called as the table says."""

OBJECT_ARGUMENTS = {("Song", "move_device", "target"): "", ("Song", "find_device_position", "target"): ""}
"""Arguments that the table has as json but that name an object: a track or a chain."""


def _plays(obj: Any) -> bool:
    return bool(read(obj, "is_triggered") or read(obj, "is_playing"))


def _slot_plays(obj: Any) -> bool:
    # Firing an empty slot stops the track or records: nothing of the slot itself need change.
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
"""What must be so afterwards, and what to say while it is not."""

UNSEEN = frozenset((("WavetableDevice", "set_modulation_value"),))
"""Edits of what no property tells: that nothing was told says nothing."""

PRODUCTS: Dict[Tuple[str, str], Callable[[Call], Any]] = {
    ("Browser", "load"): lambda call: call.made,
    ("ClipSlot", "create_clip"): lambda call: call.obj.clip,
    ("ClipSlot", "create_audio_clip"): lambda call: call.obj.clip,
    ("ClipSlot", "duplicate_clip_to"): lambda call: call.args["target_clip_slot"].clip,
    ("Song", "duplicate_track"): lambda call: call.obj.view.selected_track,
    ("Song", "duplicate_scene"): lambda call: call.obj.view.selected_scene,
    ("Song", "capture_and_insert_scene"): lambda call: call.obj.view.selected_scene,
    ("Track", "duplicate_device"): lambda call: call.obj.devices[call.args["index"] + 1],
    ("Chain", "duplicate_device"): lambda call: call.obj.devices[call.args["index"] + 1],
}
"""What a method made that Live does not return: Live selects a duplicated track or scene (documented)."""


def victim(call: Call) -> Optional[Any]:
    """The object that a delete is about to remove; None when it is no delete or there is no such object."""
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


__all__ = [
    "ADAPTERS",
    "EFFECTS",
    "OBJECT_ARGUMENTS",
    "PRODUCTS",
    "UNCHANGED",
    "UNSEEN",
    "Call",
    "perform",
    "plain_result",
    "victim",
]
