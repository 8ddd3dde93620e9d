"""Loads browser items: the objects a load would replace, the load itself, and a check of the loaded object's place.

First choice are calls that Live completes at once: `insert_device` and `insert_chain` (12.3), `replace_sample`
(12.4). The browser loads all other items to the selected object, perhaps later. The loaded object is compared with
the `LoadRequest`: if it is in another place, it is deleted in the turn in which Live shows it, and the load is refused.
"""

from __future__ import annotations

from functools import partial
from typing import Any, List, Tuple

from .arrivals import Came, Watch, delete, elsewhere, fits
from .browser_calls import find_item
from .call import BESIDE, Adapters, PendingCall, Steps
from .contract import checks, schema
from .contract.errors import BridgeError
from .contract.values import ABSENT, alive, items, read
from .layouts import class_of
from .load_request import AUDIO_EFFECT, INSTRUMENT, MIDI_EFFECT, LoadRequest, check, replaces

_INSERT_MODES = {"": 0, "before": 1, "after": 2}

# -- at once --------------------------------------------------------------------------------------


def _at_once(call: PendingCall, load: LoadRequest) -> Tuple[bool, Any]:
    """Load by calls of Live's that end at once and make one entry; (False, None) if there are none for this item."""
    if load.is_sample and load.file and call.live >= (12, 4):
        if load.is_simpler:
            call.begin()
            load.target.replace_sample(load.file)
            return True, load.target
        if load.kind == "ClipSlot" or load.is_for_slot:
            return _to_slot(call, load)
        return True, _insert(call, load, "Simpler")
    if load.is_native and call.live >= (12, 3):
        return True, _insert(call, load, load.name)
    return False, None


def _to_slot(call: PendingCall, load: LoadRequest) -> Tuple[bool, Any]:
    slot = load.target if load.kind == "ClipSlot" else _free_slot(call, load)
    call.begin()
    if read(slot, "has_clip"):
        slot.delete_clip()
    slot.create_audio_clip(load.file)
    return True, slot.clip


def _free_slot(call: PendingCall, load: LoadRequest) -> Any:
    """The slot of an audio track in the selected scene if it is empty, else the track's first empty slot."""
    slots, scenes = items(load.track.clip_slots), items(call.song.scenes)
    here = [slot for scene, slot in zip(scenes, slots) if scene == call.song.view.selected_scene]
    for slot in here + slots:
        if not read(slot, "has_clip"):
            return slot
    raise load.refuse("no slot of the track is free", "give the slot as `to`, or create a scene")


def _insert(call: PendingCall, load: LoadRequest, name: str) -> Any:
    call.begin()
    if load.kind == "DrumPad":
        rack, note = load.target.canonical_parent, int(load.target.note)
        if items(load.target.chains):
            load.target.delete_all_chains()
        chain = rack.insert_chain(-1)
        chain.in_note = note
        made = chain.insert_device(name, 0)
        if load.is_sample:
            chain.name = load.name
    else:
        made = _insert_beside(load, name)
    if load.is_sample:
        made.replace_sample(load.file)
    return made


def _insert_beside(load: LoadRequest, name: str) -> Any:
    holder, devices = load.holder, load.devices
    if load.is_device and load.place != "replace" and not load.is_sample:
        return holder.insert_device(name, devices.index(load.target) + (load.place != "before"))
    goes = [load.target] if load.place == "replace" else load.instruments if load.type == INSTRUMENT else []
    if goes:
        index = devices.index(goes[0])
        for device in goes:
            holder.delete_device(items(holder.devices).index(device))
    elif load.type == AUDIO_EFFECT:
        index = len(devices)
    else:
        # In front of the devices that it feeds: a MIDI effect before the instrument, an instrument before the audio
        # effects.
        later = [INSTRUMENT, AUDIO_EFFECT] if load.type == MIDI_EFFECT else [AUDIO_EFFECT]
        index = next((n for n, device in enumerate(devices) if int(device.type) in later), len(devices))
    return holder.insert_device(name, index)


# -- by the browser -------------------------------------------------------------------------------


