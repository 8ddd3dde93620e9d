"""What stands in the browser: native devices with presets, plug-ins, packs, samples, clips.

Guess: what is installed; a small Suite with a few plug-ins. Shapes are reported: `plugins` → format →
vendor → item, uris like "query:Synths#Drift".
"""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .. import devices
from ..spec import ChainSpec, ClipSpec, DeviceSpec, NoteSpec, SampleSpec

INSTRUMENT, AUDIO_EFFECT, MIDI_EFFECT = 1, 2, 4


class Entry:
    """One place in the browser. `make` answers what loading it puts into the Set."""

    __slots__ = (
        "_children",
        "_fill",
        "is_device",
        "is_folder",
        "is_loadable",
        "kind",
        "make",
        "name",
        "parent",
        "slow",
        "source",
        "uri",
    )

    def __init__(
        self,
        name: str,
        uri: str,
        kind: str = "folder",
        make: Optional[Callable[[], Any]] = None,
        fill: Optional[Callable[[], Sequence[Entry]]] = None,
        source: str = "Core Library",
        is_device: bool = False,
        slow: bool = False,
    ) -> None:
        self.name, self.uri, self.kind, self.make, self.source = name, uri, kind, make, source
        self.is_device = is_device
        self.is_loadable = make is not None
        self.is_folder = fill is not None
        self.slow = slow
        """Plug-ins and Max devices finish loading later (reported)."""
        self.parent: Optional[Entry] = None
        self._fill = fill
        self._children: Optional[Tuple[Entry, ...]] = None

    @property
    def children(self) -> Tuple[Entry, ...]:
        if self._children is None:
            self._children = tuple(self._fill()) if self._fill is not None else ()
            for child in self._children:
                child.parent = self
        return self._children


PRESETS: Dict[str, Sequence[str]] = {
    "Drift": ("Analog Bass", "Soft Keys", "Wide Pad"),
    "Operator": ("FM Bell", "Sub Bass", "E-Piano Basic"),
    "Wavetable": ("Glass Keys", "Growl Bass"),
    "Simpler": ("Vinyl Choir",),
    "Reverb": ("Large Hall", "Small Room", "Vocal Plate"),
    "Delay": ("Ping Pong 1/8", "Tape Echo"),
    "EQ Eight": ("Low Cut 80 Hz", "Air Boost"),
    "Compressor": ("Drum Glue", "Gentle Squeeze"),
    "Arpeggiator": ("Up 1/16", "Up-Down Octaves"),
}
SOUNDS = {
    "Bass": ("Sub Bass", "Analog Bass", "Growl Bass"),
    "Pad": ("Wide Pad", "Warm Strings"),
    "Piano & Keys": ("Soft Keys", "Glass Keys", "E-Piano Basic"),
    "Lead": ("Saw Lead", "Square Lead"),
    "Mallets": ("FM Bell",),
}
OWNERS = {preset: name for name, presets in PRESETS.items() for preset in presets}
KITS = ("606 Core Kit", "808 Core Kit", "909 Core Kit", "Dusty Lo-Fi Kit")
PLUGINS: Dict[str, Dict[str, Tuple[Tuple[str, int], ...]]] = {
    "AUv2": {"Apple": (("AUDelay", AUDIO_EFFECT), ("DLSMusicDevice", INSTRUMENT))},
    "VST": {"Old Works": (("Tape Sat", AUDIO_EFFECT), ("Mono One", INSTRUMENT))},
    "VST3": {
        "Blue Door": (("Blue Comp", AUDIO_EFFECT), ("Blue Synth", INSTRUMENT)),
        "North Audio": (("Space", AUDIO_EFFECT),),
    },
}
SAMPLES = {
    "Drums": ("Kick Dusty.wav", "Snare Brush.wav", "Hat Closed.wav"),
    "Loops": ("Break 90 bpm.wav", "Shaker 120 bpm.wav"),
    "Textures": ("Vinyl Crackle.wav",),
}


def native_device(display_name: str, preset: str = "") -> DeviceSpec:
    facts = devices.by_display_name(display_name)
    assert facts is not None
    return devices.build(facts, preset)


def plugin_device(name: str, type_: int, format_: str) -> DeviceSpec:
    class_name = "AuPluginDevice" if format_ == "AUv2" else "PluginDevice"
    return DeviceSpec(class_name, name, name, type_, presets=["Default"])


def drum_kit(name: str) -> DeviceSpec:
    rack = native_device("Drum Rack", name)
    for note, pad in ((36, "Kick"), (38, "Snare"), (42, "Hat Closed")):
        simpler = native_device("Simpler", pad)
        simpler.sample = SampleSpec("Samples/%s.wav" % pad, 44100, 44100, 0, 44100)
        rack.chains.append(ChainSpec(pad, devices=[simpler], in_note=note, out_note=60))
    return rack


def midi_clip(name: str) -> ClipSpec:
    notes = [NoteSpec(60 + step, float(step), 0.5) for step in (0, 1, 2, 3)]
    return ClipSpec(name, notes=notes)


def _device(name: str, root: str) -> Entry:
    uri = "query:%s#%s" % (root, name)
    presets = PRESETS.get(name, ())

    def fill() -> List[Entry]:
        return [
            Entry(
                each + ".adv",
                "%s:FileId_%d" % (uri, _file_id(each)),
                "device",
                partial(native_device, name, each),
            )
            for each in presets
        ]

    return Entry(name, uri, "device", lambda: native_device(name), fill if presets else None, is_device=True)


