"""The browser by paths: looking into folders, hearing an item, loading one to where it is meant to go.

A load ends when Live shows what came of it, not when Live's own call returned.
"""

from __future__ import annotations

from typing import Any, List, Tuple

from . import checks, schema
from .call import LIVE, Adapters, Call, Steps
from .errors import BridgeError
from .hazards import BROWSER_ITEMS
from .plans import class_of
from .values import ABSENT, alive, items, live_ptr, read

_LOAD_PUMPS = 6000
"""Of 10 ms; the first plug-in load of a session can take a minute."""


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
            if read_names % (4 * BROWSER_ITEMS) == 0:
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
        if number % BROWSER_ITEMS == BROWSER_ITEMS - 1:
            yield LIVE
    # What is read next, by whatever call, is read in another turn.
    yield LIVE
    return {"items": found, "total": len(children), "offset": offset}


def _preview(call: Call) -> Steps:
    item = yield from _find_item(call, call.args["path"])
    return call.obj.preview_item(item)


_INSERT_MODES = {"": 0, "before": 1, "after": 2}


def _into_chain(call: Call) -> None:
    """A chain cannot be selected to be loaded to: its last device can, to load after it."""
    chain: Any = call.args.get("target")
    kind = class_of(chain, "") if chain is not None else ""
    if not kind or not schema.is_a(kind, "Chain"):
        return
    held = items(chain.devices)
    if not held:
        raise BridgeError(
            "NOT_AVAILABLE",
            "Live's browser loads beside a device of a chain, and this one is empty",
            hint="insert_device puts a native device into it (Live 12.3 and later), then load beside that one; "
            "a drum rack's chain is loaded to by its pad",
        )
    call.args.update(target=held[-1], place=call.args.get("place") or "after")


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
            "Live loads to tracks, chains, drum pads, clip slots, and beside or instead of devices, not to a {}".format(
                kind
            ),
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
    _into_chain(call)
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


ADAPTERS: Adapters = {
    ("Browser", "list_items"): _list_items,
    ("Browser", "load"): _load,
    ("Browser", "preview"): _preview,
}
