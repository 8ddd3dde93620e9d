"""Parameters of devices and mixers.

A write is immediate and enters the history when Live syncs parameters (measured on 12.4.6). Values are
32-bit floats: 0.3 reads back 0.30000001192092896 (measured on 12.3.5).
"""

from __future__ import annotations

import struct
from typing import Any, Dict, Optional, Sequence, Tuple

from ..music import display
from ..music.envelopes import Breakpoints
from ..node import Document, Node, model
from ..sets.spec import ParameterSpec

INVALID = "Invalid value. Check the parameters range with min/max"
NO_ITEMS = "Only quantized parameters have value items"
NO_DEFAULT = "There is no default value available for this type of parameter"
NO_DISPLAY = "Invalid display value"
NOT_ENABLED = "The parameter is not enabled"
"""Guess: the text; the refusal of such writes is documented."""

_FLOAT = struct.Struct("f")


def single(value: float) -> float:
    """The nearest 32-bit float."""
    return float(_FLOAT.unpack(_FLOAT.pack(value))[0])


@model
class Parameter(Node):
    LOM = "DeviceParameter"
    SYNCED = frozenset(("value", "lane"))
    UNTRACKED = frozenset(("automation_state", "overridden", "touched"))
    GUESSES = frozenset(("state", "short_value_items", "begin_gesture", "end_gesture"))

    name = ""
    original_name = ""
    value = 0.0
    min = 0.0
    max = 1.0
    default: Optional[float] = None
    items: Tuple[str, ...] = ()
    unit = ""
    is_enabled = True
    state = 0
    automation_state = 0
    touched = False
    lane: Optional[Breakpoints] = None
    """The Arrangement's automation if its break points are known, else None."""
    marked = False
    """True when the Set's file only says that the parameter is automated, without the lane."""
    overridden = False

    @classmethod
    def of(cls, doc: Document, spec: ParameterSpec) -> Parameter:
        low, high = single(spec.minimum), single(spec.maximum)
        value = min(max(single(spec.value), low), high)
        made = cls(doc, name=spec.name, value=value)
        if low != 0.0:
            made.min = low
        if high != 1.0:
            made.max = high
        if spec.items:
            made.items = tuple(spec.items)
        if spec.default is not None:
            made.default = single(spec.default)
        if spec.unit:
            made.unit = spec.unit
        if not spec.is_enabled:
            made.is_enabled = False
        if spec.original_name and spec.original_name != spec.name:
            made.original_name = spec.original_name
        if spec.automated:
            made.marked = True
            made.automation_state = 1
        return made

    @property
    def is_quantized(self) -> bool:
        return bool(self.items)

    def get_original_name(self) -> str:
        return self.original_name or self.name

    def get_default_value(self) -> float:
        if self.items:
            raise RuntimeError(NO_DEFAULT)
        return self.min if self.default is None else self.default

    def get_value_items(self) -> Sequence[str]:
        if not self.items:
            raise RuntimeError(NO_ITEMS)
        return self.items

    get_short_value_items = get_value_items

    def get_value(self) -> float:
        return self.value

    def get_display_value(self) -> float:
        if self.items or not display.has_number(self.unit):
            raise RuntimeError(NO_DISPLAY)
        return float(display.shown_number(self.unit, self.get_value(), self.min, self.max))

    def set_display_value(self, value: float) -> None:
        """Set the displayed value (measured on 12.4.6); refused on quantized and stepped parameters."""
        if self.items or not display.has_number(self.unit):
            raise RuntimeError(NO_DISPLAY)
        self.set_value(single(display.value_of_number(self.unit, value, self.min, self.max)))

    def set_value(self, value: float) -> None:
        value = single(value)
        if not self.min <= value <= self.max:
            raise RuntimeError(INVALID)
        if not self.is_enabled:
            raise RuntimeError(NOT_ENABLED)
        if self.items:
            value = float(round(value))
        self.put(value)

    def put(self, value: float) -> None:
        """Set the value without further checks."""
        if value == self.value:
            return
        with self.doc.edit():
            self.override()
            self.change("value", value)

    def override(self) -> None:
        """Record that something else than its lane moved the parameter."""
        if self.automation_state == 1:
            self.change("overridden", True)
            self.change("automation_state", 2)

    def automate(self, value: float) -> None:
        """Set the value of a lane or an envelope."""
        value = min(max(single(value), self.min), self.max)
        self.derive("value", float(round(value)) if self.items else value)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        if field == "value":
            self.notify("display_value")
            owner = self.parent
            if owner is not None:
                owner.on_parameter(self)
        elif field == "automation_state":
            self.doc.song.refresh_automation()
        elif field == "lane":
            self.doc.automation.follow(self)

    def text(self, value: float) -> str:
        if self.items:
            index = round(value - self.min)
            return self.items[min(max(index, 0), len(self.items) - 1)]
        return display.text(self.unit, value, self.min, self.max)

    def call_str_for_value(self, value: float) -> str:
        return self.text(single(value))

    def call___str__(self) -> str:
        """The display text of the present value (factory scripts show `str(parameter)`)."""
        return self.text(self.get_value())

    def call_begin_gesture(self) -> None:
        """Touch the parameter, like a hand on a control."""
        self.change("touched", True)

    def call_end_gesture(self) -> None:
        self.change("touched", False)

    def call_re_enable_automation(self) -> None:
        """Let the parameter follow its lane again, a tick later (measured on 12.4.6)."""
        if self.automation_state != 2:
            return

        def settle() -> None:
            if self.ptr is not None:
                self.derive("overridden", False)
                self.derive("automation_state", 1)

        self.doc.may_change()
        self.doc.on_next_tick(settle)

    def on_copied(self, made: Dict[int, Node]) -> None:
        if self.lane is not None or self.marked:
            self.doc.automation.follow(self)


class Switch(Parameter):
    """A parameter whose change is its own edit in the history, such as mute."""

    SYNCED = frozenset()


def switch(doc: Document, name: str, value: bool, cls: Any = Switch) -> Parameter:
    """An on/off parameter."""
    made: Parameter = cls(doc, name=name, value=1.0 if value else 0.0, items=("Off", "On"))
    return made


def plain(
    doc: Document, name: str, value: float, low: float, high: float, default: float, unit: str
) -> Parameter:
    """A continuous parameter."""
    return Parameter(
        doc,
        name=name,
        value=min(max(single(value), low), high),
        min=low,
        max=high,
        default=single(default),
        unit=unit,
    )
