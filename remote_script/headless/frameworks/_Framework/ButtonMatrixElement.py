"""Rows of buttons."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.compounds import ButtonMatrixElement

__all__ = ["ButtonMatrixElement"]
