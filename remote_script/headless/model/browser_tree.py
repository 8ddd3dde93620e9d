"""The contents of the browser: native devices with presets, plug-ins, packs, samples, clips.

The files are those of the `library`; uris contain the library's file ids, as Live's uris contain the ids of its index.
Guess: the installed content, a small Suite with a few plug-ins. Reported: the levels `plugins` → format → vendor →
item, and uris such as "query:Synths#Drift".
"""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

from .. import devices
from ..sets.packs import FILES, IDS, PACKS, RATE, USER, Library, LibraryFile, by_tag, frames
from ..sets.spec import ChainSpec, ClipSpec, DeviceSpec, NoteSpec, SampleSpec

INSTRUMENT, AUDIO_EFFECT, MIDI_EFFECT = 1, 2, 4


class BrowserEntry:
    """One place in the browser. `make` returns the spec that loading the place adds to the Set."""

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
        fill: Optional[Callable[[], Sequence[BrowserEntry]]] = None,
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
        self.parent: Optional[BrowserEntry] = None
        self._fill = fill
        self._children: Optional[Tuple[BrowserEntry, ...]] = None

    @property
    def children(self) -> Tuple[BrowserEntry, ...]:
        if self._children is None:
            self._children = tuple(self._fill()) if self._fill is not None else ()
            for child in self._children:
                child.parent = self
        return self._children


PLUGINS: Dict[str, Dict[str, Tuple[Tuple[str, int], ...]]] = {
    "AUv2": {"Apple": (("AUDelay", AUDIO_EFFECT), ("DLSMusicDevice", INSTRUMENT))},
    "VST": {"Old Works": (("Tape Sat", AUDIO_EFFECT), ("Mono One", INSTRUMENT))},
    "VST3": {
        "Blue Door": (("Blue Comp", AUDIO_EFFECT), ("Blue Synth", INSTRUMENT)),
        "North Audio": (("Space", AUDIO_EFFECT),),
    },
}
KIT = ((36, "Kick", "Kick Dusty"), (38, "Snare", "Snare Brush"), (42, "Hat Closed", "Hat Closed"))
"""The pads of a kit: note, name, sample."""


def native_device(display_name: str, preset: str = "") -> DeviceSpec:
    facts = devices.by_display_name(display_name)
    assert facts is not None
    return devices.build(facts, preset)


def plugin_device(name: str, type_: int, format_: str) -> DeviceSpec:
    class_name = "AuPluginDevice" if format_ == "AUv2" else "PluginDevice"
    return DeviceSpec(class_name, name, name, type_, presets=["Default"])


def midi_clip(name: str) -> ClipSpec:
    notes = [NoteSpec(60 + step, float(step), 0.5) for step in (0, 1, 2, 3)]
    return ClipSpec(name, notes=notes)


def _max() -> List[BrowserEntry]:
    def one(name: str, class_name: str, type_: int) -> BrowserEntry:
        spec = DeviceSpec(class_name, name, name, type_)
        return BrowserEntry(name, "query:M4L#" + name, "device", lambda: spec, is_device=True, slow=True)

    return [
        one("Max Audio Effect", "MxDeviceAudioEffect", AUDIO_EFFECT),
        one("Max Instrument", "MxDeviceInstrument", INSTRUMENT),
        one("Max MIDI Effect", "MxDeviceMidiEffect", MIDI_EFFECT),
    ]


def _plugins() -> List[BrowserEntry]:
    def item(format_: str, vendor: str, name: str, type_: int) -> BrowserEntry:
        uri = "query:Plugins#%s:%s:%s" % (format_, vendor, name)
        return BrowserEntry(
            name,
            uri,
            "device",
            lambda: plugin_device(name, type_, format_),
            source=vendor,
            is_device=True,
            slow=True,
        )

    def vendor_folder(format_: str, vendor: str) -> BrowserEntry:
        uri = "query:Plugins#%s:%s" % (format_, vendor)
        return BrowserEntry(
            vendor, uri, fill=lambda: [item(format_, vendor, *plugin) for plugin in PLUGINS[format_][vendor]]
        )

    def format_folder(format_: str) -> BrowserEntry:
        return BrowserEntry(
            format_,
            "query:Plugins#" + format_,
            fill=lambda: [vendor_folder(format_, vendor) for vendor in PLUGINS[format_]],
        )

    return [format_folder(format_) for format_ in PLUGINS]


