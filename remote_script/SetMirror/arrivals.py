"""Finds the objects that a load created, compares them with the `LoadRequest`, and deletes objects in a wrong place.

`Watch` records the state before the load and compares it with the present state; it never waits.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Tuple

from .call import Described, PendingCall
from .contract.errors import BridgeError
from .contract.values import ABSENT, alive, items, live_ptr, read
from .layouts import class_of
from .load_request import INSTRUMENT, LoadRequest


class Came(NamedTuple):
    """A new object in Live: a device, a clip, or a whole track."""

    obj: Any
    holder: Any
    is_new_track: bool = False
    is_new_chain: bool = False


class Watch:
    """The state before a load: devices of the track and its racks, its clips, the song's tracks."""

    def __init__(self, call: PendingCall, load: LoadRequest) -> None:
        self._call = call
        self._load = load
        entries = self._entries()
        self._before = {key for key, _, _ in entries}
        self._holders = {live_ptr(holder) for holder in self._all_holders()}
        self._described = {
            key[0]: (call.describe(obj), _above(obj), read(obj, "type") == INSTRUMENT)
            for key, obj, _ in entries
        }
        self.is_late = False
        """True when others may have changed the Set after the load was started."""
        self._tracks = {live_ptr(track) for track in items(call.song.tracks)}

    def _entries(self) -> List[Tuple[Any, Any, Any]]:
        """((pointer, name, sample), object, holder) of every device and clip that exists now."""
        load = self._load
        entries: List[Tuple[Any, Any, Any]] = []
        for holder in self._all_holders():
            entries += [(_key(device), device, holder) for device in items(read(holder, "devices"))]
        for slot in items(read(load.track, "clip_slots")):
            if read(slot, "has_clip"):
                entries.append((_key(slot.clip), slot.clip, slot))
        return entries

    def _all_holders(self) -> List[Any]:
        """The track and all chains on it."""
        holders = [self._load.track]
        for holder in holders:
            for device in items(read(holder, "devices")):
                holders += items(read(device, "chains"))
        return holders

    def came(self) -> List[Came]:
        """The new objects; after a turn of Live's only those with the item's name."""
        if not alive(self._load.track):
            return []
        arrivals = [
            Came(obj, holder, is_new_chain=live_ptr(holder) not in self._holders)
            for key, obj, holder in self._entries()
            if key not in self._before and not (self.is_late and not self._is_named(obj))
        ]
        for track in items(self._call.song.tracks):
            if live_ptr(track) not in self._tracks:
                inside = [obj for obj in _inside(track) if not self.is_late or self._is_named(obj)]
                arrivals += [Came(obj, track, is_new_track=True) for obj in inside]
        # A rack contains new devices of its own.
        new = {live_ptr(arrival.obj) for arrival in arrivals}
        return [arrival for arrival in arrivals if new.isdisjoint(_above(arrival.obj))]

    def is_over(self) -> bool:
        """True when Live shows the loaded object, or the load's target is deleted."""
        return not alive(self._load.track) or bool(self.came())

    def is_its(self, obj: Any) -> bool:
        """True when an object is new and has the name of the loaded item."""
        if obj is None or not alive(obj):
            return False
        if read(obj, "has_midi_input") is not ABSENT and read(obj, "devices") is not ABSENT:
            # A new track or chain belongs to the load if an object inside it does.
            return live_ptr(obj) not in self._tracks and any(self.is_its(inner) for inner in _inside(obj))
        return live_ptr(obj) not in self._described and self._is_named(obj)

    def _is_named(self, obj: Any) -> bool:
        """True if the name fits: a device is named after its preset or type, a Simpler and a clip after the sample."""
        sample = read(obj, "sample")
        texts = [read(obj, "name"), read(obj, "file_path"), read(sample, "file_path")]
        return any(self._load.name.lower() in str(text).lower() for text in texts if text is not ABSENT)

    def progress(self) -> str:
        """Live's state during the load, in words."""
        return self._load.shows() if alive(self._load.track) else "the track was deleted"

    @property
    def aimed(self) -> List[Any]:
        """The objects that the load needs; nobody may delete them."""
        return [self._load.target, self._load.track]

    @property
    def lost(self) -> List[Described]:
        """The instruments that were deleted after the load was started."""
        now = {key[0] for key, _, _ in self._entries()}
        gone = {ptr for ptr in self._described if ptr not in now}
        return [
            about
            for ptr, (about, above, is_instrument) in self._described.items()
            if is_instrument and ptr in gone and gone.isdisjoint(above)
        ]


