"""Sources and destinations of the tracks' signals, as the lists that Live offers.

A list contains the chosen entry, even when the Set names hardware or a track that does not exist here: Live shows
the name in the Set. Guess: the lists of a machine with one stereo interface and, apart from a computer keyboard, no
MIDI device. Measured: a new track's lists are empty in the tick in which the track is created.
"""

from __future__ import annotations

from itertools import starmap
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

from ..api.values import RoutingChannel, RoutingType
from .device_io import PORTS

EXTERNAL, REWIRE, RESAMPLING, MASTER, TRACK, PARENT, NONE, INVALID = 0, 1, 2, 3, 4, 5, 6, 7
MONO, STEREO, MIDI = 1, 2, 0
Offer = Tuple[str, int, Any]
"""The data of one RoutingType: name, category, track."""
INTERFACE = ("1/2", "1", "2")
TAPS = ("Pre FX", "Post FX", "Post Mixer")
CHANNELS = {"input_type": "input_channel", "output_type": "output_channel"}


class Routing:
    """Reads and sets routing types and channels of the tracks of one Set."""

    def __init__(self, doc: Any) -> None:
        self._doc = doc
        self._channels: Dict[Tuple[str, int], Any] = {}
        self._types: Dict[Tuple[str, int, Any], Any] = {}
        """By name, category, pointer: they cannot be changed, and 1,000 tracks offer the same two million times."""
        self._track_list_listened = (
            "available_input_routing_types",
            "available_output_routing_types",
            "input_routings",
            "output_routings",
        )

    @property
    def main_name(self) -> str:
        return str(self._doc.song.master_track.name)

    def taps(self, track: Any) -> Tuple[str, ...]:
        """The points of a track and its drum racks where a signal can be tapped. Guess: the texts for drum racks."""
        taps = list(TAPS)
        for device in track.devices:
            if device.lom == "RackDevice" and device.is_drum_rack:
                taps += [
                    "%s | %s | %s" % (device.name, chain.name, tap) for chain in device.chains for tap in TAPS
                ]
        return tuple(taps)

    def track_named(self, name: str) -> Optional[Any]:
        """The track with this name in a chooser; None for any other entry."""
        return next((track for track in self._everyone() if track.name == name), None)

    def _others(self, track: Any) -> Iterator[Any]:
        return (other for other in self._doc.song.tracks if other is not track)

    def _inputs(self, track: Any) -> Iterator[Offer]:
        """The possible inputs of a track, in order, computed lazily."""
        if track.kind not in ("midi", "audio"):
            return iter([("No Input", NONE, None)])
        if not track.routing_ready:
            return iter([("", INVALID, None)])
        return self._with_chosen(self._sources(track), track.input_type)

    def _sources(self, track: Any) -> Iterator[Offer]:
        if track.kind == "midi":
            yield "All Ins", EXTERNAL, None
            yield "Computer Keyboard", EXTERNAL, None
        else:
            yield "Ext. In", EXTERNAL, None
            yield "Resampling", RESAMPLING, None
        for other in self._others(track):
            if track.kind == "audio" or other.kind == "midi":
                yield other.name, TRACK, other
        if track.kind == "audio":
            for other in self._doc.song.return_tracks:
                yield other.name, TRACK, other
            yield self.main_name, MASTER, self._doc.song.master_track
        yield "No Input", NONE, None

    @staticmethod
    def with_chosen(names: Iterable[str], chosen: str) -> Tuple[str, ...]:
        """The available names, and the chosen name if it is not available."""
        offered = tuple(names)
        return offered if chosen in offered or not chosen else (*offered, chosen)

    @staticmethod
    def _with_chosen(types: Iterable[Offer], name: str) -> Iterator[Offer]:
        """The list with the Set's choice, which may be available on another computer only."""
        available = not name
        for offer in types:
            available = available or offer[0] == name
            yield offer
        if not available:
            yield name, INVALID, None

    def _outputs(self, track: Any) -> Iterator[Offer]:
        """The possible outputs of a track, in order, computed lazily."""
        if not track.routing_ready:
            return iter([("", INVALID, None)])
        if track.kind == "main":
            return iter([("Ext. Out", EXTERNAL, None)])
        if track.has_midi_output and track.kind == "midi":
            return self._with_chosen(self._midi_targets(track), track.output_type)
        return self._with_chosen(self._targets(track), self._output_name(track))

    def _midi_targets(self, track: Any) -> Iterator[Offer]:
        yield "No Output", NONE, None
        for other in self._others(track):
            if other.kind == "midi":
                yield other.name, TRACK, other

    def _targets(self, track: Any) -> Iterator[Offer]:
        yield "Ext. Out", EXTERNAL, None
        yield self.main_name, MASTER, self._doc.song.master_track
        if track.kind != "return":
            if track.group_track is not None:
                yield track.group_track.name, PARENT, track.group_track
            for other in self._others(track):
                if other.kind == "audio" or (
                    other.kind == "midi" and any(d.type == 1 for d in other.devices)
                ):
                    yield other.name, TRACK, other
        yield "Sends Only", NONE, None

    def input_types(self, track: Any) -> Tuple[Any, ...]:
        return tuple(starmap(self._type, self._inputs(track)))

    def output_types(self, track: Any) -> Tuple[Any, ...]:
        return tuple(starmap(self._type, self._outputs(track)))

    def input_channels(self, track: Any) -> Tuple[Any, ...]:
        if track.kind == "midi":
            kind = self.input_type(track)
            if kind.category == TRACK:
                names = list(TAPS)
            elif kind.category == NONE:
                names = [""]
            else:
                names = ["All Channels"] + ["Ch. %d" % (n + 1) for n in range(16)]
            return tuple(self._channel(name, MIDI) for name in self.with_chosen(names, track.input_channel))
        if track.kind != "audio":
            return (self._channel("", STEREO),)
        kind = self.input_type(track)
        names = [""]
        if kind.category == EXTERNAL:
            names = list(INTERFACE)
        elif kind.category in (TRACK, MASTER) and kind.display_name != self.main_name:
            names = list(self.taps(self.track_named(kind.display_name)))
        return self._audio_channels(names, track.input_channel)

    def _audio_channels(self, names: Iterable[str], chosen: str) -> Tuple[Any, ...]:
        return tuple(
            self._channel(name, MONO if name.isdigit() else STEREO)
            for name in self.with_chosen(names, chosen)
        )

    def output_channels(self, track: Any) -> Tuple[Any, ...]:
        kind = self.output_type(track)
        if track.has_midi_output and track.kind == "midi":
            names = self.with_chosen(["Track In"] if kind.category == TRACK else [""], track.output_channel)
            return tuple(self._channel(name, MIDI) for name in names)
        if kind.category == EXTERNAL:
            return self._audio_channels(INTERFACE, track.output_channel)
        return self._audio_channels(["Track In" if kind.category == TRACK else ""], track.output_channel)

    # The chosen routing

    def _chosen_type(self, offers: Iterator[Offer], name: str, default: str) -> Any:
        """The offer with this name, else the default offer, else an entry for hardware that is not here."""
        first: Optional[Offer] = None
        instead: Optional[Offer] = None
        for offer in offers:
            if offer[0] == name:
                return self._type(*offer)
            first = first or offer
            if instead is None and offer[0] == default:
                instead = offer
        if instead is None and name:
            return self._type(name, INVALID)
        return self._type(*(instead or first or ("", INVALID, None)))

    @staticmethod
    def _chosen_channel(options: Tuple[Any, ...], name: str) -> Any:
        return next((option for option in options if option.display_name == name), options[0])

    def input_type(self, track: Any) -> Any:
        default = {"midi": "All Ins", "audio": "Ext. In"}.get(track.kind, "")
        return self._chosen_type(self._inputs(track), track.input_type or default, "")

    def output_type(self, track: Any) -> Any:
        default = self.main_name
        if track.group_track is not None:
            default = track.group_track.name
        if track.kind == "main":
            default = "Ext. Out"
        name = self._output_name(track)
        return self._chosen_type(self._outputs(track), name or default, default if not name else "")

    def output_track(self, track: Any) -> Any:
        """The node that receives the track's audio; None for an external output and for no output."""
        name = self.output_type(track).display_name
        return next((offer[2] for offer in self._outputs(track) if offer[0] == name), None)

    def input_track(self, track: Any) -> Tuple[Any, bool]:
        """The node whose signal an audio track receives, or None; True if it is taken before that track's mixer."""
        kind = self.input_type(track)
        if kind.category == RESAMPLING:
            return self._doc.song.master_track, False
        source = next((offer[2] for offer in self._inputs(track) if offer[0] == kind.display_name), None)
        return source, self.input_channel(track).display_name in ("Pre FX", "Post FX")

    def _output_name(self, track: Any) -> str:
        """The name of the track's output, with this Live's words and the group's present name."""
        name = str(track.output_type)
        if name in ("Master", "Main"):
            return self.main_name
        if name == "Group" and track.group_track is not None:
            return str(track.group_track.name)
        return name

    def input_channel(self, track: Any) -> Any:
        return self._chosen_channel(self.input_channels(track), track.input_channel)

    def output_channel(self, track: Any) -> Any:
        return self._chosen_channel(self.output_channels(track), track.output_channel)

    def _options(self, track: Any, field: str) -> Tuple[Any, ...]:
        answers: Tuple[Any, ...] = getattr(self, field + "s")(track)
        return answers

    def choose(self, track: Any, field: str, value: Any) -> None:
        """Set one of the available objects. ValueError for any other object."""
        for option in self._options(track, field):
            if option == value:
                self._put(track, field, str(option.display_name))
                return
        raise ValueError("The given routing is not available for this track")

    def choose_name(self, track: Any, field: str, name: str) -> None:
        """Choose by name, as the old text members do: an unknown name changes nothing."""
        for option in self._options(track, field):
            if option.display_name == name:
                self._put(track, field, name)
                return

    def _put(self, track: Any, field: str, name: str) -> None:
        if getattr(self, field)(track).display_name == name:
            return
        with self._doc.edit():
            track.change(field, name)
            if field in CHANNELS:
                track.change(CHANNELS[field], "")

    # Notifying

    def notify_chosen(self, track: Any, field: str) -> None:
        side, _, part = field.partition("_")
        track.notify("%s_routing_%s" % (side, part))
        track.notify("current_%s_%s" % (side, "routing" if part == "type" else "sub_routing"))
        if part == "type":
            track.notify("available_%s_routing_channels" % side)
            track.notify("%s_sub_routings" % side)
            track.notify("%s_routing_channel" % side)
            track.notify("current_%s_sub_routing" % side)

    def renamed(self, track: Any, old: str, new: str) -> None:
        """Update the routings of other tracks to and from this track with its new name.

        The change is in the same undo step as the name: undo cannot find the track by its name when two tracks have it.
        """
        if self._doc.undoing:
            self.changed()
            return
        for other in self._everyone():
            for field in ("input_type", "output_type"):
                if getattr(other, field) == old and old and other is not track:
                    other.change(field, new)
        for device in self._sidechained():
            if device.source == old and old:
                device.change("source", new)
        self.changed()

    def _everyone(self) -> List[Any]:
        song = self._doc.song
        return list(song.tracks) + list(song.return_tracks) + [song.master_track]

    def _sidechained(self) -> Iterator[Any]:
        """The devices, including those in racks, and the ports of Max devices that can tap a track's signal."""
        waiting = [device for track in self._everyone() for device in track.devices]
        while waiting:
            device = waiting.pop()
            if hasattr(device, "notify_routings"):
                yield device
            for name in PORTS:
                yield from getattr(device, name, ())
            for name in ("chains", "return_chains"):
                for chain in getattr(device, name, ()):
                    waiting.extend(chain.devices)

    def changed(self) -> None:
        """Notify the lists of routings."""
        doc = self._doc
        if doc.building:
            return
        self._types.clear()
        self._channels.clear()
        doc.refresh("routing", self._tell_all)

    def _tell_all(self) -> None:
        for track in self._everyone():
            for name in self._track_list_listened:
                track.notify(name)
            for side in ("input", "output"):
                track.notify("%s_routing_type" % side)
                track.notify("available_%s_routing_channels" % side)
                track.notify("%s_routing_channel" % side)
                track.notify("current_%s_routing" % side)
                track.notify("current_%s_sub_routing" % side)
                track.notify("%s_sub_routings" % side)
        for device in self._sidechained():
            device.notify_routings()

    # Creating

    def _type(self, name: str, category: int, attached: Any = None) -> Any:
        key = (name, category, None if attached is None else attached.ptr)
        made = self._types.get(key)
        if made is None:
            wrapped = None if attached is None else self._doc.surface.wrap(attached)
            made = self._types[key] = RoutingType.exactly((name, category, wrapped))
        return made

    def _channel(self, name: str, layout: int) -> Any:
        made = self._channels.get((name, layout))
        if made is None:
            made = self._channels[name, layout] = RoutingChannel.exactly((name, layout))
        return made
