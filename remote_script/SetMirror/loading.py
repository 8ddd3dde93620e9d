"""Loads browser items: the objects a load would replace, the load itself, and a check of the loaded object's place.

First choice are calls that Live completes at once: `insert_device` and `insert_chain` (12.3), `replace_sample`
(12.4). The browser loads all other items to the selected object, perhaps later. The loaded object is compared with
the `Wish`: if it is in another place, it is deleted in the turn in which Live shows it, and the load is refused.
"""

from __future__ import annotations

from functools import partial
from typing import Any, List, Tuple

from .arrivals import Came, Watch, delete, elsewhere, fits
from .browser_calls import find_item
from .call import BESIDE, Adapters, Call, Steps
from .contract import checks, schema
from .contract.errors import BridgeError
from .contract.values import ABSENT, alive, items, read
from .layouts import class_of
from .wish import AUDIO_EFFECT, INSTRUMENT, MIDI_EFFECT, Wish, check, replaces

_INSERT_MODES = {"": 0, "before": 1, "after": 2}

# -- at once --------------------------------------------------------------------------------------


def _at_once(call: Call, wish: Wish) -> Tuple[bool, Any]:
    """Load by calls of Live's that end at once and make one entry; (False, None) if there are none for this item."""
    if wish.is_sample and wish.file and call.live >= (12, 4):
        if wish.is_simpler:
            call.begin()
            wish.target.replace_sample(wish.file)
            return True, wish.target
        if wish.kind == "ClipSlot" or wish.is_for_slot:
            return _to_slot(call, wish)
        return True, _insert(call, wish, "Simpler")
    if wish.is_native and call.live >= (12, 3):
        return True, _insert(call, wish, wish.name)
    return False, None


def _to_slot(call: Call, wish: Wish) -> Tuple[bool, Any]:
    slot = wish.target if wish.kind == "ClipSlot" else _free_slot(call, wish)
    call.begin()
    if read(slot, "has_clip"):
        slot.delete_clip()
    slot.create_audio_clip(wish.file)
    return True, slot.clip


def _free_slot(call: Call, wish: Wish) -> Any:
    """The slot of an audio track in the selected scene if it is empty, else the track's first empty slot."""
    slots, scenes = items(wish.track.clip_slots), items(call.song.scenes)
    here = [slot for scene, slot in zip(scenes, slots) if scene == call.song.view.selected_scene]
    for slot in here + slots:
        if not read(slot, "has_clip"):
            return slot
    raise wish.refuse("no slot of the track is free", "give the slot as `to`, or create a scene")


def _insert(call: Call, wish: Wish, name: str) -> Any:
    call.begin()
    if wish.kind == "DrumPad":
        rack, note = wish.target.canonical_parent, int(wish.target.note)
        if items(wish.target.chains):
            wish.target.delete_all_chains()
        chain = rack.insert_chain(-1)
        chain.in_note = note
        made = chain.insert_device(name, 0)
        if wish.is_sample:
            chain.name = wish.name
    else:
        made = _insert_beside(wish, name)
    if wish.is_sample:
        made.replace_sample(wish.file)
    return made


def _insert_beside(wish: Wish, name: str) -> Any:
    holder, devices = wish.holder, wish.devices
    if wish.is_device and wish.place != "replace" and not wish.is_sample:
        return holder.insert_device(name, devices.index(wish.target) + (wish.place != "before"))
    goes = [wish.target] if wish.place == "replace" else wish.instruments if wish.type == INSTRUMENT else []
    if goes:
        index = devices.index(goes[0])
        for device in goes:
            holder.delete_device(items(holder.devices).index(device))
    elif wish.type == AUDIO_EFFECT:
        index = len(devices)
    else:
        # In front of the devices that it feeds: a MIDI effect before the instrument, an instrument before the audio
        # effects.
        later = [INSTRUMENT, AUDIO_EFFECT] if wish.type == MIDI_EFFECT else [AUDIO_EFFECT]
        index = next((n for n, device in enumerate(devices) if int(device.type) in later), len(devices))
    return holder.insert_device(name, index)


# -- by the browser -------------------------------------------------------------------------------


