"""Native devices with properties besides their parameters: EQ Eight, Compressor, Wavetable, Drift, Looper and others.

Ranges, lists and defaults are measured on 12.3.5 unless a comment says otherwise. Guess: the names of impulse
responses and wavetables, and the texts of refused indices. `DeviceSpec.extra` has the values of a Set under the
names of the properties.
"""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from ..api.values import RoutingChannel, RoutingType
from ..node import Node, model
from ..sets.spec import DeviceSpec
from .device import Device, DeviceView


def _within(name: str, low: float, high: float, text: str) -> Any:
    def check(self: Any, value: Any) -> Any:
        if not low <= value <= high:
            raise RuntimeError(text)
        return value

    check.__name__ = "check_" + name
    return check


class Special(Device):
    """Base: copies from the Set every property that the class has; some classes have a view of their own."""

    def make_view(self, spec: DeviceSpec) -> Node:
        view = DeviceView(self.doc)
        if self.lom + ".View" in VIEWS:
            view = VIEWS[self.lom + ".View"](self.doc)
        else:
            view.lom = self.lom + ".View"
        if spec.is_collapsed:
            view.is_collapsed = True
        return view

    def fill(self, spec: DeviceSpec) -> None:
        super().fill(spec)
        for name, value in spec.extra.items():
            if hasattr(type(self), name) and not callable(getattr(type(self), name)):
                self.__dict__[name] = tuple(value) if isinstance(value, list) else value

    def pick(self, field: str, count: int, value: int) -> int:
        """An index into a list. Guess: the text."""
        if not 0 <= value < count:
            raise RuntimeError("Invalid index for %s" % field.replace("_", " "))
        return value


class Eq8View(DeviceView):
    LOM = "Eq8Device.View"
    UNTRACKED = DeviceView.UNTRACKED | {"selected_band"}
    selected_band = 0
    check_selected_band = _within("selected_band", 0, 7, "Invalid band index")


VIEWS: Dict[str, Any] = {"Eq8Device.View": Eq8View}
model(Eq8View)


@model
class Eq8(Special):
    LOM = "Eq8Device"
    edit_mode = False
    global_mode = 0
    oversample = False
    check_global_mode = _within("global_mode", 0, 2, "Invalid global mode")


@model
class Compressor(Special):
    """Compressor, with the source of its sidechain (measured default: "No Input")."""

    LOM = "CompressorDevice"
    NO_INPUT = "No Input"
    source = ""
    tap = ""

    def fill(self, spec: DeviceSpec) -> None:
        super().fill(spec)
        named = spec.extra.get("input_routing_type")
        if named:
            self.source = named
            self.tap = spec.extra.get("input_routing_channel", "")

    def get_available_input_routing_types(self) -> Tuple[Any, ...]:
        song = self.doc.song
        types = [RoutingType.of("Ext. In", 0, None)]
        for track in song.everyone():
            if track is not self.track:
                types.append(RoutingType.of(track.name, 4, self.doc.surface.wrap(track)))
        types.append(RoutingType.of(self.NO_INPUT, 6, None))
        if self.source and all(routing_type.display_name != self.source for routing_type in types):
            types.append(RoutingType.of(self.source, 7, None))
        return tuple(types)

    def notify_routings(self) -> None:
        """Notify of changed tracks or track names."""
        for name in ("type", "channel"):
            self.notify("available_input_routing_%ss" % name)
            self.notify("input_routing_%s" % name)

    def get_available_input_routing_channels(self) -> Tuple[Any, ...]:
        kind = self.get_input_routing_type().display_name
        routing = self.doc.routing
        track = routing.track_named(kind)
        names = ("",) if track is None else routing.taps(track)
        if kind == "Ext. In":
            names = ("1/2", "1", "2")
        return tuple(RoutingChannel.of(name, 2) for name in routing.with_chosen(names, self.tap))

    def get_input_routing_type(self) -> Any:
        wanted = self.source or self.NO_INPUT
        for routing_type in self.get_available_input_routing_types():
            if routing_type.display_name == wanted:
                return routing_type
        return RoutingType.of(wanted, 7, None)

    def get_input_routing_channel(self) -> Any:
        offered = self.get_available_input_routing_channels()
        return next((channel for channel in offered if channel.display_name == self.tap), offered[0])

    def set_input_routing_type(self, value: Any) -> None:
        if value not in self.get_available_input_routing_types():
            raise ValueError("The given routing is not available for this device")
        with self.doc.edit():
            self.change("source", value.display_name)
            self.change("tap", "")

    def set_input_routing_channel(self, value: Any) -> None:
        if value not in self.get_available_input_routing_channels():
            raise ValueError("The given routing is not available for this device")
        self.change("tap", value.display_name)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        super().on_change(field, old, value)
        if field == "source":
            self.notify("input_routing_type")
            self.notify("available_input_routing_channels")
        if field in ("source", "tap"):
            self.notify("input_routing_channel")


