"""Knobs."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.elements import EncoderElement

__all__ = ["EncoderElement"]
