"""Buttons, pads and keys."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.elements import ButtonElement
from remote_script.headless.frameworks.engine.skin import Color

ON_VALUE = 127
OFF_VALUE = 0

ButtonValue = Color
"""A value with a name, such as a colour's."""

__all__ = ["OFF_VALUE", "ON_VALUE", "ButtonElement", "ButtonValue", "Color"]
