"""Not there yet: the names can be imported, using one says so."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent

__getattr__ = absent(
    __name__,
    (
        "ButtonControl",
        "ToggleButtonControl",
        "EncoderControl",
        "StepEncoderControl",
        "ValueControl",
        "InputControl",
        "PlayableControl",
        "RadioButtonControl",
        "MappedControl",
        "MappedButtonControl",
        "MappedSensitivitySettingControl",
        "ColorSysexControl",
        "SysexControl",
        "SendValueControl",
        "SendReceiveValueControl",
        "TouchControl",
        "FixedRadioButtonGroup",
        "RadioButtonGroup",
        "control_list",
        "control_matrix",
        "control_color",
        "control_event",
        "Control",
        "Connectable",
        "ButtonControlBase",
        "SendValueInputControl",
        "MatrixControl",
        "ControlList",
    ),
)
