"""The ports of Max devices: the source or the destination of each port's signal.

Guess: the choices and the first choice; only the names and types of the members are known. `DeviceSpec.extra` has the
number of ports: {"audio_inputs": 1, …}.
"""

from __future__ import annotations

from typing import Any, Tuple

from ..api.values import RoutingChannel, RoutingType
from ..node import Node, model

NONE = "None"
PORTS = ("audio_inputs", "audio_outputs", "midi_inputs", "midi_outputs")


@model
class DeviceIO(Node):
    LOM = "DeviceIO"
    GUESSES = frozenset(
        (
            "available_routing_channels",
            "available_routing_types",
            "default_external_routing_channel_is_none",
            "routing_channel",
            "routing_type",
        )
    )
    is_midi = False
    source = NONE
    tap = ""
    default_external_routing_channel_is_none = False

    @property
    def device(self) -> Any:
        return self.parent

    def get_available_routing_types(self) -> Tuple[Any, ...]:
        song = self.doc.song
        types = [RoutingType.of(NONE, 5, None)]
        for track in song.everyone():
            if track is not self.device.track:
                types.append(RoutingType.of(track.name, 4, self.doc.surface.wrap(track)))
        return tuple(types)

    def get_available_routing_channels(self) -> Tuple[Any, ...]:
        if self.source == NONE:
            return (RoutingChannel.of("", 2),)
        routing = self.doc.routing
        track = routing.track_named(self.source)
        names = ("All Channels",) if self.is_midi or track is None else routing.taps(track)
        return tuple(RoutingChannel.of(name, 2) for name in routing.with_chosen(names, self.tap))

    def get_routing_type(self) -> Any:
        for routing_type in self.get_available_routing_types():
            if routing_type.display_name == self.source:
                return routing_type
        return RoutingType.of(self.source, 7, None)

    def get_routing_channel(self) -> Any:
        offered = self.get_available_routing_channels()
        return next((channel for channel in offered if channel.display_name == self.tap), offered[0])

    def set_routing_type(self, value: Any) -> None:
        if value not in self.get_available_routing_types():
            raise ValueError("The given routing is not available for this device")
        with self.doc.edit():
            self.change("source", value.display_name)
            self.change("tap", "")

    def set_routing_channel(self, value: Any) -> None:
        if value not in self.get_available_routing_channels():
            raise ValueError("The given routing is not available for this device")
        self.change("tap", value.display_name)

    def notify_routings(self) -> None:
        """Notify the routing members, after the tracks or their names changed."""
        for name in ("type", "channel"):
            self.notify("available_routing_%ss" % name)
            self.notify("routing_%s" % name)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        if field == "source":
            self.notify("routing_type")
            self.notify("available_routing_channels")
        if field in ("source", "tap"):
            self.notify("routing_channel")