@model
class Wavetable(Special):
    LOM = "WavetableDevice"
    GUESSES = Special.GUESSES | {
        "oscillator_1_wavetables",
        "oscillator_2_wavetables",
        "oscillator_wavetable_categories",
        "is_parameter_modulatable",
    }
    SOURCES = 13
    filter_routing = 0
    mono_poly = 1
    oscillator_1_effect_mode = 0
    oscillator_1_wavetable_category = 0
    oscillator_1_wavetable_index = 0
    oscillator_1_wavetables: Tuple[str, ...] = ("Sines 1", "Sines 2", "Basic Shapes")
    oscillator_2_effect_mode = 0
    oscillator_2_wavetable_category = 0
    oscillator_2_wavetable_index = 0
    oscillator_2_wavetables: Tuple[str, ...] = ("Sines 1", "Sines 2", "Basic Shapes")
    oscillator_wavetable_categories: Tuple[str, ...] = (
        "Basics", "Collection", "Complex", "Distortion", "Filter", "Formant", "Harmonics", "Instrument", "Noise",
        "Retro", "Vintage", "User",
    )  # fmt: skip
    poly_voices = 6
    unison_mode = 0
    unison_voice_count = 3
    modulation: Tuple[Tuple[str, Tuple[float, ...]], ...] = tuple(
        (name, (0.0,) * 13) for name in ("Amp", "Pitch", "Osc 1 Pos", "Osc 1 Warp")
    )
    """The targets that are shown, each with the amount of every source; measured on a new device in 12.3.5."""
    check_filter_routing = _within("filter_routing", 0, 2, "Invalid filter routing")
    check_mono_poly = _within("mono_poly", 0, 1, "Invalid voicing")
    check_poly_voices = _within("poly_voices", 0, 6, "Invalid poly voice count")
    check_unison_mode = _within("unison_mode", 0, 6, "Invalid unison mode")
    check_unison_voice_count = _within("unison_voice_count", 2, 8, "Invalid unison voice count")
    check_oscillator_1_effect_mode = _within("oscillator_1_effect_mode", 0, 3, "Invalid effect mode")
    check_oscillator_2_effect_mode = _within("oscillator_2_effect_mode", 0, 3, "Invalid effect mode")

    def fill(self, spec: DeviceSpec) -> None:
        """Copy the Set's values. Guess: a wavetable that the lists here lack becomes the last wavetable of the list."""
        super().fill(spec)
        for number in (1, 2):
            name = spec.extra.get("wavetable_%d" % number)
            if name:
                field = "oscillator_%d_wavetables" % number
                names = getattr(self, field)
                self.__dict__[field] = names if name in names else names + (name,)
                self.__dict__["oscillator_%d_wavetable_index" % number] = self.__dict__[field].index(name)

    def check_oscillator_1_wavetable_category(self, value: int) -> int:
        return self.pick("oscillator_1_wavetable_category", len(self.oscillator_wavetable_categories), value)

    def check_oscillator_2_wavetable_category(self, value: int) -> int:
        return self.pick("oscillator_2_wavetable_category", len(self.oscillator_wavetable_categories), value)

    def check_oscillator_1_wavetable_index(self, value: int) -> int:
        return self.pick("oscillator_1_wavetable_index", len(self.oscillator_1_wavetables), value)

    def check_oscillator_2_wavetable_index(self, value: int) -> int:
        return self.pick("oscillator_2_wavetable_index", len(self.oscillator_2_wavetables), value)

    @property
    def visible_modulation_target_names(self) -> Tuple[str, ...]:
        return tuple(name for name, _ in self.modulation)

    def call_is_parameter_modulatable(self, parameter: Any) -> bool:
        return parameter in self.parameters[1:] and not parameter.items

    def call_add_parameter_to_modulation_matrix(self, parameter: Any) -> int:
        """The target's index; −1 for a target that cannot be modulated."""
        if not self.call_is_parameter_modulatable(parameter):
            return -1
        names = self.visible_modulation_target_names
        if parameter.name in names:
            return names.index(parameter.name)
        self.change("modulation", self.modulation + ((parameter.name, (0.0,) * self.SOURCES),))
        return len(self.modulation) - 1

    def _target(self, index: int) -> Tuple[str, Tuple[float, ...]]:
        if not 0 <= index < len(self.modulation):
            raise RuntimeError("Invalid modulation target index")
        return self.modulation[index]

    def call_get_modulation_target_parameter_name(self, index: int) -> str:
        return self._target(index)[0]

    def call_get_modulation_value(self, index: int, source: int) -> float:
        values = self._target(index)[1]
        if not 0 <= source < self.SOURCES:
            raise RuntimeError("Invalid modulation source")
        return values[source]

    def call_set_modulation_value(self, index: int, source: int, value: float) -> None:
        name, values = self._target(index)
        if not 0 <= source < self.SOURCES:
            raise RuntimeError("Invalid modulation source")
        if not -1.0 <= value <= 1.0:
            raise RuntimeError("Invalid modulation value")
        new = (name, values[:source] + (value,) + values[source + 1 :])
        self.change("modulation", self.modulation[:index] + (new,) + self.modulation[index + 1 :])

    def on_change(self, field: str, old: Any, value: Any) -> None:
        super().on_change(field, old, value)
        if field == "modulation":
            self.notify("visible_modulation_target_names")


