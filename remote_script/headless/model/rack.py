"""Racks: chains, drum pads, macros and variations.

Measured on 12.3.5: the parameters always are Device On, 16 macros (0..127) and, except in drum racks, the Chain
Selector; adding macros changes only the number of visible macros. A drum pad shows the chains that listen to its
note.
"""

from __future__ import annotations

import random
from typing import Any, ClassVar, Dict, Iterator, List, Optional, Tuple

from ...SetMirror.contract.scales import note_name
from ..music import palette
from ..node import Document, Node, model
from ..sets.spec import ChainSpec, DeviceSpec
from .container import Container
from .device import Device, make_device
from .mixer import ChainMixer, send_parameter
from .parameter import Parameter, plain, switch

MACROS = 16
ONLY_DRUMS = "Only drum racks can have pads!"


@model
class RackView(Node):
    LOM = "RackDevice.View"
    UNTRACKED = frozenset(
        (
            "is_collapsed",
            "is_showing_chain_devices",
            "selected_chain",
            "selected_pad",
            "drum_pads_scroll_position",
        )
    )
    is_collapsed = False
    is_showing_chain_devices = True
    selected_chain: Optional[Node] = None
    selected_pad: Optional[Node] = None
    drum_pads_scroll_position = 9

    @property
    def rack(self) -> Any:
        return self.parent

    def get_selected_chain(self) -> Optional[Node]:
        chain = self.selected_chain
        if chain is not None and chain.ptr is not None:
            return chain
        return self.rack.chains[0] if self.rack.chains else None

    def get_selected_drum_pad(self) -> Optional[Node]:
        if not self.rack.is_drum_rack:
            raise RuntimeError(ONLY_DRUMS)
        pad = self.selected_pad
        return pad if pad is not None and pad.ptr is not None else None

    def set_selected_drum_pad(self, pad: Optional[Node]) -> None:
        if pad is None or pad.parent is not self.rack:
            raise RuntimeError("The pad does not belong to this rack")
        with self.doc.edit():
            self.change("selected_pad", pad)
            self.notify("selected_drum_pad")

    def check_drum_pads_scroll_position(self, value: int) -> int:
        if not 0 <= value <= 28:
            raise RuntimeError("Invalid scroll position")
        return value

    def on_change(self, field: str, old: Any, value: Any) -> None:
        if field == "drum_pads_scroll_position":
            self.rack.notify("visible_drum_pads")


@model
class Chain(Container):
    LOM = "Chain"
    OWNS = ("devices", "mixer_device")
    GUESSES = frozenset(("is_auto_colored", "muted_via_solo"))

    user_name = ""
    name = ""
    color_index: Optional[int] = 0
    solo = False
    muted_via_solo = False
    is_auto_colored = False
    mixer_device: ChainMixer

    @classmethod
    def of(cls, doc: Document, spec: ChainSpec, color: int, sends: List[str]) -> Chain:
        made = cls(doc, user_name=spec.name, name=spec.name)
        if spec.color_index is not None:
            color = spec.color_index
        elif spec.color is not None:
            color = palette.nearest_index(spec.color)
        made.color_index = color
        made.solo = spec.solo
        values = list(spec.sends) + [0.0] * len(sends)
        made.own(
            "mixer_device",
            ChainMixer.of(doc, spec.volume, spec.panning, not spec.mute, list(zip(sends, values))),
        )
        made.own("devices", tuple(make_device(doc, device) for device in spec.devices))
        return made

    @property
    def rack(self) -> Any:
        return self.parent

    @property
    def track(self) -> Any:
        return self.rack.track

    @property
    def passes_devices(self) -> bool:
        return not self.get_mute() and bool(self.rack.is_active)

    @property
    def takes_midi(self) -> bool:
        return bool(
            self.rack.class_name in ("InstrumentGroupDevice", "DrumGroupDevice", "MidiEffectGroupDevice")
        )

    @property
    def may_hold_instruments(self) -> bool:
        return bool(self.rack.class_name in ("InstrumentGroupDevice", "DrumGroupDevice"))

    def get_color(self) -> int:
        return palette.color_of(self.color_index or 0)

    def set_color(self, value: int) -> None:
        self.change("color_index", palette.nearest_index(value))

    def check_color_index(self, value: int) -> int:
        return min(max(value, 0), 69)

    def set_name(self, value: str) -> None:
        """Set the name; an empty or blank name restores the default (measured on 12.3.5)."""
        self.change("user_name", "" if not value.strip() else value)

    def get_mute(self) -> bool:
        return not self.mixer_device.chain_activator.value

    def set_mute(self, value: bool) -> None:
        self.mixer_device.chain_activator.change("value", 0.0 if value else 1.0)

    @property
    def has_audio_input(self) -> bool:
        return not self.takes_midi

    @property
    def has_midi_input(self) -> bool:
        return self.takes_midi

    @property
    def has_audio_output(self) -> bool:
        return not self.has_midi_output

    @property
    def has_midi_output(self) -> bool:
        return self.takes_midi and not any(device.type == 1 for device in self.devices)

    def tell(self, name: str) -> None:
        """Notify of `name` on this chain and on the pads that show the chain."""
        self.notify(name)
        for pad in getattr(self.rack, "drum_pads", ()):
            if self in pad.chains:
                pad.notify(name)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        super().on_change(field, old, value)
        if field == "color_index":
            self.notify("color")
        elif field in ("solo", "user_name"):
            rack = self.rack
            if field == "solo":
                self.tell("solo")
            if rack is not None:
                self.doc.refresh(("chains", id(rack)), rack.refresh_chains)


