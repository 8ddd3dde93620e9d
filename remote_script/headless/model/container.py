"""The base of tracks and chains: containers of devices."""

from __future__ import annotations

from typing import Any, Dict, Tuple

from ..node import Node

NATIVE_AUDIO, NATIVE_INSTRUMENT, NATIVE_MIDI = 2, 1, 4


class Container(Node):
    """Base of tracks and chains; `devices` in order."""

    devices: Tuple[Any, ...] = ()

    # Attributes that subclasses define

    @property
    def takes_midi(self) -> bool:
        raise NotImplementedError

    @property
    def may_hold_instruments(self) -> bool:
        raise NotImplementedError

    @property
    def passes_devices(self) -> bool:
        """True when the track or chain lets its devices be active."""
        raise NotImplementedError

    def refresh_active(self) -> None:
        for device in self.devices:
            device.refresh_active()

    def on_change(self, field: str, old: Any, value: Any) -> None:
        if field == "devices":
            self.doc.refresh(("active", id(self)), self.refresh_active)
            self.doc.refresh(("devices", id(self)), self.refresh_devices)
            for device in value:
                if device not in old:
                    device.on_moved()

    def refresh_devices(self) -> None:
        """Derive the values that follow from the list of devices."""
        rack = getattr(self, "rack", None)
        if rack is not None and rack.ptr is not None:
            rack.refresh_chains()

    # Editing

    def check_fits(self, spec_type: int, name: str, ignoring: Any = None) -> None:
        """Raise Live's error when this container cannot hold a device of this type."""
        prefix = "Can not insert device '%s': " % name
        if spec_type == NATIVE_INSTRUMENT:
            if not self.may_hold_instruments:
                raise ValueError(prefix + "Only audio effects can be inserted into an audio track.")
            if any(device.type == NATIVE_INSTRUMENT and device is not ignoring for device in self.devices):
                raise ValueError(prefix + "Device chains cannot have more than one instrument each.")
        elif spec_type == NATIVE_MIDI and not self.takes_midi:
            raise ValueError(prefix + "Only audio effects can be inserted into an audio track.")

    def place_for(self, spec_type: int, index: int, ignoring: Any = None) -> int:
        """The index nearest to `index` that keeps the order MIDI effects, instrument, audio effects."""
        devices = [device for device in self.devices if device is not ignoring]
        rank = {NATIVE_MIDI: 0, NATIVE_INSTRUMENT: 1}
        mine = rank.get(spec_type, 2)
        ranks = [rank.get(device.type, 2) for device in devices]
        if not self.takes_midi:
            return min(index, len(devices))
        low = sum(1 for other in ranks if other < mine)
        high = len(devices) - sum(1 for other in ranks if other > mine)
        return min(max(index, low), max(low, high))

    def insert_spec(self, spec: Any, index: int) -> Any:
        from .device import make_device

        made = make_device(self.doc, spec)
        with self.doc.edit():
            self.insert("devices", self.place_for(spec.type, index), made)
        return made

    def call_insert_device(self, name: str, index: int) -> Any:
        """Insert a native device by the name that Live shows; −1 appends.

        The name of Drum Sampler is "DrumSampler" here (measured on 12.4; Live 12.3.5 refused its displayed name).
        """
        from .. import devices

        facts = devices.insertable(name)
        if facts is None:
            raise ValueError("Device %s not found." % name)
        if index == -1:
            index = len(self.devices)
        if not 0 <= index <= len(self.devices):
            raise ValueError("Can not insert device '%s': Invalid insert index %d." % (name, index))
        self.refuse_when_frozen()
        self.check_fits(facts.type, name)
        return self.insert_spec(devices.build(facts), index)

    def call_delete_device(self, index: int) -> None:
        if not 0 <= index < len(self.devices):
            raise IndexError("Index out of range")
        self.remove("devices", self.devices[index])

    def call_duplicate_device(self, index: int) -> None:
        from .copying import copy_node

        if not 0 <= index < len(self.devices):
            raise IndexError("Index out of range")
        device = self.devices[index]
        if device.type == NATIVE_INSTRUMENT:
            raise RuntimeError("Can not duplicate instrument.")
        with self.doc.edit():
            self.insert("devices", index + 1, copy_node(device))

    def refuse_when_frozen(self) -> None:
        track = getattr(self, "track", self)
        if getattr(track, "is_frozen", False):
            raise RuntimeError("The track is frozen")

    # Data of scripts

    data: Dict[str, Any] = {}

    def call_get_data(self, key: Any, default: Any) -> Any:
        return self.data.get(key, default)

    def call_set_data(self, key: Any, value: Any) -> None:
        """Store data in the Set; the history does not record it (documented)."""
        data = dict(self.data)
        data[key] = value
        with self.doc.edit():
            self.change("data", data, tracked=False)
