"""Control surfaces that run in their own process, such as Push; the proxies are in `Application.control_surfaces`.

`RemoteSurface` is the hardware with its own script; it outlives Sets. Scripts see a `ControlSurfaceProxy`. Known:
the names and types of the members, and that values arrive as (control id, value) pairs which a listener fetches.
Guess: a value reaches the proxy on the next engine tick, and only from controls that were grabbed or subscribed to;
a second grab changes nothing; the text for an unknown control.
"""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, List, Sequence, Tuple

from ..api.values import ControlDescription
from ..node import Node, model

ARRIVALS = 1024
"""Guess: number of values and messages kept for a script that does not fetch them; the oldest are dropped first."""


class RemoteSurface:
    """The hardware and the process that runs its script.

    Args:
      type_name: The proxy's `type_name`, such as "Push3".
      controls: Names of the controls; their ids count from 0.
      pad_layout: The layout that the pads show, "" without pads.
    """

    def __init__(self, type_name: str, controls: Sequence[str] = (), pad_layout: str = "") -> None:
        self.type_name, self.controls, self.pad_layout = type_name, tuple(controls), pad_layout
        self.values: List[Tuple[Any, ...]] = []
        """Values that scripts sent to controls, unchanged."""
        self.midi: List[Tuple[int, ...]] = []
        """MIDI messages that scripts sent."""
        self._proxies: List[Any] = []

    def add(self, proxy: Any) -> None:
        self._proxies = [*self.proxies(), proxy]

    def proxies(self) -> List[Any]:
        """The living proxies, one for each open Set."""
        return [proxy for proxy in self._proxies if proxy.ptr is not None]

    def touch(self, control: str, value: Any) -> bool:
        """Move a control. False when a script grabbed the control: then the surface's own script gets no value.

        Raises:
          LookupError: there is no control with this name.
        """
        if control not in self.controls:
            raise LookupError("%s has no control %r" % (self.type_name, control))
        number = self.controls.index(control)
        grabbed = False
        for proxy in self.proxies():
            grabbed = proxy.arrive(number, value) or grabbed
        return not grabbed

    def receive(self, message: Sequence[int]) -> None:
        """Send MIDI from the hardware."""
        for proxy in self.proxies():
            proxy.arrive_midi(tuple(message))

    def show_pads(self, layout: str) -> None:
        """Show another layout on the pads."""
        if layout != self.pad_layout:
            self.pad_layout = layout
            for proxy in self.proxies():
                proxy.notify("pad_layout")


@model
class ControlSurfaceProxy(Node):
    LOM = "Application.ControlSurfaceProxy"
    GUESSES = frozenset(
        (
            "enable_receive_midi",
            "fetch_received_midi_messages",
            "fetch_received_values",
            "grab_control",
            "pad_layout",
            "release_control",
            "send_midi",
            "send_value",
            "subscribe_to_control",
            "unsubscribe_from_control",
        )
    )
    grabbed: FrozenSet[int] = frozenset()
    subscribed: FrozenSet[int] = frozenset()
    hears_midi = False

    def __init__(self, doc: Any, remote: RemoteSurface) -> None:
        super().__init__(doc)
        self.remote = remote
        self._arrived: Dict[str, List[Any]] = {"control_values_arrived": [], "midi_received": []}
        remote.add(self)

    def get_type_name(self) -> str:
        return self.remote.type_name

    def get_pad_layout(self) -> str:
        return self.remote.pad_layout

    def get_control_descriptions(self) -> Tuple[Any, ...]:
        return tuple(ControlDescription.of(number, name) for number, name in enumerate(self.remote.controls))

    # Incoming values

    def arrive(self, number: int, value: Any) -> bool:
        """Receive a control's new value; True when the control is grabbed."""
        if number in self.grabbed | self.subscribed:
            self._keep("control_values_arrived", (number, value))
        return number in self.grabbed

    def arrive_midi(self, message: Tuple[int, ...]) -> None:
        if self.hears_midi:
            self._keep("midi_received", message)

    def _keep(self, event: str, arrival: Any) -> None:
        queue = self._arrived[event]
        queue.append(arrival)
        del queue[:-ARRIVALS]
        if len(queue) == 1:
            self.doc.on_next_tick(lambda: self.notify(event))

    def _fetch(self, event: str) -> Tuple[Any, ...]:
        queue, self._arrived[event] = self._arrived[event], []
        return tuple(queue)

    def call_fetch_received_values(self) -> Tuple[Any, ...]:
        return self._fetch("control_values_arrived")

    def call_fetch_received_midi_messages(self) -> Tuple[Any, ...]:
        return self._fetch("midi_received")

    # Methods for scripts

    def _known(self, number: Any) -> int:
        if not isinstance(number, int) or not 0 <= number < len(self.remote.controls):
            raise RuntimeError("Unknown control id: %r" % (number,))
        return number

    def call_grab_control(self, number: int) -> None:
        self.grabbed |= {self._known(number)}

    def call_release_control(self, number: int) -> None:
        self.grabbed -= {self._known(number)}

    def call_subscribe_to_control(self, number: int) -> None:
        self.subscribed |= {self._known(number)}

    def call_unsubscribe_from_control(self, number: int) -> None:
        self.subscribed -= {self._known(number)}

    def call_send_value(self, value: Tuple[Any, ...]) -> None:
        """Send a value; the first element is the control's id."""
        self._known(value[0] if value else None)
        self.remote.values.append(value)

    def call_send_midi(self, message: Tuple[int, ...]) -> None:
        self.remote.midi.append(message)

    def call_enable_receive_midi(self, enabled: bool) -> None:
        self.hears_midi = enabled