@model
class Looper(Special):
    LOM = "LooperDevice"
    UNTRACKED = Special.UNTRACKED | {"loop_length", "tempo", "state_name"}
    GUESSES = Special.GUESSES | {"loop_length", "tempo", "record", "export_to_clip_slot"}
    loop_length = 0.0
    tempo = 0.0
    overdub_after_record = True
    record_length_index = 10
    record_length_list: Tuple[str, ...] = (
        " 1 bar", " 2 bars", " 3 bars", " 4 bars", " 5 bars", " 6 bars", " 7 bars", " 8 bars", "12 bars",
        "16 bars", " x bars (variable length)",
    )  # fmt: skip
    state_name = "stopped"
    BARS = (1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 4)
    check_record_length_index = _within("record_length_index", 0, 10, "Invalid record length index")

    def call_record(self) -> None:
        """Record a loop. Guess: the loop exists at once, with the chosen length."""
        song = self.doc.song
        beats = (
            self.BARS[self.record_length_index] * 4.0 * song.signature_numerator / song.signature_denominator
        )
        with self.doc.edit():
            self.change("loop_length", beats)
            self.change("tempo", song.tempo)
            self.change("state_name", "overdubbing" if self.overdub_after_record else "playing")

    def _state(self, name: str) -> None:
        if self.loop_length:
            with self.doc.edit():
                self.change("state_name", name)

    def call_play(self) -> None:
        self._state("playing")

    def call_overdub(self) -> None:
        self._state("overdubbing")

    def call_stop(self) -> None:
        self._state("stopped")

    def call_clear(self) -> None:
        with self.doc.edit():
            self.change("loop_length", 0.0)
            self.change("tempo", 0.0)
            self.change("state_name", "stopped")

    def call_undo(self) -> None:
        """Undo the last overdub; no property shows the effect."""

    def _scale(self, length: float, tempo: float) -> None:
        with self.doc.edit():
            self.change("loop_length", self.loop_length * length)
            self.change("tempo", self.tempo * tempo)

    def call_double_length(self) -> None:
        self._scale(2.0, 1.0)

    def call_half_length(self) -> None:
        self._scale(0.5, 1.0)

    def call_double_speed(self) -> None:
        self._scale(0.5, 2.0)

    def call_half_speed(self) -> None:
        self._scale(2.0, 0.5)

    def call_export_to_clip_slot(self, slot: Any) -> None:
        from ..music.clip_body import ClipBody
        from .clip import Clip

        if not self.loop_length:
            raise RuntimeError("Looper is empty")
        if slot is None or slot.track.kind != "audio" or slot.clip is not None:
            raise RuntimeError("The loop can be exported to an empty slot of an audio track only")
        tempo = self.tempo or 120.0
        frames = int(self.loop_length * 60.0 / tempo * 44100)
        body = ClipBody.of_file(
            "Samples/Processed/Looper.wav", frames, 44100.0, tempo, None, slot.track.color_index
        )
        slot.change("clip", Clip.of_body(self.doc, body))


