"""Controls of a component (`control.button`) are not there yet."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent

__getattr__ = absent(
    "_Framework.Control",
    ("ButtonControl", "EncoderControl", "ToggleButtonControl", "Control", "control_list"),
)
