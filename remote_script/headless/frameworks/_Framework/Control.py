"""Controls that a component declares in its class."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.control_groups import (
    RadioButtonGroup,
    control_list,
    control_matrix,
)
from remote_script.headless.frameworks.engine.controls import (
    ButtonControl,
    Control,
    InputControl,
    PlayableControl,
    RadioButtonControl,
    ToggleButtonControl,
    control_event,
)
from remote_script.headless.frameworks.engine.value_controls import (
    EncoderControl,
    StepEncoderControl,
)

__all__ = [
    "ButtonControl",
    "Control",
    "EncoderControl",
    "InputControl",
    "PlayableControl",
    "RadioButtonControl",
    "RadioButtonGroup",
    "StepEncoderControl",
    "ToggleButtonControl",
    "control_event",
    "control_list",
    "control_matrix",
]