def _aim(call: Call, wish: Wish) -> None:
    """Select the target of the load, as a person would.

    Live loads to the selected track: at its end, beside its selected device (`device_insert_mode`), to the drum
    rack's selected pad, to the highlighted slot while the Session has the focus, or in the place of the hot-swap
    target.
    """
    song, target, place = call.song, wish.target, wish.place
    if wish.kind in ("Chain", "DrumChain"):
        # A chain cannot be selected as a target: select its last device, to load after this device.
        target, place = wish.devices[-1], "after"
    if wish.is_for_slot:
        target = _free_slot(call, wish)
    if song.view.selected_track != wish.track:
        song.view.selected_track = wish.track
    if read(call.obj, "hotswap_target") not in (ABSENT, None):
        # Loading would replace the hot-swap target instead.
        call.obj.hotswap_target = None
    kind = class_of(target, "") or ""
    is_device = bool(kind) and schema.is_a(kind, "Device")
    if is_device and (place == "replace" or wish.is_simpler):
        call.obj.hotswap_target = target
    elif is_device:
        song.view.select_device(target)
    elif kind == "DrumPad":
        song.view.select_device(target.canonical_parent)
        target.canonical_parent.view.selected_drum_pad = target
    elif kind == "ClipSlot":
        song.view.highlighted_clip_slot = target
        call.live_module.Application.get_application().view.focus_view("Session")
    view = read(wish.track, "view")
    if view is not ABSENT and read(view, "device_insert_mode") is not ABSENT:
        # Live keeps the mode that anybody set last, so set it always.
        view.device_insert_mode = _INSERT_MODES.get(place or ("after" if is_device else ""), 0)


def _judge(call: Call) -> Steps:
    """Find the item; refuse a load that Live cannot do, or that would replace an object without permission."""
    item = yield from find_item(call, call.args["path"])
    if not item.is_loadable:
        raise checks.refuse("only loadable items can be loaded", call.args["path"])
    target = call.args.get("target")
    if target is not None and not alive(target):
        raise BridgeError("STALE_REFERENCE", "The target of loading {!r} was deleted".format(str(item.name)))
    call.wish = Wish(call, item)
    check(call.wish)
    replaces(call, call.wish)


def _load(call: Call) -> Steps:
    """Load an item to the wished place, or leave the Set unchanged; the loaded object is the call's product."""
    wish = call.wish
    done, made = _at_once(call, wish)
    if done:
        call.made = made
        return _report(wish, [made])
    watch = Watch(call, wish)
    _aim(call, wish)
    call.apart()
    call.obj.load_item(wish.item)
    try:
        call.waiting = watch
        while not watch.is_over():
            watch.is_late = True
            yield BESIDE
        return _judged(call, wish, watch)
    finally:
        if read(call.obj, "hotswap_target") not in (ABSENT, None):
            # Live stays in hot-swap mode until somebody ends it.
            call.obj.hotswap_target = None


def _judged(call: Call, wish: Wish, watch: Watch) -> Any:
    if not alive(wish.track):
        rule = "The track was removed while {!r} was loaded to it".format(wish.name)
        raise BridgeError("STALE_REFERENCE", rule, wish.path)
    came = watch.came()
    wrong = [arrival for arrival in came if not fits(wish, arrival)]
    if wrong or not came:
        raise elsewhere(call, wish, wrong)
    call.made = came[0].obj
    call.back = partial(_delete_all, call, came)
    named = {arrival.get("id") for arrival in call.replaced}
    is_instrument = any(read(arrival.obj, "type") == INSTRUMENT for arrival in came)
    taken = [arrival for arrival in watch.lost if arrival.get("id") not in named] if is_instrument else []
    if taken:
        # The browser does not show the kind of a plug-in before the plug-in is loaded.
        call.note = "it replaced {}; undo restores it".format(", ".join(e["name"] for e in taken))
        call.replaced.extend(taken)
    return _report(wish, [arrival.obj for arrival in came])


def _delete_all(call: Call, came: List[Came]) -> None:
    for arrival in came:
        delete(call, arrival)


def _report(wish: Wish, made: List[Any]) -> Any:
    names = [str(device.name) for device in made]
    return {"loaded": str(wish.item.name), "devices": names, "tracks_added": 0}


ADAPTERS: Adapters = {("Browser", "load"): _load}
JUDGES: Adapters = {("Browser", "load"): _judge}