@model
class DrumChain(Chain):
    LOM = "DrumChain"
    choke_group = 0
    in_note = 36
    out_note = 60

    def check_choke_group(self, value: int) -> int:
        return _within(value, 0, 16, "Invalid choke group")

    def check_in_note(self, value: int) -> int:
        return _within(value, 0, 127, "Invalid note number")

    def check_out_note(self, value: int) -> int:
        return _within(value, 0, 127, "Invalid note")

    def on_change(self, field: str, old: Any, value: Any) -> None:
        super().on_change(field, old, value)
        if field == "in_note":
            rack = self.rack
            self.doc.refresh(("chains", id(rack)), rack.refresh_chains)


def _within(value: int, low: int, high: int, text: str) -> int:
    if not low <= value <= high:
        raise RuntimeError(text)
    return value


@model
class DrumPad(Node):
    LOM = "DrumPad"
    note = 0
    chains: Tuple[Chain, ...] = ()
    name = ""

    def get_mute(self) -> bool:
        return bool(self.chains) and all(chain.get_mute() for chain in self.chains)

    def set_mute(self, value: bool) -> None:
        with self.doc.edit():
            for chain in self.chains:
                chain.set_mute(value)

    def get_solo(self) -> bool:
        return bool(self.chains) and any(chain.solo for chain in self.chains)

    def set_solo(self, value: bool) -> None:
        with self.doc.edit():
            for chain in self.chains:
                chain.change("solo", value)

    def call_delete_all_chains(self) -> None:
        rack: Any = self.parent
        gone = self.chains
        with self.doc.edit():
            rack.change("chains", tuple(chain for chain in rack.chains if chain not in gone))


