"""Controls that a component declares in its class."""

from __future__ import annotations

from ableton.v2.control_surface.control import (
    ButtonControl,
    ButtonControlBase,
    Control,
    ControlList,
    EncoderControl,
    InputControl,
    MappedButtonControl,
    MappedControl,
    MappedSensitivitySettingControl,
    MatrixControl,
    PlayableControl,
    RadioButtonControl,
    RadioButtonGroup,
    SendReceiveValueControl,
    SendValueControl,
    SendValueInputControl,
    StepEncoderControl,
    ToggleButtonControl,
    control_event,
    control_list,
    control_matrix,
)

from remote_script.headless.frameworks.engine.absent import absent

FixedRadioButtonGroup = RadioButtonGroup
SendValueEncoderControl = EncoderControl

__getattr__ = absent(
    __name__, ("ColorSysexControl", "Connectable", "SysexControl", "TouchControl", "ValueControl")
)

__all__ = [
    "ButtonControl",
    "ButtonControlBase",
    "Control",
    "ControlList",
    "EncoderControl",
    "FixedRadioButtonGroup",
    "InputControl",
    "MappedButtonControl",
    "MappedControl",
    "MappedSensitivitySettingControl",
    "MatrixControl",
    "PlayableControl",
    "RadioButtonControl",
    "RadioButtonGroup",
    "SendReceiveValueControl",
    "SendValueControl",
    "SendValueEncoderControl",
    "SendValueInputControl",
    "StepEncoderControl",
    "ToggleButtonControl",
    "control_event",
    "control_list",
    "control_matrix",
]