def _inside(holder: Any) -> List[Any]:
    return items(holder.devices) + [s.clip for s in items(read(holder, "clip_slots")) if s.has_clip]


def _key(obj: Any) -> Any:
    sample = read(obj, "sample")
    path = read(sample, "file_path") if sample not in (ABSENT, None) else None
    # Loading into a plug-in or rack does not always create a new object: a changed name also shows an arrival.
    return (live_ptr(obj), str(obj.name), None if path is ABSENT else path)


def _above(obj: Any) -> List[Any]:
    """Pointers of all objects above an object."""
    pointers = []
    parent = read(obj, "canonical_parent")
    while parent is not ABSENT and parent is not None:
        pointers.append(live_ptr(parent))
        parent = read(parent, "canonical_parent")
    return pointers


# -- arrived objects ------------------------------------------------------------------------------


def fits(load: LoadRequest, came: Came) -> bool:
    """True when the new object is in the requested place."""
    if came.is_new_track:
        return False
    kind = class_of(came.obj, "") or ""
    if load.kind == "ClipSlot":
        return bool(came.holder == load.target)
    if load.is_for_slot:
        return kind == "Clip"
    if kind == "Clip":
        return False
    if load.kind == "DrumPad":
        return any(came.holder == chain for chain in items(load.target.chains))
    if load.is_device and load.is_simpler and came.obj == load.target:
        return True
    if came.holder != load.holder:
        return False
    if not load.is_device:
        return True
    if load.place == "replace":
        return not alive(load.target) or bool(load.target == came.obj)
    if not alive(load.target):
        return False
    now = [live_ptr(device) for device in items(load.holder.devices)]
    apart = now.index(live_ptr(came.obj)) - now.index(live_ptr(load.target))
    return apart == (-1 if load.place == "before" else 1)


def delete(call: PendingCall, came: Came) -> bool:
    """Delete an object that was loaded to a wrong place; an undo could revert another edit instead."""
    try:
        song = call.song
        if came.is_new_track:
            song.delete_track([live_ptr(track) for track in items(song.tracks)].index(live_ptr(came.holder)))
        elif class_of(came.obj, "") == "Clip":
            came.holder.delete_clip()
        elif came.is_new_chain:
            # A pad's chain can be deleted only through its pad.
            for pad in items(came.holder.canonical_parent.drum_pads):
                if any(chain == came.holder for chain in items(pad.chains)):
                    pad.delete_all_chains()
        else:
            came.holder.delete_device(
                [live_ptr(d) for d in items(came.holder.devices)].index(live_ptr(came.obj))
            )
        return True
    except Exception:
        # The error lists this object among those that could not be deleted.
        return False


def elsewhere(call: PendingCall, load: LoadRequest, wrong: List[Came]) -> BridgeError:
    """Delete all objects that were loaded to a wrong place; returns the refusal."""
    reports: List[Dict[str, Any]] = []
    for came in wrong:
        about: Described = call.describe(came.obj)
        where = call.describe(came.holder)
        reports.append(dict(about, where=where.get("ref") or where.get("name"), deleted=delete(call, came)))
    hints = {
        True: "load it to a slot of an audio track; with its file Live 12.4 puts it on MIDI tracks, pads and Simplers",
        False: "load it to a track of its kind, then move the device",
    }
    left = [report for report in reports if not report["deleted"]]
    rule = "Live loaded {!r} to another place than asked for; {}".format(
        load.name, "it could not be deleted again" if left else "it was deleted again"
    )
    return BridgeError("LIVE_REFUSED", rule, load.path, hint=hints[load.is_sample], came=reports)
