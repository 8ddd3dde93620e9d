"""Play, record, loop, tempo."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.transport import TOGGLES, TransportCore

from .CompoundComponent import CompoundComponent


class TransportComponent(TransportCore, CompoundComponent):
    """Lights are on and off: in this generation colours come with the buttons."""

    def _light(self, name, value):
        if isinstance(value, str):
            value = value.endswith("On")
        super()._light(name, value)


__all__ = ["TOGGLES", "TransportComponent"]
