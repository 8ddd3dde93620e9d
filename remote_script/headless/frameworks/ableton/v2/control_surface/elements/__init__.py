"""Controls."""

from __future__ import annotations

from _Framework.ButtonElement import OFF_VALUE, ON_VALUE, Color

from remote_script.headless.frameworks.engine.absent import absent
from remote_script.headless.frameworks.engine.compounds import (
    ComboElement,
    CompoundElement,
    MultiElement,
    OptionalElement,
    ToggleElement,
    WrapperElement,
)
from remote_script.headless.frameworks.engine.compounds import RowFirstMatrix as ButtonMatrixElement
from remote_script.headless.frameworks.engine.elements import (
    ButtonElement,
    EncoderElement,
    SliderElement,
    SysexElement,
)

__getattr__ = absent(
    __name__,
    (
        "ChoosingElement",
        "DisplayDataSource",
        "PhysicalDisplayElement",
        "LogicalDisplaySegment",
        "FineGrainWithModifierEncoderElement",
        "TouchEncoderElement",
        "to_midi_value",
        "to_rgb_value",
        "ColorPart",
        "ProxyElement",
        "NullFullVelocity",
        "SliderElement",
    ),
)

__all__ = [
    "OFF_VALUE",
    "ON_VALUE",
    "ButtonElement",
    "ButtonMatrixElement",
    "Color",
    "EncoderElement",
    "SliderElement",
    "SysexElement",
]
