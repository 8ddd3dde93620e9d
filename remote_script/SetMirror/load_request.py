"""A request to load an item: its kind and target, whether Live can do it, and the objects that it would replace.

`check` refuses a load that Live cannot do, with a hint at a way that works; `replaces` reports the objects that the
load would remove. Nothing here changes the Set; `loading` performs the load.
"""

from __future__ import annotations

import re
from typing import Any, List, Optional

from .call import PendingCall
from .contract import checks, schema
from .contract.errors import BridgeError
from .contract.values import items, read
from .layouts import class_of

INSTRUMENT, AUDIO_EFFECT, MIDI_EFFECT = 1, 2, 4
_WORDS = {
    INSTRUMENT: "an instrument",
    AUDIO_EFFECT: "an audio effect",
    MIDI_EFFECT: "a MIDI effect",
    0: "a device",
}
_NATIVE = {"instruments": INSTRUMENT, "audio_effects": AUDIO_EFFECT, "midi_effects": MIDI_EFFECT}
_TYPES = "wav|aif|aiff|flac|mp3|ogg|m4a|caf"
_SAMPLES = tuple("." + ending for ending in _TYPES.split("|"))
_FILE_TYPE = re.compile(
    r"\.(?:adv|adg|amxd|alc|als|aupreset|vstpreset|fxp|{})\Z".format(_TYPES), re.IGNORECASE
)
"""File extensions: a browser item's name ends with one, the loaded object's name does not."""
_PLACES = ("", "before", "after", "replace")


class LoadRequest:
    """An item and its target: a track, chain, pad or slot, or a device to load beside or instead of."""

    def __init__(self, call: PendingCall, item: Any) -> None:
        path, name = str(call.args["path"]), str(item.name)
        self.item = item
        self.path = path
        self.name = _FILE_TYPE.sub("", name)
        root = path.strip("/").partition("/")[0]
        lower = name.lower()
        self.is_sample = lower.endswith(_SAMPLES) or (root == "samples" and not item.is_device)
        self.is_clip = lower.endswith(".alc") or (root == "clips" and not self.is_sample)
        self.type = _NATIVE.get(root, 0)
        """Live's type of the device; 0 when the browser does not show it."""
        if self.is_sample or root == "sounds" or (root == "drums" and lower.endswith(".adg")):
            self.type = INSTRUMENT
        self.is_native = root in _NATIVE and path.strip("/").count("/") == 1 and bool(item.is_device)
        self.place = call.args.get("place", "")
        self.file: Optional[str] = call.args.get("file_path")
        song = call.song
        target = call.args.get("target")
        self.target: Any = song.view.selected_track if target is None else target
        self.kind = class_of(self.target, "") or ""
        self.is_device = schema.is_a(self.kind, "Device") if self.kind else False
        self.holder: Any = self.target.canonical_parent if self.is_device else self.target
        self.track = self.target
        while self.track is not None and class_of(self.track, "") != "Track":
            self.track = self.track.canonical_parent

    @property
    def devices(self) -> List[Any]:
        """The devices of the track or chain that will contain the loaded object."""
        return items(read(self.holder, "devices"))

    @property
    def instruments(self) -> List[Any]:
        return [device for device in self.devices if int(device.type) == INSTRUMENT]

    @property
    def kind_in_words(self) -> str:
        return "a sample" if self.is_sample else "a clip" if self.is_clip else _WORDS[self.type]

    @property
    def is_for_slot(self) -> bool:
        """True when the load goes to a slot of the audio track: the item is a sample."""
        audio = self.is_sample and self.kind == "Track" and bool(read(self.track, "has_audio_input"))
        return audio and bool(items(read(self.track, "clip_slots")))

    @property
    def is_simpler(self) -> bool:
        """True when the load replaces a Simpler's sample: the item is a sample."""
        return self.is_sample and self.is_device and read(self.target, "class_name") == "OriginalSimpler"

    def refuse(self, rule: str, hint: str) -> BridgeError:
        """The refusal of a load that Live cannot fulfil; `hint` names a way that works."""
        return BridgeError(
            "NOT_AVAILABLE", "{!r} ({}): {}".format(self.name, self.kind_in_words, rule), self.path, hint=hint
        )

    def shows(self) -> str:
        """A text for the devices or the clip that the track shows now."""
        return "the track shows {}".format(
            ", ".join(str(d.name) for d in items(self.track.devices)) or "no device"
        )