@model
class HybridReverb(Special):
    """Hybrid Reverb: its list of impulse files follows the category."""

    LOM = "HybridReverbDevice"
    GUESSES = Special.GUESSES | {"ir_category_list", "ir_file_list"}
    FILES: Dict[str, Tuple[str, ...]] = {
        "Early Reflections": ("Booth A", "Booth B", "Small Room"),
        "Real Places": ("Cathedral", "Chapel", "Concert Hall"),
        "Chambers and Large Rooms": ("Chamber A", "Chamber B"),
        "Made for Drums": ("Drum Room", "Gated"),
        "Halls": ("Berliner Hall LR", "Medium Hall"),
        "Plates": ("Plate A", "Plate B"),
        "Springs": ("Spring A", "Spring B"),
        "Bigger Spaces": ("Large Hall",),
        "Textures": ("Grain A",),
        "User": (),
    }
    ir_attack_time = 0.0
    ir_decay_time = 20.0
    ir_size_factor = 1.0
    ir_time_shaping_on = False
    ir_category_index = 4
    ir_file_index = 0
    named: Tuple[str, str] = ("", "")
    """The category and the file in the Set, for a file that the lists here lack."""

    def fill(self, spec: DeviceSpec) -> None:
        """Read the category from the file name, for example "Early_Reflections_Booth A L"."""
        super().fill(spec)
        impulse = str(spec.extra.get("impulse", ""))
        for index, category in enumerate(self.FILES):
            prefix = category.replace(" ", "_") + "_"
            if impulse.startswith(prefix):
                name = impulse[len(prefix) :]
                name = name[:-2] if name.endswith((" L", " R")) else name
                self.ir_category_index = index
                if name not in self.FILES[category]:
                    self.named = (category, name)
                self.ir_file_index = self.ir_file_list.index(name)

    @property
    def ir_category_list(self) -> Tuple[str, ...]:
        return tuple(self.FILES)

    @property
    def ir_file_list(self) -> Tuple[str, ...]:
        category = self.ir_category_list[self.ir_category_index]
        more = (self.named[1],) if self.named[0] == category else ()
        return self.FILES[category] + more

    def check_ir_category_index(self, value: int) -> int:
        return self.pick("ir_category_index", len(self.FILES), value)

    def check_ir_file_index(self, value: int) -> int:
        return self.pick("ir_file_index", len(self.ir_file_list), value)

    def set_ir_category_index(self, value: int) -> None:
        self.check_ir_category_index(value)
        with self.doc.edit():
            if self.change("ir_category_index", value):
                self.change("ir_file_index", 0)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        super().on_change(field, old, value)
        if field == "ir_category_index":
            self.notify("ir_file_list")


class Listed(Special):
    """A device whose indices choose from lists: `x_index` or `x` from `x_list`."""

    LISTS: Dict[str, Tuple[str, ...]] = {}

    @classmethod
    def list_of(cls, name: str) -> Optional[Tuple[str, ...]]:
        return cls.LISTS.get(name)

    @classmethod
    def other_getter(cls, prop: Any) -> Any:
        listed = cls.list_of(prop.name)
        if listed is not None:
            return lambda self: listed
        return super().other_getter(prop)

    def other_setter(self, name: str, value: Any) -> bool:
        base = name[: -len("_index")] if name.endswith("_index") else name
        listed = self.list_of(base + "_list")
        if listed is not None and not 0 <= value < len(listed):
            raise RuntimeError("Invalid index for %s" % base.replace("_", " "))
        return super().other_setter(name, value)


DRIFT_SOURCES = ("Env 1", "Env 2", "LFO", "Key", "Vel", "Mod", "Press", "Slide")
DRIFT_TARGETS = (
    "None", "Osc 1 Gain", "Osc 1 Shape", "Osc 2 Gain", "Osc 2 Detune", "Noise Gain", "LP Frequency",
    "LP Resonance", "HP Frequency", "LFO Rate", "Cyc Env Rate", "Main Volume",
)  # fmt: skip
"""The order is that of Live 12.3.5; a Set file contains the index."""


