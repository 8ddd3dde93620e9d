"""Devices: native ones, plug-ins and Max devices, each with "Device On" as parameter 0.

A special device (Simpler, Wavetable, …) has its own properties in `extra`, from the Set or Live's defaults. Guess:
the defaults of special properties without a Set and without a measurement; `coverage` lists these properties.
"""

from __future__ import annotations

from typing import Any, Callable, ClassVar, Dict, Iterator, List, Optional, Tuple

from ..devices import find, parameter
from ..devices.older import as_of
from ..node import Document, Node, model
from ..sets.spec import DeviceSpec
from .device_io import PORTS, DeviceIO
from .parameter import Parameter, single, switch

SPECIAL = {
    "OriginalSimpler": "SimplerDevice",
    "Eq8": "Eq8Device",
    "Compressor2": "CompressorDevice",
    "InstrumentVector": "WavetableDevice",
    "InstrumentMeld": "MeldDevice",
    "Drift": "DriftDevice",
    "Roar": "RoarDevice",
    "Shifter": "ShifterDevice",
    "Hybrid": "HybridReverbDevice",
    "Transmute": "SpectralResonatorDevice",
    "Looper": "LooperDevice",
    "MidiCcControl": "CcControlDevice",
    "DrumCell": "DrumCellDevice",
    "PluginDevice": "PluginDevice",
    "AuPluginDevice": "PluginDevice",
    "MxDeviceInstrument": "MaxDevice",
    "MxDeviceAudioEffect": "MaxDevice",
    "MxDeviceMidiEffect": "MaxDevice",
    "InstrumentGroupDevice": "RackDevice",
    "DrumGroupDevice": "RackDevice",
    "AudioEffectGroupDevice": "RackDevice",
    "MidiEffectGroupDevice": "RackDevice",
}
"""Internal class name → class in Live's Object Model; others are plain `Device`."""

INSTRUMENT, AUDIO_EFFECT, MIDI_EFFECT = 1, 2, 4


@model
class DeviceView(Node):
    LOM = "Device.View"
    UNTRACKED = frozenset(("is_collapsed",))
    is_collapsed = False


