"""The methods that Live calls on every control surface, for a script without a controller: each does nothing."""

from __future__ import annotations

from typing import Any


class ControllerlessSurface:
    """A control surface without ports, lights or controls."""

    def connect_script_instances(self, instances: Any) -> None:
        """Other control surfaces are ignored."""

    def build_midi_map(self, handle: Any) -> None:
        """No MIDI is mapped."""

    def receive_midi(self, data: Any) -> None:
        """No MIDI is received."""

    def refresh_state(self) -> None:
        """No lights to refresh."""

    def can_lock_to_devices(self) -> bool:
        return False

    def suggest_input_port(self) -> str:
        return ""

    def suggest_output_port(self) -> str:
        return ""

    def suggest_map_mode(self, control: Any, channel: Any) -> int:
        return 0
