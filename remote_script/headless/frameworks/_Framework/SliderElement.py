"""Faders."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.elements import SliderElement

__all__ = ["SliderElement"]
