"""Holds controls that nobody else has, so that they are dark."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent
from remote_script.headless.frameworks.engine.background import BackgroundCore

from .ControlSurfaceComponent import ControlSurfaceComponent


class BackgroundComponent(BackgroundCore, ControlSurfaceComponent):
    """Takes a control of any name."""


__getattr__ = absent(__name__, ("ModifierBackgroundComponent",))
