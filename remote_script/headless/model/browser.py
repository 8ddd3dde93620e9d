"""The browser: roots, items, hot-swap, and loading to the selected track.

Items are short-lived views without a `_live_ptr` (measured). Native devices load at once, plug-ins and Max devices
on a later tick (reported). An instrument replaces the track's instrument; if the track cannot hold instruments, a
new MIDI track is created (reported). Reading many properties of many items in one turn crashes Live 12.3.5, so it
also ends a headless Live of that version (see `SetMirror.hazards`).
"""

from __future__ import annotations

from threading import get_ident
from typing import Any, Iterator, Optional, Tuple

from ...SetMirror.contract.hazards import BROWSER_READS
from ..api.boost import Instance
from ..api.handles import BROWSER_CLASSES
from ..node import Node, model
from ..sets.packs import Library
from ..sets.spec import ClipSpec, DeviceSpec, SampleSpec
from .browser_tree import BrowserEntry, native_device, roots

_NEW_EACH_TIME = ("OriginalSimpler", "MultiSampler", "DrumGroupDevice", "InstrumentGroupDevice")
SLOW_TICKS = 20
"""Guess: ticks that a plug-in needs to load; a first load can take over a minute (reported)."""


class BrowserItem(Instance):
    """A view of an entry; each access makes a new BrowserItem."""

    __slots__ = ("_browser", "_entry")
    _browser: Any
    _entry: BrowserEntry

    def __init__(self, *args: Any) -> None:
        raise RuntimeError("This class cannot be instantiated from Python")

    @classmethod
    def of(cls, browser: Any, entry: BrowserEntry) -> BrowserItem:
        made: BrowserItem = cls.__new__(cls)
        made._browser, made._entry = browser, entry
        return made

    def _read(self, name: str) -> Any:
        self._browser.guard("BrowserItem." + name)
        return getattr(self._entry, name)

    @property
    def name(self) -> str:
        self._browser.guard("BrowserItem.name", counted=False)
        return self._entry.name

    @property
    def uri(self) -> str:
        return str(self._read("uri"))

    @property
    def source(self) -> str:
        return str(self._read("source"))

    @property
    def is_loadable(self) -> bool:
        return bool(self._read("is_loadable"))

    @property
    def is_folder(self) -> bool:
        return bool(self._read("is_folder"))

    @property
    def is_device(self) -> bool:
        return bool(self._read("is_device"))

    @property
    def is_selected(self) -> bool:
        self._browser.guard("BrowserItem.is_selected")
        return False

    @property
    def children(self) -> Any:
        return self._browser.vector(self._read("children"))

    @property
    def iter_children(self) -> Any:
        return BrowserItemIterator.of(self._browser, self._read("children"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BrowserItem) and other._entry is self._entry

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return id(self._entry)


class BrowserItemIterator(Instance):
    __slots__ = ("_items",)
    _items: Iterator[BrowserItem]

    @classmethod
    def of(cls, browser: Any, entries: Tuple[BrowserEntry, ...]) -> BrowserItemIterator:
        made: BrowserItemIterator = cls.__new__(cls)
        made._items = iter([BrowserItem.of(browser, entry) for entry in entries])
        return made

    def __iter__(self) -> Iterator[BrowserItem]:
        return self

    def __next__(self) -> BrowserItem:
        return next(self._items)


for _cls in (BrowserItem, BrowserItemIterator):
    _cls.__module__ = "Browser"
    _cls.__qualname__ = _cls.__name__
    BROWSER_CLASSES[_cls.__name__] = _cls


def _root(name: str) -> Any:
    def get(self: Browser) -> BrowserItem:
        return BrowserItem.of(self, self.roots[name])

    return get


@model
class Browser(Node):
    LOM = "Browser"
    UNTRACKED = frozenset(("filter_type", "hotswap_target"))
    GUESSES = frozenset(
        (
            "colors",
            "legacy_libraries",
            "user_folders",
            "relation_to_hotswap_target",
            "packs",
            "plugins",
            "samples",
        )
    )
    filter_type = 0
    hotswap_target: Optional[Node] = None
    _reads = 0
    _roots: Any = None

    @property
    def roots(self) -> Any:
        if self._roots is None:
            live = self.doc.live
            self._roots = roots(live.packs if live is not None else Library())
        return self._roots

    def guard(self, access: str, counted: bool = True) -> None:
        """Check the thread, and count the reads of this turn."""
        if get_ident() != self.doc.main:
            self.doc.off_main(access)
        if not counted:
            return
        if self._reads == 0:
            self.doc.on_next_tick(self._turn_over)
        self._reads += 1
        if self._reads > BROWSER_READS:
            self.doc.hazard("browser_reads")

    def _turn_over(self) -> None:
        self._reads = 0

    def vector(self, entries: Tuple[BrowserEntry, ...]) -> Any:
        made = self.doc.surface.vectors["BrowserItemVector"]
        return made.of([BrowserItem.of(self, entry) for entry in entries])

    get_sounds = _root("sounds")
    get_drums = _root("drums")
    get_instruments = _root("instruments")
    get_audio_effects = _root("audio_effects")
    get_midi_effects = _root("midi_effects")
    get_max_for_live = _root("max_for_live")
    get_plugins = _root("plugins")
    get_clips = _root("clips")
    get_samples = _root("samples")
    get_packs = _root("packs")
    get_user_library = _root("user_library")
    get_current_project = _root("current_project")

    def get_user_folders(self) -> Tuple[Any, ...]:
        return ()

    get_colors = get_legacy_libraries = get_user_folders

    # Hot-swap

    def check_filter_type(self, value: int) -> int:
        if not -1 <= value <= 7:
            raise RuntimeError("Invalid filter type")
        return value

    def get_hotswap_target(self) -> Any:
        target = self.hotswap_target
        return target if target is not None and target.ptr is not None else None

    def check_hotswap_target(self, value: Any) -> Any:
        if value is not None and value is self.get_hotswap_target():
            raise RuntimeError("Couldn't set hotswap target")
        return value

    def call_relation_to_hotswap_target(self, item: Any) -> int:
        """0 ancestor, 1 equal, 2 descendant, 3 none. Guess: equal is the item of the target's own device."""
        target: Any = self.get_hotswap_target()
        if target is None:
            return 3
        entry = item._entry
        if entry.is_device and entry.name == target.class_display_name:
            return 1
        if entry.parent is not None and entry.parent.name == target.class_display_name:
            return 2
        return 0 if any(child.name == target.class_display_name for child in entry.children) else 3

    # Loading

    def call_preview_item(self, item: Any) -> None:
        """Do nothing: headless Live makes no sound."""
        if not isinstance(item, BrowserItem):
            raise RuntimeError("Not a browser item")

    def call_stop_preview(self) -> None:
        """Do nothing: headless Live makes no sound."""

    def call_load_item(self, item: Any) -> None:
        if not isinstance(item, BrowserItem) or not item._entry.is_loadable:
            raise RuntimeError("The item cannot be loaded")
        self.doc.may_change()
        entry = item._entry
        if not entry.slow:
            self._load(entry)
            return
        step = self.doc.history.ticket()
        left = [SLOW_TICKS]

        def wait() -> None:
            left[0] -= 1
            if left[0] > 0:
                self.doc.on_next_tick(wait)
                return
            with self.doc.history.into(step):
                self._load(entry)

        self.doc.on_next_tick(wait)

    def _load(self, entry: BrowserEntry) -> None:
        assert entry.make is not None
        made = entry.make()
        with self.doc.edit():
            if isinstance(made, DeviceSpec):
                self._load_device(made)
            elif entry.kind == "sample":
                self._load_sample(made)
            else:
                self._load_clip(made)

    def _load_device(self, spec: DeviceSpec) -> None:
        song = self.doc.song
        target: Any = self.get_hotswap_target()
        if target is not None:
            self._swap(target, spec)
            return
        track = song.view.selected_track
        pad = self._selected_pad(track)
        if pad is not None:
            self._load_to_pad(pad, spec)
            return
        mode, chosen = track.view.device_insert_mode, track.view.get_selected_device()
        container = track
        if mode and chosen is not None and chosen not in track.devices:
            # Guess: if the selected device is in a rack's chain, the new device is also inserted beside it.
            container = chosen.parent
        if (spec.type == 1 and not container.may_hold_instruments) or (
            spec.type == 4 and not container.takes_midi
        ):
            container = self._new_track(spec)
        index = len(container.devices)
        if spec.type == 1:
            for device in container.devices:
                if device.type == 1:
                    index = container.devices.index(device)
                    container.remove("devices", device)
                    break
        else:
            if mode and chosen in container.devices:
                index = container.devices.index(chosen) + (1 if mode == 2 else 0)
        made = container.insert_spec(spec, index)
        song.view.select_device(made)

    def _load_sample(self, spec: ClipSpec) -> None:
        """Load a Simpler on a MIDI track (reported: AbletonOSC #183), a clip elsewhere.

        Guess: a selected pad gets the Simpler like a device; a Simpler that is the hot-swap target gets the sample.
        """
        song = self.doc.song
        target: Any = self.get_hotswap_target()
        simpler = native_device("Simpler", spec.name)
        rate = int(spec.sample_rate)
        simpler.sample = SampleSpec(spec.file_path, spec.sample_length, rate, 0, spec.sample_length)
        if target is not None and target.class_name == simpler.class_name:
            target.load_sample(simpler.sample)
        elif target is not None or song.view.selected_track.may_hold_instruments:
            self._load_device(simpler)
        else:
            self._load_clip(spec)

    def _new_track(self, spec: DeviceSpec) -> Any:
        """A new MIDI track, created for an instrument when the track cannot hold instruments (measured)."""
        song = self.doc.song
        return song._create_track("midi", len(song.tracks))

    def _selected_pad(self, track: Any) -> Any:
        device = track.view.get_selected_device()
        if device is not None and device.lom == "RackDevice" and device.is_drum_rack:
            return device.view.get_selected_drum_pad()
        return None

    def _load_to_pad(self, pad: Any, spec: DeviceSpec) -> None:
        from ..sets.spec import ChainSpec
        from .rack import DrumChain

        rack = pad.parent
        if pad.chains and spec.type != 1:
            chain = pad.chains[0]
            chain.insert_spec(spec, len(chain.devices))
            return
        made: Any = DrumChain.of(self.doc, ChainSpec(spec.name, devices=[spec]), 0, [])
        made.in_note = pad.note
        kept = tuple(chain for chain in rack.chains if chain not in pad.chains)
        rack.change("chains", (*kept, made))

    def _swap(self, target: Any, spec: DeviceSpec) -> None:
        """Replace the target; a device of another type is not loaded, without an error (reported).

        A preset of the same device is loaded into the target, which keeps its object and its automation (reported).
        Guess: racks and Simplers are replaced by new devices.
        """
        container = target.parent
        if spec.type != target.type:
            return
        if spec.class_name == target.class_name and not spec.chains and spec.class_name not in _NEW_EACH_TIME:
            target.take_preset(spec)
            return
        index = container.devices.index(target)
        container.remove("devices", target)
        made = container.insert_spec(spec, index)
        self.change("hotswap_target", made)

    def _load_clip(self, spec: ClipSpec) -> None:
        """Load into the highlighted slot if the Session is shown and the clip fits; else to a new track (reported)."""
        from .clip import Clip

        song = self.doc.song
        slot = song.view.get_highlighted_clip_slot()
        kind = "midi" if spec.is_midi else "audio"
        front = self.doc.application.view.get_focused_document_view()
        if front != "Session" or slot is None or slot.track.kind != kind:
            track = song._create_track(kind, len(song.tracks))
            slot = track.clip_slots[song.scenes.index(song.view.selected_scene)]
        slot.change("clip", Clip.of_spec(self.doc, spec, slot.track.color_index, (), song.tempo))
