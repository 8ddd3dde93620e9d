"""One track under a strip of controls."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.mixing import ChannelStripCore

from .ControlSurfaceComponent import ControlSurfaceComponent


def release_control(control):
    """Let go of what it moves."""
    if control is not None:
        control.release_parameter()


def reset_button(button):
    """Dark."""
    if button is not None:
        button.reset()


class ChannelStripComponent(ChannelStripCore, ControlSurfaceComponent):
    """Lights are on and off: in this generation colours come with the buttons."""

    COLORS = {name: (False, True) for name in ChannelStripCore.COLORS}