class BrowserTree:
    """The browser's roots over one library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    # Devices and their presets

    def _device(self, name: str, root: str) -> BrowserEntry:
        uri = "query:%s#%s" % (root, name)
        presets = [file for file in FILES if file.device == name]

        def fill() -> List[BrowserEntry]:
            return [self._file(file, uri) for file in presets]

        return BrowserEntry(
            name, uri, "device", lambda: native_device(name), fill if presets else None, is_device=True
        )

    def devices(self, type_: int, root: str) -> List[BrowserEntry]:
        names = sorted(
            {
                f.display_name
                for f in devices.all_devices()
                if f.type == type_ and not f.class_name.startswith("Mx")
            }
        )
        return [self._device(name, root) for name in names]

    def sounds(self) -> List[BrowserEntry]:
        tags = sorted({tag for file in by_tag("Sounds") for tag in file.tags if tag.startswith("Sounds|")})

        def category(tag: str) -> BrowserEntry:
            name = tag.partition("|")[2]
            uri = "query:Sounds#" + name
            return BrowserEntry(name, uri, fill=lambda: [self._file(file, uri) for file in by_tag(tag)])

        return [category(tag) for tag in tags]

    def drums(self) -> List[BrowserEntry]:
        def hits() -> List[BrowserEntry]:
            drums = [file for file in FILES if file.sound and any(t.startswith("Drums|") for t in file.tags)]
            return [
                self._file(file, "query:Drums#Drum Hits") for file in drums if "Type|Loop" not in file.tags
            ]

        kits = [self._file(file, "query:Drums") for file in FILES if file.kind == "adg"]
        return [BrowserEntry("Drum Hits", "query:Drums#Drum Hits", fill=hits), *kits]

    # Files

    def _file(self, file: LibraryFile, root: str) -> BrowserEntry:
        uri = "%s%sFileId_%d" % (root, ":" if "#" in root else "#", IDS[file])
        kind = {"wav": "sample", "alc": "clip"}.get(file.kind, "device")
        return BrowserEntry(file.name, uri, kind, partial(self._make, file), source=file.place)

    def _make(self, file: LibraryFile) -> Union[DeviceSpec, ClipSpec]:
        """The spec that loading the file adds to the Set."""
        if file.kind == "adg":
            return self._drum_kit(file.stem)
        if file.kind == "adv":
            return native_device(file.device, file.stem)
        if file.sound is None:
            return midi_clip(file.stem)
        return ClipSpec(
            file.stem,
            is_midi=False,
            file_path=self._library.path(file),
            sample_length=frames(file.sound),
            sample_rate=float(RATE),
            looping=False,
            warping=True,
        )

    def _drum_kit(self, name: str) -> DeviceSpec:
        rack = native_device("Drum Rack", name)
        for note, pad, sample in KIT:
            simpler = native_device("Simpler", pad)
            file = next(file for file in FILES if file.stem == sample)
            assert file.sound is not None
            length = frames(file.sound)
            simpler.sample = SampleSpec(self._library.path(file), length, RATE, 0, length)
            rack.chains.append(ChainSpec(pad, devices=[simpler], in_note=note, out_note=60))
        return rack

    def samples(self) -> List[BrowserEntry]:
        folders = [file.folder.rpartition("/")[2] for file in FILES if file.sound and file.place != USER]

        def folder(name: str) -> BrowserEntry:
            uri = "query:Samples#" + name
            return BrowserEntry(
                name,
                uri,
                fill=lambda: [
                    self._file(file, uri)
                    for file in FILES
                    if file.sound and file.folder.rpartition("/")[2] == name
                ],
            )

        return [folder(name) for name in dict.fromkeys(folders)]

    def clips(self) -> List[BrowserEntry]:
        return [self._file(file, "query:Clips") for file in FILES if file.kind == "alc"]

    def place(self, place: str, uri: str, folder: str = "") -> List[BrowserEntry]:
        """The contents of a folder of a pack or of the user library, folders first."""
        inside = [file for file in FILES if file.place == place and _is_below(file.folder, folder)]
        depth = folder.count("/") + 1 if folder else 0
        names = dict.fromkeys(file.folder.split("/")[depth] for file in inside if file.folder != folder)

        def sub(name: str) -> BrowserEntry:
            path = folder + "/" + name if folder else name
            below = "%s%s%s" % (uri, ":" if "#" in uri else "#", name)
            return BrowserEntry(name, below, fill=lambda: self.place(place, below, path), source=place)

        return [sub(name) for name in names] + [
            self._file(file, uri) for file in inside if file.folder == folder
        ]

    def packs(self) -> List[BrowserEntry]:
        def pack(name: str) -> BrowserEntry:
            uri = "query:LivePacks#" + name
            return BrowserEntry(name, uri, fill=lambda: self.place(name, uri), source=name)

        return [pack(name) for name in PACKS]

    def user_library(self) -> List[BrowserEntry]:
        defaults = BrowserEntry("Defaults", "query:UserLibrary#Defaults", fill=lambda: [], source=USER)
        return [defaults, *self.place(USER, "query:UserLibrary")]


def _is_below(folder: str, above: str) -> bool:
    return not above or folder == above or folder.startswith(above + "/")


def roots(library: Library) -> Dict[str, BrowserEntry]:
    """The roots of a new browser tree, by name."""
    tree = BrowserTree(library)

    def root(name: str, uri: str, fill: Callable[[], Sequence[BrowserEntry]]) -> BrowserEntry:
        return BrowserEntry(name, "query:" + uri, fill=fill)

    return {
        "sounds": root("Sounds", "Sounds", tree.sounds),
        "drums": root("Drums", "Drums", tree.drums),
        "instruments": root("Instruments", "Synths", lambda: tree.devices(INSTRUMENT, "Synths")),
        "audio_effects": root("Audio Effects", "AudioFx", lambda: tree.devices(AUDIO_EFFECT, "AudioFx")),
        "midi_effects": root("MIDI Effects", "MidiFx", lambda: tree.devices(MIDI_EFFECT, "MidiFx")),
        "max_for_live": root("Max for Live", "M4L", _max),
        "plugins": root("Plug-Ins", "Plugins", _plugins),
        "clips": root("Clips", "Clips", tree.clips),
        "samples": root("Samples", "Samples", tree.samples),
        "packs": root("Packs", "LivePacks", tree.packs),
        "user_library": root(USER, "UserLibrary", tree.user_library),
        "current_project": root("Current Project", "CurrentProject", lambda: []),
    }
