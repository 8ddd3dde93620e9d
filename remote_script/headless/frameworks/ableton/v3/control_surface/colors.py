"""Colours."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.skin import Color, ComplexColor, FallbackColor

SimpleColor = ColorPart = Color


class BasicColors:
    """For buttons that are on or off."""

    ON = Color(127)
    OFF = Color(0)


__all__ = ["BasicColors", "Color", "ColorPart", "ComplexColor", "FallbackColor", "SimpleColor"]
