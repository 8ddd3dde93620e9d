"""Controls that a component declares in its class."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent
from remote_script.headless.frameworks.engine.control_groups import (
    ControlList,
    MatrixControl,
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
    MappedButtonControl,
    MappedControl,
    SendValueControl,
    SendValueInputControl,
    StepEncoderControl,
)

ButtonControlBase = ButtonControl
MappedSensitivitySettingControl = MappedControl
SendReceiveValueControl = SendValueInputControl

__getattr__ = absent(
    __name__,
    ("ColorSysexControl", "Connectable", "FixedRadioButtonGroup", "SysexControl", "TouchControl",
     "ValueControl", "control_color"),
)  # fmt: skip

__all__ = [
    "ButtonControl",
    "ButtonControlBase",
    "Control",
    "ControlList",
    "EncoderControl",
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
    "SendValueInputControl",
    "StepEncoderControl",
    "ToggleButtonControl",
    "control_event",
    "control_list",
    "control_matrix",
]