# -- before the load -------------------------------------------------------------------------------


def check(load: LoadRequest) -> None:
    """Refuse a load that Live cannot fulfil, with a hint at a way that works."""
    if load.place not in _PLACES:
        raise checks.refuse("place must be before, after or replace", load.place)
    if load.place and not load.is_device:
        raise checks.refuse("place is for loading beside or instead of a device", load.place)
    if not load.is_device and load.kind not in ("Track", "Chain", "DrumChain", "DrumPad", "ClipSlot"):
        raise BridgeError(
            "NOT_AVAILABLE",
            "Live loads to tracks, chains, drum pads, clip slots, and beside or instead of devices, not to a {}".format(
                load.kind
            ),
        )
    if load.kind in ("Chain", "DrumChain") and not load.devices:
        raise BridgeError(
            "NOT_AVAILABLE",
            "Live's browser loads beside a device of a chain, and this chain is empty",
            hint="insert_device puts a native device into it (Live 12.3 and later), then load beside this device; "
            "a drum rack's chain is loaded to through its pad",
        )
    if load.kind == "ClipSlot":
        _check_slot(load)
    elif load.is_clip:
        raise load.refuse("a clip goes to a clip slot", "give a slot of a track of its kind as `to`")
    elif load.kind == "DrumPad":
        if load.type not in (0, INSTRUMENT):
            raise load.refuse("a pad takes instruments and samples", "load an effect to the pad's chain")
    elif load.is_sample and load.place in ("before", "after"):
        raise load.refuse(
            "a sample becomes a Simpler, and a chain has one instrument",
            "load it to a MIDI track, a drum pad, or a Simpler",
        )
    else:
        _check_order(load)


def _check_slot(load: LoadRequest) -> None:
    midi = bool(read(load.track, "has_midi_input"))
    if load.type and not load.is_sample:
        raise load.refuse("a clip slot takes clips and samples", "load a device to the track itself")
    if load.is_sample and midi:
        raise load.refuse(
            "a slot of a MIDI track takes no sample",
            "load it to the track itself, where it becomes a Simpler, or to a slot of an audio track",
        )


def _check_order(load: LoadRequest) -> None:
    """Check the order: MIDI effects, the instrument, audio effects; a track without MIDI has only audio effects."""
    if (
        read(load.holder, "has_midi_input") is False
        and load.type in (INSTRUMENT, MIDI_EFFECT)
        and not load.is_for_slot
    ):
        raise load.refuse(
            "{} takes no MIDI".format(
                "an audio track" if class_of(load.holder, "") == "Track" else "this chain"
            ),
            "load it to a MIDI track"
            if not load.is_sample
            else "load it to a clip slot of the track, or a MIDI track",
        )
    if not load.is_device or not load.type:
        return
    other = int(load.target.type)
    if load.place == "replace":
        if other != load.type:
            raise load.refuse(
                "Live replaces a device by one of its kind, and {!r} is {}; {}".format(
                    str(load.target.name), _WORDS.get(other, "a device"), load.shows()
                ),
                "delete it, then load to its place",
            )
        return
    index = load.devices.index(load.target) + (load.place != "before")
    kinds = [int(device.type) for device in load.devices]
    if load.type == AUDIO_EFFECT and any(kind in (INSTRUMENT, MIDI_EFFECT) for kind in kinds[index:]):
        raise load.refuse("an audio effect goes after the instrument", "load it after the instrument")
    if load.type == MIDI_EFFECT and any(kind in (INSTRUMENT, AUDIO_EFFECT) for kind in kinds[:index]):
        raise load.refuse("a MIDI effect goes before the instrument", "load it before the instrument")


def replaces(call: PendingCall, load: LoadRequest) -> None:
    """Report the objects that would be replaced; `place` "replace" and a sample for a Simpler need no `overwrite`."""
    if load.place == "replace":
        call.overwrite = True
        call.replaces([call.describe(load.target)], "devices")
    elif load.kind == "ClipSlot" and read(load.target, "has_clip"):
        call.replaces([call.describe(load.target.clip)], "clips")
    elif load.kind == "DrumPad":
        call.replaces([call.describe(chain) for chain in items(load.target.chains)], "chains")
    elif load.type == INSTRUMENT and not load.is_simpler and not load.is_for_slot:
        call.replaces([call.describe(device) for device in load.instruments], "devices")