def _aim(call: PendingCall, load: LoadRequest) -> None:
    """Select the target of the load, as a person would.

    Live loads to the selected track: at its end, beside its selected device (`device_insert_mode`), to the drum
    rack's selected pad, to the highlighted slot while the Session has the focus, or in the place of the hot-swap
    target.
    """
    song, target, place = call.song, load.target, load.place
    if load.kind in ("Chain", "DrumChain"):
        # A chain cannot be selected as a target: select its last device, to load after this device.
        target, place = load.devices[-1], "after"
    if load.is_for_slot:
        target = _free_slot(call, load)
    if song.view.selected_track != load.track:
        song.view.selected_track = load.track
    if read(call.obj, "hotswap_target") not in (ABSENT, None):
        # Loading would replace the hot-swap target instead.
        call.obj.hotswap_target = None
    kind = class_of(target, "") or ""
    is_device = bool(kind) and schema.is_a(kind, "Device")
    if is_device and (place == "replace" or load.is_simpler):
        call.obj.hotswap_target = target
    elif is_device:
        song.view.select_device(target)
    elif kind == "DrumPad":
        song.view.select_device(target.canonical_parent)
        target.canonical_parent.view.selected_drum_pad = target
    elif kind == "ClipSlot":
        song.view.highlighted_clip_slot = target
        call.live_module.Application.get_application().view.focus_view("Session")
    view = read(load.track, "view")
    if view is not ABSENT and read(view, "device_insert_mode") is not ABSENT:
        # Live keeps the mode that anybody set last, so set it always.
        view.device_insert_mode = _INSERT_MODES.get(place or ("after" if is_device else ""), 0)


def _judge(call: PendingCall) -> Steps:
    """Find the item; refuse a load that Live cannot do, or that would replace an object without permission."""
    item = yield from find_item(call, call.args["path"])
    if not item.is_loadable:
        raise checks.refuse("only loadable items can be loaded", call.args["path"])
    target = call.args.get("target")
    if target is not None and not alive(target):
        raise BridgeError("STALE_REFERENCE", "The target of loading {!r} was deleted".format(str(item.name)))
    call.load = LoadRequest(call, item)
    check(call.load)
    replaces(call, call.load)


def _load(call: PendingCall) -> Steps:
    """Load an item to the requested place, or leave the Set unchanged; the loaded object is the call's product."""
    load = call.load
    done, made = _at_once(call, load)
    if done:
        call.made = made
        return _report(load, [made])
    watch = Watch(call, load)
    _aim(call, load)
    call.apart()
    call.obj.load_item(load.item)
    try:
        call.waiting = watch
        while not watch.is_over():
            watch.is_late = True
            yield BESIDE
        return _judged(call, load, watch)
    finally:
        if read(call.obj, "hotswap_target") not in (ABSENT, None):
            # Live stays in hot-swap mode until somebody ends it.
            call.obj.hotswap_target = None


def _judged(call: PendingCall, load: LoadRequest, watch: Watch) -> Any:
    if not alive(load.track):
        rule = "The track was removed while {!r} was loaded to it".format(load.name)
        raise BridgeError("STALE_REFERENCE", rule, load.path)
    came = watch.came()
    wrong = [arrival for arrival in came if not fits(load, arrival)]
    if wrong or not came:
        raise elsewhere(call, load, wrong)
    call.made = came[0].obj
    call.back = partial(_delete_all, call, came)
    named = {arrival.get("id") for arrival in call.replaced}
    is_instrument = any(read(arrival.obj, "type") == INSTRUMENT for arrival in came)
    taken = [arrival for arrival in watch.lost if arrival.get("id") not in named] if is_instrument else []
    if taken:
        # The browser does not show the kind of a plug-in before the plug-in is loaded.
        call.note = "it replaced {}; undo restores it".format(", ".join(e["name"] for e in taken))
        call.replaced.extend(taken)
    return _report(load, [arrival.obj for arrival in came])


def _delete_all(call: PendingCall, came: List[Came]) -> None:
    for arrival in came:
        delete(call, arrival)


def _report(load: LoadRequest, made: List[Any]) -> Any:
    names = [str(device.name) for device in made]
    return {"loaded": str(load.item.name), "devices": names, "tracks_added": 0}


ADAPTERS: Adapters = {("Browser", "load"): _load}
JUDGES: Adapters = {("Browser", "load"): _judge}