@model
class Device(Node):
    LOM = "Device"
    OWNS: ClassVar[Tuple[str, ...]] = ("parameters", "view")
    UNTRACKED = frozenset(("is_using_compare_preset_b",))
    GUESSES = frozenset(("can_compare_ab", "is_using_compare_preset_b"))

    DEFAULTS: ClassVar[Dict[str, Any]] = {}
    """Values of a new device for properties that are only in `extra`; the default of other properties is 0, "" or
    False."""

    name = ""
    class_name = ""
    class_display_name = ""
    type = 0
    parameters: Tuple[Parameter, ...] = ()
    view: Any
    is_active = True
    latency_in_samples = 0
    is_using_compare_preset_b = False
    can_have_chains = False
    extra: Dict[str, Any] = {}
    places: Tuple[int, ...] = ()
    """Index of each of the newest Live's parameters in this list (see `older`)."""

    @property
    def can_have_drum_pads(self) -> bool:
        return False

    @classmethod
    def of(cls, doc: Document, spec: DeviceSpec) -> Device:
        made = cls(doc, name=spec.name or spec.class_display_name or spec.class_name)
        made.lom = SPECIAL.get(spec.class_name, "Device")
        made.class_name = spec.class_name
        made.class_display_name = spec.class_display_name or spec.name or spec.class_name
        made.type = spec.type
        made.latency_in_samples = spec.latency_in_samples
        made.own("view", made.make_view(spec))
        made.own("parameters", tuple(made.make_parameters(spec)))
        made.fill(spec)
        return made

    def make_view(self, spec: DeviceSpec) -> Node:
        view = DeviceView(self.doc)
        view.lom = self.lom + ".View"
        if spec.is_collapsed:
            view.is_collapsed = True
        return view

    def make_parameters(self, spec: DeviceSpec) -> Iterator[Parameter]:
        on = switch(self.doc, "Device On", spec.is_on, Parameter)
        if spec.class_name == "InstrumentMeld":
            on.original_name = "On"
        yield on
        version = self.doc.surface.facts.version
        listed = as_of(find(spec.class_name), version, spec.parameters)
        self.places = listed.places
        for parameter_spec in listed.parameters:
            yield Parameter.of(self.doc, parameter_spec)

    def parameter_at(self, index: int) -> Parameter:
        """The parameter with this index in the newest Live's list, as Set files and specs count. IndexError if none."""
        if index > 0 and self.places and index <= len(self.places):
            index = self.places[index - 1]
        if index < 0:
            raise IndexError("this Live does not list the parameter")
        return self.parameters[index]

    def fill(self, spec: DeviceSpec) -> None:
        """Copy the properties of this kind of device from the spec."""
        if spec.extra:
            self.extra = dict(spec.extra)

    def take_preset(self, spec: DeviceSpec) -> None:
        """Copy the values and the name of a preset of this device."""
        values = {parameter.name: parameter.value for parameter in spec.parameters}
        with self.doc.edit():
            for parameter in self.parameters:
                if parameter.name in values:
                    parameter.put(min(max(single(values[parameter.name]), parameter.min), parameter.max))
            self.change("name", spec.name)

    # Place

    @property
    def container(self) -> Any:
        """The track or chain of the device."""
        return self.parent

    @property
    def track(self) -> Any:
        return self.container.track

    @property
    def is_on(self) -> bool:
        return bool(self.parameters[0].value)

    def container_view_select(self) -> None:
        """Select this device in its track."""
        self.track.view.change("selected_device", self)

    def on_parameter(self, changed: Parameter) -> None:
        if changed is self.parameters[0]:
            self.doc.refresh(("active", id(self)), self.refresh_active)
        elif self.class_name == "MultiSampler" and changed.items and changed.value:
            self._open_section(changed.name)

    def _open_section(self, switch: str) -> None:
        """Add a Sampler section's parameters at its first switch-on (measured on 12.4). Guess: at the end."""
        facts = find(self.class_name)
        listed = {parameter.name for parameter in self.parameters}
        more = [fact for fact in (facts.opened_by(switch) if facts else ()) if fact.name not in listed]
        if more:
            made = tuple(Parameter.of(self.doc, parameter(fact)) for fact in more)
            self.derive("parameters", self.parameters + made)

    def refresh_active(self) -> None:
        """Derive `is_active` from the device's switch and from the chain or track around the device."""
        if self.parent is not None:
            self.derive("is_active", self.is_on and bool(self.container.passes_devices))

    # Members

    def check_name(self, value: str) -> str:
        """The device's new name. Guess: an empty name is replaced by the device's own name."""
        return value or self.class_display_name

    def get_can_compare_ab(self) -> bool:
        return self.type != 0 and not self.class_name.startswith(("Mx", "Plugin", "Au"))

    def get_is_using_compare_preset_b(self) -> bool:
        if not self.get_can_compare_ab():
            raise RuntimeError("Device does not support compare A/B")
        return self.is_using_compare_preset_b

    def check_is_using_compare_preset_b(self, value: bool) -> bool:
        self.get_is_using_compare_preset_b()
        return value

    def call_save_preset_to_compare_ab_slot(self) -> None:
        self.get_is_using_compare_preset_b()

    def get_latency_in_ms(self) -> float:
        return self.latency_in_samples / 44.1

    def call_store_chosen_bank(self, script_index: int, bank_index: int) -> None:
        """Store the bank that a controller shows; no property shows the stored bank (documented)."""
        self.doc.banks[(self.ptr, script_index)] = bank_index

    # Properties of special devices

    @classmethod
    def other_getter(cls, prop: Any) -> Optional[Callable[[Any], Any]]:
        name = prop.name
        if prop.type not in PLAIN:
            return None
        default = cls.DEFAULTS.get(name, PLAIN[prop.type])

        def read(self: Any) -> Any:
            return self.extra.get(name, default)

        return read

    def other_setter(self, name: str, value: Any) -> bool:
        facts = self.doc.surface.facts.classes.get(self.lom)
        prop = None if facts is None else facts.properties.get(name)
        if prop is None or self.other_getter(prop) is None:
            return False
        old = self.extra.get(name, self.DEFAULTS.get(name, PLAIN.get(prop.type)))
        if old != value:
            extra = dict(self.extra)
            extra[name] = value
            with self.doc.edit():
                self.change("extra", extra)
        return True

    def on_moved(self) -> None:
        """Called after the device moved to another track or chain."""

    def on_death(self) -> None:
        song = self.doc.song
        if song.appointed_device is self:
            song.derive("appointed_device", None)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        if field == "extra":
            for name in set(old) | set(value):
                if old.get(name) != value.get(name):
                    self.notify(name)


