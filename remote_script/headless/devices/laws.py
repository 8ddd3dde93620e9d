"""How a parameter's number in a Set file becomes its value in Live: the law of one parameter.

Live keeps many parameters as what they measure (Hz, ms, a linear factor) and presents them to scripts as a
knob 0..1; others are the same number in both. See the package's docstring for how laws are written.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple, Tuple

from .. import display

_FADERS = ("volume", "send", "gain")
_RANGE = re.compile(r"^(-?[\d.]+(?:e[-+]?\d+)?)\.\.(-?[\d.]+(?:e[-+]?\d+)?)$")
SMALLEST_FACTOR = 10.0 ** (-70.0 / 20.0)
"""Live's faders and gains end at −70 dB, shown as −inf."""


class Law(NamedTuple):
    unit: str = ""
    minimum: float = 0.0
    maximum: float = 1.0
    items: Tuple[str, ...] = ()
    is_factor: bool = False
    """The file has a linear factor where Live shows decibels."""
    is_certain: bool = True
    """False where the law is guessed."""
    scale: float = 1.0
    """What the file's number is multiplied with: 100 where it has shares and Live shows percent."""

    def value(self, filed: float) -> float:
        """The parameter's value in Live for the number in the file, within the parameter's range."""
        shown = filed * self.scale
        if self.is_factor:
            shown = 20.0 * math.log10(filed) if filed > SMALLEST_FACTOR * 1.0001 else -70.0
        if self.unit in _FADERS:
            value = display.value_of_number(self.unit, shown)
            if filed <= SMALLEST_FACTOR * 1.0001:
                value = 0.0
        elif ":" in self.unit:
            parts = display.law(self.unit)
            if parts.curve == "inv":
                shown = max(shown, 1.0)
            else:
                shown = min(max(shown, min(parts.low, parts.high)), max(parts.low, parts.high))
            value = display.value_of_number(self.unit, shown, self.minimum, self.maximum)
        else:
            value = shown
        return min(max(value, self.minimum), self.maximum)


def normalized(law: Law) -> Law:
    """The same law with the parameter running 0..1; steps, semitones and what runs so already stay."""
    if law.items or ":" in law.unit or law.unit in ("int", "st", "note") + _FADERS:
        return law
    scale = 100.0 if law.unit == "percent" and law.minimum >= -2.0 and law.maximum <= 2.0 else 1.0
    if (law.minimum, law.maximum) == (0.0, 1.0) and scale in (1.0, 100.0):
        return law
    unit = "%s:lin:%.9g:%.9g" % (law.unit, law.minimum * scale, law.maximum * scale)
    return Law(unit, 0.0, 1.0, (), law.is_factor, law.is_certain, scale)


def parse_law(written: str) -> Law:
    """The law that a table's third column writes. ValueError when it is none."""
    unit, low, high = "", 0.0, 1.0
    items: Tuple[str, ...] = ()
    factor = False
    rest = written.strip()
    start = rest.find("[")
    if start >= 0:
        if not rest.endswith("]"):
            raise ValueError("a law's items must end with ], got %r" % written)
        items = tuple(rest[start + 1 : -1].split("|"))
        rest = rest[:start]
        high = float(len(items) - 1)
    for word in rest.split():
        match = _RANGE.match(word)
        if match:
            low, high = float(match.group(1)), float(match.group(2))
        elif word.startswith("#"):
            count = int(word[1:])
            items, high = tuple(str(index) for index in range(count)), float(count - 1)
        elif word == "amp":
            factor = True
        else:
            display.law(word)
            unit = word
    return Law(unit, low, high, items, factor or unit in _FADERS)