def _file_id(name: str) -> int:
    return 1000 + sum(ord(letter) * (index + 1) for index, letter in enumerate(name)) % 90000


def _devices(type_: int, root: str) -> List[Entry]:
    names = sorted(
        {
            f.display_name
            for f in devices.all_devices()
            if f.type == type_ and not f.class_name.startswith("Mx")
        }
    )
    return [_device(name, root) for name in names]


def _sounds() -> List[Entry]:
    def preset(category: str, name: str) -> Entry:
        uri = "query:Sounds#%s:FileId_%d" % (category, _file_id(name))
        owner = OWNERS.get(name, "Drift")
        return Entry(name + ".adv", uri, "device", lambda: native_device(owner, name))

    def category(name: str) -> Entry:
        return Entry(name, "query:Sounds#" + name, fill=lambda: [preset(name, each) for each in SOUNDS[name]])

    return [category(name) for name in SOUNDS]


def _drums() -> List[Entry]:
    kits = [
        Entry(
            name + ".adg",
            "query:Drums#FileId_%d" % _file_id(name),
            "device",
            partial(drum_kit, name),
        )
        for name in KITS
    ]
    return [
        Entry("Drum Hits", "query:Drums#Drum Hits", fill=lambda: _samples("Drums", "query:Drums#Drum Hits"))
    ] + kits


def _max() -> List[Entry]:
    def one(name: str, class_name: str, type_: int) -> Entry:
        spec = DeviceSpec(class_name, name, name, type_)
        return Entry(name, "query:M4L#" + name, "device", lambda: spec, is_device=True, slow=True)

    return [
        one("Max Audio Effect", "MxDeviceAudioEffect", AUDIO_EFFECT),
        one("Max Instrument", "MxDeviceInstrument", INSTRUMENT),
        one("Max MIDI Effect", "MxDeviceMidiEffect", MIDI_EFFECT),
    ]


def _plugins() -> List[Entry]:
    def item(format_: str, vendor: str, name: str, type_: int) -> Entry:
        uri = "query:Plugins#%s:%s:%s" % (format_, vendor, name)
        return Entry(
            name,
            uri,
            "device",
            lambda: plugin_device(name, type_, format_),
            source=vendor,
            is_device=True,
            slow=True,
        )

    def vendor_folder(format_: str, vendor: str) -> Entry:
        uri = "query:Plugins#%s:%s" % (format_, vendor)
        return Entry(
            vendor, uri, fill=lambda: [item(format_, vendor, *each) for each in PLUGINS[format_][vendor]]
        )

    def format_folder(format_: str) -> Entry:
        return Entry(
            format_,
            "query:Plugins#" + format_,
            fill=lambda: [vendor_folder(format_, vendor) for vendor in PLUGINS[format_]],
        )

    return [format_folder(each) for each in PLUGINS]


def _samples(folder: str, root: str) -> List[Entry]:
    def sample(name: str) -> Entry:
        path = "Samples/%s/%s" % (folder, name)
        spec = ClipSpec(
            name.rsplit(".", 1)[0],
            is_midi=False,
            file_path=path,
            sample_length=88200,
            looping=False,
            warping=True,
        )
        return Entry(name, "%s:FileId_%d" % (root, _file_id(name)), "sample", lambda: spec)

    return [sample(name) for name in SAMPLES[folder]]


def _all_samples() -> List[Entry]:
    return [
        Entry(
            folder,
            "query:Samples#" + folder,
            fill=partial(_samples, folder, "query:Samples#" + folder),
        )
        for folder in SAMPLES
    ]


def _clips() -> List[Entry]:
    return [
        Entry(name + ".alc", "query:Clips#FileId_%d" % _file_id(name), "clip", partial(midi_clip, name))
        for name in ("Chord Walk", "Bass Steps")
    ]


def _packs() -> List[Entry]:
    return [Entry("Core Library", "query:LivePacks#core", fill=_sounds)]


def _user_library() -> List[Entry]:
    uri = "query:UserLibrary#"
    presets = Entry("Presets", uri + "Presets", fill=lambda: [], source="User Library")
    defaults = Entry("Defaults", uri + "Defaults", fill=lambda: [], source="User Library")
    return [defaults, presets]


def roots() -> Dict[str, Entry]:
    """The named roots, fresh."""

    def root(name: str, uri: str, fill: Callable[[], Sequence[Entry]]) -> Entry:
        return Entry(name, "query:" + uri, fill=fill)

    return {
        "sounds": root("Sounds", "Sounds", _sounds),
        "drums": root("Drums", "Drums", _drums),
        "instruments": root("Instruments", "Synths", lambda: _devices(INSTRUMENT, "Synths")),
        "audio_effects": root("Audio Effects", "AudioFx", lambda: _devices(AUDIO_EFFECT, "AudioFx")),
        "midi_effects": root("MIDI Effects", "MidiFx", lambda: _devices(MIDI_EFFECT, "MidiFx")),
        "max_for_live": root("Max for Live", "M4L", _max),
        "plugins": root("Plug-Ins", "Plugins", _plugins),
        "clips": root("Clips", "Clips", _clips),
        "samples": root("Samples", "Samples", _all_samples),
        "packs": root("Packs", "LivePacks", _packs),
        "user_library": root("User Library", "UserLibrary", _user_library),
        "current_project": root("Current Project", "CurrentProject", lambda: []),
    }
