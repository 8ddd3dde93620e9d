"""Layers."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.resources import Layer

__all__ = ["Layer"]
