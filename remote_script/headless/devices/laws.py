"""Converts a parameter's number in a Set file into its value in Live, and the value into its text.

A file has many parameters in physical units (Hz, ms, a linear factor), which scripts see as a knob 0..1; other
parameters have the same number in both.
"""

from __future__ import annotations

from typing import NamedTuple, Tuple

from ..music import display

FADERS = ("volume", "send", "gain")
SMALLEST_FACTOR = 10.0 ** (-70.0 / 20.0)
"""Live's faders and gains end at −70 dB, shown as −inf."""


class Law(NamedTuple):
    unit: str = ""
    """The display law in the notation of `display`."""
    minimum: float = 0.0
    maximum: float = 1.0
    items: Tuple[str, ...] = ()
    is_factor: bool = False
    """The file has a linear factor where Live shows decibels."""
    is_certain: bool = True
    """False if the law is guessed."""
    scale: float = 1.0
    """Factor from the file's number to the shown number: 100 if the file has shares and Live shows percent."""
    is_direct: bool = False
    """The file has Live's own value, whatever text the parameter shows."""

    def text(self, value: float) -> str:
        """The text that Live shows for a value of the parameter."""
        if self.items:
            return self.items[round(value - self.minimum)]
        return display.text(self.unit, value, self.minimum, self.maximum)

    def value(self, filed: float) -> float:
        """The parameter's value in Live for the number in the file, within the parameter's range."""
        return min(max(self._value(filed), self.minimum), self.maximum)

    def _value(self, filed: float) -> float:
        parts = display.law(self.unit)
        if self.is_direct or not (parts.curve or self.is_factor or parts.unit in FADERS):
            return filed * self.scale
        shown = filed * self.scale
        if self.is_factor:
            silent = filed <= SMALLEST_FACTOR * 1.0001
            shown = display.SILENCE_DB if silent else display.decibels(filed)
            if silent and parts.unit in FADERS:
                return 0.0
        if parts.curve == "inv":
            shown = max(shown, 1.0)
        elif parts.curve and parts.unit != "amp":
            shown = min(max(shown, min(parts.low, parts.high)), max(parts.low, parts.high))
            if parts.curve == "zlog" and shown <= parts.low:
                return self.minimum
        return display.value_of_number(self.unit, shown, self.minimum, self.maximum)