PLAIN: Dict[str, Any] = {
    "bool": False,
    "int": 0,
    "float": 0.0,
    "str": "",
    "StringVector": (),
    "IntVector": (),
}


@model
class Plugin(Device):
    LOM = "PluginDevice"
    presets: Tuple[str, ...] = ("Default",)
    selected_preset_index = 0
    is_editor_open = False
    UNTRACKED = Device.UNTRACKED | {"is_editor_open"}

    def fill(self, spec: DeviceSpec) -> None:
        super().fill(spec)
        if spec.presets:
            self.presets = tuple(spec.presets)

    def check_selected_preset_index(self, value: int) -> int:
        if not 0 <= value < len(self.presets):
            raise RuntimeError("Invalid preset index")
        return value

    def call_get_parameter_names(self, begin: int, end: int) -> Tuple[str, ...]:
        """Names from `begin` up to `end`, exclusive; −1 takes all (measured on 12.3.5)."""
        names = tuple(parameter.name for parameter in self.parameters)
        return names[begin:] if end == -1 else names[begin:end]


@model
class Max(Device):
    LOM = "MaxDevice"
    GUESSES = Device.GUESSES | {"get_value_item_icons"}
    OWNS: ClassVar[Tuple[str, ...]] = Device.OWNS + PORTS
    audio_inputs: Tuple[Any, ...] = ()
    audio_outputs: Tuple[Any, ...] = ()
    midi_inputs: Tuple[Any, ...] = ()
    midi_outputs: Tuple[Any, ...] = ()

    def fill(self, spec: DeviceSpec) -> None:
        super().fill(spec)
        for name in PORTS:
            count = int(spec.extra.get(name, 0))
            self.own(name, tuple(DeviceIO(self.doc, is_midi=name.startswith("midi")) for _ in range(count)))

    def call_get_bank_count(self) -> int:
        return len(self.extra.get("banks", ()))

    def call_get_bank_name(self, index: int) -> str:
        banks = self.extra.get("banks", ())
        return str(banks[index][0]) if 0 <= index < len(banks) else ""

    def call_get_bank_parameters(self, index: int) -> List[int]:
        banks = self.extra.get("banks", ())
        return list(banks[index][1]) if 0 <= index < len(banks) else []

    def call_get_value_item_icons(self, parameter: Any) -> List[str]:
        """The icon's name for each item of a list parameter, "" for an item without an icon; [] without any icon.

        Guess: the patch's author sets the icons; here `DeviceSpec.extra["icons"]` has them by the parameter's name.
        """
        if parameter not in self.parameters:
            raise RuntimeError("The parameter does not belong to the device")
        icons = list(self.extra.get("icons", {}).get(parameter.original_name, ()))
        return (icons + [""] * len(parameter.items))[: len(parameter.items)] if icons else []


def make_device(doc: Document, spec: DeviceSpec) -> Device:
    """The device that a spec describes, with all nodes below."""
    from .rack import Rack
    from .simpler import Simpler
    from .special import CLASSES

    kind = SPECIAL.get(spec.class_name, "Device")
    kinds = {"RackDevice": Rack, "PluginDevice": Plugin, "MaxDevice": Max, "SimplerDevice": Simpler}
    cls = kinds.get(kind) or CLASSES.get(kind, Device)
    made: Device = cls.of(doc, spec)
    return made
