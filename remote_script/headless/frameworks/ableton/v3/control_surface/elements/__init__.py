"""Controls."""

from __future__ import annotations

from _Framework.ButtonElement import Color

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
        "ColorPart",
        "ComplexColor",
        "SimpleColor",
        "FallbackColor",
        "RgbColor",
        "create_rgb_color",
        "TouchElement",
        "SimpleTextElement",
        "DisplayLineElement",
    ),
)

__all__ = ["ButtonElement", "ButtonMatrixElement", "Color", "EncoderElement", "SliderElement", "SysexElement"]