@model
class Drift(Listed):
    LOM = "DriftDevice"
    pitch_bend_range = 2
    check_pitch_bend_range = _within("pitch_bend_range", 0, 12, "Invalid Pitch Bend Range")
    LISTS = dict(
        [("voice_mode_list", ("Poly", "Mono", "Stereo", "Unison"))]
        + [("voice_count_list", ("4", "8", "16", "24", "32"))]
        + [("mod_matrix_%s_list" % name, DRIFT_SOURCES) for name in (
            "filter_source_1", "filter_source_2", "lfo_source", "pitch_source_1", "pitch_source_2",
            "shape_source", "source_1", "source_2", "source_3",
        )]
        + [("mod_matrix_target_%d_list" % index, DRIFT_TARGETS) for index in (1, 2, 3)]
    )  # fmt: skip
    DEFAULTS = {
        "voice_count_index": 4,
        "mod_matrix_filter_source_1_index": 1,
        "mod_matrix_filter_source_2_index": 6,
        "mod_matrix_lfo_source_index": 5,
        "mod_matrix_pitch_source_1_index": 1,
        "mod_matrix_pitch_source_2_index": 2,
        "mod_matrix_shape_source_index": 7,
        "mod_matrix_source_1_index": 5,
        "mod_matrix_source_2_index": 4,
        "mod_matrix_source_3_index": 6,
        "mod_matrix_target_1_index": 8,
    }
    """Values measured on 12.3.5; all other values are 0."""


@model
class Roar(Listed):
    LOM = "RoarDevice"
    env_listen = False
    LISTS = {
        "routing_mode_list": ("Single", "Serial", "Parallel", "Multi Band", "Mid Side", "Feedback", "Delay")
    }


@model
class Shifter(Listed):
    LOM = "ShifterDevice"
    LISTS = {"pitch_mode_list": ("Internal", "MIDI")}
    pitch_bend_range = 2


@model
class SpectralResonator(Listed):
    LOM = "SpectralResonatorDevice"
    pitch_bend_range = 2
    LISTS = {
        "frequency_dial_mode_list": ("Hertz", "MIDI"),
        "midi_gate_list": ("Off", "On"),
        "mod_mode_list": ("None", "Chorus", "Wander", "Granular"),
        "mono_poly_list": ("Mono", "Poly"),
        "pitch_mode_list": ("Internal", "MIDI"),
    }

    def set_pitch_bend_range(self, value: int) -> None:
        """Set the range, at most 24 (measured on 12.3.5)."""
        self.change("pitch_bend_range", min(max(value, 0), 24))


@model
class CcControl(Listed):
    LOM = "CcControlDevice"
    TARGETS = ("None", "Pitch Bend", "Pressure") + tuple("CC %d" % number for number in range(128))
    GUESSES = Listed.GUESSES | {"resend"}

    @classmethod
    def list_of(cls, name: str) -> Optional[Tuple[str, ...]]:
        if name.startswith("custom_") and name.endswith("_list"):
            return cls.TARGETS
        return None

    def call_resend(self) -> None:
        """Send all values again; no MIDI leaves headless Live."""


@model
class Meld(Special):
    LOM = "MeldDevice"
    mono_poly = 1
    poly_voices = 5
    selected_engine = False
    unison_voices = 0
    check_mono_poly = _within("mono_poly", 0, 1, "Invalid voicing")
    check_poly_voices = _within("poly_voices", 0, 6, "Invalid poly voice count")
    check_unison_voices = _within("unison_voices", 0, 3, "Invalid unison voice count")


@model
class DrumCell(Special):
    LOM = "DrumCellDevice"
    gain = 0.4

    def check_gain(self, value: float) -> float:
        if not 0.0 <= value <= 1.0:
            raise RuntimeError("Gain out of range")
        return value


CLASSES: Dict[str, Any] = {
    cls.LOM: cls
    for cls in (
        Eq8, Compressor, Wavetable, Looper, HybridReverb, Drift, Roar, Shifter, SpectralResonator, CcControl,
        Meld, DrumCell,
    )
}  # fmt: skip