@model
class Rack(Device):
    LOM = "RackDevice"
    OWNS: ClassVar[Tuple[str, ...]] = Device.OWNS + ("chains", "return_chains", "drum_pads")
    can_have_chains = True
    UNTRACKED = Device.UNTRACKED | {"is_showing_chains", "last_used_variation", "selected_variation"}
    GUESSES = Device.GUESSES | {"randomize_macros", "variation_count"}

    chains: Tuple[Chain, ...] = ()
    return_chains: Tuple[Chain, ...] = ()
    drum_pads: Tuple[DrumPad, ...] = ()
    visible_macro_count = 8
    macros_mapped: Tuple[bool, ...] = (False,) * MACROS
    is_showing_chains = False
    variations: Tuple[Tuple[float, ...], ...] = ()
    selected_variation = -1
    last_used_variation = -1

    def make_view(self, spec: DeviceSpec) -> Node:
        view = RackView(self.doc)
        if spec.is_collapsed:
            view.is_collapsed = True
        return view

    def make_parameters(self, spec: DeviceSpec) -> Iterator[Parameter]:
        doc = self.doc
        yield switch(doc, "Device On", spec.is_on, Parameter)
        values = list(spec.macros) + [0.0] * MACROS
        names = list(spec.macro_names) + ["Macro %d" % (i + 1) for i in range(len(spec.macro_names), MACROS)]
        for index in range(MACROS):
            macro = plain(doc, names[index], values[index], 0.0, 127.0, 0.0, "")
            macro.original_name = "Macro %d" % (index + 1)
            yield macro
        if spec.class_name != "DrumGroupDevice":
            yield plain(doc, "Chain Selector", spec.chain_selector, 0.0, 127.0, 0.0, "int")

    def fill(self, spec: DeviceSpec) -> None:
        super().fill(spec)
        doc = self.doc
        drums = self.is_drum_rack
        self.visible_macro_count = spec.visible_macro_count
        if spec.macros_mapped:
            mapped = tuple(bool(is_mapped) for is_mapped in spec.macros_mapped) + (False,) * MACROS
            self.macros_mapped = mapped[:MACROS]
        returns = [chain_spec.name or chr(97 + index) for index, chain_spec in enumerate(spec.return_chains)]
        self.own(
            "return_chains", tuple(Chain.of(doc, chain_spec, 0, []) for chain_spec in spec.return_chains)
        )
        made: List[Chain] = []
        for index, chain_spec in enumerate(spec.chains):
            cls = DrumChain if drums else Chain
            chain = cls.of(doc, chain_spec, index % 70, returns)
            if isinstance(chain, DrumChain):
                chain.in_note = 36 if chain_spec.in_note is None else chain_spec.in_note
                chain.out_note = chain_spec.out_note
                chain.choke_group = chain_spec.choke_group
            made.append(chain)
        self.own("chains", tuple(made))
        if drums:
            self.own("drum_pads", tuple(DrumPad(doc, note=note, name=note_name(note)) for note in range(128)))
        if spec.variation_count:
            self.variations = (tuple(spec.macros[:MACROS]),) * spec.variation_count
        scroll = spec.extra.get("pad_scroll_position")
        if scroll is not None and drums:
            self.view.drum_pads_scroll_position = min(max(int(scroll), 0), 28)
        self.refresh_chains()

    @property
    def is_drum_rack(self) -> bool:
        return self.class_name == "DrumGroupDevice"

    @property
    def can_have_drum_pads(self) -> bool:
        return self.is_drum_rack

    @property
    def is_nested(self) -> bool:
        return self.parent is not None and self.parent.lom in ("Chain", "DrumChain")

    # Pads

    def on_moved(self) -> None:
        # A drum rack inside another drum rack has no pads.
        if self.is_drum_rack:
            for name in ("has_drum_pads", "drum_pads", "visible_drum_pads"):
                self.notify(name)

    def get_drum_pads(self) -> Tuple[DrumPad, ...]:
        if not self.is_drum_rack:
            raise RuntimeError(ONLY_DRUMS)
        return () if self.is_nested else self.drum_pads

    def get_visible_drum_pads(self) -> Tuple[DrumPad, ...]:
        pads = self.get_drum_pads()
        start = self.view.drum_pads_scroll_position * 4
        return pads[start : start + 16]

    def get_has_drum_pads(self) -> bool:
        if not self.is_drum_rack:
            raise RuntimeError(ONLY_DRUMS)
        return not self.is_nested

    def call_copy_pad(self, source: int, target: int) -> None:
        pads = self.get_drum_pads()
        if not (0 <= source < 128 and 0 <= target < 128):
            raise IndexError("Pad index out of range")
        from .copying import copy_node

        with self.doc.edit():
            kept = tuple(chain for chain in self.chains if chain not in pads[target].chains)
            copies = []
            for chain in pads[source].chains:
                copy: Any = copy_node(chain)
                copy.in_note = target
                copies.append(copy)
            self.change("chains", kept + tuple(copies))

    def refresh_chains(self) -> None:
        """Derive the chains' names, the pads, and the chains that are muted by soloed ones."""
        soloed = any(chain.solo for chain in self.chains)
        by_note: Dict[int, List[Chain]] = {}
        for index, chain in enumerate(self.chains):
            default = "Chain %d" % (index + 1)
            if isinstance(chain, DrumChain):
                by_note.setdefault(chain.in_note, []).append(chain)
                default = note_name(chain.in_note)
            chain.derive("name", chain.user_name or (chain.devices[0].name if chain.devices else default))
            muted = soloed and not chain.solo
            if self.ptr is None:
                chain.muted_via_solo = muted
            elif chain.muted_via_solo != muted:
                # Measured: a chain's muted_via_solo follows a tick late.
                self.doc.on_next_tick(_Muted(chain, muted))
        for chain in self.return_chains:
            chain.derive("name", chain.user_name or "Return")
        for pad in self.drum_pads:
            chains = tuple(by_note.get(pad.note, ()))
            pad.derive("chains", chains)
            pad.derive("name", chains[0].name if chains else note_name(pad.note))

    # Macros

    @property
    def has_macro_mappings(self) -> bool:
        return any(self.macros_mapped)

    def get_chain_selector(self) -> Parameter:
        if self.is_drum_rack:
            raise RuntimeError("Drum racks have no chain selector!")
        return self.parameters[MACROS + 1]

    @property
    def can_show_chains(self) -> bool:
        return True

    def call_add_macro(self) -> None:
        count = self.visible_macro_count
        if count >= MACROS:
            raise RuntimeError("The maximum number of macro controls is already reached!")
        self.change("visible_macro_count", 2 if count == 1 else min(count + 2, MACROS))

    def call_remove_macro(self) -> None:
        count = self.visible_macro_count
        if count <= 1:
            raise RuntimeError("The minimum number of macro controls is already reached!")
        self.change("visible_macro_count", 1 if count == 2 else count - 2)

    def _macros(self) -> Tuple[Parameter, ...]:
        return self.parameters[1 : MACROS + 1]

    def call_randomize_macros(self) -> None:
        """Randomize the macros. Guess: every visible mapped macro gets a random value."""
        for index in range(self.visible_macro_count):
            if self.macros_mapped[index]:
                self._macros()[index].put(float(random.randrange(128)))

    def get_variation_count(self) -> int:
        return len(self.variations)

    def get_selected_variation_index(self) -> int:
        return self.selected_variation if self.variations else -1

    def set_selected_variation_index(self, value: int) -> None:
        if not -1 <= value < len(self.variations):
            raise RuntimeError("Invalid variation index")
        self.change("selected_variation", value)

    def call_store_variation(self) -> None:
        values = tuple(macro.value for macro in self._macros())
        with self.doc.edit():
            self.change("variations", self.variations + (values,))
            self.change("selected_variation", len(self.variations) - 1)
            self.change("last_used_variation", self.selected_variation)

    def call_delete_selected_variation(self) -> None:
        index = self.get_selected_variation_index()
        if index < 0:
            return
        with self.doc.edit():
            self.change("variations", self.variations[:index] + self.variations[index + 1 :])
            self.change("selected_variation", min(index, len(self.variations) - 1))

    def _recall(self, index: int) -> None:
        if not 0 <= index < len(self.variations):
            return
        with self.doc.edit():
            self.change("last_used_variation", index)
            for macro, value in zip(self._macros(), self.variations[index]):
                macro.put(value)

    def call_recall_selected_variation(self) -> None:
        self._recall(self.get_selected_variation_index())

    def call_recall_last_used_variation(self) -> None:
        self._recall(self.last_used_variation)

    # Chains

    def call_insert_chain(self, index: int) -> Chain:
        if index == -1:
            index = len(self.chains)
        if not 0 <= index <= len(self.chains):
            raise IndexError("Invalid insert index %d" % index)
        cls = DrumChain if self.is_drum_rack else Chain
        sends = [chain.name for chain in self.return_chains]
        made = cls.of(self.doc, ChainSpec(), len(self.chains) % 70, sends)
        with self.doc.edit():
            self.insert("chains", index, made)
        return made

    def on_change(self, field: str, old: Any, value: Any) -> None:
        super().on_change(field, old, value)
        if field == "chains":
            self.doc.refresh(("chains", id(self)), self.refresh_chains)
            if self.view.selected_chain not in value:
                self.view.notify("selected_chain")
        elif field == "variations" and len(old) != len(value):
            self.notify("variation_count")

    def refresh_active(self) -> None:
        super().refresh_active()
        for chain in self.chains + self.return_chains:
            chain.refresh_active()


class _Muted:
    def __init__(self, chain: Chain, muted: bool) -> None:
        self.chain, self.muted = chain, muted

    def __call__(self) -> None:
        if self.chain.ptr is not None:
            self.chain.derive("muted_via_solo", self.muted)


__all__ = ["Chain", "DrumChain", "DrumPad", "Rack", "RackView", "send_parameter"]
